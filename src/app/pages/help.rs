//! The help page: keys, filters, files, changes, colours. Its search shows only what contains all words.

use leptos::prelude::*;
use mesoscope_core::text::help::{HelpBlock, HelpSection, SECTIONS};
use mesoscope_core::text::help_keys::{KeyGroup, KeyHelp};
use mesoscope_core::text::places::Place;
use mesoscope_core::views;
use mesoscope_core::views::table::Column;

use crate::widgets::filter::FilterBox;

/// Renders the page.
#[component]
pub(crate) fn HelpPage() -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let sections = move || {
        let words: Vec<String> = typed.get().to_lowercase().split_whitespace().map(str::to_owned).collect();
        let shown: Vec<AnyView> = SECTIONS.into_iter().filter_map(|section| part(section, &words)).collect();
        if shown.is_empty() {
            return view! { <section class="panel"><div class="blank lead"><p>"No matches. Try fewer or shorter words."</p></div></section> }.into_any();
        }
        shown.collect_view().into_any()
    };
    view! {
        <div class="head">
            <h1 tabindex="-1">"Help"</h1>
            <FilterBox label="Search help".to_owned() hint="Search help" value=typed.into() on_change=Callback::new(move |text| typed.set(text))/>
        </div>
        <div class="help">{sections}</div>
    }
}

/// A section with the lines that match; `None` if no line does. A heading that matches shows all its lines.
fn part(section: HelpSection, words: &[String]) -> Option<AnyView> {
    let words = if matches(words, &[section.title]) { &[] } else { words };
    let blocks: Vec<AnyView> = section.blocks.iter().filter_map(|content| block(*content, words)).collect();
    if blocks.is_empty() {
        return None;
    }
    Some(
        view! { <section class="panel" aria-label=section.title><h2>{section.title}</h2>{blocks}</section> }.into_any(),
    )
}

fn matches(words: &[String], texts: &[&str]) -> bool {
    let text = texts.join(" ").to_lowercase();
    words.iter().all(|word| text.contains(word))
}

fn block(content: HelpBlock, words: &[String]) -> Option<AnyView> {
    match content {
        HelpBlock::Text(text) => matches(words, &[text]).then(|| view! { <p>{text}</p> }.into_any()),
        HelpBlock::Terms(rows) => lines(rows, words, "terms", |term| view! { <b>{term}</b> }.into_any()),
        HelpBlock::Examples(rows) => lines(rows, words, "examples", |code| view! { <code>{code}</code> }.into_any()),
        HelpBlock::Colours(rows) => lines(rows, words, "colours", |tone| {
            view! { <span class="state" data-tone=tone>{tone_name(tone)}</span> }.into_any()
        }),
        HelpBlock::Keys(group) => keys(group, words),
        HelpBlock::PlaceKeys => place_keys(words),
        HelpBlock::FilterFields => filter_fields(words),
    }
}

const fn tone_name(tone: &str) -> &str {
    match tone.as_bytes() {
        b"ok" => "green",
        b"busy" => "blue",
        b"warn" => "amber",
        b"bad" => "red",
        b"lost" => "purple",
        _ => "grey",
    }
}

fn lines(
    rows: &'static [[&'static str; 2]],
    words: &[String],
    class: &'static str,
    term: fn(&'static str) -> AnyView,
) -> Option<AnyView> {
    let shown = rows.iter().filter(|row| matches(words, row.as_slice()));
    let shown: Vec<_> =
        shown.map(|[name, says]| view! { <div><dt>{term(name)}</dt><dd>{*says}</dd></div> }.into_any()).collect();
    (!shown.is_empty()).then(|| view! { <dl class=class>{shown}</dl> }.into_any())
}

fn keys(group: &'static KeyGroup, words: &[String]) -> Option<AnyView> {
    let words = if matches(words, &[group.title]) { &[] } else { words };
    let is_shown = |key: &&KeyHelp| {
        let labels: Vec<String> = key.keys.iter().map(|key| label(key)).collect();
        matches(words, &[key.does, &labels.join(" "), &key.keys.join(" ")])
    };
    let rows = group.keys.iter().filter(is_shown).map(|key| key_row(key.keys.iter().map(|key| label(key)), key.does));
    let rows: Vec<AnyView> = rows.collect();
    (!rows.is_empty()).then(|| view! { <h3>{group.title}</h3><dl class="key-list">{rows}</dl> }.into_any())
}

fn key_row(keys: impl Iterator<Item = String>, does: &'static str) -> AnyView {
    let keys = keys.map(|key| view! { <kbd>{key}</kbd>" " }).collect_view();
    view! { <div><dt>{keys}</dt><dd>{does}</dd></div> }.into_any()
}

fn place_keys(words: &[String]) -> Option<AnyView> {
    let rows = Place::ALL.into_iter().filter(|place| matches(words, &[place.name(), "page g"]));
    let rows: Vec<_> = rows.map(|place| key_row([format!("g {}", place.key())].into_iter(), place.name())).collect();
    (!rows.is_empty()).then(|| view! { <h3>"Go to a page"</h3><dl class="key-list places">{rows}</dl> }.into_any())
}

/// A key as it is printed on a keyboard: `↑` for `ArrowUp`.
fn label(key: &str) -> String {
    let (modifiers, key) = key.rsplit_once('+').filter(|(before, _)| !before.is_empty()).unwrap_or(("", key));
    let name = match key {
        "ArrowUp" => "↑",
        "ArrowDown" => "↓",
        "ArrowLeft" => "←",
        "ArrowRight" => "→",
        " " => "Space",
        "Escape" => "Esc",
        "ContextMenu" => "Menu",
        key => key,
    };
    match modifiers {
        "" => name.to_owned(),
        modifiers => format!("{modifiers}+{}", name.to_uppercase()),
    }
}

fn filter_fields(words: &[String]) -> Option<AnyView> {
    let tables: [(&str, &[&str], &[&str]); 10] = [
        (Place::Agents.name(), views::agents::AgentColumn::WORDS, views::agents::AgentColumn::NUMBERS),
        (
            Place::Frameworks.name(),
            views::frameworks::FrameworkColumn::WORDS,
            views::frameworks::FrameworkColumn::NUMBERS,
        ),
        (Place::Tasks.name(), views::tasks::TaskColumn::WORDS, views::tasks::TaskColumn::NUMBERS),
        (Place::Events.name(), views::events::EventColumn::WORDS, views::events::EventColumn::NUMBERS),
        (Place::Roles.name(), views::roles::RoleColumn::WORDS, views::roles::RoleColumn::NUMBERS),
        (Place::Offers.name(), views::offers::OfferColumn::WORDS, views::offers::OfferColumn::NUMBERS),
        (Place::Executors.name(), views::executors::ExecutorColumn::WORDS, views::executors::ExecutorColumn::NUMBERS),
        (
            Place::Operations.name(),
            views::operations::OperationColumn::WORDS,
            views::operations::OperationColumn::NUMBERS,
        ),
        (Place::Volumes.name(), views::volumes::VolumeColumn::WORDS, views::volumes::VolumeColumn::NUMBERS),
        ("Tasks of a run", views::run_tasks::RunTaskColumn::WORDS, views::run_tasks::RunTaskColumn::NUMBERS),
    ];
    let rows = tables.into_iter().filter_map(|(name, texts, numbers)| {
        let fields = [texts, numbers].concat().join("  ");
        let row = || view! { <div><dt><b>{name}</b></dt><dd><code>{fields.clone()}</code></dd></div> }.into_any();
        matches(words, &[name, &fields, "fields"]).then(row)
    });
    let rows: Vec<AnyView> = rows.collect();
    (!rows.is_empty()).then(|| view! { <h3>"Fields of each table"</h3><dl class="terms">{rows}</dl> }.into_any())
}
