//! Terminals: tickets, access checks, bytes both ways, the end of the process, of the page and of the gateway.

use std::time::Duration;

use hyper::Method;
use mesoscope_core::mesos::calls::terminal::{
    FromGateway, FromPage, OUTPUT_WINDOW, SessionCommand, SessionTarget, TerminalSize,
};

use super::agents::{cluster, master};
use super::ask::{ask, call, within};
use super::executable::{Gateway, command};
use super::script::{Reply, Script, feed, reply, stream};
use super::terminal::{Terminal, announce, launch, open, shell, upgrade};

/// A simulated cluster with a running task.
pub struct Cluster {
    server: sim::server::Server,
    pub agent: String,
    pub container: String,
}

impl Cluster {
    pub async fn start() -> Cluster {
        let size = sim::size::Size::Custom { agents: 4, tasks: 60, completed: 0 };
        let config = sim::server::config::Config { size, rate: 0.0, ..Default::default() };
        let server = sim::server::Server::start(config).await.expect("ports are free");
        let state = server.with(|sim| sim.state())["get_state"]["get_tasks"]["tasks"].take();
        let tasks = state.as_array().expect("tasks are listed");
        let started = tasks.iter().find(|task| !task["statuses"].is_null()).expect("a task has started");
        let container = &started["statuses"][0]["container_status"]["container_id"];
        let outer = if container["parent"].is_null() { container } else { &container["parent"] };
        let text = |value: &serde_json::Value| value["value"].as_str().expect("an id is text").to_owned();
        Cluster { agent: text(&started["agent_id"]), container: text(outer), server }
    }

    pub async fn gateway(&self, flags: &[&str]) -> Gateway {
        let url = &self.server.master_urls()[0];
        Gateway::start(&[&["--master", url], flags].concat()).await
    }

    async fn shell(&self, gateway: &Gateway) -> Terminal {
        Terminal::begin(&gateway.at, &self.agent, shell(&self.container)).await
    }

    /// Whether the agent still lists a container of that id.
    async fn lists(&self, gateway: &Gateway, id: &str) -> bool {
        let body = r#"{"type":"GET_CONTAINERS","get_containers":{"show_nested":true,"show_standalone":true}}"#;
        let asked = ask(&gateway.at, Method::POST, &format!("/agent/{}/api/v1", self.agent), body);
        let answer = asked.with("content-type", "application/json").send().await;
        assert_eq!(answer.status, 200);
        answer.words().await.contains(id)
    }

    async fn until_removed(&self, gateway: &Gateway, id: &str) {
        let removed = async {
            while self.lists(gateway, id).await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        within(removed).await;
    }
}

fn exited(status: i64) -> Option<FromGateway> {
    Some(FromGateway::Exited { exit_status: Some(status), unreadable: 0 })
}

#[tokio::test]
async fn a_shell_from_its_prompt_to_its_exit_status() {
    let cluster = Cluster::start().await;
    let gateway = cluster.gateway(&[]).await;
    let mut terminal = cluster.shell(&gateway).await;
    let container = terminal.opened().await;
    assert_eq!(container.parent.as_ref().map(|parent| parent.value.as_str()), Some(&*cluster.container));
    terminal.until("# ").await;
    assert!(cluster.lists(&gateway, container.value.as_str()).await);
    terminal.report(&FromPage::Resize { size: TerminalSize::new(30, 100) }).await;
    terminal.write("stty size\r").await;
    terminal.until("30 100").await;
    terminal.write("sleep 1000\r").await;
    terminal.write("\u{3}").await;
    terminal.until("^C").await;
    terminal.write("exit 5\r").await;
    assert_eq!(terminal.event().await, exited(5 << 8));
    assert_eq!(terminal.next().await, None, "the WebSocket is closed");
    cluster.until_removed(&gateway, container.value.as_str()).await;
}

#[tokio::test]
async fn a_command_that_only_prints() {
    let cluster = Cluster::start().await;
    let gateway = cluster.gateway(&[]).await;
    let target = launch(&cluster.container, SessionCommand::Line("echo hello; exit 3".into()));
    let mut terminal = Terminal::begin(&gateway.at, &cluster.agent, target).await;
    terminal.opened().await;
    let mut end = terminal.event().await;
    // The process may have ended before the agent took its input.
    if let Some(FromGateway::InputRefused { .. }) = end {
        end = terminal.event().await;
    }
    assert_eq!(end, exited(3 << 8));
    assert_eq!(String::from_utf8_lossy(&terminal.printed), "hello\r\n");
}

#[tokio::test]
async fn a_ticket_opens_one_terminal_of_its_agent() {
    let cluster = Cluster::start().await;
    let gateway = cluster.gateway(&[]).await;
    let ticket = async || announce(&gateway.at, &cluster.agent, shell(&cluster.container)).await.words().await;
    let name = ticket().await;
    let first = open(&gateway.at, upgrade(&gateway.at, &cluster.agent, name.trim())).await;
    assert!(first.is_ok());
    let again = open(&gateway.at, upgrade(&gateway.at, &cluster.agent, name.trim())).await;
    assert_eq!(again.err(), Some(404));
    let name = ticket().await;
    assert_eq!(open(&gateway.at, upgrade(&gateway.at, "other", name.trim())).await.err(), Some(404));
    assert_eq!(open(&gateway.at, upgrade(&gateway.at, &cluster.agent, "guess")).await.err(), Some(404));
}

#[tokio::test]
async fn only_the_gateways_own_page_opens_a_terminal() {
    let cluster = Cluster::start().await;
    let gateway = cluster.gateway(&[]).await;
    let name = announce(&gateway.at, &cluster.agent, shell(&cluster.container)).await.words().await;
    let request = || upgrade(&gateway.at, &cluster.agent, name.trim());
    let (mut foreign, mut none, mut other) = (request(), request(), request());
    foreign.headers_mut().insert("origin", "http://evil.example".parse().expect("a header's value"));
    none.headers_mut().remove("origin");
    other.headers_mut().insert("sec-websocket-protocol", "chat".parse().expect("a header's value"));
    assert_eq!(open(&gateway.at, foreign).await.err(), Some(403));
    assert_eq!(open(&gateway.at, none).await.err(), Some(403));
    assert_eq!(open(&gateway.at, other).await.err(), Some(400));
    let plain = ask(&gateway.at, Method::GET, &format!("/agent/{}/session/{}", cluster.agent, name.trim()), "");
    assert_eq!(plain.send().await.status, 400);
    assert!(open(&gateway.at, request()).await.is_ok(), "none of them spent the ticket");
}

#[tokio::test]
async fn read_only_and_no_exec_refuse_terminals() {
    let cluster = Cluster::start().await;
    for (flag, words) in [("--read-only", "read-only"), ("--no-exec", "--no-exec")] {
        let gateway = cluster.gateway(&[flag]).await;
        let answer = announce(&gateway.at, &cluster.agent, shell(&cluster.container)).await;
        assert_eq!(answer.status, 403, "{flag}");
        assert!(answer.words().await.contains(words), "{flag}");
        assert_eq!(open(&gateway.at, upgrade(&gateway.at, &cluster.agent, "x")).await.err(), Some(403), "{flag}");
    }
}

#[tokio::test]
async fn no_exec_refuses_calls_that_run_commands_and_no_others() {
    let master = Script::start(|_| reply(200, "{}")).await;
    let gateway = Gateway::start(&["--master", &master.url(), "--no-exec"]).await;
    for body in [
        r#"{"type":"LAUNCH_NESTED_CONTAINER_SESSION"}"#,
        r#"{"type":"LAUNCH_NESTED_CONTAINER"}"#,
        r#"{"type":"LAUNCH_CONTAINER"}"#,
        r#"{"type":"GET_VERSION","type":"LAUNCH_CONTAINER"}"#,
    ] {
        let answer = call(&gateway.at, body).send().await;
        assert_eq!(answer.status, 403, "{body}");
        assert!(answer.words().await.contains("--no-exec"), "{body}");
    }
    let records = ask(&gateway.at, Method::POST, "/api/v1", "2\n{}").with("content-type", "application/recordio");
    assert_eq!(records.send().await.status, 403);
    assert_eq!(master.seen().len(), 0);
    assert_eq!(call(&gateway.at, super::ask::TEARDOWN).send().await.status, 200);
    assert_eq!(master.calls(), ["TEARDOWN"]);
}

#[tokio::test]
async fn requests_that_are_none_are_refused() {
    let cluster = Cluster::start().await;
    let gateway = cluster.gateway(&[]).await;
    for body in [
        "",
        "{}",
        r#"{"target":{"type":"attach","container":{"value":""},"writes":true},"size":{"rows":1,"columns":1}}"#,
    ] {
        let asked = ask(&gateway.at, Method::POST, &format!("/agent/{}/session", cluster.agent), body);
        assert_eq!(asked.send().await.status, 400, "{body}");
    }
}

#[tokio::test]
async fn a_refusal_has_the_words_of_mesos() {
    let cluster = Cluster::start().await;
    let gateway = cluster.gateway(&[]).await;
    let mut terminal = Terminal::begin(&gateway.at, &cluster.agent, shell("nope")).await;
    let refused = FromGateway::Refused { status: 400, words: "Parent container nope does not exist".into() };
    assert_eq!(terminal.event().await, Some(refused));
    assert_eq!(terminal.next().await, None);
}

#[tokio::test]
async fn a_second_reader_sees_the_output_and_a_second_writer_is_refused() {
    let cluster = Cluster::start().await;
    let gateway = cluster.gateway(&[]).await;
    let mut first = cluster.shell(&gateway).await;
    let container = first.opened().await;
    // What is typed comes back only once its input is attached; the second writer would be the first else.
    first.write("echo first\r").await;
    first.until("first\r\n").await;
    let attach = |writes| SessionTarget::Attach { container: container.clone(), writes };
    let mut reader = Terminal::begin(&gateway.at, &cluster.agent, attach(false)).await;
    assert_eq!(reader.opened().await, container);
    let mut writer = Terminal::begin(&gateway.at, &cluster.agent, attach(true)).await;
    assert_eq!(writer.opened().await, container);
    let words = "Multiple input connections are not allowed".to_owned();
    assert_eq!(writer.event().await, Some(FromGateway::InputRefused { status: 409, words }));
    first.write("echo shared\r").await;
    for terminal in [&mut first, &mut reader, &mut writer] {
        terminal.until("shared\r\n").await;
    }
    drop(writer);
    first.write("exit 0\r").await;
    assert_eq!(reader.event().await, exited(0));
    assert_eq!(first.event().await, exited(0));
}

#[tokio::test]
async fn a_page_that_leaves_ends_its_session_and_no_other() {
    let cluster = Cluster::start().await;
    let gateway = cluster.gateway(&[]).await;
    let mut terminal = cluster.shell(&gateway).await;
    let container = terminal.opened().await;
    let joined = SessionTarget::Attach { container: container.clone(), writes: false };
    let mut reader = Terminal::begin(&gateway.at, &cluster.agent, joined).await;
    reader.opened().await;
    drop(reader);
    terminal.write("echo still\r").await;
    terminal.until("still\r\n").await;
    drop(terminal);
    cluster.until_removed(&gateway, container.value.as_str()).await;
}

#[tokio::test]
async fn output_waits_for_the_page_and_control_c_skips_what_waits() {
    let cluster = Cluster::start().await;
    let gateway = cluster.gateway(&[]).await;
    let mut terminal = cluster.shell(&gateway).await;
    terminal.opened().await;
    terminal.until("# ").await;
    terminal.shows = false;
    terminal.write("yes\r").await;
    // Nothing more comes: the next message never does.
    let flood = tokio::time::timeout(Duration::from_secs(2), async { while terminal.event().await.is_some() {} });
    assert!(flood.await.is_err());
    let first = terminal.printed.len() as u64;
    assert!((OUTPUT_WINDOW..2 * OUTPUT_WINDOW).contains(&first), "{first}");
    terminal.report(&FromPage::Shown { bytes: first }).await;
    terminal.write("\u{3}").await;
    terminal.until("^C").await;
    let printed = terminal.printed.len() as u64;
    // Until the gateway has read Ctrl+C it may fill the page's window once more.
    assert!(printed < first + 2 * OUTPUT_WINDOW, "{printed}: a flood of some megabytes waited");
    terminal.write("exit\r").await;
    assert!(matches!(terminal.event().await, Some(FromGateway::Exited { .. })));
}

#[tokio::test]
async fn a_page_that_breaks_the_protocol_is_disconnected() {
    let cluster = Cluster::start().await;
    let gateway = cluster.gateway(&[]).await;
    let mut terminal = cluster.shell(&gateway).await;
    let container = terminal.opened().await;
    terminal.write(&"x".repeat(70 << 10)).await;
    while terminal.next().await.is_some() {}
    cluster.until_removed(&gateway, container.value.as_str()).await;
}

#[tokio::test]
async fn terminals_of_one_caller_are_limited() {
    let cluster = Cluster::start().await;
    let gateway = cluster.gateway(&["--limit-sessions", "4"]).await;
    let early = announce(&gateway.at, &cluster.agent, shell(&cluster.container)).await.words().await;
    let mut terminal = cluster.shell(&gateway).await;
    let container = terminal.opened().await;
    let second = open(&gateway.at, upgrade(&gateway.at, &cluster.agent, early.trim())).await;
    assert_eq!(second.err(), Some(429), "its ticket is from before");
    let refused = announce(&gateway.at, &cluster.agent, shell(&cluster.container)).await;
    assert_eq!(refused.status, 429);
    assert!(refused.words().await.contains("open terminals"));
    drop(terminal);
    cluster.until_removed(&gateway, container.value.as_str()).await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_gateway_stops_while_terminals_are_open() {
    let cluster = Cluster::start().await;
    let mut gateway = cluster.gateway(&[]).await;
    let mut terminal = cluster.shell(&gateway).await;
    terminal.opened().await;
    terminal.until("# ").await;
    let pid = gateway.child.id().expect("it runs").to_string();
    assert!(command_of("kill", &["-TERM", &pid]).await);
    assert_eq!(terminal.event().await, Some(FromGateway::Broken { words: "The gateway stops.".into() }));
    let ended = within(gateway.child.wait()).await.expect("it ends");
    assert!(ended.success());
}

#[cfg(unix)]
async fn command_of(program: &str, args: &[&str]) -> bool {
    let ended = within(tokio::process::Command::new(program).args(args).status()).await;
    ended.expect("the program runs").success()
}

/// A browser that has vanished answers no ping.
#[tokio::test]
async fn a_browser_that_vanishes_ends_its_session() {
    let cluster = Cluster::start().await;
    let gateway = cluster.gateway(&["--limit-heartbeat", "20"]).await;
    let mut terminal = cluster.shell(&gateway).await;
    let container = terminal.opened().await;
    // The test does not read its socket meanwhile, so it answers no ping.
    cluster.until_removed(&gateway, container.value.as_str()).await;
    drop(terminal);
}

/// An agent whose session answers with these bytes, and whose other calls succeed.
async fn hostile(bytes: &'static [u8]) -> (Script, Script, Gateway) {
    let agent = Script::start(move |seen| {
        if !seen.text().contains("LAUNCH_NESTED_CONTAINER_SESSION") {
            return reply(200, "{}").with("content-type", "application/json");
        }
        let (to, answer) = stream();
        tokio::spawn(async move { feed(&to, bytes).await });
        answer
    })
    .await;
    let master = master(&cluster("S0", format!("slave(1)@{}", agent.at), "127.0.0.1:1")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    (agent, master, gateway)
}

#[tokio::test]
async fn an_agent_that_never_answers_holds_no_terminal_of_a_page_that_left() {
    let agent = Script::start(|_| Reply::Silence(tokio::sync::mpsc::channel(1).0)).await;
    let master = master(&cluster("S0", format!("slave(1)@{}", agent.at), "127.0.0.1:1")).await;
    let gateway = Gateway::start(&["--master", &master.url(), "--limit-sessions", "4"]).await;
    let terminal = Terminal::begin(&gateway.at, "S0", shell("c")).await;
    within(agent.asked()).await;
    assert_eq!(announce(&gateway.at, "S0", shell("c")).await.status, 429, "it is still being opened");
    drop(terminal);
    let freed = async {
        while announce(&gateway.at, "S0", shell("c")).await.status == 429 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    within(freed).await;
}

#[tokio::test]
async fn broken_output_ends_the_session() {
    for (bytes, words) in [
        (&b"nonsense"[..], "cannot be read"),
        (&b"99999999999\n"[..], "cannot be read"),
        (&b"58\n{\"type\":"[..], "broke off"),
    ] {
        let (_agent, _master, gateway) = hostile(bytes).await;
        let mut terminal = Terminal::begin(&gateway.at, "S0", shell("c")).await;
        terminal.opened().await;
        match terminal.event().await {
            Some(FromGateway::Broken { words: found }) => assert!(found.contains(words), "{found}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn records_that_are_none_are_counted() {
    let (_agent, _master, gateway) =
        hostile(b"1\nx2\n[]58\n{\"type\":\"DATA\",\"data\":{\"type\":\"STDOUT\",\"data\":\"b3V0MQo=\"}}").await;
    let mut terminal = Terminal::begin(&gateway.at, "S0", shell("c")).await;
    terminal.opened().await;
    assert_eq!(terminal.event().await, Some(FromGateway::Exited { exit_status: None, unreadable: 2 }));
    assert_eq!(terminal.printed, b"out1\n");
}

#[tokio::test]
async fn the_agent_gets_the_callers_credentials_and_mesos_own_calls() {
    let agent = Script::start(|seen: &super::script::Seen| -> Reply {
        if seen.text().contains("WAIT_NESTED_CONTAINER") {
            return reply(200, r#"{"type":"WAIT_NESTED_CONTAINER","wait_nested_container":{"exit_status":1792}}"#)
                .with("content-type", "application/json");
        }
        reply(200, "").with("content-type", "application/json")
    })
    .await;
    let master = master(&cluster("S0", format!("slave(1)@{}", agent.at), "127.0.0.1:1")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let body = r#"{"target":{"type":"launch","parent":{"value":"c"},"command":{"type":"program","value":"/bin/sh"},"user":"alice"},"size":{"rows":24,"columns":80}}"#;
    let asked = ask(&gateway.at, Method::POST, "/agent/S0/session", body).with("authorization", "Basic YTpi");
    let name = asked.send().await.words().await;
    let mut terminal = open(&gateway.at, upgrade(&gateway.at, "S0", name.trim())).await.expect("the ticket is good");
    let container = terminal.opened().await;
    assert!(container.value.as_str().starts_with("mesoscope-"));
    assert_eq!(terminal.event().await, exited(1792));
    let seen = agent.seen();
    assert!(seen.iter().all(|seen| seen.header("authorization") == Some("Basic YTpi")));
    assert!(seen[0].text().contains(r#""user":"alice""#), "{}", seen[0].text());
    let input = seen.iter().find(|seen| seen.header("content-type") == Some("application/recordio"));
    if let Some(input) = input {
        assert_eq!(input.header("message-content-type"), Some("application/json"));
    }
    let calls: Vec<_> = agent.calls().into_iter().filter(|call| call != "ATTACH_CONTAINER_INPUT").collect();
    assert_eq!(calls, ["LAUNCH_NESTED_CONTAINER_SESSION", "WAIT_NESTED_CONTAINER", "REMOVE_NESTED_CONTAINER"]);
}

#[tokio::test]
async fn help_names_the_flag() {
    let output = within(command(&["--help"]).output()).await.expect("the executable runs");
    assert!(String::from_utf8_lossy(&output.stdout).contains("--no-exec"));
}
