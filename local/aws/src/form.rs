//! The forms of the query protocol.

use std::collections::BTreeMap;

/// The fields of a query protocol request.
pub(crate) struct Form {
    fields: BTreeMap<String, String>,
}

impl Form {
    pub(crate) fn parse(body: &[u8]) -> Self {
        Self { fields: form_urlencoded::parse(body).into_owned().collect() }
    }

    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.fields.get(name).cloned()
    }

    /// `<name>.member.1`, `<name>.member.2`, …
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        (1..).map_while(|index| self.value(&format!("{name}.member.{index}"))).collect()
    }

    /// `<name>.member.1.Name` and `<name>.member.1.Value`, …
    pub(crate) fn tags(&self, name: &str) -> Vec<(String, String)> {
        self.pairs(&format!("{name}.member"), "Name", "Value")
    }

    /// `<name>.entry.1.key` and `<name>.entry.1.value`, …
    pub(crate) fn map(&self, name: &str) -> BTreeMap<String, String> {
        self.pairs(&format!("{name}.entry"), "key", "value").into_iter().collect()
    }

    fn pairs(&self, prefix: &str, key: &str, value: &str) -> Vec<(String, String)> {
        let pair = |index: u32| {
            let of = |part: &str| self.value(&format!("{prefix}.{index}.{part}"));
            Some((of(key)?, of(value).unwrap_or_default()))
        };
        (1..).map_while(pair).collect()
    }
}
