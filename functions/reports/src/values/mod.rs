//! What stands in cells: types, values, and moments in words.

mod kind;
mod moments;
mod value;

pub(crate) use kind::Kind;
pub(crate) use moments::{Moments, Unit};
pub(crate) use value::Value;
