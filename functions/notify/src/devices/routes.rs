//! `/devices`

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{Principal, Role, UserId};
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, PathParams, Query, Reply};
use shared::store::Transaction;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::model::{Device, DeviceView, RegisterDevice};
use crate::{NotifyError, State};

/// Tries against others who change the same devices.
const TRIES: usize = 5;

/// Whose devices.
#[derive(Clone, Copy, Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct DeviceOwner {
    /// Another member's, for organizers; one's own if it is not given.
    #[garde(skip)]
    user_id: Option<UserId>,
}

/// That a device gets no more messages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeviceRemoved {
    /// Always true.
    removed: bool,
}

/// Registers the caller's device for push messages. A second time renews it; a device that was somebody else's is the
/// caller's from now on. Of more than ten, the one registered first goes.
#[utoipa::path(
    post, path = "/devices", operation_id = "createDevice", tag = "devices", request_body = RegisterDevice,
    responses(
        (status = 201, body = Envelope<DeviceView>),
        (status = 400, description = "VALIDATION_FAILED, or INVALID_CHANNEL: push is not configured for this platform", body = ErrorEnvelope),
    )
)]
pub(crate) async fn create_device(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(request): Json<RegisterDevice>,
) -> Result<Reply<DeviceView>, NotifyError> {
    let (tenant, user) = (principal.tenant(), principal.user());
    let device = Device {
        id: request.id(),
        platform: request.platform,
        endpoint: state.endpoints.of(&request).await?,
        name: request.name,
        registered_at: state.platform.clock().now(),
    };
    for _ in 0..TRIES {
        let mut transaction = Transaction::new(state.platform.store());
        transaction.extend(state.devices.give(tenant, user, &device).await?);
        if let Finished::Reply(reply) = idempotency.commit(transaction, Reply::created(device.view())).await? {
            return Ok(reply);
        }
    }
    Err(Error::unavailable("the devices keep changing").into())
}

/// Lists one's own devices, or for organizers any member's; the one registered last comes last.
#[utoipa::path(
    get, path = "/devices", operation_id = "listDevices", tag = "devices", params(DeviceOwner),
    responses(
        (status = 200, body = Envelope<Vec<DeviceView>>),
        (status = 400, description = "VALIDATION_FAILED", body = ErrorEnvelope),
        (status = 403, description = "Another user's, without the role `organizer`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_devices(
    Extract(state): Extract<State>,
    principal: Principal,
    Query(owner): Query<DeviceOwner>,
) -> Result<Reply<Vec<DeviceView>>, NotifyError> {
    let user = owner.of(&principal)?;
    Ok(Reply::ok(state.devices.views(principal.tenant(), user).await?))
}

/// Removes a device: it gets no more messages.
#[utoipa::path(
    delete, path = "/devices/{id}", operation_id = "deleteDevice", tag = "devices",
    params(("id" = Uuid, Path), DeviceOwner),
    responses(
        (status = 200, body = Envelope<DeviceRemoved>),
        (status = 400, description = "VALIDATION_FAILED", body = ErrorEnvelope),
        (status = 403, description = "Another user's, without the role `organizer`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn delete_device(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    Query(owner): Query<DeviceOwner>,
) -> Result<Reply<DeviceRemoved>, NotifyError> {
    let user = owner.of(&principal)?;
    for _ in 0..TRIES {
        let taken = state.devices.take(principal.tenant(), user, id).await?.ok_or(Error::NotFound)?;
        let mut transaction = Transaction::new(state.platform.store());
        transaction.extend(taken);
        let reply = Reply::ok(DeviceRemoved { removed: true });
        if let Finished::Reply(reply) = idempotency.commit(transaction, reply).await? {
            return Ok(reply);
        }
    }
    Err(Error::unavailable("the devices keep changing").into())
}

impl DeviceOwner {
    fn of(self, principal: &Principal) -> Result<UserId, Error> {
        match self.user_id {
            Some(user) if user != principal.user() && !principal.roles().include(Role::Organizer) => {
                Err(Error::Forbidden)
            }
            Some(user) => Ok(user),
            None => Ok(principal.user()),
        }
    }
}
