//! Panel of a failed task: state, reason, message and the last lines of stderr, with links to what explains the failure.

use leptos::prelude::*;
use mesoscope_core::mesos::error_text::ExitStatus;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text;
use mesoscope_core::views::filter::Filter;
use mesoscope_core::views::task::FailureDetail;
use mesoscope_core::views::tasks::TaskRow;

use super::detail::fact;
use super::files::end_of_file::{TaskRun, end_of_stderr};
use super::links::task_files;
use super::state_badges::{task_state, task_tone};

/// What the panel shows; equal values are drawn once.
#[derive(Clone, PartialEq)]
pub(crate) struct FailedTask {
    pub(crate) row: TaskRow,
    pub(crate) failure: FailureDetail,
    pub(crate) run: TaskRun,
}

/// Renders the panel. `at` is the time of the failure.
pub(crate) fn failure_panel(of: FailedTask, at: impl IntoView + 'static) -> AnyView {
    let FailedTask { row, failure, run } = of;
    let tone = task_tone(failure.state);
    let title = if tone == "lost" { "Task lost" } else { "Failure" };
    let exit = ExitStatus::of_message(&failure.message).map(text::files::exit_status);
    let limits = text::tasks::limits(&failure.limitation);
    let reason = Some(failure.reason.clone()).filter(|reason| !reason.is_empty());
    let end = match failure.never_started {
        true => view! { <p class="blank">{text::files::NEVER_STARTED}</p> }.into_any(),
        false => end_of_stderr(run),
    };
    let message = (!failure.message.is_empty()).then(|| view! { <p class="message">{failure.message.clone()}</p> });
    view! {
        <section class="panel failure" data-tone=tone aria-label=title>
            <header><h2>{title}</h2><div class="aside">{links(&row, &failure)}</div></header>
            {message}
            <dl class="facts">
                {fact("State", task_state(failure.state))}
                {reason.map(|reason| fact("Reason", view! { <span class="mono">{reason}</span> }))}
                {exit.map(|exit| fact("Exit status", exit))}
                {(!limits.is_empty()).then(|| fact("Limit exceeded", limits))}
                {fact("When", at)}
            </dl>
            {end}
        </section>
    }
    .into_any()
}

/// Links to the task's files and to tasks with the same reason or, without one, the same message.
fn links(row: &TaskRow, failure: &FailureDetail) -> AnyView {
    let link = |there: Route, name: &'static str| view! { <a class="button small" href=there.to_string()>{name}</a> };
    let same = |field: &'static str, value: &str, name: &'static str| {
        let filter = Filter::toggled("", field, value);
        link(Route::Tasks(TableParams { filter, ..TableParams::default() }), name)
    };
    let same = match (failure.reason.as_str(), failure.message.as_str()) {
        ("", "") => same("state", failure.state.name(), "Same state elsewhere"),
        ("", message) => same("message", message, "Same message elsewhere"),
        (reason, _) => same("reason", reason, "Same reason elsewhere"),
    };
    let files = (!failure.never_started).then(|| {
        view! { {link(task_files(row, "stderr"), "stderr")}{link(task_files(row, ""), "Files")} }
    });
    view! { {files}{same} }.into_any()
}
