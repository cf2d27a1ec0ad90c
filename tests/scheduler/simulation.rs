//! The state machine and the simulated cluster in one process, on a clock that the test moves: minutes pass in no time.

use std::collections::VecDeque;

use mesoscope_core::base::units::Timestamp;
use mesoscope_core::mesos::calls::refusal;
use mesoscope_core::scheduler::io::{CallOutcome, SchedulerInput, SchedulerOutput, StreamEnd, Wish};
use mesoscope_core::scheduler::machine::{FrameworkEnd, LinkState, Scheduler};
use mesoscope_core::scheduler::numbers::{CallNumber, StreamNumber};
use mesoscope_core::scheduler::run::{RunCommand, RunRequest, RunTargets, RunTask};
use serde_json::{Value, json};
use sim::answer::reply::Target;
use sim::cluster::Sim;
use sim::scheduler::reply::{SchedulerAnswer, SchedulerHead};
use sim::schedulers::StreamNews;

use super::machine::{framework, request, stream};

/// When a recorded cluster starts.
const START: i64 = 1_795_306_100_000_000_000;
const MILLISECOND: i64 = 1_000_000;
/// Each call and each answer arrives within this.
const STEP: i64 = 10 * MILLISECOND;
/// Time between heartbeats, which the simulated cluster leaves to its server.
const HEARTBEAT: i64 = 15_000 * MILLISECOND;
/// Steps of an hour, in which anything here happens.
const PATIENCE: u32 = 360_000;

/// The call before which something happens to the cluster, and what.
pub type Meanwhile = (&'static str, fn(&mut Sim));

pub struct Simulation {
    pub sim: Sim,
    pub scheduler: Scheduler,
    pub now: i64,
    /// Calls that were sent, SUBSCRIBE too.
    pub sent: Vec<Value>,
    /// Events that came.
    pub events: Vec<Value>,
    /// Whether nothing reaches the master, and nothing comes of it.
    pub is_cut_off: bool,
    /// What happens at the master just before the next call of that type comes.
    pub meanwhile: Option<Meanwhile>,
    /// Types of calls of which the next is lost on its way, without an answer.
    pub lost: Vec<&'static str>,
    stream: Option<(StreamNumber, u64)>,
    calls: VecDeque<(CallNumber, String, Vec<u8>)>,
    wake_at: Option<Timestamp>,
    next_heartbeat: i64,
}

impl Simulation {
    pub fn new() -> Self {
        Self::of(Sim::recorded(2))
    }

    pub fn of(sim: Sim) -> Self {
        let mut simulation = Self {
            sim,
            scheduler: Scheduler::new(framework(), 7),
            now: START,
            sent: Vec::new(),
            events: Vec::new(),
            is_cut_off: false,
            meanwhile: None,
            lost: Vec::new(),
            stream: None,
            calls: VecDeque::new(),
            wake_at: None,
            next_heartbeat: START + HEARTBEAT,
        };
        simulation.pass(0);
        simulation
    }

    pub fn wish(&mut self, wish: Wish) {
        self.input(SchedulerInput::Wish(wish));
    }

    /// Runs a line of the shell on any so many agents.
    pub fn run(&mut self, id: &str, line: &str, count: u32) {
        self.begin(RunRequest { command: RunCommand::Shell(line.to_owned()), ..request(id, count) });
    }

    pub fn begin(&mut self, request: RunRequest) {
        self.wish(Wish::Run(Box::new(request)));
    }

    /// On each of these agents, by number.
    pub fn on(&self, agents: &[u32]) -> RunTargets {
        let state = self.sim.state();
        let agent = |number: &u32| {
            let place = format!("/get_state/get_agents/agents/{number}/agent_info/id/value");
            state.pointer(&place).and_then(Value::as_str).unwrap().into()
        };
        RunTargets::Each(agents.iter().map(agent).collect())
    }

    /// Lets time pass.
    pub fn pass(&mut self, millis: i64) {
        let until = self.now + millis * MILLISECOND;
        loop {
            self.step();
            if self.now >= until {
                return;
            }
            self.now += STEP;
        }
    }

    /// Lets time pass until it has happened.
    pub fn until(&mut self, what: &str, happened: impl Fn(&Self) -> bool) {
        for _ in 0..PATIENCE {
            if happened(self) {
                return;
            }
            self.now += STEP;
            self.step();
        }
        panic!("it has not happened: {what}\n{:#?}\n{:#?}", self.scheduler.link(), self.tasks());
    }

    pub fn until_torn_down(&mut self) {
        self.until("the end", |it| matches!(it.scheduler.link(), LinkState::Ended(_)));
        assert_eq!(self.scheduler.link(), &LinkState::Ended(FrameworkEnd::TornDown));
    }

    pub fn until_subscribed(&mut self) {
        self.until("a stream", |it| matches!(it.scheduler.link(), LinkState::Subscribed { .. }));
    }

    /// The connection breaks; both ends notice.
    pub fn cut(&mut self) {
        if let Some((number, stream)) = self.stream.take() {
            self.sim.end_scheduler_stream(stream);
            self.input(SchedulerInput::StreamEnded(number, StreamEnd::Closed));
        }
    }

    pub fn tasks(&self) -> Vec<&RunTask> {
        self.scheduler.tasks().collect()
    }

    pub fn task(&self) -> &RunTask {
        self.scheduler.tasks().next().unwrap()
    }

    /// Calls of that type.
    pub fn calls(&self, kind: &str) -> Vec<&Value> {
        self.sent.iter().filter(|call| call["type"] == kind).collect()
    }

    /// Number of a task's agent.
    pub fn agent_of(&self, task: &RunTask) -> u32 {
        task.agent.as_ref().unwrap().as_str().rsplit("-S").next().unwrap().parse().unwrap()
    }

    /// What a task has written to its standard output.
    pub fn stdout(&mut self, task: &RunTask) -> String {
        let framework = self.scheduler.id().unwrap().as_str();
        let path = format!("/frameworks/{framework}/executors/{}/runs/latest/stdout", task.executor.as_str());
        let call = json!({"type": "READ_FILE", "read_file": {"path": path, "offset": 0}}).to_string();
        let answer = self.sim.answer(Target::Agent(self.agent_of(task)), call.as_bytes());
        assert_eq!(answer.status, 200, "{path}");
        let body: Value = serde_json::from_slice(&answer.body.into_bytes()).unwrap();
        let data = body["read_file"]["data"].as_str().unwrap();
        String::from_utf8(base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data).unwrap()).unwrap()
    }

    /// The framework's tasks in the operator API, each with its state, in order.
    pub fn reported(&self) -> Vec<(String, String)> {
        let state = self.sim.state();
        let lists = ["tasks", "unreachable_tasks", "completed_tasks"];
        let tasks = lists.iter().flat_map(|list| state["get_state"]["get_tasks"][*list].as_array()).flatten();
        let framework = self.scheduler.id().unwrap().as_str();
        let own = tasks.filter(|task| task["framework_id"]["value"] == *framework);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut reported: Vec<_> = own.map(|task| (text(&task["task_id"]["value"]), text(&task["state"]))).collect();
        reported.sort();
        reported
    }

    fn time(&self) -> Timestamp {
        Timestamp(self.now)
    }

    fn step(&mut self) {
        self.sim.advance(self.now);
        self.deliver();
        if self.now >= self.next_heartbeat {
            self.next_heartbeat += HEARTBEAT;
            if let Some((number, _)) = self.stream.filter(|_| !self.is_cut_off) {
                self.input(SchedulerInput::StreamChunk(number, &stream(&[r#"{"type":"HEARTBEAT"}"#])));
            }
        }
        if self.wake_at.is_some_and(|at| at <= self.time()) {
            self.wake_at = None;
            self.input(SchedulerInput::Tick);
        }
        for (number, stream_id, body) in std::mem::take(&mut self.calls) {
            let outcome = self.call(&stream_id, &body);
            self.deliver();
            self.input(SchedulerInput::CallAnswered(number, outcome));
        }
    }

    fn call(&mut self, stream_id: &str, body: &[u8]) -> CallOutcome {
        if self.is_cut_off {
            return CallOutcome::NotSent;
        }
        let call: Value = serde_json::from_slice(body).unwrap();
        if let Some((_, happen)) = self.meanwhile.take_if(|(kind, _)| call["type"] == *kind) {
            happen(&mut self.sim);
        }
        if let Some(place) = self.lost.iter().position(|kind| call["type"] == *kind) {
            self.lost.remove(place);
            return CallOutcome::Unknown;
        }
        let head = SchedulerHead { stream_id: Some(stream_id), ..SchedulerHead::default() };
        match self.sim.scheduler_call(body, head) {
            SchedulerAnswer::Done(answer) if answer.status == 202 => CallOutcome::Accepted,
            SchedulerAnswer::Done(answer) => CallOutcome::Refused(refusal(answer.status, &answer.body.into_bytes())),
            SchedulerAnswer::Stream(..) => panic!("only SUBSCRIBE opens a stream"),
        }
    }

    /// Brings what the master has sent.
    fn deliver(&mut self) {
        while let Some((of, news)) = self.sim.next_scheduler_news() {
            let Some((number, _)) = self.stream.filter(|(_, open)| *open == of && !self.is_cut_off) else { continue };
            match news {
                StreamNews::Event(record) => {
                    let text = String::from_utf8(record).unwrap();
                    self.events.push(serde_json::from_str(&text).unwrap());
                    self.input(SchedulerInput::StreamChunk(number, &stream(&[&text])));
                }
                StreamNews::End => {
                    self.stream = None;
                    self.input(SchedulerInput::StreamEnded(number, StreamEnd::Closed));
                }
            }
        }
    }

    fn input(&mut self, input: SchedulerInput<'_>) {
        for output in self.scheduler.handle(self.time(), input) {
            match output {
                SchedulerOutput::OpenStream { stream, body } => self.open(stream, &body),
                SchedulerOutput::CloseStream(number) => {
                    if let Some((_, stream)) = self.stream.take_if(|(open, _)| *open == number) {
                        self.sim.end_scheduler_stream(stream);
                    }
                }
                SchedulerOutput::Send { call, stream_id, body, .. } => {
                    self.sent.push(serde_json::from_slice(&body).unwrap());
                    self.calls.push_back((call, stream_id, body));
                }
                SchedulerOutput::WakeAt(at) => self.wake_at = Some(at),
                SchedulerOutput::Changed => {}
            }
        }
    }

    fn open(&mut self, number: StreamNumber, body: &[u8]) {
        self.sent.push(serde_json::from_slice(body).unwrap());
        let answer = (!self.is_cut_off).then(|| self.sim.scheduler_call(body, SchedulerHead::default()));
        match answer {
            None => self.input(SchedulerInput::StreamEnded(number, StreamEnd::Closed)),
            Some(SchedulerAnswer::Stream(stream, id)) => {
                self.stream = Some((number, stream));
                self.input(SchedulerInput::StreamOpened(number, &id));
            }
            Some(SchedulerAnswer::Done(answer)) => {
                let end = StreamEnd::Refused(refusal(answer.status, &answer.body.into_bytes()));
                self.input(SchedulerInput::StreamEnded(number, end));
            }
        }
    }
}
