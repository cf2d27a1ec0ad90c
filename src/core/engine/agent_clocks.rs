//! The clocks of agents, as far as they were measured: an agent dates what it reports by its own. Reads no clock.
//!
//! A page that calls an agent measures its clock by the `Date` of the answers. For the others there are events: each says when its
//! status was made, comes late and never early. A status that is held back while its agent is cut off is very late, so only events that
//! agree over some time count; one that is dated ahead of now is proof by itself.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::base::ids::AgentId;
use crate::base::skew::Skew;
use crate::base::units::{Nanoseconds, Timestamp};

/// Events of an agent that are remembered.
const EVENTS: usize = 4;
/// Events that agree are no further apart, and come over this time at least.
const SAME: i64 = 5_000_000_000;
const OVER: Nanoseconds = Nanoseconds::from_secs(30);
/// Of events that come closer together than this only the one that came soonest counts, or those of a busy agent would never
/// come over such a time.
const APART: Nanoseconds = Nanoseconds::from_secs(10);
/// A clock that is less apart than this is not corrected by events: the stream itself may be so late.
const NOTABLE: i64 = 15_000_000_000;
/// A time that is further from ours is no clock that is set wrong.
const MOST: i64 = 7 * 86_400_000_000_000;

/// What is known of agents' clocks.
#[derive(Debug, Default)]
pub(super) struct AgentClocks {
    agents: BTreeMap<AgentId, AgentClock>,
    /// Some clock is another than when `ahead` was called last.
    is_dirty: bool,
    /// The cluster's clock then.
    cluster: Skew,
}

#[derive(Debug, Default)]
struct AgentClock {
    /// When events came, and by how much they were dated later than that; the newest first.
    events: VecDeque<(Timestamp, i64)>,
    /// By events.
    seen: Option<EventSkew>,
    /// By the status of the last snapshot that the agent dated furthest ahead of now: the clock is ahead by at least so much.
    listed: Option<Skew>,
    /// By calls of a page.
    measured: Option<Skew>,
}

/// What events tell.
#[derive(Clone, Copy, Debug)]
struct EventSkew {
    skew: Skew,
    /// Several say so. If not, one was dated ahead of when it came: the clock is ahead by at least so much.
    is_agreed: bool,
}

impl AgentClocks {
    /// An event came now that an agent has dated then.
    pub(super) fn event(&mut self, agent: AgentId, at: Timestamp, now: Timestamp) {
        let ahead = at.0.saturating_sub(now.0);
        if ahead.abs() > MOST {
            return;
        }
        let clock = self.agents.entry(agent).or_default();
        clock.note(ahead, now);
        let Some(seen) = clock.by_events() else { return };
        let is_near = |a: Skew, b: Skew| a.from(b).0.0.abs() < SAME;
        if clock.seen.is_some_and(|old| is_near(old.skew, seen.skew) && old.is_agreed == seen.is_agreed) {
            return;
        }
        // What events agree on since is newer than what a page has measured.
        clock.measured = clock.measured.filter(|measured| !seen.is_agreed || is_near(*measured, seen.skew));
        clock.seen = Some(seen);
        self.is_dirty = true;
    }

    /// A snapshot that comes now has a status of the agent that it dated then.
    pub(super) fn listed(&mut self, agent: AgentId, at: Timestamp, now: Timestamp) {
        let ahead = at.0.saturating_sub(now.0);
        if !(NOTABLE..=MOST).contains(&ahead) {
            return;
        }
        let clock = self.agents.entry(agent).or_default();
        if clock.listed.is_none_or(|listed| listed.0.0 < ahead) {
            clock.listed = Some(Skew(Nanoseconds(ahead)));
            self.is_dirty = true;
        }
    }

    /// A snapshot begins, perhaps another master's: what the one before listed says nothing of its clocks.
    pub(super) fn snapshot_begins(&mut self) {
        for clock in self.agents.values_mut() {
            self.is_dirty |= clock.listed.take().is_some();
        }
    }

    /// A page has measured an agent's clock.
    pub(super) fn measured(&mut self, agent: AgentId, skew: Skew) {
        let clock = self.agents.entry(agent).or_default();
        self.is_dirty |= clock.measured != Some(skew);
        clock.measured = Some(skew);
        // Events that came before say nothing against it.
        (clock.events, clock.seen) = (VecDeque::new(), None);
    }

    /// This machine's clock is another: all is measured again.
    pub(super) fn forget(&mut self) {
        self.is_dirty |= !self.agents.is_empty();
        self.agents.clear();
    }

    /// By how much agents' clocks are ahead of the cluster's, where that is notable; `None` if it is as it was.
    pub(super) fn ahead(&mut self, cluster: Skew) -> Option<HashMap<AgentId, Nanoseconds>> {
        if !self.is_dirty && self.cluster == cluster {
            return None;
        }
        (self.is_dirty, self.cluster) = (false, cluster);
        let ahead = |(agent, clock): (&AgentId, &AgentClock)| Some((agent.clone(), clock.ahead(cluster)?));
        Some(self.agents.iter().filter_map(ahead).collect())
    }
}

impl AgentClock {
    fn note(&mut self, ahead: i64, now: Timestamp) {
        match self.events.front_mut() {
            Some((at, newest)) if now.since(*at) < APART => *newest = ahead.max(*newest),
            _ => {
                self.events.truncate(EVENTS - 1);
                self.events.push_front((now, ahead));
            }
        }
    }

    fn by_events(&self) -> Option<EventSkew> {
        let soonest = self.events.iter().map(|(_, ahead)| *ahead).max()?;
        let latest = self.events.iter().map(|(_, ahead)| *ahead).min()?;
        let (newest, oldest) = (self.events.front()?.0, self.events.back()?.0);
        let is_agreed = self.events.len() == EVENTS && soonest - latest <= SAME && newest.since(oldest) >= OVER;
        (soonest >= NOTABLE || is_agreed).then_some(EventSkew { skew: Skew(Nanoseconds(soonest)), is_agreed })
    }

    fn ahead(&self, cluster: Skew) -> Option<Nanoseconds> {
        let by_events = || {
            let (skew, is_agreed) = match self.seen {
                Some(EventSkew { skew, is_agreed: true }) => (skew, true),
                seen => {
                    ([seen.map(|seen| seen.skew), self.listed].into_iter().flatten().max_by_key(|skew| skew.0)?, false)
                }
            };
            let apart = skew.from(cluster);
            // One that came late is behind for that alone.
            let is_reported = if is_agreed { apart.0.0.abs() >= NOTABLE } else { apart.0.0 >= NOTABLE };
            is_reported.then_some(apart)
        };
        let measured = self.measured.map(|measured| measured.from(cluster));
        measured.or_else(by_events).filter(|apart| apart.is_notable()).map(|apart| apart.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_306_229_000_000_000);

    fn seconds(seconds: i64) -> Nanoseconds {
        Nanoseconds::from_secs(seconds)
    }

    /// Events that come at these seconds, each dated so many seconds later.
    fn after(events: &[(i64, i64)], cluster: i64) -> Option<i64> {
        let mut clocks = AgentClocks::default();
        for (at, ahead) in events {
            clocks.event("a".into(), NOW + seconds(at + ahead), NOW + seconds(*at));
        }
        let ahead = clocks.ahead(Skew(seconds(cluster))).unwrap_or_default();
        ahead.get(&AgentId::from("a")).map(|ahead| ahead.as_secs())
    }

    #[test]
    fn events_that_agree_over_some_time_measure_a_clock() {
        let behind = [(0, -900), (10, -901), (20, -900), (40, -902)];
        assert_eq!(after(&behind, 0), Some(-900));
        assert_eq!(after(&behind, -900), None, "as the cluster's");
        assert_eq!(after(&behind, 300), Some(-1200));
        assert_eq!(after(&[(0, 900)], 0), Some(900), "nothing comes early");
        assert_eq!(after(&[(0, -1), (10, -2), (20, -1), (40, -2)], 0), None);
    }

    #[test]
    fn the_clock_of_a_busy_agent_is_measured_too() {
        let every = |seconds: i64, ahead: i64| (0..60).step_by(5).map(move |at| (seconds + at, ahead));
        let behind: Vec<_> = every(0, -900).collect();
        assert_eq!(after(&behind, 0), Some(-900));
        let set_right: Vec<_> = every(0, 900).chain(every(60, 0)).collect();
        assert_eq!(after(&set_right, 0), None);
        let later: Vec<_> = [(0, 900)].into_iter().chain(every(60, 0)).collect();
        assert_eq!(after(&later, 0), None, "one that was ahead, and is right");
    }

    #[test]
    fn one_status_that_is_late_is_no_slow_clock() {
        assert_eq!(after(&[(0, 600)], 900), None, "this machine is 15 min behind, and the status came 5 min late");
        assert_eq!(after(&[(0, 1200)], 900), Some(300));
    }

    #[test]
    fn events_that_agree_later_count_before_what_a_page_measured() {
        let mut clocks = AgentClocks::default();
        clocks.measured("a".into(), Skew(seconds(600)));
        for at in [100, 115, 130, 145] {
            clocks.event("a".into(), NOW + seconds(at), NOW + seconds(at));
        }
        assert_eq!(clocks.ahead(Skew::default()), Some(HashMap::new()), "it was set right since");
    }

    #[test]
    fn statuses_that_were_held_back_measure_nothing() {
        assert_eq!(after(&[(0, -900), (0, -902), (1, -900), (1, -900)], 0), None, "all at once");
        assert_eq!(after(&[(0, -900), (10, -600), (20, -300), (40, -100)], 0), None, "they do not agree");
        assert_eq!(after(&[(0, -900), (10, -900), (20, -900)], 0), None, "too few");
        assert_eq!(after(&[(0, i64::MAX / 2_000_000_000)], 0), None);
    }

    #[test]
    fn what_a_page_measures_counts_first() {
        let mut clocks = AgentClocks::default();
        clocks.event("a".into(), NOW + seconds(900), NOW);
        clocks.measured("a".into(), Skew(seconds(6)));
        let ahead = clocks.ahead(Skew::default()).unwrap_or_default();
        assert_eq!(ahead.get(&AgentId::from("a")), Some(&seconds(6)));
        assert_eq!(clocks.ahead(Skew::default()), None, "no news");
        clocks.forget();
        assert_eq!(clocks.ahead(Skew::default()), Some(HashMap::new()));
    }
}
