//! Reads listings and file windows from one agent or from the master, for downloads. Packs nothing.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use axum::http::{Response, StatusCode};
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use mesoscope_core::files;
use mesoscope_core::files::WINDOW;
use mesoscope_core::files::directory::Directory;
use mesoscope_core::files::entry::DirEntry;
use mesoscope_core::files::followed_file::ReadReply;
use mesoscope_core::files::listing_parser::ListingParser;
use mesoscope_core::mesos::calls::files::{ListFiles, ReadFile, RegularFile};
use mesoscope_core::mesos::calls::{self, Call, Target};
use mesoscope_core::mesos::error_text::{PathRefusal, path_refusal};
use mesoscope_core::mesos::wire;
use mesoscope_core::text::objects::file_kind;

use crate::access::PermittedCall;
use crate::proxy::call_agent;
use crate::state::SharedState;
use crate::text_responses::plain;
use crate::upstream::UpstreamCall;

/// Maximum concurrent window reads per file.
const ABREAST: usize = 4;
/// Maximum bytes of a listing, enough for some hundred thousand files.
const LISTING: usize = 256 << 20;
/// Maximum bytes of a refusal.
const REFUSAL: usize = 64 << 10;
/// Maximum number of symbolic links that Linux follows in one path.
const MOST_LINKS: usize = 40;
/// Maximum bytes of a window's answer. The largest window is 64 KiB in base64 plus its envelope.
const ANSWER: usize = 1 << 20;
/// Timeout of one window read.
const PATIENCE: Duration = Duration::from_secs(30);
/// Maximum attempts to read one window.
const TRIES: u32 = 4;
/// Bytes at the start of a file that are read again before the last window. A difference reveals a replaced file.
const HEAD: u64 = 256;
/// Maximum plausible file size in bytes; no disk holds a larger file.
const LARGEST: u64 = 1 << 50;

pub type ByteStream = BoxStream<'static, io::Result<Bytes>>;

/// What a path points to: a file with its size in bytes, or a folder's entries.
pub enum PathKind {
    File(RegularFile, u64),
    Folder(Vec<DirEntry>),
}

/// Why a path cannot be downloaded.
#[derive(Debug, thiserror::Error)]
pub enum NotDownloadable {
    #[error("{1}")]
    ByMesos(StatusCode, String),
    #[error("{0}")]
    Unread(String),
    #[error("It is a {0}, and was not opened: to read one can block the file service of a whole agent.")]
    NotRegular(&'static str),
    #[error("A path has no NUL character: Mesos would open what is named before it.")]
    Nul,
    #[error("Its size, {0} bytes, cannot be true.")]
    Size(u64),
}

impl NotDownloadable {
    pub fn answer(self) -> Response<Body> {
        let words = self.to_string();
        match self {
            // 404 would mean that this server has no download route.
            NotDownloadable::ByMesos(StatusCode::NOT_FOUND, _) => {
                let words = if words.is_empty() { "Nothing is there under that path.".to_owned() } else { words };
                plain(StatusCode::GONE, words)
            }
            NotDownloadable::ByMesos(status, _) => {
                plain(status, if words.is_empty() { status.to_string() } else { words })
            }
            NotDownloadable::Unread(_) | NotDownloadable::Size(_) => plain(StatusCode::BAD_GATEWAY, words),
            NotDownloadable::Nul => plain(StatusCode::BAD_REQUEST, words),
            NotDownloadable::NotRegular(_) => plain(StatusCode::UNPROCESSABLE_ENTITY, words),
        }
    }

    /// Returns true if the listing found no such path. The path may still exist: a sandbox's own folder is in no listing.
    fn is_absent(&self) -> bool {
        matches!(self, NotDownloadable::ByMesos(StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST, _))
    }
}

async fn words(answer: Response<Incoming>) -> Result<Bytes, NotDownloadable> {
    collected(answer, REFUSAL).await
}

fn refused(status: StatusCode, words: &[u8]) -> NotDownloadable {
    NotDownloadable::ByMesos(status, calls::refusal(status.as_u16(), words).words)
}

fn without_nul(path: &str) -> Result<(), NotDownloadable> {
    if path.contains('\0') { Err(NotDownloadable::Nul) } else { Ok(()) }
}

/// An agent or the master, with the caller's credentials.
#[derive(Clone)]
pub struct FileSource {
    pub app: SharedState,
    pub target: Target,
    pub headers: HeaderMap,
}

impl FileSource {
    async fn send<C: Call>(&self, call: &C) -> Result<Response<Incoming>, NotDownloadable> {
        let answer = self.ask(call).await?;
        if answer.status() == StatusCode::OK {
            Ok(answer)
        } else {
            Err(refused(answer.status(), &words(answer).await?))
        }
    }

    /// Sends a call and returns the answer, whatever its status.
    async fn ask<C: Call>(&self, call: &C) -> Result<Response<Incoming>, NotDownloadable> {
        let mut headers = self.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(calls::CONTENT_TYPE));
        headers.insert(ACCEPT, HeaderValue::from_static(calls::CONTENT_TYPE));
        let ask = UpstreamCall { headers, call: PermittedCall::read(call) };
        let unread = |words: String| NotDownloadable::Unread(words);
        match &self.target {
            Target::Master => Ok(self.app.masters.call(&ask).await.map_err(|error| unread(error.to_string()))?.answer),
            Target::Agent(id) => {
                call_agent(&self.app, id.as_str(), &ask).await.map_err(|error| unread(error.to_string()))
            }
        }
    }

    /// Returns what a path points to, from the listing of its parent folder. Only a listing shows whether a path is safe to open.
    pub async fn kind(&self, path: &str) -> Result<PathKind, NotDownloadable> {
        without_nul(path)?;
        if let Some(log) = RegularFile::log(path) {
            return self.file_kind(log).await;
        }
        let listed = match files::entry::parent(path) {
            Some(above) => self.list(above).await,
            None => Ok(Vec::new()),
        };
        let name = files::entry::base_name(path);
        let absent = match listed {
            Ok(entries) => match entries.into_iter().find(|entry| entry.name == name) {
                Some(entry) if entry.is_folder => return self.list(path).await.map(PathKind::Folder),
                Some(entry) => {
                    let file = entry.regular_file_at(path);
                    return self.file_kind(file.map_err(|kind| NotDownloadable::NotRegular(file_kind(kind)))?).await;
                }
                None => NotDownloadable::ByMesos(StatusCode::NOT_FOUND, String::new()),
            },
            Err(refused) if refused.is_absent() => refused,
            Err(refused) => return Err(refused),
        };
        // No listing contains a sandbox's own folder.
        match self.list(path).await? {
            entries if entries.is_empty() && !self.is_folder(path).await? => Err(absent),
            entries => Ok(PathKind::Folder(entries)),
        }
    }

    async fn file_kind(&self, file: RegularFile) -> Result<PathKind, NotDownloadable> {
        let size = self.size(&file).await?;
        Ok(PathKind::File(file, size))
    }

    /// Returns true if the folder exists. Reads none of its contents.
    pub async fn is_folder(&self, path: &str) -> Result<bool, NotDownloadable> {
        Ok(self.folder_refusal(path).await? == Some(PathRefusal::Directory))
    }

    /// Returns true if a folder's path ends with a symbolic link to a sibling folder. Such a link has the same parent as its
    /// target, so repeating it in the path exceeds the kernel's limit.
    pub async fn is_link_beside(&self, path: &str) -> Result<bool, NotDownloadable> {
        let round = format!("/../{}", files::entry::base_name(path)).repeat(MOST_LINKS);
        Ok(self.folder_refusal(&format!("{path}{round}")).await? == Some(PathRefusal::Links))
    }

    /// Returns why Mesos refuses to read the folder as a file; `None` for any other answer.
    async fn folder_refusal(&self, path: &str) -> Result<Option<PathRefusal>, NotDownloadable> {
        let Some(probe) = ReadFile::folder_probe(path) else { return Ok(None) };
        let answer = self.ask(&probe).await?;
        match answer.status() {
            // The reason comes last, after the quoted path, which may be long.
            status @ StatusCode::BAD_REQUEST => {
                let words = words(answer).await?;
                Ok(Some(path_refusal(status.as_u16(), &String::from_utf8_lossy(&words))))
            }
            StatusCode::OK | StatusCode::NOT_FOUND => Ok(None),
            status => Err(refused(status, &words(answer).await?)),
        }
    }

    pub async fn size(&self, file: &RegularFile) -> Result<u64, NotDownloadable> {
        match self.read(file, 0, 0).await?.size {
            size if size > LARGEST => Err(NotDownloadable::Size(size)),
            size => Ok(size),
        }
    }

    async fn read(&self, file: &RegularFile, offset: u64, length: u64) -> Result<ReadReply, NotDownloadable> {
        let body = collected(self.send(&ReadFile::window(file, offset, length)).await?, ANSWER).await?;
        files::answer::reported(&wire::decode_lossy::decode_lossy(&body))
            .map_err(|error| NotDownloadable::Unread(error.to_string()))
    }

    pub async fn list(&self, path: &str) -> Result<Vec<DirEntry>, NotDownloadable> {
        without_nul(path)?;
        let mut body = Limited::new(self.send(&ListFiles { path: path.to_owned() }).await?.into_body(), LISTING);
        let mut gathering = ListingParser::default();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| NotDownloadable::Unread(format!("The answer broke off: {error}.")))?;
            gathering.feed(&frame.into_data().unwrap_or_default());
        }
        gathering.finish().map(Directory::into_entries).map_err(|error| NotDownloadable::Unread(error.to_string()))
    }

    /// Streams exactly the `size` bytes that the file has now. Fails the download if the file is truncated or rotated meanwhile.
    pub fn file(&self, file: RegularFile, size: u64) -> ByteStream {
        let source = self.clone();
        let whole = async move {
            let head = source.whole(&file, 0, HEAD.min(size), size).await?;
            Ok::<_, io::Error>(source.rest(file, size, head))
        };
        stream::once(whole).try_flatten().boxed()
    }

    fn rest(&self, file: RegularFile, size: u64, head: Bytes) -> ByteStream {
        let windows = (0..size.div_ceil(WINDOW)).map(move |nth| (nth * WINDOW, WINDOW.min(size - nth * WINDOW)));
        let source = self.clone();
        let window = move |(offset, length): (u64, u64)| {
            let (source, file, head) = (source.clone(), file.clone(), head.clone());
            async move {
                let bytes = source.whole(&file, offset, length, size).await?;
                // After the last byte, an error can no longer reach the client.
                if offset + length == size && source.whole(&file, 0, head.len() as u64, size).await? != head {
                    return Err(io::Error::other("another file came in its place"));
                }
                Ok(bytes)
            }
        };
        stream::iter(windows).map(window).buffered(ABREAST).boxed()
    }

    /// Reads `length` bytes at `offset`. Fails if the file has become shorter than `size` bytes.
    async fn whole(&self, file: &RegularFile, offset: u64, length: u64, size: u64) -> io::Result<Bytes> {
        let mut bytes = Vec::with_capacity(length as usize);
        while (bytes.len() as u64) < length {
            let reported = self.again(file, offset + bytes.len() as u64, length - bytes.len() as u64).await?;
            if reported.bytes.is_empty() || reported.size < size {
                return Err(io::Error::other("the file became shorter"));
            }
            bytes.extend_from_slice(&reported.bytes);
        }
        bytes.truncate(length as usize);
        Ok(bytes.into())
    }

    /// Reads one window and retries with backoff, so that a short outage of an agent does not fail a long download. Refusals by
    /// Mesos are not retried.
    async fn again(&self, file: &RegularFile, offset: u64, length: u64) -> io::Result<ReadReply> {
        let mut tries = 0;
        loop {
            tries += 1;
            let read = tokio::time::timeout(PATIENCE, self.read(file, offset, length)).await;
            let why = match read {
                Ok(Ok(reported)) => return Ok(reported),
                Ok(Err(why @ NotDownloadable::ByMesos(..))) => return Err(io::Error::other(why.to_string())),
                Ok(Err(why)) => why.to_string(),
                Err(_) => format!("no answer within {} seconds", PATIENCE.as_secs()),
            };
            if tries >= TRIES {
                return Err(io::Error::other(why));
            }
            tokio::time::sleep(Duration::from_secs(1 << tries)).await;
        }
    }
}

async fn collected(answer: Response<Incoming>, most: usize) -> Result<Bytes, NotDownloadable> {
    let body = Limited::new(answer.into_body(), most).collect().await;
    Ok(body.map_err(|error| NotDownloadable::Unread(format!("The answer broke off: {error}.")))?.to_bytes())
}
