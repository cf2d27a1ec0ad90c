//! Requests, previews and obstacles of changes of containers.

use super::*;
use crate::actions::container_form::{ContainerLaunch, LaunchCommand, LaunchVolume};
use crate::actions::execution::{Execution, NextStep, Outcome, Stage};
use crate::actions::preview::differences;

fn path(text: &str) -> Vec<String> {
    text.split('/').map(str::to_owned).collect()
}

fn action(of: &str, change: ContainerChange) -> ContainerAction {
    ContainerAction { agent: "S1".into(), path: path(of), change }
}

fn launch(line: &str) -> ContainerLaunch {
    ContainerLaunch { command: LaunchCommand::Shell(line.to_owned()), ..ContainerLaunch::default() }
}

fn body(action: &ContainerAction) -> Option<serde_json::Value> {
    action.request().map(|body| serde_json::from_slice(&body).expect("a request is JSON"))
}

fn check(of: &str, change: ContainerChange, expected: &str) {
    let expected: serde_json::Value = serde_json::from_str(expected).expect("the case is JSON");
    assert_eq!(body(&action(of, change)), Some(expected));
}

#[test]
fn nested_and_standalone_containers_have_their_own_calls() {
    let parent = r#""container_id":{"value":"n","parent":{"value":"p"}}"#;
    check(
        "p/n",
        ContainerChange::Kill(None),
        &format!(r#"{{"type":"KILL_NESTED_CONTAINER","kill_nested_container":{{{parent}}}}}"#),
    );
    check(
        "s",
        ContainerChange::Kill(Some(15)),
        r#"{"type":"KILL_CONTAINER","kill_container":{"container_id":{"value":"s"},"signal":15}}"#,
    );
    check(
        "p/n",
        ContainerChange::Remove,
        &format!(r#"{{"type":"REMOVE_NESTED_CONTAINER","remove_nested_container":{{{parent}}}}}"#),
    );
    check(
        "p/n",
        ContainerChange::Launch(Box::new(launch("sleep 1"))),
        &format!(
            r#"{{"type":"LAUNCH_NESTED_CONTAINER","launch_nested_container":{{{parent},"command":{{"shell":true,"value":"sleep 1"}}}}}}"#
        ),
    );
    let whole = ContainerLaunch {
        command: LaunchCommand::Program("/bin/echo".to_owned(), vec!["a b".to_owned()]),
        user: "nobody".to_owned(),
        environment: vec![("A".to_owned(), "1".to_owned())],
        resources: vec![("cpus".to_owned(), 0.1), ("mem".to_owned(), 32.0)],
        volumes: vec![LaunchVolume { host: "/etc".to_owned(), container: "etc".to_owned(), is_read_only: true }],
        image: "alpine:3".to_owned(),
        has_terminal: true,
    };
    check(
        "s",
        ContainerChange::Launch(Box::new(whole)),
        r#"{"type":"LAUNCH_CONTAINER","launch_container":{"container_id":{"value":"s"},
            "command":{"shell":false,"value":"/bin/echo","arguments":["/bin/echo","a b"],"user":"nobody",
              "environment":{"variables":[{"name":"A","type":"VALUE","value":"1"}]}},
            "resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":0.1}},{"name":"mem","type":"SCALAR","scalar":{"value":32.0}}],
            "container":{"type":"MESOS","tty_info":{},"volumes":[{"container_path":"etc","host_path":"/etc","mode":"RO"}],
              "mesos":{"image":{"type":"DOCKER","docker":{"name":"alpine:3"}}}}}}"#,
    );
}

#[test]
fn a_standalone_container_is_never_removed() {
    let removal = action("s", ContainerChange::Remove);
    assert_eq!(removal.request(), None);
    assert_eq!(removal.fault(), Some(ContainerFormError::RemovesStandalone));
    assert_eq!(reading(&["s"]).obstacle(&removal), Some(ContainerObstacle::Standalone));
}

fn reading(running: &[&str]) -> ContainerReading {
    let running: Vec<Container> =
        running.iter().map(|text| Container { line: path(text), ..Container::default() }).collect();
    ContainerReading::of(&running, Timestamp(5))
}

#[test]
fn what_an_agent_would_refuse_is_said_before() {
    let launch = || ContainerChange::Launch(Box::new(launch("true")));
    let check = |of: &str, change: ContainerChange, expected: Option<ContainerObstacle>| {
        let mut reading = reading(&["p", "p/n", "s"]);
        reading.executors.insert(path("p"));
        reading.kept = BTreeMap::from([(path("p/old"), true), (path("p/none"), false)]);
        assert_eq!(reading.obstacle(&action(of, change)), expected, "{of}");
    };
    check("p/new", launch(), None);
    check("p/n", launch(), Some(ContainerObstacle::Exists));
    check("gone/new", launch(), Some(ContainerObstacle::NoParent));
    check("new", launch(), None);
    check("p/n", ContainerChange::Kill(None), None);
    check("s", ContainerChange::Kill(None), None);
    check("p", ContainerChange::Kill(None), Some(ContainerObstacle::Executor));
    check("p/old", ContainerChange::Kill(None), Some(ContainerObstacle::NotRunning));
    check("p/n", ContainerChange::Remove, Some(ContainerObstacle::StillRunning));
    check("p/old", ContainerChange::Remove, None);
    check("p/none", ContainerChange::Remove, Some(ContainerObstacle::Removed));
}

fn completed(action: &ContainerAction, reading: &ContainerReading) -> Preview {
    let mut preview = Preview { progress: Progress::Pending, ..Preview::new(Vec::new(), goal(action)) };
    reading.complete(action, &mut preview);
    preview
}

#[test]
fn a_kill_is_followed_until_the_agent_lists_it_no_more() {
    let kill = action("p/n", ContainerChange::Kill(None));
    let at = |running: &[&str], asked: i64| {
        completed(&kill, &ContainerReading { asked: Timestamp(asked), ..reading(running) })
    };
    let mut execution = Execution::default();
    execution.planned(&at(&["p", "p/n"], 1), Timestamp(2));
    assert_eq!(execution.go(Some(Timestamp(3)), Timestamp(3)), NextStep::Read);
    assert_eq!(execution.planned(&at(&["p", "p/n"], 4), Timestamp(5)), NextStep::Send);
    execution.answered(Ok(200), true, Timestamp(6));
    execution.planned(&at(&["p", "p/n"], 7), Timestamp(8));
    assert!(execution.is_busy(), "it runs yet");
    execution.planned(&at(&["p"], 9), Timestamp(10));
    assert_eq!(execution.stage(), &Stage::Over(Outcome::Confirmed));
}

#[test]
fn what_ended_meanwhile_is_a_conflict_and_nothing_is_sent() {
    let kill = action("p/n", ContainerChange::Kill(None));
    let mut execution = Execution::default();
    execution.planned(&completed(&kill, &reading(&["p", "p/n"])), Timestamp(6));
    execution.go(Some(Timestamp(7)), Timestamp(7));
    let later = ContainerReading { asked: Timestamp(8), ..reading(&["p"]) };
    assert_eq!(execution.planned(&completed(&kill, &later), Timestamp(9)), NextStep::Nothing);
    assert!(matches!(execution.stage(), Stage::Conflict(_)));
}

#[test]
fn a_short_command_is_launched_although_it_is_never_listed() {
    let launch = action("p/n", ContainerChange::Launch(Box::new(launch("true"))));
    let before = completed(&launch, &reading(&["p"]));
    assert_eq!((before.progress, before.disabled_reason.clone()), (Progress::Pending, None));
    let mut after = reading(&["p"]);
    after.launched.insert(path("p/n"));
    assert_eq!(completed(&launch, &after).progress, Progress::Applied);
}

#[test]
fn a_removal_is_done_once_the_agent_keeps_no_exit_status() {
    let removal = action("p/n", ContainerChange::Remove);
    let mut ended = reading(&["p"]);
    ended.kept.insert(path("p/n"), true);
    assert_eq!(completed(&removal, &ended).progress, Progress::Pending);
    ended.kept.insert(path("p/n"), false);
    assert_eq!(completed(&removal, &ended).progress, Progress::Applied);
}

#[test]
fn a_signal_that_may_be_ignored_is_done_once_it_is_sent() {
    let preview = completed(&action("p/n", ContainerChange::Kill(Some(15))), &reading(&["p", "p/n"]));
    assert_eq!(preview.progress, Progress::Applied);
    let changes = differences(&preview.current, &preview.desired);
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].after, Some(PreviewValue::Signal(15)));
}

#[test]
fn a_launch_is_undone_by_a_kill() {
    let launch = action("p/n", ContainerChange::Launch(Box::new(launch("true"))));
    let preview = preview(&Cluster::default(), &launch);
    assert_eq!(preview.back, Some(Action::Container(action("p/n", ContainerChange::Kill(None)))));
    assert_eq!(preview.disabled_reason, Some(DisabledReason::AgentNotListed("S1".into())));
}
