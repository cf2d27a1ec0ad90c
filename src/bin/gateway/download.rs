//! `POST /download` announces a download and gets a ticket; `GET /download/<ticket>` streams it: a file by windows of READ_FILE,
//! a folder as tar. Holds a few windows at a time, never a file.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue,
};
use axum::http::{Response, StatusCode};
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use http_body_util::{BodyExt, Limited};
use mesoscope::api::files::{ListFiles, ReadFile};
use mesoscope::api::{self, Call, Target};
use mesoscope::file::{self, Directory, Entry, Gathering, Told, WINDOW};
use mesoscope::ids::AgentId;
use mesoscope::wire;

use crate::access::Admitted;
use crate::app::Shared;
use crate::proxy::ask_agent;
use crate::tickets::Ticket;
use crate::upstream::Ask;
use crate::words::plain;

/// Windows that are asked for at a time.
const ABREAST: usize = 4;
/// A listing of some hundred thousand files.
const ANSWER: usize = 256 << 20;
/// So long an agent may take for a window, and so often it is asked again for one that did not come.
const PATIENCE: Duration = Duration::from_secs(30);
const TRIES: u32 = 4;
/// Bytes of a file's start that are read again before its last window is given: of another file they are others.
const HEAD: u64 = 256;
/// A folder's folders: a link to one above would go round for ever.
const DEEPEST: usize = 24;
const BLOCK: u64 = 512;

/// What is asked for; without an agent, of the master.
#[derive(Debug, serde::Deserialize)]
pub struct Announced {
    agent: Option<String>,
    path: String,
}

pub async fn announce(
    State(app): State<Shared>,
    headers: HeaderMap,
    Json(announced): Json<Announced>,
) -> Response<Body> {
    let target = announced.agent.map_or(Target::Master, |id| Target::Agent(AgentId::from(id.as_str())));
    let mut kept = HeaderMap::new();
    kept.extend(headers.get(AUTHORIZATION).map(|value| (AUTHORIZATION, value.clone())));
    let source = Source { app: app.clone(), target, headers: kept };
    // That it can be read is said now, where there is somebody to tell.
    if let Err(refusal) = source.kind(&announced.path).await {
        return refusal.answer();
    }
    let Source { target, headers, .. } = source;
    match app.tickets.keep(Ticket { target, path: announced.path, headers }, Instant::now()) {
        Some(name) => plain(StatusCode::OK, name),
        None => plain(StatusCode::TOO_MANY_REQUESTS, "Too many downloads wait to be fetched."),
    }
}

pub async fn fetch(State(app): State<Shared>, Path(name): Path<String>) -> Response<Body> {
    let Some(Ticket { target, path, headers }) = app.tickets.take(&name, Instant::now()) else {
        return plain(
            StatusCode::NOT_FOUND,
            "This download was fetched already, or not in time. Please ask for it again.",
        );
    };
    let source = Source { app: app.clone(), target, headers };
    let ticket = name;
    let watched = |size, bytes| app.downloads.begin(&ticket, size, bytes);
    let name = file::base_name(&path).to_owned();
    match source.kind(&path).await {
        Ok(Kind::File(size)) => attachment(&name, Some(size), watched(Some(size), source.file(path, size))),
        Ok(Kind::Folder(entries)) => attachment(&format!("{name}.tar"), None, watched(None, source.tar(name, entries))),
        Err(refusal) => refusal.answer(),
    }
}

/// How a download stands, for who has its ticket.
pub async fn state(State(app): State<Shared>, Path(name): Path<String>) -> Response<Body> {
    match app.downloads.told(&name) {
        Some(progress) => plain(StatusCode::OK, progress.told()),
        None => plain(StatusCode::NOT_FOUND, "No download of that name was fetched."),
    }
}

/// It goes no farther.
pub async fn stop(State(app): State<Shared>, Path(name): Path<String>) -> Response<Body> {
    let (status, words) = if app.downloads.stop(&name) {
        (StatusCode::OK, "It is stopped.")
    } else {
        (StatusCode::NOT_FOUND, "No download of that name was fetched.")
    };
    plain(status, words)
}

fn attachment(name: &str, size: Option<u64>, bytes: BoxStream<'static, io::Result<Bytes>>) -> Response<Body> {
    let mut answer = Response::new(Body::from_stream(bytes));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.extend(size.map(|size| (CONTENT_LENGTH, HeaderValue::from(size))));
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    let disposition = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{encoded}"));
    headers.insert(CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
    answer
}

/// What a path leads to.
enum Kind {
    File(u64),
    Folder(Vec<Entry>),
}

/// Why there is nothing to download.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("{1}")]
    ByMesos(StatusCode, String),
    #[error("{0}")]
    Unread(String),
}

impl Refused {
    fn answer(self) -> Response<Body> {
        let words = self.to_string();
        match self {
            // 404 would say that nobody here gives downloads.
            Refused::ByMesos(StatusCode::NOT_FOUND, _) => {
                let words = if words.is_empty() { "Nothing is there under that path.".to_owned() } else { words };
                plain(StatusCode::GONE, words)
            }
            Refused::ByMesos(status, _) => plain(status, if words.is_empty() { status.to_string() } else { words }),
            Refused::Unread(_) => plain(StatusCode::BAD_GATEWAY, words),
        }
    }
}

/// Where the bytes come from.
#[derive(Clone)]
struct Source {
    app: Shared,
    target: Target,
    headers: HeaderMap,
}

impl Source {
    async fn ask<C: Call>(&self, call: &C) -> Result<String, Refused> {
        let mut headers = self.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(api::CONTENT_TYPE));
        headers.insert(ACCEPT, HeaderValue::from_static(api::CONTENT_TYPE));
        let ask = Ask { headers, call: Admitted::read(call) };
        let unread = |words: String| Refused::Unread(words);
        let answer = match &self.target {
            Target::Master => self.app.masters.call(&ask).await.map_err(|error| unread(error.to_string()))?.answer,
            Target::Agent(id) => {
                ask_agent(&self.app, id.as_str(), &ask).await.map_err(|error| unread(error.to_string()))?
            }
        };
        let status = answer.status();
        let body = Limited::new(answer.into_body(), ANSWER).collect().await;
        let body = body.map_err(|error| unread(format!("The answer broke off: {error}.")))?.to_bytes();
        match status {
            StatusCode::OK => Ok(wire::mend(&body).into_owned()),
            status => Err(Refused::ByMesos(status, api::refusal(status.as_u16(), &body).words)),
        }
    }

    async fn kind(&self, path: &str) -> Result<Kind, Refused> {
        match self.read(path, 0, 0).await {
            Ok(told) => Ok(Kind::File(told.size)),
            Err(Refused::ByMesos(StatusCode::BAD_REQUEST, words)) if words.contains("directory") => {
                self.list(path).await.map(Kind::Folder)
            }
            Err(other) => Err(other),
        }
    }

    async fn read(&self, path: &str, offset: u64, length: u64) -> Result<Told, Refused> {
        let body = self.ask(&ReadFile { path: path.to_owned(), offset, length: Some(length) }).await?;
        file::told(&body).map_err(|error| Refused::Unread(error.to_string()))
    }

    async fn list(&self, path: &str) -> Result<Vec<Entry>, Refused> {
        let body = self.ask(&ListFiles { path: path.to_owned() }).await?;
        let mut gathering = Gathering::default();
        gathering.feed(body.as_bytes());
        gathering.finish().map(Directory::into_entries).map_err(|error| Refused::Unread(error.to_string()))
    }

    /// Just the bytes that it has now; should it be cut or rotated meanwhile, the download breaks off rather than lie.
    fn file(&self, path: String, size: u64) -> BoxStream<'static, io::Result<Bytes>> {
        let source = self.clone();
        let whole = async move {
            let head = source.whole(&path, 0, HEAD.min(size), size).await?;
            Ok::<_, io::Error>(source.rest(path, size, head))
        };
        stream::once(whole).try_flatten().boxed()
    }

    fn rest(&self, path: String, size: u64, head: Bytes) -> BoxStream<'static, io::Result<Bytes>> {
        let windows = (0..size.div_ceil(WINDOW)).map(move |nth| (nth * WINDOW, WINDOW.min(size - nth * WINDOW)));
        let source = self.clone();
        let window = move |(offset, length): (u64, u64)| {
            let (source, path, head) = (source.clone(), path.clone(), head.clone());
            async move {
                let bytes = source.whole(&path, offset, length, size).await?;
                // Once all bytes are given, nobody can be told any more.
                if offset + length == size && source.whole(&path, 0, head.len() as u64, size).await? != head {
                    return Err(io::Error::other("another file came in its place"));
                }
                Ok(bytes)
            }
        };
        stream::iter(windows).map(window).buffered(ABREAST).boxed()
    }

    /// Of a file that is at least `size` long, these bytes.
    async fn whole(&self, path: &str, offset: u64, length: u64, size: u64) -> io::Result<Bytes> {
        let mut bytes = Vec::with_capacity(length as usize);
        while (bytes.len() as u64) < length {
            let told = self.again(path, offset + bytes.len() as u64, length - bytes.len() as u64).await?;
            if told.bytes.is_empty() || told.size < size {
                return Err(io::Error::other("the file became shorter"));
            }
            bytes.extend_from_slice(&told.bytes);
        }
        bytes.truncate(length as usize);
        Ok(bytes.into())
    }

    /// One window; an agent that is away for a moment ends no download of hours.
    async fn again(&self, path: &str, offset: u64, length: u64) -> io::Result<Told> {
        let mut tries = 0;
        loop {
            tries += 1;
            let read = tokio::time::timeout(PATIENCE, self.read(path, offset, length)).await;
            let why = match read {
                Ok(Ok(told)) => return Ok(told),
                Ok(Err(why @ Refused::ByMesos(..))) => return Err(io::Error::other(why.to_string())),
                Ok(Err(why)) => why.to_string(),
                Err(_) => format!("no answer within {} seconds", PATIENCE.as_secs()),
            };
            if tries >= TRIES {
                return Err(io::Error::other(why));
            }
            tokio::time::sleep(Duration::from_secs(1 << tries)).await;
        }
    }

    /// All below a folder, each file as long as it was when its turn came.
    fn tar(&self, name: String, entries: Vec<Entry>) -> BoxStream<'static, io::Result<Bytes>> {
        let mut todo = Vec::new();
        push(&mut todo, &name, entries, Vec::new());
        let walk =
            Walk { source: self.clone(), todo, left_out: LeftOut::default(), packed: Vec::new(), is_over: false };
        stream::try_unfold(walk, next_entry).try_flatten().boxed()
    }
}

/// The way through a folder.
struct Walk {
    source: Source,
    todo: Vec<Todo>,
    left_out: LeftOut,
    /// Containers' folders, which may come again under their tasks' names.
    packed: Vec<Packed>,
    is_over: bool,
}

/// Under which name it is packed, and what the folders that it is in hold.
struct Todo {
    name: String,
    entry: Entry,
    above: Vec<u64>,
}

/// What could not be read, or not all of it; also told by the pieces of a file that are on their way.
#[derive(Clone, Default)]
struct LeftOut(Arc<Mutex<Vec<String>>>);

impl LeftOut {
    fn note(&self, words: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(words);
    }

    fn list(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

type Pieces = BoxStream<'static, io::Result<Bytes>>;

fn push(todo: &mut Vec<Todo>, folder: &str, entries: Vec<Entry>, above: Vec<u64>) {
    let above = [above, vec![face(&entries)]].concat();
    let named = |entry: Entry| Todo { name: format!("{folder}/{}", entry.name), entry, above: above.clone() };
    todo.extend(entries.into_iter().rev().map(named));
}

/// What a folder holds, as a number. A link to a folder above holds just what that does.
fn face(entries: &[Entry]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for entry in entries {
        // A file may have been written to meanwhile.
        let modified = entry.modified.filter(|_| entry.is_folder).map(|at| at.0);
        (&entry.name, entry.is_folder, modified, entry.mode, entry.links).hash(&mut hasher);
    }
    hasher.finish()
}

/// A folder that was packed: its name, what its own folder tells of it, and what it holds.
struct Packed {
    name: String,
    entry: Entry,
    face: u64,
}

impl Packed {
    fn is(&self, entry: &Entry, face: u64) -> bool {
        let of = |it: &Entry| (it.modified, it.mode, it.links, it.size, it.owner.clone(), it.group.clone());
        self.face == face && of(&self.entry) == of(entry)
    }
}

/// The name under which a task's folder was packed already. Mesos' default executor makes it a link to the folder of its container,
/// `tasks/ID` to `containers/ID` (PROTOCOL.md A9); no answer tells links from folders. Where two may be meant, none is.
fn twin<'a>(packed: &'a [Packed], name: &str, entry: &Entry, face: u64) -> Option<&'a str> {
    let (folder, _) = name.rsplit_once('/')?;
    let run = folder.strip_suffix("/tasks")?;
    let is_its = |it: &&Packed| {
        let beside = it.name.strip_prefix(run).and_then(|rest| rest.strip_prefix("/containers/"));
        beside.is_some_and(|container| !container.contains('/')) && it.is(entry, face)
    };
    let mut all = packed.iter().filter(is_its);
    all.next().filter(|_| all.next().is_none()).and_then(|it| it.name.strip_prefix(run)?.strip_prefix('/'))
}

/// The next file or folder; at the end a list of what could not be read, if there was any, and tar's own end.
async fn next_entry(mut walk: Walk) -> io::Result<Option<(Pieces, Walk)>> {
    if walk.is_over {
        return Ok(None);
    }
    let Some(Todo { name, entry, above }) = walk.todo.pop() else {
        let left_out = walk.left_out.list();
        let mut end = Vec::new();
        if !left_out.is_empty() {
            let text = format!("These could not be read:\n{}\n", left_out.join("\n"));
            end = header("LEFT-OUT.txt", &Entry { size: text.len() as u64, mode: 0o100_644, ..Entry::default() })?;
            end.extend_from_slice(text.as_bytes());
            end.resize(end.len().next_multiple_of(BLOCK as usize), 0);
        }
        end.extend_from_slice(&[0; 2 * BLOCK as usize]);
        return Ok(Some((one(end), Walk { is_over: true, ..walk })));
    };
    if entry.is_folder {
        let listed = walk.source.list(&entry.path).await;
        let face = listed.as_ref().map_or(0, |entries| face(entries));
        if let Some(twin) = twin(&walk.packed, &name, &entry, face) {
            return Ok(Some((one(link(&name, &format!("../{twin}"), &entry)?), walk)));
        }
        if name.contains("/containers/") {
            walk.packed.push(Packed { name: name.clone(), entry: entry.clone(), face });
        }
        match listed {
            Ok(entries) if !entries.is_empty() && above.contains(&face) => {
                walk.left_out.note(format!("{} (it leads to a folder above)", entry.path));
            }
            Ok(entries) if above.len() <= DEEPEST => push(&mut walk.todo, &name, entries, above),
            Ok(_) => walk.left_out.note(format!("{} (too deep)", entry.path)),
            Err(why) => walk.left_out.note(format!("{} ({why})", entry.path)),
        }
        let head = header(&format!("{name}/"), &Entry { size: 0, ..entry })?;
        return Ok(Some((one(head), walk)));
    }
    // Whether it can be read is known only by reading; its header cannot be taken back.
    let size = match walk.source.read(&entry.path, 0, 0).await {
        Ok(told) => told.size,
        Err(why) => {
            walk.left_out.note(format!("{} ({why})", entry.path));
            return Ok(Some((one(Vec::new()), walk)));
        }
    };
    let padding = vec![0; (size.next_multiple_of(BLOCK) - size) as usize];
    let head = header(&name, &Entry { size, ..entry.clone() })?;
    let bytes = filled(walk.source.file(entry.path.clone(), size), size, entry.path, walk.left_out.clone());
    Ok(Some((one(head).chain(bytes).chain(one(padding)).boxed(), walk)))
}

/// A file that is cut meanwhile is filled up with zeros, since its length is told already, and named at the end.
fn filled(bytes: Pieces, size: u64, path: String, left_out: LeftOut) -> Pieces {
    let next = move |(mut bytes, left, is_whole): (Pieces, u64, bool)| {
        let (path, left_out) = (path.clone(), left_out.clone());
        async move {
            let piece = if is_whole && left > 0 { bytes.next().await } else { None };
            if let Some(Ok(piece)) = piece {
                let left = left.saturating_sub(piece.len() as u64);
                return Some((Ok(piece), (bytes, left, true)));
            }
            if left == 0 {
                return None;
            }
            if let Some(Err(why)) = piece {
                left_out.note(format!("{path}, the last {left} bytes, which are zeros here ({why})"));
            }
            let length = left.min(WINDOW);
            Some((Ok(vec![0; length as usize].into()), (bytes, left - length, false)))
        }
    };
    stream::unfold((bytes, size, true), next).boxed()
}

fn one(bytes: Vec<u8>) -> Pieces {
    stream::once(async move { Ok(bytes.into()) }).boxed()
}

/// The blocks before an entry's bytes; long names take more than one.
fn header(name: &str, entry: &Entry) -> io::Result<Vec<u8>> {
    let mut header = tar::Header::new_gnu();
    header.set_size(entry.size);
    header.set_mode(u32::try_from(entry.mode & 0o7777).unwrap_or(0o644));
    header.set_mtime(entry.modified.map_or(0, |at| u64::try_from(at.0 / 1_000_000_000).unwrap_or(0)));
    header.set_entry_type(if name.ends_with('/') { tar::EntryType::Directory } else { tar::EntryType::Regular });
    // Names come from Mesos: what would leave the folder that is unpacked into is taken out of them.
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_data(&mut header, inside(name), io::empty())?;
    Ok(std::mem::take(builder.get_mut()))
}

fn inside(name: &str) -> String {
    name.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect::<Vec<_>>().join("/")
}

/// A link in the archive to what stands in it already, from the folder that it is in.
fn link(name: &str, to: &str, entry: &Entry) -> io::Result<Vec<u8>> {
    let mut header = tar::Header::new_gnu();
    header.set_size(0);
    header.set_mode(0o777);
    header.set_mtime(entry.modified.map_or(0, |at| u64::try_from(at.0 / 1_000_000_000).unwrap_or(0)));
    header.set_entry_type(tar::EntryType::Symlink);
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_link(&mut header, inside(name), to)?;
    Ok(std::mem::take(builder.get_mut()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tasks_folder_is_that_of_its_container() {
        let entry = |modified: i64| Entry {
            is_folder: true,
            modified: Some(mesoscope::units::Timestamp(modified)),
            ..Entry::default()
        };
        let packed =
            |name: &str, modified: i64, face: u64| Packed { name: name.to_owned(), entry: entry(modified), face };
        let all =
            [packed("run/containers/c1", 5, 1), packed("run/containers/c2", 6, 1), packed("run/containers/c1/x", 7, 1)];
        assert_eq!(twin(&all, "run/tasks/t", &entry(6), 1), Some("containers/c2"));
        assert_eq!(twin(&all, "run/tasks/t", &entry(6), 2), None, "it holds something else");
        assert_eq!(twin(&all, "run/tasks/t", &entry(7), 1), None, "what is inside a container is no task's");
        assert_eq!(twin(&all, "run/other/t", &entry(6), 1), None);
        assert_eq!(twin(&all, "else/tasks/t", &entry(6), 1), None);
        let two = [packed("run/containers/c1", 5, 1), packed("run/containers/c2", 5, 1)];
        assert_eq!(twin(&two, "run/tasks/t", &entry(5), 1), None, "it may be either");
    }

    #[test]
    fn a_link_in_a_tar_leads_to_what_is_in_it() {
        let mut bytes = link("run/tasks/../t", "../containers/c", &Entry::default()).expect("a header");
        bytes.extend([0; 1024]);
        let mut archive = tar::Archive::new(bytes.as_slice());
        let entry = archive.entries().expect("a tar").next().expect("an entry").expect("it is whole");
        assert_eq!(entry.path().expect("a path").display().to_string(), "run/tasks/t");
        assert_eq!(
            entry.link_name().expect("a link").map(|to| to.display().to_string()).as_deref(),
            Some("../containers/c")
        );
    }
}
