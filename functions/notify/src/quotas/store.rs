//! Quotas' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>` | `QUOTAS` | the tenant's own limits |
//! | `TENANT#<id>#QUOTA#<month>` | `<channel>#<shard>` | what is used; all shards together hold the limit |

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{self, TenantId};
use shared::clock::Clock;
use shared::store::{Action, Key, Table};
use shared::{Error, ids};

use super::model::{ChannelQuota, Limits, OwnLimits, QuotasView, SHARDS, SetQuotas, plan_limit, share, spread};
use crate::kinds::Channel;

/// The quotas.
#[derive(Clone, Debug)]
pub(crate) struct Quotas {
    table: Table,
    clock: Clock,
}

/// What is used of one shard.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Used {
    /// Below zero where more was given back than taken: any shard takes back, only the sum matters.
    #[serde(default)]
    used: i64,
}

/// How much of which channel a request takes, and from which shards.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    month: String,
    limits: Limits,
    parts: BTreeMap<Channel, BTreeMap<u32, u32>>,
}

impl Quotas {
    pub(crate) fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock }
    }

    /// The limits that hold for a tenant of this plan.
    pub(crate) async fn limits(&self, tenant: TenantId, plan: auth::Plan) -> Result<Limits, Error> {
        let own: OwnLimits = self.table.get(&limits_key(tenant)).await?.unwrap_or_default();
        let limit = |channel| {
            let most = plan_limit(plan, channel);
            (channel, own.limits.get(&channel).map_or(most, |limit| most.min(*limit)))
        };
        Ok(Channel::ALL.into_iter().map(limit).collect())
    }

    /// A first plan, which reads nothing: all that is wanted, each channel from one shard. Most quotas have it.
    pub(crate) fn guess(&self, limits: Limits, wanted: &BTreeMap<Channel, u32>) -> Plan {
        let parts = wanted.iter().map(|(channel, wanted)| (*channel, BTreeMap::from([(any_shard(), *wanted)])));
        Plan { month: month(self.clock.now()), limits, parts: parts.collect() }
    }

    /// A plan from what is free now; `None` if that is not enough.
    pub(crate) async fn plan(
        &self,
        tenant: TenantId,
        limits: Limits,
        wanted: &BTreeMap<Channel, u32>,
    ) -> Result<Option<Plan>, Error> {
        let month = month(self.clock.now());
        let mut parts = BTreeMap::new();
        let used = self.used(tenant, &month).await?;
        for (channel, wanted) in wanted {
            let limit = limits.get(channel).copied().unwrap_or(0);
            let used = |shard| used.get(&(*channel, shard)).copied().unwrap_or(0);
            let free = |shard| u32::try_from(i64::from(share(limit, shard)) - used(shard)).unwrap_or(0);
            let free: Vec<u32> = (0..SHARDS).map(free).collect();
            let Some(spread) = spread(&free, *wanted, any_shard()) else { return Ok(None) };
            parts.insert(*channel, spread);
        }
        Ok(Some(Plan { month, limits, parts }))
    }

    /// The writes that take what the plan says; each is refused if its shard does not have it any more.
    pub(crate) fn take(&self, tenant: TenantId, plan: &Plan) -> Vec<Action> {
        let all = plan.parts.iter().flat_map(|(channel, parts)| parts.iter().map(move |part| (*channel, part)));
        let take = |(channel, (shard, part)): (Channel, (&u32, &u32))| {
            let share = share(plan.limits.get(&channel).copied().unwrap_or(0), *shard);
            let update = self.table.update(&used_key(tenant, &plan.month, channel, *shard), "ADD used :part");
            // An absent item has used nothing, but its share may be smaller than the part.
            let condition =
                if share >= *part { "attribute_not_exists(used) OR used <= :room" } else { "used <= :room" };
            update.when(condition).value(":part", part).value(":room", i64::from(share) - i64::from(*part))
        };
        all.map(take).collect()
    }

    /// The write that gives back what a cancelled message took of that month's quota.
    pub(crate) fn give_back(&self, tenant: TenantId, channel: Channel, month: &str) -> Action {
        self.table.update(&used_key(tenant, month, channel, any_shard()), "ADD used :back").value(":back", -1)
    }

    /// This month's quotas.
    pub(crate) async fn view(&self, tenant: TenantId, plan: auth::Plan) -> Result<QuotasView, Error> {
        let limits = self.limits(tenant, plan).await?;
        self.view_with(tenant, plan, &limits).await
    }

    /// The quotas as they will be with these limits, and the write that makes them so.
    pub(crate) async fn set(
        &self,
        tenant: TenantId,
        plan: auth::Plan,
        change: SetQuotas,
    ) -> Result<(QuotasView, Action), Error> {
        for (channel, limit) in &change.limits {
            let most = plan_limit(plan, *channel);
            if *limit > most {
                let message = format!("must be at most {most}, which is what the plan gives");
                return Err(Error::field(format!("limits.{}", channel.name()), message));
            }
        }
        let of_plan = |channel| (channel, plan_limit(plan, channel));
        let mut limits: Limits = Channel::ALL.into_iter().map(of_plan).collect();
        limits.extend(&change.limits);
        let write = self.table.put(&limits_key(tenant), &OwnLimits { limits: change.limits });
        Ok((self.view_with(tenant, plan, &limits).await?, write))
    }

    async fn view_with(&self, tenant: TenantId, plan: auth::Plan, limits: &Limits) -> Result<QuotasView, Error> {
        let month = month(self.clock.now());
        let by_shard = self.used(tenant, &month).await?;
        let quota = |(channel, limit): (&Channel, &u32)| {
            let used: i64 = by_shard.iter().filter(|((of, _), _)| of == channel).map(|(_, used)| used).sum();
            let used = u32::try_from(used).unwrap_or(0);
            let plan_limit = plan_limit(plan, *channel);
            (*channel, ChannelQuota { limit: *limit, plan_limit, used, remaining: limit.saturating_sub(used) })
        };
        Ok(QuotasView { channels: limits.iter().map(quota).collect(), month })
    }

    async fn used(&self, tenant: TenantId, month: &str) -> Result<BTreeMap<(Channel, u32), i64>, Error> {
        let places: Vec<(Channel, u32)> =
            Channel::ALL.into_iter().flat_map(|channel| (0..SHARDS).map(move |shard| (channel, shard))).collect();
        let keys: Vec<Key> = places.iter().map(|(channel, shard)| used_key(tenant, month, *channel, *shard)).collect();
        let found: Vec<Option<Used>> = self.table.get_all(&keys).await?;
        Ok(places.into_iter().zip(found.into_iter().map(|found| found.unwrap_or_default().used)).collect())
    }
}

fn any_shard() -> u32 {
    u32::try_from(ids::jitter(u64::from(SHARDS - 1))).unwrap_or(0)
}

fn limits_key(tenant: TenantId) -> Key {
    Key::new(format!("TENANT#{tenant}"), "QUOTAS")
}

fn used_key(tenant: TenantId, month: &str, channel: Channel, shard: u32) -> Key {
    Key::new(format!("TENANT#{tenant}#QUOTA#{month}"), format!("{}#{shard}", channel.name()))
}

/// The month whose quota is used now: `2026-11`, in UTC.
pub(crate) fn month(time: Timestamp) -> String {
    time.strftime("%Y-%m").to_string()
}
