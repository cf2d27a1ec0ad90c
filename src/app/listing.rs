//! Listings of folders, kept for a moment: they tell which paths are regular files, and nothing else is read.
//!
//! Mesos opens what READ_FILE names and waits: a named pipe without a writer stops all files of that agent. So each path is looked up
//! in the listing of its folder first, and again whenever the reading restarts. A file that is replaced by a pipe between two polls of
//! one reading is not noticed: READ_FILE cannot ask for the type.

use std::cell::RefCell;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Shared};
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::files;
use mesoscope_core::files::directory::{Directory, PathTarget};
use mesoscope_core::files::listing_parser::ListingParser;
use mesoscope_core::mesos::calls::files::{FileKind, ListFiles, ReadFile, RegularFile};
use mesoscope_core::mesos::calls::process::GetFlags;
use mesoscope_core::mesos::calls::{Refusal, Target};
use mesoscope_core::mesos::wire::agent_api;

use crate::api_client::{ApiError, ApiRequest, yield_to_browser};
use crate::hooks::now;
use crate::link::Link;

/// Bytes of a listing that are read at a time.
const PIECE: usize = 128 << 10;
/// Listings that are kept.
const MOST: usize = 8;
/// A listing is used for so long.
const CACHE_TTL: Nanoseconds = Nanoseconds::from_secs(30);

/// A file, or a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// With its size in bytes.
    File(RegularFile, u64),
    Folder,
}

/// Whether a kept listing will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CachePolicy {
    Cached,
    Fresh,
}

type Listed = Result<Arc<Directory>, ApiError>;

struct CachedListing {
    target: Target,
    folder: String,
    at: Timestamp,
    listed: Shared<LocalBoxFuture<'static, Listed>>,
}

thread_local! {
    static KEPT: RefCell<Vec<CachedListing>> = const { RefCell::new(Vec::new()) };
}

/// What a folder holds. Questions about the same folder at the same time are one question.
pub(crate) async fn list(link: Link, target: &Target, folder: &str, listing: CachePolicy) -> Listed {
    let folder = match folder.trim_end_matches('/') {
        "" => "/",
        folder => folder,
    };
    let kept = KEPT.with_borrow_mut(|kept| {
        kept.retain(|one| now().since(one.at) < CACHE_TTL && !matches!(one.listed.peek(), Some(Err(_))));
        let is_it = |one: &CachedListing| one.target == *target && one.folder == folder;
        let is_asked = |one: &CachedListing| listing == CachePolicy::Cached || one.listed.peek().is_none();
        let nth = kept.iter().position(is_it).filter(|nth| kept.get(*nth).is_some_and(is_asked));
        if let Some(one) = nth.and_then(|nth| kept.get(nth)) {
            return one.listed.clone();
        }
        kept.retain(|one| !is_it(one));
        kept.truncate(MOST - 1);
        let listed = ask(link, target.clone(), folder.to_owned()).boxed_local().shared();
        let new =
            CachedListing { target: target.clone(), folder: folder.to_owned(), at: now(), listed: listed.clone() };
        kept.insert(0, new);
        listed
    });
    kept.await
}

/// Reads a listing in parts: one with hundreds of thousands of entries would hold up the page.
async fn ask(link: Link, target: Target, folder: String) -> Listed {
    let bytes = ApiRequest::new(&ListFiles { path: folder }, target).patient().ask_bytes(link).await?;
    let mut gathering = ListingParser::default();
    for piece in bytes.chunks(PIECE) {
        gathering.feed(piece);
        if bytes.len() > PIECE {
            yield_to_browser().await;
        }
    }
    gathering.finish().map(Arc::new).map_err(|why| ApiError::BadAnswer(why.to_string()))
}

/// What a path leads to, by listings alone: nothing is opened. The size is that of the listing; of a log, which has none, it is 0.
pub(crate) async fn lookup(link: Link, target: &Target, path: &str, listing: CachePolicy) -> Result<Kind, ApiError> {
    if let Some(log) = RegularFile::log(path) {
        return Ok(Kind::File(log, 0));
    }
    let is_root = files::entry::Owner::of(path).is_some_and(|owner| owner.root == path.trim_end_matches('/').len());
    let parent = files::entry::parent(path).filter(|_| !is_root);
    let listed = match parent {
        Some(parent) => list(link, target, parent, listing).await.map(Some),
        None => Ok(None),
    };
    let leads = match listed {
        Ok(Some(folder)) => folder.leads(path),
        // Mesos lists nothing above what it shows, as above a sandbox: what is shown there is a folder.
        Ok(None) => PathTarget::Folder,
        Err(why) if is_absent(&why) => PathTarget::Folder,
        Err(why) => return Err(why),
    };
    match leads {
        PathTarget::File(file, size) => Ok(Kind::File(file, size)),
        PathTarget::Folder => list(link, target, path, listing).await.map(|_| Kind::Folder),
        PathTarget::Other(kind) => Err(ApiError::NotRegularFile(kind)),
        PathTarget::Nothing => Err(ApiError::Refused(Refusal { status: 404, words: String::new() })),
    }
}

/// What a path leads to; a file can be read at this moment.
pub(crate) async fn kind(link: Link, target: Target, path: String) -> Result<Kind, ApiError> {
    let Kind::File(file, _) = lookup(link, &target, &path, CachePolicy::Fresh).await? else { return Ok(Kind::Folder) };
    let body = ApiRequest::new(&ReadFile::window(&file, 0, 0), target).ask(link).await?;
    let reported = files::answer::reported(&body).map_err(|why| ApiError::BadAnswer(why.to_string()))?;
    Ok(Kind::File(file, reported.size))
}

/// The path of a regular file that may be read.
pub(crate) async fn regular_file(
    link: Link,
    target: &Target,
    path: &str,
    listing: CachePolicy,
) -> Result<RegularFile, ApiError> {
    match lookup(link, target, path, listing).await? {
        Kind::File(file, _) => Ok(file),
        Kind::Folder => Err(ApiError::NotRegularFile(FileKind::Directory)),
    }
}

/// The folder that holds what is read at a path; none of a log, which Mesos shows without one.
pub(crate) fn folder_of(path: &str) -> Option<&str> {
    files::entry::parent(path).filter(|_| !is_log(path))
}

/// The folder below which an agent keeps its sandboxes.
pub(crate) async fn work_dir(link: Link, agent: &Target) -> Result<String, ApiError> {
    let flags = ApiRequest::new(&GetFlags, agent.clone()).ask(link).await?;
    let work_dir = agent_api::flags(&flags).into_iter().find(|(name, _)| name == "work_dir").map(|(_, value)| value);
    work_dir.ok_or(ApiError::BadAnswer("the agent tells no --work_dir".to_owned()))
}

/// The path below the agent's `--work_dir` of what is not there under a virtual path, if it is there: agents before 1.5 know no virtual
/// paths.
pub(crate) async fn below_work_dir(link: Link, target: &Target, path: &str) -> Option<String> {
    let Target::Agent(agent) = target else { return None };
    files::entry::below("", agent, path)?;
    let path = files::entry::below(&work_dir(link, target).await.ok()?, agent, path)?;
    lookup(link, target, &path, CachePolicy::Fresh).await.is_ok().then_some(path)
}

/// Nothing has that path: Mesos says so without a word.
pub(crate) fn is_absent(why: &ApiError) -> bool {
    matches!(why, ApiError::Refused(Refusal { status: 404, words }) if words.is_empty())
}

/// Whether the path is that of Mesos' own log, which no folder holds.
pub(crate) fn is_log(path: &str) -> bool {
    matches!(path, "/slave/log" | "/master/log")
}
