//! JSON of a container's ResourceStatistics, in the order of mesos.proto. Mesos reports no use of GPUs.

use crate::json_out::Out;
use crate::world::pool::{Item, Quantity};

/// What a container may use, and since when it does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage<'a> {
    pub(crate) since: i64,
    pub(crate) now: i64,
    /// Hash from which its load derives.
    pub(crate) hash: u64,
    /// Thousandths of a CPU.
    pub(crate) cpus: u64,
    /// Limit of memory in bytes.
    pub(crate) mem: u64,
    /// Limit of disk space in bytes.
    pub(crate) disk: u64,
    pub(crate) volumes: &'a [Item],
}

impl Usage<'_> {
    fn seconds(&self) -> f64 {
        (self.now - self.since).max(0) as f64 / 1e9
    }

    /// A part of the hash below a number.
    fn draw(&self, shift: u32, below: u64) -> u64 {
        (self.hash >> shift) % below
    }

    /// Integral of a rate that swings around 1, in seconds; swings do not depend on when it is asked.
    fn swinging(&self, shift: u32) -> f64 {
        let speed = std::f64::consts::TAU / (20 + self.draw(shift, 70)) as f64;
        self.seconds() + 0.6 / speed * (1.0 - (self.seconds() * speed).cos())
    }

    /// A level from 0.9 to 1.1.
    fn wave(&self) -> f64 {
        1.0 + 0.1 * (self.seconds() / (15 + self.draw(9, 60)) as f64).sin()
    }
}

pub(crate) fn statistics(out: &mut impl Out, usage: &Usage) {
    out.str("{\"timestamp\":");
    out.seconds(usage.now);
    count(out, "processes", 1 + usage.draw(3, 6));
    count(out, "threads", 2 + usage.draw(5, 60));
    cpus(out, usage);
    if usage.mem > 0 {
        memory(out, usage);
    }
    if usage.disk > 0 {
        disk(out, usage);
    }
    network(out, usage);
    out.str("}");
}

fn cpus(out: &mut impl Out, usage: &Usage) {
    let share = (15 + usage.draw(0, 50)) as f64 / 100.0;
    let used = usage.swinging(11) * usage.cpus as f64 * share;
    thousandths(out, "cpus_user_time_secs", used * 0.9);
    thousandths(out, "cpus_system_time_secs", used * 0.1);
    if usage.cpus == 0 {
        return;
    }
    thousandths(out, "cpus_limit", usage.cpus as f64);
    thousandths(out, "cpus_soft_limit", usage.cpus as f64);
    // CFS periods of 100 ms; one container in seven is throttled often.
    let periods = (usage.seconds() * 10.0) as u64;
    let throttled = if usage.draw(13, 7) == 0 { periods / 8 } else { periods / 500 };
    count(out, "cpus_nr_periods", periods);
    count(out, "cpus_nr_throttled", throttled);
    thousandths(out, "cpus_throttled_time_secs", throttled as f64 * 40.0);
}

fn memory(out: &mut impl Out, usage: &Usage) {
    let of = |percent: u64| usage.mem / 100 * percent;
    let rss = ((of(30 + usage.draw(7, 50)) as f64) * usage.wave()) as u64;
    let cache = of(2 + usage.draw(15, 12));
    let swap = if usage.draw(17, 5) == 0 { of(3) } else { 0 };
    for (name, bytes) in [
        ("mem_total_bytes", rss + cache),
        ("mem_total_memsw_bytes", rss + cache + swap),
        ("mem_limit_bytes", usage.mem),
        ("mem_soft_limit_bytes", usage.mem),
        ("mem_cache_bytes", cache),
        ("mem_rss_bytes", rss),
        ("mem_mapped_file_bytes", cache / 3),
        ("mem_swap_bytes", swap),
        ("mem_unevictable_bytes", 0),
    ] {
        count(out, name, bytes);
    }
    // Memory pressure comes with swapping.
    let pressed = if swap > 0 { usage.seconds() as u64 / 30 } else { 0 };
    count(out, "mem_low_pressure_counter", pressed);
    count(out, "mem_medium_pressure_counter", pressed / 6);
    count(out, "mem_critical_pressure_counter", pressed / 120);
}

fn disk(out: &mut impl Out, usage: &Usage) {
    let used = usage.disk / 100 * usage.draw(19, 90);
    count(out, "disk_limit_bytes", usage.disk);
    count(out, "disk_used_bytes", used);
    if usage.volumes.is_empty() {
        return;
    }
    out.str(",\"disk_statistics\":[{");
    sizes(out, usage.disk, used);
    for volume in usage.volumes {
        let Quantity::Scalar(mebibytes) = volume.quantity else { continue };
        let bytes = (mebibytes / 1000) << 20;
        out.str(",{");
        for key in ["source", "persistence"] {
            if let Some(part) = volume.disk.as_ref().and_then(|disk| disk.get(key)) {
                out.all(&["\"", key, "\":", &part.to_string(), ","]);
            }
        }
        sizes(out, bytes, bytes / 100 * (5 + usage.draw(23, 90)));
    }
    out.str("]");
}

/// Writes the sizes and the closing brace.
fn sizes(out: &mut impl Out, limit: u64, used: u64) {
    out.str("\"limit_bytes\":");
    out.int(limit);
    count(out, "used_bytes", used);
    out.str("}");
}

fn network(out: &mut impl Out, usage: &Usage) {
    let received = (usage.swinging(25) * (200 + usage.draw(27, 400_000)) as f64) as u64;
    let sent = (usage.swinging(29) * (100 + usage.draw(31, 200_000)) as f64) as u64;
    for (direction, bytes) in [("rx", received), ("tx", sent)] {
        let errors = if usage.draw(33, 40) == 0 { bytes / 90_000_000 } else { 0 };
        for (what, value) in [("packets", bytes / 800), ("bytes", bytes), ("errors", 0), ("dropped", errors)] {
            out.all(&[",\"net_", direction, "_", what, "\":"]);
            out.int(value);
        }
    }
    count(out, "net_tcp_active_connections", usage.draw(35, 80));
    count(out, "net_tcp_time_wait_connections", usage.draw(37, 30));
}

fn count(out: &mut impl Out, name: &str, value: u64) {
    out.all(&[",\"", name, "\":"]);
    out.int(value);
}

fn thousandths(out: &mut impl Out, name: &str, value: f64) {
    out.all(&[",\"", name, "\":"]);
    out.milli(value as u64);
}
