//! What templates are filled with.

use serde_json::{Map, Value};
use shared::http::rules::refuse_unless;

/// Bytes of all variables of one recipient.
const LARGEST_VARIABLES: usize = 64 * 1024;
/// Entries of a list or an object within variables.
const LONGEST_LIST: usize = 200;

/// What a message's templates are filled with.
pub(crate) type Variables = Map<String, Value>;

/// The rule of variables in bodies.
pub(crate) fn bounded<C>(variables: &Variables, _: &C) -> garde::Result {
    fn lists_are_short(value: &Value) -> bool {
        match value {
            Value::Array(list) => list.len() <= LONGEST_LIST && list.iter().all(lists_are_short),
            Value::Object(map) => map.len() <= LONGEST_LIST && map.values().all(lists_are_short),
            _ => true,
        }
    }
    let size = serde_json::to_vec(variables).map_or(usize::MAX, |json| json.len());
    refuse_unless(size <= LARGEST_VARIABLES, "must have at most 65536 bytes")?;
    refuse_unless(variables.values().all(lists_are_short), "must have lists and objects of at most 200 entries")
}
