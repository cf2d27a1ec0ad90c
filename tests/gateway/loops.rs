//! A gateway that is led to itself, or to another one that leads back, says so at once.

use hyper::Method;

use super::agents::{cluster, master, read_through};
use super::ask::{GET_AGENTS, ask, call};
use super::executable::{Gateway, command};
use super::script::{Script, nobody, reply};

/// Listens there.
async fn before(at: &str, master: &str) -> Gateway {
    Gateway::run(command(&["--listen", at, "--master", master]).kill_on_drop(true)).await
}

#[tokio::test]
async fn a_gateway_that_is_its_own_master() {
    let at = nobody().await;
    let gateway = before(&at, &format!("http://{at}")).await;
    let answer = call(&gateway.at, GET_AGENTS).send().await;
    assert_eq!(answer.status, 508);
    let words = answer.words().await;
    assert!(words.contains(&format!("http://{at} leads back to this gateway")), "{words}");
}

#[tokio::test]
async fn two_gateways_in_a_ring() {
    let (one, two) = (nobody().await, nobody().await);
    let first = before(&one, &format!("http://{two}")).await;
    let _second = before(&two, &format!("http://{one}")).await;
    assert_eq!(call(&first.at, GET_AGENTS).send().await.status, 508);
}

#[tokio::test]
async fn chained_gateways_are_not_a_loop() {
    let master = Script::start(|_| reply(200, "{}")).await;
    let inner = Gateway::before(&[&master.url()]).await;
    let outer = Gateway::before(&[&format!("http://{}", inner.at)]).await;
    assert_eq!(call(&outer.at, GET_AGENTS).send().await.status, 200);
    assert_eq!(master.seen()[0].headers.get_all("x-mesoscope-via").iter().count(), 2);
}

#[tokio::test]
async fn a_redirect_that_leads_back() {
    let at = nobody().await;
    let location = format!("//{at}/api/v1");
    let standby = Script::start(move |_| reply(307, "").with("location", &location)).await;
    let gateway = before(&at, &standby.url()).await;
    let answer = call(&gateway.at, GET_AGENTS).send().await;
    assert_eq!(answer.status, 503, "the standby is a master, and may name another leader soon");
    assert!(answer.words().await.contains("leads back to this gateway"));
    assert_eq!(standby.seen().len(), 1);
}

#[tokio::test]
async fn an_agent_that_is_the_gateway() {
    for process in ["slave(1)", ""] {
        let at = nobody().await;
        let master = master(&cluster("f-S0", format!("{process}@{at}"), "x.invalid:1")).await;
        let gateway = before(&at, &master.url()).await;
        let answer = read_through(&gateway, "f-S0").send().await;
        assert_eq!(answer.status, 508);
        assert!(answer.words().await.contains(&format!("{at} leads back to this gateway")));
        assert_eq!(master.calls()[0], "GET_AGENTS");
    }
}

#[tokio::test]
async fn a_request_that_came_through_many_gateways_is_not_sent_on() {
    let master = Script::start(|_| reply(200, "{}")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    for path in ["/api/v1", "/agent/x/api/v1", "/", "/download"] {
        let asked = ask(&gateway.at, Method::POST, path, GET_AGENTS).with("x-mesoscope-via", "a, b,c,d");
        assert_eq!(asked.send().await.status, 508, "{path}");
    }
    assert_eq!(master.seen().len(), 0);
}
