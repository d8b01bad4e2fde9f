//! What stands in for the timer of a job.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use testing::binary;
use tokio::time::sleep;

use crate::process::Process;

/// How often is looked whether a run is over.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Runs `job` after each `pause`, one at a time, each with a log of its own in `logs`.
pub(super) async fn run_regularly(
    job: &'static str,
    pause: Duration,
    environment: BTreeMap<String, String>,
    logs: PathBuf,
) {
    for number in 1_u64.. {
        sleep(pause).await;
        let mut command = Command::new(binary(job));
        command.env_clear().env("LOG_FORMAT", "json").envs(&environment);
        // One that cannot be run, or fails and says why in its log, is followed by the next.
        if let Ok(log) = fs::File::create(logs.join(format!("{job}-{number}.log")))
            && let Ok(mut run) = Process::start(command.stdout(Stdio::null()).stderr(log))
        {
            while !run.has_ended() {
                sleep(LOOK_AGAIN).await;
            }
        }
    }
}
