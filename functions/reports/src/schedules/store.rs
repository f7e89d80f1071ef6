//! Schedules' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#SCHEDULES` | `ID#<id>` | a schedule; `gsi1`: `SCHEDULES#<owner>` / `<tenant>#<id>`; `gsi2`: `SCHEDULE#<shard>` / `<due>#<id>` while it will be due |
//! | `TENANT#<id>#SCHEDULES` | `COUNT` | how many the tenant has |
//! | `TENANT#<id>#SCHEDULE#<id>` | `RUN#<due>` | a period; `RUN#<time>#<export>` one that somebody has asked for |

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::{Action, Key, Position, Rows, Stored, Table, Transaction};
use uuid::Uuid;

use super::model::{Outcome, Planned, Run, Schedule};

/// Schedules of one tenant.
const MOST: u32 = 50;
/// Partitions of those that will be due.
pub(super) const SHARDS: u128 = 4;
/// How long a run is known.
const KNOWN: SignedDuration = SignedDuration::from_hours(400 * 24);

/// The schedules.
#[derive(Clone, Debug)]
pub(crate) struct Schedules {
    table: Table,
}

/// A row: what stands beside the schedule is the store's.
#[derive(Debug, Serialize)]
struct Row<'a> {
    schedule: &'a Schedule,
    gsi1pk: String,
    gsi1sk: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi2pk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi2sk: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Found {
    schedule: Schedule,
}

#[derive(Debug, Serialize, Deserialize)]
struct RunRow<R> {
    run: R,
    ttl: i64,
}

impl Schedules {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    fn partition(tenant: TenantId) -> String {
        format!("TENANT#{tenant}#SCHEDULES")
    }

    fn key(tenant: TenantId, id: Uuid) -> Key {
        Key::new(Self::partition(tenant), format!("ID#{id}"))
    }

    fn of_owner(owner: UserId) -> String {
        format!("SCHEDULES#{owner}")
    }

    fn runs(tenant: TenantId, id: Uuid) -> String {
        format!("TENANT#{tenant}#SCHEDULE#{id}")
    }

    fn run_key(tenant: TenantId, planned: &Planned, export: Option<Uuid>) -> Key {
        let time = format!("RUN#{:015}", planned.due.as_millisecond());
        let sk = match export.filter(|_| planned.manual) {
            Some(export) => format!("{time}#{export}"),
            None => time,
        };
        Key::new(Self::runs(tenant, planned.schedule), sk)
    }

    pub(super) async fn get(&self, tenant: TenantId, id: Uuid) -> Result<Option<Schedule>, Error> {
        let found: Option<Found> = self.table.get(&Self::key(tenant, id)).await?;
        Ok(found.map(|found| found.schedule))
    }

    /// All of a tenant's, the oldest first: at most 50.
    pub(crate) async fn all(&self, tenant: TenantId) -> Result<Vec<Schedule>, Error> {
        let found: Vec<Found> = self.table.query(Self::partition(tenant)).prefix("ID#").all().await?;
        Ok(found.into_iter().map(|found| found.schedule).collect())
    }

    /// Some that are due, of one shard.
    pub(super) async fn due(
        &self,
        shard: u128,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(TenantId, Schedule)>, Error> {
        let due = self.table.query(format!("SCHEDULE#{shard}")).index("gsi2");
        let due = due.between("0", format!("{:015}$", now.as_millisecond())).limit(limit);
        let found: Rows<Stored<Found>> = due.page_stored().await?;
        found.items.into_iter().map(with_tenant).collect()
    }

    /// A user's in all tenants.
    pub(super) async fn of_user(&self, owner: UserId) -> Result<Vec<(TenantId, Schedule)>, Error> {
        let own = self.table.query(Self::of_owner(owner)).index("gsi1");
        let found: Vec<Stored<Found>> = own.all_stored().await?;
        found.into_iter().map(with_tenant).collect()
    }

    fn put(&self, tenant: TenantId, schedule: &Schedule) -> Action {
        let shard = schedule.id.as_u128() % SHARDS;
        let row = Row {
            schedule,
            gsi1pk: Self::of_owner(schedule.owner),
            gsi1sk: format!("{tenant}#{}", schedule.id),
            gsi2pk: schedule.next.map(|_| format!("SCHEDULE#{shard}")),
            gsi2sk: schedule.next.map(|next| format!("{:015}#{}", next.as_millisecond(), schedule.id)),
        };
        self.table.put(&Self::key(tenant, schedule.id), &row)
    }

    fn count_key(tenant: TenantId) -> Key {
        Key::new(Self::partition(tenant), "COUNT")
    }

    /// Adds one; the first action is refused if the tenant has too many.
    pub(super) fn create(&self, tenant: TenantId, schedule: &Schedule) -> [Action; 2] {
        [self.table.count_one(&Self::count_key(tenant), MOST), self.put(tenant, schedule).if_absent()]
    }

    /// Changes one that still has the version before.
    pub(super) fn replace(&self, tenant: TenantId, schedule: &Schedule) -> Action {
        let put = self.put(tenant, schedule).when("#schedule.#version = :before").name("#schedule", "schedule");
        put.name("#version", "version").value(":before", schedule.version - 1)
    }

    /// Deletes one that is there.
    pub(super) fn delete(&self, tenant: TenantId, id: Uuid) -> [Action; 2] {
        [self.table.delete(&Self::key(tenant, id)).if_present(), self.table.count_off(&Self::count_key(tenant))]
    }

    /// Deletes a user's schedules, and him from the recipients of others.
    pub(crate) async fn forget(&self, tenant: TenantId, user: UserId) -> Result<(), Error> {
        for schedule in self.all(tenant).await? {
            let mut transaction = Transaction::new(self.table.store());
            if schedule.is_owned_by(user) {
                transaction.extend(self.delete(tenant, schedule.id));
            } else if let Some(without) = schedule.without(user) {
                transaction.add(self.replace(tenant, &without));
            }
            // What changes meanwhile is looked at again later.
            let _ = transaction.commit().await?;
        }
        Ok(())
    }

    /// Takes a period: refused if it is taken.
    pub(super) fn begin(&self, tenant: TenantId, planned: &Planned, run: &Run) -> Action {
        let ttl = (run.updated_at + KNOWN).as_second();
        self.table.put(&Self::run_key(tenant, planned, run.export), &RunRow { run, ttl }).if_absent()
    }

    /// Says how a run that is being made has ended: refused if that was said.
    pub(super) fn end(&self, tenant: TenantId, planned: &Planned, run: &Run) -> Action {
        let ttl = (run.updated_at + KNOWN).as_second();
        let put = self.table.put(&Self::run_key(tenant, planned, run.export), &RunRow { run, ttl });
        put.when("#run.#outcome = :running")
            .name("#run", "run")
            .name("#outcome", "outcome")
            .value(":running", Outcome::Running)
    }

    /// A page of a schedule's runs, the newest first.
    pub(super) async fn page_of_runs(
        &self,
        tenant: TenantId,
        id: Uuid,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<Run>, Error> {
        let runs = self.table.query(Self::runs(tenant, id)).prefix("RUN#").backwards(true);
        let rows: Rows<RunRow<Run>> = runs.limit(limit).after(after).page().await?;
        Ok(Rows { items: rows.items.into_iter().map(|row| row.run).collect(), next: rows.next })
    }
}

fn with_tenant(row: Stored<Found>) -> Result<(TenantId, Schedule), Error> {
    let tenant = row.key.pk.strip_prefix("TENANT#").and_then(|rest| rest.split('#').next()?.parse().ok());
    Ok((tenant.ok_or_else(|| Error::internal("a schedule of no tenant"))?, row.item.schedule))
}
