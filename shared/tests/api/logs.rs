use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use local_aws::{Fault, When};
use serde_json::json;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::callers::Caller;
use crate::support::{Parts, World, call};

/// Everything that was logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const SECRETS: [&str; 6] =
    ["hunter2", "the-clients-key", "a secret note", "someone@example.com", "code-4-17", "Bearer ey"];

#[tokio::test]
async fn logs_hold_patterns_and_ids_and_nothing_secret() {
    let lines = Lines::default();
    let filter = EnvFilter::new("info,shared=trace,aws_smithy_runtime=warn");
    let subscriber = tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(lines.clone()).finish();
    // For every test of this binary: what they log meanwhile has to hold as well.
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let (world, caller) = (World::start().await, Caller::user());
    let token = caller.token(&world.clock);
    let note = json!({"textOfNote": "a secret note"});
    for _ in 0..2 {
        world.post_keyed("/notes", &caller, "the-clients-key", &note).await;
        world.post_keyed("/charges", &caller, "the-clients-key", &json!({"outcome": "crash"})).await;
        world.post_keyed("/secrets", &caller, "the-clients-key", &note).await;
        world.get("/notes/a%20secret%20note", &token).await;
        world.get("/notes?prefix=hunter2&cursor=hunter2", &token).await;
        world.get("/nowhere/hunter2", &token).await;
        for body in [
            r#"{"password":"hunter2"}"#,
            r#"{"textOfNote":"a","count":"hunter2"}"#,
            "hunter2",
            r#"{"textOfNote":"hunter2"#,
        ] {
            let request = call("POST", "/notes").bearer(&token).header("content-type", "application/json");
            world.send(request.body(Body::from(body)).unwrap()).await;
        }
        world.post("/echo?password=hunter2", "hunter2", &json!({"textOfNote": "hunter2", "code": "code-4-17"})).await;
        world.get("/me", &format!("{token}hunter2")).await;
        // Once more with a store that fails.
        for operation in ["PutItem", "TransactWriteItems", "GetItem", "BatchGetItem"] {
            world.aws.faults().inject(operation, Fault::InternalError, When::Probability(1.0));
        }
    }

    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    for expected in [
        "request answered",
        r#""http.route":"/sample/v1/notes/{text}""#,
        r#""http.status":503"#,
        r#""error.code":"INVALID_CURSOR""#,
        "a request failed on our side",
        &caller.tenant.to_string(),
    ] {
        assert!(text.contains(expected), "no {expected} in {text}");
    }
    let signature = token.rsplit('.').next().unwrap();
    for secret in SECRETS.into_iter().chain([signature, &token[..40], "a%20secret"]) {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
    // One line a request with a good token.
    let tenant = caller.tenant.to_string();
    let answered = text.lines().filter(|line| line.contains("request answered") && line.contains(&tenant));
    assert_eq!(answered.count(), 18);
}
