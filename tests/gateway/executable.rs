//! Starts the executable on a free port and reads where it is. Killed when dropped.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use super::ask::within;

pub struct Gateway {
    /// `127.0.0.1:PORT`
    pub at: String,
    pub child: Child,
    output: Lines<BufReader<ChildStdout>>,
}

pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mesoscope"));
    // Each flag is a variable, too, and tests have variables of their own.
    let own = std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"MESOSCOPE_"));
    own.for_each(|(name, _)| _ = command.env_remove(name));
    command.args(args).kill_on_drop(true).stdin(Stdio::null());
    command
}

impl Gateway {
    pub async fn start(args: &[&str]) -> Gateway {
        Gateway::run(command(args).args(["--listen", "127.0.0.1:0"])).await
    }

    /// With arguments that say where to listen.
    pub async fn run(command: &mut Command) -> Gateway {
        command.stdout(Stdio::piped());
        let mut child = command.spawn().expect("the executable starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
        let first = within(lines.next_line()).await.expect("its output can be read").expect("it says where it is");
        let url = first.strip_prefix("Mesoscope is at ").and_then(|rest| rest.strip_suffix('/'));
        let at = url.and_then(|url| url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")));
        Gateway { at: at.unwrap_or_else(|| panic!("not an address: {first}")).to_owned(), child, output: lines }
    }

    /// What it wrote to stderr, if that is piped. It ends.
    pub async fn log(mut self) -> String {
        let mut log = String::new();
        self.child.start_kill().expect("it runs");
        let mut stderr = self.child.stderr.take().expect("its log is piped");
        within(stderr.read_to_string(&mut log)).await.expect("the log is text");
        log
    }

    /// The next line of its logs on stdout, which are JSON.
    pub async fn line(&mut self) -> serde_json::Value {
        let line = within(self.output.next_line()).await.expect("its output can be read").expect("it goes on");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// All further lines of stdout. It is asked to stop.
    #[cfg(unix)]
    pub async fn stop(mut self) -> Vec<String> {
        let id = self.child.id().expect("it runs").to_string();
        let reported = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(reported.expect("kill is there").success());
        let mut lines = Vec::new();
        while let Some(line) = within(self.output.next_line()).await.expect("its output can be read") {
            lines.push(line);
        }
        lines
    }

    /// Before these masters.
    pub async fn before(masters: &[&str]) -> Gateway {
        Gateway::start(&["--master", &masters.join(",")]).await
    }
}
