//! Counts and rates.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// Messages by what came of them: `accepted`, `sent`, `read`, …
pub(super) type Counts = BTreeMap<String, u64>;

/// Messages that came to `status` on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) day: Date,
    pub(super) channel: String,
    pub(super) status: String,
    /// `None`: of all, with and without a template.
    pub(super) template: Option<String>,
    pub(super) messages: u64,
}

/// One channel's counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChannelMetrics {
    /// Messages by what came of them.
    #[schema(value_type = BTreeMap<String, u64>, example = json!({"accepted": 100, "sent": 98, "suppressed": 2, "read": 40}))]
    counts: Counts,
    /// Parts of 1: `sent`, `failed`, `suppressed` and `cancelled` of what was accepted; `read`, `bounced` and
    /// `complained` of what was sent.
    #[schema(value_type = BTreeMap<String, f64>, example = json!({"sent": 0.98, "suppressed": 0.02, "read": 0.41}))]
    rates: BTreeMap<String, f64>,
}

/// One day's counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DayMetrics {
    /// In UTC.
    #[schema(value_type = String, format = Date)]
    day: Date,
    #[schema(value_type = BTreeMap<String, BTreeMap<String, u64>>)]
    channels: BTreeMap<String, Counts>,
}

/// Counts and rates of some days.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MetricsView {
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// By channel.
    channels: BTreeMap<String, ChannelMetrics>,
    /// By template, then by channel.
    templates: BTreeMap<String, BTreeMap<String, ChannelMetrics>>,
    /// Days on which anything happened, oldest first.
    days: Vec<DayMetrics>,
}

impl MetricsView {
    pub(super) fn new(from: Date, to: Date, counts: &[Count]) -> Self {
        let mut channels: BTreeMap<String, ChannelMetrics> = BTreeMap::new();
        let mut templates: BTreeMap<String, BTreeMap<String, ChannelMetrics>> = BTreeMap::new();
        let mut days: BTreeMap<Date, BTreeMap<String, Counts>> = BTreeMap::new();
        for count in counts {
            let place = if let Some(template) = &count.template {
                templates.entry(template.clone()).or_default()
            } else {
                let day = days.entry(count.day).or_default().entry(count.channel.clone()).or_default();
                *day.entry(count.status.clone()).or_default() += count.messages;
                &mut channels
            };
            let counts = &mut place.entry(count.channel.clone()).or_default().counts;
            *counts.entry(count.status.clone()).or_default() += count.messages;
        }
        let all = channels.values_mut().chain(templates.values_mut().flat_map(BTreeMap::values_mut));
        all.for_each(ChannelMetrics::rate);
        let days = days.into_iter().map(|(day, channels)| DayMetrics { day, channels }).collect();
        Self { from, to, channels, templates, days }
    }
}

impl ChannelMetrics {
    fn rate(&mut self) {
        let count = |name: &str| self.counts.get(name).copied().unwrap_or(0);
        let of = |base: &'static str, names: &'static [&'static str]| names.iter().map(move |name| (base, *name));
        let rates = of("accepted", &["sent", "failed", "suppressed", "cancelled"])
            .chain(of("sent", &["delivered", "read", "bounced", "complained"]))
            .filter(|(base, name)| count(base) > 0 && count(name) > 0);
        #[expect(clippy::cast_precision_loss, reason = "a rate needs no more than 52 bits")]
        let rates = rates.map(|(base, name)| (name.to_owned(), count(name) as f64 / count(base) as f64));
        self.rates = rates.collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_over_days_and_shards() {
        let count = |day: i8, status: &str, template: Option<&str>, messages| Count {
            day: Date::constant(2026, 11, day),
            channel: "email".to_owned(),
            status: status.to_owned(),
            template: template.map(str::to_owned),
            messages,
        };
        let counts = [
            count(1, "accepted", None, 3),
            count(1, "accepted", None, 1),
            count(2, "sent", None, 2),
            count(2, "sent", Some("t"), 1),
        ];
        let view = MetricsView::new(Date::constant(2026, 11, 1), Date::constant(2026, 11, 2), &counts);
        assert_eq!(view.channels["email"].counts["accepted"], 4);
        assert_eq!(view.channels["email"].rates, BTreeMap::from([("sent".to_owned(), 0.5)]));
        assert_eq!(view.templates["t"]["email"].counts["sent"], 1);
        assert_eq!(view.days.len(), 2);
    }
}
