//! Impact of a change: its effects and the objects concerned.

use leptos::prelude::*;
use mesoscope_core::actions::preview::{Affected, Impact, Severity};
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text::{self, link_filters};

/// Lists the effects of one change, most severe first.
pub(super) fn effects(rows: &[Impact]) -> AnyView {
    let line = |effect| line(effect, 1);
    list(rows.iter().map(line).collect())
}

/// Lists effects of several changes, most severe first, each with the number of changes that have it.
pub(super) fn effects_of_several(rows: &[(Impact, usize)]) -> AnyView {
    list(rows.iter().map(|(effect, changes)| line(effect, *changes)).collect())
}

fn list(lines: Vec<AnyView>) -> AnyView {
    (!lines.is_empty()).then(|| view! { <ul class="effects" aria-label="Effects">{lines}</ul> }).into_any()
}

fn line(effect: &Impact, changes: usize) -> AnyView {
    let (tone, word) = match effect.tone {
        Severity::Note => ("idle", "Info: "),
        Severity::Warn => ("warn", "Warning: "),
        Severity::Bad => ("bad", "Danger: "),
    };
    let more = (effect.more > 0).then(|| text::dialogs::and_more(u64::from(effect.more)));
    let on = (!effect.on.is_empty())
            .then(|| view! { <span class="chips">{effect.on.iter().map(link).collect_view()}<span class="dim">{more}</span></span> });
    view! { <li class="state" data-tone=tone><div><span class="unseen">{word}</span>{text::actions::impact_of_several(&effect.impact, changes)}" "{on}</div></li> }.into_any()
}

fn link(on: &Affected) -> AnyView {
    let filtered = |filter: String| TableParams { filter, ..TableParams::default() };
    let route = match on {
        Affected::Agent(id, ..) => Route::Agent(id.clone()),
        Affected::Framework(id, ..) => Route::Framework(id.clone()),
        Affected::Task(framework, task, _) => Route::Task(framework.clone(), task.clone()),
        Affected::Role(role) => Route::Roles(filtered(format!("role:{role}"))),
        Affected::AgentTasks(id, _) | Affected::HostTasks(id, ..) => {
            Route::Tasks(filtered(link_filters::live_tasks_of("agent", id.as_str())))
        }
        Affected::UnreachableTasks(id, _) => {
            Route::Tasks(filtered(link_filters::unreachable_tasks_of_agent(id.as_str())))
        }
        Affected::FrameworkTasks(id, _) => {
            Route::Tasks(filtered(link_filters::live_tasks_of("framework", id.as_str())))
        }
    };
    // Opens in a new tab, so that the form stays as it is.
    view! { <a class="chip link" href=route.to_string() target="_blank">{text::actions::affected_name(on)}</a> }
        .into_any()
}
