//! SUBSCRIBE, and the end of a stream and of a framework.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::answer::master;
use crate::answer::reply::Answer;
use crate::cluster::Sim;
use crate::json_out::{Out, text};
use crate::rng::mix;
use crate::scheduled_steps::SchedulerStep;
use crate::scheduler::framework_info::{keep_fixed_fields, not_authorized, strings, wrong_update};
use crate::scheduler::parse::Call;
use crate::scheduler::reply::{SchedulerAnswer, SchedulerHead};
use crate::schedulers::{Link, StreamNews};
use crate::world::client::ClientFramework;
use crate::world::framework::Framework;
use crate::write::event;

/// Interval of heartbeats in seconds, if the server does not say otherwise.
const HEARTBEAT: f64 = 15.0;

impl Sim {
    pub(super) fn subscribe_scheduler(&mut self, call: &Call, head: SchedulerHead) -> SchedulerAnswer {
        let refused = |status, why: &str| SchedulerAnswer::Done(Answer::refused(status, why));
        if head.refuses_json {
            return refused(406, "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'");
        }
        if head.stream_id.is_some() {
            return refused(400, "Subscribe calls should not include the 'Mesos-Stream-Id' header");
        }
        self.schedulers.streams += 1;
        let number = self.schedulers.streams;
        let high = mix(self.world.seed ^ 0x5c4e, number);
        let id = text(|out| out.uuid(high, mix(high, 1)));
        if let Err(why) = self.take_subscription(call, head, (number, id.clone())) {
            let error = json!({"type": "ERROR", "error": {"message": why}});
            self.schedulers.news.push_back((number, StreamNews::Event(error.to_string().into_bytes())));
            self.schedulers.news.push_back((number, StreamNews::End));
        }
        SchedulerAnswer::Stream(number, id)
    }

    fn take_subscription(&mut self, call: &Call, head: SchedulerHead, stream: (u64, String)) -> Result<(), String> {
        let mut info = call.fields["framework_info"].clone();
        let suppressed: BTreeSet<String> = strings(&call.fields["suppressed_roles"]).collect();
        if let Some(principal) = &self.principal
            && info.get("principal").is_none()
        {
            info["principal"] = json!(principal);
        }
        let refusal = self.wrong_framework(&call.framework, &info, &suppressed);
        let refusal = refusal.or_else(|| head.is_guest.then(|| not_authorized(&call.framework, &info)));
        if let Some(why) = refusal {
            return Err(why);
        }
        let framework = match self.world.framework_number(&call.framework) {
            None => {
                let foreign = (!call.framework.is_empty()).then(|| call.framework.clone());
                self.add_client(ClientFramework::new(&info, foreign))
            }
            Some(number) => {
                let Some(known) = &self.world.framework(number).client else {
                    return Err("A framework of the simulated cluster cannot be taken over".to_owned());
                };
                keep_fixed_fields(&known.info, &mut info);
                if let Some(why) = wrong_update(&known.info, &info) {
                    return Err(why);
                }
                self.fail_over_client(number, ClientFramework::new(&info, None));
                number
            }
        };
        let link = self.schedulers.links.entry(framework).or_default();
        (link.stream, link.suppressed) = (Some(stream), suppressed);
        link.filters.clear();
        self.greet(framework);
        self.resend_updates_of(framework);
        self.allocate_at(self.world.now);
        Ok(())
    }

    fn add_client(&mut self, client: ClientFramework) -> u32 {
        let number = self.world.frameworks.len() as u32;
        let now = self.world.now;
        let mut framework = Framework::of(client.kind(&[]), String::new(), number, now);
        framework.describe(client);
        self.change().frameworks.push(framework);
        self.schedulers.links.insert(number, Link::default());
        self.tell(event::framework_added(&self.world, number));
        number
    }

    /// Subscribes a framework again; another stream of it ends.
    fn fail_over_client(&mut self, number: u32, client: ClientFramework) {
        let foreign = self.world.framework(number).client.as_ref().and_then(|client| client.foreign_id.clone());
        self.change().frameworks[number as usize].describe(ClientFramework { foreign_id: foreign, ..client });
        self.withdraw_silently(number);
        let error = json!({"type": "ERROR", "error": {"message": "Framework failed over"}});
        self.send_to_scheduler(number, &error);
        self.end_stream_of(number);
        self.subscribe_again(number);
    }

    fn greet(&mut self, framework: u32) {
        let master: Value = serde_json::from_slice(&master::master(&self.world).body.into_bytes()).unwrap_or_default();
        let subscribed = json!({
            "framework_id": {"value": self.world.framework_id_text(framework)},
            "heartbeat_interval_seconds": self.scheduler_heartbeat.unwrap_or(HEARTBEAT),
            "master_info": master["get_master"]["master_info"],
        });
        self.send_to_scheduler(framework, &json!({"type": "SUBSCRIBED", "subscribed": subscribed}));
        self.send_to_scheduler(framework, &json!({"type": "HEARTBEAT"}));
    }

    /// The connection of a stream has ended: its framework has its failover timeout to return.
    pub fn end_scheduler_stream(&mut self, stream: u64) {
        let is_of = |link: &Link| link.stream.as_ref().is_some_and(|(number, _)| *number == stream);
        let framework = self.schedulers.links.iter().find(|(_, link)| is_of(link)).map(|(number, _)| *number);
        if let Some(framework) = framework {
            self.disconnect_client(framework);
        }
    }

    fn disconnect_client(&mut self, number: u32) {
        self.withdraw_silently(number);
        let now = self.world.now;
        let framework = &mut self.change().frameworks[number as usize];
        (framework.active, framework.connected) = (false, false);
        let timeout = framework.client.as_ref().map_or(0, |client| client.failover_timeout());
        let link = self.schedulers.links.entry(number).or_default();
        (link.stream, link.since) = (None, now);
        self.order_scheduling(now.saturating_add(timeout), SchedulerStep::Forget { framework: number, since: now });
    }

    /// Disconnects all clients, as when their master dies.
    pub(crate) fn lose_schedulers(&mut self) {
        let connected = self.schedulers.links.iter().filter(|(_, link)| link.stream.is_some());
        for number in connected.map(|(number, _)| *number).collect::<Vec<_>>() {
            self.disconnect_client(number);
        }
    }

    /// Removes a framework whose failover timeout has passed.
    pub(super) fn forget_scheduler(&mut self, number: u32, since: i64) {
        let link = self.schedulers.links.get(&number);
        if link.is_none_or(|link| link.stream.is_some() || link.since != since) {
            return;
        }
        if self.world.framework(number).listed() {
            self.end_framework(number);
        } else {
            // A new master removes it only once it knows it.
            let at = self.world.now + 1_000_000_000;
            self.order_scheduling(at, SchedulerStep::Forget { framework: number, since });
        }
    }

    /// Ends the stream and the tasks' commands of a framework that is removed.
    pub(crate) fn end_scheduler(&mut self, number: u32) {
        self.withdraw_silently(number);
        self.end_stream_of(number);
        self.schedulers.links.remove(&number);
        self.schedulers.runs.retain(|_, run| run.framework != number);
        self.change().inverse.retain(|(framework, _), _| *framework != number);
    }

    fn end_stream_of(&mut self, number: u32) {
        let stream = self.schedulers.links.get_mut(&number).and_then(|link| link.stream.take());
        if let Some((stream, _)) = stream {
            self.schedulers.news.push_back((stream, StreamNews::End));
        }
    }

    /// Withdraws the offers of a framework, whose stream does not hear of it.
    fn withdraw_silently(&mut self, number: u32) {
        let world = self.change();
        world.withdraw_offers(|offer| offer.framework == number);
        world.rescinded.retain(|(framework, _)| *framework != number);
        world.inverse.retain(|(framework, _), inverse| *framework != number || inverse.answer.is_some());
    }
}
