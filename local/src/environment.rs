//! The environments of functions and tasks, for binaries that run beside the platform.
//!
//! The running platform writes them to its data directory, with the addresses it really has;
//! `local env` prints one of them.

use std::collections::BTreeMap;
use std::io::{BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::error::LocalError;

/// Variables by function, as `sam local invoke --env-vars` takes them.
pub(crate) type Environments = BTreeMap<String, BTreeMap<String, String>>;

fn file(data: &Path) -> PathBuf {
    data.join("environments.json")
}

/// Keeps `environments` in the data directory. Only the owner may read them: they hold the data keys.
pub(crate) fn keep(data: &Path, environments: &Environments) -> Result<(), LocalError> {
    let failed = |source| LocalError::Data { path: file(data), source };
    // A temporary file is made for its owner alone, and a reader never sees half of it.
    let mut partial = tempfile::NamedTempFile::new_in(data).map_err(failed)?;
    serde_json::to_writer_pretty(&mut partial, environments).map_err(|error| failed(error.into()))?;
    partial.flush().map_err(failed)?;
    partial.persist(file(data)).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Prints the environment of `function`, or of a task, as the platform in `data` gives it.
pub(crate) fn print(data: &Path, function: &str, json: bool) -> Result<(), LocalError> {
    let environments = read(data)?;
    let Some(variables) = environments.get(function) else {
        let known = environments.into_keys().collect::<Vec<_>>().join(", ");
        return Err(LocalError::UnknownFunction { name: function.to_owned(), known });
    };
    if json {
        println!("{:#}", serde_json::json!({ function: variables }));
    } else {
        for (name, value) in variables {
            println!("{name}={value}");
        }
    }
    Ok(())
}

fn read(data: &Path) -> Result<Environments, LocalError> {
    let path = file(data);
    let opened = std::fs::File::open(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => LocalError::NeverStarted { path: data.to_owned() },
        _ => LocalError::Data { path: path.clone(), source: error },
    })?;
    serde_json::from_reader(BufReader::new(opened)).map_err(|error| LocalError::Data { path, source: error.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_is_kept_is_read_back_and_is_the_owners_alone() {
        let directory = tempfile::tempdir().unwrap();
        assert!(matches!(read(directory.path()), Err(LocalError::NeverStarted { .. })));
        let variables = BTreeMap::from([("TABLE".to_owned(), "AuthTable".to_owned())]);
        let environments = Environments::from([("AuthFunction".to_owned(), variables)]);
        keep(directory.path(), &environments).unwrap();
        assert_eq!(read(directory.path()).unwrap(), environments);
        let mode = file(directory.path()).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
