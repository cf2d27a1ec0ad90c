//! Page of one run: its tasks, their outputs, and the buttons that kill and repeat it.

use leptos::prelude::*;
use mesoscope_core::route::Route;
use mesoscope_core::route::run_params::RunParams;
use mesoscope_core::scheduler::run::RunId;
use mesoscope_core::text::titles;

use crate::parts::run::results::{no_run, run_results};

/// Renders the page.
#[component]
pub(crate) fn RunResultsPage(id: String) -> impl IntoView {
    let content = RunId::new(&id).map_or_else(|_| no_run(), |run| run_results(&run));
    let form = Route::Run(RunParams::default()).to_string();
    view! {
        <div class="head">
            <a class="crumb" href=form>{titles::RUN}</a><span class="crumb" aria-hidden="true">"/"</span>
            <h1 tabindex="-1">{titles::named("Run", &id)}</h1>
        </div>
        <div class="stack">{content}</div>
    }
}
