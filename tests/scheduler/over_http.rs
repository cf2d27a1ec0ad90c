//! The state machine against the simulated cluster over HTTP: requests, answers and connections that break.

use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::scheduler::io::Wish;
use mesoscope_core::scheduler::machine::{FrameworkEnd, LinkState, Scheduler};
use mesoscope_core::scheduler::run::{RunCommand, RunRequest};
use mesoscope_tests::shared::scheduler_host::{SchedulerAddress, SchedulerHost};
use serde_json::json;
use sim::server::Server;
use sim::server::config::Config;
use sim::server::fault::Fault;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::exchange::numbered;
use super::machine::{framework, request};

struct Cluster {
    server: Server,
    master: String,
    host: SchedulerHost,
}

impl Cluster {
    async fn start() -> Self {
        Self::of(Config::default(), None).await
    }

    async fn of(config: Config, authorization: Option<&str>) -> Self {
        let server = Server::start(Config { rate: 0.0, ..config }).await.unwrap();
        let master = server.master_urls()[0].trim_start_matches("http://").to_owned();
        let authorization = authorization.map(str::to_owned);
        let address = SchedulerAddress { authorization, ..SchedulerAddress::of(&master) };
        Self { server, master, host: SchedulerHost::new(Scheduler::new(framework(), 7), address) }
    }

    fn run(&mut self, line: &str, count: u32) {
        let run = RunRequest { command: RunCommand::Shell(line.to_owned()), ..request("a", count) };
        self.host.wish(Wish::Run(Box::new(run)));
    }

    fn fault(&self, name: &str) {
        self.server.fault(name.parse::<Fault>().unwrap());
    }

    async fn until_running(&mut self) {
        let is_running = |it: &Scheduler| it.tasks().all(|task| task.state == Some(TaskState::Running));
        self.host.until("all tasks run", is_running).await;
    }

    async fn until_ended(&mut self) -> FrameworkEnd {
        self.host.until("the end", |it| matches!(it.link(), LinkState::Ended(_))).await;
        let LinkState::Ended(end) = self.host.scheduler.link() else { panic!("it has ended") };
        end.clone()
    }

    fn states(&self) -> Vec<Option<TaskState>> {
        self.host.scheduler.tasks().map(|task| task.state).collect()
    }
}

fn post(body: &str) -> String {
    let head =
        "POST /api/v1/scheduler HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: application/json\r\n";
    format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// Sends a request; head and body of its answer, and the open connection. Of a stream the body is what came first.
async fn ask(master: &str, request: &str) -> (String, String, TcpStream) {
    let mut socket = TcpStream::connect(master).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")?.parse::<usize>().ok());
            if length.is_none_or(|length| body.len() >= length) {
                return (head.to_owned(), body.to_owned(), socket);
            }
        }
        assert_ne!(socket.read_buf(&mut bytes).await.unwrap(), 0, "the answer breaks off: {text}");
    }
}

fn header_names(head: &str) -> Vec<&str> {
    head.lines().skip(1).filter_map(|line| Some(line.split_once(": ")?.0)).collect()
}

#[tokio::test]
async fn refused_calls_lost_updates_and_cut_streams_do_no_harm() {
    let mut cluster = Cluster::start().await;
    cluster.fault("once/ACCEPT/503");
    cluster.fault("once/ACKNOWLEDGE/cut");
    cluster.run("true", 2);
    cluster.host.until("a refusal", |it| it.refused_call().is_some()).await;
    cluster.server.with(|sim| sim.lose_scheduler_update());
    cluster.host.until("a launch", |it| it.tasks().any(|task| task.is_started)).await;
    cluster.fault("cut-schedulers");
    cluster.host.until("the cut", |it| !matches!(it.link(), LinkState::Subscribed { .. })).await;
    assert_eq!(cluster.until_ended().await, FrameworkEnd::TornDown);
    assert_eq!(cluster.states(), [Some(TaskState::Finished); 2], "{}", cluster.host.log());
    let state = cluster.server.with(|sim| sim.state());
    let id = cluster.host.scheduler.id().unwrap().as_str();
    let completed = state["get_state"]["get_tasks"]["completed_tasks"].as_array().unwrap();
    let own = completed.iter().filter(|task| task["framework_id"]["value"] == *id);
    assert_eq!(own.count(), 2, "each ran once");
}

#[tokio::test]
async fn another_scheduler_takes_the_framework_until_a_user_takes_it_back() {
    let mut cluster = Cluster::start().await;
    cluster.run("sleep 10000", 1);
    cluster.until_running().await;
    let id = cluster.host.scheduler.id().unwrap().as_str().to_owned();
    let capability = json!([{"type": "MULTI_ROLE"}]);
    let info = json!({"user": "ops", "name": "other", "roles": ["dev"], "id": {"value": id}, "failover_timeout": 60.0, "capabilities": capability});
    let call = json!({"type": "SUBSCRIBE", "framework_id": {"value": id}, "subscribe": {"framework_info": info}});
    let (head, _, _open) = ask(&cluster.master, &post(&call.to_string())).await;
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    assert_eq!(cluster.until_ended().await, FrameworkEnd::FailedOver);
    cluster.host.wish(Wish::Reclaim);
    cluster.host.until("the return", |it| matches!(it.link(), LinkState::Subscribed { .. })).await;
    cluster.host.wish(Wish::TearDown);
    assert_eq!(cluster.until_ended().await, FrameworkEnd::TornDown);
}

#[tokio::test]
async fn another_master_leads_and_the_command_goes_on() {
    for how in ["failover", "replace"] {
        let mut cluster = Cluster::start().await;
        cluster.run("sleep 10000", 1);
        cluster.until_running().await;
        cluster.fault(how);
        cluster.host.until("the loss", |it| !matches!(it.link(), LinkState::Subscribed { .. })).await;
        cluster.host.until("the return", |it| matches!(it.link(), LinkState::Subscribed { .. })).await;
        assert_eq!(cluster.states(), [Some(TaskState::Running)], "{how}: {}", cluster.host.log());
        assert_eq!(cluster.host.calls("ACCEPT").len(), 1, "{how}: it is not launched again");
        cluster.host.wish(Wish::TearDown);
        assert_eq!(cluster.until_ended().await, FrameworkEnd::TornDown, "{how}");
    }
}

#[tokio::test]
async fn credentials_make_the_principal_of_the_framework() {
    let config = Config { credentials: Some("alice:secret".to_owned()), ..Config::default() };
    let mut cluster = Cluster::of(config, Some("Basic YWxpY2U6c2VjcmV0")).await;
    cluster.run("true", 1);
    assert_eq!(cluster.until_ended().await, FrameworkEnd::TornDown);
    let state = cluster.server.with(|sim| sim.state().to_string());
    assert!(state.contains(r#""principal":"alice""#));
    // A principal that the credentials are not of.
    let info = json!({"user": "ops", "name": "x", "principal": "bob"});
    let call = json!({"type": "SUBSCRIBE", "subscribe": {"framework_info": info}}).to_string();
    let signed = post(&call).replacen("Host: x\r\n", "Host: x\r\nAuthorization: Basic YWxpY2U6c2VjcmV0\r\n", 1);
    let (head, body, _) = ask(&cluster.master, &signed).await;
    assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
    let why = "Authenticated principal 'alice' does not match principal 'bob' set in `FrameworkInfo`";
    assert_eq!(body, format!("Failed to validate scheduler::Call: {why}"));
    // Without credentials.
    let (head, ..) = ask(&cluster.master, &post(&call)).await;
    assert!(head.starts_with("HTTP/1.1 401 ") && head.contains(r#"Basic realm="mesos-master-scheduler""#), "{head}");
}

#[tokio::test]
async fn a_user_without_permissions_gets_no_framework() {
    let config = Config { guest: Some("bob:secret".to_owned()), ..Config::default() };
    let mut cluster = Cluster::of(config, Some("Basic Ym9iOnNlY3JldA==")).await;
    cluster.run("true", 1);
    let FrameworkEnd::Refused(refusal) = cluster.until_ended().await else { panic!("it is refused") };
    assert_eq!((refusal.status, &*refusal.words), (200, "Not authorized to register framework  with roles { dev }"));
}

#[tokio::test]
async fn method_and_content_type_are_refused_as_recorded() {
    let cluster = Cluster::start().await;
    for (number, method, headers) in [
        ("012", "POST", "Content-Type: text/plain\r\nAccept: application/json\r\n"),
        ("013", "GET", "Accept: application/json\r\n"),
        ("014", "POST", "Content-Type: text/plain\r\n"),
    ] {
        let exchange = numbered(number);
        let request =
            format!("{method} /api/v1/scheduler HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: 2\r\n\r\n{{}}");
        let (head, body, _) = ask(&cluster.master, &request).await;
        assert!(head.starts_with(&format!("HTTP/1.1 {} ", exchange.status)), "{number}: {head}");
        assert_eq!(body, exchange.body, "{number}");
        assert_eq!(header_names(&head), header_names(exchange.response_head()), "{number}");
    }
}

#[tokio::test]
async fn answers_have_the_recorded_headers() {
    let cluster = Cluster::start().await;
    let call = json!({"type": "SUBSCRIBE", "subscribe": {"framework_info": {"user": "ops", "name": "x"}}});
    let (head, ..) = ask(&cluster.master, &post(&call.to_string())).await;
    assert_eq!(header_names(&head), header_names(numbered("001").response_head()));
    let (head, ..) = ask(&cluster.master, &post(r#"{"type": "REVIVE", "framework_id": {"value": "x"}}"#)).await;
    assert_eq!(header_names(&head), header_names(numbered("072").response_head()));
}
