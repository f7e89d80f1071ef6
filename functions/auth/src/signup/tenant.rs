//! Which tenant a sign-up joins.

use shared::Error;
use shared::auth::TenantId;

use crate::tenants::NamedTenant;
use crate::{AuthError, State};

/// The named tenant if it is open to sign-up, or the default one if none is named.
pub(crate) async fn open_to_sign_up(state: &State, NamedTenant(named): NamedTenant) -> Result<TenantId, AuthError> {
    let default = state.sign_up.default_tenant;
    let wanted = named.or(default).ok_or(Error::Forbidden)?;
    let tenant = state.tenants.get(wanted).await?.ok_or(Error::Forbidden)?;
    if tenant.open_signup || default == Some(wanted) { Ok(wanted) } else { Err(Error::Forbidden.into()) }
}
