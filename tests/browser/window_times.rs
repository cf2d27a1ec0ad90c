//! Times of a maintenance window that need a word: those that clocks show twice, and those in the past.

use mesoscope_core::text::schedule::{HAS_STARTED, IS_OVER};
use serde_json::json;
use thirtyfour::prelude::*;

use super::actions::{check_appearance, free};
use super::journey::journey_with;
use super::schedule::windows;
use super::world::World;
use super::writes::send;
use crate::still;

const HOUR: i64 = 3600;
/// 2027-11-07 01:30 EST; an hour before, clocks show 01:30 EDT.
const SECOND: i64 = 1_825_569_000;

/// Opens the form of a new window with one machine, in New York.
async fn new_window(world: &World) -> WebDriverResult<()> {
    world.devtools("Emulation.setTimezoneOverride", json!({ "timezoneId": "America/New_York" })).await?;
    let (_, host) = free(world).swap_remove(0);
    world.open(&format!("#/agents?filter={host}")).await?;
    world.click("checkbox", &format!("Select {host}")).await?;
    world.click("button", "Schedule maintenance …").await?;
    world.find("button", &format!("~Remove {host}")).await?;
    Ok(())
}

#[test]
fn of_a_time_that_comes_twice_either_moment_can_be_taken() {
    journey_with("window-twice", still(), async |world| {
        new_window(world).await?;
        world.fill("~Begins", "2027-11-07 01:30").await?;
        world.wait_for("Clocks show 01:30 twice on that day. EDT is taken.").await?;
        world.fill("~Ends", "01:30").await?;
        // The first 01:30 is no end, so that the second is.
        world.wait_for("Clocks show 01:30 twice on that day. EST is taken.").await?;
        assert!(world.all("button", "Use 01:30 EDT").await?.is_empty(), "the end would be the beginning");
        check_appearance(world, "window-twice").await?;
        world.click("button", "Use 01:30 EST").await?;
        world.wait_gone("EDT is taken").await?;
        world.wait_for("2027-11-07 02:30 EST").await?;
        world.click("button", "Review …").await?;
        world.wait_for("Add window Nov 7 2027, 01:30–02:30 EST").await?;
        send(world, "Schedule").await?;
        world.wait_for("Applied.").await?;
        let is_sent = |(_, start, lasts): &(Vec<String>, i64, Option<i64>)| (*start, *lasts) == (SECOND, Some(HOUR));
        assert_eq!(windows(world).iter().filter(|window| is_sent(window)).count(), 1);
        Ok(())
    });
}

#[test]
fn a_window_that_has_started_or_is_over_says_so() {
    journey_with("window-past", still(), async |world| {
        new_window(world).await?;
        assert!(!world.text().await?.contains(HAS_STARTED));
        world.fill("~Begins", "2020-01-05 02:00").await?;
        world.wait_for(IS_OVER).await?;
        world.axe().await?;
        world.click("checkbox", "No end").await?;
        world.wait_for(HAS_STARTED).await?;
        world.wait_gone(IS_OVER).await?;
        world.fill("~Begins", "2090-01-05 02:00").await?;
        world.wait_gone(HAS_STARTED).await
    });
}

#[test]
fn a_page_is_left_while_a_time_is_typed() {
    journey_with("window-left", still(), async |world| {
        new_window(world).await?;
        // The field loses the focus with its page.
        world.fill("~Begins", "2027-02-31 10:00").await?;
        world.wait_for("The calendar has no such day.").await?;
        world.wait_gone("2 h").await?;
        world.driver.back().await?;
        world.find("heading", "~Agents").await?;
        world.click("link", "~Tasks").await?;
        world.find("heading", "~Tasks").await?;
        Ok(())
    });
}
