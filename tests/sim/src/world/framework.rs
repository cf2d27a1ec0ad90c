//! A framework, live or completed, with the ring of its completed tasks.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::catalog::{ExecutorKind, FrameworkKind, KINDS, TEAMS};
use crate::rng::pick;
use crate::world::client::ClientFramework;
use crate::world::task::Task;

#[derive(Clone, Debug)]
pub(crate) struct Framework {
    pub(crate) number: u32,
    pub(crate) name: String,
    pub(crate) active: bool,
    pub(crate) connected: bool,
    /// Whether the master knows it. A new master does once the framework, or an agent with one of its tasks, has returned.
    pub(crate) known: bool,
    /// Whether the master knows it only from an agent.
    pub(crate) recovered: bool,
    pub(crate) registered: i64,
    pub(crate) reregistered: i64,
    /// 0 while active.
    pub(crate) unregistered: i64,
    /// Number of its info changes, shown in its label.
    pub(crate) revision: u32,
    /// Number of tasks that the master lists as live.
    pub(crate) live: u32,
    pub(crate) completed: VecDeque<Task>,
    /// Slots of its unreachable tasks that the master still keeps, oldest first.
    pub(crate) unreachable: VecDeque<u32>,
    /// Description by a client of the scheduler API.
    pub(crate) client: Option<Arc<ClientFramework>>,
    kind: &'static FrameworkKind,
    /// Roles in the format of task ids: `eng_web_`.
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
            client: None,
            kind,
            prefixes: kind.roles.iter().map(|role| format!("{}_", role.replace('/', "_"))).collect(),
        }
    }

    /// Takes the description of a client; roles keep their places.
    pub(crate) fn describe(&mut self, client: ClientFramework) {
        let earlier = if self.is_clients() { self.kind.roles } else { &[] };
        client.info["name"].as_str().unwrap_or_default().clone_into(&mut self.name);
        self.kind = client.kind(earlier);
        self.prefixes = vec![String::new(); self.kind.roles.len()];
        self.client = Some(Arc::new(client));
    }

    /// Whether a client of the scheduler API runs it.
    pub(crate) fn is_clients(&self) -> bool {
        self.client.is_some()
    }

    pub(crate) fn kind(&self) -> &'static FrameworkKind {
        self.kind
    }

    /// Role by index; tasks only use existing indices.
    pub(crate) fn role(&self, place: u8) -> &'static str {
        self.kind().roles[usize::from(place)]
    }

    pub(crate) fn prefix(&self, place: u8) -> &str {
        &self.prefixes[usize::from(place)]
    }

    pub(crate) fn live(&self) -> bool {
        self.unregistered == 0
    }

    /// Whether the master lists it as not completed.
    pub(crate) fn listed(&self) -> bool {
        self.live() && self.known
    }

    pub(crate) fn has_executors(&self) -> bool {
        self.kind().runner != ExecutorKind::Command
    }

    /// Whether its executors report TASK_STARTING: Mesos' own do, frameworks' executors start with TASK_RUNNING.
    pub(crate) fn reports_starting(&self) -> bool {
        !matches!(self.kind().runner, ExecutorKind::Own(_))
    }

    /// Adds a completed task; the ring drops its oldest.
    pub(crate) fn keep(&mut self, task: Task, ring: usize) {
        self.completed.push_back(task);
        self.trim(ring);
    }

    pub(crate) fn trim(&mut self, ring: usize) {
        let over = self.completed.len().saturating_sub(ring);
        self.completed.drain(..over);
    }
}
