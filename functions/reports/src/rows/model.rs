//! Rows, and where they stand.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use shared::auth::UserId;

/// A row of a dataset. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    pub(crate) id: String,
    /// When it happened, in milliseconds.
    pub(crate) at: i64,
    /// When it was stored, in milliseconds.
    pub(crate) recorded_at: i64,
    /// Its cells by the columns' names, as JSON; moments are milliseconds.
    pub(crate) cells: String,
    /// Whose it is.
    #[serde(skip)]
    pub(crate) user: Option<UserId>,
}

/// Where a reader is: it goes on behind this row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Place(pub(crate) String);

impl Row {
    /// The day that it is stored under, UTC.
    pub(super) fn day(&self) -> Date {
        day(self.at)
    }

    /// Its place in the order of time.
    pub(crate) fn place(&self) -> Place {
        Place(format!("{}#{}", Place::start(self.at).0, self.id))
    }
}

impl Place {
    /// Before every row of this millisecond.
    pub(super) fn start(millis: i64) -> Self {
        Self(format!("{millis:015}"))
    }

    /// After every row of this millisecond.
    pub(super) fn end(millis: i64) -> Self {
        // The next character after `#`, which stands before ids.
        Self(format!("{millis:015}$"))
    }

    /// Right behind this row.
    pub(super) fn next(&self) -> Self {
        Self(format!("{}!", self.0))
    }

    /// The day that it is in.
    pub(super) fn day(&self) -> Option<Date> {
        self.0.split('#').next()?.parse().ok().map(day)
    }
}

/// The day of a millisecond, UTC.
pub(super) fn day(millis: i64) -> Date {
    Timestamp::from_millisecond(millis).unwrap_or_default().to_zoned(TimeZone::UTC).date()
}
