//! The jars that a broker is.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::Context;

/// The folder of the jars, which Maven fetches once.
pub(super) fn folder() -> anyhow::Result<PathBuf> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("kafka");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/rig/kafka");
    let whole = folder.join("whole");
    fs::create_dir_all(&folder)?;
    // Tests start brokers side by side.
    let lock = fs::File::create(folder.join("lock"))?;
    lock.lock()?;
    if !whole.exists() {
        say("Fetching Kafka's jars (about 45 MiB, once) …")?;
        let status = Command::new("mvn")
            .args([
                "--batch-mode",
                "--quiet",
                "dependency:copy-dependencies",
                "-DincludeScope=runtime",
            ])
            .arg(format!("-DoutputDirectory={}", folder.display()))
            .arg("--file")
            .arg(project.join("pom.xml"))
            .stdout(Stdio::null())
            .status()
            .context("cannot run mvn: Maven is missing")?;
        anyhow::ensure!(status.success(), "Maven could not fetch Kafka's jars");
        fs::write(&whole, "")?;
    }
    Ok(folder.canonicalize()?)
}

fn say(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stderr(), "{text}")?)
}
