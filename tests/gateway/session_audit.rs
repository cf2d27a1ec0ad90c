//! The audit lines of terminals: one for each that was opened, and one for each that the gateway refused.

use hyper::Method;
use mesoscope_core::mesos::calls::terminal::{FromGateway, SessionCommand, SessionRequest, TerminalSize};
use serde_json::{Value, json};

use super::agents::{cluster, master};
use super::ask::{ask, get, within};
use super::audit::part;
use super::executable::Gateway;
use super::script::{Reply, Script, reply};
use super::sessions::Cluster;
use super::terminal::{Terminal, announce, launch, open, shell, upgrade};

const REFUSAL: [&str; 7] = ["log", "api", "agent", "call", "program", "outcome", "status"];

async fn gateway(flags: &[&str]) -> Gateway {
    Gateway::start(&[&["--master", "http://127.0.0.1:1"], flags].concat()).await
}

/// Fields of the line of a refused terminal.
fn refusal(call: Option<&str>, program: Option<&str>, status: u16) -> Value {
    json!({ "log": "audit", "api": "terminal", "agent": "S0", "call": call, "program": program, "outcome": "not-sent",
        "status": status })
}

const LAUNCH: Option<&str> = Some("LAUNCH_NESTED_CONTAINER_SESSION");

#[tokio::test]
async fn a_terminal_has_one_line() {
    let cluster = Cluster::start().await;
    let mut gateway = cluster.gateway(&[]).await;
    let command = SessionCommand::Line("exit 3; hunter2".into());
    let mut terminal = Terminal::begin(&gateway.at, &cluster.agent, launch(&cluster.container, command)).await;
    while let Some(event) = terminal.event().await {
        if matches!(event, FromGateway::Exited { .. }) {
            break;
        }
    }
    let line = gateway.line().await;
    assert_eq!(
        part(&line, &["log", "api", "agent", "call", "program", "outcome", "exit_code", "signal", "status", "reason"]),
        json!({ "log": "audit", "api": "terminal", "agent": cluster.agent, "call": LAUNCH, "program": "exit",
            "outcome": "accepted", "exit_code": 3, "signal": null, "status": null, "reason": null })
    );
    let inside = format!("{}.", cluster.container);
    assert!(line["container"].as_str().is_some_and(|id| id.starts_with(&inside)), "{line}");
    assert!(!line.to_string().contains("hunter2"), "{line}");
    assert_eq!(gateway.stop().await, [""; 0]);
}

#[tokio::test]
async fn a_terminal_that_is_not_allowed_has_a_line() {
    for (flags, status, words) in [
        (&["--read-only"][..], 403, "read-only"),
        (&["--no-exec"], 403, "--no-exec"),
        (&["--limit-sessions", "0"], 429, "terminals are open"),
    ] {
        let mut gateway = gateway(flags).await;
        assert_eq!(announce(&gateway.at, "S0", shell("c")).await.status, status);
        let line = gateway.line().await;
        assert_eq!(part(&line, &REFUSAL), refusal(LAUNCH, Some("/bin/sh"), status));
        assert!(line["reason"].as_str().is_some_and(|reason| reason.contains(words)), "{line}");
        if status == 403 {
            assert_eq!(open(&gateway.at, upgrade(&gateway.at, "S0", "x")).await.err(), Some(status));
            assert_eq!(part(&gateway.line().await, &REFUSAL), refusal(None, None, status));
        }
        assert_eq!(gateway.stop().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_request_for_a_terminal_that_is_none_has_a_line_without_its_text() {
    let mut gateway = gateway(&[]).await;
    let too_long = " ".repeat((256 << 10) + 1);
    let unknown = r#"{"target":{"type":"hunter2"},"size":{"rows":1,"columns":1}}"#;
    for (body, status) in [(too_long.as_str(), 413), (unknown, 400), ("", 400)] {
        let asked = ask(&gateway.at, Method::POST, "/agent/S0/session", body.to_owned());
        let asked = asked.with("authorization", "Basic YWxpY2U6aHVudGVyMg==");
        assert_eq!(asked.send().await.status, status);
        let line = gateway.line().await;
        assert_eq!(part(&line, &REFUSAL), refusal(None, None, status));
        assert_eq!(line["user"], "alice");
        assert!(line["reason"].is_string() && !line.to_string().contains("hunter2"), "{line}");
    }
}

#[tokio::test]
async fn a_websocket_that_is_refused_has_a_line() {
    let mut gateway = gateway(&[]).await;
    let ticket = announce(&gateway.at, "S0", shell("c")).await.words().await;
    let request = || upgrade(&gateway.at, "S0", ticket.trim());
    let (mut none, mut other) = (request(), request());
    none.headers_mut().remove("origin");
    other.headers_mut().insert("sec-websocket-protocol", "chat".parse().expect("a header's value"));
    let unknown = upgrade(&gateway.at, "S0", "guess");
    for (request, status) in [(none, 403), (other, 400), (unknown, 404)] {
        assert_eq!(open(&gateway.at, request).await.err(), Some(status));
        assert_eq!(part(&gateway.line().await, &REFUSAL), refusal(None, None, status));
    }
    let path = format!("/agent/S0/session/{}", ticket.trim());
    assert_eq!(get(&gateway.at, &path).send().await.status, 400);
    let line = gateway.line().await;
    assert_eq!(part(&line, &REFUSAL), refusal(None, None, 400));
    assert!(!line.to_string().contains(ticket.trim()), "{line}");
    assert_eq!(gateway.stop().await, [""; 0], "a ticket has no line");
}

/// The ticket of a second terminal is from before the first one was opened. Its agent never answers, so it stays open.
#[tokio::test]
async fn a_websocket_above_the_limit_has_a_line_with_the_user_of_its_ticket() {
    let agent = Script::start(|_| Reply::Silence(tokio::sync::mpsc::channel(1).0)).await;
    let master = master(&cluster("S0", format!("slave(1)@{}", agent.at), "127.0.0.1:1")).await;
    let mut gateway = Gateway::start(&["--master", &master.url(), "--limit-sessions", "4"]).await;
    let mut tickets = Vec::new();
    for _ in 0..2 {
        let body = SessionRequest { target: shell("c"), size: TerminalSize::new(24, 80) };
        let asked = ask(&gateway.at, Method::POST, "/agent/S0/session", body.json());
        tickets.push(asked.with("authorization", "Basic YWxpY2U6c2VjcmV0").send().await.words().await);
    }
    let _first = open(&gateway.at, upgrade(&gateway.at, "S0", tickets[0].trim())).await.expect("the ticket is good");
    within(agent.asked()).await;
    assert_eq!(open(&gateway.at, upgrade(&gateway.at, "S0", tickets[1].trim())).await.err(), Some(429));
    let line = gateway.line().await;
    assert_eq!(part(&line, &REFUSAL), refusal(LAUNCH, Some("/bin/sh"), 429));
    assert_eq!(line["user"], "alice");
}

/// An agent reports the wait status of a process. 1792 is exit code 7.
#[tokio::test]
async fn the_end_of_a_process_is_an_exit_code_or_a_signal() {
    for (status, code, signal) in [(1792, json!(7), json!(null)), (9, json!(null), json!("SIGKILL"))] {
        let agent = Script::start(move |seen| {
            let end = json!({ "type": "WAIT_NESTED_CONTAINER", "wait_nested_container": { "exit_status": status } });
            let body = if seen.text().contains("WAIT_NESTED_CONTAINER") { end.to_string() } else { String::new() };
            reply(200, body).with("content-type", "application/json")
        });
        let agent = agent.await;
        let master = master(&cluster("S0", format!("slave(1)@{}", agent.at), "127.0.0.1:1")).await;
        let mut gateway = Gateway::before(&[&master.url()]).await;
        let mut terminal = Terminal::begin(&gateway.at, "S0", shell("c")).await;
        while terminal.event().await.is_some() {}
        let line = gateway.line().await;
        assert_eq!(
            part(&line, &["outcome", "exit_code", "signal"]),
            json!({ "outcome": "accepted", "exit_code": code, "signal": signal })
        );
    }
}
