//! `--read-only` before a real Mesos: a body that the real agent takes for another call than it seems changes nothing.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::Value;

use super::ask::{GET_AGENTS, ask, call};
use super::executable::Gateway;
use mesoscope_tests::shared::real_mesos;

const PATIENCE: Duration = Duration::from_secs(20);

/// Names end at NUL for Mesos, and the last of equal names counts: this launches a container.
fn hidden(container: &str, file: &str) -> String {
    let launch = format!(
        r#"{{"container_id":{{"value":"{container}"}},"command":{{"value":"touch {file}"}},"resources":[{{"name":"cpus","type":"SCALAR","scalar":{{"value":0.1}}}},{{"name":"mem","type":"SCALAR","scalar":{{"value":32}}}}]}}"#
    );
    format!(r#"{{"type":"GET_VERSION","type\u0000":"LAUNCH_CONTAINER","launch_container":{launch}}}"#)
}

async fn an_agent(at: &str) -> String {
    let answer = call(at, GET_AGENTS).with("accept", "application/json").send().await;
    let answer: Value = serde_json::from_str(&answer.words().await).expect("an answer is JSON");
    let id = &answer["get_agents"]["agents"][0]["agent_info"]["id"]["value"];
    id.as_str().expect("the cluster has agents").to_owned()
}

/// Sends the body to the agent; the status, and the words.
async fn send(at: &str, agent: &str, body: String) -> (u16, String) {
    let asked = ask(at, Method::POST, &format!("/agent/{agent}/api/v1"), body);
    let answer = asked.with("content-type", "application/json").with("accept", "application/json").send().await;
    (answer.status.as_u16(), answer.words().await)
}

#[tokio::test]
async fn a_hidden_write_runs_nothing() {
    let Some(cluster) = real_mesos::Cluster::start("a_hidden_write_runs_nothing") else { return };
    let folder = std::env::temp_dir().join(format!("mesoscope-read-only-{}", cluster.port));
    std::fs::create_dir_all(&folder).expect("a folder for what commands leave");
    let file = |name: &str| -> PathBuf { folder.join(name) };
    let read_only = Gateway::start(&["--master", &cluster.master(), "--read-only"]).await;
    let full = Gateway::before(&[&cluster.master()]).await;
    let agent = an_agent(&read_only.at).await;

    let (status, words) = send(&read_only.at, &agent, hidden("refused", &file("refused").display().to_string())).await;
    assert_eq!(status, 403, "{words}");
    assert!(words.contains(r"unknown field `type\0`"), "{words}");

    // That the agent would have run it is what makes this a test.
    let (status, words) = send(&full.at, &agent, hidden("launched", &file("launched").display().to_string())).await;
    assert_eq!(status, 200, "{words}");
    let started = Instant::now();
    while !file("launched").exists() {
        assert!(started.elapsed() < PATIENCE, "the agent ran no command");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!file("refused").exists(), "a command ran");
    let containers = r#"{"type":"GET_CONTAINERS","get_containers":{"show_standalone":true}}"#;
    let (status, words) = send(&read_only.at, &agent, containers.to_owned()).await;
    assert_eq!(status, 200, "{words}");
    assert!(!words.contains("\"refused\""), "{words}");
    let _ = std::fs::remove_dir_all(&folder);
}
