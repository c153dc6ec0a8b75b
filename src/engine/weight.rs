//! Path counts as little-endian lists of 32-bit limbs: as narrow as a layer's largest, never rounded.

use num_bigint::BigUint;
use serde::{Deserialize, Serialize};

/// Adds `more` to `sum` in place; `true` if something found no room.
#[inline]
pub fn add(sum: &mut [u32], more: &[u32]) -> bool {
    let mut carry = 0_u64;
    for (place, limb) in sum.iter_mut().enumerate() {
        let total = u64::from(*limb) + u64::from(more.get(place).copied().unwrap_or(0)) + carry;
        *limb = total as u32;
        carry = total >> 32;
    }
    carry != 0 || more.iter().skip(sum.len()).any(|&limb| limb != 0)
}

/// A sum that grows as it must.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sum(Vec<u32>);

impl Sum {
    /// Adds a path count.
    pub fn add(&mut self, more: &[u32]) {
        if self.0.len() < more.len() {
            self.0.resize(more.len(), 0);
        }
        if add(&mut self.0, more) {
            self.0.push(1);
        }
    }

    /// The limbs.
    pub fn limbs(&self) -> &[u32] {
        &self.0
    }

    /// The sum as a big integer.
    pub fn total(&self) -> BigUint {
        BigUint::from_slice(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_as_big_integers_do() {
        let numbers = [vec![u32::MAX], vec![u32::MAX, u32::MAX], vec![1], vec![0, 0, 7], vec![u32::MAX; 3]];
        let mut sum = Sum::default();
        let mut expected = BigUint::default();
        for _ in 0..3 {
            for number in &numbers {
                sum.add(number);
                expected += BigUint::from_slice(number);
                assert_eq!(sum.total(), expected);
            }
        }
    }

    #[test]
    fn says_when_there_is_no_room() {
        let mut sum = [u32::MAX];
        assert!(add(&mut sum, &[1]));
        assert_eq!(sum, [0]);
        assert!(add(&mut [5], &[1, 1]));
    }
}
