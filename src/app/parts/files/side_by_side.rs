//! Menu that adds further files, in panes or as a merged stream: from the same folder, from any task, or by path on any agent.

use leptos::prelude::*;
use mesoscope_core::base::ids::{AgentId, FrameworkId};
use mesoscope_core::files;
use mesoscope_core::files::entry::Sandbox;
use mesoscope_core::files::merge::MergeOrder;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::text;
use mesoscope_core::views::filter::Filter;
use mesoscope_core::views::search::object_names::{NamedObject, ObjectNamesQuery};
use mesoscope_core::views::table::{Column, TableQuery, TableWindow};
use mesoscope_core::views::tasks::{TaskColumn, TaskRow};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::hooks::set_if_changed;
use crate::parts::files::other_file::other_file;
use crate::parts::files::viewer_context::{MAX_PANES, ViewerContext};
use crate::parts::state_badges::task_state;
use crate::widgets::menu::Menu;
use crate::worker_link::{WorkerLink, link};

/// Maximum number of offered tasks.
const TASKS: u32 = 12;
/// Shown when the maximum number of files is open.
const FULL: &str = "Up to eight files can be shown. Close one first.";

/// Renders the button. `of` is the server of the first file.
pub(super) fn beside_menu(of: Target, around: ViewerContext) -> AnyView {
    let link = link();
    let full = RwSignal::new(false);
    let agent = match of {
        Target::Agent(agent) => agent,
        Target::Master => AgentId::default(),
    };
    let files = Files { agent: StoredValue::new(agent), around, full };
    let content = move || {
        let here = around.place.get_untracked();
        full.set(false);
        let folder = files::entry::parent(&here.path).unwrap_or_default().to_owned();
        let agent = files.agent.get_value();
        let is_masters = agent.as_str().is_empty();
        let usual = ["stdout", "stderr"].map(|name| (agent.clone(), format!("{folder}/{name}"), name));
        let usual = usual.into_iter().filter(|(_, path, _)| !is_masters && *path != here.path);
        let usual = usual.map(|(agent, path, name)| files.toggle(agent, path, name)).collect_view();
        let owner = files::entry::Owner::of(&here.path).map(|owner| owner.framework.to_owned());
        let add = Callback::new(move |file| files.add(file));
        view! {
            {ways(around)}
            <div class="buttons">{usual}</div>
            {tasks(link, files, owner)}
            {other_file(agent, folder, add)}
            <p class="wrong" role="status">{move || full.get().then_some(FULL)}</p>
        }
        .into_any()
    };
    view! { <Menu label="Compare" title=|| "Compare" content/> }.into_any()
}

/// Choice between panes and a merged stream, shown if there are several files.
fn ways(around: ViewerContext) -> AnyView {
    let way = move |merged: Option<MergeOrder>, words: &'static str| {
        let choose = move |_| {
            around.step(|place| {
                // A merged stream reads files without their rotated predecessors.
                place.older.clear();
                place.merged = merged;
            });
        };
        let chosen = move || around.place.with(|place| place.merged == merged);
        view! { <label><input type="radio" name="together" prop:checked=chosen on:change=choose/>{words}</label> }
    };
    let several = Memo::new(move |_| around.place.with(|place| !place.beside.is_empty()));
    let ways = move || {
        several.get().then(|| {
            view! {
                <div class="checks" role="radiogroup" aria-label="Layout">
                    {way(None, "Side by side")}
                    {way(Some(MergeOrder::Time), "Merged by timestamp")}
                    {way(Some(MergeOrder::Arrival), "Merged by arrival")}
                </div>
            }
        })
    };
    ways.into_any()
}

/// The files beside the first one.
#[derive(Clone, Copy)]
struct Files {
    /// Agent of the first file; empty for the master.
    agent: StoredValue<AgentId>,
    around: ViewerContext,
    full: RwSignal<bool>,
}

impl Files {
    fn has(self, other: &(AgentId, String)) -> bool {
        self.around.place.with(|place| {
            place.beside.contains(other) || (self.agent.with_value(|agent| *agent == other.0) && place.path == other.1)
        })
    }

    fn add(self, file: (AgentId, String)) {
        let is_full = self.around.place.with_untracked(|place| place.beside.len() + 1 >= MAX_PANES);
        self.full.set(is_full && !untrack(|| self.has(&file)));
        if !is_full && !untrack(|| self.has(&file)) {
            self.around.step(|place| place.beside.push(file));
            // The new pane is not hidden by the menu.
            let menu =
                document().get_element_by_id("menu-compare").and_then(|menu| menu.dyn_into::<HtmlElement>().ok());
            let _ = menu.map(|menu| menu.hide_popover());
        }
    }

    /// Button that opens or closes the file.
    fn toggle(self, agent: AgentId, path: String, name: &'static str) -> AnyView {
        let file = StoredValue::new((agent, path));
        let shown = Memo::new(move |_| file.with_value(|file| self.has(file)));
        let click = move |_| {
            let file = file.get_value();
            let nth = self.around.place.with_untracked(|place| place.beside.iter().position(|other| *other == file));
            match nth {
                Some(nth) => {
                    self.full.set(false);
                    self.around.rest.run(None);
                    self.around.step(|place| place.close(nth + 1));
                }
                None => self.add(file),
            }
        };
        view! { <button class="button small" aria-pressed=move || shown.get().to_string() on:click=click>{name}</button> }
            .into_any()
    }
}

/// Filter for the tasks of a framework, by its name; by its id while the name is not known.
fn tasks_of(link: WorkerLink, framework: Option<String>) -> impl Fn() -> String + Copy {
    let framework = StoredValue::new(framework);
    let asked = move || framework.get_value().map(|id| NamedObject::Framework(FrameworkId(id))).into_iter().collect();
    let answer = link.watch(move || ObjectNamesQuery(asked()));
    let name = Memo::new(move |_| answer.get().and_then(|names| names.into_iter().next()).map(|(_, name)| name));
    move || {
        let shown = name.get().or_else(|| framework.get_value());
        shown.map(|name| format!("{} ", Filter::word("framework", &name))).unwrap_or_default()
    }
}

/// Tasks matching a filter, each with its stdout and stderr; the initial filter is the file's own framework.
fn tasks(link: WorkerLink, files: Files, framework: Option<String>) -> AnyView {
    let (typed, own) = (RwSignal::new(None::<String>), tasks_of(link, framework));
    let filter = Memo::new(move |_| typed.get().unwrap_or_else(own));
    let answer = link.watch(move || TableQuery {
        filter: filter.get(),
        sort: TaskColumn::DEFAULT.into(),
        first: 0,
        count: TASKS,
        values: None,
    });
    // Rows do not move away under a click.
    let (pointed, focused) = (RwSignal::new(false), RwSignal::new(false));
    let found = Memo::new(move |last: Option<&Option<(Vec<TaskRow>, u32)>>| {
        let (last, is_held) = (last.cloned().flatten(), pointed.get() || focused.get());
        match answer.get() {
            Some(TableWindow { rows, matched, .. }) if !is_held || last.is_none() => Some((rows, matched)),
            _ => last,
        }
    });
    let input = move |event| {
        set_if_changed(pointed, false);
        typed.set(Some(event_target_value(&event)));
    };
    let line = move |row: &TaskRow| {
        let of = Sandbox { agent: row.agent.clone(), framework: row.framework.clone(), executor: row.executor.clone() };
        let own = of.of_task(&row.id);
        let name = if row.name.is_empty() { row.id.0.clone() } else { row.name.clone() };
        let host = text::agents::name(&row.hostname, row.agent.as_str());
        let one = |name: &'static str| files.toggle(row.agent.clone(), format!("{own}/{name}"), name);
        view! {
            <li><span title=row.id.0.clone()><b>{name}</b>" "<small class="dim">{host}</small></span>{task_state(row.state)}{one("stdout")}{one("stderr")}</li>
        }
    };
    let keys = Memo::new(move |_| {
        found.with(|found| {
            found.as_ref().map(|(rows, _)| rows.iter().map(|row| (row.serial, row.state)).collect::<Vec<_>>())
        })
    });
    let list = move || {
        // A memo that was never read sends no notifications.
        keys.with(|_| ());
        found.with_untracked(|found| {
            let (rows, matched) = found.as_ref()?;
            let words = text::log_viewer::tasks_found(*matched, TASKS);
            Some(view! { <ul class="tasks">{rows.iter().map(line).collect_view()}</ul><p class="dim" role="status">{words}</p> })
        })
    };
    view! {
        <div class="field"><label for="beside-tasks">"Task logs"</label><input id="beside-tasks" type="text" autofocus=true autocomplete="off" spellcheck="false" placeholder="task name, host, framework:, state:" prop:value=filter on:input=input/></div>
        <div class="task-logs" on:pointermove=move |_| set_if_changed(pointed, true) on:pointerleave=move |_| set_if_changed(pointed, false)
            on:focusin=move |_| set_if_changed(focused, true) on:focusout=move |_| set_if_changed(focused, false)>{list}</div>
    }
    .into_any()
}
