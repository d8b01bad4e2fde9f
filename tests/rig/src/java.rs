//! The JDK.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context;

/// Where a JDK from 21 on is.
///
/// # Errors
/// There is none.
pub fn home() -> anyhow::Result<PathBuf> {
    let find = Path::new(env!("CARGO_MANIFEST_DIR")).join("java-home");
    let output = Command::new(find).output().context("cannot look for a JDK")?;
    anyhow::ensure!(
        output.status.success(),
        "there is no JDK from 21 on; JAVA_HOME may say where"
    );
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim()))
}

/// Its `java`.
///
/// # Errors
/// There is none.
pub fn java() -> anyhow::Result<PathBuf> {
    Ok(home()?.join("bin/java"))
}
