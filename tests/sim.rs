//! The simulated cluster against the real one: what was asked of a real Mesos is asked of the simulator, and the answers are compared,
//! status, headers in their order, errors word for word, JSON by its shape. Values differ, since the clusters do.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use sim::answer::reply::Target;
use sim::cluster::Sim;
use sim::server::Server;
use sim::server::config::Config;
use sim::size::Size;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Exchanges that are not compared, each with the reason.
const EXEMPT: &[(&str, &str)] = &[
    ("master-http/015-ctype-protobuf-body", "the simulator takes requests in JSON only"),
    ("master-http/016-ctype-protobuf-garbage", "the simulator takes requests in JSON only"),
    ("master-http/054-http10", "asks for a legacy endpoint, /version"),
    ("master-crash-probes/003-UNRESERVE-zero", "aborts a real master after its answer; a test of the simulator has it"),
    ("master-crash-probes/005-CREATE-zero", "aborts a real master after its answer; a test of the simulator has it"),
    ("master-crash-probes/010-REMOVE_QUOTA-nonexistent", "aborts a real master before an answer; the simulator closes"),
    ("auth/020-health-endpoint", "asks for a legacy endpoint, /health"),
    ("auth/021-version-endpoint", "asks for a legacy endpoint, /version"),
    ("auth/022-state-endpoint-noauth", "asks for a legacy endpoint, /state"),
];

/// What the simulator says that no recording and no example has, each with the reason.
const UNRECORDED: &[(&str, &str)] = &[
    (".domain", "the recorded cluster had no --domain; AgentInfo and MasterInfo have it in mesos.proto"),
    (
        ".resource_providers",
        "no recorded agent had one; the documentation's GET_RESOURCE_PROVIDERS shows what they are",
    ),
    (".disk.source", "only a resource provider's disks have one here; Resource.DiskInfo.Source in mesos.proto"),
    (".provider_id", "only a resource provider's resources have one; Resource in mesos.proto"),
    (".resource_statistics.", "the recorded agents had no isolator of cgroups; ResourceStatistics in mesos.proto"),
    (".latest_status.message", "no recorded operation failed; OperationStatus in mesos.proto"),
    (".offer_constraints.", "no recorded framework had any; OfferConstraints in scheduler.proto"),
];

const FOLDERS: &[&str] = &[
    "master-http",
    "master-empty",
    "master-busy",
    "master-files",
    "master-crash-probes",
    "agent-calls",
    "agent-files",
    "agent-containers",
];

/// The calls that reserve resources and make volumes.
const RESERVATIONS: [&str; 6] =
    ["RESERVE_RESOURCES", "UNRESERVE_RESOURCES", "CREATE_VOLUMES", "DESTROY_VOLUMES", "GROW_VOLUME", "SHRINK_VOLUME"];

/// The recorded container in which others were nested.
const PARENT: &str = "8e8d68a6-61e4-42cb-814f-597d409b5bb4";

#[derive(Debug)]
struct Exchange {
    name: String,
    request: Vec<u8>,
    response: Vec<u8>,
}

/// Recorded with credentials and ACLs: alice may do everything, and bob nothing.
const GUARDED: &[&str] = &["auth", "acl"];

#[tokio::test]
async fn recorded_requests_are_answered_as_a_real_cluster_did() {
    let compared = check(&Cluster::start(Config::default()).await, FOLDERS).await;
    assert!(compared > 150, "only {compared} exchanges were found");
}

#[tokio::test]
async fn who_may_do_what_is_answered_as_a_real_cluster_did() {
    let pair = |pair: &str| Some(pair.to_owned());
    let config = Config { credentials: pair("alice:secret"), guest: pair("bob:secret2"), ..Config::default() };
    assert_eq!(check(&Cluster::start(config).await, GUARDED).await, 42);
}

/// How many exchanges of those folders were compared.
async fn check(cluster: &Cluster, folders: &[&str]) -> usize {
    let known = Shapes::recorded();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for exchange in folders.iter().flat_map(|folder| exchanges(folder)) {
        if EXEMPT.iter().any(|(name, _)| *name == exchange.name) {
            continue;
        }
        compared += 1;
        let answer = cluster.ask(&exchange).await;
        if let Err(why) = compare(&exchange, &answer, &known) {
            wrong.push(format!("{}: {why}", exchange.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
    compared
}

#[tokio::test]
async fn a_stream_begins_as_a_recorded_one_and_its_events_have_their_shapes() {
    let cluster = Cluster::start(Config::default()).await;
    let mut socket = TcpStream::connect(&cluster.master).await.expect("the simulator listens");
    socket.write_all(&post(&json!({"type": "SUBSCRIBE"}))).await.expect("a request is sent");
    let make = |sim: &mut Sim| {
        sim.lose_some_agent();
        sim.return_some_agent();
        sim.remove_agent();
        sim.add_framework();
        sim.update_framework();
        sim.remove_framework();
        sim.burst(200);
        sim.add_agent();
    };
    let mut bytes = read_until(&mut socket, |bytes| count(bytes, b"HEARTBEAT") == 1).await;
    cluster.server.with(make);
    bytes.extend(read_until(&mut socket, |bytes| count(bytes, b"\"AGENT_ADDED\"") >= 2).await);
    let recorded = fs::read(recordings().join("subscribe/json-main.raw")).expect("a recording");
    let (head, body) = split(&bytes, b"\r\n\r\n");
    assert_eq!(headers(&head), headers(&split(&recorded, b"\r\n\r\n").0));
    let known = Shapes::recorded();
    let records: Vec<Value> = chunks(&body).iter().map(|chunk| record(chunk)).collect();
    assert_eq!(records[1], json!({"type": "HEARTBEAT"}), "a heartbeat follows the snapshot at once");
    for record in records {
        let kind = record["type"].as_str().expect("a type");
        assert_eq!(known.unknown(&record), Vec::<String>::new(), "{kind}");
    }
}

#[test]
fn a_new_master_and_operations_have_recorded_shapes() {
    let known = Shapes::recorded();
    let check = |json: &[u8]| {
        let found: Value = serde_json::from_slice(json).expect("JSON");
        assert_eq!(known.unknown(&found), Vec::<String>::new(), "{}", family(&found));
    };
    let ask = |sim: &mut Sim, call: &str| {
        let answer = sim.answer(Target::Master, json!({"type": call}).to_string().as_bytes());
        check(&answer.body.into_bytes());
    };
    let mut sim = Sim::new(1, Size::Small);
    assert!(sim.start_operation().is_some() && sim.start_operation().is_some() && sim.fail_operation().is_some());
    ask(&mut sim, "GET_OPERATIONS");
    sim.replace_master();
    ask(&mut sim, "GET_STATE");
    sim.set_rate(20.0);
    sim.advance(1_795_306_130_000_000_000);
    ask(&mut sim, "GET_STATE");
    std::iter::from_fn(|| sim.next_record()).for_each(|record| check(&record));
}

/// A small cluster, and the address of its master and its agents.
#[derive(Debug)]
struct Cluster {
    server: Server,
    master: String,
    agents: Vec<String>,
    /// The real path of a sandbox on the second agent, its virtual one, and its framework, executor and run.
    sandbox: (String, String),
    /// Container of a task of the first agent.
    container: String,
    first_agent: String,
}

impl Cluster {
    async fn start(config: Config) -> Cluster {
        let webui = std::env::temp_dir().join(format!("mesoscope-sim-webui-{}", std::process::id()));
        fs::create_dir_all(&webui).expect("a folder for temporary files");
        fs::write(webui.join("index.html"), "<!DOCTYPE html>\n").expect("a file in it");
        let size = Size::Custom { agents: 12, tasks: 120, completed: 60 };
        let config = Config { size, rate: 0.0, webui_dir: Some(webui), ..config };
        let server = Server::start(config).await.expect("ports are free");
        let master = server.master_urls()[0].trim_start_matches("http://").to_owned();
        let state = server.with(|sim| sim.state())["get_state"].take();
        let agents = state["get_agents"]["agents"].as_array().expect("agents").iter();
        let agents: Vec<(String, String)> = agents
            .map(|agent| {
                let pid = agent["pid"].as_str().expect("a pid");
                let id = agent["agent_info"]["id"]["value"].as_str().expect("an id");
                (pid.rsplit('@').next().expect("an address").to_owned(), id.to_owned())
            })
            .collect();
        let sandbox = sandbox(&state, &agents[1].1);
        let container = container(&state, &agents[0].1);
        let first_agent = agents[0].1.clone();
        Cluster {
            server,
            master,
            agents: agents.into_iter().map(|(address, _)| address).collect(),
            sandbox,
            container,
            first_agent,
        }
    }

    async fn ask(&self, exchange: &Exchange) -> Vec<u8> {
        let (head, body) = split(&exchange.request, b"\r\n\r\n");
        let head = String::from_utf8(head).expect("a head is text");
        let address = match head.lines().find_map(|line| line.strip_prefix("Host: ")) {
            Some(host) if host.ends_with(":5051") || host.ends_with(":5061") => &self.agents[0],
            Some(host) if host.ends_with(":5052") => &self.agents[1],
            _ => &self.master,
        };
        let body = self.translate(body);
        let length = |line: &str| match line.starts_with("Content-Length:") {
            true => format!("Content-Length: {}", body.len()),
            false => line.to_owned(),
        };
        // Each is asked on a connection of its own, whose end is the answer's.
        let head: Vec<String> = head.lines().filter(|line| !line.starts_with("Connection:")).map(length).collect();
        let mut request = head.join("\r\n").into_bytes();
        request.extend_from_slice(b"\r\nConnection: close\r\n\r\n");
        request.extend_from_slice(&body);
        let mut socket = TcpStream::connect(address).await.expect("the simulator listens");
        socket.write_all(&request).await.expect("a request is sent");
        read_until(&mut socket, |_| false).await
    }

    /// A write of reservations or volumes on the recorded cluster's agent as one on this cluster's.
    fn with_agent(&self, text: String) -> String {
        let field = "\"agent_id\": {\"value\": \"";
        let is_write = |kind: &&&str| text.contains(&format!("\"type\": \"{kind}\""));
        let Some(begin) = RESERVATIONS.iter().find(is_write).and(text.find(field)).map(|at| at + field.len()) else {
            return text;
        };
        let end = begin + text[begin..].find('"').expect("the end of a string");
        format!("{}{}{}", &text[..begin], self.first_agent, &text[end..])
    }

    /// The recorded sandbox' paths and files as this cluster's.
    fn translate(&self, body: Vec<u8>) -> Vec<u8> {
        let Ok(text) = String::from_utf8(body.clone()) else { return body };
        let text = self.with_agent(text).replace(PARENT, &self.container);
        let body = text.clone().into_bytes();
        let Some(from) = text.find("/frameworks/") else { return body };
        let real = text.find("/srv/");
        let rest = &text[from..];
        let Some(runs) = rest.find("/runs") else { return body };
        let begin = real.unwrap_or(from);
        let mut tail = rest[runs..].to_owned();
        let ours = if real.is_some() { &self.sandbox.0 } else { &self.sandbox.1 };
        let (root, run) = ours.split_once("/runs/").expect("a sandbox is a run");
        if let Some(recorded_run) = tail.strip_prefix("/runs/").and_then(|it| it.split(['/', '"']).next())
            && recorded_run != "latest"
        {
            tail = tail.replacen(recorded_run, run, 1);
        }
        for (theirs, here) in [
            ("/big.txt", "/stdout"),
            ("/link", "/stdout"),
            ("/d/bin", "/conf/app.properties"),
            ("/d\"", "/conf\""),
            ("/d/", "/conf/"),
        ] {
            tail = tail.replace(theirs, here);
        }
        format!("{}{root}{tail}", &text[..begin]).into_bytes()
    }
}

/// The outermost container of an agent's first task.
fn container(state: &Value, agent: &str) -> String {
    let tasks = state["get_tasks"]["tasks"].as_array().expect("tasks").iter();
    let mut of_agent = tasks.filter(|task| task["agent_id"]["value"] == agent && !task["statuses"].is_null());
    let status = &of_agent.next().expect("an agent with a task")["statuses"][0];
    let container = &status["container_status"]["container_id"];
    let outer = if container["parent"].is_null() { container } else { &container["parent"] };
    outer["value"].as_str().expect("an id").to_owned()
}

/// The paths of the first sandbox of an agent, real and virtual, from what the master knows.
fn sandbox(state: &Value, agent: &str) -> (String, String) {
    let tasks = state["get_tasks"]["tasks"].as_array().expect("tasks").iter();
    let mut of_agent = tasks.filter(|task| task["agent_id"]["value"] == agent && !task["statuses"].is_null());
    let task = of_agent.next().expect("an agent with a task");
    let status = &task["statuses"][0];
    let text = |value: &Value| value["value"].as_str().expect("an id").to_owned();
    let container = &status["container_status"]["container_id"];
    let run = text(if container["parent"].is_null() { container } else { &container["parent"] });
    let path = format!("/frameworks/{}/executors/{}/runs", text(&task["framework_id"]), text(&status["executor_id"]));
    (format!("/var/lib/mesos/slaves/{agent}{path}/{run}"), format!("{path}/latest"))
}

fn compare(exchange: &Exchange, answer: &[u8], known: &Shapes) -> Result<(), String> {
    let (recorded_head, recorded) = split(&exchange.response, b"\r\n\r\n");
    let (head, body) = split(answer, b"\r\n\r\n");
    let (expected, found) = (headers(&recorded_head), headers(&head));
    if expected != found {
        return Err(format!("headers are {found:?}, not {expected:?}"));
    }
    if head.windows(16).any(|window| window == b"Content-Encoding") {
        return body.starts_with(&[0x1f, 0x8b]).then_some(()).ok_or_else(|| "a body that is not gzip".to_owned());
    }
    match (serde_json::from_slice::<Value>(&recorded), serde_json::from_slice::<Value>(&body)) {
        (Ok(recorded), Ok(found)) => compare_shapes(&recorded, &found, known),
        (Ok(_), Err(_)) => Err(format!("no JSON: {}", String::from_utf8_lossy(&body))),
        // The page of the recorded master is not ours.
        (Err(_), _) if recorded.starts_with(b"<!DOCTYPE") && body.starts_with(b"<!DOCTYPE") => Ok(()),
        (Err(_), _) => compare_texts(&recorded, &body),
    }
}

/// The path in a refusal is another one here.
fn compare_texts(recorded: &[u8], found: &[u8]) -> Result<(), String> {
    let plain = |bytes: &[u8]| match String::from_utf8_lossy(bytes).trim_end_matches('\n') {
        text if text.ends_with(" is inaccessible.") => "is inaccessible".to_owned(),
        // The agent has another id and address here.
        text if text.starts_with("Invalid ") && text.contains(" operation on agent ") => {
            text.split_once("): ").map_or(text, |(_, why)| why).to_owned()
        }
        text => text.to_owned(),
    };
    let (recorded, found) = (plain(recorded), plain(found));
    let is_of_container = recorded.contains(PARENT);
    (recorded == found || is_of_container && recorded.split(PARENT).all(|part| found.contains(part)))
        .then_some(())
        .ok_or_else(|| format!("says {found:?}, not {recorded:?}"))
}

fn compare_shapes(recorded: &Value, found: &Value, known: &Shapes) -> Result<(), String> {
    let kind = recorded["type"].as_str().unwrap_or_default();
    if recorded["type"] != found["type"] {
        return Err(format!("answers {} to {kind}", found["type"]));
    }
    let unknown = known.unknown(found);
    let missing = known.missing(found);
    match unknown.is_empty() && missing.is_empty() {
        true => Ok(()),
        false => Err(format!("no recording has {unknown:?}; every recording has {missing:?}")),
    }
}

/// Paths with the types of what is there, `.get_tasks.tasks[].name string`.
#[derive(Debug, Default)]
struct Shapes {
    /// In any recording or example, wherever such an object is: an agent of an event is as one of a list.
    any: BTreeSet<String>,
    /// In every recorded answer to a call.
    all: BTreeMap<String, BTreeSet<String>>,
}

/// Where objects of a kind are.
const KINDS: &[(&str, &[&str])] = &[
    ("agent", &[".agents[]", ".agent_added.agent"]),
    (
        "framework",
        &["frameworks[]", ".framework_added.framework", ".framework_updated.framework", ".framework_removed"],
    ),
    ("status", &[".statuses[]", ".task_updated.status"]),
    ("task", &["tasks[]", ".task_added.task"]),
    ("executor", &["executors[]"]),
];

/// A path from the object of a known kind in which it is, if it is in one.
fn from_kind(path: &str) -> String {
    for (kind, places) in KINDS {
        for place in *places {
            if let Some((_, rest)) = path.split_once(place) {
                return format!("{kind}{rest}");
            }
        }
    }
    path.to_owned()
}

impl Shapes {
    fn recorded() -> Shapes {
        let mut shapes = Shapes::default();
        for file in files(&recordings()).into_iter().chain(files(&recordings().with_file_name("fold"))) {
            let bytes = fs::read(&file).expect("a recording");
            let bodies = match file.extension().and_then(|extension| extension.to_str()) {
                Some("txt") => vec![split(&split(&bytes, b"<<< RESPONSE (raw bytes)\n").1, b"\r\n\r\n").1],
                Some("json") => vec![bytes],
                Some("raw") if !bytes.starts_with(b"HTTP/") => records(&bytes),
                _ => continue,
            };
            bodies.iter().filter_map(|body| serde_json::from_slice(body).ok()).for_each(|body| shapes.learn(&body));
        }
        for file in files(&recordings().with_file_name("examples")) {
            if let Ok(example) = serde_json::from_slice(&fs::read(file).expect("an example")) {
                shapes.learn_any(&example);
            }
        }
        shapes
    }

    /// Master and agent have calls of one name, which answer with different things: they are kept apart.
    fn learn(&mut self, body: &Value) {
        let paths = paths(body);
        let key = key(body);
        self.all.entry(key).and_modify(|all| all.retain(|path| paths.contains(path))).or_insert(paths);
        self.learn_any(body);
    }

    fn learn_any(&mut self, body: &Value) {
        self.any.extend(paths(body).iter().map(|path| from_kind(path)));
    }

    fn unknown(&self, found: &Value) -> Vec<String> {
        let excused = |path: &str| UNRECORDED.iter().any(|(part, _)| path.contains(part));
        let paths: BTreeSet<String> = paths(found).iter().map(|path| from_kind(path)).collect();
        paths.into_iter().filter(|path| !self.any.contains(path) && !excused(path)).collect()
    }

    fn missing(&self, found: &Value) -> Vec<String> {
        let found_paths = paths(found);
        let all = self.all.get(&key(found)).into_iter().flatten();
        all.filter(|path| !found_paths.contains(*path)).cloned().collect()
    }
}

fn family(body: &Value) -> &str {
    body["type"].as_str().unwrap_or_default()
}

fn key(body: &Value) -> String {
    let agents = paths(body).iter().any(|path| path.contains("launched_tasks") || path.contains("completed_executors"));
    format!("{}{}", family(body), if agents { " of an agent" } else { "" })
}

fn paths(value: &Value) -> BTreeSet<String> {
    fn walk(value: &Value, path: &str, into: &mut BTreeSet<String>) {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Number(number) if number.is_f64() => "double",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(items) => {
                items.iter().for_each(|item| walk(item, &format!("{path}[]"), into));
                "list"
            }
            Value::Object(fields) => {
                fields.iter().for_each(|(name, field)| walk(field, &format!("{path}.{name}"), into));
                "object"
            }
        };
        into.insert(format!("{path} {kind}"));
    }
    let mut into = BTreeSet::new();
    walk(value, "", &mut into);
    into
}

/// The status line and the headers, in their order; dates and the lengths of bodies that differ are not compared.
fn headers(head: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(head).into_owned();
    let plain = |line: &str| match line.split_once(": ") {
        Some((name @ ("Date" | "Content-Length"), _)) => name.to_owned(),
        _ => line.to_owned(),
    };
    text.lines().filter(|line| !line.is_empty()).map(plain).collect()
}

fn recordings() -> PathBuf {
    let here = mesoscope_tests::root();
    let mut above = here.ancestors().map(|folder| folder.join("tests/data/recorded"));
    above.find(|folder| folder.is_dir()).expect("the recordings lie beside the tests")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    files.sort();
    files
}

fn exchanges(folder: &str) -> Vec<Exchange> {
    let texts =
        files(&recordings().join(folder)).into_iter().filter(|file| file.extension().is_some_and(|it| it == "txt"));
    texts
        .map(|file| {
            let bytes = fs::read(&file).expect("a recording");
            let (request, response) = split(&bytes, b"\n<<< RESPONSE (raw bytes)\n");
            let stem = file.file_stem().expect("a name").to_string_lossy().into_owned();
            let request = request.strip_prefix(b">>> REQUEST\n").expect("a request").to_vec();
            // The recorder ended each file with a line feed of its own.
            let response = response.strip_suffix(b"\n").unwrap_or(&response).to_vec();
            Exchange { name: format!("{folder}/{stem}"), request, response }
        })
        .collect()
}

fn split(bytes: &[u8], at: &[u8]) -> (Vec<u8>, Vec<u8>) {
    match bytes.windows(at.len()).position(|window| window == at) {
        Some(place) => (bytes[..place].to_vec(), bytes[place + at.len()..].to_vec()),
        None => (bytes.to_vec(), Vec::new()),
    }
}

fn count(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).filter(|window| *window == what).count()
}

fn post(call: &Value) -> Vec<u8> {
    let body = call.to_string();
    let length = body.len();
    let head = "POST /api/v1 HTTP/1.1\r\nHost: sim\r\nContent-Type: application/json\r\nAccept: application/json";
    format!("{head}\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

async fn read_until(socket: &mut TcpStream, enough: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let reading =
        async { while !enough(&bytes) && socket.read_buf(&mut bytes).await.expect("the simulator answers") > 0 {} };
    tokio::time::timeout(Duration::from_secs(20), reading).await.expect("an answer in time");
    bytes
}

/// The whole chunks of a chunked body.
fn chunks(body: &[u8]) -> Vec<Vec<u8>> {
    let (mut rest, mut chunks) = (body.to_vec(), Vec::new());
    loop {
        let (size, after) = split(&rest, b"\r\n");
        let size = usize::from_str_radix(&String::from_utf8_lossy(&size), 16).unwrap_or(0);
        if size == 0 || after.len() < size + 2 {
            return chunks;
        }
        chunks.push(after[..size].to_vec());
        rest = after[size + 2..].to_vec();
    }
}

/// One chunk is one whole record.
fn record(chunk: &[u8]) -> Value {
    let (length, payload) = split(chunk, b"\n");
    assert_eq!(String::from_utf8_lossy(&length), payload.len().to_string());
    serde_json::from_slice(&payload).expect("a record is JSON")
}

fn records(mut stream: &[u8]) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    while let Some(end) = stream.iter().position(|byte| *byte == b'\n') {
        let length: usize = String::from_utf8_lossy(&stream[..end]).parse().unwrap_or(usize::MAX);
        let Some(record) = stream.get(end + 1..end.saturating_add(1).saturating_add(length)) else { break };
        records.push(record.to_vec());
        stream = &stream[end + 1 + length..];
    }
    records
}
