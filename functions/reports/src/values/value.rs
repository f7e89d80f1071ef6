//! Values of cells.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};

/// What stands in a cell. Values of one column are all of its type, or nothing.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// Nothing.
    Null,
    Boolean(bool),
    Integer(i64),
    /// Always finite.
    Number(f64),
    Text(String),
    /// Milliseconds since 1970.
    Time(i64),
}

impl Value {
    /// A moment.
    pub(crate) fn time(millis: i64) -> Self {
        Self::Time(millis)
    }

    /// A number, or nothing if it is none.
    pub(crate) fn number(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Null }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// As a number, if it is one.
    #[expect(clippy::cast_precision_loss, reason = "statistics of whole numbers are not whole")]
    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The moment, if it is one.
    pub(crate) fn as_time(&self) -> Option<Timestamp> {
        match self {
            Self::Time(millis) => Timestamp::from_millisecond(*millis).ok(),
            _ => None,
        }
    }

    /// An order of all values: nothing comes last.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Integer(a), Self::Integer(b)) | (Self::Time(a), Self::Time(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (a, b) => match (a.as_number(), b.as_number()) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                _ => a.rank().cmp(&b.rank()),
            },
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Boolean(_) => 0,
            Self::Integer(_) | Self::Number(_) => 1,
            Self::Time(_) => 2,
            Self::Text(_) => 3,
            Self::Null => 4,
        }
    }

    /// Bytes of memory, about.
    pub(crate) fn weight(&self) -> usize {
        std::mem::size_of::<Self>() + if let Self::Text(text) = self { text.len() } else { 0 }
    }

    /// As callers get it.
    pub(crate) fn shown(&self) -> Shown<'_> {
        Shown(self)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.compare(other) == Ordering::Equal
    }
}

impl Eq for Value {}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        self.compare(other)
    }
}

impl Hash for Value {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        match self {
            Self::Null => hasher.write_u8(0),
            Self::Boolean(is) => hasher.write_u8(1 + u8::from(*is)),
            // Whole and broken numbers that are equal must be so here, too.
            Self::Integer(_) | Self::Number(_) => self.as_number().unwrap_or_default().to_bits().hash(hasher),
            Self::Text(text) => text.hash(hasher),
            Self::Time(millis) => millis.hash(hasher),
        }
    }
}

/// As it is stored in parts: moments are milliseconds.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(is) => serializer.serialize_bool(*is),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Time(millis) => serializer.serialize_i64(*millis),
        }
    }
}

/// A value as callers get it: moments are texts, with milliseconds and in UTC.
pub(crate) struct Shown<'a>(&'a Value);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Time(_) => serializer.collect_str(self),
            other => other.serialize(serializer),
        }
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Null => Ok(()),
            Value::Boolean(is) => write!(f, "{is}"),
            Value::Integer(number) => write!(f, "{number}"),
            Value::Number(number) => write!(f, "{number}"),
            Value::Text(text) => f.write_str(text),
            Value::Time(_) => match self.0.as_time() {
                Some(time) => write!(f, "{}", time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.3fZ")),
                None => Ok(()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::hash::DefaultHasher;

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Boolean),
            (-3_i64..3).prop_map(Value::Integer),
            (-3_i32..3).prop_map(|n| Value::Number(f64::from(n) / 2.0)),
            "[ab]{0,2}".prop_map(Value::Text),
            (-3_i64..3).prop_map(Value::Time),
        ]
    }

    fn hash(value: &Value) -> u64 {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        hasher.finish()
    }

    proptest! {
        #[test]
        fn values_have_one_order(a in values(), b in values(), c in values()) {
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            prop_assert!(!(a <= b && b <= c) || a <= c);
            prop_assert!(a != b || hash(&a) == hash(&b));
        }
    }

    #[test]
    fn moments_are_shown_with_milliseconds() {
        let json = serde_json::to_string(&Value::time(1_700_000_000_120).shown()).unwrap();
        assert_eq!(json, "\"2023-11-14T22:13:20.120Z\"");
        assert_eq!(Value::Number(2.0).shown().to_string(), "2");
    }
}
