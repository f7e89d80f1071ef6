//! What an index is made of.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::schema::{LAYOUT, fields};
use super::vectors::EXTENSION;

/// Bytes of stored documents that are compressed together: a page of results reads some of each of its blocks.
const BLOCK: usize = 4096;

/// One version of a tenant's index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// Counts from 1; 0 is an index that nobody has written yet.
    pub(crate) version: u64,
    /// What stands in it: [`LAYOUT`] of whoever began it.
    pub(crate) layout: u32,
    /// The model of all its vectors, if all documents have one.
    pub(crate) model: Option<String>,
    /// Languages of its documents, as far as there are stems of them.
    pub(crate) languages: BTreeSet<String>,
    /// tantivy's count of operations.
    pub(crate) opstamp: u64,
    pub(crate) segments: Vec<Segment>,
    pub(crate) updated_at: Timestamp,
}

/// A part of an index, in one object that never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Segment {
    /// As tantivy knows it.
    pub(crate) id: Uuid,
    /// Documents, deleted ones too.
    pub(crate) documents: u32,
    pub(crate) object: Object,
    /// What was deleted of it afterwards.
    pub(crate) deletes: Option<Deletes>,
}

/// Files of a segment, one behind the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Object {
    /// In the bucket, below the tenant.
    pub(crate) id: Uuid,
    pub(crate) files: Vec<File>,
}

/// A file in an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct File {
    /// Behind the segment's id: `idx`.
    pub(crate) extension: String,
    /// Where it begins, in bytes.
    pub(crate) at: usize,
    pub(crate) length: usize,
}

/// Documents of a segment that are deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deletes {
    pub(crate) documents: u32,
    pub(crate) opstamp: u64,
    pub(crate) object: Object,
}

impl Object {
    /// Its length in bytes.
    pub(crate) fn length(&self) -> usize {
        self.files.iter().map(|file| file.length).sum()
    }
}

impl Manifest {
    /// An index without documents.
    pub(crate) fn empty(model: Option<String>, now: Timestamp) -> Self {
        Self {
            version: 0,
            layout: LAYOUT,
            model,
            languages: BTreeSet::new(),
            opstamp: 0,
            segments: Vec::new(),
            updated_at: now,
        }
    }

    /// Documents that can be found.
    pub(crate) fn documents(&self) -> u64 {
        let alive = |segment: &Segment| {
            u64::from(segment.documents) - segment.deletes.as_ref().map_or(0, |deletes| u64::from(deletes.documents))
        };
        self.segments.iter().map(alive).sum()
    }

    /// Bytes of its objects.
    pub(crate) fn bytes(&self) -> usize {
        self.objects().map(Object::length).sum()
    }

    /// The same, without the share of documents that are deleted: it goes with the next merge.
    pub(crate) fn bytes_of_documents(&self) -> u64 {
        let share = |segment: &Segment| {
            let (all, bytes) =
                (u64::from(segment.documents).max(1), u64::try_from(segment.object.length()).unwrap_or(0));
            let deleted = segment.deletes.as_ref().map_or(0, |deletes| u64::from(deletes.documents));
            bytes / all * all.saturating_sub(deleted)
        };
        self.segments.iter().map(share).sum()
    }

    /// Everything that it names.
    pub(crate) fn objects(&self) -> impl Iterator<Item = &Object> {
        self.segments.iter().flat_map(Segment::objects)
    }

    /// Whether this version of the code can read it.
    pub(crate) fn is_readable(&self) -> bool {
        self.layout == LAYOUT
    }

    /// tantivy's own description of it.
    pub(super) fn meta(&self) -> String {
        let segments = self.segments.iter().map(|segment| {
            let deletes = segment.deletes.as_ref();
            json!({
                "segment_id": segment.id,
                "max_doc": segment.documents,
                "deletes": deletes.map(|deletes| json!({"num_deleted_docs": deletes.documents, "opstamp": deletes.opstamp})),
            })
        });
        json!({
            "index_settings": {"docstore_compression": "lz4", "docstore_blocksize": BLOCK},
            "segments": segments.collect::<Vec<_>>(),
            "persisted_custom_extensions": [EXTENSION],
            "schema": fields().schema,
            "opstamp": self.opstamp,
        })
        .to_string()
    }
}

impl Segment {
    /// Its objects.
    pub(super) fn objects(&self) -> impl Iterator<Item = &Object> {
        std::iter::once(&self.object).chain(self.deletes.as_ref().map(|deletes| &deletes.object))
    }

    /// What a file of it is called in tantivy's directory.
    pub(super) fn file_name(&self, file: &File) -> String {
        format!("{}.{}", self.id.simple(), file.extension)
    }
}
