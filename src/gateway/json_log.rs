//! Writes lines of JSON to stdout or a file, from a thread of its own: a reader that stops reading delays no call. Knows no content.

use std::fmt::{self, Display, Formatter};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use serde::Serialize;

use crate::secrets::SafeText;

/// Maximum lines that wait for the thread. Any further line is lost, and counted.
const WAITING: usize = 16_384;
/// Timeout for the last lines when the process stops.
const FAREWELL: Duration = Duration::from_secs(1);

/// Where lines go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogTarget {
    Nowhere,
    Stdout,
    File(PathBuf),
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLogTarget {
    #[error("expecting stdout, none or the name of a file")]
    Empty,
    #[error("expecting stdout, none or the name of a file; a file of this name is ./{0}")]
    Ambiguous(String),
}

impl FromStr for LogTarget {
    type Err = BadLogTarget;

    fn from_str(text: &str) -> Result<LogTarget, BadLogTarget> {
        match text {
            "" => Err(BadLogTarget::Empty),
            "none" => Ok(LogTarget::Nowhere),
            "stdout" | "-" => Ok(LogTarget::Stdout),
            // A misspelt word is no file, which would grow unseen.
            word if ["none", "stdout", "stderr", "off", "true", "false"]
                .iter()
                .any(|it| word.eq_ignore_ascii_case(it)) =>
            {
                Err(BadLogTarget::Ambiguous(word.to_owned()))
            }
            path => Ok(LogTarget::File(path.into())),
        }
    }
}

impl LogTarget {
    /// Checks whether lines can be written, as far as that shows without creating a file.
    ///
    /// # Errors
    /// If the file cannot be opened, or is not there and its folder is not there either.
    pub fn check(&self) -> io::Result<()> {
        let LogTarget::File(path) = self else { return Ok(()) };
        match std::fs::metadata(path) {
            // A pipe would wait for a reader.
            Ok(found) if found.is_file() || found.is_dir() => OpenOptions::new().append(true).open(path).map(drop),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => check_folder(path),
            Err(error) => Err(error),
        }
    }
}

/// Checks the folder of a file that is not there.
fn check_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let refused = |kind, why| Err(io::Error::new(kind, format!("its folder {} {why}", SafeText::of_path(folder))));
    match std::fs::metadata(folder) {
        Ok(found) if !found.is_dir() => refused(io::ErrorKind::NotADirectory, "is no folder"),
        Ok(found) if found.permissions().readonly() => refused(io::ErrorKind::PermissionDenied, "cannot be written"),
        Ok(_) if path.as_os_str().as_encoded_bytes().ends_with(b"/") => {
            Err(io::Error::new(io::ErrorKind::IsADirectory, "the name of a file is needed"))
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => refused(error.kind(), "is not there"),
        Err(error) => Err(error),
    }
}

impl Display for LogTarget {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            LogTarget::Nowhere => f.write_str("none"),
            LogTarget::Stdout => f.write_str("stdout"),
            LogTarget::File(path) => write!(f, "{}", SafeText::of_path(path)),
        }
    }
}

/// A log that is written. Clones write to the same place.
#[derive(Clone, Debug)]
pub struct JsonLog {
    orders: Sender<Order>,
    waiting: Arc<AtomicUsize>,
    lost: Counter<u64, AtomicU64>,
}

enum Order {
    Line(String),
    /// Opens the file again, which was renamed.
    Reopen,
    /// Reports when all earlier lines are written.
    Flush(SyncSender<()>),
}

enum Output {
    Stdout,
    File(LogFile),
}

struct LogFile {
    path: PathBuf,
    file: File,
    /// Whether the last line is incomplete, since the disk was full or the process was killed.
    is_torn: bool,
}

impl JsonLog {
    /// Starts the thread. `None` if no lines are wanted. Counts the lines that are lost.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub fn start(target: &LogTarget, lost: Counter<u64, AtomicU64>) -> io::Result<Option<JsonLog>> {
        let output = match target {
            LogTarget::Nowhere => return Ok(None),
            LogTarget::Stdout => Output::Stdout,
            LogTarget::File(path) => Output::File(LogFile::open(path)?),
        };
        let (orders, queue) = channel();
        let waiting = Arc::<AtomicUsize>::default();
        let (written, failed) = (waiting.clone(), lost.clone());
        let write = move || write_all(output, &queue, &written, &failed);
        std::thread::Builder::new().name("json-log".to_owned()).spawn(write)?;
        Ok(Some(JsonLog { orders, waiting, lost }))
    }

    /// Queues a line. Does not wait.
    pub fn write(&self, line: &impl Serialize) {
        let Ok(text) = serde_json::to_string(line) else { return };
        if self.waiting.load(Ordering::Relaxed) >= WAITING {
            if self.lost.inc() == 0 {
                tracing::error!("the log of calls is not read: lines are lost");
            }
            return;
        }
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let _ = self.orders.send(Order::Line(text));
    }

    /// Opens the file again, as log rotation needs it.
    pub fn reopen(&self) {
        let _ = self.orders.send(Order::Reopen);
    }

    /// Waits until all lines are written, for a second at most.
    pub fn flush(&self) {
        let (done, written) = sync_channel(1);
        if self.orders.send(Order::Flush(done)).is_ok() {
            let _ = written.recv_timeout(FAREWELL);
        }
    }
}

/// Returns true if a file ends within a line. `false` if that cannot be read.
fn ends_within_line(path: &Path) -> bool {
    let is_file = std::fs::metadata(path).is_ok_and(|data| data.is_file() && data.len() > 0);
    let last = || {
        let (mut file, mut last) = (File::open(path)?, [0]);
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last).map(|()| last)
    };
    is_file && last().is_ok_and(|last: [u8; 1]| last != *b"\n")
}

fn write_all(mut output: Output, queue: &Receiver<Order>, waiting: &AtomicUsize, lost: &Counter<u64, AtomicU64>) {
    let mut is_failing = false;
    for order in queue {
        match order {
            Order::Line(mut line) => {
                waiting.fetch_sub(1, Ordering::Relaxed);
                line.push('\n');
                let written = output.write(line.as_bytes());
                if let Err(error) = &written {
                    lost.inc();
                    if !is_failing {
                        tracing::error!(%error, "cannot write the log {}: lines are lost", output.name());
                    }
                }
                is_failing = written.is_err();
            }
            Order::Reopen => output.reopen(),
            Order::Flush(done) => drop(done.send(())),
        }
    }
}

impl Output {
    fn name(&self) -> String {
        match self {
            Output::Stdout => "on stdout".to_owned(),
            Output::File(file) => SafeText::of_path(&file.path).to_string(),
        }
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        match self {
            Output::Stdout => {
                let mut out = io::stdout().lock();
                out.write_all(line)?;
                out.flush()
            }
            Output::File(file) => file.write(line),
        }
    }

    fn reopen(&mut self) {
        let Output::File(file) = self else { return };
        match LogFile::open(&file.path) {
            Ok(new) => *file = new,
            Err(error) => tracing::error!(%error, "cannot open {} again", SafeText::of_path(&file.path)),
        }
    }
}

impl LogFile {
    /// Opens a file to append to. On Unix, only its owner and its group can read a new one.
    fn open(path: &Path) -> io::Result<LogFile> {
        let mut options = OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
        let file = options.append(true).create(true).open(path)?;
        Ok(LogFile { path: path.to_owned(), file, is_torn: ends_within_line(path) })
    }

    /// Writes a line. An incomplete line before it is ended first, so that it spoils no other.
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.is_torn {
            self.file.write_all(b"\n")?;
            self.is_torn = false;
        }
        let mut rest = line;
        while !rest.is_empty() {
            match self.file.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            self.is_torn = !rest.is_empty();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incomplete_line_spoils_no_other() {
        for (before, after) in [("", "{}\n"), ("{}\n", "{}\n{}\n"), ("{\"a\":", "{\"a\":\n{}\n")] {
            let path = std::env::temp_dir().join(format!("mesoscope-log-{}-{}", std::process::id(), before.len()));
            std::fs::write(&path, before).expect("the folder can be written");
            let mut log = LogFile::open(&path).expect("it is there");
            log.write(b"{}\n").expect("there is room");
            assert_eq!(std::fs::read_to_string(&path).expect("it is there"), after);
            std::fs::remove_file(&path).expect("it is there");
        }
    }
}
