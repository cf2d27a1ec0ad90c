//! `--agents`: agents behind a front that has one URL for each, as Admin Router of DC/OS.

use hyper::Method;

use super::agents::read_through;
use super::ask::ask;
use super::executable::Gateway;
use super::script::{Script, nobody, reply};

async fn front(url: impl Fn(&str) -> String) -> (Script, Script, Gateway) {
    let front = Script::start(|_| reply(200, "healthy").with("content-type", "application/json")).await;
    let master = Script::start(|_| reply(200, "{}")).await;
    let gateway = Gateway::start(&["--master", &master.url(), "--agents", &url(&front.url())]).await;
    (front, master, gateway)
}

#[tokio::test]
async fn an_agent_is_asked_at_the_url_of_its_id() {
    let (front, master, gateway) = front(|url| format!("{url}/agent/{{id}}")).await;
    let answer = read_through(&gateway, "f-S0").send().await;
    assert_eq!((answer.status.as_u16(), answer.words().await.as_str()), (200, "healthy"));
    let seen = &front.seen()[0];
    assert_eq!(seen.path, "/agent/f-S0/api/v1");
    assert_eq!(seen.header("authorization"), Some("Basic YWxpY2U6c2VjcmV0"));
    assert_eq!(master.seen().len(), 0, "no address is looked up");
}

#[tokio::test]
async fn a_token_of_dcos_is_passed_on() {
    let (front, _master, gateway) = front(|url| format!("{url}/agent/{{id}}")).await;
    let asked = ask(&gateway.at, Method::POST, "/agent/f-S0/api/v1", r#"{"type":"GET_HEALTH"}"#);
    let asked = asked.with("content-type", "application/json").with("authorization", "token=a.b.c");
    assert_eq!(asked.send().await.status, 200);
    assert_eq!(front.seen()[0].header("authorization"), Some("token=a.b.c"));
}

#[tokio::test]
async fn an_id_cannot_leave_its_place_in_the_url() {
    let (front, _master, gateway) = front(|url| format!("{url}/agent/{{id}}")).await;
    for id in ["%2e%2e", "a%2fb", "a%3fx", "a%23x", "a%20b", "%7bid%7d"] {
        assert_eq!(read_through(&gateway, id).send().await.status, 404, "{id}");
    }
    assert_eq!(front.seen().len(), 0);
}

#[tokio::test]
async fn a_front_that_is_down_is_named() {
    let master = Script::start(|_| reply(200, "{}")).await;
    let at = nobody().await;
    let gateway = Gateway::start(&["--master", &master.url(), "--agents", &format!("http://{at}/{{id}}")]).await;
    let answer = read_through(&gateway, "f-S0").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("x-mesoscope-outcome")), (502, Some("not-sent")));
    assert!(answer.words().await.contains(&at));
}
