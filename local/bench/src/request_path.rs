//! The whole request path without the store, against a bare axum hello on the same runtime.

use axum::Router;
use axum::routing::get;
use shared::http::{Api, Envelope, Reply, Rule};
use shared::routes;
use shared::service::AUTH;

use crate::load::{self, Load};
use crate::report::{Pair, at_least, median};
use crate::stage::{BoxError, Stage, serve};

const CONNECTIONS: usize = 64;
const EACH: usize = 100;
const ROUNDS: usize = 21;

#[utoipa::path(get, path = "/hello", responses((status = 200, body = Envelope<String>)))]
async fn hello(_: shared::auth::Principal) -> Reply<String> {
    Reply::ok("hello".to_owned())
}

/// Context, token (its signature verified at its first request), revocation and tenant checked, guard,
/// envelope, log line.
pub(crate) async fn measure() -> Result<(), BoxError> {
    let stage = Stage::start().await?;
    let member = stage.member("ada").await?;
    let env = stage.aws.function_env("AuthFunction")?.into_iter().collect();
    let platform = shared::Platform::connect(&AUTH, &env, stage.clock.clone()).await?;
    let ours = serve(Api::new(&platform).route(Rule::bearer(), routes!(hello)).finish(())).await?;
    let bare = serve(Router::new().route("/auth/v1/hello", get(|| async { "hello" }))).await?;
    let request = load::request("GET", "/auth/v1/hello", Some(&member.token), None);
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        without.push(load::run(bare, vec![request.clone(); CONNECTIONS], EACH).await?);
        with.push(load::run(ours, vec![request.clone(); CONNECTIONS], EACH).await?);
    }
    let pair = |(ours, bare): (&Load, &Load)| Pair { ours: ours.per_second, baseline: bare.per_second };
    let rounds: Vec<Pair> = with.iter().zip(&without).map(pair).collect();
    at_least("request path, 64 connections", &rounds, 0.35);
    for (name, loads) in [("ours", &with), ("bare", &without)] {
        let of = |part: fn(&Load) -> f64| median(loads.iter().map(part).collect());
        println!("    {name}: p50 {:.2} ms, p99 {:.2} ms", of(|load| load.p50), of(|load| load.p99));
    }
    Ok(())
}
