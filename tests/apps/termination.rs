//! Diffusing work, once more: who is active, what was sent, and how much work is in each channel.

use crate::account::{alone, complete, explore, figures, holds, ring};

/// The whole system. Work is like any other, so a channel is a number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Whole {
    active: Vec<bool>,
    sends_left: Vec<u32>,
    rests: Vec<u32>,
    under_way: Vec<u32>,
}

fn next(whole: &Whole, channels: &[(usize, usize)]) -> Vec<Whole> {
    let mut next = Vec::new();
    for process in 0..whole.active.len() {
        if whole.active[process] {
            let mut after = whole.clone();
            after.active[process] = false;
            after.rests[process] += 1;
            next.push(after);
        }
    }
    for (channel, &(from, to)) in channels.iter().enumerate() {
        if whole.active[from] && whole.sends_left[from] > 0 {
            let mut after = whole.clone();
            after.sends_left[from] -= 1;
            after.under_way[channel] += 1;
            next.push(after);
        }
        if whole.under_way[channel] > 0 {
            let mut after = whole.clone();
            after.under_way[channel] -= 1;
            after.active[to] = true;
            next.push(after);
        }
    }
    next
}

fn is_done(whole: &Whole) -> bool {
    whole.active.iter().all(|active| !active) && whole.under_way.iter().all(|&work| work == 0)
}

#[test]
fn work_spreads_as_in_the_account() {
    let cases = [
        (r#"Complete(["A", "B"])"#, complete(2), r#"["A"]"#, [true, false, false], [1, 1, 0]),
        (r#"Complete(["A", "B"])"#, complete(2), r#"["B", "A"]"#, [true, true, false], [2, 1, 0]),
        (r#"Complete(["A", "B", "C"])"#, complete(3), r#"["A"]"#, [true, false, false], [1, 1, 0]),
        (r#"Complete(["A", "B", "C"])"#, complete(3), r#"["C"]"#, [false, false, true], [1, 0, 2]),
        (r#"Ring(["A", "B", "C"])"#, ring(3), r#"["A"]"#, [true, false, false], [2, 2, 2]),
    ];
    for (topology, channels, names, active, sends) in cases {
        let count = channels.iter().map(|&(from, to)| from.max(to) + 1).max().unwrap_or(0);
        let first = Whole {
            active: active[..count].to_vec(),
            sends_left: sends[..count].to_vec(),
            rests: vec![0; count],
            under_way: vec![0; channels.len()],
        };
        let account = explore(first, |whole| next(whole, &channels), |whole| u64::from(is_done(whole)));
        let named: Vec<String> = ["A", "B", "C"][..count]
            .iter()
            .zip(sends)
            .map(|(name, sends)| format!("{name:?}: {sends}"))
            .collect();
        let application = format!("Diffusing(active: {names}, sends: {{{}}})", named.join(", "));
        let verdict = alone(topology, &application);
        assert_eq!(figures(&verdict), account.figures, "{topology} {application}");
        // All is done in every terminal state and in no other, so it is stable.
        assert!(account.is_stable && holds(&verdict, "WorkEnds"));
        assert_eq!([account.so, account.so_at_the_end], [account.figures[2]; 2], "{topology} {application}");
    }
}
