//! Large files, stored part by part, by processes that may die in between.

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};

use super::Bucket;
use crate::error::Error;

impl Bucket {
    /// Begins a file whose parts follow; gives the upload's id.
    pub async fn begin_upload(&self, key: &str, content_type: &str) -> Result<String, Error> {
        let create = self.client().create_multipart_upload().bucket(&self.name).key(key).content_type(content_type);
        let begun = create.send().await.map_err(Error::unavailable)?;
        begun.upload_id.ok_or_else(|| Error::internal("an upload without an id"))
    }

    /// Stores a part, from 1, of at least 5 MiB but for the last one; gives its tag. Again, it replaces the one before.
    pub async fn put_part(&self, key: &str, upload: &str, number: usize, bytes: Vec<u8>) -> Result<String, Error> {
        let number = i32::try_from(number).map_err(Error::internal)?;
        let put = self.client().upload_part().bucket(&self.name).key(key).upload_id(upload).part_number(number);
        let put = put.body(ByteStream::from(bytes)).send().await.map_err(Error::unavailable)?;
        put.e_tag.ok_or_else(|| Error::internal("a part without a tag"))
    }

    /// Makes the file of its parts, given by their tags.
    pub async fn complete_upload(&self, key: &str, upload: &str, tags: &[String]) -> Result<(), Error> {
        let part = |(tag, number): (&String, i32)| CompletedPart::builder().e_tag(tag).part_number(number).build();
        let parts = CompletedMultipartUpload::builder().set_parts(Some(tags.iter().zip(1..).map(part).collect()));
        let complete = self.client().complete_multipart_upload().bucket(&self.name).key(key).upload_id(upload);
        complete.multipart_upload(parts.build()).send().await.map(|_| ()).map_err(Error::unavailable)
    }

    /// Gives an upload up. Twice is once.
    pub async fn abort_upload(&self, key: &str, upload: &str) -> Result<(), Error> {
        let abort = self.client().abort_multipart_upload().bucket(&self.name).key(key).upload_id(upload);
        match abort.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some("NoSuchUpload") => Ok(()),
            Err(error) => Err(Error::unavailable(error)),
        }
    }
}
