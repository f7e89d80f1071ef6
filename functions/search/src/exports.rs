//! What is known of a user, for himself.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::Error;
use shared::auth::SYSTEM_TENANT;
use shared::exports::{Exporting, Known, List, Page};
use shared::jobs::{self, ExportUser, QueueName, UserExported};
use shared::store::{Position, Transaction};

use crate::State;
use crate::jobs::Job;
use crate::saved::{SavedSearch, SavedSearchView};

/// Saved searches that are read at once.
const SEARCHES: u32 = 50;

/// What search knows of users.
struct Lists<'a>(&'a State);

impl Known for Lists<'_> {
    fn lists(&self, wanted: &ExportUser) -> Vec<List> {
        wanted.tenants.iter().map(|tenant| List { name: "savedSearches", tenant: Some(*tenant) }).collect()
    }

    fn page<'a>(
        &'a self,
        wanted: &'a ExportUser,
        list: List,
        after: Option<Position>,
    ) -> BoxFuture<'a, Result<Page, Error>> {
        async move {
            let Some(tenant) = list.tenant else { return Page::whole(Vec::<SavedSearchView>::new()) };
            let found = self.0.saved.page(tenant, wanted.user_id, SEARCHES, after).await?;
            Page::new(found.items.into_iter().map(SavedSearch::view), found.next)
        }
        .boxed()
    }
}

/// Stores everything that is known of the user, and tells auth where it is. Twice is once.
pub(crate) async fn export(state: &State, mut exporting: Exporting) -> Result<(), Error> {
    let platform = &state.platform;
    if exporting.is_over(platform.clock().now()) {
        return Ok(());
    }
    let (user_id, transaction) = (exporting.wanted.user_id, Transaction::new(platform.store()));
    let tenant = exporting.wanted.tenants.first().copied().unwrap_or(SYSTEM_TENANT);
    let stored = exporting.go_on(&state.export_files, platform.service(), platform.clock(), &Lists(state)).await?;
    let Some(files) = stored else {
        let next = Job::GoOnExporting(exporting);
        return platform.outbox().commit_with(transaction, (QueueName::Search, tenant, None), &next).await;
    };
    let (export_id, service) = (exporting.wanted.export_id, platform.service().name.to_owned());
    let exported = jobs::Job::UserExported(UserExported { export_id, user_id, service, files });
    platform.outbox().commit_with(transaction, (QueueName::Auth, tenant, None), &exported).await
}
