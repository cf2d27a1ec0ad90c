//! The 95 exchanges with a real Mesos, repeated with the simulated cluster: equal statuses and words, and on each stream equal events of
//! each task. Ids and times are the cluster's own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sim::answer::reply::Target;
use sim::cluster::Sim;
use sim::scheduler::reply::{SchedulerAnswer, SchedulerHead};
use sim::schedulers::StreamNews;

use super::exchange::{Exchange, all};

/// Exchanges that are not repeated here, each with the reason.
const EXEMPT: &[(&str, &str)] = &[
    ("012", "the server checks Content-Type: `over_http` has it"),
    ("013", "the server checks the method: `over_http` has it"),
    ("014", "the server checks Content-Type: `over_http` has it"),
    ("095", "the simulator speaks JSON only"),
];
/// The master of the recording.
const THEIRS: &str = "41bc30b2-e948-458f-a39c-5c8bc14f0c7f";
const MILLISECOND: i64 = 1_000_000;
const SECOND: i64 = 1_000 * MILLISECOND;

/// What of an update is the same in every cluster: state, reason, message, whether it has an id.
type Outline = (String, String, String, bool);

struct Replay {
    sim: Sim,
    now: i64,
    ours: String,
    /// Events of each of our streams by its number.
    events: BTreeMap<u64, Vec<Value>>,
    ended: BTreeSet<u64>,
    /// Our streams by the name of their exchange.
    streams: BTreeMap<String, u64>,
    /// Our stream ids by theirs.
    ids: BTreeMap<String, String>,
    offers: BTreeMap<String, String>,
    /// Our framework ids by theirs.
    frameworks: BTreeMap<String, String>,
    /// Agent of each recorded offer.
    recorded_offers: BTreeMap<String, String>,
    /// Task and state of each recorded update with an id.
    recorded_updates: BTreeMap<String, (String, String)>,
    wrong: Vec<String>,
}

impl Replay {
    fn new(exchanges: &[Exchange]) -> Self {
        let (now, mut sim) = (1_795_306_100 * SECOND, Sim::recorded(2));
        sim.advance(now);
        let state = sim.state();
        let first = state.pointer("/get_state/get_agents/agents/0/agent_info/id/value");
        let ours = first.and_then(Value::as_str).unwrap().trim_end_matches("-S0").to_owned();
        let mut replay = Self {
            now,
            ours,
            events: BTreeMap::new(),
            ended: BTreeSet::new(),
            streams: BTreeMap::new(),
            ids: BTreeMap::new(),
            offers: BTreeMap::new(),
            frameworks: BTreeMap::new(),
            recorded_offers: BTreeMap::new(),
            recorded_updates: BTreeMap::new(),
            wrong: Vec::new(),
            sim,
        };
        for event in exchanges.iter().filter(|it| !it.name.starts_with("095")).flat_map(events) {
            for offer in event["offers"]["offers"].as_array().into_iter().flatten() {
                replay.recorded_offers.insert(text(&offer["id"]["value"]), text(&offer["agent_id"]["value"]));
            }
            let status = &event["update"]["status"];
            if let Some(uuid) = status["uuid"].as_str() {
                let update = (text(&status["task_id"]["value"]), text(&status["state"]));
                replay.recorded_updates.insert(uuid.to_owned(), update);
            }
        }
        replay
    }

    fn pass(&mut self, nanos: i64) {
        self.now += nanos;
        self.sim.advance(self.now);
        while let Some((stream, news)) = self.sim.next_scheduler_news() {
            match news {
                StreamNews::Event(record) => {
                    self.events.entry(stream).or_default().push(serde_json::from_slice(&record).unwrap());
                }
                StreamNews::End => drop(self.ended.insert(stream)),
            }
        }
    }

    /// Waits for something that the simulated cluster does in its own time.
    fn until<T>(&mut self, what: &str, found: impl Fn(&Self) -> Option<T>) -> T {
        for _ in 0..1000 {
            if let Some(found) = found(self) {
                return found;
            }
            self.pass(20 * MILLISECOND);
        }
        panic!("{what} never comes");
    }

    fn all_events(&self) -> impl DoubleEndedIterator<Item = &Value> {
        self.events.values().flatten()
    }

    /// Our offer for one of theirs: that of its first mention, which is the newest of that agent.
    fn offer(&mut self, theirs: &str) -> String {
        if let Some(ours) = self.offers.get(theirs) {
            return ours.clone();
        }
        let Some(agent) = self.recorded_offers.get(theirs).map(|agent| agent.replace(THEIRS, &self.ours)) else {
            return theirs.replace(THEIRS, &self.ours);
        };
        let ours = self.until(theirs, |replay| {
            let used: BTreeSet<&String> = replay.offers.values().collect();
            let offers =
                replay.all_events().rev().flat_map(|event| event["offers"]["offers"].as_array().into_iter().flatten());
            let mut of_agent = offers.filter(|offer| offer["agent_id"]["value"] == *agent);
            of_agent.next().map(|offer| text(&offer["id"]["value"])).filter(|id| !used.contains(id))
        });
        self.offers.insert(theirs.to_owned(), ours.clone());
        ours
    }

    fn uuid(&mut self, theirs: &str) -> String {
        let Some((task, state)) = self.recorded_updates.get(theirs).cloned() else { return theirs.to_owned() };
        self.until(&format!("{task} {state}"), |replay| {
            let mut statuses = replay.all_events().map(|event| &event["update"]["status"]);
            let is_it = |status: &&Value| status["task_id"]["value"] == *task && status["state"] == *state;
            statuses.find(|status| is_it(status) && status["uuid"].is_string()).map(|status| text(&status["uuid"]))
        })
    }

    /// A recorded request with our ids.
    fn translated(&mut self, body: &str) -> String {
        let mut ours = body.to_owned();
        let request: Value = serde_json::from_str(body).unwrap_or_default();
        let kind = request["type"].as_str().unwrap_or_default().to_lowercase();
        for id in request[&kind]["offer_ids"].as_array().into_iter().flatten() {
            let theirs = text(&id["value"]);
            ours = ours.replace(&format!("\"{theirs}\""), &format!("\"{}\"", self.offer(&theirs)));
        }
        if let Some(uuid) = request["acknowledge"]["uuid"].as_str() {
            ours = ours.replace(uuid, &self.uuid(uuid));
        }
        self.with_our_ids(ours)
    }

    fn with_our_ids(&self, text: String) -> String {
        let text = self.frameworks.iter().fold(text, |text, (theirs, ours)| text.replace(theirs, ours));
        self.ids.iter().fold(text, |text, (theirs, ours)| text.replace(theirs, ours)).replace(THEIRS, &self.ours)
    }

    fn repeat(&mut self, exchange: &Exchange) {
        let number = &exchange.name[..3];
        self.before(number);
        let body = self.translated(&exchange.request_body);
        let (status, words) = match exchange.name.contains("operator") {
            true => {
                let answer = self.sim.answer(Target::Master, body.as_bytes());
                (answer.status, String::from_utf8(answer.body.into_bytes()).unwrap())
            }
            false => self.schedule(exchange, &body),
        };
        self.pass(20 * MILLISECOND);
        self.note_framework(exchange);
        let expected = self.with_our_ids(exchange.words());
        let is_stream = exchange.status == 200 && exchange.name.contains("SUBSCRIBE");
        if status != exchange.status || (!is_stream && words.trim_end() != expected) {
            self.wrong
                .push(format!("{}: {status} {words}\n    instead of {} {expected}", exchange.name, exchange.status));
        }
        // The recording waited for what each exchange causes.
        self.pass(300 * MILLISECOND);
    }

    /// Remembers the framework that a SUBSCRIBE has made.
    fn note_framework(&mut self, exchange: &Exchange) {
        let Some(stream) = self.streams.get(&exchange.name) else { return };
        let id = |event: &Value| event["subscribed"]["framework_id"]["value"].as_str().map(str::to_owned);
        let theirs = events(exchange).iter().find_map(id);
        let ours = self.events.get(stream).and_then(|events| events.iter().find_map(id));
        if let (Some(theirs), Some(ours)) = (theirs, ours) {
            self.frameworks.insert(theirs, ours);
        }
    }

    /// What happened in the recording between the exchanges.
    fn before(&mut self, number: &str) {
        match number {
            "062" => self.close("001"),
            "075" => self.close("074"),
            "081" => self.close("080"),
            "094" => {
                self.close("093");
                self.pass(2 * SECOND);
            }
            // A filter of one second has passed, or one of 5.
            "027" | "032" => self.pass(2 * SECOND),
            _ => {}
        }
    }

    fn close(&mut self, number: &str) {
        let (_, stream) = self.streams.iter().find(|(name, _)| name.starts_with(number)).unwrap();
        self.sim.end_scheduler_stream(*stream);
        self.pass(20 * MILLISECOND);
    }

    fn schedule(&mut self, exchange: &Exchange, body: &str) -> (u16, String) {
        let theirs = exchange.request_header("Mesos-Stream-Id").map(str::to_owned);
        let ours = theirs.map(|id| self.ids.get(&id).cloned().unwrap_or(id));
        let accept = exchange.request_header("Accept").unwrap_or_default();
        let head = SchedulerHead {
            stream_id: ours.as_deref(),
            refuses_json: !accept.contains("json"),
            ..SchedulerHead::default()
        };
        match self.sim.scheduler_call(body.as_bytes(), head) {
            SchedulerAnswer::Done(answer) => (answer.status, String::from_utf8(answer.body.into_bytes()).unwrap()),
            SchedulerAnswer::Stream(number, id) => {
                self.streams.insert(exchange.name.clone(), number);
                if let Some(theirs) = exchange.header("Mesos-Stream-Id") {
                    self.ids.insert(theirs.to_owned(), id);
                }
                (200, String::new())
            }
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn events(exchange: &Exchange) -> Vec<Value> {
    exchange.records().into_iter().map(|record| serde_json::from_str(record).unwrap()).collect()
}

/// Updates by task, each once, and kinds of other events.
fn outline(
    events: &[Value],
    replace: impl Fn(String) -> String,
) -> (BTreeMap<String, BTreeSet<Outline>>, BTreeSet<String>) {
    let mut updates: BTreeMap<String, BTreeSet<Outline>> = BTreeMap::new();
    let mut kinds = BTreeSet::new();
    for event in events {
        let status = &event["update"]["status"];
        if status.is_object() {
            let message = replace(text(&status["message"]));
            let line = (text(&status["state"]), text(&status["reason"]), message, status["uuid"].is_string());
            updates.entry(text(&status["task_id"]["value"])).or_default().insert(line);
        } else {
            kinds.insert(format!("{} {}", text(&event["type"]), text(&event["error"]["message"])));
        }
    }
    (updates, kinds)
}

/// Paths of all fields of events, without the places in lists.
fn shape(value: &Value, path: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, field)| shape(field, &format!("{path}.{name}"), into)),
        Value::Array(items) => items.iter().for_each(|item| shape(item, path, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => drop(into.insert(path.to_owned())),
    }
}

fn shapes(events: &[Value]) -> BTreeMap<String, BTreeSet<String>> {
    let mut shapes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    events.iter().for_each(|event| shape(event, "", shapes.entry(text(&event["type"])).or_default()));
    shapes
}

/// What events of the simulated cluster have and the recorded ones have not, with the reason.
const UNRECORDED: &[(&str, &str)] = &[
    (".subscribed.master_info.domain", "the recorded master had no --domain"),
    (".offers.offers.attributes.", "the recorded agents had attributes of type TEXT only"),
];

#[test]
fn every_exchange_is_answered_as_a_real_master_did() {
    let exchanges = all();
    let mut replay = Replay::new(&exchanges);
    let mut repeated = 0;
    for exchange in exchanges.iter().filter(|it| EXEMPT.iter().all(|(number, _)| !it.name.starts_with(number))) {
        replay.repeat(exchange);
        repeated += 1;
    }
    replay.pass(10 * SECOND);
    assert_eq!(repeated, 95 - EXEMPT.len());
    assert!(replay.wrong.is_empty(), "{} differ:\n{}", replay.wrong.len(), replay.wrong.join("\n"));
}

#[test]
fn every_stream_has_the_recorded_events() {
    let exchanges = all();
    let mut replay = Replay::new(&exchanges);
    for exchange in exchanges.iter().filter(|it| EXEMPT.iter().all(|(number, _)| !it.name.starts_with(number))) {
        replay.repeat(exchange);
    }
    replay.pass(10 * SECOND);
    let (mut known, mut found) = (Vec::new(), Vec::new());
    for exchange in &exchanges {
        let Some(stream) = replay.streams.get(&exchange.name) else { continue };
        let recorded = events(exchange);
        let ours = replay.events.get(stream).map(Vec::as_slice).unwrap_or_default();
        let to_ours = |message: String| {
            let message = replay
                .offers
                .iter()
                .fold(message, |message, (theirs, ours)| message.replace(&format!("{theirs} "), &format!("{ours} ")));
            message.replace(THEIRS, &replay.ours)
        };
        assert_eq!(outline(ours, |message| message), outline(&recorded, to_ours), "{}", exchange.name);
        if exchange.is_ended_by_master() {
            assert!(replay.ended.contains(stream), "{}: the master ends it", exchange.name);
        }
        known.extend(recorded);
        found.extend_from_slice(ours);
    }
    let known = shapes(&known);
    for (kind, paths) in shapes(&found) {
        let is_new = |path: &&String| UNRECORDED.iter().all(|(start, _)| !path.starts_with(start));
        let new: Vec<&String> = paths.difference(&known[&kind]).filter(is_new).collect();
        assert_eq!(new, Vec::<&String>::new(), "{kind}");
        let missing: Vec<&String> = known[&kind].difference(&paths).collect();
        assert_eq!(missing, Vec::<&String>::new(), "{kind}");
    }
}
