//! Finds the folder of an executor's or a task's sandbox, or the reason why there is none.

use leptos::prelude::*;
use mesoscope_core::base::ids::TaskId;
use mesoscope_core::files::entry::{RunSelector, Sandbox, SandboxFolder};
use mesoscope_core::mesos::calls::{Refusal, Target};
use mesoscope_core::text;
use mesoscope_core::views::task::TaskDetail;

use super::path_notices::{agent_availability, not_shown_reason};
use crate::api_client::ApiError;
use crate::directory_listing::{CachePolicy, is_absent, lookup, work_dir};
use crate::worker_link::WorkerLink;

/// Why no sandbox was found.
#[derive(Clone, PartialEq)]
pub(crate) enum NoSandbox {
    /// The agent does not report where its sandboxes are.
    Flags(ApiError),
    Sandbox(ApiError),
    /// Nothing is at the usual path, and an old agent's sandbox root is unknown.
    Hidden(ApiError),
    /// A folder exists, but may belong to another run.
    Unsure(String),
}

impl NoSandbox {
    /// Title and explanation.
    pub(crate) fn words(&self, target: &Target) -> (&'static str, String) {
        match self {
            Self::Sandbox(why) if is_absent(why) => ("No sandbox", text::files::NO_SANDBOX.to_owned()),
            Self::Sandbox(why) => not_shown_reason(target, "", why),
            Self::Flags(ApiError::Refused(Refusal { status: 403, .. })) => {
                ("Not allowed", text::files::WORK_DIR_NOT_ALLOWED.to_owned())
            }
            Self::Flags(why) => (why.of(target), why.to_string()),
            Self::Hidden(why) => ("No sandbox", text::files::work_dir_unknown(why.of(target), &why.to_string())),
            Self::Unsure(_) => ("Unknown sandbox", text::files::RUN_UNKNOWN.to_owned()),
        }
    }

    /// What the master knows of an agent that does not answer.
    pub(crate) fn availability(&self, target: &Target) -> Option<AnyView> {
        match self {
            Self::Flags(why) | Self::Sandbox(why) => agent_availability(target, why),
            Self::Unsure(_) | Self::Hidden(_) => None,
        }
    }
}

/// Selects the run that a task is or was in.
pub(crate) fn run_in(detail: &TaskDetail) -> RunSelector {
    match detail.reported.containers.as_slice() {
        [container, inner @ ..] => RunSelector::Of { container: container.clone(), inner: inner.to_vec() },
        // A live task belongs to the latest run of its executor.
        [] if !detail.row.state.is_terminal() => RunSelector::Latest,
        [] => RunSelector::Unknown,
    }
}

/// Finds the first existing folder among the candidates.
pub(crate) async fn find(
    link: WorkerLink,
    of: &Sandbox,
    task: Option<&TaskId>,
    run: &RunSelector,
) -> Result<String, NoSandbox> {
    let target = Target::Agent(of.agent.clone());
    match run {
        RunSelector::Of { .. } => {
            let work_dir = work_dir(link, &target).await.map_err(NoSandbox::Flags)?;
            first(link, &target, of.folders(task, run, &work_dir)).await
        }
        // Agents before Mesos 1.5 expose the latest run only below their --work_dir.
        RunSelector::Latest | RunSelector::Unknown => match first(link, &target, of.folders(task, run, "")).await {
            Err(NoSandbox::Sandbox(why)) if is_absent(&why) => match work_dir(link, &target).await {
                Ok(work_dir) => first(link, &target, of.folders(task, run, &work_dir)).await,
                Err(flags) => Err(NoSandbox::Hidden(flags)),
            },
            found => found,
        },
    }
}

async fn first(link: WorkerLink, target: &Target, folders: Vec<SandboxFolder>) -> Result<String, NoSandbox> {
    let mut last = ApiError::Refused(Refusal { status: 404, words: String::new() });
    for folder in folders {
        match lookup(link, target, &folder.path, CachePolicy::Fresh).await {
            Ok(_) if folder.is_its_own => return Ok(folder.path),
            Ok(_) => return Err(NoSandbox::Unsure(folder.path)),
            Err(why) if is_absent(&why) => last = why,
            Err(why) => return Err(NoSandbox::Sandbox(why)),
        }
    }
    Err(NoSandbox::Sandbox(last))
}
