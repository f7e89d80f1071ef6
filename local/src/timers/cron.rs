//! `EventBridge`'s `cron(minutes hours day-of-month month day-of-week year)`, in UTC.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use jiff::tz::TimeZone;

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
/// Numbered from 1, as `EventBridge` does.
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// An expression of lists, ranges, steps and names; `L`, `W` and `#` are not understood.
#[derive(Clone, Debug)]
pub(super) struct Cron {
    minutes: BTreeSet<i16>,
    hours: BTreeSet<i16>,
    days: BTreeSet<i16>,
    months: BTreeSet<i16>,
    weekdays: BTreeSet<i16>,
    years: BTreeSet<i16>,
}

impl Cron {
    /// Reads `cron(…)`; `None` if it is something else.
    pub(super) fn parse(expression: &str) -> Option<Self> {
        let inner = expression.strip_prefix("cron(")?.strip_suffix(')')?;
        let fields: Vec<&str> = inner.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays, years] = fields.try_into().ok()?;
        Some(Self {
            minutes: field(minutes, 0..=59, &[])?,
            hours: field(hours, 0..=23, &[])?,
            days: field(days, 1..=31, &[])?,
            months: field(months, 1..=12, &MONTHS)?,
            weekdays: field(weekdays, 1..=7, &WEEKDAYS)?,
            years: field(years, 1970..=2199, &[])?,
        })
    }

    /// Whether it fires in the minute of `time`.
    pub(super) fn matches(&self, time: Timestamp) -> bool {
        let time = time.to_zoned(TimeZone::UTC);
        self.minutes.contains(&time.minute().into())
            && self.hours.contains(&time.hour().into())
            && self.days.contains(&time.day().into())
            && self.months.contains(&time.month().into())
            && self.weekdays.contains(&time.weekday().to_sunday_one_offset().into())
            && self.years.contains(&time.year())
    }
}

/// All values of a field such as `*`, `?`, `5`, `1-5`, `0/15` or `MON,WED`.
fn field(text: &str, bounds: RangeInclusive<i16>, names: &[&str]) -> Option<BTreeSet<i16>> {
    let number = |text: &str| match names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
        Some(position) => i16::try_from(position + 1).ok(),
        None => text.parse().ok(),
    };
    let mut values = BTreeSet::new();
    for item in text.split(',') {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<usize>().ok().filter(|step| *step > 0)?)),
            None => (item, None),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" || range == "?" => (*bounds.start(), *bounds.end()),
            Some((first, last)) => (number(first)?, number(last)?),
            // `5/15` goes on to the end, `5` does not.
            None if step.is_some() => (number(range)?, *bounds.end()),
            None => (number(range)?, number(range)?),
        };
        if first > last || !bounds.contains(&first) || !bounds.contains(&last) {
            return None;
        }
        values.extend((first..=last).step_by(step.unwrap_or(1)));
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fires(expression: &str, time: &str) -> bool {
        Cron::parse(expression).unwrap().matches(time.parse().unwrap())
    }

    #[test]
    fn lists_ranges_steps_and_names_are_kept() {
        // 2026-11-22 is a Sunday.
        assert!(fires("cron(0 10 * * ? *)", "2026-11-22T10:00:59Z"));
        assert!(!fires("cron(0 10 * * ? *)", "2026-11-22T10:01:00Z"));
        assert!(fires("cron(0/15 * * * ? *)", "2026-11-22T10:45:00Z"));
        assert!(fires("cron(5,10 8-17 ? * MON-FRI *)", "2026-11-23T17:10:00Z"));
        assert!(!fires("cron(5,10 8-17 ? * MON-FRI *)", "2026-11-22T17:10:00Z"));
        assert!(fires("cron(0 0 ? * 1 2026)", "2026-11-22T00:00:00Z"));
        assert!(!fires("cron(0 0 1 JAN ? *)", "2026-11-01T00:00:00Z"));
    }

    #[test]
    fn what_is_not_understood_is_none() {
        for wrong in
            ["rate(1 minute)", "cron(0 10 * * ?)", "cron(60 * * * ? *)", "cron(0 0 L * ? *)", "cron(*/0 * * * ? *)"]
        {
            assert!(Cron::parse(wrong).is_none(), "{wrong}");
        }
    }
}
