//! The next version of an index, made in memory. Nothing here waits: it is called off the async threads.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use shared::clock::Clock;
use shared::ids;
use tantivy::directory::OwnedBytes;
use tantivy::index::{SegmentId, SegmentMeta};
use tantivy::indexer::{LogMergePolicy, MergePolicy, NoMergePolicy};
use tantivy::{Index, IndexWriter, Term};
use uuid::Uuid;

use super::directory::MemoryDirectory;
use super::manifest::{Deletes, File, Manifest, Object, Segment};
use super::schema::fields;
use super::segments::Fetched;
use super::stemming::Stem;
use super::vectors::{EXTENSION, Quantised, VectorPlugin};
use crate::documents::{Document, DocumentKey};

/// Memory for one segment while it is made, in bytes.
const MEMORY: usize = 128 * 1024 * 1024;
/// Documents of a segment that is not merged any more.
const LARGEST_SEGMENT: usize = 1_000_000;
/// Segments of about the same size that are merged into one.
const MERGED: usize = 8;
/// Part of a segment's documents that may be deleted before it is merged.
const MOST_DELETED: f32 = 0.3;
/// Segments that do not wait for the timer.
const MANY: usize = 24;
/// What a segment is made of.
const EXTENSIONS: [&str; 7] = ["idx", "pos", "term", "store", "fast", "fieldnorm", EXTENSION];

/// A document that is new, changed, or gone.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) key: DocumentKey,
    /// As it is now, with what it means.
    pub(crate) document: Option<(Document, Option<Quantised>)>,
}

/// A version that is made and not stored.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) manifest: Manifest,
    /// Objects that it names and the one before did not.
    pub(crate) objects: Vec<(Uuid, OwnedBytes)>,
}

/// Opens an index whose objects were fetched.
pub(super) fn open(manifest: &Manifest, fetched: &Fetched) -> tantivy::Result<(Index, MemoryDirectory)> {
    let mut files: HashMap<PathBuf, OwnedBytes> = HashMap::new();
    for segment in &manifest.segments {
        for object in segment.objects() {
            let Some(bytes) = fetched.get(&object.id) else {
                return Err(tantivy::TantivyError::InternalError("a segment was not fetched".to_owned()));
            };
            for file in &object.files {
                files.insert(segment.file_name(file).into(), bytes.slice(file.at..file.at + file.length));
            }
        }
    }
    files.insert("meta.json".into(), OwnedBytes::new(manifest.meta().into_bytes()));
    let directory = MemoryDirectory::new(files);
    let mut index = Index::open(directory.clone())?;
    index.register_plugin(Arc::new(VectorPlugin));
    Ok((index, directory))
}

/// The index with these documents as they are now. `model` made their vectors.
pub(crate) fn write(
    before: &Manifest,
    fetched: &Fetched,
    changes: &[Change],
    (model, default_language): (Option<&str>, &str),
    clock: &Clock,
) -> tantivy::Result<Made> {
    let (index, directory) = open(before, fetched)?;
    let mut writer: IndexWriter = index.writer_with_num_threads(1, MEMORY)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    let (mut stems, mut languages): (HashMap<&str, Option<Stem>>, BTreeSet<String>) =
        (HashMap::new(), before.languages.clone());
    // As long as one document has no vector, or one of another model, there is nothing to compare.
    let model = model.filter(|model| before.model.as_deref() == Some(model));
    for Change { key, document } in changes {
        writer.delete_term(Term::from_field_text(fields().key, &key.text()));
        let Some((document, vector)) = document else { continue };
        let language = document.language.as_deref().unwrap_or(default_language);
        let stem = stems.entry(language).or_insert_with(|| Stem::of(language)).as_ref();
        languages.extend(stem.map(|stem| stem.language().to_owned()));
        let json =
            serde_json::to_string(document).map_err(|error| tantivy::TantivyError::InternalError(error.to_string()))?;
        writer.add_document(fields().index(document, &json, stem, vector.as_ref()))?;
    }
    writer.commit()?;
    // Between two timers there may be hundreds of commits, and a manifest has room for some hundred segments.
    if index.searchable_segment_ids()?.len() >= MANY {
        merge_candidates(&index, &mut writer)?;
    }
    writer.wait_merging_threads()?;
    made(before, &index, &directory, (model.map(str::to_owned), languages), clock)
}

/// Whether an index has so many segments, or so much that is deleted, that it is worth looking at.
pub(crate) fn may_be_merged(manifest: &Manifest) -> bool {
    let has_holes = |segment: &Segment| {
        segment.deletes.as_ref().is_some_and(|deletes| {
            f64::from(deletes.documents) > f64::from(segment.documents) * f64::from(MOST_DELETED)
        })
    };
    manifest.segments.len() >= MERGED || manifest.segments.iter().any(has_holes)
}

/// The index with fewer segments; `None` if it has few enough.
pub(crate) fn merge(before: &Manifest, fetched: &Fetched, clock: &Clock) -> tantivy::Result<Option<Made>> {
    let (index, directory) = open(before, fetched)?;
    let mut writer: IndexWriter = index.writer_with_num_threads(1, MEMORY)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    if !merge_candidates(&index, &mut writer)? {
        return Ok(None);
    }
    writer.wait_merging_threads()?;
    made(before, &index, &directory, (before.model.clone(), before.languages.clone()), clock).map(Some)
}

/// Merges segments of like size, and those of which much is deleted; whether there were any.
fn merge_candidates(index: &Index, writer: &mut IndexWriter) -> tantivy::Result<bool> {
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(MERGED);
    policy.set_max_docs_before_merge(LARGEST_SEGMENT);
    policy.set_del_docs_ratio_before_merge(MOST_DELETED);
    let candidates = policy.compute_merge_candidates(&index.searchable_segment_metas()?);
    let any = !candidates.is_empty();
    for candidate in candidates {
        writer.merge(&candidate.0).wait()?;
    }
    Ok(any)
}

/// Describes what tantivy has made, and packs what is new.
fn made(
    before: &Manifest,
    index: &Index,
    directory: &MemoryDirectory,
    (model, languages): (Option<String>, BTreeSet<String>),
    clock: &Clock,
) -> tantivy::Result<Made> {
    let metas = index.load_metas()?;
    let mut objects = Vec::new();
    let mut segments = Vec::with_capacity(metas.segments.len());
    for meta in &metas.segments {
        let id = uuid_of(meta.id())?;
        let known = before.segments.iter().find(|segment| segment.id == id);
        let mut store = |extensions: &[String]| -> tantivy::Result<Object> {
            let (object, bytes) = pack(id, extensions, directory, clock)?;
            objects.push((object.id, bytes));
            Ok(object)
        };
        let object = match known {
            Some(known) => known.object.clone(),
            None => store(&EXTENSIONS.map(str::to_owned))?,
        };
        let deletes = match (deletes_of(meta), known.and_then(|known| known.deletes.clone())) {
            (None, _) => None,
            (Some((_, opstamp)), Some(known)) if known.opstamp == opstamp => Some(known),
            (Some((documents, opstamp)), _) => {
                Some(Deletes { documents, opstamp, object: store(&[format!("{opstamp}.del")])? })
            }
        };
        segments.push(Segment { id, documents: meta.max_doc(), object, deletes });
    }
    // What was there first stays first, whatever the random ids: equal results keep their order.
    let age = |segment: &Segment| before.segments.iter().position(|known| known.id == segment.id);
    segments.sort_by_key(|segment| age(segment).unwrap_or(usize::MAX));
    let manifest = Manifest {
        version: before.version + 1,
        layout: before.layout,
        model,
        languages,
        opstamp: metas.opstamp,
        segments,
        updated_at: clock.now(),
    };
    Ok(Made { manifest, objects })
}

fn deletes_of(meta: &SegmentMeta) -> Option<(u32, u64)> {
    Some((meta.num_deleted_docs(), meta.delete_opstamp()?))
}

fn uuid_of(id: SegmentId) -> tantivy::Result<Uuid> {
    id.uuid_string().parse().map_err(|_| tantivy::TantivyError::InternalError("a segment's id is no UUID".to_owned()))
}

/// Files of a segment as one object.
fn pack(
    segment: Uuid,
    extensions: &[String],
    directory: &MemoryDirectory,
    clock: &Clock,
) -> tantivy::Result<(Object, OwnedBytes)> {
    let (mut files, mut bytes) = (Vec::new(), Vec::new());
    for extension in extensions {
        let name = format!("{}.{extension}", segment.simple());
        let Some(file) = directory.get(&name) else {
            return Err(tantivy::TantivyError::InternalError(format!("{name} was not written")));
        };
        files.push(File { extension: extension.clone(), at: bytes.len(), length: file.len() });
        bytes.extend_from_slice(&file);
    }
    Ok((Object { id: ids::new(clock), files }, OwnedBytes::new(bytes)))
}
