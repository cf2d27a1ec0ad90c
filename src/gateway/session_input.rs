//! The input of a terminal as a stream of ATTACH_CONTAINER_INPUT records. Sends heartbeats while nothing is typed. Calls no agent.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream;
use mesoscope_core::base::units::Nanoseconds;
use mesoscope_core::mesos::calls;
use mesoscope_core::mesos::calls::container_path::ContainerPath;
use mesoscope_core::mesos::calls::session::{AttachContainerInput, ProcessIo};
use mesoscope_core::mesos::calls::terminal::{INPUT_WINDOW, TerminalSize};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Number of pieces that may wait. A page that keeps to its window of bytes needs fewer, unless it sends them one by one.
const PIECES: usize = INPUT_WINDOW as usize;

/// A piece of input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Bytes that were typed or pasted; never empty, since an empty record ends the input.
    Typed(Bytes),
    Resized(TerminalSize),
}

/// The writing end of a terminal's input. Dropping it ends the request, but not the process.
#[derive(Debug)]
pub struct InputSender {
    pieces: mpsc::Sender<Input>,
    waiting: u64,
    taken: mpsc::UnboundedReceiver<u64>,
}

/// The page sent more than its window.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the page sent more than it may")]
pub struct Overflow;

impl InputSender {
    /// Queues a piece. Does not wait: the page keeps to its window. Input after the end of the request is discarded.
    pub fn send(&mut self, input: Input) -> Result<(), Overflow> {
        if let Input::Typed(bytes) = &input {
            if bytes.is_empty() {
                return Ok(());
            }
            self.waiting += bytes.len() as u64;
            if self.waiting > INPUT_WINDOW {
                return Err(Overflow);
            }
        }
        match self.pieces.try_send(input) {
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
            Err(mpsc::error::TrySendError::Full(_)) => Err(Overflow),
        }
    }

    /// Resolves to the number of bytes that the request has taken. Never resolves once the request has ended.
    pub async fn taken(&mut self) -> u64 {
        match self.taken.recv().await {
            Some(bytes) => {
                self.waiting = self.waiting.saturating_sub(bytes);
                bytes
            }
            None => std::future::pending().await,
        }
    }
}

/// Creates the body of a request that types into a container, and the end to write it with. `heartbeat` is the longest pause
/// between two records.
pub fn input(container: ContainerPath, heartbeat: Duration) -> (InputSender, Body) {
    let (pieces, queue) = mpsc::channel(PIECES);
    let (report, taken) = mpsc::unbounded_channel();
    let first = record(&AttachContainerInput::Container { container_id: container });
    let state = InputStream { first: Some(first), queue, report, heartbeat };
    let body = Body::from_stream(stream::unfold(state, async |mut state| {
        let record = state.next().await?;
        Some((Ok::<_, Infallible>(record), state))
    }));
    (InputSender { pieces, waiting: 0, taken }, body)
}

struct InputStream {
    first: Option<Bytes>,
    queue: mpsc::Receiver<Input>,
    report: mpsc::UnboundedSender<u64>,
    heartbeat: Duration,
}

impl InputStream {
    /// Next record; `None` once the sender was dropped.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        let io = match timeout(self.heartbeat, self.queue.recv()).await {
            Ok(input) => match input? {
                Input::Typed(bytes) => {
                    let _ = self.report.send(bytes.len() as u64);
                    ProcessIo::stdin(STANDARD.encode(bytes))
                }
                Input::Resized(size) => ProcessIo::resized(size.tty_info()),
            },
            // Promises the next one within twice the pause.
            Err(_) => {
                let nanos = i64::try_from(self.heartbeat.as_nanos()).unwrap_or(i64::MAX);
                ProcessIo::heartbeat(Nanoseconds(nanos.saturating_mul(2)))
            }
        };
        Some(record(&AttachContainerInput::Io { process_io: io }))
    }
}

fn record(input: &AttachContainerInput) -> Bytes {
    let json = calls::request(input);
    let mut record = json.len().to_string().into_bytes();
    record.push(b'\n');
    record.extend(json);
    record.into()
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    async fn next(body: &mut Body) -> Option<String> {
        let frame = body.frame().await?.expect("it never fails").into_data().expect("it has no trailers");
        Some(String::from_utf8(frame.to_vec()).expect("records are text"))
    }

    /// Compare `tests/data/recorded/container-sessions`, 005 and 008.
    #[tokio::test(start_paused = true)]
    async fn the_records_are_those_that_mesos_takes() {
        let (mut sender, mut body) = input(ContainerPath::top("c".into()), 30 * SECOND);
        sender.send(Input::Resized(TerminalSize::new(30, 100))).expect("within the window");
        sender.send(Input::Typed(Bytes::from_static(b"hello\n"))).expect("within the window");
        for expected in [
            r#"{"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{"type":"CONTAINER_ID","container_id":{"value":"c"}}}"#,
            r#"{"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{"type":"PROCESS_IO","process_io":{"type":"CONTROL","control":{"type":"TTY_INFO","tty_info":{"window_size":{"rows":30,"columns":100}}}}}}"#,
            r#"{"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{"type":"PROCESS_IO","process_io":{"type":"DATA","data":{"type":"STDIN","data":"aGVsbG8K"}}}}"#,
            r#"{"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{"type":"PROCESS_IO","process_io":{"type":"CONTROL","control":{"type":"HEARTBEAT","heartbeat":{"interval":{"nanoseconds":60000000000}}}}}}"#,
        ] {
            assert_eq!(next(&mut body).await, Some(format!("{}\n{expected}", expected.len())));
        }
        assert_eq!(sender.taken().await, 6);
        drop(sender);
        assert_eq!(next(&mut body).await, None);
    }

    #[tokio::test]
    async fn input_that_is_not_taken_is_limited() {
        let (mut sender, mut body) = input(ContainerPath::top("c".into()), SECOND);
        let half = Bytes::from(vec![b'x'; INPUT_WINDOW as usize / 2]);
        for _ in 0..2 {
            assert_eq!(sender.send(Input::Typed(half.clone())), Ok(()));
        }
        assert_eq!(sender.send(Input::Typed(Bytes::from_static(b"x"))), Err(Overflow));
        drop((next(&mut body).await, next(&mut body).await));
        assert_eq!(sender.taken().await, INPUT_WINDOW / 2);
        assert_eq!(sender.send(Input::Typed(Bytes::from_static(b"x"))), Ok(()));
        assert_eq!(sender.send(Input::Typed(Bytes::new())), Ok(()), "it would end the input");
        drop(body);
        assert_eq!(sender.send(Input::Resized(TerminalSize::new(1, 1))), Ok(()), "nothing takes it any more");
    }
}
