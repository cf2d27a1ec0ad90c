//! Masters of other versions than 1.11, as their streams and answers are: without heartbeats, with heartbeats before the snapshot,
//! with lists that later ones no longer fill, and with quotas in the old form.

use mesoscope_core::actions::{Action, RoleQuota};
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::checks::eligibility::DisabledReason;
use mesoscope_core::checks::trouble::Category;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::cluster::unknown::ReadFailure;
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::{FailedRead, Input, Output};
use mesoscope_core::engine::message::{FromEngine, Status, ToEngine, ViewId};
use mesoscope_core::engine::stream_connection::ConnectionState;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::mesos::recordio;
use mesoscope_core::mesos::wire::field::Misfit;
use mesoscope_core::mesos::wire::json_form::JsonForm;
use mesoscope_core::views::maintenance::MaintenanceQuery;
use mesoscope_core::views::overview::OverviewQuery;
use mesoscope_core::views::previews::PreviewsQuery;
use mesoscope_core::views::roles::RoleColumn;
use mesoscope_core::views::table::TableQuery;
use mesoscope_core::views::view::View;

const PAGE: Client = Client(1);
const VIEW: ViewId = ViewId(1);

const AGENT: &str = r#"{"agent_info":{"id":{"value":"S0"},"hostname":"a"},"active":true}"#;

struct World {
    engine: Engine,
    now: Timestamp,
    status: Option<Status>,
    /// How often a stream was opened.
    opened: usize,
    answers: Vec<(&'static str, String)>,
    /// Reads are not answered at all.
    dead: bool,
}

impl World {
    fn new(answers: &[(&'static str, &str)]) -> Self {
        let answers = answers.iter().map(|(call, content)| (*call, (*content).to_owned())).collect();
        let now = Timestamp(1_800_000_000_000_000_000);
        let mut world = Self { engine: Engine::new("test", 1), now, status: None, opened: 0, answers, dead: false };
        world.say(ToEngine::Hello { build: "test".into(), base: String::new() });
        world.give(Input::StreamOpened);
        world
    }

    fn give(&mut self, input: Input<'_>) {
        self.engine.handle(input, self.now);
        while let Some(output) = self.engine.poll() {
            match output {
                Output::SendToPage(_, FromEngine::Status(status)) => self.status = Some(*status),
                Output::OpenStream { .. } => self.opened += 1,
                Output::Read { id, body, to: Target::Master, .. } if self.dead => {
                    drop(body);
                    self.give(Input::ReadFinished(id, Err(FailedRead::silent(ReadFailure::BrokenOff))));
                }
                Output::Read { id, body, .. } => {
                    let call: serde_json::Value = serde_json::from_slice(&body).expect("a call is JSON");
                    let call = call["type"].as_str().expect("it has a type").to_owned();
                    let content =
                        self.answers.iter().find(|(name, _)| *name == call).map_or("{}", |(_, content)| content);
                    let answer = format!(r#"{{"type":"{call}","{}":{content}}}"#, call.to_lowercase());
                    self.give(Input::ReadFinished(id, Ok(answer.as_bytes())));
                }
                _ => {}
            }
        }
    }

    fn say(&mut self, message: ToEngine) {
        self.give(Input::FromPage(PAGE, message));
    }

    fn record(&mut self, json: &str) {
        let mut bytes = Vec::new();
        recordio::encode(json.as_bytes(), &mut bytes);
        self.give(Input::StreamChunk(&bytes));
    }

    /// Waits as a page does that is there.
    fn stay(&mut self, seconds: i64) {
        for _ in 0..seconds {
            self.now = self.now + Nanoseconds::from_secs(1);
            self.give(Input::Tick);
            self.say(ToEngine::Pong);
            self.say(ToEngine::Rendered(VIEW));
        }
    }

    fn link(&self) -> &ConnectionState {
        &self.status.as_ref().expect("a status was told").link
    }

    fn answer<V: View>(&self, query: &V) -> V::Answer {
        query.answer(self.engine.sources(), self.now)
    }
}

fn snapshot(state: &str, heartbeat: &str) -> String {
    format!(r#"{{"type":"SUBSCRIBED","subscribed":{{"get_state":{state}{heartbeat}}}}}"#)
}

fn agents() -> String {
    format!(r#"{{"get_agents":{{"agents":[{AGENT}]}}}}"#)
}

const PROMISE: &str = r#","heartbeat_interval_seconds":15.0"#;

#[test]
fn records_before_the_snapshot_are_skipped_wherever_the_stream_is_cut() {
    let before = [
        r#"{"type":"HEARTBEAT"}"#,
        "",
        "no JSON at all",
        r#"{"type":"AGENT_ADDED","agent_added":{"agent":{"agent_info":{"id":{"value":"early"}}}}}"#,
        r#"{"heartbeat":1,"type":"HEARTBEAT"}"#,
    ];
    let mut stream = Vec::new();
    before.iter().for_each(|record| recordio::encode(record.as_bytes(), &mut stream));
    recordio::encode(snapshot(&agents(), PROMISE).as_bytes(), &mut stream);
    recordio::encode(br#"{"type":"HEARTBEAT"}"#, &mut stream);
    for cut in 0..=stream.len() {
        let mut world = World::new(&[]);
        let (front, back) = stream.split_at(cut);
        world.give(Input::StreamChunk(front));
        world.give(Input::StreamChunk(back));
        world.stay(1);
        assert!(matches!(world.link(), ConnectionState::Live { .. }), "cut at {cut}: {:?}", world.link());
        let agents: Vec<&str> = world.engine.shown().agents().map(|agent| agent.id.as_str()).collect();
        let trouble = world.engine.trouble();
        let counted =
            (trouble.count(Category::Undecodable), trouble.count(Category::Misfit), trouble.count(Category::Unknown));
        assert_eq!((agents, counted), (vec!["S0"], (2, 1, 0)), "cut at {cut}");
    }
}

#[test]
fn a_snapshot_is_one_though_its_type_comes_last() {
    let state = agents();
    let json = format!(r#"{{"subscribed":{{"get_state":{state}{PROMISE}}},"type":"SUBSCRIBED"}}"#);
    let mut world = World::new(&[]);
    world.record(&json);
    world.stay(1);
    assert_eq!(world.engine.shown().agents().count(), 1);
    assert!(matches!(world.link(), ConnectionState::Live { .. }));
}

#[test]
fn a_master_without_heartbeats_keeps_its_one_stream() {
    for promise in ["", r#","heartbeat_interval_seconds":0"#, r#","heartbeat_interval_seconds":1e300"#] {
        let mut world = World::new(&[]);
        world.record(&snapshot(&agents(), promise));
        world.stay(600);
        assert_eq!(world.opened, 1, "{promise}");
        let status = world.status.as_ref().expect("a status was told");
        assert!(
            matches!(status.link, ConnectionState::Live { .. }) && status.heartbeat.is_none(),
            "{promise}: {status:?}"
        );
        world.dead = true;
        world.say(ToEngine::Reread(vec![Topic::Weights]));
        world.stay(5);
        assert!(world.opened > 1, "{promise}: a read without an answer shows that the connection is dead");
    }
}

#[test]
fn when_the_master_was_heard_of_is_true_though_nothing_else_happens() {
    let mut world = World::new(&[]);
    world.record(&snapshot(&agents(), r#","heartbeat_interval_seconds":5"#));
    for _ in 0..40 {
        world.stay(5);
        world.record(r#"{"type":"HEARTBEAT"}"#);
        world.stay(1);
        let heard = world.status.as_ref().and_then(|status| status.heard).expect("it was heard of");
        assert!(world.now.since(heard) <= Nanoseconds::from_secs(1), "{:?}", world.now.since(heard));
    }
}

#[test]
fn orphans_run_and_are_shown() {
    let task = r#"{"task_id":{"value":"t1"},"name":"web","state":"TASK_RUNNING","framework_id":{"value":"F1"},"agent_id":{"value":"S0"},
        "executor_id":{"value":"e"},"resources":[{"name":"cpus","scalar":{"value":1}}]}"#;
    let executor = r#"{"agent_id":{"value":"S0"},"executor_info":{"executor_id":{"value":"e"},"framework_id":{"value":"F1"},"name":"orphaned"}}"#;
    let framework = r#"{"id":{"value":"F1"},"name":"marathon","user":"root"}"#;
    let state = format!(
        r#"{{"get_tasks":{{"orphan_tasks":[{task}],"pending_foo":[{{}},{{}}]}},"get_executors":{{"orphan_executors":[{executor}]}},
            "get_frameworks":{{"recovered_frameworks":[{framework}]}},"get_agents":{{"agents":[{AGENT}]}}}}"#
    );
    let frameworks = format!(r#"{{"recovered_frameworks":[{framework}],"odd_ones":[{{}}]}}"#);
    let executors = format!(r#"{{"orphan_executors":[{executor}]}}"#);
    let mut world = World::new(&[("GET_FRAMEWORKS", &frameworks), ("GET_EXECUTORS", &executors)]);
    world.record(&snapshot(&state, ""));
    for read in [false, true] {
        let cluster = world.engine.shown();
        assert_eq!(
            cluster.tasks().map(|task| (task.id(), task.used().unwrap_or_default().cpus.as_f64())).collect::<Vec<_>>(),
            [("t1", 1.0)]
        );
        let known: Vec<_> = cluster.frameworks().map(|one| (one.name.as_str(), one.recovered, one.tasks)).collect();
        assert_eq!(known, [("marathon", true, 1)], "read again: {read}");
        assert_eq!(cluster.executors().map(|placed| placed.executor.name.as_str()).collect::<Vec<_>>(), ["orphaned"]);
        world.say(ToEngine::Reread(vec![Topic::Frameworks, Topic::Executors]));
        world.stay(2);
    }
    let unknown = &world.status.as_ref().expect("a status was told").unknown_lists;
    let unknown: Vec<_> = unknown.iter().map(|list| (list.within.as_str(), list.name.as_str(), list.entries)).collect();
    assert_eq!(unknown, [("get_tasks", "pending_foo", 2), ("get_frameworks", "odd_ones", 1)]);
    assert_eq!(world.engine.shown().check(), Ok(()));
}

#[test]
fn a_quota_in_the_old_form_is_in_the_table_and_cannot_be_updated() {
    let quota = r#"{"status":{"infos":[{"role":"ops","guarantee":[{"name":"cpus","scalar":{"value":10}}]},{"role":"new","guarantee":[{"name":"cpus","scalar":{"value":9}}]}],
        "configs":[{"role":"new","guarantees":{"cpus":{"value":2}}}]}}"#;
    let refused = |version: &str| {
        let master = format!(r#"{{"master_info":{{"id":"m","hostname":"h","port":5050,"version":"{version}"}}}}"#);
        let mut world = World::new(&[("GET_QUOTA", quota), ("GET_MASTER", &master)]);
        world.record(&snapshot(&agents(), PROMISE));
        world.say(ToEngine::Watch(VIEW, TableQuery::<RoleColumn>::all(10).into()));
        world.stay(2);
        let window = world.answer(&TableQuery::<RoleColumn>::all(10));
        let quotas: Vec<_> = window
            .rows
            .iter()
            .map(|row| (row, row.quota.as_deref().expect("it was read")))
            .filter(|(_, quota)| !quota.is_empty())
            .collect();
        let reported = quotas.iter().map(|(row, quota)| (row.name.as_str(), quota[0].guarantee, quota[0].limit));
        assert_eq!(reported.collect::<Vec<_>>(), [("new", Some(2.0), None), ("ops", Some(10.0), Some(10.0))]);
        let desired = RoleQuota { role: "ops".into(), ..RoleQuota::default() };
        let actions = vec![Action::Quotas { quotas: vec![desired], force: false }];
        let (_, plans) = world.answer(&PreviewsQuery { number: 1, actions });
        plans.first().and_then(|plan| plan.disabled_reason.clone())
    };
    for version in ["1.0.0", "1.8.1"] {
        assert_eq!(refused(version), Some(DisabledReason::NoUpdateQuota(version.to_owned())));
    }
    for version in ["1.9.0", "1.11.0", "2.0.0", "1.10.0-rc1", ""] {
        assert_eq!(refused(version), None, "{version}");
    }
}

#[test]
fn executors_own_resources_count_for_their_role_everywhere() {
    let of =
        |cpus: f64| format!(r#"[{{"name":"cpus","scalar":{{"value":{cpus}}},"allocation_info":{{"role":"dev"}}}}]"#);
    let state = format!(
        r#"{{"get_tasks":{{"tasks":[{{"task_id":{{"value":"t"}},"framework_id":{{"value":"F"}},"agent_id":{{"value":"S"}},"state":"TASK_RUNNING","resources":{}}}]}},
            "get_frameworks":{{"frameworks":[{{"framework_info":{{"id":{{"value":"F"}},"roles":["dev"]}}}}]}},
            "get_agents":{{"agents":[{{"agent_info":{{"id":{{"value":"S"}}}},"total_resources":{},"allocated_resources":{}}}]}}}}"#,
        of(1.0),
        of(8.0),
        of(1.5)
    );
    let mut world = World::new(&[]);
    world.record(&snapshot(&state, PROMISE));
    let overview = world.answer(&OverviewQuery);
    let shares: Vec<_> = overview.roles.iter().map(|role| (role.role.as_str(), role.used.cpus.as_f64())).collect();
    assert_eq!(shares, [("dev", 1.5)]);
    let sums = world.engine.shown().role_sums();
    assert_eq!(sums.get("dev").map(|sum| sum.allocated.cpus.as_f64()), Some(1.5));
}

#[test]
fn a_schedule_that_cannot_be_read_whole_is_shown_and_not_replaced() {
    let window = |host: &str| {
        format!(r#"{{"machine_ids":[{{"hostname":{host}}}],"unavailability":{{"start":{{"nanoseconds":5}}}}}}"#)
    };
    let plan = |host: &str| {
        let schedule = format!(r#"{{"schedule":{{"windows":[{},{}]}}}}"#, window("\"a\""), window(host));
        let mut world = World::new(&[("GET_MAINTENANCE_SCHEDULE", &schedule)]);
        world.record(&snapshot(&agents(), PROMISE));
        world.say(ToEngine::Watch(VIEW, MaintenanceQuery.into()));
        world.stay(2);
        assert_eq!(world.engine.shown().schedule().map(|schedule| schedule.windows.len()), Ok(2), "{host}");
        let (_, plans) = world.answer(&PreviewsQuery { number: 1, actions: vec![Action::Schedule(Vec::new())] });
        plans.first().and_then(|plan| plan.disabled_reason.clone())
    };
    assert_eq!(plan("\"b\""), None);
    let path = "schedule.windows[1].machine_ids[0].hostname".to_owned();
    let misfit = Misfit { path, expected: JsonForm::Text, found: JsonForm::List };
    assert_eq!(plan("[1]"), Some(DisabledReason::Misread(Topic::Schedule, misfit)));
}
