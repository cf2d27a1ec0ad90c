//! The figures, and the table that they are printed as.

use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, Default)]
pub struct Figures {
    pub load: Option<Load>,
    pub slow_load: Option<Load>,
    pub slow_bytes: Option<u64>,
    pub decoded: Option<Speed>,
    pub parsed: Option<Speed>,
    /// Bytes.
    pub memory: Option<u64>,
    /// Milliseconds, as the following ones.
    pub longest_task: Option<f64>,
    pub keys: Option<Keys>,
    pub sort: Option<f64>,
    pub change_of_page: Option<f64>,
    pub live: Option<Live>,
    /// Percent of a core.
    pub idle: Option<f64>,
    pub files: Option<Files>,
}

/// Milliseconds, megabytes a second, and bytes.
#[derive(Clone, Copy, Debug)]
pub struct Files {
    pub open: f64,
    pub jump: f64,
    pub search: f64,
    pub connection: f64,
    /// What the renderers held for themselves before a file was followed, and at most while one was.
    pub memory: Option<(u64, u64)>,
}

/// Milliseconds from navigation.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    pub first: f64,
    pub all: f64,
}

#[derive(Clone, Copy, Debug)]
pub struct Speed {
    pub bytes: f64,
    pub millis: f64,
}

/// Milliseconds of the keys that changed the rows.
#[derive(Clone, Copy, Debug)]
pub struct Keys {
    pub median: f64,
    pub slowest: f64,
}

impl Keys {
    pub fn of(mut times: Vec<f64>) -> Option<Keys> {
        times.sort_by(f64::total_cmp);
        Some(Keys { median: *times.get(times.len() / 2)?, slowest: *times.last()? })
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Live {
    pub frames_a_second: f64,
    pub worst_frame: f64,
    pub cpu: Option<f64>,
}

type Row = (&'static str, fn(&Figures) -> Option<String>);

const ROWS: [Row; 17] = [
    ("snapshot", |figures| Some(format!("{:.0} MB", figures.decoded?.bytes / 1e6))),
    ("decoded and folded, in the worker", |figures| Some(speed(figures.decoded?))),
    ("JSON.parse of the same bytes", |figures| Some(figures.parsed.map_or("fails".into(), speed))),
    ("navigation to the first row / to all", |figures| Some(load(figures.load?))),
    ("the same at 100 Mbit/s", |figures| Some(load(figures.slow_load?))),
    ("bytes over that line", |figures| Some(format!("{:.1} MB", figures.slow_bytes? as f64 / 1e6))),
    ("longest task on the page's thread", |figures| Some(longest(figures.longest_task?))),
    ("filter: key to painted rows, median / slowest", |figures| {
        Some(format!("{:.0} / {:.0} ms", figures.keys?.median, figures.keys?.slowest))
    }),
    ("sort: click to painted rows", |figures| Some(format!("{:.0} ms", figures.sort?))),
    ("change of page: click to painted rows", |figures| Some(format!("{:.0} ms", figures.change_of_page?))),
    ("peak memory of all renderers", |figures| Some(format!("{:.0} MB", figures.memory? as f64 / 1e6))),
    ("500 events a second while scrolling: frames / worst", |figures| Some(frames(figures.live?))),
    ("the same: renderers and gateway, of a core", |figures| Some(format!("{:.0} %", figures.live?.cpu?))),
    ("idle: the same", |figures| Some(format!("{:.1} %", figures.idle?))),
    ("10 GB file: click to its last lines / jump to its middle", |figures| {
        Some(format!("{:.0} / {:.0} ms", figures.files?.open, figures.files?.jump))
    }),
    ("search in it / what the connection gives", |figures| {
        Some(format!("{:.0} / {:.0} MB/s", figures.files?.search, figures.files?.connection))
    }),
    (
        "all renderers' own memory, without Chromium's code: before / at most while following 10 MB/s for 20 s",
        |figures| {
            let (before, most) = figures.files?.memory?;
            Some(format!("{:.0} / {:.0} MB", before as f64 / 1e6, most as f64 / 1e6))
        },
    ),
];

/// The table, in the form of tests/README.md.
pub fn print(columns: &[(String, Figures)]) {
    let line = |first: &str, cells: Vec<String>| println!("| {first} | {} |", cells.join(" | "));
    println!();
    line("", columns.iter().map(|(name, _)| name.clone()).collect());
    println!("|---|{}", "---|".repeat(columns.len()));
    for (title, cell) in ROWS {
        line(title, columns.iter().map(|(_, figures)| cell(figures).unwrap_or_else(|| "-".to_owned())).collect());
    }
}

fn speed(speed: Speed) -> String {
    format!("{:.0} ms, {:.0} MB/s", speed.millis, speed.bytes / speed.millis.max(0.1) / 1000.0)
}

fn load(load: Load) -> String {
    format!("{:.2} / {:.2} s", load.first / 1000.0, load.all / 1000.0)
}

/// Chromium tells of none below 50 ms.
fn longest(millis: f64) -> String {
    if millis == 0.0 { "under 50 ms".to_owned() } else { format!("{millis:.0} ms") }
}

fn frames(live: Live) -> String {
    format!("{:.0} a second / {:.0} ms", live.frames_a_second, live.worst_frame)
}

/// What the figures came from, and the download's size.
pub fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let value = |text: &str, key: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(key))
            .map(|rest| rest.trim_start_matches([' ', '\t', ':']).to_owned())
    };
    let processor = value(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory =
        value(&read("/proc/meminfo"), "MemTotal").and_then(|text| text.trim_end_matches(" kB").parse::<u64>().ok());
    let memory = memory.map_or(String::new(), |kib| format!(", {:.0} GB of memory", kib as f64 * 1024.0 / 1e9));
    format!("Machine: {cores} cores of {processor}{memory}. Download, brotli: {:.0} KB.", download() as f64 / 1000.0)
}

fn download() -> u64 {
    let mut sum = 0;
    let dist = mesoscope_tests::root().join("dist");
    for folder in [dist.clone(), dist.join("assets")] {
        let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        sum += entries.map(|entry| as_sent(&entry.path())).sum::<u64>();
    }
    sum
}

/// A compressed copy counts for the file that it is beside.
fn as_sent(file: &Path) -> u64 {
    let size = |path: &Path| fs::metadata(path).map(|data| if data.is_file() { data.len() } else { 0 });
    let copy = |kind: &str| PathBuf::from(format!("{}.{kind}", file.display()));
    let is_copy = file.extension().is_some_and(|kind| kind == "br" || kind == "gz");
    if is_copy { 0 } else { size(&copy("br")).or_else(|_| size(file)).unwrap_or(0) }
}
