//! How many states and transitions SPIN and TLC say that they found; nothing where they did not look at all of them.

/// SPIN counts the way to the initial state as a transition. How its numbers are read is said by `read`: it rounds large ones.
pub fn of_spin(said: &str, read: impl Fn(&str) -> Option<u64>) -> Option<(u64, u64)> {
    let figure = |what: &str| {
        let line = said.lines().find(|line| line.contains(what))?;
        read(line.split_whitespace().next()?)
    };
    let (states, transitions) = (figure("states, stored")?, figure("transitions (= stored+matched)")?);
    (!said.contains("search not completed")).then_some((states, transitions - 1))
}

/// `4 states generated, 4 distinct states found, 0 states left on queue.`; the initial state is generated, too.
pub fn of_tlc(said: &str) -> Option<(u64, u64)> {
    let line = said.lines().rfind(|line| line.contains(" 0 states left on queue."))?;
    let mut numbers = line.split_whitespace().filter_map(|word| word.parse::<u64>().ok());
    let (generated, states) = (numbers.next()?, numbers.next()?);
    Some((states, generated - 1))
}
