//! `x-search-after`: a search that waits for a write.

use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use http::request::Parts;
use shared::Error;
use shared::auth::TenantId;
use shared::http::Refusal;
use uuid::Uuid;

use crate::tasks::TaskStatus;
use crate::{SearchError, State};

const HEADER: &str = "x-search-after";
/// How long a search waits at most.
const PATIENCE: Duration = Duration::from_secs(10);
/// How soon it looks again; each time later.
const PAUSES: std::ops::RangeInclusive<Duration> = Duration::from_millis(50)..=Duration::from_millis(500);

/// The write that a search is to see.
#[derive(Clone, Copy, Debug)]
pub(crate) struct After(Option<Uuid>);

impl<S: Send + Sync> FromRequestParts<S> for After {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let Some(value) = parts.headers.get(HEADER) else {
            return Ok(Self(None));
        };
        let id = value.to_str().ok().and_then(|text| text.trim().parse().ok());
        id.map(|id| Self(Some(id))).ok_or_else(|| Error::field(HEADER, "must be the id of a task").into())
    }
}

impl After {
    /// The version of the index that has the write, once there is one; and whether it was waited for with success.
    pub(super) async fn version(self, state: &State, tenant: TenantId) -> Result<(u64, Option<bool>), SearchError> {
        let Some(id) = self.0 else {
            return Ok((0, None));
        };
        let (began, mut pause) = (Instant::now(), *PAUSES.start());
        loop {
            let task = state.tasks.get(tenant, id).await?;
            let task = task.ok_or_else(|| Error::field(HEADER, "must be the id of a task"))?;
            if task.is_over() {
                return Ok((task.index_version.unwrap_or(0), Some(task.status == TaskStatus::Done)));
            }
            if began.elapsed() > PATIENCE {
                return Ok((0, Some(false)));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 5 / 4).min(*PAUSES.end());
        }
    }
}
