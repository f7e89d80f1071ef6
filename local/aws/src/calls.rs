use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How often each operation was called, by its AWS name (`Query`, `SendMessage`, `PutObject`).
#[derive(Debug, Default)]
pub(crate) struct Calls {
    counts: Mutex<BTreeMap<String, u64>>,
}

impl Calls {
    pub(crate) fn count(&self, operation: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get_mut(operation) {
            Some(count) => *count += 1,
            None => {
                counts.insert(operation.to_owned(), 1);
            }
        }
    }

    pub(crate) fn snapshot(&self) -> BTreeMap<String, u64> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
