//! What Linux says of the browser's renderer processes (the worker lives in one too). Elsewhere it says nothing.

use std::collections::HashMap;
use std::fs;

/// A hundredth of a second, as on every Linux that is in use.
const TICKS: f64 = 100.0;

/// The sum of the renderers' largest resident sizes, in bytes.
pub fn peak_memory(driver: Option<u32>) -> Option<u64> {
    let renderers = renderers(driver?);
    let peaks: Vec<u64> = renderers.iter().filter_map(|pid| peak(*pid)).collect();
    (!peaks.is_empty()).then(|| peaks.iter().sum())
}

/// The sum of what each renderer holds for itself now, without the browser's own code, which is in each; in bytes.
pub fn own_memory(driver: Option<u32>) -> Option<u64> {
    let own: Vec<u64> = renderers(driver?).iter().filter_map(|pid| kilobytes(*pid, "RssAnon:")).collect();
    (!own.is_empty()).then(|| own.iter().sum::<u64>() * 1024)
}

/// What the renderers and one more process have used so far.
pub fn cpu_seconds(driver: Option<u32>, more: Option<u32>) -> Option<f64> {
    let pids = renderers(driver?).into_iter().chain(more);
    Some(pids.filter_map(ticks).sum::<f64>() / TICKS)
}

fn renderers(driver: u32) -> Vec<u32> {
    let parents = parents();
    let below = |mut pid: u32| loop {
        match parents.get(&pid) {
            Some(parent) if *parent == driver => return true,
            Some(parent) => pid = *parent,
            None => return false,
        }
    };
    // Without those of pages that are part of Chromium, such as its address bar.
    let is_renderer = |line: &str| line.contains("--type=renderer") && !line.contains("--top-chrome-webui");
    let renderer = |pid: &u32| fs::read_to_string(format!("/proc/{pid}/cmdline")).is_ok_and(|line| is_renderer(&line));
    let mut found: Vec<u32> = parents.keys().copied().filter(|pid| below(*pid)).filter(renderer).collect();
    found.sort_unstable();
    found
}

fn parents() -> HashMap<u32, u32> {
    let pids = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| Some((pid, stat(pid)?.get(1)?.parse().ok()?))).collect()
}

fn ticks(pid: u32) -> Option<f64> {
    let fields = stat(pid)?;
    let of = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some(of(11)? + of(12)?)
}

/// The fields after the name, which is in brackets and may hold anything: state, parent, ...
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(text.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

fn peak(pid: u32) -> Option<u64> {
    kilobytes(pid, "VmHWM:").map(|size| size * 1024)
}

fn kilobytes(pid: u32, name: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
