//! The state machine against the simulated cluster, over HTTP, from the first run to the end of the framework.

use std::collections::BTreeMap;
use std::time::Duration;

use mesoscope_core::base::ids::TaskId;
use mesoscope_core::base::units::{Cpus, Timestamp};
use mesoscope_core::mesos::calls::refusal;
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::scheduler::io::{CallOutcome, SchedulerInput, SchedulerOutput, StreamEnd, Wish};
use mesoscope_core::scheduler::machine::{FrameworkEnd, LinkState, Scheduler};
use mesoscope_core::scheduler::numbers::{CallNumber, StreamNumber};
use mesoscope_core::scheduler::run::{RunCommand, RunRequest, RunTargets};
use mesoscope_tests::now_nanos;
use serde_json::{Value, json};
use sim::answer::reply::Target;
use sim::server::Server;
use sim::server::config::Config;
use sim::server::fault::Fault;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::machine::{framework, request};

/// Longest that anything may take here.
const PATIENCE: Duration = Duration::from_secs(60);

enum Arrived {
    Opened(StreamNumber, String),
    Chunk(StreamNumber, Vec<u8>),
    Ended(StreamNumber, StreamEnd),
    Answered(CallNumber, CallOutcome),
}

/// The host of a scheduler: connections and a clock.
struct Host {
    scheduler: Scheduler,
    server: Server,
    master: String,
    arrived: mpsc::UnboundedReceiver<Arrived>,
    sender: mpsc::UnboundedSender<Arrived>,
    streams: BTreeMap<StreamNumber, JoinHandle<()>>,
    wake_at: Option<Timestamp>,
}

impl Host {
    async fn start() -> Self {
        let server = Server::start(Config { rate: 0.0, ..Config::default() }).await.unwrap();
        let master = server.master_urls()[0].trim_start_matches("http://").to_owned();
        let (sender, arrived) = mpsc::unbounded_channel();
        let scheduler = Scheduler::new(framework(), 7);
        Self { scheduler, server, master, arrived, sender, streams: BTreeMap::new(), wake_at: None }
    }

    fn input(&mut self, input: SchedulerInput<'_>) {
        for output in self.scheduler.handle(Timestamp(now_nanos()), input) {
            match output {
                SchedulerOutput::OpenStream { stream, body } => {
                    let opened = tokio::spawn(open(self.master.clone(), stream, body, self.sender.clone()));
                    self.streams.insert(stream, opened);
                }
                SchedulerOutput::CloseStream(stream) => {
                    self.streams.remove(&stream).into_iter().for_each(|stream| stream.abort());
                }
                SchedulerOutput::Send { call, stream_id, body } => {
                    tokio::spawn(send(self.master.clone(), (call, stream_id, body), self.sender.clone()));
                }
                SchedulerOutput::WakeAt(at) => self.wake_at = Some(at),
                SchedulerOutput::Changed => {}
            }
        }
    }

    fn wish(&mut self, wish: Wish) {
        self.input(SchedulerInput::Wish(wish));
    }

    fn run(&mut self, id: &str, line: &str, count: u32) {
        let command = RunCommand::Shell(line.to_owned());
        let run = RunRequest { command, targets: RunTargets::Any { count, among: None }, ..request(id, count) };
        self.wish(Wish::Run(Box::new(run)));
    }

    async fn until(&mut self, what: &str, is_done: impl Fn(&Scheduler) -> bool) {
        let waiting = async {
            while !is_done(&self.scheduler) {
                let wait = self.wake_at.map_or(0, |at| (at.0 - now_nanos()).max(0));
                let wait = if self.wake_at.is_some() { Duration::from_nanos(wait as u64) } else { PATIENCE };
                match tokio::time::timeout(wait, self.arrived.recv()).await {
                    Ok(Some(Arrived::Opened(stream, id))) => self.input(SchedulerInput::StreamOpened(stream, &id)),
                    Ok(Some(Arrived::Chunk(stream, bytes))) => self.input(SchedulerInput::StreamChunk(stream, &bytes)),
                    Ok(Some(Arrived::Ended(stream, end))) => self.input(SchedulerInput::StreamEnded(stream, end)),
                    Ok(Some(Arrived::Answered(call, outcome))) => {
                        self.input(SchedulerInput::CallAnswered(call, outcome));
                    }
                    Ok(None) => panic!("no sender is left"),
                    Err(_) => {
                        self.wake_at = None;
                        self.input(SchedulerInput::Tick);
                    }
                }
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            panic!("{what} never comes: {:?}", self.scheduler);
        }
    }

    async fn until_torn_down(&mut self) {
        self.until("the end", |scheduler| matches!(scheduler.link(), LinkState::Ended(_))).await;
        assert_eq!(self.scheduler.link(), &LinkState::Ended(FrameworkEnd::TornDown));
    }

    /// State and message of each task.
    fn results(&self) -> Vec<(Option<TaskState>, &str)> {
        self.scheduler.tasks().map(|task| (task.state.clone(), task.message.as_str())).collect()
    }

    fn fault(&self, name: &str) {
        self.server.fault(name.parse::<Fault>().unwrap());
    }

    /// What a task has written.
    fn stdout(&self, task: &TaskId) -> String {
        let task = self.scheduler.tasks().find(|it| it.id == *task).unwrap();
        let agent = task.agent.as_ref().unwrap().as_str().rsplit("-S").next().unwrap().parse().unwrap();
        let framework = self.scheduler.id().unwrap().as_str();
        let path = format!("/frameworks/{framework}/executors/{}/runs/latest/stdout", task.executor.as_str());
        let call = json!({"type": "READ_FILE", "read_file": {"path": path, "offset": 0}}).to_string();
        let answer = self.server.with(|sim| sim.answer(Target::Agent(agent), call.as_bytes()));
        assert_eq!(answer.status, 200, "{path}");
        let body: Value = serde_json::from_slice(&answer.body.into_bytes()).unwrap();
        let data = body["read_file"]["data"].as_str().unwrap();
        String::from_utf8(base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data).unwrap()).unwrap()
    }

    /// Names of the framework's tasks in the operator API, each with its state.
    fn reported(&self) -> Vec<(String, String)> {
        let state = self.server.with(|sim| sim.state());
        let tasks = ["tasks", "completed_tasks"].map(|list| state["get_state"]["get_tasks"][list].clone());
        let framework = self.scheduler.id().unwrap().as_str();
        let all = tasks.iter().filter_map(Value::as_array).flatten();
        let own = all.filter(|task| task["framework_id"]["value"] == *framework);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        own.map(|task| (text(&task["task_id"]["value"]), text(&task["state"]))).collect()
    }
}

fn post(body: &[u8], stream_id: Option<&str>) -> Vec<u8> {
    let id = stream_id.map_or(String::new(), |id| format!("Mesos-Stream-Id: {id}\r\n"));
    let head = format!(
        "POST /api/v1/scheduler HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: application/json\r\n{id}Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Sends a request, and reads the head of its answer; with what was read of the body.
async fn ask(master: &str, request: &[u8]) -> Option<(TcpStream, String, Vec<u8>)> {
    let mut socket = TcpStream::connect(master).await.ok()?;
    socket.write_all(request).await.ok()?;
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let body = bytes.split_off(end + 4);
            return Some((socket, String::from_utf8(bytes).unwrap(), body));
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

fn status(head: &str) -> u16 {
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

async fn open(master: String, stream: StreamNumber, body: Vec<u8>, arrived: mpsc::UnboundedSender<Arrived>) {
    let end = match ask(&master, &post(&body, None)).await {
        None => StreamEnd::Closed,
        Some((_, head, body)) if status(&head) != 200 => StreamEnd::Refused(refusal(status(&head), &body)),
        Some((mut socket, head, mut bytes)) => {
            let id = header(&head, "Mesos-Stream-Id").unwrap().to_owned();
            arrived.send(Arrived::Opened(stream, id)).unwrap();
            while let Some(chunk) = next_chunk(&mut socket, &mut bytes).await {
                arrived.send(Arrived::Chunk(stream, chunk)).unwrap();
            }
            StreamEnd::Closed
        }
    };
    // The test may have ended.
    drop(arrived.send(Arrived::Ended(stream, end)));
}

/// The next chunk of a chunked body; `None` at its end.
async fn next_chunk(socket: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<Vec<u8>> {
    loop {
        if let Some(line) = bytes.windows(2).position(|window| window == b"\r\n") {
            let size = usize::from_str_radix(std::str::from_utf8(&bytes[..line]).ok()?, 16).ok()?;
            if bytes.len() >= line + 2 + size + 2 {
                let chunk = bytes[line + 2..line + 2 + size].to_vec();
                bytes.drain(..line + 2 + size + 2);
                return (size > 0).then_some(chunk);
            }
        }
        if socket.read_buf(bytes).await.ok()? == 0 {
            return None;
        }
    }
}

async fn send(
    master: String,
    (call, stream_id, body): (CallNumber, String, Vec<u8>),
    arrived: mpsc::UnboundedSender<Arrived>,
) {
    let outcome = match ask(&master, &post(&body, Some(&stream_id))).await {
        Some((_, head, _)) if status(&head) == 202 => CallOutcome::Accepted,
        Some((_, head, body)) => CallOutcome::Refused(refusal(status(&head), &body)),
        None => CallOutcome::Unknown,
    };
    drop(arrived.send(Arrived::Answered(call, outcome)));
}

#[tokio::test]
async fn commands_run_on_agents_and_the_framework_ends_with_them() {
    let mut host = Host::start().await;
    host.run("a", "echo hello from $MESOS_TASK_ID; exit 7", 3);
    host.until_torn_down().await;
    assert_eq!(host.results(), vec![(Some(TaskState::Failed), "Command exited with status 7"); 3]);
    let tasks: Vec<TaskId> = host.scheduler.tasks().map(|task| task.id.clone()).collect();
    for task in &tasks {
        assert_eq!(host.stdout(task), format!("hello from {}\n", task.as_str()));
    }
    let mut reported = host.reported();
    reported.sort();
    let expected = tasks.iter().map(|task| (task.as_str().to_owned(), "TASK_FAILED".to_owned()));
    assert_eq!(reported, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn a_long_command_is_killed() {
    let mut host = Host::start().await;
    host.run("a", "sleep 10000", 1);
    host.until("the start", |it| it.tasks().all(|task| task.state == Some(TaskState::Running))).await;
    host.wish(Wish::KillTask(host.scheduler.tasks().next().unwrap().id.clone()));
    host.until_torn_down().await;
    assert_eq!(host.results(), [(Some(TaskState::Killed), "Command terminated with signal Terminated")]);
}

#[tokio::test]
async fn refused_calls_lost_updates_and_cut_streams_do_no_harm() {
    let mut host = Host::start().await;
    host.fault("once/ACCEPT/503");
    host.fault("once/ACKNOWLEDGE/cut");
    host.run("a", "true", 2);
    host.until("a refusal", |it| it.refused_call().is_some()).await;
    host.server.with(|sim| sim.lose_scheduler_update());
    host.until("a launch", |it| it.tasks().any(|task| task.agent.is_some())).await;
    host.fault("cut-schedulers");
    host.until("the cut", |it| !matches!(it.link(), LinkState::Subscribed { .. })).await;
    host.until_torn_down().await;
    let run = |state: &Option<TaskState>| *state == Some(TaskState::Finished);
    assert!(host.scheduler.tasks().all(|task| run(&task.state)), "{:?}", host.results());
    assert_eq!(host.reported().len(), 2, "each ran once: {:?}", host.reported());
}

#[tokio::test]
async fn another_scheduler_takes_the_framework() {
    let mut host = Host::start().await;
    host.run("a", "sleep 10000", 1);
    host.until("the start", |it| it.tasks().all(|task| task.state == Some(TaskState::Running))).await;
    let id = host.scheduler.id().unwrap().as_str().to_owned();
    let info = json!({"user": "ops", "name": "other", "id": {"value": id}, "failover_timeout": 60.0});
    let call = json!({"type": "SUBSCRIBE", "framework_id": {"value": id}, "subscribe": {"framework_info": info, "force": true}});
    let (_socket, head, _) = ask(&host.master, &post(call.to_string().as_bytes(), None)).await.unwrap();
    assert_eq!(status(&head), 200);
    host.until("the end", |it| matches!(it.link(), LinkState::Ended(_))).await;
    assert_eq!(host.scheduler.link(), &LinkState::Ended(FrameworkEnd::FailedOver));
    host.wish(Wish::Reclaim);
    host.until("the return", |it| matches!(it.link(), LinkState::Subscribed { .. })).await;
    host.wish(Wish::TearDown);
    host.until_torn_down().await;
}

#[tokio::test]
async fn a_command_that_is_too_large_is_offered_nothing_that_fits() {
    let mut host = Host::start().await;
    let mut large = request("a", 1);
    large.resources.cpus = Cpus::from_scalar(4000.0);
    host.wish(Wish::Run(Box::new(large)));
    host.until("an offer that does not fit", |it| it.tasks().all(|task| task.unfit.is_some())).await;
    host.wish(Wish::KillTask(host.scheduler.tasks().next().unwrap().id.clone()));
    host.until_torn_down().await;
    assert_eq!(host.reported(), []);
}

#[tokio::test]
async fn the_http_part_is_as_recorded() {
    let host = Host::start().await;
    let recorded = [
        ("012", "POST", "Content-Type: text/plain\r\nAccept: application/json\r\n"),
        ("013", "GET", "Accept: application/json\r\n"),
        ("014", "POST", "Content-Type: text/plain\r\n"),
    ];
    for (number, method, headers) in recorded {
        let exchange = super::exchange::numbered(number);
        let request =
            format!("{method} /api/v1/scheduler HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: 2\r\n\r\n{{}}");
        let (_, head, body) = ask(&host.master, request.as_bytes()).await.unwrap();
        assert_eq!(
            (status(&head), String::from_utf8(body).unwrap()),
            (exchange.status, exchange.body.clone()),
            "{number}"
        );
    }
    let names = |head: &str| -> Vec<String> {
        head.lines().skip(1).filter_map(|line| Some(line.split_once(": ")?.0.to_owned())).collect()
    };
    let stream = super::exchange::numbered("001");
    let call = json!({"type": "SUBSCRIBE", "subscribe": {"framework_info": {"user": "ops", "name": "x"}}});
    let (_socket, head, _) = ask(&host.master, &post(call.to_string().as_bytes(), None)).await.unwrap();
    let theirs = stream.raw.split("<<< RESPONSE").nth(1).unwrap().split_once('\n').unwrap().1;
    assert_eq!(names(&head), names(theirs.split("\n\n").next().unwrap()));
}
