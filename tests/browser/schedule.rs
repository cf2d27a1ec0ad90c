//! The maintenance schedule, drawn up by form, by keys and by the pointer, kept, merged with another user's, sent, and carried out.

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::journey::journey_with;
use super::world::World;
use super::writes::send;
use crate::still;

/// The schedule's windows, as the master tells them: its machines, when it begins, and how long it lasts in seconds.
pub fn windows(world: &World) -> Vec<(Vec<String>, i64, Option<i64>)> {
    let reported = call(world, json!({ "type": "GET_MAINTENANCE_SCHEDULE" }));
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
    let windows = &reported["get_maintenance_schedule"]["schedule"]["windows"];
    windows.as_array().into_iter().flatten().map(window).collect()
}

/// A call to the master, past the page.
pub fn call(world: &World, call: Value) -> Value {
    let body = call.to_string();
    let (status, answer) = world.sim.with(|sim| {
        let answer = sim.answer(sim::answer::reply::Target::Master, body.as_bytes());
        (answer.status, answer.body.into_bytes())
    });
    assert!(matches!(status, 200 | 202), "{status} {}", String::from_utf8_lossy(&answer));
    serde_json::from_slice(&answer).unwrap_or_default()
}

/// Chooses a file for the import.
async fn import(world: &World, name: &str, text: &str) -> WebDriverResult<()> {
    let folder = std::env::temp_dir().join(format!("mesoscope-import-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let file = folder.join(name);
    std::fs::write(&file, text)?;
    let input = world.driver.query(By::Css("input[type=file]")).first().await?;
    input.send_keys(file.to_string_lossy().into_owned()).await
}

#[test]
fn what_a_calendar_leaves_out_is_listed_before_the_draft_changes() {
    journey_with("import", still(), async |world| {
        world.devtools("Emulation.setTimezoneOverride", json!({ "timezoneId": "Asia/Tokyo" })).await?;
        world.open("#/maintenance").await?;
        world.wait_for("Responses").await?;
        world.click("button", "Files").await?;
        import(world, "none.json", "{}").await?;
        world.wait_for("The file has no windows. Nothing is changed").await?;
        world.wait_no("button", "Discard").await?;
        let event = |name: &str, lines: &str| {
            format!("BEGIN:VEVENT\nSUMMARY:{name}\nX-MESOS-MACHINE:a0001.test 10.0.0.1\n{lines}END:VEVENT\n")
        };
        let events = [
            event("Switch", "DTSTART;TZID=Europe/Berlin:20270329T120000\nDTEND;TZID=Europe/Berlin:20270329T140000\n"),
            event("Weekly", "DTSTART:20270329T120000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\n"),
            event("Day", "DTSTART;VALUE=DATE:20270401\n"),
        ];
        import(world, "some.ics", &format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", events.concat())).await?;
        world.wait_for("1 window can be imported; 2 entries are left out.").await?;
        world.wait_for("It recurs (RRULE:FREQ=WEEKLY)").await?;
        world.wait_no("button", "Discard").await?;
        world.axe().await?;
        world.screenshot("import").await?;
        let choice = world.driver.query(By::Css(".stage select")).first().await?;
        choice.send_keys("UTC").await?;
        world.wait_for("2 windows can be imported; 1 entry is left out.").await?;
        world.click("button", "Import 2 windows").await?;
        world.wait_for("Draft of 2 windows, not sent yet").await?;
        // Noon in Berlin's summer is seven in the evening of this browser, and UTC's midnight nine in the morning.
        world.wait_for("2027-03-29 19:00").await?;
        world.wait_for("2027-04-01 09:00").await
    });
}

#[test]
fn a_new_window_is_sent_and_the_draft_is_done() {
    journey_with("new-window", still(), async |world| {
        let before = windows(world);
        world.open("#/maintenance").await?;
        world.wait_for("Responses").await?;
        world.click("button", "New window").await?;
        world.find("region", "~Window ").await?;
        world.field("Add agents by filter").await?.send_keys("a0007").await?;
        world.click("button", "~Add a0007").await?;
        world.wait_for("not sent yet").await?;
        world.click("button", "Review …").await?;
        world.wait_for("machine starts draining").await?;
        world.screenshot("act-schedule").await?;
        world.axe().await?;
        send(world, "Schedule").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        assert_eq!(windows(world).len(), before.len() + 1);
        // The new window begins before the one that was there, and stood behind it in the draft.
        world.wait_no("button", "Discard").await?;
        world.wait_gone("Another user").await
    });
}
