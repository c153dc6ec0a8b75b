//! A global state as an exact key: the numbers of its components packed into machine words.

/// A packed state. All zero is no state; see [`Layout`].
pub type Key<const W: usize> = [u64; W];

/// Set in every key, so that none is all zero.
const OCCUPIED: u64 = 1 << 63;
/// The state has been halted.
const HALTED: u64 = 1 << 62;
/// The bits of the first word that no component may use.
const RESERVED: u32 = 2;

/// Where each component's number stands in a key. A field never straddles two words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout<const W: usize> {
    fields: Vec<Field>,
}

/// Where one component's number stands in a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    word: u32,
    shift: u32,
    mask: u64,
}

impl Field {
    /// The number there.
    #[inline]
    pub fn of<const W: usize>(self, key: &Key<W>) -> u32 {
        (key[self.word as usize % W] >> self.shift & self.mask) as u32
    }

    /// Puts another number there.
    #[inline]
    pub fn change<const W: usize>(self, key: &mut Key<W>, before: u32, after: u32) {
        key[self.word as usize % W] ^= u64::from(before ^ after) << self.shift;
    }
}

impl<const W: usize> Layout<W> {
    /// A layout with fields of at least these widths (bits), or `None` if they do not fit into `W` words. What
    /// is left over makes the fields wider, each by as much as its neighbours.
    pub fn fit(widths: &[u32]) -> Option<Self> {
        let mut best = Self::place(widths)?;
        for extra in 1..=32 {
            let wider: Vec<u32> = widths.iter().map(|width| (width + extra).min(30)).collect();
            match Self::place(&wider) {
                Some(layout) => best = layout,
                None => break,
            }
        }
        Some(best)
    }

    fn place(widths: &[u32]) -> Option<Self> {
        let mut word = 0;
        let mut used = 0;
        let mut fields = Vec::with_capacity(widths.len());
        for &width in widths {
            let room = if word == 0 { 64 - RESERVED } else { 64 };
            if used + width > room {
                word += 1;
                used = 0;
            }
            if word as usize >= W {
                return None;
            }
            fields.push(Field { word, shift: used, mask: (1 << width) - 1 });
            used += width;
        }
        Some(Self { fields })
    }

    /// The largest number that a place can hold.
    pub fn largest(&self, place: usize) -> u32 {
        self.fields[place].mask as u32
    }

    /// Do so many components, one number a place, fit into the fields?
    pub fn holds(&self, sizes: impl Iterator<Item = usize>) -> bool {
        sizes.enumerate().all(|(place, size)| size <= self.largest(place) as usize + 1)
    }

    /// The width of each place's field, in bits: a layout of these is this one.
    pub fn widths(&self) -> Vec<u32> {
        self.fields.iter().map(|field| field.mask.count_ones()).collect()
    }

    /// How many places it has.
    pub fn places(&self) -> usize {
        self.fields.len()
    }

    /// Packs the numbers of a state.
    pub fn pack(&self, ids: &[u32], halted: bool) -> Key<W> {
        let mut key = [0; W];
        key[0] = OCCUPIED | if halted { HALTED } else { 0 };
        for (field, &id) in self.fields.iter().zip(ids) {
            key[field.word as usize] |= u64::from(id) << field.shift;
        }
        key
    }

    /// Unpacks a key.
    #[inline]
    pub fn unpack(&self, key: &Key<W>, ids: &mut [u32]) {
        for (field, id) in self.fields.iter().zip(ids) {
            *id = field.of(key);
        }
    }

    /// The numbers of a state.
    pub fn numbers(&self, key: &Key<W>) -> Vec<u32> {
        self.fields.iter().map(|field| field.of(key)).collect()
    }

    /// The number at one place.
    #[inline]
    pub fn get(&self, key: &Key<W>, place: usize) -> u32 {
        self.fields[place].of(key)
    }

    /// Where each place's number stands.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }
}

/// Marks a key as halted, if it is.
#[inline]
pub fn halt<const W: usize>(key: &mut Key<W>, halts: bool) {
    key[0] |= if halts { HALTED } else { 0 };
}

/// The same without the mark.
pub fn unhalted<const W: usize>(key: &Key<W>) -> Key<W> {
    let mut key = *key;
    key[0] &= !HALTED;
    key
}

/// Is this the key of a halted state?
pub fn is_halted<const W: usize>(key: &Key<W>) -> bool {
    key[0] & HALTED != 0
}

/// Is there a state in this slot?
#[inline]
pub fn is_state<const W: usize>(key: &Key<W>) -> bool {
    key[0] != 0
}

/// Spreads a key over 64 bits. The high ones choose the slot and the bucket, so that keys sorted by bucket go into a
/// table from front to back; the low ones choose the shard.
#[inline]
pub fn hash<const W: usize>(key: &Key<W>) -> u64 {
    let mut hash = 0_u64;
    for word in key {
        let product = u128::from(hash ^ word) * 0x9E37_79B9_7F4A_7C15;
        hash = (product >> 64) as u64 ^ product as u64;
    }
    hash
}

/// Which of `shards` owns a state of this hash.
#[inline]
pub fn owner(hash: u64, shards: usize) -> usize {
    ((hash & 0xffff_ffff) as usize * shards) >> 32
}

/// Which of `2^bits` parts of its table a state of this hash belongs to.
#[inline]
pub fn part(hash: u64, bits: u32) -> usize {
    (hash >> 1 >> (63 - bits)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_what_it_unpacks() {
        for widths in [vec![1, 30, 30], vec![20; 6], vec![5; 12], vec![62]] {
            let layout = Layout::<4>::fit(&widths.iter().map(|&w: &u32| w.min(30)).collect::<Vec<_>>());
            let layout = layout.expect("fits four words");
            let ids: Vec<u32> = (0..widths.len()).map(|place| layout.largest(place)).collect();
            let mut key = layout.pack(&ids, true);
            let mut out = vec![0; ids.len()];
            layout.unpack(&key, &mut out);
            assert_eq!(out, ids);
            assert!(is_halted(&key) && is_state(&key));
            let at = 1 % ids.len();
            layout.fields()[at].change(&mut key, ids[at], 1);
            assert_eq!(layout.get(&key, 1 % ids.len()), 1);
            assert_eq!(layout.get(&key, 0) == 1, ids.len() == 1 || ids[0] == 1);
        }
    }

    #[test]
    fn says_when_words_do_not_suffice() {
        assert_eq!(Layout::<1>::fit(&[21, 21, 21]), None);
        assert!(Layout::<2>::fit(&[21, 21, 21]).is_some());
    }
}
