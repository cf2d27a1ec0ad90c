//! What happens to the cluster and to the connection in a run: acts, and how often each is.

use mesoscope_core::checks::disconnect::DisconnectReason;
use mesoscope_core::engine::message::ToEngine;
use serde_json::json;
use sim::answer::reply::Target;
use sim::cluster::Sim;

use super::world::{SECOND, World};

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
pub enum Disturbance {
    /// To the cluster, by hand.
    ManualEvent(fn(&mut Sim)),
    /// To a random agent, by a call of an operator.
    Operate(&'static str),
    Teardown,
    /// The master dies, and the stream with it.
    Replace,
    Close,
    Break,
    Garbage,
    Silence,
    Retry,
    Leave,
}

/// Its share of all acts, its name in the story, and what it is.
const DISTURBANCES: &[(usize, &str, Disturbance)] = &[
    (12, "a task fails", Disturbance::ManualEvent(|sim| drop(sim.fail_task()))),
    (12, "a task finishes", Disturbance::ManualEvent(|sim| drop(sim.finish_task()))),
    (12, "a task is added", Disturbance::ManualEvent(|sim| drop(sim.add_task()))),
    (6, "a task is over before it is said to run", Disturbance::ManualEvent(|sim| drop(sim.add_short_task()))),
    (6, "a task's id is used again", Disturbance::ManualEvent(|sim| drop(sim.repeat_task()))),
    (3, "a burst", Disturbance::ManualEvent(|sim| sim.burst(20))),
    (3, "an agent joins", Disturbance::ManualEvent(|sim| drop(sim.add_agent()))),
    (2, "an agent unregisters", Disturbance::ManualEvent(|sim| drop(sim.remove_agent()))),
    (4, "an agent disconnects", Disturbance::ManualEvent(|sim| drop(sim.disconnect_agent()))),
    (4, "an agent is lost", Disturbance::ManualEvent(|sim| drop(sim.lose_some_agent()))),
    (4, "a lost agent returns", Disturbance::ManualEvent(|sim| drop(sim.return_some_agent()))),
    (2, "a lost agent is marked gone", Disturbance::ManualEvent(give_up)),
    (3, "a framework subscribes", Disturbance::ManualEvent(|sim| drop(sim.add_framework()))),
    (3, "a framework is updated", Disturbance::ManualEvent(|sim| drop(sim.update_framework()))),
    (3, "a framework disconnects", Disturbance::ManualEvent(|sim| drop(sim.disconnect_framework()))),
    (2, "a framework leaves", Disturbance::ManualEvent(|sim| drop(sim.remove_framework()))),
    (2, "an operation starts", Disturbance::ManualEvent(|sim| drop(sim.start_operation()))),
    (2, "an operation fails", Disturbance::ManualEvent(|sim| drop(sim.fail_operation()))),
    (2, "an operation is acknowledged", Disturbance::ManualEvent(|sim| drop(sim.acknowledge_operation()))),
    (2, "an agent is drained", Disturbance::Operate("DRAIN_AGENT")),
    (2, "an agent is deactivated", Disturbance::Operate("DEACTIVATE_AGENT")),
    (3, "an agent is reactivated", Disturbance::Operate("REACTIVATE_AGENT")),
    (1, "an agent is marked gone", Disturbance::Operate("MARK_AGENT_GONE")),
    (1, "a framework is torn down", Disturbance::Teardown),
    (2, "the master is replaced", Disturbance::Replace),
    (2, "the master closes the stream", Disturbance::Close),
    (2, "the connection breaks", Disturbance::Break),
    (1, "garbage comes", Disturbance::Garbage),
    (1, "silence falls", Disturbance::Silence),
    (1, "the page asks to retry", Disturbance::Retry),
    (1, "the page leaves and comes again", Disturbance::Leave),
];

/// Lets something happen, and says what.
pub fn disturb(world: &mut World) -> &'static str {
    let shares: usize = DISTURBANCES.iter().map(|(share, ..)| share).sum();
    let mut lot = world.rng.size(0, shares - 1);
    let chosen = DISTURBANCES.iter().find(|(share, ..)| {
        let here = lot < *share;
        lot = lot.saturating_sub(*share);
        here
    });
    let (_, name, action) = chosen.expect("the lot is within the shares");
    action.happen(world);
    name
}

impl Disturbance {
    fn happen(self, world: &mut World) {
        match self {
            Disturbance::ManualEvent(hand) => hand(&mut world.sim),
            Disturbance::Operate(call) => operate(world, call),
            Disturbance::Teardown => teardown(world),
            Disturbance::Replace => {
                world.sim.replace_master();
                world.drop_stream(DisconnectReason::BrokenOff);
            }
            Disturbance::Close => world.drop_stream(DisconnectReason::Closed),
            Disturbance::Break => world.drop_stream(DisconnectReason::BrokenOff),
            Disturbance::Garbage => world.interfere(b"<html>502 Bad Gateway</html>\n"),
            Disturbance::Silence => world.mute(100 * SECOND),
            Disturbance::Retry => world.say(ToEngine::Retry),
            Disturbance::Leave => {
                world.say(ToEngine::Bye);
                world.watch();
            }
        }
    }
}

/// Not where a task is TASK_LOST among the unreachable: that would be completed without an event (PROTOCOL.md,
/// "MARK_AGENT_GONE").
fn give_up(sim: &mut Sim) {
    let state = sim.state();
    let unreachable = state["get_state"]["get_tasks"]["unreachable_tasks"].as_array().cloned().unwrap_or_default();
    if unreachable.iter().all(|task| task["state"] != "TASK_LOST") {
        sim.give_up_some_agent();
    }
}

fn operate(world: &mut World, call: &str) {
    let state = world.sim.state();
    let agents = state["get_state"]["get_agents"]["agents"].as_array().cloned().unwrap_or_default();
    if agents.is_empty() {
        return;
    }
    let agent = &agents[world.rng.size(0, agents.len() - 1)]["agent_info"]["id"];
    let mark_gone = world.rng.one_in(2);
    let body = json!({"type": call, call.to_lowercase(): {"agent_id": agent, "mark_gone": mark_gone}});
    world.sim.answer(Target::Master, body.to_string().as_bytes());
}

fn teardown(world: &mut World) {
    let state = world.sim.state();
    let frameworks = state["get_state"]["get_frameworks"]["frameworks"].as_array().cloned().unwrap_or_default();
    // The last one stays, for there to be tasks.
    if frameworks.len() > 1 {
        let framework = &frameworks[world.rng.size(0, frameworks.len() - 1)]["framework_info"]["id"];
        let body = json!({"type": "TEARDOWN", "teardown": {"framework_id": framework}});
        world.sim.answer(Target::Master, body.to_string().as_bytes());
    }
}
