//! Runs what was chosen: opens a page or a form, changes a setting, or asks for more.

use leptos::prelude::*;
use mesoscope_core::palette::kept_pages::KeepError;
use mesoscope_core::route::run_params::RunParams;
use mesoscope_core::route::terminal_params::{TerminalParams, TerminalPlace};
use mesoscope_core::route::{Route, TableParams};
use mesoscope_core::text::commands::{self, Command};
use mesoscope_core::text::saved_views;
use mesoscope_core::views::machines::MachineQuery;
use mesoscope_core::views::search::hit::HitTarget;
use mesoscope_core::views::search::reserved::ReservedAction;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::row::{Leads, Row};
use crate::actions::pool::{PoolProposal, PoolTarget};
use crate::actions::providers::ProviderForm;
use crate::actions::{ActionStore, Proposal, action_store};
use crate::clock::{TimeDisplay, Zone, time_display};
use crate::kept_pages::{KeptPages, kept_pages};
use crate::parts::weight_editor::edit_weights;
use crate::router::{push, route};
use crate::theme::{Theme, choose, theme};
use crate::widgets::copy::copy;

/// What the palette asks for.
#[derive(Clone, PartialEq)]
pub(super) enum Asked {
    /// Anything: an object, a page, or a command.
    Anything,
    /// The target of a command, and the text to begin with.
    Target(Command, String),
    /// The name of a view to save.
    ViewName,
    /// The view to delete.
    ViewToDelete,
}

/// State of the open palette, and what it acts on.
#[derive(Clone, Copy)]
pub(super) struct Runner {
    pub(super) asked: RwSignal<Asked>,
    /// Result of the last command; empty for none.
    pub(super) said: RwSignal<String>,
    pub(super) actions: ActionStore,
    pub(super) kept: KeptPages,
    pub(super) here: RwSignal<Route>,
    pub(super) theme: RwSignal<Theme>,
    close: Callback<()>,
}

impl Runner {
    pub(super) fn new(close: Callback<()>) -> Self {
        Self {
            asked: RwSignal::new(Asked::Anything),
            said: RwSignal::new(String::new()),
            actions: action_store(),
            kept: kept_pages(),
            here: route(),
            theme: theme(),
            close,
        }
    }

    /// Handles a chosen row.
    pub(super) fn choose(self, row: Row) {
        self.said.set(String::new());
        match row.leads {
            Leads::Page(route) => {
                self.close.run(());
                push(self.here, *route);
            }
            Leads::Ask(command, text) => self.asked.set(Asked::Target(command, text)),
            Leads::Propose(proposal) => {
                self.close.run(());
                self.actions.propose(proposal);
            }
            Leads::Run(command) => self.run(command),
            Leads::SaveView(name) => {
                let saved = self.kept.save_view(&name, &self.here.get_untracked());
                if saved.is_ok() {
                    self.asked.set(Asked::Anything);
                }
                let is_new = !matches!(saved, Ok(Some(_)));
                let words = if is_new { saved_views::saved(&name) } else { saved_views::replaced(&name) };
                self.say(saved.map(drop), words);
            }
            Leads::DeleteView(name) => {
                self.asked.set(Asked::Anything);
                self.say(self.kept.delete_view(&name), saved_views::deleted(&name));
            }
        }
    }

    fn say(self, result: Result<(), KeepError>, done: String) {
        self.said.set(result.map_or_else(|error| error.to_string(), |()| done));
    }

    fn run(self, command: Command) {
        let TimeDisplay { ages, zone } = time_display();
        let page = || self.here.get_untracked();
        match command {
            Command::Open(place) => push(self.here, Route::from(place)),
            Command::NewQuota => self.actions.propose(Proposal::Quotas(Vec::new())),
            Command::EditWeights => {
                push(self.here, Route::Roles(TableParams::default()));
                edit_weights();
            }
            Command::MasterLogging => {
                self.actions.propose(Proposal::LoggingLevel(None, commands::MASTER.to_owned()));
            }
            Command::CompareLogs => open_compare_menu(),
            Command::RunCommand => push(self.here, Route::Run(RunParams::default())),
            Command::SaveView => return self.asked.set(Asked::ViewName),
            Command::DeleteView => return self.asked.set(Asked::ViewToDelete),
            Command::AddFavourite => {
                return self.say(self.kept.add_favourite(&page()), commands::FAVOURITE_ADDED.to_owned());
            }
            Command::RemoveFavourite => {
                return self.say(self.kept.remove_favourite(&page()), commands::FAVOURITE_REMOVED.to_owned());
            }
            Command::CopyLink => {
                let address = window().location().href().unwrap_or_default();
                let said = self.said;
                return copy(&address, move |is_copied| _ = said.try_set(commands::copied(is_copied).to_owned()));
            }
            Command::LightTheme => choose(self.theme, Theme::Light),
            Command::DarkTheme => choose(self.theme, Theme::Dark),
            Command::SystemTheme => choose(self.theme, Theme::System),
            Command::LocalTimes => zone.set(Zone::Local),
            Command::UtcTimes => zone.set(Zone::Utc),
            Command::Ages => ages.set(true),
            Command::Dates => ages.set(false),
            Command::ReadOnlyOn => self.actions.set_read_only(true),
            Command::ReadOnlyOff => self.actions.set_read_only(false),
            Command::ScheduleMaintenance => push(self.here, Route::Maintenance),
            Command::OwnFrameworks => push(self.here, Route::OwnFrameworks),
            Command::Agent(_)
            | Command::SetQuota
            | Command::SetWeight
            | Command::TearDown
            | Command::OpenTerminal
            | Command::AgentLogging
            | Command::Reserve
            | Command::Reserved(_)
            | Command::AddProvider
            | Command::PruneImages => {
                return self.asked.set(Asked::Target(command, String::new()));
            }
        }
        self.close.run(());
    }
}

/// The button of a file's page that adds logs; `None` on other pages.
pub(super) fn compare_button() -> Option<HtmlElement> {
    document().query_selector("main [popovertarget=menu-compare]").ok().flatten()?.dyn_into().ok()
}

/// Opens the menu once the palette is closed, which gives the focus back to where it was.
fn open_compare_menu() {
    request_animation_frame(|| {
        request_animation_frame(|| {
            compare_button().into_iter().for_each(|button| button.click());
            // The closing dialog gives the focus back after the menu has taken it.
            request_animation_frame(|| {
                let field = document().get_element_by_id("beside-tasks");
                let field = field.and_then(|field| field.dyn_into::<HtmlElement>().ok());
                field.into_iter().for_each(|field| _ = field.focus());
            });
        });
    });
}

/// What a command does with its target; `None` if the object is of another kind.
pub(super) fn leads(command: Command, target: &HitTarget, title: &str) -> Option<Leads> {
    let place = match (command, target) {
        (Command::OpenTerminal, HitTarget::Task(framework, task, _)) => {
            TerminalPlace::Task(framework.clone(), task.clone())
        }
        (Command::OpenTerminal, HitTarget::Executor(agent, framework, executor)) => {
            TerminalPlace::Executor(agent.clone(), framework.clone(), executor.clone())
        }
        _ => return proposal(command, target, title).map(Leads::Propose),
    };
    Some(Leads::Page(Box::new(Route::Terminal(place, TerminalParams::default()))))
}

/// The form of a command for its target; `None` if the object is of another kind.
fn proposal(command: Command, target: &HitTarget, title: &str) -> Option<Proposal> {
    let name = title.to_owned();
    Some(match (command, target) {
        (Command::Agent(action), HitTarget::Agent(id)) => Proposal::Agents(action, vec![(id.clone(), name)]),
        (Command::AgentLogging, HitTarget::Agent(id)) => Proposal::LoggingLevel(Some(id.clone()), name),
        (Command::Reserve, HitTarget::Agent(id)) => {
            Proposal::Pool(PoolProposal::Reserve { agents: vec![(id.clone(), name)], role: None, from: Vec::new() })
        }
        (Command::Reserved(action), HitTarget::Reserved(agent, host, what)) => {
            let target = PoolTarget { agent: agent.clone(), hostname: host.clone(), what: what.clone() };
            Proposal::Pool(reserved(action, target))
        }
        (Command::AddProvider, HitTarget::Agent(id)) => Proposal::Provider(ProviderForm::Add(id.clone(), name)),
        (Command::PruneImages, HitTarget::Agent(id)) => {
            Proposal::Provider(ProviderForm::Prune(vec![(id.clone(), name)]))
        }
        (Command::ScheduleMaintenance, HitTarget::Agent(id)) => {
            Proposal::ScheduleFor(MachineQuery::Agents(vec![id.clone()]))
        }
        (Command::TearDown, HitTarget::Framework(id)) => Proposal::Teardown(vec![(id.clone(), name)]),
        (Command::SetQuota, HitTarget::Role(role)) => Proposal::Quotas(vec![role.clone()]),
        (Command::SetWeight, HitTarget::Role(role)) => Proposal::Weights(vec![(role.clone(), None)]),
        _ => return None,
    })
}

/// The form of an action on a reservation or volume.
fn reserved(action: ReservedAction, target: PoolTarget) -> PoolProposal {
    match action {
        ReservedAction::Unreserve => PoolProposal::Unreserve(vec![target]),
        ReservedAction::CreateVolume => PoolProposal::CreateVolume(target),
        ReservedAction::Resize => PoolProposal::ResizeVolume(target),
        ReservedAction::Destroy => PoolProposal::DestroyVolumes(vec![target]),
    }
}
