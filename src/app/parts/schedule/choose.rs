//! Machines for a window: from the agents, by a filter, or from a list of hosts that is pasted.

use leptos::prelude::*;
use mesoscope_core::mesos::calls::maintenance::MachineId;
use mesoscope_core::text;
use mesoscope_core::views::machines::{MachineChoice, MachineQuery, Machines};

use crate::link::link;
use crate::parts::schedule::draft::Draft;
use crate::widgets::long::{Extent, long};

/// The machines of a window, and the ways to more.
pub(super) fn machines(draft: Draft, at: usize) -> AnyView {
    let filter = RwSignal::new(String::new());
    let pasted = RwSignal::new(String::new());
    let found = told(move || MachineQuery::Filter(filter.get()));
    let hosts = move || {
        let separates = |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';');
        pasted.read().split(separates).filter(|host| !host.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let named = told(move || MachineQuery::Hosts(hosts()));
    let inside = Memo::new(move |_| draft.window(at).map(|window| window.machines).unwrap_or_default());
    let remove = move |id: &MachineId| {
        let id = id.clone();
        draft.change_one(at, move |window| window.machines.retain(|machine| *machine != id));
    };
    let chips = move || {
        let chip = move |id: &MachineId| {
            let id = id.clone();
            let name = id.to_string();
            let label = format!("Take {name} out");
            view! { <span class="chip">{name}<button class="quiet" type="button" aria-label=label on:click=move |_| remove(&id)>"×"</button></span> }.into_any()
        };
        let frame = |chips: AnyView| view! { <span class="chips">{chips}</span> }.into_any();
        long(Extent::first("machines", 30), inside, ToString::to_string, chip, frame)
    };
    // A machine stands once in the whole schedule: what is taken elsewhere is not added again.
    let add = move |ids: Vec<MachineId>| {
        let taken: Vec<MachineId> =
            draft.shown.get_untracked().into_iter().flat_map(|window| window.machines).collect();
        draft.change_one(at, move |window| window.machines.extend(ids.into_iter().filter(|id| !taken.contains(id))));
    };
    let offered = move || {
        let taken: Vec<MachineId> = draft.shown.get().into_iter().flat_map(|window| window.machines).collect();
        found.with(|found| found.rows.iter().filter(|row| !taken.contains(&row.id)).cloned().collect::<Vec<_>>())
    };
    let list = move || {
        let line = |row: MachineChoice| {
            let id = row.id.clone();
            let words = format!("{} · {}", row.id, text::plural(row.tasks, "live task", "live tasks"));
            view! { <li><button class="text-button" type="button" on:click=move |_| add(vec![id.clone()])>"Add"</button>" "{words}</li> }
        };
        offered().into_iter().take(8).map(line).collect_view()
    };
    let none = move || {
        let matched = found.read().matched;
        let words = if matched == 0 { "No agent fits." } else { "All that fit are in a window already." };
        (offered().is_empty() && !filter.read().is_empty()).then_some(words)
    };
    let all = move || {
        let offered = offered();
        let matched = found.with(|found| found.matched as usize);
        // More fit than are listed: adding those alone would be half of what was asked.
        (offered.len() > 1 && matched <= 200 && !filter.read().is_empty()).then(|| {
            let ids: Vec<MachineId> = offered.iter().map(|row| row.id.clone()).collect();
            view! { <button class="button" type="button" on:click=move |_| add(ids.clone())>{format!("Add all {}", ids_count(&offered))}</button> }
        })
    };
    let paste = move || {
        let Machines { rows, unknown, .. } = named.get();
        let ids: Vec<MachineId> = rows.into_iter().map(|row| row.id).collect();
        let none = (!unknown.is_empty()).then(|| format!("No agent is registered on: {}.", unknown.join(", ")));
        let button = (!ids.is_empty()).then(|| {
            let words = format!("Add {}", text::plural(u32::try_from(ids.len()).unwrap_or(u32::MAX), "machine", "machines"));
            view! { <button class="button" type="button" on:click=move |_| { add(ids.clone()); pasted.set(String::new()); }>{words}</button> }
        });
        let anyway = (!unknown.is_empty()).then(|| {
            let ids: Vec<MachineId> = unknown.iter().map(|host| MachineId { hostname: Some(host.clone()), ip: None }).collect();
            view! { <button class="text-button" type="button" on:click=move |_| { add(ids.clone()); pasted.set(String::new()); }>"Add the unknown by name all the same"</button> }
        });
        view! { <p class="wrong">{none}</p><div class="tools">{button}{anyway}</div> }
    };
    view! {
        <div class="chosen-machines">
            {chips()}
            <div class="choosing">
                <label>"From the agents" <input class="inline" type="text" spellcheck="false" placeholder="host, rack:r12, tasks>3 …" prop:value=filter on:input=move |event| filter.set(event_target_value(&event))/></label>
                <ul>{list}</ul><p class="dim">{none}</p>{all}
            </div>
            <div class="choosing">
                <label>"Or paste hosts" <textarea rows="3" spellcheck="false" placeholder="one a line, names or addresses" prop:value=pasted on:input=move |event| pasted.set(event_target_value(&event))></textarea></label>
                {paste}
            </div>
        </div>
    }
    .into_any()
}

fn ids_count(rows: &[MachineChoice]) -> String {
    text::count(rows.len() as u64)
}

fn told(query: impl Fn() -> MachineQuery + Send + Sync + 'static) -> Memo<Machines> {
    let answer = link().watch(query);
    Memo::new(move |_| answer.get().unwrap_or_default())
}
