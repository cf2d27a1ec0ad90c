//! Page "Run a command": the form, and where it would run.

use leptos::prelude::*;
use mesoscope_core::route::run_params::RunParams;
use mesoscope_core::scheduler::run::RunId;
use mesoscope_core::text::titles;

use crate::parts::run::list::runs_panel;
use crate::parts::run::results::again_form;
use crate::parts::run::run_form;

/// Renders the page.
#[component]
pub(crate) fn RunPage(params: RunParams) -> impl IntoView {
    let form = match RunId::new(&params.again) {
        Ok(run) => again_form(&run),
        Err(_) => run_form(&params),
    };
    view! {
        <div class="head"><h1 tabindex="-1">{titles::RUN}</h1></div>
        <div class="stack">{form}{runs_panel()}</div>
    }
}
