//! When a schedule is due: cron in a time zone.
//!
//! Where the clocks go forward, a time that does not come is due when they have; where they go back, a time that
//! comes twice is due at the first one. Every so many minutes or hours is due as often as that comes.

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

/// How far ahead a schedule must be due: February 29th comes within eight years.
const HORIZON: SignedDuration = SignedDuration::from_hours(24 * 366 * 9);

/// A cron expression of five fields in its time zone.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    cron: Cron,
    zone: TimeZone,
}

impl Calendar {
    /// Reads both; why they are none.
    pub(super) fn new(cron: &str, zone: &str) -> Result<Self, String> {
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        if cron.trim_start().starts_with('@') {
            return Err("it must have five fields".to_owned());
        }
        let cron = parser.parse(cron).map_err(|error| error.to_string())?;
        let zone = TimeZone::get(zone).map_err(|_| "the time zone is unknown".to_owned())?;
        Ok(Self { cron, zone })
    }

    /// When it is due next after this moment; `None` if never within nine years.
    pub(super) fn after(&self, time: Timestamp) -> Option<Timestamp> {
        let next: Zoned = self.cron.find_next_occurrence(&time.to_zoned(self.zone.clone()), false).ok()?;
        let next = next.timestamp();
        (next > time && next <= time + HORIZON).then_some(next)
    }

    /// When it was due last before this moment.
    pub(super) fn before(&self, time: Timestamp) -> Option<Timestamp> {
        let last: Zoned = self.cron.find_previous_occurrence(&time.to_zoned(self.zone.clone()), false).ok()?;
        Some(last.timestamp()).filter(|last| *last < time)
    }

    /// When it is due after this moment, the first so many times.
    pub(super) fn next(&self, time: Timestamp, count: usize) -> Vec<Timestamp> {
        std::iter::successors(self.after(time), |last| self.after(*last)).take(count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn next(cron: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
        let times = Calendar::new(cron, zone).unwrap().next(from.parse().unwrap(), count);
        times.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_does_not_come_is_due_when_the_clocks_have_gone_on() {
        let found = next("30 2 * * *", "Europe/Vienna", "2026-03-28T12:00:00Z", 2);
        assert_eq!(found, ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
    }

    #[test]
    fn what_comes_twice_is_due_once() {
        let found = next("30 2 * * *", "Europe/Vienna", "2026-10-24T12:00:00Z", 2);
        assert_eq!(found, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
        let hourly = next("0 * * * *", "Europe/Vienna", "2026-10-24T23:30:00Z", 3);
        assert_eq!(hourly, ["2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"]);
    }

    #[test]
    fn what_never_comes_has_no_next_time() {
        assert!(next("0 0 31 2 *", "UTC", "2026-01-01T00:00:00Z", 1).is_empty());
        assert_eq!(next("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", 1), ["2028-02-29T00:00:00Z"]);
        for wrong in ["", "* * * *", "* * * * * *", "61 * * * *", "@daily", "*/0 * * * *", "a b c d e"] {
            assert!(Calendar::new(wrong, "UTC").is_err(), "{wrong}");
        }
        assert!(Calendar::new("* * * * *", "Mars/Olympus").is_err());
    }

    /// A year of each day at half past two, in zones that change their clocks apart from each other.
    #[test]
    fn a_year_has_as_many_periods_as_days() {
        for zone in ["Europe/Vienna", "America/New_York", "Australia/Lord_Howe"] {
            let calendar = Calendar::new("30 2 * * *", zone).unwrap();
            let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
            let year = calendar.next(start, 365);
            assert!(year.windows(2).all(|two| two[0] < two[1]), "{zone}");
            let days: std::collections::BTreeSet<_> =
                year.iter().map(|time| time.to_zoned(TimeZone::get(zone).unwrap()).date()).collect();
            assert_eq!(days.len(), 365, "{zone}: no day twice and none left out");
            for time in &year[1..] {
                assert_eq!(calendar.after(calendar.before(*time).unwrap()), Some(*time), "{zone}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_calendar_or_none(text in "[-0-9*/,LW#? A-Za-z]{0,24}") {
            if let Ok(calendar) = Calendar::new(&text, "Europe/Vienna") {
                let _ = calendar.after(Timestamp::from_second(1_800_000_000).unwrap());
            }
        }
    }
}
