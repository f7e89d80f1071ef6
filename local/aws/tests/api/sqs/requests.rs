use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, QueueAttributeName, SendMessageBatchRequestEntry};

use super::Queues;

#[tokio::test]
async fn a_batch_answers_for_each_entry() {
    let queues = Queues::start().await;
    let entry = |id: &str, delay: i32| {
        SendMessageBatchRequestEntry::builder().id(id).message_body(id).delay_seconds(delay).build().unwrap()
    };
    let batch = |entries| {
        let send = queues.client.send_message_batch();
        send.queue_url(queues.url("work")).set_entries(Some(entries)).send()
    };
    let sent = batch(vec![entry("good", 0), entry("bad", 901)]).await.unwrap();
    assert_eq!(sent.successful().len(), 1);
    assert_eq!(sent.failed()[0].id(), "bad");
    assert_eq!(sent.failed()[0].code(), "InvalidParameterValue");

    let eleven: Vec<_> = (0..11).map(|n| entry(&format!("m{n}"), 0)).collect();
    let refused = batch(eleven).await.unwrap_err().into_service_error();
    assert!(refused.is_too_many_entries_in_batch_request());
    let refused = batch(vec![entry("a", 0), entry("a", 0)]).await.unwrap_err();
    assert!(refused.into_service_error().is_batch_entry_ids_not_distinct());
    let refused = batch(Vec::new()).await.unwrap_err().into_service_error();
    assert!(refused.is_empty_batch_request());

    let received = queues.receive("work").await;
    let entries = [received[0].receipt_handle().unwrap(), "nonsense"].map(|handle| {
        DeleteMessageBatchRequestEntry::builder()
            .id(if handle == "nonsense" { "no" } else { "yes" })
            .receipt_handle(handle)
            .build()
            .unwrap()
    });
    let deleted = queues
        .client
        .delete_message_batch()
        .queue_url(queues.url("work"))
        .set_entries(Some(entries.to_vec()))
        .send()
        .await
        .unwrap();
    assert_eq!(deleted.successful()[0].id(), "yes");
    assert_eq!(deleted.failed()[0].code(), "ReceiptHandleIsInvalid");
}

#[tokio::test]
async fn a_queue_that_is_not_declared_does_not_exist() {
    let queues = Queues::start().await;
    let send = queues.client.send_message().queue_url(queues.url("nowhere"));
    let error = send.message_body("lost").send().await.unwrap_err();
    let error = error.into_service_error();
    assert!(error.is_queue_does_not_exist());
    assert_eq!(error.code(), Some("AWS.SimpleQueueService.NonExistentQueue"));
    let url = queues.client.get_queue_url().queue_name("nowhere");
    let error = url.send().await.unwrap_err().into_service_error();
    assert!(error.is_queue_does_not_exist());
}

#[tokio::test]
async fn a_receipt_handle_that_was_never_given_is_invalid() {
    let queues = Queues::start().await;
    let delete = queues.client.delete_message();
    let delete = delete.queue_url(queues.url("work")).receipt_handle("made up");
    let error = delete.send().await.unwrap_err().into_service_error();
    assert!(error.is_receipt_handle_is_invalid());
}

#[tokio::test]
async fn a_queue_tells_its_depth_and_can_be_emptied() {
    let queues = Queues::start().await;
    for body in ["1", "2", "3"] {
        queues.send("work", body).await;
    }
    let receive = queues.client.receive_message();
    let receive = receive.queue_url(queues.url("work"));
    receive.send().await.unwrap();
    let depth = || async {
        let attributes = queues
            .client
            .get_queue_attributes()
            .queue_url(queues.url("work"))
            .attribute_names(QueueAttributeName::All)
            .send()
            .await
            .unwrap()
            .attributes
            .unwrap();
        [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
            QueueAttributeName::VisibilityTimeout,
        ]
        .map(|name| attributes[&name].clone())
    };
    assert_eq!(depth().await, ["2", "1", "60"]);
    let purge = queues.client.purge_queue().queue_url(queues.url("work"));
    purge.send().await.unwrap();
    assert_eq!(depth().await, ["0", "0", "60"]);
}

#[tokio::test]
async fn an_attribute_that_queues_do_not_have_is_an_error() {
    let queues = Queues::start().await;
    let ask = |name: QueueAttributeName| {
        let ask = queues.client.get_queue_attributes();
        ask.queue_url(queues.url("late")).attribute_names(name).send()
    };
    let unset = ask(QueueAttributeName::RedrivePolicy).await.unwrap();
    assert!(unset.attributes().is_none_or(std::collections::HashMap::is_empty));
    let error = ask(QueueAttributeName::from("Colour")).await.unwrap_err();
    assert!(error.into_service_error().is_invalid_attribute_name());
}

#[tokio::test]
async fn queues_can_be_made_found_and_listed() {
    let queues = Queues::start().await;
    let made = queues.client.create_queue().queue_name("work-two");
    let made = made.send().await.unwrap().queue_url.unwrap();
    let found = queues.client.get_queue_url().queue_name("work-two");
    assert_eq!(found.send().await.unwrap().queue_url(), Some(made.as_str()));
    let list = queues.client.list_queues().queue_name_prefix("work");
    let list = list.send().await.unwrap();
    assert_eq!(list.queue_urls(), [queues.url("work"), made]);
    let other =
        queues.client.create_queue().queue_name("work-two").attributes(QueueAttributeName::VisibilityTimeout, "5");
    let error = other.send().await.unwrap_err().into_service_error();
    assert!(error.is_queue_name_exists());
}
