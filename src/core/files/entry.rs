//! What a folder holds, and paths: what LIST_FILES tells, in order, with its mode in letters, and where sandboxes are.

use crate::base::ids::{AgentId, ExecutorId, FrameworkId, TaskId};
use crate::base::order;
use crate::base::units::Timestamp;
use crate::mesos::calls::files::{FileInfo, FileKind, RegularFile};

/// A file or folder. A symbolic link appears as its target (PROTOCOL.md, "LIST_FILES"). Only a listing makes one with a path and
/// a mode: the two together decide whether it may be opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirEntry {
    /// The last part of the path; `/` for the root.
    pub name: String,
    /// The whole path, as it is asked for.
    pub(super) path: String,
    /// Whether the entry is a directory (`S_IFDIR` in its mode).
    pub is_folder: bool,
    /// Size in bytes.
    pub size: u64,
    /// Time of the last change, to the second; `None` if not reported.
    pub modified: Option<Timestamp>,
    /// The whole `st_mode`.
    pub(super) mode: i64,
    /// Number of hard links (FileInfo.nlink).
    pub links: i64,
    /// Name of the user who owns the file (FileInfo.uid); empty if not reported.
    pub owner: String,
    /// Name of the group that owns the file (FileInfo.gid); empty if not reported.
    pub group: String,
}

impl DirEntry {
    /// The whole path, as it is asked for.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole `st_mode`.
    pub const fn mode(&self) -> i64 {
        self.mode
    }

    /// Type of the entry, by its mode.
    pub fn kind(&self) -> FileKind {
        FileKind::of(self.mode)
    }

    /// Path for READ_FILE; the type of the entry if it is not a regular file.
    ///
    /// # Errors
    /// The type of an entry that is no regular file: it must not be opened.
    pub fn regular_file(&self) -> Result<RegularFile, FileKind> {
        RegularFile::listed(&self.path, self.mode)
    }

    /// Path for READ_FILE as the user typed it: `path` must name this entry, in the folder that was listed.
    ///
    /// # Errors
    /// The type of an entry that is no regular file; unknown, if the path is another's.
    pub fn regular_file_at(&self, path: &str) -> Result<RegularFile, FileKind> {
        let folder = |path| parent(path).map(|folder| folder.trim_end_matches('/'));
        let is_this = base_name(path) == self.name && folder(path) == folder(&self.path);
        if is_this { RegularFile::listed(path, self.mode) } else { Err(FileKind::Unknown) }
    }
}

/// What was reported of a file or folder.
pub(super) fn entry(info: &FileInfo<'_>) -> DirEntry {
    DirEntry {
        name: base_name(info.path()).to_owned(),
        path: info.path().to_owned(),
        is_folder: info.is_directory(),
        size: u64::try_from(info.size.0).unwrap_or(0),
        modified: info.mtime.moment(),
        mode: info.mode(),
        links: info.nlink.0,
        owner: info.uid.as_str().to_owned(),
        group: info.gid.as_str().to_owned(),
    }
}

/// Folders first, then files, each by name.
pub(super) fn in_order(mut all: Vec<DirEntry>) -> Vec<DirEntry> {
    order::sort_by(&mut all, |a, b| b.is_folder.cmp(&a.is_folder).then_with(|| a.name.cmp(&b.name)));
    all
}

/// `drwxr-xr-x`, as `ls` has it.
pub fn permissions(mode: i64) -> String {
    let kind = match mode & 0o170_000 {
        0o040_000 => 'd',
        0o120_000 => 'l',
        0o020_000 => 'c',
        0o060_000 => 'b',
        0o010_000 => 'p',
        0o140_000 => 's',
        _ => '-',
    };
    let mut text = String::from(kind);
    for (shift, special, letters) in [(6, 0o4000, ['s', 'S']), (3, 0o2000, ['s', 'S']), (0, 0o1000, ['t', 'T'])] {
        let bits = mode >> shift;
        text.push(if bits & 4 == 0 { '-' } else { 'r' });
        text.push(if bits & 2 == 0 { '-' } else { 'w' });
        let [both, alone] = letters;
        text.push(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => both,
            (true, false) => alone,
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    text
}

/// Last part of a path; `/` for the root.
pub fn base_name(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("/")
}

/// The name that a file or folder is saved under. A sandbox is named after its executor: `latest` would be the name of every one.
/// One that is addressed by its container has that in its name as well, since an executor may have several.
pub fn download_name(path: &str) -> String {
    let path = path.trim_end_matches('/');
    match (Owner::of(path), base_name(path)) {
        (Some(owner), "latest") if owner.root == path.len() => owner.executor.to_owned(),
        (Some(owner), container) if owner.root == path.len() => format!("{}.{container}", owner.executor),
        (_, name) => name.to_owned(),
    }
}

/// The folder that a path is in. None above the root, and for a path that begins nowhere.
pub fn parent(path: &str) -> Option<&str> {
    let path = path.trim_end_matches('/');
    let (before, _) = path.rsplit_once('/')?;
    (!path.is_empty()).then_some(if before.is_empty() { "/" } else { before })
}

/// Parts of a path from first to last, each with the path that leads to it.
pub fn crumbs(path: &str) -> Vec<(&str, &str)> {
    let path = path.trim_end_matches('/');
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]).filter(|end| *end > 0);
    ends.filter_map(|end| path.get(..end)).map(|path| (base_name(path), path)).collect()
}

/// Owner of the sandbox that a path leads into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner<'a> {
    /// The framework's id, from the part behind `frameworks`.
    pub framework: &'a str,
    /// The executor's id, from the part behind `executors`.
    pub executor: &'a str,
    /// Bytes of the path that lead to the run's folder.
    pub root: usize,
}

impl<'a> Owner<'a> {
    /// Parses `…/frameworks/ID/executors/ID/runs/ID`; ids hold no slash (Mesos' src/common/validation.cpp). `None` for
    /// other paths.
    pub fn of(path: &'a str) -> Option<Self> {
        let (before, rest) = path.split_once("/runs/")?;
        let (before, executor) = before.rsplit_once("/executors/")?;
        let (_, framework) = before.rsplit_once("/frameworks/")?;
        let run = rest.split('/').next().unwrap_or_default();
        let is_one = |id: &str| !id.is_empty() && !id.contains('/');
        let root = path.len() - rest.len() + run.len();
        (is_one(framework) && is_one(executor) && is_one(run)).then_some(Self { framework, executor, root })
    }
}

/// An executor's sandbox on an agent (PROTOCOL.md, "Sandboxes").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sandbox {
    /// The agent that the executor runs or ran on.
    pub agent: AgentId,
    /// The framework that the executor belongs to.
    pub framework: FrameworkId,
    /// The executor's id; for a task of Mesos' command executor this is the task's id.
    pub executor: ExecutorId,
}

impl Sandbox {
    /// The latest run's, under the name that every agent gives it.
    pub fn latest(&self) -> String {
        format!("/frameworks/{}/executors/{}/runs/latest", self.framework, self.executor)
    }

    /// A certain run's, under the agent's work directory.
    pub fn run(&self, work_dir: &str, container: &str) -> String {
        let work_dir = work_dir.trim_end_matches('/');
        format!(
            "{work_dir}/slaves/{}/frameworks/{}/executors/{}/runs/{container}",
            self.agent, self.framework, self.executor
        )
    }

    /// Path of a task's own folder in the latest run, which exists if its executor gives it one.
    pub fn of_task(&self, task: &TaskId) -> String {
        format!("{}/tasks/{task}", self.latest())
    }

    /// Folders that may hold the executor's files, or those of one of its tasks, in the order in which to try them. Without the
    /// agent's `work_dir` they are virtual paths, which agents know since 1.5; with it, real paths.
    ///
    /// A default executor gives each of its tasks a folder of its own, `tasks/ID`, a link to `containers/ID`; all others work in the
    /// run's. An executor's id may have been used again: once it is known which run is meant, no other will do.
    pub fn folders(&self, task: Option<&TaskId>, run: &RunSelector, work_dir: &str) -> Vec<SandboxFolder> {
        let folder = |path: String, is_its_own| SandboxFolder { path, is_its_own };
        let base = match run {
            RunSelector::Of { container, .. } => self.run(work_dir, container),
            RunSelector::Latest | RunSelector::Unknown if work_dir.is_empty() => self.latest(),
            RunSelector::Latest | RunSelector::Unknown => self.run(work_dir, "latest"),
        };
        let Some(task) = task else { return vec![folder(base, true)] };
        let own = folder(format!("{base}/tasks/{task}"), true);
        match run {
            RunSelector::Of { inner, .. } if !inner.is_empty() => {
                let container: String = inner.iter().map(|id| format!("/containers/{id}")).collect();
                vec![own, folder(format!("{base}{container}"), true)]
            }
            RunSelector::Of { .. } | RunSelector::Latest => vec![own, folder(base, true)],
            // Mesos' own executor for a command has its task's id.
            RunSelector::Unknown => vec![own, folder(base, self.executor.as_str() == task.as_str())],
        }
    }
}

/// A run of an executor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunSelector {
    /// The run in a container. A task that ran in one nested in it has a folder of its own; the outermost of those is the first.
    Of {
        /// Id of the executor's container, which names the folder of the run.
        container: String,
        /// Ids of the containers nested in that one, outermost first; empty if the task has none of its own.
        inner: Vec<String>,
    },
    /// The newest run, which agents link to as `latest`.
    Latest,
    /// The run that a task was in, which the master has forgotten.
    Unknown,
}

/// A folder where a sandbox may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxFolder {
    /// The folder's path, as READ_FILE and LIST_FILES take it.
    pub path: String,
    /// Whether a file found in the folder can only belong to this run.
    pub is_its_own: bool,
}

/// Real path below an agent's `work_dir` of a virtual path, `/frameworks/…`; `None` for other paths. Agents before 1.5
/// know no virtual paths.
pub fn real_path(work_dir: &str, agent: &AgentId, path: &str) -> Option<String> {
    let work_dir = work_dir.trim_end_matches('/');
    path.starts_with("/frameworks/").then(|| format!("{work_dir}/slaves/{agent}{path}"))
}

/// The folder of a task's own that a path leads into, and where the file is if there is no such folder: in its executor's.
pub fn task_folder(path: &str) -> Option<(String, String)> {
    let (executor, run) = path.split_once("/runs/")?;
    let (run, rest) = run.split_once("/tasks/")?;
    let (task, file) = rest.split_once('/')?;
    let is_run = !run.is_empty() && !run.contains('/') && !task.is_empty() && !file.is_empty();
    is_run.then(|| (format!("{executor}/runs/{run}/tasks/{task}"), format!("{executor}/runs/{run}/{file}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_in_letters() {
        let cases =
            [(16_877, "drwxr-xr-x"), (33_188, "-rw-r--r--"), (0o041_777, "drwxrwxrwt"), (0o104_644, "-rwSr--r--")];
        for (mode, letters) in cases {
            assert_eq!(permissions(mode), letters);
        }
        assert_eq!(permissions(-1).len(), 10);
    }

    #[test]
    fn whose_a_sandbox_is() {
        let path = "/w/slaves/a/frameworks/f/executors/e/runs/c/conf/x";
        let owner = Owner::of(path).unwrap();
        let root = path.get(..owner.root);
        assert_eq!((owner.framework, owner.executor, root), ("f", "e", path.strip_suffix("/conf/x")));
        assert_eq!(Owner::of("/frameworks/f/executors/e/runs/latest").map(|owner| owner.root), Some(37));
        for path in ["/slave/log", "/frameworks/f/executors/e/runs", "/frameworks/f/executors/e/runs/", "/runs/x"] {
            assert_eq!(Owner::of(path), None, "{path}");
        }
    }

    #[test]
    fn no_other_run_is_shown_for_the_one_that_is_meant() {
        let of = Sandbox { agent: "a".into(), framework: "f".into(), executor: "e".into() };
        let check = |task: Option<&str>, run: &RunSelector, expected: &[(&str, bool)]| {
            let work_dir = if matches!(run, RunSelector::Of { .. }) { "/w/" } else { "" };
            let folders = of.folders(task.map(TaskId::from).as_ref(), run, work_dir);
            let folders: Vec<_> = folders.iter().map(|folder| (folder.path.as_str(), folder.is_its_own)).collect();
            assert_eq!(folders, expected, "{task:?} {run:?}");
        };
        let latest = "/frameworks/f/executors/e/runs/latest";
        let run = "/w/slaves/a/frameworks/f/executors/e/runs/c";
        let (run_t, latest_t) = (format!("{run}/tasks/t"), format!("{latest}/tasks/t"));
        let own = |is_nested| {
            let inner = if is_nested { vec!["n".into()] } else { Vec::new() };
            RunSelector::Of { container: "c".into(), inner }
        };
        check(None, &own(false), &[(run, true)]);
        check(None, &RunSelector::Latest, &[(latest, true)]);
        check(Some("t"), &own(false), &[(&run_t, true), (run, true)]);
        // Without the link to it, its container's folder is there all the same.
        check(Some("t"), &own(true), &[(&run_t, true), (&format!("{run}/containers/n"), true)]);
        let deep = RunSelector::Of { container: "c".into(), inner: vec!["n".into(), "m".into()] };
        check(Some("t"), &deep, &[(&run_t, true), (&format!("{run}/containers/n/containers/m"), true)]);
        check(Some("t"), &RunSelector::Latest, &[(&latest_t, true), (latest, true)]);
        check(Some("t"), &RunSelector::Unknown, &[(&latest_t, true), (latest, false)]);
        check(Some("e"), &RunSelector::Unknown, &[(&format!("{latest}/tasks/e"), true), (latest, true)]);
    }

    #[test]
    fn agents_before_1_5_have_sandboxes_below_their_work_dir_alone() {
        let of = Sandbox { agent: "a".into(), framework: "f".into(), executor: "e".into() };
        let latest = "/w/slaves/a/frameworks/f/executors/e/runs/latest";
        let folders = |task: Option<&str>, run: &RunSelector| {
            let folders = of.folders(task.map(TaskId::from).as_ref(), run, "/w");
            folders.into_iter().map(|folder| (folder.path, folder.is_its_own)).collect::<Vec<_>>()
        };
        assert_eq!(folders(None, &RunSelector::Latest), [(latest.to_owned(), true)]);
        let own = format!("{latest}/tasks/e");
        assert_eq!(folders(Some("e"), &RunSelector::Unknown), [(own, true), (latest.to_owned(), true)]);
        assert_eq!(
            real_path("/w/", &"a".into(), "/frameworks/f/executors/e/runs/latest/x"),
            Some(format!("{latest}/x"))
        );
        assert_eq!(real_path("/w", &"a".into(), "/slave/log"), None);
    }

    #[test]
    fn where_a_tasks_file_is_if_it_has_no_folder() {
        let both = |folder: &str, file: &str| Some((folder.to_owned(), file.to_owned()));
        let path = "/frameworks/f/executors/e/runs/latest/tasks/t/stdout";
        let run = "/frameworks/f/executors/e/runs/latest";
        assert_eq!(task_folder(path), both(&format!("{run}/tasks/t"), &format!("{run}/stdout")));
        assert_eq!(task_folder("/e/runs/c/tasks/t/a/b"), both("/e/runs/c/tasks/t", "/e/runs/c/a/b"));
        for path in
            ["/e/runs/c/stdout", "/e/runs/c/tasks/t", "/e/runs/c/tasks/t/", "/slave/log", "/e/runs/c/d/tasks/t/x"]
        {
            assert_eq!(task_folder(path), None, "{path}");
        }
    }

    #[test]
    fn paths_and_their_parts() {
        assert_eq!(crumbs("/a/b c/"), [("a", "/a"), ("b c", "/a/b c")]);
        assert_eq!(crumbs("/"), []);
        assert_eq!((parent("/a/b"), parent("/a"), parent("/"), parent("a")), (Some("/a"), Some("/"), None, None));
        assert_eq!((base_name("/a/b/"), base_name("/"), base_name("")), ("b", "/", "/"));
    }

    #[test]
    fn a_sandbox_is_saved_under_the_name_of_its_executor_or_task() {
        let run = "/w/slaves/a/frameworks/f/executors/web.1/runs/0b9c";
        let cases = [
            ("/frameworks/f/executors/web.1/runs/latest", "web.1"),
            ("/frameworks/f/executors/web.1/runs/latest/", "web.1"),
            (run, "web.1.0b9c"),
            (&format!("{run}/tasks/db.2"), "db.2"),
            (&format!("{run}/conf"), "conf"),
            (&format!("{run}/latest"), "latest"),
            ("/frameworks/f/executors/latest/runs/latest/stdout", "stdout"),
            ("/w/runs/latest", "latest"),
            ("/slave/log", "log"),
            ("/", "/"),
        ];
        for (path, name) in cases {
            assert_eq!(download_name(path), name, "{path}");
        }
    }
}
