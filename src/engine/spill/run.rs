//! States in order, each with what stands beside it, as bytes: keys as differences, in blocks with a sum each. Knows
//! not whether the bytes are a file of their own or a part of one.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use crate::engine::key::Key;
use crate::engine::shape::{Carried, Shape, Values};

/// A block is closed when it has so many bytes.
const BLOCK_BYTES: usize = 1 << 16;
/// No state takes more: its words, its distance, its limbs.
const BLOCK_BYTES_MAX: usize = 1 << 24;
/// Before each block: its length and its sum.
const HEAD_BYTES: usize = 8;

/// What a stream of states amounts to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// How many states.
    pub states: u64,
    /// The most words that are carried along with one of them.
    pub limbs: usize,
    /// How many bytes.
    pub bytes: u64,
}

/// Writes states in order.
pub struct RunWriter<const W: usize, O> {
    out: O,
    shape: Shape,
    block: Vec<u8>,
    last: Key<W>,
    extent: Extent,
}

impl<const W: usize, O: Write> RunWriter<W, O> {
    /// To these bytes, states of this shape.
    pub fn new(out: O, shape: Shape) -> Self {
        Self { out, shape, block: Vec::new(), last: [0; W], extent: Extent::default() }
    }

    /// Appends a state, which is greater than the last.
    pub fn put(&mut self, key: &Key<W>, values: Values<'_>) -> io::Result<()> {
        debug_assert!(*key > self.last, "states are written in order, each once");
        let same = key.iter().zip(&self.last).take_while(|(word, last)| word == last).count();
        if W > 1 {
            self.block.push(same as u8);
        }
        put_number(&mut self.block, key[same] - self.last[same]);
        for &word in &key[same + 1..] {
            put_number(&mut self.block, word);
        }
        if self.shape.distance {
            put_number(&mut self.block, values.distance.into());
        }
        if self.shape.carried != Carried::Nothing {
            let zeros = values.carried.iter().rev().take_while(|&&limb| limb == 0).count();
            let limbs = &values.carried[..values.carried.len() - zeros];
            put_number(&mut self.block, limbs.len() as u64);
            for &limb in limbs {
                put_number(&mut self.block, limb.into());
            }
            self.extent.limbs = self.extent.limbs.max(limbs.len());
        }
        self.last = *key;
        self.extent.states += 1;
        if self.block.len() >= BLOCK_BYTES { self.close_block() } else { Ok(()) }
    }

    /// Writes what is left, and tells what it was.
    pub fn finish(mut self) -> io::Result<(O, Extent)> {
        if !self.block.is_empty() {
            self.close_block()?;
        }
        Ok((self.out, self.extent))
    }

    fn close_block(&mut self) -> io::Result<()> {
        self.out.write_all(&(self.block.len() as u32).to_le_bytes())?;
        self.out.write_all(&crc32fast::hash(&self.block).to_le_bytes())?;
        self.out.write_all(&self.block)?;
        self.extent.bytes += (HEAD_BYTES + self.block.len()) as u64;
        self.block.clear();
        Ok(())
    }
}

/// Reads states back, in order.
pub struct RunReader<const W: usize, I> {
    from: I,
    shape: Shape,
    left: Extent,
    block: Vec<u8>,
    at: usize,
    key: Key<W>,
    distance: u32,
    carried: Vec<u32>,
}

impl<const W: usize, I: Read> RunReader<W, I> {
    /// From these bytes, states of this shape.
    pub fn new(from: I, shape: Shape, extent: Extent) -> Self {
        let (block, carried) = (Vec::new(), Vec::new());
        Self { from, shape, left: extent, block, at: 0, key: [0; W], distance: 0, carried }
    }

    /// The next state; what stands beside it is then in [`values`](Self::values).
    pub fn next(&mut self) -> io::Result<Option<Key<W>>> {
        if self.left.states == 0 {
            let rest = self.left.bytes > 0 || self.at < self.block.len();
            return if rest { Err(damaged()) } else { Ok(None) };
        }
        if self.at == self.block.len() {
            self.read_block()?;
        }
        self.read_key()?;
        if self.shape.distance {
            self.distance = u32::try_from(self.number()?).map_err(|_| damaged())?;
        }
        if self.shape.carried != Carried::Nothing {
            let limbs = self.number()?;
            if limbs > self.left.limbs as u64 {
                return Err(damaged());
            }
            self.carried.clear();
            for _ in 0..limbs {
                let limb = u32::try_from(self.number()?).map_err(|_| damaged())?;
                self.carried.push(limb);
            }
        }
        self.left.states -= 1;
        Ok(Some(self.key))
    }

    /// What stands beside the last state; words that are zero may be left out at the end.
    pub fn values(&self) -> Values<'_> {
        Values { distance: self.distance, carried: &self.carried }
    }

    /// How many states are still to come.
    pub fn left(&self) -> u64 {
        self.left.states
    }

    fn read_key(&mut self) -> io::Result<()> {
        let same = if W > 1 { usize::from(self.byte()?) } else { 0 };
        if same >= W {
            return Err(damaged());
        }
        self.key[same] = self.key[same].wrapping_add(self.number()?);
        for at in same + 1..W {
            self.key[at] = self.number()?;
        }
        Ok(())
    }

    fn read_block(&mut self) -> io::Result<()> {
        let mut head = [0; HEAD_BYTES];
        let [a, b, c, d, sum @ ..] = {
            self.from.read_exact(&mut head)?;
            head
        };
        let len = u32::from_le_bytes([a, b, c, d]) as usize;
        let taken = (HEAD_BYTES + len) as u64;
        if len > BLOCK_BYTES_MAX || taken > self.left.bytes {
            return Err(damaged());
        }
        self.left.bytes -= taken;
        self.block.resize(len, 0);
        self.from.read_exact(&mut self.block)?;
        self.at = 0;
        if crc32fast::hash(&self.block) == u32::from_le_bytes(sum) { Ok(()) } else { Err(damaged()) }
    }

    fn byte(&mut self) -> io::Result<u8> {
        let byte = self.block.get(self.at).copied().ok_or_else(damaged)?;
        self.at += 1;
        Ok(byte)
    }

    fn number(&mut self) -> io::Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(damaged())
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "what is read is not what was written")
}

/// Seven bits a byte, the lowest first.
fn put_number(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    type State = (Key<3>, u32, Vec<u32>);

    fn states() -> Vec<State> {
        let mut states: Vec<State> = (0..30_000_u64)
            .map(|number| {
                let hash = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
                let key = [1 << 63 | hash >> 60, hash >> 40 & 0xff, hash];
                let carried = [vec![number as u32], vec![u32::MAX; number as usize % 4], vec![1]].concat();
                (key, hash as u32, carried)
            })
            .collect();
        states.sort_unstable();
        states
    }

    const SHAPE: Shape = Shape { distance: true, carried: Carried::Paths(1) };

    fn written(states: &[State]) -> (Vec<u8>, Extent) {
        let mut writer = RunWriter::<3, _>::new(Vec::new(), SHAPE);
        for (key, distance, carried) in states {
            writer.put(key, Values { distance: *distance, carried }).expect("memory takes it");
        }
        writer.finish().expect("memory takes it")
    }

    fn read(bytes: &[u8], extent: Extent) -> io::Result<Vec<State>> {
        let mut reader = RunReader::<3, _>::new(bytes, SHAPE, extent);
        let mut states = Vec::new();
        while let Some(key) = reader.next()? {
            states.push((key, reader.values().distance, reader.values().carried.to_vec()));
        }
        Ok(states)
    }

    #[test]
    fn what_is_written_is_read() {
        let (bytes, extent) = written(&states());
        assert_eq!((extent.states, extent.limbs, extent.bytes), (30_000, 5, bytes.len() as u64));
        assert_eq!(read(&bytes, extent).expect("all is there"), states());
        assert_eq!(read(&[], Extent::default()).expect("nothing is there"), []);
    }

    #[test]
    fn no_damage_goes_unnoticed() {
        let (bytes, extent) = written(&states()[..2000]);
        for end in (0..bytes.len()).step_by(97) {
            assert!(read(&bytes[..end], extent).is_err(), "cut at {end}");
        }
        for at in (0..bytes.len()).step_by(31) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            assert!(read(&flipped, extent).is_err(), "flipped at {at}");
        }
        for states in [extent.states - 1, extent.states + 1] {
            assert!(read(&bytes, Extent { states, ..extent }).is_err(), "{states} states");
        }
    }
}
