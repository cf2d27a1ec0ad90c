//! Frameworks: what they registered with, and several of them ended at once.

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::actions::check_appearance;
use super::journey::journey_with;
use super::schedule::call;
use super::world::World;
use super::writes::{send, trip};
use crate::still;

/// Ids and names of the frameworks that are active.
fn active(world: &World) -> Vec<(String, String)> {
    let reported = call(world, json!({ "type": "GET_FRAMEWORKS" }));
    let listed = reported["get_frameworks"]["frameworks"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |it: &Value| (text(&it["framework_info"]["id"]["value"]), text(&it["framework_info"]["name"]));
    listed.iter().filter(|it| it["active"] == true).map(one).collect()
}

#[test]
fn several_frameworks_are_torn_down_and_the_one_refused_is_retried() {
    journey_with("teardown-bulk", still(), async |world| {
        let three: Vec<_> = active(world).into_iter().take(3).collect();
        assert_eq!(three.len(), 3, "the cluster has frameworks enough");
        let left = || active(world).iter().filter(|one| three.contains(one)).count();
        world.open("#/frameworks").await?;
        for (_, name) in &three {
            world.click("checkbox", &format!("Select {name}")).await?;
        }
        world.wait_for("3 selected").await?;
        world.click("button", "Tear down …").await?;
        world.wait_for("Requests at a time").await?;
        // Nothing is sent before their number was typed.
        let button = world.find("button", "Tear down").await?;
        assert_eq!(button.attr("aria-disabled").await?.as_deref(), Some("true"));
        assert_eq!(agree(world).await?, "3 frameworks");
        check_appearance(world, "act-teardown-bulk").await?;
        let number = three[1].0.rsplit_once('-').expect("an id ends with its number").1;
        trip(world, &format!("once/TEARDOWN/503/{number}"));
        send(world, "Tear down").await?;
        world.wait_for("3 of 3 finished, 1 failed").await?;
        assert_eq!(left(), 1, "the others were ended all the same");
        agree(world).await?;
        send(world, "Retry").await?;
        world.wait_gone("1 failed").await?;
        world.until("all three have ended", async || Ok(left() == 0)).await?;
        world.click("button", "Close").await?;
        // The table shows it as ended.
        world.open(&format!("#/frameworks?filter=id%3A{}", three[1].0)).await?;
        world.wait_for("completed").await
    });
}

#[test]
fn the_page_of_a_framework_shows_its_labels_constraints_and_checkpointing() {
    journey_with("framework-facts", still(), async |world| {
        let reported = call(world, json!({ "type": "GET_FRAMEWORKS" }));
        let listed = reported["get_frameworks"]["frameworks"].as_array().cloned().unwrap_or_default();
        let constrained = |it: &&Value| it["offer_constraints"].as_object().is_some_and(|it| !it.is_empty());
        let with = listed.iter().find(constrained).expect("one limits its offers");
        let without =
            listed.iter().find(|it| it["framework_info"]["checkpoint"] != true).expect("one does not checkpoint");
        let id = |it: &Value| it["framework_info"]["id"]["value"].as_str().unwrap_or_default().to_owned();

        world.open(&format!("#/frameworks/{}", id(with))).await?;
        world.wait_for("Offer constraints").await?;
        assert_eq!(fact(world, "Checkpoint").await?, "yes");
        let labels = fact(world, "Labels").await?;
        for label in with["framework_info"]["labels"]["labels"].as_array().expect("it has labels") {
            let (key, value) = (label["key"].as_str().unwrap_or_default(), label["value"].as_str().unwrap_or_default());
            assert!(labels.contains(key) && labels.contains(value), "{label} in {labels:?}");
        }
        let constraints: Value =
            serde_json::from_str(&fact(world, "Offer constraints").await?).expect("they are shown as JSON");
        assert_eq!(constraints, with["offer_constraints"]);
        world.axe().await?;
        world.screenshot("framework-facts").await?;

        world.open(&format!("#/frameworks/{}", id(without))).await?;
        world.until("it does not checkpoint", async || Ok(fact(world, "Checkpoint").await? == "no")).await?;
        assert_eq!(fact(world, "Offer constraints").await?, "–");
        Ok(())
    });
}

/// Types what the form asks for before it ends anything, and returns it.
async fn agree(world: &World) -> WebDriverResult<String> {
    let asked = "return document.querySelector('dialog[open]').innerText.match(/Type (.*) to confirm/)[1]";
    let asked: String = world.script(asked, []).await?.convert()?;
    world.fill("~to confirm", &asked).await?;
    Ok(asked)
}

/// What is beside a term of the page.
async fn fact(world: &World, term: &str) -> WebDriverResult<String> {
    let script =
        "const term = [...document.querySelectorAll('main dt')].find((term) => term.innerText === arguments[0]);
        return term.nextElementSibling.innerText";
    world.script(script, [json!(term)]).await?.convert()
}
