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
    let (filter, pasted) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let found = told(move || MachineQuery::Filter(filter.get()));
    let named = told(move || MachineQuery::Hosts(pasted.with(|pasted| hosts(pasted))));
    let choosing = Choosing { draft, at, filter, pasted, found, named };
    view! {
        <div class="chosen-machines">
            {choosing.chips()}
            <div class="choosing">
                <label>"From the agents" <input class="inline" type="text" spellcheck="false" placeholder="host, rack:r12, tasks>3 …" prop:value=filter on:input=move |event| filter.set(event_target_value(&event))/></label>
                <ul>{move || choosing.list()}</ul><p class="dim">{move || choosing.none()}</p>{move || choosing.all()}
            </div>
            <div class="choosing">
                <label>"Or paste hosts" <textarea rows="3" spellcheck="false" placeholder="one a line, names or addresses" prop:value=pasted on:input=move |event| pasted.set(event_target_value(&event))></textarea></label>
                {move || choosing.paste()}
            </div>
        </div>
    }
    .into_any()
}

fn hosts(pasted: &str) -> Vec<String> {
    let separates = |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';');
    pasted.split(separates).filter(|host| !host.is_empty()).map(str::to_owned).collect()
}

/// The window of a draft whose machines are chosen, and what they are chosen from.
#[derive(Clone, Copy)]
struct Choosing {
    draft: Draft,
    at: usize,
    filter: RwSignal<String>,
    pasted: RwSignal<String>,
    /// Those that fit the filter.
    found: Memo<Machines>,
    /// Those of the pasted hosts.
    named: Memo<Machines>,
}

impl Choosing {
    /// The machines of the window, each with a button that takes it out.
    fn chips(self) -> AnyView {
        let Self { draft, at, .. } = self;
        let inside = Memo::new(move |_| draft.window(at).map(|window| window.machines).unwrap_or_default());
        let remove = move |id: &MachineId| {
            draft.change_one(at, |window| window.machines.retain(|machine| machine != id));
        };
        let chip = move |id: &MachineId| {
            let id = id.clone();
            let name = id.to_string();
            let label = format!("Take {name} out");
            view! { <span class="chip">{name}<button class="quiet" type="button" aria-label=label on:click=move |_| remove(&id)>"×"</button></span> }.into_any()
        };
        let frame = |chips: AnyView| view! { <span class="chips">{chips}</span> }.into_any();
        long(Extent::first("machines", 30), inside, ToString::to_string, chip, frame)
    }

    /// A machine stands once in the whole schedule: what is taken elsewhere is not added again.
    fn add(self, ids: Vec<MachineId>) {
        let taken = untrack(|| self.taken());
        let new = ids.into_iter().filter(|id| !taken.contains(id));
        self.draft.change_one(self.at, |window| window.machines.extend(new));
    }

    fn taken(self) -> Vec<MachineId> {
        self.draft.shown.get().into_iter().flat_map(|window| window.machines).collect()
    }

    /// Those that fit the filter and are in no window.
    fn offered(self) -> Vec<MachineChoice> {
        let taken = self.taken();
        self.found.with(|found| found.rows.iter().filter(|row| !taken.contains(&row.id)).cloned().collect())
    }

    fn list(self) -> impl IntoView + use<> {
        let line = |row: MachineChoice| {
            let words = format!("{} · {}", row.id, text::plural(row.tasks, "live task", "live tasks"));
            view! { <li><button class="text-button" type="button" on:click=move |_| self.add(vec![row.id.clone()])>"Add"</button>" "{words}</li> }
        };
        self.offered().into_iter().take(8).map(line).collect_view()
    }

    fn none(self) -> Option<&'static str> {
        let matched = self.found.read().matched;
        let words = if matched == 0 { "No agent fits." } else { "All that fit are in a window already." };
        (self.offered().is_empty() && !self.filter.read().is_empty()).then_some(words)
    }

    fn all(self) -> Option<AnyView> {
        let offered = self.offered();
        let matched = self.found.with(|found| found.matched as usize);
        // More fit than are listed: adding those alone would be half of what was asked.
        (offered.len() > 1 && matched <= 200 && !self.filter.read().is_empty()).then(|| {
            let ids: Vec<MachineId> = offered.iter().map(|row| row.id.clone()).collect();
            let words = format!("Add all {}", text::count(offered.len() as u64));
            view! { <button class="button" type="button" on:click=move |_| self.add(ids.clone())>{words}</button> }
                .into_any()
        })
    }

    fn paste(self) -> impl IntoView + use<> {
        let Machines { rows, unknown, .. } = self.named.get();
        let ids: Vec<MachineId> = rows.into_iter().map(|row| row.id).collect();
        let none = (!unknown.is_empty()).then(|| format!("No agent is registered on: {}.", unknown.join(", ")));
        let add = move |ids: &[MachineId]| {
            self.add(ids.to_vec());
            self.pasted.set(String::new());
        };
        let button = (!ids.is_empty()).then(|| {
            let words =
                format!("Add {}", text::plural(u32::try_from(ids.len()).unwrap_or(u32::MAX), "machine", "machines"));
            view! { <button class="button" type="button" on:click=move |_| add(&ids)>{words}</button> }
        });
        let anyway = (!unknown.is_empty()).then(|| {
            let ids: Vec<MachineId> = unknown.iter().map(|host| MachineId { hostname: Some(host.clone()), ip: None }).collect();
            view! { <button class="text-button" type="button" on:click=move |_| add(&ids)>"Add the unknown by name all the same"</button> }
        });
        view! { <p class="wrong">{none}</p><div class="tools">{button}{anyway}</div> }
    }
}

fn told(query: impl Fn() -> MachineQuery + Send + Sync + 'static) -> Memo<Machines> {
    let answer = link().watch(query);
    Memo::new(move |_| answer.get().unwrap_or_default())
}
