//! Storing what a service knows, file by file, in as many steps as it takes.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{ExportFiles, Known, List};
use crate::auth::{TenantId, UserId};
use crate::clock::Clock;
use crate::error::Error;
use crate::ids;
use crate::jobs::{ExportUser, ExportedFile};
use crate::service::Service;
use crate::store::Position;

/// A file ends after this many bytes.
const FILE: usize = 4_000_000;
/// How long one message works before another one goes on: well below the workers' timeouts.
const PATIENCE: SignedDuration = SignedDuration::from_secs(20);
/// An export that is older is not gone on with: its owner has asked anew long ago.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// How far a service is with an export; what a message carries that goes on with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exporting {
    /// What is wanted.
    pub wanted: ExportUser,
    /// Lists that are stored whole.
    done: usize,
    /// Where the next page of the next one begins.
    after: Option<Position>,
    files: Vec<ExportedFile>,
}

/// A file as its owner reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    service: &'static str,
    user_id: UserId,
    exported_at: Timestamp,
    lists: &'a [Part],
}

/// A list, or a part of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    name: &'static str,
    tenant_id: Option<TenantId>,
    items: Vec<Box<RawValue>>,
}

impl Exporting {
    /// One that begins.
    #[must_use]
    pub fn new(wanted: ExportUser) -> Self {
        Self { wanted, done: 0, after: None, files: Vec::new() }
    }

    /// Whether it is too late for it.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        let asked = ids::made_at_millis(&self.wanted.export_id).and_then(|at| Timestamp::from_millisecond(at).ok());
        asked.is_none_or(|asked| now.duration_since(asked) > LONGEST)
    }

    /// Stores file after file, for 20 s at most. All files, once there is nothing left.
    pub async fn go_on(
        &mut self,
        files: &ExportFiles,
        service: &'static Service,
        clock: &Clock,
        known: &impl Known,
    ) -> Result<Option<Vec<ExportedFile>>, Error> {
        let (lists, deadline) = (known.lists(&self.wanted), clock.now() + PATIENCE);
        while self.done < lists.len() {
            let parts = self.read_on(&lists, known, || clock.now() <= deadline).await?;
            let (user_id, exported_at) = (self.wanted.user_id, clock.now());
            let document = Document { service: service.name, user_id, exported_at, lists: &parts };
            let bytes = serde_json::to_vec(&document).map_err(Error::internal)?;
            self.files.push(files.store(&self.wanted, service, self.files.len() + 1, bytes).await?);
            if self.done < lists.len() && clock.now() > deadline {
                return Ok(None);
            }
        }
        Ok(Some(self.files.clone()))
    }

    /// As much as goes into one file, a page at least, while there is time.
    async fn read_on(
        &mut self,
        lists: &[List],
        known: &impl Known,
        in_time: impl Fn() -> bool,
    ) -> Result<Vec<Part>, Error> {
        let (mut parts, mut bytes): (Vec<Part>, usize) = (Vec::new(), 0);
        while let Some(list) = lists.get(self.done).filter(|_| parts.is_empty() || bytes < FILE && in_time()) {
            let began = self.after.is_some() && !parts.is_empty();
            let page = known.page(&self.wanted, *list, self.after.take()).await?;
            bytes += page.items.iter().map(|item| item.get().len()).sum::<usize>();
            match parts.last_mut().filter(|_| began) {
                Some(part) => part.items.extend(page.items),
                None => parts.push(Part { name: list.name, tenant_id: list.tenant, items: page.items }),
            }
            self.after = page.next;
            if self.after.is_none() {
                self.done += 1;
            }
        }
        Ok(parts)
    }
}

#[cfg(test)]
mod tests;
