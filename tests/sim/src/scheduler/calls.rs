//! The calls of a subscribed framework, besides ACCEPT.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::answer::call::int;
use crate::answer::reply::{Answer, Body};
use crate::cluster::Sim;
use crate::scheduler::framework_info::{strings, wrong_update};
use crate::scheduler::parse::Call;
use crate::time::SECOND;
use crate::world::client::ClientFramework;
use crate::write::event;

/// Default of `Filters.refuse_seconds`.
const REFUSE: f64 = 5.0;
/// Longest time that Mesos refuses offers: 365 days.
const LONGEST: f64 = 31_536_000.0;

impl Sim {
    pub(super) fn obey_scheduler(&mut self, framework: u32, call: &Call) -> Answer {
        let fields = &call.fields;
        match call.kind {
            "TEARDOWN" => self.end_framework(framework),
            "ACCEPT" => self.accept_offers(framework, fields),
            "DECLINE" => self.decline_offers(framework, fields),
            "REVIVE" => self.revive(framework, &of_roles(fields)),
            "SUPPRESS" => self.suppress(framework, &of_roles(fields)),
            "KILL" => self.kill_of_client(framework, fields),
            "SHUTDOWN" => self.shut_down_executor(framework, fields),
            "ACKNOWLEDGE" => self.acknowledge_update(framework, fields),
            "RECONCILE" => self.reconcile(framework, fields),
            "ACCEPT_INVERSE_OFFERS" => self.answer_inverse_offers(framework, fields, true),
            "DECLINE_INVERSE_OFFERS" => self.answer_inverse_offers(framework, fields, false),
            "UPDATE_FRAMEWORK" => return self.redescribe(framework, call),
            // Mesos' own executor of commands ignores messages, and its allocator ignores requests; nothing has operations here.
            _ => {}
        }
        Answer { status: 202, body: Body::Empty }
    }

    fn decline_offers(&mut self, framework: u32, fields: &Value) {
        for number in self.offer_numbers(&fields["offer_ids"]) {
            if let Some(offer) = self.take_offer(framework, number) {
                let amount = offer.amount;
                self.refuse(framework, &offer, amount, refuse_nanos(fields));
            }
        }
    }

    fn redescribe(&mut self, framework: u32, call: &Call) -> Answer {
        let (info, suppressed) = (&call.fields["framework_info"], &call.fields["suppressed_roles"]);
        let suppressed: BTreeSet<String> = strings(suppressed).collect();
        if let Some(why) = self.wrong_framework(&call.framework, info, &suppressed) {
            return Answer::refused(400, format!("Supplied FrameworkInfo is not valid: {why}"));
        }
        let Some(known) = &self.world.framework(framework).client else { return Answer::done() };
        if let Some(why) = wrong_update(&known.info, info) {
            return Answer::refused(400, format!("FrameworkInfo update is not valid: {why}"));
        }
        let client = ClientFramework::new(info, known.foreign_id.clone());
        self.schedulers.links.entry(framework).or_default().suppressed = suppressed;
        self.change().frameworks[framework as usize].describe(client);
        self.tell(event::framework_updated(&self.world, framework));
        Answer::done()
    }

    fn kill_of_client(&mut self, framework: u32, fields: &Value) {
        let id = fields["task_id"]["value"].as_str().unwrap_or_default();
        let grace = fields["kill_policy"]["grace_period"].get("nanoseconds").and_then(int);
        let agent = fields["agent_id"]["value"].as_str();
        let Some(serial) = self.active_task(framework, id) else {
            return self.reconcile_task(framework, id, agent);
        };
        let own = self.schedulers.runs.get(&serial).map(|run| self.world.agent_id_text(run.agent));
        // With another agent than the task's it is ignored.
        if agent.is_none_or(|agent| own.as_deref() == Some(agent)) {
            self.kill_command(serial, grace);
        }
    }

    /// A command's executor has the id of its task, which ends with it.
    fn shut_down_executor(&mut self, framework: u32, fields: &Value) {
        let id = fields["executor_id"]["value"].as_str().unwrap_or_default();
        let agent = self.world.agent_number(fields["agent_id"]["value"].as_str().unwrap_or_default());
        let run = self
            .active_task(framework, id)
            .filter(|serial| self.schedulers.runs.get(serial).is_some_and(|run| Some(run.agent) == agent));
        if let Some(serial) = run {
            self.kill_command(serial, None);
        }
    }

    fn reconcile(&mut self, framework: u32, fields: &Value) {
        let tasks = fields["tasks"].as_array().map(Vec::as_slice).unwrap_or_default();
        if tasks.is_empty() {
            return self.reconcile_all(framework);
        }
        for task in tasks {
            let id = task["task_id"]["value"].as_str().unwrap_or_default();
            self.reconcile_task(framework, id, task["agent_id"]["value"].as_str());
        }
    }

    fn revive(&mut self, framework: u32, roles: &BTreeSet<String>) {
        let Some(link) = self.schedulers.links.get_mut(&framework) else { return };
        link.suppressed.retain(|role| !roles.is_empty() && !roles.contains(role));
        link.filters.retain(|(_, role), _| !roles.is_empty() && !roles.contains(role));
        self.allocate_at(self.world.now);
    }

    fn suppress(&mut self, framework: u32, roles: &BTreeSet<String>) {
        let own: BTreeSet<String> = match &self.world.framework(framework).client {
            Some(client) => client.roles.iter().cloned().collect(),
            None => return,
        };
        let Some(link) = self.schedulers.links.get_mut(&framework) else { return };
        match roles.is_empty() {
            true => link.suppressed.extend(own),
            false => link.suppressed.extend(roles.intersection(&own).cloned()),
        }
    }

    /// Numbers of offer ids; `None` for an id that is none of this master's.
    pub(super) fn offer_numbers(&self, ids: &Value) -> Vec<Option<u64>> {
        let prefix = format!("{}-O", self.world.id);
        let number = |id: &Value| id["value"].as_str()?.strip_prefix(&prefix)?.parse::<u64>().ok();
        ids.as_array().into_iter().flatten().map(number).collect()
    }

    /// Sends an update of the master's own, which has no uuid and is never repeated.
    pub(super) fn send_own_update(&mut self, framework: u32, status: Value) {
        self.send_update(framework, &json!({"type": "UPDATE", "update": {"status": status}}));
    }
}

fn of_roles(fields: &Value) -> BTreeSet<String> {
    fields["roles"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Nanoseconds for which offers are refused; invalid numbers are the default, as in Mesos.
pub(super) fn refuse_nanos(fields: &Value) -> i64 {
    let seconds = fields["filters"]["refuse_seconds"].as_f64().unwrap_or(REFUSE);
    let seconds = if seconds.is_finite() && seconds >= 0.0 { seconds.min(LONGEST) } else { REFUSE };
    (seconds * SECOND as f64) as i64
}
