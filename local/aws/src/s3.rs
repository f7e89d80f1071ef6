use std::path::{Path, PathBuf};

use async_trait::async_trait;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::path::S3Path;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{S3Result, s3_error};
use s3s_fs::FileSystem;

use crate::edge::{Body, xml};
use crate::{ACCESS_KEY, Error, SECRET_KEY};

/// Buckets as directories, objects as files, addressed by path.
pub(crate) struct S3 {
    service: S3Service,
}

impl S3 {
    /// Opens the buckets in a directory, which must exist.
    pub(crate) fn open(directory: &Path) -> Result<Self, Error> {
        let files = FileSystem::new(directory)
            .map_err(|error| Error::S3 { path: directory.to_owned(), reason: format!("{error:?}") })?;
        let mut builder = S3ServiceBuilder::new(files);
        // Without keys of its own s3s would check no signature, and so no presigned URL's expiry.
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        builder.set_access(ExistingBuckets { directory: directory.to_owned() });
        Ok(Self { service: builder.build() })
    }

    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        match self.service.call(request.map(s3s::Body::from)).await {
            Ok(response) => response.map(BodyExt::boxed_unsync),
            Err(error) => {
                tracing::error!(?error, "s3 gave no answer");
                xml(StatusCode::INTERNAL_SERVER_ERROR, "<Error><Code>InternalError</Code></Error>".to_owned())
            }
        }
    }
}

/// Refuses anonymous requests, and buckets that are not there: `s3s-fs` would make them by the
/// first upload.
struct ExistingBuckets {
    directory: PathBuf,
}

#[async_trait]
impl S3Access for ExistingBuckets {
    async fn check(&self, request: &mut S3AccessContext<'_>) -> S3Result<()> {
        if request.credentials().is_none() {
            return Err(s3_error!(AccessDenied, "Signature is required"));
        }
        let (S3Path::Bucket { bucket } | S3Path::Object { bucket, .. }) = request.s3_path() else {
            return Ok(());
        };
        if request.s3_op().name() == "CreateBucket" {
            return Ok(());
        }
        // A bucket's name has neither slashes nor two dots in a row; s3s has checked that.
        match tokio::fs::try_exists(self.directory.join(bucket.as_ref())).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(s3_error!(NoSuchBucket)),
            Err(error) => Err(s3_error!(error, InternalError)),
        }
    }
}
