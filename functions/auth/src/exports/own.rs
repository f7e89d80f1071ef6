//! auth's own part of an export, as a job that can be repeated.

use shared::Error;
use shared::exports::Exporting;
use shared::jobs::{QueueName, UserExported};
use shared::store::Transaction;

use super::collect::{collect, complete};
use super::known::Lists;
use crate::State;
use crate::jobs::Job;

/// Stores what auth knows of an account, and deletes what earlier exports have left.
pub(crate) async fn export(state: &State, mut exporting: Exporting) -> Result<(), Error> {
    let wanted = &exporting.wanted;
    let (user_id, export_id) = (wanted.user_id, wanted.export_id);
    let (platform, service) = (&state.platform, state.platform.service());
    if exporting.is_over(platform.clock().now()) {
        return Ok(());
    }
    let latest = state.exports.get(user_id).await?.filter(|export| export.id == export_id);
    let (Some(export), Some(account)) = (latest, state.accounts.get(user_id).await?) else { return Ok(()) };
    if !export.awaited.0.iter().any(|awaited| awaited == service.name) {
        // It was stored before.
        return complete(state, &export, &account).await;
    }
    state.export_files.delete_before(user_id, export_id).await?;
    let home = account.home();
    let lists = Lists { state, account };
    if let Some(files) = exporting.go_on(&state.export_files, service, platform.clock(), &lists).await? {
        return collect(state, &UserExported { export_id, user_id, service: service.name.to_owned(), files }).await;
    }
    let next = Job::ExportAccount(exporting);
    platform.outbox().commit_with(Transaction::new(platform.store()), (QueueName::Auth, home, None), &next).await
}
