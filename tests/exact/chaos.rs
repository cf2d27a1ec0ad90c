//! What happens to the cluster and to the connection in a run: acts, and how often each is.

use mesoscope_core::checks::cause::Cause;
use mesoscope_core::engine::message::ToEngine;
use serde_json::json;
use sim::answer::reply::Target;
use sim::cluster::Sim;

use super::world::{SECOND, World};

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// To the cluster, by hand.
    Hand(fn(&mut Sim)),
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
const ACTS: &[(usize, &str, Act)] = &[
    (12, "a task fails", Act::Hand(|sim| drop(sim.fail_task()))),
    (12, "a task finishes", Act::Hand(|sim| drop(sim.finish_task()))),
    (12, "a task is added", Act::Hand(|sim| drop(sim.add_task()))),
    (6, "a task is over before it is said to run", Act::Hand(|sim| drop(sim.add_short_task()))),
    (6, "a task's id is used again", Act::Hand(|sim| drop(sim.repeat_task()))),
    (3, "a burst", Act::Hand(|sim| sim.burst(20))),
    (3, "an agent joins", Act::Hand(|sim| drop(sim.add_agent()))),
    (2, "an agent unregisters", Act::Hand(|sim| drop(sim.remove_agent()))),
    (4, "an agent disconnects", Act::Hand(|sim| drop(sim.disconnect_agent()))),
    (4, "an agent is lost", Act::Hand(|sim| drop(sim.lose_some_agent()))),
    (4, "a lost agent returns", Act::Hand(|sim| drop(sim.return_some_agent()))),
    (2, "a lost agent is marked gone", Act::Hand(give_up)),
    (3, "a framework subscribes", Act::Hand(|sim| drop(sim.add_framework()))),
    (3, "a framework is updated", Act::Hand(|sim| drop(sim.update_framework()))),
    (3, "a framework disconnects", Act::Hand(|sim| drop(sim.disconnect_framework()))),
    (2, "a framework leaves", Act::Hand(|sim| drop(sim.remove_framework()))),
    (2, "an operation starts", Act::Hand(|sim| drop(sim.start_operation()))),
    (2, "an operation fails", Act::Hand(|sim| drop(sim.fail_operation()))),
    (2, "an operation is acknowledged", Act::Hand(|sim| drop(sim.acknowledge_operation()))),
    (2, "an agent is drained", Act::Operate("DRAIN_AGENT")),
    (2, "an agent is deactivated", Act::Operate("DEACTIVATE_AGENT")),
    (3, "an agent is reactivated", Act::Operate("REACTIVATE_AGENT")),
    (1, "an agent is marked gone", Act::Operate("MARK_AGENT_GONE")),
    (1, "a framework is torn down", Act::Teardown),
    (2, "the master is replaced", Act::Replace),
    (2, "the master closes the stream", Act::Close),
    (2, "the connection breaks", Act::Break),
    (1, "garbage comes", Act::Garbage),
    (1, "silence falls", Act::Silence),
    (1, "the page asks to retry", Act::Retry),
    (1, "the page leaves and comes again", Act::Leave),
];

/// Lets something happen, and says what.
pub fn act(world: &mut World) -> &'static str {
    let shares: usize = ACTS.iter().map(|(share, ..)| share).sum();
    let mut lot = world.lots.size(0, shares - 1);
    let chosen = ACTS.iter().find(|(share, ..)| {
        let here = lot < *share;
        lot = lot.saturating_sub(*share);
        here
    });
    let (_, name, act) = chosen.expect("the lot is within the shares");
    act.happen(world);
    name
}

impl Act {
    fn happen(self, world: &mut World) {
        match self {
            Act::Hand(hand) => hand(&mut world.sim),
            Act::Operate(call) => operate(world, call),
            Act::Teardown => teardown(world),
            Act::Replace => {
                world.sim.replace_master();
                world.drop_stream(Cause::BrokenOff);
            }
            Act::Close => world.drop_stream(Cause::Closed),
            Act::Break => world.drop_stream(Cause::BrokenOff),
            Act::Garbage => world.interfere(b"<html>502 Bad Gateway</html>\n"),
            Act::Silence => world.mute(100 * SECOND),
            Act::Retry => world.say(ToEngine::Retry),
            Act::Leave => {
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
    let agent = &agents[world.lots.size(0, agents.len() - 1)]["agent_info"]["id"];
    let mark_gone = world.lots.one_in(2);
    let body = json!({"type": call, call.to_lowercase(): {"agent_id": agent, "mark_gone": mark_gone}});
    world.sim.answer(Target::Master, body.to_string().as_bytes());
}

fn teardown(world: &mut World) {
    let state = world.sim.state();
    let frameworks = state["get_state"]["get_frameworks"]["frameworks"].as_array().cloned().unwrap_or_default();
    // The last one stays, for there to be tasks.
    if frameworks.len() > 1 {
        let framework = &frameworks[world.lots.size(0, frameworks.len() - 1)]["framework_info"]["id"];
        let body = json!({"type": "TEARDOWN", "teardown": {"framework_id": framework}});
        world.sim.answer(Target::Master, body.to_string().as_bytes());
    }
}
