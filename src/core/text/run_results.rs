//! Words of a run's results: what its tasks do, what a kill does, and how their outputs compare.

use super::{count, listed, plural, pooled, span};
use crate::base::units::Nanoseconds;
use crate::scheduler::outputs::SameOutput;
use crate::scheduler::run::{Containerizer, RunCommand, RunRequest};
use crate::views::run_tasks::{RunTaskRow, RunTaskState};
use crate::views::runs::RunCounts;

/// Mesos' own grace period of a command (`src/launcher/executor.cpp`).
const GRACE: Nanoseconds = Nanoseconds::from_secs(3);
/// Hosts that are named one by one.
const NAMED: usize = 6;

/// Where this browser has no such run.
pub const NO_RUN: &str =
    "This browser does not have this run. Runs are kept by the browser that began them, the last ones only.";
/// Where no task has a sandbox yet.
pub const NO_OUTPUT: &str = "No task has an output yet.";
/// A task that was not launched, since a part of its command is missing.
const NOT_STARTED: &str =
    "Not started: values of environment variables, and passwords in addresses, are not kept. Run it again.";
/// A task that waits.
const NO_OFFER: &str = "No offer yet: its agents, or the quota of its role, may be in use.";
/// What the comparison reads.
pub const COMPARED: &str = "Compares the first 64 KiB of each output. Follow them to read more.";

/// The command as it was typed.
pub fn command(command: &RunCommand) -> String {
    match command {
        RunCommand::Shell(line) => line.clone(),
        RunCommand::Program(program, arguments) => {
            std::iter::once(program).chain(arguments).map(String::as_str).collect::<Vec<_>>().join("\n")
        }
    }
}

/// The command in a line of its own.
pub fn command_line(command: &RunCommand) -> String {
    self::command(command).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The image, and what runs it if that is not Mesos itself; `None` if there is none.
pub fn image(request: &RunRequest) -> Option<String> {
    let image = request.image.as_ref()?;
    Some(match request.containerizer {
        Containerizer::Mesos => image.clone(),
        Containerizer::Docker => format!("{image}, run by Docker as the image’s user"),
    })
}

/// How far a run is, in a line.
pub fn progress(counts: RunCounts) -> String {
    let parts = [
        (counts.waiting, "waiting"),
        (counts.starting, "starting"),
        (counts.running, "running"),
        (counts.finished, "finished"),
        (counts.failed, "failed"),
        (counts.killed, "killed"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {word}", count(u64::from(*number))))
        .collect();
    if parts.is_empty() { "No tasks.".to_owned() } else { format!("{}.", parts.join(", ")) }
}

/// What a kill of the run does.
pub fn kill_effect(counts: RunCounts, grace: Option<Nanoseconds>) -> String {
    let running = counts.starting + counts.running;
    let term = format!("SIGTERM, and SIGKILL after {}", span(grace.unwrap_or(GRACE)));
    let kills = (running > 0).then(|| format!("{}: {term}", plural(running, "task is killed", "tasks are killed")));
    let cancels = (counts.waiting > 0)
        .then(|| format!("{} before the start", plural(counts.waiting, "task is cancelled", "tasks are cancelled")));
    let says: Vec<String> = kills.into_iter().chain(cancels).collect();
    if says.is_empty() { "No task runs any more.".to_owned() } else { format!("{}.", says.join("; ")) }
}

/// Label of the button that ends one task.
pub fn kill_task(row: &RunTaskRow) -> String {
    let host = if row.hostname.is_empty() { row.id.as_str() } else { row.hostname.as_str() };
    format!("Kill the task on {host}")
}

/// The message of a task; while it waits, what it waits for.
pub fn message(row: &RunTaskRow) -> String {
    match row.state {
        RunTaskState::Incomplete => NOT_STARTED.to_owned(),
        RunTaskState::Waiting if row.message.is_empty() && row.missing.is_empty() => NO_OFFER.to_owned(),
        RunTaskState::Waiting if row.message.is_empty() => {
            let names: Vec<&str> = row.missing.iter().map(|name| pooled::resource_name(name)).collect();
            format!("The last offer had too little: {}.", names.join(", "))
        }
        RunTaskState::Waiting | RunTaskState::Launched | RunTaskState::Is(_) | RunTaskState::Cancelled => {
            row.message.clone()
        }
    }
}

/// How many outputs are equal, of those that were read.
pub fn same(groups: &[SameOutput<String>], unread: usize) -> String {
    let all: usize = groups.iter().map(|group| group.tasks.len()).sum();
    let number = |of: usize| count(of as u64);
    let says = match groups {
        [] => "No output was read.".to_owned(),
        [_] if all == 1 => "1 output was read.".to_owned(),
        [_] => format!("All {} outputs are the same.", number(all)),
        [usual, ..] if usual.tasks.len() == 1 => format!("All {} outputs differ.", number(all)),
        [usual, ..] => {
            let same = usual.tasks.len();
            format!(
                "{} of {} say the same; {}.",
                number(same),
                number(all),
                plural(u32::try_from(all - same).unwrap_or(u32::MAX), "differs", "differ")
            )
        }
    };
    match unread {
        0 => says,
        unread => format!("{says} {} could not be read.", number(unread)),
    }
}

/// How many tasks have an output.
pub fn count_of(tasks: usize) -> String {
    count(tasks as u64)
}

/// The hosts of a group of outputs.
pub fn hosts(group: &SameOutput<String>) -> String {
    listed(group.tasks.iter().map(String::as_str), NAMED)
}

/// Where a group begins to differ from the largest one.
pub fn difference(group: &SameOutput<String>) -> Option<String> {
    let (line, ..) = group.first_difference.as_ref()?;
    Some(format!("Differs from line {} on:", count(*line as u64)))
}

/// Text in place of an output without a byte.
pub const EMPTY: &str = "(empty)";

/// Outputs that are followed, of those that there are.
pub fn followed(shown: usize, all: usize) -> Option<String> {
    (all > shown).then(|| {
        format!(
            "Up to {} outputs can be followed at once. The first are shown; filter the table for others.",
            count(shown as u64)
        )
    })
}
