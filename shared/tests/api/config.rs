use shared::Platform;
use shared::clock::Clock;
use shared::config::ConfigError;

use crate::sample::SAMPLE;
use crate::support::{env, environment};

/// What is wrong with the sample's environment when one variable is another, or not there.
async fn wrong(variable: &str, value: Option<&str>) -> Option<ConfigError> {
    let mut variables = environment("http://127.0.0.1:9");
    match value {
        Some(value) => drop(variables.insert(variable.to_owned(), value.to_owned())),
        None => drop(variables.remove(variable)),
    }
    Platform::connect(&SAMPLE, &env(&variables), Clock::system()).await.err()
}

#[tokio::test]
async fn a_variable_that_is_missing_is_named() {
    for variable in [
        "STAGE",
        "TABLE",
        "IDEMPOTENCY_TABLE",
        "SIGNING_KEYS_TABLE",
        "REVOCATIONS_TABLE",
        "TOKEN_ISSUER",
        "TOKEN_AUDIENCE",
        "DATA_KEYS",
        "DOCS_SCRIPT_URL",
    ] {
        for value in [None, Some("")] {
            assert_eq!(wrong(variable, value).await, Some(ConfigError::new(variable, "is not set")));
        }
    }
    for variable in ["ALLOWED_ORIGINS", "REPORTS_QUEUE_URL", "DOCS_SCRIPT_INTEGRITY", "ACCESS_TOKEN_TTL_SECONDS"] {
        assert_eq!(wrong(variable, None).await, None, "{variable}");
    }
}

#[tokio::test]
async fn a_variable_that_is_wrong_is_named_and_not_shown() {
    for (variable, value) in [
        ("ACCESS_TOKEN_TTL_SECONDS", "59"),
        ("ACCESS_TOKEN_TTL_SECONDS", "3601"),
        ("ACCESS_TOKEN_TTL_SECONDS", "s3cret"),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "https://good.example,s3cret"),
        ("TOKEN_ISSUER", "s3cret"),
        ("TOKEN_ISSUER", "https://s3cret.example/auth/v1/"),
        ("DATA_KEYS", "s3cret"),
        ("DATA_KEYS", r#"{"active":"1","1":"s3cret"}"#),
    ] {
        let error = wrong(variable, Some(value)).await.unwrap();
        assert_eq!(error.variable, variable, "{value}");
        assert!(error.to_string().contains(variable) && !error.to_string().contains("s3cret"), "{error}");
    }
}

#[tokio::test]
async fn a_deployed_stage_refuses_another_aws() {
    assert_eq!(wrong("STAGE", Some("prod")).await.unwrap().variable, "AWS_ENDPOINT_URL");
}
