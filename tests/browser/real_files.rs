//! Sandboxes and logs of a real Mesos 1.11.0: from a task to what it writes, followed, and the logs of Mesos' own. Skipped, loudly, where
//! that Mesos cannot be.

use std::time::Duration;

use thirtyfour::prelude::*;

use super::files::{lines, top, wait_lines};
use super::journey::journey_before;
use mesoscope_tests::shared::real_mesos::Cluster;

/// A task that writes the time, each second, and once what is hard to show.
const LOGGING: &str = r#"{"name": "logging", "roles": ["dev"], "refuse_seconds": 3600, "failover_timeout": 600,
    "capabilities": ["MULTI_ROLE", "RESERVATION_REFINEMENT", "PARTITION_AWARE"], "tasks": [
    {"name": "writer", "agent": "agent1.local", "cpus": 0.25, "mem": 48, "command": "mkdir sub; echo hidden > sub/deep.txt; seq 1 3000; while date -u +%Y-%m-%dT%H:%M:%SZ\\ tick; do sleep 1; done"}]}"#;
/// What a real cluster does takes its time.
const PATIENCE: Duration = Duration::from_secs(40);

#[test]
fn a_real_sandbox_is_read() {
    let Some(cluster) = Cluster::start("a_real_sandbox_is_read") else { return };
    let _logging = cluster.framework(LOGGING);
    journey_before("real-files", &[cluster.master()], async |world| {
        world.open("#/tasks").await?;
        world.wait_for("Live").await?;
        let runs = async || Ok(world.text().await?.contains("running"));
        world.until_within(PATIENCE, "the task runs", runs).await?;
        world.click("link", "stdout").await?;
        wait_lines(world, " tick").await?;
        world.wait_for("Following").await?;
        let before = lines(world).await?.matches(" tick").count();
        world.until("it is followed", async || Ok(lines(world).await?.matches(" tick").count() > before)).await?;
        // The whole of it is searched, with each line's number.
        world.press("/").await?;
        world.fill("Search in the file", "2999").await?;
        world.click("button", "Matches only").await?;
        let number = "return document.querySelector('.line:not([data-beside]) .number')?.dataset.number ?? ''";
        world
            .until("it is found, and numbered", async || {
                let number: String = world.script(number, []).await?.convert()?;
                Ok(number.parse::<u64>().is_ok_and(|number| number >= 2999) && lines(world).await?.contains("2999"))
            })
            .await?;
        world.screenshot("real-stdout").await?;
        world.fill("Search in the file", "").await?;
        world.press(Key::Escape + "").await?;
        world.script("document.querySelector('.file').focus()", []).await?;
        world.press(Key::Home + "").await?;
        world.until("its start is shown", async || Ok(top(world).await? == 0)).await?;

        world.click("link", "sandbox").await?;
        world.find("link", "stderr").await?;
        world.wait_for("-rw-r--r--").await?;
        world.click("link", "sub/").await?;
        world.click("link", "deep.txt").await?;
        wait_lines(world, "hidden").await?;
        world.axe().await?;
        // Whether there is a log is the matter of how it was started: it is read, or said to be none.
        let agent = world.address().await?;
        let agent = agent.split('/').nth(2).unwrap_or_default().to_owned();
        for log in
            ["#/master/browse?path=%2Fmaster%2Flog".to_owned(), format!("#/agents/{agent}/browse?path=%2Fslave%2Flog")]
        {
            world.open(&log).await?;
            world
                .until_within(PATIENCE, "the log, or why there is none", async || {
                    Ok(lines(world).await?.contains(".cpp:") || world.text().await?.contains("--external_log_file"))
                })
                .await?;
        }
        world.screenshot("real-log").await
    });
}
