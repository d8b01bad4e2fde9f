//! What the kernel says about processes (`proc(5)`): Linux only.

use std::{fs, time::Duration};

use anyhow::Context;

/// The unit of times in `/proc/<pid>/stat`: `USER_HZ` is 100 wherever Linux runs.
const TICK: Duration = Duration::from_millis(10);

/// Fields of `/proc/<pid>/stat`, numbered as the manual does.
const PARENT: usize = 4;
const UTIME: usize = 14;
const STIME: usize = 15;
const CUTIME: usize = 16;
const CSTIME: usize = 17;

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

/// The most resident memory that a process has had, in KiB.
pub(crate) fn peak_memory_of(pid: u32) -> anyhow::Result<f64> {
    kib(&format!("/proc/{pid}/status"), "VmHWM:")
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
/// Threads that end take theirs along: [`cpu_of_process`] is for those that make and end some.
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

/// The processor time of `pid`, of threads that have ended too, in whole ticks.
pub(crate) fn cpu_of_process(pid: u32) -> Duration {
    ticks(pid, [UTIME, STIME])
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

/// The processor time of the children of `pid` that have ended and were waited for, in whole ticks.
pub(crate) fn cpu_of_ended_children(pid: u32) -> Duration {
    ticks(pid, [CUTIME, CSTIME])
}

fn ticks(pid: u32, fields: [usize; 2]) -> Duration {
    let ticks = |field: usize| stat(pid, field)?.parse::<u32>().ok();
    TICK * fields.into_iter().filter_map(ticks).sum::<u32>()
}

fn parent_of(pid: u32) -> Option<u32> {
    stat(pid, PARENT)?.parse().ok()
}

/// A field of `/proc/<pid>/stat` past the process's name, which may hold anything.
fn stat(pid: u32, field: usize) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    rest.split_whitespace().nth(field.checked_sub(3)?).map(str::to_owned)
}
