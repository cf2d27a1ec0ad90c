//! Terminals on a real agent: typed into, resized, interrupted, joined, left, and ended.

use std::time::Duration;

use mesoscope_core::mesos::calls::terminal::{FromGateway, FromPage, OUTPUT_WINDOW, SessionTarget, TerminalSize};
use mesoscope_tests::shared::real_mesos;
use serde_json::{Value, json};

use super::ask::within;
use super::executable::Gateway;
use super::operator::Operator;
use super::terminal::{Terminal, shell};

const JOB: &str = r#"{"name": "job", "refuse_seconds": 3600, "tasks": [{"name": "serve", "command": "sleep 1000"}]}"#;
/// A look every so often.
const EVERY: Duration = Duration::from_millis(50);

/// The agent and the container of the task, once it runs.
async fn home(operator: &Operator) -> (String, String) {
    loop {
        let tasks = operator.content("GET_TASKS").await;
        let task = &tasks["tasks"][0];
        let id = |value: &Value| value["value"].as_str().map(str::to_owned);
        let container =
            task["statuses"].as_array().and_then(|all| all.last()).map(|status| &status["container_status"]);
        let found = container.and_then(|status| id(&status["container_id"]));
        if let (Some(agent), Some(container)) = (id(&task["agent_id"]), found) {
            return (agent, container);
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Waits until the agent lists a container no more.
async fn until_removed(operator: &Operator, agent: &str, id: &str) {
    loop {
        let all = json!({ "show_nested": true, "show_standalone": true });
        if !operator.ask_agent(agent, "GET_CONTAINERS", all).await.contains(id) {
            return;
        }
        tokio::time::sleep(EVERY).await;
    }
}

#[tokio::test]
async fn terminals_on_a_real_agent_from_their_prompt_to_their_end() {
    let name = "terminals_on_a_real_agent_from_their_prompt_to_their_end";
    let Some(cluster) = real_mesos::Cluster::start_with_sessions(name) else { return };
    let gateway = Gateway::before(&[&cluster.master()]).await;
    let operator = Operator { at: gateway.at.clone() };
    cluster.framework(JOB);
    let (agent, container) = within(home(&operator)).await;

    let mut first = Terminal::begin(&gateway.at, &agent, shell(&container)).await;
    let own = first.opened().await;
    first.report(&FromPage::Resize { size: TerminalSize::new(31, 101) }).await;
    first.write("stty size\r").await;
    first.until("31 101").await;
    first.write("sleep 1000\r").await;
    first.until("sleep 1000\r\n").await;
    first.write("\u{3}").await;
    first.until("^C").await;

    let join = |writes| SessionTarget::Attach { container: own.clone(), writes };
    let mut reader = Terminal::begin(&gateway.at, &agent, join(false)).await;
    assert_eq!(reader.opened().await, own);
    let mut writer = Terminal::begin(&gateway.at, &agent, join(true)).await;
    assert_eq!(writer.opened().await, own);
    let words = "Multiple input connections are not allowed".to_owned();
    assert_eq!(writer.event().await, Some(FromGateway::InputRefused { status: 409, words }));
    first.write("echo $((6 * 7))\r").await;
    for terminal in [&mut first, &mut reader, &mut writer] {
        terminal.until("42\r\n").await;
    }
    drop(writer);
    first.write("exit 7\r").await;
    let exited = Some(FromGateway::Exited { exit_status: Some(7 << 8), unreadable: 0 });
    assert_eq!(reader.event().await, exited);
    assert_eq!(first.event().await, exited.clone());
    within(until_removed(&operator, &agent, own.value.as_str())).await;

    // Mesos keeps what a slow reader leaves; the gateway does not pass it on after Ctrl+C.
    let mut flood = Terminal::begin(&gateway.at, &agent, shell(&container)).await;
    flood.opened().await;
    flood.shows = false;
    flood.write("yes\r").await;
    let flooding = tokio::time::timeout(Duration::from_secs(2), async { while flood.event().await.is_some() {} });
    assert!(flooding.await.is_err(), "it waits for the page");
    let first = flood.printed.len() as u64;
    flood.report(&FromPage::Shown { bytes: first }).await;
    flood.write("\u{3}").await;
    flood.until("^C").await;
    let printed = flood.printed.len() as u64;
    assert!(printed < first + 2 * OUTPUT_WINDOW, "{printed}");
    flood.write("exit 7\r").await;
    assert_eq!(flood.event().await, exited);

    let mut dropped = Terminal::begin(&gateway.at, &agent, shell(&container)).await;
    let own = dropped.opened().await;
    drop(dropped);
    within(until_removed(&operator, &agent, own.value.as_str())).await;
}
