//! The executable under test, on a port of its own. Ends when dropped.

#![allow(dead_code, reason = "journeys and measurements share this, and each uses a part")]

use std::env;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A started `mesoscope`.
pub struct Gateway {
    process: Child,
    pub port: u16,
    scheme: &'static str,
}

impl Gateway {
    pub async fn start(masters: &[String], more: &[String]) -> io::Result<Gateway> {
        // Another process may take the port in between: then it is tried again.
        for _ in 0..5 {
            let port = free_port()?;
            let mut command = command();
            command.args(["--master", &masters.join(","), "--listen", &format!("0.0.0.0:{port}")]).args(more);
            let mut process = command.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true).spawn()?;
            if answers(port, &mut process).await? {
                let scheme = if more.iter().any(|flag| flag == "--tls-cert") { "https" } else { "http" };
                return Ok(Gateway { process, port, scheme });
            }
        }
        Err(io::Error::other("mesoscope does not start"))
    }

    pub fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme, self.port)
    }

    pub fn pid(&self) -> Option<u32> {
        self.process.id()
    }
}

/// The executable without the tests' own variables, which would pass for misspelt ones of its flags.
fn command() -> Command {
    let mut command = executable();
    let own = env::vars_os().map(|(name, _)| name).filter(|name| name.to_string_lossy().starts_with("MESOSCOPE_"));
    own.for_each(|name| _ = command.env_remove(name));
    command
}

/// The one that `cargo verify` built with the page inside; otherwise the one that cargo built for this test, with
/// the page as it is in dist/.
fn executable() -> Command {
    if let Some(built) = env::var_os("MESOSCOPE_EXE") {
        return Command::new(built);
    }
    let page = mesoscope_tests::root().join("dist");
    assert!(
        page.join("index.html").is_file(),
        "there is no page in dist/: `cargo verify` builds it, and so does `trunk build`"
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_mesoscope"));
    command.arg("--page").arg(page);
    command
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0))?.local_addr()?.port())
}

/// False where it ended instead.
async fn answers(port: u16, process: &mut Child) -> io::Result<bool> {
    loop {
        if process.try_wait()?.is_some() {
            return Ok(false);
        }
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok() {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
