//! A simulated Apache Mesos cluster: seeded, driven by the clock that is passed in.
//! `Sim` is the cluster and does no IO; `server` puts it behind sockets. It imports nothing of the console: it is a second opinion.

pub mod server;
mod size;

pub use size::Size;

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Master,
    /// An agent by its number (the N of `...-SN`).
    Agent(u32),
}

/// What the cluster answers to a call, before any HTTP.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// The cluster.
#[derive(Debug)]
pub struct Sim {}

impl Sim {
    pub fn new(_seed: u64, _size: Size) -> Sim {
        Sim {}
    }

    /// Lets life go on until `to_nanos` (since the Unix epoch).
    pub fn advance(&mut self, _to_nanos: i64) {}

    /// The next event that a subscriber has not been given yet, as JSON.
    pub fn next_record(&mut self) -> Option<Vec<u8>> {
        None
    }

    /// What GET_STATE answers.
    pub fn state(&self) -> serde_json::Value {
        serde_json::Value::Null
    }

    /// Answers one call, given as the JSON of a request's body.
    pub fn answer(&mut self, _target: Target, _call: &[u8]) -> Answer {
        Answer { status: 501, body: Vec::new() }
    }

    /// Fails a running task, as if its command had exited with 1; its task id.
    pub fn fail_task(&mut self) -> Option<String> {
        None
    }

    /// A new agent joins; its agent id.
    pub fn add_agent(&mut self) -> String {
        String::new()
    }

    /// Makes `events` events at once.
    pub fn burst(&mut self, _events: u32) {}

    /// Events a second that life makes from now on; 0 freezes the cluster.
    pub fn set_rate(&mut self, _events_a_second: f64) {}
}
