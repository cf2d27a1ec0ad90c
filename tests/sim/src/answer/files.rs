//! LIST_FILES and READ_FILE: logs and sandboxes that are made up from the seed and grow with time.

use base64::Engine;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::answer::call::Call;
use crate::rng::mix;
use crate::world::{Agent, Task, World};

/// A page of 4 KiB, sixteen times: what READ_FILE gives at most.
const MOST: u64 = 65_536;
const WORK_DIR: &str = "/var/lib/mesos";
const DIRECTORY: u32 = 16_877;
const FILE: u32 = 33_188;

/// What is attached under a path: directories and files, by their whole path as it was asked for.
#[derive(Debug, Default)]
pub(super) struct Tree {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    path: String,
    directory: bool,
    size: u64,
    seed: u64,
    /// Nanoseconds, whole seconds.
    modified: i64,
}

/// The master attaches its log, and nothing else.
pub(super) fn master(world: &World) -> Tree {
    Tree { entries: vec![log(world, "/master/log", world.seed, world.started)] }
}

/// An agent attaches its log, and three roots an executor: the run's directory, the latest run, and the virtual path.
pub(super) fn agent(world: &World, agent: &Agent, call: &Call) -> Tree {
    let mut tree = Tree { entries: vec![log(world, "/slave/log", mix(world.seed, 9), agent.registered)] };
    let live = agent.tasks.iter().map(|slot| world.tasks.at(*slot));
    let past = world.frameworks.iter().flat_map(|it| &it.completed).filter(|task| task.agent == agent.number);
    for task in live.chain(past) {
        for root in roots(world, agent, task) {
            if call.text("path").trim_end_matches('/').starts_with(&root) {
                sandbox(&mut tree, world, task, &root);
            }
        }
    }
    tree
}

fn log(world: &World, path: &str, seed: u64, since: i64) -> Entry {
    // Some 160 bytes a second, as a busy one writes.
    let size = 27_000 + (world.now - since).max(0) as u64 / 6_250_000;
    Entry { path: path.to_owned(), directory: false, size, seed, modified: whole_second(world.now) }
}

fn whole_second(nanos: i64) -> i64 {
    nanos / 1_000_000_000 * 1_000_000_000
}

fn roots(world: &World, agent: &Agent, task: &Task) -> [String; 3] {
    let text = |write: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = Vec::new();
        write(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let framework = text(&|out| world.framework_id(out, task.framework));
    let executor = text(&|out| task.executor_id(out, world));
    let pod = task.runner(world) == crate::names::Runner::Pod;
    let container = text(&|out| if pod { task.executor_container(out, world) } else { task.container(out, world) });
    let runs = format!("/frameworks/{framework}/executors/{executor}/runs");
    let real = format!("{WORK_DIR}/slaves/{}{runs}", world.agent_id_text(agent.number));
    [format!("{real}/{container}"), format!("{real}/latest"), format!("{runs}/latest")]
}

fn sandbox(tree: &mut Tree, world: &World, task: &Task, root: &str) {
    let since = task.statuses().first().map_or(world.now, |status| status.at);
    let last = task.statuses().last().filter(|_| task.statuses().len() > 2).map_or(world.now, |status| status.at);
    let seconds = (last - since).max(0) as u64 / 1_000_000_000;
    let hash = task.hash(world.seed);
    let modified = whole_second(last);
    let mut add = |name: &str, directory, size, seed| {
        let path = format!("{root}{name}");
        tree.entries.push(Entry { path, directory, size, seed, modified });
    };
    add("", true, 4096, 0);
    add("/conf", true, 4096, 0);
    add("/conf/app.properties", false, 312, hash ^ 3);
    add("/stderr", false, 545 + seconds * (hash % 7), hash ^ 1);
    add("/stdout", false, 160 + seconds * (20 + hash % 200), hash ^ 2);
}

pub(super) fn list(call: &Call, tree: &Tree) -> Answer {
    let asked = call.text("path");
    let entry = match tree.find(asked) {
        Ok(entry) => entry,
        Err(refusal) => return refusal,
    };
    let base = asked.trim_end_matches('/');
    let mut infos: Vec<Value> = tree.inside(entry).map(|(name, child)| child.info(&format!("{base}/{name}"))).collect();
    infos.sort_by_key(|info| info["path"].to_string());
    let body = if infos.is_empty() { json!({}) } else { json!({"file_infos": infos}) };
    Answer::value(&json!({"type": "LIST_FILES", "list_files": body}))
}

pub(super) fn read(call: &Call, tree: &Tree) -> Answer {
    let entry = match tree.find(call.text("path")) {
        Ok(entry) => entry,
        Err(refusal) => return refusal,
    };
    if entry.directory {
        return Answer::refused(400, "Cannot read a directory.\n");
    }
    // A negative offset wraps and is beyond the end; a negative length is none.
    let offset = call.int("offset").and_then(|offset| u64::try_from(offset).ok()).unwrap_or(u64::MAX);
    let length = call.int("length").and_then(|length| u64::try_from(length).ok()).unwrap_or(MOST).min(MOST);
    let end = offset.saturating_add(length).min(entry.size);
    let data: Vec<u8> = (offset..end).map(|at| entry.byte(at)).collect();
    let data = base64::engine::general_purpose::STANDARD.encode(data);
    Answer::value(&json!({"type": "READ_FILE", "read_file": {"size": entry.size, "data": data}}))
}

impl Tree {
    /// What a path leads to. Unknown is 404 with an empty body; what is there but outside of all that is attached is 400.
    fn find(&self, path: &str) -> Result<&Entry, Answer> {
        let plain = normalised(path);
        if let Some(entry) = self.entries.iter().find(|entry| entry.path == plain) {
            return Ok(entry);
        }
        let climbed = path.contains("/..") && self.entries.iter().any(|entry| path.starts_with(&entry.path));
        let above = |entry: &&Entry| entry.path.starts_with(WORK_DIR) && entry.path.starts_with(&format!("{plain}/"));
        match climbed && plain.starts_with(WORK_DIR) && self.entries.iter().any(|entry| above(&entry)) {
            true => Err(Answer::refused(400, format!("'{path}' is inaccessible.\n"))),
            false => Err(Answer::refused(404, "")),
        }
    }

    /// What lies in a directory, by name.
    fn inside<'a>(&'a self, directory: &'a Entry) -> impl Iterator<Item = (&'a str, &'a Entry)> {
        let inside =
            |path: &'a str| path.strip_prefix(&directory.path)?.strip_prefix('/').filter(|rest| !rest.contains('/'));
        let children = self.entries.iter().filter(|_| directory.directory);
        children.filter_map(move |child| Some((inside(&child.path)?, child)))
    }
}

/// Without `..` and without a slash at the end; a path that does not begin with a slash stays one that is not found.
fn normalised(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.trim_end_matches('/').split('/') {
        match part {
            ".." => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    parts.join("/")
}

impl Entry {
    fn info(&self, path: &str) -> Value {
        json!({
            "path": path,
            "nlink": if self.directory { 2 } else { 1 },
            "size": self.size,
            "mtime": {"nanoseconds": self.modified},
            "mode": if self.directory { DIRECTORY } else { FILE },
            "uid": "root",
            "gid": "root",
        })
    }

    /// Lines of eighty bytes: a number, a level and words.
    fn byte(&self, at: u64) -> u8 {
        const LINE: u64 = 80;
        const LEVELS: [&str; 4] = ["INFO ", "INFO ", "WARN ", "DEBUG"];
        let (line, column) = (at / LINE, (at % LINE) as usize);
        let hash = mix(self.seed, line);
        match column {
            0..=8 => b'0' + (line / 10_u64.pow(8 - column as u32) % 10) as u8,
            10..=14 => LEVELS[(hash % 4) as usize].as_bytes()[column - 10],
            79 => b'\n',
            9 | 15 => b' ',
            _ if hash >> (column % 48) & 7 == 0 => b' ',
            _ => b'a' + (mix(hash, column as u64) % 26) as u8,
        }
    }
}
