//! Choices that come out the same on every machine, every day.

/// `SplitMix64`.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    /// Of the `number`th thing of a kind, so that no thing depends on how the others were made.
    pub(super) fn of(kind: u64, number: usize) -> Self {
        let mut random = Self((kind << 32) ^ number as u64);
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `least` to `most`, both included.
    pub(super) fn between(&mut self, least: u32, most: u32) -> u32 {
        let span = u64::from(most.saturating_sub(least)) + 1;
        least + u32::try_from(self.next() % span).unwrap_or_default()
    }

    /// True in so many cases of a hundred.
    pub(super) fn percent(&mut self, cases: u32) -> bool {
        self.between(1, 100) <= cases
    }

    /// One of them; there must be one.
    pub(super) fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.index(items.len())]
    }

    /// An index below `end`, which is not 0.
    pub(super) fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or_default()
    }

    /// At most `count` of them, no one twice.
    pub(super) fn some<'a>(&mut self, items: &[&'a str], count: u32) -> Vec<&'a str> {
        let mut left = items.to_vec();
        let mut chosen = Vec::new();
        for _ in 0..count {
            if !left.is_empty() {
                chosen.push(left.swap_remove(self.index(left.len())));
            }
        }
        chosen
    }

    /// A rating of 2.5 to 5 stars, of most things but not of all.
    pub(super) fn rating(&mut self) -> Option<f64> {
        let tenths = self.between(25, 50).max(self.between(25, 50));
        self.percent(85).then(|| f64::from(tenths) / 10.0)
    }

    /// 0 to 1000: few things are popular.
    pub(super) fn popularity(&mut self) -> u32 {
        self.between(0, 1000) * self.between(0, 1000) / 1000
    }
}
