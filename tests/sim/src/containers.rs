//! Containers that were launched through an agent's API: nested ones, standalone ones, and sessions.

use std::collections::{BTreeMap, VecDeque};

use crate::shell::{Channel, Command, Shell, Window};

/// Maximum bytes of output kept for a reader that lags.
const KEPT: usize = 512 << 10;
/// Bytes after which a file of output is rotated; one rotated file is kept.
const ROTATES: usize = 512 << 10;

/// Path of a container: the id of its outermost parent first.
pub type ContainerPath = Vec<String>;

/// All launched containers by agent number and path; nested ones stay after their end until they are removed.
#[derive(Debug, Default)]
pub(crate) struct Containers {
    pub(crate) launched: BTreeMap<(u32, ContainerPath), Container>,
    /// Whether interactive shells say that they are pretend ones.
    pub(crate) greets: bool,
}

/// Resource limits of a container.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits {
    /// Thousandths of a CPU.
    pub(crate) cpus: u64,
    pub(crate) mebibytes: u64,
}

#[derive(Debug)]
pub(crate) struct Container {
    pub(crate) since: i64,
    pub(crate) limits: Limits,
    pub(crate) shell: Shell,
    /// Whether it has input and output to attach to: sessions, and containers with a terminal.
    pub(crate) is_attachable: bool,
    /// Whether an input connection is attached.
    pub(crate) has_input: bool,
    output: VecDeque<(Channel, Vec<u8>)>,
    /// What was written to `stdout` and `stderr` in its sandbox; with a terminal, all of it to `stdout`.
    pub(crate) files: [OutputFile; 2],
    /// Position of the first kept output, counted in pieces since the launch.
    first: u64,
    bytes: usize,
    /// Positions of the readers by their number.
    readers: BTreeMap<u64, u64>,
    next_reader: u64,
}

/// A file of output in a sandbox. As with Mesos' rotating logger, it is limited, and its predecessor is kept.
#[derive(Debug)]
pub(crate) struct OutputFile {
    pub(crate) bytes: Vec<u8>,
    pub(crate) rotated: Option<Vec<u8>>,
    /// Time of the last write in nanoseconds.
    pub(crate) modified: i64,
}

impl OutputFile {
    const fn new(now: i64) -> Self {
        Self { bytes: Vec::new(), rotated: None, modified: now }
    }

    fn append(&mut self, piece: &[u8], now: i64) {
        if !self.bytes.is_empty() && self.bytes.len() + piece.len() > ROTATES {
            self.rotated = Some(std::mem::take(&mut self.bytes));
        }
        self.bytes.extend_from_slice(piece);
        self.modified = now;
    }
}

/// Next output for a reader.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Some(Channel, Vec<u8>),
    /// Nothing yet.
    Pending,
    /// The process ended, and everything was read.
    Ended,
}

/// A container to launch.
#[derive(Debug)]
pub(crate) struct Launch {
    pub(crate) agent: u32,
    pub(crate) path: ContainerPath,
    pub(crate) command: Command,
    pub(crate) tty: Option<Window>,
    pub(crate) limits: Limits,
    pub(crate) is_session: bool,
}

impl Container {
    pub(crate) fn new(launch: &Launch, since: i64, hostname: String) -> Container {
        Container {
            since,
            limits: launch.limits,
            shell: Shell::new(&launch.command, launch.tty, hostname),
            is_attachable: launch.is_session || launch.tty.is_some(),
            has_input: false,
            output: VecDeque::new(),
            files: [OutputFile::new(since), OutputFile::new(since)],
            first: 0,
            bytes: 0,
            readers: BTreeMap::new(),
            next_reader: 0,
        }
    }

    pub(crate) fn remove_reader(&mut self, reader: u64) {
        self.readers.remove(&reader);
    }

    /// Moves the shell's output to its files and readers; without a reader only the files have it.
    ///
    /// A call moves a limited amount: a flood that nobody reads has no end, and the caller holds the cluster meanwhile.
    pub(crate) fn pump(&mut self, now: i64) {
        let mut moved = 0;
        while moved < KEPT {
            if self.bytes < KEPT {
                self.shell.advance(now);
            }
            let Some((channel, piece)) = self.shell.take_output() else { break };
            moved += piece.len();
            self.bytes += piece.len();
            let [stdout, stderr] = &mut self.files;
            match channel {
                Channel::Stdout => stdout.append(&piece, now),
                Channel::Stderr => stderr.append(&piece, now),
            }
            self.output.push_back((channel, piece));
            self.trim();
            if self.bytes >= KEPT {
                break;
            }
        }
    }

    /// Drops what every reader has read.
    fn trim(&mut self) {
        let end = self.first + self.output.len() as u64;
        let slowest = self.readers.values().copied().min().unwrap_or(end);
        while self.first < slowest {
            let Some((_, piece)) = self.output.pop_front() else { break };
            self.bytes -= piece.len();
            self.first += 1;
        }
    }

    pub(crate) fn add_reader(&mut self) -> u64 {
        let reader = self.next_reader;
        self.next_reader += 1;
        self.readers.insert(reader, self.first + self.output.len() as u64);
        reader
    }

    pub(crate) fn read(&mut self, reader: u64, now: i64) -> Output {
        self.pump(now);
        let Some(position) = self.readers.get_mut(&reader) else { return Output::Ended };
        let Some((channel, piece)) = self.output.get((*position - self.first) as usize).cloned() else {
            return if self.shell.exit().is_some() { Output::Ended } else { Output::Pending };
        };
        *position += 1;
        self.trim();
        Output::Some(channel, piece)
    }
}

/// An answer that needs time: the output of a container, or its end.
#[derive(Clone, Debug)]
pub struct Following {
    pub(crate) agent: u32,
    pub(crate) path: ContainerPath,
    pub(crate) what: Followed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Followed {
    /// Output for a reader; the owner of a session ends its container.
    Output { reader: u64, is_owner: bool },
    /// Exit status, for the call of that type.
    Exit(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launched(command: &str) -> Container {
        let command = Command { value: command.to_owned(), shell: true, arguments: Vec::new() };
        let (path, limits) = (vec!["pod".to_owned(), "debug".to_owned()], Limits::default());
        let launch = Launch { agent: 0, path, command, tty: None, limits, is_session: true };
        Container::new(&launch, 0, "host".to_owned())
    }

    /// Pumps in another thread, so that a pump that never returns fails the test.
    fn pumped(mut container: Container) -> Container {
        let (done, end) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            container.pump(0);
            let _ = done.send(container);
        });
        end.recv_timeout(std::time::Duration::from_secs(60)).expect("a pump returns")
    }

    #[test]
    fn a_flood_without_a_reader_is_lost_in_limited_amounts_and_can_be_stopped() {
        let mut container = pumped(launched("yes"));
        assert_eq!((container.bytes, container.output.len()), (0, 0), "nobody reads it");
        for _ in 0..4 {
            container = pumped(container);
        }
        let [stdout, stderr] = &container.files;
        let rotated = stdout.rotated.as_ref().expect("a long output is rotated");
        assert!(stdout.bytes.len() <= ROTATES && rotated.len() <= ROTATES && stderr.bytes.is_empty());
        assert_eq!(container.shell.exit(), None);
        let reader = container.add_reader();
        assert!(matches!(container.read(reader, 0), Output::Some(Channel::Stdout, _)), "later output is read");
        container.remove_reader(reader);
        container = pumped(container);
        assert_eq!(container.bytes, 0, "what the reader left is lost");
        container.shell.kill();
        assert_eq!(pumped(container).shell.exit(), Some(crate::shell::KILLED));
    }
}
