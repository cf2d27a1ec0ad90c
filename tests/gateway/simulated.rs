//! End to end before the simulated cluster, whose HTTP is as Mesos' own.

use hyper::Method;

use super::ask::{Answer, GET_AGENTS, SUBSCRIBE, ask, call, within};
use super::executable::Gateway;
use super::unpack::Unpack;

async fn server(masters: usize) -> sim::server::Server {
    let config = sim::server::config::Config { masters, ..Default::default() };
    sim::server::Server::start(config).await.expect("ports are free")
}

/// Reads until the text holds `part`.
async fn until(answer: &mut Answer, unpack: &mut Unpack, part: &str) {
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains(part) {
        read.extend(unpack.read(&answer.next().await.expect("the stream goes on").expect("unbroken")));
    }
}

async fn subscribers(server: &sim::server::Server, count: usize) {
    let reached = async {
        while server.subscribers() != count {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    within(reached).await;
}

#[tokio::test]
async fn a_subscription_from_beginning_to_end() {
    let server = server(1).await;
    let gateway = Gateway::start(&["--master", &server.master_urls()[0], "--compress", "always"]).await;
    let asked = call(&gateway.at, SUBSCRIBE).with("accept", "application/json").with("accept-encoding", "gzip");
    let (mut answer, mut unpack) = (asked.send().await, Unpack::new("gzip"));
    assert_eq!(answer.status, 200);
    until(&mut answer, &mut unpack, r#"{"type":"HEARTBEAT"}"#).await;
    subscribers(&server, 1).await;
    let failed = server.with(|sim| sim.fail_task()).expect("a task runs");
    until(&mut answer, &mut unpack, &failed).await;
    drop(answer);
    subscribers(&server, 0).await;
}

#[tokio::test]
async fn a_failover_is_followed_and_the_new_leader_named() {
    let server = server(2).await;
    let urls = server.master_urls();
    let gateway = Gateway::start(&["--master", &urls.join(",")]).await;
    let who = async || {
        let answer = call(&gateway.at, GET_AGENTS).send().await;
        (answer.status.as_u16(), answer.header("x-mesoscope-master").map(str::to_owned))
    };
    assert_eq!(who().await, (200, Some(urls[0].clone())));
    server.fault(sim::server::fault::Fault::Failover);
    assert_eq!(who().await, (200, Some(urls[1].clone())));
}

#[tokio::test]
async fn every_agent_that_the_master_names_answers() {
    let server = server(1).await;
    let gateway = Gateway::start(&["--master", &server.master_urls()[0]]).await;
    let state = server.with(|sim| sim.state());
    let agents = state["get_state"]["get_agents"]["agents"].as_array().expect("agents are listed").clone();
    assert!(!agents.is_empty());
    for agent in agents.iter().take(3) {
        let id = agent["agent_info"]["id"]["value"].as_str().expect("an agent has an id");
        let asked = ask(&gateway.at, Method::POST, &format!("/agent/{id}/api/v1"), r#"{"type":"GET_AGENT"}"#);
        let answer = asked.with("content-type", "application/json").send().await;
        assert_eq!(answer.status, 200);
        assert!(answer.words().await.contains(id));
    }
}

#[tokio::test]
async fn who_is_let_in_by_the_master_reaches_its_agents() {
    let config = sim::server::config::Config { credentials: Some("alice:secret".into()), ..Default::default() };
    let server = sim::server::Server::start(config).await.expect("ports are free");
    let gateway = Gateway::start(&["--master", &server.master_urls()[0]]).await;
    let state = server.with(|sim| sim.state());
    let id = state["get_state"]["get_agents"]["agents"][0]["agent_info"]["id"]["value"].as_str().expect("an id");
    let asked = |path: &str| {
        ask(&gateway.at, Method::POST, path, r#"{"type":"GET_HEALTH"}"#).with("content-type", "application/json")
    };
    for path in ["/api/v1".to_owned(), format!("/agent/{id}/api/v1")] {
        let answer = asked(&path).send().await;
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(answer.header("www-authenticate"), Some(r#"Mesoscope realm="mesos-master-readwrite""#), "{path}");
        let answer = asked(&path).with("authorization", "Basic YWxpY2U6c2VjcmV0").send().await;
        assert_eq!(answer.status, 200, "{path}");
    }
}

#[tokio::test]
async fn the_demo_serves_a_simulated_cluster() {
    let gateway = Gateway::start(&["--demo", "--seed", "7", "--rate", "0"]).await;
    let answer = call(&gateway.at, GET_AGENTS).send().await;
    assert_eq!(answer.status, 200);
    assert!(answer.words().await.contains("agent_info"));
}
