//! The scheduler API of the master: frameworks of clients, their streams, offers, tasks and status updates.
//!
//! `parse` reads a call, `subscribe` begins and ends streams, `framework_info` says why a framework is refused, `calls` has the other
//! calls, `accept` launches tasks, `group` task groups, `validate` says why a task is invalid, `allocate` makes offers, `inverse` asks to
//! leave agents, `runs` is the agents' part, `updates` has status updates. HTTP checks (method, Content-Type) belong to the server.

mod accept;
mod allocate;
mod calls;
mod framework_info;
mod group;
mod inverse;
mod parse;
pub mod reply;
mod resources;
mod runs;
mod subscribe;
mod updates;
mod validate;

use serde_json::{Value, json};

use crate::answer::reply::Answer;
use crate::cluster::Sim;
use crate::scheduled_steps::{ScheduledStep, SchedulerStep};
use crate::scheduler::parse::Call;
use crate::scheduler::reply::{SchedulerAnswer, SchedulerHead};
use crate::schedulers::StreamNews;

impl Sim {
    /// Answers one call of the scheduler API, given as the JSON body of a request.
    pub fn scheduler_call(&mut self, body: &[u8], head: SchedulerHead) -> SchedulerAnswer {
        let call = match parse::parse(body, self.principal.as_deref()) {
            Ok(call) => call,
            Err(refusal) => return SchedulerAnswer::Done(refusal),
        };
        if call.kind == "SUBSCRIBE" {
            return self.subscribe_scheduler(&call, head);
        }
        let answer = match self.subscribed_framework(&call, head) {
            Ok(framework) => self.obey_scheduler(framework, &call),
            Err(refusal) => refusal,
        };
        SchedulerAnswer::Done(answer)
    }

    /// Takes the next news of a stream, with its number.
    pub fn next_scheduler_news(&mut self) -> Option<(u64, StreamNews)> {
        self.tell_rescinded();
        self.schedulers.news.pop_front()
    }

    /// Loses the next update on its way to a framework; an agent repeats its own.
    pub fn lose_scheduler_update(&mut self) -> Option<String> {
        self.schedulers.lost_updates += 1;
        Some("ok".to_owned())
    }

    /// Takes back the oldest offer to a client; returns its id.
    pub fn rescind_offer(&mut self) -> Option<String> {
        let is_clients = |number: &u32| self.world.framework(*number).is_clients();
        let number = self.world.offers.iter().find(|offer| is_clients(&offer.framework))?.number;
        self.change().withdraw_offers(|offer| offer.number == number);
        Some(self.offer_id(number))
    }

    /// Number of open streams of the scheduler API.
    pub fn schedulers(&self) -> usize {
        self.schedulers.links.values().filter(|link| link.stream.is_some()).count()
    }

    /// Framework of a call that is not SUBSCRIBE, in Mesos' order of refusals (src/master/http.cpp).
    fn subscribed_framework(&self, call: &Call, head: SchedulerHead) -> Result<u32, Answer> {
        let framework = self.world.framework_number(&call.framework);
        let framework = framework.filter(|number| self.world.framework(*number).listed());
        let Some(framework) = framework else { return Err(Answer::refused(400, "Framework cannot be found")) };
        let info = self.world.framework(framework).client.as_ref().map(|client| &client.info);
        let principal = info.and_then(|info| info["principal"].as_str()).unwrap_or_default();
        if let Some(user) = self.principal.as_deref().filter(|user| *user != principal) {
            return Err(Answer::refused(400, parse::other_principal(user, principal)));
        }
        let link = self.schedulers.links.get(&framework);
        let Some((_, current)) = link.and_then(|link| link.stream.as_ref()) else {
            return Err(Answer::refused(403, "Framework is not subscribed"));
        };
        let Some(given) = head.stream_id else {
            return Err(Answer::refused(400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header"));
        };
        if given != current {
            let id = &call.framework;
            let why = format!(
                "The stream ID '{given}' included in this request didn't match the stream ID currently associated with framework ID {id}"
            );
            return Err(Answer::refused(400, why));
        }
        Ok(framework)
    }

    /// Sends an event to a framework; without a stream it is lost.
    pub(super) fn send_to_scheduler(&mut self, framework: u32, event: &Value) {
        self.tell_rescinded();
        let stream = self.schedulers.links.get(&framework).and_then(|link| link.stream.as_ref());
        if let Some((number, _)) = stream {
            self.schedulers.news.push_back((*number, StreamNews::Event(event.to_string().into_bytes())));
        }
    }

    /// Reports withdrawn offers.
    fn tell_rescinded(&mut self) {
        if self.world.rescinded.is_empty() {
            return;
        }
        for (framework, number) in std::mem::take(&mut self.change().rescinded) {
            let id = self.offer_id(number);
            self.send_to_scheduler(framework, &json!({"type": "RESCIND", "rescind": {"offer_id": {"value": id}}}));
        }
    }

    fn offer_id(&self, number: u64) -> String {
        format!("{}-O{number}", self.world.id)
    }

    fn order_scheduling(&mut self, at: i64, step: SchedulerStep) {
        self.order(at, ScheduledStep::Scheduler(step));
    }

    pub(crate) fn go_on_scheduling(&mut self, step: SchedulerStep) {
        match step {
            SchedulerStep::Allocate => self.allocate_due(),
            SchedulerStep::Start(serial) => self.start_run(serial),
            SchedulerStep::Run(serial) => self.begin_command(serial),
            SchedulerStep::Exit(serial) => self.exit_command(serial),
            SchedulerStep::Expire(serial) => self.expire_command(serial),
            SchedulerStep::Die { serial, is_hard, is_expired } => self.command_died(serial, is_hard, is_expired),
            SchedulerStep::Repeat { serial, since } => self.repeat_update(serial, since),
            SchedulerStep::Forget { framework, since } => self.forget_scheduler(framework, since),
        }
    }
}
