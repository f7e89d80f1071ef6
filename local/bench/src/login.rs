//! `POST /login` against bare argon2id hashes on the same cores.

use std::time::Instant;

use argon2::Argon2;

use crate::report::{Pair, at_least};
use crate::stage::{BoxError, Stage};
use crate::{load, usage};

const CONNECTIONS: usize = 8;
const EACH: usize = 8;
const ROUNDS: usize = 9;

pub(crate) async fn measure() -> Result<(), BoxError> {
    let stage = Stage::start().await?;
    let mut requests = Vec::new();
    for index in 0..CONNECTIONS {
        let member = stage.member(&format!("user{index}")).await?;
        requests.push(load::request("POST", "/auth/v1/login", None, Some(&Stage::credentials(&member.name))));
    }
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let baseline = tokio::task::spawn_blocking(hashes).await??;
        let ours = load::run(stage.auth_address, requests.clone(), EACH).await?.per_second;
        rounds.push(Pair { ours, baseline });
    }
    at_least("POST /login", &rounds, 0.6);
    usage::print(stage.auth_address, requests.swap_remove(0)).await
}

/// Hashes per second on all cores, 19 MiB and two passes each.
fn hashes() -> Result<f64, BoxError> {
    let cores = std::thread::available_parallelism()?.get();
    let started = Instant::now();
    let threads: Vec<_> = (0..cores)
        .map(|_| {
            std::thread::spawn(|| {
                let mut out = [0; 32];
                for _ in 0..CONNECTIONS * EACH / 2 {
                    Argon2::default().hash_password_into(b"correct horse battery staple", &[7; 16], &mut out)?;
                }
                Ok::<_, argon2::Error>(())
            })
        })
        .collect();
    for thread in threads {
        thread.join().map_err(|_| "a thread panicked")?.map_err(|error| error.to_string())?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    Ok((CONNECTIONS * EACH / 2 * cores) as f64 / started.elapsed().as_secs_f64())
}
