//! Files: a bucket in S3, its links, and what must hold for both.

mod multipart;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::config::{ConfigError, Env};
use crate::error::Error;
use crate::store::SdkConfig;

/// How long a link works.
pub const LINK: Duration = Duration::from_mins(5);
/// One attempt of a call: a file takes longer than a row.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
/// All attempts of a call.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(40);

/// A bucket. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Bucket {
    sdk: SdkConfig,
    /// Made with the first call: a cold start does not wait for it.
    client: Arc<OnceLock<Client>>,
    name: String,
}

/// A request that is signed: whoever has it can make it.
#[derive(Clone, Debug)]
pub struct SignedUpload {
    /// To be put to.
    pub url: String,
    /// Headers that must be sent as they are.
    pub headers: BTreeMap<String, String>,
}

/// The one request that stores a file, for whoever is to make it: the very bytes that were announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Upload {
    /// Always `PUT`.
    method: &'static str,
    /// Holds a signature: whoever has it can upload this file.
    url: String,
    /// Headers that must be sent as they are.
    #[schema(value_type = Object)]
    headers: BTreeMap<String, String>,
    /// When the address stops working.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl Upload {
    /// A request that was signed now.
    #[must_use]
    pub fn new(signed: SignedUpload, now: Timestamp) -> Self {
        Self { method: "PUT", url: signed.url, headers: signed.headers, expires_at: now + LINK }
    }
}

impl Bucket {
    /// The bucket that `variable` names.
    pub fn from_env(env: &Env, sdk: &SdkConfig, variable: &str) -> Result<Self, ConfigError> {
        Ok(Self { sdk: sdk.clone(), client: Arc::default(), name: env.require(variable)?.to_owned() })
    }

    fn client(&self) -> &Client {
        self.client.get_or_init(|| {
            let timeouts = TimeoutConfig::builder()
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .operation_timeout(OPERATION_TIMEOUT)
                .build();
            Client::from_conf(Builder::from(&self.sdk).timeout_config(timeouts).build())
        })
    }

    /// Stores a file.
    pub async fn put(&self, key: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), Error> {
        let put = self.client().put_object().bucket(&self.name).key(key).content_type(content_type);
        put.body(ByteStream::from(bytes)).send().await.map(|_| ()).map_err(Error::unavailable)
    }

    /// A file's bytes; `None` if it is not there.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        match self.client().get_object().bucket(&self.name).key(key).send().await {
            Ok(got) => read(got).await.map(Some),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(Error::unavailable(error)),
        }
    }

    /// So many bytes of a file from this one on, or fewer at its end; `None` if it is not there.
    pub async fn get_part(&self, key: &str, from: u64, length: u64) -> Result<Option<Vec<u8>>, Error> {
        let range = format!("bytes={from}-{}", from.saturating_add(length).saturating_sub(1));
        match self.client().get_object().bucket(&self.name).key(key).range(range).send().await {
            Ok(got) => read(got).await.map(Some),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(Error::unavailable(error)),
        }
    }

    /// A file's length in bytes; `None` if it is not there.
    pub async fn length(&self, key: &str) -> Result<Option<u64>, Error> {
        match self.client().head_object().bucket(&self.name).key(key).send().await {
            Ok(head) => Ok(head.content_length.and_then(|length| u64::try_from(length).ok())),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(Error::unavailable(error)),
        }
    }

    /// Keys of all files that begin with `prefix`.
    pub async fn list(&self, prefix: &str) -> Result<Vec<String>, Error> {
        let mut pages = self.client().list_objects_v2().bucket(&self.name).prefix(prefix).into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            let found = page.map_err(Error::unavailable)?.contents.unwrap_or_default();
            keys.extend(found.into_iter().filter_map(|object| object.key));
        }
        Ok(keys)
    }

    /// Deletes a file. Twice is once.
    pub async fn delete(&self, key: &str) -> Result<(), Error> {
        let delete = self.client().delete_object().bucket(&self.name).key(key);
        delete.send().await.map(|_| ()).map_err(Error::unavailable)
    }

    /// Deletes the files whose keys begin with `prefix` and come before another key.
    pub async fn delete_all(&self, prefix: &str, before: Option<&str>) -> Result<(), Error> {
        let listing = self.client().list_objects_v2().bucket(&self.name).prefix(prefix);
        let mut pages = listing.into_paginator().send();
        while let Some(page) = pages.next().await {
            let found = page.map_err(Error::unavailable)?.contents.unwrap_or_default();
            let keys = found.into_iter().filter_map(|object| object.key);
            let going: Vec<ObjectIdentifier> = keys
                .filter(|key| before.is_none_or(|before| key.as_str() < before))
                .map(|key| ObjectIdentifier::builder().key(key).build().map_err(Error::internal))
                .collect::<Result<_, _>>()?;
            if going.is_empty() {
                continue;
            }
            let going = Delete::builder().set_objects(Some(going)).quiet(true).build().map_err(Error::internal)?;
            let deleted = self.client().delete_objects().bucket(&self.name).delete(going).send().await;
            if let Some(failed) = deleted.map_err(Error::unavailable)?.errors.unwrap_or_default().into_iter().next() {
                return Err(Error::unavailable(format!("a file was not deleted: {:?}", failed.code)));
            }
        }
        Ok(())
    }

    /// The one request that stores a file, once: its type and length are signed, and that nothing is there yet. Good for
    /// [`LINK`].
    pub async fn upload_link(&self, key: &str, content_type: &str, length: u64) -> Result<SignedUpload, Error> {
        let put = self.client().put_object().bucket(&self.name).key(key).content_type(content_type);
        let put = put.content_length(i64::try_from(length).map_err(Error::internal)?).if_none_match("*");
        let signed = put.presigned(for_a_while()?).await.map_err(Error::unavailable)?;
        // Every client sends the length by itself.
        let headers = signed.headers().filter(|(name, _)| !name.eq_ignore_ascii_case("content-length"));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(SignedUpload { url: signed.uri().to_owned(), headers })
    }

    /// An address that gives a file to be saved as `name` (of plain letters), never to be shown. Good for [`LINK`].
    pub async fn download_link(&self, key: &str, name: &str) -> Result<String, Error> {
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')) {
            return Err(Error::internal("a file's name that does not go into a header"));
        }
        let get = self.client().get_object().bucket(&self.name).key(key);
        let get = get.response_content_disposition(format!("attachment; filename=\"{name}\""));
        let signed = get.presigned(for_a_while()?).await.map_err(Error::unavailable)?;
        Ok(signed.uri().to_owned())
    }
}

/// The body, in one buffer of its length: a file may be large.
async fn read(mut got: GetObjectOutput) -> Result<Vec<u8>, Error> {
    let length = got.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    let mut bytes = Vec::with_capacity(length);
    while let Some(some) = got.body.try_next().await.map_err(Error::unavailable)? {
        bytes.extend_from_slice(&some);
    }
    Ok(bytes)
}

fn for_a_while() -> Result<PresigningConfig, Error> {
    PresigningConfig::expires_in(LINK).map_err(Error::internal)
}

fn is_missing<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(error.code(), Some("NoSuchKey" | "NotFound"))
}
