//! The JDK, and what is run by it.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::Context;
use nix::sys::signal::Signal;

use crate::process::Process;

/// How long a JVM may take to end that writes down what its classes came to, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

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

/// The jars in `folder`, in an order that stays.
///
/// # Errors
/// They cannot be listed.
pub(crate) fn classpath(folder: &Path) -> anyhow::Result<OsString> {
    let mut jars = Vec::new();
    for entry in fs::read_dir(folder)? {
        jars.push(entry?.path());
    }
    jars.retain(|jar| jar.extension().is_some_and(|extension| extension == "jar"));
    jars.sort();
    Ok(env::join_paths(jars)?)
}

/// The option by which `name` starts in half the time: with what its classes come to, as it is kept in `folder`. A JVM
/// writes that only when it ends by itself, so it is made once: `run` starts one with the option that it is given, answers
/// it when all is loaded, and what has to stay until it has ended.
///
/// # Errors
/// `run` fails, or the JVM keeps nothing.
pub(crate) fn archive<T>(
    folder: &Path,
    name: &str,
    run: impl FnOnce(&str) -> anyhow::Result<(Process, T)>,
) -> anyhow::Result<String> {
    let home = home()?;
    let jdk = home.file_name().unwrap_or_default().to_string_lossy();
    let archive = folder.join(format!("{name}-{jdk}.jsa"));
    // Tests start several side by side.
    let lock = fs::File::create(folder.join(format!("{name}.lock")))?;
    lock.lock()?;
    if !archive.exists() {
        let new = archive.with_extension("new");
        let (mut process, _needed) = run(&format!("-XX:ArchiveClassesAtExit={}", new.display()))?;
        process.signal(Signal::SIGTERM)?;
        let began = Instant::now();
        while !process.has_ended() {
            anyhow::ensure!(began.elapsed() < PATIENCE, "{name} does not end");
            sleep(LOOK_AGAIN);
        }
        fs::rename(new, &archive).with_context(|| format!("{jdk} keeps nothing of the classes of {name}"))?;
    }
    Ok(format!("-XX:SharedArchiveFile={}", archive.display()))
}
