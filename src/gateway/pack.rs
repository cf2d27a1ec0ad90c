//! Packs a folder as a tar stream: selects the entries, their order and what to omit. A file keeps the length that it had when its
//! turn came.
//!
//! Listings follow symbolic links without marking them, and entries have no identity. But Mesos resolves paths as the kernel does
//! (PROTOCOL.md, "LIST_FILES"): if `link` is a symbolic link, `folder/link/..` is not `folder`. Such paths reveal a link even if
//! its folder's contents change meanwhile. A link to a sibling folder is found by the kernel's limit on symbolic links per path.
//!
//! Links to folders are not followed, so nothing is packed twice and cycles are impossible. Links to files look like files; Mesos
//! itself does not follow links that leave the sandbox.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::future::try_join3;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use mesoscope_core::files::WINDOW;
use mesoscope_core::files::entry::DirEntry;
use mesoscope_core::text::objects::file_kind;

use crate::archive_names;
use crate::file_source::{ByteStream, FileSource, NotDownloadable};
use crate::tarball::{self, BLOCK};

/// Maximum number of files and folders in one archive.
const MOST: usize = 100_000;
/// Maximum number of entries on the list of omitted files; the rest are only counted.
const MOST_NOTES: usize = 2_000;
/// Maximum folder depth below the packed folder.
const DEEPEST: usize = 64;
/// Maximum zero padding, in bytes, for a file that shrank. A larger gap fails the archive.
const MOST_ZEROS: u64 = 1 << 30;
/// Maximum number of parent folders to probe for one path.
const HIGHEST: usize = 24;

/// Streams a folder and everything below it as tar.
pub fn tar(source: FileSource, path: &str, name: &str, entries: Vec<DirEntry>) -> ByteStream {
    let (path, name) = (path.trim_end_matches('/').to_owned(), archive_names::safe(name));
    let walk = async move {
        let levels = levels(&source, &path, HIGHEST).await.map_err(io::Error::other)?;
        let mut walk = Walk::new(source);
        let folder = Folder { path, name, levels, depth: 0 };
        walk.push(&folder, entries);
        Ok::<_, io::Error>(stream::try_unfold(walk, Walk::next).try_flatten())
    };
    stream::once(walk).try_flatten().boxed()
}

/// Returns how many parents of a folder Mesos exposes, at most `most`.
async fn levels(source: &FileSource, path: &str, most: usize) -> Result<usize, NotDownloadable> {
    let mut levels = 0;
    while levels < most && source.is_folder(&up(path, levels + 1)).await? {
        levels += 1;
    }
    Ok(levels)
}

fn up(path: &str, levels: usize) -> String {
    format!("{path}{}", "/..".repeat(levels))
}

/// A folder that is being packed.
struct Folder {
    /// Path in requests to Mesos.
    path: String,
    /// Path in the archive.
    name: String,
    /// Number of parent folders that Mesos exposes.
    levels: usize,
    /// Depth below the packed folder.
    depth: usize,
}

/// An entry to pack, with its name in the archive and its parent folder.
struct Todo {
    name: String,
    entry: DirEntry,
    within: Arc<Folder>,
}

/// What a listed folder turns out to be.
enum Place {
    Own(Folder),
    /// A task's folder: a link to the folder of one of its executor's containers.
    Container,
    /// A link to another folder.
    Elsewhere,
    Above,
}

struct Walk {
    source: FileSource,
    todo: Vec<Todo>,
    count: usize,
    left_out: LeftOut,
    /// Folders of containers; a task's folder may be a link to one of them.
    packed: Vec<Packed>,
    is_over: bool,
}

impl Walk {
    fn new(source: FileSource) -> Walk {
        Walk { source, todo: Vec::new(), count: 0, left_out: LeftOut::default(), packed: Vec::new(), is_over: false }
    }

    fn push(&mut self, folder: &Folder, entries: Vec<DirEntry>) {
        let within = Arc::new(Folder { path: folder.path.clone(), name: folder.name.clone(), ..*folder });
        let room = MOST.saturating_sub(self.count + self.todo.len());
        if entries.len() > room {
            let more = entries.len() - room;
            self.left_out.note(&folder.path, &format!("{more} of its entries: an archive has at most {MOST}"));
        }
        let mut names = archive_names::UniqueNames::default();
        let mut todo = Vec::new();
        for entry in entries.into_iter().take(room) {
            if is_within(&folder.path, &entry) {
                let name = format!("{}/{}", folder.name, names.name(&entry.name));
                todo.push(Todo { name, entry, within: within.clone() });
            } else {
                self.left_out.note(entry.path(), "it is listed in a folder that it is not in");
            }
        }
        self.todo.extend(todo.into_iter().rev());
    }

    /// Returns the next file or folder. The last item is the list of omitted entries, if any, and the end-of-archive blocks.
    async fn next(mut self) -> io::Result<Option<(ByteStream, Walk)>> {
        if self.is_over {
            return Ok(None);
        }
        let Some(todo) = self.todo.pop() else {
            self.is_over = true;
            return Ok(Some((one(tarball::end(&self.left_out.list())?), self)));
        };
        self.count += 1;
        let pieces = if todo.entry.is_folder { self.folder(todo).await? } else { self.file(todo).await? };
        Ok(Some((pieces, self)))
    }

    async fn folder(&mut self, Todo { name, entry, within }: Todo) -> io::Result<ByteStream> {
        let left_out = |walk: &Walk, why: &str| {
            walk.left_out.note(entry.path(), why);
            Ok(one(Vec::new()))
        };
        let place = match self.place(&name, &entry, &within).await {
            Ok(place) => place,
            Err(why) => return left_out(self, &why.to_string()),
        };
        let folder = match place {
            Place::Own(folder) => folder,
            Place::Container => return self.container(&name, &entry).await,
            Place::Elsewhere => return left_out(self, "a symbolic link to another folder"),
            Place::Above => return left_out(self, "a symbolic link to a folder above"),
        };
        if folder.depth > DEEPEST {
            return left_out(self, "too deep");
        }
        let entries = match self.source.list(entry.path()).await {
            Ok(entries) => entries,
            Err(why) => return left_out(self, &why.to_string()),
        };
        let twins = self.twins(&name, &entry, face(&entries));
        if !twins.is_empty() {
            return self.container_of(&name, &entry, twins).await;
        }
        if name.contains("/containers/") {
            self.packed.push(Packed { name: name.clone(), entry: entry.clone(), face: face(&entries) });
        }
        self.push(&folder, entries);
        Ok(one(tarball::header(&format!("{name}/"), 0, &entry)?))
    }

    /// Classifies a folder with a few short requests, whatever the folder contains.
    async fn place(&self, name: &str, entry: &DirEntry, within: &Folder) -> Result<Place, NotDownloadable> {
        let (source, path) = (&self.source, entry.path());
        let folder = |levels| Folder { path: path.to_owned(), name: name.to_owned(), levels, depth: within.depth + 1 };
        // `back` exists for every folder that is not a link. `highest` exists only for a folder below `within`.
        let back = format!("{path}/../{}", entry.name);
        let highest = up(path, within.levels + 1);
        let questions = try_join3(source.is_folder(&back), source.is_folder(&highest), source.is_link_beside(path));
        let (is_there, is_below, is_link_beside) = questions.await?;
        if is_link_beside {
            return Ok(Place::Elsewhere);
        }
        if is_there && is_below {
            return Ok(Place::Own(folder(within.levels + 1)));
        }
        if is_there {
            return Ok(Place::Above);
        }
        if source.is_folder(&up(path, 1)).await? {
            let is_task = is_in(&within.name, "tasks") && source.is_folder(&format!("{path}/../../containers")).await?;
            return Ok(if is_task { Place::Container } else { Place::Elsewhere });
        }
        // Mesos exposes this folder on its own (a task's volume), or it links to the top exposed folder.
        if self.leads_above(path, &within.path, &entry.name).await? {
            Ok(Place::Above)
        } else {
            Ok(Place::Own(folder(0)))
        }
    }

    /// Returns true if the folder links to an ancestor: the path from that ancestor down to the folder also exists below the
    /// folder.
    async fn leads_above(&self, path: &str, within: &str, name: &str) -> Result<bool, NotDownloadable> {
        let ends = within.rmatch_indices('/').map(|(at, _)| at).chain([within.len()]);
        let ends: BTreeSet<usize> = ends.collect();
        for end in ends.into_iter().rev().take(HIGHEST) {
            let down = within.get(end..).unwrap_or_default();
            if self.source.is_folder(&format!("{path}{down}/{name}")).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn file(&mut self, Todo { name, entry, .. }: Todo) -> io::Result<ByteStream> {
        let file = match entry.regular_file() {
            Ok(file) => file,
            Err(kind) => {
                self.left_out.note(entry.path(), &format!("a {}", file_kind(kind)));
                return Ok(one(Vec::new()));
            }
        };
        // Read access is known only after a read, and a header that was sent cannot be revoked.
        let size = match self.source.size(&file).await {
            Ok(size) => size,
            Err(why) => {
                self.left_out.note(entry.path(), &why.to_string());
                return Ok(one(Vec::new()));
            }
        };
        let padding = vec![0; (size.next_multiple_of(BLOCK) - size) as usize];
        let head = tarball::header(&name, size, &entry)?;
        let bytes = filled(self.source.file(file, size), size, entry.path().to_owned(), self.left_out.clone());
        Ok(one(head).chain(bytes).chain(one(padding)).boxed())
    }

    async fn container(&mut self, name: &str, entry: &DirEntry) -> io::Result<ByteStream> {
        let face = self.source.list(entry.path()).await.map_or(0, |entries| face(&entries));
        let mut twins = self.twins(name, entry, face);
        if twins.is_empty() {
            // The contents have changed since the container was packed.
            twins = self.twins_that(name, |_| true);
        }
        self.container_of(name, entry, twins).await
    }

    /// Writes an archive link from a task's folder to its packed container folder. Among several candidates, only one whose full
    /// listing matches is used.
    async fn container_of(&mut self, name: &str, entry: &DirEntry, mut twins: Vec<usize>) -> io::Result<ByteStream> {
        if twins.len() > 1
            && let Ok(its) = self.source.list(entry.path()).await
        {
            let mut same = Vec::new();
            for twin in &twins {
                let Some(packed) = self.packed.get(*twin) else { continue };
                let theirs = self.source.list(packed.entry.path()).await.unwrap_or_default();
                if looks(&theirs) == looks(&its) {
                    same.push(*twin);
                }
            }
            twins = same;
        }
        let mut found = twins.iter().filter_map(|twin| self.packed.get(*twin));
        if let (Some(packed), None) = (found.next(), found.next())
            && let Some(to) = packed.name.rsplit('/').next()
        {
            return Ok(one(tarball::link(name, &format!("../containers/{to}"), entry)?));
        }
        self.left_out.note(
            entry.path(),
            "a symbolic link to one of the containers’ folders, which are packed; to which, cannot be told",
        );
        Ok(one(Vec::new()))
    }

    /// Returns the packed containers of the same executor that match this task's folder. Mesos' default executor makes `tasks/ID` a
    /// link to `containers/ID` (PROTOCOL.md, "Sandboxes").
    fn twins(&self, name: &str, entry: &DirEntry, face: u64) -> Vec<usize> {
        self.twins_that(name, |packed| packed.is(entry, face))
    }

    fn twins_that(&self, name: &str, is_meant: impl Fn(&Packed) -> bool) -> Vec<usize> {
        let all = self.packed.iter().enumerate();
        all.filter(|(_, packed)| is_beside(&packed.name, name) && is_meant(packed)).map(|(nth, _)| nth).collect()
    }
}

/// A packed container folder: its name in the archive, its own metadata, and a hash of its contents.
struct Packed {
    name: String,
    entry: DirEntry,
    face: u64,
}

impl Packed {
    fn is(&self, entry: &DirEntry, face: u64) -> bool {
        let of = |it: &DirEntry| (it.modified, it.mode(), it.links, it.size, it.owner.clone(), it.group.clone());
        self.face == face && of(&self.entry) == of(entry)
    }
}

/// Returns true if the paths are `run/containers/ID` and `run/tasks/ID` for the same `run`.
fn is_beside(container: &str, task: &str) -> bool {
    let run = |name: &str, kind: &str| {
        let (folder, _) = name.rsplit_once('/')?;
        folder.strip_suffix(kind)?.strip_suffix('/').map(str::to_owned)
    };
    let (container, task) = (run(container, "containers"), run(task, "tasks"));
    container.is_some() && container == task
}

fn is_in(folder: &str, name: &str) -> bool {
    folder.rsplit('/').next() == Some(name)
}

/// Returns true if the entry is directly in the folder. Mesos lists each entry as the folder's path, a slash and a name.
fn is_within(folder: &str, entry: &DirEntry) -> bool {
    let name = entry.path().strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
    name == Some(entry.name.as_str()) && !matches!(entry.name.as_str(), "" | "." | ".." | "/")
}

/// Hashes a folder's contents without the sizes and times of files, since files may be written meanwhile.
fn face(entries: &[DirEntry]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for entry in entries {
        let modified = entry.modified.filter(|_| entry.is_folder).map(|at| at.0);
        (&entry.name, entry.is_folder, modified, entry.mode(), entry.links).hash(&mut hasher);
    }
    hasher.finish()
}

/// Returns the listed metadata of every entry, to compare two folders.
fn looks(entries: &[DirEntry]) -> Vec<(&str, u64, Option<i64>, i64)> {
    entries.iter().map(|it| (it.name.as_str(), it.size, it.modified.map(|at| at.0), it.mode())).collect()
}

/// The list of omitted or incomplete entries. File streams share it and add to it while they run.
#[derive(Clone, Default)]
struct LeftOut(Arc<Mutex<Notes>>);

#[derive(Default)]
struct Notes {
    lines: Vec<String>,
    more: usize,
}

impl LeftOut {
    fn note(&self, path: &str, why: &str) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.lines.len() < MOST_NOTES {
            notes.lines.push(archive_names::visible(&format!("{path} ({why})")));
        } else {
            notes.more += 1;
        }
    }

    fn list(&self) -> Vec<String> {
        let notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let more = (notes.more > 0).then(|| format!("and {} more", notes.more));
        notes.lines.iter().cloned().chain(more).collect()
    }
}

/// Pads a file that shrinks meanwhile with zeros, since its length is already in the header. Adds the file to the omitted list.
fn filled(bytes: ByteStream, size: u64, path: String, left_out: LeftOut) -> ByteStream {
    let next = move |(mut bytes, left, is_whole): (ByteStream, u64, bool)| {
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
                if left > MOST_ZEROS {
                    return Some((Err(why), (bytes, 0, false)));
                }
                left_out.note(&path, &format!("its last {left} bytes, which are zeros here: {why}"));
            }
            let length = left.min(WINDOW);
            Some((Ok(Bytes::from(vec![0; length as usize])), (bytes, left - length, false)))
        }
    };
    stream::unfold((bytes, size, true), next).boxed()
}

fn one(bytes: Vec<u8>) -> ByteStream {
    stream::once(async move { Ok(bytes.into()) }).boxed()
}

#[cfg(test)]
mod tests {
    use mesoscope_core::files::listing_parser::ListingParser;

    use super::*;

    #[test]
    fn a_tasks_folder_is_beside_its_containers() {
        assert!(is_beside("run/containers/c1", "run/tasks/t"));
        for (container, task) in [
            ("run/containers/c1/x", "run/tasks/t"),
            ("run/containers/c1", "run/other/t"),
            ("run/containers/c1", "else/tasks/t"),
            ("run/c1", "run/t"),
        ] {
            assert!(!is_beside(container, task), "{container} {task}");
        }
    }

    #[test]
    fn entries_of_other_folders_are_not_packed() {
        let listed = |path: &str| {
            let listing = format!(r#"{{"type":"LIST_FILES","list_files":{{"file_infos":[{{"path":"{path}"}}]}}}}"#);
            let mut gathering = ListingParser::default();
            gathering.feed(listing.as_bytes());
            gathering.finish().expect("it is a listing").into_entries().remove(0)
        };
        assert!(is_within("/s/d", &listed("/s/d/a")));
        for path in ["/etc/abs", "/s/d/..", "/s/d/../x", "/s/d", "/s/d/", "/s/d/x/y"] {
            assert!(!is_within("/s/d", &listed(path)), "{path}");
        }
    }

    #[test]
    fn the_list_of_omitted_files_is_capped() {
        let left_out = LeftOut::default();
        (0..MOST_NOTES + 5).for_each(|nth| left_out.note(&format!("/s/{nth}\nx"), "a socket"));
        let list = left_out.list();
        assert_eq!(list.len(), MOST_NOTES + 1);
        assert_eq!(list.first().map(String::as_str), Some("/s/0%0Ax (a socket)"));
        assert_eq!(list.last().map(String::as_str), Some("and 5 more"));
    }
}
