//! What this machine lacks of what a part of the benchmark needs beside Rust and PostgreSQL.

use std::process::{Command, Stdio};

use crate::plan::What;

/// What `what` cannot be measured without, as people call it.
pub(crate) fn of(what: What) -> Vec<&'static str> {
    let jdk = (rig::java::home().is_ok(), "a JDK from 21 on (JAVA_HOME may say where)");
    let maven = (runs("mvn", "--version"), "Maven (mvn)");
    let go = (runs("go", "version"), "Go (go)");
    let needs = match what {
        What::Relay => vec![jdk, maven],
        What::Chain => vec![jdk, maven, go],
        _ => Vec::new(),
    };
    needs
        .iter()
        .filter(|(is_here, _)| !is_here)
        .map(|need| need.1)
        .collect()
}

fn runs(program: &str, argument: &str) -> bool {
    let mut command = Command::new(program);
    command.arg(argument).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
