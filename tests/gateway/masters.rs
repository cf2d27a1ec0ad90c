//! The list of masters: who leads and who answers, by the calls that were made anyway.

use hyper::Method;
use mesoscope_core::mesos::calls::masters::{MasterReport, parse};

use super::ask::{GET_AGENTS, ask, call, get};
use super::executable::Gateway;
use super::script::{Script, nobody, reply};

async fn leader() -> Script {
    Script::start(|_| reply(200, "{}").with("content-type", "application/json")).await
}

async fn listed(gateway: &Gateway) -> Vec<MasterReport> {
    let answer = get(&gateway.at, "/masters").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("application/json")));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    parse(&answer.all().await.expect("the body is whole")).expect("it is a list of masters")
}

/// Without the age, which differs from run to run.
fn report(address: &str) -> MasterReport {
    MasterReport { address: address.to_owned(), listed: true, ..MasterReport::default() }
}

fn without_age(masters: Vec<MasterReport>) -> Vec<MasterReport> {
    masters.into_iter().map(|master| MasterReport { asked_ms_ago: None, ..master }).collect()
}

fn asked(masters: &[MasterReport]) -> Vec<bool> {
    masters.iter().map(|master| master.asked_ms_ago.is_some()).collect()
}

#[tokio::test]
async fn who_leads_who_is_on_standby_and_who_does_not_answer() {
    let (leader, spare) = (leader().await, leader().await);
    let location = format!("//{}/api/v1", leader.at);
    let standby = Script::start(move |_| reply(307, "").with("location", &location)).await;
    let lost = Script::start(|_| reply(503, "No leader elected")).await;
    let dead = format!("http://{}", nobody().await);
    let urls = [&dead, &lost.url(), &standby.url(), &leader.url(), &spare.url()].map(String::clone);
    let gateway = Gateway::before(&urls.each_ref().map(String::as_str)).await;
    let before = listed(&gateway).await;
    assert_eq!(before, urls.each_ref().map(|url| report(url)), "none was called yet");

    let wanted = call(&gateway.at, GET_AGENTS).with("authorization", "Basic YWxpY2U6c2VjcmV0").send().await;
    assert_eq!(wanted.status, 200);
    let masters = listed(&gateway).await;
    assert_eq!(asked(&masters), [true, true, true, true, false]);
    let mut masters = without_age(masters);
    let unreachable = masters.remove(0);
    let error = unreachable.error.clone().unwrap_or_default();
    assert!(error.starts_with("could not be reached: ") && error.to_lowercase().contains("refused"), "{error}");
    assert_eq!(unreachable, MasterReport { error: Some(error), ..report(&urls[0]) });
    let expected = [
        MasterReport { error: Some("is not ready: No leader elected".to_owned()), ..report(&urls[1]) },
        MasterReport { names: Some(leader.url()), ..report(&urls[2]) },
        MasterReport { leads: true, ..report(&urls[3]) },
        report(&urls[4]),
    ];
    assert_eq!(masters, expected);
    assert_eq!((leader.seen().len(), spare.seen().len()), (1, 0), "the list calls no master");
}

#[tokio::test]
async fn a_leader_that_a_master_named_is_listed_last() {
    let leader = leader().await;
    let location = format!("//{}/api/v1", leader.at);
    let standby = Script::start(move |_| reply(307, "").with("location", &location)).await;
    let gateway = Gateway::before(&[&standby.url()]).await;
    assert_eq!(call(&gateway.at, GET_AGENTS).send().await.status, 200);
    let expected = [
        MasterReport { names: Some(leader.url()), ..report(&standby.url()) },
        MasterReport { leads: true, listed: false, ..report(&leader.url()) },
    ];
    assert_eq!(without_age(listed(&gateway).await), expected);
}

/// The list is for every caller, so it has nothing that was sent by one caller or meant for one.
#[tokio::test]
async fn the_list_has_no_callers_data() {
    let answers = [
        reply(503, "alice may not now: token-7f3a"),
        reply(302, "").with("location", "https://sso.example/?state=token-7f3a"),
        reply(307, "").with("location", "https://u:token-7f3a@sso.example/api/v1"),
        reply(403, "alice may not: token-7f3a"),
    ];
    for answer in answers {
        let mut answer = Some(answer);
        let master = Script::start(move |_| answer.take().expect("it is called once")).await;
        let gateway = Gateway::before(&[&master.url()]).await;
        call(&gateway.at, GET_AGENTS).with("authorization", "Bearer token-7f3a").send().await;
        let words = get(&gateway.at, "/masters").send().await.words().await;
        assert!(words.contains(&master.url()), "{words}");
        assert!(!words.contains("token-7f3a") && !words.contains("alice"), "{words}");
    }
}

#[tokio::test]
async fn the_list_has_the_guards_of_all_requests() {
    let master = leader().await;
    for args in [&[][..], &["--read-only"]] {
        let gateway = Gateway::start(&[&["--master", &master.url()], args].concat()).await;
        assert_eq!(listed(&gateway).await, [report(&master.url())]);
        let (name, value) = ("host", "evil.example");
        assert_eq!(get(&gateway.at, "/masters").with(name, value).send().await.status, 421);
        let other_page = get(&gateway.at, "/masters").with("sec-fetch-site", "cross-site");
        assert_eq!(other_page.send().await.status, 403);
        let written = ask(&gateway.at, Method::POST, "/masters", "").send().await;
        assert!(matches!(written.status.as_u16(), 403 | 405), "{}", written.status);
    }
}
