//! A framework, live or completed, and the ring of its completed tasks.

use std::collections::VecDeque;

use crate::catalog::{ExecutorKind, FrameworkKind, KINDS, TEAMS};
use crate::rng::pick;
use crate::world::task::Task;

#[derive(Clone, Debug)]
pub(crate) struct Framework {
    pub(crate) number: u32,
    pub(crate) name: String,
    pub(crate) active: bool,
    pub(crate) connected: bool,
    /// The master knows it; a new one does when it, or an agent with a task of it, has come back.
    pub(crate) known: bool,
    /// The master knows it from an agent only.
    pub(crate) recovered: bool,
    pub(crate) registered: i64,
    pub(crate) reregistered: i64,
    /// 0 while it lives.
    pub(crate) unregistered: i64,
    /// How often it reported the master of a change; its label says so.
    pub(crate) revision: u32,
    /// Tasks that the master lists as live.
    pub(crate) live: u32,
    pub(crate) completed: VecDeque<Task>,
    /// Slots of its unreachable tasks that the master still keeps, the oldest first.
    pub(crate) unreachable: VecDeque<u32>,
    kind: &'static FrameworkKind,
    /// Its roles as task ids have them: `eng_web_`.
    prefixes: Vec<String>,
}

impl Framework {
    pub(crate) fn new(number: u32, registered: i64) -> Framework {
        let kind = &KINDS[number as usize % KINDS.len()];
        let round = number as usize / KINDS.len();
        let name = match round {
            0 => kind.name.to_owned(),
            _ => format!("{}-{}-{round}", kind.name, pick(TEAMS, u64::from(number))),
        };
        Framework::of(kind, name, number, registered)
    }

    pub(crate) fn of(kind: &'static FrameworkKind, name: String, number: u32, registered: i64) -> Framework {
        Framework {
            number,
            name,
            active: true,
            connected: true,
            known: true,
            recovered: false,
            registered,
            reregistered: registered,
            unregistered: 0,
            revision: 1,
            live: 0,
            completed: VecDeque::new(),
            unreachable: VecDeque::new(),
            kind,
            prefixes: kind.roles.iter().map(|role| format!("{}_", role.replace('/', "_"))).collect(),
        }
    }

    pub(crate) fn kind(&self) -> &'static FrameworkKind {
        self.kind
    }

    /// The role of that place; tasks are made with places that exist.
    pub(crate) fn role(&self, place: u8) -> &'static str {
        self.kind().roles[usize::from(place)]
    }

    pub(crate) fn prefix(&self, place: u8) -> &str {
        &self.prefixes[usize::from(place)]
    }

    pub(crate) fn live(&self) -> bool {
        self.unregistered == 0
    }

    /// Whether the master lists it among those that are not completed.
    pub(crate) fn listed(&self) -> bool {
        self.live() && self.known
    }

    pub(crate) fn has_executors(&self) -> bool {
        self.kind().runner != ExecutorKind::Command
    }

    /// Mesos' own executors say TASK_STARTING first; the frameworks' say TASK_RUNNING at once.
    pub(crate) fn reports_starting(&self) -> bool {
        !matches!(self.kind().runner, ExecutorKind::Own(_))
    }

    /// Keeps a task that has ended; the ring drops its oldest.
    pub(crate) fn keep(&mut self, task: Task, ring: usize) {
        self.completed.push_back(task);
        self.trim(ring);
    }

    pub(crate) fn trim(&mut self, ring: usize) {
        let over = self.completed.len().saturating_sub(ring);
        self.completed.drain(..over);
    }
}
