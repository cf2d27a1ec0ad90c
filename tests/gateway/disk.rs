//! An agent's sandbox under `/s`, with links and special files, served as Mesos serves one: paths are resolved as a kernel
//! resolves them, listings follow links, and what leads out of the sandbox is refused.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::script::{Reply, Script, Seen, reply};

pub const ROOT: &str = "/s";
/// So many links a kernel follows on one path.
const MOST_LINKS: usize = 40;

#[derive(Clone, Debug)]
pub enum Node {
    Folder,
    File(Vec<u8>),
    /// To an absolute path, or from the folder that it is in.
    Link(&'static str),
    /// A pipe, socket or device, by its `st_mode`.
    Special(u32),
}

#[derive(Clone, Debug, Default)]
pub struct Disk {
    nodes: BTreeMap<String, Node>,
    /// Each listing finds one more file in the root.
    pub grows: bool,
    listed: usize,
    /// Read although they are no regular files.
    pub opened: Vec<String>,
}

impl Disk {
    pub fn of(nodes: &[(&str, Node)]) -> Disk {
        let nodes = nodes.iter().map(|(path, node)| (format!("{ROOT}/{path}"), node.clone()));
        let mut disk = Disk { nodes: nodes.collect(), ..Disk::default() };
        disk.nodes.insert(ROOT.to_owned(), Node::Folder);
        let folders: Vec<String> = disk.nodes.keys().flat_map(|path| above(path)).collect();
        for folder in folders.into_iter().filter(|path| path.starts_with(ROOT)) {
            disk.nodes.entry(folder).or_insert(Node::Folder);
        }
        disk
    }

    /// Where a path leads, through all links. `None` if nowhere; `links` counts those on the way.
    fn resolve(&self, path: &str, links: &mut usize) -> Option<String> {
        let mut at = String::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            // Only a folder has `.` and `..`.
            let here = at.is_empty() || !at.starts_with(ROOT) || matches!(self.nodes.get(&at), Some(Node::Folder));
            match part {
                _ if !here => return None,
                "." => {}
                ".." => at.truncate(at.rfind('/').unwrap_or(0)),
                name => {
                    let next = format!("{at}/{name}");
                    at = match self.nodes.get(&next) {
                        Some(Node::Link(to)) => {
                            *links += 1;
                            let to = if to.starts_with('/') { (*to).to_owned() } else { format!("{at}/{to}") };
                            if *links > MOST_LINKS { None } else { self.resolve(&to, links) }?
                        }
                        _ => next,
                    };
                }
            }
        }
        Some(at)
    }

    fn find(&self, path: &str) -> Result<(String, &Node), Box<Reply>> {
        let mut links = 0;
        let at = self.resolve(path, &mut links).ok_or_else(|| {
            let looped =
                format!("Failed to determine canonical path of '{path}': Too many levels of symbolic links.\n");
            Box::new(if links > MOST_LINKS { reply(400, looped) } else { reply(404, "") })
        })?;
        if at != ROOT && !at.starts_with(&format!("{ROOT}/")) {
            let shown = path == ROOT || path.starts_with(&format!("{ROOT}/"));
            let refusal = if shown { reply(400, format!("'{path}' is inaccessible.\n")) } else { reply(404, "") };
            return Err(Box::new(refusal));
        }
        self.nodes.get(&at).map(|node| (at.clone(), node)).ok_or_else(|| Box::new(reply(404, "")))
    }

    fn list(&mut self, path: &str) -> Reply {
        self.listed += 1;
        if self.grows {
            self.nodes.insert(format!("{ROOT}/grown-{:04}", self.listed), Node::File(b"x".to_vec()));
        }
        let at = match self.find(path) {
            Ok((at, _)) => at,
            Err(refusal) => return *refusal,
        };
        let inside = format!("{at}/");
        let names = self.nodes.keys().filter_map(|path| path.strip_prefix(&inside)).filter(|name| !name.contains('/'));
        let infos = names.filter_map(|name| self.info(&format!("{}/{name}", path.trim_end_matches('/'))));
        answer("LIST_FILES", "list_files", json!({"file_infos": infos.collect::<Vec<_>>()}))
    }

    /// None of what leads out, which Mesos leaves out too.
    fn info(&self, path: &str) -> Option<Value> {
        let (mode, size) = match self.find(path).ok()?.1 {
            Node::Folder => (0o040_755, 4096),
            Node::File(bytes) => (0o100_644, bytes.len()),
            Node::Special(mode) => (*mode, 0),
            Node::Link(_) => return None,
        };
        let modified = json!({"nanoseconds": 1_700_000_000_000_000_000_i64});
        Some(
            json!({"path": path, "nlink": 1, "size": size, "mode": mode, "mtime": modified, "uid": "root", "gid": "root"}),
        )
    }

    fn read(&mut self, path: &str, offset: usize, length: usize) -> Reply {
        let bytes = match self.find(path) {
            Ok((_, Node::File(bytes))) => bytes.clone(),
            Ok((_, Node::Folder)) => return reply(400, "Cannot read a directory.\n"),
            Ok(_) => {
                self.opened.push(path.to_owned());
                return reply(500, "It would block for ever.");
            }
            Err(refusal) => return *refusal,
        };
        let end = offset.saturating_add(length.min(65_536)).min(bytes.len());
        let data = STANDARD.encode(bytes.get(offset..end).unwrap_or_default());
        answer("READ_FILE", "read_file", json!({"size": bytes.len(), "data": data}))
    }

    fn asked(&mut self, call: &Value) -> Reply {
        match call["type"].as_str() {
            Some("LIST_FILES") => self.list(call["list_files"]["path"].as_str().unwrap_or_default()),
            Some("READ_FILE") => {
                let read = &call["read_file"];
                let number = |name: &str| read[name].as_u64().unwrap_or(0) as usize;
                self.read(read["path"].as_str().unwrap_or_default(), number("offset"), number("length"))
            }
            other => reply(400, format!("{other:?}")),
        }
    }
}

fn above(path: &str) -> Vec<String> {
    path.match_indices('/').skip(1).filter_map(|(at, _)| path.get(..at)).map(str::to_owned).collect()
}

fn answer(kind: &str, field: &str, value: Value) -> Reply {
    reply(200, json!({"type": kind, field: value}).to_string()).with("content-type", "application/json")
}

pub fn file(text: &str) -> Node {
    Node::File(text.as_bytes().to_vec())
}

/// The master's part too: downloads without an agent are asked of it.
pub async fn serve(disk: Disk) -> (Script, Arc<Mutex<Disk>>) {
    let disk = Arc::new(Mutex::new(disk));
    let shared = Arc::clone(&disk);
    let script = Script::start(move |seen: &Seen| {
        let call = serde_json::from_slice(&seen.body).expect("the gateway sends JSON");
        shared.lock().expect("no test panics here").asked(&call)
    });
    (script.await, disk)
}
