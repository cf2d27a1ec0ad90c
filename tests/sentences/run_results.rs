//! Results of a run: what its tasks do, what a kill does, and how their outputs compare.

use mesoscope_core::base::units::Nanoseconds;
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::scheduler::form::RunForm;
use mesoscope_core::scheduler::outputs::{SameOutput, same_outputs};
use mesoscope_core::scheduler::run::{Containerizer, RunCommand, RunId, RunRequest, RunTargets};
use mesoscope_core::text::run_results;
use mesoscope_core::views::run_tasks::{RunTaskRow, RunTaskState};
use mesoscope_core::views::runs::RunCounts;

use crate::{Sentence, listed};

fn counts(waiting: u32, running: u32) -> RunCounts {
    RunCounts { waiting, running, ..RunCounts::default() }
}

fn row(state: RunTaskState, message: &str, missing: &[&str]) -> RunTaskRow {
    RunTaskRow {
        run: RunId::new("a").expect("an id"),
        number: 0,
        id: "a.0".into(),
        framework: None,
        agent: None,
        hostname: String::new(),
        state,
        exit: None,
        took: None,
        started: None,
        ended: None,
        reason: String::new(),
        message: message.to_owned(),
        is_being_killed: false,
        executor: "".into(),
        container: String::new(),
        missing: missing.iter().map(|name| (*name).to_owned()).collect(),
    }
}

fn with_image(containerizer: Containerizer) -> RunRequest {
    let [command, user, image] = ["df", "ops", "alpine:3"].map(str::to_owned);
    let form = RunForm { command, user, image, containerizer, ..RunForm::default() };
    let spec = form.checked().expect("a form without errors");
    spec.request(RunId::new("a").expect("an id"), RunTargets::Any { count: 1, among: None })
}

fn outputs(texts: &[&str]) -> Vec<SameOutput<String>> {
    let outputs: Vec<(String, String)> =
        texts.iter().enumerate().map(|(at, text)| (format!("host{at}"), (*text).to_owned())).collect();
    same_outputs(&outputs)
}

pub fn all() -> Vec<Sentence> {
    let many = RunCounts { waiting: 1, starting: 2, running: 1200, finished: 3, failed: 4, killed: 5 };
    listed![
        run_results::NO_RUN,
        run_results::image(&with_image(Containerizer::Mesos)),
        run_results::image(&with_image(Containerizer::Docker)),
        run_results::NO_OUTPUT,
        run_results::COMPARED,
        run_results::command_line(&RunCommand::Program("/bin/df".into(), vec!["-h".into(), "/var lib".into()])),
        run_results::progress(RunCounts::default()),
        run_results::progress(many),
        run_results::kill_effect(RunCounts::default(), None),
        run_results::kill_effect(counts(0, 1), None),
        run_results::kill_effect(counts(2, 3), Some(Nanoseconds::from_secs(60))),
        run_results::kill_effect(counts(1, 0), None),
        run_results::message(&row(RunTaskState::Waiting, "", &[])),
        run_results::message(&row(RunTaskState::Waiting, "", &["cpus", "mem"])),
        run_results::message(&row(RunTaskState::Incomplete, "", &[])),
        run_results::message(&row(RunTaskState::Is(TaskState::Failed), "Command exited with status 7", &[])),
        run_results::same(&outputs(&[]), 0),
        run_results::same(&outputs(&["a"]), 0),
        run_results::same(&outputs(&["a", "a"]), 1),
        run_results::same(&outputs(&["a", "a", "b"]), 0),
        run_results::same(&outputs(&["a", "a", "a", "b", "c"]), 2),
        run_results::same(&outputs(&["a", "b"]), 0),
        run_results::hosts(&outputs(&["a", "a"])[0]),
        run_results::difference(&outputs(&["a", "a", "b"])[1]),
        run_results::followed(8, 9),
        run_results::followed(8, 8),
    ]
}
