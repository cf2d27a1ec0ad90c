//! Words of the overview: amounts of resources, counts of tasks, trends, and the map of agents.

use super::{amount, bytes, bytes_like, count, percent, plural};
use crate::base::units::{Bytes, Nanoseconds, Quantities, Timestamp};

/// A part of a number of CPUs or GPUs, as `1 094 of 5 104`: rounded, since the exact amounts are in the tooltip.
pub fn amount_of(part: f64, whole: f64) -> String {
    format!("{} of {}", rounded(part), rounded(whole))
}

/// A part of memory or disk, as `0.96 of 27.3 TiB`: rounded, since the exact amounts are in the tooltip.
pub fn bytes_of(part: Bytes, whole: Bytes) -> String {
    let (number, unit) = bytes(whole);
    format!("{} of {number} {unit}", if part.get() == 0 { "0".to_owned() } else { bytes_like(part, whole) })
}

/// Whole from 100 on, and with at most one decimal below, unless that would show something as nothing.
fn rounded(number: f64) -> String {
    let brief = if number.abs() >= 100.0 { number.round() } else { (number * 10.0).round() / 10.0 };
    if brief == 0.0 { amount(number) } else { amount(brief) }
}

/// Resources in few words, rounded: `64 CPUs, 57.5 GiB memory, 7 GPUs`; `None` without any.
pub fn usage(used: Quantities) -> Option<String> {
    let named = |number: f64, one: &str, many: &str| {
        let name = if number == 1.0 { one } else { many };
        (number > 0.0).then(|| format!("{} {name}", rounded(number)))
    };
    let sized = |of: Bytes, name: &str| {
        let (number, unit) = bytes(of);
        (of.get() > 0).then(|| format!("{number} {unit} {name}"))
    };
    let parts = [
        named(used.cpus.as_f64(), "CPU", "CPUs"),
        sized(used.mem, "memory"),
        sized(used.disk, "disk"),
        named(used.gpus.as_f64(), "GPU", "GPUs"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A role's dominant share, as `22 % of GPUs`; without a resource, the share alone.
pub fn dominant_share(share: f64, resource: Option<&str>) -> String {
    let share = percent(share, 1.0);
    resource.map_or_else(|| share.clone(), |resource| format!("{share} of {resource}"))
}

/// What a role uses and has reserved.
pub fn role_usage(used: Quantities, reserved: Quantities) -> String {
    let reserved = usage(reserved).map(|reserved| format!("reserved: {reserved}"));
    let parts: Vec<String> = usage(used).into_iter().chain(reserved).collect();
    parts.join(" · ")
}

/// How many of the tasks are live: `19 906 live of 40 006`.
pub fn live_of(live: u32, all: u32) -> String {
    format!("{} live of {}", count(u64::from(live)), count(u64::from(all)))
}

/// Number of tasks that ended in a state since the master was elected, where it keeps fewer: `15 023 total`.
pub fn ended_in_total(total: u64) -> String {
    format!("{} total", count(total))
}

/// Tooltip of a count of ended tasks.
pub const KEPT: &str = "Tasks that the master still keeps: by default, the last 1 000 of each framework. The total counts all since this master was elected.";

/// Range of a trend: its least and largest value, and how long it is. Without two samples, when it begins.
pub fn range(low: &str, high: &str, first: Timestamp, last: Timestamp) -> String {
    let length = super::span(last.since(first));
    match (last > first, low == high) {
        (false, _) => SINCE_OPENED.to_owned(),
        (true, true) => format!("steady for {length}"),
        (true, false) => format!("{low}–{high} in {length}"),
    }
}

/// When the trends begin.
pub const SINCE_OPENED: &str = "since you opened this page";

/// A value of a trend under the pointer, with the time of day.
pub fn value_at(value: &str, time: &str) -> String {
    format!("{value} at {time}")
}

/// The failures of the last hour: `74 in 60 min, at most 19 a minute`.
pub fn failures(by_minute: &[u32]) -> String {
    let all: u64 = by_minute.iter().map(|number| u64::from(*number)).sum();
    let most = by_minute.iter().max().copied().unwrap_or_default();
    match all {
        0 => "none in 60 min".to_owned(),
        _ => format!("{} in 60 min, at most {} a minute", count(all), count(u64::from(most))),
    }
}

/// Agents of which amounts cannot be read, so that sums leave them out.
pub fn sums_without_agents(number: u32) -> Option<String> {
    (number > 0).then(|| format!("Without {} with unreadable amounts.", plural(number, "agent", "agents")))
}

/// Label of the map of agents.
pub fn map_label(agents: usize) -> String {
    let agents = plural(u32::try_from(agents).unwrap_or(u32::MAX), "agent", "agents");
    format!("Map of {agents}. Arrow keys move between agents; Enter opens one.")
}

/// How long the longest of stuck tasks is stuck: `longest 9 d`.
pub fn longest(stuck: Nanoseconds) -> String {
    format!("longest {}", super::age(stuck))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::Cpus;

    fn plain(text: String) -> String {
        text.replace(super::super::THIN_SPACE, " ")
    }

    #[test]
    fn amounts_are_rounded_but_never_to_nothing() {
        assert_eq!(plain(amount_of(22_890.75, 52_800.0)), "22 891 of 52 800");
        assert_eq!(plain(amount_of(0.001, 4.0)), "0.001 of 4");
        assert_eq!(plain(amount_of(2.55, 16.0)), "2.6 of 16");
        assert_eq!(plain(amount_of(0.0, 0.0)), "0 of 0");
        let gib = |number: f64| Bytes::from_mebibytes(number * 1024.0);
        assert_eq!(bytes_of(gib(983.063), gib(27_962.0)), "0.96 of 27.3 TiB");
        assert_eq!(bytes_of(gib(0.0), gib(128.0)), "0 of 128 GiB");
        assert_eq!(bytes_of(gib(0.001), gib(2048.0)), "1.024 MiB of 2 TiB", "an amount is never shown as nothing");
    }

    #[test]
    fn resources_are_named_in_one_and_many() {
        let cpus = |number: f64| Quantities { cpus: Cpus::from_scalar(number), ..Quantities::NONE };
        assert_eq!(usage(cpus(1.0)).as_deref(), Some("1 CPU"));
        let mem = Quantities { mem: Bytes::from_mebibytes(58_880.0), ..cpus(64.25) };
        assert_eq!(usage(mem).as_deref(), Some("64.3 CPUs, 57.5 GiB memory"));
        assert_eq!(usage(Quantities::NONE), None);
        assert_eq!(role_usage(cpus(2.0), cpus(1.0)), "2 CPUs · reserved: 1 CPU");
        assert_eq!(role_usage(Quantities::NONE, cpus(1.0)), "reserved: 1 CPU");
        assert_eq!(plain(dominant_share(0.22, Some("GPUs"))), "22 % of GPUs");
    }

    #[test]
    fn trends_say_their_range() {
        let at = |seconds: i64| Timestamp(seconds * 1_000_000_000);
        assert_eq!(plain(range("3", "9", at(0), at(720))), "3–9 in 12 min");
        assert_eq!(plain(range("3", "3", at(0), at(720))), "steady for 12 min");
        assert_eq!(range("3", "3", at(5), at(5)), SINCE_OPENED);
        assert_eq!(failures(&[0, 3, 19]), "22 in 60 min, at most 19 a minute");
        assert_eq!(failures(&[0, 0]), "none in 60 min");
    }
}
