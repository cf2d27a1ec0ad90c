//! What comes from outside stays within its own line of the log, and says nothing to a terminal.

use std::process::Stdio;

use hyper::Method;

use super::ask::{ask, call, get};
use super::executable::{Gateway, command};
use super::script::{Script, reply};

/// A master's words, a path and an agent's id that try to be lines of their own, or red.
const FORGED: &str = "x\n2026-01-01T00:00:00Z ERROR mesoscope: forged \u{1b}[31mred\u{9b}0m \u{202e}\r\u{2028}";

async fn logged(environment: &[(&str, &str)]) -> String {
    let master = Script::start(|seen| match seen.text().contains("GET_AGENTS") {
        true => reply(200, r#"{"type":"GET_AGENTS","get_agents":{"agents":[]}}"#),
        false => reply(503, FORGED),
    })
    .await;
    let mut command = command(&["--master", &master.url(), "--log", "trace", "--read-only", "--listen", "127.0.0.1:0"]);
    let gateway = Gateway::run(command.envs(environment.iter().copied()).stderr(Stdio::piped())).await;
    assert_eq!(call(&gateway.at, r#"{"type":"GET_FLAGS"}"#).send().await.status, 503);
    assert_eq!(call(&gateway.at, r#"{"type":"GET_\n\u001b[31mFLAGS"}"#).send().await.status, 403);
    assert_eq!(get(&gateway.at, "/x").with("host", "evil%0a.example").send().await.status, 421);
    let agent = ask(&gateway.at, Method::POST, "/agent/a%0aERROR%1b%5b31m/api/v1", r#"{"type":"GET_HEALTH"}"#);
    assert_eq!(agent.with("content-type", "application/json").send().await.status, 404);
    gateway.log().await
}

#[tokio::test]
async fn a_line_of_the_log_is_the_gateways_own() {
    for environment in [&[][..], &[("NO_COLOR", "1")], &[("CLICOLOR_FORCE", "1"), ("TERM", "xterm-256color")]] {
        let log = logged(environment).await;
        assert!(log.contains(r"is not ready: x\n2026-01-01T00:00:00Z ERROR mesoscope: forged \u{1b}[31mred"), "{log}");
        assert!(log.contains(r"GET_\n\u{1b}[31mFLAGS"), "{log}");
        let hidden = |c: char| c != '\n' && (c.is_control() || matches!(c, '\u{202e}' | '\u{2028}'));
        assert!(!log.contains(hidden), "{log:?}");
        let own = |line: &str| ["TRACE", "DEBUG", " INFO", " WARN"].iter().any(|level| line.contains(level));
        assert!(log.lines().all(|line| line.starts_with("20") && own(line)), "{log}");
    }
}
