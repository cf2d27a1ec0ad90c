//! What callers can take of the gateway: connections, time for heads and bodies, memory for bodies.

use std::io;

use bytes::Bytes;
use hyper::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::ask::{GET_AGENTS, SUBSCRIBE, ask, call, get, within};
use super::executable::Gateway;
use super::script::{Reply, Script, feed, reply, stream};

async fn gateway(limits: &[&str]) -> Gateway {
    Gateway::start(&[&["--master", "http://127.0.0.1:1"], limits].concat()).await
}

async fn connect(gateway: &Gateway) -> TcpStream {
    within(TcpStream::connect(&gateway.at)).await.expect("the gateway accepts")
}

/// All that comes until the gateway closes; a reset ends it too.
async fn rest(mut stream: TcpStream) -> String {
    let mut read = Vec::new();
    let _: io::Result<usize> = within(stream.read_to_end(&mut read)).await;
    String::from_utf8_lossy(&read).into_owned()
}

#[tokio::test]
async fn silent_connections_give_way_to_a_new_one() {
    let gateway = gateway(&["--limit-connections", "8", "--limit-headless", "99"]).await;
    let mut silent = Vec::new();
    for nth in 0..20 {
        let mut stream = connect(&gateway).await;
        if nth % 2 == 0 {
            stream.write_all(b"GET / HTTP/1.1\r\nHost: localh").await.expect("it is open");
        }
        silent.push(stream);
    }
    assert_eq!(get(&gateway.at, "/healthz").send().await.status, 200);
    assert_eq!(rest(silent.remove(0)).await, "", "the oldest is closed");
}

#[tokio::test]
async fn a_stream_outlives_a_flood() {
    let (master, reply) = stream();
    let mut reply = Some(reply);
    let script = Script::start(move |_| reply.take().expect("asked once")).await;
    let gateway = Gateway::start(&["--master", &script.url(), "--limit-connections", "4"]).await;
    let mut answer = call(&gateway.at, SUBSCRIBE).send().await;
    let mut flood = Vec::new();
    for _ in 0..40 {
        flood.push(connect(&gateway).await);
    }
    assert_eq!(get(&gateway.at, "/healthz").send().await.status, 200);
    feed(&master, "a record").await;
    assert_eq!(answer.next().await.expect("it goes on").expect("unbroken"), "a record");
}

/// Only Linux gives a machine more than one address of itself without being asked to.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_peer_that_holds_all_seats_with_streams_keeps_no_other_out() {
    let mut feeds = Vec::new();
    let script = Script::start(move |_| {
        let (feed, reply) = stream();
        feeds.push(feed);
        reply
    });
    let script = script.await;
    let gateway = Gateway::start(&["--master", &script.url(), "--limit-connections", "4"]).await;
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(call(&gateway.at, SUBSCRIBE).send().await);
    }
    // Those of the same peer that wait keep no other out, however many they are.
    let mut waiting = Vec::new();
    for _ in 0..20 {
        waiting.push(connect(&gateway).await);
    }
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.2:0".parse().expect("an address")).expect("it is this machine's");
    let mut other = within(socket.connect(gateway.at.parse().expect("an address"))).await.expect("it accepts");
    other.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("it is open");
    let mut answer = [0; 15];
    within(other.read_exact(&mut answer)).await.expect("it answers");
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    let mut newest = streams.pop().expect("it was opened");
    assert!(newest.next().await.is_none_or(|next| next.is_err()), "the newest of the many gives way");
}

#[tokio::test]
async fn idle_connections_give_way_after_an_answer_too() {
    let gateway = gateway(&["--limit-connections", "2"]).await;
    let mut kept = Vec::new();
    for _ in 0..2 {
        let mut stream = connect(&gateway).await;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("it is open");
        let mut answer = [0; 15];
        within(stream.read_exact(&mut answer)).await.expect("it answers");
        assert_eq!(&answer, b"HTTP/1.1 200 OK");
        kept.push(stream);
    }
    assert_eq!(get(&gateway.at, "/healthz").send().await.status, 200);
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let gateway = gateway(&["--limit-head", "200"]).await;
    for started in ["", "GET /healthz HT", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"] {
        let mut stream = connect(&gateway).await;
        stream.write_all(started.as_bytes()).await.expect("it is open");
        // It is closed; the last one answered first, and idled then.
        let said = rest(stream).await;
        assert_eq!(said.starts_with("HTTP/1.1 200"), started.ends_with("\r\n\r\n"), "{started}: {said}");
    }
}

const TICKET: &str = "/download/0123456789abcdef0123456789abcdef/state";

#[tokio::test]
async fn a_slow_body_gets_408() {
    for limit in ["--limit-body", "--limit-body-idle"] {
        let gateway = gateway(&[limit, "200"]).await;
        for path in ["/api/v1", "/api/v1/scheduler", "/agent/f-S0/api/v1", "/download", TICKET, "/", "/nothing/here"] {
            let mut stream = connect(&gateway).await;
            let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\nxx");
            stream.write_all(head.as_bytes()).await.expect("it is open");
            let said = rest(stream).await;
            assert!(said.starts_with("HTTP/1.1 408 "), "{limit} {path}: {said}");
        }
    }
}

/// Bytes that go on coming extend the idle limit, and not the whole one.
#[tokio::test]
async fn a_body_that_trickles_is_ended() {
    let gateway = gateway(&["--limit-body", "300"]).await;
    let stream = connect(&gateway).await;
    let (mut from, mut to) = stream.into_split();
    to.write_all(b"POST /download HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await
        .expect("open");
    let trickle = tokio::spawn(async move { while to.write_all(b"1\r\nx\r\n").await.is_ok() {} });
    let mut said = [0; 13];
    within(from.read_exact(&mut said)).await.expect("it answers");
    assert_eq!(&said, b"HTTP/1.1 408 ");
    trickle.abort();
}

#[tokio::test]
async fn every_body_has_a_limit_of_size() {
    let gateway = gateway(&[]).await;
    for path in ["/api/v1", "/api/v1/scheduler", "/download", TICKET, "/nothing"] {
        let answer = ask(&gateway.at, Method::POST, path, Bytes::from(vec![b' '; (8 << 20) + 1])).send().await;
        assert_eq!(answer.status, 413, "{path}");
    }
}

/// No limit of time ends it: the body may still come. It is read, so that a browser reads the answer after it has sent the body.
#[tokio::test]
async fn a_declared_length_above_the_limit_is_refused_at_once() {
    let gateway = gateway(&["--limit-body", "3600000", "--limit-body-idle", "3600000"]).await;
    let length = (8 << 20) + 1;
    for more in ["", "Expect: 100-continue\r\n"] {
        let mut stream = connect(&gateway).await;
        let head = format!("POST /api/v1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n{more}\r\n");
        stream.write_all(head.as_bytes()).await.expect("it is open");
        let mut said = [0; 13];
        within(stream.read_exact(&mut said)).await.expect("it answers");
        assert_eq!(&said, b"HTTP/1.1 413 ", "{more}");
        if more.is_empty() {
            within(stream.write_all(&vec![b' '; length])).await.expect("the body is read");
            let next = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            within(stream.write_all(next)).await.expect("it is open");
            assert!(rest(stream).await.contains("HTTP/1.1 200 "), "the connection goes on");
        }
    }
}

#[tokio::test]
async fn bodies_share_one_budget() {
    let (held, mut left) = tokio::sync::mpsc::channel(1);
    let mut first = Some(held);
    let master = Script::start(move |_| first.take().map_or_else(|| reply(200, "{}"), Reply::Silence)).await;
    let limits = ["--limit-bodies", "3000000", "--limit-memory", "50"];
    let gateway = Gateway::start(&[&["--master", &master.url()], &limits[..]].concat()).await;
    let large = || ask(&gateway.at, Method::POST, "/api/v1", Bytes::from(vec![b' '; 2_000_000]));
    let waiting = tokio::spawn(large().send());
    within(master.asked()).await;
    let refused = large().send().await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (503, Some("2")));
    assert_eq!(call(&gateway.at, GET_AGENTS).send().await.status, 200, "an ordinary call needs none of it");
    waiting.abort();
    within(left.recv()).await;
    // The first one's memory is free once its caller has left.
    let mut status = 503;
    while status == 503 {
        status = large().send().await.status.as_u16();
    }
    assert_eq!(status, 200);
}

/// What a head declares costs nothing.
#[tokio::test]
async fn a_declared_length_takes_no_memory() {
    let gateway = gateway(&["--limit-bodies", "3000000", "--limit-memory", "50"]).await;
    let mut declared = Vec::new();
    for _ in 0..20 {
        let mut stream = connect(&gateway).await;
        let head = b"POST /api/v1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000000\r\n\r\nx";
        stream.write_all(head).await.expect("it is open");
        declared.push(stream);
    }
    let large = ask(&gateway.at, Method::POST, "/nothing", Bytes::from(vec![b' '; 2_000_000]));
    assert_eq!(large.send().await.status, 405);
}
