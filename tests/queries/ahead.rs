//! Agents that are read beside a large snapshot, before it tells their tasks.

use std::collections::BTreeMap;

use mesoscope_core::base::units::Quantities;
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::{Input, Output};
use mesoscope_core::engine::message::{ToEngine, ViewId};
use mesoscope_core::views::agents::AgentColumn;
use mesoscope_core::views::table::TableQuery;
use sim::answer::reply::{Body, Target};
use sim::cluster::Sim;
use sim::size::Size;

use super::super::NOW;

/// What is allocated on each agent that is known, and to roles at the top.
fn allocated(engine: &Engine) -> (BTreeMap<String, Quantities>, Quantities) {
    let cluster = engine.shown();
    let agents = cluster.agents().map(|agent| (agent.id.0.clone(), agent.allocated())).collect();
    let mut all = Quantities::NONE;
    for (_, sum) in cluster.role_sums().iter().filter(|(name, _)| !name.contains('/')) {
        all += sum.allocated;
    }
    (agents, all)
}

#[test]
fn agents_that_came_before_their_tasks_are_counted_once() {
    let mut sim = Sim::at(3, Size::Custom { agents: 150, tasks: 4000, completed: 2000 }, NOW.0);
    let mut engine = Engine::new("test", 1);
    let tell = |engine: &mut Engine, message| engine.handle(Input::FromPage(Client(1), message), NOW);
    tell(&mut engine, ToEngine::Hello { build: "test".into(), base: "http://here/".into() });
    tell(&mut engine, ToEngine::Watch(ViewId(1), TableQuery::<AgentColumn>::all(10).into()));
    // No byte of the stream has come.
    let mut read = None;
    while let Some(output) = engine.poll() {
        if let Output::Read { id, body, .. } = output {
            assert!(read.replace((id, body)).is_none(), "only agents are asked for ahead");
        }
    }
    let (id, body) = read.expect("agents are asked for at the same time as the stream");
    let bytes = match sim.answer(Target::Master, &body).body {
        Body::Pieces(mut pieces) => {
            let mut bytes = Vec::new();
            while pieces.fill(&mut bytes, usize::MAX) {}
            bytes
        }
        Body::Json(bytes) => bytes,
        other => panic!("{other:?}"),
    };
    engine.handle(Input::ReadFinished(id, Ok(&bytes)), NOW);
    let ahead = allocated(&engine);
    assert!(engine.shown().arriving() && ahead.0.len() > 100, "{} agents", ahead.0.len());
    let is_as_before = |now: &BTreeMap<String, Quantities>, when: &str| {
        for (id, sum) in &ahead.0 {
            assert_eq!(now.get(id), Some(sum), "{id} {when}");
        }
    };
    let mut pieces = sim.snapshot();
    let mut bytes = format!("{}\n", pieces.length()).into_bytes();
    while pieces.fill(&mut bytes, usize::MAX) {}
    engine.handle(Input::StreamOpened, NOW);
    let mut so_far = Quantities::NONE;
    for (nth, chunk) in bytes.chunks(70_000).enumerate() {
        engine.handle(Input::StreamChunk(chunk), NOW);
        if engine.shown().arriving() {
            let (agents, all) = allocated(&engine);
            is_as_before(&agents, &format!("after piece {nth}"));
            assert!(all.cpus >= so_far.cpus, "after piece {nth}");
            so_far = all;
        }
    }
    assert!(!engine.shown().arriving());
    let (agents, all) = allocated(&engine);
    is_as_before(&agents, "at the end");
    assert!(all.cpus >= so_far.cpus && so_far != Quantities::NONE, "{all:?} after {so_far:?}");
}
