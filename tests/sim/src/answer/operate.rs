//! Agent and framework operations with Mesos' refusals (PROTOCOL.md, "DEACTIVATE_AGENT", "DRAIN_AGENT", "REACTIVATE_AGENT",
//! "MARK_AGENT_GONE", "TEARDOWN").

use serde_json::Value;

use crate::answer::call::{Call, int};
use crate::answer::reply::Answer;
use crate::cluster::Sim;
use crate::world::agent::{AgentState, Drain};

pub(super) fn deactivate(sim: &mut Sim, call: &Call) -> Answer {
    let Some(number) = known(sim, call) else { return Answer::refused(400, "Unknown agent") };
    let agent = &mut sim.change().agents[number as usize];
    let entry = agent.entry();
    if !entry.deactivated() {
        *entry = AgentState::Deactivated;
    }
    sim.change().withdraw_offers(|offer| offer.agent == number);
    Answer::done()
}

pub(super) fn reactivate(sim: &mut Sim, call: &Call) -> Answer {
    let number = sim.world.agent_number(call.text("agent_id.value"));
    let Some(number) = number else { return Answer::refused(400, "Agent is not deactivated") };
    let agent = &mut sim.change().agents[number as usize];
    let gone = !agent.known();
    match *agent.entry() {
        AgentState::Draining => Answer::refused(400, "Agent is still in the DRAINING state"),
        AgentState::Drained | AgentState::Deactivated if gone => {
            Answer::refused(409, "Agent removed while processing the call")
        }
        AgentState::Drained | AgentState::Deactivated => {
            *agent.entry() = AgentState::Active;
            agent.draining = None;
            Answer::done()
        }
        _ => Answer::refused(400, "Agent is not deactivated"),
    }
}

pub(super) fn drain(sim: &mut Sim, call: &Call) -> Answer {
    let Some(number) = known(sim, call) else { return Answer::refused(400, "Unknown agent") };
    if sim.world.agent(number).going {
        return Answer::refused(409, "Agent is currently being marked gone");
    }
    let machine = sim.world.machine(number);
    if sim.world.policy.scheduled(&machine) {
        let id = call.text("agent_id.value");
        let (host, ip) = (machine.hostname.unwrap_or_default(), machine.ip.unwrap_or_default());
        return Answer::refused(
            400,
            format!("Agent {id} is part of a maintenance schedule under Machine {host} ({ip})"),
        );
    }
    if sim.world.agent(number).old && sim.world.agent(number).listed() {
        let id = call.text("agent_id.value");
        return Answer::refused(400, format!("Agent {id} is not capable of draining"));
    }
    let period = |name: &str| call.fields.get("max_grace_period").map(|period| period.get(name).and_then(int));
    let nanoseconds = |seconds: i64| seconds.saturating_mul(1_000_000_000);
    let grace = period("seconds").map(|it| nanoseconds(it.unwrap_or(0)));
    let grace = grace.map(|it| it.saturating_add(period("nanos").flatten().unwrap_or(0)));
    let mark_gone = call.fields.get("mark_gone").and_then(Value::as_bool).unwrap_or(false);
    sim.drain_agent(number, Drain { since: sim.world.now, grace, mark_gone });
    Answer::done()
}

pub(super) fn mark_gone(sim: &mut Sim, call: &Call) -> Answer {
    let id = call.text("agent_id.value");
    let Some(number) = sim.world.agent_number(id) else {
        return Answer::refused(404, format!("Agent '{id}' not found"));
    };
    if sim.world.agent(number).going {
        return Answer::refused(503, format!("Agent {id} is already being transitioned to gone"));
    }
    // Repeating the call is accepted, and no AGENT_REMOVED is sent (PROTOCOL.md, "MARK_AGENT_GONE").
    if sim.world.agent(number).standing != AgentState::Gone {
        sim.mark_agent_gone(number);
    }
    Answer::done()
}

impl Sim {
    /// Framework of that id, unless completed.
    fn live_framework(&self, id: &str) -> Option<u32> {
        self.world.framework_number(id).filter(|number| self.world.framework(*number).listed())
    }

    pub(crate) fn knows_framework(&self, id: &str) -> bool {
        self.live_framework(id).is_some()
    }
}

pub(super) fn teardown(sim: &mut Sim, call: &Call) -> Answer {
    let Some(number) = sim.live_framework(call.text("framework_id.value")) else {
        return Answer::refused(400, "No framework found with specified ID");
    };
    sim.end_framework(number);
    Answer::done()
}

/// An agent that is listed or may return.
fn known(sim: &Sim, call: &Call) -> Option<u32> {
    let number = sim.world.agent_number(call.text("agent_id.value"))?;
    sim.world.agent(number).known().then_some(number)
}
