//! Quotas' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>` | `QUOTAS` | the tenant's own limits |
//! | `TENANT#<id>#QUOTA#<month>#<channel>#<shard>` | `USED` | what is used; all shards together hold the limit |

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

/// What is used of each shard.
type Usage = BTreeMap<(Channel, u32), i64>;

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
    takes: Vec<Take>,
}

/// What is taken of one shard.
#[derive(Clone, Copy, Debug)]
struct Take {
    channel: Channel,
    shard: u32,
    part: u32,
    /// What the shard holds at most, and what was used of it when that was read.
    share: u32,
    used: i64,
    /// Only if the shard is as it was read: then whoever takes at the same time is refused, wherever he takes.
    alone: bool,
}

impl Quotas {
    pub(crate) fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock }
    }

    /// A plan from what is free of the month now; `None` if that is not enough.
    pub(crate) async fn plan(
        &self,
        tenant: TenantId,
        plan: auth::Plan,
        month: &str,
        wanted: &BTreeMap<Channel, u32>,
    ) -> Result<Option<Plan>, Error> {
        let channels: Vec<Channel> = wanted.keys().copied().collect();
        let (limits, used) = self.read(tenant, plan, month, &channels).await?;
        let mut takes = Vec::new();
        for (channel, wanted) in wanted {
            let limit = limits.get(channel).copied().unwrap_or(0);
            let used: Vec<i64> = (0..SHARDS).map(|shard| used.get(&(*channel, shard)).copied().unwrap_or(0)).collect();
            if used.iter().sum::<i64>() + i64::from(*wanted) > i64::from(limit) {
                return Ok(None);
            }
            let share = |shard: u32| share(limit, shard);
            let left = |shard: u32| i64::from(share(shard)) - used[shard as usize];
            let take = |shard: u32, part: u32, alone: bool| Take {
                channel: *channel,
                shard,
                part,
                share: share(shard),
                used: used[shard as usize],
                alone,
            };
            // After a limit was lowered a shard may hold more than its share. Then the shares say nothing any more,
            // and all who take stand in line at one shard.
            let lowered = (0..SHARDS).any(|shard| left(shard) < 0);
            let free: Vec<u32> = (0..SHARDS).map(|shard| u32::try_from(left(shard)).unwrap_or(0)).collect();
            match spread(&free, *wanted, any_shard()) {
                Some(parts) if !lowered => {
                    takes.extend(parts.into_iter().map(|(shard, part)| take(shard, part, false)));
                }
                _ => takes.push(take(0, *wanted, true)),
            }
        }
        Ok(Some(Plan { month: month.to_owned(), takes }))
    }

    /// The writes that take what the plan says; each is refused if its shard does not have it any more.
    pub(crate) fn take(&self, tenant: TenantId, plan: &Plan) -> Vec<Action> {
        let take = |take: &Take| {
            let key = used_key(tenant, &plan.month, take.channel, take.shard);
            let update = self.table.update(&key, "ADD used :part").value(":part", take.part);
            let room = i64::from(take.share) - i64::from(take.part);
            let (operator, bound) = if take.alone { ("=", take.used) } else { ("<=", room) };
            // An absent item has used nothing.
            let absent = if take.used == 0 { "attribute_not_exists(used) OR " } else { "" };
            update.when(format!("{absent}used {operator} :bound")).value(":bound", bound)
        };
        plan.takes.iter().map(take).collect()
    }

    /// The write that gives back what a cancelled message took of that month's quota.
    pub(crate) fn give_back(&self, tenant: TenantId, channel: Channel, month: &str) -> Action {
        self.table.update(&used_key(tenant, month, channel, any_shard()), "ADD used :back").value(":back", -1)
    }

    /// This month's quotas.
    pub(crate) async fn view(&self, tenant: TenantId, plan: auth::Plan) -> Result<QuotasView, Error> {
        let month = month(self.clock.now());
        let (limits, used) = self.read(tenant, plan, &month, &Channel::ALL).await?;
        Ok(view(plan, month, &limits, &used))
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
        let month = month(self.clock.now());
        let (_, used) = self.read(tenant, plan, &month, &Channel::ALL).await?;
        let own = OwnLimits { limits: change.limits };
        Ok((view(plan, month, &own.of(plan), &used), self.table.put(&limits_key(tenant), &own)))
    }

    /// The limits that hold for a tenant of this plan, and what is used of the month.
    async fn read(
        &self,
        tenant: TenantId,
        plan: auth::Plan,
        month: &str,
        channels: &[Channel],
    ) -> Result<(Limits, Usage), Error> {
        let shards = |channel: &Channel| {
            let channel = *channel;
            (0..SHARDS).map(move |shard| (channel, shard))
        };
        let places: Vec<(Channel, u32)> = channels.iter().flat_map(shards).collect();
        let key = |(channel, shard): &(Channel, u32)| used_key(tenant, month, *channel, *shard);
        let keys: Vec<Key> = std::iter::once(limits_key(tenant)).chain(places.iter().map(key)).collect();
        let mut found = self.table.get_each(&keys).await?;
        let own: OwnLimits = found.take(&limits_key(tenant))?.unwrap_or_default();
        let mut usage = Usage::new();
        for place in places {
            let used: Used = found.take(&key(&place))?.unwrap_or_default();
            usage.insert(place, used.used);
        }
        Ok((own.of(plan), usage))
    }
}

fn view(plan: auth::Plan, month: String, limits: &Limits, used: &Usage) -> QuotasView {
    let quota = |(channel, limit): (&Channel, &u32)| {
        let used: i64 = used.iter().filter(|((of, _), _)| of == channel).map(|(_, used)| used).sum();
        let (used, plan_limit) = (u32::try_from(used).unwrap_or(0), plan_limit(plan, *channel));
        (*channel, ChannelQuota { limit: *limit, plan_limit, used, remaining: limit.saturating_sub(used) })
    };
    QuotasView { channels: limits.iter().map(quota).collect(), month }
}

fn any_shard() -> u32 {
    u32::try_from(ids::jitter(u64::from(SHARDS - 1))).unwrap_or(0)
}

fn limits_key(tenant: TenantId) -> Key {
    Key::new(format!("TENANT#{tenant}"), "QUOTAS")
}

fn used_key(tenant: TenantId, month: &str, channel: Channel, shard: u32) -> Key {
    Key::new(format!("TENANT#{tenant}#QUOTA#{month}#{}#{shard}", channel.name()), "USED")
}

/// The month whose quota is used now: `2026-11`, in UTC.
pub(crate) fn month(time: Timestamp) -> String {
    time.strftime("%Y-%m").to_string()
}
