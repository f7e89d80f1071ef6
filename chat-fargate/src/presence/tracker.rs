//! Who has sockets on this node, and who was told of it.
//!
//! | item | pk | sk |
//! |---|---|---|
//! | when a user was last here | `TENANT#<t>#USER#<user>` | `SEEN` |

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::{Key, Table};

use super::elsewhere::{Elsewhere, Here, RENEWED};
use super::model::{Presence, Status, status};
use crate::hubs::Packet;
use crate::state::State;
use crate::threads::{ThreadId, user_partition};

/// How often it is looked who is here.
const LOOKING: Duration = Duration::from_secs(5);
/// Users who are looked up at a time.
const CONCURRENCY: usize = 16;

/// What a `presence:update` says.
#[derive(Deserialize)]
struct Heard {
    status: Status,
}

#[derive(Serialize, Deserialize)]
struct Seen {
    at: Timestamp,
}

/// What others were told of somebody.
#[derive(Debug)]
struct Told {
    here: Here,
    /// What other nodes know, and since when; `None` if they may know nothing.
    said: Option<(Here, Timestamp)>,
    /// The threads whose members were told.
    threads: Vec<ThreadId>,
    /// There was no socket at the last look, either: it is no mere reconnection.
    missed: bool,
}

type Person = (TenantId, UserId);

/// Who is here, as others know it.
pub(crate) struct Presences {
    table: Table,
    told: Mutex<HashMap<Person, Told>>,
    elsewhere: Elsewhere,
}

impl Presences {
    pub(crate) fn new(table: Table, elsewhere: Elsewhere) -> Self {
        Self { table, told: Mutex::default(), elsewhere }
    }

    /// Tells others of a user whose first socket has come, or who has come back to it.
    pub(crate) async fn look_at(&self, state: &State, person: Person) {
        let sessions = state.sockets.of_person(person);
        let Some(status) = status(sessions.iter().map(|session| session.idle())) else { return };
        let threads: Vec<ThreadId> = sessions.iter().flat_map(|session| session.threads()).collect();
        let here = Here { status, sockets: sessions.len() };
        let before = self.note(person, here, threads.clone());
        self.say(state, person, here).await;
        if before != status {
            let elsewhere = least(&self.elsewhere.of(person).await);
            if before.min(elsewhere) != status.min(elsewhere) {
                let status = status.min(elsewhere);
                tell(state, person, &threads, &Presence { user_id: person.1, status, last_seen_at: None });
            }
        }
    }

    /// Notes how somebody is here; gives what was told of him before.
    fn note(&self, person: Person, here: Here, threads: Vec<ThreadId>) -> Status {
        let mut told = self.told();
        let before = told.remove(&person);
        let status = before.as_ref().map_or(Status::Offline, |before| before.here.status);
        let said = before.and_then(|before| before.said);
        told.insert(person, Told { here, said, threads, missed: false });
        status
    }

    /// Says to other nodes how somebody is here, unless they know.
    async fn say(&self, state: &State, person: Person, here: Here) {
        let now = state.clock().now();
        let said = self.told().get(&person).and_then(|told| told.said);
        if said.is_some_and(|(said, at)| said == here && now < at + RENEWED) {
            return;
        }
        let known = self.elsewhere.say(person, Some(here)).await;
        if let Some(told) = self.told().get_mut(&person) {
            told.said = known.then_some((here, now));
        }
    }

    /// A socket of a user has gone: other nodes are to know at once how many are left.
    pub(crate) async fn recount(&self, state: &State, person: Person) {
        let sockets = state.sockets.of_person(person).len();
        let here = self.told().get_mut(&person).map(|told| {
            told.here.sockets = sockets;
            told.here
        });
        if let Some(here) = here {
            self.say(state, person, here).await;
        }
    }

    /// Whether there may be other nodes.
    pub(crate) fn is_told_elsewhere(&self) -> bool {
        self.elsewhere.is_open()
    }

    /// Other nodes may have forgotten everything.
    pub(crate) fn forget_said(&self) {
        self.told().values_mut().for_each(|told| told.said = None);
    }

    /// Another node has told of a user; if it knew less than is known here, that is told.
    pub(crate) fn correct(&self, state: &State, person: Person, packet: &Packet) {
        let Some(heard) = packet.data::<Heard>().filter(|_| state.sockets.is_here(person)) else { return };
        let known = self.told().get(&person).map(|told| (told.here.status, told.threads.clone()));
        if let Some((status, threads)) = known.filter(|(status, _)| *status < heard.status) {
            tell(state, person, &threads, &Presence { user_id: person.1, status, last_seen_at: None });
        }
    }

    /// Those of `users` who have a socket, on whichever node.
    pub(crate) async fn here(&self, state: &State, tenant: TenantId, users: &[UserId]) -> HashSet<UserId> {
        let (here, absent): (Vec<UserId>, Vec<UserId>) =
            users.iter().partition(|user| state.sockets.is_here((tenant, **user)));
        let mut here: HashSet<UserId> = here.into_iter().collect();
        if self.elsewhere.is_open() {
            let persons: Vec<Person> = absent.iter().map(|user| (tenant, *user)).collect();
            let elsewhere = absent.into_iter().zip(self.elsewhere.of_all(&persons).await);
            here.extend(elsewhere.filter(|(_, nodes)| !nodes.is_empty()).map(|(user, _)| user));
        }
        here
    }

    /// How many sockets a user has on other nodes.
    pub(crate) async fn sockets_elsewhere(&self, person: Person) -> usize {
        self.elsewhere.of(person).await.iter().map(|here| here.sockets).sum()
    }

    /// Looks at everybody: who came, fell silent, or is gone since the last look.
    pub(crate) async fn look(&self, state: &State) {
        let persons = stream::iter(state.sockets.persons());
        persons.for_each_concurrent(CONCURRENCY, |person| self.look_at(state, person)).await;
        let gone = stream::iter(self.take_gone(state));
        gone.for_each_concurrent(CONCURRENCY, |(person, threads)| async move {
            self.end(state, person, &threads).await;
        })
        .await;
    }

    /// Those who had no socket twice in a row.
    fn take_gone(&self, state: &State) -> Vec<(Person, Vec<ThreadId>)> {
        let here: HashSet<Person> = state.sockets.persons().into_iter().collect();
        let mut gone = Vec::new();
        self.told().retain(|person, told| {
            let stays = here.contains(person) || !told.missed;
            told.missed = !here.contains(person);
            if !stays {
                gone.push((*person, std::mem::take(&mut told.threads)));
            }
            stays
        });
        gone
    }

    /// Everybody is gone from this node: it stops.
    pub(crate) async fn end_all(&self, state: &State) {
        let all: Vec<(Person, Told)> = self.told().drain().collect();
        stream::iter(all).for_each_concurrent(CONCURRENCY, |(person, _)| self.end(state, person, &[])).await;
    }

    async fn end(&self, state: &State, (tenant, user_id): Person, threads: &[ThreadId]) {
        let now = state.clock().now();
        self.elsewhere.say((tenant, user_id), None).await;
        if let Some(told) = self.told().get_mut(&(tenant, user_id)) {
            // He is back meanwhile, which other nodes may know no more.
            told.said = None;
            return;
        }
        let elsewhere = self.elsewhere.of((tenant, user_id)).await;
        if !elsewhere.is_empty() {
            let presence = Presence { user_id, status: least(&elsewhere), last_seen_at: None };
            return tell(state, (tenant, user_id), threads, &presence);
        }
        if let Err(error) = self.table.put(&seen_key(tenant, user_id), &Seen { at: now }).run().await {
            tracing::warn!(%error, "when somebody was last seen is not written");
        }
        let presence = Presence { user_id, status: Status::Offline, last_seen_at: Some(now) };
        tell(state, (tenant, user_id), threads, &presence);
    }

    /// Those of `users` who share one of `threads`, in their order.
    pub(crate) async fn ask(
        &self,
        state: &State,
        tenant: TenantId,
        threads: &HashSet<ThreadId>,
        users: &[UserId],
    ) -> Result<Vec<Presence>, Error> {
        let sharing = stream::iter(users.to_vec())
            .map(|user| async move {
                let theirs = state.threads.memberships(tenant, user).await?;
                let shares = theirs.iter().any(|membership| threads.contains(&membership.thread_id));
                Ok::<_, Error>(shares.then_some(user))
            })
            .buffered(CONCURRENCY)
            .try_filter_map(|user| std::future::ready(Ok(user)));
        let users: Vec<UserId> = sharing.try_collect().await?;
        let keys: Vec<Key> = users.iter().map(|user| seen_key(tenant, *user)).collect();
        let seen: Vec<Option<Seen>> =
            self.table.get_each(&keys).await.and_then(|mut found| keys.iter().map(|key| found.take(key)).collect())?;
        let persons: Vec<Person> = users.iter().map(|user| (tenant, *user)).collect();
        let mut elsewhere = self.elsewhere.of_all(&persons).await.into_iter();
        let told = self.told();
        let presence = |(user_id, seen): (UserId, Option<Seen>)| {
            let here = told.get(&(tenant, user_id)).map_or(Status::Offline, |told| told.here.status);
            let status = here.min(least(&elsewhere.next().unwrap_or_default()));
            let last_seen_at = seen.filter(|_| status == Status::Offline).map(|seen| seen.at);
            Presence { user_id, status, last_seen_at }
        };
        Ok(users.into_iter().zip(seen).map(presence).collect())
    }

    /// Forgets when an erased user was here.
    pub(crate) async fn forget(&self, tenant: TenantId, user: UserId) -> Result<(), Error> {
        self.table.delete(&seen_key(tenant, user)).run().await.map(|_| ())
    }

    fn told(&self) -> MutexGuard<'_, HashMap<Person, Told>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What several nodes say together.
fn least(nodes: &[Here]) -> Status {
    nodes.iter().map(|here| here.status).min().unwrap_or(Status::Offline)
}

/// Looks at everybody now and then, until the task is aborted.
pub(crate) async fn look_for_ever(state: State) {
    loop {
        tokio::time::sleep(LOOKING).await;
        state.presence.look(&state).await;
    }
}

fn seen_key(tenant: TenantId, user: UserId) -> Key {
    Key::new(user_partition(tenant, user), "SEEN")
}

/// Those who share a thread with the user, each once.
fn tell(state: &State, (tenant, user): Person, threads: &[ThreadId], presence: &Presence) {
    state.hubs.tell_sharing(tenant, threads, user, "presence:update", presence);
}
