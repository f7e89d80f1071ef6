//! Events of gateways, by Standard Webhooks.

use garde::Validate;
use http::HeaderMap;
use jiff::Timestamp;
use serde::Deserialize;
use shared::http::from_json;
use utoipa::ToSchema;

use super::model::{Happened, Told};
use crate::NotifyError;
use crate::providers::Gateways;

/// What a gateway tells of a message.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GatewayEvent {
    #[garde(skip)]
    #[serde(rename = "type")]
    kind: EventKind,
    /// When it happened.
    #[garde(skip)]
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
    #[garde(dive)]
    data: EventData,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
enum EventKind {
    /// It has arrived.
    #[serde(rename = "message.delivered")]
    Delivered,
    /// The recipient has opened it.
    #[serde(rename = "message.read")]
    Read,
    /// The recipient's side gave it back.
    #[serde(rename = "message.bounced")]
    Bounced,
    /// The recipient calls it spam.
    #[serde(rename = "message.complained")]
    Complained,
    /// It was taken, and then not sent.
    #[serde(rename = "message.failed")]
    Failed,
}

/// Of which message.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct EventData {
    /// The gateway's id of the message.
    #[garde(length(min = 1, max = 200))]
    id: String,
    /// Of a bounce: whether the address does not exist, so that it is suppressed.
    #[serde(default = "yes")]
    #[garde(skip)]
    permanent: bool,
    /// The gateway's code of what was wrong.
    #[garde(inner(length(max = 100), ascii))]
    code: Option<String>,
}

fn yes() -> bool {
    true
}

/// What the gateway called `name` tells. An unknown name and a wrong signature look the same.
pub(super) fn read(
    gateways: &Gateways,
    name: &str,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<Told, NotifyError> {
    let keys = gateways.named(name).map_or(&[][..], |gateway| &gateway.event_keys);
    let verified = keys.iter().find_map(|key| key.verify(headers, body, now));
    let id = verified.ok_or(NotifyError::InvalidSignature)?;
    let event: GatewayEvent = from_json(body)?;
    let code = event.data.code.unwrap_or_else(|| "UNKNOWN".to_owned());
    let what = match event.kind {
        EventKind::Delivered => Happened::Delivered,
        EventKind::Read => Happened::Read,
        EventKind::Bounced => Happened::Bounced { permanent: event.data.permanent, code },
        EventKind::Complained => Happened::Complained,
        EventKind::Failed => Happened::Refused { code },
    };
    Ok(Told { event: id.to_owned(), message: event.data.id, at: event.timestamp, what })
}
