//! Sandbox of a task that a client of the scheduler API launched: what its command has written, and its executor's log.

use crate::answer::entry::{DIRECTORY, Entry, FILE};
use crate::file_content::Content;
use crate::json_out::text;
use crate::time::{SECOND, date};
use crate::world::client::LaunchedTask;
use crate::world::cluster::World;
use crate::world::task::Task;

/// Adds its files below `root`.
pub(super) fn fill(entries: &mut Vec<Entry>, world: &World, (task, launched): (&Task, &LaunchedTask), root: &str) {
    let now = launched.ended.unwrap_or(world.now);
    let ran = launched.started.map(|started| now - started);
    let modified = now + world.agents_ahead;
    let mut add = |name: &str, mode: u32, bytes: Vec<u8>| {
        let size = if mode == DIRECTORY { 4096 } else { bytes.len() as u64 };
        let path = format!("{root}{name}");
        entries.push(Entry { path, mode, size, seed: 0, modified, content: Content::Fixed(bytes) });
    };
    let written = |is_stderr: bool| ran.map_or(String::new(), |ran| launched.script.written(is_stderr, ran));
    add("", DIRECTORY, Vec::new());
    add("/stdout", FILE, written(false).into_bytes());
    add("/stderr", FILE, [log(world, task, launched), written(true)].concat().into_bytes());
    if launched.started.is_some() {
        for name in &launched.files {
            let content = format!("A simulated file: {name} was not fetched.\n");
            add(&format!("/{name}"), FILE, content.into_bytes());
        }
    }
}

/// Lines of the executor's log, which goes to stderr.
fn log(world: &World, task: &Task, launched: &LaunchedTask) -> String {
    let Some(started) = launched.started else {
        return match launched.ended {
            Some(ended) => line(ended, "fetcher.cpp:631] EXIT with status 1: The container could not be prepared"),
            None => String::new(),
        };
    };
    let started = started + world.agents_ahead;
    let host = text(|out| world.agent(task.agent).hostname(out, world.seed));
    let pid = 2000 + u64::from(task.serial) * 7 % 60_000;
    let mut log: String = [
        "executor.cpp:192] Version: 1.11.0".to_owned(),
        "executor.cpp:219] Received SUBSCRIBED event".to_owned(),
        format!("executor.cpp:223] Subscribed executor on {host}"),
        "executor.cpp:219] Received LAUNCH event".to_owned(),
        format!("executor.cpp:721] Starting task {}", launched.id),
        format!("executor.cpp:739] Forked command at {}", pid + 1),
    ]
    .iter()
    .map(|words| line(started - SECOND / 200, words))
    .collect();
    if let (Some((takes, status)), Some(ended)) = (launched.script.end, launched.ended)
        && ended + world.agents_ahead - started >= takes
    {
        let words = format!("executor.cpp:1040] Command exited with status {status} (pid: {})", pid + 1);
        log.push_str(&line(ended + world.agents_ahead, &words));
    }
    log
}

/// A line in the format of glog.
fn line(nanos: i64, words: &str) -> String {
    let (seconds, micros) = (nanos.div_euclid(SECOND), nanos.rem_euclid(SECOND) / 1000);
    let (_, month, day) = date(seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("I{month:02}{day:02} {hour:02}:{minute:02}:{second:02}.{micros:06}     7 {words}\n")
}
