//! What is known of a user, for himself.

mod known;

use shared::Error;
use shared::exports::Exporting;
use shared::jobs::{self, QueueName, UserExported};
use shared::store::Transaction;

use crate::State;
use crate::jobs::{Job, commit_with};
use known::Lists;

/// Stores everything that is known of the user, and tells auth where it is. Twice is once.
pub(crate) async fn export(state: &State, mut exporting: Exporting) -> Result<(), Error> {
    let (platform, user_id) = (&state.platform, exporting.wanted.user_id);
    // Of whoever was erased meanwhile nothing may be written any more.
    let erased = state.contacts.erased_of(&[user_id]).await?.contains(&user_id);
    if erased || exporting.is_over(platform.clock().now()) {
        return Ok(());
    }
    let (service, transaction) = (platform.service(), Transaction::new(platform.store()));
    let stored = exporting.go_on(&state.export_files, service, platform.clock(), &Lists(state)).await?;
    let tenants = exporting.wanted.tenants.clone();
    let Some(files) = stored else {
        let next = Job::GoOnExporting(exporting);
        return commit_with(state, transaction, (QueueName::NotifyLow, &tenants, None), &next).await;
    };
    let (export_id, service) = (exporting.wanted.export_id, service.name.to_owned());
    let exported = jobs::Job::UserExported(UserExported { export_id, user_id, service, files });
    commit_with(state, transaction, (QueueName::Auth, &tenants, None), &exported).await
}
