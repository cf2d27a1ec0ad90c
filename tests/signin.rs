//! Signing in and out, driven natively: what the engine sends, whom it tells, and what it forgets.

use mesoscope_core::base::encoding::decode;
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::checks::disconnect::DisconnectReason;
use mesoscope_core::checks::trouble::{Category, Trouble, TroubleEntry};
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::{FailedRead, Input, Output};
use mesoscope_core::engine::message::{FromEngine, SignInState, Status, ToEngine, ViewId};
use mesoscope_core::engine::poller::ReadId;
use mesoscope_core::engine::stream_connection::ConnectionState;
use mesoscope_core::mesos::calls::Refusal;
use mesoscope_core::mesos::calls::answer::{CallError, Intercepted};
use mesoscope_core::mesos::credentials::{Authorization, Credentials, Principal};
use mesoscope_core::mesos::recordio;
use mesoscope_core::views::trouble::TroubleQuery;

const ONE: Client = Client(1);
const OTHER: Client = Client(2);
const SNAPSHOT: &str = r#"{"type":"SUBSCRIBED","subscribed":{"get_state":{"get_agents":{"agents":[{"agent_info":{"id":{"value":"S0"},"hostname":"h"}}]}},"heartbeat_interval_seconds":15.0}}"#;

struct World {
    engine: Engine,
    now: Timestamp,
    outputs: Vec<Output>,
}

impl World {
    /// A page has come, and the master wants to know who asks.
    fn refused() -> Self {
        let mut world = Self { engine: Engine::new("test", 1), now: Timestamp(1 << 60), outputs: Vec::new() };
        world.come(ONE);
        world.refuse();
        world
    }

    /// A user has signed in, and sees the cluster.
    fn signed_in() -> Self {
        let mut world = Self::refused();
        world.say(ONE, ToEngine::SignIn(alice()));
        world.accept();
        world
    }

    fn come(&mut self, page: Client) {
        self.say(page, ToEngine::Hello { build: "test".into(), base: "http://here/".into() });
    }

    fn say(&mut self, page: Client, message: ToEngine) {
        self.give(Input::FromPage(page, message));
    }

    fn give(&mut self, input: Input<'_>) {
        self.engine.handle(input, self.now);
        self.outputs.extend(std::iter::from_fn(|| self.engine.poll()));
    }

    fn refuse(&mut self) {
        self.give(Input::StreamEnded(DisconnectReason::Refused { status: 401, words: "401 Unauthorized.".into() }));
        self.wait(1);
    }

    fn accept(&mut self) {
        self.give(Input::StreamOpened);
        self.record(SNAPSHOT.as_bytes());
        self.wait(1);
    }

    fn record(&mut self, json: &[u8]) {
        let mut bytes = Vec::new();
        recordio::encode(json, &mut bytes);
        self.give(Input::StreamChunk(&bytes));
    }

    fn wait(&mut self, seconds: i64) {
        for _ in 0..seconds {
            self.now = self.now + Nanoseconds::from_secs(1);
            self.give(Input::Tick);
            self.say(ONE, ToEngine::Pong);
        }
    }

    /// What each stream was opened with.
    fn opened(&self) -> Vec<Option<&str>> {
        let opened = self.outputs.iter().filter_map(|output| match output {
            Output::OpenStream { authorization, .. } => Some(authorization.as_ref().map(Authorization::reveal)),
            _ => None,
        });
        opened.collect()
    }

    fn status(&self) -> &Status {
        let mut newest = self.outputs.iter().rev().filter_map(|output| match output {
            Output::SendToPage(ONE, FromEngine::Status(status)) => Some(status.as_ref()),
            _ => None,
        });
        newest.next().expect("a status was told")
    }

    /// Who a page was reported last that is signed in.
    fn identity(&self, page: Client) -> Option<&Credentials> {
        let mut newest = self.outputs.iter().rev().filter_map(|output| match output {
            Output::SendToPage(to, FromEngine::Identity(identity)) if *to == page => Some(identity.as_ref()),
            _ => None,
        });
        newest.next().expect("it was told")
    }

    fn read(&self) -> ReadId {
        let mut newest = self.outputs.iter().rev().filter_map(|output| match output {
            Output::Read { id, body, .. } if body.windows(10).any(|part| part == b"GET_MASTER") => Some(*id),
            _ => None,
        });
        newest.next().expect("the master was asked")
    }

    fn trouble(&self) -> &Trouble {
        self.engine.trouble()
    }
}

fn alice() -> Credentials {
    Credentials::basic("alice", "secret").expect("it can be sent")
}

const ALICE: Option<&str> = Some("Basic YWxpY2U6c2VjcmV0");

#[test]
fn a_master_that_asks_is_left_alone_until_a_user_answers() {
    let mut world = World::refused();
    assert!(matches!(world.status().link, ConnectionState::Unauthorised { .. }), "{:?}", world.status());
    world.wait(300);
    world.come(OTHER);
    assert_eq!(world.opened(), [None], "nobody knocks twice");
    world.say(ONE, ToEngine::Retry);
    assert_eq!(world.opened(), [None, None], "unless somebody says so");
    assert_eq!(world.trouble(), &Trouble::default(), "to be asked is no trouble");
}

#[test]
fn every_request_carries_the_credentials() {
    let world = World::signed_in();
    assert_eq!(world.opened(), [None, ALICE]);
    let reads = world.outputs.iter().filter_map(|output| match output {
        Output::Read { authorization, .. } => Some(authorization.as_ref().map(Authorization::reveal)),
        _ => None,
    });
    let reads: Vec<_> = reads.collect();
    assert!(reads.len() >= 2 && reads.iter().all(|read| *read == ALICE), "{reads:?}");
    assert!(matches!(world.status().link, ConnectionState::Live { .. }));
    assert_eq!(world.status().access.signing, SignInState::Accepted);
}

#[test]
fn every_page_is_reported_and_one_that_comes_later_too() {
    let mut world = World::signed_in();
    world.come(OTHER);
    assert_eq!((world.identity(ONE), world.identity(OTHER)), (Some(&alice()), Some(&alice())));
    world.say(OTHER, ToEngine::SignOut);
    assert_eq!((world.identity(ONE), world.identity(OTHER)), (None, None));
    assert_eq!(world.opened(), [None, ALICE, None]);
    assert!(world.engine.shown().arriving(), "what alice saw is forgotten");
    // A second tab's click that came too late changes nothing.
    world.say(ONE, ToEngine::SignOut);
    assert_eq!(world.opened().len(), 3);
}

#[test]
fn wrong_credentials_are_forgotten_and_said_to_be_wrong() {
    let mut world = World::refused();
    world.say(ONE, ToEngine::SignIn(alice()));
    world.wait(1);
    assert_eq!(world.status().access.signing, SignInState::Pending);
    world.refuse();
    assert_eq!(world.status().access.signing, SignInState::Rejected(Principal::User("alice".into())));
    assert_eq!(world.identity(ONE), None);
    world.say(ONE, ToEngine::Retry);
    assert_eq!(world.opened(), [None, ALICE, None]);
    world.accept();
    assert_eq!(world.status().access.signing, SignInState::SignedOut);
}

#[test]
fn retrying_without_credentials_clears_the_error() {
    let mut world = World::refused();
    world.say(ONE, ToEngine::SignIn(alice()));
    world.refuse();
    world.say(ONE, ToEngine::Retry);
    world.wait(1);
    assert_eq!(world.status().access.signing, SignInState::SignedOut, "at once");
    world.refuse();
    assert_eq!(world.status().access.signing, SignInState::SignedOut, "and when that is refused, too");
}

#[test]
fn signing_out_clears_every_page() {
    let reported = |world: &World| {
        let reported = |page| {
            let is_reported =
                |output: &&Output| matches!(output, Output::SendToPage(to, FromEngine::SignedOut) if *to == page);
            world.outputs.iter().filter(is_reported).count()
        };
        (reported(ONE), reported(OTHER))
    };
    let mut world = World::signed_in();
    world.come(OTHER);
    world.say(ONE, ToEngine::SignIn(alice()));
    assert_eq!(reported(&world), (0, 0), "it is the same user");
    world.say(ONE, ToEngine::SignIn(Credentials::basic("bob", "secret").expect("it can be sent")));
    assert_eq!(reported(&world), (1, 1));
    world.say(OTHER, ToEngine::SignOut);
    assert_eq!(reported(&world), (2, 2));
    world.say(OTHER, ToEngine::SignOut);
    assert_eq!(reported(&world), (2, 2), "nobody is signed in");
}

#[test]
fn a_login_page_in_place_of_a_read_is_said_while_the_stream_goes_on() {
    let mut world = World::signed_in();
    let page = Intercepted { status: 200, title: "Sign in".to_owned(), signs_in: true };
    world.give(Input::ReadFinished(world.read(), Err(CallError::Intercepted(page).into())));
    world.wait(1);
    assert!(world.status().access.expired && matches!(world.status().link, ConnectionState::Live { .. }));
    assert!(why(&world.trouble().of(Category::Refused)[0]).starts_with("Your session has expired"));
    world.give(Input::StreamEnded(DisconnectReason::Closed));
    world.say(ONE, ToEngine::Retry);
    world.accept();
    assert!(!world.status().access.expired, "a stream has begun");
}

#[test]
fn a_master_that_is_away_is_tried_again_with_them() {
    let mut world = World::signed_in();
    world.give(Input::StreamEnded(DisconnectReason::BrokenOff));
    world.say(ONE, ToEngine::Retry);
    assert_eq!(world.opened(), [None, ALICE, ALICE]);
    assert_eq!(
        world.trouble().losses.iter().map(|loss| loss.cause.to_string()).collect::<Vec<_>>(),
        ["the connection broke"]
    );
    // What was on screen stays there when the master no longer lets alice in.
    world.refuse();
    assert!(matches!(world.status().link, ConnectionState::Unauthorised { .. }));
    assert!(world.status().standing.is_some());
}

#[test]
fn a_read_that_is_refused_is_missing_alone() {
    let mut world = World::signed_in();
    let refused = |status| FailedRead::from(CallError::Refused(Refusal { status, words: format!("{status} No.") }));
    world.give(Input::ReadFinished(world.read(), Err(refused(403))));
    world.wait(1);
    let access = &world.status().access;
    assert_eq!((access.forbidden, access.asked), (true, false));
    assert!(matches!(world.status().link, ConnectionState::Live { .. }));
    let kind = &world.trouble().of(Category::Refused)[0];
    assert_eq!((kind.what.to_string(), why(kind), kind.count), ("GET_MASTER".to_owned(), "403 No.".to_owned(), 1));
    // An answer to what nobody waits for any more changes nothing.
    world.give(Input::ReadFinished(ReadId(999), Err(refused(401))));
    world.wait(1);
    assert!(!world.status().access.asked);
}

#[test]
fn nothing_that_is_printed_has_the_secret_in_it() {
    let world = World::signed_in();
    let printed = format!("{:?} {:?} {:?}", world.engine, world.outputs, ToEngine::SignIn(alice()));
    assert!(!printed.contains("secret") && !printed.contains("YWxpY2U6c2VjcmV0"));
}

#[test]
fn trouble_is_reported_to_who_watches_it() {
    let mut world = World::signed_in();
    world.say(ONE, ToEngine::Watch(ViewId(7), TroubleQuery.into()));
    world.record(br#"{"type":"QUOTA_UPDATED"}"#);
    world.record(br#"{"type":"AGENT_REMOVED","agent_removed":{"agent_id":7}}"#);
    world.record(br#"{"type":"TASK_ADDED","#);
    world.record(b"{\"type\":\"AGENT_REMOVED\",\"agent_removed\":{\"agent_id\":{\"value\":\"\xe9\"}}}");
    world.give(Input::ReadFinished(world.read(), Ok(b"nonsense")));
    world.say(ONE, ToEngine::Rendered(ViewId(7)));
    world.wait(1);
    let mut reported = world.outputs.iter().rev().filter_map(|output| match output {
        Output::SendToPage(ONE, FromEngine::View(_, bytes)) => decode::<Trouble>(bytes).ok(),
        _ => None,
    });
    let reported = reported.next().expect("it was told");
    let names = |sort| reported.of(sort).iter().map(|kind| kind.what.to_string()).collect::<Vec<_>>();
    assert_eq!(names(Category::Unknown), ["QUOTA_UPDATED"]);
    assert_eq!(names(Category::Misfit), ["AGENT_REMOVED"]);
    assert_eq!(names(Category::Undecodable), [""]);
    assert_eq!(names(Category::LossilyDecoded), ["AGENT_REMOVED"]);
    assert_eq!(names(Category::Misread), ["GET_MASTER"]);
    let misfit = &reported.of(Category::Misfit)[0];
    assert!(
        why(misfit).ends_with("does not say what it is about") && misfit.head.contains("agent_removed"),
        "{misfit:?}"
    );
    assert!(reported.of(Category::LossilyDecoded)[0].head.contains("\u{fffd}e9"));
    assert_eq!(world.status().trouble, 5);
}

fn why(kind: &TroubleEntry) -> String {
    kind.why.as_ref().map(ToString::to_string).unwrap_or_default()
}
