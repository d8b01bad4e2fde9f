//! `dormouse` as it serves people, and as its operator asks it.

use std::{net::SocketAddr, path::Path, process::Command};

use journeys::Api;

use crate::running::{Running, command, run};

/// A running `dormouse`.
#[derive(Debug)]
pub(crate) struct Dormouse {
    pub(crate) process: Running,
    pub(crate) api: Api,
}

impl Dormouse {
    /// Starts it on a private PostgreSQL in `folder`.
    pub(crate) async fn in_folder(folder: &Path) -> Self {
        Self::start(command("dormouse").arg("--data-dir").arg(folder)).await
    }

    /// As [`Dormouse::in_folder`], at an address.
    pub(crate) async fn in_folder_at(folder: &Path, address: SocketAddr) -> Self {
        let listen = address.to_string();
        Self::start(
            command("dormouse")
                .arg("--data-dir")
                .arg(folder)
                .args(["--listen", &listen]),
        )
        .await
    }

    /// Starts it on a PostgreSQL that others use, too.
    pub(crate) async fn on_database(url: &str) -> Self {
        Self::start(command("dormouse").env("DATABASE_URL", url)).await
    }

    pub(crate) async fn start(command: &mut Command) -> Self {
        let mut process = Running::start(command.env("LOG_FORMAT", "json"));
        let output = process.output.clone();
        let address = process
            .says(&output, |line| {
                Some(line.trim().strip_prefix("address")?.trim().to_owned())
            })
            .await;
        Self {
            process,
            api: Api::at(&address),
        }
    }
}

/// Runs an operator's command beside whatever runs in the folder; what it prints.
pub(crate) fn operate(folder: &Path, arguments: &[&str]) -> String {
    printed(command("dormouse").arg("--data-dir").arg(folder).args(arguments))
}

/// As [`operate`], on a PostgreSQL that was named.
pub(crate) fn operate_on(url: &str, arguments: &[&str]) -> String {
    printed(command("dormouse").args(["--database-url", url]).args(arguments))
}

fn printed(command: &mut Command) -> String {
    let output = run(command);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
