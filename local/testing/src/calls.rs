//! Callers, and what they ask of a service.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use shared::auth::{Plan, Role, TenantId, UserId};
use shared::clock::Clock;
use shared::ids;
use shared::service::{Service, TenantHeader};
use tower::ServiceExt;
use uuid::Uuid;

use crate::tokens;

/// A tenant.
pub const T1: TenantId = TenantId(Uuid::from_u128(1));
/// Another one.
pub const T2: TenantId = TenantId(Uuid::from_u128(2));

/// Somebody whose access token is new with each call.
#[derive(Clone, Debug)]
pub struct User {
    /// The token's `sub`.
    pub id: UserId,
    /// The tenant that it is for.
    pub tenant: TenantId,
    /// The only role.
    pub role: Role,
    /// The tenant's plan.
    pub plan: Plan,
}

impl User {
    /// Somebody new.
    #[must_use]
    pub fn new(clock: &Clock, tenant: TenantId, role: Role) -> Self {
        Self { id: UserId(ids::new(clock)), tenant, role, plan: Plan::Base }
    }

    /// The same person in a tenant of another plan.
    #[must_use]
    pub fn with_plan(&self, plan: Plan) -> Self {
        Self { plan, ..self.clone() }
    }

    /// The same person with another role.
    #[must_use]
    pub fn with_role(&self, role: Role) -> Self {
        Self { role, ..self.clone() }
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its JSON; `null` if it is none.
    pub body: Value,
}

/// What is at an address, as whoever has it gets it.
pub async fn fetch(url: impl reqwest::IntoUrl) -> reqwest::Response {
    let client = shared::client::http_client(Duration::from_secs(20)).unwrap();
    client.get(url).send().await.unwrap()
}

/// What a refusal is compared with.
#[must_use]
pub fn refusal(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// A request before it is sent.
pub struct Call<'a> {
    service: &'static Service,
    router: &'a Router,
    clock: &'a Clock,
    request: http::request::Builder,
    body: Body,
}

impl<'a> Call<'a> {
    /// Nobody's request of a service, below its base path.
    #[must_use]
    pub fn new(service: &'static Service, router: &'a Router, clock: &'a Clock, method: Method, path: &str) -> Self {
        let request = Request::builder().method(method).uri(format!("{}{path}", service.base_path));
        Self { service, router, clock, request, body: Body::empty() }
    }

    /// With this body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.raw("application/json", &body.to_string())
    }

    /// With a body that is not ours to make.
    #[must_use]
    pub fn raw(mut self, content_type: &str, body: &str) -> Self {
        self.body = Body::from(body.to_owned());
        self.header("content-type", content_type)
    }

    /// As `user`, who names his tenant where the service wants that.
    #[must_use]
    pub fn by(self, user: &User) -> Self {
        let is_named = self.service.tenant_header == TenantHeader::Required;
        let call = self.naming_no_tenant(user);
        if is_named { call.header("x-tenant-id", &user.tenant.to_string()) } else { call }
    }

    /// As `user`, who does not.
    #[must_use]
    pub fn naming_no_tenant(self, user: &User) -> Self {
        let mut claims = tokens::claims(self.clock, user.tenant, user.id, user.role);
        claims.plan_tier = user.plan;
        let bearer = format!("Bearer {}", tokens::sign(&claims));
        self.header("authorization", &bearer)
    }

    /// With this header, too.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Sends it.
    pub async fn send(self) -> Answer {
        let response = self.router.clone().oneshot(self.request.body(self.body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }

    /// Sends it, and gives `data` of a success.
    pub async fn data(self) -> Value {
        let mut answer = self.send().await;
        assert!(answer.status.is_success(), "{answer:?}");
        answer.body["data"].take()
    }

    /// Sends it, and gives status and error code, without the service's prefix.
    pub async fn refused(self) -> (u16, String) {
        let prefix = self.service.error_prefix;
        let answer = self.send().await;
        let code = answer.body["error"]["code"].as_str().unwrap_or_default();
        (answer.status.as_u16(), code.strip_prefix(prefix).unwrap_or(code).to_owned())
    }
}
