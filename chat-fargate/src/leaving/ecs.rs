//! ECS takes a task out of the load balancer first, and sends SIGTERM when its connections are ended already. What the task
//! is to become stands in its metadata before.

use std::time::Duration;

use serde::Deserialize;
use shared::config::Env;

use super::timing::Leaving;
use crate::config::http_client;

/// Set by ECS: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html>.
const METADATA: &str = "ECS_CONTAINER_METADATA_URI_V4";
/// How often it is read.
const INTERVAL: Duration = Duration::from_secs(2);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Task {
    desired_status: String,
}

/// Begins to leave when ECS wants this task to stop. Elsewhere than in ECS nobody says so.
pub(crate) async fn leave_when_told(address: Option<String>, leaving: Leaving) {
    let Some(address) = address else { return };
    let Ok(client) = http_client() else { return };
    loop {
        tokio::time::sleep(INTERVAL).await;
        let asked = async { client.get(&address).send().await?.error_for_status()?.json::<Task>().await };
        match asked.await {
            Ok(task) if task.desired_status == "STOPPED" => {
                tracing::info!("ECS takes this task out of service");
                leaving.begin();
                return;
            }
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, "ECS does not say what is to become of this task"),
        }
    }
}

/// Where ECS tells about this task.
pub(crate) fn metadata_address(env: &Env) -> Option<String> {
    env.get(METADATA).map(|base| format!("{base}/task"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use axum::routing::get;
    use axum::{Json, Router};
    use serde_json::json;
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_task_that_ecs_wants_to_stop_begins_to_leave() {
        let stopping = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stopping);
        let status = move || {
            let status = if told.load(Ordering::Relaxed) { "STOPPED" } else { "RUNNING" };
            std::future::ready(Json(json!({"DesiredStatus": status, "KnownStatus": "RUNNING"})))
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}/v4/1", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/v4/1/task", get(status))).await });
        let env: Env = [(METADATA.to_owned(), base)].into_iter().collect();
        let leaving = Leaving::from_env(&env).unwrap();
        let mut watching = tokio::spawn(leave_when_told(metadata_address(&env), leaving.clone()));
        assert!(tokio::time::timeout(INTERVAL * 2, &mut watching).await.is_err());
        assert!(!leaving.has_begun());
        stopping.store(true, Ordering::Relaxed);
        tokio::time::timeout(INTERVAL * 10, watching).await.unwrap().unwrap();
        assert!(leaving.has_begun());
    }
}
