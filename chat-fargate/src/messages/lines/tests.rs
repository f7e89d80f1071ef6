use super::*;
use crate::messages::model::MessageType;
use proptest::prelude::*;
use uuid::Uuid;

fn send(sender: u128, id: Option<u8>) -> Send {
    Send {
        sender: UserId(Uuid::from_u128(sender)),
        draft: Draft {
            thread_id: ThreadId(Uuid::nil()),
            content: "x".to_owned(),
            kind: MessageType::Text,
            client_message_id: id.map(|id| id.to_string()),
            parent_message_id: None,
            attachments: Vec::new(),
            mentions: Vec::new(),
            reported: None,
        },
        idempotency: Idempotency::none(),
    }
}

#[test]
fn a_thread_has_one_line_while_it_is_used_and_none_is_kept_for_ever() {
    let lines = Lines::default();
    let of = |number: u128| lines.of(TenantId(Uuid::nil()), ThreadId(Uuid::from_u128(number)));
    let first = of(0);
    assert!(Arc::ptr_eq(&first, &of(0)));
    for number in 1..10_000 {
        assert!(!Arc::ptr_eq(&first, &of(number)));
    }
    assert!(Arc::ptr_eq(&first, &of(0)));
    assert!(lines.0.lock().unwrap().lines.len() <= FIRST_SWEEP);
}

#[test]
fn forty_seven_messages_of_one_sender_go_together() {
    let one: Vec<Send> = (0..100).map(|id| send(1, Some(id))).collect();
    assert_eq!(fitting(one.iter()), 47);
    let many: Vec<Send> = (0..100).map(|id| send(u128::from(id), Some(id))).collect();
    assert_eq!(fitting(many.iter()), 32);
}

#[test]
fn who_leaves_the_line_is_not_written() {
    let line = Lines::default().of(TenantId(Uuid::nil()), ThreadId(Uuid::nil()));
    let (first, _answer) = line.enter(send(1, None));
    let (second, _other) = line.enter(send(1, None));
    assert!(line.leave(first));
    assert!(!line.leave(first));
    let taken = line.take();
    assert_eq!(taken.iter().map(|waiting| waiting.ticket).collect::<Vec<_>>(), [second]);
    assert!(!line.leave(second));
}

proptest! {
    #[test]
    fn every_batch_is_a_transaction_that_the_store_takes(
        sends in proptest::collection::vec((0_u128..60, proptest::option::of(0_u8..90)), 0..300),
    ) {
        let mut rest: Vec<Send> = sends.into_iter().map(|(sender, id)| send(sender, id)).collect();
        while !rest.is_empty() {
            let count = fitting(rest.iter());
            prop_assert!(count >= 1);
            let batch: Vec<Send> = rest.drain(..count).collect();
            let guards: Vec<_> = batch.iter().filter_map(|send| Some((send.sender, send.draft.client_message_id.clone()?))).collect();
            let senders: HashSet<_> = batch.iter().map(|send| send.sender).collect();
            prop_assert!(1 + batch.len() + guards.len() + senders.len() <= MOST_ACTIONS);
            prop_assert_eq!(guards.iter().collect::<HashSet<_>>().len(), guards.len());
        }
    }
}
