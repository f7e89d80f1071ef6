//! Those who carry messages to people, behind one interface.

mod gateway;
mod health;
mod mime;
mod routes;
mod ses;
mod sns;
mod watch;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use shared::clock::Clock;
use shared::config::{ConfigError, Env, Stage};
use shared::store::SdkConfig;

use crate::kinds::{Category, Channel};
use crate::rendering::Content;
use gateway::Gateway;
use ses::Ses;
use sns::Sns;

pub(crate) use gateway::Gateways;
pub(crate) use health::{Health, Readiness};
pub(crate) use routes::{__path_get_providers, get_providers};
pub(crate) use sns::Platforms;
pub(crate) use watch::Watch;

/// A message that is ready to go.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    /// The same for each try of the same message to the same address.
    pub(crate) id: String,
    pub(crate) channel: Channel,
    pub(crate) category: Category,
    /// An e-mail address, a number in E.164 form, or a device's endpoint.
    pub(crate) address: String,
    pub(crate) content: Content,
    /// Of a mail.
    pub(crate) files: Vec<File>,
    /// Where one click ends messages of this kind (RFC 8058).
    pub(crate) unsubscribe: Option<String>,
}

/// A file that goes with a message.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) bytes: Arc<[u8]>,
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
    /// The device is not there any more.
    Gone(String),
}

/// Carries messages.
pub(crate) trait Provider: Send + Sync {
    /// As it stands in histories: `ses`.
    fn name(&self) -> &str;

    /// Hands a message over, once: the caller decides about another try. Gives the provider's id of it.
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<String, SendError>>;
}

/// The configured providers by channel, the first choice first.
#[derive(Clone)]
pub(crate) struct Providers(BTreeMap<Channel, Vec<Arc<dyn Provider>>>);

impl Providers {
    /// Reads their configuration: SES and SNS, and before or behind them the `gateways`.
    pub(crate) fn from_env(
        env: &Env,
        sdk: &SdkConfig,
        clock: &Clock,
        gateways: &Gateways,
    ) -> Result<Self, ConfigError> {
        let sns: Arc<dyn Provider> = Arc::new(Sns::new(sdk));
        let mut providers: BTreeMap<Channel, Vec<Arc<dyn Provider>>> = BTreeMap::new();
        providers.insert(Channel::Email, vec![Arc::new(Ses::from_env(env, sdk)?)]);
        if env.get("SMS_PROVIDER").is_some_and(|sms| sms == "sns") {
            providers.insert(Channel::Sms, vec![Arc::clone(&sns)]);
        }
        if !Platforms::from_env(env)?.are_empty() {
            providers.insert(Channel::Push, vec![sns]);
        }
        for settings in gateways.iter() {
            let gateway: Arc<dyn Provider> = Arc::new(Gateway::new(Arc::clone(settings), clock.clone())?);
            for channel in &settings.channels {
                let of_channel = providers.entry(*channel).or_default();
                let place = if settings.first { 0 } else { of_channel.len() };
                of_channel.insert(place, Arc::clone(&gateway));
            }
        }
        Ok(Self(providers))
    }

    /// Who carries messages of `channel`, the first choice first.
    pub(crate) fn of(&self, channel: Channel) -> &[Arc<dyn Provider>] {
        self.0.get(&channel).map_or(&[], Vec::as_slice)
    }

    /// Each channel's providers.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Channel, &Arc<dyn Provider>)> {
        self.0.iter().flat_map(|(channel, providers)| providers.iter().map(|provider| (*channel, provider)))
    }

    /// Whether messages of `channel` can go anywhere.
    pub(crate) fn serve(&self, channel: Channel) -> bool {
        channel == Channel::Inapp || !self.of(channel).is_empty()
    }
}

/// Whether calls to `url` are safe to make: everywhere but on a developer's machine they are encrypted.
fn is_safe(url: &reqwest::Url, stage: Stage) -> bool {
    let plain = stage == Stage::Local && url.scheme() == "http";
    (plain || url.scheme() == "https")
        && url.host_str().is_some()
        && url.username().is_empty()
        && url.password().is_none()
}
