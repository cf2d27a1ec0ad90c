//! The writes that this cluster takes so far: an agent is deactivated, drained, reactivated or marked gone, a framework is torn down.

use serde_json::Value;

use crate::answer::Answer;
use crate::answer::call::{Call, int};
use crate::sim::Sim;
use crate::world::{Cause, Drain, Standing, State};
use crate::write::event;

pub(super) fn deactivate(sim: &mut Sim, call: &Call) -> Answer {
    let Some(number) = listed(sim, call) else { return Answer::refused(400, "Unknown agent") };
    let agent = &mut sim.change().agents[number as usize];
    if !agent.deactivated() {
        agent.standing = Standing::Deactivated;
    }
    sim.change().withdraw_offers(|offer| offer.agent == number);
    Answer::done()
}

pub(super) fn reactivate(sim: &mut Sim, call: &Call) -> Answer {
    let standing = listed(sim, call).map(|number| (number, sim.world.agent(number).standing));
    match standing {
        Some((_, Standing::Draining)) => Answer::refused(400, "Agent is still in the DRAINING state"),
        Some((number, Standing::Deactivated | Standing::Drained)) => {
            let agent = &mut sim.change().agents[number as usize];
            agent.standing = Standing::Active;
            agent.draining = None;
            Answer::done()
        }
        _ => Answer::refused(400, "Agent is not deactivated"),
    }
}

pub(super) fn drain(sim: &mut Sim, call: &Call) -> Answer {
    let Some(number) = listed(sim, call) else { return Answer::refused(400, "Unknown agent") };
    let machine = sim.world.machine(number);
    if sim.world.policy.scheduled(&machine) {
        let id = call.text("agent_id.value");
        return Answer::refused(
            400,
            format!("Agent {id} is part of a maintenance schedule under Machine {}", machine.json()),
        );
    }
    let seconds = call.fields.get("max_grace_period").and_then(|period| period.get("seconds")).and_then(int);
    let grace = seconds.map(|seconds| seconds.saturating_mul(1_000_000_000));
    let mark_gone = call.fields.get("mark_gone").and_then(Value::as_bool).unwrap_or(false);
    let since = sim.world.now;
    let agent = &mut sim.change().agents[number as usize];
    agent.draining = Some(Drain { since, grace, mark_gone });
    agent.standing = if agent.tasks.is_empty() { Standing::Drained } else { Standing::Draining };
    sim.change().withdraw_offers(|offer| offer.agent == number);
    sim.drain_tasks(number);
    Answer::done()
}

pub(super) fn mark_gone(sim: &mut Sim, call: &Call) -> Answer {
    let id = call.text("agent_id.value");
    let Some(number) = sim.world.agent_number(id) else {
        return Answer::refused(404, format!("Agent '{id}' not found"));
    };
    // Marking an agent gone a second time is fine; and there is no AGENT_REMOVED either time (PROTOCOL B4).
    if sim.world.agent(number).standing != Standing::Gone {
        sim.part_agent(number, State::GoneByOperator, Cause::AgentGone);
    }
    Answer::done()
}

pub(super) fn teardown(sim: &mut Sim, call: &Call) -> Answer {
    let id = call.text("framework_id.value");
    let number = id.strip_prefix(&format!("{}-", sim.world.id)).and_then(|number| number.parse::<u32>().ok());
    let live = |number: &u32| sim.world.frameworks.get(*number as usize).is_some_and(|framework| framework.listed());
    let Some(number) = number.filter(live) else {
        return Answer::refused(400, "No framework found with specified ID");
    };
    for task in sim.change().remove_framework(number) {
        sim.tell(event::task_updated(&sim.world, &task));
    }
    sim.tell(event::framework_removed(&sim.world, number));
    Answer::done()
}

fn listed(sim: &Sim, call: &Call) -> Option<u32> {
    let number = sim.world.agent_number(call.text("agent_id.value"))?;
    sim.world.agent(number).listed().then_some(number)
}
