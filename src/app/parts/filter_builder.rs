//! Filter builder: a field with a value, or a numeric comparison.

use leptos::prelude::*;
use mesoscope_core::text;
use mesoscope_core::views::filter::Filter;

use super::suggest::FilterFields;
use crate::widgets::menu::Menu;

const COMPARISONS: [(&str, &str); 4] = [(">", "more than"), (">=", "at least"), ("<", "less than"), ("<=", "at most")];

/// Renders the menu; `on_filter` receives the new filter.
pub(crate) fn filter_builder(fields: FilterFields, filter: Signal<String>, on_filter: Callback<String>) -> AnyView {
    let content = move || view! { <Builder fields filter on_filter/> };
    view! { <Menu label="Add filter" title=|| "Add filter" content/> }.into_any()
}

#[component]
fn Builder(fields: FilterFields, filter: Signal<String>, on_filter: Callback<String>) -> impl IntoView {
    let field = RwSignal::new(fields.words.first().copied().unwrap_or_default().to_owned());
    let negated = RwSignal::new(false);
    let names = fields.watch(|| (String::new(), String::new(), String::new()));
    let own = move || names.get().map(|facet| facet.values).unwrap_or_default();
    let option = |name: String| view! { <option value=name.clone()>{name.clone()}</option> };
    let add = Callback::new(move |term: String| {
        let sign = if negated.get_untracked() { "-" } else { "" };
        let before = filter.get_untracked();
        on_filter.run(format!("{} {sign}{term}", before.trim_end()).trim_start().to_owned());
    });
    let is_number = Memo::new(move |_| fields.numbers.contains(&field.read().as_str()));
    view! {
        <div class="builder">
            <label>"Field "<select aria-label="Field" on:change=move |event| field.set(event_target_value(&event))>
                {fields.words.iter().map(|name| option((*name).to_owned())).collect_view()}
                {move || own().into_iter().map(|(name, _)| option(name)).collect_view()}
                {fields.numbers.iter().map(|name| option((*name).to_owned())).collect_view()}
            </select></label>
            <label><input type="checkbox" prop:checked=move || negated.get() on:change=move |_| negated.update(|negated| *negated = !*negated)/>"exclude"</label>
            {move || if is_number.get() {
                view! { <Comparison field add/> }.into_any()
            } else {
                view! { <Values fields filter field negated on_filter add/> }.into_any()
            }}
        </div>
    }
}

#[component]
fn Comparison(field: RwSignal<String>, add: Callback<String>) -> impl IntoView {
    let (mark, number) = (RwSignal::new(">".to_owned()), RwSignal::new(String::new()));
    let value = move || number.read().trim().parse::<f64>().ok().filter(|value| value.is_finite());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(value) = untrack(value) else { return };
        add.run(format!("{}{}{value}", field.get_untracked(), mark.get_untracked()));
    };
    let unit = move || match field.read().as_str() {
        "mem" | "disk" => "GiB",
        "share" => "%",
        "changed" | "unchanged" | "started" => "min ago",
        _ => "",
    };
    view! {
        <form on:submit=submit>
            <select aria-label="Comparison" on:change=move |event| mark.set(event_target_value(&event))>
                {COMPARISONS.map(|(mark, words)| view! { <option value=mark>{words}</option> }).collect_view()}
            </select>
            <input class="inline" type="text" inputmode="decimal" aria-label="Number" prop:value=move || number.get() on:input=move |event| number.set(event_target_value(&event))/>
            <span class="dim">{unit}</span>
            <button class="button" aria-disabled=move || value().is_none().then_some("true")>"Add"</button>
        </form>
    }
}

#[component]
fn Values(
    fields: FilterFields,
    filter: Signal<String>,
    field: RwSignal<String>,
    negated: RwSignal<bool>,
    on_filter: Callback<String>,
    add: Callback<String>,
) -> impl IntoView {
    let part = RwSignal::new(String::new());
    let values = fields.watch(move || (String::new(), field.get(), part.get()));
    let row = move |(value, count): (String, u32)| {
        let (wanted, asked) = (value.clone(), value.clone());
        let pressed = move || {
            let asks = filter.with(|filter| Filter::parse(filter).wants(&field.read(), &wanted));
            (asks && !negated.get()).to_string()
        };
        let click = move |_| {
            let field = field.get_untracked();
            if negated.get_untracked() {
                add.run(Filter::word(&field, &asked));
            } else {
                on_filter.run(filter.with_untracked(|filter| Filter::toggled(filter, &field, &asked)));
            }
        };
        view! { <button class="facet" aria-pressed=pressed on:click=click><span>{value}</span><small>{text::count(u64::from(count))}</small></button> }
    };
    let rows = move || {
        let field = field.get();
        let reported = values.get().filter(|facet| facet.field == field).map(|facet| facet.values).unwrap_or_default();
        if reported.is_empty() {
            return view! { <p class="dim note">"No matches."</p> }.into_any();
        }
        reported.into_iter().filter(|(value, _)| !value.contains('"')).map(row).collect_view().into_any()
    };
    view! {
        <input class="inline" type="search" aria-label="Contains" placeholder="contains ..." prop:value=move || part.get() on:input=move |event| part.set(event_target_value(&event))/>
        <div class="values" role="group" aria-label="Values">{rows}</div>
    }
}
