//! LIST_FILES and READ_FILE: attached paths and refusals. `sandbox` generates the contents.

use std::collections::HashSet;

use base64::Engine;
use serde_json::{Value, json};

use crate::answer::call::Call;
use crate::answer::entry::{DIRECTORY, Entry, FILE};
use crate::answer::reply::Answer;
use crate::answer::sandbox;
use crate::catalog::ExecutorKind;
use crate::cluster::Sim;
use crate::containers::{Container, OutputFile};
use crate::file_content::{Content, Kind};
use crate::json_out::text;
use crate::rng::mix;
use crate::world::agent::Agent;
use crate::world::cluster::World;
use crate::world::task::Task;

/// Maximum bytes per READ_FILE: sixteen pages of 4 KiB.
const MOST: u64 = 65_536;
const WORK_DIR: &str = "/var/lib/mesos";

/// Attached directories and files by their full path, as requested.
#[derive(Debug, Default)]
pub(super) struct Tree {
    entries: Vec<Entry>,
    /// Whether the principal may see none of it.
    secret: bool,
}

/// Files of a master: only its log.
pub(super) fn master(world: &World) -> Tree {
    Tree { entries: vec![log(world, "/master/log", world.seed, world.started)], secret: false }
}

/// Files of an agent: its log, and three paths per executor: the run's directory, the latest run and the virtual path.
pub(super) fn agent(sim: &Sim, agent: &Agent, call: &Call) -> Tree {
    let world = &*sim.world;
    // One agent in eleven runs without --log_dir and attaches no log.
    let log = log(world, "/slave/log", mix(world.seed, u64::from(agent.number)), agent.registered);
    let mut tree = Tree { entries: if agent.number % 11 == 7 { Vec::new() } else { vec![log] }, secret: false };
    let asked = normalised(call.text("path"));
    let live = agent.tasks.iter().map(|slot| world.tasks.at(*slot));
    // Newest first: executor ids may be reused, and only one run is the latest.
    let past = world.frameworks.iter().flat_map(|it| it.completed.iter().rev());
    let mut latest = HashSet::new();
    for task in live.chain(past.filter(|task| task.agent == agent.number)) {
        let container = run(world, task);
        for root in roots(world, agent, task, &container) {
            if root.ends_with("/latest") && !latest.insert(root.clone()) {
                continue;
            }
            let rest = call.text("path").trim_end_matches('/').strip_prefix(&root);
            if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) && !sandbox::is_collected(world, task)
            {
                tree.secret |= sandbox::is_secret(world, task);
                tree.attach(world, task, &root, &asked);
                tree.attach_nested(sim, agent, &container, &root);
            }
        }
    }
    tree
}

fn log(world: &World, path: &str, seed: u64, since: i64) -> Entry {
    // About 160 bytes a second, as from a busy process.
    let rate = 160;
    let size = 27_000 + (world.now - since).max(0) as u64 / 1_000_000 * rate / 1000;
    let since = since - 27_000 * 1_000_000_000 / rate as i64;
    let content = Content::Lines { kind: Kind::Glog, since, rate, begin: 0 };
    Entry { path: path.to_owned(), mode: FILE, size, seed, modified: world.now, content }
}

/// Id of the executor's container in which a task runs.
fn run(world: &World, task: &Task) -> String {
    let is_pod = task.runner(world) == ExecutorKind::Pod;
    text(|out| if is_pod { task.executor_container(out, world) } else { task.container(out, world) })
}

fn roots(world: &World, agent: &Agent, task: &Task, container: &str) -> [String; 3] {
    // Ids are any bytes.
    let lossy = |write: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = Vec::new();
        write(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let framework = lossy(&|out| world.framework_id(out, task.framework));
    let executor = lossy(&|out| task.executor_id(out, world));
    let runs = format!("/frameworks/{framework}/executors/{executor}/runs");
    let real = format!("{WORK_DIR}/slaves/{}{runs}", world.agent_id_text(agent.number));
    [format!("{real}/{container}"), format!("{real}/latest"), format!("{runs}/latest")]
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
    if entry.is_directory() {
        return Answer::refused(400, "Cannot read a directory.\n");
    }
    if entry.mode & 0o170_000 != 0o100_000 {
        return Answer::never();
    }
    // A negative offset wraps to beyond the end; a negative length counts as absent.
    let offset = call.int("offset").and_then(|offset| u64::try_from(offset).ok()).unwrap_or(u64::MAX);
    let length = call.int("length").and_then(|length| u64::try_from(length).ok()).unwrap_or(MOST).min(MOST);
    let end = offset.saturating_add(length).min(entry.size);
    let data = entry.content.read(entry.seed, offset.min(end), end);
    let data = base64::engine::general_purpose::STANDARD.encode(data);
    Answer::value(&json!({"type": "READ_FILE", "read_file": {"size": entry.size, "data": data}}))
}

impl Tree {
    /// Attaches the files of a task: a pod's task has its own folder in its executor's; any other uses the executor's.
    fn attach(&mut self, world: &World, task: &Task, root: &str, asked: &str) {
        if task.runner(world) != ExecutorKind::Pod {
            return sandbox::fill(&mut self.entries, world, task, root, asked);
        }
        // In a real sandbox the first is a symbolic link to the second.
        let own = format!("{root}/tasks/{}", task.id_text(world));
        let container = format!("{root}/containers/{}", text(|out| task.container(out, world)));
        let mut add = |path: &str, mode, text: &[u8]| {
            let size = if mode == DIRECTORY { 4096 } else { text.len() as u64 };
            let content = Content::Fixed(text.to_vec());
            self.entries.push(Entry { path: path.to_owned(), mode, size, seed: 0, modified: world.now, content });
        };
        add(root, DIRECTORY, b"");
        add(&format!("{root}/tasks"), DIRECTORY, b"");
        add(&format!("{root}/containers"), DIRECTORY, b"");
        add(
            &format!("{root}/stdout"),
            FILE,
            b"Executing pre-exec command\nReceived SUBSCRIBED event\nReceived LAUNCH_GROUP event\n",
        );
        add(&format!("{root}/stderr"), FILE, b"");
        sandbox::fill(&mut self.entries, world, task, &own, asked);
        sandbox::fill(&mut self.entries, world, task, &container, asked);
    }

    /// Attaches the files of the containers that were launched inside an executor's container, each below the one around it.
    fn attach_nested(&mut self, sim: &Sim, agent: &Agent, container: &str, root: &str) {
        let of_agent = sim.containers.launched.iter().filter(|((of, _), _)| *of == agent.number);
        let nested = of_agent.filter_map(|((_, path), launched)| {
            let (outermost, nested) = path.split_first()?;
            (outermost == container && !nested.is_empty()).then_some((nested, launched))
        });
        for (nested, launched) in nested {
            let mut folder = root.to_owned();
            for id in nested {
                for name in ["containers", id] {
                    folder = format!("{folder}/{name}");
                    self.add(&folder, DIRECTORY, Vec::new(), launched.since);
                }
            }
            self.add_output(&folder, launched);
        }
    }

    fn add_output(&mut self, folder: &str, launched: &Container) {
        for (name, file) in ["stdout", "stderr"].into_iter().zip(&launched.files) {
            let OutputFile { bytes, rotated, modified } = file;
            self.add(&format!("{folder}/{name}"), FILE, bytes.clone(), *modified);
            if let Some(rotated) = rotated {
                self.add(&format!("{folder}/{name}.1"), FILE, rotated.clone(), *modified);
            }
        }
    }

    /// Adds a directory or a file, unless there is one of that path.
    fn add(&mut self, path: &str, mode: u32, bytes: Vec<u8>, modified: i64) {
        if self.entries.iter().any(|entry| entry.path == path) {
            return;
        }
        let size = if mode == DIRECTORY { 4096 } else { bytes.len() as u64 };
        self.entries.push(Entry {
            path: path.to_owned(),
            mode,
            size,
            seed: 0,
            modified,
            content: Content::Fixed(bytes),
        });
    }

    /// Finds the entry of a path. An unknown path is a 404 with an empty body; an existing path outside the attached ones is a 400.
    fn find(&self, path: &str) -> Result<&Entry, Answer> {
        if self.secret {
            return Err(Answer::refused(403, ""));
        }
        let plain = normalised(path);
        if plain.ends_with("/shared") || plain.contains("/shared/") {
            return Err(Answer::refused(400, format!("'{path}' is inaccessible.\n")));
        }
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

    /// Entries of a directory by name.
    fn inside<'a>(&'a self, directory: &'a Entry) -> impl Iterator<Item = (&'a str, &'a Entry)> {
        let inside =
            |path: &'a str| path.strip_prefix(&directory.path)?.strip_prefix('/').filter(|rest| !rest.contains('/'));
        let children = self.entries.iter().filter(|_| directory.is_directory());
        children.filter_map(move |child| Some((inside(&child.path)?, child)))
    }
}

/// Resolves `..` and strips a trailing slash; a relative path stays relative and is not found.
fn normalised(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.trim_end_matches('/').split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            other => parts.push(other),
        }
    }
    parts.join("/")
}
