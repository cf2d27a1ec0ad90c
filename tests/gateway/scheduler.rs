//! The scheduler API: streams, the id that goes both ways, who is refused, what became of a call, and hostile masters.

use std::time::Duration;

use hyper::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::ask::{Answer, Ask, ask, get, within};
use super::executable::Gateway;
use super::script::{Broken, Feed, Reply, Script, feed, nobody, reply, stream};
use super::unpack::Unpack;

const PATH: &str = "/api/v1/scheduler";
const SUBSCRIBE: &str = r#"{"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"ops","name":"run"}}}"#;
const KILL: &str = r#"{"type":"KILL","framework_id":{"value":"F"},"kill":{"task_id":{"value":"t"}}}"#;
const ID: &str = "41bc30b2-e948-458f-a39c-5c8bc14f0c7f";
const RECORD: &str = "20\n{\"type\":\"HEARTBEAT\"}";

fn subscribe(at: &str) -> Ask {
    ask(at, Method::POST, PATH, SUBSCRIBE).with("content-type", "application/json").with("accept", "application/json")
}

fn kill(at: &str) -> Ask {
    ask(at, Method::POST, PATH, KILL).with("content-type", "application/json").with("mesos-stream-id", ID)
}

fn outcome(answer: &Answer) -> (u16, Option<&str>) {
    (answer.status.as_u16(), answer.header("x-mesoscope-outcome"))
}

/// A master with one stream. It takes all other calls.
async fn master() -> (Script, Feed) {
    let (feed, reply_) = stream();
    let mut subscription = Some(reply_.with("mesos-stream-id", ID));
    let script = Script::start(move |seen| match seen.text().contains("SUBSCRIBE") {
        true => subscription.take().expect("it is subscribed once"),
        false => reply(202, ""),
    });
    (script.await, feed)
}

async fn streaming(flags: &[&str], coding: &str) -> (Script, Gateway, Feed, Answer) {
    let (master, feed) = master().await;
    let gateway = Gateway::start(&[flags, &["--master", &master.url()]].concat()).await;
    let answer = subscribe(&gateway.at).with("accept-encoding", coding).send().await;
    assert_eq!(outcome(&answer), (200, None));
    (master, gateway, feed, answer)
}

#[tokio::test]
async fn a_subscription_is_passed_on_event_by_event() {
    let (script, events) = master().await;
    let gateway = Gateway::before(&[&script.url()]).await;
    let asked = subscribe(&gateway.at).with("authorization", "Basic YTpi").with("accept-encoding", "gzip, br, zstd");
    let mut answer = asked.with("cookie", "a=b").send().await;
    assert_eq!(outcome(&answer), (200, None));
    assert_eq!((answer.header("mesos-stream-id"), answer.header("content-encoding")), (Some(ID), None));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store, no-transform"));
    assert_eq!(answer.header("x-accel-buffering"), Some("no"));
    assert_eq!(answer.header("x-mesoscope-master"), Some(&*script.url()));
    for n in 0..20 {
        let record = format!("{n} {RECORD}");
        feed(&events, record.clone()).await;
        assert_eq!(answer.next().await.expect("it goes on").expect("unbroken"), record);
    }
    let seen = &script.seen()[0];
    assert_eq!((seen.path.as_str(), seen.text()), (PATH, SUBSCRIBE));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!((seen.header("accept"), seen.header("authorization")), (Some("application/json"), Some("Basic YTpi")));
    for other in ["mesos-stream-id", "accept-encoding", "cookie"] {
        assert_eq!(seen.header(other), None, "{other}");
    }
}

#[tokio::test]
async fn a_call_carries_the_id_of_its_stream() {
    let (master, gateway, _events, _answer) = streaming(&[], "gzip").await;
    let answer = kill(&gateway.at).with("authorization", "Bearer t").with("accept-encoding", "gzip").send().await;
    assert_eq!(outcome(&answer), (202, None));
    assert_eq!((answer.header("content-type"), answer.header("content-length")), (None, Some("0")));
    assert_eq!(answer.words().await, "");
    let seen = &master.seen()[1];
    assert_eq!((seen.path.as_str(), seen.text(), seen.header("mesos-stream-id")), (PATH, KILL, Some(ID)));
    assert_eq!((seen.header("authorization"), seen.header("accept-encoding")), (Some("Bearer t"), None));
}

#[tokio::test]
async fn refusals_have_the_words_of_mesos() {
    for (status, words) in [
        (400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header"),
        (401, "401 Unauthorized."),
        (403, "Framework is not subscribed"),
        (415, "Expecting 'Content-Type' of application/json or application/x-protobuf"),
        (503, "Agent S1 is not ready"),
    ] {
        let master = Script::start(move |_| reply(status, words).with("content-type", "text/plain")).await;
        let gateway = Gateway::before(&[&master.url()]).await;
        for asked in [subscribe(&gateway.at), kill(&gateway.at)] {
            let answer = asked.send().await;
            assert_eq!(outcome(&answer), (status, None));
            assert_eq!(answer.words().await.trim_end(), words);
        }
    }
}

#[tokio::test]
async fn read_only_and_no_exec_refuse_all_of_it() {
    let (master, _events) = master().await;
    for flag in ["--read-only", "--no-exec"] {
        let gateway = Gateway::start(&["--master", &master.url(), flag]).await;
        for asked in [subscribe(&gateway.at), kill(&gateway.at), ask(&gateway.at, Method::POST, PATH, "")] {
            let answer = asked.send().await;
            assert_eq!(outcome(&answer), (403, Some("not-sent")), "{flag}");
            let words = answer.words().await;
            assert!(words.contains(flag) && words.contains("a call of the scheduler API"), "{words}");
        }
    }
    assert_eq!(master.seen().len(), 0);
}

#[tokio::test]
async fn other_sites_and_other_methods_are_refused() {
    let (master, _events) = master().await;
    let gateway = Gateway::before(&[&master.url()]).await;
    for (name, value) in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("host", "evil.example"),
    ] {
        for asked in [subscribe(&gateway.at), kill(&gateway.at)] {
            let answer = asked.with(name, value).send().await;
            assert!(matches!(answer.status.as_u16(), 403 | 421), "{name}: {value}");
            assert_eq!(answer.header("x-mesoscope-outcome"), Some("not-sent"), "{name}: {value}");
        }
    }
    let answer = get(&gateway.at, PATH).send().await;
    assert_eq!((outcome(&answer), answer.header("allow")), ((405, Some("not-sent")), Some("POST")));
    assert_eq!(master.seen().len(), 0);
}

#[tokio::test]
async fn a_redirect_to_the_leader_is_followed() {
    let (leader, events) = master().await;
    let location = format!("//{}{PATH}", leader.at);
    let standby = Script::start(move |_| reply(307, "").with("location", &location)).await;
    let gateway = Gateway::before(&[&standby.url()]).await;
    let mut answer = subscribe(&gateway.at).with("authorization", "Basic YTpi").send().await;
    assert_eq!((outcome(&answer), answer.header("mesos-stream-id")), ((200, None), Some(ID)));
    feed(&events, RECORD).await;
    assert_eq!(answer.next().await.expect("it goes on").expect("unbroken"), RECORD);
    assert_eq!(outcome(&kill(&gateway.at).send().await), (202, None));
    assert_eq!(standby.seen().len(), 1, "who led last is asked first");
    assert_eq!(leader.seen()[0].header("authorization"), Some("Basic YTpi"));
}

/// The id belongs to a stream of the old leader, so the new one has to refuse the call by itself.
#[tokio::test]
async fn calls_follow_the_leader_when_it_changes() {
    let next = Script::start(|_| reply(403, "Framework is not subscribed").with("content-type", "text/plain")).await;
    let (events, reply_) = stream();
    let (mut subscription, to) = (Some(reply_.with("mesos-stream-id", ID)), format!("//{}{PATH}", next.at));
    let old = Script::start(move |_| subscription.take().unwrap_or_else(|| reply(307, "").with("location", &to))).await;
    let gateway = Gateway::before(&[&old.url(), &next.url()]).await;
    let mut answer = subscribe(&gateway.at).send().await;
    feed(&events, RECORD).await;
    assert_eq!(answer.next().await.expect("it goes on").expect("unbroken"), RECORD);
    let refused = kill(&gateway.at).send().await;
    assert_eq!((outcome(&refused), refused.header("x-mesoscope-master")), ((403, None), Some(&*next.url())));
    assert_eq!(next.seen()[0].header("mesos-stream-id"), Some(ID));
}

#[tokio::test]
async fn a_call_that_reached_no_master_was_not_sent() {
    let dead = format!("http://{}", nobody().await);
    let lost = Script::start(|_| reply(503, "No leader elected")).await;
    let elsewhere = Script::start(|_| reply(307, "").with("location", "//127.0.0.1:1/api/v1/scheduler")).await;
    for (master, status) in [(&dead, 502), (&lost.url(), 503), (&elsewhere.url(), 503)] {
        let gateway = Gateway::before(&[master]).await;
        for asked in [subscribe(&gateway.at), kill(&gateway.at)] {
            assert_eq!(outcome(&asked.send().await), (status, Some("not-sent")), "{master}");
        }
    }
}

/// A second SUBSCRIBE makes a second framework, and a second ACCEPT is refused: nothing is sent twice.
#[tokio::test]
async fn a_call_that_a_master_may_have_heard_is_not_repeated() {
    let (other, _events) = master().await;
    let rude = Script::start(|_| Reply::HangUp).await;
    let (held, _left) = tokio::sync::mpsc::channel(1);
    let silent = Script::start(move |_| Reply::Silence(held.clone())).await;
    for (master, status) in [(rude, 502), (silent, 502)] {
        let masters = format!("{},{}", master.url(), other.url());
        let gateway = Gateway::start(&["--master", &masters, "--patience", "1"]).await;
        for asked in [subscribe(&gateway.at), kill(&gateway.at)] {
            let answer = asked.send().await;
            assert_eq!(outcome(&answer), (status, Some("unknown")));
            assert!(answer.words().await.contains("was not repeated"));
        }
    }
    assert_eq!(other.seen().len(), 0);
}

#[tokio::test]
async fn a_stream_ends_as_it_ends_at_the_master() {
    let (master, _gateway, events, answer) = streaming(&[], "gzip").await;
    feed(&events, RECORD).await;
    drop((events, master));
    assert_eq!(answer.all().await.expect("it ended cleanly"), RECORD);

    let (_master, _gateway, events, mut answer) = streaming(&[], "gzip").await;
    feed(&events, RECORD).await;
    answer.next().await.expect("it goes on").expect("unbroken");
    within(events.send(Err(Broken))).await.expect("the stream is open");
    assert!(answer.all().await.is_err(), "the master died");
}

#[tokio::test]
async fn a_browser_that_leaves_ends_its_stream_at_the_master() {
    for compress in ["never", "always"] {
        let (_master, _gateway, events, mut answer) = streaming(&["--compress", compress], "gzip").await;
        feed(&events, RECORD).await;
        answer.next().await.expect("it goes on").expect("unbroken");
        drop(answer);
        within(events.closed()).await;
    }
}

#[tokio::test]
async fn compression_holds_no_event_back() {
    for coding in ["zstd", "gzip", "br"] {
        let (_master, _gateway, events, mut answer) = streaming(&["--compress", "always"], coding).await;
        assert_eq!((answer.header("content-encoding"), answer.header("mesos-stream-id")), (Some(coding), Some(ID)));
        let mut unpack = Unpack::new(coding);
        for n in 0..20 {
            let record = format!("{n} {RECORD}");
            feed(&events, record.clone()).await;
            let mut read = Vec::new();
            while read.len() < record.len() {
                read.extend(unpack.read(&answer.next().await.expect("it goes on").expect("unbroken")));
            }
            assert_eq!(String::from_utf8_lossy(&read), record);
        }
    }
}

/// Every timeout of the gateway is shorter than the pause.
#[tokio::test]
async fn a_quiet_stream_is_not_cut() {
    let short = ["--patience", "1", "--limit-head", "200", "--limit-body", "200", "--limit-body-idle", "200"];
    let (_master, _gateway, events, mut answer) = streaming(&short, "gzip").await;
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(2500)).await;
        feed(&events, RECORD).await;
        assert_eq!(answer.next().await.expect("it goes on").expect("unbroken"), RECORD);
    }
}

/// The page decides what a record is.
#[tokio::test]
async fn bytes_that_are_no_records_are_passed_on_too() {
    let (_master, _gateway, events, mut answer) = streaming(&[], "gzip").await;
    let garbage: Vec<u8> = (0..=255).cycle().take(5000).collect();
    feed(&events, garbage.clone()).await;
    let mut read = Vec::new();
    while read.len() < garbage.len() {
        read.extend(answer.next().await.expect("it goes on").expect("unbroken"));
    }
    assert_eq!(read, garbage);
}

/// A master that answers every connection with these bytes, and then with `more` until it is left.
async fn raw(first: &'static str, more: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let at = listener.local_addr().expect("it is bound").to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let mut next = first;
                while stream.write_all(next.as_bytes()).await.is_ok() {
                    if more.is_empty() {
                        std::future::pending::<()>().await;
                    }
                    next = more;
                }
            });
        }
    });
    format!("http://{at}")
}

#[tokio::test]
async fn a_hostile_master_gets_no_memory_and_no_time() {
    const ACCEPTED: &str = "HTTP/1.1 202 Accepted\r\ntransfer-encoding: chunked\r\n\r\n";
    const REFUSED: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 99999999999\r\n\r\n";
    for (first, more) in [
        ("HTTP/1.1 200 OK\r\n", "x-more: 0123456789012345678901234567890123456789\r\n"),
        ("HTTP/1.1 200 OK\r\nx-one: ", "0123456789012345678901234567890123456789"),
        ("", "HTTP/1.1 100 Continue\r\n\r\n"),
        ("SSH-2.0-OpenSSH_9.2\r\n", ""),
        ("HTTP/1.1 200 OK\r\nx-slow: ", ""),
        (ACCEPTED, "a\r\n0123456789\r\n"),
        (ACCEPTED, ""),
        (REFUSED, "0123456789"),
        (REFUSED, ""),
    ] {
        let gateway = Gateway::start(&["--master", &raw(first, more).await, "--patience", "1"]).await;
        for asked in [subscribe(&gateway.at), kill(&gateway.at)] {
            assert_eq!(outcome(&asked.send().await), (502, Some("unknown")), "{first:?} {more:?}");
        }
    }
}
