//! The frameworks that this browser runs commands with: a run is followed over a broken stream and a reload, taken over, torn down, and
//! refused.

use mesoscope_core::base::encoding::encode;
use mesoscope_core::base::units::{Bytes, Cpus, Nanoseconds, Quantities};
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::scheduler::hosted_io::{BeginRun, RunMessage};
use mesoscope_core::scheduler::run::{
    Containerizer, RunAs, RunCommand, RunFramework, RunId, RunPool, RunRequest, RunTargets,
};
use serde_json::{Value, json};
use sim::server::config::Config;
use sim::server::fault::Fault;
use thirtyfour::prelude::*;

use super::actions::check_appearance;
use super::journey::{Setup, journey_with};
use super::schedule::call;
use super::world::World;

fn setup(flags: &[&str]) -> Setup {
    Setup {
        cluster: Config { rate: 0.0, ..Config::default() },
        flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
    }
}

fn request(id: &str, line: &str, count: u32) -> RunRequest {
    RunRequest {
        id: RunId::new(id).expect("an id"),
        name: "journey".to_owned(),
        command: RunCommand::Shell(line.to_owned()),
        targets: RunTargets::Any { count, among: None },
        resources: Quantities { cpus: Cpus::from_scalar(0.1), mem: Bytes::from_mebibytes(32.0), ..Quantities::NONE },
        pool: RunPool::Any,
        user: None,
        environment: vec![("TOKEN".to_owned(), "hunter2".to_owned())],
        files: Vec::new(),
        image: None,
        containerizer: Containerizer::Mesos,
        labels: Vec::new(),
        timeout: None,
        grace: None,
    }
}

/// Says something to the worker of all pages, as another page would.
async fn say(world: &World, message: RunMessage) -> WebDriverResult<()> {
    let bytes = encode(&ToEngine::Run(message));
    let post = "const worker = new SharedWorker('assets/loader.js', { name: early.name });
        worker.port.start(); worker.port.postMessage(new Uint8Array(arguments[0]).buffer)";
    world.script(post, vec![json!(bytes)]).await.map(drop)
}

/// Begins a run, as the form does.
async fn begin(world: &World, request: RunRequest) -> WebDriverResult<()> {
    let framework = RunFramework {
        name: "journey of a browser".to_owned(),
        user: RunAs::user("ops").expect("a user"),
        role: "*".into(),
        failover_timeout: Nanoseconds::from_secs(600),
    };
    say(world, RunMessage::Begin(Box::new(BeginRun { framework, request, repeats: None }))).await
}

/// The frameworks of this browser, as the master has them.
fn registered(world: &World) -> Vec<Value> {
    let reported = call(world, json!({ "type": "GET_FRAMEWORKS" }));
    let all = reported["get_frameworks"]["frameworks"].as_array().cloned().unwrap_or_default();
    all.into_iter().filter(|one| one["framework_info"]["name"] == "journey of a browser").collect()
}

/// A run of two tasks that go on until they are killed.
async fn running(world: &World) -> WebDriverResult<()> {
    world.open("#/own-frameworks").await?;
    world.wait_for("No frameworks").await?;
    begin(world, request("long", "sleep 100000", 2)).await?;
    world.wait_for("2 running.").await
}

#[test]
fn a_run_outlives_its_stream_and_its_page() {
    journey_with("own-frameworks", setup(&[]), async |world| {
        world.open("#/own-frameworks").await?;
        world.wait_for("No frameworks").await?;
        check_appearance(world, "own-frameworks-none").await?;
        running(world).await?;
        world.wait_for("Subscribed").await?;
        assert_eq!(registered(world).len(), 1);
        world.click("button", "Show log").await?;
        world.wait_for("ACKNOWLEDGE").await?;
        world
            .script("document.querySelectorAll('.call-log details').forEach((one) => { one.open = true })", [])
            .await?;
        world.wait_for("TOKEN").await?;
        assert!(!world.text().await?.contains("hunter2"), "nothing typed is in the log");
        check_appearance(world, "own-frameworks").await?;
        world.sim.fault(Fault::Status(503));
        world.sim.fault(Fault::CloseStreams);
        world.wait_for("Connection lost").await?;
        check_appearance(world, "own-frameworks-lost").await?;
        world.sim.fault(Fault::None);
        world.wait_for("Subscribed").await?;
        world.reload().await?;
        world.wait_for("2 running.").await?;
        world.wait_for("Subscribed").await?;
        assert_eq!(registered(world).len(), 1, "it is the same one");
        tears_down(world).await
    });
}

async fn tears_down(world: &World) -> WebDriverResult<()> {
    world.click("button", "Tear down …").await?;
    world.wait_for("removes the framework and kills 2 tasks").await?;
    check_appearance(world, "own-frameworks-teardown").await?;
    world.click("button", "Tear down").await?;
    world.wait_for("Torn down").await?;
    world.until("the master has none", async || Ok(registered(world).is_empty())).await?;
    world.click("button", "Remove from list").await?;
    world.wait_for("No frameworks").await
}

#[test]
fn a_framework_is_left_and_resumed() {
    journey_with("own-frameworks-left", setup(&[]), async |world| {
        running(world).await?;
        world.click("button", "Disconnect").await?;
        world.wait_for("Disconnected by you.").await?;
        world
            .until("the master knows", async || Ok(registered(world).iter().all(|one| one["connected"] == false)))
            .await?;
        world.reload().await?;
        world.wait_for("Disconnected by you.").await?;
        world.click("button", "Resume").await?;
        world.wait_for("Subscribed").await?;
        world.wait_for("2 running.").await?;
        world.open("#/frameworks").await?;
        world.click("link", "1 of this browser").await?;
        world.wait_for("Subscribed").await
    });
}

#[test]
fn a_read_only_gateway_runs_nothing_and_says_so_first() {
    journey_with("own-frameworks-read-only", setup(&["--read-only"]), async |world| {
        world.open("#/own-frameworks").await?;
        world.wait_for("This console is served read-only.").await?;
        // What gets as far as the gateway all the same is refused there.
        begin(world, request("refused", "true", 1)).await?;
        world.wait_for("--read-only").await?;
        world.wait_for("Refused").await?;
        check_appearance(world, "own-frameworks-refused").await?;
        assert!(registered(world).is_empty());
        Ok(())
    });
}
