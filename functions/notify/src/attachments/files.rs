//! The bucket.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::PresigningConfig;
use shared::Error;
use shared::auth::TenantId;
use shared::config::{ConfigError, Env};
use shared::store::SdkConfig;

use super::model::{Attached, Upload};

/// How long an upload may begin.
pub(super) const UPLOAD: Duration = Duration::from_mins(5);

/// The attachments' bytes.
#[derive(Clone, Debug)]
pub(super) struct Files {
    client: Client,
    bucket: String,
}

impl Files {
    /// Reads `ATTACHMENTS_BUCKET`.
    pub(super) fn from_env(env: &Env, sdk: &SdkConfig) -> Result<Self, ConfigError> {
        Ok(Self { client: Client::new(sdk), bucket: env.require("ATTACHMENTS_BUCKET")?.to_owned() })
    }

    /// The request that stores the file; type and length are signed.
    pub(super) async fn upload(
        &self,
        tenant: TenantId,
        file: &Attached,
        expires_at: jiff::Timestamp,
    ) -> Result<Upload, Error> {
        let put = self.client.put_object().bucket(&self.bucket).key(key(tenant, file));
        let put =
            put.content_type(&file.content_type).content_length(i64::try_from(file.size).map_err(Error::internal)?);
        let config = PresigningConfig::expires_in(UPLOAD).map_err(Error::internal)?;
        let signed = put.presigned(config).await.map_err(Error::unavailable)?;
        // Every client sends the length by itself.
        let headers = signed.headers().filter(|(name, _)| !name.eq_ignore_ascii_case("content-length"));
        let headers: BTreeMap<String, String> =
            headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(Upload { method: "PUT", url: signed.uri().to_owned(), headers, expires_at })
    }

    /// Whether the file was uploaded as it was announced.
    pub(super) async fn is_there(&self, tenant: TenantId, file: &Attached) -> Result<bool, Error> {
        let head = self.client.head_object().bucket(&self.bucket).key(key(tenant, file)).send().await;
        match head {
            Ok(head) => Ok(head.content_length.and_then(|length| u64::try_from(length).ok()) == Some(file.size)),
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(Error::unavailable(error)),
        }
    }

    /// The file; `None` if it is not there any more.
    pub(super) async fn read(&self, tenant: TenantId, file: &Attached) -> Result<Option<Vec<u8>>, Error> {
        let got = self.client.get_object().bucket(&self.bucket).key(key(tenant, file)).send().await;
        match got {
            Ok(got) => Ok(Some(got.body.collect().await.map_err(Error::unavailable)?.to_vec())),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(Error::unavailable(error)),
        }
    }

    /// Deletes the file. Twice is once.
    pub(super) async fn delete(&self, tenant: TenantId, file: &Attached) -> Result<(), Error> {
        let delete = self.client.delete_object().bucket(&self.bucket).key(key(tenant, file));
        delete.send().await.map(|_| ()).map_err(Error::unavailable)
    }
}

fn is_missing<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(error.code(), Some("NoSuchKey" | "NotFound"))
}

/// Made of nothing that a caller has said.
fn key(tenant: TenantId, file: &Attached) -> String {
    format!("{tenant}/{}", file.id)
}
