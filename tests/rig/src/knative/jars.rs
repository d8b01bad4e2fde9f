//! The jars, built once into this build's folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context;

use crate::java;

/// The folder that has `lib` and `config`.
///
/// # Errors
/// They are not there and cannot be built.
pub(crate) fn folder() -> anyhow::Result<PathBuf> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = project.join("../../target/rig/knative");
    fs::create_dir_all(&folder)?;
    // Tests start rigs side by side.
    let lock = fs::File::create(folder.join("lock"))?;
    lock.lock()?;
    let status = Command::new(project.join("knative/install"))
        .arg(&folder)
        .env("JAVA_HOME", java::home()?)
        .status()
        .context("cannot run knative/install")?;
    anyhow::ensure!(status.success(), "Knative's data plane cannot be built");
    Ok(folder.canonicalize()?)
}
