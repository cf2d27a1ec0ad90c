//! All writes that the console builds, to a real cluster and to a simulated one that is like it: the same status, the same words, and
//! afterwards the same agents, frameworks, weights, quotas and schedules. What never returns in this kind of cluster comes last.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hyper::Method;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::reservation::ReservationAction;
use mesoscope_core::base::ids::{AgentId, FrameworkId, Role};
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::mesos::calls::agents::{DeactivateAgent, DrainAgent, GracePeriod, MarkAgentGone, ReactivateAgent};
use mesoscope_core::mesos::calls::maintenance::{
    MachineId, Schedule, StartMaintenance, StopMaintenance, UpdateMaintenanceSchedule, Window,
};
use mesoscope_core::mesos::calls::process::SetLoggingLevel;
use mesoscope_core::mesos::calls::quota::{GetQuota, QuotaConfig, QuotaRequest, RemoveQuota, SetQuota, UpdateQuota};
use mesoscope_core::mesos::calls::resource::Resource;
use mesoscope_core::mesos::calls::teardown::Teardown;
use mesoscope_core::mesos::calls::values::Scalar;
use mesoscope_core::mesos::calls::weights::{UpdateWeights, WeightInfo};
use mesoscope_core::mesos::calls::{self, Call};
use mesoscope_core::mesos::wire::time::Unavailability;
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use sim::cluster::Sim;
use sim::recorded_cluster::Recorded;

use super::ask::ask;
use super::executable::Gateway;
use mesoscope_tests::shared::alike::{changeable, ordered};
use mesoscope_tests::shared::real_mesos;
use mesoscope_tests::shared::strategies;

/// The simulated cluster's `alpha`, as a real one: tasks that take the time that they are given when they are reported to end.
const ALPHA: &str = r#"{"name": "alpha", "roles": ["dev"], "refuse_seconds": 3600, "failover_timeout": 600,
    "capabilities": ["MULTI_ROLE", "RESERVATION_REFINEMENT", "PARTITION_AWARE"], "tasks": [
    {"name": "task", "agent": "agent1.local", "cpus": 0.25, "mem": 48, "command": "trap '' TERM; while true; do sleep 1; done"},
    {"name": "task", "agent": "agent2.local", "cpus": 0.25, "mem": 48, "command": "trap '' TERM; while true; do sleep 1; done"}]}"#;
/// What the two agree on in the end.
const READS: [&str; 7] = [
    "GET_AGENTS",
    "GET_FRAMEWORKS",
    "GET_WEIGHTS",
    "GET_QUOTA",
    "GET_MAINTENANCE_SCHEDULE",
    "GET_MAINTENANCE_STATUS",
    "GET_LOGGING_LEVEL",
];
/// When the cluster was found, by the simulated cluster's own clock: where it begins.
const FOUND: i64 = 1_795_306_100_000_000_000;
const PATIENCE: Duration = Duration::from_secs(20);

/// The ids of one cluster, by what the clusters have in common: hostnames, names of frameworks.
type Ids = BTreeMap<String, String>;

struct Clusters {
    at: String,
    sim: Sim,
    /// When the simulated one was found.
    found: Instant,
    real_ids: Ids,
    sim_ids: Ids,
}

#[tokio::test]
async fn a_real_cluster_and_the_simulated_one_take_the_same_writes() {
    let Some(cluster) = real_mesos::Cluster::start("a_real_cluster_and_the_simulated_one_take_the_same_writes") else {
        return;
    };
    cluster.framework(ALPHA);
    let gateway = Gateway::before(&[&cluster.master()]).await;
    let mut clusters = Clusters::new(gateway.at.clone()).await;
    clusters.agree("the beginning", &READS).await;
    policy(&mut clusters).await;
    schedule(&mut clusters).await;
    forms(&mut clusters).await;
    reservations(&mut clusters).await;
    agents(&mut clusters).await;
    logging(&mut clusters).await;
    teardown(&mut clusters).await;
    maintenance(&mut clusters).await;
}

async fn policy(clusters: &mut Clusters) {
    let weights = |weight: f64| {
        let info = |role: &str, weight| WeightInfo { role: Role(role.into()), weight };
        UpdateWeights { weight_infos: vec![info("dev", weight), info("other", 0.5)] }
    };
    for weight in [2.5, 0.0, -1.0, 1.0] {
        clusters.same(|_| weights(weight)).await;
    }
    let quota = |role: &str, guarantee: &[f64], limit: &[f64], force| {
        let cpus =
            |amounts: &[f64]| amounts.iter().map(|value| ("cpus".to_owned(), Scalar { value: *value })).collect();
        let config = QuotaConfig { role: Role(role.into()), guarantees: cpus(guarantee), limits: cpus(limit) };
        UpdateQuota { force, quota_configs: vec![config] }
    };
    clusters.same(|_| quota("dev", &[1.0], &[8.0], false)).await;
    clusters.same(|_| quota("dev", &[2.0], &[1.0], false)).await;
    clusters.same(|_| quota("dev", &[], &[0.05], false)).await;
    clusters.same(|_| quota("dev", &[], &[0.05], true)).await;
    clusters.same(|_| quota("other", &[12.5], &[], false)).await;
    clusters.same(|_| quota("other", &[12.5], &[], true)).await;
    clusters.same(|_| quota("other", &[], &[], true)).await;
    clusters.same(|_| quota("a/b", &[], &[1.0], false)).await;
    clusters.same(|_| quota("-x", &[], &[1.0], false)).await;
    clusters.same(|_| quota("dev", &[], &[], false)).await;
    clusters.agree("weights and quotas", &READS).await;

    let guarantee = vec![Resource::scalar("cpus", 1.0)];
    let request = QuotaRequest { force: false, role: Role("legacy".into()), guarantee };
    clusters.same(|_| SetQuota { quota_request: request.clone() }).await;
    clusters.same(|_| SetQuota { quota_request: request.clone() }).await;
    clusters.agree("a quota in the old way", &READS).await;
    let read = clusters.real("GET_QUOTA").await;
    let status = calls::reply::<GetQuota>(&read).expect("an answer").0.status;
    let remove = RemoveQuota::new(Role("legacy".into()), &status).expect("there is one");
    clusters.same(|_| remove.clone()).await;
    clusters.agree("no quota in the old way", &READS).await;
}

/// Whatever a form can say is taken by the real master if it is by the simulated one, and refused for the same reason; of which
/// tests/forms.rs holds that it was said before.
/// Reservations and volumes, well and badly made, are taken or refused for the same reasons.
async fn reservations(clusters: &mut Clusters) {
    let mut runner = TestRunner::deterministic();
    let operations = strategies::reservation("S".into());
    for _ in 0..60 {
        let action = operations.new_tree(&mut runner).expect("there is one").current();
        clusters.same_reservation(&action).await;
    }
    clusters.agree("reservations and volumes", &["GET_AGENTS"]).await;
}

async fn forms(clusters: &mut Clusters) {
    let mut runner = TestRunner::deterministic();
    let mut draw = |strategy: BoxedStrategy<Action>| strategy.new_tree(&mut runner).expect("a form").current();
    for _ in 0..60 {
        for strategy in [strategies::schedule().boxed(), strategies::quotas().boxed(), strategies::weights().boxed()] {
            let action = draw(strategy);
            if !strategies::is_ours_alone(&action) {
                clusters.same_act(&action).await;
            }
        }
    }
    clusters.agree("forms filled in at random", &READS).await;
    clusters.same_act(&Action::Schedule(Vec::new())).await;
}

fn machine(host: &str) -> MachineId {
    serde_json::from_value(json!({"hostname": host, "ip": "127.0.0.1"})).expect("a machine")
}

fn window(hosts: &[&str], duration: Option<i64>) -> Window {
    let start = Timestamp(4_000_000_000_000_000_000);
    let unavailability = Unavailability { start: start.into(), duration: duration.map(|it| Nanoseconds(it).into()) };
    Window { machine_ids: hosts.iter().map(|host| machine(host)).collect(), unavailability: Some(unavailability) }
}

async fn schedule(clusters: &mut Clusters) {
    let update = |windows: Vec<Window>| UpdateMaintenanceSchedule { schedule: Schedule { windows } };
    let hour = Some(3_600_000_000_000);
    clusters.same(|_| update(vec![window(&["agent3.local"], hour), window(&["ghost.local"], None)])).await;
    clusters.same(|_| update(vec![window(&["agent3.local"], hour), window(&["AGENT3.local"], hour)])).await;
    clusters.same(|_| update(vec![window(&[], hour)])).await;
    clusters.same(|_| update(vec![window(&["agent3.local"], Some(-1))])).await;
    clusters.same(|_| StartMaintenance { machines: Vec::new() }).await;
    clusters.same(|_| StartMaintenance { machines: vec![machine("agent1.local")] }).await;
    clusters.same(|_| StopMaintenance { machines: vec![machine("agent3.local")] }).await;
    clusters.same(|ids| drain(ids, "agent3.local", None)).await;
    clusters.agree("a schedule", &READS).await;
}

fn agent_id(ids: &Ids, host: &str) -> AgentId {
    AgentId(ids.get(host).cloned().unwrap_or_else(|| host.to_owned()))
}

fn drain(ids: &Ids, host: &str, seconds: Option<u32>) -> DrainAgent {
    let max_grace_period = seconds.map(GracePeriod::from_secs);
    DrainAgent { agent_id: agent_id(ids, host).into(), max_grace_period, mark_gone: false }
}

async fn agents(clusters: &mut Clusters) {
    let deactivate = |ids: &Ids, host: &str| DeactivateAgent { agent_id: agent_id(ids, host).into() };
    let reactivate = |ids: &Ids, host: &str| ReactivateAgent { agent_id: agent_id(ids, host).into() };
    let gone = |ids: &Ids, host: &str| MarkAgentGone { agent_id: agent_id(ids, host).into() };
    for host in ["agent1.local", "agent1.local", "nobody"] {
        clusters.same(|ids| deactivate(ids, host)).await;
    }
    clusters.agree("an agent that is deactivated", &READS).await;
    for host in ["agent1.local", "agent1.local", "nobody"] {
        clusters.same(|ids| reactivate(ids, host)).await;
    }
    clusters.agree("an agent that is reactivated", &READS).await;
    clusters.same(|ids| drain(ids, "nobody", None)).await;
    clusters.same(|ids| drain(ids, "agent2.local", Some(3))).await;
    clusters.same(|ids| reactivate(ids, "agent2.local")).await;
    clusters.same(|ids| drain(ids, "agent2.local", Some(2))).await;
    clusters.same(|ids| deactivate(ids, "agent2.local")).await;
    clusters.agree("an agent that is drained", &READS).await;
    clusters.same(|ids| reactivate(ids, "agent2.local")).await;
    clusters.agree("an agent that was drained", &READS).await;
    clusters.same(|ids| deactivate(ids, "agent2.local")).await;
    for host in ["agent2.local", "agent2.local", "nobody"] {
        clusters.same(|ids| gone(ids, host)).await;
    }
    for host in ["agent2.local", "agent1.local"] {
        clusters.same(|ids| reactivate(ids, host)).await;
    }
    clusters.same(|ids| drain(ids, "agent2.local", None)).await;
    clusters.agree("an agent that is gone", &READS).await;
}

async fn teardown(clusters: &mut Clusters) {
    let teardown = |ids: &Ids, name: &str| {
        let id = ids.get(name).cloned().unwrap_or_else(|| name.to_owned());
        Teardown { framework_id: FrameworkId(id).into() }
    };
    for name in ["nobody", "alpha", "alpha"] {
        clusters.same(|ids| teardown(ids, name)).await;
    }
    clusters.agree("a framework that was torn down", &READS).await;
}

/// The agent process of a machine that goes down ends, and here nobody starts it again.
async fn maintenance(clusters: &mut Clusters) {
    let machines = || vec![machine("agent3.local")];
    clusters.same(|_| StartMaintenance { machines: machines() }).await;
    clusters.agree("a machine that is down", &READS).await;
    clusters.same(|_| StartMaintenance { machines: machines() }).await;
    clusters.same(|_| UpdateMaintenanceSchedule { schedule: Schedule::default() }).await;
    clusters.same(|_| StopMaintenance { machines: machines() }).await;
    clusters.agree("a machine that is up", &["GET_MAINTENANCE_SCHEDULE", "GET_MAINTENANCE_STATUS"]).await;
    clusters.same(|_| UpdateMaintenanceSchedule { schedule: Schedule::default() }).await;
}

/// A level that falls back after a second.
async fn logging(clusters: &mut Clusters) {
    let level = |level, millis: i64| SetLoggingLevel { level, duration: Nanoseconds(millis * 1_000_000).into() };
    clusters.same(|_| level(2, 60_000)).await;
    clusters.agree("a logging level", &["GET_LOGGING_LEVEL"]).await;
    clusters.same(|_| level(1, 1_000)).await;
    assert!(clusters.real("GET_LOGGING_LEVEL").await.contains(":1"));
    let started = Instant::now();
    while !clusters.real("GET_LOGGING_LEVEL").await.contains(":0") {
        assert!(started.elapsed() < PATIENCE, "the level stays");
    }
    clusters.agree("a logging level that is over", &["GET_LOGGING_LEVEL"]).await;
}

impl Clusters {
    async fn new(at: String) -> Clusters {
        let mut sim = Sim::recorded(3);
        sim.run(Recorded::Alpha, &[0, 1]);
        let mut clusters = Clusters { at, sim, found: Instant::now(), real_ids: Ids::new(), sim_ids: Ids::new() };
        let started = Instant::now();
        loop {
            let tasks = content(&clusters.real("GET_TASKS").await);
            let tasks = tasks["tasks"].as_array().map_or(&[][..], Vec::as_slice);
            if tasks.iter().filter(|task| task["state"] == "TASK_RUNNING").count() == 2 {
                break;
            }
            assert!(started.elapsed() < PATIENCE, "its tasks do not run");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        clusters.real_ids = ids(&clusters.real("GET_AGENTS").await, &clusters.real("GET_FRAMEWORKS").await);
        clusters.sim_ids = ids(&clusters.simulated("GET_AGENTS"), &clusters.simulated("GET_FRAMEWORKS"));
        assert_eq!(clusters.real_ids.len(), 4, "three agents and a framework: {:?}", clusters.real_ids);
        clusters
    }

    /// Both clusters answer a call alike, with each cluster's own ids in it.
    async fn same<C: Call>(&mut self, call: impl Fn(&Ids) -> C) {
        let (real, simulated) = (calls::request(&call(&self.real_ids)), calls::request(&call(&self.sim_ids)));
        let (status, words) = post(&self.at, real.clone()).await;
        let expected = (status, named(&words, &self.real_ids));
        self.sim.advance(FOUND + self.found.elapsed().as_nanos() as i64);
        let answer = self.sim.answer(sim::answer::reply::Target::Master, &simulated);
        let words = String::from_utf8(answer.body.into_bytes()).expect("the simulator writes UTF-8");
        let found = (answer.status, named(&words, &self.sim_ids));
        assert_eq!(found, expected, "{}", named(&String::from_utf8_lossy(&real), &self.real_ids));
    }

    /// Both clusters bring a form to the same end, which was known beforehand.
    async fn same_act(&mut self, action: &Action) {
        let (status, words) = post(&self.at, action.request(None).expect("it needs no plan")).await;
        self.sim.advance(FOUND + self.found.elapsed().as_nanos() as i64);
        let answer =
            self.sim.answer(sim::answer::reply::Target::Master, &action.request(None).expect("it needs no plan"));
        let simulated = String::from_utf8_lossy(&answer.body.into_bytes()).into_owned();
        let reason = |status: u16, words: &str| (status, (status != 200).then(|| strategies::meant(words)));
        assert_eq!(
            reason(answer.status, &simulated),
            reason(status, &words),
            "{action:?}: {words}; simulated: {simulated}"
        );
        assert!(status == 200 || status == 400, "{status} {words}");
        assert!(action.faults().is_empty() || status == 400, "{action:?} was taken, though {:?}", action.faults());
    }

    /// Both clusters bring an action on an agent's pool to the same end.
    async fn same_reservation(&mut self, action: &Action) {
        let on = |ids: &Ids| match action {
            Action::Reservation(action) => {
                let agent = AgentId(ids["agent1.local"].clone());
                Action::Reservation(Box::new(ReservationAction { agent, ..(**action).clone() }))
            }
            other => other.clone(),
        };
        // What may abort a master has no request; the same amounts for the same role are not offered.
        let (Some(real), false) = (on(&self.real_ids).request(None), strategies::is_ours_alone(action)) else { return };
        let (status, words) = post(&self.at, real).await;
        self.sim.advance(FOUND + self.found.elapsed().as_nanos() as i64);
        let simulated = on(&self.sim_ids).request(None).expect("the other has one");
        let answer = self.sim.answer(sim::answer::reply::Target::Master, &simulated);
        let simulated = String::from_utf8_lossy(&answer.body.into_bytes()).into_owned();
        // Of several faults, which no form sends, a master names the one that it finds first.
        let is_sound = action.faults().is_empty();
        let reason = |status: u16, words: &str| match is_sound {
            true => (status, (status != 202).then(|| strategies::meant(words)).flatten()),
            false => (if status == 202 { 202 } else { 400 }, None),
        };
        assert_eq!(
            reason(answer.status, &simulated),
            reason(status, &words),
            "{action:?}: {words}; simulated: {simulated}"
        );
        // The agent applies it before the next one.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    /// In a while both say the same to these reads.
    async fn agree(&mut self, after: &str, reads: &[&str]) {
        let started = Instant::now();
        for read in reads {
            loop {
                let said = |body: &str, ids: &Ids| {
                    ordered(&changeable(serde_json::from_str(&named(body, ids)).expect("an answer is JSON")))
                };
                let expected = said(&self.real(read).await, &self.real_ids);
                let found = said(&self.simulated(read), &self.sim_ids);
                if found == expected {
                    break;
                }
                assert!(started.elapsed() < PATIENCE, "after {after}: {found}\n    instead of {expected}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }

    async fn real(&self, read: &str) -> String {
        let (status, body) = post(&self.at, json!({"type": read}).to_string().into_bytes()).await;
        assert_eq!(status, 200, "{read}: {body}");
        body
    }

    fn simulated(&mut self, read: &str) -> String {
        self.sim.advance(FOUND + self.found.elapsed().as_nanos() as i64);
        let answer = self.sim.answer(sim::answer::reply::Target::Master, json!({"type": read}).to_string().as_bytes());
        String::from_utf8(answer.body.into_bytes()).expect("the simulator writes UTF-8")
    }
}

async fn post(at: &str, body: Vec<u8>) -> (u16, String) {
    let asked = ask(at, Method::POST, "/api/v1", body).with("content-type", "application/json");
    let answer = asked.with("accept", "application/json").send().await;
    (answer.status.as_u16(), answer.words().await)
}

/// What is beside the type of an answer.
fn content(body: &str) -> Value {
    let mut answer: Value = serde_json::from_str(body).expect("an answer is JSON");
    let call = answer["type"].as_str().unwrap_or_default().to_lowercase();
    answer[call.as_str()].take()
}

fn ids(agents: &str, frameworks: &str) -> Ids {
    let (agents, frameworks) = (content(agents), content(frameworks));
    let pair =
        |info: &Value, name: &str| Some((info[name].as_str()?.to_owned(), info["id"]["value"].as_str()?.to_owned()));
    let agents = agents["agents"].as_array().into_iter().flatten().filter_map(|it| pair(&it["agent_info"], "hostname"));
    let frameworks = frameworks["frameworks"].as_array().into_iter().flatten();
    agents.chain(frameworks.filter_map(|it| pair(&it["framework_info"], "name"))).collect()
}

/// With names in place of ids.
fn named(text: &str, ids: &Ids) -> String {
    ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(id.as_str(), name))
}
