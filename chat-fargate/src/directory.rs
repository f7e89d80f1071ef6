//! Who belongs to the caller's tenant: auth knows.

use std::collections::HashSet;

use http::StatusCode;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::UserId;
use shared::config::{ConfigError, Env};

use crate::config::{auth_base_url, http_client};

/// Auth's directory of users, asked with the caller's own token.
#[derive(Clone, Debug)]
pub(crate) struct MemberDirectory {
    http: reqwest::Client,
    lookup: String,
}

#[derive(Serialize)]
struct Lookup<'a> {
    ids: &'a [UserId],
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    id: UserId,
}

impl MemberDirectory {
    /// Reads `AUTH_BASE_URL`.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let http = http_client().map_err(|error| ConfigError::new("AUTH_BASE_URL", error.to_string()))?;
        Ok(Self { http, lookup: format!("{}/users/lookup", auth_base_url(env)?) })
    }

    /// Those of `ids` that are users of the tenant of `authorization`, the caller's `Authorization` header.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] when auth does not take the token (any more), [`Error::Unavailable`]
    /// when it does not answer.
    pub(crate) async fn members_of_tenant(
        &self,
        authorization: &http::HeaderValue,
        ids: &[UserId],
    ) -> Result<HashSet<UserId>, Error> {
        let request = self.http.post(&self.lookup).header(http::header::AUTHORIZATION, authorization);
        let response = request.json(&Lookup { ids }).send().await.map_err(Error::unavailable)?;
        match response.status() {
            StatusCode::OK => {
                let answer: Answer = response.json().await.map_err(Error::unavailable)?;
                Ok(answer.data.into_iter().map(|found| found.id).collect())
            }
            StatusCode::UNAUTHORIZED => Err(Error::Unauthorized),
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Err(Error::unavailable(format!("auth answered {status} to a lookup")))
            }
            status => Err(Error::internal(format!("auth answered {status} to a lookup"))),
        }
    }
}
