//! Quotas and their rules.

use garde::Validate;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use shared::auth::{Plan, TenantId};
use utoipa::ToSchema;

/// What is used of a day or a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Used {
    /// Exports that were accepted.
    pub(crate) exports: u64,
    /// Rows that were accepted for the tenant's own datasets.
    pub(crate) rows: u64,
}

impl Used {
    pub(crate) fn export() -> Self {
        Self { exports: 1, rows: 0 }
    }

    pub(crate) fn rows(rows: usize) -> Self {
        Self { exports: 0, rows: u64::try_from(rows).unwrap_or(u64::MAX) }
    }
}

/// What a tenant may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) exports_per_day: u64,
    pub(super) exports_per_month: u64,
    pub(super) rows_per_month: u64,
}

/// The tenant's own limits, each at most what the plan gives; one that is left out is what the plan gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OwnLimits {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub(super) exports_per_day: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub(super) exports_per_month: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub(super) rows_per_month: Option<u64>,
}

impl Limits {
    /// What a plan gives.
    pub(super) fn of_plan(plan: Plan) -> Self {
        let (exports_per_day, rows_per_month) = match plan {
            Plan::Base => (50, 1_000_000),
            Plan::Professional => (500, 10_000_000),
            Plan::Enterprise => (5000, 100_000_000),
        };
        Self { exports_per_day, exports_per_month: exports_per_day * 10, rows_per_month }
    }

    /// The lower ones of the plan's and the tenant's own.
    pub(super) fn of(plan: Plan, own: &OwnLimits) -> Self {
        let plan = Self::of_plan(plan);
        let lower = |own: Option<u64>, plan: u64| own.map_or(plan, |own| own.min(plan));
        Self {
            exports_per_day: lower(own.exports_per_day, plan.exports_per_day),
            exports_per_month: lower(own.exports_per_month, plan.exports_per_month),
            rows_per_month: lower(own.rows_per_month, plan.rows_per_month),
        }
    }
}

impl OwnLimits {
    /// The first that is above what the plan gives, with that.
    pub(super) fn above(&self, plan: Plan) -> Option<(&'static str, u64)> {
        let most = Limits::of_plan(plan);
        let each = [
            ("exportsPerDay", self.exports_per_day, most.exports_per_day),
            ("exportsPerMonth", self.exports_per_month, most.exports_per_month),
            ("rowsPerMonth", self.rows_per_month, most.rows_per_month),
        ];
        each.into_iter().find(|(_, own, most)| own.is_some_and(|own| own > *most)).map(|(name, _, most)| (name, most))
    }
}

/// One quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Quota {
    limit: u64,
    /// What the plan gives.
    plan_limit: u64,
    used: u64,
    remaining: u64,
}

/// The quotas of this day and month, both in UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuotasView {
    exports_per_day: Quota,
    exports_per_month: Quota,
    rows_per_month: Quota,
}

impl QuotasView {
    pub(super) fn new(plan: Plan, own: &OwnLimits, today: Used, month: Used) -> Self {
        let (limits, most) = (Limits::of(plan, own), Limits::of_plan(plan));
        let quota =
            |limit: u64, plan_limit, used| Quota { limit, plan_limit, used, remaining: limit.saturating_sub(used) };
        Self {
            exports_per_day: quota(limits.exports_per_day, most.exports_per_day, today.exports),
            exports_per_month: quota(limits.exports_per_month, most.exports_per_month, month.exports),
            rows_per_month: quota(limits.rows_per_month, most.rows_per_month, month.rows),
        }
    }
}

/// What a tenant has used of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UsageView {
    /// `2026-11`, in UTC.
    pub(super) month: String,
    #[serde(flatten)]
    pub(super) used: Used,
    /// The days on which something was used.
    pub(super) days: Vec<DayUsage>,
}

/// What was used on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DayUsage {
    /// `2026-11-28`, in UTC.
    pub(super) day: String,
    #[serde(flatten)]
    pub(super) used: Used,
}

/// What a tenant has used of a month, for the platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TenantUsage {
    pub(super) tenant_id: TenantId,
    #[serde(flatten)]
    pub(super) used: Used,
}

/// `2026-11-28`, in UTC.
pub(super) fn day(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC).date().to_string()
}

/// `2026-11`, in UTC.
pub(super) fn month(time: Timestamp) -> String {
    time.strftime("%Y-%m").to_string()
}
