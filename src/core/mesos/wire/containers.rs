//! Containers as an agent lists them (GET_CONTAINERS), with their usage and all statistics of a container.
//!
//! A figure that no isolator measures is absent, never zero.

use serde_json::Value;

use super::detail;
use super::tree::{self, JsonTree};
use crate::base::order;

/// A container with its resource usage.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Container {
    /// Ids of the containers around it, outermost first, its own last.
    pub line: Vec<String>,
    /// Id of the executor's framework; empty for a nested container.
    pub framework: String,
    /// Id of the executor; empty for a nested container.
    pub executor: String,
    /// Process id on the host (container_status.executor_pid); `None` if not reported.
    pub pid: Option<i64>,
    /// IP addresses, each with its network's name in brackets if it has one.
    pub addresses: Vec<String>,
    /// Figures of the latest reading.
    pub usage: Usage,
    /// Average number of processors used since the reading before; `None` for the first.
    pub cpus_now: Option<f64>,
    /// Average bytes received and sent a second since the reading before; `None` for the first, or if not measured.
    pub network_now: Option<f64>,
    /// All statistics as JSON (ResourceStatistics), for `statistics`; empty if not reported.
    pub json: String,
}

impl Container {
    /// Whether it belongs to no executor and is nested in no container (LAUNCH_CONTAINER).
    pub fn is_standalone(&self) -> bool {
        self.line.len() < 2 && self.executor.is_empty()
    }
}

/// Usage of a container (ResourceStatistics), in bytes unless a field says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Time of the reading in seconds since 1970.
    pub at: Option<f64>,
    /// Processor time used since the container's start, in seconds, user and system together.
    pub cpu_seconds: Option<f64>,
    /// Number of processors allocated: the soft limit, otherwise the limit.
    pub cpus: Option<f64>,
    /// Resident memory (mem_rss_bytes); `None` if not measured.
    pub mem_rss: Option<f64>,
    /// Memory limit: the hard one, otherwise the soft one (mem_limit_bytes, mem_soft_limit_bytes).
    pub mem_limit: Option<f64>,
    /// Disk space used in the sandbox (disk_used_bytes); `None` if not measured.
    pub disk_used: Option<f64>,
    /// Disk quota of the sandbox (disk_limit_bytes); `None` without one.
    pub disk_limit: Option<f64>,
    /// Bytes received and sent since the container's start, together; `None` if not measured.
    pub network: Option<f64>,
    /// Number of processes in the container; `None` if not measured.
    pub processes: Option<f64>,
}

/// The body of an answer to GET_CONTAINERS, each container once and after those around it. `before` is the reading before it,
/// in that order, too. `None` if the body cannot be read, as of containers that are nested a hundred deep.
pub fn containers(body: &str, before: &[Container]) -> Option<Vec<Container>> {
    let answer: Value = serde_json::from_str(body).ok()?;
    let (all, _) = tree::of(&answer, |reported| reported.part("get_containers", listed));
    let all = all.unwrap_or_default();
    let mut all = order::sorted(all, |a, b| a.line.cmp(&b.line));
    // A path is the identity of a container: an agent that lists one twice is not to be believed twice.
    all.dedup_by(|a, b| a.line == b.line);
    all.retain(|container| !container.line.is_empty() && container.line.iter().all(|id| !id.is_empty()));
    for container in &mut all {
        let earlier = find(before, &container.line).cloned().unwrap_or_default();
        let (then, now) = (&earlier.usage, &container.usage);
        let passed = now.at.zip(then.at).map(|(now, then)| now - then);
        container.cpus_now = rate(passed, [then.cpu_seconds, now.cpu_seconds], earlier.cpus_now);
        container.network_now = rate(passed, [then.network, now.network], earlier.network_now);
    }
    Some(all)
}

/// The container with that path, in a list that `containers` has made.
pub fn find<'a>(all: &'a [Container], line: &[String]) -> Option<&'a Container> {
    let at = all.binary_search_by(|container| container.line.as_slice().cmp(line)).ok()?;
    all.get(at)
}

pub(super) fn listed(reported: JsonTree<'_>) -> Vec<Container> {
    reported.list("containers", container)
}

fn container(reported: JsonTree<'_>) -> Container {
    let stay = detail::container_location(reported).unwrap_or_default();
    // Only its status has its parents (PROTOCOL.md, "GET_CONTAINERS").
    let alone = || reported.part("container_id", detail::container_path).unwrap_or_default();
    Container {
        line: if stay.line.is_empty() { alone() } else { stay.line },
        framework: reported.text("framework_id.value"),
        executor: reported.text("executor_id.value"),
        pid: stay.pid,
        addresses: stay.addresses,
        usage: reported.part("resource_statistics", usage).unwrap_or_default(),
        cpus_now: None,
        network_now: None,
        json: reported.json("resource_statistics").unwrap_or_default(),
    }
}

fn usage(reported: JsonTree<'_>) -> Usage {
    let sum = |a: Option<f64>, b: Option<f64>| a.or(b).map(|_| a.unwrap_or_default() + b.unwrap_or_default());
    let number = |name: &str| reported.number(name).filter(|number| number.is_finite());
    Usage {
        at: number("timestamp"),
        cpu_seconds: sum(number("cpus_user_time_secs"), number("cpus_system_time_secs")),
        cpus: number("cpus_soft_limit").or_else(|| number("cpus_limit")),
        mem_rss: number("mem_rss_bytes"),
        mem_limit: number("mem_limit_bytes").or_else(|| number("mem_soft_limit_bytes")),
        disk_used: number("disk_used_bytes"),
        disk_limit: number("disk_limit_bytes"),
        network: sum(number("net_rx_bytes"), number("net_tx_bytes")),
        processes: number("processes"),
    }
}

/// The increase of a counter a second. Two readings of the same moment say no more than the one before did.
fn rate(passed: Option<f64>, [then, now]: [Option<f64>; 2], known: Option<f64>) -> Option<f64> {
    let used = now? - then?;
    let passed = passed?;
    if passed > 0.0 { Some((used / passed).max(0.0)).filter(|rate| rate.is_finite()) } else { known }
}

/// A figure of a container's statistics.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistic {
    /// Mesos' name of the figure, as `mem_rss_bytes`, after those of the messages around it, with dots.
    pub name: String,
    /// Names of the volume, device or network class that it is of, outermost first; empty for the whole container.
    pub of: String,
    /// The figure, in the unit that its name ends with.
    pub value: f64,
}

/// Maximum number of figures of one container: Mesos has some hundred, and as many of each device.
const FIGURES: usize = 600;

/// All figures in a container's statistics, by name; what is no number is left out.
pub fn statistics(json: &str) -> Vec<Statistic> {
    let mut found = Vec::new();
    collect(&serde_json::from_str(json).unwrap_or_default(), "", "", &mut found);
    order::sort_by(&mut found, |one: &Statistic, other| one.name.cmp(&other.name));
    found
}

fn collect(value: &Value, name: &str, of: &str, found: &mut Vec<Statistic>) {
    if found.len() >= FIGURES {
        return;
    }
    match value {
        Value::Object(fields) => {
            for (field, value) in fields.iter().filter(|(field, _)| !is_identity(field)) {
                let name = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
                collect(value, &name, of, found);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let own = item_name(item).unwrap_or_else(|| (at + 1).to_string());
                let of = if of.is_empty() { own } else { format!("{of} {own}") };
                collect(item, name, &of, found);
            }
        }
        other => {
            let value = other.as_f64().filter(|value| value.is_finite());
            let figure = |value| Statistic { name: name.to_owned(), of: of.to_owned(), value };
            found.extend(value.filter(|_| !name.is_empty()).map(figure));
        }
    }
}

/// Fields that say what the figures beside them are of.
fn is_identity(field: &str) -> bool {
    matches!(field, "timestamp" | "id" | "op" | "device")
}

/// The first text of one of these names in an object, or in an object within.
fn first_text(value: &Value, names: &[&str]) -> Option<String> {
    let fields = value.as_object()?;
    let own = names.iter().find_map(|name| fields.get(*name)?.as_str());
    own.map(str::to_owned).or_else(|| fields.values().find_map(|part| first_text(part, names)))
}

/// A disk without a volume is that of the sandbox (src/slave/containerizer/mesos/isolators/posix/disk.cpp).
const SANDBOX: &str = "sandbox";

/// The name of an item in a list: a traffic class, an operation, a block device, a volume or a disk.
fn item_name(item: &Value) -> Option<String> {
    let text = |path: &str| item.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let device = || {
        let number = |path: &str| item.pointer(path).and_then(Value::as_u64);
        Some(format!("{}:{}", number("/device/major_number")?, number("/device/minor_number")?))
    };
    // A volume or a disk has its id, or its folder, in a message of its own.
    let inner = || item.as_object()?.values().find_map(|part| first_text(part, &["id", "root"]));
    let is_disk = || ["/used_bytes", "/limit_bytes"].iter().any(|path| item.pointer(path).is_some());
    ["/id", "/op"]
        .into_iter()
        .find_map(text)
        .or_else(device)
        .or_else(inner)
        .or_else(|| is_disk().then(|| SANDBOX.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str, before: &[Container]) -> Vec<Container> {
        containers(body, before).expect("it can be read")
    }

    fn reported(at: f64, user: f64) -> String {
        format!(
            r#"{{"type":"GET_CONTAINERS","get_containers":{{"containers":[
            {{"container_id":{{"value":"in"}},"container_status":{{"container_id":{{"value":"in","parent":{{"value":"out"}}}},"executor_pid":8}},
              "resource_statistics":{{"timestamp":{at},"cpus_soft_limit":0.1}}}},
            {{"framework_id":{{"value":"f"}},"executor_id":{{"value":"e"}},"container_id":{{"value":"out"}},
              "resource_statistics":{{"timestamp":{at},"cpus_user_time_secs":{user},"cpus_system_time_secs":0.5,"mem_rss_bytes":132431872,
                "net_rx_bytes":{user},"net_tx_bytes":3}}}}]}}}}"#
        )
    }

    #[test]
    fn a_nested_container_is_below_its_own() {
        let all = read(&reported(10.0, 1.0), &[]);
        let lines: Vec<String> = all.iter().map(|container| container.line.join("/")).collect();
        assert_eq!(lines, ["out", "out/in"]);
        assert_eq!(all[1].usage, Usage { at: Some(10.0), cpus: Some(0.1), ..Usage::default() });
        assert_eq!((all[1].pid, all[0].usage.mem_rss), (Some(8), Some(132_431_872.0)));
        let path = ["out".to_owned(), "in".to_owned()];
        assert_eq!(find(&all, &path).map(|found| found.pid), Some(Some(8)));
        assert_eq!(find(&all, &path[1..]), None);
    }

    #[test]
    fn rates_are_the_difference_of_two_readings() {
        let first = read(&reported(10.0, 1.0), &[]);
        assert_eq!((first[0].cpus_now, first[0].network_now), (None, None));
        let second = read(&reported(14.0, 2.0), &first);
        assert_eq!((second[0].cpus_now, second[1].cpus_now), (Some(0.25), None));
        assert_eq!((second[0].network_now, second[1].network_now), (Some(0.25), None));
        let same = read(&reported(14.0, 2.0), &second);
        assert_eq!(same[0].cpus_now, Some(0.25), "equal figures of one moment are no rest");
    }

    #[test]
    fn a_container_that_is_listed_twice_is_one() {
        let one = r#"{"container_id":{"value":"a"},"resource_statistics":{"timestamp":1}}"#;
        let body = format!(r#"{{"get_containers":{{"containers":[{one},{one},{{}},1,{{"container_id":{{}}}}]}}}}"#);
        assert_eq!(read(&body, &[]).len(), 1);
    }

    #[test]
    fn all_figures_of_a_container_are_found() {
        let json = r#"{"timestamp":1.5,"cpus_nr_throttled":7,"mem_swap_bytes":1024,"perf":{"cycles":3},
            "disk_statistics":[{"limit_bytes":10,"used_bytes":4},{"persistence":{"id":"data"},"used_bytes":5}],
            "net_traffic_control_statistics":[{"id":"bw_limit","drops":2}],
            "blkio_statistics":{"throttling":[{"device":{"major_number":8,"minor_number":0},"io_serviced":[{"op":"READ","value":9}]}]}}"#;
        let figures: Vec<String> =
            statistics(json).iter().map(|it| format!("{} [{}] {}", it.name, it.of, it.value)).collect();
        assert_eq!(
            figures,
            [
                "blkio_statistics.throttling.io_serviced.value [8:0 READ] 9",
                "cpus_nr_throttled [] 7",
                "disk_statistics.limit_bytes [sandbox] 10",
                "disk_statistics.used_bytes [sandbox] 4",
                "disk_statistics.used_bytes [data] 5",
                "mem_swap_bytes [] 1024",
                "net_traffic_control_statistics.drops [bw_limit] 2",
                "perf.cycles [] 3",
            ]
        );
        for odd in ["", "[]", "null", r#"{"a":{"b":[[["x"]]]}}"#] {
            assert_eq!(statistics(odd), [], "{odd}");
        }
        let many = format!("[{}]", vec![r#"{"x":1,"y":"Infinity"}"#; 5000].join(","));
        assert_eq!(statistics(&format!(r#"{{"a":{many}}}"#)).len(), FIGURES);
    }

    #[test]
    fn figures_that_are_no_numbers_are_absent() {
        let of = |at: &str, mem: &str, cpu: &str| {
            read(
                &format!(
                    r#"{{"get_containers":{{"containers":[{{"container_id":{{"value":"c"}},"resource_statistics":
                    {{"timestamp":{at},"mem_rss_bytes":{mem},"cpus_user_time_secs":{cpu},"mem_limit_bytes":[1],"processes":{{}}}}}}]}}}}"#
                ),
                &[],
            )
        };
        for odd in [r#""NaN""#, r#""inf""#, r#""Infinity""#, r#""-Infinity""#, "null", "[]", r#""x""#, "true"] {
            let usage = of("1", odd, odd)[0].usage;
            assert_eq!((usage.mem_rss, usage.cpu_seconds), (None, None), "{odd}");
            assert_eq!((usage.mem_limit, usage.processes), (None, None), "{odd}");
        }
        let before = of("0", "1", "-1e308");
        let body = of("1e-300", "-5", "1e308");
        assert_eq!(body[0].usage.mem_rss, Some(-5.0));
        assert_eq!(rate(Some(1e-300), [before[0].usage.cpu_seconds, body[0].usage.cpu_seconds], None), None);
    }

    #[test]
    fn ten_thousand_containers_are_read_in_a_moment() {
        let of = |number: u32| {
            let id = (0..32).fold(format!(r#"{{"value":"c{number}"}}"#), |inner, depth| {
                format!(r#"{{"value":"c{}","parent":{inner}}}"#, number % (depth + 2))
            });
            format!(r#"{{"container_status":{{"container_id":{id}}},"resource_statistics":{{"timestamp":1}}}}"#)
        };
        let all: Vec<String> = (0..10_000).map(of).collect();
        let body = format!(r#"{{"get_containers":{{"containers":[{}]}}}}"#, all.join(","));
        let first = read(&body, &[]);
        assert_eq!(first.len(), 10_000);
        assert_eq!(read(&body, &first).len(), 10_000);
    }

    #[test]
    fn what_is_nested_too_deeply_is_unreadable_and_not_empty() {
        let deep =
            (0..5_000).fold(r#"{"value":"c"}"#.to_owned(), |inner, _| format!(r#"{{"value":"c","parent":{inner}}}"#));
        let body = format!(r#"{{"get_containers":{{"containers":[{{"container_id":{deep}}}]}}}}"#);
        assert_eq!(containers(&body, &[]), None);
        assert_eq!(containers("{", &[]), None);
        assert_eq!(containers("{}", &[]), Some(Vec::new()));
    }
}
