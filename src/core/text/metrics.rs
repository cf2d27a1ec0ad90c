//! Values of Mesos' metrics, with the unit that the metric's name says (docs/monitoring.md of Mesos), in one format.

use super::{THIN_SPACE, amount, bytes, span};
use crate::base::units::{Bytes, Nanoseconds};

/// What a metric counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Bytes,
    Mebibytes,
    Seconds,
    Milliseconds,
    /// A share from 0 to 1.
    Share,
    Cpus,
    Gpus,
    Number,
}

/// Tooltip of a sparkline: the range of its values, from which its axis begins.
pub fn range(low: &str, high: &str) -> String {
    format!("{low} to {high}. The axis begins at {low}, not at 0.")
}

/// A metric's value with its unit: `2.36 PiB`, `6 h 22 min`, `0.433 ms`, `43.3 %`, `52 800 CPUs`, `12`.
pub fn value(name: &str, value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let sized = |size: f64| {
        let (number, unit) = bytes(Bytes::new(size.round() as i64));
        format!("{number} {unit}")
    };
    match unit(name) {
        Unit::Bytes => sized(value),
        Unit::Mebibytes => sized(value * 1_048_576.0),
        Unit::Seconds if value >= 60.0 => span(Nanoseconds::from_millis((value * 1000.0).round() as i64)),
        Unit::Seconds => format!("{}{THIN_SPACE}s", number(value)),
        Unit::Milliseconds => format!("{}{THIN_SPACE}ms", number(value)),
        Unit::Share => format!("{}{THIN_SPACE}%", number(value * 100.0)),
        Unit::Cpus => units(value, "CPU", "CPUs"),
        Unit::Gpus => units(value, "GPU", "GPUs"),
        Unit::Number => number(value),
    }
}

fn units(value: f64, one: &str, many: &str) -> String {
    format!("{} {}", number(value), if value == 1.0 { one } else { many })
}

/// Three decimals at most; a smaller number with its first three digits.
fn number(value: f64) -> String {
    if value != 0.0 && value.abs() < 0.001 { format!("{value:.2e}") } else { amount(value) }
}

/// Names of the quantiles of a timer, and of its extremes. They have the timer's unit; its `count` has none.
const OF_A_TIMER: [&str; 8] = ["max", "min", "p50", "p90", "p95", "p99", "p999", "p9999"];

fn unit(name: &str) -> Unit {
    let mut parts = name.rsplit('/');
    let last = parts.next().unwrap_or_default();
    let last = if OF_A_TIMER.contains(&last) { parts.next().unwrap_or_default() } else { last };
    let ends =
        [("_bytes", Unit::Bytes), ("_secs", Unit::Seconds), ("_ms", Unit::Milliseconds), ("_percent", Unit::Share)];
    let end = ends.into_iter().find(|(end, _)| last.ends_with(end)).map(|(_, unit)| unit);
    // `master/mem_total`, `allocator/mesos/resources/mem/total`, `…/quota/roles/eng/resources/mem/guarantee`.
    end.or_else(|| resource(last.split('_').next().unwrap_or_default()).filter(|_| last.contains('_')))
        .or_else(|| parts.next().filter(|_| name.contains("resources/")).and_then(resource))
        .unwrap_or(Unit::Number)
}

fn resource(name: &str) -> Option<Unit> {
    match name {
        "mem" | "disk" => Some(Unit::Mebibytes),
        "cpus" => Some(Unit::Cpus),
        "gpus" => Some(Unit::Gpus),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_has_the_unit_that_its_name_says() {
        for (name, number, text) in [
            ("master/disk_total", 2_473_268_224.0, "2.3 PiB"),
            ("master/mem_used", 512.0, "512 MiB"),
            ("master/mem_revocable_used", 0.0, "0 B"),
            ("master/mem_percent", 0.433, "43.3\u{202f}%"),
            ("master/cpus_total", 52_800.0, "52\u{202f}800 CPUs"),
            ("master/cpus_used", 1.0, "1 CPU"),
            ("master/gpus_revocable_total", 2.0, "2 GPUs"),
            ("master/uptime_secs", 22_946.45, "6\u{202f}h 22\u{202f}min"),
            ("master/uptime_secs", 4.25, "4.25\u{202f}s"),
            ("system/mem_free_bytes", 1_048_576.0, "1 MiB"),
            ("system/cpus_total", 8.0, "8 CPUs"),
            ("system/load_1min", 0.433, "0.433"),
            ("registrar/registry_size_bytes", 1536.0, "1.5 KiB"),
            ("registrar/state_store_ms", 0.433, "0.433\u{202f}ms"),
            ("registrar/state_store_ms/p9999", 12.345_67, "12.346\u{202f}ms"),
            ("registrar/state_store_ms/count", 12_345.0, "12\u{202f}345"),
            ("allocator/mesos/allocation_run_ms/max", 7.0, "7\u{202f}ms"),
            ("allocator/mesos/resources/mem/total", 1024.0, "1 GiB"),
            ("allocator/mesos/resources/cpus/offered_or_allocated", 1.5, "1.5 CPUs"),
            ("allocator/mesos/quota/roles/eng/resources/disk/guarantee", 1.0, "1 MiB"),
            ("allocator/mesos/roles/eng/shares/dominant", 0.0004, "4.00e-4"),
            ("allocator/event_queue_dispatches", 3.0, "3"),
            ("master/frameworks/mem/tasks/active/task_running", 3.0, "3"),
            ("master/tasks_running", 22_946.0, "22\u{202f}946"),
            ("containerizer/fetcher/cache_size_total_bytes", 2_147_483_648.0, "2 GiB"),
            ("slave/executor_directory_max_allowed_age_secs", 604_800.0, "7\u{202f}d"),
            ("odd", f64::NAN, "–"),
        ] {
            assert_eq!(value(name, number), text, "{name}");
        }
    }
}
