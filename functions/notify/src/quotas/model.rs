//! Quotas and their rules.

use std::collections::BTreeMap;

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::auth::Plan;
use utoipa::ToSchema;

use crate::kinds::Channel;

/// Counters of one channel and month: a busy tenant is not one item's.
pub(super) const SHARDS: u32 = 8;

/// Messages by channel.
pub(super) type Limits = BTreeMap<Channel, u32>;

/// The tenant's own limits, each at most what the plan gives.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SetQuotas {
    /// Messages a month, by channel. A channel that is not named has what the plan gives.
    #[garde(skip)]
    #[schema(value_type = BTreeMap<String, u32>, example = json!({"email": 5000}))]
    pub(super) limits: Limits,
}

/// The tenant's own limits, as they are stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OwnLimits {
    pub(super) limits: Limits,
}

impl OwnLimits {
    /// What holds for a tenant of this plan.
    pub(super) fn of(&self, plan: Plan) -> Limits {
        let limit = |channel| {
            let most = plan_limit(plan, channel);
            (channel, self.limits.get(&channel).map_or(most, |limit| most.min(*limit)))
        };
        Channel::ALL.into_iter().map(limit).collect()
    }
}

/// One channel's quota of this month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChannelQuota {
    /// Messages a month.
    pub(super) limit: u32,
    /// What the plan gives.
    pub(super) plan_limit: u32,
    /// Accepted this month, without cancelled ones.
    pub(super) used: u32,
    pub(super) remaining: u32,
}

/// The quotas of this month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuotasView {
    /// `2026-11`, in UTC.
    pub(super) month: String,
    #[schema(value_type = BTreeMap<String, ChannelQuota>)]
    pub(super) channels: BTreeMap<Channel, ChannelQuota>,
}

/// What a plan gives of a channel, in messages a month.
pub(super) fn plan_limit(plan: Plan, channel: Channel) -> u32 {
    let base = match channel {
        Channel::Email => 10_000,
        Channel::Sms | Channel::Whatsapp => 500,
        Channel::Push | Channel::Inapp => 50_000,
    };
    match plan {
        Plan::Base => base,
        Plan::Professional => base * 10,
        Plan::Enterprise => base * 200,
    }
}

/// What one shard holds of `limit`; together they hold all of it.
pub(super) fn share(limit: u32, shard: u32) -> u32 {
    limit / SHARDS + u32::from(shard < limit % SHARDS)
}

/// Takes `wanted` from shards with `free` messages each, beginning at `first`; `None` if there are not enough.
pub(super) fn spread(free: &[u32], wanted: u32, first: u32) -> Option<BTreeMap<u32, u32>> {
    let mut left = wanted;
    let mut parts = BTreeMap::new();
    for step in 0..SHARDS {
        let shard = (first + step) % SHARDS;
        let part = free.get(shard as usize).copied().unwrap_or(0).min(left);
        if part > 0 {
            parts.insert(shard, part);
            left -= part;
        }
    }
    (left == 0).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shards_hold_the_limit_and_are_never_overdrawn(
            limit: u32, used in proptest::collection::vec(0_u32..100, 8), wanted in 0_u32..1000, first: u32
        ) {
            prop_assert_eq!((0..SHARDS).map(|shard| u64::from(share(limit, shard))).sum::<u64>(), u64::from(limit));
            let free: Vec<u32> = (0..SHARDS).zip(&used).map(|(shard, used)| share(limit % 500, shard).saturating_sub(*used)).collect();
            match spread(&free, wanted, first % SHARDS) {
                Some(parts) => {
                    prop_assert_eq!(parts.values().sum::<u32>(), wanted);
                    prop_assert!(parts.iter().all(|(shard, part)| *part <= free[*shard as usize]));
                }
                None => prop_assert!(free.iter().sum::<u32>() < wanted),
            }
        }
    }
}
