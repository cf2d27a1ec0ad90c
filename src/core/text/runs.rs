//! Words of the form that runs a command: where it would run, what it takes, and what a user should know before.

use super::resources::{quantities, quantities_briefly};
use super::{count, pooled, scalar, span};
use crate::actions::secrets::HIDDEN;
use crate::base::units::{Nanoseconds, Quantities};
use crate::cluster::topic::Topic;
use crate::scheduler::form::RunForm;
use crate::scheduler::form::fault::RunField;
use crate::scheduler::run::Containerizer;
use crate::views::agents::AgentState;
use crate::views::run_preview::{RunHeadroom, RunPreview, RunRoom};

/// Says that a link has filled in the form.
pub const FROM_LINK: &str = "A link has filled in this form. Read the command before you run it.";
/// What root may do.
pub const ROOT: &str =
    "As root the command may read, change and delete everything on these agents, whatever its resources.";
/// What the user depends on.
pub const USER: &str = "An agent without --switch_user runs the command as the agent's own user, which may be root.";
/// Hint of the command.
pub const SHELL_HINT: &str = "A line or a script for /bin/sh";
/// Hint of a program.
pub const PROGRAM_HINT: &str = "The program’s path, then one argument a line";
/// What the image needs.
pub const IMAGE_HINT: &str = "Mesos’ own containerizer pulls it. The agents need --image_providers=docker.";
/// What Docker's containerizer needs, and whom it runs the command as.
pub const DOCKER: &str = "The agents need --containerizers=docker,mesos. Docker runs the command as the image’s user, which is root in many images, \
    and not as the user above.";
/// Label of the choice of a containerizer.
pub const CONTAINERIZER: &str = "Containerizer";
/// Hint of the environment.
pub const ENVIRONMENT_HINT: &str =
    "NAME=value, one a line. Mesos keeps the values in its state, where others may see them.";
/// Hint of files.
pub const FILES_HINT: &str = "One address a line; “executable” or “packed” may follow it. Mesos writes addresses with their passwords into stderr.";
/// Why no run starts without a click.
pub const ESTIMATE: &str = "An estimate: the master’s allocator decides which offers come, and when. Others may get these resources first. \
    Offers are held for seconds, and what is not used is given back.";
/// Why the calls are no commands for a shell.
pub const NO_CURL: &str =
    "Not for curl: each call after the first needs the stream’s own id, and LAUNCH an offer that came on it.";

/// Name of a containerizer.
pub const fn containerizer(of: Containerizer) -> &'static str {
    match of {
        Containerizer::Mesos => "Mesos",
        Containerizer::Docker => "Docker",
    }
}

/// Label of a field.
pub const fn field(field: RunField) -> &'static str {
    match field {
        RunField::Command => "Command",
        RunField::Count => "Number of agents",
        RunField::Name => "Name of the tasks",
        RunField::Role => "Role",
        RunField::Amount(0) => "CPUs",
        RunField::Amount(1) => "Memory",
        RunField::Amount(2) => "Disk",
        RunField::Amount(_) => "GPUs",
        RunField::User => "User",
        RunField::Environment => "Environment",
        RunField::Files => "Files to fetch",
        RunField::Image => "Docker image",
        RunField::Timeout => "Time limit",
        RunField::Grace => "Grace period",
        RunField::Failover => "Without this browser",
    }
}

/// What a filter may be.
pub const FILTER_HINT: &str = "As in the table of agents; without words all agents match.";
/// The preview has not come yet.
pub const NO_PREVIEW: &str = "Wait until the preview is there.";
/// More agents than a run may have.
pub const TOO_MANY: &str = "A run has at most 10 000 agents. Narrow the filter.";

/// The field that keeps a run from its button.
pub fn fault(at: RunField) -> String {
    format!("Correct this first: {}.", field(at))
}

/// Label of the button that takes an agent out.
pub fn remove_agent(host: &str) -> String {
    format!("Remove {host}")
}

/// How many agents are not listed; `None` if all are.
pub fn more_agents(all: usize, listed: usize) -> Option<String> {
    let more = all.checked_sub(listed).filter(|more| *more > 0)?;
    Some(format!("and {}", super::plural(u32::try_from(more).unwrap_or(u32::MAX), "more agent", "more agents")))
}

fn agents(number: u32) -> String {
    super::plural(number, "agent", "agents")
}

/// The button that runs it.
pub fn run_button(preview: &RunPreview) -> String {
    if preview.tasks == 0 { "Run".to_owned() } else { format!("Run on {}", agents(preview.tasks)) }
}

/// Where it runs, in a sentence. `wanted` is how many agents, where it is not each of them.
pub fn headline(preview: &RunPreview, wanted: Option<u32>) -> String {
    let RunPreview { matched, fits, waits, .. } = *preview;
    let all = fits + waits;
    let number = |of: u32| count(u64::from(of));
    match (matched, all, wanted) {
        (0, ..) => "No agents match.".to_owned(),
        (_, 0, _) => format!("None of {} can run it.", agents(matched)),
        (_, _, Some(wanted)) if wanted > all => {
            format!("Only {} of {} can run it, but {} are wanted.", number(all), agents(matched), number(wanted))
        }
        (_, _, Some(wanted)) if wanted > fits => {
            format!("Runs on any {} of {}. {}; others wait for offers.", number(wanted), agents(all), with_room(fits))
        }
        (_, _, Some(wanted)) => {
            format!("Runs on any {} of {}, of which {}.", number(wanted), agents(all), with_room(fits))
        }
        (_, 1, None) if waits == 0 => "Runs on 1 agent, which has room now.".to_owned(),
        (_, _, None) if waits == 0 => format!("Runs on {}, which have room now.", agents(all)),
        (_, _, None) => format!("Runs on {}. {}; others wait for offers.", agents(all), with_room(fits)),
    }
}

fn with_room(number: u32) -> String {
    match number {
        0 => "None has room now".to_owned(),
        1 => "1 has room now".to_owned(),
        number => format!("{} have room now", count(u64::from(number))),
    }
}

/// Agents that the run leaves out, and why.
pub fn left_out(preview: &RunPreview) -> Vec<String> {
    let inactive = |(state, number): &(AgentState, u32)| {
        format!("Left out: {}: no offers are made of agents in state {}.", agents(*number), state.name())
    };
    let small = |(missing, number): &(Vec<String>, u32)| {
        format!("Left out: {} with too little in all: {}.", agents(*number), names(missing))
    };
    let unlisted = preview.unlisted.first().map(|id| {
        let number = u32::try_from(preview.unlisted.len()).unwrap_or(u32::MAX);
        format!("Left out: {} that the master does not list, as {}.", agents(number), super::short_id(id.as_str()))
    });
    let inactive = preview.inactive.iter().map(inactive);
    inactive.chain(preview.too_small.iter().map(small)).chain(unlisted).collect()
}

fn names(resources: &[String]) -> String {
    resources.iter().map(|name| pooled::resource_name(name)).collect::<Vec<_>>().join(", ")
}

/// Whether an agent has room.
pub fn room(room: &RunRoom) -> String {
    match room {
        RunRoom::Free => "Has room now".to_owned(),
        RunRoom::InUse(missing) => format!("Waits for {}", names(missing)),
        RunRoom::TooSmall(missing) => format!("Left out: too small, {}", names(missing)),
        RunRoom::Inactive(state) => format!("Left out: {}", state.name()),
    }
}

/// What is free for the role on an agent.
pub fn free(of: Option<Quantities>) -> String {
    match of.map(quantities_briefly) {
        None => "not known".to_owned(),
        Some(text) if text.is_empty() => "nothing".to_owned(),
        Some(text) => text,
    }
}

/// What the run takes, and what it leaves alone.
pub fn takes(preview: &RunPreview) -> String {
    let total = quantities(preview.total);
    let others = match preview.others {
        0 => "No other tasks run there.".to_owned(),
        1 => "1 other task keeps running there.".to_owned(),
        others => format!("{} other tasks keep running there.", count(others.into())),
    };
    format!("Takes {total} in all while it runs, from what is free. {others}")
}

/// A limit that the run counts against.
pub fn headroom(limit: &RunHeadroom) -> String {
    let amount = |value: f64| scalar(&limit.resource, value);
    let says = format!(
        "Quota of {}: {} of {} {} in use; the run needs {}",
        limit.role,
        amount(limit.consumed),
        amount(limit.limit),
        pooled::resource_name(&limit.resource),
        amount(limit.needed),
    );
    if limit.is_enough() { format!("{says}.") } else { format!("{says}. What is above the limit waits.") }
}

/// Why the limits are not known.
pub fn unknown_quota(preview: &RunPreview) -> Option<String> {
    let (title, why) = super::unknown(Topic::Quota, preview.unknown_quota()?, true);
    Some(format!("{title}. {why}"))
}

/// A role that nothing uses.
pub fn unknown_role(role: &str) -> String {
    format!("Nothing in the cluster uses the role {role} yet. Masters with a list of roles refuse others.")
}

/// Agents in maintenance.
pub fn in_maintenance(number: u32) -> Option<String> {
    let says = "scheduled for maintenance, which may cut the run short.";
    match number {
        0 => None,
        1 => Some(format!("1 agent is {says}")),
        number => Some(format!("{} are {says}", agents(number))),
    }
}

/// What becomes of the runs without the browser.
pub fn failover(timeout: Nanoseconds) -> String {
    match timeout.0 {
        ..=0 => "When this browser closes, the master kills the run at once.".to_owned(),
        _ => format!("When this browser closes, the run goes on for {}; then the master kills it.", span(timeout)),
    }
}

/// Says where hidden values of variables, and hidden passwords, come from; `None` if there are none.
pub fn hidden_values(form: &RunForm) -> Option<String> {
    form.has_hidden().then(|| format!("What is shown as {HIDDEN} is taken from the run before."))
}

/// Says that the form has what was typed before the page was reloaded.
pub fn restored(form: &RunForm) -> String {
    const RESTORED: &str = "This form has what you typed in this tab before.";
    match form.has_hidden() {
        true => format!("{RESTORED} Values of environment variables and passwords in addresses are not kept."),
        false => RESTORED.to_owned(),
    }
}
