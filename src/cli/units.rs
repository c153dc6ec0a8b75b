//! Sizes and durations as users type them. Knows nothing of what they bound.

use std::time::Duration;

const SIZES: [(&str, u64); 9] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
];
const DURATIONS_MS: [(&str, u64); 4] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];

/// `4GiB` in bytes. Letters may be small; a number without a unit is refused, for it could mean anything.
///
/// # Errors
/// What is wrong with the text, and what one looks like.
pub fn bytes(text: &str) -> Result<u64, String> {
    let amount = amount(text, &SIZES, "4GiB", "B, KiB, MiB, GiB, TiB, KB, MB, GB, TB")?;
    if amount == 0 { Err("no search fits 0 bytes".to_owned()) } else { Ok(amount) }
}

/// `30s` as a duration.
///
/// # Errors
/// As [`bytes`].
pub fn duration(text: &str) -> Result<Duration, String> {
    amount(text, &DURATIONS_MS, "30s", "ms, s, m, h").map(Duration::from_millis)
}

/// A number of states: digits, with `_` or `,` between them where that helps.
///
/// # Errors
/// As [`bytes`].
pub fn states(text: &str) -> Result<u64, String> {
    let digits: String = text.chars().filter(|character| !"_,".contains(*character)).collect();
    match digits.parse() {
        Ok(0) => Err("at least 1: the initial state".to_owned()),
        Ok(number) => Ok(number),
        Err(_) => Err("a number of states, such as 1000000 or 1_000_000".to_owned()),
    }
}

/// A number, perhaps with decimals, and a unit.
fn amount(text: &str, units: &[(&str, u64)], example: &str, known: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits =
        text.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(text.len());
    let (number, unit) = (&text[..digits], text[digits..].trim_start());
    if number.is_empty() {
        return Err(format!("a number and a unit, such as {example}"));
    }
    if unit.is_empty() {
        return Err(format!("the unit is missing, such as in {example} (known: {known})"));
    }
    let factor = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).map(|(_, factor)| *factor);
    let factor = factor.ok_or_else(|| format!("unknown unit `{unit}` (known: {known})"))?;
    scaled(number, factor).ok_or_else(|| format!("`{number}` is not a number that can be used here"))
}

/// The number times a factor, exactly, rounded down; `None` where it is no number or too large.
fn scaled(number: &str, factor: u64) -> Option<u64> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && decimals.is_empty()) || decimals.len() > 9 {
        return None;
    }
    let parsed = |digits: &str| if digits.is_empty() { Some(0) } else { digits.parse::<u64>().ok() };
    let parts = u128::from(parsed(decimals)?) * u128::from(factor) / 10_u128.pow(decimals.len() as u32);
    let all = u128::from(parsed(whole)?) * u128::from(factor) + parts;
    u64::try_from(all).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        let cases = [
            ("4GiB", Ok(4 << 30)),
            ("4 gib", Ok(4 << 30)),
            ("1.5KiB", Ok(1536)),
            (".5MB", Ok(500_000)),
            ("512B", Ok(512)),
            ("2KB", Ok(2000)),
            ("16777215TiB", Ok(16_777_215 << 40)),
            ("16777216TiB", Err("`16777216` is not a number that can be used here")),
            ("0GiB", Err("no search fits 0 bytes")),
            ("", Err("a number and a unit, such as 4GiB")),
            ("GiB", Err("a number and a unit, such as 4GiB")),
            ("-1GiB", Err("a number and a unit, such as 4GiB")),
            ("4", Err("the unit is missing, such as in 4GiB (known: B, KiB, MiB, GiB, TiB, KB, MB, GB, TB)")),
            ("4Gi", Err("unknown unit `Gi` (known: B, KiB, MiB, GiB, TiB, KB, MB, GB, TB)")),
            ("1.2.3GiB", Err("`1.2.3` is not a number that can be used here")),
            (".GiB", Err("`.` is not a number that can be used here")),
            ("4ÄiB", Err("unknown unit `ÄiB` (known: B, KiB, MiB, GiB, TiB, KB, MB, GB, TB)")),
        ];
        for (text, expected) in cases {
            assert_eq!(bytes(text), expected.map_err(str::to_owned), "{text}");
        }
    }

    #[test]
    fn durations_are_read() {
        let cases = [
            ("30s", Ok(30_000)),
            ("250ms", Ok(250)),
            ("1.5m", Ok(90_000)),
            ("2h", Ok(7_200_000)),
            ("0s", Ok(0)),
            ("30", Err("the unit is missing, such as in 30s (known: ms, s, m, h)")),
            ("30 seconds", Err("unknown unit `seconds` (known: ms, s, m, h)")),
            ("soon", Err("a number and a unit, such as 30s")),
        ];
        for (text, expected) in cases {
            let expected = expected.map(Duration::from_millis).map_err(str::to_owned);
            assert_eq!(duration(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_of_states_are_read() {
        let cases = [
            ("1", Some(1)),
            ("1_000_000", Some(1_000_000)),
            ("1,000", Some(1000)),
            ("0", None),
            ("1e6", None),
        ];
        for (text, expected) in cases {
            assert_eq!(states(text).ok(), expected, "{text}");
        }
    }
}
