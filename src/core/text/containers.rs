//! Words for containers: their states and ends, changes of them, and all statistics that Mesos reports.

use super::{amount, bytes, count, plural, span};
use crate::actions::container_action::{ContainerAction, ContainerChange, ContainerState};
use crate::actions::preview::ImpactKind;
use crate::base::order;
use crate::base::units::{Bytes, Nanoseconds};
use crate::mesos::calls::containers::ContainerEnd;
use crate::mesos::wait_status::{WaitStatus, signal_name};
use crate::mesos::wire::containers::Statistic;

/// State of a container in a preview.
pub const fn state(state: ContainerState) -> &'static str {
    match state {
        ContainerState::Running => "running",
        ContainerState::NotRunning => "not running",
        ContainerState::Ended => "ended",
        ContainerState::Removed => "removed",
    }
}

/// What follows from a change of a container, in a sentence; `None` for other changes.
pub fn impact(impact: &ImpactKind) -> Option<String> {
    Some(match impact {
        ImpactKind::SharesResources => {
            "It shares the resources of the container around it, and ends with it.".to_owned()
        }
        ImpactKind::ResourcesNotCounted => {
            "The master does not know its resources, and offers them to frameworks as well.".to_owned()
        }
        ImpactKind::HostPathsMounted => "It reads, and perhaps writes, files of the host.".to_owned(),
        ImpactKind::ContainerEnds => {
            "Its processes are killed at once, and so are all containers inside it.".to_owned()
        }
        ImpactKind::SignalMayBeIgnored => "Its process may handle or ignore this signal.".to_owned(),
        ImpactKind::ContainerTasksEnd(tasks) => {
            format!("{} in it. A framework may start it again.", plural(*tasks, "live task runs", "live tasks run"))
        }
        ImpactKind::SandboxDeleted => {
            "Its sandbox is deleted from the agent, and its exit status is forgotten.".to_owned()
        }
        _ => return None,
    })
}

/// What follows from the removal of several containers.
pub const SANDBOXES_DELETED: &str =
    "Their sandboxes are deleted from the agent, and their exit statuses are forgotten.";

/// Words for an answer that cannot be read.
pub const TOO_DEEP: &str = "Its containers are nested more than a hundred deep, or it is broken. Data of the answer before is shown, if there is any.";

/// Why a standalone container has neither output to attach nor terminals.
pub const NOT_ATTACHABLE: &str = "Mesos attaches to containers of executors only: to a standalone container it opens no terminal and shows no output of it.";

/// Words for a launch that Mesos accepts and leaves out, since a container has that id.
pub const NOT_LAUNCHED: &str = "A container with this ID exists already, so Mesos launched nothing. Choose another ID.";

/// How a standalone container ended that the agent no longer knows. `was_cut` says whether something waited for its end.
pub const fn lost_end(was_cut: bool) -> &'static str {
    if was_cut {
        "It ended while the connection was interrupted. Its exit status is lost: an agent keeps none of a standalone container."
    } else {
        "The agent does not know it, so it has ended. Its exit status is lost: an agent keeps none of a standalone container."
    }
}

/// A signal, as `SIGTERM (15)`.
pub fn signal(number: i32) -> String {
    signal_name(number).map_or_else(|| format!("signal {number}"), |name| format!("{name} ({number})"))
}

/// Accessible name of the button that shows or hides a container's details.
pub fn details(is_open: bool, name: &str) -> String {
    if is_open { format!("Hide details of {name}") } else { format!("Details of {name}") }
}

/// The innermost id of a path, short enough for a table.
pub fn short(path: &[String]) -> String {
    const LETTERS: usize = 12;
    let id = path.last().map(String::as_str).unwrap_or_default();
    // Of a UUID, the first group is enough.
    let is_uuid = id.len() == 36 && id.bytes().filter(|byte| *byte == b'-').count() == 4;
    let most = if is_uuid { 8 } else { LETTERS * 2 };
    if id.chars().count() > most && !is_uuid {
        id.chars().take(most).chain(['…']).collect()
    } else {
        id.chars().take(most).collect()
    }
}

/// A container with the one around it, as `debug-1 in 8e8d68a6`.
pub fn name(path: &[String]) -> String {
    match path.split_last() {
        Some((_, parent)) if !parent.is_empty() => format!("{} in {}", short(path), short(parent)),
        _ => short(path),
    }
}

/// Name of the value that a change of a container changes.
pub fn container_field(path: &[String]) -> String {
    format!("Container {}", name(path))
}

/// Title of a change of a container in a list of changes; `host` is the agent.
pub fn action_title(action: &ContainerAction, host: &str) -> String {
    let whom = name(&action.path);
    match &action.change {
        ContainerChange::Launch(_) => format!("Launch container {whom} on {host}"),
        ContainerChange::Kill(None) => format!("Kill container {whom} on {host}"),
        ContainerChange::Kill(Some(number)) => format!("Send {} to container {whom} on {host}", signal(*number)),
        ContainerChange::Remove => format!("Remove container {whom} on {host}"),
    }
}

/// Title of the form that launches a container on an agent, or inside another container.
pub fn launch_title(parent: &[String], host: &str) -> String {
    match parent {
        [] => format!("Launch a standalone container on {host}"),
        parent => format!("Launch a container in {} on {host}", short(parent)),
    }
}

/// Title of the form that kills a container.
pub fn kill_title(path: &[String], host: &str) -> String {
    format!("Kill container {} on {host}", short(path))
}

/// Title of the form that removes ended containers: their paths.
pub fn remove_title(paths: &[Vec<String>], host: &str) -> String {
    match paths {
        [path] => format!("Remove container {} on {host}", short(path)),
        many => format!("Remove {} ended containers on {host}", count(many.len() as u64)),
    }
}

/// How a process ended, as `Exit code 7` or `Killed by SIGKILL (9)`.
pub fn wait_status(status: i64) -> String {
    match WaitStatus::of(status) {
        WaitStatus::Exited(code) => format!("Exit code {code}"),
        WaitStatus::Signaled { signal: number, has_core } => {
            let core = if has_core { ", core dumped" } else { "" };
            format!("Killed by {}{core}", signal(i32::from(number)))
        }
        WaitStatus::Other(number) => format!("Wait status {number}"),
    }
}

/// How a container ended: its exit status, and what Mesos says beside it.
pub fn end(end: &ContainerEnd) -> String {
    let status = end.status.map_or_else(|| "No exit status reported".to_owned(), wait_status);
    let rest = [&end.state, &end.reason, &end.message].into_iter().filter(|text| !text.is_empty());
    std::iter::once(status).chain(rest.cloned()).collect::<Vec<_>>().join(", ")
}

/// Number of containers inside another.
pub fn inside(containers: usize) -> String {
    format!("{} inside", count(containers as u64))
}

/// How deep a container is in the tree, where its indentation no longer says it; an agent's own containers are at level 1.
pub fn level(level: usize) -> String {
    format!("level {level}")
}

/// Number of processors in use.
pub fn processors(number: f64) -> String {
    if number.abs() < HUGE { format!("{number:.2}") } else { figure(number) }
}

/// Beyond this, an `f64` has no thousandths, and a figure is wrong most likely: it is kept short.
const HUGE: f64 = 1e15;

/// A figure without a unit.
pub fn figure(number: f64) -> String {
    if number.abs() < HUGE { amount(number) } else { format!("{number:.2e}") }
}

/// Bytes a second.
pub fn rate(per_second: f64) -> String {
    let (number, unit) = bytes(whole(per_second));
    format!("{number} {unit}/s")
}

/// Title of a container's live lines: the time that they cover.
pub fn covered(length: Nanoseconds) -> String {
    format!("last {}", span(length))
}

/// Note that older output was dropped, so that the page stays small.
pub fn dropped(bytes_dropped: u64) -> String {
    let (number, unit) = bytes(Bytes::new(i64::try_from(bytes_dropped).unwrap_or(i64::MAX)));
    format!("{number} {unit} of older output were dropped.")
}

/// Note that records of the output could not be read.
pub fn unreadable(records: u32) -> String {
    format!("{} could not be read.", plural(records, "record", "records"))
}

/// Why an output broke that ended in the middle of a record.
pub const CUT_RECORD: &str = "it ended within a record.";

/// Why the output of a container cannot be shown further, by the decoder's words.
pub fn unreadable_output(why: &str) -> String {
    format!("The agent's output cannot be read further: {why}.")
}

/// Why the output of a container ended before its time.
pub fn broken_output(why: &str) -> String {
    format!("The connection ended: {why}")
}

fn whole(number: f64) -> Bytes {
    Bytes::new(number as i64)
}

/// A group of statistics, by the start of their names.
pub const GROUPS: [(&str, &[&str]); 7] = [
    ("CPU", &["cpus_"]),
    ("Memory", &["mem_"]),
    ("Processes", &["processes", "threads"]),
    ("Disk", &["disk_"]),
    ("Network", &["net_"]),
    ("Block I/O", &["blkio_"]),
    ("Other", &[""]),
];

/// Number of a statistic's group in `GROUPS`.
pub fn group(statistic: &Statistic) -> usize {
    let is_of = |(_, starts): &(&str, &[&str])| starts.iter().any(|start| statistic.name.starts_with(start));
    GROUPS.iter().position(is_of).unwrap_or(GROUPS.len() - 1)
}

/// Names of statistics that are not clear from Mesos' own.
const NAMES: [(&str, &str); 40] = [
    ("processes", "Processes"),
    ("threads", "Threads"),
    ("cpus_user_time_secs", "User time"),
    ("cpus_system_time_secs", "System time"),
    ("cpus_limit", "CPU limit"),
    ("cpus_soft_limit", "CPU request"),
    ("cpus_nr_periods", "Scheduling periods"),
    ("cpus_nr_throttled", "Throttled periods"),
    ("cpus_throttled_time_secs", "Throttled time"),
    ("mem_total_bytes", "Total"),
    ("mem_total_memsw_bytes", "Total with swap"),
    ("mem_limit_bytes", "Limit"),
    ("mem_soft_limit_bytes", "Soft limit"),
    ("mem_rss_bytes", "Resident"),
    ("mem_file_bytes", "File cache"),
    ("mem_anon_bytes", "Anonymous"),
    ("mem_cache_bytes", "Page cache"),
    ("mem_mapped_file_bytes", "Mapped files"),
    ("mem_swap_bytes", "Swap"),
    ("mem_unevictable_bytes", "Unevictable"),
    ("mem_kmem_usage_bytes", "Kernel"),
    ("mem_kmem_tcp_usage_bytes", "Kernel TCP buffers"),
    ("mem_low_pressure_counter", "Low pressure events"),
    ("mem_medium_pressure_counter", "Medium pressure events"),
    ("mem_critical_pressure_counter", "Critical pressure events"),
    ("disk_limit_bytes", "Limit"),
    ("disk_used_bytes", "Used"),
    ("disk_statistics.limit_bytes", "Limit"),
    ("disk_statistics.used_bytes", "Used"),
    ("net_rx_bytes", "Received"),
    ("net_rx_packets", "Packets received"),
    ("net_rx_errors", "Receive errors"),
    ("net_rx_dropped", "Dropped on receipt"),
    ("net_tx_bytes", "Sent"),
    ("net_tx_packets", "Packets sent"),
    ("net_tx_errors", "Send errors"),
    ("net_tx_dropped", "Dropped on sending"),
    ("net_tcp_active_connections", "TCP connections"),
    ("net_tcp_time_wait_connections", "TCP connections in TIME_WAIT"),
    ("perf.cycles", "CPU cycles"),
];

/// Statistics in the order in which people look for them; those that have no name here come last, as Mesos orders them.
pub fn in_order(all: Vec<Statistic>) -> Vec<Statistic> {
    let place = |figure: &Statistic| NAMES.iter().position(|(name, _)| *name == figure.name).unwrap_or(NAMES.len());
    order::sorted(all, |a, b| place(a).cmp(&place(b)))
}

/// Name of a statistic, with the volume or device that it is of.
pub fn statistic_name(statistic: &Statistic) -> String {
    let known = NAMES.iter().find(|(name, _)| *name == statistic.name);
    let plain = || {
        let units = ["_bytes", "_secs", "_microsecs"];
        let name = units.iter().find_map(|unit| statistic.name.strip_suffix(unit)).unwrap_or(&statistic.name);
        name.replace(['_', '.'], " ")
    };
    let name = known.map_or_else(plain, |(_, words)| (*words).to_owned());
    if statistic.of.is_empty() { name } else { format!("{name} ({})", statistic.of) }
}

/// Value of a statistic with the unit that its name ends with.
pub fn statistic_value(statistic: &Statistic) -> String {
    let (name, value) = (statistic.name.as_str(), statistic.value);
    let is = |unit: &str| name.ends_with(unit) || name.contains(&format!("{unit}_"));
    if name.ends_with("_bytes") || name == "net_traffic_control_statistics.bytes" {
        let (number, unit) = bytes(whole(value));
        return format!("{number} {unit}");
    }
    match () {
        () if is("_microsecs") => format!("{} ms", figure((value / 10.0).round() / 100.0)),
        () if is("_secs") => format!("{} s", figure((value * 1000.0).round() / 1000.0)),
        () => figure(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::THIN_SPACE;

    fn path(text: &str) -> Vec<String> {
        text.split('/').map(str::to_owned).collect()
    }

    #[test]
    fn an_exit_status_is_said_plainly() {
        let check = |status: i64, words: &str| assert_eq!(wait_status(status), words);
        check(1792, "Exit code 7");
        check(0, "Exit code 0");
        check(9, "Killed by SIGKILL (9)");
        check(139, "Killed by SIGSEGV (11), core dumped");
        check(63, "Killed by signal 63");
        check(-1, "Wait status -1");
    }

    #[test]
    fn a_container_is_named_by_the_start_of_its_id() {
        assert_eq!(short(&path("8e8d68a6-61e4-42cb-814f-597d409b5bb4")), "8e8d68a6");
        assert_eq!(name(&path("8e8d68a6-61e4-42cb-814f-597d409b5bb4/debug-1")), "debug-1 in 8e8d68a6");
        assert_eq!(short(&path(&"x".repeat(300))).chars().count(), 25);
        assert_eq!(short(&[]), "");
    }

    #[test]
    fn figures_have_their_units() {
        let check = |name: &str, of: &str, value: f64, expected: (&str, &str)| {
            let figure = Statistic { name: name.to_owned(), of: of.to_owned(), value };
            let words = (statistic_name(&figure), statistic_value(&figure).replace(THIN_SPACE, " "));
            assert_eq!((words.0.as_str(), words.1.as_str()), expected);
        };
        check("mem_swap_bytes", "", 1_048_576.0, ("Swap", "1 MiB"));
        check("cpus_throttled_time_secs", "", 12.3456, ("Throttled time", "12.346 s"));
        check("disk_statistics.used_bytes", "data", 0.0, ("Used (data)", "0 B"));
        check("net_tcp_rtt_microsecs_p50", "", 1500.0, ("net tcp rtt microsecs p50", "1.5 ms"));
        check("perf.instructions", "", 3.0, ("perf instructions", "3"));
        check("threads", "", -1.0, ("Threads", "-1"));
        check("threads", "", 1e300, ("Threads", "1.00e300"));
        check("cpus_limit", "", f64::MAX, ("CPU limit", "1.80e308"));
        check("cpus_user_time_secs", "", 1e300, ("User time", "1.00e300 s"));
        check("mem_rss_bytes", "", 1e300, ("Resident", "8 EiB"));
        check("mem_rss_bytes", "", -1.0, ("Resident", "-1 B"));
        assert_eq!((processors(0.125), processors(1e300)), ("0.12".to_owned(), "1.00e300".to_owned()));
    }

    #[test]
    fn each_figure_has_its_group() {
        let check = |name: &str, expected: &str| {
            let figure = Statistic { name: name.to_owned(), of: String::new(), value: 0.0 };
            assert_eq!(GROUPS[group(&figure)].0, expected, "{name}");
        };
        check("cpus_nr_throttled", "CPU");
        check("threads", "Processes");
        check("net_snmp_statistics.tcp_stats.InSegs", "Network");
        check("blkio_statistics.cfq.io_serviced.value", "Block I/O");
        check("perf.cycles", "Other");
        check("gpus", "Other");
    }
}
