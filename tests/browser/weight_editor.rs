//! Weights of roles, edited where they are in the table, by keys alone, while the cluster moves.

use serde_json::{Value, json};
use sim::server::config::Config;
use thirtyfour::prelude::*;

use super::actions::check_appearance;
use super::journey::{Setup, journey_with};
use super::schedule::call;
use super::world::World;
use super::writes::send;
use crate::still;

fn weight(world: &World, role: &str) -> Option<f64> {
    let reported = call(world, json!({ "type": "GET_WEIGHTS" }));
    let infos = reported["get_weights"]["weight_infos"].as_array().cloned().unwrap_or_default();
    infos.iter().find(|info| info["role"] == role)?["weight"].as_f64()
}

/// What has the focus, by its name.
async fn focused(world: &World) -> WebDriverResult<String> {
    world.script("return document.activeElement.ariaLabel || ''", []).await?.convert()
}

/// The roles of the first two fields.
async fn first_two(world: &World) -> WebDriverResult<(String, String)> {
    const FIELDS: &str = "return [...document.querySelectorAll('input[aria-label^=\"Weight of \"]')].slice(0, 2).map((field) => field.ariaLabel)";
    let names: Vec<String> = world.script(FIELDS, []).await?.convert()?;
    let role = |at: usize| names[at].trim_start_matches("Weight of ").to_owned();
    Ok((role(0), role(1)))
}

#[test]
fn weights_are_edited_in_the_table_by_keys_while_the_cluster_moves() {
    let lively = Setup { cluster: Config { rate: 40.0, ..Config::default() }, flags: Vec::new() };
    journey_with("weighing", lively, async |world| {
        world.open("#/roles").await?;
        world.find("button", "Edit weights").await?;
        world.script("document.querySelector('[data-weights]').focus()", []).await?;
        world.press(Key::Enter + "").await?;
        world.until("a field has the focus", async || Ok(focused(world).await?.starts_with("Weight of "))).await?;
        let (first, second) = first_two(world).await?;
        assert_eq!(focused(world).await?, format!("Weight of {first}"));
        world.press("7").await?;
        world.wait_for("1 new weight").await?;
        world.press(Key::Down + "").await?;
        assert_eq!(focused(world).await?, format!("Weight of {second}"));
        world.press(Key::Control + "a").await?;
        world.press("0").await?;
        world.wait_for("A weight must be above 0.").await?;
        let field = world.field(&format!("Weight of {second}")).await?;
        assert_eq!(field.attr("aria-invalid").await?.as_deref(), Some("true"));
        // Enter does not send what cannot be sent.
        world.press(Key::Enter + "").await?;
        assert!(world.all("button", "Set weights").await?.is_empty());
        world.press(Key::Backspace + "2.5").await?;
        world.wait_gone("A weight must be above 0.").await?;
        world.wait_for("→").await?;
        // What others do meanwhile takes nobody the field: tasks come and go in these rows.
        let before = world.sim.with(|sim| sim.state().to_string().len());
        let moved = async || Ok(world.sim.with(|sim| sim.state().to_string().len()) != before);
        world.until("the cluster has moved", moved).await?;
        assert_eq!(
            (focused(world).await?, field.value().await?),
            (format!("Weight of {second}"), Some("2.5".to_owned()))
        );
        world.press(Key::Enter + "").await?;
        world.wait_for("Weights of 2 roles").await?;
        world.wait_for("Fair share of").await?;
        send(world, "Set weights").await?;
        world.wait_for("Applied.").await?;
        assert_eq!((weight(world, &first), weight(world, &second)), (Some(7.0), Some(2.5)));
        world.click("button", "Close").await?;
        world.find("button", "Edit weights").await?;
        world.open("#/my-changes").await?;
        world.wait_for("Weight of 2 roles").await
    });
}

#[test]
fn what_is_typed_in_the_table_is_seen_and_can_be_undone() {
    journey_with("weighing-seen", still(), async |world| {
        world.open("#/roles").await?;
        world.click("button", "Edit weights").await?;
        world.until("a field has the focus", async || Ok(focused(world).await?.starts_with("Weight of "))).await?;
        let (first, second) = first_two(world).await?;
        world.press("3").await?;
        world.press(Key::Down + "").await?;
        world.press("much").await?;
        world.wait_for("Not a number.").await?;
        check_appearance(world, "weighing").await?;
        // another user sets it meanwhile: what is typed stays, and what is not touched follows.
        let theirs = json!([{ "role": second, "weight": 4.0 }]);
        call(world, json!({ "type": "UPDATE_WEIGHTS", "update_weights": { "weight_infos": theirs } }));
        world.press(Key::Escape + "").await?;
        world.wait_gone("Not a number.").await?;
        world.wait_for("1 new weight").await?;
        world.click("button", "Discard").await?;
        world.find("button", "Edit weights").await?;
        assert!(weight(world, &first).is_none_or(|weight| weight != 3.0));
        assert_eq!(Value::from(weight(world, &second)), json!(4.0));
        Ok(())
    });
}
