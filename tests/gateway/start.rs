//! How it starts, or says why it does not; and how it stops.

use std::process::Output;

use tokio::net::TcpListener;

use super::ask::{GET_AGENTS, call, get, within};
use super::executable::{Gateway, command};
use super::script::nobody;

async fn refused(args: &[&str], part: &str) {
    let output: Output = within(command(args).output()).await.expect("the executable runs");
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {words}");
    assert!(words.contains(part), "{args:?}: {words}");
    assert!(output.stdout.is_empty(), "{args:?}: it says that it is there");
}

#[tokio::test]
async fn a_bad_address_of_a_master() {
    for (url, part) in [
        ("m1:5050", "http://"),
        ("zk://z1:2181/mesos", "http://"),
        ("http://", "--master"),
        ("http://m1:5050,ftp://m2", "ftp://m2"),
        ("http://user:password@m1:5050", "password"),
        ("http://m1:port", "--master"),
    ] {
        refused(&["--master", url], part).await;
    }
}

#[tokio::test]
async fn exactly_one_of_master_and_demo_is_required() {
    refused(&[], "--master").await;
    refused(&["--demo", "--master", "http://m1"], "cannot be used with").await;
    refused(&["--demo", "--seed", "-1"], "'-1' for '--seed <N>': expecting a whole number").await;
    refused(&["--demo", "--rate", "-1"], "'-1' for '--rate <N>': expecting events a second").await;
    refused(&["--master", "http://m1", "--size", "large"], "cannot be used with").await;
    refused(&["--demo", "--size", "vast"], "vast").await;
}

#[tokio::test]
async fn invalid_arguments_are_refused() {
    refused(&["--master", "http://m1", "--host", "http://name"], "host name").await;
    refused(&["--master", "http://m1", "--agent-network", "10.0.0.0/33"], "expecting a network").await;
    refused(&["--demo", "--agent-network", "10.0.0.0/8"], "cannot be used with").await;
    refused(&["--master", "http://m1", "--listen", "nonsense"], "expecting ADDRESS:PORT").await;
    refused(&["--master", "http://m1", "--listen", "127.0.0.1:0", "--page", "/no/such/folder"], "/no/such").await;
    refused(&["--master", "https://m1", "--listen", "127.0.0.1:0", "--ca", "/no/such/file"], "certificates").await;
}

#[tokio::test]
async fn a_port_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let at = taken.local_addr().expect("it is bound").to_string();
    refused(&["--master", "http://m1", "--listen", &at], &format!("cannot listen on {at}")).await;
}

#[tokio::test]
async fn help_explains() {
    let output = within(command(&["--help"]).output()).await.expect("the executable runs");
    let words = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success());
    for part in ["--master", "--demo", "--listen", "127.0.0.1:5080", "--host", "--read-only", "Examples:"] {
        assert!(words.contains(part), "{part} in {words}");
    }
}

/// The gateway needs no master to start, and says that it has none only when it is asked.
#[tokio::test]
async fn no_master_is_no_reason_to_stop() {
    let mut gateway = Gateway::before(&[&format!("http://{}", nobody().await)]).await;
    assert_eq!(call(&gateway.at, GET_AGENTS).send().await.status, 502);
    assert_eq!(get(&gateway.at, "/healthz").send().await.status, 200);
    assert!(gateway.child.try_wait().expect("it can be asked").is_none());
}

#[cfg(unix)]
#[tokio::test]
async fn it_stops_when_reported() {
    for signal in ["-INT", "-TERM"] {
        let mut gateway = Gateway::before(&["http://127.0.0.1:1"]).await;
        let id = gateway.child.id().expect("it runs").to_string();
        let reported = tokio::process::Command::new("kill").args([signal, &id]).status().await;
        assert!(reported.expect("kill is there").success());
        let ended = within(gateway.child.wait()).await.expect("it can be waited for");
        assert!(ended.success(), "{signal}: {ended}");
    }
}
