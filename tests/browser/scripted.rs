//! A master that answers what a journey says, and the one agent of its cluster at the same address, with the journey's files.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use futures_util::{StreamExt, stream};
use mesoscope_tests::now_nanos;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::gateway::Gateway;

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];
/// Bytes that READ_FILE gives at most.
const MOST: u64 = 65_536;
/// The folder of the agent's files.
pub const FOLDER: &str = "/var/lib/mesos/logs";

/// The answer to a call that has one that is not from the state.
#[derive(Clone, Debug)]
pub enum Reply {
    Refused(u16, &'static str),
    /// No answer comes.
    Never,
    Content(Value),
}

/// What the master and the agent say.
#[derive(Debug, Default)]
pub struct Script {
    /// Of the snapshot.
    pub state: Value,
    /// By call.
    pub replies: Mutex<BTreeMap<&'static str, Reply>>,
    /// By name.
    pub files: BTreeMap<&'static str, Vec<u8>>,
    /// How far the agent's clock is ahead.
    pub ahead: Duration,
}

impl Script {
    pub fn reply(&self, call: &'static str, reply: Reply) {
        self.replies.lock().unwrap_or_else(PoisonError::into_inner).insert(call, reply);
    }
}

/// A gateway before such a master.
pub struct Scripted {
    pub script: Arc<Script>,
    pub url: String,
    _gateway: Gateway,
    server: JoinHandle<()>,
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Scripted {
    /// `state` is what the snapshot has of each list, given the agent's port.
    pub async fn start(script: impl FnOnce(u16) -> Script) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let script = Arc::new(script(port));
        let app = Router::new().fallback(dated).with_state(script.clone());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        let master = format!("http://127.0.0.1:{port}");
        let gateway = Gateway::start(&[master], &[]).await.expect("mesoscope starts");
        Self { script, url: gateway.url(), _gateway: gateway, server }
    }

    /// An agent with files, and nothing else.
    pub async fn with_files(files: impl IntoIterator<Item = (&'static str, Vec<u8>)>) -> Self {
        let files = files.into_iter().collect();
        Self::start(|port| Script { state: one_agent(port), files, ..Script::default() }).await
    }
}

/// The address of a file's page.
pub fn file(name: &str) -> String {
    format!("#/agents/a/browse?path={}", format!("{FOLDER}/{name}").replace('/', "%2F"))
}

/// A cluster of one agent.
pub fn one_agent(port: u16) -> Value {
    json!({"get_agents": {"agents": [agent(port)]}})
}

fn agent(port: u16) -> Value {
    let info = json!({"id": {"value": "a"}, "hostname": "127.0.0.1", "port": port, "resources": []});
    json!({"active": true, "version": "1.11.0", "pid": format!("slave(1)@127.0.0.1:{port}"), "agent_info": info})
}

/// The answer, with a date where it is the agent's.
async fn dated(State(script): State<Arc<Script>>, uri: Uri, body: Bytes) -> Response {
    let mut response = answer(&script, &body).await;
    if uri.path().starts_with("/slave(1)/") {
        let now = Duration::from_nanos(now_nanos() as u64);
        let date = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + now + script.ahead);
        response.headers_mut().insert("date", date.parse().expect("a header"));
    }
    response
}

async fn answer(script: &Script, body: &[u8]) -> Response {
    let call = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let kind = call["type"].as_str().unwrap_or_default().to_owned();
    let reply = script.replies.lock().unwrap_or_else(PoisonError::into_inner).get(kind.as_str()).cloned();
    let answered =
        |content: Value| (JSON, json!({"type": kind, kind.to_lowercase(): content}).to_string()).into_response();
    match (reply, kind.as_str()) {
        (Some(Reply::Refused(status, words)), _) => {
            (StatusCode::from_u16(status).expect("a status"), words).into_response()
        }
        (Some(Reply::Never), _) => std::future::pending().await,
        (Some(Reply::Content(content)), _) => answered(content),
        (None, "SUBSCRIBE") => subscribed(script),
        (None, "LIST_FILES") => answered(json!({"file_infos": script.files.iter().map(info).collect::<Vec<_>>()})),
        (None, "READ_FILE") => match read(script, &call["read_file"]) {
            Some(read) => answered(read),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        (None, "GET_AGENT") => answered(json!({"agent_info": script.state["get_agents"]["agents"][0]["agent_info"]})),
        (None, other) => match script.state.get(other.to_lowercase()) {
            Some(content) => answered(content.clone()),
            None => (JSON, json!({"type": kind}).to_string()).into_response(),
        },
    }
}

fn subscribed(script: &Script) -> Response {
    let subscribed = json!({"get_state": script.state, "heartbeat_interval_seconds": 15.0});
    let text = json!({"type": "SUBSCRIBED", "subscribed": subscribed}).to_string();
    let first = Bytes::from(format!("{}\n{text}", text.len()));
    let said = stream::once(async move { Ok::<_, std::io::Error>(first) });
    (JSON, Body::from_stream(said.chain(stream::pending()))).into_response()
}

fn info((name, bytes): (&&str, &Vec<u8>)) -> Value {
    json!({"path": format!("{FOLDER}/{name}"), "nlink": 1, "size": bytes.len(), "mode": 0o100_644, "uid": "root", "gid": "root",
        "mtime": {"nanoseconds": 1_795_306_229_000_000_000_i64}})
}

fn read(script: &Script, asked: &Value) -> Option<Value> {
    let name = asked["path"].as_str()?.strip_prefix(FOLDER)?.strip_prefix('/')?;
    let bytes = script.files.get(name)?;
    let offset = asked["offset"].as_u64().unwrap_or(0).min(bytes.len() as u64);
    let end = (offset + asked["length"].as_u64().unwrap_or(MOST).min(MOST)).min(bytes.len() as u64);
    let data = base64::engine::general_purpose::STANDARD.encode(bytes.get(offset as usize..end as usize)?);
    Some(json!({"size": bytes.len(), "data": data}))
}
