//! What the sandbox has taken and told, in a file of JSON lines.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{Error, ErrorKind};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A message that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Taken {
    /// The sandbox's own id of it.
    pub(crate) id: Uuid,
    /// The same for each repetition.
    pub(super) webhook_id: String,
    pub(crate) channel: String,
    pub(crate) to: String,
    pub(crate) content: Content,
    pub(crate) at: Timestamp,
}

/// What a message says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) subject: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) html: Option<String>,
}

/// One line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Line {
    /// A message was taken.
    Taken(Taken),
    /// notify knows that the one with this id has arrived.
    Told(Uuid),
}

/// Everything that was taken, in memory, and in the file if there is one.
#[derive(Debug, Default)]
pub(super) struct Journal {
    file: Option<File>,
    /// Bytes of the file up to the end of its last line.
    length: u64,
    taken: Vec<Taken>,
    places: HashMap<String, usize>,
    untold: BTreeSet<Uuid>,
}

impl Journal {
    /// Reads the file, or makes it for its owner alone. A last line that a kill has cut off was never acknowledged,
    /// and goes.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let file = File::options().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        if let Some(directory) = path.parent() {
            // So that the file's name survives a crash, too.
            File::open(directory)?.sync_all()?;
        }
        let mut journal = Self::default();
        let bytes = std::fs::read(path)?;
        for line in bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n")) {
            journal.learn(serde_json::from_slice(line).map_err(|error| Error::new(ErrorKind::InvalidData, error))?);
            journal.length += line.len() as u64;
        }
        file.set_len(journal.length)?;
        Ok(Self { file: Some(file), ..journal })
    }

    /// Keeps a message unless it is a repetition. Gives what is kept of it, and whether notify knows that it has arrived.
    pub(super) fn take(&mut self, taken: Taken) -> Result<(Taken, bool), Error> {
        if let Some(place) = self.places.get(&taken.webhook_id) {
            let known = &self.taken[*place];
            return Ok((known.clone(), !self.untold.contains(&known.id)));
        }
        self.write(Line::Taken(taken.clone()))?;
        Ok((taken, false))
    }

    /// notify knows that a message has arrived.
    pub(super) fn told(&mut self, id: Uuid) -> Result<(), Error> {
        self.write(Line::Told(id))
    }

    /// Everything that was taken, oldest first.
    pub(super) fn taken(&self) -> &[Taken] {
        &self.taken
    }

    /// Of which messages notify does not know that they have arrived.
    pub(super) fn untold(&self) -> Vec<Taken> {
        self.taken.iter().filter(|taken| self.untold.contains(&taken.id)).cloned().collect()
    }

    fn write(&mut self, line: Line) -> Result<(), Error> {
        if let Some(file) = &self.file {
            let mut bytes = serde_json::to_vec(&line)?;
            bytes.push(b'\n');
            if let Err(error) = file.write_all_at(&bytes, self.length).and_then(|()| file.sync_data()) {
                // Half a line is overwritten by the next one, at the same place.
                let _ = file.set_len(self.length);
                return Err(error);
            }
            self.length += bytes.len() as u64;
        }
        self.learn(line);
        Ok(())
    }

    fn learn(&mut self, line: Line) {
        match line {
            Line::Taken(taken) => {
                self.places.insert(taken.webhook_id.clone(), self.taken.len());
                self.untold.insert(taken.id);
                self.taken.push(taken);
            }
            Line::Told(id) => {
                self.untold.remove(&id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn message(id: u128, webhook_id: &str) -> Taken {
        Taken {
            id: Uuid::from_u128(id),
            webhook_id: webhook_id.to_owned(),
            channel: "whatsapp".to_owned(),
            to: "+436641234567".to_owned(),
            content: Content { text: Some("two\nlines".to_owned()), ..Content::default() },
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_was_taken_is_there_again_but_for_half_a_line() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sandbox.jsonl");
        let mut journal = Journal::open(&path).unwrap();
        for (id, webhook_id) in [(1, "a"), (2, "b")] {
            assert_eq!(journal.take(message(id, webhook_id)).unwrap(), (message(id, webhook_id), false));
        }
        journal.told(Uuid::from_u128(1)).unwrap();
        File::options().append(true).open(&path).unwrap().write_all(b"{\"taken\":{\"id").unwrap();

        let mut journal = Journal::open(&path).unwrap();
        assert_eq!(journal.taken(), [message(1, "a"), message(2, "b")]);
        assert_eq!(journal.untold(), [message(2, "b")]);
        assert_eq!(journal.take(message(3, "a")).unwrap(), (message(1, "a"), true));
        assert_eq!(journal.take(message(4, "c")).unwrap(), (message(4, "c"), false));
        assert_eq!(Journal::open(&path).unwrap().taken().len(), 3);
    }

    #[test]
    fn a_file_of_something_else_is_left_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sandbox.jsonl");
        std::fs::write(&path, "notes\n").unwrap();
        assert_eq!(Journal::open(&path).unwrap_err().kind(), ErrorKind::InvalidData);
        assert_eq!(std::fs::read(&path).unwrap(), b"notes\n");
    }
}
