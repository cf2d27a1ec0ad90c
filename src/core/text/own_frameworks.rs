//! Words of the frameworks that this browser runs commands with, and of what becomes of their tasks.

use super::api_errors::sentence;
use super::{age, count, plural, span};
use crate::base::units::{Nanoseconds, Timestamp};
use crate::checks::disconnect::DisconnectReason;
use crate::mesos::error_text::{FrameworkRefusal, framework_refusal};
use crate::scheduler::hosted_io::KeepingState;
use crate::scheduler::io::CallOutcome;
use crate::scheduler::machine::{FrameworkEnd, LinkState};
use crate::scheduler::run::{RunFramework, RunTask, TaskPhase};
use crate::scheduler::streams::MOST_STREAMS;
use crate::views::runs::{RunCounts, RunsSummary};

/// Title of the page.
pub const TITLE: &str = "Frameworks of this browser";
/// What the page is about.
pub const ABOUT: &str = "To run commands, this browser registers frameworks of its own at the master. They receive offers, launch tasks and acknowledge their updates.";
/// Where there is none.
pub const NONE: &str =
    "None yet. A framework is registered when you run a command, and torn down when its last run has ended.";
/// What an empty list of offers means.
pub const NO_OFFERS: &str = "Offers are used or declined within seconds, and suppressed while no task waits.";
/// Where another tab has frameworks.
const ONE_TAB: &str = "This browser has no shared workers, so each tab has its own frameworks.";
/// Where the browser keeps nothing.
pub const NOT_KEPT: &str = "The browser refuses to store anything for this page: after a reload it forgets its frameworks. \
     The master kills their tasks when the failover timeout has passed.";

/// The gateway was started with `--no-exec`.
pub const NO_EXEC: &str = "This gateway runs no commands: it was started with --no-exec.";

/// Why this browser registers or resumes no further framework.
pub fn no_stream() -> String {
    format!(
        "{} frameworks of this browser are connected, and a browser has few connections to one address. \
         Wait until the runs of one have ended, disconnect it, or tear it down.",
        count(MOST_STREAMS as u64)
    )
}

/// Role and user of a framework of this browser, which may have several.
pub fn described(framework: &RunFramework) -> String {
    format!("role {}, user {}", framework.role, framework.user.name())
}

/// State of a connection in a word or two.
pub const fn link(link: &LinkState) -> &'static str {
    match link {
        LinkState::Idle => "Not registered",
        LinkState::Opening { .. } => "Subscribing …",
        LinkState::Subscribed { .. } => "Subscribed",
        LinkState::Lost { .. } => "Connection lost",
        LinkState::Left { .. } => "Disconnected",
        LinkState::Ended(FrameworkEnd::TornDown) => "Torn down",
        LinkState::Ended(FrameworkEnd::FailedOver) => "Taken over",
        LinkState::Ended(FrameworkEnd::Refused(_)) => "Refused",
        LinkState::Ended(FrameworkEnd::Removed) => "Removed",
        LinkState::Ended(FrameworkEnd::Expired) => "Expired",
    }
}

/// What a state of the connection means, and what happens next.
pub fn link_meaning(link: &LinkState, why: Option<&DisconnectReason>, timeout: Nanoseconds, now: Timestamp) -> String {
    let until = |since: Timestamp| Nanoseconds((since + timeout).0.saturating_sub(now.0).max(0));
    match link {
        LinkState::Idle => String::new(),
        LinkState::Opening { since } => format!("Request sent {} ago.", age(now.since(*since))),
        LinkState::Subscribed { heard, .. } => format!("Last message {} ago.", age(now.since(*heard))),
        LinkState::Lost { since, retry_at } => {
            let why = why.map_or_else(String::new, |why| format!("{}. ", capitalised(&why.to_string())));
            let wait = age(Nanoseconds(retry_at.0.saturating_sub(now.0).max(0)));
            format!("{why}Next try in {wait}. {}", kills_in(until(*since)))
        }
        LinkState::Left { since } => format!("Disconnected by you. {}", kills_in(until(*since))),
        LinkState::Ended(end) => ended(end),
    }
}

fn kills_in(left: Nanoseconds) -> String {
    format!("Tasks go on; the master kills them in {} unless this browser subscribes again.", span(left))
}

fn ended(end: &FrameworkEnd) -> String {
    match end {
        FrameworkEnd::TornDown => {
            "The master has removed the framework, with the tasks that still ran, if any.".to_owned()
        }
        FrameworkEnd::FailedOver => {
            "Another browser or program has subscribed with this framework's ID. Its tasks keep running.".to_owned()
        }
        FrameworkEnd::Refused(refusal) => match framework_refusal(&refusal.words) {
            Some(reason) => {
                let said = sentence(&refusal.to_string());
                format!("{}. {}", said.trim_end_matches('.'), remedy(reason))
            }
            None => refusal.to_string(),
        },
        FrameworkEnd::Removed => {
            "The master no longer has the framework: someone tore it down, or its failover timeout passed.".to_owned()
        }
        FrameworkEnd::Expired => {
            "The failover timeout passed without a connection, so the master has killed the tasks.".to_owned()
        }
    }
}

/// What helps against a refusal.
const fn remedy(reason: FrameworkRefusal) -> &'static str {
    match reason {
        FrameworkRefusal::UnknownRole => "This master accepts listed roles only. Run the command with one of those.",
        FrameworkRefusal::NotAuthorized => {
            "The master's ACLs do not allow you this role. Choose another role, or sign in as another user."
        }
        FrameworkRefusal::Root => "This master runs nothing as root. Choose another user.",
        FrameworkRefusal::Principal => "Another user registered this framework. Sign in as that user to resume it.",
    }
}

/// Tone of a connection's state.
pub const fn tone(link: &LinkState) -> &'static str {
    match link {
        LinkState::Subscribed { .. } => "ok",
        LinkState::Opening { .. } => "busy",
        LinkState::Lost { .. } => "warn",
        LinkState::Ended(FrameworkEnd::Refused(_)) => "bad",
        LinkState::Ended(FrameworkEnd::FailedOver | FrameworkEnd::Removed | FrameworkEnd::Expired) => "lost",
        LinkState::Idle | LinkState::Left { .. } | LinkState::Ended(FrameworkEnd::TornDown) => "idle",
    }
}

/// Time left of an offer.
pub fn offer_left(until: Timestamp, now: Timestamp) -> String {
    let left = until.since(now);
    if left.0 == 0 { "now".to_owned() } else { age(left) }
}

/// What a teardown kills.
pub fn teardown_kills(tasks: usize) -> String {
    match tasks {
        0 => "No task is running. The master removes the framework.".to_owned(),
        tasks => format!(
            "The master removes the framework and kills {}:",
            plural(u32::try_from(tasks).unwrap_or(u32::MAX), "task", "tasks")
        ),
    }
}

/// How many more tasks a teardown kills than are listed.
pub fn more_tasks(more: usize) -> String {
    format!("and {} more", count(more as u64))
}

/// What to disconnect does.
pub fn leaving(timeout: Nanoseconds) -> String {
    format!("Closes the connection. Tasks go on for {}, then the master kills them.", span(timeout))
}

/// What to resume does.
pub const fn resuming(link: &LinkState) -> &'static str {
    match link {
        LinkState::Ended(FrameworkEnd::FailedOver) => {
            "Subscribes again and takes the framework back. The other scheduler is disconnected."
        }
        _ => "Subscribes again with the framework's ID. If the master has removed the framework, it says so.",
    }
}

/// Outcome of a call in the log.
pub fn outcome(outcome: &CallOutcome) -> String {
    match outcome {
        CallOutcome::Accepted => "accepted".to_owned(),
        CallOutcome::Refused(refusal) => format!("{} {refusal}", refusal.status),
        CallOutcome::NotSent => "not sent: no master was reached".to_owned(),
        CallOutcome::Unknown => "no answer: the master may have taken it".to_owned(),
    }
}

/// Name of an event in the log; a record that is no event has none.
pub const fn event_kind(kind: &str) -> &str {
    if kind.is_empty() { "unreadable record" } else { kind }
}

/// The end of a stream in the log.
pub const STREAM_ENDED: &str = "end of the stream";

/// State of a task that has had no update.
pub const fn phase(task: &RunTask) -> &'static str {
    match task.phase {
        TaskPhase::Waiting => "waiting for an offer",
        TaskPhase::Launching(_) | TaskPhase::Launched => "launching",
        TaskPhase::Ended => "cancelled",
    }
}

/// Tasks of a framework in numbers.
pub fn task_counts(counts: RunCounts) -> String {
    let all = [
        (counts.waiting, "waiting"),
        (counts.starting, "starting"),
        (counts.running, "running"),
        (counts.finished, "finished"),
        (counts.failed, "failed"),
        (counts.killed, "killed"),
    ];
    let said = all.into_iter().filter(|(number, _)| *number > 0);
    let said: Vec<String> = said.map(|(number, word)| format!("{} {word}", count(u64::from(number)))).collect();
    if said.is_empty() { "No tasks yet.".to_owned() } else { format!("{}.", said.join(", ")) }
}

/// Number of times that an event came one after another.
pub fn times(times: u32) -> String {
    if times == 1 { String::new() } else { format!("× {}", count(u64::from(times))) }
}

/// Entries of the log that made way for later ones.
pub fn dropped(dropped: u64) -> String {
    format!(
        "{} no longer kept.",
        plural(u32::try_from(dropped).unwrap_or(u32::MAX), "earlier entry", "earlier entries")
    )
}

/// Link to the frameworks of this browser.
pub fn of_browser(frameworks: u32) -> String {
    format!("{} of this browser", count(u64::from(frameworks)))
}

/// Frameworks that another tab has; `None` if there are none.
pub fn elsewhere(keeping: &KeepingState) -> Option<String> {
    let frameworks = u32::try_from(keeping.elsewhere.len()).unwrap_or(u32::MAX);
    let has = if frameworks == 1 { "is" } else { "are" };
    (frameworks > 0).then(|| {
        format!("{} of this browser {has} in another tab. {ONE_TAB}", plural(frameworks, "framework", "frameworks"))
    })
}

/// What signing out does to runs; `None` if nothing is running.
pub fn signing_out(runs: &RunsSummary) -> Option<String> {
    let frameworks = runs.open;
    (frameworks > 0).then(|| {
        let tasks = plural(runs.live_tasks, "task", "tasks");
        let open = plural(frameworks, "framework", "frameworks");
        let end = match runs.outlive.0 {
            0 => "The master kills them.".to_owned(),
            _ => format!("Tasks go on for {}. Sign in again before that to follow them.", span(runs.outlive)),
        };
        format!("Signing out disconnects {open} of this browser with {tasks}. {end}")
    })
}

/// What closing the last tab does to running tasks; `None` if nothing is running.
pub fn closing(runs: &RunsSummary) -> Option<String> {
    (runs.live_tasks > 0).then(|| {
        let tasks = plural(runs.live_tasks, "task", "tasks");
        let (they_go, them) = if runs.live_tasks == 1 { ("it goes", "it") } else { ("they go", "them") };
        let end = match runs.outlive.0 {
            0 => format!("the master kills {them}"),
            _ => format!("{they_go} on for {}, then the master kills {them}", span(runs.outlive)),
        };
        format!("{tasks} of this browser: if you close its last tab, {end}.")
    })
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
