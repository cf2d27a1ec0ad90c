//! Writes lines of JSON to stdout or a file, from a thread of its own: a reader that stops reading delays no call. Knows no content.

use std::convert::Infallible;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use serde::Serialize;

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

impl FromStr for LogTarget {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<LogTarget, Infallible> {
        Ok(match text {
            "none" => LogTarget::Nowhere,
            "stdout" => LogTarget::Stdout,
            path => LogTarget::File(path.into()),
        })
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
    File(PathBuf, File),
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
            LogTarget::File(path) => Output::File(path.clone(), open(path)?),
        };
        let (orders, queue) = channel();
        let waiting = Arc::<AtomicUsize>::default();
        let written = waiting.clone();
        std::thread::Builder::new().name("json-log".to_owned()).spawn(move || write_all(output, &queue, &written))?;
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

/// Opens a file to append to. On Unix, only its owner can read a new one.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
    options.append(true).create(true).open(path)
}

fn write_all(mut output: Output, queue: &Receiver<Order>, waiting: &AtomicUsize) {
    let mut is_failing = false;
    for order in queue {
        match order {
            Order::Line(mut line) => {
                waiting.fetch_sub(1, Ordering::Relaxed);
                line.push('\n');
                let written = output.write(line.as_bytes());
                if let Err(error) = &written
                    && !is_failing
                {
                    tracing::error!(%error, "cannot write the log of calls");
                }
                is_failing = written.is_err();
            }
            Order::Reopen => output.reopen(),
            Order::Flush(done) => drop(done.send(())),
        }
    }
}

impl Output {
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        match self {
            Output::Stdout => {
                let mut out = io::stdout().lock();
                out.write_all(line)?;
                out.flush()
            }
            Output::File(_, file) => file.write_all(line),
        }
    }

    fn reopen(&mut self) {
        let Output::File(path, file) = self else { return };
        match open(path) {
            Ok(new) => *file = new,
            Err(error) => tracing::error!(%error, "cannot open {} again", path.display()),
        }
    }
}
