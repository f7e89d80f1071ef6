//! The job that makes a link and has it mailed, if there is an account that may have it.

use shared::Error;
use shared::jobs::About;
use shared::store::{Commit, Transaction};

use super::{MagicLink, Purpose, ResetPassword, VerifyAddress};
use crate::accounts::Identifier;
use crate::jobs::{LinkKind, MailLink};
use crate::{State, mail};

/// Mails the link. A second time makes the same one, and changes nothing.
pub(crate) async fn send_link(state: &State, job: &MailLink) -> Result<(), Error> {
    let Some(found) = state.accounts.find(&Identifier::email(&job.email)).await? else {
        tracing::info!(kind = ?job.kind, "a link was asked for an address that has no account");
        return Ok(());
    };
    if found.suspended_at.is_some() {
        return Ok(());
    }
    let (user_id, links) = (found.id, &state.links);
    let (write, about) = match job.kind {
        LinkKind::VerifyAddress if found.verified_at.is_some() => return Ok(()),
        LinkKind::VerifyAddress => {
            let link = VerifyAddress { user_id, password_hash: found.password_hash.clone() };
            let (write, link) = links.issue(job.id, &link)?;
            (write, About::VerifyAddress { link, valid_hours: hours::<VerifyAddress>() })
        }
        LinkKind::ResetPassword => {
            let (write, link) = links.issue(job.id, &ResetPassword { user_id })?;
            (write, About::ResetPassword { link, valid_minutes: minutes::<ResetPassword>() })
        }
        LinkKind::MagicLink => {
            let (write, link) = links.issue(job.id, &MagicLink { user_id })?;
            (write, About::MagicLink { link, valid_minutes: minutes::<MagicLink>() })
        }
    };
    let mut transaction = Transaction::new(state.platform.store()).with(write);
    let to = (found.email.as_str(), found.profile.locale.as_deref());
    let entries = mail::tell(state, &mut transaction, (job.id, found.home()), to, about)?;
    // Refused: the link was made before, and the mail with it.
    if transaction.commit().await? == Commit::Done {
        state.platform.outbox().send(entries).await;
    }
    Ok(())
}

/// Whole hours that a link works.
pub(crate) fn hours<P: Purpose>() -> u32 {
    minutes::<P>() / 60
}

fn minutes<P: Purpose>() -> u32 {
    u32::try_from(P::LIFETIME.as_mins()).unwrap_or(u32::MAX)
}
