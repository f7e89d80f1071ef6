//! `GET /admin/providers`

use axum::extract::State as Extract;
use jiff::Timestamp;
use serde::Serialize;
use shared::http::{Envelope, Reply};
use utoipa::ToSchema;

use super::health::Circuit;
use crate::kinds::Channel;
use crate::{NotifyError, State};

/// Who carries messages of one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChannelProviders {
    channel: Channel,
    /// The first choice first; the next one takes over while it does not work. None: the channel cannot be used.
    providers: Vec<ProviderView>,
}

/// A provider and how it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProviderView {
    /// `ses`, `sns`, `inbox`, or the name of a gateway.
    name: String,
    circuit: Circuit,
    /// When the next message tries, while the circuit is open.
    #[schema(value_type = Option<String>, format = DateTime)]
    open_until: Option<Timestamp>,
    /// Until when the provider has asked for a pause.
    #[schema(value_type = Option<String>, format = DateTime)]
    paused_until: Option<Timestamp>,
    /// Failures in a row.
    failures: u32,
    /// The last one's code, of the last 24 hours.
    last_error: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_failure_at: Option<Timestamp>,
}

/// The providers of each channel and how they are. All tenants share them.
#[utoipa::path(
    get, path = "/admin/providers", operation_id = "getProviders", tag = "admin",
    responses((status = 200, body = Envelope<Vec<ChannelProviders>>))
)]
pub(crate) async fn get_providers(Extract(state): Extract<State>) -> Result<Reply<Vec<ChannelProviders>>, NotifyError> {
    let now = state.platform.clock().now();
    let places: Vec<_> = state.providers.all().map(|(channel, provider)| (provider.name(), channel)).collect();
    let healths = state.watch.of(&places).await?;
    let view = |channel: Channel| {
        let of_channel = places.iter().zip(&healths).filter(|((_, it), _)| *it == channel);
        let mut providers: Vec<ProviderView> = of_channel
            .map(|((name, _), health)| ProviderView {
                name: (*name).to_owned(),
                circuit: health.circuit(now),
                open_until: health.open_until.filter(|until| *until > now),
                paused_until: health.paused_until.filter(|until| *until > now),
                failures: health.failures,
                last_error: health.last_error.clone(),
                last_failure_at: health.last_failure_at,
            })
            .collect();
        if channel == Channel::Inapp {
            providers.push(ProviderView::inbox());
        }
        ChannelProviders { channel, providers }
    };
    Ok(Reply::ok(Channel::ALL.into_iter().map(view).collect()))
}

impl ProviderView {
    /// Ours, in the same table as everything else.
    fn inbox() -> Self {
        Self {
            name: "inbox".to_owned(),
            circuit: Circuit::Closed,
            open_until: None,
            paused_until: None,
            failures: 0,
            last_error: None,
            last_failure_at: None,
        }
    }
}
