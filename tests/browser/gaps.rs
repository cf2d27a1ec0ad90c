//! What cannot be read, and who cannot be asked, is said where a person decides: windows without times, machines of half a name,
//! agents without an answer whose clocks are wrong.

use mesoscope_core::text::checks::UNDATED_WINDOW;
use serde_json::{Value, json};

use super::journey::journey_with;
use super::scripted::{Reply, Script, Scripted, one_agent};
use crate::still;

fn machine(hostname: &str, ip: &str) -> Value {
    let parts = [("hostname", hostname), ("ip", ip)].into_iter().filter(|(_, part)| !part.is_empty());
    Value::Object(parts.map(|(name, part)| (name.to_owned(), json!(part))).collect())
}

/// A master with one agent, and a window of these machines that lasts so long.
async fn scheduled(machines: &[Value], duration: Value) -> Scripted {
    let scripted = Scripted::start(|port| Script { state: one_agent(port), ..Script::default() }).await;
    let times = json!({"start": {"nanoseconds": 4_000_000_000_000_000_000_i64}, "duration": duration});
    let windows = json!([{"machine_ids": machines, "unavailability": times}]);
    scripted.script.reply("GET_MAINTENANCE_SCHEDULE", Reply::Content(json!({"schedule": {"windows": windows}})));
    let draining: Vec<Value> = machines.iter().map(|id| json!({"id": id})).collect();
    scripted.script.reply("GET_MAINTENANCE_STATUS", Reply::Content(json!({"status": {"draining_machines": draining}})));
    scripted
}

#[test]
fn a_window_whose_times_cannot_be_read_is_neither_endless_nor_lost() {
    journey_with("gaps-window", still(), async |world| {
        let scripted = scheduled(&[machine("127.0.0.1", "127.0.0.1")], json!("2hrs")).await;
        world.at(&scripted.url).open("#/maintenance").await?;
        world.wait_for(UNDATED_WINDOW).await?;
        world.wait_for("not known").await?;
        assert!(!world.text().await?.contains("without an end"));
        world.axe().await?;
        world.screenshot("gaps-window").await
    });
}

#[test]
fn who_takes_a_machine_of_half_a_name_down_reads_that_no_agent_is_shut_down() {
    journey_with("gaps-half", still(), async |world| {
        let scripted = scheduled(&[machine("127.0.0.1", "")], json!({"nanoseconds": 3_600_000_000_000_i64})).await;
        world.at(&scripted.url).open("#/maintenance").await?;
        world.click("button", "Start maintenance on this machine …").await?;
        world.wait_for("Mesos matches both, so no agent is drained or shut down.").await?;
        assert!(!world.text().await?.contains("is shut down and removed"), "no agent is such a machine");
        world.axe().await?;
        world.screenshot("gaps-half").await
    });
}

#[test]
fn an_agent_that_does_not_answer_shows_its_clock_by_what_it_dated() {
    journey_with("gaps-clock", still(), async |world| {
        let now = mesoscope_tests::now_nanos() as f64 / 1e9;
        let scripted = Scripted::start(|port| {
            let mut state = one_agent(port);
            // Nothing listens there.
            state["get_agents"]["agents"][0]["pid"] = json!("slave(1)@127.0.0.1:1");
            state["get_agents"]["agents"][0]["agent_info"]["port"] = json!(1);
            let status = json!({"task_id": {"value": "t"}, "state": "TASK_RUNNING", "timestamp": now + 3600.0,
                "agent_id": {"value": "a"}, "source": "SOURCE_EXECUTOR"});
            let task = json!({"task_id": {"value": "t"}, "name": "web", "agent_id": {"value": "a"}, "framework_id": {"value": "f"},
                "state": "TASK_RUNNING", "resources": [], "statuses": [status]});
            state["get_tasks"] = json!({"tasks": [task]});
            Script { state, ..Script::default() }
        })
        .await;
        world.at(&scripted.url).open("#/agents/a").await?;
        world.wait_for("The agent's clock is ").await?;
        world.wait_for("ahead of the master's").await?;
        world.at(&scripted.url).open("#/tasks").await?;
        world.wait_for("web").await?;
        let text = world.text().await?;
        assert!(!text.contains("in 59") && !text.contains("in 1\u{202f}h"), "an age is not ahead of now");
        world.axe().await?;
        world.screenshot("gaps-clock").await
    });
}
