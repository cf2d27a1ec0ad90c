//! First step of the palette: commands, pages, kept pages and objects, ranked together.

use std::cmp::Reverse;

use leptos::prelude::*;
use mesoscope_core::base::order;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::palette::matching::{CommandMatch, matching_commands};
use mesoscope_core::route::Route;
use mesoscope_core::text::commands::{self, Command};
use mesoscope_core::text::{NO_MASTER, checks};
use mesoscope_core::views::search::hit::Hit;
use mesoscope_core::views::search::tasks::TaskSearch;
use mesoscope_core::views::search::{ExecutorSearch, GeneralSearch, name_score};

use super::kept::{self, Names, names};
use super::row::{Leads, Row, hit};
use super::run::{Runner, compare_button};
use super::step::Step;
use crate::clock::{TimeDisplay, Zone, time_display};
use crate::parts::data_age::{may_be_filtered, unread_topics};
use crate::parts::waiting::is_cut_off;
use crate::theme::Theme;
use crate::worker_link::link;

/// Maximum number of objects; a longer text narrows them.
const MOST: usize = 40;
/// Maximum number of recent pages.
const RECENT: usize = 6;

/// Asks for anything.
pub(super) fn view(runner: Runner) -> AnyView {
    let text = RwSignal::new(String::new());
    let (found, names) = (hits(text), names(runner));
    let rows = Memo::new(move |_| {
        let rows = match text.get().trim() {
            "" => unasked(runner, &names.read()),
            typed => ranked(runner, typed, found.get(), &names.read()),
        };
        let closed = runner.actions.disabled_reason().map(|reason| checks::disabled_reason(&reason));
        let lacks_log = (!can_compare(runner)).then_some(commands::NO_LOG);
        rows.into_iter().map(|row| disabled(row, closed.as_deref(), lacks_log)).collect::<Vec<_>>()
    });
    Step {
        text,
        rows: rows.into(),
        label: "Search everything",
        placeholder: "Search, or type a command",
        chip: None,
        status: status(runner, text, rows),
        choose: Callback::new(move |row| runner.choose(row)),
        back: Callback::new(|()| ()),
    }
    .view()
}

/// A change cannot be chosen in read-only mode, and logs can be compared only beside one that is open.
fn disabled(row: Row, closed: Option<&str>, lacks_log: Option<&str>) -> Row {
    if matches!(&row.leads, Leads::Run(Command::CompareLogs)) {
        return Row { disabled_reason: lacks_log.map(str::to_owned), ..row };
    }
    let is_change = match &row.leads {
        Leads::Propose(_) => true,
        Leads::Ask(command, _) | Leads::Run(command) => command.is_change(),
        Leads::Page(_) | Leads::SaveView(_) | Leads::DeleteView(_) => false,
    };
    Row { disabled_reason: closed.filter(|_| is_change).map(str::to_owned), ..row }
}

/// Objects that match, the best first.
fn hits(text: RwSignal<String>) -> Memo<Vec<Hit>> {
    let answer = link().watch(move || GeneralSearch(text.get()));
    // Queries run in watch order, expensive ones last: the first tasks, executors, then the other tasks, up to a million.
    let tasks = move |rest| link().watch(move || TaskSearch { text: text.get(), rest });
    let first = tasks(false);
    let executors = link().watch(move || ExecutorSearch(text.get()));
    let rest = tasks(true);
    Memo::new(move |_| {
        let found = [answer, first, executors, rest].into_iter().filter_map(|answer| answer.get()).flatten();
        let found: Vec<Hit> = order::sorted(found.collect(), |a: &Hit, b: &Hit| b.score.cmp(&a.score));
        found.into_iter().take(MOST).collect()
    })
}

/// Rows for an empty text: kept pages, what can be done with the current page, all pages and commands.
fn unasked(runner: Runner, names: &Names) -> Vec<Row> {
    let (here, kept) = (runner.here.get().page(), runner.kept);
    let address = here.to_string();
    let favourites = kept.favourites.get();
    let recent = kept.recent.get().into_iter().filter(|other| *other != address && !favourites.contains(other));
    let recent: Vec<Row> = recent.take(RECENT).map(|address| kept::row("recent", &address, names)).collect();
    let favourites = favourites.iter().map(|address| kept::row("favourite", address, names)).collect::<Vec<_>>();
    let views = kept.views.read().iter().map(kept::view).collect::<Vec<_>>();
    let own = kept::here(&here, names).into_iter().map(|(_, row)| row).collect();
    // Pages before commands: the first row, which Enter chooses, is no command that nobody typed.
    let is_possible = |it: &CommandMatch| it.command != Command::CompareLogs || can_compare(runner);
    let all = matching_commands("").into_iter().filter(|it| is_offered(runner, it.command) && is_possible(it));
    [favourites, views, recent, own, all.map(command).collect()].concat()
}

/// Rows for a text, the best first; of equal ones, commands and kept pages before objects.
fn ranked(runner: Runner, typed: &str, found: Vec<Hit>, names: &Names) -> Vec<Row> {
    let matches: Vec<CommandMatch> =
        matching_commands(typed).into_iter().filter(|it| is_offered(runner, it.command)).collect();
    let own = kept::here(&runner.here.get().page(), names).into_iter();
    let own = own.filter_map(|(command, row)| {
        let matched = matches.iter().find(|it| it.command == command && it.rest.is_empty())?;
        Some((matched.score, row))
    });
    let views = runner.kept.views.get();
    let views = views.iter().filter_map(|view| Some((score(&view.name, typed)?, kept::view(view))));
    let mut rows: Vec<(u32, Row)> = own.chain(views).collect();
    rows.extend(matches.iter().cloned().map(|it| (it.score, command(it))));
    rows.extend(found.into_iter().map(|found| (found.score, hit(found))));
    order::sort_by_key(&mut rows, |(score, _)| Reverse(*score));
    rows.into_iter().map(|(_, row)| row).collect()
}

fn score(name: &str, typed: &str) -> Option<u32> {
    typed.split_whitespace().map(|word| name_score(name, word)).sum()
}

fn command(matched: CommandMatch) -> Row {
    let CommandMatch { command, rest, .. } = matched;
    match command {
        Command::Open(place) => {
            Row { keys: format!("g {}", place.key()), ..Row::page("page", place.name(), Route::from(place)) }
        }
        command if command.target().is_some() => {
            Row::command(command, command.title(), Leads::Ask(command, rest.clone())).detail(rest)
        }
        command => Row::command(command, command.title(), Leads::Run(command)),
    }
}

/// Whether the page shows a log, beside which others can be shown.
fn can_compare(runner: Runner) -> bool {
    let is_file = matches!(runner.here.get(), Route::AgentBrowse(..) | Route::MasterBrowse(_));
    is_file && compare_button().is_some()
}

/// Whether a command would change anything here.
fn is_offered(runner: Runner, command: Command) -> bool {
    let TimeDisplay { ages, zone } = time_display();
    let is_favourite = || {
        let address = runner.here.get().to_string();
        runner.kept.favourites.read().contains(&address)
    };
    match command {
        Command::SaveView => runner.here.get().table().is_some(),
        Command::DeleteView => !runner.kept.views.read().is_empty(),
        Command::AddFavourite => !is_favourite(),
        Command::RemoveFavourite => is_favourite(),
        Command::LightTheme => runner.theme.get() != Theme::Light,
        Command::DarkTheme => runner.theme.get() != Theme::Dark,
        Command::SystemTheme => runner.theme.get() != Theme::System,
        Command::LocalTimes => zone.get() != Zone::Local,
        Command::UtcTimes => zone.get() != Zone::Utc,
        Command::Ages => !ages.get(),
        Command::Dates => ages.get(),
        Command::ReadOnlyOn => !runner.actions.is_read_only(),
        Command::ReadOnlyOff => runner.actions.is_read_only() && !crate::actions::is_served_read_only(),
        _ => true,
    }
}

/// Status text below the results.
fn status(runner: Runner, text: RwSignal<String>, rows: Memo<Vec<Row>>) -> Signal<String> {
    // These topics are only read for the search: until then, or if refused, they are unknown.
    let unseen = unread_topics(&[Topic::Operations, Topic::Machines]);
    let is_cut_off = is_cut_off();
    let none = Memo::new(move |_| {
        if is_cut_off.get() {
            return NO_MASTER.to_owned();
        }
        let words = if may_be_filtered() { commands::NO_VISIBLE_MATCHES } else { commands::NO_MATCHES };
        unseen.get().map_or_else(|| words.to_owned(), |unseen| commands::no_match_beside_unread(words, &unseen))
    });
    Signal::derive(move || match (runner.said.get(), text.read().trim().is_empty()) {
        (said, _) if !said.is_empty() => said,
        (_, true) => commands::HINT.to_owned(),
        (_, false) if rows.read().is_empty() => none.get(),
        (_, false) => String::new(),
    })
}
