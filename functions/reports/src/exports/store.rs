//! Exports' items and files.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#EXPORTS#<user>` | `ID#<id>` | an export; `gsi1`: `TENANT#<id>#EXPORTS` / `<id>`, the tenant's; `gsi2`: `ACTIVE#<shard>` / `<updated>#<id>` while it is worked on, `EXPIRES#<day>` / `<when>#<id>` while there is a file |
//! | `TENANT#<id>#EXPORT#<id>` | `WORK` | how far it is |
//!
//! | file | what |
//! |---|---|
//! | `parts/<tenant>/<id>/<attempt>/<number>` | collected rows |
//! | `files/<tenant>/<id>/<attempt>/report.<extension>` | the file |

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::files::Bucket;
use shared::jobs::ReportFile;
use shared::store::{Action, Key, Position, Query, Rows, Stored, Table};
use uuid::Uuid;

use super::model::{Ended, Export, State, Which};
use super::work::{CLAIM, Work};

/// Partitions of exports that are worked on.
pub(super) const SHARDS: u128 = 8;
/// How much longer than the export it is known how far it was: neither must go before the other.
const WORK_KNOWN: i64 = 5 * 24 * 3600;

/// The exports.
#[derive(Clone, Debug)]
pub(crate) struct Exports {
    table: Table,
}

/// A row: what stands beside the export is the store's.
#[derive(Debug, Serialize)]
struct Row<'a> {
    export: &'a Export,
    gsi1pk: String,
    gsi1sk: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi2pk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi2sk: Option<String>,
    ttl: i64,
}

#[derive(Debug, Deserialize)]
struct Found {
    export: Export,
}

#[derive(Debug, Serialize, Deserialize)]
struct WorkRow<W> {
    work: W,
    ttl: i64,
}

impl Exports {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    fn own(tenant: TenantId, user: UserId) -> String {
        format!("TENANT#{tenant}#EXPORTS#{user}")
    }

    fn key(which: Which) -> Key {
        Key::new(Self::own(which.tenant, which.user), format!("ID#{}", which.id))
    }

    fn work_key(which: Which) -> Key {
        Key::new(format!("TENANT#{}#EXPORT#{}", which.tenant, which.id), "WORK")
    }

    pub(super) async fn get(&self, which: Which) -> Result<Option<Export>, Error> {
        let found: Option<Found> = self.table.get(&Self::key(which)).await?;
        Ok(found.map(|found| found.export))
    }

    /// How an export has ended, if it has and is still there.
    pub(crate) async fn ended(&self, which: Which) -> Result<Option<Ended>, Error> {
        let Some(export) = self.get(which).await? else { return Ok(None) };
        Ok(match &export.state {
            State::Queued | State::Collecting | State::Rendering => None,
            State::Completed { file, .. } => {
                let (key, content_type) = (Files::file(which.tenant, &export), export.format.content_type().to_owned());
                let file = ReportFile { key, name: file.name.clone(), content_type, bytes: file.bytes };
                Some(Ended::Completed { rows: export.rows, file })
            }
            State::Failed { failure, .. } => Some(Ended::Failed { problem: failure.message.clone() }),
            State::Cancelled { .. } => Some(Ended::Cancelled),
        })
    }

    /// An address of an export's file, while it can be fetched.
    pub(crate) async fn file_link(&self, files: &Files, which: Which, now: Timestamp) -> Result<Option<String>, Error> {
        let Some(export) = self.get(which).await? else { return Ok(None) };
        let Some(file) = export.file(now) else { return Ok(None) };
        files.bucket.download_link(&Files::file(which.tenant, &export), &file.name).await.map(Some)
    }

    /// An export with how far it is.
    pub(super) async fn get_with_work(&self, which: Which) -> Result<Option<(Export, Work)>, Error> {
        let pair: (Option<Found>, Option<WorkRow<Work>>) =
            self.table.get_pair(&Self::key(which), &Self::work_key(which)).await?;
        Ok(pair.0.zip(pair.1).map(|(found, row)| (found.export, row.work)))
    }

    /// A page of a user's own, the newest first.
    pub(crate) async fn page(
        &self,
        tenant: TenantId,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<Export>, Error> {
        Self::read(self.table.query(Self::own(tenant, user)).backwards(true).limit(limit).after(after)).await
    }

    /// A page of a tenant's, the newest first.
    pub(super) async fn of_tenant(
        &self,
        tenant: TenantId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<Export>, Error> {
        let all = self.table.query(format!("TENANT#{tenant}#EXPORTS")).index("gsi1");
        Self::read(all.backwards(true).limit(limit).after(after)).await
    }

    async fn read(query: Query) -> Result<Rows<Export>, Error> {
        let found: Rows<Found> = query.page().await?;
        Ok(Rows { items: found.items.into_iter().map(|found| found.export).collect(), next: found.next })
    }

    /// Exports that nothing has happened to since then, though something should have.
    pub(super) async fn silent_since(
        &self,
        shard: u128,
        then: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Which, Export)>, Error> {
        let active = self
            .table
            .query(format!("ACTIVE#{shard}"))
            .index("gsi2")
            .between("0", format!("{:015}", then.as_millisecond()));
        Self::found(active.limit(limit)).await
    }

    /// Exports whose files expired on a day until now.
    pub(super) async fn expired(&self, day: &str, now: Timestamp, limit: u32) -> Result<Vec<(Which, Export)>, Error> {
        let expired = self.table.query(format!("EXPIRES#{day}")).index("gsi2");
        Self::found(expired.between("0", format!("{:015}", now.as_millisecond())).limit(limit)).await
    }

    async fn found(query: Query) -> Result<Vec<(Which, Export)>, Error> {
        let rows: Rows<Stored<Found>> = query.page_stored().await?;
        let which = |row: Stored<Found>| {
            let tenant = row.key.pk.strip_prefix("TENANT#").and_then(|rest| rest.split('#').next()?.parse().ok());
            let tenant: TenantId = tenant.ok_or_else(|| Error::internal("an export of no tenant"))?;
            let export = row.item.export;
            Ok((Which { tenant, user: export.user, id: export.id }, export))
        };
        rows.items.into_iter().map(which).collect()
    }

    fn put(&self, tenant: TenantId, export: &Export) -> Action {
        let place = |partition: String, time: Timestamp| {
            (Some(partition), Some(format!("{:015}#{}", time.as_millisecond(), export.id)))
        };
        let listed = match &export.state {
            State::Queued | State::Collecting | State::Rendering => {
                place(format!("ACTIVE#{}", export.id.as_u128() % SHARDS), export.updated_at)
            }
            State::Completed { expires_at, .. } => {
                place(format!("EXPIRES#{}", expires_at.strftime("%Y-%m-%d")), *expires_at)
            }
            State::Failed { .. } | State::Cancelled { .. } => (None, None),
        };
        let row = Row {
            export,
            gsi1pk: format!("TENANT#{tenant}#EXPORTS"),
            gsi1sk: export.id,
            gsi2pk: listed.0,
            gsi2sk: listed.1,
            ttl: export.ttl(),
        };
        self.table.put(&Self::key(Which { tenant, user: export.user, id: export.id }), &row)
    }

    /// Adds one.
    pub(super) fn create(&self, tenant: TenantId, export: &Export) -> [Action; 2] {
        [self.put(tenant, export).if_absent(), self.put_work(tenant, export, &Work::begin(0))]
    }

    /// Changes one that still is as it was.
    pub(super) fn replace(&self, tenant: TenantId, before: &Export, after: &Export) -> Action {
        let put = self.put(tenant, after);
        put.when("#export.#state.#status = :status AND #export.attempt = :attempt AND #export.updatedAt = :updated")
            .name("#export", "export")
            .name("#state", "state")
            .name("#status", "status")
            .value(":status", before.state.name())
            .value(":attempt", before.attempt)
            .value(":updated", before.updated_at)
    }

    fn put_work(&self, tenant: TenantId, export: &Export, work: &Work) -> Action {
        let key = Self::work_key(Which { tenant, user: export.user, id: export.id });
        self.table.put(&key, &WorkRow { work, ttl: export.ttl() + WORK_KNOWN })
    }

    /// Writes the next checkpoint, if the one before is still the newest.
    pub(super) fn advance(&self, tenant: TenantId, export: &Export, step_before: u64, work: &Work) -> Action {
        let put = self.put_work(tenant, export, work);
        put.when("#work.#step = :before").name("#work", "work").name("#step", "step").value(":before", step_before)
    }

    /// Takes an export for a while; `false` while somebody else has it, or has got further.
    pub(super) async fn claim(&self, which: Which, step: u64, now: Timestamp) -> Result<bool, Error> {
        let claim = self.table.update(&Self::work_key(which), "SET #work.claimedUntil = :until");
        let claim = claim.when("#work.#step = :step AND #work.claimedUntil <= :now").name("#work", "work");
        let claim = claim.name("#step", "step").value(":step", step).value(":now", now.as_millisecond());
        claim.value(":until", (now + CLAIM).as_millisecond()).run().await
    }

    /// Keeps an export that one has, as long as nobody has got further.
    pub(super) async fn renew(&self, which: Which, step: u64, now: Timestamp) -> Result<bool, Error> {
        let renew = self.table.update(&Self::work_key(which), "SET #work.claimedUntil = :until");
        let renew = renew.when("#work.#step = :step AND #work.claimedUntil > :none").name("#work", "work");
        let renew = renew.name("#step", "step").value(":step", step).value(":none", 0);
        renew.value(":until", (now + CLAIM).as_millisecond()).run().await
    }

    /// Deletes one that is there.
    pub(super) fn delete(&self, which: Which) -> [Action; 2] {
        [self.table.delete(&Self::key(which)).if_present(), self.table.delete(&Self::work_key(which))]
    }
}

impl State {
    fn name(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Collecting => "collecting",
            Self::Rendering => "rendering",
            Self::Completed { .. } => "completed",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

/// Files of exports, and the parts that they are made of.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    pub(super) bucket: Bucket,
}

impl Files {
    pub(crate) fn new(bucket: Bucket) -> Self {
        Self { bucket }
    }

    pub(super) fn part(tenant: TenantId, export: &Export, number: usize) -> String {
        format!("{}{}/{number:06}", Self::parts(tenant, export.id), export.attempt)
    }

    pub(super) fn file(tenant: TenantId, export: &Export) -> String {
        let (files, extension) = (Self::files(tenant, export.id), export.format.extension());
        format!("{files}{}/report.{extension}", export.attempt)
    }

    /// What the names of all parts of an export begin with.
    pub(super) fn parts(tenant: TenantId, id: Uuid) -> String {
        format!("parts/{tenant}/{id}/")
    }

    /// What the names of all files of an export begin with.
    pub(super) fn files(tenant: TenantId, id: Uuid) -> String {
        format!("files/{tenant}/{id}/")
    }
}
