//! What surrounds every page: typeface, keys, commands and help.

use serde_json::Value;
use sim::server::fault::Fault;
use thirtyfour::prelude::*;

use super::journey::journey_with;
use super::tables::table;
use super::world::World;
use crate::still;

#[test]
fn the_page_is_set_in_its_own_typeface() {
    journey_with("typeface", still(), async |world| {
        world.open("#/agents").await?;
        world.wait_for("Live").await?;
        let loaded = "return [...document.fonts].filter((face) => face.status === 'loaded').map((face) => face.family)";
        let loaded = async || world.script(loaded, []).await?.convert::<Vec<String>>();
        world.until("it is there", async || Ok(loaded().await?.iter().any(|face| face.contains("Inter Page")))).await?;
        // The preload and the stylesheet name one file, which is downloaded once.
        let files = "return performance.getEntriesByType('resource').filter((it) => it.name.endsWith('.woff2')).length";
        let files: Value = world.script(files, []).await?.convert()?;
        assert_eq!(files, 1);
        Ok(())
    });
}

/// Waits until the page has that address.
async fn at(world: &World, hash: &str) -> WebDriverResult<()> {
    world.until(hash, async || Ok(world.address().await? == hash)).await
}

/// Types into the palette, and chooses the result that contains these words.
async fn run(world: &World, typed: &str, option: &str) -> WebDriverResult<()> {
    world.press(Key::Control + "k").await?;
    world.field("Search everything").await?.send_keys(typed).await?;
    world.click("option", option).await
}

#[test]
fn keys_open_pages_and_help() {
    journey_with("keys", still(), async |world| {
        world.open("#/").await?;
        world.wait_for("Live").await?;
        world.press("g").await?;
        world.find("status", "Go to").await?;
        world.axe().await?;
        // The second key may take its time, but not as long as that.
        world.wait_no("status", "Go to").await?;
        world.press("ga").await?;
        at(world, "#/agents").await?;
        world.wait_no("status", "Go to").await?;

        // In a field they are text.
        world.field("~Filter").await?.send_keys("gt?").await?;
        world.until("the filter has it", async || Ok(world.address().await?.contains("filter=gt"))).await?;
        world.press(Key::Escape + "").await?;

        world.select("h1").await?.click().await?;
        world.script("document.activeElement.blur()", []).await?;
        world.press("?").await?;
        at(world, "#/help").await?;
        world.find("heading", "Help").await?;
        world.wait_for("state:failed,lost").await?;
        world.axe().await?;
        world.screenshot("help").await?;
        world.field("Search help").await?.send_keys("pause follow").await?;
        world.wait_for("Pauses and resumes following.").await?;
        world.wait_gone("state:failed,lost").await?;
        world.field("Search help").await?.send_keys("<img src=x>").await?;
        world.wait_for("No matches").await
    });
}

#[test]
fn commands_run_from_the_palette() {
    journey_with("palette", still(), async |world| {
        table(world, "#/agents").await?;
        // A verb asks for its target, and takes it from the words after it.
        run(world, "drain a0012", "~Drain an agent").await?;
        let target = world.field("~Drain an agent").await?;
        assert_eq!(target.value().await?.as_deref(), Some("a0012"));
        world.axe().await?;
        world.screenshot("palette-target").await?;
        world.find("option", "~a0012").await?.click().await?;
        world.find("heading", "~Drain a0012").await?;
        world.press(Key::Escape + "").await?;

        run(world, "quota", "~Set the quota of a role").await?;
        world.find("option", "~data").await?;
        world.press(Key::Escape + "").await?;

        run(world, "dark", "~Dark theme").await?;
        let theme = "return document.documentElement.dataset.theme";
        world.until("dark", async || Ok(world.script(theme, []).await?.convert::<String>()? == "dark")).await?;

        // Read-only mode disables what changes the cluster, and says so.
        run(world, "read-only", "~Turn on read-only mode").await?;
        world.press(Key::Control + "k").await?;
        world.field("Search everything").await?.send_keys("tear").await?;
        let option = world.find("option", "~Tear down a framework").await?;
        assert_eq!(option.attr("aria-disabled").await?.as_deref(), Some("true"));
        world.press(Key::Escape + "").await?;

        // What was visited and what is a favourite is there without typing.
        world.click("link", "~a0012.").await?;
        world.until("an agent", async || Ok(world.address().await?.starts_with("#/agents/"))).await?;
        world.press(Key::Control + "k").await?;
        world.field("Search everything").await?.send_keys("favourites").await?;
        world.click("option", "~Add this page to favourites").await?;
        world.wait_for("Added this page to favourites.").await?;
        world.press(Key::Escape + "").await?;
        world.open("#/tasks").await?;
        world.reload().await?;
        world.wait_for("Live").await?;
        world.press(Key::Control + "k").await?;
        world.find("option", "~a0012.").await?;
        world.screenshot("palette").await
    });
}

#[test]
fn a_saved_view_keeps_filter_order_and_columns() {
    journey_with("saved-view", still(), async |world| {
        table(world, "#/agents?filter=state:active&sort=-mem").await?;
        world.click("button", "Columns").await?;
        world.find("checkbox", "Disk").await?.click().await?;
        world.press(Key::Escape + "").await?;
        world.click("button", "Views").await?;
        world.field("Name of the view").await?.send_keys("  big <b>memory</b> " + Key::Enter).await?;
        world.wait_for("Saved the view “big <b>memory</b>”.").await?;
        world.axe().await?;
        world.screenshot("saved-views").await?;

        // In another table there is none; the palette finds it from anywhere, after a reload too.
        table(world, "#/tasks").await?;
        world.reload().await?;
        world.wait_for("Live").await?;
        world.click("button", "Views").await?;
        world.wait_for("No saved views of this table.").await?;
        world.press(Key::Escape + "").await?;
        run(world, "big", "~big <b>memory</b>").await?;
        let there = "#/agents?filter=state:active&sort=-mem&columns=";
        world.until("the view", async || Ok(world.address().await?.starts_with(there))).await?;
        world.find("columnheader", "~Memory").await?;
        world.wait_no("columnheader", "~Disk").await?;

        // Its columns are the address', so the browser's own choice stays as it was.
        world.click("button", "Columns").await?;
        world.find("checkbox", "Disk").await?.click().await?;
        world.press(Key::Escape + "").await?;
        world.find("columnheader", "~Disk").await?;
        world.open("#/agents").await?;
        world.wait_no("columnheader", "~Disk").await?;

        run(world, "delete view", "~Delete a saved view").await?;
        world.find("option", "~Delete the view").await?.click().await?;
        world.wait_for("Deleted the view “big <b>memory</b>”.").await
    });
}

/// Left edges of the brand and of the search button.
async fn places(world: &World) -> WebDriverResult<Vec<f64>> {
    let script =
        "return ['.brand', '.search-button'].map((it) => document.querySelector(it).getBoundingClientRect().left)";
    world.script(script, []).await?.convert()
}

#[test]
fn data_from_before_stays_marked_until_the_master_has_sent_the_new_state() {
    journey_with("reconnecting", still(), async |world| {
        table(world, "#/agents").await?;
        let live = places(world).await?;
        world.script("document.querySelector('.bar > .unseen').focus()", []).await?;
        assert_eq!(places(world).await?, live, "the skip link moves nothing");
        world.sim.fault(Fault::Status(503));
        world.sim.fault(Fault::CloseStreams);
        world.wait_for("Disconnected").await?;
        assert_eq!(places(world).await?, live, "the state of the connection moves nothing");
        // From here on, a request has no answer.
        world.sim.fault(Fault::Silence);
        world.click("button", "Retry now").await?;
        world.wait_for("Reconnecting").await?;
        world.wait_for("Data on screen is").await?;
        let stale = "return document.querySelector('.shell').hasAttribute('data-stale')";
        assert!(world.script(stale, []).await?.convert::<bool>()?, "the page is grey still");
        assert_eq!(places(world).await?, live);
        world.axe().await
    });
}

#[test]
fn a_page_that_opens_while_the_master_is_down_waits_for_it() {
    journey_with("master-down", still(), async |world| {
        world.sim.fault(Fault::Status(503));
        world.open("#/").await?;
        world.wait_for("Waiting for the master").await?;
        let text = world.text().await?;
        for other in ["Loading", "Reading the cluster", "partial data"] {
            assert!(!text.contains(other), "{other:?} is another state: {text}");
        }
        world.axe().await?;
        world.screenshot("master-down").await?;
        for page in ["maintenance", "master", "run", "diagnostics"] {
            world.open(&format!("#/{page}")).await?;
            world.wait_for(if page == "diagnostics" { "none yet" } else { "Waiting for the master" }).await?;
            let text = world.text().await?;
            for other in ["Reading", "not been answered", "No agents match", "0 B in 0 ms"] {
                assert!(!text.contains(other), "{page}: {other:?} is another state: {text}");
            }
        }
        world.open("#/").await?;
        world.wait_for("Waiting for the master").await?;
        world.sim.fault(Fault::None);
        world.wait_for("Live").await?;
        world.wait_gone("Waiting for the master").await
    });
}

#[test]
fn rows_and_counts_arrive_where_the_table_has_room_for_them() {
    journey_with("room-for-rows", still(), async |world| {
        world.sim.fault(Fault::Status(503));
        let below = "const top = (it) => document.querySelector(it).getBoundingClientRect().top;
            return top('.grid-box') - top('main h1')";
        world.open("#/tasks").await?;
        world.wait_for("Waiting for the master").await?;
        let empty: f64 = world.script(below, []).await?.convert()?;
        world.sim.fault(Fault::None);
        world.wait_for("Live").await?;
        world.select(".grid td a").await?;
        world.select(".states > .facet").await?;
        let full: f64 = world.script(below, []).await?.convert()?;
        assert!((full - empty).abs() < 1.0, "{empty} px without rows, {full} px with them");
        Ok(())
    });
}

#[test]
fn the_menu_of_a_phone_closes_with_the_page_and_with_the_focus() {
    journey_with("more", still(), async |world| {
        world.size(390, 844).await?;
        world.open("#/agents").await?;
        world.wait_for("Live").await?;
        let is_open =
            async || world.script("return document.querySelector('nav details').open", []).await?.convert::<bool>();
        let open = "const more = document.querySelector('nav summary'); more.focus(); more.click()";
        let closed = async |why: &str| world.until(why, async || Ok(!is_open().await?)).await;
        world.script(open, []).await?;
        assert!(is_open().await?);
        world.script("location.hash = '#/tasks'", []).await?;
        closed("another page").await?;
        world.script(open, []).await?;
        world.press(Key::Escape + "").await?;
        closed("Escape").await?;
        world.script(open, []).await?;
        world.field("Filter tasks").await?.click().await?;
        closed("the focus is elsewhere").await?;
        world.script(open, []).await?;
        world.click("link", "Roles").await?;
        closed("a page was chosen").await?;
        at(world, "#/roles").await
    });
}

#[test]
fn menus_stay_inside_a_narrow_window() {
    journey_with("menus-inside", still(), async |world| {
        world.size(390, 844).await?;
        world.open("#/tasks").await?;
        world.wait_for("Live").await?;
        let count = "return document.querySelectorAll('button.menu').length";
        let count: u64 = world.script(count, []).await?.convert()?;
        assert!(count > 6, "{count} menus");
        for nth in 0..count {
            let open = "const button = document.querySelectorAll('button.menu')[arguments[0]];
                button.scrollIntoView({ block: 'nearest', inline: 'nearest' }); button.click(); return button.textContent";
            let name: String = world.script(open, [nth.into()]).await?.convert()?;
            let inside = "const panel = document.querySelector('.popover:popover-open')?.getBoundingClientRect();
                return !!panel && panel.left >= 0 && panel.right <= innerWidth";
            let inside = async || world.script(inside, []).await?.convert::<bool>();
            world.until(&format!("{name} is inside"), inside).await?;
            world.press(Key::Escape + "").await?;
        }
        Ok(())
    });
}
