//! What is known of a user, for himself.

use std::collections::HashSet;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::value::RawValue;
use shared::Error;
use shared::auth::SYSTEM_TENANT;
use shared::exports::{Exporting, Known, List, Page};
use shared::jobs::{self, ExportUser, QueueName, UserExported};
use shared::store::{Position, Transaction};

use crate::State;
use crate::definitions::Definition;
use crate::jobs::Job;
use crate::templates::Head;
use crate::values::Value;

/// Items that are read at once.
const READ: u32 = 500;
/// The lists of one tenant.
const LISTS: [&str; 5] = ["rows", "rejectedRows", "exports", "templates", "schedules"];

/// What reports knows of users.
struct Lists<'a>(&'a State);

/// A row about him.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RowAbout {
    dataset: String,
    id: String,
    at: String,
    /// Moments in it are milliseconds.
    values: Box<RawValue>,
}

/// A row about him that does not fit its dataset.
#[derive(Serialize)]
struct RejectedRow {
    reason: String,
    row: Box<RawValue>,
}

/// A template of his.
#[derive(Serialize)]
struct Template {
    #[serde(flatten)]
    template: Head,
    definition: Option<Definition>,
}

impl Known for Lists<'_> {
    fn lists(&self, wanted: &ExportUser) -> Vec<List> {
        let of_tenant = |tenant| LISTS.map(|name| List { name, tenant: Some(tenant) });
        wanted.tenants.iter().copied().flat_map(of_tenant).collect()
    }

    fn page<'a>(
        &'a self,
        wanted: &'a ExportUser,
        list: List,
        after: Option<Position>,
    ) -> BoxFuture<'a, Result<Page, Error>> {
        async move {
            let (state, user) = (self.0, wanted.user_id);
            let Some(tenant) = list.tenant else { return Page::whole(Vec::<String>::new()) };
            match list.name {
                "rows" => {
                    let found = state.rows.about(tenant, user, READ, after).await?;
                    let row = |row: shared::store::Stored<crate::rows::Row>| {
                        let dataset = row.key.pk.split('#').nth(3).unwrap_or_default().to_owned();
                        let values = RawValue::from_string(row.item.cells).map_err(Error::internal)?;
                        let at = Value::time(row.item.at).shown().to_string();
                        Ok(RowAbout { dataset, id: row.item.id, at, values })
                    };
                    let rows = found.items.into_iter().map(row).collect::<Result<Vec<_>, Error>>()?;
                    Page::new(rows, found.next)
                }
                "rejectedRows" => {
                    let found = state.sources.rejected_about(tenant, user, READ, after).await?;
                    let row = |(reason, given)| {
                        let row = RawValue::from_string(given).map_err(Error::internal)?;
                        Ok(RejectedRow { reason, row })
                    };
                    let rows = found.items.into_iter().map(row).collect::<Result<Vec<_>, Error>>()?;
                    Page::new(rows, found.next)
                }
                "exports" => {
                    let found = state.exports.page(tenant, user, READ, after).await?;
                    let now = state.platform.clock().now();
                    Page::new(found.items.into_iter().map(|export| export.view(now)), found.next)
                }
                "schedules" => {
                    let (all, now) = (state.schedules.all(tenant).await?, state.platform.clock().now());
                    let own = all.into_iter().filter(|schedule| schedule.is_owned_by(user));
                    Page::whole(own.map(|schedule| schedule.view(now)))
                }
                _ => {
                    let all = state.templates.all(tenant).await?;
                    let mut own = Vec::new();
                    for template in all.into_iter().filter(|template| template.owner_id == user) {
                        let definition = state.templates.definition(tenant, template.id, template.version).await?;
                        own.push(Template { template, definition });
                    }
                    Page::whole(own)
                }
            }
        }
        .boxed()
    }
}

/// Stores everything that is known of the user, and tells auth where it is. Twice is once.
pub(crate) async fn export(state: &State, mut exporting: Exporting) -> Result<(), Error> {
    let platform = &state.platform;
    let (user_id, transaction) = (exporting.wanted.user_id, Transaction::new(platform.store()));
    // Of whoever was erased meanwhile nothing may be written any more.
    let is_erased = state.rows.erased(HashSet::from([user_id])).await?.contains(&user_id);
    if is_erased || exporting.is_over(platform.clock().now()) {
        return Ok(());
    }
    let tenant = exporting.wanted.tenants.first().copied().unwrap_or(SYSTEM_TENANT);
    let stored = exporting.go_on(&state.export_files, platform.service(), platform.clock(), &Lists(state)).await?;
    let Some(files) = stored else {
        let next = Job::GoOnExporting(exporting);
        return platform.outbox().commit_with(transaction, (QueueName::Reports, tenant, None), &next).await;
    };
    let (export_id, service) = (exporting.wanted.export_id, platform.service().name.to_owned());
    let exported = jobs::Job::UserExported(UserExported { export_id, user_id, service, files });
    platform.outbox().commit_with(transaction, (QueueName::Auth, tenant, None), &exported).await
}
