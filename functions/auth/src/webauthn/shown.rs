//! A passkey that is shown: whose it is, and the writes that belong to its use.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shared::jobs::SignInMethod;
use shared::store::Action;
use uuid::Uuid;
use webauthn_rs::prelude::{DiscoverableAuthentication, PublicKeyCredential, WebauthnError};

use super::ceremony::Ceremony;
use crate::accounts::Account;
use crate::sessions::Device;
use crate::signin::record_failure;
use crate::{AuthError, State};

/// A passkey that has verified its user.
pub(crate) struct Shown {
    /// Whose it is.
    pub(crate) account: Account,
    /// The write that ends the ceremony; refused if it was answered meanwhile.
    pub(crate) end: Action,
    /// The write of the passkey's use; refused if it was used or removed meanwhile.
    pub(crate) used: Action,
}

/// Checks a credential as the answer to a ceremony. The use counts once both writes are committed. A wrong answer ends
/// the ceremony, so that there is one guess and one line in the audit log for each that was begun.
pub(crate) async fn show(
    state: &State,
    device: &Device,
    ceremony_id: Uuid,
    credential: &PublicKeyCredential,
) -> Result<Shown, AuthError> {
    let ceremony = Ceremony::Authentication(ceremony_id);
    let begun: Option<DiscoverableAuthentication> = state.ceremonies.find(ceremony).await?;
    let begun = begun.ok_or(AuthError::WebauthnFailed)?;
    let credential_id = credential.get_credential_id();
    let owner = state.passkeys.owner(&state.accounts, credential_id).await?;
    let problem = match &owner {
        None => WebauthnError::CredentialNotFound,
        Some((account, _)) if credential.get_user_unique_id() != Some(account.id.0.as_bytes()) => {
            WebauthnError::InvalidUserUniqueId
        }
        Some((account, passkey)) => {
            match state.webauthn.finish_discoverable_authentication_v2(credential, begun, &passkey.credential) {
                Ok(result) => {
                    let used = passkey.clone().used(&result, state.platform.clock().now());
                    let used = state.passkeys.save_used(account.id, passkey, &used);
                    return Ok(Shown { account: account.clone(), end: state.ceremonies.end(ceremony), used });
                }
                Err(problem) => problem,
            }
        }
    };
    if state.ceremonies.end(ceremony).run().await? {
        let (account, identifier) = (owner.as_ref().map(|(account, _)| account), URL_SAFE_NO_PAD.encode(credential_id));
        record_failure(state, account, &identifier, device, SignInMethod::Passkey, reason(&problem)).await?;
    }
    Err(AuthError::WebauthnFailed)
}

/// As the audit log names it.
fn reason(problem: &WebauthnError) -> &'static str {
    match problem {
        // Two authenticators may have the same key.
        WebauthnError::CredentialPossibleCompromise => "counterWentBack",
        WebauthnError::CredentialNotFound => "unknownPasskey",
        WebauthnError::UserNotVerified => "userNotVerified",
        _ => "webauthnFailed",
    }
}
