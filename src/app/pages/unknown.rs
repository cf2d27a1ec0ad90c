//! Page for an unknown address, with links to continue.

use leptos::prelude::*;
use mesoscope_core::route::{Route, TableParams};

/// Renders the page.
#[component]
pub(crate) fn UnknownPage(address: String) -> impl IntoView {
    view! {
        <div class="head"><h1 tabindex="-1">"Page not found"</h1></div>
        <section class="panel">
            <div class="blank lead">
                <p>"No page has the address "<span class="mono">"#"{address}</span>". It may be mistyped, or come from a newer Mesoscope."</p>
                <p>
                    "Open the "<a href=Route::Overview.to_string()>"overview"</a>" or the "
                    <a href=Route::Agents(TableParams::default()).to_string()>"agents"</a>", or search with Ctrl K."
                </p>
            </div>
        </section>
    }
}
