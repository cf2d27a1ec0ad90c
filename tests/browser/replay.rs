//! What a real Mesos once said, said again: a recorded stream and the answers of the same moment, through the executable, on
//! every page.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde_json::Value;
use thirtyfour::prelude::*;
use tokio::task::JoinHandle;

use super::gateway::Gateway;
use super::journey::journey_with;
use super::world::World;
use crate::still;

/// A recording up to one of its quiet moments.
struct Recording {
    stream: Vec<u8>,
    answers: HashMap<String, Vec<u8>>,
}

impl Recording {
    fn of(scenario: &str, point: u32) -> Self {
        let folder = mesoscope_tests::data("fold").join(scenario);
        let read =
            |name: &str| std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{scenario}/{name}: {error}"));
        let offset: usize = String::from_utf8_lossy(&read(&format!("point-{point}.offset")))
            .trim()
            .parse()
            .expect("an offset is a number");
        let meta: Value = serde_json::from_slice(&read("meta.json")).expect("meta.json is JSON");
        let file = meta["points"][point.to_string()]["stream"].as_str().unwrap_or("stream.raw");
        let mut stream = read(file);
        stream.truncate(offset);
        Self { stream, answers: answers(&folder, point) }
    }

    fn json(&self, call: &str) -> Value {
        let body = self.answers.get(call).map(|body| String::from_utf8_lossy(body).into_owned());
        body.and_then(|body| serde_json::from_str(&body).ok()).unwrap_or_default()
    }
}

/// The bodies by the calls that they answer.
fn answers(folder: &Path, point: u32) -> HashMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder).expect("the recording can be listed").filter_map(Result::ok);
    let call = |name: &str| {
        let call = name.strip_prefix(&format!("point-{point}."))?.strip_suffix(".json")?;
        call.starts_with("GET_").then(|| call.to_owned())
    };
    let named =
        files.filter_map(|file| Some((call(&file.file_name().to_string_lossy())?, std::fs::read(file.path()).ok()?)));
    named.collect()
}

/// A master that says it all again.
struct Replay {
    url: String,
    task: JoinHandle<()>,
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Replay {
    async fn start(recording: Arc<Recording>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let app = Router::new().fallback(answer).with_state(recording);
        Self { url, task: tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") }) }
    }
}

async fn answer(State(recording): State<Arc<Recording>>, body: Bytes) -> Response {
    let call = serde_json::from_slice::<Value>(&body).unwrap_or_default();
    let json = [("content-type", "application/json")];
    match call["type"].as_str().unwrap_or_default() {
        "SUBSCRIBE" => {
            let said = stream::once({
                let bytes = Bytes::from(recording.stream.clone());
                async move { Ok::<_, std::io::Error>(bytes) }
            });
            (json, Body::from_stream(said.chain(stream::pending()))).into_response()
        }
        call => match recording.answers.get(call) {
            Some(body) => (json, body.clone()).into_response(),
            None => (StatusCode::NOT_IMPLEMENTED, format!("{call} was not recorded")).into_response(),
        },
    }
}

/// All pages, each with words that only it has; one that begins with a table is of the first thing in that table.
const PAGES: [(&str, &str); 21] = [
    ("#/", "Capacity"),
    ("#/agents", "Attributes"),
    ("first of #/agents", "Raw JSON"),
    ("#/frameworks", "Max share"),
    ("first of #/frameworks", "Failover timeout"),
    ("#/tasks", "Changed"),
    ("first of #/tasks", "Raw JSON"),
    ("#/executors", "Executors"),
    ("#/roles", "Weight"),
    ("#/offers", "Offers"),
    ("#/operations", "Operations"),
    ("#/volumes", "Principal"),
    ("#/maintenance", "Maintenance"),
    ("#/master", "Leading master"),
    ("#/trouble", "Connection"),
    ("#/my-changes", "My changes"),
    ("#/agents/x/frameworks/y", "lists no agent"),
    ("first of #/roles", "Weight"),
    ("#/frameworks?filter=state%3Acompleted", "Frameworks"),
    ("#/tasks?filter=state%3Afailed", "Changed"),
    ("#/agents?filter=nothing-at-all", "No agents match"),
];

/// How many tasks the master answered, in all its lists.
fn tasks(recording: &Recording) -> usize {
    let reported = recording.json("GET_TASKS");
    let list =
        |name: &str| reported.pointer(&format!("/get_tasks/{name}")).and_then(Value::as_array).map_or(0, Vec::len);
    ["tasks", "unreachable_tasks", "completed_tasks", "orphan_tasks", "pending_tasks"].map(list).iter().sum()
}

async fn replayed(world: &World, scenario: &str, point: u32) -> WebDriverResult<()> {
    let recording = Arc::new(Recording::of(scenario, point));
    let master = Replay::start(Arc::clone(&recording)).await;
    let gateway = Gateway::start(std::slice::from_ref(&master.url), &[]).await.expect("mesoscope starts");
    let url = gateway.url();
    for (hash, says) in PAGES {
        match hash.strip_prefix("first of ") {
            None => world.at(&url).open(hash).await?,
            Some(table) => {
                world.at(&url).open(table).await?;
                let link =
                    "const link = document.querySelector('[role=grid] tbody a'); if (link) link.click(); return !!link";
                world.until("there is a row", async || world.script(link, []).await?.convert::<bool>()).await?;
            }
        }
        world.wait_for("Live").await?;
        world.wait_for(says).await?;
        let strangers: i64 = world
            .script("return document.querySelectorAll('main script, main img, main iframe').length", [])
            .await?
            .convert()?;
        assert_eq!(strangers, 0, "{scenario}: {hash} made markup of what the cluster said");
        if hash == "#/tasks" {
            let heading = format!("Tasks {}", tasks(&recording));
            world
                .until(&format!("{scenario}: {heading}"), async || {
                    Ok(world.find("heading", "~Tasks").await?.text().await? == heading)
                })
                .await?;
        }
    }
    // The recorded agents are gone, and the executable says so for each that is asked.
    let errors = world.errors().await?.into_iter().filter(|line| !line.contains("/agent/")).collect::<Vec<_>>();
    assert_eq!(errors, Vec::<String>::new(), "{scenario}");
    Ok(())
}

#[test]
fn recordings_of_a_real_mesos_are_shown_on_every_page() {
    journey_with("replay", still(), async |world| {
        for (scenario, point) in [
            ("01-tasks", 3),
            ("02-pods-health", 3),
            ("04-unreachable", 3),
            ("06-maintenance", 3),
            ("08-master-restart", 2),
            ("09-reservations-quota", 4),
            ("11-rings", 2),
            ("12-hostile", 3),
            ("13-invalid-utf8", 2),
        ] {
            replayed(world, scenario, point).await?;
        }
        Ok(())
    });
}
