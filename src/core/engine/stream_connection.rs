//! The connection's life: connecting -> arriving -> live -> silent -> lost, and again. Decides when; does no IO.

use serde::{Deserialize, Serialize};

use crate::base::backoff::Backoff;
use crate::base::units::{Nanoseconds, Timestamp};
use crate::checks::disconnect::DisconnectReason;

/// A master that serialises a large snapshot answers late: 10 s at 40,000 agents in Mesos' own benchmark.
const ANSWER_TIMEOUT: Nanoseconds = Nanoseconds::from_secs(60);
/// A master that sends other records in place of a snapshot is given so long.
const SNAPSHOT_TIMEOUT: Nanoseconds = Nanoseconds::from_secs(300);
/// Mesos' default, as long as the snapshot arrives.
const HEARTBEAT_SECONDS: f64 = 15.0;
/// Intervals that a master may mean. Another one, as 0 or 1e300, is read as no promise at all.
const PLAUSIBLE_SECONDS: std::ops::RangeInclusive<f64> = 1.0..=3600.0;
/// A master without heartbeats that was silent so long is doubted when a read beside the stream gets no answer.
const QUIET: Nanoseconds = Nanoseconds::from_secs(75);
/// Intervals without a byte after which the screen says so.
const SILENT_AFTER: f64 = 2.0;
/// Intervals without a byte after which the proto's own comment calls a stream dead.
const LOST_AFTER: f64 = 5.0;
/// Intervals in which bytes came and no record ended, although each heartbeat is one: something in the stream passed for a size.
const UNFRAMED_AFTER: f64 = 3.0;
/// Intervals that a stream is given when there is reason to doubt it.
const DOUBTED_AFTER: f64 = 1.5;
/// A stream that lived so long was stable.
const STABLE: Nanoseconds = Nanoseconds::from_secs(30);

/// The connection to the master.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ConnectionState {
    /// Asked, and not answered yet.
    Connecting {
        /// Start of the attempt.
        since: Timestamp,
    },
    /// The snapshot comes: so many bytes of so many.
    Arriving {
        /// Bytes of the snapshot's record that have come.
        bytes: u64,
        /// Length of the snapshot's record, in bytes.
        of: u64,
    },
    /// The snapshot has come, and events follow.
    Live {
        /// Time at which the snapshot was complete.
        since: Timestamp,
    },
    /// Nothing came for longer than a heartbeat's time.
    Silent {
        /// Time of the last byte.
        since: Timestamp,
    },
    /// Gone, for that reason; it is tried again at `retry_at`.
    Lost {
        /// Reason that the stream ended or did not start.
        cause: DisconnectReason,
        /// Time at which it was lost.
        since: Timestamp,
        /// Time of the next attempt.
        retry_at: Timestamp,
    },
    /// The master wants to know who asks. It is not tried again before a user says so.
    Unauthorised {
        /// Time of the refusal.
        since: Timestamp,
    },
}

/// What the session wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamCommand {
    /// Open a stream.
    Open,
    /// Let the stream go that is open.
    Abort,
}

#[derive(Clone, Debug)]
enum SessionState {
    /// Nobody watches.
    Idle,
    Connecting {
        /// When it was asked, or anything was heard since.
        since: Timestamp,
        asked: Timestamp,
    },
    Arriving {
        heard: Timestamp,
        bytes: u64,
        of: u64,
    },
    Live {
        since: Timestamp,
        heard: Timestamp,
        /// When the last record ended.
        record: Timestamp,
    },
    Lost {
        cause: DisconnectReason,
        since: Timestamp,
        retry_at: Timestamp,
    },
    Unauthorised {
        since: Timestamp,
    },
}

/// One stream after another.
#[derive(Debug)]
pub struct StreamConnection {
    state: SessionState,
    backoff: Backoff,
    /// The promised interval; `None` for a master that promises none (before 1.5).
    heartbeat: Option<Nanoseconds>,
    /// When anything was heard of the master last.
    heard: Option<Timestamp>,
}

impl StreamConnection {
    /// Idle, with the seed for its back-off.
    pub fn new(seed: u64) -> Self {
        Self { state: SessionState::Idle, backoff: Backoff::new(seed), heartbeat: None, heard: None }
    }

    /// A user watches: a stream is wanted.
    pub fn start(&mut self, now: Timestamp) -> Option<StreamCommand> {
        matches!(self.state, SessionState::Idle).then(|| self.connect(now))
    }

    /// Nobody watches any more.
    pub fn stop(&mut self) -> Option<StreamCommand> {
        let open = self.is_open();
        self.state = SessionState::Idle;
        open.then_some(StreamCommand::Abort)
    }

    /// Now rather than at the end of the wait.
    pub fn retry(&mut self, now: Timestamp) -> Option<StreamCommand> {
        matches!(self.state, SessionState::Lost { .. } | SessionState::Unauthorised { .. }).then(|| self.connect(now))
    }

    /// The network may be another. What is lost is tried again at once; what is open must be heard of within a heartbeat's
    /// time and a half, since a connection of the old network is dead without a word. Without heartbeats only a read can tell.
    pub fn online(&mut self, now: Timestamp) -> Option<StreamCommand> {
        let latest =
            self.interval().map(|_| Timestamp(now.0.saturating_sub(self.intervals(LOST_AFTER - DOUBTED_AFTER).0)));
        match &mut self.state {
            SessionState::Lost { .. } => return Some(self.connect(now)),
            SessionState::Live { heard, .. } | SessionState::Arriving { heard, .. } => {
                *heard = latest.map_or(*heard, |latest| latest.min(*heard))
            }
            SessionState::Idle | SessionState::Connecting { .. } | SessionState::Unauthorised { .. } => {}
        }
        None
    }

    /// The snapshot begins.
    pub fn opening(&mut self, of: u64, now: Timestamp) {
        self.state = SessionState::Arriving { heard: now, bytes: 0, of };
    }

    /// Some of the snapshot's bytes have come.
    pub fn arriving(&mut self, more: u64) {
        if let SessionState::Arriving { bytes, .. } = &mut self.state {
            *bytes += more;
        }
    }

    /// The snapshot has come whole. A master before 1.5 promises no heartbeats, and is never lost for want of them.
    pub fn arrived(&mut self, heartbeat_seconds: Option<f64>, now: Timestamp) {
        let plausible = heartbeat_seconds.filter(|seconds| PLAUSIBLE_SECONDS.contains(seconds));
        self.heartbeat = plausible.map(Nanoseconds::from_secs_f64);
        self.state = SessionState::Live { since: now, heard: now, record: now };
    }

    /// A record has come whole. Counts after the snapshot only, which is longer than any other record.
    pub fn record_ended(&mut self, now: Timestamp) {
        if let SessionState::Live { record, .. } = &mut self.state {
            *record = now;
        }
    }

    /// Any byte has come.
    pub fn heard(&mut self, now: Timestamp) {
        self.heard = Some(now);
        match &mut self.state {
            SessionState::Arriving { heard, .. } | SessionState::Live { heard, .. } => *heard = now,
            SessionState::Connecting { since, .. } => *since = now,
            SessionState::Idle | SessionState::Lost { .. } | SessionState::Unauthorised { .. } => {}
        }
    }

    /// The stream has ended, or is worth nothing any more. The next try, if there is to be one, is decided here.
    pub fn lose(&mut self, cause: DisconnectReason, now: Timestamp) -> Option<StreamCommand> {
        if !self.is_open() {
            return None;
        }
        if let SessionState::Live { since, .. } = self.state
            && now.since(since) >= STABLE
        {
            self.backoff.reset();
        }
        self.state = if cause.is_unauthorised() {
            SessionState::Unauthorised { since: now }
        } else {
            SessionState::Lost { cause, since: now, retry_at: now + self.backoff.next_wait() }
        };
        Some(StreamCommand::Abort)
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Timestamp) -> Option<StreamCommand> {
        match &self.state {
            SessionState::Lost { retry_at, .. } if now >= *retry_at => Some(self.connect(now)),
            SessionState::Live { heard, record, .. }
                if self.interval().is_some() && heard.since(*record) >= self.intervals(UNFRAMED_AFTER) =>
            {
                self.lose(DisconnectReason::Unframed, now)
            }
            _ if self.deadline().is_some_and(|deadline| now >= deadline) => {
                let cause = match &self.state {
                    SessionState::Connecting { asked, .. } if now >= *asked + SNAPSHOT_TIMEOUT => {
                        DisconnectReason::NoSnapshot
                    }
                    SessionState::Connecting { .. } => DisconnectReason::NoAnswer,
                    _ => DisconnectReason::Silent,
                };
                self.lose(cause, now)
            }
            _ => None,
        }
    }

    /// When `tick` should come next.
    pub fn wake_at(&self, now: Timestamp) -> Option<Timestamp> {
        match &self.state {
            SessionState::Lost { retry_at, .. } => Some(*retry_at),
            SessionState::Live { heard, .. }
                if self.interval().is_some() && now < *heard + self.intervals(SILENT_AFTER) =>
            {
                Some(*heard + self.intervals(SILENT_AFTER))
            }
            _ => self.deadline(),
        }
    }

    /// As the screen shows it; `None` while nobody watches.
    pub fn link(&self, now: Timestamp) -> Option<ConnectionState> {
        Some(match &self.state {
            SessionState::Idle => return None,
            SessionState::Connecting { since, .. } => ConnectionState::Connecting { since: *since },
            SessionState::Arriving { bytes, of, .. } => ConnectionState::Arriving { bytes: *bytes, of: *of },
            SessionState::Live { heard, .. }
                if self.interval().is_some() && now >= *heard + self.intervals(SILENT_AFTER) =>
            {
                ConnectionState::Silent { since: *heard }
            }
            SessionState::Live { since, .. } => ConnectionState::Live { since: *since },
            SessionState::Lost { cause, since, retry_at } => {
                ConnectionState::Lost { cause: cause.clone(), since: *since, retry_at: *retry_at }
            }
            SessionState::Unauthorised { since } => ConnectionState::Unauthorised { since: *since },
        })
    }

    /// When the master was heard of last.
    pub fn last_heard(&self) -> Option<Timestamp> {
        self.heard
    }

    /// Why the last stream was lost, while there is no other.
    pub fn lost(&self) -> Option<&DisconnectReason> {
        if let SessionState::Lost { cause, .. } = &self.state { Some(cause) } else { None }
    }

    /// Whether a snapshot has come whole, and the stream goes on.
    pub fn is_live(&self) -> bool {
        matches!(self.state, SessionState::Live { .. })
    }

    /// Whether a stream is asked for and has not started.
    pub fn is_connecting(&self) -> bool {
        matches!(self.state, SessionState::Connecting { .. })
    }

    /// The interval of heartbeats that the master promises, while its stream is live.
    pub fn heartbeat(&self) -> Option<Nanoseconds> {
        self.heartbeat.filter(|_| self.is_live())
    }

    /// A read beside the stream got no answer at all. Where no heartbeat is promised, and nothing came for long, the stream
    /// is taken for dead.
    pub fn unanswered(&mut self, now: Timestamp) -> Option<StreamCommand> {
        match &self.state {
            SessionState::Live { heard, .. } if self.heartbeat.is_none() && now.since(*heard) >= QUIET => {
                self.lose(DisconnectReason::Unanswered, now)
            }
            _ => None,
        }
    }

    fn connect(&mut self, now: Timestamp) -> StreamCommand {
        self.state = SessionState::Connecting { since: now, asked: now };
        StreamCommand::Open
    }

    fn is_open(&self) -> bool {
        matches!(
            self.state,
            SessionState::Connecting { .. } | SessionState::Arriving { .. } | SessionState::Live { .. }
        )
    }

    fn deadline(&self) -> Option<Timestamp> {
        match &self.state {
            SessionState::Connecting { since, asked } => Some((*since + ANSWER_TIMEOUT).min(*asked + SNAPSHOT_TIMEOUT)),
            SessionState::Arriving { heard, .. } | SessionState::Live { heard, .. } => {
                self.interval().map(|_| *heard + self.intervals(LOST_AFTER))
            }
            SessionState::Idle | SessionState::Lost { .. } | SessionState::Unauthorised { .. } => None,
        }
    }

    /// The interval by which silence is judged. A snapshot that stops coming has stopped, whatever the master promises.
    fn interval(&self) -> Option<Nanoseconds> {
        match self.state {
            SessionState::Live { .. } => self.heartbeat,
            _ => Some(Nanoseconds::from_secs_f64(HEARTBEAT_SECONDS)),
        }
    }

    fn intervals(&self, number: f64) -> Nanoseconds {
        Nanoseconds((self.interval().unwrap_or_default().0 as f64 * number) as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesos::calls::answer::{CallError, Intercepted};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::default() + Nanoseconds::from_secs(seconds)
    }

    fn live() -> StreamConnection {
        let mut session = StreamConnection::new(1);
        assert_eq!(session.start(at(0)), Some(StreamCommand::Open));
        session.opening(10, at(1));
        session.arrived(Some(15.0), at(2));
        session.heard(at(2));
        session
    }

    #[test]
    fn silence_is_shown_then_ends_the_stream() {
        let mut session = live();
        assert!(matches!(session.link(at(31)), Some(ConnectionState::Live { .. })));
        assert_eq!(session.tick(at(32)), None);
        assert!(matches!(session.link(at(32)), Some(ConnectionState::Silent { .. })));
        assert_eq!(session.tick(at(77)), Some(StreamCommand::Abort));
        assert!(matches!(session.link(at(77)), Some(ConnectionState::Lost { .. })));
    }

    #[test]
    fn bytes_without_the_end_of_a_record_end_the_stream() {
        let mut session = live();
        session.record_ended(at(10));
        for second in [25, 40, 54] {
            session.heard(at(second));
            assert_eq!(session.tick(at(second)), None);
        }
        session.heard(at(55));
        assert_eq!(session.tick(at(55)), Some(StreamCommand::Abort));
        assert_eq!(session.lost(), Some(&DisconnectReason::Unframed));
        // A record that takes long is none of those, nor is a stream whose master promises no heartbeats.
        let mut session = live();
        for second in (3..300).step_by(40) {
            session.heard(at(second));
            session.record_ended(at(second));
            assert_eq!(session.tick(at(second)), None);
        }
        session.arrived(None, at(300));
        session.heard(at(400));
        assert_eq!(session.tick(at(400)), None);
    }

    #[test]
    fn an_hour_asleep_is_a_lost_stream() {
        let mut session = live();
        assert_eq!(session.tick(at(3600)), Some(StreamCommand::Abort));
        assert_eq!(session.tick(at(3602)), Some(StreamCommand::Open));
    }

    #[test]
    fn a_master_that_promises_no_heartbeats_is_never_silent() {
        for promise in [None, Some(0.0), Some(-15.0), Some(f64::NAN), Some(1e300), Some(0.001), Some(f64::INFINITY)] {
            let mut session = live();
            session.arrived(promise, at(2));
            session.heard(at(2));
            assert_eq!((session.heartbeat(), session.wake_at(at(3))), (None, None), "{promise:?}");
            for second in [33, 78, 3600, 86_400] {
                assert_eq!(session.tick(at(second)), None, "{promise:?}");
                assert!(matches!(session.link(at(second)), Some(ConnectionState::Live { .. })), "{promise:?}");
            }
            assert_eq!(session.online(at(86_400)), None);
            assert_eq!(session.tick(at(90_000)), None, "{promise:?}");
        }
    }

    #[test]
    fn without_heartbeats_a_read_that_gets_no_answer_ends_a_quiet_stream() {
        let mut session = live();
        assert_eq!(session.unanswered(at(76)), None, "heartbeats are promised, and decide");
        session.arrived(None, at(2));
        session.heard(at(100));
        assert_eq!(session.unanswered(at(174)), None, "it was heard of lately");
        assert_eq!(session.unanswered(at(175)), Some(StreamCommand::Abort));
        assert_eq!(session.lost(), Some(&DisconnectReason::Unanswered));
    }

    #[test]
    fn a_stream_without_a_snapshot_ends_though_bytes_come() {
        let mut session = StreamConnection::new(1);
        session.start(at(0));
        for second in (10..300).step_by(10) {
            session.heard(at(second));
            assert_eq!(session.tick(at(second)), None);
        }
        assert_eq!(
            (session.tick(at(300)), session.lost()),
            (Some(StreamCommand::Abort), Some(&DisconnectReason::NoSnapshot))
        );
    }

    #[test]
    fn another_network_is_a_reason_to_doubt() {
        let mut session = live();
        assert_eq!(session.online(at(10)), None);
        assert_eq!(session.tick(at(32)), None);
        assert_eq!(session.tick(at(33)), Some(StreamCommand::Abort), "no byte for an interval and a half");
        assert_eq!(session.online(at(33)), Some(StreamCommand::Open));
        let mut session = live();
        session.online(at(10));
        session.heard(at(12));
        assert_eq!(session.tick(at(60)), None, "a byte, and all is well");
    }

    #[test]
    fn retry_comes_at_its_time_or_when_asked() {
        let mut session = live();
        session.lose(DisconnectReason::Closed, at(10));
        assert_eq!(session.tick(at(10)), None);
        assert_eq!(session.retry(at(10)), Some(StreamCommand::Open));
        assert_eq!(session.retry(at(10)), None);
        assert_eq!(session.tick(at(71)), Some(StreamCommand::Abort), "no answer for 60 s");
    }

    #[test]
    fn who_is_not_let_in_knocks_no_more() {
        let mut session = StreamConnection::new(1);
        session.start(at(0));
        session.lose(DisconnectReason::Refused { status: 401, words: "401 Unauthorized.".into() }, at(1));
        assert_eq!(session.link(at(9)), Some(ConnectionState::Unauthorised { since: at(1) }));
        assert_eq!((session.wake_at(at(9)), session.tick(at(9000)), session.start(at(9000))), (None, None, None));
        assert_eq!(session.retry(at(9001)), Some(StreamCommand::Open));
    }

    #[test]
    fn a_login_page_is_named_and_tried_again() {
        let mut session = StreamConnection::new(1);
        session.start(at(0));
        let page = Intercepted { status: 200, title: "Sign in".into(), signs_in: true };
        session.lose(CallError::Intercepted(page).into(), at(1));
        let Some(ConnectionState::Lost { cause, .. }) = session.link(at(1)) else { panic!("it is lost") };
        assert!(cause.is_expired());
        assert!(cause.to_string().starts_with("Your session has expired: sign in again."), "{cause}");
        assert!(session.wake_at(at(1)).is_some(), "a user who has signed in need do no more");
    }

    #[test]
    fn the_last_watcher_ends_it() {
        let mut session = live();
        assert_eq!(session.stop(), Some(StreamCommand::Abort));
        assert_eq!((session.stop(), session.wake_at(at(9)), session.link(at(9))), (None, None, None));
    }
}
