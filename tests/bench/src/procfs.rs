//! What the kernel says about processes (`proc(5)`): Linux only.

use std::{fs, time::Duration};

use anyhow::Context;

/// The unit of times in `/proc/<pid>/stat`: `USER_HZ` is 100 wherever Linux runs.
const TICK: Duration = Duration::from_millis(10);

/// The resident memory of a process, and its proportional share of what it shares, in KiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) resident: f64,
    pub(crate) proportional: f64,
}

pub(crate) fn memory_of(pid: u32) -> anyhow::Result<Memory> {
    Ok(Memory {
        resident: kib(&format!("/proc/{pid}/status"), "VmRSS:")?,
        proportional: kib(&format!("/proc/{pid}/smaps_rollup"), "Pss:")?,
    })
}

fn kib(path: &str, name: &str) -> anyhow::Result<f64> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    let value = text.lines().find_map(|line| line.strip_prefix(name));
    let number = value.and_then(|value| value.split_whitespace().next());
    number
        .with_context(|| format!("{path} says no {name}"))?
        .parse()
        .with_context(|| format!("{path} says an odd {name}"))
}

/// The processor time of the living threads of `pid`, to the nanosecond; nothing where there is no such process.
pub(crate) fn cpu_of(pid: u32) -> Duration {
    let threads = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    threads
        .filter_map(|thread| fs::read_to_string(thread.path().join("schedstat")).ok())
        .filter_map(|text| text.split_whitespace().next()?.parse().ok())
        .map(Duration::from_nanos)
        .sum()
}

/// The processor time of the children of `pid`, those that have ended included.
pub(crate) fn cpu_of_children(pid: u32) -> Duration {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let living: Duration = processes
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|child| parent_of(*child) == Some(pid))
        .map(cpu_of)
        .sum();
    living + cpu_of_ended_children(pid)
}

fn cpu_of_ended_children(pid: u32) -> Duration {
    // After the parenthesis: state is field 3, cutime and cstime are fields 16 and 17.
    let ticks = |field: usize| stat(pid, field).and_then(|text| text.parse::<u32>().ok());
    TICK * (ticks(16).unwrap_or_default() + ticks(17).unwrap_or_default())
}

fn parent_of(pid: u32) -> Option<u32> {
    stat(pid, 4)?.parse().ok()
}

/// A field of `/proc/<pid>/stat`, numbered from 1 as the manual does, past the process's name.
fn stat(pid: u32, field: usize) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    rest.split_whitespace().nth(field.checked_sub(3)?).map(str::to_owned)
}
