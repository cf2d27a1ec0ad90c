//! Agents are reached by id, at the address that the master reports, and at no other.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hyper::Method;

use super::ask::{Ask, ask, within};
use super::executable::Gateway;
use super::script::{Reply, Script, nobody, reply};

const GET_HEALTH: &str = r#"{"type":"GET_HEALTH"}"#;
const ALICE: &str = "Basic YWxpY2U6c2VjcmV0";

/// The agents that a master reports: id, pid, hostname and port.
pub type Agents = Arc<Mutex<Vec<(&'static str, String, String)>>>;

fn reported(agents: &Agents) -> Reply {
    let agents = agents.lock().expect("no test panics here");
    let agents = agents.iter().map(|(id, pid, home)| {
        let (hostname, port) = home.split_once(':').expect("the test's home is host:port");
        format!(r#"{{"agent_info":{{"id":{{"value":"{id}"}},"hostname":"{hostname}","port":{port}}},"pid":"{pid}"}}"#)
    });
    let agents = agents.collect::<Vec<_>>().join(",");
    reply(200, format!(r#"{{"type":"GET_AGENTS","get_agents":{{"agents":[{agents}]}}}}"#))
}

pub async fn master(agents: &Agents) -> Script {
    let agents = Arc::clone(agents);
    Script::start(move |_| reported(&agents)).await
}

pub fn cluster(id: &'static str, pid: String, home: &str) -> Agents {
    Arc::new(Mutex::new(vec![(id, pid, home.to_owned())]))
}

async fn agent(words: &'static str) -> Script {
    Script::start(move |_| reply(200, words).with("content-type", "application/json")).await
}

pub fn read_through(gateway: &Gateway, id: &str) -> Ask {
    let asked = ask(&gateway.at, Method::POST, &format!("/agent/{id}/api/v1"), GET_HEALTH);
    asked.with("content-type", "application/json").with("authorization", ALICE)
}

#[tokio::test]
async fn an_agent_is_asked_at_its_pid() {
    let agent = agent("healthy").await;
    let master = master(&cluster("f-S0", format!("slave(2)@{}", agent.at), "nowhere.invalid:1")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    for _ in 0..3 {
        let answer = read_through(&gateway, "f-S0").send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.words().await, "healthy");
    }
    let seen = agent.seen();
    assert_eq!((&*seen[0].path, seen[0].text()), ("/slave(2)/api/v1", GET_HEALTH));
    assert_eq!(seen[0].header("authorization"), Some(ALICE));
    let asked = master.seen();
    assert_eq!(asked[0].header("authorization"), Some(ALICE), "the caller's own");
    assert_eq!(master.calls(), ["GET_AGENTS"], "and only once");
}

#[tokio::test]
async fn its_hostname_is_tried_where_its_pid_leads_nowhere() {
    let (agent, dead) = (agent("healthy").await, nobody().await);
    let port = agent.at.rsplit(':').next().expect("an address has a port").to_owned();
    let master = master(&cluster("f-S0", format!("slave(1)@{dead}"), &format!("localhost:{port}"))).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    assert_eq!(read_through(&gateway, "f-S0").send().await.status, 200);
    assert_eq!(agent.seen()[0].path, "/slave(1)/api/v1");
}

#[tokio::test]
async fn an_agent_id_is_never_used_as_an_address() {
    let agent = agent("healthy").await;
    let id = "a/b@evil:80?#%\u{e9}";
    let master = master(&cluster(id, format!("slave(1)@{}", agent.at), "x:1")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let encoded = "a%2Fb%40evil%3A80%3F%23%25%C3%A9";
    assert_eq!(read_through(&gateway, encoded).send().await.status, 200);
    assert_eq!(agent.seen()[0].path, "/slave(1)/api/v1");
    let by_address = agent.at.replace(':', "%3A");
    assert_eq!(read_through(&gateway, &by_address).send().await.status, 404, "an address is not an id");
    assert_eq!(agent.seen().len(), 1);
}

/// However many ask for agents that are not there, the master is asked by one at a time, and has three seconds' rest between.
#[tokio::test]
async fn unknown_agents_are_404_and_cheap() {
    let master = master(&cluster("f-S0", "slave(1)@127.0.0.1:1".into(), "x:1")).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let started = Instant::now();
    let asked: Vec<_> = (0..20)
        .map(|n| {
            let asked = read_through(&gateway, &format!("no-such-{n}"));
            tokio::spawn(async move { asked.send().await })
        })
        .collect();
    for (n, answer) in asked.into_iter().enumerate() {
        let answer = answer.await.expect("it is answered");
        assert_eq!(answer.status, 404);
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        assert!(answer.words().await.contains(&format!("no agent 'no-such-{n}'")));
    }
    assert_eq!(read_through(&gateway, "no-such-20").send().await.status, 404);
    let read = master.seen().len() as u32;
    assert!(read <= 4, "asked {read} times");
    assert!(started.elapsed() >= Duration::from_secs(3) * (read - 1), "asked {read} times without a rest");
}

#[tokio::test]
async fn an_agent_that_joined_later_is_found() {
    let (agent, agents) = (agent("healthy").await, Agents::default());
    let master = master(&agents).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    assert_eq!(read_through(&gateway, "f-S1").send().await.status, 404);
    agents.lock().expect("no test panics here").push(("f-S1", format!("slave(1)@{}", agent.at), "x:1".into()));
    assert_eq!(read_through(&gateway, "f-S1").send().await.status, 200);
}

#[tokio::test]
async fn an_agent_that_moved_is_found() {
    let (old, new) = (agent("old").await, agent("new").await);
    let agents = cluster("f-S0", format!("slave(1)@{}", old.at), "x.invalid:1");
    let master = master(&agents).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    assert_eq!(read_through(&gateway, "f-S0").send().await.words().await, "old");
    drop(old);
    agents.lock().expect("no test panics here")[0].1 = format!("slave(1)@{}", new.at);
    // The old one's connection may break in the middle of a call, which is said, and not repeated.
    let mut words = read_through(&gateway, "f-S0").send().await.words().await;
    if words.contains("broke off before it answered") {
        words = read_through(&gateway, "f-S0").send().await.words().await;
    }
    assert_eq!(words, "new");
}

#[tokio::test]
async fn an_agent_that_cannot_be_reached_is_said_so() {
    let dead = nobody().await;
    let master = master(&cluster("f-S0", format!("slave(1)@{dead}"), &dead)).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let answer = read_through(&gateway, "f-S0").send().await;
    assert_eq!(answer.status, 502);
    let words = answer.words().await;
    assert!(words.contains("agent could not be reached") && words.contains(&dead), "{words}");
}

#[tokio::test]
async fn who_may_not_see_agents_is_reported_by_the_master() {
    let agent = agent("healthy").await;
    let pid = format!("slave(1)@{}", agent.at);
    let agents = cluster("f-S0", pid, "x:1");
    let master = Script::start(move |seen| match seen.header("authorization") {
        Some(_) => reported(&agents),
        None => reply(401, "401 Unauthorized.").with("www-authenticate", r#"Basic realm="mesos-master-readwrite""#),
    })
    .await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let answer = ask(&gateway.at, Method::POST, "/agent/f-S0/api/v1", GET_HEALTH).send().await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("www-authenticate"), Some(r#"Mesoscope realm="mesos-master-readwrite""#));
    assert_eq!(answer.words().await, "401 Unauthorized.");
    assert_eq!(read_through(&gateway, "f-S0").send().await.status, 200, "one caller's refusal is not another's");
}

/// A master may show a caller less than all. What one caller does not see is there for another.
#[tokio::test]
async fn a_filtered_list_hides_no_agent_from_others() {
    let agent = agent("healthy").await;
    let all = cluster("f-S0", format!("slave(1)@{}", agent.at), "x:1");
    let master = Script::start(move |seen| match seen.header("authorization") {
        Some(ALICE) => reported(&all),
        _ => reported(&Agents::default()),
    })
    .await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let of_bob = |id: &str| {
        let asked = ask(&gateway.at, Method::POST, &format!("/agent/{id}/api/v1"), GET_HEALTH);
        asked.with("content-type", "application/json").with("authorization", "Basic Ym9iOng=")
    };
    assert_eq!(of_bob("f-S0").send().await.status, 404, "the master shows Bob none");
    assert_eq!(read_through(&gateway, "f-S0").send().await.status, 200, "Alice's own reading counts for her");
    assert_eq!(of_bob("f-S1").send().await.status, 404);
    assert_eq!(read_through(&gateway, "f-S0").send().await.status, 200, "and Bob's does not");
    let asked_by: Vec<_> = master.seen().iter().map(|seen| seen.header("authorization") == Some(ALICE)).collect();
    assert_eq!(asked_by, [false, true, false], "her address is still known");
}

/// An address that drops packets would cost seconds at each call.
#[tokio::test]
async fn the_address_that_answered_is_asked_first() {
    let (there, dead) = (agent("there").await, nobody().await);
    let port = there.at.rsplit(':').next().expect("an address has a port").to_owned();
    let agents = cluster("f-S0", format!("slave(1)@{dead}"), &format!("localhost:{port}"));
    let master = master(&agents).await;
    let gateway = Gateway::before(&[&master.url()]).await;
    assert_eq!(read_through(&gateway, "f-S0").send().await.status, 200);
    let other = Script::start_at(&dead, |_| reply(200, "other")).await;
    assert_eq!(read_through(&gateway, "f-S0").send().await.words().await, "there");
    assert_eq!(other.seen().len(), 0, "the pid's address comes second now");
}

#[tokio::test]
async fn agents_are_only_where_they_may_be() {
    let agent = agent("healthy").await;
    let port = agent.at.rsplit(':').next().expect("an address has a port").to_owned();
    let agents = cluster("f-S0", format!("slave(1)@{}", agent.at), &format!("localhost:{port}"));
    let master = master(&agents).await;
    let started = async |network| Gateway::start(&["--master", &master.url(), "--agent-network", network]).await;
    let answer = read_through(&started("10.0.0.0/8").await, "f-S0").send().await;
    assert_eq!(answer.status, 502);
    let words = answer.words().await;
    for part in [&*format!("{} is at 127.0.0.1, outside", agent.at), &format!("localhost:{port} "), "--agent-network"] {
        assert!(words.contains(part), "{part} in {words}");
    }
    assert_eq!(agent.seen().len(), 0);
    assert_eq!(read_through(&started("127.0.0.0/8").await, "f-S0").send().await.status, 200);
}

#[tokio::test]
async fn numeric_and_wildcard_agent_hosts_are_refused() {
    let agent = agent("healthy").await;
    let port = agent.at.rsplit(':').next().expect("an address has a port").to_owned();
    for host in ["2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "0.0.0.0", "0"] {
        let agents = cluster("f-S0", format!("slave(1)@{host}:{port}"), &format!("{host}:{port}"));
        let master = master(&agents).await;
        let gateway = Gateway::before(&[&master.url()]).await;
        let answer = read_through(&gateway, "f-S0").send().await;
        assert_eq!(answer.status, 502, "{host}");
        let words = answer.words().await;
        assert!(words.contains("no address that can be used") || words.contains("no address of a machine"), "{words}");
    }
    assert_eq!(agent.seen().len(), 0);
}

/// 200 MB of text in 200 KB of gzip.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_list_that_is_a_bomb_costs_no_memory() {
    const PLAIN: usize = 200 << 20;
    let started = r#"{"type":"GET_AGENTS","get_agents":{"agents":[{"agent_info":{"hostname":""#;
    for text in
        [started.to_owned() + &"a".repeat(PLAIN), "[".repeat(PLAIN), started.to_owned() + &"\\u0041".repeat(PLAIN / 6)]
    {
        let bomb = gzip(text.as_bytes());
        let master = Script::start(move |_| reply(200, bomb.clone()).with("content-encoding", "gzip")).await;
        let gateway = Gateway::before(&[&master.url()]).await;
        let answer = read_through(&gateway, "f-S0").send().await;
        assert_eq!(answer.status, 502);
        assert!(answer.words().await.contains("could not be read"));
        let status = format!("/proc/{}/status", gateway.child.id().expect("it runs"));
        let status = std::fs::read_to_string(status).expect("Linux says how a process is");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak is said");
        let peak: u64 = peak.trim().trim_end_matches(" kB").parse().expect("it is a number");
        assert!(peak < 100 * 1024, "{peak} kB at its peak");
    }
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(plain).expect("a Vec takes all");
    gzip.finish().expect("a Vec takes all")
}

#[tokio::test]
async fn without_a_master_there_are_no_agents() {
    let gateway = Gateway::before(&[&format!("http://{}", nobody().await)]).await;
    let answer = within(read_through(&gateway, "f-S0").send()).await;
    assert_eq!(answer.status, 502);
    assert!(answer.words().await.contains("No leading master"));
}
