//! Quiet hours, right across changes of daylight saving time.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// When the quiet hours end in which `now` lies, if it lies in any. Compared as instants, so an hour that
/// comes twice is quiet twice only if both are between start and end; a time that a change skips is
/// as much later as the change skips.
pub(super) fn end_of(start: Time, end: Time, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let today = now.to_zoned(zone.clone()).date();
    let instant = |date: jiff::civil::Date, time| Some(date.to_datetime(time).to_zoned(zone.clone()).ok()?.timestamp());
    [today.yesterday().ok()?, today].into_iter().find_map(|date| {
        let last = if start < end { date } else { date.checked_add(1.day()).ok()? };
        let (from, until) = (instant(date, start)?, instant(last, end)?);
        (from <= now && now < until).then_some(until)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn end(start: &str, end: &str, zone: &str, now: &str) -> Option<String> {
        let zone = TimeZone::get(zone).unwrap();
        let until = end_of(start.parse().unwrap(), end.parse().unwrap(), &zone, now.parse().unwrap());
        until.map(|until| until.to_string())
    }

    #[test]
    fn hours_over_midnight_are_of_two_days() {
        let vienna = |now| end("22:00", "07:00", "Europe/Vienna", now);
        assert_eq!(vienna("2026-01-15T20:59:59Z"), None);
        assert_eq!(vienna("2026-01-15T21:00:00Z").unwrap(), "2026-01-16T06:00:00Z");
        assert_eq!(vienna("2026-01-16T05:59:59Z").unwrap(), "2026-01-16T06:00:00Z");
        assert_eq!(vienna("2026-01-16T06:00:00Z"), None);
        let noon = |now| end("12:00", "13:00", "Europe/Vienna", now);
        assert_eq!(noon("2026-07-15T10:30:00Z").unwrap(), "2026-07-15T11:00:00Z");
        assert_eq!(noon("2026-07-15T11:00:00Z"), None);
    }

    #[test]
    fn the_night_of_a_change_is_an_hour_shorter_or_longer() {
        let vienna = |now| end("22:00", "07:00", "Europe/Vienna", now);
        assert_eq!(vienna("2026-03-28T21:30:00Z").unwrap(), "2026-03-29T05:00:00Z");
        assert_eq!(vienna("2026-10-24T20:30:00Z").unwrap(), "2026-10-25T06:00:00Z");
        // 02:30 does not exist on 2026-03-29: it is 03:30.
        assert_eq!(end("22:00", "02:30", "Europe/Vienna", "2026-03-29T00:59:00Z").unwrap(), "2026-03-29T01:30:00Z");
        // 02:30 comes twice on 2026-10-25: the first one ends it, and the second 02:10 is not quiet.
        assert_eq!(end("22:00", "02:30", "Europe/Vienna", "2026-10-25T00:10:00Z").unwrap(), "2026-10-25T00:30:00Z");
        assert_eq!(end("22:00", "02:30", "Europe/Vienna", "2026-10-25T01:10:00Z"), None);
    }

    proptest! {
        #[test]
        fn an_end_is_later_and_not_quiet(minutes in 0_i64..1_000_000, from in 0_i8..24, until in 0_i8..24) {
            prop_assume!(from != until);
            let zone = TimeZone::get("America/New_York").unwrap();
            let now = Timestamp::from_second(1_700_000_000 + minutes * 60).unwrap();
            let (start, stop) = (Time::constant(from, 0, 0, 0), Time::constant(until, 0, 0, 0));
            if let Some(until) = end_of(start, stop, &zone, now) {
                prop_assert!(until > now);
                prop_assert_eq!(end_of(start, stop, &zone, until), None);
            }
        }
    }
}
