//! Waits for the end of containers, on demand. Each is a request that the agent answers once the container has ended, and that is
//! repeated when anything on the way cuts it. Ends with the panel.

use std::collections::BTreeMap;

use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::base::units::{Nanoseconds, Timestamp};
use mesoscope_core::mesos::calls::Refusal;
use mesoscope_core::mesos::calls::container_path::ContainerPath as CallPath;
use mesoscope_core::mesos::calls::containers::{ContainerEnd, NestedContainerId, WaitContainer, WaitNestedContainer};
use mesoscope_core::views::container_wait::WaitRefusal;

use crate::api_client::{ApiError, ApiRequest};
use crate::hooks::{now, wait};
use crate::parts::agent_live::polled::PollTimer;
use crate::worker_link::{WorkerLink, link};

/// Maximum number of waits at a time: a browser opens six connections to a server, and the page needs some of them.
const AT_ONCE: usize = 2;
/// A wait that was cut sooner than this is repeated after a pause.
const SOON: Nanoseconds = Nanoseconds::from_secs(5);
/// That pause in milliseconds.
const PAUSE: i32 = 2_000;

/// Ids of a container: those of the containers around it, outermost first, its own last.
type ContainerPath = Vec<String>;

/// State of a wait.
#[derive(Clone, PartialEq)]
pub(super) enum WaitState {
    /// The agent has not answered since that time.
    Waiting(Timestamp),
    Ended(ContainerEnd),
    /// The agent no longer knows the standalone container; whether the wait was cut before.
    Lost(bool),
    /// The agent refuses, in its own words.
    Failed(String),
}

/// The waits of a panel.
#[derive(Clone, Copy)]
pub(super) struct Waits {
    agent: StoredValue<AgentId>,
    states: RwSignal<BTreeMap<ContainerPath, WaitState>>,
    requests: StoredValue<BTreeMap<ContainerPath, AbortHandle>>,
    /// Scope of the panel, which ends the requests.
    owner: StoredValue<Option<Owner>>,
    link: WorkerLink,
    beat: PollTimer,
}

impl Waits {
    pub(super) fn new(agent: AgentId, beat: PollTimer) -> Self {
        Self {
            agent: StoredValue::new(agent),
            states: RwSignal::default(),
            requests: StoredValue::default(),
            owner: StoredValue::new(Owner::current()),
            link: link(),
            beat,
        }
    }

    /// State of the wait for a container; `None` if there is none.
    pub(super) fn state(self, path: &ContainerPath) -> Option<WaitState> {
        self.states.with(|states| states.get(path).cloned())
    }

    /// Whether another wait can start.
    pub(super) fn has_room(self) -> bool {
        let waiting = |state: &&WaitState| matches!(state, WaitState::Waiting(_));
        self.states.with(|states| states.values().filter(waiting).count() < AT_ONCE)
    }

    /// Starts to wait for the end of a container.
    pub(super) fn start(self, path: ContainerPath) {
        if !untrack(|| self.has_room()) {
            return;
        }
        let since = now();
        self.states.update(|states| _ = states.insert(path.clone(), WaitState::Waiting(since)));
        let (task, request) = abortable(self.run(path.clone(), since));
        self.requests.update_value(|requests| _ = requests.insert(path, request));
        let start = || spawn_local_scoped_with_cancellation(async move { _ = task.await });
        let _ = self.owner.get_value().map(|owner| owner.with(start));
    }

    /// Stops to wait, and ends the request.
    pub(super) fn stop(self, path: &ContainerPath) {
        let request = self.requests.try_update_value(|requests| requests.remove(path)).flatten();
        request.iter().for_each(AbortHandle::abort);
        self.states.update(|states| _ = states.remove(path));
    }

    async fn run(self, path: ContainerPath, since: Timestamp) {
        let Some(question) = self.agent.try_with_value(|agent| question(agent.clone(), &path)).flatten() else {
            return;
        };
        let mut was_cut = false;
        loop {
            let asked = now();
            let answer = question.clone().long_poll().ask(self.link).await;
            let state = match answer {
                Ok(body) => WaitState::Ended(ContainerEnd::of(&body).unwrap_or_default()),
                Err(why) if is_cut(&why) => {
                    was_cut = true;
                    if now().since(asked) < SOON {
                        wait(PAUSE).await;
                    }
                    continue;
                }
                Err(ApiError::Refused(why)) if WaitRefusal::of(&why, path.len() > 1) == WaitRefusal::EndLost => {
                    WaitState::Lost(was_cut)
                }
                Err(ApiError::Refused(Refusal { words, .. })) if !words.is_empty() => WaitState::Failed(words),
                Err(why) => WaitState::Failed(why.to_string()),
            };
            if self.is_current(&path, since) {
                self.states.update(|states| _ = states.insert(path, state));
                self.beat.now();
            }
            return;
        }
    }

    /// Whether the wait that began then is still wanted.
    fn is_current(self, path: &ContainerPath, since: Timestamp) -> bool {
        self.states.try_with_untracked(|states| states.get(path) == Some(&WaitState::Waiting(since))) == Some(true)
    }
}

fn question(agent: AgentId, path: &[String]) -> Option<ApiRequest> {
    let path = CallPath::of(path)?;
    Some(match NestedContainerId::try_from(path.clone()) {
        Ok(container_id) => ApiRequest::new(&WaitNestedContainer { container_id }, agent),
        Err(_) => ApiRequest::new(&WaitContainer { container_id: path }, agent),
    })
}

/// Whether no answer of Mesos came: a timeout of the page or of a proxy, or a connection that broke. A wait changes nothing, so it
/// may be repeated.
fn is_cut(why: &ApiError) -> bool {
    match why {
        ApiError::Timeout(_) | ApiError::NoConnection | ApiError::BrokenOff | ApiError::OutcomeUnknown(_) => true,
        ApiError::Refused(refusal) => WaitRefusal::of(refusal, true) == WaitRefusal::Repeat,
        ApiError::NotForwarded | ApiError::BadAnswer(_) | ApiError::NotRegularFile(_) | ApiError::Intercepted(_) => {
            false
        }
        ApiError::TooLong(_) | ApiError::WrongAgent(_) => false,
    }
}
