//! Executors as reported by their agent, and their tasks by stage.

use std::collections::HashMap;

use leptos::prelude::*;
use mesoscope_core::base::ids::{AgentId, ExecutorId, FrameworkId};
use mesoscope_core::base::units::Quantities;
use mesoscope_core::mesos::wire::agent_api::{ExecutorRun, TaskStage};
use mesoscope_core::mesos::wire::containers::Container;
use mesoscope_core::route::Route;
use mesoscope_core::route::browse_params::BrowseParams;
use mesoscope_core::text;
use mesoscope_core::views::executor::ExecutorTask;
use mesoscope_core::views::executors::ExecutorRow;

use crate::clock::AgoByAgentClock;
use crate::parts::byte_cell::{ByteUnit, byte_cell, used_byte_cell};
use crate::parts::data_age::EmptyAgentList;
use crate::parts::detail::ROWS;
use crate::parts::figure::{known_amount, known_text};
use crate::parts::links::{framework_link, id_text, sandbox_links};
use crate::parts::state_badges::{health_mark, task_state};
use crate::widgets::copy::Copy;
use crate::widgets::long_list::{ListExtent, long_list};
use crate::widgets::panel::{EmptyState, Panel};
use mesoscope_core::text::scalar;

/// Maximum number of listed completed executors; an agent keeps 150 per framework.
const ENDED: usize = 50;

/// Row of an executor table, from the master or the agent.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct ExecutorEntry {
    pub(crate) id: ExecutorId,
    pub(crate) name: String,
    pub(crate) source: String,
    pub(crate) role: String,
    pub(crate) framework: FrameworkId,
    pub(crate) framework_name: String,
    pub(crate) ended: bool,
    /// Container id of a completed run; empty if unknown. The executor's latest container may be another run.
    pub(crate) run: String,
    /// Numbers of queued, running and completed tasks; the master does not report the last.
    pub(crate) tasks: [Option<usize>; 3],
    /// Resources of the executor and its tasks; `None` if they cannot be read.
    pub(crate) allocated: Option<Quantities>,
    /// CPUs, memory and disk bytes used by its container, if the agent reports them.
    pub(crate) uses: [Option<f64>; 3],
}

impl ExecutorEntry {
    /// Row from the master, which counts only live tasks, with the resources of executor and tasks.
    pub(crate) fn reported((row, allocated): &(ExecutorRow, Option<Quantities>)) -> Self {
        Self {
            id: row.id.clone(),
            name: row.name.clone(),
            framework: row.framework.clone(),
            framework_name: row.framework_name.clone(),
            tasks: [None, Some(row.tasks as usize), None],
            source: row.source.clone(),
            role: known_text(&row.role),
            allocated: *allocated,
            ..Self::default()
        }
    }

    /// Row from the agent.
    pub(crate) fn of(run: &ExecutorRun, containers: &[Container]) -> Self {
        let reported = &run.executor;
        let scalars = reported.resources.iter().filter_map(|part| Some(Quantities::of(&part.name, part.scalar?)));
        let own = scalars.fold(Quantities::NONE, |sum, part| sum + part);
        let live = run.tasks.iter().filter(|task| task.stage != TaskStage::Completed);
        let is_its =
            |container: &&Container| container.executor == reported.id && container.framework == reported.framework;
        let container = containers.iter().find(is_its).filter(|_| !run.ended);
        Self {
            id: reported.id.as_str().into(),
            name: reported.name.clone(),
            source: reported.source.clone(),
            role: reported.resources.first().map(|first| first.allocated_to.clone()).unwrap_or_default(),
            framework: reported.framework.as_str().into(),
            framework_name: run.framework_name.clone(),
            ended: run.ended,
            run: run
                .tasks
                .iter()
                .find(|task| run.ended && !task.run.is_empty())
                .map(|task| task.run.clone())
                .unwrap_or_default(),
            tasks: [TaskStage::Queued, TaskStage::Running, TaskStage::Completed].map(|stage| Some(run.count(stage))),
            allocated: Some(live.fold(own, |sum, task| sum + task.used)),
            uses: container.map_or([None; 3], |it| [it.cpus_now, it.usage.mem_rss, it.usage.disk_used]),
        }
    }
}

/// Tables of running and recently completed executors; the master's data until the agent answers.
pub(crate) fn executor_tables(agent: AgentId, lines: Memo<Vec<ExecutorEntry>>, has_answered: Memo<bool>) -> AnyView {
    let none = Memo::new(move |_| lines.read().is_empty());
    let ended = Memo::new(move |_| lines.with(|lines| lines.iter().filter(|line| line.ended).count()));
    let more = move || {
        let more = ended.get().checked_sub(ENDED).filter(|more| *more > 0)?;
        Some(view! { <p class="blank">{text::count(more as u64)}" more ended executors."</p> })
    };
    let table = move || {
        let agent = agent.clone();
        let shown = Memo::new(move |_| lines.with(|lines| with_doubts(lines)));
        let says = |(line, _): &(ExecutorEntry, bool)| {
            format!("{} {} {} {}", line.id.0, line.name, line.framework_name, line.role)
        };
        let draw = move |(line, is_unsure): &(ExecutorEntry, bool)| executor_line(&agent, line, *is_unsure).into_any();
        long_list(ListExtent::first("executors", ROWS), shown, says, draw, executors_table)
    };
    let blank = move || {
        match has_answered.get() {
        true => view! { <EmptyAgentList words="No executors run here, and the agent remembers none."/> }.into_any(),
        false => {
            view! { <EmptyState title="Not known" words="The master lists none here, and the agent has not answered. Only the agent lists executors of command tasks."/> }.into_any()
        }
    }
    };
    let whole = move || {
        view! {
            {table()}{more}
            <p class="dim blank">"CPUs, memory and disk: used / allocated to the executor and its tasks. Usage is reported by the agent."</p>
        }
    };
    (move || if none.get() { blank().into_any() } else { whole().into_any() }).into_any()
}

/// Limits the completed executors, and marks each whose run cannot be identified.
///
/// A run is ambiguous if another entry has its id and none of its tasks is known.
fn with_doubts(lines: &[ExecutorEntry]) -> Vec<(ExecutorEntry, bool)> {
    let mut named: HashMap<(&str, &str), u32> = HashMap::new();
    lines.iter().for_each(|line| *named.entry((line.id.as_str(), line.framework.as_str())).or_default() += 1);
    let several =
        |line: &ExecutorEntry| named.get(&(line.id.as_str(), line.framework.as_str())).is_some_and(|count| *count > 1);
    let mut ended = 0;
    let shown = lines.iter().filter(|line| {
        ended += usize::from(line.ended);
        !line.ended || ended <= ENDED
    });
    shown.map(|line| (line.clone(), line.ended && line.run.is_empty() && several(line))).collect()
}

fn executors_table(rows: AnyView) -> AnyView {
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-label="Executors, listed"><table class="plain">
            <thead><tr><th>"Executor"</th><th>"State"</th><th>"Sandbox"</th><th>"Framework"</th><th>"Role"</th><th class="num">"Tasks"</th>
                <th class="num">"CPUs"</th><th class="num">"Memory"</th><th class="num">"Disk"</th><th class="num">"GPUs"</th></tr></thead>
            <tbody>{rows}</tbody></table></div>
    }
    .into_any()
}

/// Usage of an allocation: `0.4 / 1.1`.
pub(crate) fn of_allocated(used: Option<String>, allocated: String) -> String {
    match used {
        Some(used) => format!("{used} / {}", if allocated.is_empty() { "0" } else { &allocated }),
        None => allocated,
    }
}

fn executor_line(agent: &AgentId, line: &ExecutorEntry, is_unsure: bool) -> impl IntoView + use<> {
    let there = Route::Executor(agent.clone(), line.framework.clone(), line.id.clone());
    let files = (!is_unsure).then(|| {
        sandbox_links(|file| {
            let place = BrowseParams { run: line.run.clone(), ..BrowseParams::of(file) };
            Route::ExecutorBrowse(agent.clone(), line.framework.clone(), line.id.clone(), place)
        })
    });
    let (tone, word) = if line.ended { ("idle", "ended") } else { ("ok", "running") };
    let tasks = text::executors::task_counts(line.tasks);
    let [cpus, mem, disk] = line.uses;
    let of = line.allocated;
    view! {
        <tr>
            <td><a class="mono" href=there.to_string() title=text::executors::hint(line.id.as_str(), &line.name, &line.source)>{line.id.0.clone()}</a></td>
            <td><span class="state" data-tone=tone>{word}</span></td>
            <td>{files}</td>
            <td>{framework_link(&line.framework, &line.framework_name)}</td>
            <td>{line.role.clone()}</td>
            <td class="num" title=tasks.clone()>{tasks.clone()}</td>
            <td class="num">{of_allocated(cpus.map(|cpus| format!("{cpus:.2}")), known_amount(of, |of| of.cpus.as_f64()))}</td>
            <td class="num">{used_byte_cell(mem, of, |of| of.mem, ByteUnit::Mebibytes)}</td>
            <td class="num">{used_byte_cell(disk, of, |of| of.disk, ByteUnit::Mebibytes)}</td>
            <td class="num">{known_amount(of, |of| of.gpus.as_f64())}</td>
        </tr>
    }
}

/// Panels of queued, running and completed tasks; only the second is shown when empty.
#[component]
pub(crate) fn ExecutorTaskPanels(rows: Memo<Vec<ExecutorTask>>) -> impl IntoView {
    let panel = move |title: &'static str, stage: TaskStage| {
        let mine = Memo::new(move |_| {
            rows.with(|rows| rows.iter().filter(|row| row.stage == stage).cloned().collect::<Vec<_>>())
        });
        let aside = move || mine.with(|mine| text::count(mine.len() as u64));
        let shown = Memo::new(move |_| stage == TaskStage::Running || mine.with(|mine| !mine.is_empty()));
        move || shown.get().then(|| view! { <Panel title aside>{errands(title, mine)}</Panel> })
    };
    view! {
        {panel("Queued tasks", TaskStage::Queued)}
        {panel("Running tasks", TaskStage::Running)}
        {panel("Completed tasks", TaskStage::Completed)}
    }
}

fn links(row: &ExecutorTask) -> impl IntoView + use<> {
    let there = |file: &str| {
        let (agent, executor) = (row.agent.clone(), row.executor.clone());
        Route::TaskBrowse(agent, row.framework.clone(), executor, row.id.clone(), BrowseParams::of(file))
    };
    sandbox_links(there)
}

fn errands(title: &'static str, rows: Memo<Vec<ExecutorTask>>) -> AnyView {
    let line = |row: &ExecutorTask| {
        let name = if row.name.is_empty() { row.id.0.clone() } else { row.name.clone() };
        // The master no longer knows the task, so it has no page.
        let name = if row.known {
            view! { <a href=Route::Task(row.framework.clone(), row.id.clone()).to_string() title=row.id.0.clone()>{name}</a> }.into_any()
        } else {
            view! { <span title=row.id.0.clone()>{name}</span> }.into_any()
        };
        let limit = |of: &str| {
            let limit = row.limits.iter().find(|(name, _)| name == of)?;
            Some(view! { <small class="dim">" of "{scalar(of, limit.1)}</small> })
        };
        view! {
            <tr>
                <td>{name}</td>
                <td class="id">{id_text(row.id.as_str())}<Copy text=Signal::stored(row.id.0.clone()) label="the task's id"/></td>
                <td>{task_state(row.state)}</td>
                <td>{health_mark(row.healthy)}</td>
                <td>{known_text(&row.role)}</td>
                <td class="num">{known_amount(row.used, |of| of.cpus.as_f64())}{limit("cpus")}</td>
                <td class="num">{byte_cell(row.used, |of| of.mem, ByteUnit::Mebibytes)}{limit("mem")}</td>
                <td class="num">{byte_cell(row.used, |of| of.disk, ByteUnit::Mebibytes)}</td>
                <td class="num">{known_amount(row.used, |of| of.gpus.as_f64())}</td>
                <td class="dim">{row.updated.map(|at| view! { <AgoByAgentClock agent=row.agent.clone() at ahead=row.ahead/> })}</td>
                <td>{links(row)}</td>
                <td class="dim" title=row.message.clone()>{row.message.clone()}</td>
            </tr>
        }
        .into_any()
    };
    let says = |row: &ExecutorTask| format!("{} {} {} {}", row.name, row.id.0, known_text(&row.role), row.message);
    let none = Memo::new(move |_| rows.read().is_empty());
    let frame = move |rows: AnyView| {
        view! {
            <div class="scroll-x" tabindex="0" role="group" aria-label=format!("{title}, listed")><table class="plain">
                <thead><tr><th>"Task"</th><th>"ID"</th><th>"State"</th><th>"Health"</th><th>"Role"</th><th class="num">"CPUs"</th><th class="num">"Memory"</th><th class="num">"Disk"</th><th class="num">"GPUs"</th><th>"Changed"</th><th>"Logs"</th><th>"Message"</th></tr></thead>
                <tbody>{rows}</tbody></table></div>
        }
        .into_any()
    };
    (move || {
        if none.get() {
            return view! { <EmptyAgentList words="No running tasks."/> }.into_any();
        }
        long_list(ListExtent::first("tasks", ROWS), rows, says, line, frame)
    })
    .into_any()
}
