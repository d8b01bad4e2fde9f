//! Processes of this workspace, and where they listen.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    sync::atomic::{AtomicU16, Ordering},
};

/// The binary `name` of the build that this program is of.
///
/// # Panics
/// It was not built.
#[must_use]
pub fn binary(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a program knows where it is");
    let mut folder = own.parent().expect("a program lies in a folder");
    // Tests are built in a folder below.
    if folder.ends_with("deps") {
        folder = folder.parent().expect("there is one above");
    }
    let binary = folder.join(name);
    assert!(
        binary.exists(),
        "{} was not built: run `cargo build --workspace` first",
        binary.display()
    );
    binary
}

/// A loopback address that nobody takes while its process is down: each once in a process, far from those of the processes
/// started just before and after, and below what the operating system gives away by itself.
///
/// # Panics
/// No port is free.
#[must_use]
pub fn own_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let from = u16::try_from(std::process::id() * 61 % 12_000).expect("it is small");
    let address = |_| {
        let port = 20_000 + (from + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        SocketAddr::from((Ipv4Addr::LOCALHOST, port))
    };
    let mut addresses = (0..1_000).map(address);
    let free = addresses.find(|address| TcpListener::bind(address).is_ok());
    free.expect("a port is free")
}
