//! Packets as text: an Engine.IO digit, then for messages a Socket.IO digit.

use serde_json::Value;
use serde_json::value::RawValue;

use super::Error;

/// An event from the server.
#[derive(Clone, Debug)]
pub struct Event {
    /// `message:new`
    pub name: String,
    /// Its first argument as JSON text; `null` if it has none.
    payload: Box<RawValue>,
}

impl Event {
    /// Its first argument.
    #[must_use]
    pub fn data(&self) -> Value {
        // The text was valid JSON when it was read.
        serde_json::from_str(self.payload.get()).unwrap_or_default()
    }

    /// The JSON text of its first argument, for those who count more than they read.
    #[must_use]
    pub fn json(&self) -> &str {
        self.payload.get()
    }
}

/// What a server sends.
#[derive(Debug)]
pub(super) enum Packet {
    Open,
    Ping,
    Close,
    Connected {
        id: String,
    },
    Refused {
        message: String,
    },
    Disconnected,
    Event(Event),
    Ack {
        id: u64,
        payload: Box<RawValue>,
    },
    /// Of no meaning to a websocket client: `pong`, `upgrade`, `noop`.
    Other,
}

impl Packet {
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        match text.as_bytes() {
            [b'0', ..] => Ok(Self::Open),
            [b'1', ..] => Ok(Self::Close),
            [b'2', ..] => Ok(Self::Ping),
            [b'4', kind, ..] => Self::message(*kind, &text[2..]).ok_or_else(|| Error::Protocol(text.to_owned())),
            [b'3' | b'5' | b'6', ..] => Ok(Self::Other),
            _ => Err(Error::Protocol(text.to_owned())),
        }
    }

    fn message(kind: u8, rest: &str) -> Option<Self> {
        match kind {
            b'0' => {
                let said: Value = serde_json::from_str(rest).ok()?;
                Some(Self::Connected { id: said.get("sid")?.as_str()?.to_owned() })
            }
            b'1' => Some(Self::Disconnected),
            b'2' => {
                let (_, arguments) = arguments(rest)?;
                let mut arguments = arguments.into_iter();
                let name = serde_json::from_str(arguments.next()?.get()).ok()?;
                Some(Self::Event(Event { name, payload: arguments.next().unwrap_or_else(null) }))
            }
            b'3' => {
                let (id, arguments) = arguments(rest)?;
                Some(Self::Ack { id: id?, payload: arguments.into_iter().next().unwrap_or_else(null) })
            }
            b'4' => {
                let said: Value = serde_json::from_str(rest).ok()?;
                Some(Self::Refused { message: said.get("message")?.as_str()?.to_owned() })
            }
            _ => None,
        }
    }
}

/// The acknowledgement's number, if there is one, and the array behind it.
fn arguments(rest: &str) -> Option<(Option<u64>, Vec<Box<RawValue>>)> {
    let (digits, array) = rest.split_at(rest.find('[')?);
    let id = if digits.is_empty() { None } else { Some(digits.parse().ok()?) };
    Some((id, serde_json::from_str(array).ok()?))
}

fn null() -> Box<RawValue> {
    RawValue::NULL.to_owned()
}

/// The packet that joins the default namespace.
pub(super) fn connect(auth: &Value) -> String {
    format!("40{auth}")
}

/// The packet of an event that the client emits; with a number it is acknowledged.
pub(super) fn event(name: &str, data: &Value, id: Option<u64>) -> String {
    let id = id.map(|id| id.to_string()).unwrap_or_default();
    format!("42{id}[{},{data}]", Value::from(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn events_and_acknowledgements_are_told_apart() {
        let Packet::Event(event) = Packet::parse(r#"42["message:new",{"seq":1},2]"#).unwrap() else {
            panic!("an event")
        };
        assert_eq!((event.name.as_str(), event.data()), ("message:new", json!({"seq": 1})));
        let Packet::Ack { id, payload } = Packet::parse(r#"4317[{"data":null}]"#).unwrap() else { panic!("an ack") };
        assert_eq!((id, payload.get()), (17, r#"{"data":null}"#));
        let Packet::Event(bare) = Packet::parse(r#"42["hello"]"#).unwrap() else { panic!("an event") };
        assert_eq!(bare.data(), Value::Null);
    }

    #[test]
    fn the_handshake_says_yes_or_no() {
        assert!(matches!(Packet::parse(r#"40{"sid":"abc"}"#), Ok(Packet::Connected { id }) if id == "abc"));
        assert!(matches!(Packet::parse(r#"44{"message":"NO"}"#), Ok(Packet::Refused { message }) if message == "NO"));
    }

    #[test]
    fn what_is_no_packet_is_an_error() {
        for wrong in ["", "x", "4", "42", "42x[1]", "42{}", "43[1]", "49"] {
            assert!(matches!(Packet::parse(wrong), Err(Error::Protocol(_))), "{wrong}");
        }
    }

    #[test]
    fn packets_are_written_as_the_server_reads_them() {
        assert_eq!(event("a", &json!({"b": 1}), Some(3)), r#"423["a",{"b":1}]"#);
        assert_eq!(event("a", &Value::Null, None), r#"42["a",null]"#);
        assert_eq!(connect(&json!({"token": "t"})), r#"40{"token":"t"}"#);
    }
}
