//! A field of a change: left out, emptied, or set.

use serde::{Deserialize, Deserializer};

/// What a change says of an optional field.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Change<T> {
    /// Left out: it stays.
    #[default]
    Keep,
    /// Null: it is emptied.
    Clear,
    /// A new value.
    Set(T),
}

impl<T: Clone> Change<T> {
    /// Makes the change.
    pub(super) fn apply(&self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value.clone()),
        }
    }
}

/// With `#[serde(default)]`, null and absence are told apart.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

impl<T> garde::rules::inner::Inner<T> for Change<T> {
    type Key = garde::error::NoKey;

    fn validate_inner<F: FnMut(&T, &Self::Key)>(&self, mut f: F) {
        if let Self::Set(value) = self {
            f(value, &garde::error::NoKey::default());
        }
    }
}
