//! Repeatable randomness: the same seed gives the same numbers on every machine.

use crate::number::id;

/// The `SplitMix64` generator (Steele, Lea & Flood 2014): 64 bits of state, period 2⁶⁴.
/// Nothing here needs to be unpredictable, only evenly spread and repeatable.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which must not be 0. The bias is below `bound` / 2⁶⁴.
    fn below(&mut self, bound: usize) -> usize {
        let scaled = (u128::from(self.next()) * bound as u128) >> 64;
        usize::try_from(scaled).unwrap_or(0)
    }

    /// A number from 0 to below 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Puts `items` in an order where each is equally likely (Fisher & Yates).
    pub(crate) fn shuffle(&mut self, items: &mut [u32]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// `count` distinct numbers below `bound`, ascending; all of them if `count` is larger.
    pub(crate) fn sample(&mut self, bound: usize, count: usize) -> Vec<u32> {
        let mut items: Vec<u32> = (0..id(bound)).collect();
        let count = count.min(bound);
        for chosen in 0..count {
            let other = chosen + self.below(bound - chosen);
            items.swap(chosen, other);
        }
        items.truncate(count);
        items.sort_unstable();
        items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_a_sample_is_distinct() {
        let sample = Random::new(7).sample(1000, 100);
        assert_eq!(sample, Random::new(7).sample(1000, 100));
        assert_ne!(sample, Random::new(8).sample(1000, 100));
        assert_eq!(sample.len(), 100);
        assert!(sample.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(Random::new(7).sample(3, 9), [0, 1, 2]);
        assert!(Random::new(7).sample(0, 9).is_empty());
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<u32> = (0..50).collect();
        Random::new(1).shuffle(&mut items);
        assert_ne!(items, (0..50).collect::<Vec<u32>>());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<u32>>());
    }
}
