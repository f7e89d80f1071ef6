//! `Idempotency-Key`: the same request twice has its effect once and gets the same answer.
//!
//! A handler whose effect is one transaction adds the record of its answer to it
//! ([`Idempotency::commit`]): no lease and no extra write. One with an effect outside of the
//! store holds the key by a lease while it runs ([`Idempotency::hold`]).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::reply::{Body, Kept, Passing, REPLAYED, Refusal, Reply};
use crate::auth::Principal;
use crate::clock::Clock;
use crate::error::{Error, chain};
use crate::ids;
use crate::platform::Platform;
use crate::seal::{Purpose, Sealer};
use crate::store::{Action, Commit, Key, Table, Transaction};

/// What record keys and body fingerprints are signed for.
const PURPOSE: Purpose = "idempotency";
const HEADER: &str = "idempotency-key";
/// How long an answer is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How long a key stays taken by a request that never finished.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// Refusals that depend on what the platform holds, so the first one is kept. Malformed,
/// unauthenticated, oversized or rate-limited requests never began; nor are refusals kept that pass.
const KEPT_REFUSALS: [u16; 6] = [402, 403, 404, 409, 422, 423];

/// The records of one service.
#[derive(Clone, Debug)]
pub struct IdempotencyStore {
    table: Table,
    sealer: Sealer,
    clock: Clock,
}

/// The Idempotency-Key of this request, if it has one.
#[derive(Clone, Debug)]
pub struct Idempotency(Option<Keyed>);

#[derive(Clone, Debug)]
struct Keyed {
    store: IdempotencyStore,
    key: Key,
    fingerprint: String,
    /// This request, as the holder of the key.
    holder: Uuid,
    held: Arc<AtomicBool>,
    /// Whether the handler has written the record in its transaction.
    recorded: Arc<AtomicBool>,
}

/// One record.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    fingerprint: String,
    state: State,
    /// In milliseconds, so that conditions can compare it.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    expires_at: Timestamp,
    ttl: i64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
enum State {
    /// A request holds the key; its lease ends with the record's `expires_at`.
    Running { holder: Uuid },
    /// Done, and its answer held a secret.
    DoneUnkept,
    /// Done, with the answer's parts as JSON text.
    Done { status: u16, data: Option<String>, error: Option<String>, page: Option<String> },
}

/// How a transaction with its idempotency record ended.
#[derive(Debug)]
#[must_use]
pub enum Finished<T> {
    /// Done now, or done before: this is the answer.
    Reply(Reply<T>),
    /// The condition of the action with this index did not hold.
    Refused(usize),
}

impl<T> Finished<T> {
    /// The answer; `refused` for a condition that did not hold, whichever it was.
    pub fn reply_or<E>(self, refused: E) -> Result<Reply<T>, E> {
        match self {
            Self::Reply(reply) => Ok(reply),
            Self::Refused(_) => Err(refused),
        }
    }
}

impl IdempotencyStore {
    /// Records in `table`, signed by `sealer`.
    #[must_use]
    pub fn new(table: Table, sealer: Sealer, clock: Clock) -> Self {
        Self { table, sealer, clock }
    }
}

impl Idempotency {
    /// For callers that send no key, like sockets.
    #[must_use]
    pub fn none() -> Self {
        Self(None)
    }

    /// Whether there is a key, so that [`Idempotency::commit`] writes a record.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// The key of a write that needs a token; every other request has none.
    pub(super) fn of_request(platform: &Platform, parts: &Parts, body: &[u8]) -> Result<Option<Self>, Error> {
        let Some(principal) = parts.extensions.get::<Principal>() else {
            return Ok(None);
        };
        let writes = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(&parts.method);
        let (Some(value), true) = (parts.headers.get(HEADER), writes) else {
            return Ok(None);
        };
        let text = value
            .to_str()
            .ok()
            .filter(|text| (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()));
        let text = text.ok_or_else(|| Error::field("Idempotency-Key", "must be 1 to 255 visible ASCII characters"))?;
        let store = platform.idempotency().clone();
        let scope = (principal.tenant(), principal.user(), parts.method.as_str(), parts.uri.path(), text);
        let scope = serde_json::to_vec(&scope).map_err(Error::internal)?;
        let pk = format!("{}#{}", platform.service().name, store.sign(&scope)?);
        let query = parts.uri.query().unwrap_or_default();
        let fingerprint = store.sign(&[query.as_bytes(), b"\n", body].concat())?;
        let (holder, key) = (ids::new(&store.clock), Key::new(pk, "RECORD"));
        let keyed = Keyed { store, key, fingerprint, holder, held: Arc::default(), recorded: Arc::default() };
        Ok(Some(Self(Some(keyed))))
    }

    /// The first answer, if this request was answered before.
    pub(super) async fn replay(&self) -> Result<Option<Reply<()>>, Error> {
        match &self.0 {
            Some(keyed) => keyed.read().await,
            None => Ok(None),
        }
    }

    /// Commits `transaction` together with the record of `reply`.
    pub async fn commit<T: Serialize>(&self, transaction: Transaction, reply: Reply<T>) -> Result<Finished<T>, Error> {
        let state = || {
            let Body::Fresh(data) = &reply.body else {
                return Err(Error::internal("a kept answer is not kept again"));
            };
            let page = reply.page.as_ref().map(serde_json::to_string).transpose().map_err(Error::internal)?;
            let data = Some(serde_json::to_string(data).map_err(Error::internal)?);
            Ok(State::Done { status: reply.status.as_u16(), data, error: None, page })
        };
        let state = if self.0.is_some() { state()? } else { State::DoneUnkept };
        self.commit_as(transaction, reply, state).await
    }

    /// The same for an answer that holds a token or a secret: its replay is 409.
    pub async fn commit_unkept<T>(&self, transaction: Transaction, reply: Reply<T>) -> Result<Finished<T>, Error> {
        self.commit_as(transaction, reply, State::DoneUnkept).await
    }

    async fn commit_as<T>(
        &self,
        mut transaction: Transaction,
        reply: Reply<T>,
        state: State,
    ) -> Result<Finished<T>, Error> {
        let Some(keyed) = &self.0 else {
            return Ok(match transaction.commit().await? {
                Commit::Done => Finished::Reply(reply),
                Commit::Refused(index) => Finished::Refused(index),
            });
        };
        let own = transaction.add(keyed.write(state, KEPT));
        let Commit::Refused(index) = transaction.commit().await? else {
            keyed.held.store(false, Ordering::Relaxed);
            keyed.recorded.store(true, Ordering::Relaxed);
            return Ok(Finished::Reply(reply));
        };
        // Whichever condition is named: the effect of a twin may be what broke it.
        match keyed.read().await? {
            Some(Reply { status, body: Body::Kept(kept), .. }) => {
                Ok(Finished::Reply(Reply { status, body: Body::Kept(kept), page: None }))
            }
            _ if index == own => Err(Error::unavailable("the record of a twin is gone")),
            _ => Ok(Finished::Refused(index)),
        }
    }

    /// Holds the key while an effect outside of the store runs. [`Idempotency::commit`] then keeps its
    /// answer (also with an empty transaction), an error frees the key, a crash frees it after a minute.
    pub async fn hold(&self) -> Result<(), Error> {
        let Some(keyed) = &self.0 else {
            return Ok(());
        };
        if keyed.write(State::Running { holder: keyed.holder }, LEASE).run().await? {
            keyed.held.store(true, Ordering::Relaxed);
            return Ok(());
        }
        Err(Error::IdempotencyInProgress { retry_after: std::time::Duration::from_secs(1) })
    }
}

impl IdempotencyStore {
    fn sign(&self, data: &[u8]) -> Result<String, Error> {
        use base64::Engine;
        let tag = self.sealer.mac(PURPOSE, data)?;
        Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(tag))
    }
}

impl Keyed {
    fn record(&self, state: State, kept: SignedDuration) -> Record {
        let expires_at = self.store.clock.now() + kept;
        Record { fingerprint: self.fingerprint.clone(), state, expires_at, ttl: expires_at.as_second() }
    }

    /// Writes the record, unless another request's stands there.
    fn write(&self, state: State, kept: SignedDuration) -> Action {
        let put = self.store.table.put(&self.key, &self.record(state, kept));
        put.when("attribute_not_exists(pk) OR expiresAt <= :now OR #state.holder = :holder")
            .name("#state", "state")
            .value(":now", self.store.clock.now().as_millisecond())
            .value(":holder", self.holder)
    }

    /// Frees a key that this request holds.
    fn release(&self) -> Action {
        let delete = self.store.table.delete(&self.key);
        delete.when("#state.holder = :holder").name("#state", "state").value(":holder", self.holder)
    }

    async fn read(&self) -> Result<Option<Reply<()>>, Error> {
        let found: Option<Record> = self.store.table.get(&self.key).await?;
        let now = self.store.clock.now();
        let Some(record) = found.filter(|record| record.expires_at > now) else {
            return Ok(None);
        };
        if record.fingerprint != self.fingerprint {
            return Err(Error::IdempotencyKeyReused);
        }
        match record.state {
            State::Running { holder } if holder == self.holder => Ok(None),
            State::Running { .. } => {
                let retry_after = record.expires_at.duration_since(now).try_into().unwrap_or_default();
                Err(Error::IdempotencyInProgress { retry_after })
            }
            State::DoneUnkept => Err(Error::IdempotencyResultNotStored),
            State::Done { status, data, error, page } => {
                let raw = |text: Option<String>| text.map(RawValue::from_string).transpose().map_err(Error::internal);
                let kept = Kept { data: raw(data)?, error: raw(error)?, page: raw(page)? };
                let status = StatusCode::from_u16(status).map_err(Error::internal)?;
                Ok(Some(Reply { status, body: Body::Kept(kept), page: None }))
            }
        }
    }
}

/// The parts of an envelope that are kept.
#[derive(Deserialize)]
struct Answer {
    data: Option<Box<RawValue>>,
    error: Option<Box<RawValue>>,
    page: Option<Box<RawValue>>,
}

impl Answer {
    /// What is said of the key itself is no answer of the handler's.
    fn is_kept(&self) -> bool {
        !self.error.as_ref().is_some_and(|error| error.get().contains("_IDEMPOTENCY_"))
    }

    fn done(self, status: u16) -> State {
        let text = |raw: Option<Box<RawValue>>| raw.map(|raw| raw.get().to_owned());
        State::Done { status, data: text(self.data), error: text(self.error), page: text(self.page) }
    }
}

/// Keeps what the handler answered without a transaction of its own, refusals above all, so that
/// its replay is the same. Frees the key after an error that is not kept.
pub(super) async fn keep_answer(idempotency: &Idempotency, response: Response) -> Response {
    let status = response.status().as_u16();
    let unrecorded = |keyed: &&Keyed| !keyed.recorded.load(Ordering::Relaxed);
    let Some(keyed) = idempotency.0.as_ref().filter(unrecorded).filter(|_| !response.headers().contains_key(REPLAYED))
    else {
        return response;
    };
    let passing = response.extensions().get::<Passing>().is_some();
    if status >= 400 && (passing || !KEPT_REFUSALS.contains(&status)) {
        if keyed.held.load(Ordering::Relaxed) {
            let released = keyed.release().run().await;
            warn_unless_written(released, "a held Idempotency-Key is free only after its lease");
        }
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
        return Response::from_parts(parts, axum::body::Body::empty());
    };
    if let Some(answer) = serde_json::from_slice::<Answer>(&bytes).ok().filter(Answer::is_kept) {
        let kept = keyed.write(answer.done(status), KEPT).run().await;
        warn_unless_written(kept, "an answer could not be kept for its Idempotency-Key");
    }
    Response::from_parts(parts, bytes.into())
}

/// The answer stands whatever becomes of its record.
fn warn_unless_written(written: Result<bool, Error>, message: &'static str) {
    if let Err(error) = written {
        tracing::warn!(error.chain = chain(&error), message);
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Idempotency {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or(Self(None)))
    }
}
