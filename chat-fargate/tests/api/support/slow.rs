use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// A socket that reads nothing until it is told to.
pub(crate) struct SlowSocket(WebSocketStream<TcpStream>);

impl SlowSocket {
    pub(crate) async fn connect(base_url: &str, token: &str) -> Self {
        let address = base_url.strip_prefix("http://").unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(8192).unwrap();
        let stream = socket.connect(address.parse().unwrap()).await.unwrap();
        let url = format!("ws://{address}/chat/v1/socket.io/?EIO=4&transport=websocket");
        let (mut stream, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
        stream.send(Message::text(format!("40{}", json!({"token": token})))).await.unwrap();
        loop {
            let text = stream.next().await.unwrap().unwrap().into_text().unwrap();
            if text.starts_with("40") {
                return Self(stream);
            }
        }
    }

    /// The numbers of all messages up to `last`.
    pub(crate) async fn numbers_until(mut self, last: u64) -> Vec<u64> {
        let mut numbers = Vec::new();
        while numbers.last() != Some(&last) {
            let text = self.0.next().await.unwrap().unwrap().into_text().unwrap();
            if text == "2" {
                self.0.send(Message::text("3")).await.unwrap();
            }
            let Some(event) = text.strip_prefix("42") else { continue };
            let (name, data): (String, Value) = serde_json::from_str(event).unwrap();
            assert_eq!(name, "message:new");
            numbers.push(data["seq"].as_u64().unwrap());
        }
        numbers
    }
}
