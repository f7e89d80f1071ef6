//! Acknowledgements: an answer waits for room, since whoever gets none sends the same again.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use shared::http::ErrorBody;
use shared::service::CHAT;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::AckSender;
use socketioxide::handler::{self, FromMessageParts};
use socketioxide::socket::Socket;
use socketioxide::{SendError, SocketError};

use super::session::Session;
use crate::error::ChatError;

/// When a socket without room is tried again.
const NO_ROOM: Duration = Duration::from_millis(20);

/// What an event is answered.
#[derive(Debug, Serialize)]
struct Answer {
    data: Option<Value>,
    error: Option<ErrorBody>,
}

/// Answers one event.
pub(super) struct Acknowledgement {
    socket: Arc<Socket<LocalAdapter>>,
    /// Nobody waits without it.
    id: Option<i64>,
}

impl FromMessageParts<LocalAdapter> for Acknowledgement {
    type Error = Infallible;

    fn from_message_parts(
        socket: &Arc<Socket<LocalAdapter>>,
        _: &mut handler::Value,
        id: &Option<i64>,
    ) -> Result<Self, Infallible> {
        Ok(Self { socket: Arc::clone(socket), id: *id })
    }
}

impl Acknowledgement {
    /// Answers, once there is room, unless the socket is gone.
    pub(super) async fn answer(&self, session: &Session, result: Result<Value, ChatError>) {
        let answer = Answer::from(result);
        while let Err(error) = self.send(&answer) {
            let full = matches!(error, SendError::Socket(SocketError::InternalChannelFull));
            if !full || session.is_gone() {
                tracing::debug!(%error, "an acknowledgement found no socket");
                return;
            }
            session.pause(NO_ROOM).await;
        }
    }

    /// Answers if there is room now.
    pub(super) fn answer_now(&self, result: Result<Value, ChatError>) {
        if let Err(error) = self.send(&Answer::from(result)) {
            tracing::debug!(%error, "an acknowledgement found no room");
        }
    }

    fn send(&self, answer: &Answer) -> Result<(), SendError> {
        // A sender is good for one try, so each has its own; it looks at no payload.
        #[expect(clippy::default_trait_access, reason = "its type is of a crate that is used nowhere else here")]
        let mut nothing = handler::Value::Bytes(Default::default());
        let Ok(sender) = AckSender::from_message_parts(&self.socket, &mut nothing, &self.id);
        sender.send(answer)
    }
}

impl From<Result<Value, ChatError>> for Answer {
    fn from(result: Result<Value, ChatError>) -> Self {
        match result {
            Ok(data) => Self { data: Some(data), error: None },
            Err(error) => Self { data: None, error: Some(ErrorBody::of(&error, CHAT.error_prefix)) },
        }
    }
}
