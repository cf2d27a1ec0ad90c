//! The last lines of a task's stderr, read once from its agent.

use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope_core::base::ids::TaskId;
use mesoscope_core::base::units::Timestamp;
use mesoscope_core::files;
use mesoscope_core::files::WINDOW;
use mesoscope_core::files::entry::{RunSelector, Sandbox};
use mesoscope_core::files::followed_file::ReadReply;
use mesoscope_core::files::last_lines::{LastLine, is_binary, last_lines};
use mesoscope_core::files::level::Level;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::mesos::calls::files::ReadFile;
use mesoscope_core::text;

use super::find_sandbox::{NoSandbox, find};
use super::path_notices::not_shown_reason;
use crate::api_client::{ApiError, ApiRequest};
use crate::clock::AgoByBrowserClock;
use crate::directory_listing::{CachePolicy, EntryType, is_absent, lookup};
use crate::hooks::now;
use crate::parts::files::path_notices::agent_availability;
use crate::worker_link::{WorkerLink, link};

/// Number of lines shown.
const LINES: usize = 20;
/// The file that is read.
const NAME: &str = "stderr";

/// A task, and the run that it was in.
#[derive(Clone, PartialEq)]
pub(crate) struct TaskRun {
    pub(crate) sandbox: Sandbox,
    pub(crate) task: TaskId,
    pub(crate) run: RunSelector,
}

/// The end of a file.
#[derive(Clone, PartialEq)]
struct FileEnd {
    lines: Vec<LastLine>,
    size: u64,
    /// Whether the file has no other lines.
    is_all: bool,
    is_binary: bool,
    /// Whether other tasks write to the file too.
    is_shared: bool,
    at: Timestamp,
}

/// Why the file cannot be shown.
#[derive(Clone, PartialEq)]
enum NoFile {
    Sandbox(NoSandbox),
    File(ApiError),
}

impl NoFile {
    fn words(&self, target: &Target) -> (&'static str, String) {
        match self {
            Self::Sandbox(why) => why.words(target),
            Self::File(why) if is_absent(why) => ("No stderr", text::files::NO_FILE.to_owned()),
            Self::File(why) => not_shown_reason(target, "", why),
        }
    }

    fn availability(&self, target: &Target) -> Option<AnyView> {
        match self {
            Self::Sandbox(why) => why.availability(target),
            Self::File(why) => agent_availability(target, why),
        }
    }
}

/// The last lines of a task's stderr, with a button that reads them again.
pub(crate) fn end_of_stderr(of: TaskRun) -> AnyView {
    let link = link();
    let (seen, asks) = (RwSignal::new(None::<Result<FileEnd, NoFile>>), RwSignal::new(true));
    let tries = RwSignal::new(0_u32);
    let target = Target::Agent(of.sandbox.agent.clone());
    Effect::new(move |_| {
        tries.track();
        link.identity.track();
        let of = of.clone();
        spawn_local_scoped_with_cancellation(async move {
            let read = read(link, &of).await;
            asks.set(false);
            seen.set(Some(read));
        });
    });
    let title = move || {
        seen.with(|seen| match seen {
            Some(Ok(end)) if !end.is_binary => text::files::last_lines(NAME, end.lines.len(), end.is_all),
            Some(Ok(_) | Err(_)) | None => NAME.to_owned(),
        })
    };
    let age = move || {
        let at = seen.with(|seen| seen.as_ref().and_then(|seen| seen.as_ref().ok()).map(|end| end.at));
        at.map(|at| view! { <span class="dim">"read "<AgoByBrowserClock at/></span> })
    };
    let body = move || match seen.get() {
        None => view! { <p class="dim" role="status">"Reading stderr from the agent …"</p> }.into_any(),
        Some(Ok(end)) => shown(&end),
        Some(Err(why)) => {
            let (title, words) = why.words(&target);
            view! { <p role="status"><b>{title}". "</b>{words}" "{why.availability(&target)}</p> }.into_any()
        }
    };
    let again = move |_| {
        asks.set(true);
        tries.update(|tries| *tries += 1);
    };
    let word = move || if asks.get() { "Reading …" } else { "Refresh" };
    view! {
        <div class="end-of-file">
            <header><h3>{title}</h3>{age}<button class="text-button" on:click=again>{word}</button></header>
            {body}
        </div>
    }
    .into_any()
}

fn shown(end: &FileEnd) -> AnyView {
    let shared = end.is_shared.then(|| view! { <p class="dim">{text::files::SHARED_LOG}</p> });
    if end.is_binary {
        return view! { {shared}<p class="dim" role="status">"The file is not text."</p> }.into_any();
    }
    if end.lines.is_empty() {
        return view! { {shared}<p class="dim" role="status">{text::files::no_bytes(end.size)}</p> }.into_any();
    }
    let line = |line: &LastLine| {
        let level = line.level.filter(|level| *level >= Level::Warn).map(Level::name);
        view! { <span data-level=level>{format!("{}\n", line.text)}</span> }
    };
    let lines = end.lines.iter().map(line).collect_view();
    view! { {shared}<pre tabindex="0" role="group" aria-label="Last lines of stderr">{lines}</pre> }.into_any()
}

async fn read(link: WorkerLink, of: &TaskRun) -> Result<FileEnd, NoFile> {
    let target = Target::Agent(of.sandbox.agent.clone());
    let folder = find(link, &of.sandbox, Some(&of.task), &of.run).await.map_err(NoFile::Sandbox)?;
    let ReadReply { size, bytes } = read_end(link, &target, &format!("{folder}/{NAME}")).await.map_err(NoFile::File)?;
    let at = size.saturating_sub(bytes.len() as u64);
    let lines = last_lines(at, &bytes, LINES + 1);
    let is_all = at == 0 && lines.len() <= LINES;
    let rest = lines.len().saturating_sub(LINES);
    let is_own =
        files::entry::base_name(&folder) == of.task.as_str() || of.sandbox.executor.as_str() == of.task.as_str();
    let is_nested = matches!(&of.run, RunSelector::Of { inner, .. } if !inner.is_empty());
    Ok(FileEnd {
        lines: lines.into_iter().skip(rest).collect(),
        size,
        is_all,
        is_binary: is_binary(at, &bytes),
        is_shared: !is_own && !is_nested,
        at: now(),
    })
}

/// The last bytes of a file and its size. A file that grows meanwhile is read again.
async fn read_end(link: WorkerLink, target: &Target, path: &str) -> Result<ReadReply, ApiError> {
    let EntryType::File(file, mut size) = lookup(link, target, path, CachePolicy::Fresh).await? else {
        return Err(ApiError::NotRegularFile(mesoscope_core::mesos::calls::files::FileKind::Directory));
    };
    let mut tries = 0;
    loop {
        // An even offset, for files in UTF-16.
        let at = size.saturating_sub(WINDOW - 2).next_multiple_of(2).min(size);
        let call = ReadFile::window(&file, at, WINDOW);
        let body = ApiRequest::new(&call, target.clone()).ask(link).await?;
        let reply = files::answer::reported(&body).map_err(|why| ApiError::BadAnswer(why.to_string()))?;
        let is_end = at + reply.bytes.len() as u64 >= reply.size;
        tries += 1;
        if (is_end && reply.size >= at) || tries == TRIES {
            return Ok(ReadReply { size: at + reply.bytes.len() as u64, bytes: reply.bytes });
        }
        size = reply.size;
    }
}

/// Reads of a file whose size changes.
const TRIES: u32 = 4;
