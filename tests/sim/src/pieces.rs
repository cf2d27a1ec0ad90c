//! Large responses and records, written in pieces: a snapshot of a huge cluster is 1.8 GB and never held whole.

use std::sync::Arc;

use crate::json_out::{Count, Out};
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stretch {
    Text(&'static str),
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

/// The writer; it holds the state as of its creation.
#[derive(Debug)]
pub struct Pieces {
    world: Arc<World>,
    held: Vec<Vec<Amount>>,
    plan: Vec<Stretch>,
    at: Cursor,
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
        Pieces { world, held, plan, at: Cursor::default() }
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
        let world = &*self.world;
        let Some(stretch) = self.plan.get(at.stretch) else { return false };
        let wrote = match stretch {
            Stretch::Text(text) => {
                out.str(text);
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
        };
        if !wrote {
            *at = Cursor { stretch: at.stretch + 1, ..Cursor::default() };
        }
        true
    }

    fn task(&self, at: &mut Cursor, out: &mut impl Out, slots: &[u32]) -> bool {
        let Some(slot) = slots.get(at.item) else { return false };
        at.item += 1;
        comma(at, out);
        write::task::task(out, &self.world, self.world.tasks.at(*slot));
        true
    }

    fn completed(&self, at: &mut Cursor, out: &mut impl Out) -> bool {
        while let Some(framework) = self.world.frameworks.get(at.item) {
            if let Some(task) = framework.completed.get(at.inner) {
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
