//! The directory that keeps the platform's data, held by one instance at a time.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::LocalError;

/// The directory, locked until the value is dropped or the process dies.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Makes the directory if it is not there, and takes it. `fresh` deletes what the platform
    /// keeps in it, and nothing else: the directory may be somebody's own.
    pub(crate) fn take(path: &Path, fresh: bool) -> Result<Self, LocalError> {
        let failed = |source| LocalError::Data { path: path.to_owned(), source };
        std::fs::create_dir_all(path).map_err(failed)?;
        let lock = File::options().create(true).truncate(false).write(true).open(path.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LocalError::DataInUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let data = Self { path: path.to_owned(), _lock: lock };
        if fresh {
            for removed in [std::fs::remove_dir_all(data.aws()), std::fs::remove_file(data.sandbox())] {
                match removed {
                    Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
                    _ => {}
                }
            }
        }
        Ok(data)
    }

    /// Where the embedded AWS keeps tables, messages, files and secrets.
    pub(crate) fn aws(&self) -> PathBuf {
        self.path.join("aws")
    }

    /// Where the sandbox keeps the messages that it took.
    pub(crate) fn sandbox(&self) -> PathBuf {
        self.path.join("sandbox.jsonl")
    }

    /// The directory itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_one_instance_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let first = DataDir::take(directory.path(), false).unwrap();
        let second = DataDir::take(directory.path(), false).unwrap_err();
        assert!(matches!(second, LocalError::DataInUse { .. }), "{second}");
        drop(first);
        DataDir::take(directory.path(), false).unwrap();
    }

    #[test]
    fn fresh_deletes_the_platforms_data_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let ours = ["aws/tables", "sandbox.jsonl"].map(|name| directory.path().join(name));
        let theirs = directory.path().join("notes.txt");
        std::fs::create_dir(directory.path().join("aws")).unwrap();
        for file in ours.iter().chain([&theirs]) {
            std::fs::write(file, "x").unwrap();
        }
        drop(DataDir::take(directory.path(), false).unwrap());
        assert!(ours.iter().all(|file| file.exists()));
        drop(DataDir::take(directory.path(), true).unwrap());
        assert!(!ours.iter().any(|file| file.exists()));
        drop(DataDir::take(directory.path(), true).unwrap());
        assert!(theirs.exists());
    }
}
