//! Maintenance windows on their axis, by keys alone and by the pointer; what another user schedules meanwhile; the schedule as a file;
//! machines taken down and up again.

use std::path::Path;

use serde_json::{Value, json};
use sim::server::config::Config;
use thirtyfour::prelude::*;

use super::actions::{check_appearance, type_confirmation};
use super::journey::{Setup, journey_with};
use super::schedule::{call, windows};
use super::world::World;
use super::writes::send;
use crate::still;

const HOUR: i64 = 3600;

fn now() -> i64 {
    mesoscope_tests::now_nanos() / 1_000_000_000
}

/// The machines that are scheduled, as Mesos tells them.
fn scheduled(world: &World) -> Vec<Value> {
    let reported = call(world, json!({ "type": "GET_MAINTENANCE_SCHEDULE" }));
    let windows = reported["get_maintenance_schedule"]["schedule"]["windows"].as_array().cloned().unwrap_or_default();
    windows.iter().flat_map(|window| window["machine_ids"].as_array().cloned().unwrap_or_default()).collect()
}

/// A window, as Mesos is reported one: its machines, when it begins and how long it lasts, in seconds.
fn window(machines: &[Value], start: i64, lasts: i64) -> Value {
    let nanos = |seconds: i64| json!({ "nanoseconds": seconds * 1_000_000_000 });
    json!({ "machine_ids": machines, "unavailability": { "start": nanos(start), "duration": nanos(lasts) } })
}

/// Another schedule, past the page.
fn replace(world: &World, windows: &[Value]) {
    let schedule = json!({ "schedule": { "windows": windows } });
    call(world, json!({ "type": "UPDATE_MAINTENANCE_SCHEDULE", "update_maintenance_schedule": schedule }));
}

/// One window, two hours from now, of one machine; it begins at a full hour.
fn soon(world: &World) -> (Value, i64) {
    let machine = scheduled(world).swap_remove(0);
    let start = now() / HOUR * HOUR + 2 * HOUR;
    replace(world, &[window(std::slice::from_ref(&machine), start, 2 * HOUR)]);
    (machine, start)
}

/// The next thing that the Tab key comes to with this in its name.
async fn tab_to(world: &World, name: &str) -> WebDriverResult<()> {
    const SAYS: &str = "const at = document.activeElement; return at.ariaLabel || at.innerText || '';";
    for _ in 0..120 {
        world.press(Key::Tab + "").await?;
        if world.script(SAYS, []).await?.convert::<String>()?.contains(name) {
            return Ok(());
        }
    }
    panic!("the Tab key never came to {name:?}");
}

#[test]
fn a_window_is_moved_by_keys_alone() {
    journey_with("axis-keys", still(), async |world| {
        let (machine, start) = soon(world);
        let host = machine["hostname"].as_str().unwrap_or_default();
        world.open("#/maintenance").await?;
        world.wait_for(host).await?;
        world.find("button", "~(2 h)").await?;
        tab_to(world, "Edit").await?;
        world.press(Key::Enter + "").await?;
        world.wait_for("no changes").await?;
        tab_to(world, &format!("{host},")).await?;
        // By a quarter of an hour, then by a whole one; and its end by a quarter more.
        world.press(Key::Right + "").await?;
        world.press(Key::Shift + Key::Right).await?;
        world.press("]").await?;
        world.find("button", "~(2 h 15 min)").await?;
        world.press("c").await?;
        world.wait_for("Draft of 2 windows").await?;
        world.wait_for("no machine yet").await?;
        check_appearance(world, "axis").await?;
        tab_to(world, "no machine yet").await?;
        world.press(Key::Delete + "").await?;
        world.wait_for("Draft of 1 window, not sent yet").await?;
        tab_to(world, "Review").await?;
        world.press(Key::Enter + "").await?;
        world.find("button", "Schedule").await?;
        tab_to(world, "Schedule").await?;
        let button = world.find("button", "Schedule").await?;
        let ready = async || Ok(button.attr("aria-disabled").await?.is_none());
        world.until("it can be sent", ready).await?;
        world.press(Key::Enter + "").await?;
        world.wait_for("Applied.").await?;
        let moved = (vec![host.to_owned()], start + HOUR + 900, Some(2 * HOUR + 900));
        assert_eq!(windows(world), [moved]);
        Ok(())
    });
}

#[test]
fn a_window_is_dragged_and_stretched_by_the_pointer() {
    journey_with("axis-drag", still(), async |world| {
        let (_, start) = soon(world);
        world.size(1440, 900).await?;
        world.open("#/maintenance").await?;
        let bar = world.find("button", "~(2 h)").await?;
        world.click("button", "Edit").await?;
        world.wait_for("no changes").await?;
        let drag = async |at: i64, by: i64| {
            let actions =
                world.driver.action_chain().move_to_element_with_offset(&bar.element(), at, 0).click_and_hold();
            actions.move_by_offset(by / 2, 0).move_by_offset(by - by / 2, 2).release().perform().await
        };
        let places = bar.script("return arguments[0].getBoundingClientRect().width", []).await?;
        let width = places.convert::<f64>()?;
        // As far as it is long: by two hours, to the five minutes that a pixel may make of it.
        drag(0, width as i64).await?;
        world.wait_for("not sent yet").await?;
        world.screenshot("axis-dragged").await?;
        drag((width / 2.0) as i64 - 2, (width / 2.0) as i64).await?;
        world.click("button", "Review …").await?;
        send(world, "Schedule").await?;
        world.wait_for("Applied.").await?;
        let (_, begins, lasts) = windows(world).swap_remove(0);
        let near = |reported: i64, wanted: i64| (reported - wanted).abs() <= 600 && (reported - start) % 300 == 0;
        assert!(
            near(begins, start + 2 * HOUR) && near(lasts.unwrap_or_default(), 3 * HOUR),
            "{begins} {lasts:?} {start}"
        );
        Ok(())
    });
}

#[test]
fn what_another_user_schedules_is_taken_into_the_draft() {
    journey_with("merge", still(), async |world| {
        let machines = scheduled(world);
        let start = now() / HOUR * HOUR + 24 * HOUR;
        replace(world, &[]);
        world.open("#/maintenance").await?;
        world.wait_for("Nothing is scheduled").await?;
        world.click("button", "New window").await?;
        world.field("Add agents by filter").await?.send_keys("a0007").await?;
        world.click("button", "~Add a0007").await?;
        world.wait_for("Draft of 1 window, not sent yet").await?;
        replace(world, &[window(&machines, start, HOUR)]);
        // The review reads the schedule again.
        world.click("button", "Review …").await?;
        world.find("group", "Changes").await?;
        world.wait_for("another user; yours undoes it").await?;
        world.wait_for("Another user has changed the schedule since you started.").await?;
        world.click("button", "Cancel").await?;
        check_appearance(world, "schedule-overtaken").await?;
        world.click("button", "Merge their changes").await?;
        world.wait_gone("Another user has changed").await?;
        world.wait_for("Draft of 2 windows, not sent yet").await?;
        world.click("button", "Review …").await?;
        world.find("group", "Changes").await?;
        send(world, "Schedule").await?;
        world.wait_for("Applied.").await?;
        assert_eq!(windows(world).len(), 2);
        Ok(())
    });
}

#[test]
fn a_host_that_is_in_another_window_is_named_and_not_added() {
    journey_with("paste-taken", still(), async |world| {
        let (machine, _) = soon(world);
        let host = machine["hostname"].as_str().unwrap_or_default();
        let (_, free) = super::actions::free(world).into_iter().find(|(_, free)| free != host).expect("one is free");
        world.open("#/maintenance").await?;
        world.click("button", "New window").await?;
        world.fill("Paste hosts", &format!("{} {free} {free}", host.to_uppercase())).await?;
        world.wait_for(&format!("Not added, since already in window 1: {host}")).await?;
        world.click("button", "Add 1 machine").await?;
        world.wait_for("Draft of 2 windows, not sent yet").await?;
        world.find("button", &format!("~Remove {free}")).await?;
        world.wait_for(&format!("Not added, since already in window 1: {host}")).await?;
        world.wait_no("button", "~Add 1").await?;
        world.axe().await?;
        world.screenshot("paste-taken").await?;
        // Nor is a window taken that ends before it begins.
        world.fill("~Ends", "2026-01-01 00:00").await?;
        world.wait_for("The end must be after the beginning.").await?;
        let review = world.find("button", "Review …").await?;
        assert_eq!(review.attr("aria-disabled").await?.as_deref(), Some("true"));
        Ok(())
    });
}

#[test]
fn a_machine_is_taken_down_and_up_again() {
    journey_with("down-and-up", still(), async |world| {
        let (machine, _) = soon(world);
        let host = machine["hostname"].as_str().unwrap_or_default();
        world.open("#/maintenance").await?;
        world.click("button", "Start maintenance on this machine …").await?;
        type_confirmation(world, "Start maintenance", host).await?;
        check_appearance(world, "act-take-down").await?;
        send(world, "Start maintenance").await?;
        world.wait_for("Applied.").await?;
        let modes =
            || call(world, json!({ "type": "GET_MAINTENANCE_STATUS" }))["get_maintenance_status"]["status"].clone();
        assert_eq!(modes()["down_machines"], json!([machine]));
        world.click("button", "Close").await?;
        world.click("button", "Stop maintenance on this machine …").await?;
        send(world, "Stop maintenance").await?;
        world.wait_for("Applied.").await?;
        assert_eq!(modes(), json!({}));
        world.click("button", "Close").await?;
        world.wait_for("Nothing is scheduled").await?;
        world.axe().await
    });
}

#[test]
fn a_window_without_an_end_is_drawn_by_the_pointer() {
    journey_with("axis-open", still(), async |world| {
        let (_, start) = soon(world);
        world.size(1440, 900).await?;
        world.open("#/maintenance").await?;
        let bar = world.find("button", "~(2 h)").await?;
        world.click("button", "Edit").await?;
        world.wait_for("no changes").await?;
        let places = "const bar = arguments[0].getBoundingClientRect(), axis = arguments[0].parentElement.getBoundingClientRect();
            return [bar.width, axis.right - bar.right, axis.width]";
        let places = bar.script(places, []).await?.convert::<Vec<f64>>()?;
        let (width, rest, axis) = (places[0], places[1], places[2]);
        let actions =
            world.driver.action_chain().move_to_element_with_offset(&bar.element(), (width / 2.0) as i64 - 2, 0);
        actions
            .click_and_hold()
            .move_by_offset(rest as i64 / 2, 0)
            .move_by_offset(rest as i64 / 2 + 12, 0)
            .perform()
            .await?;
        // Still in the hand.
        world.find("button", "~no end").await?;
        world.axe().await?;
        world.driver.action_chain().release().perform().await?;
        world.wait_for("not sent yet").await?;
        check_appearance(world, "axis-open").await?;
        world.size(1440, 900).await?;
        // And back: its end is where the axis ends.
        let bar = world.find("button", "~no end").await?;
        let width = bar.script("return arguments[0].getBoundingClientRect().width", []).await?;
        let width = width.convert::<f64>()?;
        let actions =
            world.driver.action_chain().move_to_element_with_offset(&bar.element(), (width / 2.0) as i64 - 3, 0);
        let by = -(axis as i64 / 8);
        actions.click_and_hold().move_by_offset(by / 2, 0).move_by_offset(by - by / 2, 0).release().perform().await?;
        world.wait_no("button", "~no end").await?;
        // By a key as well.
        let bar = world.find("button", "~ h)").await?;
        bar.focus().await?;
        world.press("o").await?;
        world.find("button", "~no end").await?;
        world.click("button", "Review …").await?;
        send(world, "Schedule").await?;
        world.wait_for("Applied.").await?;
        let (_, begins, lasts) = windows(world).swap_remove(0);
        assert_eq!((begins, lasts), (start, None));
        Ok(())
    });
}

#[test]
fn a_new_window_is_drawn_by_the_pointer() {
    journey_with("axis-draw", still(), async |world| {
        soon(world);
        world.size(1440, 900).await?;
        world.open("#/maintenance").await?;
        world.find("button", "~(2 h)").await?;
        world.click("button", "Edit").await?;
        world.wait_for("Drag to add a window").await?;
        let place = world.select("[data-draw]").await?.element();
        let actions = world.driver.action_chain().move_to_element_center(&place).click_and_hold();
        actions.move_by_offset(60, 0).move_by_offset(60, 0).release().perform().await?;
        world.wait_for("Draft of 2 windows, not sent yet").await?;
        world.wait_for("no machine yet").await?;
        world.wait_for("This window has no machines.").await?;
        world.field("Add agents by filter").await?.send_keys("a0007").await?;
        world.click("button", "~Add a0007").await?;
        check_appearance(world, "axis-drawn").await?;
        world.click("button", "Review …").await?;
        send(world, "Schedule").await?;
        world.wait_for("Applied.").await?;
        let drawn = windows(world).into_iter().find(|window| window.0.iter().any(|host| host.starts_with("a0007")));
        let (_, start, lasts) = drawn.expect("it is there");
        assert!(start % 300 == 0 && lasts.is_some_and(|lasts| lasts > 300 && lasts % 300 == 0), "{start} {lasts:?}");
        Ok(())
    });
}

#[test]
fn machines_of_several_windows_are_taken_down_at_once() {
    journey_with("across-windows", still(), async |world| {
        let machines = scheduled(world);
        let start = now() / HOUR * HOUR + 2 * HOUR;
        let [one, other] = [&machines[..1], &machines[1..2]];
        replace(world, &[window(one, start, HOUR), window(other, start + 2 * HOUR, HOUR)]);
        world.open("#/maintenance").await?;
        for machine in [one, other] {
            let host = machine[0]["hostname"].as_str().unwrap_or_default();
            world.click("checkbox", &format!("~Select {host}")).await?;
        }
        world.wait_for("2 machines selected").await?;
        check_appearance(world, "across-windows").await?;
        let up = world.find("button", "Stop maintenance of selected …").await?;
        assert_eq!(up.attr("aria-disabled").await?.as_deref(), Some("true"));
        world.click("button", "Start maintenance of selected …").await?;
        type_confirmation(world, "Start maintenance", "2 machines").await?;
        send(world, "Start maintenance").await?;
        world.wait_for("Applied.").await?;
        let status = call(world, json!({ "type": "GET_MAINTENANCE_STATUS" }));
        let down = status["get_maintenance_status"]["status"]["down_machines"].as_array().map(Vec::len);
        assert_eq!(down, Some(2));
        world.click("button", "Close").await?;
        // They are chosen still, and can be taken up as they were taken down.
        world.click("button", "Stop maintenance of selected …").await?;
        send(world, "Stop maintenance").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        world.wait_for("Nothing is scheduled").await
    });
}

#[test]
fn who_is_signed_in_is_warned_of_windows_that_may_be_left_out() {
    // Bob may see no window, and schedule none; the master leaves out what he may not see without a word.
    let guest = Some("bob:secret2".to_owned());
    let setup = Setup { cluster: Config { guest, ..still().cluster }, flags: Vec::new() };
    journey_with("filtered-schedule", setup, async |world| {
        let before = windows(world);
        assert!(!before.is_empty());
        world.open("#/maintenance").await?;
        world.fill("User name", "bob").await?;
        world.fill("Password", "secret2").await?;
        world.press(Key::Enter + "").await?;
        world.wait_for("Nothing is scheduled").await?;
        world.click("button", "New window").await?;
        world.field("Add agents by filter").await?.send_keys("a0007").await?;
        world.click("button", "~Add a0007").await?;
        world.wait_for("not sent yet").await?;
        world.click("button", "Review …").await?;
        world.wait_for("The master may have omitted windows that you may not see").await?;
        check_appearance(world, "act-filtered").await?;
        send(world, "Schedule").await?;
        world.wait_for("Refused (403): 403 Forbidden.").await?;
        assert_eq!(windows(world), before);
        Ok(())
    });
}

/// The file that the page would have given the browser.
const CATCH: &str = "const make = URL.createObjectURL;
URL.createObjectURL = (blob) => { window.caught = blob; return make.call(URL, blob); };
HTMLAnchorElement.prototype.click = function () { window.file = this.download; };";
const CAUGHT: &str = "const done = arguments[0]; window.caught.text().then((text) => done([window.file, text]));";

async fn export(world: &World, name: &str) -> WebDriverResult<(String, String)> {
    world.click("button", "Files").await?;
    world.click("button", name).await?;
    let file = world.driver.execute_async(CAUGHT, vec![]).await?.convert()?;
    world.press(Key::Escape + "").await?;
    world.wait_no("button", name).await?;
    Ok(file)
}

async fn import(world: &World, name: &str, text: &str) -> WebDriverResult<()> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text)?;
    world.click("button", "Files").await?;
    world.find("button", "Export as JSON").await?;
    world.select("input[type=file]").await?.send_keys(path.display().to_string()).await?;
    world.press(Key::Escape + "").await
}

#[test]
fn the_schedule_goes_into_files_and_comes_back() {
    journey_with("schedule-files", still(), async |world| {
        soon(world);
        let before = windows(world);
        world.open("#/maintenance").await?;
        world.find("button", "~(2 h)").await?;
        world.script(CATCH, []).await?;
        let (name, written) = export(world, "Export as JSON").await?;
        assert!(name.starts_with("maintenance-") && name.ends_with(".json"), "{name}");
        let reported = serde_json::from_str::<Value>(&written).expect("it is JSON");
        assert_eq!(reported["windows"].as_array().map(Vec::len), Some(1));
        let (name, calendar) = export(world, "Export as iCalendar").await?;
        assert!(name.ends_with(".ics") && calendar.contains("BEGIN:VEVENT"), "{name}: {calendar}");
        import(world, "broken.ics", "hello").await?;
        world.wait_for("This is neither a maintenance schedule in JSON nor an iCalendar file.").await?;
        // Nothing is known any more, until the calendar is read.
        replace(world, &[]);
        world.reload().await?;
        world.wait_for("Nothing is scheduled").await?;
        import(world, "schedule.ics", &calendar).await?;
        world.wait_for("Draft of 1 window, not sent yet").await?;
        world.axe().await?;
        world.click("button", "Review …").await?;
        send(world, "Schedule").await?;
        world.wait_for("Applied.").await?;
        assert_eq!(windows(world), before);
        Ok(())
    });
}

#[test]
fn a_window_for_selected_agents_is_scheduled_and_undone() {
    journey_with("schedule-selected", still(), async |world| {
        world.devtools("Emulation.setTimezoneOverride", json!({ "timezoneId": "America/New_York" })).await?;
        let before = windows(world);
        let hosts: Vec<String> = super::actions::free(world).into_iter().map(|(_, host)| host).take(2).collect();
        for host in &hosts {
            world.open(&format!("#/agents?filter={host}")).await?;
            world.click("checkbox", &format!("Select {host}")).await?;
        }
        world.click("button", "Schedule maintenance …").await?;
        // The form is there with the machines in it, and the frameworks beside it.
        world.find("region", "~Window ").await?;
        for host in &hosts {
            world.find("button", &format!("~Remove {host}")).await?;
        }
        world.wait_for("on 2 agents").await?;
        world.fill("~Begins", "2027-11-29 02:00 UTC").await?;
        world.fill("~Ends", "04:00 UTC").await?;
        world.press(Key::Tab + "").await?;
        world.wait_for("2027-11-28 21:00 EST").await?;
        check_appearance(world, "schedule-selected").await?;
        world.click("button", "Review …").await?;
        world.wait_for("Add window Nov 28 2027, 21:00–23:00 EST").await?;
        world.screenshot("schedule-selected-review").await?;
        send(world, "Schedule").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        let (mut machines, start, lasts) = windows(world).pop().expect("it is the last one");
        machines.sort_unstable();
        let mut wanted = hosts.clone();
        wanted.sort_unstable();
        assert_eq!((machines, start, lasts), (wanted, 1_827_453_600, Some(2 * HOUR)));
        world.click("button", "Undo last change …").await?;
        world.wait_for("Remove window Nov 28 2027, 21:00–23:00 EST").await?;
        send(world, "Remove").await?;
        world.wait_for("Applied.").await?;
        assert_eq!(windows(world), before);
        Ok(())
    });
}

#[test]
fn times_of_the_schedule_follow_the_chosen_zone_at_once() {
    journey_with("schedule-zone", still(), async |world| {
        world.devtools("Emulation.setTimezoneOverride", json!({ "timezoneId": "America/New_York" })).await?;
        let machine = scheduled(world).swap_remove(0);
        // 2027-07-29 22:00 UTC, when New York has summer time.
        replace(world, &[window(std::slice::from_ref(&machine), 1_816_898_400, 2 * HOUR)]);
        world.open("#/maintenance").await?;
        world.wait_for("2027-07-29 18:00 EDT").await?;
        world.wait_for("Jul 29 2027, 18:00–20:00 EDT").await?;
        world.click("button", "Times").await?;
        world.click("radio", "UTC").await?;
        world.press(Key::Escape + "").await?;
        world.wait_for("2027-07-29 22:00 UTC").await?;
        world.wait_for("Jul 29 2027, 22:00 – Jul 30 2027, 00:00 UTC").await?;
        world.wait_gone("EDT").await?;
        world.wait_gone("EST").await?;
        world.click("button", "All windows").await?;
        check_appearance(world, "schedule-zone").await
    });
}

#[test]
fn thousands_of_machines_scroll_inside_the_axis() {
    journey_with("axis-many", still(), async |world| {
        let machine =
            |nth: u32| json!({ "hostname": format!("m{nth}.test"), "ip": format!("10.9.{}.{}", nth / 250, nth % 250) });
        let machines: Vec<Value> = (0..4000).map(machine).collect();
        replace(world, &[window(&machines, now() / HOUR * HOUR + 2 * HOUR, 2 * HOUR)]);
        world.size(1440, 900).await?;
        world.open("#/maintenance").await?;
        world.wait_for("m149.test and 3").await?;
        let height = "return document.querySelector('.axis').getBoundingClientRect().height";
        let height = world.script(height, []).await?.convert::<f64>()?;
        assert!(height < 450.0, "{height}");
        check_appearance(world, "axis-many").await
    });
}
