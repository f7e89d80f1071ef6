//! The files of one request, read once for all of a job's mails.

use std::sync::Arc;

use shared::Error;
use tokio::sync::SemaphorePermit;

use super::deliver::Work;
use crate::kinds::Channel;
use crate::providers::File;
use crate::state::AT_ONCE;

/// Bytes of attachments for which a message takes one place more: it is in memory several times.
const BYTES_OF_A_PLACE: u64 = 1024 * 1024;

impl Work<'_> {
    /// Waits until there is memory for a rendered message with its files.
    pub(super) async fn place(&self, channel: Channel) -> Result<SemaphorePermit<'_>, Error> {
        let bytes: u64 = match channel {
            Channel::Email => self.notification.attachments.iter().map(|file| file.size).sum(),
            _ => 0,
        };
        let places = 1 + u32::try_from(bytes / BYTES_OF_A_PLACE).unwrap_or(u32::MAX);
        self.state.places.acquire_many(places.min(AT_ONCE)).await.map_err(Error::internal)
    }

    /// The files of a message on `channel`; `None` if one is gone.
    pub(super) async fn files(&self, channel: Channel) -> Result<Option<Vec<File>>, Error> {
        if channel != Channel::Email || self.notification.attachments.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let read = || async {
            let mut files = Vec::with_capacity(self.notification.attachments.len());
            for file in &self.notification.attachments {
                let Some(bytes) = self.state.attachments.read(self.tenant, file).await? else {
                    return Ok(None);
                };
                let (name, content_type) = (file.name.clone(), file.content_type.clone());
                files.push(File { name, content_type, bytes: Arc::from(bytes) });
            }
            Ok::<_, Error>(Some(files))
        };
        Ok(self.read_files.get_or_try_init(read).await?.clone())
    }
}
