//! Machine picker of a window: agents by filter, or a pasted list of hosts.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use mesoscope_core::mesos::calls::maintenance::MachineId;
use mesoscope_core::text;
use mesoscope_core::views::machines::{MachineChoice, MachineQuery, Machines};

use crate::hooks::on_update;
use crate::parts::schedule::draft::Draft;
use crate::widgets::long_list::{ListExtent, long_list};
use crate::worker_link::link;

/// Machines of the window with the controls to add more.
pub(super) fn machines(draft: Draft, at: usize) -> AnyView {
    let (filter, pasted) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let found = reported(move || MachineQuery::Filter(filter.get()));
    let named = reported(move || MachineQuery::Hosts(pasted.with(|pasted| hosts(pasted))));
    let choosing = MachinePicker { draft, at, filter, pasted, found, named, adding: RwSignal::new(None) };
    let adding = move || choosing.adding.get().map(|filter| choosing.add_matches(filter));
    view! {
        <div class="chosen-machines">
            {choosing.chips()}{adding}
            <div class="choosing">
                <label>"Add agents by filter" <input class="inline" type="text" spellcheck="false" placeholder="host, rack:r12, tasks>3 …" prop:value=filter on:input=move |event| filter.set(event_target_value(&event))/></label>
                <ul>{move || choosing.list()}</ul><p class="dim">{move || choosing.none()}</p>{move || choosing.all()}
            </div>
            <div class="choosing">
                <label>"Paste hosts" <textarea rows="3" spellcheck="false" placeholder="host names or addresses, one per line" prop:value=pasted on:input=move |event| pasted.set(event_target_value(&event))></textarea></label>
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

/// The edited window of a draft and its candidate machines.
#[derive(Clone, Copy)]
struct MachinePicker {
    draft: Draft,
    at: usize,
    filter: RwSignal<String>,
    pasted: RwSignal<String>,
    /// Machines that match the filter.
    found: Memo<Machines>,
    /// Machines of the pasted hosts.
    named: Memo<Machines>,
    /// Filter of which all matches are being added.
    adding: RwSignal<Option<String>>,
}

impl MachinePicker {
    /// Chips of the window's machines, each with a remove button.
    fn chips(self) -> AnyView {
        let Self { draft, at, .. } = self;
        let inside = Memo::new(move |_| draft.window(at).map(|window| window.machines).unwrap_or_default());
        let remove = move |id: &MachineId| {
            draft.change_one(at, |window| window.machines.retain(|machine| machine != id));
        };
        let chip = move |id: &MachineId| {
            let id = id.clone();
            let (name, title) = (text::schedule::host(&id).to_owned(), id.to_string());
            let label = text::schedule::remove_machine(&id);
            view! { <span class="chip"><span title=title>{name}</span><button class="quiet" type="button" aria-label=label on:click=move |_| remove(&id)>"×"</button></span> }.into_any()
        };
        let frame = |chips: AnyView| view! { <span class="chips">{chips}</span> }.into_any();
        long_list(ListExtent::first("machines", 30), inside, ToString::to_string, chip, frame)
    }

    /// Adds machines; one that is already in the schedule is skipped, since Mesos allows each only once.
    fn add(self, ids: Vec<MachineId>) {
        let mut taken: BTreeSet<MachineId> = untrack(|| self.taken()).into_keys().collect();
        let new: Vec<MachineId> = ids.into_iter().filter(|id| taken.insert(id.clone())).collect();
        self.draft.change_one(self.at, |window| window.machines.extend(new));
    }

    /// Adds all machines that match the filter, of which only the first were listed.
    fn add_matches(self, filter: String) {
        let answer = link().watch(move || MachineQuery::All(filter.clone()));
        on_update(
            move || answer.get(),
            move |found| {
                let Some(found) = found else { return };
                self.add(found.rows.into_iter().map(|row| row.id).collect());
                self.adding.set(None);
            },
        );
    }

    /// Machines of the draft with their window's index.
    fn taken(self) -> BTreeMap<MachineId, usize> {
        let windows = self.draft.shown.get().into_iter().enumerate();
        windows.flat_map(|(at, window)| window.machines.into_iter().map(move |id| (id, at))).collect()
    }

    /// Machines that match the filter and are in no window.
    fn offered(self) -> Vec<MachineChoice> {
        let taken = self.taken();
        self.found.with(|found| found.rows.iter().filter(|row| !taken.contains_key(&row.id)).cloned().collect())
    }

    fn list(self) -> impl IntoView + use<> {
        let line = |row: MachineChoice| {
            let words = text::schedule::machine_choice(&row.id, row.tasks);
            let label = text::schedule::add_machine(&row.id);
            view! { <li><button class="text-button" type="button" aria-label=label on:click=move |_| self.add(vec![row.id.clone()])>"Add"</button>" "{words}</li> }
        };
        self.offered().into_iter().take(8).map(line).collect_view()
    }

    fn none(self) -> Option<&'static str> {
        let matched = self.found.read().matched;
        let words = if matched == 0 { "No agents match." } else { "All matches are in a window already." };
        (self.offered().is_empty() && !self.filter.read().is_empty()).then_some(words)
    }

    fn all(self) -> Option<AnyView> {
        let offered = self.offered().len();
        let (listed, matched) = self.found.with(|found| (found.rows.len(), found.matched));
        // Some of the matches beyond the listed ones may be in a window already; those are skipped.
        let number = if listed == matched as usize { u32::try_from(offered).unwrap_or(matched) } else { matched };
        (offered > 1 && !self.filter.read().is_empty()).then(|| {
            let words = text::schedule::add_all(number);
            let add = move |_| self.adding.set(Some(self.filter.get_untracked()));
            view! { <button class="button" type="button" on:click=add>{words}</button> }.into_any()
        })
    }

    /// Adds the pasted hosts. Rejected ones stay in the field, with the reason.
    fn paste(self) -> impl IntoView + use<> {
        let Machines { rows, unknown, .. } = self.named.get();
        let taken = self.taken();
        let known: Vec<MachineId> = rows.into_iter().map(|row| row.id).collect();
        let unknown: Vec<MachineId> = unknown.iter().map(|word| MachineId::named(word)).collect();
        let left_out = left_out(known.iter().chain(&unknown), &taken, self.at);
        let (kept, known): (Vec<_>, Vec<_>) = known.into_iter().partition(|id| taken.contains_key(id));
        let (kept_too, unknown): (Vec<_>, Vec<_>) = unknown.into_iter().partition(|id| taken.contains_key(id));
        let kept: Vec<String> = kept.iter().chain(&kept_too).map(host).collect();
        let unnamed: Vec<String> = unknown.iter().map(host).collect();
        let others: Vec<String> = kept.iter().cloned().chain(known.iter().map(host)).collect();
        let none = (!unnamed.is_empty()).then(|| text::schedule::unknown_hosts(&unnamed));
        let add = move |ids: &[MachineId], rest: &[String]| {
            self.add(ids.to_vec());
            self.pasted.set(rest.join("\n"));
        };
        let button = (!known.is_empty()).then(|| {
            let rest = [kept.as_slice(), &unnamed].concat();
            let words = text::schedule::add_machines(known.len());
            view! { <button class="button" type="button" on:click=move |_| add(&known, &rest)>{words}</button> }
        });
        let anyway = (!unknown.is_empty()).then(|| {
            view! { <button class="text-button" type="button" on:click=move |_| add(&unknown, &others)>"Add unknown hosts anyway"</button> }
        });
        view! { <p class="wrong" role="status">{none}{left_out}</p><div class="tools">{button}{anyway}</div> }
    }
}

/// Lists those machines that are already in a window, by window. `at` is the edited window.
fn left_out<'a>(
    ids: impl Iterator<Item = &'a MachineId>,
    taken: &BTreeMap<MachineId, usize>,
    at: usize,
) -> Option<String> {
    let mut by_window: BTreeMap<usize, Vec<MachineId>> = BTreeMap::new();
    for (id, window) in ids.filter_map(|id| Some((id, taken.get(id)?))) {
        by_window.entry(*window).or_default().push(id.clone());
    }
    let line = |(window, machines): (usize, Vec<MachineId>)| text::schedule::not_added(window, at, &machines);
    (!by_window.is_empty()).then(|| by_window.into_iter().map(line).collect::<Vec<_>>().join(" "))
}

fn host(id: &MachineId) -> String {
    text::schedule::host(id).to_owned()
}

fn reported(query: impl Fn() -> MachineQuery + Send + Sync + 'static) -> Memo<Machines> {
    let answer = link().watch(query);
    Memo::new(move |_| answer.get().unwrap_or_default())
}
