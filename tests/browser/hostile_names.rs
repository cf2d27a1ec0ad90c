//! What anybody may put into a cluster: names that would pass for others, links that would lead elsewhere, lists of thousands.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use thirtyfour::prelude::*;
use tokio::task::JoinHandle;

use super::gateway::Gateway;
use super::journey::journey_with;
use super::logs::number;
use super::world::World;
use crate::still;

const RTL: &str = "\u{202e}txt.exe";

/// A cluster of one agent and one framework with this in it.
fn state(task_names: &[&str], roles: usize, webui_url: &str) -> Value {
    let value = |text: &str| json!({ "value": text });
    let roles: Vec<String> = (0..roles).map(|nth| format!("eng/svc-{nth:05}")).collect();
    let framework = json!({"active": true, "connected": true, "framework_info": {"id": value("f"), "name": format!("mara{RTL}"),
        "user": "u", "hostname": "mesos.example.com", "webui_url": webui_url, "roles": roles, "capabilities": [{"type": "MULTI_ROLE"}]}});
    let agent = json!({"active": true, "version": "1.11.0", "pid": "slave(1)@127.0.0.1:9", "agent_info":
        {"id": value("a"), "hostname": "node\u{202e}1.gro", "port": 9, "resources": []}});
    let task = |(nth, name): (usize, &&str)| {
        let labels: Vec<Value> = (0..500).map(|nth| json!({"key": format!("key-{nth}"), "value": "v"})).collect();
        json!({"name": name, "task_id": value(&format!("t{nth}")), "framework_id": value("f"), "agent_id": value("a"),
            "state": "TASK_RUNNING", "resources": [], "labels": {"labels": labels}})
    };
    let tasks: Vec<Value> = task_names.iter().enumerate().map(task).collect();
    json!({"get_agents": {"agents": [agent]}, "get_frameworks": {"frameworks": [framework]}, "get_tasks": {"tasks": tasks},
        "get_executors": {}})
}

/// In a state, the port of the master that says it.
pub const OWN_PORT: &str = "own-port";

/// A master that says it.
pub struct Master {
    url: String,
    task: JoinHandle<()>,
}

impl Drop for Master {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Master {
    async fn start(state: Value) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let at = listener.local_addr().expect("it is bound");
        let (url, own) = (format!("http://{at}"), at.port().to_string());
        let state: Value = serde_json::from_str(&state.to_string().replace(OWN_PORT, &own)).expect("it stays JSON");
        let app = Router::new().fallback(answer).with_state(Arc::new(state));
        Self { url, task: tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") }) }
    }
}

async fn answer(State(state): State<Arc<Value>>, body: Bytes) -> Response {
    let call = serde_json::from_slice::<Value>(&body).unwrap_or_default();
    let json_type = [("content-type", "application/json")];
    let call = call["type"].as_str().unwrap_or_default().to_owned();
    if call == "SUBSCRIBE" {
        let record = |event: Value| {
            let text = event.to_string();
            Bytes::from(format!("{}\n{text}", text.len()))
        };
        let first = record(
            json!({"type": "SUBSCRIBED", "subscribed": {"get_state": *state, "heartbeat_interval_seconds": 15.0}}),
        );
        let said = stream::once(async move { Ok::<_, std::io::Error>(first) });
        return (json_type, Body::from_stream(said.chain(stream::pending()))).into_response();
    }
    let part = call.to_lowercase();
    let reported = match state.get(&part) {
        Some(reported) => json!({ "type": call, part: reported }),
        None => json!({ "type": call }),
    };
    (json_type, reported.to_string()).into_response()
}

/// A gateway before such a master.
pub async fn before(state: Value) -> (Master, Gateway, String) {
    let master = Master::start(state).await;
    let gateway = Gateway::start(std::slice::from_ref(&master.url), &[]).await.expect("mesoscope starts");
    let url = gateway.url();
    (master, gateway, url)
}

/// What could be seen or read out, and should not be there.
async fn unseen(world: &World) -> WebDriverResult<String> {
    let script = "const odd = /[\\u0000-\\u0008\\u000b-\\u001f\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]/;
        const shown = [document.title, document.body.innerText];
        for (const e of document.querySelectorAll('[title],[aria-label]')) shown.push(e.title, e.getAttribute('aria-label') || '');
        return shown.filter(text => odd.test(text)).join('|')";
    world.script(script, []).await?.convert()
}

#[test]
fn names_that_would_pass_for_others_are_spelt_out() {
    journey_with("foreign-names", still(), async |world| {
        let names = [RTL, "zero\u{200b}width", "two\nlines", "خدمة", "👩\u{200d}💻"];
        let (_master, _gateway, url) = before(state(&names, 3, "http://mesos.example.com@evil.example/")).await;
        for (hash, says) in [
            ("#/tasks", "\\u{202e}txt.exe"),
            ("#/tasks", "zero\\u{200b}width"),
            ("#/tasks", "two␊lines"),
            ("#/tasks", "خدمة"),
            ("#/tasks", "👩\u{200d}💻"),
            ("#/frameworks/f/tasks/t0", "\\u{202e}txt.exe"),
            ("#/agents", "node\\u{202e}1.gro"),
            ("#/agents/a", "node\\u{202e}1.gro"),
            ("#/frameworks", "mara\\u{202e}"),
            ("#/frameworks/f", "mara\\u{202e}"),
            ("#/roles", "eng"),
        ] {
            world.at(&url).open(hash).await?;
            world.wait_for(says).await?;
            assert_eq!(unseen(world).await?, "", "{hash}");
        }
        // An address that hides its host behind a user's name is no link.
        world.at(&url).open("#/frameworks/f").await?;
        world.wait_for("evil.example").await?;
        assert!(world.all("link", "~evil.example").await?.is_empty());
        Ok(())
    });
}

#[test]
fn a_link_says_which_host_it_leads_to() {
    journey_with("foreign-link", still(), async |world| {
        let (_master, _gateway, url) =
            before(state(&["x"], 1, "http://ex\u{e4}mple.test:8080/mesos.example.com")).await;
        for hash in ["#/frameworks", "#/frameworks/f"] {
            world.at(&url).open(hash).await?;
            let link = world.find("link", "xn--exmple-cua.test:8080").await?;
            assert_eq!(link.attr("href").await?.as_deref(), Some("http://xn--exmple-cua.test:8080/mesos.example.com"));
        }
        Ok(())
    });
}

#[test]
fn thousands_of_entries_are_shown_in_part() {
    journey_with("foreign-lists", still(), async |world| {
        let (_master, _gateway, url) = before(state(&["x"], 10_000, "")).await;
        world.at(&url).open("#/frameworks/f").await?;
        world.wait_for("First 12 of 10\u{202f}001").await?;
        let top: f64 = world
            .script("return document.querySelector('[role=grid]').getBoundingClientRect().top + document.querySelector('.page').scrollTop", [])
            .await?
            .convert()?;
        assert!(top < 3000.0, "the tasks begin at {top}");
        world.fill("Filter roles", "svc-09999").await?;
        world.find("link", "svc-09999").await?;
        world.wait_for("First 1 of 1 match in 10\u{202f}001").await?;
        world.axe().await?;
        world.at(&url).open("#/frameworks/f/tasks/t0").await?;
        world.wait_for("First 30 of 500").await?;
        world.click("button", "Show all 500").await?;
        world.wait_for("key-499=v").await?;
        world.click("button", "Show fewer").await?;
        world.wait_gone("key-499=v").await
    });
}

#[test]
fn a_long_value_is_shown_in_part_and_whole_in_a_box() {
    journey_with("foreign-values", still(), async |world| {
        let mut state = state(&["long"], 3, "");
        let message = format!("begin{}end", " lorem ipsum".repeat(1700));
        let ports: Vec<Value> =
            (0..1500).map(|nth| json!({"begin": 1000 + nth * 10, "end": 1001 + nth * 10})).collect();
        let task = &mut state["get_tasks"]["tasks"][0];
        task["resources"] = json!([{"name": "ports", "type": "RANGES", "ranges": {"range": ports}}]);
        task["statuses"] = json!([{"state": "TASK_RUNNING", "timestamp": 1.7e9, "message": message}]);
        task["labels"]["labels"] = json!([{"key": "k", "value": message}]);
        let filters: serde_json::Map<String, Value> =
            (0..500).map(|nth| (format!("role-{nth}"), json!({"min_allocatable_resources": {}}))).collect();
        state["get_frameworks"]["frameworks"][0]["framework_info"]["offer_filters"] = json!(filters);
        let (_master, _gateway, url) = before(state).await;
        let height = "return document.querySelector('main').scrollHeight";
        for (hash, shown, name) in [("#/frameworks/f/tasks/t0", 4, "task"), ("#/frameworks/f", 1, "framework")] {
            world.at(&url).open(hash).await?;
            let buttons = "return [...document.querySelectorAll('.excerpt button')].filter((button) => /^Show all [\\d.]+ .*B$/.test(button.innerText)).length";
            world.until("all are shown in part", async || Ok(number(world, buttons).await? == shown)).await?;
            assert!(number(world, height).await? < 4000, "{hash}");
            world
                .script("document.querySelectorAll('.excerpt button').forEach((button) => button.click())", [])
                .await?;
            world.find("button", "Show less").await?;
            assert!(number(world, height).await? < 6000, "{hash}: each scrolls within its box");
            world.axe().await?;
            world.screenshot(&format!("foreign-values-{name}")).await?;
        }
        world.at(&url).open("#/frameworks/f/tasks/t0").await?;
        world.wait_for("begin lorem ipsum").await?;
        assert!(!world.text().await?.contains("ipsumend"));
        world.script("document.querySelectorAll('.excerpt button').forEach((button) => button.click())", []).await?;
        world.wait_for("ipsumend").await
    });
}

#[test]
fn a_word_that_asks_of_no_field_is_text() {
    journey_with("foreign-words", still(), async |world| {
        let (_master, _gateway, url) = before(state(&["ct:1:0:job", "other"], 1, "")).await;
        world.at(&url).open("#/tasks?filter=ct:1:0:job").await?;
        world.wait_for("No field “ct” here: “ct:1:0:job” is searched for as text.").await?;
        world.find("link", "ct:1:0:job").await?;
        assert!(world.all("link", "other").await?.is_empty());
        Ok(())
    });
}
