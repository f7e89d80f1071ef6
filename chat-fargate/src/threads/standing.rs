//! What a caller is in a thread, and what he may do there.

use shared::Error;
use shared::auth::{Principal, Role};

use super::model::{MemberRole, Meta, ThreadType};
use crate::error::ChatError;

/// A thread, and what a user is in it.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) meta: Meta,
    /// `None` for who takes no part in it.
    pub(crate) role: Option<MemberRole>,
}

impl Standing {
    /// That the user takes part.
    pub(crate) fn require_member(&self) -> Result<MemberRole, ChatError> {
        self.role.ok_or(ChatError::NotThreadMember)
    }

    /// That the user takes part, or is an admin of the tenant.
    pub(crate) fn require_member_or_admin(&self, principal: &Principal) -> Result<(), ChatError> {
        if principal.roles().include(Role::Admin) { Ok(()) } else { self.require_member().map(|_| ()) }
    }

    /// That the thread is not archived.
    pub(crate) fn require_open(&self) -> Result<(), ChatError> {
        if self.meta.archived_at.is_some() { Err(ChatError::ThreadArchived) } else { Ok(()) }
    }

    /// That neither of the two of a direct thread blocks the other.
    pub(crate) fn require_unblocked(&self) -> Result<(), ChatError> {
        if self.meta.blocked_by.is_empty() { Ok(()) } else { Err(ChatError::UserBlocked) }
    }

    /// That the thread is none between two: those have no name, and are who they are.
    pub(crate) fn require_group(&self) -> Result<(), ChatError> {
        match self.meta.kind {
            ThreadType::Direct => Err(Error::Conflict.into()),
            ThreadType::Group | ThreadType::Channel => Ok(()),
        }
    }

    /// That the user decides what the thread is: its owner, an admin of the tenant, or either of the two of a direct one.
    pub(crate) fn require_manager(&self, principal: &Principal) -> Result<(), ChatError> {
        let admin = principal.roles().include(Role::Admin);
        match self.role {
            _ if admin => Ok(()),
            None => Err(ChatError::NotThreadMember),
            Some(MemberRole::Owner) => Ok(()),
            Some(_) if self.meta.kind == ThreadType::Direct => Ok(()),
            Some(_) => Err(Error::Forbidden.into()),
        }
    }

    /// That members may come and go.
    pub(crate) fn require_changing_members(&self) -> Result<(), ChatError> {
        self.require_group()?;
        self.require_open()
    }

    /// That the user may take somebody else of this role out.
    pub(crate) fn require_removing(&self, principal: &Principal, removed: Option<MemberRole>) -> Result<(), ChatError> {
        if removed == Some(MemberRole::Member) && self.keeps_order(principal) {
            return Ok(());
        }
        self.require_manager(principal)
    }

    /// That the user may ban somebody else of this role, or who takes no part.
    pub(crate) fn require_banning(&self, principal: &Principal, banned: Option<MemberRole>) -> Result<(), ChatError> {
        if banned.is_none() && self.keeps_order(principal) {
            return Ok(());
        }
        self.require_removing(principal, banned)
    }

    /// That the user keeps order: deletes what others wrote.
    pub(crate) fn keeps_order(&self, principal: &Principal) -> bool {
        let moderates = matches!(self.role, Some(MemberRole::Owner | MemberRole::Moderator));
        moderates || (self.role.is_some() && principal.roles().include(Role::Admin))
    }
}
