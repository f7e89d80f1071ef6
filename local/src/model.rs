//! The embedding model of search, fetched at the first start by `functions/search/fetch-model.py`.
//!
//! Without Python or network there is none: searches go by words alone, and say so.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Where it is, for all starts of this checkout.
pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../functions/search/model");
/// The script that fetches it.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../functions/search/fetch-model.py");
/// What the script writes last.
const LAST_FILE: &str = "l2_supercat_256.safetensors";
/// While this file is there, search waits for the model.
const FETCHING: &str = "fetching";
/// How long a file of that name counts: whoever wrote it may have been killed.
const LONGEST: Duration = Duration::from_mins(1);

/// Fetches the model unless it is there, in a thread of its own. What goes wrong is said, and stops nothing.
pub(crate) fn fetch() {
    let folder = Path::new(FOLDER);
    if folder.join(LAST_FILE).exists() {
        return;
    }
    if let Err(error) = begin(folder) {
        tracing::warn!(%error, "the embedding model is not fetched; searches go by words alone");
    }
}

fn begin(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let mark = folder.join(FETCHING);
    let is_old = |age: Result<Duration, _>| age.is_ok_and(|age| age > LONGEST);
    if fs::metadata(&mark).and_then(|mark| mark.modified()).is_ok_and(|written| is_old(written.elapsed())) {
        fs::remove_file(&mark)?;
    }
    // Another start fetches it already.
    if fs::File::create_new(&mark).is_err() {
        return Ok(());
    }
    std::thread::spawn(move || {
        let fetched =
            Command::new("python3").arg(SCRIPT).arg(FOLDER).stdin(Stdio::null()).stdout(Stdio::null()).status();
        if !fetched.is_ok_and(|status| status.success()) {
            tracing::warn!("the embedding model could not be fetched; searches go by words alone");
        }
        // Left behind, it is old in a minute.
        let _ = fs::remove_file(mark);
    });
    Ok(())
}
