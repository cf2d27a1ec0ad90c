//! Contents of a sandbox: growing and rotating logs, and every kind of file that is difficult to show.

use base64::Engine;

use crate::answer::client_sandbox;
use crate::answer::entry::{DIRECTORY, Entry, FILE};
use crate::file_content::{Content, Kind, PAGE, RECORD};
use crate::rng::mix;
use crate::time::SECOND;
use crate::world::cluster::World;
use crate::world::task::{State, Task};

/// Size at which a self-rotating log rotates; whole pages, so that no line is cut.
const ROTATES: u64 = 128 * PAGE;
/// Number of rotated files kept.
const KEPT: usize = 3;
/// Number of files in the overfull folder.
const MANY: u32 = 150_000;

/// Age after its task's end at which a sandbox may be collected.
const COLLECTED: i64 = 600 * SECOND;
/// Job with sandboxes hidden from the principal.
const SECRET: &str = "rotate-keys";

/// Whether the sandbox was collected.
pub(super) fn is_collected(world: &World, task: &Task) -> bool {
    let ended = task.statuses().last().filter(|_| is_over(task));
    ended.is_some_and(|status| world.now - status.at > COLLECTED) && task.hash(world.seed).is_multiple_of(3)
}

/// Whether the sandbox is hidden from the principal.
pub(super) fn is_secret(world: &World, task: &Task) -> bool {
    task.job(world) == SECRET
}

fn is_over(task: &Task) -> bool {
    !matches!(task.state, State::Staging | State::Starting | State::Running | State::Killing | State::Unreachable)
}

/// Start of the task, and its end or the current time.
fn life(world: &World, task: &Task) -> (i64, i64) {
    let since = task.statuses().first().map_or(world.now, |status| status.at);
    let last = task.statuses().last().filter(|_| is_over(task)).map_or(world.now, |status| status.at);
    (since, last.max(since))
}

/// Adds the files of a task below `root`. `asked` is the requested path: expensive listings are built only on request.
pub(super) fn fill(entries: &mut Vec<Entry>, world: &World, task: &Task, root: &str, asked: &str) {
    if let Some(launched) = world.launched_task(task) {
        return client_sandbox::fill(entries, world, (task, launched), root);
    }
    let (since, last) = life(world, task);
    let mut sandbox = Sandbox { entries, world, task, root, hash: task.hash(world.seed), since, last };
    sandbox.add_folders();
    sandbox.add_settings();
    sandbox.add_logs();
    if asked.starts_with(&format!("{root}/spill")) {
        sandbox.add_spill();
    }
    let (size, content) = fixed(&error_text(world, task, since));
    sandbox.add("/stderr", FILE, size, content);
    growing(entries, world, task, root, (since, last));
}

/// A sandbox under construction.
struct Sandbox<'a> {
    entries: &'a mut Vec<Entry>,
    world: &'a World,
    task: &'a Task,
    root: &'a str,
    hash: u64,
    /// Start of the task, and its end or the current time.
    since: i64,
    last: i64,
}

impl Sandbox<'_> {
    fn add(&mut self, name: &str, mode: u32, size: u64, content: Content) {
        self.entries.push(Entry {
            path: format!("{}{name}", self.root),
            mode,
            size,
            seed: self.hash ^ name.len() as u64,
            modified: self.last,
            content,
        });
    }

    /// Lines written continuously at a rate in bytes per second.
    fn lines(&self, kind: Kind, rate: u64) -> (u64, Content) {
        let size = (self.last - self.since).max(0) as u64 / 1_000_000 * rate / 1000;
        (size, Content::Lines { kind, since: self.since, rate, begin: 0 })
    }

    fn add_folders(&mut self) {
        for name in ["", "/conf", "/logs", "/spill", "/ipc"] {
            self.add(name, DIRECTORY, 4096, Content::Fixed(Vec::new()));
        }
        for (name, mode) in [("/ipc/control.fifo", 0o010_600), ("/ipc/app.sock", 0o140_755), ("/ipc/null", 0o020_666)] {
            self.add(name, mode, 0, Content::Fixed(Vec::new()));
        }
        // Mesos reports a link's target wherever it is; one outside the sandbox is listed but not readable.
        self.add("/shared", 0o041_777, 4096, Content::Fixed(Vec::new()));
        self.add("/app", 0o100_755, 4_700_160, Content::Noise);
    }

    fn add_settings(&mut self) {
        let properties =
            format!("# {}\n{}", self.task.job(self.world), "pool.size=16\npool.idle=2000\nhttp.port=8080\n".repeat(7));
        let (size, content) = fixed(properties.get(..312).unwrap_or(&properties));
        self.add("/conf/app.properties", FILE, size, content);
        let (size, content) = fixed(
            "{\"name\":\"checkout\",\"limits\":{\"cpus\":0.5,\"mem\":512},\"peers\":[\"10.0.0.7\",\"10.0.0.9\"],\"note\":\"<b>not markup</b>\"}\n",
        );
        self.add("/conf/service.json", FILE, size, content);
        self.add("/conf/catalog.json", FILE, 50_000 * RECORD, Content::Records(50_000));
        self.add("/logs/everything.json", FILE, 500_000 * RECORD, Content::Records(500_000));
        let picture = base64::engine::general_purpose::STANDARD.decode(PICTURE).unwrap_or_default();
        self.add("/conf/chart.png", FILE, picture.len() as u64, Content::Fixed(picture));
        self.add("/conf/run.sh", 0o100_755, 21, Content::Fixed(b"#!/bin/sh\nexec ./app\n".to_vec()));
        // Overwritten in place at constant length.
        let beat = self.world.now / (2 * SECOND);
        let (size, content) = fixed(&format!("state: serving\nbeat: {beat:016}\n"));
        self.add("/status.txt", FILE, size, content);
    }

    fn add_logs(&mut self) {
        self.add(
            "/logs/archive.log",
            FILE,
            10 << 30,
            Content::Lines {
                kind: Kind::Service,
                since: self.since - (10_i64 << 30) * 1000,
                rate: 1_000_000,
                begin: 0,
            },
        );
        // Starts with a few pages, as if written for a while.
        let early = (8 * PAGE) as i64 * 1_000_000_000 / 200;
        let (size, _) = self.lines(Kind::Coloured, 200);
        let content = Content::Lines { kind: Kind::Coloured, since: self.since - early, rate: 200, begin: 0 };
        self.add("/logs/console.log", FILE, size + 8 * PAGE, content);
        let content = Content::Lines { kind: Kind::Mixed, since: self.since - early, rate: 200, begin: 0 };
        self.add("/mixed.log", FILE, 8 * PAGE, content);
        let (size, content) = self.lines(Kind::Progress, 150);
        self.add("/logs/progress.log", FILE, size, content);
        let (size, content) = self.lines(Kind::Latin, 40);
        self.add("/logs/latin1.log", FILE, size, content);
        let (size, content) = self.lines(Kind::Json, 300);
        self.add("/logs/events.json.log", FILE, size, content);
        let (size, content) = self.lines(Kind::Service, 10_000_000);
        self.add("/logs/firehose.log", FILE, size, content);
        self.add("/logs/oneline.txt", FILE, 3 << 20, Content::Endless);
        self.add("/logs/empty.log", FILE, 0, Content::Fixed(Vec::new()));
    }

    fn add_spill(&mut self) {
        (0..MANY).for_each(|nth| {
            let (size, content) = (u64::from(nth % 977) * 13, Content::Noise);
            self.add(&format!("/spill/shuffle_{}_{nth:06}.data", self.hash % 97), FILE, size, content);
        });
    }
}

fn fixed(text: &str) -> (u64, Content) {
    (text.len() as u64, Content::Fixed(text.as_bytes().to_vec()))
}

/// The current stdout and its rotated predecessors.
fn growing(entries: &mut Vec<Entry>, world: &World, task: &Task, root: &str, (since, last): (i64, i64)) {
    let hash = task.hash(world.seed);
    // One in four writes a lot and rotates by itself.
    let busy = hash % 4 == 1;
    let rate = if busy { 2000 + hash % 3000 } else { 60 + hash % 400 };
    let written = |at: i64| (at.clamp(since, last) - since) as u64 / 1_000_000 * rate / 1000;
    let end = written(last);
    let by_itself = (1..=end / ROTATES).rev().take(KEPT).map(|nth| (nth * ROTATES, true)).filter(|_| busy);
    let by_hand =
        world.rotations.iter().filter(|(at, _)| *at < last).map(|(at, kept)| (written(*at) / PAGE * PAGE, *kept));
    let mut ends: Vec<(u64, bool)> = by_itself.chain(by_hand).filter(|(at, _)| *at > 0).collect();
    ends.sort_unstable();
    let mut add = |name: &str, begin: u64, end: u64| {
        let content = Content::Lines { kind: Kind::Service, since, rate, begin };
        entries.push(Entry {
            path: format!("{root}{name}"),
            mode: FILE,
            size: end - begin,
            seed: hash,
            modified: last,
            content,
        });
    };
    let begin = |nth: usize| nth.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |(at, _)| *at);
    add("/stdout", begin(ends.len()), end.max(begin(ends.len())));
    let older = (0..ends.len()).rev().filter(|nth| ends[*nth].1).take(KEPT);
    for (number, nth) in (1..).zip(older) {
        add(&format!("/stdout.{number}"), begin(nth), ends[nth].0);
    }
    // Older predecessors are compressed, at most two of them.
    let packed = (0..ends.len()).rev().filter(|nth| ends[*nth].1).skip(KEPT).take(2);
    for (number, nth) in (KEPT + 1..).zip(packed) {
        entries.push(Entry {
            path: format!("{root}/stdout.{number}.gz"),
            mode: FILE,
            size: (ends[nth].0 - begin(nth)) / 9,
            seed: hash ^ nth as u64,
            modified: last,
            content: Content::Noise,
        });
    }
}

/// Output of the executor, and the task's message at its end.
fn error_text(world: &World, task: &Task, since: i64) -> String {
    let hash = task.hash(world.seed);
    let head = Content::Lines { kind: Kind::Glog, since, rate: 400, begin: 0 }.read(mix(hash, 3), 0, PAGE);
    let mut text = String::from_utf8_lossy(&head).into_owned();
    if task.state == State::Failed {
        let why = crate::json_out::text(|out| {
            task.statuses().last().into_iter().for_each(|status| status.cause.message(out, world, task))
        });
        let why = why.trim_start_matches("\"message\":\"").trim_end_matches("\",").replace("\\n", "\n");
        text.push_str(&format!(
            "Traceback (most recent call last):\n  File \"/mnt/mesos/sandbox/{job}.py\", line {}, in <module>\n    main()\nConnectionError: database at 10.0.7.{}:5432 refused the connection\n{why}\n",
            hash % 400 + 1,
            hash % 250,
            job = task.job(world),
        ));
    }
    text
}

/// A picture of 24 by 12 pixels: PNG in base64.
const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAABgAAAAMCAIAAAD3UuoiAAAB70lEQVR42g3MkQKGMBSA0WEwCC8Gg3AYDMKLwSC8GAzCYTAIw/DDMOzx/v88wHHO0Tl6hzgGx+iIjskxO9SxOFaHOTbH7qiOw3E6LsftwPE4XsfncM7TeXqPeAbP6ImeyTN71LN4Vo95Ns/uqZ7Dc3ouz+3B83hez+f/kdAJvSDCIIxCFCZhFlRYhFUwYRN2oQqHcAqXcAsIj/AKn/yjQBfoAxIYAmMgBqbAHNDAElgDFtgCe6AGjsAZuAJ3gMATeANf+EeRLtJHJDJExkiMTJE5opElskYsskX2SI0ckTNyRe4IkSfyRr74jxJdok9IYkiMiZiYEnNCE0tiTVhiS+yJmjgSZ+JK3AkST+JNfOkfKZ3SK6IMyqhEZVJmRZVFWRVTNmVXqnIop3Ipt4LyKK/y6T/KdJk+I5khM2ZiZsrMGc0smTVjmS2zZ2rmyJyZK3NnyDyZN/Plf2R0Rm+IMRijEY3JmA01FmM1zNiM3ajGYZzGZdwGxmO8xmf/qNAV+oIUhsJYiIWpMBe0sBTWghW2wl6ohaNwFq7CXaDwFN7CV/5Rpav0FakMlbESK1NlrmhlqawVq2yVvVIrR+WsXJW7QuWpvJWv/qNG1+gb0hgaYyM2psbc0MbSWBvW2Bp7ozaOxtm4GneDxtN4G1/jBwCrZdDFuXAwAAAAAElFTkSuQmCC";
