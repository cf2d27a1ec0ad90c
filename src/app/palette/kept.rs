//! Rows of pages that the browser keeps: favourites, saved views, recent pages, and commands for the current page.

use leptos::prelude::*;
use mesoscope_core::checks::eligibility::AgentAction;
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::palette::kept_pages::SavedView;
use mesoscope_core::route::Route;
use mesoscope_core::text::commands::Command;
use mesoscope_core::views::search::hit::HitTarget;
use mesoscope_core::views::search::object_names::{NamedObject, ObjectNamesQuery};

use super::row::Row;
use super::run::{Runner, leads};
use crate::worker_link::link;

/// Names of kept objects.
pub(super) type Names = Vec<(NamedObject, String)>;

/// Names of the current page's objects, and of all kept ones.
pub(super) fn names(runner: Runner) -> Memo<Names> {
    let routes = move || {
        let kept = [runner.kept.favourites.get(), runner.kept.recent.get()].concat();
        kept.iter().map(|address| Route::parse(address)).chain([runner.here.get().page()]).collect::<Vec<_>>()
    };
    let answer = link().watch(move || ObjectNamesQuery(routes().iter().flat_map(Route::objects).collect()));
    Memo::new(move |_| answer.get().unwrap_or_default())
}

/// Row of a kept address: the object's current name, else its id; of a table its filter.
pub(super) fn row(kind: &'static str, address: &str, names: &Names) -> Row {
    let mut route = Route::parse(address);
    let filter = route.table().map(|table| table.filter.clone()).unwrap_or_default();
    let place = route.place().map_or("", |place| place.name());
    let name = || {
        let object = route.objects().into_iter().next()?;
        names.iter().find(|(other, _)| *other == object).map(|(_, name)| name.clone())
    };
    let (title, detail) = match &route {
        Route::Agent(id) => (name().unwrap_or_else(|| id.as_str().to_owned()), id.as_str().to_owned()),
        Route::Framework(id) => (name().unwrap_or_else(|| id.as_str().to_owned()), id.as_str().to_owned()),
        Route::Task(_, id) => (name().unwrap_or_else(|| id.as_str().to_owned()), id.as_str().to_owned()),
        Route::Executor(_, _, id) | Route::ExecutorBrowse(_, _, id, _) => (id.as_str().to_owned(), String::new()),
        Route::Role(role) => (role.as_str().to_owned(), String::new()),
        Route::Offer(id) | Route::Operation(id) => (id.clone(), String::new()),
        Route::AgentBrowse(_, file) | Route::MasterBrowse(file) => (route.title(names), file.path.clone()),
        Route::AgentFramework(..)
        | Route::TaskBrowse(..)
        | Route::Terminal(..)
        | Route::Run(_)
        | Route::RunResults(..) => (route.title(names), filter),
        Route::OwnFrameworks => (route.title(names), String::new()),
        _ => (place.to_owned(), filter),
    };
    Row::page(kind, title, route).detail(detail)
}

/// Row of a saved view.
pub(super) fn view(saved: &SavedView) -> Row {
    let row = row("view", &saved.address, &Names::new());
    let detail = format!("{} {}", row.title, row.detail);
    Row { title: saved.name.clone(), detail: detail.trim().to_owned(), ..row }
}

/// Commands for the object of the current page.
pub(super) fn here(page: &Route, names: &Names) -> Vec<(Command, Row)> {
    let (target, commands): (HitTarget, &[Command]) = match page {
        Route::Agent(id) => (HitTarget::Agent(id.clone()), &AGENT),
        Route::Framework(id) => (HitTarget::Framework(id.clone()), &[Command::TearDown]),
        Route::Role(role) => (HitTarget::Role(role.clone()), &[Command::SetQuota, Command::SetWeight]),
        Route::Task(framework, task) => {
            (HitTarget::Task(framework.clone(), task.clone(), TaskState::Running), &[Command::OpenTerminal])
        }
        Route::Executor(agent, framework, executor) => {
            (HitTarget::Executor(agent.clone(), framework.clone(), executor.clone()), &[Command::OpenTerminal])
        }
        _ => return Vec::new(),
    };
    let name = row("", &page.to_string(), names).title;
    let row = |command: Command| {
        Some((command, Row::command(command, command.title_of(&name), leads(command, &target, &name)?)))
    };
    commands.iter().filter_map(|command| row(*command)).collect()
}

/// Commands for an agent's page.
const AGENT: [Command; 7] = [
    Command::Agent(AgentAction::Drain),
    Command::Agent(AgentAction::Deactivate),
    Command::Agent(AgentAction::Reactivate),
    Command::ScheduleMaintenance,
    Command::Agent(AgentAction::MarkGone),
    Command::AgentLogging,
    Command::Reserve,
];
