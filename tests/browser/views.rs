//! Ways to look: filters that complete themselves, rows that hold still, two keys of order, the map, times, files.

use std::cell::Cell;

use serde_json::json;
use sim::server::config::Config;
use sim::server::fault::Fault;
use thirtyfour::prelude::*;

use super::journey::{Setup, journey_with};
use super::tables::{download_as, matched, table};
use super::world::World;
use crate::still;

/// A cluster in which much happens.
fn lively() -> Setup {
    Setup { cluster: Config { rate: 40.0, ..Config::default() }, flags: Vec::new() }
}

#[test]
fn a_filter_completes_itself_by_keys_and_is_built_by_clicks() {
    journey_with("filter-completes", still(), async |world| {
        table(world, "#/tasks").await?;
        world.press("/").await?;
        world.press("fram").await?;
        world.find("option", "~framework:").await?;
        world.press(Key::Down + "").await?;
        world.press(Key::Enter + "").await?;
        world.press("mara").await?;
        world.find("option", "~framework:marathon").await?;
        world.axe().await?;
        world.screenshot("tasks-completion").await?;
        world.press(Key::Down + "").await?;
        world.press(Key::Enter + "").await?;
        world
            .until("the value is there", async || Ok(world.address().await?.contains("framework:%3Dmarathon")))
            .await?;
        world.press(Key::Escape + "").await?;
        world.press(Key::Escape + "").await?;
        world.until("Escape clears it in the end", async || Ok(world.address().await? == "#/tasks")).await?;

        world.click("button", "Add filter").await?;
        let panel = world.find("region", "Add filter").await?;
        world.field("Field").await?.send_keys("health").await?;
        world.click("checkbox", "exclude").await?;
        world.until("values are counted", async || Ok(panel.text().await?.contains("unknown"))).await?;
        panel.find(By::XPath(".//button[contains(., 'unknown')]")).await?.click().await?;
        world.until("it is a condition", async || Ok(world.address().await?.contains("-health:%3Dunknown"))).await?;
        world.field("Field").await?.send_keys("cpus").await?;
        world.field("Number").await?.send_keys("1" + Key::Enter).await?;
        world.until("so is a number", async || Ok(world.address().await?.contains("-cpus%3E1"))).await?;
        world.axe().await
    });
}

#[test]
fn a_table_is_ordered_by_two_columns() {
    journey_with("two-keys", still(), async |world| {
        table(world, "#/tasks").await?;
        world.click("button", "State").await?;
        world.until("by state", async || Ok(world.address().await? == "#/tasks?sort=state")).await?;
        let header = world.find("button", "CPUs").await?;
        let shift_click = "arguments[0].dispatchEvent(new MouseEvent('click', { bubbles: true, shiftKey: true }))";
        header.script(shift_click, []).await?;
        world.until("then by CPUs", async || Ok(world.address().await? == "#/tasks?sort=state%2C-cpus")).await?;
        let cells = "return [...document.querySelectorAll('[role=grid] tbody [role=row]')].slice(0, 20).map((row) => [row.children[1].innerText, Number(row.children[4].innerText)])";
        let ordered = async || -> WebDriverResult<bool> {
            let rows: Vec<(String, f64)> = world.script(cells, []).await?.convert()?;
            Ok(rows.len() == 20 && rows.windows(2).all(|pair| pair[0].0 != pair[1].0 || pair[0].1 >= pair[1].1))
        };
        world.until("and so the rows are", ordered).await
    });
}

/// The name in the first row of a table.
async fn first_name(world: &World) -> WebDriverResult<String> {
    let name = "return document.querySelector('[role=grid] tbody [role=row]').innerText.split('\\t')[0]";
    world.script(name, []).await?.convert()
}

/// Looks again and again while the cluster changes, for so many milliseconds of the page's clock.
async fn while_it_changes(
    world: &World,
    millis: f64,
    look: impl AsyncFn() -> WebDriverResult<()>,
) -> WebDriverResult<()> {
    let clock = async || world.script("return performance.now()", []).await?.convert::<f64>();
    let started = clock().await?;
    world
        .until("time goes by", async || {
            look().await?;
            Ok(clock().await? > started + millis)
        })
        .await
}

#[test]
fn rows_freeze_on_request() {
    journey_with("freeze", lively(), async |world| {
        table(world, "#/tasks?filter=list%3Acompleted").await?;
        let before = first_name(world).await?;
        world.until("the newest comes first", async || Ok(first_name(world).await? != before)).await?;
        world.click("button", "Pause updates").await?;
        world.find("button", "~Paused at").await?;
        let frozen = (first_name(world).await?, matched(world, "Tasks").await?);
        // Long enough for a hundred changes.
        let look = async || {
            assert_eq!((first_name(world).await?, matched(world, "Tasks").await?), frozen);
            Ok(())
        };
        while_it_changes(world, 2500.0, look).await?;
        world.click("button", "~Paused at").await?;
        world.until("and goes on", async || Ok(first_name(world).await? != frozen.0)).await
    });
}

#[test]
fn rows_stay_under_the_pointer_while_it_moves() {
    journey_with("hold", lively(), async |world| {
        table(world, "#/tasks?filter=list%3Acompleted").await?;
        let place = "const box = document.querySelectorAll('[role=grid] tbody [role=row]')[2].getBoundingClientRect();
            return [box.left + 60, box.top + box.height / 2]";
        let (x, y): (f64, f64) = world.script(place, []).await?.convert()?;
        let to = |x: f64, y: f64| json!({ "type": "mouseMoved", "x": x, "y": y });
        let before = first_name(world).await?;
        world.until("the newest comes first", async || Ok(first_name(world).await? != before)).await?;

        world.devtools("Input.dispatchMouseEvent", to(x, y)).await?;
        let held = first_name(world).await?;
        let step = Cell::new(0.0);
        let look = async || {
            step.set(step.get() + 1.0);
            world.devtools("Input.dispatchMouseEvent", to(x + step.get() % 8.0, y)).await?;
            assert_eq!(first_name(world).await?, held, "what is pointed at stays");
            Ok(())
        };
        while_it_changes(world, 2500.0, look).await?;
        world.devtools("Input.dispatchMouseEvent", to(1.0, 1.0)).await?;
        world.until("it goes on when the pointer leaves", async || Ok(first_name(world).await? != held)).await
    });
}

#[test]
fn a_row_is_opened_and_copied_by_keys() {
    journey_with("row-keys", still(), async |world| {
        table(world, "#/agents").await?;
        world.script("document.querySelector('[role=grid]').focus()", []).await?;
        world.press(Key::Down + "").await?;
        world.press(Key::Right + "").await?;
        world.listen().await?;
        world.press(Key::Control + "c").await?;
        world.wait_said("Copied a0").await?;
        world.press(Key::Escape + "").await?;
        world.press("a0005").await?;
        world.until("letters are the filter's", async || Ok(world.address().await? == "#/agents?filter=a0005")).await?;
        world.until("one agent is left", async || Ok(matched(world, "Agents").await? == "1")).await?;
        world.script("document.querySelector('[role=grid] tbody [role=row] td:nth-child(3)').click()", []).await?;
        world.wait_for("Raw JSON").await
    });
}

#[test]
fn a_middle_click_opens_a_row_beside() {
    journey_with("row-middle", still(), async |world| {
        table(world, "#/agents").await?;
        let here = world.driver.window().await?;
        // On the row itself, where no link is.
        let place = "const row = document.querySelectorAll('[role=grid] tbody [role=row]')[2];
            const box = row.querySelector('td:nth-child(3)').getBoundingClientRect();
            return [box.right - 8, box.top + box.height / 2, row.querySelector('a').getAttribute('href')]";
        let (x, y, there): (f64, f64, String) = world.script(place, []).await?.convert()?;
        for kind in ["mousePressed", "mouseReleased"] {
            let click = json!({ "type": kind, "x": x, "y": y, "button": "middle", "clickCount": 1 });
            world.devtools("Input.dispatchMouseEvent", click).await?;
        }
        world.until("another tab is there", async || Ok(world.tabs().await?.len() == 2)).await?;
        assert_eq!(world.address().await?, "#/agents", "the table stays where it is");
        let tabs = world.tabs().await?;
        let beside = tabs.into_iter().find(|tab| *tab != here).expect("it is another one");
        world.driver.switch_to_window(beside).await?;
        world.until("it shows that agent", async || Ok(world.address().await? == there)).await?;
        world.wait_for("Raw JSON").await
    });
}

#[test]
fn rows_are_downloaded_as_json() {
    journey_with("json", still(), async |world| {
        table(world, "#/volumes?filter=kind%3Avolume").await?;
        let count: usize = matched(world, "Reservations and volumes").await?.parse().expect("a number");
        let (name, text) = download_as(world, "JSON").await?;
        assert!(name.starts_with("mesoscope-volumes-20") && name.ends_with(".json"), "{name}");
        let rows: Vec<serde_json::Value> = serde_json::from_str(&text).expect("it is JSON");
        assert!(count > 0 && rows.len() == count, "{count} {text}");
        assert!(rows.iter().all(|row| row["Kind"] == "volume" && row["Disk (bytes)"] == "42949672960"), "{text}");
        Ok(())
    });
}

#[test]
fn the_overview_holds_still_and_its_cards_open_what_they_count() {
    journey_with("overview-trends", still(), async |world| {
        world.open("#/").await?;
        world.find("region", "Trends").await?;
        let tall = "return document.querySelector('.trends').offsetHeight";
        let before: i64 = world.script(tall, []).await?.convert()?;
        world.wait_for("Live").await?;
        let drawn = "return document.querySelectorAll('.trends .spark path').length > 4";
        world.until("the lines are drawn", async || world.script(drawn, []).await?.convert()).await?;
        assert_eq!(world.script(tall, []).await?.convert::<i64>()?, before, "figures and lines move nothing");

        world.script("document.querySelector('.capacity .resource').focus()", []).await?;
        let tip = "return document.querySelector('.tip[data-open]')?.innerText ?? ''";
        let says = async || world.script(tip, []).await?.convert::<String>();
        world
            .until("the amounts", async || {
                let text = says().await?;
                Ok(["allocated", "free", "total"].iter().all(|word| text.contains(word)))
            })
            .await?;
        world.axe().await?;
        world.screenshot("overview-trends").await?;
        world.press(Key::Escape + "").await?;
        world.until("Escape closes them", async || Ok(says().await?.is_empty())).await?;

        let running = world.find("link", "~Running").await?.find(By::Css("b")).await?.text().await?;
        world.click("link", "~Running").await?;
        world.until("the tasks", async || Ok(world.address().await? == "#/tasks?filter=state:running")).await?;
        let digits: String = running.chars().filter(char::is_ascii_digit).collect();
        world.until("as many", async || Ok(matched(world, "Tasks").await? == digits)).await
    });
}

#[test]
fn the_map_leads_to_any_agent() {
    journey_with("map", still(), async |world| {
        world.open("#/").await?;
        world.wait_for("Live").await?;
        let map = world.find("group", "~Map of").await?;
        world.field("Group by").await?.send_keys("zone").await?;
        world.field("Colour").await?.send_keys("memory").await?;
        map.send_keys(Key::Right + Key::Right).await?;
        let link = world.find("link", "~.example").await?;
        let host = link.attr("aria-label").await?.unwrap_or_default();
        world.axe().await?;
        map.scroll_into_view().await?;
        world.screenshot("overview-map").await?;
        world.open(link.attr("href").await?.as_deref().unwrap_or("#/nowhere")).await?;
        world.find("heading", &format!("~{host}")).await.map(drop)
    });
}

#[test]
fn times_are_reported_as_one_likes_and_the_feed_is_narrowed() {
    journey_with("times", lively(), async |world| {
        world.open("#/").await?;
        world.wait_for("Live").await?;
        world.field("Filter the events").await?.send_keys("kind:task state:running").await?;
        let others = "return [...document.querySelectorAll('.feed .state')].map((state) => state.innerText).filter((state) => state != 'running').length";
        let only = async || -> WebDriverResult<bool> {
            let some: i64 = world.script("return document.querySelectorAll('.feed li').length", []).await?.convert()?;
            Ok(some > 0 && world.script(others, []).await?.convert::<i64>()? == 0)
        };
        world.until("only those are there", only).await?;
        table(world, "#/tasks").await?;
        world.until("times are ages", async || Ok(world.text().await?.contains(" ago"))).await?;
        world.click("button", "Times").await?;
        world.click("radio", "Date and time").await?;
        world.click("radio", "UTC").await?;
        world.until("times are dates", async || Ok(!world.text().await?.contains("s ago"))).await?;
        world.reload().await?;
        table(world, "#/tasks").await?;
        world.until("and stay so", async || Ok(!world.text().await?.contains("s ago"))).await?;
        let title: String = world.script("return document.querySelector('td time').title", []).await?.convert()?;
        assert!(title.starts_with("20") && title.ends_with(" UTC"), "{title}");
        Ok(())
    });
}

#[test]
fn metrics_are_pinned() {
    journey_with("master", lively(), async |world| {
        world.open("#/master").await?;
        world.find("button", "Pin master/uptime_secs").await?.click().await?;
        world.find("region", "Pinned metrics").await?;
        world.find("button", "Unpin master/uptime_secs").await?;
        world.axe().await?;
        world.screenshot("master-pinned").await?;
        world.reload().await?;
        world.find("button", "Unpin master/uptime_secs").await?.click().await?;
        world.wait_no("region", "Pinned metrics").await
    });
}

#[test]
fn changed_flags_are_marked() {
    journey_with("flags", still(), async |world| {
        let flag = async |name: &str| -> WebDriverResult<String> {
            let row = world.find("row", &format!("~{name}")).await?;
            let words = row.find(By::Css("td:nth-child(2)")).await?.text().await?;
            Ok(words.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        world.open("#/master").await?;
        assert_eq!(flag("offer_constraints_re2_max_mem").await?, "4KB");
        assert_eq!(flag("quorum").await?, "1 set (no default)");

        world.open("#/agents?filter=a0005").await?;
        world.click("link", "~a0005").await?;
        let panel = world.find("region", "Flags and metrics").await?;
        panel.find(By::Css("button[aria-expanded]")).await?.click().await?;
        assert_eq!(flag("gc_delay").await?, "1weeks");
        assert_eq!(flag("hostname_lookup").await?, "false default: true");
        world.axe().await
    });
}

#[test]
fn flags_of_agents_are_compared_on_request() {
    journey_with("flags-of-agents", still(), async |world| {
        world.open("#/master").await?;
        world.find("region", "Flags of agents").await?;
        world.click("button", "Compare agents' flags").await?;
        world.until("one agent differs", async || Ok(world.text().await?.contains("differs in 1 flag."))).await?;
        let values = world.find("group", "Flags that differ").await?;
        let rows = values.text().await?;
        assert!(rows.contains("1weeks") && rows.contains("2days"), "{rows}");
        assert!(
            world.text().await?.contains("Expected to differ, not counted: attributes"),
            "hosts differ as expected"
        );
        world.axe().await?;
        let host = values.find(By::Css("a")).await?;
        let name = host.text().await?;
        host.click().await?;
        world.find("heading", &format!("~{name}")).await?;
        Ok(())
    });
}

#[test]
fn the_chosen_row_stays_chosen_while_others_come() {
    journey_with("stable-choice", lively(), async |world| {
        table(world, "#/tasks?filter=list%3Acompleted").await?;
        world.script("document.querySelector('[role=grid]').focus()", []).await?;
        world.press(Key::Down + "").await?;
        let chosen = async || {
            let row = "const row = document.querySelector('[data-active]'); return [row?.children[0].innerText, Number(row?.getAttribute('aria-rowindex'))]";
            world.script(row, []).await?.convert::<(String, u32)>()
        };
        let (name, at) = chosen().await?;
        world.until("it has moved down", async || Ok(chosen().await?.1 > at)).await?;
        assert_eq!(chosen().await?.0, name);
        Ok(())
    });
}

#[test]
fn a_refusal_is_reported_where_rows_would_be() {
    journey_with("forbidden", still(), async |world| {
        world.open("#/agents").await?;
        world.wait_for("Live").await?;
        world.sim.fault(Fault::Status(403));
        world.open("#/operations").await?;
        world.wait_for("You may not see operations").await?;
        world.wait_for("may be filtered").await?;
        world.axe().await?;
        world.screenshot("operations-forbidden").await
    });
}

#[test]
fn raw_json_is_searched() {
    journey_with("json-search", still(), async |world| {
        world.open("#/agents?filter=a0005").await?;
        world.click("link", "~a0005").await?;
        world.wait_for("Raw JSON").await?;
        let panel = world.find("region", "Raw JSON").await?;
        panel.find(By::Css("button[aria-expanded]")).await?.click().await?;
        world.field("Search in Raw JSON").await?.send_keys("SCALAR").await?;
        world.wait_for("1 of ").await?;
        world.press(Key::Enter + "").await?;
        world.wait_for("2 of ").await?;
        world.axe().await
    });
}

#[test]
fn a_saved_view_is_replaced_in_words_and_restored() {
    journey_with("view-replaced", still(), async |world| {
        let save = async |verb: &str| {
            world.fill("Name of the view", "mine").await?;
            world.click("button", verb).await
        };
        let leads_to = async |filter: &str| {
            let is_so = async || {
                let link = world.find("link", "mine").await?;
                Ok(link.attr("href").await?.unwrap_or_default().contains(filter))
            };
            world.until(&format!("the view leads to {filter}"), is_so).await
        };
        table(world, "#/tasks?filter=state:running").await?;
        world.click("button", "Views").await?;
        save("Save").await?;
        world.wait_for("Saved the view “mine”.").await?;
        world.press(Key::Escape + "").await?;
        table(world, "#/tasks?filter=state:failed").await?;
        world.click("button", "Views").await?;
        world.fill("Name of the view", "mine").await?;
        world.wait_for("A view “mine” exists already.").await?;
        world.axe().await?;
        save("Replace").await?;
        world.wait_for("Replaced the view “mine”.").await?;
        leads_to("failed").await?;
        world.axe().await?;
        world.click("button", "Undo").await?;
        world.wait_for("Restored the view “mine”.").await?;
        leads_to("running").await?;
        world.click("button", "Delete the view mine").await?;
        world.wait_for("Deleted the view “mine”.").await?;
        world.click("button", "Undo").await?;
        leads_to("running").await
    });
}
