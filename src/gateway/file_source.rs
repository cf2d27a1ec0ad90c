//! Where a download's bytes come from: listings and windows of files, of one agent or of the master. Packs nothing.

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

/// Windows that are asked for at a time.
const ABREAST: usize = 4;
/// Bytes of a listing: one of some hundred thousand files.
const LISTING: usize = 256 << 20;
/// Bytes of a refusal.
const REFUSAL: usize = 64 << 10;
/// So many symbolic links Linux follows on one path.
const MOST_LINKS: usize = 40;
/// Bytes of the largest window: 64 KiB in base64, and what is around them.
const ANSWER: usize = 1 << 20;
/// So long an agent may take for a window, and so often it is asked again for one that did not come.
const PATIENCE: Duration = Duration::from_secs(30);
const TRIES: u32 = 4;
/// Bytes of a file's start that are read again before its last window is given: of another file they are others.
const HEAD: u64 = 256;
/// No disk has a larger file.
const LARGEST: u64 = 1 << 50;

pub type ByteStream = BoxStream<'static, io::Result<Bytes>>;

/// What a path leads to.
pub enum PathKind {
    File(RegularFile, u64),
    Folder(Vec<DirEntry>),
}

/// Why there is nothing to download.
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
            // 404 would say that nobody here gives downloads.
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

    /// Nothing that can be listed has this path; what is elsewhere may be there all the same.
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

/// An agent or the master, asked with the caller's credentials.
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

    /// The answer, whatever its status.
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

    /// What a path leads to, by the listing of the folder that it is in: nothing else says whether it may be opened.
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
        // A sandbox's own folder is in no listing.
        match self.list(path).await? {
            entries if entries.is_empty() && !self.is_folder(path).await? => Err(absent),
            entries => Ok(PathKind::Folder(entries)),
        }
    }

    async fn file_kind(&self, file: RegularFile) -> Result<PathKind, NotDownloadable> {
        let size = self.size(&file).await?;
        Ok(PathKind::File(file, size))
    }

    /// Whether there is a folder; asks for nothing that is in it.
    pub async fn is_folder(&self, path: &str) -> Result<bool, NotDownloadable> {
        Ok(self.folder_refusal(path).await? == Some(PathRefusal::Directory))
    }

    /// Whether a folder's path ends with a symbolic link to a folder beside it. Such a link has the parent that its target has; but
    /// who goes through it again and again is refused.
    pub async fn is_link_beside(&self, path: &str) -> Result<bool, NotDownloadable> {
        let round = format!("/../{}", files::entry::base_name(path)).repeat(MOST_LINKS);
        Ok(self.folder_refusal(&format!("{path}{round}")).await? == Some(PathRefusal::Links))
    }

    /// Why the folder at a path is refused as a file; `None` if the answer is another.
    async fn folder_refusal(&self, path: &str) -> Result<Option<PathRefusal>, NotDownloadable> {
        let Some(probe) = ReadFile::folder_probe(path) else { return Ok(None) };
        let answer = self.ask(&probe).await?;
        match answer.status() {
            // The words end with the reason; before it they quote the path, however long.
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

    /// Just the bytes that it has now; should it be cut or rotated meanwhile, the download breaks off rather than lie.
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
                // Once all bytes are given, nobody can be reported any more.
                if offset + length == size && source.whole(&file, 0, head.len() as u64, size).await? != head {
                    return Err(io::Error::other("another file came in its place"));
                }
                Ok(bytes)
            }
        };
        stream::iter(windows).map(window).buffered(ABREAST).boxed()
    }

    /// Of a file that is at least `size` long, these bytes.
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

    /// One window; an agent that is away for a moment ends no download of hours.
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
