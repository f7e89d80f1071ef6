use std::collections::BTreeMap;

/// The fields of a query protocol request.
pub(super) struct Form {
    fields: BTreeMap<String, String>,
}

impl Form {
    pub(super) fn parse(body: &[u8]) -> Self {
        Self { fields: form_urlencoded::parse(body).into_owned().collect() }
    }

    pub(super) fn value(&self, name: &str) -> Option<String> {
        self.fields.get(name).cloned()
    }

    /// `<name>.member.1`, `<name>.member.2`, …
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        (1..).map_while(|index| self.value(&format!("{name}.member.{index}"))).collect()
    }
}
