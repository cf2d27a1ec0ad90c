//! What is passed on and what is not, both ways, and how much of it.

use bytes::Bytes;
use hyper::Method;

use super::ask::{GET_AGENTS, TEARDOWN, ask, call, get};
use super::executable::Gateway;
use super::script::{Script, nobody, reply};

#[tokio::test]
async fn a_call_is_passed_on_without_the_browsers_own() {
    let master = Script::start(|_| reply(200, "{}")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let asked = call(&gateway.at, GET_AGENTS)
        .with("accept", "application/json")
        .with("authorization", "Basic YTpi")
        .with("accept-encoding", "gzip, br")
        .with("cookie", "secret=1")
        .with("referer", "http://elsewhere/")
        .with("user-agent", "browser")
        .with("x-forwarded-for", "1.2.3.4")
        .with("te", "trailers")
        .with("connection", "keep-alive, x-hop")
        .with("x-hop", "1")
        .with("origin", &format!("http://{}", gateway.at));
    assert_eq!(asked.send().await.status, 200);
    let seen = &master.seen()[0];
    assert_eq!((&seen.method, &*seen.path, seen.text()), (&Method::POST, "/api/v1", GET_AGENTS));
    let mut names: Vec<_> = seen.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    let passed = ["accept", "accept-encoding", "authorization", "content-length", "content-type", "host"];
    assert_eq!(names, [&passed[..], &["x-mesoscope-via"]].concat());
    assert_eq!(seen.header("content-type"), Some("application/json"), "Mesos compares it exactly");
    assert_eq!(seen.header("authorization"), Some("Basic YTpi"));
    assert_eq!(seen.header("accept-encoding"), Some("gzip"), "Mesos knows no other");
    assert_eq!(seen.header("host"), Some(&*master.at));
}

#[tokio::test]
async fn an_answer_is_passed_on_without_the_masters_own() {
    let master = Script::start(|_| {
        reply(202, "body")
            .with("content-type", "application/x-protobuf")
            .with("set-cookie", "a=b")
            .with("access-control-allow-origin", "*")
            .with("server", "master")
            .with("location", "http://elsewhere/")
            .with("clear-site-data", "\"*\"")
    })
    .await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let answer = call(&gateway.at, GET_AGENTS).send().await;
    assert_eq!(answer.status, 202);
    assert_eq!(answer.header("content-type"), Some("application/x-protobuf"));
    assert_eq!(answer.header("content-length"), Some("4"));
    assert_eq!(answer.header("x-mesoscope-master"), Some(&*master.url()));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    for gone in ["set-cookie", "access-control-allow-origin", "server", "location", "clear-site-data"] {
        assert_eq!(answer.header(gone), None, "{gone}");
    }
    assert_eq!(answer.words().await, "body");
}

/// So that a page knows whose word it has: what answers in the gateway's place has no such header.
#[tokio::test]
async fn the_gateway_says_what_became_of_a_call() {
    // Masters name the leader by a 307, and so do some proxies the page to sign in at.
    for (status, name) in [(302, "302 Found"), (307, "307 Temporary Redirect")] {
        let there = ["https://sso.example:8443/login?to=x", "https://sso.example:8443/login?to=https://here/api/v1"];
        for (ask, there) in [(GET_AGENTS, there[0]), (TEARDOWN, there[0]), (GET_AGENTS, there[1])] {
            let sign_on = Script::start(move |_| reply(status, "").with("location", there)).await;
            let gateway = Gateway::before(&[&sign_on.url()]).await;
            let answer = call(&gateway.at, ask).send().await;
            assert_eq!((answer.status.as_u16(), answer.header("x-mesoscope-outcome")), (502, Some("redirect")));
            assert_eq!(answer.header("x-mesoscope-gateway"), Some("yes"));
            let words = answer.words().await;
            assert_eq!(words.trim_end(), format!("The answer was a redirect ({name}) to sso.example."));
        }
    }

    let gateway = Gateway::before(&[&format!("http://{}", nobody().await)]).await;
    let answer = call(&gateway.at, TEARDOWN).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("x-mesoscope-outcome")), (502, Some("not-sent")));

    let page = "<!doctype html><title>503 &amp; out</title><style>.x{}</style>";
    let proxy = Script::start(move |_| reply(503, page).with("content-type", "text/html")).await;
    let gateway = Gateway::before(&[&proxy.url()]).await;
    let words = call(&gateway.at, GET_AGENTS).send().await.words().await;
    assert!(words.contains("is not ready: 503 & out") && !words.contains("<"), "{words}");

    let master = Script::start(|_| reply(200, "")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let answer = call(&gateway.at, TEARDOWN).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("x-mesoscope-gateway")), (200, Some("yes")));
    assert_eq!((answer.header("x-mesoscope-outcome"), answer.header("content-type")), (None, None));
}

/// Refusals are the master's own, word for word.
#[tokio::test]
async fn a_refusal_is_passed_on() {
    let words = "Failed to validate master::Call: Expecting 'type' to be present";
    let master = Script::start(move |_| reply(400, words).with("content-type", "text/plain; charset=utf-8")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let answer = call(&gateway.at, "{}").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (400, Some("text/plain; charset=utf-8")));
    assert_eq!(answer.words().await, words);
}

#[tokio::test]
async fn a_challenge_opens_no_pop_up() {
    for (theirs, ours) in [
        (r#"Basic realm="mesos-master-readwrite""#, r#"Mesoscope realm="mesos-master-readwrite""#),
        (r#"Bearer realm="jwt",Basic realm="x""#, r#"Mesoscope realm="jwt""#),
        ("Basic", r#"Mesoscope realm="mesos""#),
    ] {
        let master = Script::start(move |_| reply(401, "401 Unauthorized.").with("www-authenticate", theirs)).await;
        let gateway = Gateway::before(&[&master.url()]).await;
        let answer = call(&gateway.at, GET_AGENTS).send().await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.headers.get_all("www-authenticate").iter().collect::<Vec<_>>(), [ours]);
    }
}

/// What the master gzipped is left so, even where streams are compressed.
#[tokio::test]
async fn gzip_passes_as_it_is() {
    let zipped: &[u8] = b"\x1f\x8b not looked into";
    let master = Script::start(move |_| reply(200, zipped).with("content-encoding", "gzip")).await;
    let gateway = Gateway::start(&["--master", &master.url(), "--compress", "always"]).await;
    let answer = call(&gateway.at, GET_AGENTS).with("accept-encoding", "gzip, zstd").send().await;
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    assert_eq!(answer.all().await.expect("whole"), zipped);

    call(&gateway.at, GET_AGENTS).with("accept-encoding", "br").send().await;
    assert_eq!(master.seen()[1].header("accept-encoding"), None, "it is not asked for what the browser cannot read");
}

#[tokio::test]
async fn calls_are_posted() {
    let master = Script::start(|_| reply(200, "{}")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    for path in ["/api/v1", "/agent/f-S0/api/v1"] {
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS, Method::PATCH] {
            let answer = ask(&gateway.at, method.clone(), path, "").send().await;
            assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, Some("POST")), "{method} {path}");
        }
    }
    assert_eq!(master.seen().len(), 0);
}

#[tokio::test]
async fn a_call_has_a_largest_size() {
    let master = Script::start(|_| reply(200, "{}")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let of = |size| ask(&gateway.at, Method::POST, "/api/v1", Bytes::from(vec![b' '; size]));
    assert_eq!(of(8 << 20).send().await.status, 200);
    let answer = of((8 << 20) + 1).send().await;
    assert_eq!(answer.status, 413);
    assert!(answer.words().await.contains("8 MiB"));
    assert_eq!(master.seen().len(), 1);
    assert_eq!(master.seen()[0].body.len(), 8 << 20);
}

#[tokio::test]
async fn other_paths_are_not_forwarded() {
    let master = Script::start(|_| reply(200, "{}")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    for path in ["/api/v1/", "/master/api/v1", "/api/v1/x", "/metrics/snapshot", "/agent//api/v1", "/agent/a/state"] {
        assert_ne!(ask(&gateway.at, Method::POST, path, GET_AGENTS).send().await.status, 200, "{path}");
        assert_ne!(get(&gateway.at, path).send().await.status, 200, "{path}");
    }
    assert_eq!(master.calls(), [""; 0]);
    assert_eq!(get(&gateway.at, "/healthz").send().await.words().await, "ok\n");
}
