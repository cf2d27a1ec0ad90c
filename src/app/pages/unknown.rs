//! Page for an unknown address, with links to continue.

use leptos::prelude::*;
use mesoscope_core::route::{Route, TableParams};

/// Renders the page.
#[component]
pub(crate) fn UnknownPage(address: String) -> impl IntoView {
    view! {
        <div class="head"><h1 tabindex="-1">"Nothing is here"</h1></div>
        <section class="panel">
            <div class="blank lead">
                <p>"The address "<span class="mono">"#"{address}</span>" leads to no page. It may be mistyped, or come from a newer Mesoscope."</p>
                <p>
                    "Try the "<a href=Route::Overview.to_string()>"overview"</a>" or the "
                    <a href=Route::Agents(TableParams::default()).to_string()>"agents"</a>"."
                </p>
            </div>
        </section>
    }
}
