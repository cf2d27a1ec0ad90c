//! The open files. A file keeps its state while others open or close.
//!
//! Also tracks the active pane, which commands without an explicit target apply to.

use leptos::prelude::*;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::files::viewport::ScrollAnchor;
use mesoscope_core::mesos::calls::Target;
use mesoscope_core::route::browse_params::BrowseParams;

use super::budget::RequestBudget;
use super::display_settings::{DisplaySettings, begin_at_the_start, render_options};
use super::log_source::LogSource;
use super::merged_files::MergedFiles;
use super::scroll::Scroller;
use crate::hooks::on_change;
use crate::parts::files::viewer_context::{MAX_PANES, ViewerContext};

/// A file's server and path.
type Named = (Target, String);

/// An open file with its reactive owner.
struct OpenFile {
    name: Named,
    owner: Owner,
    scroller: Scroller,
}

/// All open files of a page.
#[derive(Clone, Copy)]
pub(super) struct OpenFiles {
    owner: StoredValue<Owner>,
    around: ViewerContext,
    budget: RequestBudget,
    looks: DisplaySettings,
    paused: RwSignal<bool>,
    /// Whether only matching lines are shown.
    only: Signal<bool>,
    entries: StoredValue<Vec<OpenFile>, LocalStorage>,
    /// One scroller per file of the address, in its order.
    files: RwSignal<Vec<Scroller>>,
    /// The merged stream, if one is shown.
    merged: RwSignal<Option<Scroller>>,
    merging: StoredValue<Option<Owner>>,
    /// Id of the active pane.
    chosen: RwSignal<u32>,
    count: StoredValue<u32>,
}

impl OpenFiles {
    /// Opens the files of the address and keeps them in step with it.
    pub(super) fn start(of: Target, around: ViewerContext, looks: DisplaySettings, paused: RwSignal<bool>) -> Self {
        let opened = Self {
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
            around,
            budget: RequestBudget::new(),
            looks,
            paused,
            only: Memo::new(move |_| around.place.with(BrowseParams::narrows)).into(),
            entries: StoredValue::new_local(Vec::new()),
            files: RwSignal::new(Vec::new()),
            merged: RwSignal::new(None),
            merging: StoredValue::new(None),
            chosen: RwSignal::new(0),
            count: StoredValue::new(0),
        };
        let named = Memo::new(move |_| {
            around.place.with(|place| (names(&of, place), place.merged, (place.dates, place.encoding)))
        });
        let first = around.place.get_untracked();
        opened.bring(named.get_untracked().0, &first, around.seen);
        opened.merge(&first, around.seen);
        let at = if opened.merged.with_untracked(Option::is_some) { 0 } else { first.of };
        opened.chosen.set(opened.panes().get_untracked().get(at).map_or(0, |scroller| scroller.id));
        let files = move || named.get();
        on_change(files, move |(names, ..)| {
            let place = around.place.get();
            // Date order and encoding affect the position in the other files.
            let seen = opened.merged.get().and_then(Scroller::place);
            // Closing an earlier file shifts the index of this one.
            let seen = seen.and_then(|(file, at)| {
                let is = |name: &Named| {
                    opened.entries.with_value(|all| all.get(file).is_some_and(|entry| entry.name == *name))
                };
                Some((names.iter().position(is)?, at))
            });
            opened.bring(names.clone(), &place, None);
            opened.files.get().into_iter().for_each(|scroller| scroller.log_source.choose(&place));
            opened.merge(&place, seen);
        });
        opened
    }

    /// Opens new files and closes those no longer in the address.
    fn bring(self, names: Vec<Named>, place: &BrowseParams, seen: Option<(usize, u64)>) {
        let mut before = self.entries.try_update_value(std::mem::take).unwrap_or_default();
        let mut entry = |(nth, name): (usize, Named)| match before.iter().position(|entry| entry.name == name) {
            Some(at) => {
                let entry = before.remove(at);
                entry.scroller.file.set(nth);
                entry
            }
            None => self.open(nth, name, place, seen),
        };
        let entries: Vec<OpenFile> = names.into_iter().enumerate().map(&mut entry).collect();
        self.files.set(entries.iter().map(|entry| entry.scroller).collect());
        self.entries.set_value(entries);
        later(before.into_iter().map(|entry| entry.owner).collect());
    }

    /// Scrolls to the position of the address after back or forward.
    pub(super) fn come_back(self, seen: Option<(usize, u64)>) {
        let place = self.around.place.get_untracked();
        if self.merged.get_untracked().is_some() {
            return self.merge(&place, seen);
        }
        for (nth, scroller) in self.files.get_untracked().into_iter().enumerate() {
            scroller.go(anchor(nth, &place, seen));
        }
    }

    fn open(self, nth: usize, name: Named, place: &BrowseParams, seen: Option<(usize, u64)>) -> OpenFile {
        let owner = self.child();
        let scroller = owner.with(|| {
            let (target, path) = &name;
            let is_chained = place.older.contains(&nth) && place.merged.is_none();
            let log_source = LogSource::start(target.clone(), path, is_chained, self.budget);
            log_source.choose(place);
            self.scroller((log_source, None), nth, anchor(nth, place, seen))
        });
        OpenFile { name, owner, scroller }
    }

    /// Starts or ends the merged stream.
    fn merge(self, place: &BrowseParams, seen: Option<(usize, u64)>) {
        let before = self.merging.try_update_value(Option::take).flatten();
        let files = self.files.get_untracked();
        let merged = place.merged.filter(|_| files.len() > 1).and_then(|order| {
            let (owner, first) = (self.child(), files.first()?);
            let scroller = owner.with(|| {
                let log_sources: Vec<LogSource> = files.iter().map(|scroller| scroller.log_source).collect();
                // A stream reads files without their rotated predecessors.
                log_sources
                    .iter()
                    .filter(|log_source| log_source.chained.get_untracked())
                    .for_each(|log_source| log_source.unchain());
                let at = seen.or(place.at.map(|at| (place.of, at)));
                let anchor = at.map_or(ScrollAnchor::End, |(_, at)| ScrollAnchor::Line(at, 0.0));
                let stream = MergedFiles::start(log_sources, order, at, self.around.place);
                self.scroller((first.log_source, Some(stream)), 0, anchor)
            });
            self.merging.set_value(Some(owner));
            Some(scroller)
        });
        self.merged.set(merged);
        later(before.into_iter().collect());
    }

    fn scroller(self, of: (LogSource, Option<MergedFiles>), nth: usize, anchor: ScrollAnchor) -> Scroller {
        let (file, place) = (RwSignal::new(nth), self.around.place);
        let scroller =
            Scroller::new(of, (self.next_id(), file), anchor, self.only, render_options(of, file, self.looks, place));
        scroller.keep_up(place, self.paused);
        begin_at_the_start(scroller);
        scroller
    }

    fn child(self) -> Owner {
        self.owner.with_value(|owner| owner.with(Owner::new))
    }

    fn next_id(self) -> u32 {
        self.count.try_update_value(|count| std::mem::replace(count, *count + 1)).unwrap_or_default()
    }

    /// Scroller of each pane.
    pub(super) fn panes(self) -> Signal<Vec<Scroller>> {
        Signal::derive(move || self.merged.get().map_or_else(|| self.files.get(), |scroller| vec![scroller]))
    }

    /// Sources of all open files.
    pub(super) fn log_sources(self) -> Vec<LogSource> {
        self.files.with(|files| files.iter().map(|scroller| scroller.log_source).collect())
    }

    /// Scroller of the active pane.
    pub(super) fn active(self) -> Signal<Scroller> {
        let panes = self.panes();
        Signal::derive(move || {
            let chosen = self.chosen.get();
            let meant =
                |panes: &Vec<Scroller>| panes.iter().find(|scroller| scroller.id == chosen).or(panes.first()).copied();
            panes.with(meant).expect("there is always the first file")
        })
    }

    /// Makes a pane the active one.
    pub(super) fn choose(self, scroller: Scroller) {
        self.chosen.set(scroller.id);
    }

    /// The merged stream, if one is shown.
    pub(super) fn stream(self) -> Option<MergedFiles> {
        self.merged.get().and_then(|scroller| scroller.stream)
    }
}

/// Files of an address, first file first; an empty agent id means the master.
fn names(of: &Target, place: &BrowseParams) -> Vec<Named> {
    let target = |agent: &AgentId| match agent.as_str() {
        "" => Target::Master,
        _ => Target::Agent(agent.clone()),
    };
    let others = place.beside.iter().take(MAX_PANES - 1).map(|(agent, path)| (target(agent), path.clone()));
    std::iter::once((of.clone(), place.path.clone())).chain(others).collect()
}

/// Initial scroll anchor: the last position, the linked line, or the end.
fn anchor(nth: usize, place: &BrowseParams, seen: Option<(usize, u64)>) -> ScrollAnchor {
    let seen = seen.filter(|(file, _)| *file == nth).map(|(_, at)| ScrollAnchor::Line(at, 0.0));
    let linked = || place.linked(nth).map(|(at, _)| ScrollAnchor::Line(at, -120.0));
    seen.or_else(linked).unwrap_or(ScrollAnchor::End)
}

/// Delays the cleanup until the page has been redrawn without these owners.
fn later(owners: Vec<Owner>) {
    if !owners.is_empty() {
        set_timeout(move || owners.iter().for_each(Owner::cleanup), std::time::Duration::from_millis(50));
    }
}
