//! The pool of an agent as bars: a bar per resource, split by reservation, with what is in use and offered.

use leptos::prelude::*;
use mesoscope_core::actions::pool::{AgentPool, PoolItem};
use mesoscope_core::checks::reservations::PooledField;
use mesoscope_core::mesos::wire::pool_resource::PoolAmount;
use mesoscope_core::text::pooled::resource_label;
use mesoscope_core::text::reservations as words;

/// Number of tones for roles; further roles repeat them.
const TONES: usize = 5;

/// Maximum number of roles in the key, and of parts of a bar: an agent can have thousands, which nobody could distinguish.
const SHOWN: usize = 40;

/// Bars of all resources, with a key of the roles.
pub(crate) fn pool_bars(pool: &AgentPool) -> AnyView {
    let mut roles: Vec<String> = Vec::new();
    for role in pool.items.iter().filter_map(|item| item.resource.role()) {
        if roles.len() < SHOWN && !roles.contains(&role.0) {
            roles.push(role.0.clone());
        }
    }
    let tone = |item: &PoolItem| {
        let role = item.resource.role()?;
        roles.iter().position(|other| *other == role.0).map(|at| (at % TONES).to_string())
    };
    let mut names: Vec<&str> = Vec::new();
    for item in &pool.items {
        if !names.contains(&item.resource.name.as_str()) {
            names.push(&item.resource.name);
        }
    }
    let bar = |name: &&str| {
        let items: Vec<&PoolItem> = pool.items.iter().filter(|item| item.resource.name == **name).collect();
        bar(name, &items, tone)
    };
    let role_key = |(at, role): (usize, &String)| {
        view! { <span class="pool-key" data-role=(at % TONES).to_string()>{role.clone()}</span> }
    };
    view! {
        <div class="pool">
            <p class="pool-keys"><span class="pool-key" data-role="none">"unreserved"</span>{roles.iter().enumerate().map(role_key).collect_view()}
                <span class="pool-key" data-part="used">"in use"</span><span class="pool-key" data-part="offered">"offered"</span></p>
            <ul class="pool-bars" aria-label="Resources by reservation">{names.iter().map(bar).collect_view()}</ul>
        </div>
    }
    .into_any()
}

fn bar(name: &str, items: &[&PoolItem], tone: impl Fn(&PoolItem) -> Option<String>) -> AnyView {
    let whole: f64 = items.iter().map(|item| item.resource.amount.number()).sum();
    let percent =
        |part: f64, of: f64| format!("{:.2}%", if of > 0.0 { (part / of * 100.0).clamp(0.0, 100.0) } else { 0.0 });
    let part = |item: &&PoolItem| {
        let all = item.resource.amount.number();
        let [used, offered] = [&item.allocated, &item.offered].map(|amount| percent(amount.number(), all));
        let title = share(item);
        view! {
            <i class="pool-part" style:width=percent(all, whole) data-role=tone(item).unwrap_or_else(|| "none".to_owned()) title=title>
                <b data-part="used" style:width=used></b><b data-part="offered" style:width=offered></b></i>
        }
    };
    let (shown, rest) = items.split_at(items.len().min(SHOWN));
    let more = (!rest.is_empty()).then(|| {
        let width = percent(rest.iter().map(|item| item.resource.amount.number()).sum(), whole);
        view! { <i class="pool-part" style:width=width data-role="none" title=words::more_reservations(rest.len())></i> }
    });
    let total = items.iter().fold(PoolAmount::default(), |sum, item| sum.plus(&item.resource.amount));
    let more_words = (!rest.is_empty()).then(|| words::more_reservations(rest.len()));
    let says = shown.iter().map(|item| share(item)).chain(more_words).collect::<Vec<_>>().join(". ");
    view! {
        <li><span class="name">{resource_label(name).to_owned()}</span><span class="pool-bar" aria-hidden="true">{shown.iter().map(part).collect_view()}{more}</span>
            <b>{words::rounded(name, &total)}</b><span class="unseen">{says}</span></li>
    }
    .into_any()
}

fn share(item: &PoolItem) -> String {
    let free = item.free().minus(&item.offered);
    words::share(&PooledField::of(&item.resource), [&item.resource.amount, &item.allocated, &item.offered, &free])
}
