//! Large responses and records, written in pieces: a snapshot of a huge cluster is 1.8 GB and never held whole.

use std::sync::Arc;

use crate::json_out::{Count, Out};
use crate::protobuf::{self, Encoding};
use crate::world::agent::AgentState;
use crate::world::cluster::World;
use crate::world::resources::Amount;
use crate::write;

/// Kind of response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Subscribed { heartbeat_millis: u64 },
    State,
    Tasks,
    Executors,
    Frameworks,
    Agents,
}

/// One section of the output.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stretch {
    Text(&'static str),
    /// Bytes of protobuf around lists.
    Head(Vec<u8>),
    Milli(u64),
    Live,
    Unreachable,
    Completed,
    Executors,
    Frameworks,
    CompletedFrameworks,
    Agents,
    RecoveredAgents,
}

const TASKS: &[Stretch] = &[
    Stretch::Text("{\"tasks\":["),
    Stretch::Live,
    Stretch::Text("],\"unreachable_tasks\":["),
    Stretch::Unreachable,
    Stretch::Text("],\"completed_tasks\":["),
    Stretch::Completed,
    Stretch::Text("]}"),
];
const EXECUTORS: &[Stretch] = &[Stretch::Text("{\"executors\":["), Stretch::Executors, Stretch::Text("]}")];
const FRAMEWORKS: &[Stretch] = &[
    Stretch::Text("{\"frameworks\":["),
    Stretch::Frameworks,
    Stretch::Text("],\"completed_frameworks\":["),
    Stretch::CompletedFrameworks,
    Stretch::Text("]}"),
];
const AGENTS: &[Stretch] = &[
    Stretch::Text("{\"agents\":["),
    Stretch::Agents,
    Stretch::Text("],\"recovered_agents\":["),
    Stretch::RecoveredAgents,
    Stretch::Text("]}"),
];

fn plan(part: Part) -> Vec<Stretch> {
    let call = |head, body: &[Stretch]| [&[Stretch::Text(head)], body, &[Stretch::Text("}")]].concat();
    match part {
        Part::Tasks => call("{\"type\":\"GET_TASKS\",\"get_tasks\":", TASKS),
        Part::Executors => call("{\"type\":\"GET_EXECUTORS\",\"get_executors\":", EXECUTORS),
        Part::Frameworks => call("{\"type\":\"GET_FRAMEWORKS\",\"get_frameworks\":", FRAMEWORKS),
        Part::Agents => call("{\"type\":\"GET_AGENTS\",\"get_agents\":", AGENTS),
        Part::State => call("{\"type\":\"GET_STATE\",\"get_state\":", &state()),
        Part::Subscribed { heartbeat_millis } => {
            let interval = [
                Stretch::Text(",\"heartbeat_interval_seconds\":"),
                Stretch::Milli(heartbeat_millis),
                Stretch::Text("}"),
            ];
            let body = [&state()[..], &interval].concat();
            call("{\"type\":\"SUBSCRIBED\",\"subscribed\":{\"get_state\":", &body)
        }
    }
}

fn state() -> Vec<Stretch> {
    let text = |text| [Stretch::Text(text)];
    [
        &text("{\"get_tasks\":")[..],
        TASKS,
        &text(",\"get_executors\":"),
        EXECUTORS,
        &text(",\"get_frameworks\":"),
        FRAMEWORKS,
        &text(",\"get_agents\":"),
        AGENTS,
        &text("}"),
    ]
    .concat()
}

/// The lists of an answer in protobuf: field number, section, and message.
type Lists = &'static [(u64, Stretch, &'static str)];

const TASK_LISTS: Lists =
    &[(2, Stretch::Live, "Task"), (5, Stretch::Unreachable, "Task"), (3, Stretch::Completed, "Task")];
const EXECUTOR_LISTS: Lists = &[(1, Stretch::Executors, "master.Response.GetExecutors.Executor")];
const FRAMEWORK_LISTS: Lists = &[
    (1, Stretch::Frameworks, "master.Response.GetFrameworks.Framework"),
    (2, Stretch::CompletedFrameworks, "master.Response.GetFrameworks.Framework"),
];
const AGENT_LISTS: Lists =
    &[(1, Stretch::Agents, "master.Response.GetAgents.Agent"), (2, Stretch::RecoveredAgents, "AgentInfo")];
/// Parts of a state by their field numbers.
const STATE_LISTS: [(u64, Lists); 4] = [(1, TASK_LISTS), (2, EXECUTOR_LISTS), (3, FRAMEWORK_LISTS), (4, AGENT_LISTS)];

/// The writer; it holds the state as of its creation.
#[derive(Debug)]
pub struct Pieces {
    world: Arc<World>,
    held: Vec<Vec<Amount>>,
    plan: Vec<Stretch>,
    at: Cursor,
    /// What it is, for protobuf.
    part: Part,
    encoding: Encoding,
}

#[derive(Clone, Copy, Debug, Default)]
struct Cursor {
    stretch: usize,
    /// Index of the item in the section, and of the inner item.
    item: usize,
    inner: usize,
    /// Whether the section has written an item.
    started: bool,
}

impl Pieces {
    pub(crate) fn new(world: Arc<World>, part: Part) -> Pieces {
        let plan = plan(part);
        let held = if plan.contains(&Stretch::Frameworks) { world.held_by_framework() } else { Vec::new() };
        Pieces { world, held, plan, at: Cursor::default(), part, encoding: Encoding::Json }
    }

    /// Writes the same as protobuf. The lengths of all lists come first, so each list is written once to be counted.
    #[must_use]
    pub fn in_protobuf(mut self) -> Pieces {
        self.encoding = Encoding::Protobuf;
        let response = |kind: u64, number: u64, content: (Vec<Stretch>, u64)| -> Vec<Stretch> {
            let mut head = Vec::new();
            protobuf::number(&mut head, 1, kind);
            protobuf::length(&mut head, number, content.1);
            [vec![Stretch::Head(head)], content.0].concat()
        };
        self.plan = match self.part {
            Part::Tasks => response(12, 13, self.lists(TASK_LISTS)),
            Part::Executors => response(11, 12, self.lists(EXECUTOR_LISTS)),
            Part::Frameworks => response(10, 11, self.lists(FRAMEWORK_LISTS)),
            Part::Agents => response(9, 10, self.lists(AGENT_LISTS)),
            Part::State => response(8, 9, self.state_lists()),
            Part::Subscribed { heartbeat_millis } => {
                let mut interval = Vec::new();
                protobuf::double(&mut interval, 2, heartbeat_millis as f64 / 1000.0);
                let state = self.field(1, self.state_lists());
                let length = state.1 + interval.len() as u64;
                response(1, 2, ([state.0, vec![Stretch::Head(interval)]].concat(), length))
            }
        };
        self
    }

    /// The encoding that it is written in.
    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding
    }

    fn state_lists(&self) -> (Vec<Stretch>, u64) {
        let parts: Vec<_> = STATE_LISTS.iter().map(|(number, lists)| self.field(*number, self.lists(lists))).collect();
        let length = parts.iter().map(|(_, length)| length).sum();
        (parts.into_iter().flat_map(|(plan, _)| plan).collect(), length)
    }

    /// A message as a field of another.
    fn field(&self, number: u64, (content, length): (Vec<Stretch>, u64)) -> (Vec<Stretch>, u64) {
        let mut head = Vec::new();
        protobuf::length(&mut head, number, length);
        let length = length + head.len() as u64;
        ([vec![Stretch::Head(head)], content].concat(), length)
    }

    /// Lists, and their length in all.
    fn lists(&self, lists: Lists) -> (Vec<Stretch>, u64) {
        let plan: Vec<Stretch> = lists.iter().map(|(_, stretch, _)| stretch.clone()).collect();
        let (mut count, mut at) = (Count::default(), Cursor::default());
        while self.step_of(&plan, &mut at, &mut count) {}
        (plan, count.0)
    }

    /// Total length in bytes.
    pub fn length(&self) -> u64 {
        let mut count = Count::default();
        let mut at = Cursor::default();
        while self.step(&mut at, &mut count) {}
        count.0
    }

    /// The whole output in memory.
    pub fn into_bytes(mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while self.fill(&mut bytes, usize::MAX) {}
        bytes
    }

    /// Appends to the buffer until it holds `full` bytes or the output ends; returns whether there is more.
    pub fn fill(&mut self, buffer: &mut Vec<u8>, full: usize) -> bool {
        let mut at = self.at;
        let mut more = true;
        while more && buffer.len() < full {
            more = self.step(&mut at, buffer);
        }
        self.at = at;
        more
    }

    /// Writes the next item or text; returns false at the end.
    fn step(&self, at: &mut Cursor, out: &mut impl Out) -> bool {
        self.step_of(&self.plan, at, out)
    }

    fn step_of(&self, plan: &[Stretch], at: &mut Cursor, out: &mut impl Out) -> bool {
        let Some(stretch) = plan.get(at.stretch) else { return false };
        let mut lists = [TASK_LISTS, EXECUTOR_LISTS, FRAMEWORK_LISTS, AGENT_LISTS].into_iter().flatten();
        let wrote = match lists.find(|(_, list, _)| self.encoding == Encoding::Protobuf && list == stretch) {
            None => self.item(stretch, at, out),
            Some((number, _, message)) => {
                let mut json = Vec::new();
                let wrote = self.item(stretch, at, &mut json);
                if wrote {
                    let object = protobuf::message(message, json.strip_prefix(b",").unwrap_or(&json));
                    let mut head = Vec::new();
                    protobuf::length(&mut head, *number, object.len() as u64);
                    out.put(&head);
                    out.put(&object);
                }
                wrote
            }
        };
        if !wrote {
            *at = Cursor { stretch: at.stretch + 1, ..Cursor::default() };
        }
        true
    }

    /// Writes the section's next item as JSON; returns false if it has no more.
    fn item(&self, stretch: &Stretch, at: &mut Cursor, out: &mut impl Out) -> bool {
        let world = &*self.world;
        match stretch {
            Stretch::Text(text) => {
                out.str(text);
                false
            }
            Stretch::Head(bytes) => {
                out.put(bytes);
                false
            }
            Stretch::Milli(number) => {
                out.milli(*number);
                false
            }
            Stretch::Live => self.task(at, out, world.tasks.live_slots()),
            Stretch::Unreachable => self.task(at, out, world.tasks.unreachable_slots()),
            Stretch::Completed => self.completed(at, out),
            Stretch::Executors => self.executor(at, out),
            Stretch::Frameworks => self.framework(at, out),
            Stretch::CompletedFrameworks => self.completed_framework(at, out),
            Stretch::Agents => self.agent(at, out),
            Stretch::RecoveredAgents => self.recovered_agent(at, out),
        }
    }

    fn task(&self, at: &mut Cursor, out: &mut impl Out, slots: &[u32]) -> bool {
        let Some(slot) = slots.get(at.item) else { return false };
        at.item += 1;
        comma(at, out);
        write::task::task(out, &self.world, self.world.tasks.at(*slot));
        true
    }

    /// Writes a completed task. In protobuf a real master leaves out those of completed frameworks (PROTOCOL.md, "Protobuf").
    fn completed(&self, at: &mut Cursor, out: &mut impl Out) -> bool {
        while let Some(framework) = self.world.frameworks.get(at.item) {
            let is_listed = self.encoding == Encoding::Json || framework.live();
            if let Some(task) = framework.completed.get(at.inner).filter(|_| is_listed) {
                at.inner += 1;
                comma(at, out);
                write::task::task(out, &self.world, task);
                return true;
            }
            (at.item, at.inner) = (at.item + 1, 0);
        }
        false
    }

    fn executor(&self, at: &mut Cursor, out: &mut impl Out) -> bool {
        let slots = self.world.tasks.live_slots();
        while let Some(slot) = slots.get(at.item) {
            at.item += 1;
            let task = self.world.tasks.at(*slot);
            if write::executor::listed(&self.world, task) {
                comma(at, out);
                write::executor::of_master(out, &self.world, task);
                return true;
            }
        }
        false
    }

    fn framework(&self, at: &mut Cursor, out: &mut impl Out) -> bool {
        while let Some(framework) = self.world.frameworks.get(at.item) {
            at.item += 1;
            if framework.listed() {
                comma(at, out);
                let held = self.held.get(at.item - 1).map_or(&[][..], Vec::as_slice);
                write::framework::framework(out, &self.world, framework, held);
                return true;
            }
        }
        false
    }

    fn completed_framework(&self, at: &mut Cursor, out: &mut impl Out) -> bool {
        let Some(number) = self.world.completed_frameworks.get(at.item) else { return false };
        at.item += 1;
        comma(at, out);
        write::framework::framework(out, &self.world, self.world.framework(*number), &[]);
        true
    }

    fn agent(&self, at: &mut Cursor, out: &mut impl Out) -> bool {
        while let Some(agent) = self.world.agents.get(at.item) {
            at.item += 1;
            if agent.listed() {
                comma(at, out);
                write::agent::agent(out, &self.world, agent);
                return true;
            }
        }
        false
    }

    /// Writes a plain AgentInfo, not wrapped in `agent_info` (PROTOCOL.md, "GET_AGENTS").
    fn recovered_agent(&self, at: &mut Cursor, out: &mut impl Out) -> bool {
        while let Some(agent) = self.world.agents.get(at.item) {
            at.item += 1;
            if agent.standing == AgentState::Recovered {
                comma(at, out);
                write::agent::info(out, &self.world, agent, true);
                return true;
            }
        }
        false
    }
}

fn comma(at: &mut Cursor, out: &mut impl Out) {
    if at.started {
        out.str(",");
    }
    at.started = true;
}
