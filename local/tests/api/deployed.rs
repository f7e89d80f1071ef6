//! What only this crate may know is in no crate that is deployed. (CI searches the built binaries, too.)

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const SEEDED: [&str; 4] = ["Password123!", "@eventzr.com", "@startup.co", "/_local"];
const DEPLOYED: [&str; 5] = ["auth", "notify", "reports", "search", "chat-fargate"];

#[test]
fn no_deployed_crate_holds_a_seeded_account() {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let ours = |name: &str| packages.iter().find(|package| package["name"] == name);
    let mut waiting: Vec<&str> = DEPLOYED.to_vec();
    let mut deployed = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        let package = ours(name).unwrap();
        if deployed.insert(name) {
            // What is needed for tests alone is not deployed.
            let needed = package["dependencies"].as_array().unwrap().iter().filter(|needed| needed["kind"].is_null());
            waiting.extend(needed.filter_map(|needed| needed["name"].as_str()).filter(|name| ours(name).is_some()));
        }
    }
    assert!(deployed.contains("shared"), "{deployed:?}");
    for local in ["local", "local-aws", "bench"] {
        assert!(!deployed.contains(local), "{local} is part of what is deployed");
    }
    for name in deployed {
        let manifest = Path::new(ours(name).unwrap()["manifest_path"].as_str().unwrap());
        assert_eq!(seeded(&manifest.parent().unwrap().join("src")), BTreeSet::new(), "in {name}");
    }
    // The search finds what it looks for where that is allowed.
    assert_eq!(seeded(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")), SEEDED.into_iter().collect());
}

/// What of [`SEEDED`] stands in the sources under `directory`, unit tests apart.
fn seeded(directory: &Path) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    for entry in directory.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(seeded(&path));
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            let compiled = text.split("#[cfg(test)]").next().unwrap_or_default();
            found.extend(SEEDED.into_iter().filter(|seed| compiled.contains(seed)));
        }
    }
    found
}
