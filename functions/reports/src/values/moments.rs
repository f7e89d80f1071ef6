//! Moments in words, in a time zone: `today`, `month-1mo`, `now-90m`, `2026-11-28`.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, Zoned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Characters of a moment.
const LONGEST: usize = 40;

/// Parts of time that things are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Unit {
    Hour,
    Day,
    /// From Monday.
    Week,
    Month,
    Quarter,
    Year,
}

/// Reads moments: relative ones are seen from `now`.
#[derive(Clone, Debug)]
pub(crate) struct Moments {
    now: Timestamp,
    zone: TimeZone,
}

impl Moments {
    pub(crate) fn new(now: Timestamp, zone: TimeZone) -> Self {
        Self { now, zone }
    }

    /// RFC 3339, a date (its beginning), or `now`, `today`, `yesterday`, `week`, `month`, `quarter`, `year` (their
    /// beginnings), with an offset like `-7d` or `+1mo` if wanted (`m`, `h`, `d`, `w`, `mo`, `y`).
    pub(crate) fn read(&self, text: &str) -> Option<Timestamp> {
        if text.len() > LONGEST {
            return None;
        }
        if let Ok(time) = text.parse::<Timestamp>() {
            return Timestamp::from_millisecond(time.as_millisecond()).ok();
        }
        if let Ok(date) = text.parse::<Date>() {
            return date.to_zoned(self.zone.clone()).ok().map(|start| start.timestamp());
        }
        let end = text.find(|letter: char| !letter.is_ascii_lowercase()).unwrap_or(text.len());
        let (anchor, offset) = text.split_at(end);
        let now = self.now.to_zoned(self.zone.clone());
        let anchor = match anchor {
            "now" => now,
            "today" => start_of(Unit::Day, &now)?,
            "yesterday" => start_of(Unit::Day, &now)?.checked_sub(1.day()).ok()?,
            "week" => start_of(Unit::Week, &now)?,
            "month" => start_of(Unit::Month, &now)?,
            "quarter" => start_of(Unit::Quarter, &now)?,
            "year" => start_of(Unit::Year, &now)?,
            _ => return None,
        };
        let moved = if offset.is_empty() { anchor } else { anchor.checked_add(span(offset)?).ok()? };
        Some(moved.timestamp())
    }

    /// Where the part of time begins that a moment is in.
    pub(crate) fn start(&self, unit: Unit, time: Timestamp) -> Option<Timestamp> {
        start_of(unit, &time.to_zoned(self.zone.clone())).map(|start| start.timestamp())
    }

    pub(crate) fn zone(&self) -> &TimeZone {
        &self.zone
    }
}

fn start_of(unit: Unit, time: &Zoned) -> Option<Zoned> {
    let date = time.date();
    let date = match unit {
        // Not of the clock's hour: an hour that a change of the clocks repeats is two.
        Unit::Hour => {
            return time.round(jiff::ZonedRound::new().smallest(jiff::Unit::Hour).mode(jiff::RoundMode::Floor)).ok();
        }
        Unit::Day => date,
        Unit::Week => date.checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days()).ok()?,
        Unit::Month => date.first_of_month(),
        Unit::Quarter => Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1).ok()?,
        Unit::Year => date.first_of_year(),
    };
    date.to_zoned(time.time_zone().clone()).ok()
}

fn span(text: &str) -> Option<Span> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = rest.split_at(digits);
    let number: i64 = number.parse().ok().filter(|number| (0..=10_000).contains(number))?;
    let number = sign * number;
    Some(match unit {
        "m" => number.minutes(),
        "h" => number.hours(),
        "d" => number.days(),
        "w" => number.weeks(),
        "mo" => number.months(),
        "y" => number.years(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn moments() -> Moments {
        // A Wednesday, half past midnight in Vienna, after the clocks went back.
        Moments::new("2026-10-27T23:30:00Z".parse().unwrap(), TimeZone::get("Europe/Vienna").unwrap())
    }

    #[test]
    fn moments_are_read_in_their_time_zone() {
        let read = |text: &str| moments().read(text).map(|time| time.to_string());
        for (text, time) in [
            ("now", "2026-10-27T23:30:00Z"),
            ("now-90m", "2026-10-27T22:00:00Z"),
            ("today", "2026-10-27T23:00:00Z"),
            ("yesterday", "2026-10-26T23:00:00Z"),
            ("today-3d", "2026-10-24T22:00:00Z"),
            ("week", "2026-10-25T23:00:00Z"),
            ("month-1mo", "2026-08-31T22:00:00Z"),
            ("quarter", "2026-09-30T22:00:00Z"),
            ("year+1y", "2026-12-31T23:00:00Z"),
            ("2026-07-01", "2026-06-30T22:00:00Z"),
            ("2026-07-01T00:00:00+05:00", "2026-06-30T19:00:00Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(time), "{text}");
        }
        for text in ["", "tomorrow", "now-", "now-1", "now-1x", "now--1d", "today-99999d", "2026-13-01", "{{from}}"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn an_hour_that_comes_twice_is_two() {
        let zone = TimeZone::get("Europe/Vienna").unwrap();
        let moments = Moments::new(Timestamp::UNIX_EPOCH, zone);
        let start = |text: &str| moments.start(Unit::Hour, text.parse().unwrap()).unwrap().to_string();
        assert_eq!(start("2026-10-25T00:30:00Z"), "2026-10-25T00:00:00Z");
        assert_eq!(start("2026-10-25T01:30:00Z"), "2026-10-25T01:00:00Z");
    }

    proptest! {
        #[test]
        fn any_text_is_a_moment_or_none(text in ".{0,50}") {
            let _ = moments().read(&text);
        }
    }
}
