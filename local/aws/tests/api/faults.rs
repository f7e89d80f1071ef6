use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsError, TransactWriteItemsOutput};
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use local_aws::{Fault, LocalAws, When};

use crate::platform::{platform, sdk};

const TABLE: &str = "eventzr-local-AuthTable";
const TRANSACTION: &str = "TransactWriteItems";

struct Store {
    aws: LocalAws,
    client: Client,
}

impl Store {
    async fn start() -> Self {
        let aws = platform().await;
        let client = Client::new(&sdk(aws.endpoint()));
        Self { aws, client }
    }

    /// Writes two items that must agree.
    async fn write(&self) -> Result<TransactWriteItemsOutput, SdkError<TransactWriteItemsError>> {
        let put = |sk: &str| {
            let put = Put::builder()
                .table_name(TABLE)
                .item("pk", AttributeValue::S("pair".to_owned()))
                .item("sk", AttributeValue::S(sk.to_owned()));
            TransactWriteItem::builder().put(put.build().unwrap()).build()
        };
        let write = self.client.transact_write_items();
        let write = write.transact_items(put("a")).transact_items(put("b"));
        write.send().await
    }

    async fn items(&self) -> i32 {
        let scan = self.client.scan().table_name(TABLE).send().await;
        scan.unwrap().count()
    }
}

#[tokio::test]
async fn a_conflict_cancels_the_whole_transaction() {
    let store = Store::start().await;
    let faults = store.aws.faults();
    faults.inject(TRANSACTION, Fault::TransactionConflict, When::Next(1));
    let error = store.write().await.unwrap_err().into_service_error();
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        panic!("{error:?}");
    };
    let codes: Vec<_> =
        cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or_default()).collect();
    assert_eq!(codes, ["TransactionConflict", "None"]);
    assert_eq!(store.items().await, 0);

    store.write().await.unwrap();
    assert_eq!(store.items().await, 2);
    assert_eq!(store.aws.faults().struck(TRANSACTION), 1);
}

#[tokio::test]
async fn throttling_is_the_error_that_services_know() {
    for (fault, code) in [
        (Fault::Throttling, "ThrottlingException"),
        (Fault::ThroughputExceeded, "ProvisionedThroughputExceededException"),
        (Fault::InternalError, "InternalServerError"),
    ] {
        let store = Store::start().await;
        store.aws.faults().inject(TRANSACTION, fault, When::Next(1));
        let error = store.write().await.unwrap_err();
        assert_eq!(error.code(), Some(code));
        assert_eq!(store.items().await, 0);
    }
}

#[tokio::test]
async fn a_dropped_connection_loses_the_call_or_only_its_answer() {
    for (fault, items) in [(Fault::DroppedBefore, 0), (Fault::DroppedAfter, 2)] {
        let store = Store::start().await;
        store.aws.faults().inject(TRANSACTION, fault, When::Next(1));
        let error = store.write().await.unwrap_err();
        assert!(matches!(error, SdkError::DispatchFailure(_)), "{error:?}");
        assert_eq!(store.items().await, items);
    }
}

#[tokio::test]
async fn a_delay_only_delays() {
    let store = Store::start().await;
    let delay = Duration::from_millis(50);
    let faults = store.aws.faults();
    faults.inject(TRANSACTION, Fault::Delay(delay), When::Next(1));
    let started = Instant::now();
    store.write().await.unwrap();
    assert!(started.elapsed() >= delay);
    assert_eq!(store.items().await, 2);
}

#[tokio::test]
async fn a_seed_makes_probabilities_repeatable() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let store = Store::start().await;
        let faults = store.aws.faults();
        faults.seed(7);
        faults.inject(TRANSACTION, Fault::TransactionConflict, When::Probability(0.3));
        let mut run = Vec::new();
        for _ in 0..40 {
            run.push(store.write().await.is_ok());
        }
        runs.push(run);
    }
    assert_eq!(runs[0], runs[1]);
    let conflicts = runs[0].iter().filter(|ok| !**ok).count();
    assert!((4..=20).contains(&conflicts), "{conflicts} of 40");
}

#[tokio::test]
async fn calls_are_counted_by_operation() {
    let store = Store::start().await;
    store.write().await.unwrap();
    store.items().await;
    store.items().await;
    let calls = store.aws.calls();
    assert_eq!((calls[TRANSACTION], calls["Scan"]), (1, 2));
}
