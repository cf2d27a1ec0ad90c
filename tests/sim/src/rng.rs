//! Seeded random numbers (SplitMix64), and a hash for derived values. Hand-written, since the crate `fastrand` has no such hash.

/// Random generator determined by its seed.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// Creates a generator.
    pub fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    /// A number of 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scramble(self.0)
    }

    /// A number from 0 to `end - 1`; 0 if `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.draw() % end.max(1) as u64) as usize
    }

    /// A number from `least` to `most`.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        least + (self.draw() % (most - least + 1).max(1) as u64) as i64
    }

    /// True with a probability in thousandths.
    pub fn per_mille(&mut self, often: u64) -> bool {
        self.draw() % 1000 < often
    }

    /// A number from `least` to `most`.
    pub fn size(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    /// True once in `times` calls on average.
    pub fn one_in(&mut self, times: u64) -> bool {
        self.draw().is_multiple_of(times)
    }
}

/// Hash of `value` for this seed.
pub(crate) fn mix(seed: u64, value: u64) -> u64 {
    scramble(scramble(seed ^ 0x5851_f42d_4c95_7f2d).wrapping_add(value.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

/// Picks a table entry by a hash.
pub(crate) fn pick<T: Copy>(table: &[T], hash: u64) -> T {
    table[(hash % table.len() as u64) as usize]
}

fn scramble(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
