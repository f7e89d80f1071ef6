//! Preferences and their rules.

use std::collections::{BTreeMap, BTreeSet};

use garde::Validate;
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use shared::http::AtMost;
use shared::http::rules::{refuse_unless, zone_name};
use utoipa::ToSchema;

use crate::kinds::{Category, Channel};

/// A cap for each channel and period.
const MOST_CAPS: usize = 10;

/// Whether a channel is wanted, by category.
type Wanted = BTreeMap<Channel, BTreeMap<Category, bool>>;

/// When not to be disturbed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct QuietHours {
    /// `HH:MM`, local time.
    #[garde(custom(hour_and_minute))]
    #[schema(example = "22:00")]
    start: String,
    /// `HH:MM`, local time; before `start` it is the next day's. Not the same as `start`.
    #[garde(custom(hour_and_minute), custom(differs_from(&self.start)))]
    #[schema(example = "07:00")]
    end: String,
    /// IANA. Without one the contact's counts, else UTC.
    #[serde(default)]
    #[garde(inner(length(max = 64), custom(zone_name)))]
    time_zone: Option<String>,
}

/// Over what time a cap counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Period {
    /// Any 60 minutes.
    Hour,
    /// A day in the user's time zone.
    Day,
}

/// How much of a channel is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FrequencyCap {
    channel: Channel,
    pub(crate) per: Period,
    /// Messages, 1 to 1000. `transactional` and `system` do not count.
    #[schema(minimum = 1, maximum = 1000)]
    pub(crate) limit: u32,
}

/// The whole of a user's preferences. What is left out is as if never set.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SetPreferences {
    /// What is wanted, by channel and category. What is not named is wanted.
    #[serde(default)]
    #[garde(custom(system_is_on))]
    #[schema(value_type = BTreeMap<String, BTreeMap<String, bool>>, example = json!({"email": {"marketing": false}}))]
    channels: Wanted,
    /// When only what is `critical` may come.
    #[garde(dive)]
    quiet_hours: Option<QuietHours>,
    /// At most one for each channel and period.
    #[serde(default)]
    #[garde(custom(caps_are_sound))]
    #[schema(value_type = Vec<FrequencyCap>, max_items = 10)]
    frequency_caps: AtMost<FrequencyCap, MOST_CAPS>,
}

/// A user's preferences. What was named is stored, and completed when it is read, so that a later
/// channel or category is wanted by those who could not know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Preferences {
    /// What is wanted, every channel by every category.
    #[schema(value_type = BTreeMap<String, BTreeMap<String, bool>>)]
    channels: Wanted,
    quiet_hours: Option<QuietHours>,
    frequency_caps: Vec<FrequencyCap>,
    /// When they were last set; null if never.
    #[schema(value_type = Option<String>, format = DateTime)]
    updated_at: Option<Timestamp>,
}

impl Default for Preferences {
    /// Everything, always.
    fn default() -> Self {
        Self { channels: Wanted::new(), quiet_hours: None, frequency_caps: Vec::new(), updated_at: None }
    }
}

impl SetPreferences {
    pub(super) fn preferences(self, now: Timestamp) -> Preferences {
        Preferences {
            channels: self.channels,
            quiet_hours: self.quiet_hours,
            frequency_caps: self.frequency_caps.0,
            updated_at: Some(now),
        }
    }
}

impl QuietHours {
    /// Their local start and end, and their zone: their own, else `otherwise`. `None` if they cannot be read.
    pub(crate) fn hours(&self, otherwise: &str) -> Option<(Time, Time, TimeZone)> {
        let zone = TimeZone::get(self.time_zone.as_deref().unwrap_or(otherwise)).unwrap_or(TimeZone::UTC);
        Some((self.start.parse().ok()?, self.end.parse().ok()?, zone))
    }
}

impl Preferences {
    /// Whether messages of `category` are wanted on `channel`.
    pub(crate) fn want(&self, channel: Channel, category: Category) -> bool {
        self.channels.get(&channel).and_then(|by| by.get(&category)).copied().unwrap_or(true)
    }

    /// When not to be disturbed.
    pub(crate) fn quiet_hours(&self) -> Option<&QuietHours> {
        self.quiet_hours.as_ref()
    }

    /// How much of `channel` is enough.
    pub(crate) fn caps(&self, channel: Channel) -> Vec<FrequencyCap> {
        self.frequency_caps.iter().filter(|cap| cap.channel == channel).copied().collect()
    }

    /// With every channel by every category.
    pub(super) fn completed(self) -> Self {
        Self { channels: complete(&self.channels), ..self }
    }
}

fn complete(named: &Wanted) -> Wanted {
    let wanted = |channel, category| named.get(&channel).and_then(|by| by.get(&category)).copied().unwrap_or(true);
    let row = |channel| Category::ALL.into_iter().map(|category| (category, wanted(channel, category))).collect();
    Channel::ALL.into_iter().map(|channel| (channel, row(channel))).collect()
}

fn system_is_on<C>(channels: &Wanted, _: &C) -> garde::Result {
    let off = channels.values().any(|by| by.get(&Category::System) == Some(&false));
    refuse_unless(!off, "must leave `system` switched on")
}

fn caps_are_sound<C>(caps: &AtMost<FrequencyCap, MOST_CAPS>, _: &C) -> garde::Result {
    let named: BTreeSet<(Channel, Period)> = caps.0.iter().map(|cap| (cap.channel, cap.per)).collect();
    refuse_unless(named.len() == caps.0.len(), "must name each channel and period at most once")?;
    refuse_unless(caps.0.iter().all(|cap| (1..=1000).contains(&cap.limit)), "must have limits of 1 to 1000")
}

fn hour_and_minute<C>(text: &str, _: &C) -> garde::Result {
    let form = text.len() == 5 && text.as_bytes()[2] == b':';
    refuse_unless(form && text.parse::<Time>().is_ok(), "must be a time of the day like 22:00")
}

fn differs_from<C>(start: &str) -> impl FnOnce(&str, &C) -> garde::Result {
    move |end, _| refuse_unless(end != start, "must not be the same as `start`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(body: serde_json::Value) -> bool {
        serde_json::from_value::<SetPreferences>(body).map_or(true, |set| set.validate().is_err())
    }

    #[test]
    fn every_field_has_a_rule() {
        for wrong in [
            json!({"channels": {"fax": {}}}),
            json!({"channels": {"email": {"gossip": false}}}),
            json!({"channels": {"email": {"system": false}}}),
            json!({"quietHours": {"start": "22:00", "end": "22:00"}}),
            json!({"quietHours": {"start": "24:00", "end": "07:00"}}),
            json!({"quietHours": {"start": "9:00", "end": "07:00"}}),
            json!({"quietHours": {"start": "22:00", "end": "07:00", "timeZone": "Mars/Base"}}),
            json!({"frequencyCaps": [{"channel": "sms", "per": "day", "limit": 0}]}),
            json!({"frequencyCaps": [{"channel": "sms", "per": "day", "limit": 1}, {"channel": "sms", "per": "day", "limit": 2}]}),
            json!({"unknown": 1}),
        ] {
            assert!(refused(wrong.clone()), "{wrong}");
        }
        assert!(!refused(json!({})));
        assert!(!refused(json!({
            "channels": {"email": {"marketing": false}},
            "quietHours": {"start": "22:00", "end": "07:00", "timeZone": "Europe/Vienna"},
            "frequencyCaps": [{"channel": "sms", "per": "day", "limit": 1}, {"channel": "sms", "per": "hour", "limit": 2}],
        })));
    }

    #[test]
    fn what_is_not_named_is_wanted() {
        let set: SetPreferences = serde_json::from_value(json!({"channels": {"email": {"marketing": false}}})).unwrap();
        let named = set.preferences(Timestamp::UNIX_EPOCH);
        assert_eq!(named.channels.len(), 1);
        let set = named.completed();
        let off: Vec<(Channel, Category)> = set
            .channels
            .iter()
            .flat_map(|(channel, by)| by.iter().map(move |(category, on)| ((*channel, *category), on)))
            .filter_map(|(place, on)| (!on).then_some(place))
            .collect();
        assert_eq!(off, [(Channel::Email, Category::Marketing)]);
        assert_eq!(set.channels.values().map(BTreeMap::len).sum::<usize>(), 20);
    }
}
