//! Frameworks of this browser: their connections, and what becomes of their tasks.

use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::checks::disconnect::DisconnectReason;
use mesoscope_core::mesos::calls::{Refusal, refusal};
use mesoscope_core::scheduler::form::RunForm;
use mesoscope_core::scheduler::hosted_io::{FrameworkKey, KeepingState};
use mesoscope_core::scheduler::io::CallOutcome;
use mesoscope_core::scheduler::machine::{FrameworkEnd, LinkState};
use mesoscope_core::scheduler::run::RunId;
use mesoscope_core::text::own_frameworks as words;
use mesoscope_core::views::runs::{RunCounts, RunsSummary};

use crate::{Sentence, listed};

const BEGAN: Timestamp = Timestamp(0);

fn meaning(link: &LinkState, why: Option<DisconnectReason>) -> (String, String) {
    let now = BEGAN + Nanoseconds::from_secs(30);
    let said = words::link_meaning(link, why.as_ref(), Nanoseconds::from_secs(600), now);
    (format!("{} ({})", words::link(link), words::tone(link)), said)
}

fn ended(end: FrameworkEnd) -> (String, String) {
    meaning(&LinkState::Ended(end), None)
}

/// A refusal that comes as ERROR.
fn refused(words: &str) -> (String, String) {
    ended(FrameworkEnd::Refused(Refusal { status: 200, words: words.to_owned() }))
}

fn lost(why: Option<DisconnectReason>) -> (String, String) {
    meaning(&LinkState::Lost { since: BEGAN, retry_at: BEGAN + Nanoseconds::from_secs(34) }, why)
}

fn described() -> String {
    let form = RunForm { user: "ops".to_owned(), command: "df".to_owned(), ..RunForm::default() };
    words::described(&form.checked().expect("a form without errors").framework)
}

fn elsewhere(frameworks: &[&str]) -> Option<String> {
    let key = |run: &&str| FrameworkKey(RunId::new(run).expect("an id"));
    words::elsewhere(&KeepingState { is_refused: false, elsewhere: frameworks.iter().map(key).collect() })
}

fn runs(live_tasks: u32, outlive: i64) -> RunsSummary {
    RunsSummary { frameworks: 2, open: 1, live_tasks, outlive: Nanoseconds::from_secs(outlive), pages: 1 }
}

pub fn all() -> Vec<Sentence> {
    let counts = RunCounts { waiting: 1, starting: 2, running: 1200, finished: 3, failed: 4, killed: 5 };
    listed![
        words::ABOUT,
        words::NONE,
        words::NO_OFFERS,
        words::NOT_KEPT,
        words::NO_EXEC,
        words::no_stream(),
        described(),
        words::link(&LinkState::Idle),
        meaning(&LinkState::Opening { since: BEGAN }, None),
        meaning(&LinkState::Subscribed { since: BEGAN, heard: BEGAN + Nanoseconds::from_secs(28) }, None),
        lost(Some(DisconnectReason::NoConnection)),
        lost(None),
        meaning(&LinkState::Left { since: BEGAN }, None),
        ended(FrameworkEnd::TornDown),
        ended(FrameworkEnd::FailedOver),
        ended(FrameworkEnd::Refused(refusal(403, b"Not allowed to use role 'db'"))),
        refused("Roles { db } are not present in the master's --roles"),
        refused("Not authorized to register framework  with roles { db }"),
        refused("User 'root' is not allowed to run frameworks without --root_submissions set"),
        refused("Changing framework's principal is not allowed."),
        ended(FrameworkEnd::Removed),
        ended(FrameworkEnd::Expired),
        words::offer_left(BEGAN + Nanoseconds::from_secs(2), BEGAN),
        words::offer_left(BEGAN, BEGAN),
        words::teardown_kills(0),
        words::teardown_kills(1),
        words::teardown_kills(1200),
        words::more_tasks(1180),
        words::leaving(Nanoseconds::from_secs(600)),
        words::resuming(&LinkState::Left { since: BEGAN }),
        words::resuming(&LinkState::Ended(FrameworkEnd::FailedOver)),
        words::outcome(&CallOutcome::Accepted),
        words::outcome(&CallOutcome::Refused(refusal(400, b"Framework cannot be found"))),
        words::outcome(&CallOutcome::NotSent),
        words::outcome(&CallOutcome::Unknown),
        words::event_kind("HEARTBEAT"),
        words::event_kind(""),
        words::times(1),
        words::times(1200),
        words::dropped(1),
        words::dropped(1200),
        words::task_counts(RunCounts::default()),
        words::task_counts(counts),
        words::of_browser(2),
        elsewhere(&[]),
        elsewhere(&["a"]),
        elsewhere(&["a", "b"]),
        words::signing_out(&RunsSummary::default()),
        words::signing_out(&runs(1, 600)),
        words::signing_out(&runs(3, 0)),
        words::closing(&RunsSummary::default()),
        words::closing(&runs(1, 600)),
        words::closing(&runs(3, 0)),
    ]
}
