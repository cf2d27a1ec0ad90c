//! Second step of a command: its target, or the name of a view.

use leptos::prelude::*;
use mesoscope_core::actions::pool::selector::PoolSelector;
use mesoscope_core::base::ids::Role;
use mesoscope_core::palette::kept_pages::SavedView;
use mesoscope_core::text::commands::{self, Command};
use mesoscope_core::text::saved_views;
use mesoscope_core::text::{NO_MASTER, checks};
use mesoscope_core::views::search::hit::CommandTarget;
use mesoscope_core::views::search::hit::HitTarget;
use mesoscope_core::views::search::target::{TargetKind, TargetSearch};

use super::row::{Leads, Row};
use super::run::{Asked, Runner, leads};
use super::step::Step;
use crate::parts::waiting::is_cut_off;
use crate::worker_link::link;

/// Asks for the target of a command.
pub(super) fn view(runner: Runner, command: Command, text: String) -> AnyView {
    let Some(kind) = command.target() else { return ().into_any() };
    let text = RwSignal::new(text);
    let answer = link().watch(move || TargetSearch { kind, text: text.get() });
    let rows = Memo::new(move |_| {
        let closed = runner.actions.disabled_reason().map(|reason| checks::disabled_reason(&reason));
        let found = answer.get().unwrap_or_default();
        let typed = text.get().trim().to_owned();
        let is_new = kind == TargetKind::QuotaRole && !typed.is_empty() && found.iter().all(|it| it.title != typed);
        let new = is_new.then(|| new_role(&typed));
        let rows = found.into_iter().filter_map(|target| row(command, target)).chain(new);
        rows.map(|row| Row { disabled_reason: closed.clone().or(row.disabled_reason.clone()), ..row })
            .collect::<Vec<_>>()
    });
    let is_cut_off = is_cut_off();
    let status = move || match answer.get() {
        Some(_) if !rows.read().is_empty() => String::new(),
        Some(_) if is_cut_off.get() => NO_MASTER.to_owned(),
        Some(found) if found.is_empty() => commands::no_target(kind).to_owned(),
        Some(_) | None => String::new(),
    };
    let (label, placeholder) = (command.title(), commands::question(kind));
    step(runner, label, placeholder, text, rows.into(), Signal::derive(status))
}

fn row(command: Command, target: CommandTarget) -> Option<Row> {
    let CommandTarget { what, title, detail, disabled_reason } = target;
    let kind = match what {
        HitTarget::Agent(_) => "agent",
        HitTarget::Framework(_) => "framework",
        HitTarget::Task(..) => "task",
        HitTarget::Reserved(_, _, PoolSelector::Volume { .. }) => "volume",
        HitTarget::Reserved(..) => "reservation",
        _ => "role",
    };
    let leads = leads(command, &what, &title)?;
    let disabled_reason = disabled_reason.as_ref().map(checks::disabled_reason);
    Some(Row { disabled_reason, ..Row::new(kind, title, leads).detail(detail) })
}

/// A role that no framework uses yet may have a quota as well.
fn new_role(name: &str) -> Row {
    let leads = Leads::Propose(crate::actions::Proposal::Quotas(vec![Role::from(name)]));
    Row::new("new role", name, leads)
}

/// Asks for the name of a view.
pub(super) fn view_name(runner: Runner) -> AnyView {
    let text = RwSignal::new(String::new());
    let rows = Memo::new(move |_| {
        let name = text.get().trim().to_owned();
        let save = |name: String| {
            let is_new = runner.kept.replaces(&name).is_none();
            let title = if is_new { saved_views::save_as(&name) } else { saved_views::replace(&name) };
            Row::new("view", title, Leads::SaveView(name))
        };
        (!name.is_empty()).then(|| save(name)).into_iter().collect::<Vec<_>>()
    });
    let status = Signal::derive(move || runner.said.get());
    step(runner, commands::VIEW_NAME, commands::VIEW_NAME, text, rows.into(), status)
}

/// Asks for the view to delete.
pub(super) fn view_to_delete(runner: Runner) -> AnyView {
    let text = RwSignal::new(String::new());
    let rows = Memo::new(move |_| {
        let typed = text.get().trim().to_lowercase();
        let views = runner.kept.views.get().into_iter().filter(|view| view.name.to_lowercase().contains(&typed));
        let row = |view: SavedView| {
            let title = saved_views::delete(&view.name);
            Row::new("view", title, Leads::DeleteView(view.name.clone())).detail(view.address)
        };
        views.map(row).collect::<Vec<_>>()
    });
    let status = Signal::derive(move || runner.said.get());
    step(runner, Command::DeleteView.title(), commands::WHICH_VIEW, text, rows.into(), status)
}

fn step(
    runner: Runner,
    label: &'static str,
    placeholder: &'static str,
    text: RwSignal<String>,
    rows: Signal<Vec<Row>>,
    status: Signal<String>,
) -> AnyView {
    let chip = match runner.asked.get_untracked() {
        Asked::Target(command, _) => command.title(),
        Asked::ViewToDelete => Command::DeleteView.title(),
        Asked::ViewName | Asked::Anything => Command::SaveView.title(),
    };
    Step {
        text,
        rows,
        label,
        placeholder,
        chip: Some(chip.trim_end_matches(" …").to_owned()),
        status,
        choose: Callback::new(move |row| runner.choose(row)),
        back: Callback::new(move |()| runner.asked.set(Asked::Anything)),
    }
    .view()
}
