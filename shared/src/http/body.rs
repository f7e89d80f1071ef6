//! Bodies: read whole up to a route's limit, and read to the end when refused.

use axum::body::Body;
use axum::body::HttpBody;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

use crate::error::Error;

/// How much of a refused body is read, so that the caller sees the answer and not a reset.
const DRAINED: usize = 10 * 1024 * 1024;

/// The body, if it is within `limit` bytes; else it is read to its end and refused.
pub(super) async fn read(mut body: Body, limit: usize) -> Result<Bytes, Error> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Error::InvalidJson("the body ended early".to_owned()))?;
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > limit {
            drain_rest(body, whole.len() + data.len()).await;
            return Err(Error::PayloadTooLarge { limit });
        }
        if whole.is_empty() && body.is_end_stream() {
            return Ok(data);
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

/// Reads and drops a refused body.
pub(super) async fn drain(body: Body) {
    drain_rest(body, 0).await;
}

async fn drain_rest(mut body: Body, mut read: usize) {
    while read <= DRAINED {
        match body.frame().await {
            Some(Ok(frame)) => read += frame.data_ref().map_or(0, Bytes::len),
            Some(Err(_)) | None => return,
        }
    }
}
