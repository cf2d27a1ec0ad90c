//! The audit and the access log: who changed what, with which outcome. Foreign text cannot forge a line, and no secret is in one.

use std::path::{Path, PathBuf};

use hyper::Method;
use serde_json::{Value, json};

use super::agents::{cluster, master};
use super::ask::{Ask, GET_AGENTS, TEARDOWN, ask, call, get, within};
use super::executable::Gateway;
use super::script::{Reply, Script, nobody, reply};

const ALICE: &str = "Basic YWxpY2U6c2VjcmV0";

/// The fields of a line that a test compares.
pub fn part(line: &Value, names: &[&str]) -> Value {
    names.iter().map(|name| ((*name).to_owned(), line[*name].clone())).collect::<serde_json::Map<_, _>>().into()
}

/// The line of a write to a master that answers so.
async fn audited(answer: impl FnMut() -> Reply + Send + 'static, flags: &[&str], write: fn(&str) -> Ask) -> Value {
    let mut answer = answer;
    let master = Script::start(move |_| answer()).await;
    let mut gateway = Gateway::start(&[flags, &["--master", &master.url()]].concat()).await;
    write(&gateway.at).send().await;
    gateway.line().await
}

fn teardown(at: &str) -> Ask {
    call(at, TEARDOWN).with("authorization", ALICE)
}

fn kill_task(at: &str) -> Ask {
    let body = r#"{"type":"KILL","framework_id":{"value":"f"},"kill":{"task_id":{"value":"t"}}}"#;
    ask(at, Method::POST, "/api/v1/scheduler", body)
        .with("mesos-stream-id", "s")
        .with("content-type", "application/json")
}

#[tokio::test]
async fn a_write_has_one_line() {
    let master = Script::start(|_| reply(202, "")).await;
    let mut gateway = Gateway::before(&[&master.url()]).await;
    assert_eq!(call(&gateway.at, GET_AGENTS).send().await.status, 202);
    let answer = teardown(&gateway.at).send().await;
    let line = gateway.line().await;
    assert_eq!(
        part(&line, &["log", "user", "api", "call", "target", "outcome", "status", "master"]),
        json!({ "log": "audit", "user": "alice", "api": "master", "call": "TEARDOWN", "target": { "framework_id": ["f"] },
            "outcome": "accepted", "status": 202, "master": master.url() })
    );
    assert_eq!(line["request"].as_str(), answer.header("x-request-id"));
    assert!(line["peer"].as_str().is_some_and(|peer| peer.starts_with("127.0.0.1:")), "{line}");
    assert!(line["time"].as_str().is_some_and(|time| time.starts_with("20") && time.ends_with('Z')), "{line}");
    assert!(line["latency_ms"].is_u64(), "{line}");
    assert_eq!(gateway.stop().await, [""; 0]);
}

#[tokio::test]
async fn every_kind_of_write_is_audited() {
    let ok = || reply(200, "");
    let scheduler = audited(ok, &[], kill_task).await;
    assert_eq!(
        part(&scheduler, &["api", "call", "target", "outcome", "user"]),
        json!({ "api": "scheduler", "call": "KILL", "target": { "framework_id": ["f"], "task_id": ["t"] },
            "outcome": "accepted", "user": null })
    );
    let protobuf =
        |at: &str| ask(at, Method::POST, "/api/v1", "\u{8}\u{9}").with("content-type", "application/x-protobuf");
    let unclear = audited(ok, &[], protobuf).await;
    assert_eq!(
        part(&unclear, &["call", "target", "outcome"]),
        json!({ "call": null, "target": {}, "outcome": "accepted" })
    );

    let agent = Script::start(|_| reply(200, "")).await;
    let master = master(&cluster("f-S0", format!("slave(1)@{}", agent.at), "nowhere.invalid:1")).await;
    let mut gateway = Gateway::before(&[&master.url()]).await;
    let body = r#"{"type":"PRUNE_IMAGES"}"#;
    let asked = ask(&gateway.at, Method::POST, "/agent/f-S0/api/v1", body).with("content-type", "application/json");
    assert_eq!(asked.send().await.status, 200);
    let line = gateway.line().await;
    assert_eq!(
        part(&line, &["api", "agent", "call"]),
        json!({ "api": "agent", "agent": "f-S0", "call": "PRUNE_IMAGES" })
    );
}

#[tokio::test]
async fn a_line_has_the_outcome() {
    let refused = audited(|| reply(403, "no").with("content-type", "text/plain"), &[], teardown).await;
    assert_eq!(part(&refused, &["outcome", "status"]), json!({ "outcome": "refused", "status": 403 }));
    let denied = audited(|| reply(200, ""), &["--read-only"], teardown).await;
    assert_eq!(part(&denied, &["outcome", "status"]), json!({ "outcome": "not-sent", "status": 403 }));
    let denied = audited(|| reply(200, ""), &["--no-exec"], kill_task).await;
    assert_eq!(part(&denied, &["outcome", "status"]), json!({ "outcome": "not-sent", "status": 403 }));
    let broken = audited(|| Reply::HangUp, &[], teardown).await;
    assert_eq!(part(&broken, &["outcome", "status"]), json!({ "outcome": "unknown", "status": 502 }));

    let mut gateway = Gateway::before(&[&format!("http://{}", nobody().await)]).await;
    teardown(&gateway.at).send().await;
    assert_eq!(part(&gateway.line().await, &["outcome", "master"]), json!({ "outcome": "not-sent", "master": null }));

    let master = Script::start(|_| reply(200, "")).await;
    let mut gateway = Gateway::before(&[&master.url()]).await;
    for _ in 0..2 {
        teardown(&gateway.at).with("x-mesoscope-write", "1").send().await;
    }
    let outcomes = [gateway.line().await["outcome"].clone(), gateway.line().await["outcome"].clone()];
    assert_eq!(outcomes, [json!("accepted"), json!("unknown")]);
}

/// A master that never answers: the line is written when the browser has left.
#[tokio::test]
async fn a_write_of_a_browser_that_leaves_has_a_line() {
    let (held, mut left) = tokio::sync::mpsc::channel(1);
    let mut reply = Some(Reply::Silence(held));
    let master = Script::start(move |_| reply.take().expect("it is asked once")).await;
    let mut gateway = Gateway::before(&[&master.url()]).await;
    let sending = tokio::spawn(teardown(&gateway.at).send());
    within(master.asked()).await;
    sending.abort();
    within(left.recv()).await;
    let line = gateway.line().await;
    assert_eq!(
        part(&line, &["call", "outcome", "status"]),
        json!({ "call": "TEARDOWN", "outcome": "unknown", "status": null })
    );
}

#[tokio::test]
async fn a_line_cannot_be_forged() {
    let master = Script::start(|_| reply(200, "")).await;
    let mut gateway = Gateway::before(&[&master.url()]).await;
    let forged =
        r#"{"type":"A\",\"outcome\":\"accepted\"}\n{\"log\":\"audit\u001b[31m\u2028","x":{"role":"\u202e\r\n{}"}}"#;
    // "a\nb":x
    let asked = ask(&gateway.at, Method::POST, "/api/v1", forged).with("authorization", "Basic YQpiOng=");
    assert_eq!(asked.with("content-type", "application/json").send().await.status, 200);
    let line = gateway.line().await;
    assert_eq!((&line["outcome"], &line["user"]), (&json!("accepted"), &json!("a\\nb")));
    assert_eq!(line["target"]["role"], json!(["\\u{202e}\\r\\n{}"]));
    let path = ask(&gateway.at, Method::POST, "/agent/x%0a%7b%22log%22/api/v1", r#"{"type":"PRUNE_IMAGES"}"#);
    path.with("content-type", "application/json").send().await;
    assert_eq!(gateway.line().await["agent"], json!("x\\n{\"log\""));
    let more = gateway.stop().await;
    assert_eq!(more, [""; 0]);
}

#[tokio::test]
async fn a_line_has_no_secret() {
    let master = Script::start(|_| reply(200, "")).await;
    let gateway = Gateway::start(&["--master", &master.url(), "--access-log", "stdout"]).await;
    let body = r#"{"type":"LAUNCH_CONTAINER","launch_container":{"container_id":{"value":"c"},"command":{"value":"hunter2",
        "arguments":["hunter2"],"environment":{"variables":[{"name":"A","value":"hunter2"}]}},"labels":{"role":{"value":"hunter2"}}}}"#;
    for authorization in
        ["Basic aHVudGVyMg==", "Bearer hunter2", "token=hunter2", "hunter2", "Basic YWxpY2U6aHVudGVyMg=="]
    {
        let asked = ask(&gateway.at, Method::POST, "/api/v1?key=hunter2", body).with("cookie", "hunter2");
        asked.with("content-type", "application/json").with("authorization", authorization).send().await;
    }
    get(&gateway.at, "/download/hunter2").send().await;
    get(&gateway.at, "/agent/S/session/hunter2").send().await;
    let lines = gateway.stop().await;
    assert_eq!(lines.len(), 6 + 7, "{lines:#?}");
    assert!(lines.iter().all(|line| !line.contains("hunter2")), "{lines:#?}");
}

fn path(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("audit-{name}.log"));
    let _ = std::fs::remove_file(&path);
    path
}

/// Waits until the file has so many lines.
async fn lines(path: &Path, count: usize) -> Vec<String> {
    let read = async {
        loop {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            if text.lines().count() >= count {
                return text.lines().map(str::to_owned).collect::<Vec<_>>();
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    within(read).await
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_was_renamed_is_opened_again_on_sighup() {
    let (file, renamed) = (path("file"), path("renamed"));
    let master = Script::start(|_| reply(200, "")).await;
    let gateway = Gateway::start(&["--master", &master.url(), "--audit-log", &file.display().to_string()]).await;
    teardown(&gateway.at).send().await;
    assert_eq!(lines(&file, 1).await.len(), 1);
    std::fs::rename(&file, &renamed).expect("it can be renamed");
    let id = gateway.child.id().expect("it runs").to_string();
    assert!(std::process::Command::new("kill").args(["-HUP", &id]).status().expect("kill is there").success());
    let exists = async {
        while !file.exists() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    within(exists).await;
    teardown(&gateway.at).send().await;
    assert_eq!((lines(&file, 1).await.len(), lines(&renamed, 1).await.len()), (1, 1));
    assert_eq!(gateway.stop().await, [""; 0], "stdout has no lines");
}

/// Nothing can be written to `/dev/full`, as to a full disk. Calls go on, and the lines that are lost are counted.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn lines_that_a_full_disk_loses_are_counted() {
    let master = Script::start(|_| reply(200, "")).await;
    let gateway = Gateway::start(&["--master", &master.url(), "--audit-log", "/dev/full"]).await;
    for _ in 0..2 {
        assert_eq!(teardown(&gateway.at).send().await.status, 200);
    }
    let counted = async {
        while !get(&gateway.at, "/metrics").send().await.words().await.contains("mesoscope_log_lines_lost_total 2\n") {}
    };
    within(counted).await;
}

#[tokio::test]
async fn a_log_can_be_off_and_the_access_log_on() {
    let master = Script::start(|_| reply(200, "{}")).await;
    let flags = ["--master", &master.url(), "--audit-log", "none", "--access-log", "stdout"];
    let mut gateway = Gateway::start(&flags).await;
    let answer = teardown(&gateway.at).send().await;
    let id = answer.header("x-request-id").map(str::to_owned);
    answer.words().await;
    let line = gateway.line().await;
    assert_eq!(
        part(&line, &["log", "request", "user", "method", "path", "protocol", "status", "bytes"]),
        json!({ "log": "access", "request": id, "user": "alice", "method": "POST", "path": "/api/v1",
            "protocol": "HTTP/1.1", "status": 200, "bytes": 2 })
    );
    get(&gateway.at, "/x%1b").with("host", "evil.example").send().await;
    let line = gateway.line().await;
    assert_eq!(part(&line, &["path", "status"]), json!({ "path": "/x%1b", "status": 421 }));
    assert_eq!(gateway.stop().await, [""; 0]);
}

#[tokio::test]
async fn a_log_that_cannot_be_written_is_an_error() {
    let args = ["--master", "http://m", "--listen", "127.0.0.1:0", "--audit-log", "/no/such/folder/file"];
    let output = within(super::executable::command(&args).output()).await.expect("it runs");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && words.contains("/no/such/folder/file (--audit-log): "), "{words}");
}
