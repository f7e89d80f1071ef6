use std::cell::RefCell;
use std::rc::Rc;

use super::*;
use proptest::prelude::*;

/// A socket with room for so many packets, and what it has heard.
#[derive(Clone, Default)]
struct Socket(Rc<RefCell<Heard>>);

#[derive(Default)]
struct Heard {
    room: usize,
    packets: Vec<String>,
    lags: usize,
    closed: bool,
}

impl Ear for Socket {
    fn emit(&self, packet: &Packet) -> Emitted {
        let mut heard = self.0.borrow_mut();
        if heard.room == 0 {
            return Emitted::Full;
        }
        heard.room -= 1;
        heard.packets.push(packet.argument().0.get().to_owned());
        Emitted::Sent
    }

    fn lag(&self) {
        self.0.borrow_mut().lags += 1;
    }

    fn close(&self) {
        self.0.borrow_mut().closed = true;
    }
}

impl Socket {
    fn with_room(room: usize) -> Self {
        let socket = Self::default();
        socket.0.borrow_mut().room = room;
        socket
    }

    fn heard(&self) -> Vec<String> {
        self.0.borrow().packets.clone()
    }
}

fn packet(data: impl serde::Serialize) -> Packet {
    Packet::new("message:new", &data).unwrap()
}

fn messages(numbers: impl IntoIterator<Item = u64>) -> Vec<(u64, Packet)> {
    numbers.into_iter().map(|seq| (seq, packet(seq))).collect()
}

/// A feed at `told` with one live listener.
fn live(told: u64, room: usize) -> (Feed<u8, Socket>, Socket) {
    let (mut feed, socket) = (Feed::new(), Socket::with_room(room));
    feed.begin(told);
    feed.listen(1, socket.clone(), None);
    assert_eq!(feed.replay(1, told, &[]), Replayed::Over);
    (feed, socket)
}

#[test]
fn a_message_that_comes_too_early_waits_for_the_hole_before_it() {
    let (mut feed, socket) = live(4, 100);
    assert!(!feed.message(5, packet(5)));
    assert!(feed.message(8, packet(8)));
    assert_eq!(feed.hole(None), Some(Missing { after: 5, to: 7 }));
    assert!(feed.message(6, packet(6)));
    assert!(!feed.message(7, packet(7)));
    assert!(!feed.message(7, packet("twice")));
    assert_eq!(socket.heard(), ["5", "6", "7", "8"]);
    assert_eq!((feed.hole(None), feed.hole(Some(8))), (None, None));
    assert_eq!(feed.hole(Some(10)), Some(Missing { after: 8, to: 10 }));
}

#[test]
fn what_came_before_the_head_was_known_is_told_once() {
    let (mut feed, socket) = (Feed::new(), Socket::with_room(100));
    feed.listen(1, socket.clone(), None);
    assert_eq!(feed.missing(1), None);
    for seq in 2..5 {
        feed.message(seq, packet(seq));
    }
    feed.begin(3);
    assert_eq!(feed.told(), Some(4));
    assert_eq!(feed.missing(1), Some(Missing { after: 3, to: 4 }));
    assert_eq!(feed.replay(1, 3, &messages([4])), Replayed::Over);
    assert_eq!(socket.heard(), ["4"]);
}

#[test]
fn who_has_no_room_is_replayed_to_and_hears_nothing_twice() {
    let (mut feed, socket) = live(0, 2);
    for seq in 1..=5 {
        feed.message(seq, packet(seq));
    }
    feed.event(&packet("edited"), false, |_| true);
    feed.event(&packet("typing"), true, |_| true);
    assert_eq!((socket.heard(), socket.0.borrow().lags), (vec!["1".to_owned(), "2".to_owned()], 1));
    assert_eq!(feed.missing(1), Some(Missing { after: 2, to: 5 }));
    socket.0.borrow_mut().room = 2;
    assert_eq!(feed.replay(1, 2, &messages(3..=5)), Replayed::Full);
    assert_eq!(feed.replay(1, 2, &messages(3..=5)), Replayed::More, "somebody else was faster");
    socket.0.borrow_mut().room = 100;
    assert_eq!(feed.replay(1, 4, &messages([5, 6])), Replayed::Over, "6 was not told yet");
    feed.message(6, packet(6));
    assert_eq!(socket.heard(), ["1", "2", "3", "4", "5", "\"edited\"", "6"]);
}

#[test]
fn who_misses_too_much_has_to_come_anew() {
    let (mut feed, socket) = live(0, 0);
    for _ in 0..=MOST_OWED {
        assert!(!socket.0.borrow().closed);
        feed.event(&packet("edited"), false, |_| true);
    }
    assert!(socket.0.borrow().closed);
}

#[test]
fn who_claims_to_have_more_than_there_is_has_everything() {
    let (mut feed, socket) = live(7, 100);
    feed.leave(1);
    feed.listen(1, socket.clone(), Some(u64::MAX));
    feed.listen(1, socket.clone(), Some(1));
    assert_eq!(feed.missing(1), Some(Missing { after: 7, to: 7 }));
    assert_eq!(feed.rewind(1, 3), Some(Missing { after: 3, to: 7 }));
    feed.skip_to(1, 5);
    assert_eq!(feed.replay(1, 5, &messages(6..=7)), Replayed::Over);
    assert_eq!(socket.heard(), ["6", "7"]);
}

proptest! {
    /// Whatever order messages come in, whenever there is room: the listener hears each once, in order.
    #[test]
    fn every_message_is_heard_once_and_in_order(
        order in Just((1..=40_u64).collect::<Vec<_>>()).prop_shuffle(),
        rooms in proptest::collection::vec(0_usize..6, 40),
        after in 0_u64..10,
    ) {
        let (mut feed, socket) = (Feed::new(), Socket::default());
        feed.begin(0);
        feed.listen(1, socket.clone(), Some(after));
        for (seq, room) in order.into_iter().zip(rooms) {
            socket.0.borrow_mut().room += room;
            feed.message(seq, packet(seq));
            if let Some(Missing { after, to }) = feed.missing(1) {
                feed.replay(1, after, &messages(after + 1..=to.min(after + 3)));
            }
        }
        socket.0.borrow_mut().room = 1000;
        while let Some(Missing { after, to }) = feed.missing(1) {
            feed.replay(1, after, &messages(after + 1..=to));
        }
        let all: Vec<String> = (1..=40).map(|seq: u64| seq.to_string()).collect();
        prop_assert_eq!(socket.heard(), all);
    }
}
