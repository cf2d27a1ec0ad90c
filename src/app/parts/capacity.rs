//! Panel of the cluster's resources: total, allocated, offered and free, as figures and bars.

use leptos::prelude::*;
use mesoscope_core::base::units::Bytes;
use mesoscope_core::text;
use mesoscope_core::views::overview::Capacity;

use crate::widgets::meter::Track;
use crate::widgets::panel::Panel;

/// One resource, with fractions for the bar and texts for the figures.
struct Share {
    name: &'static str,
    numbers: [f64; 3],
    words: [String; 4],
    /// `None` if nothing is reserved.
    reserved: Option<String>,
    /// Free resources that are not offered; `None` if all are.
    withheld: Option<String>,
    /// `None` without a measurement.
    in_use: Option<String>,
}

impl Share {
    fn unknown(self) -> Self {
        Self { words: self.words.map(|_| "–".to_owned()), ..self }
    }
}

/// CPUs, memory and disk bytes in use, if measured.
pub(crate) type InUse = [Option<f64>; 3];

/// Renders the panel.
#[component]
pub(crate) fn CapacityPanel(
    title: &'static str,
    #[prop(into)] capacity: Signal<Option<Capacity>>,
    #[prop(optional, into)] in_use: Option<Signal<InUse>>,
    /// Number of agents with an unreadable amount.
    #[prop(optional)]
    unreadable_agents: Option<Memo<u32>>,
) -> impl IntoView {
    let key = || {
        view! {
            <span class="key" data-key="allocated">"allocated"</span>
            <span class="key" data-key="offered">"offered"</span>
            <span class="key" data-key="free">"free"</span>
        }
    };
    // Unknown figures reserve their place, so that nothing moves later.
    let shares = move || match capacity.get() {
        Some(capacity) => {
            let in_use = in_use.map(|in_use| in_use.get()).unwrap_or_default();
            let measured = |used: Option<f64>| {
                let (number, unit) = text::bytes(Bytes::new(used? as i64));
                Some(format!("{number} {unit}"))
            };
            let in_use = [in_use[0].map(|cpus| format!("{cpus:.2}")), measured(in_use[1]), measured(in_use[2]), None];
            let shares = shares(&capacity).into_iter().zip(in_use);
            shares.map(|(of, in_use)| share(Share { in_use, ..of })).collect_view()
        }
        None => shares(&Capacity::default()).into_iter().map(Share::unknown).map(share).collect_view(),
    };
    let lacks = move || {
        let number = unreadable_agents?.get();
        let agents = text::plural(number, "agent", "agents");
        (number > 0).then(|| view! { <p class="dim note">"Without "{agents}" of which amounts cannot be read."</p> })
    };
    view! { <Panel title aside=key><div class="capacity">{shares}</div>{lacks}</Panel> }
}

fn shares(capacity: &Capacity) -> [Share; 4] {
    let Capacity { total, allocated, offered, reserved, withheld } = *capacity;
    let all = [allocated, offered, total, reserved, withheld];
    [
        amount("CPUs", all.map(|of| of.cpus.as_f64())),
        bytes("Memory", all.map(|of| of.mem)),
        bytes("Disk", all.map(|of| of.disk)),
        amount("GPUs", all.map(|of| of.gpus.as_f64())),
    ]
}

fn amount(name: &'static str, [allocated, offered, total, reserved, withheld]: [f64; 5]) -> Share {
    let free = (total - allocated - offered).max(0.0);
    Share {
        name,
        numbers: [allocated, offered, total],
        words: [allocated, offered, free, total].map(text::amount),
        reserved: (reserved > 0.0).then(|| text::amount(reserved)),
        withheld: (withheld > 0.0).then(|| text::amount(withheld)),
        in_use: None,
    }
}

fn bytes(name: &'static str, [allocated, offered, total, reserved, withheld]: [Bytes; 5]) -> Share {
    let free = (total - allocated - offered).max(Bytes::new(0));
    Share {
        name,
        numbers: [allocated, offered, total].map(Bytes::as_f64),
        words: [allocated, offered, free, total].map(text::bytes_summed),
        reserved: (reserved.get() > 0).then(|| text::bytes_summed(reserved)),
        withheld: (withheld.get() > 0).then(|| text::bytes_summed(withheld)),
        in_use: None,
    }
}

const WITHHELD: &str = "Free, and offered to nobody: on agents that are deactivated, draining, or disconnected";

fn share(share: Share) -> impl IntoView {
    let [allocated, offered, total] = share.numbers;
    let [allocated_words, offered_words, free_words, total_words] = share.words;
    let figure = if total > 0.0 {
        view! { {text::percent(allocated, total)}<small>" of "{total_words}</small> }.into_any()
    } else {
        let words = if total_words == "–" { total_words } else { "none".to_owned() };
        view! { <small>{words}</small> }.into_any()
    };
    view! {
        <div role="group" aria-label=share.name>
            <div class="dim">{share.name}</div>
            <div class="figure">{figure}</div>
            <Track taken=allocated promised=offered whole=total/>
            <dl>
                <div><dt>"allocated"</dt><dd>{allocated_words}</dd></div>
                {share.in_use.map(|words| view! { <div title="By the containers' own statistics"><dt>"of it in use"</dt><dd>{words}</dd></div> })}
                <div><dt>"offered"</dt><dd>{offered_words}</dd></div>
                <div><dt>"free"</dt><dd>{free_words}</dd></div>
                {share.withheld.map(|words| view! { <div title=WITHHELD><dt>"of it withheld"</dt><dd>{words}</dd></div> })}
                {share.reserved.map(|words| view! { <div><dt>"reserved"</dt><dd>{words}</dd></div> })}
            </dl>
        </div>
    }
}
