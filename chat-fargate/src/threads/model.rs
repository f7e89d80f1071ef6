//! Threads: types, members, and the rules of making one.

use std::collections::BTreeSet;
use std::fmt;

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::UserId;
use shared::error::FieldError;
use shared::http::AtMost;
use utoipa::ToSchema;
use uuid::Uuid;

use super::membership::Membership;
use crate::error::ChatError;

/// Members a thread may be made with. Each takes two items of the one transaction that makes the
/// thread, and DynamoDB takes 100 in all.
pub(crate) const MOST_MEMBERS: usize = 48;

/// A thread's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Uuid)]
pub(crate) struct ThreadId(pub(crate) Uuid);

impl fmt::Display for ThreadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What kind of conversation a thread is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ThreadType {
    /// Between two; there is one for each pair.
    Direct,
    /// Between a few who know each other.
    Group,
    /// About a subject.
    Channel,
}

impl ThreadType {
    fn parse(text: &str) -> Result<Self, ChatError> {
        match text {
            "direct" => Ok(Self::Direct),
            "group" => Ok(Self::Group),
            "channel" => Ok(Self::Channel),
            _ => Err(ChatError::InvalidThreadType),
        }
    }
}

/// What a member may do in a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MemberRole {
    /// Made the thread and manages it.
    Owner,
    /// Keeps order: deletes what others wrote, and sends members away.
    Moderator,
    /// Reads and writes.
    Member,
}

/// Somebody who takes part in a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Member {
    pub(crate) user_id: UserId,
    pub(crate) role: MemberRole,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) joined_at: Timestamp,
}

impl Member {
    /// Somebody who joins.
    pub(crate) fn joining(user_id: UserId, now: Timestamp) -> Self {
        Self { user_id, role: MemberRole::Member, joined_at: now }
    }

    fn seniority(&self) -> (Timestamp, MemberRole, UserId) {
        (self.joined_at, self.role, self.user_id)
    }
}

/// What does not change with every message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Meta {
    pub(crate) id: ThreadId,
    #[serde(rename = "type")]
    pub(crate) kind: ThreadType,
    pub(crate) name: Option<String>,
    pub(crate) created_by: UserId,
    pub(crate) created_at: Timestamp,
    /// When it was closed for new messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) archived_at: Option<Timestamp>,
    /// How long a plain member waits between two messages; 0 for not at all.
    #[serde(default)]
    pub(crate) slow_mode_seconds: u32,
    /// Who of a pair blocks the other one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) blocked_by: Vec<UserId>,
    /// How many take part.
    #[serde(default)]
    pub(crate) member_count: usize,
    /// Counts changes of the thread itself and of who takes part in it, so that they are made one after the other.
    #[serde(default)]
    pub(crate) version: u64,
}

/// What changes with every message, and nothing else: it is written that often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head {
    /// The newest message's number; 0 before the first.
    pub(crate) last_seq: u64,
    /// When that was sent, or the thread was made.
    pub(crate) last_at: Timestamp,
}

/// A thread as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Thread {
    pub(crate) id: ThreadId,
    #[serde(rename = "type")]
    #[schema(inline)]
    pub(crate) kind: ThreadType,
    pub(crate) name: Option<String>,
    /// Who joined first stands first, and the owner before others.
    pub(crate) members: Vec<Member>,
    pub(crate) created_by: UserId,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    /// When it was archived: it is read only since then. Null while it is open.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) archived_at: Option<Timestamp>,
    /// How long a plain member waits between two messages; 0 for not at all.
    pub(crate) slow_mode_seconds: u32,
    /// The newest message's number; 0 before the first. There are no gaps.
    pub(crate) last_seq: u64,
    /// When the newest message was sent, or the thread was made.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) last_at: Timestamp,
    /// Messages after the caller's read cursor. Sending one moves the cursor to it.
    pub(crate) unread: u64,
    /// Whether the caller is not notified of it.
    pub(crate) muted: bool,
    /// Until when; null if that has no end.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) muted_until: Option<Timestamp>,
    /// Until when the caller may write nothing; null for who may.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) silenced_until: Option<Timestamp>,
}

impl Thread {
    /// The thread for the member with this cursor.
    pub(crate) fn new(rows: Rows, membership: &Membership, now: Timestamp) -> Self {
        let Rows { meta, head, mut members } = rows;
        members.sort_by_key(Member::seniority);
        let mute = membership.mute_at(now);
        Self {
            id: meta.id,
            kind: meta.kind,
            name: meta.name,
            members,
            created_by: meta.created_by,
            created_at: meta.created_at,
            archived_at: meta.archived_at,
            slow_mode_seconds: meta.slow_mode_seconds,
            last_seq: head.last_seq,
            last_at: head.last_at,
            unread: head.last_seq.saturating_sub(membership.last_read_seq),
            muted: mute.is_some(),
            muted_until: mute.and_then(|mute| mute.until),
            silenced_until: membership.silenced_at(now),
        }
    }
}

/// Everything that makes a thread but its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) meta: Meta,
    pub(crate) head: Head,
    pub(crate) members: Vec<Member>,
}

impl Rows {
    /// Takes a member out; `None` for who takes no part.
    pub(crate) fn remove(&mut self, user: UserId) -> Option<Member> {
        let at = self.members.iter().position(|member| member.user_id == user)?;
        Some(self.members.remove(at))
    }
}

/// A thread to be made.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateThread {
    /// `INVALID_THREAD_TYPE` if it is none of these.
    #[serde(rename = "type")]
    #[schema(value_type = ThreadType)]
    #[garde(skip)]
    pub(crate) kind: String,
    /// For people.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub(crate) name: Option<String>,
    /// Who else takes part: users of the caller's tenant, exactly one for a direct thread.
    /// At most 47 besides the caller, since the thread is made in one transaction.
    #[serde(default)]
    #[schema(value_type = Vec<UserId>, max_items = 48)]
    #[garde(skip)]
    pub(crate) member_ids: AtMost<UserId, MOST_MEMBERS>,
}

/// A thread that keeps the rules and is yet to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewThread {
    pub(crate) kind: ThreadType,
    pub(crate) name: Option<String>,
    /// Everybody but the one who makes it.
    pub(crate) others: BTreeSet<UserId>,
}

impl CreateThread {
    /// What `creator` asks for, if it keeps the rules.
    pub(crate) fn checked(&self, creator: UserId) -> Result<NewThread, ChatError> {
        let kind = ThreadType::parse(&self.kind)?;
        let others: BTreeSet<UserId> = self.member_ids.0.iter().copied().filter(|id| *id != creator).collect();
        if kind == ThreadType::Direct && others.len() != 1 {
            return Err(Error::field("memberIds", "must name exactly one other user for a direct thread").into());
        }
        if others.len() >= MOST_MEMBERS {
            return Err(Error::field("memberIds", "must name at most 47 other users").into());
        }
        Ok(NewThread { kind, name: self.name.clone(), others })
    }
}

/// The error that names every one of `ids`, the list `field` of a request, that is not `known`.
pub(crate) fn require_known(field: &str, ids: &[UserId], known: impl Fn(&UserId) -> bool) -> Result<(), Error> {
    let unknown = (0..).zip(ids).filter(|(_, id)| !known(id));
    let fields: Vec<FieldError> = unknown
        .map(|(index, _): (usize, _)| FieldError {
            field: format!("{field}[{index}]"),
            message: "is no user of your tenant".to_owned(),
        })
        .collect();
    if fields.is_empty() { Ok(()) } else { Err(Error::Validation(fields)) }
}

impl NewThread {
    /// The pair that a direct thread is found again by, smaller id first.
    pub(crate) fn pair(&self, creator: UserId) -> Option<(UserId, UserId)> {
        let other = *self.others.first()?;
        (self.kind == ThreadType::Direct).then(|| (creator.min(other), creator.max(other)))
    }

    /// The thread itself, as its creator sees it. Nobody owns a direct thread.
    pub(crate) fn made(self, id: ThreadId, creator: UserId, now: Timestamp) -> Thread {
        let role = if self.kind == ThreadType::Direct { MemberRole::Member } else { MemberRole::Owner };
        let others = self.others.into_iter().map(|user_id| (user_id, MemberRole::Member));
        let mut members: Vec<Member> = std::iter::once((creator, role))
            .chain(others)
            .map(|(user_id, role)| Member { user_id, role, joined_at: now })
            .collect();
        members.sort_by_key(Member::seniority);
        Thread {
            id,
            kind: self.kind,
            name: self.name,
            members,
            created_by: creator,
            created_at: now,
            archived_at: None,
            slow_mode_seconds: 0,
            last_seq: 0,
            last_at: now,
            unread: 0,
            muted: false,
            muted_until: None,
            silenced_until: None,
        }
    }
}

/// Where a thread stands in the list by last activity; the next page starts after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Activity {
    pub(crate) last_at: Timestamp,
    pub(crate) id: ThreadId,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use shared::ServiceError;

    fn user(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    fn request(kind: &str, members: &[u128]) -> CreateThread {
        let member_ids = AtMost(members.iter().copied().map(user).collect());
        CreateThread { kind: kind.to_owned(), name: None, member_ids }
    }

    #[test]
    fn a_direct_thread_has_exactly_one_other_member() {
        for members in [&[][..], &[1], &[2, 3]] {
            let error = request("direct", members).checked(user(1)).unwrap_err();
            assert_eq!(error.problem().code, "VALIDATION_FAILED", "{members:?}");
        }
        for members in [&[2][..], &[2, 2], &[1, 2]] {
            let thread = request("direct", members).checked(user(1)).unwrap();
            assert_eq!(thread.pair(user(1)), Some((user(1), user(2))), "{members:?}");
        }
    }

    #[test]
    fn an_unknown_type_has_its_own_code() {
        for wrong in ["", "Direct", "room"] {
            assert_eq!(request(wrong, &[2]).checked(user(1)).unwrap_err().problem().code, "INVALID_THREAD_TYPE");
        }
    }

    #[test]
    fn as_many_members_as_one_transaction_takes() {
        let most: Vec<u128> = (1..=48).collect();
        assert_eq!(request("group", &most).checked(user(1)).unwrap().others.len(), 47);
        assert!(request("group", &most).checked(user(99)).is_err());
    }

    #[test]
    fn every_unknown_member_is_named_by_its_place() {
        let ids = [2, 3, 4].map(user);
        let error = require_known("memberIds", &ids, |id| *id == user(3)).unwrap_err();
        let Error::Validation(fields) = error else { unreachable!("a field's error") };
        assert_eq!(fields.iter().map(|error| &*error.field).collect::<Vec<_>>(), ["memberIds[0]", "memberIds[2]"]);
    }

    proptest! {
        #[test]
        fn a_pair_is_the_same_from_both_sides(a: u128, b: u128) {
            prop_assume!(a != b);
            let from_a = request("direct", &[b]).checked(user(a)).unwrap().pair(user(a));
            let from_b = request("direct", &[a]).checked(user(b)).unwrap().pair(user(b));
            prop_assert!(from_a.is_some());
            prop_assert_eq!(from_a, from_b);
        }

        #[test]
        fn the_creator_is_a_member_once_and_first(creator in 0_u128..9, members in proptest::collection::vec(0_u128..9, 0..20)) {
            let made = request("group", &members)
                .checked(user(creator))
                .unwrap()
                .made(ThreadId(Uuid::nil()), user(creator), Timestamp::UNIX_EPOCH);
            let ids: Vec<UserId> = made.members.iter().map(|member| member.user_id).collect();
            prop_assert_eq!(ids[0], user(creator));
            prop_assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
            prop_assert!(members.iter().all(|id| ids.contains(&user(*id))));
        }
    }
}
