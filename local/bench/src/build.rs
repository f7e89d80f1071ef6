//! Binaries that are measured as processes.

use std::path::PathBuf;
use std::process::Command;

use crate::stage::BoxError;

/// Builds a binary of this workspace like this program was built, and says where it is.
pub(crate) fn binary(package: &str, name: &str) -> Result<PathBuf, BoxError> {
    let own = std::env::current_exe()?;
    let directory = own.parent().ok_or("no directory")?;
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    // With this package beside it, so that its crates have the features that they have here and are not built anew.
    command.args(["build", "--quiet", "-p", package, "-p", "bench", "--bin", name]);
    if directory.ends_with("release") {
        command.arg("--release");
    }
    if !command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).status()?.success() {
        return Err(format!("{name} could not be built").into());
    }
    Ok(directory.join(name))
}
