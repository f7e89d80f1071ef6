//! What reports are told of searches, until it is written.

use std::collections::HashMap;

use futures_util::{StreamExt, stream};
use shared::auth::TenantId;
use shared::jobs::{Fact, Facts, Job, Outbox, QueueName};
use shared::store::{Store, Transaction};

/// Facts that wait, at most; further ones are lost.
const MOST: usize = 10_000;
/// Facts of one job: half of what it may hold, since it is 250 KB at most, and a query alone up to 600 bytes.
const OF_A_JOB: usize = 250;
/// Jobs that are written at a time.
const AT_ONCE: usize = 8;

/// Facts by tenant, in their order.
#[derive(Debug, Default)]
pub(super) struct WaitingFacts {
    of_tenants: HashMap<TenantId, Vec<Fact>>,
    count: usize,
}

impl WaitingFacts {
    pub(super) fn add(&mut self, tenant: TenantId, fact: Fact) {
        if self.count < MOST {
            self.of_tenants.entry(tenant).or_default().push(fact);
            self.count += 1;
        }
    }

    /// Each tenant's in one job, unless they are too many for it.
    fn jobs(self) -> Vec<Facts> {
        let job = |tenant_id, facts: &[Fact]| Facts { tenant_id, facts: facts.to_vec() };
        let of_tenant = |(tenant, facts): (&TenantId, &Vec<Fact>)| {
            facts.chunks(OF_A_JOB).map(|some| job(*tenant, some)).collect::<Vec<_>>()
        };
        self.of_tenants.iter().flat_map(of_tenant).collect()
    }

    /// Writes and sends them. What cannot be written is lost, as it is with the process.
    pub(super) async fn write(self, store: &Store, outbox: &Outbox) {
        let writes = self.jobs().into_iter().map(|facts| async move {
            let to = (QueueName::Reports, facts.tenant_id, None);
            if let Err(error) = outbox.commit_with(Transaction::new(store), to, &Job::Facts(facts)).await {
                tracing::warn!(%error, "facts of searches are lost");
            }
        });
        stream::iter(writes).buffer_unordered(AT_ONCE).collect::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use shared::auth::UserId;
    use shared::ids;
    use shared::jobs::What;
    use uuid::Uuid;

    fn fact(results: u64) -> Fact {
        // Nothing is longer in JSON than what is escaped.
        let what = What::Search { query: "\u{1}".repeat(100), results, took_ms: 0.123_456_789 };
        let at = Timestamp::constant(1_764_300_000, 123_456_789);
        Fact { id: ids::at(at), user_id: Some(UserId(Uuid::nil())), at, what }
    }

    #[test]
    fn many_facts_go_in_jobs_that_the_outbox_takes() {
        let tenant = |number: u128| TenantId(Uuid::from_u128(number));
        let mut waiting = WaitingFacts::default();
        waiting.add(tenant(1), fact(0));
        (0..600).for_each(|number| waiting.add(tenant(2), fact(number)));
        let jobs = waiting.jobs();
        let of = |number| jobs.iter().filter(move |job| job.tenant_id == tenant(number));
        assert_eq!(of(1).count(), 1);
        assert_eq!(of(2).map(|job| job.facts.len()).collect::<Vec<_>>(), [250, 250, 100]);
        let results = of(2).flat_map(|job| &job.facts).map(|fact| match fact.what {
            What::Search { results, .. } => results,
            _ => u64::MAX,
        });
        assert_eq!(results.collect::<Vec<_>>(), (0..600).collect::<Vec<_>>());
        assert!(jobs.iter().all(|job| serde_json::to_string(&Job::Facts(job.clone())).unwrap().len() < 250 * 1024));
    }

    #[test]
    fn no_more_wait_than_there_is_room_for() {
        let mut waiting = WaitingFacts::default();
        (0..2 * MOST as u64).for_each(|number| waiting.add(TenantId(Uuid::nil()), fact(number)));
        assert_eq!(waiting.jobs().iter().map(|job| job.facts.len()).sum::<usize>(), MOST);
    }
}
