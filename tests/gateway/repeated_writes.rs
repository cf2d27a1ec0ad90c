//! Writes that something sends again by itself: a browser, or the gateway's own client, after a connection broke. Each is forwarded once.

use std::sync::{Arc, Mutex};

use hyper::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::ask::{Ask, GET_AGENTS, TEARDOWN, ask, call};
use super::executable::Gateway;
use super::script::{Script, reply};

const ID: &str = "x-mesoscope-write";
const SCHEDULER: &str = "/api/v1/scheduler";
const SUBSCRIBE: &str = r#"{"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"ops","name":"run"}}}"#;
const ACCEPT: &str = r#"{"type":"ACCEPT","framework_id":{"value":"F"},"accept":{"offer_ids":[{"value":"o"}]}}"#;

fn scheduler(at: &str, body: &'static str) -> Ask {
    ask(at, Method::POST, SCHEDULER, body).with("content-type", "application/json")
}

/// Sends the call twice with one id. Returns the status of each answer and the outcome that the second one reports.
async fn twice(first: Ask, second: Ask, id: &str) -> (u16, u16, Option<String>) {
    let status = first.with(ID, id).send().await.status.as_u16();
    let again = second.with(ID, id).send().await;
    (status, again.status.as_u16(), again.header("x-mesoscope-outcome").map(str::to_owned))
}

#[tokio::test]
async fn a_write_with_the_same_id_is_forwarded_once() {
    let master = Script::start(|_| reply(200, "")).await;
    let gateway = Gateway::start(&["--master", &master.url()]).await;
    assert_eq!(call(&gateway.at, TEARDOWN).with(ID, "1").send().await.status, 200);
    let again = call(&gateway.at, TEARDOWN).with(ID, "1").send().await;
    assert_eq!((again.status.as_u16(), again.header("x-mesoscope-outcome")), (502, Some("unknown")));
    assert!(again.words().await.contains("the browser sent the call again"));
    assert_eq!(master.seen().len(), 1);
    assert_eq!(master.seen()[0].header(ID), None, "the id is for the gateway");
    assert_eq!(call(&gateway.at, TEARDOWN).with(ID, "2").send().await.status, 200);
    assert_eq!(master.seen().len(), 2);
}

#[tokio::test]
async fn reads_and_writes_without_an_id_may_be_repeated() {
    let master = Script::start(|_| reply(200, "")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    for body in [TEARDOWN, GET_AGENTS] {
        for _ in 0..2 {
            assert_eq!(call(&gateway.at, body).send().await.status, 200);
        }
    }
    assert_eq!(twice(call(&gateway.at, GET_AGENTS), call(&gateway.at, GET_AGENTS), "1").await, (200, 200, None));
    assert_eq!(master.seen().len(), 6);
}

/// A second SUBSCRIBE would be another framework, and a second ACCEPT another launch.
#[tokio::test]
async fn calls_of_the_scheduler_api_are_forwarded_once() {
    let master = Script::start(|seen| match seen.text().contains("SUBSCRIBE") {
        true => reply(200, "").with("content-type", "application/json").with("mesos-stream-id", "s"),
        false => reply(202, ""),
    })
    .await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let once = |status| (status, 502, Some("unknown".to_owned()));
    let subscribe = || scheduler(&gateway.at, SUBSCRIBE);
    assert_eq!(twice(subscribe(), subscribe(), "1").await, once(200));
    let accept = || scheduler(&gateway.at, ACCEPT).with("mesos-stream-id", "s");
    assert_eq!(twice(accept(), accept(), "2").await, once(202));
    assert_eq!(master.calls(), ["SUBSCRIBE", "ACCEPT"]);
    assert!(master.seen().iter().all(|seen| seen.header(ID).is_none()));
}

#[tokio::test]
async fn writes_to_agents_are_forwarded_once() {
    let agent = Script::start(|_| reply(200, "")).await;
    let listed = format!(
        r#"{{"type":"GET_AGENTS","get_agents":{{"agents":[{{"agent_info":{{"id":{{"value":"A"}}}},"pid":"slave(1)@{}"}}]}}}}"#,
        agent.at
    );
    let master = Script::start(move |_| reply(200, listed.clone())).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let kill = || {
        let body = r#"{"type":"KILL_NESTED_CONTAINER","kill_nested_container":{"container_id":{"value":"c"}}}"#;
        ask(&gateway.at, Method::POST, "/agent/A/api/v1", body).with("content-type", "application/json")
    };
    assert_eq!(twice(kill(), kill(), "1").await, (200, 502, Some("unknown".to_owned())));
    assert_eq!(agent.calls(), ["KILL_NESTED_CONTAINER"]);
}

/// A refusal of the gateway is no sending, so a later call with that id is the first one.
#[tokio::test]
async fn a_refused_write_was_not_sent() {
    let master = Script::start(|_| reply(200, "")).await;
    let gateway = Gateway::start(&["--master", &master.url(), "--read-only"]).await;
    let teardown = || call(&gateway.at, TEARDOWN);
    assert_eq!(twice(teardown(), teardown(), "1").await, (403, 403, Some("not-sent".to_owned())));
}

/// What arrived at a server: the number of the connection, and the call.
type Arrivals = Arc<Mutex<Vec<(usize, String)>>>;

/// A server that answers the first call of each connection. Any further call is read and the connection closed.
async fn closes_reused_connections(answer: &'static str) -> (String, Arrivals) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let at = listener.local_addr().expect("it is bound").to_string();
    let arrivals = Arrivals::default();
    let all = arrivals.clone();
    tokio::spawn(async move {
        let mut number = 0;
        while let Ok((mut stream, _)) = listener.accept().await {
            number += 1;
            let (all, number) = (all.clone(), number);
            tokio::spawn(async move {
                for is_answered in [true, false] {
                    let Some(kind) = call_type(&mut stream).await else { return };
                    all.lock().expect("no thread panics with it").push((number, kind));
                    if is_answered {
                        let _ = stream.write_all(answer.as_bytes()).await;
                    }
                }
            });
        }
    });
    (at, arrivals)
}

/// Reads a request whose body ends in `}`; these calls have a `}` in no other place that ends a read.
async fn call_type(stream: &mut TcpStream) -> Option<String> {
    let (mut text, mut part) = (String::new(), [0; 4096]);
    while !text.ends_with('}') {
        let length = stream.read(&mut part).await.ok().filter(|length| *length > 0)?;
        text.push_str(&String::from_utf8_lossy(&part[..length]));
    }
    let (_, body) = text.split_once("\r\n\r\n")?;
    body.split('"').nth(3).map(str::to_owned)
}

const DONE: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

#[tokio::test]
async fn the_gateway_repeats_no_write_on_a_connection_that_broke() {
    for (write, is_scheduler) in [(TEARDOWN, false), (ACCEPT, true), (SUBSCRIBE, true)] {
        let (at, arrivals) = closes_reused_connections(DONE).await;
        let other = Script::start(|_| reply(200, "{}")).await;
        let gateway = Gateway::before(&[&format!("http://{at}"), &other.url()]).await;
        assert_eq!(call(&gateway.at, GET_AGENTS).send().await.words().await, "{}");
        let asked = match is_scheduler {
            true => scheduler(&gateway.at, write),
            false => call(&gateway.at, write),
        };
        let answer = asked.send().await;
        assert_eq!((answer.status.as_u16(), answer.header("x-mesoscope-outcome")), (502, Some("unknown")), "{write}");
        let kind = write.split('"').nth(3).unwrap_or_default().to_owned();
        let arrived = arrivals.lock().expect("no thread panics with it").clone();
        assert_eq!(arrived, [(1, "GET_AGENTS".to_owned()), (1, kind)], "the connection is reused");
        assert_eq!(other.seen().len(), 0);
    }
}

/// A read is safe to repeat, so the next master gets it.
#[tokio::test]
async fn a_read_goes_on_to_the_next_master() {
    let (at, arrivals) = closes_reused_connections(DONE).await;
    let other = Script::start(|_| reply(200, "{}")).await;
    let gateway = Gateway::before(&[&format!("http://{at}"), &other.url()]).await;
    for _ in 0..2 {
        assert_eq!(call(&gateway.at, GET_AGENTS).send().await.words().await, "{}");
    }
    assert_eq!((arrivals.lock().expect("no thread panics with it").len(), other.seen().len()), (2, 1));
}
