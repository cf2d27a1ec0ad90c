//! The runs of this browser in a table, each with a link to its results.

use leptos::prelude::*;
use mesoscope_core::route::Route;
use mesoscope_core::text::run_results as words;
use mesoscope_core::views::runs::{RunRow, RunsQuery};

use crate::clock::AgoByBrowserClock;
use crate::parts::links::role_link;
use crate::widgets::panel::Panel;
use crate::worker_link::link;

/// Renders the panel; nothing while there is no run.
pub(crate) fn runs_panel() -> AnyView {
    let answer = link().watch(|| RunsQuery);
    let rows = Memo::new(move |_| answer.with(|answer| answer.as_ref().map(|answer| answer.runs.clone())));
    let panel = move || {
        let rows = rows.get().filter(|rows| !rows.is_empty())?;
        let lines = rows.iter().map(line).collect_view();
        Some(view! {
            <Panel title="Runs of this browser">
                <div class="scroll-x" tabindex="0" role="group" aria-label="Runs"><table class="plain">
                    <thead><tr><th>"Command"</th><th>"Tasks"</th><th>"Role"</th><th>"User"</th><th>"Started"</th></tr></thead>
                    <tbody>{lines}</tbody></table></div>
            </Panel>
        })
    };
    view! { {panel} }.into_any()
}

fn line(row: &RunRow) -> AnyView {
    let command = words::command_line(&row.command);
    let there = Route::RunResults(row.id.as_str().to_owned(), Default::default()).to_string();
    view! {
        <tr>
            <td><a class="mono run-name" title=command.clone() href=there>{command.clone()}</a></td>
            <td>{words::progress(row.counts).trim_end_matches('.').to_owned()}</td>
            <td>{role_link(row.role.as_str())}</td>
            <td>{row.user.name().to_owned()}</td>
            <td><AgoByBrowserClock at=row.started/></td>
        </tr>
    }
    .into_any()
}
