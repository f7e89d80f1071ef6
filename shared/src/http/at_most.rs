//! Lists in bodies, bounded while they are read.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A list of at most `N` entries. A longer one is refused at its first entry too many, before any
/// rule looks at the entries: a body holds hundreds of thousands of short ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct AtMost<T, const N: usize>(pub Vec<T>);

impl<T, const N: usize> Default for AtMost<T, N> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for AtMost<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(List(PhantomData))
    }
}

struct List<T, const N: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for List<T, N> {
    type Value = AtMost<T, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {N} entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element()? {
            if list.len() == N {
                return Err(A::Error::custom(format_args!("must have at most {N} entries")));
            }
            list.push(entry);
        }
        Ok(AtMost(list))
    }
}

impl<T, const N: usize> garde::rules::inner::Inner<T> for AtMost<T, N> {
    type Key = usize;

    fn validate_inner<F: FnMut(&T, &Self::Key)>(&self, f: F) {
        self.0.validate_inner(f);
    }
}

impl<T: garde::Validate, const N: usize> garde::Validate for AtMost<T, N> {
    type Context = T::Context;

    fn validate_into(&self, context: &T::Context, parent: &mut dyn FnMut() -> garde::Path, report: &mut garde::Report) {
        self.0.validate_into(context, parent, report);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_entry_too_many_is_refused() {
        assert_eq!(serde_json::from_str::<AtMost<u8, 2>>("[1,2]").unwrap().0, [1, 2]);
        let error = serde_json::from_str::<AtMost<u8, 2>>("[1,2,3]").unwrap_err();
        assert!(error.to_string().starts_with("must have at most 2 entries"), "{error}");
    }
}
