//! Every few seconds each hub is compared with its thread's head: what another node has written, and this one was not told
//! of, is read.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use shared::auth::TenantId;

use super::{Hub, fill};
use crate::state::State;

/// How late a message may be that nobody told this node of.
const INTERVAL: Duration = Duration::from_secs(5);
/// Hubs that are filled at a time.
const CONCURRENCY: usize = 16;

/// Compares all hubs once.
pub(crate) async fn compare(state: &State) {
    let mut by_tenant: HashMap<TenantId, Vec<Arc<Hub>>> = HashMap::new();
    for hub in state.hubs.all() {
        by_tenant.entry(hub.tenant).or_default().push(hub);
    }
    for (tenant, hubs) in by_tenant {
        let threads: Vec<_> = hubs.iter().map(|hub| hub.thread).collect();
        let heads = match state.threads.heads(tenant, &threads).await {
            Ok(heads) => heads,
            Err(error) => {
                tracing::warn!(%error, "threads were not compared with what is stored");
                continue;
            }
        };
        let known = hubs.into_iter().zip(heads).filter_map(|(hub, head)| Some((hub, head?.last_seq)));
        let filling = known.map(|(hub, last_seq)| async move {
            hub.begin(last_seq);
            fill(state, &hub, Some(last_seq)).await;
        });
        stream::iter(filling).for_each_concurrent(CONCURRENCY, |filling| filling).await;
    }
}

/// Compares until the task is aborted.
pub(crate) async fn compare_for_ever(state: State) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        compare(&state).await;
    }
}
