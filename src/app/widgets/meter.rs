//! Meter of a share: taken and promised parts of a whole.

use leptos::prelude::*;

/// Bar with one or two parts; hidden from screen readers, since the figures beside it are equal.
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

/// Bar with figures: `26.6 / 32`, whole dimmed, with equal width in each row so that figures align.
///
/// The tooltip has the exact amounts if the figures are rounded.
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
