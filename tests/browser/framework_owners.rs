//! Whose a framework of this browser is: another scheduler's, the next user's, another tab's; and one whose page a master serves.

use serde_json::json;
use sim::server::config::Config;
use thirtyfour::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::actions::check_appearance;
use super::journey::{Setup, journey_with};
use super::runs::{agents, form, frameworks, run};
use super::schedule::call;
use super::sign_in::{guarded, sign_in};
use super::world::{PATIENCE, World};
use crate::still;

/// Another scheduler's stream.
struct OtherScheduler(TcpStream);

impl OtherScheduler {
    /// Subscribes with this id.
    async fn subscribe(world: &World, id: &str) -> std::io::Result<Self> {
        let info = json!({ "id": { "value": id }, "user": "ops", "name": "another scheduler", "roles": ["*"], "capabilities": [{ "type": "MULTI_ROLE" }], "failover_timeout": 600 });
        let body =
            json!({ "type": "SUBSCRIBE", "framework_id": { "value": id }, "subscribe": { "framework_info": info } });
        let body = body.to_string();
        let master = world.sim.master_urls().swap_remove(0);
        let master = master.trim_start_matches("http://");
        let mut stream = TcpStream::connect(master).await?;
        let head = format!(
            "POST /api/v1/scheduler HTTP/1.1\r\nHost: {master}\r\nContent-Type: application/json\r\nAccept: application/json\r\n\
            Content-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).await?;
        let mut other = Self(stream);
        other.read_until("SUBSCRIBED").await?;
        Ok(other)
    }

    /// Reads on until this text has come.
    async fn read_until(&mut self, text: &str) -> std::io::Result<()> {
        let (mut read, mut piece) = (Vec::new(), [0; 4096]);
        while !String::from_utf8_lossy(&read).contains(text) {
            let length = timeout(PATIENCE, self.0.read(&mut piece)).await??;
            assert!(length > 0, "the stream ended before {text}: {}", String::from_utf8_lossy(&read));
            read.extend_from_slice(&piece[..length]);
        }
        Ok(())
    }
}

/// Id of the only framework with this name.
fn id(world: &World, name: &str) -> String {
    let all = call(world, json!({ "type": "GET_FRAMEWORKS" }))["get_frameworks"]["frameworks"].take();
    let found = all.as_array().into_iter().flatten().find(|it| it["framework_info"]["name"] == name);
    found.and_then(|it| it["framework_info"]["id"]["value"].as_str()).expect("it is registered").to_owned()
}

#[test]
fn a_second_subscriber_takes_over_and_the_first_stays_away() {
    journey_with("framework-taken-over", still(), async |world| {
        run(world, &agents(world, 2), "sleep infinity").await?;
        world.wait_for("2 running.").await?;
        world.open("#/own-frameworks").await?;
        world.wait_for("Subscribed").await?;
        world.click("button", "Show log").await?;
        let mut other = OtherScheduler::subscribe(world, &id(world, "mesoscope")).await?;
        world.wait_for("Taken over").await?;
        world
            .wait_for("Another browser or program has subscribed with this framework's ID. Its tasks keep running.")
            .await?;
        let said = "return document.querySelector('.call-log').textContent.includes('Framework failed over')";
        world.until("the log has it", async || world.script(said, []).await?.convert::<bool>()).await?;
        check_appearance(world, "framework-taken-over").await?;
        // Neither time nor a new worker takes it back.
        world.reload().await?;
        world.wait_for("Taken over").await?;
        assert_eq!(frameworks(world).iter().filter(|name| *name == "another scheduler").count(), 1);
        assert!(!frameworks(world).contains(&"mesoscope".to_owned()));
        // A user does, and the other one is disconnected.
        world.click("button", "Resume").await?;
        world.wait_for("Subscribed").await?;
        world.wait_for("2 running.").await?;
        world
            .until("it has its own name again", async || Ok(frameworks(world).contains(&"mesoscope".to_owned())))
            .await?;
        other.read_until("Framework failed over").await?;
        Ok(())
    });
}

#[test]
fn signing_out_leaves_a_run_to_the_next_sign_in() {
    journey_with("run-sign-out", guarded(), async |world| {
        world.open("#/run").await?;
        world.field("User name").await?;
        sign_in(world, "alice", "sésame").await?;
        world.wait_for("Runs on any 1").await?;
        world.fill("Command", "sleep infinity").await?;
        world.fill("User", "ops").await?;
        world.click("button", "Run on 1 agent").await?;
        world.wait_for("1 running.").await?;
        let results = world.address().await?;
        world.click("button", "~alice").await?;
        world.wait_for("Signing out disconnects 1 framework of this browser with 1 task.").await?;
        world.wait_for("Sign in again before that to follow them.").await?;
        check_appearance(world, "run-sign-out").await?;
        world.click("button", "Sign out").await?;
        world.field("User name").await?;
        world.wait_gone("sleep infinity").await?;
        let is_left = async || Ok(connected(world) == Some(false));
        world.until("the master knows that its scheduler is gone", is_left).await?;
        // With a token, this is another user: the run is none of theirs.
        world.click("button", "Use a bearer token").await?;
        world.fill("Bearer token", "abc.def").await?;
        world.press(Key::Enter + "").await?;
        world.wait_for("Run not found").await?;
        world.open("#/own-frameworks").await?;
        world.wait_for("No frameworks").await?;
        world.click("button", "~Signed in by token").await?;
        world.click("button", "Sign out").await?;
        world.field("User name").await?;
        world.open(&results).await?;
        sign_in(world, "alice", "sésame").await?;
        world.wait_for("1 running.").await?;
        world.until("it has subscribed again", async || Ok(connected(world) == Some(true))).await?;
        world.click("button", "Kill …").await?;
        world.click("button", "Kill").await?;
        world.wait_for("1 killed.").await
    });
}

/// Whether the browser's framework is connected, as the master has it; `None` if it is not registered.
fn connected(world: &World) -> Option<bool> {
    let all = call(world, json!({ "type": "GET_FRAMEWORKS" }))["get_frameworks"]["frameworks"].take();
    all.as_array().into_iter().flatten().find(|it| it["framework_info"]["name"] == "mesoscope")?["connected"].as_bool()
}

/// In this tab, and from its next page on.
async fn without_shared_workers(world: &World) -> WebDriverResult<()> {
    let source = json!({ "source": "delete window.SharedWorker" });
    world.devtools("Page.addScriptToEvaluateOnNewDocument", source).await?;
    world.driver.goto("about:blank").await
}

#[test]
fn a_browser_without_shared_workers_has_each_framework_in_one_tab() {
    journey_with("run-no-shared-worker", still(), async |world| {
        without_shared_workers(world).await?;
        run(world, &agents(world, 2), "sleep infinity").await?;
        world.wait_for("2 running.").await?;
        assert!(!world.script("return 'SharedWorker' in window", []).await?.convert::<bool>()?);
        let results = world.address().await?;
        let first = world.driver.window().await?;
        let second = world.new_tab().await?;
        without_shared_workers(world).await?;
        world.open("#/own-frameworks").await?;
        world.wait_for("1 framework of this browser is in another tab.").await?;
        check_appearance(world, "run-no-shared-worker").await?;
        assert_eq!(connected(world), Some(true));
        // The tab that has it is closed: the other one follows the run from now on.
        world.driver.switch_to_window(first).await?;
        world.driver.close_window().await?;
        world.driver.switch_to_window(second).await?;
        world.wait_for("2 running.").await?;
        world.wait_for("Subscribed").await?;
        world.open(&results).await?;
        world.click("button", "Kill …").await?;
        world.click("button", "Kill").await?;
        world.wait_for("2 killed.").await
    });
}

#[test]
fn a_page_that_a_master_serves_runs_commands() {
    let page = mesoscope_tests::root().join("dist");
    assert!(page.join("index.html").is_file(), "there is no page in dist/: `cargo verify` builds it");
    let setup = Setup { cluster: Config { webui_dir: Some(page), ..still().cluster }, flags: Vec::new() };
    journey_with("run-webui-dir", setup, async |world| {
        let master = world.sim.master_urls().swap_remove(0);
        world.at(&master).open(&form(&agents(world, 3))).await?;
        world.wait_for("Runs on 3 agents, which have room now.").await?;
        world.fill("Command", "sleep infinity").await?;
        world.fill("User", "ops").await?;
        world.click("button", "Run on 3 agents").await?;
        world.wait_for("3 running.").await?;
        world.click("button", "Kill …").await?;
        world.click("button", "Kill").await?;
        world.wait_for("3 killed.").await?;
        world.wait_for("Torn down").await?;
        assert!(!frameworks(world).contains(&"mesoscope".to_owned()));
        world.at(&master).open("#/own-frameworks").await?;
        world.click("button", "Show log").await?;
        world.wait_for("TEARDOWN").await?;
        assert_eq!(world.errors().await?, Vec::<String>::new());
        Ok(())
    });
}
