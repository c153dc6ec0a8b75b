//! A token ring, once more: a circle of places, each process followed by its channel, and the tokens at each place. A busy
//! token is a pair of numbers.

use crate::account::{alone, explore, figures, holds};

/// From whom, to whom; `None` is the free token.
type Token = Option<(usize, usize)>;

/// The whole system.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Whole {
    /// At process `i` place `2 i`, in its channel the place behind it.
    places: Vec<Vec<Token>>,
    sent: Vec<usize>,
    received: Vec<usize>,
    makes_left: Vec<u32>,
    loses_left: Vec<u32>,
}

fn next(whole: &Whole, messages: &[Vec<usize>]) -> Vec<Whole> {
    let (mut next, count) = (Vec::new(), whole.places.len());
    for place in 0..count {
        let (process, behind) = (place / 2, (place + 1) % count);
        let moved = |token: Token| {
            let mut after = whole.clone();
            after.places[place].remove(0);
            after.places[behind].push(token);
            after
        };
        let Some(&token) = whole.places[place].first() else { continue };
        if place % 2 == 1 {
            let mut after = moved(token);
            let to = behind / 2;
            after.received[to] += usize::from(token.is_some_and(|(_, wanted)| wanted == to));
            next.push(after);
            continue;
        }
        match (token, messages[process].get(whole.sent[process])) {
            (None, Some(&to)) => {
                let mut after = moved(Some((process, to)));
                after.sent[process] += 1;
                next.push(after);
            }
            (Some((from, _)), _) if from == process => next.push(moved(None)),
            _ => next.push(moved(token)),
        }
        if whole.loses_left[process] > 0 {
            let mut after = whole.clone();
            after.places[place].remove(0);
            after.loses_left[process] -= 1;
            next.push(after);
        }
    }
    for process in (0..count / 2).filter(|&process| whole.makes_left[process] > 0) {
        let mut after = whole.clone();
        after.places[2 * process].push(None);
        after.makes_left[process] -= 1;
        next.push(after);
    }
    next
}

fn tokens(whole: &Whole) -> usize {
    whole.places.iter().map(Vec::len).sum()
}

#[test]
fn tokens_go_round_as_in_the_account() {
    let cases = [
        ("", vec![vec![], vec![], vec![]], [0, 0, 0], [0, 0, 0]),
        (r#", messages: {"A": ["C"]}"#, vec![vec![2], vec![], vec![]], [0, 0, 0], [0, 0, 0]),
        (
            r#", messages: {"A": ["C", "B"], "B": ["A"]}"#,
            vec![vec![2, 1], vec![0], vec![]],
            [0, 0, 0],
            [0, 0, 0],
        ),
        (r#", makes: {"B": 1}"#, vec![vec![], vec![], vec![]], [0, 1, 0], [0, 0, 0]),
        (r#", messages: {"C": ["B"]}, loses: {"C": 1}"#, vec![vec![], vec![], vec![1]], [0, 0, 0], [0, 0, 1]),
        (
            r#", messages: {"B": ["A"]}, makes: {"A": 1, "C": 1}, loses: {"B": 2}"#,
            vec![vec![], vec![0], vec![]],
            [1, 0, 1],
            [0, 2, 0],
        ),
    ];
    for (fields, messages, makes, loses) in cases {
        let mut places = vec![Vec::new(); 6];
        places[0].push(None);
        let first = Whole {
            places,
            sent: vec![0; 3],
            received: vec![0; 3],
            makes_left: makes.to_vec(),
            loses_left: loses.to_vec(),
        };
        let account = explore(first, |whole| next(whole, &messages), |whole| u64::from(tokens(whole) != 1));
        let application = format!(r#"TokenRing(start: "A"{fields})"#);
        let verdict = alone(r#"Ring(["A", "B", "C"])"#, &application);
        assert_eq!(figures(&verdict), account.figures, "{application}");
        assert_eq!(holds(&verdict, "OneToken"), account.so == 0, "{application}");
    }
}
