//! Downloads: announced with a call's credentials, fetched once, exact to the byte; folders as tar.

use std::io::Read;

use hyper::Method;

use super::ask::{Ask, ask};
use super::executable::Gateway;

async fn server(credentials: Option<&str>) -> sim::server::Server {
    let config = sim::server::config::Config { credentials: credentials.map(str::to_owned), ..Default::default() };
    sim::server::Server::start(config).await.expect("ports are free")
}

fn announce(gateway: &Gateway, agent: Option<&str>, path: &str) -> Ask {
    let agent = agent.map_or("null".to_owned(), |agent| format!("\"{agent}\""));
    let body = format!(r#"{{"agent":{agent},"path":"{path}"}}"#);
    ask(&gateway.at, Method::POST, "/download", body).with("content-type", "application/json")
}

async fn fetch(gateway: &Gateway, ticket: &str) -> (u16, Option<String>, Vec<u8>) {
    let mut answer = ask(&gateway.at, Method::GET, &format!("/download/{}", ticket.trim()), "").send().await;
    let name = answer.header("content-disposition").map(str::to_owned);
    let (status, mut bytes) = (answer.status.as_u16(), Vec::new());
    while let Some(piece) = answer.next().await {
        bytes.extend_from_slice(&piece.expect("unbroken"));
    }
    (status, name, bytes)
}

/// A running pod's task: its agent, and its folder.
fn sandbox(server: &sim::server::Server) -> (String, String) {
    let state = server.with(|sim| sim.state());
    let tasks = state["get_state"]["get_tasks"]["tasks"].as_array().expect("tasks");
    let text = |value: &serde_json::Value| value["value"].as_str().expect("an id").to_owned();
    let pod = tasks.iter().find(|task| {
        task["state"] == "TASK_RUNNING"
            && task["executor_id"]["value"].as_str().is_some_and(|id| id.starts_with("pod-"))
    });
    let pod = pod.expect("a pod runs");
    let root = format!(
        "/frameworks/{}/executors/{}/runs/latest/tasks/{}",
        text(&pod["framework_id"]),
        text(&pod["executor_id"]),
        text(&pod["task_id"])
    );
    (text(&pod["agent_id"]), root)
}

#[tokio::test]
async fn a_file_is_downloaded_once_and_whole() {
    let server = server(None).await;
    let gateway = Gateway::start(&["--master", &server.master_urls()[0]]).await;
    let (agent, root) = sandbox(&server);
    let ticket = announce(&gateway, Some(&agent), &format!("{root}/app")).send().await;
    assert_eq!(ticket.status, 200);
    let ticket = ticket.words().await;
    let (status, name, bytes) = fetch(&gateway, &ticket).await;
    assert_eq!((status, name.as_deref(), bytes.len()), (200, Some("attachment; filename*=UTF-8''app"), 4_700_160));
    assert!(bytes.starts_with(b"\x7fELF"));
    assert_eq!(fetch(&gateway, &ticket).await.0, 404, "a ticket is good once");
    let log = announce(&gateway, None, "/master/log").send().await.words().await;
    let (status, _, bytes) = fetch(&gateway, &log).await;
    assert!(status == 200 && bytes.len() >= 27_000, "the master's log");
}

#[tokio::test]
async fn a_folder_is_downloaded_as_tar() {
    let server = server(None).await;
    let gateway = Gateway::start(&["--master", &server.master_urls()[0]]).await;
    let (agent, root) = sandbox(&server);
    let ticket = announce(&gateway, Some(&agent), &format!("{root}/conf")).send().await.words().await;
    let (status, name, bytes) = fetch(&gateway, &ticket).await;
    assert_eq!((status, name.as_deref()), (200, Some("attachment; filename*=UTF-8''conf.tar")));
    let mut archive = tar::Archive::new(bytes.as_slice());
    let mut names = Vec::new();
    for entry in archive.entries().expect("a tar") {
        let mut entry = entry.expect("an entry");
        let mut text = Vec::new();
        entry.read_to_end(&mut text).expect("its bytes");
        names.push((entry.path().expect("a path").display().to_string(), text.len()));
    }
    names.sort();
    assert_eq!(
        names.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["conf/app.properties", "conf/catalog.json", "conf/chart.png", "conf/run.sh", "conf/service.json"]
    );
    assert_eq!(names[0].1, 312);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_where_it_is_announced() {
    let server = server(Some("alice:secret")).await;
    let gateway = Gateway::start(&["--master", &server.master_urls()[0]]).await;
    assert_eq!(announce(&gateway, None, "/master/log").send().await.status, 401);
    let signed = |agent: Option<&str>, path: &str| {
        announce(&gateway, agent, path).with("authorization", "Basic YWxpY2U6c2VjcmV0")
    };
    let ticket = signed(None, "/master/log").send().await.words().await;
    // The ticket represents who asked for it.
    assert_eq!(fetch(&gateway, &ticket).await.0, 200);
    // 404 would say that nobody there gives downloads.
    assert_eq!(signed(None, "/nowhere").send().await.status, 410);
    assert_eq!(signed(Some("nobody"), "/slave/log").send().await.status, 502);
    // Mesos would open what is named before the NUL.
    let nul = signed(None, "/master/log\\u0000x").send().await;
    assert_eq!(nul.status, 400);
    assert!(nul.words().await.contains("NUL"));
    assert_eq!(fetch(&gateway, "0123456789abcdef0123456789abcdef").await.0, 404);
    let evil = signed(None, "/master/log").with("origin", "http://evil.example").send().await;
    assert_eq!(evil.status, 403);
}

/// State of the download of a ticket.
async fn state(gateway: &Gateway, method: Method, ticket: &str) -> (u16, String) {
    let answer = ask(&gateway.at, method, &format!("/download/{}/state", ticket.trim()), "").send().await;
    (answer.status.as_u16(), answer.words().await)
}

#[tokio::test]
async fn how_far_a_download_is_can_be_asked_and_it_can_be_stopped() {
    let server = server(None).await;
    let gateway = Gateway::start(&["--master", &server.master_urls()[0]]).await;
    let (agent, root) = sandbox(&server);
    let ticket = announce(&gateway, Some(&agent), &format!("{root}/app")).send().await.words().await;
    assert_eq!(state(&gateway, Method::GET, &ticket).await.0, 404, "it was not fetched yet");
    assert_eq!(fetch(&gateway, &ticket).await.0, 200);
    let (status, reported) = state(&gateway, Method::GET, &ticket).await;
    assert_eq!(status, 200);
    assert!(
        reported.contains("\"sent\":4700160")
            && reported.contains("\"ended\":true")
            && reported.contains("\"why\":null"),
        "{reported}"
    );

    // Ten gigabytes, of which a little is taken.
    let ticket = announce(&gateway, Some(&agent), &format!("{root}/logs/archive.log")).send().await.words().await;
    let mut answer = ask(&gateway.at, Method::GET, &format!("/download/{}", ticket.trim()), "").send().await;
    assert!(answer.next().await.is_some_and(|piece| piece.is_ok()));
    let (_, reported) = state(&gateway, Method::GET, &ticket).await;
    assert!(reported.contains("\"size\":10737418240") && reported.contains("\"ended\":false"), "{reported}");
    assert_eq!(state(&gateway, Method::POST, &ticket).await.0, 200);
    let mut is_broken = false;
    while let Some(piece) = answer.next().await {
        is_broken |= piece.is_err();
    }
    assert!(is_broken, "a part is not taken for the whole");
    let (_, reported) = state(&gateway, Method::GET, &ticket).await;
    assert!(reported.contains("\"ended\":true") && reported.contains("It was stopped."), "{reported}");
}
