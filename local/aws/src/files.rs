//! Files that a crash must not leave half written.

use std::io::Write;
use std::path::Path;

/// Writes the whole file or nothing, readable by its owner alone.
pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut partial = tempfile::NamedTempFile::new_in(file.parent().unwrap_or(file))?;
    partial.write_all(bytes)?;
    partial.as_file().sync_all()?;
    partial.persist(file).map_err(|error| error.error)?;
    Ok(())
}

/// The text of a file, if it is there.
pub(crate) fn read_if_there(file: &Path) -> std::io::Result<Option<String>> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
