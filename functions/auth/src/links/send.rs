//! The job that makes a link and has it mailed, if there is an account that may have it.

use shared::Error;
use shared::jobs::About;
use shared::store::{Action, Commit, Transaction};

use super::{MagicLink, Purpose, ResetPassword, VerifyAddress};
use crate::accounts::{Account, Touch};
use crate::jobs::{LinkKind, MailLink};
use crate::{State, mail};

/// Mails the link. A second time makes the same one, and changes nothing.
pub(crate) async fn send_link(state: &State, job: &MailLink) -> Result<(), Error> {
    let Some(found) = state.accounts.owner(&job.email).await? else {
        tracing::info!(kind = ?job.kind, "a link was asked for an address that has no account");
        return Ok(());
    };
    if found.suspended_at.is_some() {
        return Ok(());
    }
    let Some((write, about)) = make(state, job, &found)? else { return Ok(()) };
    let mut transaction = Transaction::new(state.platform.store());
    let unchanged = transaction.add(state.accounts.touch(&found, &Touch::default()));
    transaction.add(write);
    let to = (found.email.as_str(), found.profile.locale.as_deref());
    let entries = mail::tell(state, &mut transaction, (job.id, found.home()), to, about)?;
    match transaction.commit().await? {
        Commit::Done => state.platform.outbox().send(entries).await,
        Commit::Refused(index) if index == unchanged => return Err(Error::unavailable("the account has changed")),
        // The link was made before, and the mail with it.
        Commit::Refused(_) => {}
    }
    Ok(())
}

/// The write of the link, and what is said about it; `None` if there is nothing to mail.
fn make(state: &State, job: &MailLink, found: &Account) -> Result<Option<(Action, About)>, Error> {
    let (user_id, links) = (found.id, &state.links);
    let email = Some(found.email.clone());
    let reset = || {
        let (write, link) = links.issue(job.id, &ResetPassword { user_id, email: email.clone() })?;
        Ok((write, About::ResetPassword { link, valid_minutes: ResetPassword::minutes() }))
    };
    let made = match job.kind {
        LinkKind::VerifyAddress if found.verified_at.is_some() => return Ok(None),
        // Whose password it would bring is not known: the owner sets a new one, which verifies the address, too.
        LinkKind::VerifyAddress if found.contested => reset()?,
        LinkKind::VerifyAddress => {
            let Some(sign_up) = found.as_signed_up() else { return Ok(Some(reset()?)) };
            let (write, link) = links.issue(job.id, &VerifyAddress { user_id, sign_up })?;
            (write, About::VerifyAddress { link, valid_hours: VerifyAddress::minutes() / 60 })
        }
        LinkKind::ResetPassword => reset()?,
        LinkKind::MagicLink => {
            let (write, link) = links.issue(job.id, &MagicLink { user_id, email })?;
            (write, About::MagicLink { link, valid_minutes: MagicLink::minutes() })
        }
    };
    Ok(Some(made))
}
