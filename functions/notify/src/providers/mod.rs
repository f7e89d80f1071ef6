//! Those who carry messages to people, behind one interface.

mod mime;
mod ses;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use shared::config::{ConfigError, Env};
use shared::store::SdkConfig;
use uuid::Uuid;

use crate::kinds::Channel;
use crate::rendering::Content;
use ses::Ses;

/// A message that is ready to go.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    /// The delivery's.
    pub(crate) id: Uuid,
    /// An e-mail address or a number in E.164 form.
    pub(crate) address: String,
    pub(crate) content: Content,
    /// Where one click ends messages of this kind (RFC 8058).
    pub(crate) unsubscribe: Option<String>,
}

/// Why a provider did not take a message. The text is the provider's code: never an address, never content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SendError {
    /// It was too much at once; not the message's fault.
    Throttled { after: SignedDuration },
    /// It may work later; the provider has not taken it.
    Temporary(String),
    /// There was no answer: the provider may have taken it or not.
    Unknown(String),
    /// It will never work.
    Permanent(String),
}

/// Carries messages of one channel.
pub(crate) trait Provider: Send + Sync {
    /// As it stands in histories: `ses`.
    fn name(&self) -> &'static str;

    /// Hands a message over, once: the caller decides about another try. Gives the provider's id of it.
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<String, SendError>>;
}

/// The configured providers by channel.
#[derive(Clone)]
pub(crate) struct Providers(BTreeMap<Channel, Arc<dyn Provider>>);

impl Providers {
    /// Reads their configuration.
    pub(crate) fn from_env(env: &Env, sdk: &SdkConfig) -> Result<Self, ConfigError> {
        let ses: Arc<dyn Provider> = Arc::new(Ses::from_env(env, sdk)?);
        Ok(Self(BTreeMap::from([(Channel::Email, ses)])))
    }

    /// Who carries messages of `channel`.
    pub(crate) fn of(&self, channel: Channel) -> Option<&dyn Provider> {
        self.0.get(&channel).map(AsRef::as_ref)
    }

    /// Whether messages of `channel` can go anywhere.
    pub(crate) fn serve(&self, channel: Channel) -> bool {
        channel == Channel::Inapp || self.0.contains_key(&channel)
    }
}
