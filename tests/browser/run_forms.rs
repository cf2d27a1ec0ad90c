//! The form of a run keeps what was typed, and no secrets.

use thirtyfour::prelude::*;

use super::journey::journey_with;
use super::runs::{agents, form};
use super::sign_in::{guarded, sign_in};
use super::world::World;
use crate::still;

const RESTORED: &str = "This form has what you typed in this tab before.";
const REPLACE: &str = "Replace (hidden): this browser has not kept what was there.";

async fn value(world: &World, label: &str) -> WebDriverResult<String> {
    Ok(world.field(label).await?.value().await?.unwrap_or_default())
}

/// Everything that this tab and this browser keep of the page, without its databases.
async fn stored(world: &World) -> WebDriverResult<String> {
    world.script("return JSON.stringify([sessionStorage, localStorage, location.href])", []).await?.convert()
}

async fn until_stored(world: &World, words: &str) -> WebDriverResult<()> {
    world.until(&format!("{words:?} is kept"), async || Ok(stored(world).await?.contains(words))).await
}

#[test]
fn a_reload_keeps_what_was_typed_and_no_secrets() {
    journey_with("run-form-kept", still(), async |world| {
        let ids = agents(world, 2);
        world.open(&form(&ids)).await?;
        world.fill("Command", "set -e\nsleep infinity").await?;
        world.fill("User", "ops").await?;
        world.fill("CPUs", "0.25").await?;
        world.fill("Environment", "TOKEN=hunter2").await?;
        world.fill("Files to fetch", "https://ops:hunter2@files.example/tool executable").await?;
        world.click("field", "Any of them").await?;
        world.click("button", "~Remove ").await?;
        until_stored(world, "files.example").await?;
        assert!(!stored(world).await?.contains("hunter2"), "{}", stored(world).await?);
        world.reload().await?;
        world.wait_for(RESTORED).await?;
        assert_eq!(value(world, "Command").await?, "set -e\nsleep infinity");
        assert_eq!((value(world, "User").await?, value(world, "CPUs").await?), ("ops".to_owned(), "0.25".to_owned()));
        assert_eq!(value(world, "Environment").await?, "TOKEN=(hidden)");
        assert_eq!(value(world, "Files to fetch").await?, "https://(hidden)@files.example/tool executable");
        world.wait_for("Runs on any 1 of 1 agent").await?;
        world.wait_for(REPLACE).await?;
        world.wait_for("Correct this first: Environment.").await?;
        world.axe().await?;
        world.screenshot("run-form-kept").await?;
        world.fill("Environment", "TOKEN=hunter3").await?;
        world.fill("Files to fetch", "").await?;
        world.wait_gone(REPLACE).await?;
        world.click("button", "Run on 1 agent").await?;
        world.wait_for("1 running.").await?;
        // What has run is typed no more.
        world.open(&form(&ids)).await?;
        world.wait_for("Runs on 2 agents").await?;
        assert_eq!(value(world, "Command").await?, "");
        world.wait_gone(RESTORED).await?;
        assert!(!stored(world).await?.contains("sleep infinity"));
        Ok(())
    });
}

#[test]
fn another_page_keeps_the_form_and_it_can_be_discarded() {
    journey_with("run-form-discarded", still(), async |world| {
        world.open("#/run?command=id&count=2").await?;
        world.wait_for("A link has filled in this form.").await?;
        world.fill("Command", "uptime").await?;
        until_stored(world, "uptime").await?;
        world.open("#/agents").await?;
        world.wait_for("Attributes").await?;
        // Another address has its own text.
        world.open("#/run").await?;
        world.wait_for("Runs on any 1").await?;
        assert_eq!(value(world, "Command").await?, "");
        world.open("#/run?command=id&count=2").await?;
        world.wait_for(RESTORED).await?;
        assert_eq!(value(world, "Command").await?, "uptime");
        world.click("button", "Discard").await?;
        world.wait_gone(RESTORED).await?;
        assert_eq!(value(world, "Command").await?, "id");
        world.reload().await?;
        world.wait_for("A link has filled in this form.").await?;
        assert_eq!(value(world, "Command").await?, "id");
        assert!(!stored(world).await?.contains("uptime"));
        Ok(())
    });
}

#[test]
fn what_one_user_typed_is_gone_for_the_next() {
    journey_with("run-form-sign-out", guarded(), async |world| {
        world.open("#/run").await?;
        world.field("User name").await?;
        sign_in(world, "alice", "sésame").await?;
        world.fill("Command", "cat /home/alice/plan").await?;
        until_stored(world, "/home/alice").await?;
        world.click("button", "~alice").await?;
        world.click("button", "Sign out").await?;
        world.field("User name").await?;
        assert!(!stored(world).await?.contains("/home/alice"));
        sign_in(world, "alice", "sésame").await?;
        world.until("the form is empty", async || Ok(value(world, "Command").await?.is_empty())).await
    });
}

/// No such file can be fetched by the simulated cluster, so that a run with this password fails, and one without ends well.
const FILE: &str = "https://ops:hunter2-missing@files.example/tool executable";

#[test]
fn a_repeated_run_asks_for_its_password_once_the_browser_no_longer_has_it() {
    journey_with("run-password", still(), async |world| {
        let ids = agents(world, 1);
        world.open(&form(&ids)).await?;
        world.fill("Files to fetch", FILE).await?;
        world.fill("Command", "true").await?;
        world.fill("User", "ops").await?;
        let calls = world.select(".run-preview").await?;
        assert!(!calls.prop("textContent").await?.unwrap_or_default().contains("hunter2"));
        world.click("button", "Run on 1 agent").await?;
        world.wait_for("1 failed.").await?;
        world.click("link", "Run again …").await?;
        world.wait_for("What is shown as (hidden) is taken from the run before.").await?;
        assert_eq!(value(world, "Files to fetch").await?, "https://(hidden)@files.example/tool executable");
        world.screenshot("run-again-hidden").await?;
        world.fill("Command", "sleep infinity").await?;
        world.click("button", "Run on 1 agent").await?;
        world.wait_for("1 failed.").await?;
        world.open("#/own-frameworks").await?;
        world.click("button", "Show log").await?;
        world.wait_for("ACCEPT").await?;
        let shown = "return document.body.textContent";
        let shown = world.script(shown, []).await?.convert::<String>()?;
        assert!(shown.contains("@files.example/tool") && !shown.contains("hunter2"), "{shown}");
        // A new worker has only what the browser has kept.
        world.open("#/run").await?;
        world.reload().await?;
        world.click("link", "true").await?;
        world.wait_for("1 failed.").await?;
        world.click("link", "Run again …").await?;
        world.wait_for(REPLACE).await?;
        world.wait_for("Correct this first: Files to fetch.").await?;
        world.axe().await?;
        world.screenshot("run-again-unkept").await?;
        world.fill("Files to fetch", "https://ops:hunter3@files.example/tool executable").await?;
        world.click("button", "Run on 1 agent").await?;
        world.wait_for("1 finished.").await
    });
}
