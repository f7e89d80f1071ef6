//! `GET /profile` against a bare loop of its SDK call.

use std::time::Instant;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};

use crate::report::{Pair, at_least};
use crate::stage::{BoxError, Stage};
use crate::{load, usage};

const CONNECTIONS: usize = 16;
const EACH: usize = 60;
const ROUNDS: usize = 21;

pub(crate) async fn measure() -> Result<(), BoxError> {
    let stage = Stage::start().await?;
    let member = stage.member("ada").await?;
    let client = client(&stage).await?;
    let table = stage.aws.function_env("AuthFunction")?["TABLE"].clone();
    let pk = format!("USER#{}", member.account.id);
    let request = load::request("GET", "/auth/v1/profile", Some(&member.token), None);
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let baseline = get_items(&client, &table, &pk).await?;
        let ours = load::run(stage.auth_address, vec![request.clone(); CONNECTIONS], EACH).await?.per_second;
        rounds.push(Pair { ours, baseline });
    }
    at_least("GET /profile", &rounds, 0.8);
    usage::print(stage.auth_address, request).await
}

/// The SDK client that the services make.
pub(crate) async fn client(stage: &Stage) -> Result<Client, BoxError> {
    let env = stage.aws.function_env("AuthFunction")?.into_iter().collect();
    let aws = shared::config::AwsConfig::from_env(&env);
    Ok(Client::new(&shared::store::sdk_config(&aws).await))
}

/// Reads per second.
async fn get_items(client: &Client, table: &str, pk: &str) -> Result<f64, BoxError> {
    let started = Instant::now();
    let readers = (0..CONNECTIONS).map(|_| {
        let (client, table, pk) = (client.clone(), table.to_owned(), pk.to_owned());
        tokio::spawn(async move {
            for _ in 0..EACH {
                let read = client
                    .get_item()
                    .table_name(&table)
                    .key("pk", AttributeValue::S(pk.clone()))
                    .key("sk", AttributeValue::S("ACCOUNT".to_owned()))
                    .consistent_read(true)
                    .return_consumed_capacity(ReturnConsumedCapacity::Total)
                    .send()
                    .await?;
                read.item.ok_or("no item")?;
            }
            Ok::<_, BoxError>(())
        })
    });
    for reader in futures_util::future::join_all(readers).await {
        reader??;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    Ok((CONNECTIONS * EACH) as f64 / started.elapsed().as_secs_f64())
}
