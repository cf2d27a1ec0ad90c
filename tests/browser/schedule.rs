//! The maintenance schedule, drawn up by form, by keys and by the pointer, kept, merged with somebody else's, sent, and carried out.

use serde_json::{Value, json};

use super::journey::journey_with;
use super::world::World;
use super::writes::send;
use crate::still;

/// The schedule's windows, as the master tells them: its machines, when it begins, and how long it lasts in seconds.
pub fn windows(world: &World) -> Vec<(Vec<String>, i64, Option<i64>)> {
    let told = call(world, json!({ "type": "GET_MAINTENANCE_SCHEDULE" }));
    let nanos = |of: &Value| of["nanoseconds"].as_i64();
    let window = |window: &Value| {
        let machines = window["machine_ids"].as_array().into_iter().flatten();
        let names = machines.map(|id| id["hostname"].as_str().unwrap_or_default().to_owned()).collect();
        let when = &window["unavailability"];
        (
            names,
            nanos(&when["start"]).unwrap_or_default() / 1_000_000_000,
            nanos(&when["duration"]).map(|n| n / 1_000_000_000),
        )
    };
    let windows = &told["get_maintenance_schedule"]["schedule"]["windows"];
    windows.as_array().into_iter().flatten().map(window).collect()
}

/// A call to the master, past the page.
pub fn call(world: &World, call: Value) -> Value {
    let body = call.to_string();
    let (status, answer) = world.sim.with(|sim| {
        let answer = sim.answer(sim::Target::Master, body.as_bytes());
        (answer.status, answer.body.into_bytes())
    });
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
    serde_json::from_slice(&answer).unwrap_or_default()
}

#[test]
fn a_new_window_is_sent_and_the_draft_is_done() {
    journey_with("new-window", still(), async |world| {
        let before = windows(world);
        world.open("#/maintenance").await?;
        world.wait_for("Agents on it").await?;
        world.click("button", "New window").await?;
        world.find("region", "The chosen window").await?;
        world.field("From the agents").await?.send_keys("a0007").await?;
        world.click("button", "Add").await?;
        world.wait_for("not sent yet").await?;
        world.click("button", "Review …").await?;
        world.wait_for("machine begins to drain").await?;
        world.screenshot("act-schedule").await?;
        world.axe().await?;
        send(world, "Replace").await?;
        world.wait_for("Done: the cluster shows it.").await?;
        world.click("button", "Close").await?;
        assert_eq!(windows(world).len(), before.len() + 1);
        // The new window begins before the one that was there, and stood behind it in the draft.
        world.wait_no("button", "Discard").await?;
        world.wait_gone("Somebody else").await
    });
}
