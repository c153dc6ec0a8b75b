//! Numbers as people read them. JSON has them plain.

use std::time::Duration;

use num_bigint::BigUint;

/// More digits than this are not written out for people.
const DIGITS_MAX: usize = 60;

/// `1,925,203`.
pub fn number(number: u64) -> String {
    grouped(&number.to_string())
}

/// `1 state`, `2,547 states`.
pub fn count(many: u64, one: &str, more: &str) -> String {
    format!("{} {}", number(many), if many == 1 { one } else { more })
}

/// An exact number of any size; past [`DIGITS_MAX`] digits its first ones and how many there are.
pub fn big(number: &BigUint) -> String {
    let digits = number.to_string();
    if digits.len() <= DIGITS_MAX {
        return grouped(&digits);
    }
    format!("{}.{}e{} (a number of {} digits)", &digits[..1], &digits[1..6], digits.len() - 1, digits.len())
}

/// `0.2 s`, `12 ms`, `3 min 20 s`.
pub fn duration(seconds: f64) -> String {
    match seconds {
        seconds if seconds < 0.0995 => format!("{:.0} ms", seconds * 1000.0),
        seconds if seconds < 59.95 => format!("{seconds:.1} s"),
        seconds => {
            let whole =
                Duration::try_from_secs_f64(seconds + 0.5).map_or(u64::MAX, |rounded| rounded.as_secs());
            format!("{} min {} s", number(whole / 60), whole % 60)
        }
    }
}

/// `512 B`, `1.5 GiB`.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let tenths = |unit: u32| (u128::from(bytes) * 10 + (1 << (10 * unit) >> 1)) >> (10 * unit);
    let fits = |unit: &u32| tenths(*unit) < 10_240;
    let unit = (1..6).find(fits).unwrap_or(6);
    let tenths = tenths(unit);
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit as usize - 1])
}

fn grouped(digits: &str) -> String {
    let first = digits.len() % 3;
    let mut text = digits[..first].to_owned();
    for group in digits.as_bytes()[first..].chunks(3) {
        if !text.is_empty() {
            text.push(',');
        }
        text.extend(group.iter().map(|&digit| char::from(digit)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let cases = [
            (0, "0"),
            (7, "7"),
            (999, "999"),
            (1000, "1,000"),
            (12_345, "12,345"),
            (1_925_203, "1,925,203"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ];
        for (input, expected) in cases {
            assert_eq!(number(input), expected);
        }
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(count(1, "state", "states"), "1 state");
        assert_eq!(count(0, "state", "states"), "0 states");
        assert_eq!(count(2547, "state", "states"), "2,547 states");
    }

    #[test]
    fn what_no_one_reads_digit_by_digit_is_shortened() {
        let ten = BigUint::from(10_u32);
        assert_eq!(big(&ten.pow(12)), "1,000,000,000,000");
        assert_eq!(big(&ten.pow(59)).len(), 60 + 19);
        assert_eq!(big(&ten.pow(60)), "1.00000e60 (a number of 61 digits)");
    }

    #[test]
    fn durations_have_a_fitting_unit() {
        let cases = [
            (0.0, "0 ms"),
            (0.0124, "12 ms"),
            (0.099, "99 ms"),
            (0.0996, "0.1 s"),
            (0.23, "0.2 s"),
            (59.9, "59.9 s"),
            (59.99, "1 min 0 s"),
            (200.4, "3 min 20 s"),
        ];
        for (input, expected) in cases {
            assert_eq!(duration(input), expected);
        }
    }

    #[test]
    fn bytes_have_a_fitting_unit() {
        let cases = [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1536 << 20, "1.5 GiB"),
            ((1 << 20) - 1, "1.0 MiB"),
            (u64::MAX, "16.0 EiB"),
        ];
        for (input, expected) in cases {
            assert_eq!(bytes(input), expected);
        }
    }
}
