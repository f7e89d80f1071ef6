//! Newline-delimited JSON, a piece at a time.

use shared::{Error, ServiceError};

use crate::documents::Document;
use crate::tasks::Failure;

/// Characters of a reason.
const LONGEST_REASON: usize = 300;

/// What whole lines of a piece hold.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) documents: Vec<Document>,
    pub(super) failures: Vec<Failure>,
    /// Of lines, empty ones too.
    pub(super) count: u64,
    /// Bytes of those lines.
    pub(super) bytes: usize,
}

/// Reads the whole lines of a piece, which begins behind `before` lines. The last piece's last line needs no end.
pub(super) fn read(piece: &[u8], is_last: bool, before: u64) -> Lines {
    let whole =
        if is_last { piece.len() } else { piece.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1) };
    let mut read = Lines { bytes: whole, ..Lines::default() };
    let mut rest = &piece[..whole];
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let line = rest[..end].trim_ascii();
        rest = rest.get(end + 1..).unwrap_or_default();
        read.count += 1;
        if line.is_empty() {
            continue;
        }
        match shared::http::from_json::<Document>(line) {
            Ok(document) => read.documents.push(document),
            Err(error) => read.failures.push(failure(before + read.count, &error)),
        }
    }
    read
}

fn failure(line: u64, error: &Error) -> Failure {
    let fields = match error {
        Error::Validation(fields) => {
            fields.iter().map(|field| format!("{}: {}", field.field, field.message)).collect::<Vec<_>>().join("; ")
        }
        other => format!("{}: {other}", other.problem().code),
    };
    Failure { line: Some(line), entity_type: None, id: None, reason: fields.chars().take(LONGEST_REASON).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_documents_or_failures() {
        let file = b"{\"id\":\"1\",\"entity_type\":\"event\",\"title\":\"a\"}\r\n\n{\"id\":\n{\"id\":\"2\",\"entity_type\":\"event\",\"title\":\"\"}\n{\"id\":\"3\",\"entity_type\":\"event\",\"title\":\"c\"}";
        let all = read(file, true, 10);
        let ids: Vec<&str> = all.documents.iter().map(|document| document.id.as_str()).collect();
        assert_eq!((ids, all.count, all.bytes), (vec!["1", "3"], 5, file.len()));
        let lines: Vec<Option<u64>> = all.failures.iter().map(|failure| failure.line).collect();
        assert_eq!(lines, [Some(13), Some(14)]);
        assert!(all.failures[1].reason.starts_with("title: "), "{:?}", all.failures);
        let first = read(file, false, 0);
        assert_eq!((first.documents.len(), first.count), (1, 4), "the last line may go on");
    }

    proptest! {
        #[test]
        fn pieces_of_any_size_are_the_whole(titles in prop::collection::vec("[a-z]{1,9}", 0..12), size in 60_usize..200) {
            let line = |(id, title): (usize, &String)| format!("{{\"id\":\"{id}\",\"entity_type\":\"event\",\"title\":\"{title}\"}}\n");
            let file: String = titles.iter().enumerate().map(line).collect();
            let (mut offset, mut lines, mut found) = (0, 0, Vec::new());
            while offset < file.len() {
                let end = (offset + size).min(file.len());
                let some = read(&file.as_bytes()[offset..end], end == file.len(), lines);
                prop_assert!(some.bytes > 0);
                offset += some.bytes;
                lines += some.count;
                found.extend(some.documents.into_iter().map(|document| document.title));
            }
            prop_assert_eq!(found, titles);
        }
    }
}
