//! Commands on a real Mesos, run by `core/scheduler` through the gateway: how they end, what is refused, lost streams, and two
//! schedulers of one framework.

use std::collections::BTreeSet;
use std::time::Duration;

use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::{Bytes, Cpus, Nanoseconds, Quantities, Timestamp};
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::scheduler::call_log::SchedulerMessage;
use mesoscope_core::scheduler::io::Wish;
use mesoscope_core::scheduler::machine::{FrameworkEnd, LinkState, Scheduler};
use mesoscope_core::scheduler::run::*;
use mesoscope_tests::now_nanos;
use mesoscope_tests::shared::real_mesos::Cluster;
use mesoscope_tests::shared::scheduler_host::{SchedulerAddress, SchedulerHost};
use serde_json::{Value, json};

use super::ask::within;
use super::executable::Gateway;
use super::operator::Operator;

/// The user that runs this test: a kit that does not run as root can switch to no other.
fn user() -> RunAs {
    let name = std::process::Command::new("id").arg("-un").output().expect("there is a user").stdout;
    RunAs::user(String::from_utf8_lossy(&name).trim()).unwrap_or(RunAs::root())
}

fn framework(role: &str) -> RunFramework {
    RunFramework {
        name: "run".to_owned(),
        user: user(),
        role: role.into(),
        failover_timeout: Nanoseconds::from_secs(60),
    }
}

/// A command, once on any agent.
fn run(id: &str, line: &str) -> RunRequest {
    RunRequest {
        id: RunId::new(id).expect("the tests' ids are valid"),
        name: id.to_owned(),
        command: RunCommand::Shell(line.to_owned()),
        targets: RunTargets::Any { count: 1, among: None },
        resources: Quantities { cpus: Cpus::from_scalar(0.1), mem: Bytes::from_mebibytes(32.0), ..Quantities::NONE },
        pool: RunPool::Any,
        user: None,
        environment: Vec::new(),
        files: Vec::new(),
        image: None,
        containerizer: Containerizer::Mesos,
        labels: Vec::new(),
        timeout: None,
        grace: None,
    }
}

/// A real cluster behind a gateway.
struct World {
    _cluster: Cluster,
    gateway: Gateway,
}

impl World {
    async fn start(test: &str) -> Option<World> {
        let cluster = Cluster::start(test)?;
        let gateway = Gateway::before(&[&cluster.master()]).await;
        Some(World { _cluster: cluster, gateway })
    }

    fn host(&self, role: &str) -> SchedulerHost {
        self.host_of(Scheduler::new(framework(role), 1))
    }

    fn host_of(&self, scheduler: Scheduler) -> SchedulerHost {
        SchedulerHost::new(scheduler, SchedulerAddress::of(&self.gateway.at))
    }

    fn operator(&self) -> Operator {
        Operator { at: self.gateway.at.clone() }
    }

    async fn agents(&self) -> Vec<AgentId> {
        let agents = self.operator().content("GET_AGENTS").await;
        let id = |agent: &Value| agent["agent_info"]["id"]["value"].as_str().map(AgentId::from);
        agents["agents"].as_array().into_iter().flatten().filter_map(id).collect()
    }

    /// The frameworks that are active, with the number of their tasks.
    async fn frameworks(&self) -> Vec<Value> {
        self.operator().content("GET_FRAMEWORKS").await["frameworks"].as_array().cloned().unwrap_or_default()
    }
}

fn start(host: &mut SchedulerHost, request: RunRequest) {
    host.wish(Wish::Run(Box::new(request)));
}

fn task<'a>(scheduler: &'a Scheduler, run: &str) -> &'a RunTask {
    scheduler.tasks().find(|task| task.run.as_str() == run).expect("the run has a task")
}

fn is_running(scheduler: &Scheduler, run: &str) -> bool {
    task(scheduler, run).state == Some(TaskState::Running)
}

fn has_ended(scheduler: &Scheduler) -> bool {
    matches!(scheduler.link(), LinkState::Ended(_))
}

/// State, reason and message of each run's task.
fn ends(scheduler: &Scheduler) -> Vec<(&str, TaskState, &str, &str)> {
    let end = |task: &'_ RunTask| task.state.expect("it was heard of");
    scheduler.tasks().map(|task| (task.run.as_str(), end(task), &*task.reason, &*task.message)).collect()
}

/// Uuids of the updates that were acknowledged.
fn acknowledged(host: &SchedulerHost) -> Vec<&str> {
    let calls = host.calls("ACKNOWLEDGE").into_iter();
    calls.map(|call| call["acknowledge"]["uuid"].as_str().expect("it has a uuid")).collect()
}

#[tokio::test]
async fn commands_end_as_they_do_on_a_real_mesos() {
    let Some(world) = World::start("commands_end_as_they_do_on_a_real_mesos").await else { return };
    let mut host = world.host("dev");
    start(&mut host, run("zero", "echo hello"));
    start(&mut host, run("seven", "exit 7"));
    start(&mut host, run("signal", "kill -9 $$"));
    start(&mut host, RunRequest { timeout: Some(Nanoseconds::from_secs(1)), ..run("late", "sleep 1000") });
    // The first grace period is not waited for: SIGTERM ends it. The second process takes no notice of it.
    let grace = Some(Nanoseconds::from_secs(30));
    start(&mut host, RunRequest { grace, ..run("polite", "sleep 1000") });
    let grace = Some(Nanoseconds::from_secs(1));
    start(&mut host, RunRequest { grace, ..run("stubborn", "trap '' TERM; while :; do sleep 0.1; done") });
    host.until("both run", |it| is_running(it, "polite") && is_running(it, "stubborn")).await;
    for killed in ["polite", "stubborn"] {
        host.wish(Wish::KillRun(RunId::new(killed).expect("it is one")));
    }
    host.until("it is torn down", has_ended).await;
    assert_eq!(host.scheduler.link(), &LinkState::Ended(FrameworkEnd::TornDown));
    let expected = [
        ("polite", TaskState::Killed, "", "Command terminated with signal Terminated"),
        ("seven", TaskState::Failed, "", "Command exited with status 7"),
        ("signal", TaskState::Failed, "", "Command terminated with signal Killed"),
        ("stubborn", TaskState::Killed, "", "Command terminated with signal Killed"),
        ("zero", TaskState::Finished, "", "Command exited with status 0"),
    ];
    // SIGKILL follows SIGTERM at once where the time is over: either may have ended it.
    let (late, others): (Vec<_>, Vec<_>) = ends(&host.scheduler).into_iter().partition(|end| end.0 == "late");
    assert_eq!(others, expected, "{}", host.log());
    assert_eq!((late[0].1, late[0].2), (TaskState::Failed, "REASON_MAX_COMPLETION_TIME_REACHED"));
    let uuids = acknowledged(&host);
    let of_states = 4 * 3 + 2 * 4;
    assert_eq!((uuids.len(), uuids.iter().collect::<BTreeSet<_>>().len()), (of_states, of_states), "{}", host.log());
    assert_eq!((host.calls("TEARDOWN").len(), host.calls("KILL").len()), (1, 2));
    assert_eq!(world.frameworks().await, [] as [Value; 0]);
}

/// As from a page that the master serves.
#[tokio::test]
async fn a_command_runs_without_a_gateway() {
    let Some(cluster) = Cluster::start("a_command_runs_without_a_gateway") else { return };
    let at = format!("127.0.0.1:{}", cluster.port);
    let address = SchedulerAddress { base: "/master/".to_owned(), ..SchedulerAddress::of(&at) };
    let mut host = SchedulerHost::new(Scheduler::new(framework("dev"), 1), address);
    start(&mut host, run("zero", "exit 0"));
    start(&mut host, run("long", "sleep 1000"));
    host.until("it runs", |it| is_running(it, "long")).await;
    host.wish(Wish::KillRun(RunId::new("long").expect("it is one")));
    host.until("it is torn down", has_ended).await;
    assert_eq!(host.scheduler.link(), &LinkState::Ended(FrameworkEnd::TornDown), "{}", host.log());
    assert_eq!(host.scheduler.refused_call(), None);
    let states: Vec<Option<TaskState>> = host.scheduler.tasks().map(|task| task.state).collect();
    assert_eq!(states, [Some(TaskState::Killed), Some(TaskState::Finished)], "{}", host.log());
}

#[tokio::test]
async fn a_command_runs_once_on_each_agent() {
    let Some(world) = World::start("a_command_runs_once_on_each_agent").await else { return };
    let agents = world.agents().await;
    assert_eq!(agents.len(), 3);
    let mut host = world.host("dev");
    let targets = RunTargets::Each(agents.iter().cloned().collect());
    let environment = vec![("WORD".to_owned(), "\u{e4} 'b'".to_owned())];
    start(&mut host, RunRequest { targets, environment, ..run("each", "test \"$WORD\" = \"\u{e4} 'b'\"") });
    host.until("it is torn down", has_ended).await;
    let used: BTreeSet<&AgentId> = host.scheduler.tasks().filter_map(|task| task.agent.as_ref()).collect();
    assert_eq!(used, agents.iter().collect());
    for task in host.scheduler.tasks() {
        assert_eq!(
            (task.state, task.target.as_ref()),
            (Some(TaskState::Finished), task.agent.as_ref()),
            "{}",
            host.log()
        );
        assert!(!task.container.is_empty() && !task.hostname.is_empty() && task.executor.as_str() == task.id.as_str());
    }
}

/// One task ends while no scheduler is there; its updates were never acknowledged.
#[tokio::test]
async fn a_framework_is_picked_up_again_within_its_failover_timeout() {
    let name = "a_framework_is_picked_up_again_within_its_failover_timeout";
    let Some(world) = World::start(name).await else { return };
    let mut first = world.host("dev");
    start(&mut first, run("long", "sleep 1000"));
    start(&mut first, run("short", "sleep 2; exit 3"));
    first.until("both run", |it| is_running(it, "long") && is_running(it, "short")).await;
    first.cut();
    first.until("it has subscribed again", |it| matches!(it.link(), LinkState::Subscribed { .. })).await;
    assert_eq!(first.calls("SUBSCRIBE").len(), 2);

    let saved = first.scheduler.saved(Timestamp(now_nanos())).expect("it has an id");
    drop(first);
    until_master_says(&world, "short", "TASK_FAILED").await;
    let mut again = world.host_of(Scheduler::resumed(saved, 2));
    again.until("the short one is known to have ended", |it| task(it, "short").has_ended()).await;
    again.until("the long one is known to run", |it| is_running(it, "long")).await;
    assert_eq!(task(&again.scheduler, "short").message, "Command exited with status 3");
    again.wish(Wish::KillRun(RunId::new("long").expect("it is one")));
    again.until("it is torn down", has_ended).await;
    assert_eq!(task(&again.scheduler, "long").state, Some(TaskState::Killed), "{}", again.log());
    assert_eq!(world.frameworks().await, [] as [Value; 0]);
}

async fn until_master_says(world: &World, name: &str, state: &str) {
    let is_it = |task: &Value| task["name"] == name && task["state"] == state;
    let waited = async {
        while !world.operator().content("GET_TASKS").await["tasks"].as_array().is_some_and(|all| all.iter().any(is_it))
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    within(waited).await;
}

#[tokio::test]
async fn the_later_of_two_schedulers_has_the_framework() {
    let Some(world) = World::start("the_later_of_two_schedulers_has_the_framework").await else { return };
    let mut first = world.host("dev");
    start(&mut first, run("long", "sleep 1000"));
    first.until("it runs", |it| is_running(it, "long")).await;
    let saved = first.scheduler.saved(Timestamp(now_nanos())).expect("it has an id");
    let mut second = world.host_of(Scheduler::resumed(saved, 2));
    second.until("it has the framework", |it| matches!(it.link(), LinkState::Subscribed { .. })).await;
    first.until("it has lost the framework", has_ended).await;
    first.stay(Duration::from_secs(2)).await;
    assert_eq!(first.scheduler.link(), &LinkState::Ended(FrameworkEnd::FailedOver));
    assert_eq!(first.calls("SUBSCRIBE").len(), 1, "it does not take it back by itself");
    second.until("it knows that the task runs", |it| is_running(it, "long")).await;

    first.wish(Wish::Reclaim);
    first.until("it has the framework again", |it| matches!(it.link(), LinkState::Subscribed { .. })).await;
    second.until("it has lost the framework", has_ended).await;
    assert_eq!(second.scheduler.link(), &LinkState::Ended(FrameworkEnd::FailedOver));
    first.wish(Wish::TearDown);
    first.until("it is torn down", has_ended).await;
    assert_eq!(first.scheduler.link(), &LinkState::Ended(FrameworkEnd::TornDown));
    assert_eq!(world.frameworks().await, [] as [Value; 0]);
    second.wish(Wish::Reclaim);
    second.until("the master refuses it", has_ended).await;
    assert_eq!(second.scheduler.link(), &LinkState::Ended(FrameworkEnd::Removed));
}

#[tokio::test]
async fn what_a_real_mesos_refuses_is_said() {
    let Some(world) = World::start("what_a_real_mesos_refuses_is_said").await else { return };
    let mut host = world.host("dev/..");
    start(&mut host, run("a", "true"));
    host.until("it is refused", has_ended).await;
    let LinkState::Ended(FrameworkEnd::Refused(refusal)) = host.scheduler.link() else { panic!("{}", host.log()) };
    assert!(refusal.words.contains("..") && refusal.words.contains("role"), "{}", refusal.words);
    assert_eq!((host.sent.len(), host.scheduler.id()), (1, None));

    // More than any agent has: it waits, and says of what there is too little.
    let mut host = world.host("dev");
    let resources = Quantities { cpus: Cpus::from_scalar(100.0), mem: Bytes::from_mebibytes(32.0), ..Quantities::NONE };
    start(&mut host, RunRequest { resources, ..run("large", "true") });
    host.until("it does not fit", |it| task(it, "large").unfit.as_ref().is_some_and(|unfit| unfit.missing == ["cpus"]))
        .await;
    host.until("no offer is held", |it| it.offers().count() == 0).await;
    assert!(task(&host.scheduler, "large").waits() && host.calls("ACCEPT").is_empty());
    assert!(!host.calls("DECLINE").is_empty());
    // An operator ends the framework.
    let id = host.scheduler.id().expect("it is subscribed").to_string();
    world.operator().write("TEARDOWN", json!({"framework_id": {"value": id}})).await;
    host.until("it knows that it was removed", has_ended).await;
    assert_eq!(host.scheduler.link(), &LinkState::Ended(FrameworkEnd::Removed), "{}", host.log());

    // More than the gateway takes.
    let mut host = world.host("dev");
    start(&mut host, run("long-line", &format!("true # {}", "x".repeat(9 << 20))));
    host.until("it is torn down", has_ended).await;
    assert_eq!(task(&host.scheduler, "long-line").message, "A request has at most 8 MiB.", "{}", host.log());
}

#[tokio::test]
async fn a_master_that_restarts_takes_the_framework_back() {
    let name = "a_master_that_restarts_takes_the_framework_back";
    let folder = std::env::temp_dir().join(format!("mesoscope-scheduler-{}", std::process::id()));
    let work_dir = folder.display().to_string();
    let flags = ["--work-dir", work_dir.as_str()];
    let Some(cluster) = Cluster::start_with(name, &flags) else { return };
    let gateway = Gateway::before(&[&cluster.master()]).await;
    let mut host = SchedulerHost::new(Scheduler::new(framework("dev"), 1), SchedulerAddress::of(&gateway.at));
    start(&mut host, run("long", "sleep 1000"));
    host.until("it runs", |it| is_running(it, "long")).await;
    let id = host.scheduler.id().cloned();
    let cluster = cluster.restart(name, &flags);
    host.until("what became of the task is known", |it| task(it, "long").has_ended()).await;
    assert_eq!(host.scheduler.id(), id.as_ref());
    host.until("it is torn down", has_ended).await;
    assert_eq!(host.scheduler.link(), &LinkState::Ended(FrameworkEnd::TornDown), "{}", host.log());
    drop(cluster);
    let _ = std::fs::remove_dir_all(folder);
}

#[tokio::test]
async fn an_agent_goes_into_maintenance_and_is_gone() {
    let Some(world) = World::start("an_agent_goes_into_maintenance_and_is_gone").await else { return };
    let mut host = world.host("dev");
    start(&mut host, run("long", "sleep 1000"));
    host.until("it runs", |it| is_running(it, "long")).await;
    let long = task(&host.scheduler, "long");
    let (agent, hostname) = (long.agent.clone().expect("it runs on one"), long.hostname.clone());
    let start_at = json!({"nanoseconds": now_nanos() + 3_600_000_000_000});
    let window =
        json!({"machine_ids": [{"hostname": hostname, "ip": "127.0.0.1"}], "unavailability": {"start": start_at}});
    let operator = world.operator();
    operator.write("UPDATE_MAINTENANCE_SCHEDULE", json!({"schedule": {"windows": [window]}})).await;
    host.until("it is asked to leave", |it| has_come(it, "INVERSE_OFFERS")).await;
    assert_eq!((host.calls("DECLINE_INVERSE_OFFERS").len(), host.calls("ACCEPT_INVERSE_OFFERS").len()), (1, 0));
    host.wish(Wish::Keep(true));
    operator.write("MARK_AGENT_GONE", json!({"agent_id": {"value": agent.as_str()}})).await;
    host.until("its agent is gone", |it| has_come(it, "FAILURE") && task(it, "long").has_ended()).await;
    let end = (task(&host.scheduler, "long").state, task(&host.scheduler, "long").reason.as_str());
    assert_eq!(end, (Some(TaskState::GoneByOperator), "REASON_AGENT_REMOVED_BY_OPERATOR"), "{}", host.log());
    assert_eq!(host.scheduler.counts().misfits, 0);
    host.wish(Wish::Keep(false));
    host.until("it is torn down", has_ended).await;
}

fn has_come(scheduler: &Scheduler, event: &str) -> bool {
    let is_it = |message: &SchedulerMessage| matches!(message, SchedulerMessage::Event { kind, .. } if kind == event);
    scheduler.log().entries().any(|entry| is_it(&entry.message))
}
