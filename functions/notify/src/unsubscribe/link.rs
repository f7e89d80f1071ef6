//! The link's token: sealed, so that nobody makes one and nobody reads the address in it.

use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::config::{ConfigError, Env};
use shared::seal::{Purpose, Sealer};
use shared::service::NOTIFY;

use crate::deliveries::Delivery;
use crate::kinds::Channel;

const PURPOSE: Purpose = "unsubscribe";

/// Makes and opens links.
#[derive(Clone, Debug)]
pub(crate) struct Unsubscribe {
    sealer: Sealer,
    base_url: String,
}

/// Who wants no more of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claim {
    #[serde(rename = "t")]
    pub(super) tenant: TenantId,
    #[serde(rename = "c")]
    pub(super) channel: Channel,
    #[serde(rename = "a")]
    pub(super) address: String,
}

impl Unsubscribe {
    /// Reads `PUBLIC_BASE_URL`: links never come from a request.
    pub(crate) fn from_env(env: &Env, sealer: Sealer) -> Result<Self, ConfigError> {
        Ok(Self { sealer, base_url: env.require("PUBLIC_BASE_URL")?.to_owned() })
    }

    /// The link for a mail of a kind that can be ended.
    pub(crate) fn link(&self, tenant: TenantId, delivery: &Delivery, address: &str) -> Result<Option<String>, Error> {
        if delivery.channel != Channel::Email || !delivery.category.is_capped() {
            return Ok(None);
        }
        let claim = Claim { tenant, channel: delivery.channel, address: address.to_owned() };
        let plain = serde_json::to_vec(&claim).map_err(Error::internal)?;
        let token = self.sealer.seal(PURPOSE, b"", &plain)?;
        Ok(Some(format!("{}{}/unsubscribe/{token}", self.base_url, NOTIFY.base_path)))
    }

    /// What a link's token says; `None` for one that is not ours.
    pub(super) fn open(&self, token: &str) -> Option<Claim> {
        serde_json::from_slice(&self.sealer.open(PURPOSE, b"", token)?).ok()
    }
}
