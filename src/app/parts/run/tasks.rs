//! Table of a run's tasks: filter and order are kept in the address.

use leptos::prelude::*;
use mesoscope_core::base::encoding::decode;
use mesoscope_core::base::units::Nanoseconds;
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::scheduler::hosted_io::RunMessage;
use mesoscope_core::scheduler::run::RunId;
use mesoscope_core::text::{self, run_results as words};
use mesoscope_core::views::filter::Filter;
use mesoscope_core::views::run_tasks::{RunExit, RunTaskColumn, RunTaskRow, RunTaskState};
use mesoscope_core::views::runs::RunCounts;
use mesoscope_core::views::scroll::RowRange;
use mesoscope_core::views::table::{Column as _, Order as SortOrder, TableQuery, TableWindow};

use crate::actions::action_store;
use crate::clock::now_signal;
use crate::icon::Icon;
use crate::parts::export::{ExportChunk, ExportSource, export_menu};
use crate::parts::facets::Facets;
use crate::parts::figure::{ago_or_nothing, time_or_nothing};
use crate::parts::links::agent_cell;
use crate::parts::state_badges::task_state;
use crate::parts::suggest::suggestions;
use crate::parts::table::fields;
use crate::router::{push, replace, route};
use crate::widgets::filter::{FilterBox, SuggestionList};
use crate::widgets::grid::Grid;
use crate::widgets::grid::column::{Column, Head, Order, RowLink, RowWindow};
use crate::widgets::grid::column_choice::{ColumnChoice, column_menu};
use crate::widgets::grid::row_range::initial_range;
use crate::worker_link::link;

type Col = Column<RunTaskRow>;

static COLUMNS: [Col; 11] = [
    Col::words(RunTaskColumn::Host.name(), "Host", "160px", Some("38%"), host)
        .drawn(host_cell)
        .exported_as(&[("Host", |row| row.hostname.clone()), ("Agent ID", |row| agent_id(row).to_owned())]),
    Col::words(RunTaskColumn::State.name(), "State", "116px", Some("34%"), |row| {
        format!("{} {}", row.state.name(), row.is_being_killed)
    })
    .drawn(state)
    .exported_as(&[("State", |row| row.state.name().to_owned())]),
    Col::figures(RunTaskColumn::Exit.name(), "Exit", "86px", Some("28%"), exit).drawn(exit_cell),
    Col::figures(RunTaskColumn::Took.name(), "Took", "86px", None, |row| format!("{:?} {:?}", row.took, row.started))
        .drawn(took)
        .exported_as(&[("Took (seconds)", |row| {
            row.took.map(|took| (took.0 as f64 / 1e9).to_string()).unwrap_or_default()
        })]),
    Col::words("logs", "Output", "100px", None, |row| format!("{} {}", row.id, row.has_sandbox()))
        .drawn(logs)
        .not_exported(),
    Col::words(RunTaskColumn::Message.name(), "Message", "260px", None, words::message)
        .drawn(|row| view! { <span class="dim" title=words::message(row)>{words::message(row)}</span> }.into_any()),
    Col::words(RunTaskColumn::Reason.name(), "Reason", "150px", None, |row| row.reason.clone()),
    Col::words("kill", "Kill", "64px", None, |row| row.state.is_live().to_string()).drawn(kill).not_exported(),
    Col::figures(RunTaskColumn::Number.name(), "Number", "76px", None, |row| row.number.to_string())
        .hidden_by_default(),
    Col::words(RunTaskColumn::Ended.name(), "Ended", "calc(92px + var(--date-room))", None, |row| {
        format!("{:?}", row.ended)
    })
    .drawn(|row| ago_or_nothing(row.ended))
    .exported_as(&[("Ended", |row| time_or_nothing(row.ended))])
    .hidden_by_default(),
    Col::words(RunTaskColumn::Id.name(), "Task ID", "180px", None, |row| row.id.0.clone()).hidden_by_default(),
];

/// Cells with links and buttons have no order.
fn head(column: &Col) -> Head {
    let sorts = RunTaskColumn::ALL.iter().any(|other| other.name() == column.name);
    Head { sorts, ..column.head() }
}

fn agent_id(row: &RunTaskRow) -> &str {
    row.agent.as_ref().map(|agent| agent.as_str()).unwrap_or_default()
}

fn host(row: &RunTaskRow) -> String {
    format!("{} {}", row.hostname, agent_id(row))
}

fn host_cell(row: &RunTaskRow) -> AnyView {
    match &row.agent {
        Some(agent) => agent_cell(agent, &row.hostname),
        None => view! { <span class="dim">"any agent"</span> }.into_any(),
    }
}

fn state(row: &RunTaskRow) -> AnyView {
    if row.is_being_killed {
        return view! { <span class="state" data-tone="warn">"being killed"</span> }.into_any();
    }
    match row.state {
        RunTaskState::Is(state) => task_state(state),
        other => {
            let tone = if other.is_live() { "busy" } else { "idle" };
            view! { <span class="state" data-tone=tone>{other.name()}</span> }.into_any()
        }
    }
}

fn exit(row: &RunTaskRow) -> String {
    row.exit.as_ref().map(RunExit::text).unwrap_or_default()
}

fn exit_cell(row: &RunTaskRow) -> AnyView {
    let is_bad = row.exit.as_ref().is_some_and(|exit| *exit != RunExit::Code(0))
        && row.state != RunTaskState::Is(TaskState::Killed);
    view! { <span data-tone=is_bad.then_some("bad")>{exit(row)}</span> }.into_any()
}

fn took(row: &RunTaskRow) -> AnyView {
    if let Some(took) = row.took {
        return text::span(took).into_any();
    }
    let Some(started) = row.started.filter(|_| row.state.is_live()) else { return ().into_any() };
    let now = now_signal();
    view! { <span class="dim">{move || text::age(now.get().since(started))}</span> }.into_any()
}

/// Route of a file in the task's sandbox; `None` before it has one.
pub(super) fn task_file(row: &RunTaskRow, file: &str) -> Option<Route> {
    let (agent, framework) = (row.agent.clone()?, row.framework.clone().filter(|_| row.has_sandbox())?);
    let place = BrowseParams { run: row.container.clone(), ..BrowseParams::of(file) };
    Some(Route::TaskBrowse(agent, framework, row.executor.clone(), row.id.clone(), place))
}

fn logs(row: &RunTaskRow) -> AnyView {
    let link = |file: &'static str, icon: Icon, name: &'static str| {
        let there = task_file(row, file)?.to_string();
        Some(view! { <a tabindex="-1" class="quiet" href=there title=name aria-label=name>{icon.view()}</a> })
    };
    view! {
        <span class="sandbox">
            {link("", Icon::Folder, "Files")}{link("stderr", Icon::ErrorLog, "stderr")}{link("stdout", Icon::Log, "stdout")}
        </span>
    }
    .into_any()
}

/// Button that asks for the task's end; `ask_to_kill` confirms it.
fn kill(row: &RunTaskRow) -> AnyView {
    let Some(AskedKill(asked)) = use_context::<AskedKill>().filter(|_| row.state.is_live() && !row.is_being_killed)
    else {
        return ().into_any();
    };
    let (label, row) = (words::kill_task(row), row.clone());
    let is_off = action_store().is_read_only();
    let click = move |_| {
        if !is_off {
            asked.set(Some(row.clone()));
        }
    };
    view! { <button class="text-button" tabindex="-1" aria-label=label.clone() title=label aria-disabled=is_off.then_some("true") on:click=click>"Kill"</button> }.into_any()
}

/// The task of which a user has asked for the end, until it is confirmed.
#[derive(Clone, Copy)]
struct AskedKill(RwSignal<Option<RunTaskRow>>);

/// Says what the end of the asked task does, with the buttons that confirm it or keep the task.
fn ask_to_kill(asked: RwSignal<Option<RunTaskRow>>, grace: Memo<Option<Option<Nanoseconds>>>) -> AnyView {
    let link = link();
    let question = move || {
        let row = asked.get()?;
        let counts = RunCounts::of_one(row.state == RunTaskState::Waiting);
        let effect = words::kill_effect(counts, grace.get().flatten());
        let (label, title) = (words::kill_task(&row), words::kill_task(&row));
        let message = ToEngine::Run(RunMessage::KillTask(row.run.clone(), row.id.clone()));
        let kill = move |_| {
            asked.set(None);
            link.send(&message);
        };
        Some(view! {
            <div class="run-kill run-head" role="group" aria-label=label>
                <span><b>{title}</b>". "{effect}</span>
                <button class="button" data-danger="" on:click=kill>"Kill"</button>
                <button class="button" on:click=move |_| asked.set(None)>"Keep running"</button>
            </div>
        })
    };
    view! { {question} }.into_any()
}

/// Filter and order of the table.
#[derive(Clone, Copy)]
pub(crate) struct RunTable {
    run: StoredValue<RunId>,
    here: RwSignal<Route>,
    pub(crate) params: Memo<TableParams>,
}

impl RunTable {
    pub(crate) fn new(run: RunId) -> Self {
        let here = route();
        let params = Memo::new(move |_| match here.get() {
            Route::RunResults(_, params) => params,
            _ => TableParams::default(),
        });
        Self { run: StoredValue::new(run), here, params }
    }

    fn go(self, params: TableParams, is_step: bool) {
        let there = Route::RunResults(self.run.with_value(|run| run.as_str().to_owned()), params);
        if is_step { push(self.here, there) } else { replace(self.here, there) }
    }

    /// Rows of this run that pass the filter.
    pub(crate) fn query(self, first: u32, count: u32) -> TableQuery<RunTaskColumn> {
        let params = self.params.get();
        let run = self.run.with_value(|run| Filter::word("run", run.as_str()));
        let filter = format!("{run} {}", params.filter);
        TableQuery { filter, sort: SortOrder::parse(&params.sort), first, count, values: None }
    }

    /// Renders the table. `grace` is the grace period of its tasks.
    pub(crate) fn view(self, grace: Memo<Option<Option<Nanoseconds>>>) -> AnyView {
        let asked = RwSignal::new(None);
        provide_context(AskedKill(asked));
        let range = RwSignal::new(initial_range());
        let answer = link().watch(move || {
            let RowRange { first, count, .. } = range.get();
            self.query(first, count)
        });
        let opens = |row: &RunTaskRow| {
            let href = task_file(row, "stdout").map(|route| route.to_string()).unwrap_or_default();
            RowLink::new(href, row.id.0.clone())
        };
        let seen = move |window| RowWindow::of(window, &COLUMNS, |row: &RunTaskRow| row.number.to_string(), opens);
        let seen = Memo::new_with_compare(move |_| answer.get().map(seen), |_, _| true);
        let facets =
            Memo::new(move |_| answer.with(|answer| answer.as_ref().map(|it| it.facets.clone()).unwrap_or_default()));
        let choice = ColumnChoice::of("run", COLUMNS.iter().map(head).collect());
        let filter = Signal::derive(move || self.params.get().filter);
        let change = move |filter: String, is_step: bool| {
            range.update(|range| *range = range.at_the_top());
            self.go(TableParams { filter, ..self.params.get_untracked() }, is_step);
        };
        let on_filter = Callback::new(move |filter| change(filter, false));
        let on_facet = Callback::new(move |filter| change(filter, true));
        let open = RwSignal::new(false);
        let fields = fields::<RunTaskColumn>();
        let offered = SuggestionList { open, suggestions: suggestions(fields, filter, open) };
        let spelt = Signal::derive(move || SortOrder::<RunTaskColumn>::parse(&self.params.get().sort).spelt());
        let on_sort = Callback::new(move |sort: String| {
            range.update(|range| *range = range.at_the_top());
            let sort = SortOrder::<RunTaskColumn>::parse(&sort).print();
            self.go(TableParams { sort, ..self.params.get_untracked() }, true);
        });
        let rows = Memo::new(move |_| seen.with(|seen| seen.as_ref().map_or(0, |seen| seen.matched)).clamp(3, 20));
        view! {
            <div class="head run-head">
                <FilterBox label="Filter tasks".to_owned() hint="host, state:failed, exit>0, took>10 …" value=filter on_change=on_filter offered/>
                <div class="tools">{column_menu(choice)}{export_menu(self.source(), choice)}</div>
                {Facets { counts: facets, arriving: Signal::stored(false), fields, filter, on_filter: on_facet }.view()}
            </div>
            {ask_to_kill(asked, grace)}
            <div class="within" style:height=move || format!("calc({} * var(--row) + 32px)", rows.get())>
                <Grid label="Tasks of the run" choice seen=seen.into() range order=Order { sort: spelt, on_sort } marks=None
                    subject=move || self.params.with(|params| format!("{}\n{}", params.filter, params.sort))
                    empty=|| view! { <b>"No tasks match"</b> }/>
            </div>
        }
        .into_any()
    }

    fn source(self) -> ExportSource {
        ExportSource {
            name: "run",
            query: Callback::new(move |()| untrack(|| self.query(0, 0)).into()),
            piece: Callback::new(move |(bytes, shown, form): (Vec<u8>, _, _)| {
                decode::<TableWindow<RunTaskRow>>(&bytes).map(|rows| ExportChunk::of(&rows, &COLUMNS, shown, form)).ok()
            }),
            arriving: Signal::stored(false),
        }
    }
}
