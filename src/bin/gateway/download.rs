//! `POST /download` announces a download and gets a ticket; `GET /download/<ticket>` streams it: a file by windows of READ_FILE,
//! a folder as tar. Holds a few windows at a time, never a file.

use std::io;
use std::time::Instant;

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
use mesoscope::file::{self, Entry, Told, WINDOW};
use mesoscope::ids::AgentId;
use mesoscope::wire;

use crate::app::Shared;
use crate::proxy::ask_agent;
use crate::tickets::Ticket;
use crate::upstream::Ask;
use crate::words::plain;

/// Windows that are asked for at a time.
const ABREAST: usize = 4;
/// A listing of some hundred thousand files.
const ANSWER: usize = 256 << 20;
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
    let source = Source { app, target, headers };
    let name = file::base_name(&path).to_owned();
    match source.kind(&path).await {
        Ok(Kind::File(size)) => attachment(&name, Some(size), source.file(path, size)),
        Ok(Kind::Folder(entries)) => attachment(&format!("{name}.tar"), None, source.tar(name, entries)),
        Err(refusal) => refusal.answer(),
    }
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
        let ask = Ask { headers, body: api::request(call).into() };
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
        file::listed(&body).map_err(|error| Refused::Unread(error.to_string()))
    }

    /// Just the bytes that it has now; should it be cut meanwhile, the download breaks off rather than lie.
    fn file(&self, path: String, size: u64) -> BoxStream<'static, io::Result<Bytes>> {
        let windows = (0..size.div_ceil(WINDOW)).map(move |nth| (nth * WINDOW, WINDOW.min(size - nth * WINDOW)));
        let source = self.clone();
        let window = move |(offset, length): (u64, u64)| {
            let (source, path) = (source.clone(), path.clone());
            async move { source.whole(&path, offset, length).await }
        };
        stream::iter(windows).map(window).buffered(ABREAST).boxed()
    }

    async fn whole(&self, path: &str, offset: u64, length: u64) -> io::Result<Bytes> {
        let mut bytes = Vec::with_capacity(length as usize);
        while (bytes.len() as u64) < length {
            let read = self.read(path, offset + bytes.len() as u64, length - bytes.len() as u64).await;
            let told = read.map_err(|error| io::Error::other(error.to_string()))?;
            if told.bytes.is_empty() {
                return Err(io::Error::other("the file became shorter"));
            }
            bytes.extend_from_slice(&told.bytes);
        }
        bytes.truncate(length as usize);
        Ok(bytes.into())
    }

    /// All below a folder, each file as long as it was when it was listed.
    fn tar(&self, name: String, entries: Vec<Entry>) -> BoxStream<'static, io::Result<Bytes>> {
        let mut todo: Vec<(String, Entry, usize)> = Vec::new();
        push(&mut todo, &name, entries, 0);
        let walk = stream::try_unfold((self.clone(), todo, Some(Vec::<String>::new())), next_entry);
        walk.try_flatten().boxed()
    }
}

type Walk = (Source, Vec<(String, Entry, usize)>, Option<Vec<String>>);
type Pieces = BoxStream<'static, io::Result<Bytes>>;

fn push(todo: &mut Vec<(String, Entry, usize)>, folder: &str, entries: Vec<Entry>, depth: usize) {
    let named = |entry: Entry| (format!("{folder}/{}", entry.name), entry, depth);
    todo.extend(entries.into_iter().rev().map(named));
}

/// The next file or folder; at the end a list of what could not be read, if there was any, and tar's own end.
async fn next_entry((source, mut todo, left_out): Walk) -> io::Result<Option<(Pieces, Walk)>> {
    let Some(mut left_out) = left_out else { return Ok(None) };
    let Some((name, entry, depth)) = todo.pop() else {
        let mut end = Vec::new();
        if !left_out.is_empty() {
            let text = format!("These could not be read:\n{}\n", left_out.join("\n"));
            end = header("LEFT-OUT.txt", &Entry { size: text.len() as u64, mode: 0o100_644, ..Entry::default() })?;
            end.extend_from_slice(text.as_bytes());
            end.resize(end.len().next_multiple_of(BLOCK as usize), 0);
        }
        end.extend_from_slice(&[0; 2 * BLOCK as usize]);
        return Ok(Some((one(end), (source, todo, None))));
    };
    if entry.is_folder {
        match source.list(&entry.path).await {
            Ok(entries) if depth < DEEPEST => push(&mut todo, &name, entries, depth + 1),
            Ok(_) => left_out.push(format!("{} (too deep)", entry.path)),
            Err(why) => left_out.push(format!("{} ({why})", entry.path)),
        }
        let head = header(&format!("{name}/"), &Entry { size: 0, ..entry })?;
        return Ok(Some((one(head), (source, todo, Some(left_out)))));
    }
    // Whether it can be read is known only by reading; its header cannot be taken back.
    let size = match source.read(&entry.path, 0, 0).await {
        Ok(told) => told.size,
        Err(why) => {
            left_out.push(format!("{} ({why})", entry.path));
            return Ok(Some((one(Vec::new()), (source, todo, Some(left_out)))));
        }
    };
    let padding = vec![0; (size.next_multiple_of(BLOCK) - size) as usize];
    let head = header(&name, &Entry { size, ..entry.clone() })?;
    let pieces = one(head).chain(source.file(entry.path, size)).chain(one(padding)).boxed();
    Ok(Some((pieces, (source, todo, Some(left_out)))))
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
    let name: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_data(&mut header, name.join("/"), io::empty())?;
    Ok(std::mem::take(builder.get_mut()))
}
