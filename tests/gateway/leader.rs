//! Finding the master that leads, and saying who did not.

use super::ask::{GET_AGENTS, TEARDOWN, call};
use super::executable::Gateway;
use super::script::{Reply, Script, nobody, reply};

async fn leader() -> Script {
    Script::start(|_| reply(200, "{}").with("content-type", "application/json")).await
}

async fn standby(of: &str) -> Script {
    let location = format!("//{of}/api/v1");
    Script::start(move |_| reply(307, "").with("location", &location)).await
}

#[tokio::test]
async fn a_redirect_is_followed_with_the_callers_credentials() {
    let leader = leader().await;
    let standby = standby(&leader.at).await;
    let gateway = Gateway::before(&[&standby.url()]).await;
    let answer = call(&gateway.at, GET_AGENTS).with("authorization", "Basic YWxpY2U6c2VjcmV0").send().await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-mesoscope-master"), Some(&*leader.url()));
    let seen = leader.seen();
    assert_eq!(seen[0].text(), GET_AGENTS);
    assert_eq!(seen[0].header("authorization"), Some("Basic YWxpY2U6c2VjcmV0"));
    assert_eq!(seen[0].header("host"), Some(&*leader.at));

    call(&gateway.at, GET_AGENTS).send().await;
    assert_eq!((standby.seen().len(), leader.seen().len()), (1, 2), "who led last is asked first");
}

/// Credentials go no further than to whom a configured master names.
#[tokio::test]
async fn a_second_redirect_is_not_followed() {
    let stranger = leader().await;
    let named = standby(&stranger.at).await;
    let configured = standby(&named.at).await;
    let gateway = Gateway::before(&[&configured.url()]).await;
    let answer = call(&gateway.at, GET_AGENTS).send().await;
    assert_eq!(answer.status, 503);
    let words = answer.words().await;
    assert!(words.contains("only a configured master may"), "{words}");
    assert_eq!(stranger.seen().len(), 0);
}

/// Such an address is good on one link alone, and on a cloud's machine gives away the machine's credentials.
#[tokio::test]
async fn a_leader_at_an_address_of_a_link_is_not_asked() {
    for at in [
        "169.254.169.254",
        "169.254.1.2:5050",
        "[fe80::1]:5050",
        "[::ffff:169.254.169.254]",
        "0.0.0.0:5050",
        "2852039166",
        "0xa9fea9fe:80",
        "169.254.43518",
    ] {
        let standby = standby(at).await;
        let gateway = Gateway::before(&[&standby.url()]).await;
        let answer = call(&gateway.at, GET_AGENTS).with("authorization", "Basic YTpi").send().await;
        assert_eq!(answer.status, 503, "{at}");
        let words = answer.words().await;
        let is_refused =
            words.contains("which is no address of a machine") || words.contains("a number in place of a name");
        assert!(is_refused, "{at}: {words}");
    }
}

/// Names another address once, as a master does that lost an election; then it leads.
async fn misled_once(to: &str) -> Script {
    let (location, mut asked) = (format!("//{to}/api/v1"), 0);
    Script::start(move |_| {
        asked += 1;
        if asked == 1 { reply(307, "").with("location", &location) } else { reply(200, "{}") }
    })
    .await
}

#[tokio::test]
async fn an_address_that_answers_as_no_master_is_not_believed_twice() {
    for (status, kind) in
        [(200, "text/html"), (404, "text/html; charset=utf-8"), (302, "text/plain"), (200, "text/plain")]
    {
        let stranger = Script::start(move |_| reply(status, "Sign in").with("content-type", kind)).await;
        let master = misled_once(&stranger.at).await;
        let gateway = Gateway::before(&[&master.url()]).await;
        let first = call(&gateway.at, GET_AGENTS).send().await;
        assert_eq!(first.status, 503, "{status} {kind}");
        let words = first.words().await;
        assert!(words.contains(&format!("answers as no master does: {status}")), "{words}");
        let second = call(&gateway.at, GET_AGENTS).send().await;
        assert_eq!((second.status.as_u16(), second.header("x-mesoscope-master")), (200, Some(&*master.url())));
        assert_eq!(stranger.seen().len(), 1, "{status} {kind}");
    }
}

/// A refusal may be a master's, so it is passed on; but the next call asks the configured master who leads.
#[tokio::test]
async fn a_named_address_that_refuses_is_asked_no_more_unless_it_is_named_again() {
    let stranger = Script::start(|_| reply(404, "404 page not found").with("content-type", "text/plain")).await;
    let master = misled_once(&stranger.at).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let statuses = [404, 200, 200];
    for status in statuses {
        let answer = call(&gateway.at, GET_AGENTS).with("authorization", "Basic YTpi").send().await;
        assert_eq!(answer.status, status);
    }
    assert_eq!((stranger.seen().len(), master.seen().len()), (1, 3));
}

#[tokio::test]
async fn a_write_that_a_page_answers_is_not_sent_again() {
    let page = || reply(200, "<title>Sign in</title>").with("content-type", "text/html");
    let (stranger, other) = (Script::start(move |_| page()).await, leader().await);
    let master = misled_once(&stranger.at).await;
    let gateway = Gateway::before(&[&master.url(), &other.url()]).await;
    let answer = call(&gateway.at, TEARDOWN).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("x-mesoscope-outcome")), (503, Some("unknown")));
    assert_eq!(other.seen().len(), 0);
}

/// A proxy's page says nothing about whether the master heard a call.
#[tokio::test]
async fn a_proxys_503_is_no_masters_word() {
    let page = || reply(503, "<h1>503 Service Unavailable</h1>").with("content-type", "text/html");
    let (proxy, leader) = (Script::start(move |_| page()).await, leader().await);
    let gateway = Gateway::before(&[&proxy.url(), &leader.url()]).await;
    let answer = call(&gateway.at, TEARDOWN).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (503, Some("text/html")));
    assert_eq!(leader.seen().len(), 0);
    assert_eq!(call(&gateway.at, GET_AGENTS).send().await.status, 200);
}

/// Each 503 of a master has words (PROTOCOL.md, "Refusals"), so an empty one is a proxy's, which may have lost the answer.
#[tokio::test]
async fn a_write_is_not_sent_again_after_a_503_without_words() {
    let (proxy, leader) = (Script::start(|_| reply(503, "")).await, leader().await);
    let gateway = Gateway::before(&[&proxy.url(), &leader.url()]).await;
    let answer = call(&gateway.at, TEARDOWN).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("x-mesoscope-outcome")), (502, Some("unknown")));
    assert_eq!(leader.seen().len(), 0);
    assert_eq!(call(&gateway.at, GET_AGENTS).send().await.status, 200);
}

/// A read is asked of the next one; the page itself is passed on where no master says anything.
#[tokio::test]
async fn a_page_before_a_master_is_passed_over_by_reads() {
    let page = || reply(200, "<title>Sign in</title>").with("content-type", "text/html");
    let (before, leader) = (Script::start(move |_| page()).await, leader().await);
    let gateway = Gateway::before(&[&before.url(), &leader.url()]).await;
    let answer = call(&gateway.at, GET_AGENTS).send().await;
    assert_eq!(answer.header("x-mesoscope-master"), Some(&*leader.url()));
    let alone = Gateway::before(&[&before.url()]).await;
    let answer = call(&alone.at, GET_AGENTS).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("text/html")));
    assert_eq!(answer.words().await, "<title>Sign in</title>");
}

#[tokio::test]
async fn a_redirect_leads_to_masters_only() {
    let stranger = leader().await;
    for location in ["/login", "//AT/login", "http://AT/login?to=/api/v1", "//u:p@AT/api/v1", "//AT/../api/v1"] {
        let location = location.replace("AT", &stranger.at);
        let master = Script::start(move |_| reply(307, "").with("location", &location)).await;
        let gateway = Gateway::before(&[&master.url()]).await;
        let answer = call(&gateway.at, GET_AGENTS).send().await;
        assert!(matches!(answer.status.as_u16(), 502 | 503), "{}", answer.status);
    }
    assert_eq!(stranger.seen().len(), 0);
}

#[tokio::test]
async fn masters_that_name_one_another_are_asked_once() {
    let port = nobody().await;
    let one = standby(&port).await;
    let at = one.at.clone();
    let other = Script::start_at(&port, move |_| reply(307, "").with("location", &format!("//{at}/api/v1"))).await;
    let gateway = Gateway::before(&[&one.url(), &other.url()]).await;
    assert_eq!(call(&gateway.at, GET_AGENTS).send().await.status, 503);
    assert_eq!((one.seen().len(), other.seen().len()), (1, 1));
}

#[tokio::test]
async fn a_dead_and_a_standby_master_are_passed_over() {
    let leader = leader().await;
    let lost = Script::start(|_| reply(503, "No leader elected")).await;
    let dead = format!("http://{}", nobody().await);
    let gateway = Gateway::before(&[&dead, &lost.url(), &leader.url()]).await;
    let answer = call(&gateway.at, TEARDOWN).send().await;
    assert_eq!(answer.status, 200);
    assert_eq!(leader.calls(), ["TEARDOWN"]);
}

#[tokio::test]
async fn a_configured_master_that_asks_for_credentials_is_asked_first_again() {
    let leader = Script::start(|_| reply(401, "401 Unauthorized.").with("content-type", "text/plain")).await;
    let lost = Script::start(|_| reply(503, "No leader elected")).await;
    let gateway = Gateway::before(&[&lost.url(), &leader.url()]).await;
    for _ in 0..2 {
        assert_eq!(call(&gateway.at, GET_AGENTS).send().await.status, 401);
    }
    assert_eq!((lost.seen().len(), leader.seen().len()), (1, 2));
}

#[tokio::test]
async fn a_path_of_a_master_is_kept() {
    let leader = leader().await;
    let gateway = Gateway::before(&[&format!("{}/master", leader.url())]).await;
    assert_eq!(call(&gateway.at, GET_AGENTS).send().await.status, 200);
    assert_eq!(leader.seen()[0].path, "/master/api/v1");
}

#[tokio::test]
async fn unreachable_masters_are_reported_and_retried() {
    let (at, other) = (nobody().await, nobody().await);
    let gateway = Gateway::before(&[&format!("http://{at}"), &format!("http://{other}")]).await;
    let answer = call(&gateway.at, GET_AGENTS).send().await;
    assert_eq!(answer.status, 502);
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    let words = answer.words().await;
    for part in [&*at, &*other, "could not be reached", "refused"] {
        assert!(words.to_lowercase().contains(part), "{part} in {words}");
    }

    let back = Script::start_at(&at, |_| reply(200, "{}")).await;
    assert_eq!(call(&gateway.at, GET_AGENTS).send().await.status, 200);
    assert_eq!(back.seen().len(), 1);
}

#[tokio::test]
async fn what_a_master_said_of_not_being_ready_is_passed_on() {
    let master = Script::start(|_| reply(503, "Master has not finished recovery")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let answer = call(&gateway.at, GET_AGENTS).send().await;
    assert_eq!(answer.status, 503);
    assert!(answer.words().await.contains("Master has not finished recovery"));
}

/// Its own words, not ours; and no other master is asked to do the same.
#[tokio::test]
async fn a_leader_that_cannot_now_is_believed() {
    let words = "Agent S1 is already being transitioned to gone";
    let master = Script::start(move |_| reply(503, words)).await;
    let other = leader().await;
    let gateway = Gateway::before(&[&master.url(), &other.url()]).await;
    let answer = call(&gateway.at, r#"{"type":"MARK_AGENT_GONE"}"#).send().await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("x-mesoscope-outcome"), None);
    assert_eq!(answer.words().await.trim_end(), words);
    assert_eq!(other.seen().len(), 0);
}

/// A call that changes something may have been heard by who hung up; one that reads can be asked of another.
#[tokio::test]
async fn only_reads_are_repeated() {
    let leader = leader().await;
    let rude = Script::start(|_| Reply::HangUp).await;
    let gateway = Gateway::before(&[&rude.url(), &leader.url()]).await;
    let answer = call(&gateway.at, TEARDOWN).send().await;
    assert_eq!(answer.status, 502);
    assert_eq!(answer.header("x-mesoscope-outcome"), Some("unknown"));
    assert!(answer.words().await.contains("was not repeated"));
    assert_eq!(leader.seen().len(), 0);
    assert_eq!(call(&gateway.at, GET_AGENTS).send().await.status, 200);
    assert_eq!(leader.calls(), ["GET_AGENTS"]);
}

#[tokio::test]
async fn a_silent_master_is_given_up() {
    let leader = leader().await;
    let (held, _left) = tokio::sync::mpsc::channel(1);
    let silent = Script::start(move |_| Reply::Silence(held.clone())).await;
    let masters = format!("{},{}", silent.url(), leader.url());
    let gateway = Gateway::start(&["--master", &masters, "--patience", "1"]).await;
    assert_eq!(call(&gateway.at, GET_AGENTS).send().await.status, 200);
    assert_eq!((silent.seen().len(), leader.seen().len()), (1, 1));
}

/// The leader steps down: it names another, which a configured master must confirm.
#[tokio::test]
async fn a_failover_is_followed() {
    let (old, new) = (nobody().await, leader().await);
    let (first, second) = (format!("//{old}/api/v1"), format!("//{}/api/v1", new.at));
    let mut asked = 0;
    let standby = Script::start(move |_| {
        asked += 1;
        reply(307, "").with("location", if asked == 1 { &first } else { &second })
    })
    .await;
    let mut calls = 0;
    let to = format!("//{}/api/v1", new.at);
    let _old = Script::start_at(&old, move |_| {
        calls += 1;
        if calls == 1 { reply(200, "{}") } else { reply(307, "").with("location", &to) }
    })
    .await;
    let gateway = Gateway::before(&[&standby.url()]).await;
    let who = async || call(&gateway.at, GET_AGENTS).send().await.header("x-mesoscope-master").map(str::to_owned);
    assert_eq!(who().await, Some(format!("http://{old}")));
    assert_eq!(who().await, Some(new.url()));
}
