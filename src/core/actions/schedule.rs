//! What another maintenance schedule, and taking machines down and up, would do.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::{Effect, Entry, Key, On, Plan, Shows, Tone, named};
use super::{Act, Window};
use crate::base::ids::FrameworkId;
use crate::base::skew::ClusterTime;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::checks::can::{self, WhyNot};
use crate::cluster::Cluster;
use crate::cluster::agent::Agent;
use crate::cluster::part::Part;
use crate::cluster::role::MachineMode;
use crate::cluster::task::Section;
use crate::mesos::calls::maintenance::MachineId;
use crate::text;

pub(super) fn plan(cluster: &Cluster, windows: &[Window], now: ClusterTime) -> Plan {
    let Ok(schedule) = cluster.schedule() else {
        // Nothing is sent before it is known what stands.
        return Plan { is_whole: true, shows: Shows::Before, ..Plan::new(Vec::new(), entries(windows)) };
    };
    let before: Vec<Window> = schedule.windows.iter().map(Window::from).collect();
    let wanted = spelt_as(&before, windows);
    let mut plan = Plan { is_whole: true, ..Plan::new(entries(&before), entries(&wanted)) };
    let is_in =
        |windows: &[Window], machine: &MachineId| windows.iter().any(|window| window.machines.contains(machine));
    let machines = |windows: &[Window]| windows.iter().flat_map(|window| window.machines.clone()).collect::<Vec<_>>();
    let new: Vec<MachineId> = machines(windows).into_iter().filter(|machine| !is_in(&before, machine)).collect();
    let left: Vec<MachineId> = machines(&before).into_iter().filter(|machine| !is_in(windows, machine)).collect();
    let is_down = |machine: &&MachineId| can::mode(machine, cluster) == Ok(Some(MachineMode::Down));
    plan.why_not = left.iter().find(is_down).map(|machine| WhyNot {
        words: format!(
            "{machine} is down, and cannot leave the schedule. Take it up first: that takes it out of the schedule."
        ),
        source: "src/master/maintenance.cpp".to_owned(),
    });
    plan.why_not = can::replace(Part::Schedule, cluster).err().or(plan.why_not);
    if !new.is_empty() {
        let words = format!(
            "{} to drain: what is offered of {} is rescinded, and frameworks are asked to leave by inverse offers. Nothing is killed yet.",
            begin(new.len()),
            if new.len() == 1 { "it" } else { "them" }
        );
        plan.effects
            .push(Effect::new(Tone::Warn, words).on(new.iter().flat_map(|machine| agents_on(cluster, machine))));
        plan.effects.extend(tasks_there(cluster, &new));
    }
    if !left.is_empty() {
        let words = format!("{} in no window any more, and up again.", are(left.len()));
        plan.effects
            .push(Effect::new(Tone::Note, words).on(left.iter().flat_map(|machine| agents_on(cluster, machine))));
    }
    plan.effects.extend(moved(cluster, &before, windows));
    plan.effects.extend(unknown(cluster, &new));
    plan.effects.extend(odd_times(windows, now));
    plan.effects.extend(at_once(cluster, windows));
    let draining = |agent: &&Agent| agent.drain.is_some() && new.iter().any(|machine| agent.is_of(machine));
    let draining: Vec<&Agent> = cluster.agents().filter(draining).collect();
    if !draining.is_empty() {
        let words = "Agents that are drained by DRAIN_AGENT would be scheduled as well; they cannot be drained again until they leave the schedule.";
        plan.effects.push(Effect::new(Tone::Warn, words).on(draining.into_iter().map(on_agent)));
    }
    plan.back = Some(Act::Schedule(before));
    plan
}

/// The windows with each machine in the words that the schedule has for it: another case of a name is no change.
fn spelt_as(before: &[Window], windows: &[Window]) -> Vec<Window> {
    let known: BTreeSet<&MachineId> = before.iter().flat_map(|window| &window.machines).collect();
    let spelt = |id: &MachineId| known.get(id).map_or_else(|| id.clone(), |known| (*known).clone());
    windows.iter().map(|each| Window { machines: each.machines.iter().map(spelt).collect(), ..each.clone() }).collect()
}

/// Who has live tasks on the machines.
fn frameworks_on(cluster: &Cluster, machines: &[MachineId]) -> BTreeMap<FrameworkId, (String, u32)> {
    let mut frameworks: BTreeMap<FrameworkId, (String, u32)> = BTreeMap::new();
    for agent in registered(cluster).filter(|agent| machines.iter().any(|machine| agent.is_of(machine))) {
        for task in cluster.tasks_of(&agent.id).filter(|task| task.section == Section::Live) {
            let (id, name) = cluster.framework_of(task);
            frameworks.entry(id).or_insert((name, 0)).1 += 1;
        }
    }
    frameworks
}

fn tasks_there(cluster: &Cluster, machines: &[MachineId]) -> Option<Effect> {
    let frameworks = frameworks_on(cluster, machines);
    let tasks: u32 = frameworks.values().map(|(_, tasks)| tasks).sum();
    let on = frameworks.into_iter().map(|(id, (name, tasks))| On::Framework(id, format!("{name} ({tasks})")));
    let words = format!("{} there; they are lost if a machine is taken down before they leave.", run(tasks));
    (tasks > 0).then(|| Effect::new(Tone::Note, words).on(on))
}

fn run(tasks: u32) -> String {
    format!("{} {}", text::plural(tasks, "live task", "live tasks"), if tasks == 1 { "runs" } else { "run" })
}

/// Machines that stay, at other times.
fn moved(cluster: &Cluster, before: &[Window], after: &[Window]) -> Vec<Effect> {
    let times = |windows: &[Window]| -> BTreeMap<MachineId, (Timestamp, Option<Nanoseconds>)> {
        let of = |window: &Window| {
            let times = (window.start, window.duration);
            window.machines.iter().map(move |machine| (machine.clone(), times)).collect::<Vec<_>>()
        };
        windows.iter().flat_map(of).collect()
    };
    let (old, new) = (times(before), times(after));
    let moved: Vec<&MachineId> =
        new.iter().filter(|(machine, at)| old.get(*machine).is_some_and(|old| old != *at)).map(|(id, _)| id).collect();
    let is_down = |machine: &&&MachineId| can::mode(machine, cluster) == Ok(Some(MachineMode::Down));
    let down: Vec<String> = moved.iter().filter(is_down).map(ToString::to_string).collect();
    let mut effects = Vec::new();
    if !moved.is_empty() {
        let words = format!(
            "{} other times: inverse offers for the old ones are rescinded, and frameworks are asked anew.",
            if moved.len() == 1 {
                "1 machine gets".to_owned()
            } else {
                format!("{} machines get", text::count(moved.len() as u64))
            }
        );
        let on = moved.iter().flat_map(|machine| agents_on(cluster, machine));
        effects.push(Effect::new(Tone::Note, words).on(on));
    }
    if !down.is_empty() {
        let words = format!("Down already, and down it stays, whatever the times say: {}.", listed(&down));
        effects.push(Effect::new(Tone::Note, words));
    }
    effects
}

/// How many machines are unavailable at the same time, where windows overlap.
fn at_once(cluster: &Cluster, windows: &[Window]) -> Option<Effect> {
    // Ends come before starts: one that begins when another ends does not overlap it.
    let mut borders: Vec<(i64, bool, i64)> = Vec::new();
    for window in windows.iter().filter(|window| window.duration.is_none_or(|length| length.0 > 0)) {
        let machines = i64::try_from(window.machines.len()).unwrap_or(i64::MAX);
        borders.push((window.start.0, true, machines));
        borders.extend(window.duration.map(|length| ((window.start + length).0, false, -machines)));
    }
    borders.sort_unstable();
    let (mut open, mut most, mut machines, mut overlap) = (0_u32, 0, 0_i64, false);
    for (_, begins, change) in borders {
        open = if begins { open + 1 } else { open.saturating_sub(1) };
        machines += change;
        most = most.max(machines);
        overlap |= open > 1;
    }
    let agents = u32::try_from(registered(cluster).count()).unwrap_or(u32::MAX);
    let words = || {
        format!(
            "Windows overlap: up to {} are unavailable at the same time, of {}.",
            text::plural(u32::try_from(most).unwrap_or(u32::MAX), "machine", "machines"),
            text::plural(agents, "registered agent", "registered agents")
        )
    };
    overlap.then(|| Effect::new(Tone::Note, words()))
}

fn registered(cluster: &Cluster) -> impl Iterator<Item = &Agent> {
    cluster.agents().filter(|agent| !agent.recovered && !agent.unreachable)
}

fn begin(machines: usize) -> String {
    let machines = u32::try_from(machines).unwrap_or(u32::MAX);
    format!("{} {}", text::plural(machines, "machine", "machines"), if machines == 1 { "begins" } else { "begin" })
}

fn are(machines: usize) -> String {
    let machines = u32::try_from(machines).unwrap_or(u32::MAX);
    format!("{} {}", text::plural(machines, "machine", "machines"), if machines == 1 { "is" } else { "are" })
}

/// A machine without an agent is often a slip: its name must be as the agent registered.
fn unknown(cluster: &Cluster, machines: &[MachineId]) -> Option<Effect> {
    let nobody = |machine: &&MachineId| !cluster.agents().any(|agent| agent.is_on(machine));
    let unknown: Vec<String> = machines.iter().filter(nobody).map(ToString::to_string).collect();
    let words = || format!("No registered agent runs on {}.", listed(&unknown));
    let half: Vec<String> = machines
        .iter()
        .filter(|machine| !nobody(machine) && (machine.host().is_empty() || machine.address().is_empty()))
        .map(ToString::to_string)
        .collect();
    let half_words = || {
        format!(
            "{} lacks its host name or its address. Mesos compares both with what the agent registered, so its agent would not be asked to leave.",
            listed(&half)
        )
    };
    match (unknown.is_empty(), half.is_empty()) {
        (true, true) => None,
        (false, true) => Some(Effect::new(Tone::Warn, words())),
        (true, false) => Some(Effect::new(Tone::Warn, half_words())),
        (false, false) => Some(Effect::new(Tone::Warn, format!("{} {}", words(), half_words()))),
    }
}

fn listed(names: &[String]) -> String {
    const NAMED: usize = 5;
    let rest = names.len().saturating_sub(NAMED);
    let head = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if rest == 0 { head } else { format!("{head} and {} more", text::count(rest as u64)) }
}

fn odd_times(windows: &[Window], now: ClusterTime) -> Vec<Effect> {
    let count = |is: &dyn Fn(&&Window) -> bool| u32::try_from(windows.iter().filter(is).count()).unwrap_or(u32::MAX);
    let over = count(&|window| window.duration.is_some_and(|length| window.start + length < now.get()));
    let empty = count(&|window| window.duration.is_some_and(|length| length.0 == 0));
    let mut effects = Vec::new();
    if over > 0 {
        let words =
            format!("{} already over. Mesos keeps such windows until somebody removes them.", are_windows(over));
        effects.push(Effect::new(Tone::Note, words));
    }
    if empty > 0 {
        effects.push(Effect::new(Tone::Warn, format!("{} of no length.", are_windows(empty))));
    }
    effects
}

fn are_windows(windows: u32) -> String {
    format!("{} {}", text::plural(windows, "window", "windows"), if windows == 1 { "is" } else { "are" })
}

/// Windows, each told from others with the same times by its place among them.
fn entries(windows: &[Window]) -> Vec<Entry> {
    let mut seen: BTreeMap<(Timestamp, Option<i64>), u32> = BTreeMap::new();
    let entry = |window: &Window| {
        let times = seen.entry((window.start, window.duration.map(|length| length.0))).or_default();
        *times += 1;
        let mut machines: Vec<String> = window.machines.iter().map(ToString::to_string).collect();
        machines.sort_unstable();
        Entry { key: Key::Window(window.start, window.duration, *times - 1), value: machines.join(", ") }
    };
    windows.iter().map(entry).collect()
}

fn on_agent(agent: &Agent) -> On {
    On::Agent(agent.id.clone(), agent.hostname.clone())
}

fn agents_on(cluster: &Cluster, machine: &MachineId) -> Vec<On> {
    registered(cluster).filter(|agent| agent.is_of(machine)).map(on_agent).collect()
}

fn modes(cluster: &Cluster, machines: &[MachineId], wanted: &str) -> Plan {
    let word = |machine: &MachineId| match can::mode(machine, cluster) {
        Ok(None) => "up",
        Ok(Some(MachineMode::Draining)) => "draining",
        Ok(Some(MachineMode::Down)) => "down",
        Err(why) => why.name(),
    };
    let stands = machines.iter().map(|machine| named(machine.to_string(), word(machine))).collect();
    Plan::new(stands, machines.iter().map(|machine| named(machine.to_string(), wanted)).collect())
}

pub(super) fn start(cluster: &Cluster, machines: &[MachineId]) -> Plan {
    let mut plan = modes(cluster, machines, "down");
    plan.why_not = machines.iter().find_map(|machine| can::start_maintenance(machine, cluster).err());
    let agents: Vec<&Agent> =
        registered(cluster).filter(|agent| machines.iter().any(|machine| agent.is_of(machine))).collect();
    if !agents.is_empty() {
        let count = u32::try_from(agents.len()).unwrap_or(u32::MAX);
        let words = format!(
            "{} shut down and removed. An agent that was shut down does not start again by itself when the machine is taken up.",
            if count == 1 { "1 agent is".to_owned() } else { format!("{} agents are", text::count(u64::from(count))) }
        );
        plan.effects.push(Effect::new(Tone::Bad, words).on(agents.iter().map(|agent| on_agent(agent))));
    }
    let live = |agent: &Agent| cluster.tasks_of(&agent.id).filter(|task| task.section == Section::Live).count() as u64;
    let lost: Vec<(&&Agent, u64)> =
        agents.iter().map(|agent| (agent, live(agent))).filter(|(_, live)| *live > 0).collect();
    let tasks = u32::try_from(lost.iter().map(|(_, live)| live).sum::<u64>()).unwrap_or(u32::MAX);
    if tasks > 0 {
        let of = lost.into_iter().map(|(agent, live)| {
            On::Tasks(format!("agent:={} list:live", agent.id), format!("{} ({})", agent.hostname, text::count(live)))
        });
        let words = format!("{} lost at once: nothing waits for them.", are_tasks(tasks));
        plan.effects.push(Effect::new(Tone::Bad, words).on(of));
    }
    plan.effects.extend(not_accepted(cluster, machines));
    // What it kills does not come back; the machines do.
    plan.back = Some(Act::StopMaintenance(machines.to_vec()));
    plan.name = Some(match machines {
        [one] => one.hostname.clone().or_else(|| one.ip.clone()).unwrap_or_default(),
        several => format!("{} machines", several.len()),
    });
    plan
}

/// Frameworks with tasks there that have not said that they leave.
fn not_accepted(cluster: &Cluster, machines: &[MachineId]) -> Option<Effect> {
    let known = cluster.machines().ok()?.iter().filter(|known| machines.contains(&known.id));
    let accepted: BTreeSet<&FrameworkId> =
        known.flat_map(|known| &known.answers).filter(|answer| answer.1 == "ACCEPT").map(|answer| &answer.0).collect();
    let frameworks = frameworks_on(cluster, machines);
    let waited: Vec<On> = frameworks
        .into_iter()
        .filter(|(id, _)| !accepted.contains(id))
        .map(|(id, (name, tasks))| On::Framework(id, format!("{name} ({tasks})")))
        .collect();
    let words = "Frameworks with tasks there have not accepted an inverse offer for it.";
    (!waited.is_empty()).then(|| Effect::new(Tone::Warn, words).on(waited))
}

fn are_tasks(tasks: u32) -> String {
    format!("{} {}", text::plural(tasks, "live task", "live tasks"), if tasks == 1 { "is" } else { "are" })
}

pub(super) fn stop(cluster: &Cluster, machines: &[MachineId]) -> Plan {
    let mut plan = modes(cluster, machines, "up");
    plan.why_not = machines.iter().find_map(|machine| can::stop_maintenance(machine, cluster).err());
    plan.effects.push(Effect::new(
        Tone::Note,
        "They leave the schedule, and agents may register from them again; Mesos starts none.",
    ));
    if plan.shows == Shows::Done {
        plan.why_not = None;
    }
    plan
}
