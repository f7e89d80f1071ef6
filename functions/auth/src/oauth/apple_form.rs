//! `POST /oauth/apple/form`: where Apple sends people back to. The application cannot take a form, so it goes on there
//! with what it needs.

use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::response::Redirect;
use form_urlencoded::Serializer;
use serde::Deserialize;
use shared::Error;
use shared::http::ErrorEnvelope;
use utoipa::ToSchema;

use super::ProviderName;
use super::model::Names;
use crate::{AuthError, State};

/// What Apple posts; other fields are not looked at.
#[derive(Default, ToSchema)]
pub(crate) struct AppleForm {
    /// Missing if somebody has turned back.
    code: Option<String>,
    /// From `/oauth/apple/authorize`.
    state: String,
    /// JSON with the name, at the very first sign-in alone.
    user: Option<String>,
}

/// What of `user` is read.
#[derive(Deserialize)]
struct AppleUser {
    name: AppleName,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AppleName {
    first_name: Option<String>,
    last_name: Option<String>,
}

/// Leads to the application's page `/oauth/callback/apple` with `code` and `state`; with `error` instead of `code` if
/// somebody has turned back. The name that Apple tells only here is kept for the callback.
#[utoipa::path(
    post, path = "/oauth/apple/form", operation_id = "forwardAppleForm", tag = "other providers",
    request_body(content = AppleForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "To the application", headers(("Location" = String, description = "Its page"))),
        (status = 400, description = "VALIDATION_FAILED: there is no `state`", body = ErrorEnvelope),
        (status = 503, description = "UNAVAILABLE: Apple is not configured", body = ErrorEnvelope),
    )
)]
pub(crate) async fn forward_apple_form(Extract(state): Extract<State>, body: Bytes) -> Result<Redirect, AuthError> {
    state.oauth.provider(ProviderName::Apple)?;
    let form = AppleForm::read(&body);
    if form.state.is_empty() {
        return Err(Error::field("state", "is needed").into());
    }
    if let Some(names) = form.names() {
        state.oauth.states.tell_names(&form.state, &names).await?;
    }
    let mut query = Serializer::new(String::new());
    match &form.code {
        Some(code) => query.append_pair("code", code),
        None => query.append_pair("error", "access_denied"),
    };
    let query = query.append_pair("state", &form.state).finish();
    Ok(Redirect::to(&format!("{}?{query}", state.oauth.apple_page)))
}

impl AppleForm {
    fn read(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            match name.as_ref() {
                "code" => form.code = Some(value.into_owned()),
                "state" => form.state = value.into_owned(),
                "user" => form.user = Some(value.into_owned()),
                _ => {}
            }
        }
        form
    }

    /// A name that cannot be read is none: nobody is kept out for it.
    fn names(&self) -> Option<Names> {
        let AppleUser { name } = serde_json::from_str(self.user.as_deref()?).ok()?;
        Some(Names::new(name.first_name.as_deref(), name.last_name.as_deref(), None))
    }
}
