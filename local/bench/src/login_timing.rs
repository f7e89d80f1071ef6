//! Whether the time of a failed sign-in tells a known account from an unknown one.
//!
//! Both kinds come in turn, each from an address of its own, since failures are counted. The rank-sum test (Mann and
//! Whitney) asks how often a failure of a known account took longer than one of an unknown account: half of the time, if
//! they cannot be told apart.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Instant;

use auth::Auth;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, StatusCode};
use serde_json::json;
use tower::ServiceExt;

use crate::report::median;
use crate::stage::{BoxError, Stage};

/// Failures of each kind that are measured.
const EACH: u32 = 400;
/// Failures before the first one that is measured.
const WARM_UP: u32 = 20;
/// Known accounts.
const ACCOUNTS: u32 = 10;
/// By chance alone, |z| is above this in one run of a thousand.
const MOST: f64 = 3.29;

pub(crate) async fn measure() -> Result<(), BoxError> {
    let stage = Stage::start().await?;
    for number in 0..ACCOUNTS {
        stage.member(&format!("known{number}")).await?;
    }
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for round in 0..WARM_UP + EACH {
        // Which comes first changes, so that neither always follows the other.
        let kinds = if round % 2 == 0 { ["known", "nobody"] } else { ["nobody", "known"] };
        for kind in kinds {
            let taken = fail(&stage.auth, &format!("{kind}{}", round % ACCOUNTS), round).await?;
            if round >= WARM_UP {
                if kind == "known" { known.push(taken) } else { unknown.push(taken) }
            }
        }
    }
    let z = rank_sum(&known, &unknown);
    let verdict = if z.abs() <= MOST { "cannot be told apart: ok" } else { "can be told apart: MISSED" };
    println!(
        "failed sign-ins, {EACH} of each kind: known {:.2} ms, unknown {:.2} ms (medians), z {z:.2} (at most {MOST}; {verdict})",
        median(known),
        median(unknown),
    );
    Ok(())
}

/// Milliseconds that a wrong password takes.
async fn fail(auth: &Auth, username: &str, round: u32) -> Result<f64, BoxError> {
    let address = SocketAddr::from((Ipv4Addr::from(0x0a00_0000 + round), 1000));
    let body = json!({"username": username, "password": "not the password"}).to_string();
    let request = Request::post("/auth/v1/login")
        .header("content-type", "application/json")
        .extension(ConnectInfo(address))
        .body(Body::from(body))?;
    let router = auth.router();
    let started = Instant::now();
    let response = router.oneshot(request).await?;
    let taken = started.elapsed().as_secs_f64() * 1000.0;
    if response.status() == StatusCode::UNAUTHORIZED { Ok(taken) } else { Err(response.status().to_string().into()) }
}

/// The standard score of the rank-sum statistic: 0 if neither is longer, positive if the first is.
fn rank_sum(first: &[f64], second: &[f64]) -> f64 {
    let wins: f64 =
        first.iter().map(|a| second.iter().map(|b| f64::from(i8::from(a > b)) + tie(*a, *b)).sum::<f64>()).sum();
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let (n, m) = (first.len() as f64, second.len() as f64);
    (wins - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

/// Two that take equally long are half a win for each.
fn tie(a: f64, b: f64) -> f64 {
    if a.total_cmp(&b).is_eq() { 0.5 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_tells_what_is_longer() {
        let numbers = |from: u32| (from..from + 100).map(f64::from).collect::<Vec<_>>();
        assert!(rank_sum(&numbers(0), &numbers(0)).abs() < 1e-9);
        assert!(rank_sum(&numbers(50), &numbers(0)) > MOST);
        assert!(rank_sum(&numbers(0), &numbers(50)) < -MOST);
    }
}
