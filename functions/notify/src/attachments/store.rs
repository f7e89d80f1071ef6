//! Attachments' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#ATTACHMENT#<id>` | `ATTACHMENT` | one file |
//!
//! `gsi3pk` is `FILES#<shard>`, `gsi3sk` when the file may go and its id: by that it is purged.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::config::{ConfigError, Env};
use shared::files::{Bucket, SignedUpload};
use shared::store::{Action, Key, SdkConfig, Table};
use uuid::Uuid;

use super::model::{Attached, LARGEST};
use crate::NotifyError;
use crate::deliveries::place_of;

/// Shards of the index by which files are purged.
pub(super) const SHARDS: u128 = 4;

/// The attachments.
#[derive(Clone, Debug)]
pub(crate) struct Attachments {
    table: Table,
    bucket: Bucket,
    /// Of reports' files. The API does not read them.
    reports: Option<Bucket>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    pub(super) file: Attached,
    /// Nobody may name it any more.
    pub(super) going: bool,
    gsi3pk: String,
    pub(super) gsi3sk: String,
}

impl Attachments {
    /// Reads `ATTACHMENTS_BUCKET`, and `REPORTS_BUCKET` if it is there.
    pub(crate) fn from_env(env: &Env, sdk: &SdkConfig, table: Table) -> Result<Self, ConfigError> {
        let reports = env.get("REPORTS_BUCKET").map(|_| Bucket::from_env(env, sdk, "REPORTS_BUCKET"));
        Ok(Self { table, bucket: Bucket::from_env(env, sdk, "ATTACHMENTS_BUCKET")?, reports: reports.transpose()? })
    }

    /// The write that announces a file.
    pub(super) fn create(&self, tenant: TenantId, file: &Attached, expires_at: Timestamp) -> Action {
        let row = Row {
            file: file.clone(),
            going: false,
            gsi3pk: format!("FILES#{}", file.id.as_u128() % SHARDS),
            gsi3sk: place_of(expires_at, file.id),
        };
        self.table.put(&key(tenant, file.id), &row).if_absent()
    }

    /// The request that stores the file.
    pub(super) async fn upload(&self, tenant: TenantId, file: &Attached) -> Result<SignedUpload, Error> {
        self.bucket.upload_link(&path(tenant, file), &file.content_type, file.size).await
    }

    /// The files with these ids, if all are the tenant's, were uploaded whole, and are not too much for one mail.
    pub(crate) async fn find(&self, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<Attached>, NotifyError> {
        let wrong = |problem: String| Err(NotifyError::InvalidAttachment(problem));
        let keys: Vec<Key> = ids.iter().map(|id| key(tenant, *id)).collect();
        let found: Vec<Option<Row>> = if keys.is_empty() { Vec::new() } else { self.table.get_all(&keys).await? };
        let mut files: Vec<Attached> = Vec::with_capacity(ids.len());
        for (id, row) in ids.iter().zip(found) {
            match row.filter(|row| !row.going) {
                Some(_) if files.iter().any(|other| other.id == *id) => return wrong(format!("{id} is named twice")),
                Some(row) => files.push(row.file),
                None => return wrong(format!("there is no {id}")),
            }
        }
        let size: u64 = files.iter().map(|file| file.size).sum();
        if size > LARGEST {
            return wrong(format!("they have {size} bytes, and {LARGEST} is the most"));
        }
        for file in &files {
            if self.bucket.length(&path(tenant, file)).await? != Some(file.size) {
                return wrong(format!("{} was not uploaded as announced", file.id));
            }
        }
        Ok(files)
    }

    /// The writes that keep files until then at least; `None` if one of them is going. They are refused if somebody
    /// else keeps one longer meanwhile.
    pub(crate) async fn keep(
        &self,
        tenant: TenantId,
        files: &[Attached],
        until: Timestamp,
    ) -> Result<Option<Vec<Action>>, Error> {
        if files.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let keys: Vec<Key> = files.iter().map(|file| key(tenant, file.id)).collect();
        let rows: Vec<Option<Row>> = self.table.get_all(&keys).await?;
        let keep = |(key, row): (&Key, Option<Row>)| {
            let row = row.filter(|row| !row.going)?;
            let place = place_of(until, row.file.id);
            // Neither is refused because others keep the file, too: for longer in the one case, for as long in the other.
            let keep = if place > row.gsi3sk {
                self.table.update(key, "SET gsi3sk = :place").when("going = :no AND gsi3sk <= :place")
            } else {
                self.table.check(key).when("going = :no AND gsi3sk >= :place")
            };
            Some(keep.value(":no", false).value(":place", place))
        };
        Ok(keys.iter().zip(rows).map(keep).collect())
    }

    /// Tries a file that could not be deleted again later, behind the others, unless somebody keeps it meanwhile.
    pub(super) async fn put_off(&self, key: &Key, now: Timestamp, until: Timestamp) -> Result<(), Error> {
        let put_off = self.table.update(key, "SET gsi3sk = :place").when("gsi3sk <= :now");
        let put_off = put_off.value(":now", place_of(now, Uuid::nil())).value(":place", place_of(until, Uuid::nil()));
        put_off.run().await.map(|_| ())
    }

    /// A file's bytes; `None` if it is gone.
    pub(crate) async fn read(&self, tenant: TenantId, file: &Attached) -> Result<Option<Vec<u8>>, Error> {
        match (&file.report, &self.reports) {
            (None, _) => self.bucket.get(&path(tenant, file)).await,
            (Some(key), Some(reports)) => reports.get(key).await,
            (Some(_), None) => Err(Error::internal("a report is to be mailed without REPORTS_BUCKET")),
        }
    }

    /// Where some files of one shard are that may go.
    pub(super) async fn overdue(&self, shard: u128, now: Timestamp, most: u32) -> Result<Vec<Key>, Error> {
        let last = place_of(now, Uuid::nil());
        let query = self.table.query(format!("FILES#{shard}")).index("gsi3").between("0", last).limit(most);
        Ok(query.page().await?.items)
    }

    /// Deletes one file that may go, unless somebody has named it meanwhile. Whether it is gone.
    pub(super) async fn delete(&self, tenant: TenantId, key: &Key, now: Timestamp) -> Result<bool, Error> {
        let mark = self.table.update(key, "SET going = :yes").when("gsi3sk <= :now").value(":yes", true);
        let mark = mark.value(":now", place_of(now, Uuid::nil()));
        let Some(row) = mark.run_and_read::<Row>().await? else {
            return Ok(false);
        };
        // The row last: by it the file is found again.
        self.bucket.delete(&path(tenant, &row.file)).await?;
        self.table.delete(key).run().await
    }
}

fn key(tenant: TenantId, id: Uuid) -> Key {
    Key::new(format!("TENANT#{tenant}#ATTACHMENT#{id}"), "ATTACHMENT")
}

/// Made of nothing that a caller has said.
fn path(tenant: TenantId, file: &Attached) -> String {
    format!("{tenant}/{}", file.id)
}
