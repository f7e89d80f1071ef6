//! Quotas' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#USED` | `LIMITS` | the tenant's own limits |
//! | `TENANT#<id>#USED` | `DAY#<day>` | what is used of a day |
//! | `TENANT#<id>#USED` | `MONTH#<month>` | what is used of a month; `gsi1`: `USAGE#<month>` / `<tenant>`, of all tenants |

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{Plan, TenantId};
use shared::clock::Clock;
use shared::store::{Action, Key, Position, Rows, Table};

use super::model::{Limits, OwnLimits, Used, day, month};
use crate::ReportsError;

/// How long it is known what was used.
const KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);

/// The quotas.
#[derive(Clone, Debug)]
pub(crate) struct Quotas {
    table: Table,
    clock: Clock,
}

/// A row: what stands beside the limits is the store's.
#[derive(Debug, Serialize, Deserialize)]
struct LimitsRow {
    limits: OwnLimits,
}

/// What is used, with its key.
#[derive(Debug, Deserialize)]
pub(super) struct UsedRow {
    pub(super) pk: String,
    pub(super) sk: String,
    #[serde(flatten)]
    pub(super) used: Used,
}

/// A tenant's limits, and what it has used of today and of this month.
pub(super) struct Found {
    pub(super) own: OwnLimits,
    pub(super) today: Used,
    pub(super) month: Used,
}

impl Quotas {
    pub(crate) fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock }
    }

    fn key(tenant: TenantId, sk: impl Into<String>) -> Key {
        Key::new(format!("TENANT#{tenant}#USED"), sk)
    }

    pub(super) async fn read(&self, tenant: TenantId) -> Result<Found, Error> {
        let now = self.clock.now();
        let keys = [
            Self::key(tenant, "LIMITS"),
            Self::key(tenant, format!("DAY#{}", day(now))),
            Self::key(tenant, format!("MONTH#{}", month(now))),
        ];
        let mut found = self.table.get_each(&keys).await?;
        let limits: Option<LimitsRow> = found.take(&keys[0])?;
        Ok(Found {
            own: limits.map(|row| row.limits).unwrap_or_default(),
            today: found.take(&keys[1])?.unwrap_or_default(),
            month: found.take(&keys[2])?.unwrap_or_default(),
        })
    }

    /// The writes that use up so much of today and of this month; each is refused if it is not there any more.
    ///
    /// # Errors
    /// `QUOTA_EXCEEDED` if it is not there now.
    pub(crate) async fn take(&self, tenant: TenantId, plan: Plan, wanted: Used) -> Result<[Action; 2], ReportsError> {
        let (now, found) = (self.clock.now(), self.read(tenant).await?);
        let limits = Limits::of(plan, &found.own);
        let of_day = Used { exports: limits.exports_per_day, rows: limits.rows_per_month };
        let of_month = Used { exports: limits.exports_per_month, rows: limits.rows_per_month };
        let has_room = |used: Used, limit: Used| {
            (wanted.exports == 0 || used.exports + wanted.exports <= limit.exports)
                && (wanted.rows == 0 || used.rows + wanted.rows <= limit.rows)
        };
        if !has_room(found.today, of_day) || !has_room(found.month, of_month) {
            return Err(ReportsError::QuotaExceeded);
        }
        let today = self.add(&Self::key(tenant, format!("DAY#{}", day(now))), "", wanted, of_day);
        let index = ", gsi1pk = :usage, gsi1sk = :tenant";
        let of_month = self.add(&Self::key(tenant, format!("MONTH#{}", month(now))), index, wanted, of_month);
        Ok([today, of_month.value(":usage", format!("USAGE#{}", month(now))).value(":tenant", tenant)])
    }

    fn add(&self, key: &Key, index: &str, wanted: Used, limit: Used) -> Action {
        let add = format!("SET #ttl = :ttl{index} ADD exports :exports, #rows :rows");
        let update = self.table.update(key, &add).name("#ttl", "ttl").name("#rows", "rows");
        let update = update.value(":ttl", (self.clock.now() + KEPT).as_second());
        let update = update.value(":exports", wanted.exports).value(":rows", wanted.rows);
        let (name, room) = if wanted.exports > 0 {
            ("exports", limit.exports.saturating_sub(wanted.exports))
        } else {
            ("#rows", limit.rows.saturating_sub(wanted.rows))
        };
        update.when(format!("attribute_not_exists({name}) OR {name} <= :room")).value(":room", room)
    }

    /// The write that sets the tenant's own limits.
    pub(super) fn set(&self, tenant: TenantId, limits: OwnLimits) -> Action {
        self.table.put(&Self::key(tenant, "LIMITS"), &LimitsRow { limits })
    }

    /// What was used on the days of a month.
    pub(super) async fn days(&self, tenant: TenantId, month: &str) -> Result<Vec<UsedRow>, Error> {
        self.table.query(format!("TENANT#{tenant}#USED")).prefix(format!("DAY#{month}-")).all().await
    }

    /// A page of what the tenants have used of a month.
    pub(super) async fn tenants(
        &self,
        month: &str,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<UsedRow>, Error> {
        self.table.query(format!("USAGE#{month}")).index("gsi1").limit(limit).after(after).page().await
    }
}
