//! The kit that starts a real Mesos: installed, started in the foreground on a free port, ended with all that it started.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// `install.sh` ends so where the machine lacks what it cannot install.
const LACKS: i32 = 3;
/// The kit gives a cluster three seconds to end by itself, and three more when it does not.
const END: Duration = Duration::from_secs(20);

/// A real cluster, which ends when this is dropped.
pub struct Cluster {
    process: Child,
    pub port: u16,
}

impl Cluster {
    /// Three agents, and nothing runs. `None`, loudly and with the test's name, where there can be no such cluster.
    pub fn start(test: &str) -> Option<Cluster> {
        Cluster::start_with(test, &[])
    }

    /// Three agents with container sessions (`start.sh --sessions`).
    pub fn start_with_sessions(test: &str) -> Option<Cluster> {
        Cluster::start_with(test, &["--sessions"])
    }

    /// Three agents, with flags of `start.sh`.
    pub fn start_with(test: &str, flags: &[&str]) -> Option<Cluster> {
        Cluster::start_at(test, free_port(), flags, &[])
    }

    /// Three agents, with flags of mesos-master and mesos-agent as environment variables: names, as `MESOS_ROLES`, and values.
    pub fn start_with_variables(test: &str, variables: &[(&str, &str)]) -> Option<Cluster> {
        Cluster::start_at(test, free_port(), &[], variables)
    }

    /// Ends, and starts again at the same port. With a folder of its own (`--work-dir`), master and agents come back, and tasks do not.
    pub fn restart(self, test: &str, flags: &[&str]) -> Cluster {
        let port = self.port;
        drop(self);
        Cluster::start_at(test, port, flags, &[]).expect("it was started before")
    }

    fn start_at(test: &str, port: u16, flags: &[&str], variables: &[(&str, &str)]) -> Option<Cluster> {
        if let Err(why) = installed() {
            // Not println!, which a test that passes swallows. `cargo verify` repeats the line at its end.
            let _ =
                writeln!(io::stdout(), "!! LEFT OUT: {test}: no real Mesos can be started here: {}", one_line(&why));
            return None;
        }
        let port_text = port.to_string();
        let arguments = [&["--agents", "3", "--port", &port_text, "--foreground"], flags].concat();
        let mut start = script("start.sh", &arguments);
        start.stdout(Stdio::piped()).envs(variables.iter().copied());
        let mut process = start.spawn().expect("the kit's scripts can be run");
        let mut lines = BufReader::new(process.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
        let ready = lines.any(|line| line.starts_with("work"));
        // What it says from now on is read too, or it would end for want of a listener.
        std::thread::spawn(move || lines.for_each(drop));
        let cluster = Cluster { process, port };
        assert!(ready, "the cluster did not start; the kit has said why");
        Some(cluster)
    }

    /// `127.0.0.1:PORT/master`: in this cluster the master does not answer at the root.
    pub fn master(&self) -> String {
        format!("http://127.0.0.1:{}/master", self.port)
    }

    /// A framework that does as it is reported (head of tests/real-mesos/src/framework.py).
    pub fn framework(&self, spec: &str) -> Framework {
        let output = run("framework.sh", &[self.port.to_string(), spec.to_owned()]);
        let pid = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        assert!(!pid.is_empty(), "no framework: {}", String::from_utf8_lossy(&output.stderr));
        Framework { pid }
    }
}

/// A framework's process. It ends with the cluster, or before.
pub struct Framework {
    pid: String,
}

impl Framework {
    /// Its process dies, and with it its connection.
    pub fn kill(self) {
        signal("KILL", &self.pid);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        signal("TERM", &self.process.id().to_string());
        let started = Instant::now();
        while started.elapsed() < END {
            if matches!(self.process.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        run("stop.sh", &[self.port.to_string()]);
        let _ = self.process.kill();
    }
}

/// In words, why not.
fn installed() -> Result<(), String> {
    let output = run("install.sh", &[] as &[&str]);
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    match output.status.code() {
        Some(0) => Ok(()),
        Some(LACKS) => Err(words),
        _ => panic!("the kit cannot be installed: {words}"),
    }
}

fn one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn run(name: &str, args: &[impl AsRef<OsStr>]) -> Output {
    match script(name, args).output() {
        Ok(output) => output,
        Err(error) => panic!("{name} of the kit cannot be run: {error}"),
    }
}

fn script(name: &str, args: &[impl AsRef<OsStr>]) -> Command {
    let kit = crate::root().join("tests/real-mesos");
    let mut command = Command::new("bash");
    command.arg(kit.join(name)).args(args).stdin(Stdio::null());
    command
}

fn signal(name: &str, pid: &str) {
    let _ = Command::new("kill").args(["-s", name, pid]).stderr(Stdio::null()).status();
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there are ports");
    listener.local_addr().expect("it is bound").port()
}
