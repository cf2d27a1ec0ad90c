//! The server over real sockets: streams, faults, redirects, agents, the web UI folder, and manual control.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::TINY;
use crate::server::Server;
use crate::server::config::Config;
use crate::server::fault::Fault;

async fn frozen() -> Server {
    start(Config { size: TINY, rate: 0.0, ..Config::default() }).await
}

async fn start(config: Config) -> Server {
    Server::start(config).await.expect("ports are free")
}

fn post(path: &str, body: &str) -> String {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
}

async fn connect(url: &str) -> TcpStream {
    TcpStream::connect(url.trim_start_matches("http://")).await.expect("it listens")
}

/// Reads until the text arrives, or to the end.
async fn until(socket: &mut TcpStream, text: &str) -> String {
    let mut bytes = Vec::new();
    let reading = async {
        while !String::from_utf8_lossy(&bytes).contains(text)
            && socket.read_buf(&mut bytes).await.is_ok_and(|read| read > 0)
        {}
    };
    tokio::time::timeout(Duration::from_secs(10), reading).await.expect("it comes in time");
    String::from_utf8(bytes).expect("text")
}

async fn subscribe(server: &Server) -> TcpStream {
    let mut socket = connect(&server.master_urls()[0]).await;
    socket.write_all(post("/api/v1", "{\"type\":\"SUBSCRIBE\"}").as_bytes()).await.expect("it listens");
    let start = until(&mut socket, "HEARTBEAT").await;
    assert!(start.contains("SUBSCRIBED"), "{start}");
    socket
}

/// Status and body of an exchange on a new connection.
async fn ask(url: &str, path: &str, body: &str) -> (u16, String) {
    let mut socket = connect(url).await;
    let request = post(path, body).replacen("\r\n", "\r\nConnection: close\r\n", 1);
    socket.write_all(request.as_bytes()).await.expect("it listens");
    let answer = until(&mut socket, "no such text").await;
    let status = answer.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, answer.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.to_owned()))
}

async fn ends(socket: &mut TcpStream) -> String {
    until(socket, "no such text").await
}

#[tokio::test]
async fn events_reach_every_subscriber_and_are_counted() {
    let server = frozen().await;
    let (mut first, mut second) = (subscribe(&server).await, subscribe(&server).await);
    assert_eq!(server.subscribers(), 2);
    let failed = server.with(|sim| sim.fail_task()).expect("a task");
    for socket in [&mut first, &mut second] {
        assert!(until(socket, "TASK_FAILED").await.contains(&failed));
    }
    drop(first);
    tokio::time::timeout(Duration::from_secs(5), async {
        while server.subscribers() != 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("who hangs up is forgotten");
    let metrics = ask(&server.master_urls()[0], "/api/v1", "{\"type\":\"GET_METRICS\",\"get_metrics\":{}}").await.1;
    assert!(metrics.contains("{\"name\":\"master/operator_event_stream_subscribers\",\"value\":1.0}"));
}

#[tokio::test]
async fn heartbeats_come_when_nothing_else_does() {
    let heartbeat = Duration::from_millis(50);
    let server = start(Config { size: TINY, rate: 0.0, heartbeat, ..Config::default() }).await;
    let mut socket = subscribe(&server).await;
    for _ in 0..3 {
        assert!(until(&mut socket, "HEARTBEAT").await.contains("17\r\n20\n{\"type\":\"HEARTBEAT\"}\r\n"));
    }
}

#[tokio::test]
async fn life_goes_on_by_itself() {
    let server = start(Config { size: TINY, rate: 200.0, ..Config::default() }).await;
    until(&mut subscribe(&server).await, "TASK_ADDED").await;
}

#[tokio::test]
async fn a_stream_is_cut_in_a_record() {
    let server = frozen().await;
    let mut socket = subscribe(&server).await;
    server.fault(Fault::CutMidRecord);
    assert_eq!(ends(&mut socket).await, "17\r\n20\n{\"type\":\"HE");
    subscribe(&server).await;
}

#[tokio::test]
async fn an_evicted_stream_ends_cleanly_and_its_connection_stays() {
    let server = frozen().await;
    let mut socket = subscribe(&server).await;
    server.fault(Fault::CloseStreams);
    assert_eq!(until(&mut socket, "0\r\n\r\n").await, "0\r\n\r\n");
    assert_eq!(server.subscribers(), 0);
    socket.write_all(post("/api/v1", "{\"type\":\"GET_HEALTH\"}").as_bytes()).await.expect("it listens");
    assert!(until(&mut socket, "healthy").await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_silent_master_says_nothing_until_it_does() {
    let heartbeat = Duration::from_millis(20);
    let server = start(Config { size: TINY, rate: 0.0, heartbeat, ..Config::default() }).await;
    let mut socket = subscribe(&server).await;
    server.fault(Fault::Silence);
    // Reads what was still in flight.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut waiting = vec![0; 1 << 16];
    while socket.try_read(&mut waiting).is_ok_and(|read| read > 0) {}
    server.with(|sim| sim.fail_task());
    let silent = tokio::time::timeout(Duration::from_millis(200), socket.read(&mut waiting)).await;
    assert!(silent.is_err(), "nothing comes");
    server.fault(Fault::None);
    until(&mut socket, "TASK_FAILED").await;
}

#[tokio::test]
async fn garbage_is_no_record() {
    let server = frozen().await;
    let mut socket = subscribe(&server).await;
    server.fault(Fault::Garbage);
    until(&mut socket, "502 Bad Gateway").await;
}

#[tokio::test]
async fn after_a_failover_the_old_leader_sends_to_the_new_one() {
    let server = start(Config { size: TINY, rate: 0.0, masters: 2, ..Config::default() }).await;
    let urls = server.master_urls();
    let mut socket = subscribe(&server).await;
    assert_eq!(ask(&urls[1], "/api/v1", "").await.0, 307);
    server.fault(Fault::Failover);
    assert_eq!(ends(&mut socket).await, "", "a master that dies ends no body");
    let mut socket = connect(&urls[0]).await;
    socket.write_all(post("/api/v1", "").as_bytes()).await.expect("it listens");
    let redirect = until(&mut socket, "\r\n\r\n").await;
    assert!(
        redirect.contains(&format!("\r\nLocation: {}/api/v1\r\n", urls[1].trim_start_matches("http:"))),
        "{redirect}"
    );
    let leader = ask(&urls[1], "/api/v1", "{\"type\":\"GET_MASTER\"}").await.1;
    assert!(leader.contains(&format!("master@{}", urls[1].trim_start_matches("http://"))), "{leader}");
}

#[tokio::test]
async fn every_call_can_be_refused() {
    let server = frozen().await;
    let url = &server.master_urls()[0];
    for (status, body) in
        [(401, "401 Unauthorized."), (403, "403 Forbidden."), (503, "Master has not finished recovery")]
    {
        server.fault(Fault::Status(status));
        assert_eq!(ask(url, "/api/v1", "").await, (status, body.to_owned()));
    }
    server.fault(Fault::None);
    assert_eq!(ask(url, "/api/v1", "{\"type\":\"GET_HEALTH\"}").await.0, 200);
}

#[tokio::test]
async fn some_calls_go_wrong_on_request() {
    let server = frozen().await;
    let url = &server.master_urls()[0];
    let weights = |role: &str| {
        let info = json!({"role": role, "weight": 2.0});
        json!({"type": "UPDATE_WEIGHTS", "update_weights": {"weight_infos": [info]}}).to_string()
    };
    let weighed = || async { ask(url, "/api/v1", "{\"type\":\"GET_WEIGHTS\"}").await.1 };
    let fault = |name: &'static str| async move {
        assert_eq!(ask(url, &format!("/sim/fault/{name}"), "").await.0, 200, "{name}")
    };
    fault("call/WRITES/403").await;
    assert_eq!(ask(url, "/api/v1", &weights("a")).await, (403, "403 Forbidden.".to_owned()));
    assert_eq!(ask(url, "/api/v1", "{\"type\":\"GET_HEALTH\"}").await.0, 200, "reads go on");
    fault("none").await;
    fault("once/UPDATE_WEIGHTS/409").await;
    assert_eq!(ask(url, "/api/v1", &weights("b")).await.0, 409);
    assert_eq!(ask(url, "/api/v1", &weights("b")).await.0, 200, "it is over");
    fault("call/WRITES/503/c").await;
    assert_eq!(ask(url, "/api/v1", &weights("d")).await.0, 200, "another name");
    assert_eq!(ask(url, "/api/v1", &weights("c")).await.0, 503);
    fault("none").await;
    fault("once/WRITES/cut").await;
    assert_eq!(ask(url, "/api/v1", &weights("before")).await, (0, String::new()));
    assert!(!weighed().await.contains("before"), "it was not done");
    fault("once/WRITES/cut-after").await;
    assert_eq!(ask(url, "/api/v1", &weights("after")).await, (200, String::new()), "half of a head");
    assert!(weighed().await.contains("after"), "it was done");
    fault("once/WRITES/hang-after").await;
    let mut socket = connect(url).await;
    socket.write_all(post("/api/v1", &weights("never")).as_bytes()).await.expect("it listens");
    let nothing = tokio::time::timeout(Duration::from_millis(200), socket.read_u8()).await;
    assert!(nothing.is_err() && weighed().await.contains("never"), "it was done, and is never answered");
    for name in ["call", "call/WRITES", "call/WRITES/99", "once//403"] {
        assert_eq!(ask(url, &format!("/sim/fault/{name}"), "").await.0, 400, "{name}");
    }
}

#[tokio::test]
async fn a_text_in_a_write_makes_it_go_wrong() {
    let server = frozen().await;
    let url = &server.master_urls()[0];
    let quota = |role: &str| {
        let configs = json!([{"role": "fine"}, {"role": role}]);
        json!({"type": "UPDATE_QUOTA", "update_quota": {"quota_configs": configs}}).to_string()
    };
    for (role, status) in
        [("fault-401", 401), ("fault-409", 409), ("fault-503", 503), ("fault-cut", 0), ("fault-x", 200)]
    {
        assert_eq!(ask(url, "/api/v1", &quota(role)).await.0, status, "{role}");
    }
    let call = "{\"type\":\"MARK_AGENT_GONE\",\"mark_agent_gone\":{\"agent_id\":{\"value\":\"fault-404\"}}}";
    assert_eq!(ask(url, "/api/v1", call).await, (404, "Agent 'fault-404' not found".to_owned()));
}

#[tokio::test]
async fn who_is_not_known_is_refused_as_recorded() {
    let (credentials, token) = (Some("alice:secret".to_owned()), Some("abc".to_owned()));
    let server = start(Config { size: TINY, rate: 0.0, credentials, token, ..Config::default() }).await;
    let master = server.master_urls().swap_remove(0);
    let state = server.with(|sim| sim.state());
    let agent = state["get_state"]["get_agents"]["agents"][0]["pid"].as_str().expect("a pid");
    let agent = agent.trim_start_matches("slave(1)@").to_owned();
    for (url, realm) in [(&master, "mesos-master-readwrite"), (&agent, "mesos-agent-readwrite")] {
        let mut socket = connect(url).await;
        socket.write_all(post("/api/v1", "nonsense").as_bytes()).await.expect("it listens");
        let refusal = until(&mut socket, "401 Unauthorized.").await;
        let challenge = format!("WWW-Authenticate: Basic realm=\"{realm}\",Bearer realm=\"{realm}\"\r\n");
        assert!(refusal.starts_with("HTTP/1.1 401 Unauthorized\r\n") && refusal.contains(&challenge), "{refusal}");
        for (said, status) in [
            ("Basic YWxpY2U6c2VjcmV0", 200),
            ("Bearer abc", 200),
            // As recorded: another password, the scheme in lower case, invalid base64, no colon.
            ("Basic YWxpY2U6bm9wZQ==", 401),
            ("basic YWxpY2U6c2VjcmV0", 401),
            ("Basic !!!", 401),
            ("Basic YWxpY2U=", 401),
            ("Bearer abd", 401),
        ] {
            let request = post("/api/v1", "{\"type\":\"GET_HEALTH\"}");
            let request = request.replacen("\r\n", &format!("\r\nAuthorization: {said}\r\n"), 1);
            let mut socket = connect(url).await;
            socket.write_all(request.as_bytes()).await.expect("it listens");
            let answer = until(&mut socket, "\r\n\r\n").await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{said}: {answer}");
        }
    }
    assert_eq!(ask(&master, "/redirect", "").await.0, 307, "that is told to everybody");
}

#[tokio::test]
async fn strange_records_are_records() {
    let server = frozen().await;
    let mut socket = subscribe(&server).await;
    server.fault(Fault::Strange);
    let mut bytes = vec![0; 1 << 16];
    let mut came = String::new();
    while !came.contains("caf") {
        let read = tokio::time::timeout(Duration::from_secs(5), socket.read(&mut bytes)).await;
        let read = read.expect("it comes in time").expect("the stream goes on");
        came.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
    assert!(came.contains("QUOTA_UPDATED") && came.contains("\u{fffd}"), "{came}");
}

#[tokio::test]
async fn agents_answer_on_their_own_ports_and_one_can_stop() {
    let server = frozen().await;
    let state = server.with(|sim| sim.state());
    let agent = &state["get_state"]["get_agents"]["agents"][1];
    let url = agent["pid"].as_str().expect("a pid").trim_start_matches("slave(1)@").to_owned();
    for path in ["/slave(1)/api/v1", "/api/v1", "/api/v1/"] {
        let (status, body) = ask(&url, path, "{\"type\":\"GET_AGENT\"}").await;
        let answer: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!((status, &answer["get_agent"]["agent_info"]["id"]), (200, &agent["agent_info"]["id"]));
    }
    for path in ["/slave(2)/api/v1", "/slave(0)/api/v1", "/slave/api/v1", "/"] {
        assert_eq!(ask(&url, path, "{\"type\":\"GET_AGENT\"}").await.0, 404, "{path}");
    }
    server.fault(Fault::StopAgent(1));
    assert_eq!(ask(&url, "/api/v1", "{\"type\":\"GET_AGENT\"}").await, (0, String::new()));
    let state = server.with(|sim| sim.state());
    assert_eq!(state["get_state"]["get_agents"]["agents"][1]["active"], json!(false));
}

#[tokio::test]
async fn another_process_can_drive_it() {
    let server = frozen().await;
    let url = server.master_urls()[0].clone();
    let mut socket = subscribe(&server).await;
    let (status, failed) = ask(&url, "/sim/task/fail", "").await;
    assert_eq!(status, 200);
    assert!(until(&mut socket, "TASK_FAILED").await.contains(failed.trim()));
    for path in
        ["/sim/agent/add", "/sim/burst/5", "/sim/rate/0", "/sim/framework/add", "/sim/fault/none", "/sim/subscribers"]
    {
        assert_eq!(ask(&url, path, "").await.0, 200, "{path}");
    }
    for (path, expected) in
        [("/sim/fault/nonsense", 400), ("/sim/rate/many", 400), ("/sim/task/dance", 404), ("/sim/x", 404)]
    {
        assert_eq!(ask(&url, path, "").await.0, expected, "{path}");
    }
    assert_eq!(ask(&url, "/sim/fault/close", "").await.0, 200);
    assert!(until(&mut socket, "0\r\n\r\n").await.ends_with("0\r\n\r\n"));
}

#[tokio::test]
async fn a_folder_is_served_as_a_master_serves_it() {
    let folder = std::env::temp_dir().join(format!("mesoscope-sim-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("app")).expect("a folder for temporary files");
    std::fs::write(folder.join("index.html"), "<p>").expect("a file");
    std::fs::write(folder.join("app/x.wasm"), [0, 97, 115, 109]).expect("a file");
    std::fs::write(folder.join("secret.html"), "s").expect("a file");
    let server = start(Config { size: TINY, rate: 0.0, webui_dir: Some(folder.clone()), ..Config::default() }).await;
    let mut socket = connect(&server.master_urls()[0]).await;
    socket.write_all(b"GET /app/x.wasm HTTP/1.1\r\n\r\n").await.expect("it listens");
    let wasm = until(&mut socket, "asm").await;
    assert!(wasm.contains("Content-Length: 4") && !wasm.contains("Content-Type"), "{wasm}");
    let url = &server.master_urls()[0];
    assert_eq!(ask(url, "/", "").await, (200, "<p>".to_owned()));
    for path in ["/secret.html", "/app/../secret.html", "/app/%2e%2e/secret.html", "/app/", "/app/none.js"] {
        assert_eq!(ask(url, path, "").await.0, 404, "{path}");
    }
    std::fs::remove_dir_all(folder).expect("it was there");
}

#[tokio::test]
async fn a_slow_line_takes_its_time() {
    let server = start(Config { size: TINY, rate: 0.0, bandwidth: Some(200_000), ..Config::default() }).await;
    let length = server.with(|sim| sim.snapshot().length());
    let before = tokio::time::Instant::now();
    subscribe(&server).await;
    let expected = Duration::from_secs_f64(length as f64 / 200_000.0);
    assert!(before.elapsed() > expected * 8 / 10, "{length} bytes came in {:?}", before.elapsed());
}

#[tokio::test]
async fn dropping_the_server_ends_everything() {
    let server = frozen().await;
    let url = server.master_urls()[0].clone();
    let mut socket = subscribe(&server).await;
    drop(server);
    assert_eq!(ends(&mut socket).await, "");
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(TcpStream::connect(url.trim_start_matches("http://")).await.is_err());
}
