//! A small subscriber: it keeps what it gets, and answers what it is told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use local_aws::SnsDelivery;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

pub(super) struct Receiver {
    pub(super) address: String,
    received: UnboundedReceiver<SnsDelivery>,
    answers: Arc<Mutex<VecDeque<StatusCode>>>,
}

impl Receiver {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hooks/sns?key=1", listener.local_addr().unwrap());
        let (sender, received) = unbounded_channel();
        let answers: Arc<Mutex<VecDeque<StatusCode>>> = Arc::default();
        tokio::spawn(serve(listener, sender, Arc::clone(&answers)));
        Self { address, received, answers }
    }

    /// Answers the next deliveries so, and those after them 200.
    pub(super) fn answer(&self, statuses: &[u16]) {
        let statuses = statuses.iter().map(|it| StatusCode::from_u16(*it).unwrap());
        self.answers.lock().unwrap().extend(statuses);
    }

    /// The next delivery, which must come soon.
    pub(super) async fn next(&mut self) -> SnsDelivery {
        tokio::time::timeout(Duration::from_secs(20), self.received.recv()).await.unwrap().unwrap()
    }

    /// Whether nothing comes for a moment.
    pub(super) async fn is_quiet(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(600), self.received.recv()).await.is_err()
    }
}

async fn serve(listener: TcpListener, sender: UnboundedSender<SnsDelivery>, answers: Arc<Mutex<VecDeque<StatusCode>>>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (sender, answers) = (sender.clone(), Arc::clone(&answers));
        let service = service_fn(move |request: Request<Incoming>| {
            let (sender, answers) = (sender.clone(), Arc::clone(&answers));
            async move {
                assert_eq!(request.uri().to_string(), "/hooks/sns?key=1");
                let headers = request.headers().iter();
                let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
                let headers = headers.collect();
                let body = request.into_body().collect().await.unwrap().to_bytes();
                let body = String::from_utf8(body.to_vec()).unwrap();
                let status = answers.lock().unwrap().pop_front().unwrap_or(StatusCode::OK);
                drop(sender.send(SnsDelivery { id: 0, endpoint: String::new(), headers, body }));
                let mut answer = Response::new(String::new());
                *answer.status_mut() = status;
                Ok::<_, hyper::Error>(answer)
            }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}
