//! A server owned by a process that a test may kill.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use private_postgres::{DATABASE, attach};

use crate::support::write_note_at;

/// Another process that owns a server, until it is killed.
pub(crate) struct Owner {
    pub(crate) process: Child,
    pub(crate) server: u32,
}

impl Owner {
    pub(crate) async fn start(folder: &Path, die_with_parent: bool) -> Self {
        let mut process = Self::spawn(folder, die_with_parent);
        let output = BufReader::new(process.stdout.take().unwrap());
        let server = output
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("server ")?.parse().ok())
            .expect("the owner starts its server");
        let connection = attach(folder).unwrap().expect("the owner's server runs");
        write_note_at(&connection.url(DATABASE)).await;
        Self { process, server }
    }

    pub(crate) fn spawn(folder: &Path, die_with_parent: bool) -> Child {
        // Cargo builds examples beside the tests: target/debug/deps/test-… and target/debug/examples/….
        let test = std::env::current_exe().unwrap();
        let program = test.parent().unwrap().with_file_name("examples").join("own_a_server");
        Command::new(program)
            .arg(folder)
            .args(die_with_parent.then_some("die-with-parent"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    }

    pub(crate) fn kill(mut self) -> u32 {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.server
    }
}
