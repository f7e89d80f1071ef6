//! A service with a route of each kind.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::extract::State;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::auth::{Plan, Principal, Role};
use shared::http::{
    Api, Envelope, ErrorEnvelope, Finished, Idempotency, Json, Paging, PathParams, Query, Refusal, Reply, Rule,
};
use shared::jobs::QueueName;
use shared::routes;
use shared::service::{Service, Spelling, TenantHeader};
use shared::store::{Key, Transaction};
use shared::{Error, Platform, ids};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub(crate) const ISSUER: &str = "https://api.example.com/auth/v1";

pub(crate) static SAMPLE: Service = service(TenantHeader::Optional);
pub(crate) static STRICT: Service = service(TenantHeader::Required);

const fn service(tenant_header: TenantHeader) -> Service {
    Service {
        name: "sample",
        base_path: "/sample/v1",
        error_prefix: "ERR_SAMPLE_",
        meta_name: "sample-svc",
        title: "EventZR sample",
        tenant_header,
        spelling: Spelling::Camel,
    }
}

#[derive(Clone)]
struct Sample {
    platform: Platform,
    charges: Arc<AtomicU32>,
}

pub(crate) fn router(platform: &Platform, charges: Arc<AtomicU32>) -> Router {
    Api::new(platform)
        .route(Rule::public(), routes!(echo))
        .route(Rule::public(), routes!(panics))
        .route(Rule::bearer(), routes!(me))
        .route(Rule::role(Role::Organizer), routes!(organized))
        .route(Rule::role(Role::Organizer).with_plan(Plan::Professional), routes!(scheduled))
        .route(Rule::bearer(), routes!(write_note, notes))
        .route(Rule::bearer(), routes!(note))
        .route(Rule::bearer(), routes!(archive))
        .route(Rule::bearer(), routes!(make_secret))
        .route(Rule::bearer(), routes!(charge))
        .finish(Sample { platform: platform.clone(), charges })
}

#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Note {
    #[garde(length(chars, min = 1, max = 40))]
    text_of_note: String,
    #[garde(skip)]
    count: Option<u32>,
}

/// A note as it is kept and shown.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Kept {
    text_of_note: String,
    count: Option<u32>,
}

/// Says what it was told.
#[utoipa::path(post, path = "/echo", request_body = Note, responses((status = 200, body = Envelope<Note>)))]
async fn echo(Json(note): Json<Note>) -> Reply<Note> {
    Reply::ok(note)
}

/// Is broken.
#[utoipa::path(get, path = "/panics", responses((status = 200, body = Envelope<String>)))]
async fn panics() -> Reply<String> {
    panic!("as it was made")
}

/// Who calls.
#[utoipa::path(get, path = "/me", responses((status = 200, body = Envelope<Uuid>)))]
async fn me(principal: Principal) -> Reply<Uuid> {
    Reply::ok(principal.user().0)
}

/// For organizers.
#[utoipa::path(get, path = "/organized", responses((status = 200, body = Envelope<String>)))]
async fn organized() -> Reply<&'static str> {
    Reply::ok("organized")
}

/// For organizers of tenants that pay.
#[utoipa::path(get, path = "/scheduled", responses((status = 200, body = Envelope<String>)))]
async fn scheduled() -> Reply<&'static str> {
    Reply::ok("scheduled")
}

/// Writes a note once: no text may be there twice.
#[utoipa::path(post, path = "/notes", request_body = Note, responses((status = 201, body = Envelope<Uuid>)))]
async fn write_note(
    State(sample): State<Sample>,
    principal: Principal,
    idempotency: Idempotency,
    Json(note): Json<Note>,
) -> Result<Reply<Uuid>, Refusal> {
    let (platform, table) = (&sample.platform, sample.platform.table());
    let id = ids::new(platform.clock());
    let key = Key::new(format!("TENANT#{}#NOTES", principal.tenant()), note.text_of_note.clone());
    let mut transaction = Transaction::new(platform.store())
        .with(table.put(&key, &note).if_absent())
        .with(table.update(&counter(&principal), "ADD written :one").value(":one", 1));
    let entries = platform.outbox().add(&mut transaction, QueueName::Reports, principal.tenant(), &id, None)?;
    match idempotency.commit(transaction, Reply::created(id)).await? {
        Finished::Reply(reply) => {
            reply.send(platform.outbox(), entries).await;
            Ok(reply)
        }
        Finished::Refused(_) => Err(Error::Conflict.into()),
    }
}

/// Where the effects of [`write_note`] are counted.
pub(crate) fn counter(principal: &Principal) -> Key {
    Key::new(format!("TENANT#{}", principal.tenant()), "COUNTER")
}

#[derive(Debug, Serialize, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    #[garde(length(max = 40))]
    prefix: Option<String>,
}

async fn list(
    sample: &Sample,
    principal: &Principal,
    endpoint: &str,
    paging: Paging,
    filter: Filter,
) -> Result<Reply<Vec<Kept>>, Refusal> {
    let pager = paging.open(sample.platform.sealer(), principal, endpoint, &filter)?;
    let pk = format!("TENANT#{}#NOTES", principal.tenant());
    let mut query = sample.platform.table().query(pk);
    if let Some(prefix) = filter.prefix {
        query = query.prefix(prefix);
    }
    let rows = query.limit(pager.limit()).after(pager.start().cloned()).page().await?;
    let page = pager.page(rows.next.as_ref())?;
    Ok(Reply::page(rows.items, page))
}

/// The tenant's notes.
#[utoipa::path(get, path = "/notes", params(Paging, Filter), responses((status = 200, body = Envelope<Vec<Kept>>)))]
async fn notes(
    State(sample): State<Sample>,
    principal: Principal,
    paging: Paging,
    Query(filter): Query<Filter>,
) -> Result<Reply<Vec<Kept>>, Refusal> {
    list(&sample, &principal, "notes", paging, filter).await
}

/// The same notes under another address.
#[utoipa::path(get, path = "/archive", params(Paging, Filter), responses((status = 200, body = Envelope<Vec<Kept>>)))]
async fn archive(
    State(sample): State<Sample>,
    principal: Principal,
    paging: Paging,
    Query(filter): Query<Filter>,
) -> Result<Reply<Vec<Kept>>, Refusal> {
    list(&sample, &principal, "archive", paging, filter).await
}

/// One note.
#[utoipa::path(get, path = "/notes/{text}", params(("text" = String, Path)), responses((status = 200, body = Envelope<Kept>)))]
async fn note(
    State(sample): State<Sample>,
    principal: Principal,
    PathParams(text): PathParams<String>,
) -> Result<Reply<Kept>, Refusal> {
    let key = Key::new(format!("TENANT#{}#NOTES", principal.tenant()), text);
    let found: Option<Kept> = sample.platform.table().get(&key).await?;
    Ok(Reply::ok(found.ok_or(Error::NotFound)?))
}

/// Gives a secret, once.
#[utoipa::path(post, path = "/secrets", responses((status = 201, body = Envelope<String>)))]
async fn make_secret(
    State(sample): State<Sample>,
    principal: Principal,
    idempotency: Idempotency,
) -> Result<Reply<&'static str>, Refusal> {
    let table = sample.platform.table();
    let transaction = Transaction::new(sample.platform.store())
        .with(table.update(&counter(&principal), "ADD written :one").value(":one", 1));
    match idempotency.commit_unkept(transaction, Reply::created("shown once")).await? {
        Finished::Reply(reply) => Ok(reply),
        Finished::Refused(_) => Err(Error::Conflict.into()),
    }
}

/// How a charge goes.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Paid,
    Declined,
    Down,
    Crash,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct Charge {
    outcome: Outcome,
}

/// Has an effect outside of the store.
#[utoipa::path(post, path = "/charges", request_body = Charge, responses(
    (status = 201, body = Envelope<u32>),
    (status = 404, body = ErrorEnvelope),
))]
async fn charge(
    State(sample): State<Sample>,
    idempotency: Idempotency,
    Json(charge): Json<Charge>,
) -> Result<Reply<u32>, Refusal> {
    idempotency.hold().await?;
    let charges = sample.charges.fetch_add(1, Ordering::SeqCst) + 1;
    match charge.outcome {
        Outcome::Paid => {}
        Outcome::Declined => return Err(Error::NotFound.into()),
        Outcome::Down => return Err(Error::unavailable("the bank is closed").into()),
        Outcome::Crash => panic!("half-way"),
    }
    match idempotency.commit(Transaction::new(sample.platform.store()), Reply::created(charges)).await? {
        Finished::Reply(reply) => Ok(reply),
        Finished::Refused(_) => Err(Error::Conflict.into()),
    }
}
