//! Devices and their rules.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::http::rules::refuse_unless;
use utoipa::ToSchema;
use uuid::Uuid;

/// What a device runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DevicePlatform {
    /// Reached by Apple's push service.
    Ios,
    /// Reached by Google's push service; so are browsers.
    Android,
}

impl DevicePlatform {
    /// As it stands in bodies.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ios => "ios",
            Self::Android => "android",
        }
    }
}

/// A device to which push messages go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Device {
    pub(crate) id: Uuid,
    pub(super) platform: DevicePlatform,
    pub(super) name: Option<String>,
    /// The ARN by which SNS knows it.
    pub(crate) endpoint: String,
    pub(super) registered_at: Timestamp,
}

/// A device as callers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Device)]
pub(crate) struct DeviceView {
    id: Uuid,
    platform: DevicePlatform,
    name: Option<String>,
    /// When it was last registered.
    #[schema(value_type = String, format = DateTime)]
    registered_at: Timestamp,
}

/// A device that is to get push messages.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RegisterDevice {
    #[garde(skip)]
    pub(super) platform: DevicePlatform,
    /// What the platform's push service has given to the app on this device.
    #[garde(length(min = 16, max = 4096), custom(push_token))]
    pub(super) token: String,
    /// What its owner calls it.
    #[garde(inner(length(chars, min = 1, max = 100)))]
    pub(super) name: Option<String>,
}

impl Device {
    pub(super) fn view(&self) -> DeviceView {
        DeviceView { id: self.id, platform: self.platform, name: self.name.clone(), registered_at: self.registered_at }
    }
}

impl RegisterDevice {
    /// The device's id: the same for the same app on the same device, whatever the tenant.
    pub(super) fn id(&self) -> Uuid {
        shared::seal::name_id("device", format!("{}#{}", self.platform.name(), self.token).as_bytes())
    }
}

fn push_token<C>(text: &str, _: &C) -> garde::Result {
    refuse_unless(text.bytes().all(|byte| byte.is_ascii_graphic()), "must be a push token: ASCII without spaces")
}
