//! Resource providers: a configuration added, replaced, removed and given up; text that is no configuration; images pruned; an agent's
//! operations beside the master's.

use serde_json::{Value, json};
use sim::answer::reply::Target;
use sim::server::config::Config;
use thirtyfour::prelude::*;

use super::actions::{check_appearance, type_confirmation};
use super::find::Found;
use super::journey::{Setup, journey_with};
use super::schedule::call;
use super::world::World;
use super::writes::{send, trip};

const CONFIG: &str = r#"{"type": "org.apache.mesos.rp.local.storage", "name": "hdd", "default_reservations": [{"type": "DYNAMIC",
"role": "archive"}], "storage": {"plugin": {"type": "org.apache.mesos.csi.lvm", "name": "hdd", "containers": [{"services":
["NODE_SERVICE"], "command": {"value": "csilvm"}}]}}}"#;
const FIELD: &str = "Configuration (ResourceProviderInfo as JSON)";

fn furnished() -> Setup {
    Setup { cluster: Config { rate: 0.0, is_furnished: true, ..Config::default() }, flags: Vec::new() }
}

fn agents(world: &World) -> Vec<Value> {
    let reported = call(world, json!({ "type": "GET_AGENTS" }));
    reported["get_agents"]["agents"].as_array().cloned().unwrap_or_default()
}

/// Id and number of an agent with a resource provider.
fn with_provider(world: &World) -> (String, u32) {
    let agents = agents(world);
    let agent =
        agents.iter().find(|agent| agent["resource_providers"].is_array()).expect("one has a resource provider");
    let id = agent["agent_info"]["id"]["value"].as_str().expect("an id").to_owned();
    let number = id.rsplit_once("-S").and_then(|(_, number)| number.parse().ok()).expect("a number");
    (id, number)
}

/// Names of the providers that the agent reports.
fn names(world: &World, number: u32) -> Vec<String> {
    let body = json!({ "type": "GET_RESOURCE_PROVIDERS" }).to_string();
    let answer = world.sim.with(|sim| sim.answer(Target::Agent(number), body.as_bytes()).body.into_bytes());
    let answer: Value = serde_json::from_slice(&answer).expect("JSON");
    let all = answer["get_resource_providers"]["resource_providers"].as_array().cloned().unwrap_or_default();
    all.iter().map(|one| one["resource_provider_info"]["name"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Types a text in place of what a field has.
async fn replace(world: &World, label: &str, text: &str) -> WebDriverResult<()> {
    let field = world.field(label).await?;
    let set = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', { bubbles: true }))";
    field.script(set, [json!(text)]).await.map(drop)
}

#[test]
fn a_providers_configuration_is_added_replaced_removed_and_given_up() {
    journey_with("provider-config", furnished(), async |world| {
        let (id, number) = with_provider(world);
        world.open(&format!("#/agents/{id}")).await?;
        world.find("region", "local_ssd").await?.scroll_into_view().await?;
        check_appearance(world, "providers").await?;
        world.click("button", "Add provider …").await?;
        // Text that is no configuration has its place, and cannot be sent.
        replace(world, FIELD, "{\n  \"type\": 7}").await?;
        world.wait_for("Line 2, column 11: “type” must be a text.").await?;
        let add = world.find("button", "Add").await?;
        assert_eq!(add.attr("aria-disabled").await?.as_deref(), Some("true"));
        replace(
            world,
            FIELD,
            &CONFIG.replace("\"name\": \"hdd\", \"default", "\"name\": \"hdd\", \"colour\": 1, \"default"),
        )
        .await?;
        world.wait_for("Mesos 1.11 does not know these fields and ignores them: colour.").await?;
        replace(world, FIELD, CONFIG).await?;
        world.wait_for("default_reservations[0].role").await?;
        check_appearance(world, "provider-add").await?;
        trip(world, "once/ADD_RESOURCE_PROVIDER_CONFIG/403");
        send(world, "Add").await?;
        world.wait_for("Refused (403)").await?;
        assert_eq!(names(world, number), ["local_ssd"]);
        send(world, "Retry").await?;
        world.wait_for("Applied.").await?;
        assert_eq!(names(world, number), ["local_ssd", "hdd"]);
        world.click("button", "Close").await?;
        let panel = world.find("region", "hdd").await?;
        assert!(panel.text().await?.contains("dynamic archive"));
        update(world, &panel).await?;
        remove(world, number).await
    });
}

async fn update(world: &World, panel: &Found<'_>) -> WebDriverResult<()> {
    button_in(panel, "Update …").await?.click().await?;
    let typed = world.field(FIELD).await?.value().await?.unwrap_or_default();
    replace(world, FIELD, &typed.replace("\"hdd\"", "\"other\"")).await?;
    world.wait_for("Type and name must stay").await?;
    replace(world, FIELD, &typed.replace("archive", "cold")).await?;
    send(world, "Update").await?;
    world.wait_for("Applied.").await?;
    world.click("button", "Revert …").await?;
    send(world, "Revert").await?;
    world.wait_for("Applied.").await?;
    world.click("button", "Close").await
}

async fn remove(world: &World, number: u32) -> WebDriverResult<()> {
    // One with disks is not given up before its configuration is removed.
    let own = world.find("region", "local_ssd").await?;
    let gone = button_in(&own, "Mark gone …").await?;
    assert_eq!(gone.attr("aria-disabled").await?.as_deref(), Some("true"));
    button_in(&own, "Remove …").await?.click().await?;
    world.wait_for("2 disks leave the agent's resources").await?;
    send(world, "Remove").await?;
    world.wait_for("Applied.").await?;
    world.click("button", "Close").await?;
    let own = world.find("region", "local_ssd").await?;
    world.until("it has no disks", async || Ok(!own.text().await?.contains("400 GiB"))).await?;
    button_in(&own, "Mark gone …").await?.click().await?;
    type_confirmation(world, "Mark gone", "local_ssd").await?;
    send(world, "Mark gone").await?;
    world.wait_for("Applied.").await?;
    world.click("button", "Close").await?;
    world.wait_no("region", "local_ssd").await?;
    assert_eq!(names(world, number), ["hdd"]);
    Ok(())
}

async fn button_in<'a>(part: &Found<'a>, name: &str) -> WebDriverResult<Found<'a>> {
    part.find(By::XPath(format!(".//button[normalize-space(.) = '{name}']"))).await
}

#[test]
fn a_refusal_is_shown_at_the_configuration_and_a_read_only_console_offers_no_change() {
    journey_with("provider-refused", furnished(), async |world| {
        let agents = agents(world);
        let without = agents.iter().find(|agent| !agent["resource_providers"].is_array()).expect("one has none");
        let id = without["agent_info"]["id"]["value"].as_str().expect("an id").to_owned();
        world.open(&format!("#/agents/{id}")).await?;
        world.click("button", "Add provider …").await?;
        replace(world, FIELD, CONFIG).await?;
        send(world, "Add").await?;
        world.wait_for("Refused (500): Missing required flag --resource_provider_config_dir").await?;
        let field = world.field(FIELD).await?;
        assert_eq!(field.attr("aria-invalid").await?.as_deref(), Some("true"));
        assert!(field.value().await?.is_some_and(|text| text.contains("hdd")), "the text is kept");
        Ok(())
    });
    let read_only = Setup { flags: vec!["--read-only".to_owned()], ..furnished() };
    journey_with("provider-read-only", read_only, async |world| {
        let (id, _) = with_provider(world);
        world.open(&format!("#/agents/{id}")).await?;
        for name in ["Add provider …", "Prune images …", "Update …", "Remove …", "Mark gone …"] {
            let button = world.find("button", name).await?;
            assert_eq!(button.attr("aria-disabled").await?.as_deref(), Some("true"), "{name}");
        }
        Ok(())
    });
}

#[test]
fn images_are_pruned_except_those_to_keep() {
    journey_with("prune-images", furnished(), async |world| {
        let (id, _) = with_provider(world);
        world.open(&format!("#/agents/{id}")).await?;
        world.click("button", "Prune images …").await?;
        world.fill("Images to keep (Docker names, one per line)", "mysql:8.0 redis").await?;
        world.wait_for("The name of an image has no spaces.").await?;
        world.fill("Images to keep (Docker names, one per line)", "mysql:8.0\nredis").await?;
        world.wait_for("mysql:8.0, redis").await?;
        check_appearance(world, "prune-images").await?;
        send(world, "Prune").await?;
        world.wait_for("Accepted; its effect cannot be observed.").await?;
        world.click("button", "Close").await?;
        world.open("#/my-changes").await?;
        world.wait_for("Prune images of agent").await
    });
}

#[test]
fn an_agents_operations_are_compared_with_the_masters() {
    journey_with("agent-operations", furnished(), async |world| {
        let all = call(world, json!({ "type": "GET_OPERATIONS" }));
        let all = all["get_operations"]["operations"].as_array().cloned().expect("there are operations");
        let of = |state: &str| {
            let is = |one: &&Value| one["latest_status"]["state"] == format!("OPERATION_{state}");
            let one = all.iter().find(is).unwrap_or_else(|| panic!("none is {state}"));
            (one["agent_id"]["value"].as_str().expect("an id").to_owned(), one["info"]["id"]["value"].clone())
        };
        let (agent, id) = of("RECOVERING");
        world.open(&format!("#/agents/{agent}")).await?;
        world.wait_for("Only the master lists it.").await?;
        world.find("region", "Operations").await?.scroll_into_view().await?;
        check_appearance(world, "agent-operations").await?;
        world.click("link", id.as_str().expect("an id")).await?;
        world.wait_for("recovering").await?;
        world.open("#/operations").await?;
        for state in ["pending", "finished", "failed", "error", "dropped", "unreachable", "gone_by_operator", "unknown"]
        {
            world.wait_for(state).await?;
        }
        Ok(())
    });
}
