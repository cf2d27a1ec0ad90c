//! A share of a whole, drawn: what is taken, and what is about to be.

use leptos::prelude::*;

/// A bar with one or two parts. The figures beside it say the same, so it is hidden from those who hear the page.
#[component]
pub(crate) fn Track(taken: f64, #[prop(optional)] promised: f64, whole: f64) -> impl IntoView {
    let percent = move |part: f64| if whole > 0.0 { (part / whole * 100.0).clamp(0.0, 100.0) } else { 0.0 };
    let taken = percent(taken);
    let promised = percent(promised).min(100.0 - taken);
    view! {
        <span class="track" aria-hidden="true">
            <i style:width=format!("{taken:.1}%")></i>
            {(promised > 0.0).then(|| view! { <i style:width=format!("{promised:.1}%")></i> })}
        </span>
    }
}

/// A bar and its figures: `26.6 / 32`, with the whole dimmed, and as wide in each row, so that figures are below figures.
/// The title has the exact amounts, where the figures have not.
#[component]
pub(crate) fn Meter(
    taken: f64,
    promised: f64,
    whole: f64,
    figure: String,
    of: String,
    #[prop(optional)] title: Option<String>,
) -> impl IntoView {
    if whole <= 0.0 && taken <= 0.0 {
        return view! { <span class="meter"><span class="dim">"–"</span></span> }.into_any();
    }
    let unit = of.ends_with(char::is_alphabetic).then_some("");
    view! { <span class="meter" title=title><span>{figure}<span class="of" data-unit=unit>{of}</span></span><Track taken promised whole/></span> }.into_any()
}
