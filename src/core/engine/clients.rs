//! The pages that watch: their views, what each was reported last, and whether they are there still.
//!
//! A view gets its next answer only after the page drew the last one (credit of one), at most four times a second, and only
//! if it differs. A slow page never builds a queue, and a hidden one, which draws nothing, gets nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::order;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::cluster::Cluster;
use crate::cluster::topic::Topic;
use crate::engine::message::{FromEngine, ViewId};
use crate::views::export::Export;
use crate::views::kept_state::KeptState;
use crate::views::query::{EncodedAnswer, Query};
use crate::views::view::{Cost, Sources, Unreadable};

/// As often as figures can be read, and no more often.
const ANSWER_EVERY: Nanoseconds = Nanoseconds::from_millis(250);
/// A table that has no row yet, since the snapshot has only started.
const FIRST_ROWS: Nanoseconds = Nanoseconds::from_millis(20);
/// A table is searched and ordered again for each answer: of so many rows a millisecond is waited for, up to a second.
const ROWS_A_MILLISECOND: usize = 1000;
const SLOWEST: Nanoseconds = Nanoseconds::from_secs(1);
/// A page is busy with answers for one part in so many of its time at most, up to one answer a second.
const REST: i64 = 6;
/// Answers that depend on the time of day are made again so often, though nothing moved.
const AGES_EVERY: Nanoseconds = Nanoseconds::from_secs(10);
const PING_EVERY: Nanoseconds = Nanoseconds::from_secs(5);
/// A page that leaves so many pings unanswered is asleep: it is reported nothing until it says something.
const PINGS_LOST: u32 = 3;

/// A page, by the number that the host gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Client(pub u32);

#[derive(Debug, Default)]
pub(super) struct Clients {
    pages: BTreeMap<Client, Page>,
    /// A user fell asleep since `take_slept`.
    slept: bool,
}

#[derive(Debug)]
struct Page {
    views: BTreeMap<ViewId, WatchedView>,
    /// Exports, and whether the next piece of each may come.
    exports: BTreeMap<ViewId, (Export, bool)>,
    pinged: Timestamp,
    unanswered: u32,
}

#[derive(Debug)]
struct WatchedView {
    query: Query,
    kept: KeptState,
    last_sent: Option<SentAnswer>,
    /// The page drew the last answer.
    credit: bool,
    /// How long that took it, the way there and back included.
    took: Nanoseconds,
    /// The query is new: it is answered at once.
    dirty: bool,
}

#[derive(Debug)]
struct SentAnswer {
    bytes: Vec<u8>,
    is_blank: bool,
    /// The snapshot had not come whole.
    early: bool,
    revision: u64,
    at: Timestamp,
}

impl Page {
    fn is_awake(&self) -> bool {
        self.unanswered < PINGS_LOST
    }
}

impl Clients {
    pub(super) fn hello(&mut self, client: Client, now: Timestamp) {
        // A page says hello again if it gets no answer in time; what it watches stays.
        self.pages.entry(client).or_insert(Page {
            views: BTreeMap::new(),
            exports: BTreeMap::new(),
            pinged: now,
            unanswered: 0,
        });
        self.awake(client, now);
    }

    pub(super) fn forget(&mut self, client: Client) {
        self.pages.remove(&client);
    }

    /// The page said something, so it is there.
    pub(super) fn awake(&mut self, client: Client, now: Timestamp) {
        if let Some(page) = self.pages.get_mut(&client) {
            (page.unanswered, page.pinged) = (0, now);
        }
    }

    pub(super) fn watch(&mut self, client: Client, view: ViewId, query: Query, now: Timestamp) {
        self.awake(client, now);
        let Some(page) = self.pages.get_mut(&client) else { return };
        match page.views.get_mut(&view) {
            Some(view) => (view.query, view.dirty, view.credit) = (query, true, true),
            None => {
                page.views.insert(view, WatchedView::new(query));
            }
        }
    }

    pub(super) fn unwatch(&mut self, client: Client, view: ViewId) {
        let Some(page) = self.pages.get_mut(&client) else { return };
        page.views.remove(&view);
        page.exports.remove(&view);
    }

    pub(super) fn export(&mut self, client: Client, view: ViewId, query: Query, now: Timestamp) {
        self.awake(client, now);
        let Some(page) = self.pages.get_mut(&client) else { return };
        page.exports.insert(view, (Export::new(query), true));
    }

    /// Another snapshot has come: exports under way begin again, and what views keep is of no use.
    pub(super) fn renumbered(&mut self) {
        self.pages.values_mut().flat_map(|page| page.views.values_mut()).for_each(|view| view.kept.clear());
        let exports = self.pages.values_mut().flat_map(|page| page.exports.values_mut());
        exports.for_each(|(export, _)| export.start_over());
    }

    pub(super) fn drawn(&mut self, client: Client, view: ViewId, now: Timestamp) {
        self.awake(client, now);
        let Some(page) = self.pages.get_mut(&client) else { return };
        page.views.get_mut(&view).into_iter().for_each(|view| view.drawn(now));
        page.exports.get_mut(&view).into_iter().for_each(|(_, credit)| *credit = true);
    }

    /// Another cluster, or another's view of it, takes the place of what was shown: all is answered again.
    pub(super) fn start_over(&mut self) {
        self.pages.values_mut().flat_map(|page| page.views.values_mut()).for_each(|view| view.last_sent = None);
        self.renumbered();
    }

    pub(super) fn is_awake(&self, client: Client) -> bool {
        self.pages.get(&client).is_some_and(Page::is_awake)
    }

    pub(super) fn any_awake(&self) -> bool {
        self.pages.values().any(Page::is_awake)
    }

    /// The topics that a page shows, of what only reads tell.
    pub(super) fn topics(&self) -> BTreeSet<Topic> {
        let awake = self.pages.values().filter(|page| page.is_awake());
        order::inserted(awake.flat_map(|page| page.views.values()).flat_map(|view| view.query.view().topics()).copied())
    }

    /// The topics that an open page is about.
    pub(super) fn frequent_topics(&self) -> BTreeSet<Topic> {
        let awake = self.pages.values().filter(|page| page.is_awake());
        let views = awake.flat_map(|page| page.views.values());
        order::inserted(views.flat_map(|view| view.query.view().frequent_topics()).copied())
    }

    /// Whether a page fell asleep since the last time this was asked.
    pub(super) fn take_slept(&mut self) -> bool {
        std::mem::take(&mut self.slept)
    }

    /// All pages, those that sleep too.
    pub(super) fn all(&self) -> Vec<Client> {
        self.pages.keys().copied().collect()
    }

    /// Pages that answer: one that leaves a ping unanswered is reported no more until it does.
    pub(super) fn listening(&self) -> Vec<Client> {
        self.pages.iter().filter(|(_, page)| page.unanswered <= 1).map(|(client, _)| *client).collect()
    }

    /// Sends what is due. Gives the objects of which something could not be read.
    pub(super) fn turn(
        &mut self,
        sources: Sources<'_>,
        now: Timestamp,
        tell: &mut impl FnMut(Client, FromEngine),
    ) -> Vec<Unreadable> {
        let mut reported = false;
        let mut unreadable = Vec::new();
        for (client, page) in &mut self.pages {
            if page.is_awake() && now >= page.pinged + PING_EVERY {
                page.unanswered += 1;
                page.pinged = now;
                self.slept |= !page.is_awake();
                tell(*client, FromEngine::Ping);
            }
            for (id, view) in page.views.iter_mut().filter(|(_, view)| view.credit) {
                let waits = reported && view.query.view().is_low_priority();
                if !waits
                    && view.due(sources).is_some_and(|due| now >= due)
                    && let Some(answer) = view.answer(sources, now)
                {
                    reported = true;
                    unreadable.extend(answer.unreadable);
                    tell(*client, FromEngine::View(*id, answer.bytes));
                }
            }
            for (id, (export, credit)) in page.exports.iter_mut().filter(|(_, (_, credit))| *credit) {
                *credit = false;
                let piece = export.next(sources, now);
                tell(*client, FromEngine::View(*id, piece));
            }
        }
        unreadable
    }

    pub(super) fn wake_at(&self, sources: Sources<'_>) -> Option<Timestamp> {
        let awake = || self.pages.values().filter(|page| page.is_awake());
        let pings = awake().map(|page| page.pinged + PING_EVERY);
        let views = awake()
            .flat_map(|page| page.views.values())
            .filter(|view| view.credit)
            .filter_map(|view| view.due(sources));
        pings.chain(views).min()
    }
}

impl WatchedView {
    fn new(query: Query) -> Self {
        let kept = KeptState::default();
        Self { query, kept, last_sent: None, credit: true, took: Nanoseconds(0), dirty: true }
    }

    fn drawn(&mut self, now: Timestamp) {
        self.credit = true;
        self.took = self.last_sent.as_ref().map_or(Nanoseconds(0), |reported| now.since(reported.at));
    }

    /// When the view should be answered again; `None` while nothing could be new.
    fn due(&self, sources: Sources<'_>) -> Option<Timestamp> {
        match &self.last_sent {
            _ if self.dirty => Some(Timestamp(i64::MIN)),
            None => Some(Timestamp(i64::MIN)),
            Some(reported) if reported.early && !sources.cluster.arriving() => Some(Timestamp(i64::MIN)),
            Some(reported) if reported.revision != self.query.view().revision(sources) => {
                Some(reported.at + self.pace(sources.cluster))
            }
            Some(reported) => self.query.view().ages().then(|| reported.at + AGES_EVERY),
        }
    }

    fn pace(&self, cluster: &Cluster) -> Nanoseconds {
        let rows = match self.query.view().cost() {
            Cost::Slow => return SLOWEST,
            Cost::Tasks => cluster.tasks_held(),
            Cost::Small => 0,
        };
        let millis = i64::try_from(rows / ROWS_A_MILLISECOND).unwrap_or(i64::MAX);
        if cluster.arriving() && self.last_sent.as_ref().is_some_and(|reported| reported.is_blank) {
            return FIRST_ROWS;
        }
        let slow_page = Nanoseconds(self.took.0.saturating_mul(REST));
        // What arrives is soon whole, and sooner the less else is done.
        let times = if cluster.arriving() { 3 } else { 1 };
        (Nanoseconds(ANSWER_EVERY.0 * times) + Nanoseconds::from_millis(millis)).max(slow_page).min(SLOWEST)
    }

    /// The answer, if it is made and differs from the last.
    fn answer(&mut self, sources: Sources<'_>, now: Timestamp) -> Option<EncodedAnswer> {
        let answer = self.query.view().answer(&mut self.kept, sources, now)?;
        let dirty = std::mem::take(&mut self.dirty);
        let same = !dirty && self.last_sent.as_ref().is_some_and(|reported| reported.bytes == answer.bytes);
        self.last_sent = Some(SentAnswer {
            bytes: answer.bytes.clone(),
            is_blank: answer.is_blank,
            early: sources.cluster.arriving(),
            revision: self.query.view().revision(sources),
            at: now,
        });
        self.credit = same;
        (!same).then_some(answer)
    }
}
