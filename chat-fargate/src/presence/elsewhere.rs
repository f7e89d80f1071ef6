//! Who has sockets on other nodes, as these say in Valkey. What a node says that is not heard any more does not count; and
//! without Valkey, or while it does not answer, nobody has.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use shared::auth::{TenantId, UserId};
use shared::clock::Clock;

use super::model::Status;
use crate::nodes::{Link, Unreachable};

/// How long what a node says holds.
const HOLDS: SignedDuration = SignedDuration::from_secs(75);
/// How often it says so.
pub(super) const RENEWED: SignedDuration = SignedDuration::from_secs(30);
/// Users of one round trip.
const AT_ONCE: usize = 200;

type Person = (TenantId, UserId);

/// What a node says of a user who has sockets there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Here {
    pub(super) status: Status,
    pub(super) sockets: usize,
}

/// What other nodes say.
pub(crate) struct Elsewhere {
    link: Option<Arc<Link>>,
    clock: Clock,
}

fn key((tenant, user): Person) -> String {
    format!("chat:here:{tenant}:{user}")
}

impl Here {
    /// As it is stored: `online 2 1764288000`.
    fn to_text(self, until: Timestamp) -> String {
        format!("{} {} {}", self.status.name(), self.sockets, until.as_second())
    }

    /// `None` if it does not hold any more.
    fn parse(text: &str, now: Timestamp) -> Option<Self> {
        let mut parts = text.split(' ');
        let (status, sockets, until) = (parts.next()?, parts.next()?, parts.next()?);
        let until: i64 = until.parse().ok()?;
        (now.as_second() < until).then_some(Self { status: Status::of_name(status)?, sockets: sockets.parse().ok()? })
    }
}

impl Elsewhere {
    pub(crate) fn new(link: Option<Arc<Link>>, clock: Clock) -> Self {
        Self { link, clock }
    }

    /// Whether there may be other nodes.
    pub(super) fn is_open(&self) -> bool {
        self.link.is_some()
    }

    /// Says to other nodes that a user has sockets here, or none. Whether Valkey knows it now.
    pub(super) async fn say(&self, person: Person, here: Option<Here>) -> bool {
        let Some(link) = &self.link else { return true };
        let (key, node, mut pipe) = (key(person), link.node().to_string(), redis::pipe());
        match here {
            Some(here) => {
                pipe.hset(&key, node, here.to_text(self.clock.now() + HOLDS)).ignore();
                pipe.expire(&key, HOLDS.as_secs()).ignore();
            }
            None => {
                pipe.hdel(&key, node).ignore();
            }
        }
        link.ask::<()>(&pipe).await.is_ok()
    }

    /// What other nodes say of a user.
    pub(super) async fn of(&self, person: Person) -> Vec<Here> {
        self.of_all(&[person]).await.pop().unwrap_or_default()
    }

    /// What other nodes say of users, in their order.
    pub(super) async fn of_all(&self, persons: &[Person]) -> Vec<Vec<Here>> {
        let Some(link) = &self.link else { return vec![Vec::new(); persons.len()] };
        let mut all = Vec::with_capacity(persons.len());
        for persons in persons.chunks(AT_ONCE) {
            match self.read(link, persons).await {
                Ok(read) => all.extend(read),
                Err(Unreachable) => all.resize(all.len() + persons.len(), Vec::new()),
            }
        }
        all
    }

    async fn read(&self, link: &Link, persons: &[Person]) -> Result<Vec<Vec<Here>>, Unreachable> {
        let mut pipe = redis::pipe();
        for person in persons {
            pipe.hgetall(key(*person));
        }
        let hashes: Vec<HashMap<String, String>> = link.ask(&pipe).await?;
        let now = self.clock.now();
        let others = |hash: HashMap<String, String>| {
            let others = hash.into_iter().filter(|(node, _)| node.parse().is_ok_and(|node| link.is_there(node)));
            others.filter_map(|(_, text)| Here::parse(&text, now)).collect()
        };
        Ok(hashes.into_iter().map(others).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_node_says_holds_for_some_time() {
        let now = Timestamp::UNIX_EPOCH;
        let here = Here { status: Status::Away, sockets: 3 };
        let text = here.to_text(now + HOLDS);
        assert_eq!(text, "away 3 75");
        assert_eq!(Here::parse(&text, now), Some(here));
        assert_eq!(Here::parse(&text, now + HOLDS), None);
        for wrong in ["", "away", "here 3 75", "away x 75", "offline 1 75"] {
            assert_eq!(Here::parse(wrong, now), None, "{wrong}");
        }
    }
}
