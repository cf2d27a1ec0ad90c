//! Sessions of containers on the simulated cluster against the real one: each recorded exchange is repeated at its time, and answers
//! and output are compared.

use std::fs;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sim::server::Server;
use sim::server::config::Config;
use sim::size::Size;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// The recorded container in which sessions were nested.
const PARENT: &str = "603a3121-5735-4a47-b857-d43f580d502c";

#[derive(Debug, PartialEq, Eq)]
struct Reply {
    status: String,
    /// Output of a session, or the body of another answer.
    text: String,
}

/// One recorded exchange.
#[derive(Debug)]
struct Exchange {
    head: String,
    body: String,
    /// Chunks of a streamed request, in their order.
    chunks: Vec<String>,
    expected: Option<Reply>,
}

struct Cluster {
    /// Keeps the ports open.
    _server: Server,
    agent: String,
    container: String,
}

impl Cluster {
    async fn start() -> Cluster {
        let size = Size::Custom { agents: 4, tasks: 60, completed: 0 };
        let server = Server::start(Config { size, rate: 0.0, ..Config::default() }).await.expect("ports are free");
        let state = server.with(|sim| sim.state())["get_state"].take();
        let tasks = state["get_tasks"]["tasks"].as_array().expect("tasks");
        let started = tasks.iter().find(|task| !task["statuses"].is_null()).expect("a started task");
        let container = &started["statuses"][0]["container_status"]["container_id"];
        let outer = if container["parent"].is_null() { container } else { &container["parent"] };
        let agents = state["get_agents"]["agents"].as_array().expect("agents");
        let agent = agents.iter().find(|agent| agent["agent_info"]["id"] == started["agent_id"]).expect("its agent");
        let address = agent["pid"].as_str().expect("a pid").rsplit('@').next().expect("an address").to_owned();
        Cluster { agent: address, container: outer["value"].as_str().expect("an id").to_owned(), _server: server }
    }

    fn translate(&self, text: &str) -> String {
        text.replace(PARENT, &self.container)
    }

    /// Opens a session and waits until it has sent its head.
    async fn open(&self, name: &str) -> JoinHandle<Vec<u8>> {
        let exchange = exchange(name);
        let mut socket = self.send_call(&exchange).await;
        let mut bytes = vec![0; 1];
        socket.read_exact(&mut bytes).await.expect("an answer begins");
        tokio::spawn(async move {
            socket.read_to_end(&mut bytes).await.expect("an answer");
            bytes
        })
    }

    async fn send_call(&self, exchange: &Exchange) -> TcpStream {
        let body = self.translate(&exchange.body);
        let head: Vec<String> = exchange
            .head
            .lines()
            .map(|line| match line.starts_with("Content-Length:") {
                true => format!("Content-Length: {}", body.len()),
                // The agents of the simulator share no port here.
                false => line.replace("/slave(1)/", "/"),
            })
            .collect();
        let mut socket = TcpStream::connect(&self.agent).await.expect("the simulator listens");
        let request = format!("{}\r\nConnection: close\r\n\r\n{body}", head.join("\r\n"));
        socket.write_all(request.as_bytes()).await.expect("a request is sent");
        socket
    }

    /// Repeats a call and compares its answer.
    async fn check(&self, name: &str) {
        let exchange = exchange(name);
        let mut socket = self.send_call(&exchange).await;
        let answer = read_all(&mut socket).await;
        self.compare(name, &answer, &exchange);
    }

    /// Repeats a streamed request; `hold` leaves its body open.
    async fn stream(&self, name: &str, hold: bool) -> TcpStream {
        let exchange = exchange(name);
        let mut socket = self.send_call(&exchange).await;
        let framed = exchange.chunks.iter().map(|chunk| {
            let record = self.translate(chunk);
            let record = format!("{}\n{record}", record.len());
            format!("{:x}\r\n{record}\r\n", record.len())
        });
        let end = if hold { "" } else { "0\r\n\r\n" };
        let body: String = framed.chain([end.to_owned()]).collect();
        // A refusal may come before everything is sent.
        drop(socket.write_all(body.as_bytes()).await);
        socket
    }

    async fn check_stream(&self, name: &str) {
        let mut socket = self.stream(name, false).await;
        let answer = read_all(&mut socket).await;
        self.compare(name, &answer, &exchange(name));
    }

    fn compare(&self, name: &str, answer: &[u8], exchange: &Exchange) {
        let expected = exchange.expected.as_ref().expect("a recorded answer");
        let expected = Reply { status: expected.status.clone(), text: self.translate(&expected.text) };
        assert_eq!(reply(answer), Some(expected), "{name}");
    }

    async fn check_end(&self, name: &str, session: JoinHandle<Vec<u8>>) {
        let answer = tokio::time::timeout(Duration::from_secs(20), session).await.expect("an end").expect("no panic");
        self.compare(name, &answer, &exchange(name));
    }
}

async fn read_all(socket: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let reading = socket.read_to_end(&mut bytes);
    let read = tokio::time::timeout(Duration::from_secs(20), reading).await.expect("an answer in time");
    // A refusal may arrive with a reset, since the rest of the request is not read.
    assert!(read.is_ok() || !bytes.is_empty(), "{read:?}");
    bytes
}

fn exchange(name: &str) -> Exchange {
    let folder = mesoscope_tests::root().join("tests/data/recorded/container-sessions");
    let files = fs::read_dir(folder).expect("the recordings").map(|entry| entry.expect("an entry").path());
    let file = files.into_iter().find(|file| file.file_name().is_some_and(|it| it.to_string_lossy().starts_with(name)));
    let text = fs::read_to_string(file.expect("the recording")).expect("text");
    let (request, response) = text.split_once("\n<<< RESPONSE").expect("a response");
    let request = request.strip_prefix(">>> REQUEST\n").expect("a request");
    let (head, body) = request.split_once("\r\n\r\n").or_else(|| request.split_once("\n\n")).expect("a head");
    let (chunks, received) = parts(response);
    Exchange {
        head: head.replace("\r\n", "\n"),
        body: body.trim_end().to_owned(),
        chunks,
        expected: reply(received.as_bytes()),
    }
}

/// Sent records, and everything that was received.
fn parts(response: &str) -> (Vec<String>, String) {
    let (mut chunks, mut received) = (Vec::new(), String::new());
    for part in response.split("## +").skip(1) {
        let (what, content) = part.split_once('\n').unwrap_or((part, ""));
        if what.ends_with("sent a chunk") {
            chunks.push(content.split_once('\n').expect("a length").1.trim_end().to_owned());
        } else if what.contains("received") {
            // The recorder ends each part with a line feed of its own.
            received.push_str(content.strip_suffix('\n').unwrap_or(content));
        }
    }
    (chunks, received)
}

/// Status line, and the output in the records or the plain body; `None` without an answer.
fn reply(answer: &[u8]) -> Option<Reply> {
    let text = String::from_utf8_lossy(answer).replace("\r\n", "\n");
    let (head, body) = text.split_once("\n\n")?;
    let status = head.lines().next()?.to_owned();
    let records: Vec<Value> = body.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let output: Vec<u8> = records
        .iter()
        .filter_map(|record: &Value| STANDARD.decode(record["data"]["data"].as_str()?).ok())
        .flatten()
        .collect();
    let is_stream = head.contains("chunked");
    let text = if is_stream { String::from_utf8_lossy(&output).into_owned() } else { body.trim_end().to_owned() };
    Some(Reply { status, text })
}

#[tokio::test]
async fn a_session_sends_its_output_and_its_exit_status_is_kept() {
    let cluster = Cluster::start().await;
    for name in ["001", "002", "003", "027", "028"] {
        cluster.check(name).await;
    }
}

#[tokio::test]
async fn input_reaches_the_process_until_its_end() {
    let cluster = Cluster::start().await;
    let session = cluster.open("004").await;
    cluster.check_stream("005").await;
    cluster.check_end("004", session).await;
    cluster.check("006").await;
}

#[tokio::test]
async fn a_terminal_has_a_size_and_several_readers() {
    let cluster = Cluster::start().await;
    let session = cluster.open("007").await;
    cluster.check_stream("008").await;
    let reader = cluster.open("009").await;
    // The shell exits on this input, before the request ends.
    let mut input = cluster.stream("010", true).await;
    cluster.compare("010", &read_all(&mut input).await, &exchange("010"));
    cluster.check_end("009", reader).await;
    cluster.check_end("007", session).await;
    cluster.check("011").await;
}

#[tokio::test]
async fn the_end_of_the_connection_kills_the_process() {
    let cluster = Cluster::start().await;
    let exchange = exchange("012");
    let mut socket = cluster.send_call(&exchange).await;
    let mut byte = [0];
    socket.read_exact(&mut byte).await.expect("an answer begins");
    drop(socket);
    cluster.check("013").await;
}

#[tokio::test]
async fn one_input_at_a_time() {
    let cluster = Cluster::start().await;
    let session = cluster.open("014").await;
    let held = cluster.stream("015", true).await;
    let mut refused = false;
    for _ in 0..200 {
        let mut socket = cluster.stream("016", false).await;
        refused = reply(&read_all(&mut socket).await) == exchange("016").expected;
        if refused {
            break;
        }
    }
    assert!(refused, "a second input is refused while one is attached");
    cluster.check("017").await;
    drop(held);
    let end = tokio::time::timeout(Duration::from_secs(20), session).await;
    assert!(end.is_ok(), "the session ends with its process");
}

#[tokio::test]
async fn an_interrupt_reaches_the_process() {
    let cluster = Cluster::start().await;
    let session = cluster.open("019").await;
    let mut input = cluster.stream("020", true).await;
    cluster.compare("020", &read_all(&mut input).await, &exchange("020"));
    cluster.check_end("019", session).await;
    cluster.check("021").await;
    let again = cluster.open("022").await;
    again.abort();
}

#[tokio::test]
async fn what_cannot_be_attached_is_refused_in_the_agents_words() {
    let cluster = Cluster::start().await;
    cluster.check_stream("023").await;
    cluster.check("024").await;
    cluster.check("025").await;
    cluster.check_stream("026").await;
}
