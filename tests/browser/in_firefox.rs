//! The page in Firefox, which many operators use: what a person does most. Journeys that Chromium has too are the same
//! ones; how a page looks and what its corners do is tried there.

use serde_json::json;
use thirtyfour::prelude::*;

use super::actions::{agent, free};
use super::driver::Browser;
use super::files::{Pod, lines, wait_lines};
use super::journey::{Setup, journey_in};
use super::sign_in::{guarded, sign_in};
use super::world::{Theme, World};
use super::writes::send;
use crate::{changes, copies_over_plain_http, filters_and_sorts, keeps_the_theme, loads, still};

fn in_firefox(name: &str, setup: Setup, body: impl AsyncFnOnce(&World) -> WebDriverResult<()>) {
    journey_in(Browser::Firefox, &format!("firefox-{name}"), setup, async |world| {
        body(world).await?;
        assert_eq!(world.errors().await?, Vec::<String>::new());
        Ok(())
    });
}

#[test]
fn the_page_loads_and_is_live() {
    in_firefox("load", Setup::default(), loads);
}

#[test]
fn a_change_appears_without_a_reload() {
    in_firefox("change", still(), changes);
}

#[test]
fn a_table_is_filtered_and_sorted() {
    in_firefox("table", still(), filters_and_sorts);
}

#[test]
fn the_agents_id_is_copied_over_plain_http() {
    in_firefox("copy", still(), copies_over_plain_http);
}

#[test]
fn the_theme_follows_the_system_and_is_kept() {
    in_firefox("theme", still(), async |world| {
        let background = "return getComputedStyle(document.body).backgroundColor";
        let background = async || world.script(background, []).await?.convert::<String>();
        world.open("#/").await?;
        world.wait_for("Live").await?;
        let light = background().await?;
        world.theme(Theme::Dark).await?;
        world.until("the page is dark", async || Ok(background().await? != light)).await?;
        world.theme(Theme::Light).await?;
        world.until("the page is light again", async || Ok(background().await? == light)).await?;
        keeps_the_theme(world).await
    });
}

#[test]
fn every_page_opens_in_both_themes() {
    in_firefox("pages", Setup::default(), async |world| {
        for theme in [Theme::Light, Theme::Dark] {
            world.theme(theme).await?;
            for (hash, says) in [
                ("#/", "Capacity"),
                ("#/agents", "Attributes"),
                ("#/frameworks", "Max share"),
                ("#/tasks", "Changed"),
                ("#/roles", "Weight"),
                ("#/offers", "Framework"),
                ("#/operations", "Operations"),
                ("#/volumes", "Volumes"),
                ("#/maintenance", "Maintenance"),
                ("#/master", "Flags"),
                ("#/my-changes", "Changes in this tab"),
                ("#/trouble", "Diagnostics"),
            ] {
                world.open(hash).await?;
                world.wait_for("Live").await?;
                world.wait_for(says).await?;
                let name = hash.trim_start_matches("#/").replace('/', "-");
                world.screenshot(&format!("firefox-page-{name}-{theme:?}")).await?;
                world.axe().await?;
            }
        }
        Ok(())
    });
}

#[test]
fn anything_is_found_by_keys() {
    in_firefox("search", still(), async |world| {
        world.open("#/maintenance").await?;
        world.wait_for("Live").await?;
        // Firefox has a use of its own for this key: its search bar.
        world.press(Key::Control + "k").await?;
        world.field("Search everything").await?;
        world.press("a0005").await?;
        world.find("option", "~a0005").await?;
        world.press(Key::Enter + "").await?;
        world.until("the agent's page is there", async || Ok(world.address().await?.starts_with("#/agents/"))).await?;
        world.wait_for("a0005").await
    });
}

#[test]
fn a_log_is_followed_and_searched() {
    in_firefox("log", still(), async |world| {
        let pod = Pod::of(world);
        world.open(&pod.file("logs/console.log")).await?;
        world.wait_for("Following").await?;
        wait_lines(world, "took=").await?;
        let before = lines(world).await?;
        world.until("what is written is shown", async || Ok(lines(world).await? != before)).await?;
        world.press("/").await?;
        world
            .until("the search has the focus", async || {
                Ok(world.driver.active_element().await? == world.field("Search in the file").await?.element())
            })
            .await?;
        world.press("took=").await?;
        world.press(Key::Enter + "").await?;
        let linked = "return (document.querySelector('.line[data-linked]')?.innerText ?? '').includes('took=')";
        world.until("a line found is linked", async || world.script(linked, []).await?.convert()).await?;
        world.until("the address says so", async || Ok(world.address().await?.contains("find=took"))).await?;
        world.screenshot("firefox-log").await
    });
}

/// Each row has words, and begins where the one above it ends. The last line is still being written: of it only an escape
/// sequence may be there yet.
const ROWS_TILE: &str = "const rows = [...document.querySelectorAll('.line')];
    const box = row => row.getBoundingClientRect();
    const worded = row => row.querySelector('.text').textContent.trim() !== '';
    return rows.length > 20 && rows.every((row, nth) => (worded(row) || nth === rows.length - 1)
        && (nth === 0 || Math.abs(box(rows[nth - 1]).bottom - box(row).top) < 1))";

#[test]
fn a_followed_log_has_no_blank_rows() {
    in_firefox("log-rows", still(), async |world| {
        world.open(&Pod::of(world).file("logs/console.log")).await?;
        world.wait_for("Following").await?;
        wait_lines(world, "took=").await?;
        for _ in 0..3 {
            let before = lines(world).await?;
            world.until("what is written is shown", async || Ok(lines(world).await? != before)).await?;
            assert!(world.script(ROWS_TILE, []).await?.convert::<bool>()?, "{}", lines(world).await?);
        }
        Ok(())
    });
}

#[test]
fn grid_lines_of_the_maintenance_axis_are_a_pixel_wide() {
    let widths =
        "return [...document.querySelectorAll('.axis-ground .mark')].map(line => line.getBoundingClientRect().width)";
    for browser in [Browser::Firefox, Browser::Chromium] {
        journey_in(browser, &format!("{browser:?}-axis-lines"), Setup::default(), async |world| {
            world.open("#/maintenance").await?;
            world
                .until("the axis has its lines", async || {
                    let widths: Vec<f64> = world.script(widths, []).await?.convert()?;
                    Ok(widths.len() > 4 && widths.iter().all(|width| *width == 1.0))
                })
                .await
        });
    }
}

#[test]
fn an_agent_is_deactivated() {
    in_firefox("write", still(), async |world| {
        let (id, _) = free(world).swap_remove(0);
        world.open(&format!("#/agents/{id}")).await?;
        world.click("button", "Actions").await?;
        world.click("button", "Deactivate …").await?;
        send(world, "Deactivate").await?;
        world.wait_for("Applied.").await?;
        world.screenshot("firefox-write").await?;
        assert_eq!(agent(world, &id).expect("it is there")["deactivated"], json!(true));
        world.click("button", "Close").await?;
        world.wait_gone("Applied.").await
    });
}

#[test]
fn a_user_signs_in_and_out() {
    in_firefox("sign-in", guarded(), async |world| {
        world.open("#/agents").await?;
        world.field("User name").await?;
        sign_in(world, "alice", "wrong").await?;
        world.wait_for("The master refused alice").await?;
        sign_in(world, "alice", "sésame").await?;
        world.wait_for("Live").await?;
        world.click("button", "~alice").await?;
        world.click("button", "Sign out").await?;
        world.field("User name").await?;
        world.until("the stream is gone", async || Ok(world.sim.subscribers() == 0)).await
    });
}
