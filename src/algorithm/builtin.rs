//! The snapshot algorithms that come with the program: the files of `models/algorithms/`, embedded.

use super::syntax::Algorithm;

/// Name and text of each.
const TEXTS: [(&str, &str); 1] =
    [("chandy-lamport", include_str!("../../models/algorithms/chandy-lamport.ron"))];

/// All names.
pub fn names() -> impl Iterator<Item = &'static str> {
    TEXTS.into_iter().map(|(name, _)| name)
}

/// The text of an algorithm's file.
pub fn text(name: &str) -> Option<&'static str> {
    TEXTS.into_iter().find(|(known, _)| *known == name).map(|(_, text)| text)
}

/// The algorithm of a name.
///
/// ```
/// use cl_check::algorithm::builtin;
/// assert_eq!(builtin::named("chandy-lamport").unwrap().on_start.len(), 3);
/// assert!(builtin::named("chandy-lamprot").is_none());
/// ```
///
/// # Panics
/// If an embedded file is broken, which a test excludes.
pub fn named(name: &str) -> Option<Algorithm> {
    text(name).map(|text| ron::from_str(text).expect("the embedded algorithms are valid"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::validate;

    #[test]
    fn every_embedded_algorithm_is_valid_and_bears_its_name() {
        for name in names() {
            let algorithm = named(name).expect("listed");
            assert_eq!(algorithm.name, name);
            assert_eq!(validate::check(&algorithm), Ok(()));
        }
    }
}
