//! A service has stored what it knows; with the last one the export is complete.

use shared::Error;
use shared::jobs::{About, UserExported};
use shared::store::{Commit, Transaction};

use super::model::{Export, KEPT};
use crate::accounts::Account;
use crate::{State, mail};

/// The application's page that fetches the files.
const PAGE: &str = "profile-export";

/// Notes what a service has stored. A second time changes nothing.
pub(crate) async fn collect(state: &State, part: &UserExported) -> Result<(), Error> {
    state.exports.add(part).await?;
    let latest = state.exports.get(part.user_id).await?.filter(|export| export.id == part.export_id);
    match (latest, state.accounts.get(part.user_id).await?) {
        // Asked of what is there, not of this answer: the process may have died right after the last one.
        (Some(export), Some(account)) => complete(state, &export, &account).await,
        // There is a later one, or the account was erased.
        _ => state.export_files.delete(part.user_id, part.export_id).await,
    }
}

/// Completes an export of which every part is there, and tells the owner.
pub(super) async fn complete(state: &State, export: &Export, account: &Account) -> Result<(), Error> {
    if !export.awaited.0.is_empty() || export.completed_at.is_some() {
        return Ok(());
    }
    let mut transaction = Transaction::new(state.platform.store());
    transaction.add(state.exports.complete(account.id, export.id, state.platform.clock().now()));
    let valid_days = u32::try_from(KEPT.as_hours() / 24).map_err(Error::internal)?;
    let about = About::ExportReady { link: state.links.page(PAGE), valid_days };
    let entries = mail::tell_owner(state, &mut transaction, account, about)?;
    // Refused: another delivery of the last answer was faster.
    if transaction.commit().await? == Commit::Done {
        state.platform.outbox().send(entries).await;
    }
    Ok(())
}
