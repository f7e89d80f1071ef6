//! search on the embedded AWS, asked through its router without a socket.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use http::{Method, Request};
use search::Search;
use serde_json::{Value, json};
use shared::auth::Role;
use shared::clock::Clock;
use tower::ServiceExt;

use crate::queue::Workers;
use crate::stage::{BoxError, Stage, TENANT};

/// A running search with its queue, and somebody who may ask it everything.
pub(crate) struct Service {
    pub(super) api: Api,
    pub(super) workers: Workers,
    search: Search,
}

/// A router with somebody's token.
pub(super) struct Api {
    router: Router,
    pub(super) token: String,
}

/// The folder of the embedding model in this checkout; an error says how to get it.
pub(crate) fn model() -> Result<PathBuf, BoxError> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../functions/search/model"));
    // What `fetch-model.py` writes last.
    if folder.join("l2_supercat_256.safetensors").exists() {
        return Ok(folder.canonicalize()?);
    }
    Err("the embedding model is not there: run `python3 functions/search/fetch-model.py`".into())
}

/// The variables of the API and of its worker.
pub(super) fn variables(stage: &Stage) -> Result<BTreeMap<String, String>, BoxError> {
    let worker = stage.aws.function_env("SearchWorkerFunction")?;
    let mut variables: BTreeMap<_, _> = stage.aws.function_env("SearchFunction")?.into_iter().chain(worker).collect();
    variables.insert("EMBEDDING_MODEL_DIR".to_owned(), model()?.to_string_lossy().into_owned());
    Ok(variables)
}

/// A token that may do everything.
pub(super) async fn token(stage: &Stage, name: &str) -> Result<String, BoxError> {
    Ok(stage.member_as(name, Role::Admin).await?.token)
}

impl Service {
    pub(crate) async fn start(stage: &Stage) -> Result<Self, BoxError> {
        let variables = variables(stage)?;
        let queue = variables["SEARCH_QUEUE_URL"].clone();
        let search = Search::build(&variables.into_iter().collect(), stage.clock.clone()).await?;
        let workers = Workers::new(stage, &queue, search.worker()).await?;
        let api = Api { router: search.router(), token: token(stage, "ada").await? };
        Ok(Self { api, workers, search })
    }

    /// Stores documents, `{"documents": […]}`; gives the task that indexes them.
    pub(crate) async fn put(&self, documents: String) -> Result<String, BoxError> {
        let accepted = self.api.call(Method::PUT, "/documents", Some(documents)).await?;
        Ok(accepted["task_id"].as_str().ok_or("no task")?.to_owned())
    }

    /// Indexes what is stored, and makes sure that this task is done.
    pub(crate) async fn work(&self, task: &str) -> Result<(), BoxError> {
        self.workers.drain().await?;
        let task = self.api.call(Method::GET, &format!("/tasks/{task}"), None).await?;
        if task["status"] == "done" { Ok(()) } else { Err(format!("not indexed: {task}").into()) }
    }

    /// Finds what this search describes.
    pub(crate) async fn search(&self, wanted: &Value) -> Result<Value, BoxError> {
        self.api.call(Method::POST, "/search", Some(wanted.to_string())).await
    }

    /// Merges segments, as every five minutes.
    pub(super) async fn maintain(&self) -> Result<(), BoxError> {
        let event = serde_json::from_value(json!({"timer": "maintain"}))?;
        shared::jobs::handle(self.search.worker().as_ref(), event).await?;
        self.workers.drain().await?;
        Ok(())
    }

    /// From now on somebody else asks, whose token is new.
    pub(super) async fn change_caller(&mut self, stage: &Stage) -> Result<(), BoxError> {
        self.api.token = token(stage, "bob").await?;
        Ok(())
    }

    /// The size of its index.
    pub(super) async fn stats(&self) -> Result<Value, BoxError> {
        self.api.call(Method::GET, "/admin/stats", None).await
    }
}

impl Api {
    /// A new process' search, whose caller has this token.
    pub(super) async fn build(variables: BTreeMap<String, String>, token: String) -> Result<Self, BoxError> {
        let search = Search::build(&variables.into_iter().collect(), Clock::system()).await?;
        Ok(Self { router: search.router(), token })
    }

    /// The `data` of an answer.
    pub(super) async fn call(&self, method: Method, path: &str, body: Option<String>) -> Result<Value, BoxError> {
        let mut answer: Value = serde_json::from_slice(&self.send(method, path, body).await?)?;
        Ok(answer["data"].take())
    }

    /// The milliseconds until an answer is there.
    pub(super) async fn time(&self, method: Method, path: &str, body: Option<String>) -> Result<f64, BoxError> {
        let started = Instant::now();
        self.send(method, path, body).await?;
        Ok(started.elapsed().as_secs_f64() * 1000.0)
    }

    async fn send(&self, method: Method, path: &str, body: Option<String>) -> Result<Bytes, BoxError> {
        let request = Request::builder()
            .method(method)
            .uri(format!("/search/v1{path}"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("x-tenant-id", TENANT.to_string())
            .header("content-type", "application/json");
        let answer = self.router.clone().oneshot(request.body(body.map(Body::from).unwrap_or_default())?).await?;
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), usize::MAX).await?;
        if status.is_success() { Ok(bytes) } else { Err(String::from_utf8_lossy(&bytes).into()) }
    }
}
