//! What is told to many sockets: made into JSON once.

use std::sync::Arc;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use shared::Error;

/// The events of threads, and of who shares them. Those of one socket alone are told by its own node.
const EVENTS: [&str; 14] = [
    MESSAGE_NEW,
    "message:updated",
    "message:deleted",
    "message:read",
    "reaction:added",
    "reaction:removed",
    "typing:start",
    "typing:stop",
    "presence:update",
    "thread:created",
    "thread:updated",
    "thread:archived",
    "member:added",
    "member:removed",
];
/// A new message.
pub(crate) const MESSAGE_NEW: &str = "message:new";

/// A message's number, and its packet.
pub(crate) type Numbered = (u64, Packet);

/// An event with its data. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Packet {
    pub(crate) event: &'static str,
    data: Arc<RawValue>,
}

impl Packet {
    pub(crate) fn new(event: &'static str, data: &impl Serialize) -> Result<Self, Error> {
        Ok(Self { event, data: to_raw_value(data).map_err(Error::internal)?.into() })
    }

    /// What it says, if it is that.
    pub(crate) fn data<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(self.data.get()).ok()
    }

    /// The event's one argument, as Socket.IO takes it.
    pub(crate) fn argument(&self) -> (&RawValue,) {
        (&self.data,)
    }
}

/// As other nodes are told it.
#[derive(Serialize)]
struct Told<'a> {
    event: &'a str,
    data: &'a RawValue,
}

impl Serialize for Packet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Told { event: self.event, data: &self.data }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Packet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Heard {
            event: String,
            data: Box<RawValue>,
        }
        let Heard { event, data } = Heard::deserialize(deserializer)?;
        let known = EVENTS.into_iter().find(|known| *known == event);
        let event = known.ok_or_else(|| D::Error::custom(format_args!("unknown event {event}")))?;
        Ok(Self { event, data: data.into() })
    }
}
