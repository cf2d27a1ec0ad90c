//! A host of `core/scheduler` without a browser: its streams, calls and timers, on the real clock, over plain HTTP. What answers may be
//! the gateway, a master or the simulated cluster.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::HeaderMap;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::mesos::calls::answer::ResponseHead;
use mesoscope_core::mesos::calls::scheduler::{CALL_ANSWER, SCHEDULER_PATH, STREAM_ID_HEADER};
use mesoscope_core::mesos::calls::{CONTENT_TYPE, Refusal};
use mesoscope_core::scheduler::io::{CallOutcome, SchedulerInput, SchedulerOutput, StreamEnd, Wish};
use mesoscope_core::scheduler::machine::Scheduler;
use mesoscope_core::scheduler::numbers::{CallNumber, StreamNumber};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};

/// Far more than anything here takes; without it a failure would hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where calls go, and as whom.
#[derive(Clone, Debug)]
pub struct SchedulerAddress {
    /// `127.0.0.1:PORT`
    pub at: String,
    /// Path before that of the API, with its slash: `/`, or `/master/` of a master in local mode.
    pub base: String,
    /// Value of the header `Authorization`.
    pub authorization: Option<String>,
}

impl SchedulerAddress {
    /// The gateway, or a master with the API at its usual place.
    pub fn of(at: &str) -> SchedulerAddress {
        SchedulerAddress { at: at.to_owned(), base: "/".to_owned(), authorization: None }
    }
}

/// What came of the network.
enum Arrived {
    Opened(StreamNumber, String),
    Chunk(StreamNumber, Bytes),
    Ended(StreamNumber, StreamEnd),
    Answered(CallNumber, CallOutcome),
}

/// One scheduler and its connections. Nothing happens unless it is waited for.
pub struct SchedulerHost {
    pub scheduler: Scheduler,
    /// The calls that were sent, SUBSCRIBE too.
    pub sent: Vec<Value>,
    address: SchedulerAddress,
    inbox: mpsc::UnboundedReceiver<Arrived>,
    outbox: mpsc::UnboundedSender<Arrived>,
    stream: Option<(StreamNumber, Task)>,
    /// Calls that must arrive one after another.
    ordered: mpsc::UnboundedSender<SentCall>,
    calls: Vec<Task>,
    wake_at: Option<Timestamp>,
}

struct SentCall {
    call: CallNumber,
    stream_id: String,
    body: Vec<u8>,
}

/// A task that ends with its owner, and its connection with it.
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl SchedulerHost {
    pub fn new(scheduler: Scheduler, address: SchedulerAddress) -> SchedulerHost {
        let (outbox, inbox) = mpsc::unbounded_channel();
        let (ordered, mut queue) = mpsc::unbounded_channel();
        let (to, answers) = (address.clone(), outbox.clone());
        let queued = tokio::spawn(async move {
            while let Some(sent) = queue.recv().await {
                send(&to, sent, &answers).await;
            }
        });
        let (sent, calls) = (Vec::new(), vec![Task(queued)]);
        let (stream, wake_at) = (None, None);
        let mut host = SchedulerHost { scheduler, sent, address, inbox, outbox, stream, ordered, calls, wake_at };
        // One that was resumed opens its stream.
        host.input(SchedulerInput::Tick);
        host
    }

    /// Says what a user wants.
    pub fn wish(&mut self, wish: Wish) {
        self.input(SchedulerInput::Wish(wish));
    }

    /// The connection is gone, as when a laptop changes networks.
    pub fn cut(&mut self) {
        if let Some((stream, _)) = self.stream.take() {
            self.input(SchedulerInput::StreamEnded(stream, StreamEnd::Closed));
        }
    }

    /// Goes on until it has happened.
    ///
    /// # Panics
    /// If it does not happen within a minute.
    pub async fn until(&mut self, what: &str, happened: impl Fn(&Scheduler) -> bool) {
        let waited = timeout(PATIENCE, async {
            while !happened(&self.scheduler) {
                self.go_on().await;
            }
        });
        if waited.await.is_err() {
            panic!("it has not happened: {what}\n{:#?}\n{}", self.scheduler.link(), self.log());
        }
    }

    /// Goes on for a while.
    pub async fn stay(&mut self, time: Duration) {
        let until = Instant::now() + time;
        while tokio::time::timeout_at(until, self.go_on()).await.is_ok() {}
    }

    /// Calls of that type.
    pub fn calls(&self, kind: &str) -> Vec<&Value> {
        self.sent.iter().filter(|call| call["type"] == kind).collect()
    }

    /// What was sent and came, for a test that fails.
    pub fn log(&self) -> String {
        self.scheduler.log().entries().map(|entry| format!("{:?}\n", entry.message)).collect()
    }

    /// Waits for the next thing that happens, and takes it.
    async fn go_on(&mut self) {
        let wake_at = self.wake_at.map(|at| Instant::now() + Duration::from_nanos(at.since(now()).0.max(0) as u64));
        let wake = async {
            match wake_at {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            arrived = self.inbox.recv() => self.take(arrived.expect("this host holds a sender")),
            () = wake => {
                self.wake_at = None;
                self.input(SchedulerInput::Tick);
            }
        }
    }

    fn take(&mut self, arrived: Arrived) {
        match arrived {
            Arrived::Opened(stream, id) => self.input(SchedulerInput::StreamOpened(stream, &id)),
            Arrived::Chunk(stream, bytes) => self.input(SchedulerInput::StreamChunk(stream, &bytes)),
            Arrived::Ended(stream, end) => self.input(SchedulerInput::StreamEnded(stream, end)),
            Arrived::Answered(call, outcome) => self.input(SchedulerInput::CallAnswered(call, outcome)),
        }
    }

    fn input(&mut self, input: SchedulerInput<'_>) {
        for output in self.scheduler.handle(now(), input) {
            self.perform(output);
        }
        self.calls.retain(|call| !call.0.is_finished());
    }

    fn perform(&mut self, output: SchedulerOutput) {
        match output {
            SchedulerOutput::OpenStream { stream, body } => {
                self.sent.push(parsed(&body));
                let (address, outbox) = (self.address.clone(), self.outbox.clone());
                let task = tokio::spawn(async move {
                    let end = run_stream(&address, stream, body, &outbox).await;
                    let _ = outbox.send(Arrived::Ended(stream, end));
                });
                self.stream = Some((stream, Task(task)));
            }
            SchedulerOutput::CloseStream(stream) => drop(self.stream.take_if(|(open, _)| *open == stream)),
            SchedulerOutput::Send { call, stream_id, body, is_ordered } => {
                self.sent.push(parsed(&body));
                let sent = SentCall { call, stream_id, body };
                if is_ordered {
                    let _ = self.ordered.send(sent);
                    return;
                }
                let (address, outbox) = (self.address.clone(), self.outbox.clone());
                self.calls.push(Task(tokio::spawn(async move { send(&address, sent, &outbox).await })));
            }
            SchedulerOutput::WakeAt(at) => self.wake_at = Some(at),
            SchedulerOutput::Changed => {}
        }
    }
}

fn now() -> Timestamp {
    Timestamp(crate::now_nanos())
}

fn parsed(body: &[u8]) -> Value {
    serde_json::from_slice(body).expect("a call is JSON")
}

/// Opens a stream and passes on what comes, until it ends.
async fn run_stream(
    address: &SchedulerAddress,
    stream: StreamNumber,
    body: Vec<u8>,
    outbox: &mpsc::UnboundedSender<Arrived>,
) -> StreamEnd {
    let Ok((answer, _connection)) = post(address, None, body).await else { return StreamEnd::Closed };
    let (head, id) = (head(&answer), value(answer.headers(), &STREAM_ID_HEADER.to_ascii_lowercase()));
    let mut body = answer.into_body();
    let Some(id) = id.filter(|_| head.status == 200) else { return StreamEnd::Refused(refused(&head, body).await) };
    let _ = outbox.send(Arrived::Opened(stream, id));
    while let Some(Ok(frame)) = body.frame().await {
        let _ = outbox.send(Arrived::Chunk(stream, frame.into_data().unwrap_or_default()));
    }
    StreamEnd::Closed
}

async fn refused(head: &ResponseHead, body: Incoming) -> Refusal {
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    mesoscope_core::mesos::calls::refusal(head.status, &body)
}

async fn send(address: &SchedulerAddress, sent: SentCall, outbox: &mpsc::UnboundedSender<Arrived>) {
    let outcome = outcome(address, &sent.stream_id, sent.body).await;
    let _ = outbox.send(Arrived::Answered(sent.call, outcome));
}

/// Sends a call; what became of it.
async fn outcome(address: &SchedulerAddress, stream_id: &str, body: Vec<u8>) -> CallOutcome {
    let (answer, _connection) = match post(address, Some(stream_id), body).await {
        Ok(answered) => answered,
        Err(NoAnswer::NotSent) => return CallOutcome::NotSent,
        Err(NoAnswer::Broken) => return CallOutcome::Unknown,
    };
    let head = head(&answer);
    let Ok(body) = answer.into_body().collect().await else { return CallOutcome::Unknown };
    CallOutcome::of(head.judge(&CALL_ANSWER, &body.to_bytes()))
}

fn head(answer: &Response<Incoming>) -> ResponseHead {
    ResponseHead::read(answer.status().as_u16(), false, |name| value(answer.headers(), name))
}

fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

enum NoAnswer {
    NotSent,
    Broken,
}

/// Posts on a connection of its own, which ends with what is returned.
async fn post(
    address: &SchedulerAddress,
    stream_id: Option<&str>,
    body: Vec<u8>,
) -> Result<(Response<Incoming>, Task), NoAnswer> {
    let stream = TcpStream::connect(&address.at).await.map_err(|_| NoAnswer::NotSent)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| NoAnswer::NotSent)?;
    let connection = Task(tokio::spawn(async move { drop(connection.await) }));
    let mut request = Request::post(format!("{}{SCHEDULER_PATH}", address.base)).header("host", &address.at);
    for (name, value) in [(STREAM_ID_HEADER, stream_id), ("authorization", address.authorization.as_deref())] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    let request = request.header("content-type", CONTENT_TYPE).header("accept", CONTENT_TYPE);
    let request = request.body(Full::<Bytes>::from(body)).expect("the tests' headers are well formed");
    let answer = sender.send_request(request).await.map_err(|_| NoAnswer::Broken)?;
    Ok((answer, connection))
}
