//! Why a delivery stands where it stands: what happened to it, in codes and in words.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::suppressions::SuppressionReason;

/// Something that happened to a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) at: Timestamp,
    pub(crate) what: What,
}

/// What happened. The text is for people; the code is stable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum What {
    #[error("Accepted, and sent as soon as its turn comes.")]
    Accepted,
    #[error("Accepted, to be sent at {due}.")]
    Scheduled { due: Timestamp },
    #[error("Accepted into a digest that is sent at {due}.")]
    Digest { due: Timestamp },
    #[error("The recipient has quiet hours; it is sent when they end, at {until}.")]
    QuietHours { until: Timestamp },
    #[error("The recipient has no {missing}.")]
    NoContact { missing: String },
    #[error("The recipient is no member of the tenant any more.")]
    NotMember,
    #[error("The recipient's address is suppressed: {reason}.")]
    Suppressed { reason: SuppressionReason },
    #[error("The recipient does not want this category on this channel.")]
    PreferenceOff,
    #[error("The recipient has had as many of these messages as wanted: {limit} {per}.")]
    FrequencyCap { limit: u32, per: String },
    #[error("The message could not be rendered: {problem}.")]
    RenderingFailed { problem: String },
    #[error("One of its attachments is not there any more.")]
    AttachmentGone,
    #[error("No provider is configured for this channel.")]
    NoProvider,
    #[error("{provider} asked to slow down; tried again at {until}.")]
    Throttled { provider: String, until: Timestamp },
    #[error("{provider} could not take it ({error}); tried again at {until}.")]
    AttemptFailed { provider: String, error: String, until: Timestamp },
    #[error("{provider} gave no answer ({error}) and may have taken it; tried again at {until}.")]
    NoAnswer { provider: String, error: String, until: Timestamp },
    #[error("{provider} could not take it ({error}); the next provider was asked.")]
    FailedOver { provider: String, error: String },
    #[error("{provider} is not asked before {until}: it has failed too often, or wants a pause.")]
    ProviderDown { provider: String, until: Timestamp },
    #[error("It could not be sent within a day of its time.")]
    TooLate,
    #[error("A device of the recipient's is not there any more ({error}).")]
    DeviceGone { provider: String, error: String },
    #[error("All of the recipient's devices have it.")]
    AllDevices,
    #[error("{provider} could not take it ({error}); it was the last try.")]
    RetriesExhausted { provider: String, error: String },
    #[error("{provider} refused it ({error}).")]
    ProviderRefused { provider: String, error: String },
    #[error("A worker ended while it was sending; the provider may have taken it, and it is tried again.")]
    Interrupted,
    #[error("Its message was lost on the way to the worker; a new one was sent.")]
    Stuck,
    #[error("Workers ended each time they tried to send it.")]
    Crashed,
    #[error("{provider} took it.")]
    Sent { provider: String, message_id: String },
    #[error("{provider} says that it has arrived.")]
    Delivered { provider: String },
    #[error("{provider} says that the recipient has opened it.")]
    Opened { provider: String },
    #[error("The recipient's side gave it back ({error}), says {provider}.")]
    Bounced { provider: String, error: String },
    #[error("The recipient calls it spam, says {provider}.")]
    Complained { provider: String },
    #[error("It is in the recipient's inbox.")]
    InInbox,
    #[error("The recipient has read it.")]
    Read,
    #[error("Cancelled before it was sent.")]
    Cancelled,
    #[error("An administrator had it tried again.")]
    Requeued,
}

impl What {
    /// Stable, for programs.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Accepted => "ACCEPTED",
            Self::Scheduled { .. } => "SCHEDULED",
            Self::Digest { .. } => "DIGEST",
            Self::QuietHours { .. } => "QUIET_HOURS",
            Self::NoContact { .. } => "NO_CONTACT",
            Self::NotMember => "NOT_MEMBER",
            Self::Suppressed { reason } => match reason {
                SuppressionReason::Bounce => "SUPPRESSED_BOUNCE",
                SuppressionReason::Complaint => "SUPPRESSED_COMPLAINT",
                SuppressionReason::Unsubscribe => "SUPPRESSED_UNSUBSCRIBE",
                SuppressionReason::Manual => "SUPPRESSED_MANUAL",
            },
            Self::PreferenceOff => "PREFERENCE_OFF",
            Self::FrequencyCap { .. } => "FREQUENCY_CAP",
            Self::RenderingFailed { .. } => "TEMPLATE_RENDERING_FAILED",
            Self::AttachmentGone => "ATTACHMENT_GONE",
            Self::NoProvider => "NO_PROVIDER",
            Self::Throttled { .. } => "THROTTLED",
            Self::AttemptFailed { .. } => "ATTEMPT_FAILED",
            Self::NoAnswer { .. } => "NO_ANSWER",
            Self::FailedOver { .. } => "FAILED_OVER",
            Self::ProviderDown { .. } => "PROVIDER_DOWN",
            Self::AllDevices => "ALL_DEVICES",
            Self::TooLate => "TOO_LATE",
            Self::DeviceGone { .. } => "DEVICE_GONE",
            Self::RetriesExhausted { .. } => "RETRIES_EXHAUSTED",
            Self::ProviderRefused { .. } => "PROVIDER_REFUSED",
            Self::Interrupted => "INTERRUPTED",
            Self::Stuck => "STUCK",
            Self::Crashed => "CRASHED",
            Self::Sent { .. } => "SENT",
            Self::Delivered { .. } => "DELIVERED",
            Self::Opened { .. } => "OPENED",
            Self::Bounced { .. } => "BOUNCED",
            Self::Complained { .. } => "COMPLAINED",
            Self::InInbox => "IN_INBOX",
            Self::Read => "READ",
            Self::Cancelled => "CANCELLED",
            Self::Requeued => "REQUEUED",
        }
    }

    /// The provider that was asked.
    pub(crate) fn provider(&self) -> Option<&str> {
        match self {
            Self::Throttled { provider, .. }
            | Self::AttemptFailed { provider, .. }
            | Self::NoAnswer { provider, .. }
            | Self::FailedOver { provider, .. }
            | Self::ProviderDown { provider, .. }
            | Self::DeviceGone { provider, .. }
            | Self::RetriesExhausted { provider, .. }
            | Self::ProviderRefused { provider, .. }
            | Self::Delivered { provider }
            | Self::Opened { provider }
            | Self::Bounced { provider, .. }
            | Self::Complained { provider }
            | Self::Sent { provider, .. } => Some(provider),
            _ => None,
        }
    }

    /// What the provider calls the message.
    pub(crate) fn provider_message_id(&self) -> Option<&str> {
        match self {
            Self::Sent { message_id, .. } => Some(message_id),
            _ => None,
        }
    }
}
