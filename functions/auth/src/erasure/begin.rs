//! How an account goes: here at once, and in every service by a job.

use jiff::SignedDuration;
use shared::auth::{Reach, Revocation};
use shared::jobs::{self, Entry, QueueName, UserErased};
use shared::store::{TextSet, Transaction};
use shared::{Error, ids};

use super::model::{Contact, Erasure};
use super::request::PURPOSE;
use crate::State;
use crate::accounts::Account;
use crate::audit::{Act, Event};
use crate::jobs::{Job, tell_services};

/// After this no request is under way that began before, and the indexes show what it wrote.
const SETTLING: SignedDuration = SignedDuration::from_mins(5);

/// An account that goes with the transaction to which it was added.
pub(crate) struct Leaving {
    pub(super) erasure: Erasure,
    /// To be noted after the commit.
    pub(crate) revocation: Revocation,
    /// To be sent after the commit.
    pub(crate) entries: Vec<Entry>,
    /// The write that is refused if the account has changed since it was read.
    pub(crate) gone: usize,
}

/// Adds the writes by which `account` goes with everything that is its own, but for the claim of its address, and the jobs
/// by which the services forget it. `contact` is told when they have.
pub(crate) fn begin(
    state: &State,
    transaction: &mut Transaction,
    account: &Account,
    contact: Option<&Contact>,
) -> Result<Leaving, Error> {
    let (now, home) = (state.platform.clock().now(), account.home());
    let gone = transaction.add(state.accounts.delete(account));
    state.accounts.release_all(transaction, account);
    let revocation = Revocation::new(account.id.0, Reach::Sessions, now);
    transaction.add(state.platform.authenticator().revocations().revoke(&revocation));
    // Nothing that leads to a person: the erasure's id opens its receipt.
    transaction.add(state.audit.record(&Event::new(home, Act::ErasureRequested, now)));
    let id = ids::at(now);
    let erased = UserErased { erasure_id: id, user_id: account.id, tenants: account.known_in() };
    let outbox = state.platform.outbox();
    let (told, mut entries) = tell_services(outbox, transaction, home, &jobs::Job::UserErased(erased.clone()))?;
    let services: Vec<String> = std::iter::once("auth".to_owned()).chain(told).collect();
    let (now_job, later_job) = (Job::EraseAccount(erased.clone()), Job::FinishErasure(erased));
    entries.extend(outbox.add(transaction, QueueName::Auth, home, &now_job, None)?);
    entries.extend(outbox.add(transaction, QueueName::Auth, home, &later_job, Some(now + SETTLING))?);
    let contact = contact.map(serde_json::to_vec).transpose().map_err(Error::internal)?;
    let seal = |contact: Vec<u8>| state.platform.sealer().seal(PURPOSE, id.as_bytes(), &contact);
    let erasure = Erasure {
        id,
        user_id: account.id,
        home,
        requested_at: now,
        awaited: TextSet(services.clone()),
        services,
        sealed_contact: contact.map(seal).transpose()?,
        completed_at: None,
        receipt: None,
    };
    transaction.add(state.erasures.create(&erasure));
    Ok(Leaving { erasure, revocation, entries, gone })
}
