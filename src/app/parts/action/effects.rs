//! Impact of a change: its effects and the objects concerned.

use leptos::prelude::*;
use mesoscope_core::actions::preview::{Affected, Impact, Severity};
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text::{self, link_filters};

/// Lists the effects, most severe first.
pub(super) fn effects(rows: &[Impact]) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    let line = |effect: &Impact| {
        let (tone, word) = match effect.tone {
            Severity::Note => ("idle", "Info: "),
            Severity::Warn => ("warn", "Warning: "),
            Severity::Bad => ("bad", "Danger: "),
        };
        let more = (effect.more > 0).then(|| text::dialogs::and_more(u64::from(effect.more)));
        let on = (!effect.on.is_empty())
            .then(|| view! { <span class="chips">{effect.on.iter().map(link).collect_view()}<span class="dim">{more}</span></span> });
        view! { <li class="state" data-tone=tone><div><span class="unseen">{word}</span>{text::actions::impact(&effect.impact)}" "{on}</div></li> }
    };
    view! { <ul class="effects" aria-label="Effects">{rows.iter().map(line).collect_view()}</ul> }.into_any()
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
