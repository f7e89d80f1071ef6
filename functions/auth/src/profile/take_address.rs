//! Taking an address for an account: one that is free, or that a sign-up has claimed and nobody verified.

use shared::auth::UserId;
use shared::store::Transaction;

use crate::accounts::Identifier;
use crate::erasure::{Leaving, begin};
use crate::{AuthError, State};

/// An address that becomes an account's with the transaction to which that was added.
pub(super) struct Taking {
    claimed: usize,
    /// Whether it is somebody's who keeps it.
    kept: bool,
    /// The account that nobody has verified; it goes.
    pub(super) leaving: Option<Leaving>,
}

/// Adds the writes by which `email` becomes the address of `user`.
pub(super) async fn take(
    state: &State,
    transaction: &mut Transaction,
    email: &str,
    user: UserId,
) -> Result<Taking, AuthError> {
    let identifier = Identifier::email(email);
    let owner = state.accounts.owner(email).await?;
    let Some(parked) = owner.as_ref().filter(|owner| owner.yields_address()) else {
        let claimed = transaction.add(state.accounts.claim(&identifier, user));
        return Ok(Taking { claimed, kept: owner.is_some(), leaving: None });
    };
    let claimed = transaction.add(state.accounts.pass_claim(&identifier, parked.id, user));
    // Nobody is told of its end: the address is the other one's.
    let leaving = begin(state, transaction, parked, None)?;
    Ok(Taking { claimed, kept: false, leaving: Some(leaving) })
}

impl Taking {
    /// Whether the refusal of the write with this index means that somebody else keeps the address. Another refusal means
    /// that something has changed meanwhile.
    pub(super) fn is_refused_by(&self, index: usize) -> bool {
        self.kept && index == self.claimed
    }
}
