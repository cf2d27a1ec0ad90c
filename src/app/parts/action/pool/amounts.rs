//! Fields for amounts of a pool: one per resource, with what is free and what is left as it is typed.

use std::collections::BTreeMap;

use leptos::prelude::*;
use mesoscope_core::actions::pool::amount_lines::{AmountLine, amount_lines};
use mesoscope_core::actions::pool::{AgentPool, amount_text, parse_pool_amount, ports};
use mesoscope_core::checks::reservations::PooledField;
use mesoscope_core::mesos::wire::pool_resource::{PoolAmount, PoolResource};
use mesoscope_core::text::{pooled, reservations as words};

use super::super::field::{FieldKind, field};

/// Key of a line: what its resource is.
fn line_key(line: &AmountLine) -> String {
    format!("{:?} {:?}", PooledField::of(&line.resource), line.resource.provider)
}

fn label(line: &AmountLine) -> String {
    pooled::resource(&PooledField::of(&line.resource))
}

/// The amounts of a form.
#[derive(Clone, Copy)]
pub(super) struct Amounts {
    lines: Memo<Vec<AmountLine>>,
    /// Input by the line's key; a line that is not touched has its default.
    typed: RwSignal<BTreeMap<String, String>>,
    /// Whether all that is free is the default, rather than nothing.
    takes_all: bool,
}

impl Amounts {
    /// Fields for the resources of the pools that are meant.
    pub(super) fn new(
        pools: Memo<Option<Vec<AgentPool>>>,
        is_meant: impl Fn(&PoolResource) -> bool + Send + Sync + 'static,
        takes_all: bool,
    ) -> Self {
        let typed = RwSignal::new(BTreeMap::<String, String>::new());
        let is_typed = move |line: &AmountLine| {
            typed.with_untracked(|typed| typed.get(&line_key(line)).is_some_and(|text| !text.trim().is_empty()))
        };
        let lines = Memo::new(move |last: Option<&Vec<AmountLine>>| {
            let mut now = pools.with(|pools| amount_lines(pools.as_deref().unwrap_or_default(), &is_meant));
            // A typed amount stays with the error that nothing is free: the form must not send less than it was given.
            for line in last.into_iter().flatten().filter(|line| is_meant(&line.resource) && is_typed(line)) {
                if !now.iter().any(|other| other.resource.is_like(&line.resource)) {
                    now.push(AmountLine { free: line.free.minus(&line.free), ..line.clone() });
                }
            }
            now
        });
        Self { lines, typed, takes_all }
    }

    fn text(self, line: &AmountLine) -> String {
        let default = || match self.takes_all && !line.free.is_none() {
            true => amount_text(&line.resource.name, &line.free),
            false => String::new(),
        };
        self.typed.with(|typed| typed.get(&line_key(line)).cloned()).unwrap_or_else(default)
    }

    fn amount(self, line: &AmountLine) -> Result<PoolAmount, String> {
        parse_pool_amount(&line.resource.name, &self.text(line), &line.resource.amount)
    }

    fn set(self, line: &AmountLine, text: String) {
        self.typed.update(|typed| _ = typed.insert(line_key(line), text));
    }

    /// The resources with the amounts above 0 that were typed.
    pub(super) fn resources(self) -> Vec<PoolResource> {
        let typed = |line: &AmountLine| Some(line.resource.of(self.amount(line).ok().filter(|it| !it.is_none())?));
        self.lines.with(|lines| lines.iter().filter_map(typed).collect())
    }

    /// First error of the input, or that there is none.
    pub(super) fn fault(self) -> Option<String> {
        let lines = self.lines.get();
        let wrong = lines.iter().find_map(|line| self.amount(line).err());
        let none = || self.resources().is_empty().then(|| words::NO_AMOUNT.to_owned());
        wrong.or_else(none)
    }

    /// The fields; `refused` is Mesos' refusal of an amount.
    pub(super) fn view(self, refused: Signal<Option<String>>) -> AnyView {
        let first = move || self.lines.with(|lines| lines.first().map(line_key));
        let row = move |line: AmountLine| {
            let key = line_key(&line);
            let refused = Signal::derive(move || refused.get().filter(|_| first().as_ref() == Some(&key)));
            self.row(line, refused)
        };
        view! { <div class="pool-amounts"><For each=move || self.lines.get() key=line_key children=row/></div> }
            .into_any()
    }

    fn row(self, line: AmountLine, refused: Signal<Option<String>>) -> AnyView {
        let key = line_key(&line);
        // The line's free amount changes with the cluster, while its field stays.
        let now = Memo::new(move |last: Option<&AmountLine>| {
            let found = self.lines.with(|lines| lines.iter().find(|line| line_key(line) == key).cloned());
            found.or_else(|| last.cloned()).unwrap_or_else(|| line.clone())
        });
        let label = now.with_untracked(label);
        let text = Signal::derive(move || now.with(|line| self.text(line)));
        let fault = Signal::derive(move || now.with(|line| self.amount(line).err()).or_else(|| refused.get()));
        let (is_whole, is_ranges) = now.with_untracked(|line| {
            (line.resource.is_indivisible(), matches!(line.resource.amount, PoolAmount::Ranges(_)))
        });
        let set = move |text: String| now.with_untracked(|line| self.set(line, text));
        let input = if is_whole {
            let click = move |event| {
                let whole = now.with_untracked(|line| amount_text(&line.resource.name, &line.resource.amount));
                set(if event_target_checked(&event) { whole } else { String::new() });
            };
            view! { <label><input type="checkbox" prop:checked=move || !text.get().is_empty() on:change=click/>"whole"</label><span class="wrong">{refused}</span> }
                .into_any()
        } else {
            let kind = FieldKind {
                is_short: !is_ranges,
                placeholder: if is_ranges { "31000-31005" } else { "0" },
                ..FieldKind::default()
            };
            field(Some(words::amount_label(&label)), kind, text, fault, set)
        };
        let all = (!is_whole && !is_ranges).then(|| {
            let click = move |_| set(now.with_untracked(|line| amount_text(&line.resource.name, &line.free)));
            view! { <button class="text-button" type="button" aria-label=words::take_all(&label) on:click=click>"All"</button> }
        });
        let says = move || {
            now.with(|line| words::left(&line.resource.name, &line.free, &self.amount(line).unwrap_or_default()))
        };
        let is_short = move || now.with(|line| self.amount(line).is_ok_and(|typed| !line.free.contains(&typed)));
        let picker = is_ranges.then(|| picker(now, set));
        view! {
            <div class="pool-amount"><span>{label}</span><span class="pool-input">{input}{all}{picker}</span>
                <small class="dim" data-tone=move || is_short().then_some("bad")>{says}</small></div>
        }
        .into_any()
    }
}

/// Picks that number of free ports.
fn picker(line: Memo<AmountLine>, set: impl Fn(String) + Copy + 'static) -> AnyView {
    let number = RwSignal::new("1".to_owned());
    let picked = move || ports::pick(&line.get_untracked().free, number.get_untracked().trim().parse().ok()?);
    let pick = move |_| {
        if let Some(PoolAmount::Ranges(ranges)) = picked() {
            set(ports::format_ports(&ranges));
        }
    };
    view! {
        <span class="pool-pick"><button class="text-button" type="button" on:click=pick>"Pick free ports:"</button>
            <input class="inline short" type="text" inputmode="numeric" aria-label="Number of free ports to pick" prop:value=number on:input=move |event| number.set(event_target_value(&event))/></span>
    }
    .into_any()
}
