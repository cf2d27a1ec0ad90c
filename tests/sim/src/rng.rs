//! Chance, from a seed: a stream of numbers (SplitMix64), and a hash for what is derived and never stored. Written by hand, since the
//! crate `fastrand` has no such hash.

/// A stream of numbers that only the seed decides.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// The numbers of that seed.
    pub fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    /// Any number of 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scramble(self.0)
    }

    /// A number from 0 to `end - 1`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        (self.draw() % end.max(1) as u64) as usize
    }

    /// A number from `least` to `most`.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        least + (self.draw() % (most - least + 1).max(1) as u64) as i64
    }

    /// Whether something that happens so often in a thousand times happens now.
    pub fn per_mille(&mut self, often: u64) -> bool {
        self.draw() % 1000 < often
    }

    /// A number from `least` to `most`.
    pub fn size(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    /// Whether something that happens once in so many times happens now.
    pub fn one_in(&mut self, times: u64) -> bool {
        self.draw().is_multiple_of(times)
    }
}

/// The number that belongs to `value` in the cluster of this seed.
pub(crate) fn mix(seed: u64, value: u64) -> u64 {
    scramble(scramble(seed ^ 0x5851_f42d_4c95_7f2d).wrapping_add(value.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

/// One of a table's entries, chosen by some bits of a hash.
pub(crate) fn pick<T: Copy>(table: &[T], hash: u64) -> T {
    table[(hash % table.len() as u64) as usize]
}

fn scramble(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
