//! The five services' names, as callers see them.

/// What is the same for every answer of one service.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    /// Short name, also the first part of idempotency keys: `auth`.
    pub name: &'static str,
    /// Where its routes begin: `/auth/v1`.
    pub base_path: &'static str,
    /// What its error codes begin with: `ERR_AUTH_`.
    pub error_prefix: &'static str,
    /// `meta.service` of its answers: `auth-svc`.
    pub meta_name: &'static str,
    /// Title of its OpenAPI document.
    pub title: &'static str,
    /// Whether callers must name their tenant in `x-tenant-id`.
    pub tenant_header: TenantHeader,
    /// How fields are spelled in its bodies.
    pub spelling: Spelling,
}

/// How a service spells the names of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `firstName`.
    Camel,
    /// `first_name`.
    Snake,
}

/// What a service asks of the `x-tenant-id` header; a wrong one is refused in both modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenantHeader {
    /// May be absent.
    Optional,
    /// Its absence is refused like a foreign tenant.
    Required,
}

/// Sign-in, sessions, tenants and keys.
pub const AUTH: Service = Service {
    name: "auth",
    base_path: "/auth/v1",
    error_prefix: "ERR_AUTH_",
    meta_name: "auth-svc",
    title: "EventZR auth",
    tenant_header: TenantHeader::Optional,
    spelling: Spelling::Camel,
};

/// Threads and messages.
pub const CHAT: Service = Service {
    name: "chat",
    base_path: "/chat/v1",
    error_prefix: "ERR_CHAT_",
    meta_name: "chat-svc",
    title: "EventZR chat",
    tenant_header: TenantHeader::Optional,
    spelling: Spelling::Camel,
};

/// Mail, SMS, push and the in-app inbox.
pub const NOTIFY: Service = Service {
    name: "notify",
    base_path: "/notify/v1",
    error_prefix: "ERR_NOTIFY_",
    meta_name: "notify-svc",
    title: "EventZR notify",
    tenant_header: TenantHeader::Optional,
    spelling: Spelling::Camel,
};

/// Full-text and semantic search.
pub const SEARCH: Service = Service {
    name: "search",
    base_path: "/search/v1",
    error_prefix: "ERR_SEARCH_",
    meta_name: "search-svc",
    title: "EventZR search",
    tenant_header: TenantHeader::Required,
    spelling: Spelling::Snake,
};

/// Exports, schedules and outgoing webhooks.
pub const REPORTS: Service = Service {
    name: "reports",
    base_path: "/reports/v1",
    error_prefix: "ERR_REPORTS_",
    meta_name: "reports-svc",
    title: "EventZR reports",
    tenant_header: TenantHeader::Optional,
    spelling: Spelling::Camel,
};
