//! Inverse offers: requests to leave agents that will be unavailable.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::cluster::Sim;
use crate::scheduler::calls::refuse_nanos;
use crate::world::client::InverseOffer;

impl Sim {
    /// Sends inverse offers about agents of maintenance windows, and takes back those that no longer hold.
    pub(super) fn ask_to_leave(&mut self) {
        if self.world.policy.windows.is_empty() && self.world.inverse.is_empty() {
            return;
        }
        let now = self.world.now;
        let wanted = self.to_ask();
        let outdated =
            self.world.inverse.iter().filter(|(key, it)| wanted.get(key).is_none_or(|(since, ..)| *since != it.since));
        let outdated: Vec<((u32, u32), u64, bool)> =
            outdated.map(|(key, it)| (*key, it.number, it.answer.is_none())).collect();
        for (key, number, is_open) in outdated {
            self.change().inverse.remove(&key);
            if is_open {
                let id = json!({"value": self.offer_id(number)});
                let event = json!({"type": "RESCIND_INVERSE_OFFER", "rescind_inverse_offer": {"inverse_offer_id": id}});
                self.send_to_scheduler(key.0, &event);
            }
        }
        let mut made: BTreeMap<u32, Vec<Value>> = BTreeMap::new();
        for (key, (since, unavailability)) in wanted {
            let is_quiet = |it: &InverseOffer| {
                it.answer.is_none() || it.until > now || it.answer.is_some_and(|(word, _)| word == "ACCEPT")
            };
            if self.world.inverse.get(&key).is_some_and(is_quiet) {
                continue;
            }
            let world = self.change();
            world.tally.offers += 1;
            let number = world.tally.offers;
            world.inverse.insert(key, InverseOffer { number, since, answer: None, until: now });
            made.entry(key.0).or_default().push(json!({
                "id": {"value": self.offer_id(number)},
                "framework_id": {"value": self.world.framework_id_text(key.0)},
                "agent_id": {"value": self.world.agent_id_text(key.1)},
                "unavailability": unavailability,
            }));
        }
        for (framework, offers) in made {
            let event = json!({"type": "INVERSE_OFFERS", "inverse_offers": {"inverse_offers": offers}});
            self.send_to_scheduler(framework, &event);
        }
    }

    /// Connected clients with tasks on agents of windows; each with the time when the window was set, and its unavailability.
    fn to_ask(&self) -> BTreeMap<(u32, u32), (i64, Value)> {
        let links = self.schedulers.links.iter().filter(|(_, link)| link.stream.is_some());
        let connected: BTreeSet<u32> = links.map(|(framework, _)| *framework).collect();
        let mut wanted = BTreeMap::new();
        for window in &self.world.policy.windows {
            let mut unavailability = json!({"start": {"nanoseconds": window.start}});
            if let Some(duration) = window.duration {
                unavailability["duration"] = json!({"nanoseconds": duration});
            }
            for machine in window.machines.iter().filter(|machine| !self.world.policy.is_down(machine)) {
                let Some(agent) = self.world.agent_on(machine) else { continue };
                for framework in self.world.asked(machine).intersection(&connected) {
                    wanted.insert((*framework, agent), (window.since, unavailability.clone()));
                }
            }
        }
        wanted
    }

    pub(super) fn answer_inverse_offers(&mut self, framework: u32, fields: &Value, is_accepted: bool) {
        let now = self.world.now;
        let until = now.saturating_add(refuse_nanos(fields));
        let numbers = self.offer_numbers(&fields["inverse_offer_ids"]);
        let world = self.change();
        for (_, inverse) in world.inverse.iter_mut().filter(|((of, _), _)| *of == framework) {
            if inverse.answer.is_none() && numbers.contains(&Some(inverse.number)) {
                inverse.answer = Some((if is_accepted { "ACCEPT" } else { "DECLINE" }, now));
                inverse.until = until;
            }
        }
    }
}
