//! Directory listings, cached for a moment: they identify regular files, and only those are read.
//!
//! Mesos opens what READ_FILE names and waits: a named pipe without a writer blocks all files of that agent. So each path is looked
//! up in its folder's listing first, and again whenever reading restarts. A pipe that replaces a file between two polls is not
//! noticed: READ_FILE cannot request the type.

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
use crate::worker_link::WorkerLink;

/// Bytes of a listing parsed per slice.
const PIECE: usize = 128 << 10;
/// Maximum number of cached listings.
const MOST: usize = 8;
/// Lifetime of a cached listing.
const CACHE_TTL: Nanoseconds = Nanoseconds::from_secs(30);

/// Type of a directory entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EntryType {
    /// Regular file with its size in bytes.
    File(RegularFile, u64),
    Folder,
}

/// Whether a cached listing is acceptable.
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

/// Lists a folder; concurrent requests for it are shared.
pub(crate) async fn list(link: WorkerLink, target: &Target, folder: &str, listing: CachePolicy) -> Listed {
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

/// Requests a listing and parses it in slices: hundreds of thousands of entries would block the page.
async fn ask(link: WorkerLink, target: Target, folder: String) -> Listed {
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

/// Looks a path up in listings alone; nothing is opened. The size is the listing's, 0 for a log.
pub(crate) async fn lookup(
    link: WorkerLink,
    target: &Target,
    path: &str,
    listing: CachePolicy,
) -> Result<EntryType, ApiError> {
    if let Some(log) = RegularFile::log(path) {
        return Ok(EntryType::File(log, 0));
    }
    let is_root = files::entry::Owner::of(path).is_some_and(|owner| owner.root == path.trim_end_matches('/').len());
    let parent = files::entry::parent(path).filter(|_| !is_root);
    let listed = match parent {
        Some(parent) => list(link, target, parent, listing).await.map(Some),
        None => Ok(None),
    };
    let leads = match listed {
        Ok(Some(folder)) => folder.leads(path),
        // Mesos lists nothing above an attached path, such as a sandbox; the path itself is a folder.
        Ok(None) => PathTarget::Folder,
        Err(why) if is_absent(&why) => PathTarget::Folder,
        Err(why) => return Err(why),
    };
    match leads {
        PathTarget::File(file, size) => Ok(EntryType::File(file, size)),
        PathTarget::Folder => list(link, target, path, listing).await.map(|_| EntryType::Folder),
        PathTarget::Other(kind) => Err(ApiError::NotRegularFile(kind)),
        PathTarget::Nothing => Err(ApiError::Refused(Refusal { status: 404, words: String::new() })),
    }
}

/// Looks a path up and checks that a file is readable now.
pub(crate) async fn kind(link: WorkerLink, target: Target, path: String) -> Result<EntryType, ApiError> {
    let EntryType::File(file, _) = lookup(link, &target, &path, CachePolicy::Fresh).await? else {
        return Ok(EntryType::Folder);
    };
    let body = ApiRequest::new(&ReadFile::window(&file, 0, 0), target).ask(link).await?;
    let reported = files::answer::reported(&body).map_err(|why| ApiError::BadAnswer(why.to_string()))?;
    Ok(EntryType::File(file, reported.size))
}

/// Looks up a regular file that is safe to read.
pub(crate) async fn find_regular_file(
    link: WorkerLink,
    target: &Target,
    path: &str,
    listing: CachePolicy,
) -> Result<RegularFile, ApiError> {
    match lookup(link, target, path, listing).await? {
        EntryType::File(file, _) => Ok(file),
        EntryType::Folder => Err(ApiError::NotRegularFile(FileKind::Directory)),
    }
}

/// Parent folder of a path; `None` for a log, which Mesos attaches without one.
pub(crate) fn folder_of(path: &str) -> Option<&str> {
    files::entry::parent(path).filter(|_| !is_mesos_log(path))
}

/// Root of an agent's sandboxes.
pub(crate) async fn work_dir(link: WorkerLink, agent: &Target) -> Result<String, ApiError> {
    let flags = ApiRequest::new(&GetFlags, agent.clone()).ask(link).await?;
    let work_dir = agent_api::flags(&flags).into_iter().find(|(name, _)| name == "work_dir").map(|(_, value)| value);
    work_dir.ok_or(ApiError::BadAnswer("the agent reports no --work_dir".to_owned()))
}

/// Finds the path below the agent's `--work_dir` for a virtual path that is missing: agents before Mesos 1.5 have no virtual paths.
pub(crate) async fn find_real_path(link: WorkerLink, target: &Target, path: &str) -> Option<String> {
    let Target::Agent(agent) = target else { return None };
    files::entry::real_path("", agent, path)?;
    let path = files::entry::real_path(&work_dir(link, target).await.ok()?, agent, path)?;
    lookup(link, target, &path, CachePolicy::Fresh).await.is_ok().then_some(path)
}

/// Whether the path does not exist: Mesos sends an empty 404.
pub(crate) fn is_absent(why: &ApiError) -> bool {
    matches!(why, ApiError::Refused(Refusal { status: 404, words }) if words.is_empty())
}

/// Whether the path is Mesos' own log, which no folder contains.
pub(crate) fn is_mesos_log(path: &str) -> bool {
    matches!(path, "/slave/log" | "/master/log")
}
