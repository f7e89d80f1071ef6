//! Items that count, and limits of how many there may be.

use jiff::{SignedDuration, Timestamp};

use super::{Action, Key, Table};

/// How long the count of a minute is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(1);

impl Table {
    /// Counts one more; refused if there are `most`.
    pub fn count_one(&self, key: &Key, most: u32) -> Action {
        let count = self.update(key, "ADD #count :one").name("#count", "count").value(":one", 1);
        count.when("attribute_not_exists(#count) OR #count < :most").value(":most", most)
    }

    /// Counts one less.
    pub fn count_off(&self, key: &Key) -> Action {
        self.update(key, "ADD #count :less").name("#count", "count").value(":less", -1)
    }

    /// Counts one more of a minute, which the key names; refused if there were `most`.
    pub fn count_in_minute(&self, key: &Key, most: u32, now: Timestamp) -> Action {
        let count = self.update(key, "ADD #count :one SET #ttl = :ttl").name("#count", "count").name("#ttl", "ttl");
        let count = count.when("attribute_not_exists(#count) OR #count < :most").value(":most", most);
        count.value(":one", 1).value(":ttl", (now + KEPT).as_second())
    }
}

/// The minute of a moment, for such keys.
#[must_use]
pub fn minute_of(time: Timestamp) -> i64 {
    time.as_second().div_euclid(60)
}
