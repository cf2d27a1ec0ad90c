//! The figures, and the table that they are printed as.

use std::collections::BTreeMap;
use std::fmt;

use sim::size::Size;

use super::tables::Table;

/// A column of the printed tables.
pub struct Column {
    pub name: String,
    pub size: Size,
    pub figures: Figures,
}

#[derive(Debug, Default)]
pub struct Figures {
    pub tables: BTreeMap<Table, TableFigures>,
    pub slow_load: Option<Load>,
    pub slow_bytes: Option<u64>,
    pub decoded: Option<Speed>,
    pub parsed: Option<Speed>,
    /// Milliseconds.
    pub change_of_page: Option<f64>,
    /// Percent of a core at 500 events a second, with the overview in sight.
    pub overview: Option<f64>,
    /// Percent of a core.
    pub idle: Option<f64>,
    pub files: Option<Files>,
    pub download: Option<Download>,
}

#[derive(Debug, Default)]
pub struct TableFigures {
    pub load: Option<Load>,
    pub stock: Option<Load>,
    pub keys: Option<Keys>,
    /// Milliseconds.
    pub sort: Option<f64>,
    /// Percent of a core at 500 events a second, without scrolling.
    pub watched: Option<f64>,
    pub live: Option<Live>,
    /// A page of static rows that scrolls alike.
    pub floor: Option<Live>,
    /// Milliseconds of the longest task on the page's thread, from navigation to the end of the interactions.
    pub longest: Option<f64>,
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
    /// `None` where the page does not mark it.
    pub all: Option<f64>,
    /// First contentful paint.
    pub paint: Option<f64>,
    /// Of the snapshot, in the worker; `None` for the stock UI.
    pub decoded: Option<Speed>,
    /// The longest task on the page's thread; 0 if none took 50 ms.
    pub longest: f64,
    /// Peak of all renderers in bytes.
    pub memory: Option<u64>,
}

impl Load {
    /// Medians of the moments, and the largest task and memory; `None` without a load.
    pub fn of(loads: &[Load]) -> Option<Load> {
        let median = |of: fn(&Load) -> Option<f64>| {
            let mut times: Vec<f64> = loads.iter().filter_map(of).collect();
            times.sort_by(f64::total_cmp);
            times.get(times.len() / 2).copied()
        };
        Some(Load {
            first: median(|load| Some(load.first))?,
            all: median(|load| load.all),
            paint: median(|load| load.paint),
            decoded: Speed::median(loads.iter().filter_map(|load| load.decoded).collect()),
            longest: loads.iter().map(|load| load.longest).fold(0.0, f64::max),
            memory: loads.iter().filter_map(|load| load.memory).max(),
        })
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}", self.first / 1000.0)?;
        self.all.map_or(Ok(()), |all| write!(f, " / {:.2}", all / 1000.0))?;
        write!(f, " s")
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Speed {
    pub bytes: f64,
    pub millis: f64,
}

impl Speed {
    pub fn median(mut speeds: Vec<Speed>) -> Option<Speed> {
        speeds.sort_by(|one, other| one.millis.total_cmp(&other.millis));
        speeds.get(speeds.len() / 2).copied()
    }
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
    /// Milliseconds.
    pub worst_frame: f64,
    /// Percent of a core.
    pub cpu: Option<f64>,
}

/// Brotli bytes of the page's files.
#[derive(Clone, Copy, Debug)]
pub struct Download {
    pub first: f64,
    pub all: f64,
}

impl Download {
    /// As `cargo measure` found them.
    pub fn given() -> Option<Download> {
        let bytes = |name: &str| std::env::var(name).ok()?.parse().ok();
        Some(Download { first: bytes("MESOSCOPE_FIRST_BYTES")?, all: bytes("MESOSCOPE_ALL_BYTES")? })
    }
}

type Row<T> = (&'static str, fn(&T) -> Option<String>);

/// Rows of each table.
const TABLE_ROWS: [Row<TableFigures>; 11] = [
    ("navigation to the first row / to all", |of| Some(of.load?.to_string())),
    ("first contentful paint", |of| of.load?.paint.map(millis)),
    ("peak memory of all renderers", |of| of.load?.memory.map(megabytes)),
    ("the stock UI: navigation to the first row", |of| Some(of.stock?.to_string())),
    ("the stock UI: first contentful paint / longest task", |of| {
        Some(format!("{} / {}", millis(of.stock?.paint?), longest(of.stock?.longest)))
    }),
    ("the stock UI: peak memory of all renderers", |of| of.stock?.memory.map(megabytes)),
    ("filter: key to painted rows, median / slowest", |of| {
        Some(format!("{:.0} / {:.0} ms", of.keys?.median, of.keys?.slowest))
    }),
    ("sort: click to painted rows", |of| of.sort.map(millis)),
    ("500 events a second: CPU, of a core", |of| of.watched.map(percent)),
    ("the same while scrolling 3,000 px/s: frames / worst / CPU", |of| Some(frames(of.live?))),
    ("static rows that scroll alike", |of| Some(frames(of.floor?))),
];

const ROWS: [Row<Figures>; 11] = [
    ("snapshot", |of| Some(megabytes(of.decoded?.bytes as u64))),
    ("decoded and folded, in the worker", |of| Some(speed(of.decoded?))),
    ("JSON.parse of the same snapshot in JSON", |of| Some(speed(of.parsed?))),
    ("agents at 100 Mbit/s: navigation to the first row / to all", |of| Some(of.slow_load?.to_string())),
    ("bytes over that line", |of| of.slow_bytes.map(megabytes)),
    ("change of page: click to painted rows", |of| of.change_of_page.map(millis)),
    ("overview, 500 events a second: CPU, of a core", |of| of.overview.map(percent)),
    ("idle: CPU, of a core", |of| of.idle.map(percent)),
    ("10 GB file: click to its last lines / jump to its middle", |of| {
        Some(format!("{:.0} / {:.0} ms", of.files?.open, of.files?.jump))
    }),
    ("search in it / what the connection gives", |of| {
        Some(format!("{:.0} / {:.0} MB/s", of.files?.search, of.files?.connection))
    }),
    ("all renderers' own memory, without Chromium's code: before / at most while following 10 MB/s for 20 s", |of| {
        of.files?.memory.map(|(before, most)| format!("{} / {}", megabytes(before), megabytes(most)))
    }),
];

/// The figures, in the form of tests/README.md.
pub fn print(columns: &[Column]) {
    line("", columns.iter().map(|column| column.name.clone()));
    println!("|---|{}", "---|".repeat(columns.len()));
    for table in Table::ALL {
        for (title, cell) in TABLE_ROWS {
            let cells = columns.iter().map(|column| column.figures.tables.get(&table).and_then(cell));
            line(&format!("{}, {title}", table.name()), cells.map(or_dash));
        }
    }
    for (title, cell) in ROWS {
        line(title, columns.iter().map(|column| or_dash(cell(&column.figures))));
    }
}

/// A row of a table.
pub fn line(first: &str, cells: impl Iterator<Item = String>) {
    println!("| {first} | {} |", cells.collect::<Vec<_>>().join(" | "));
}

fn or_dash(cell: Option<String>) -> String {
    cell.unwrap_or_else(|| "-".to_owned())
}

fn speed(speed: Speed) -> String {
    format!("{:.0} ms, {:.0} MB/s", speed.millis, speed.bytes / speed.millis.max(0.1) / 1000.0)
}

fn millis(millis: f64) -> String {
    format!("{millis:.0} ms")
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn percent(percent: f64) -> String {
    format!("{percent:.1} %")
}

/// Chromium reports none below 50 ms.
pub fn longest(millis: f64) -> String {
    if millis == 0.0 { "under 50 ms".to_owned() } else { format!("{millis:.0} ms") }
}

fn frames(live: Live) -> String {
    let cpu = or_dash(live.cpu.map(percent));
    format!("{:.0} a second / {:.0} ms / {cpu}", live.frames_a_second, live.worst_frame)
}
