//! HTTPS of the gateway itself: HTTP/2 and HTTP/1.1, streams, downloads and terminals over it, and a certificate that is replaced.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper::ext::Protocol;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use mesoscope_core::mesos::calls::terminal::{FromGateway, SUBPROTOCOL, SessionRequest, TerminalSize};
use rcgen::{Certificate, date_time_ymd};
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::ask::{GET_AGENTS, SUBSCRIBE, TEARDOWN, call, within};
use super::executable::{Gateway, command};
use super::script::{Script, feed, reply, stream};
use super::terminal::shell;
use super::tls::{Identity, authority, issued, own, server};

/// The certificate and the key of `--tls-cert` and `--tls-key`.
struct Files {
    certificates: PathBuf,
    key: PathBuf,
}

impl Files {
    fn of(name: &str, identity: &Identity) -> Files {
        let at = |part: &str| Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("server-{name}-{part}.pem"));
        let files = Files { certificates: at("cert"), key: at("key") };
        files.write(identity);
        files
    }

    fn write(&self, identity: &Identity) {
        std::fs::write(&self.certificates, identity.certificate.pem()).expect("the target folder can be written");
        std::fs::write(&self.key, identity.key.serialize_pem()).expect("the target folder can be written");
    }

    fn flags(&self) -> [String; 4] {
        let text = |path: &Path| path.display().to_string();
        ["--tls-cert".into(), text(&self.certificates), "--tls-key".into(), text(&self.key)]
    }

    async fn gateway(&self, master: &str, more: &[&str]) -> Gateway {
        let flags = self.flags();
        let flags: Vec<&str> = flags.iter().map(String::as_str).chain(["--master", master]).collect();
        Gateway::start(&[&flags, more].concat()).await
    }
}

/// Connects with one protocol. Returns the certificate that the gateway showed.
async fn connect(
    gateway: &Gateway,
    trusted: &[&Certificate],
    protocol: &str,
) -> std::io::Result<(TlsStream<TcpStream>, CertificateDer<'static>)> {
    let mut roots = rustls::RootCertStore::empty();
    trusted.iter().for_each(|one| roots.add(one.der().clone()).expect("it is a certificate"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut config = builder.expect("ring has them").with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.into()];
    let stream = within(TcpStream::connect(&gateway.at)).await?;
    let name = ServerName::try_from("localhost").expect("it is a name");
    let stream = within(TlsConnector::from(Arc::new(config)).connect(name, stream)).await?;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(protocol.as_bytes()));
    let shown = stream.get_ref().1.peer_certificates().and_then(|all| all.first().cloned());
    Ok((stream, shown.expect("a server shows one")))
}

/// One HTTP/2 connection of a browser.
struct Browser {
    sender: http2::SendRequest<Full<Bytes>>,
    at: String,
}

impl Browser {
    async fn open(gateway: &Gateway, root: &Certificate) -> Browser {
        let (stream, _) = connect(gateway, &[root], "h2").await.expect("the certificate is trusted");
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .handshake(TokioIo::new(stream))
            .await
            .expect("a handshake of HTTP/2");
        tokio::spawn(async move { drop(connection.await) });
        Browser { sender, at: format!("localhost:{}", gateway.at.rsplit(':').next().unwrap_or_default()) }
    }

    fn request(&self, method: Method, path: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
        let request = Request::builder().method(method).uri(format!("https://{}{path}", self.at));
        let request =
            request.header("content-type", "application/json").header("origin", format!("https://{}", self.at));
        request.body(Full::new(body.into())).expect("the test's request is well formed")
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Response<Incoming> {
        within(self.sender.clone().send_request(request)).await.expect("the gateway answers")
    }

    async fn words(&self, method: Method, path: &str, body: impl Into<Bytes>) -> (u16, String) {
        let answer = self.send(self.request(method, path, body)).await;
        let status = answer.status().as_u16();
        let body = within(answer.into_body().collect()).await.expect("the body is whole").to_bytes();
        (status, String::from_utf8_lossy(&body).into_owned())
    }
}

#[tokio::test]
async fn both_protocols_are_served() {
    let (root, identity) = issued(&["localhost"]);
    let master = Script::start(|_| reply(200, "of the master")).await;
    let gateway = Files::of("both", &identity).gateway(&master.url(), &[]).await;
    let browser = Browser::open(&gateway, &root).await;
    assert_eq!(browser.words(Method::POST, "/api/v1", GET_AGENTS).await, (200, "of the master".into()));
    let mut other = browser.request(Method::POST, "/api/v1", TEARDOWN);
    other.headers_mut().insert("origin", "https://evil.example".parse().expect("an origin is a header's value"));
    assert_eq!(browser.send(other).await.status(), 403);
    assert_eq!(master.seen().len(), 1);

    let (stream, _) = connect(&gateway, &[&root], "http/1.1").await.expect("the certificate is trusted");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("it sends nothing");
    tokio::spawn(async move { drop(connection.await) });
    let request = Request::get("/healthz").header("host", "localhost").body(Full::<Bytes>::default());
    let answer = within(sender.send_request(request.expect("it is well formed"))).await.expect("it answers");
    assert_eq!((answer.status().as_u16(), answer.version()), (200, hyper::Version::HTTP_11));
}

/// A browser opens six HTTP/1.1 connections at most, so a seventh stream would wait for ever.
#[tokio::test]
async fn many_streams_share_a_connection() {
    let (root, identity) = issued(&["localhost"]);
    let (feeds, mut replies): (Vec<_>, Vec<_>) = (0..20).map(|_| stream()).unzip();
    replies.reverse();
    let master = Script::start(move |_| replies.pop().unwrap_or_else(|| reply(200, "{}"))).await;
    let gateway = Files::of("streams", &identity).gateway(&master.url(), &[]).await;
    let browser = Browser::open(&gateway, &root).await;
    let mut answers = Vec::new();
    for _ in &feeds {
        answers.push(browser.send(browser.request(Method::POST, "/api/v1", SUBSCRIBE)).await);
    }
    for round in 0..3 {
        for (events, answer) in feeds.iter().zip(&mut answers) {
            let record = format!("{round} 20\n{{\"type\":\"HEARTBEAT\"}}");
            feed(events, record.clone()).await;
            let frame = within(answer.body_mut().frame()).await.expect("it goes on").expect("unbroken");
            assert_eq!(frame.into_data().expect("it has no trailers"), record);
        }
    }
    assert_eq!(browser.words(Method::POST, "/api/v1", GET_AGENTS).await.0, 200);
    let events = feeds.into_iter().next().expect("there are some");
    drop(answers.remove(0));
    within(events.closed()).await;
}

async fn simulated() -> (sim::server::Server, String, String) {
    let size = sim::size::Size::Custom { agents: 1, tasks: 4, completed: 0 };
    let config = sim::server::config::Config { size, rate: 0.0, ..Default::default() };
    let server = sim::server::Server::start(config).await.expect("ports are free");
    let state = server.with(|sim| sim.state());
    let tasks = state["get_state"]["get_tasks"]["tasks"].as_array().expect("tasks are listed");
    let task = tasks.iter().find(|task| !task["statuses"].is_null()).expect("a task has started");
    let container = &task["statuses"][0]["container_status"]["container_id"];
    let outer = if container["parent"].is_null() { container } else { &container["parent"] };
    let text = |value: &serde_json::Value| value["value"].as_str().expect("an id is text").to_owned();
    (server, text(&task["agent_id"]), text(outer))
}

#[tokio::test]
async fn a_download_comes_whole() {
    let ((root, identity), (cluster, ..)) = (issued(&["localhost"]), simulated().await);
    let gateway = Files::of("download", &identity).gateway(&cluster.master_urls()[0], &[]).await;
    let browser = Browser::open(&gateway, &root).await;
    let (status, ticket) = browser.words(Method::POST, "/download", r#"{"agent":null,"path":"/master/log"}"#).await;
    assert_eq!(status, 200, "{ticket}");
    let (status, log) = browser.words(Method::GET, &format!("/download/{}", ticket.trim()), "").await;
    assert!(status == 200 && log.len() >= 27_000, "{status}: {} bytes", log.len());
}

/// RFC 8441: a WebSocket is a stream of an HTTP/2 connection, opened with CONNECT.
#[tokio::test]
async fn a_terminal_shares_the_connection() {
    let ((root, identity), (cluster, agent, container)) = (issued(&["localhost"]), simulated().await);
    let gateway = Files::of("terminal", &identity).gateway(&cluster.master_urls()[0], &[]).await;
    let browser = Browser::open(&gateway, &root).await;
    let body = SessionRequest { target: shell(&container), size: TerminalSize::new(24, 80) }.json();
    let (status, ticket) = browser.words(Method::POST, &format!("/agent/{agent}/session"), body).await;
    assert_eq!(status, 200, "{ticket}");
    let open = |ticket: &str| {
        let mut request = browser.request(Method::CONNECT, &format!("/agent/{agent}/session/{}", ticket.trim()), "");
        request.extensions_mut().insert(Protocol::from_static("websocket"));
        request.headers_mut().remove("content-type");
        for (name, value) in [("sec-websocket-version", "13"), ("sec-websocket-protocol", SUBPROTOCOL)] {
            request.headers_mut().insert(name, value.parse().expect("it is a header's value"));
        }
        request
    };
    let answer = browser.send(open(&ticket)).await;
    assert_eq!(answer.status(), 200);
    let upgraded = within(hyper::upgrade::on(answer)).await.expect("it is a WebSocket");
    let mut socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Client, None).await;
    let mut printed = Vec::new();
    while !String::from_utf8_lossy(&printed).contains("# ") {
        match within(socket.next()).await.expect("it goes on").expect("unbroken") {
            Message::Binary(bytes) => printed.extend_from_slice(&bytes),
            Message::Text(text) => {
                assert!(matches!(FromGateway::parse(&text), Some(FromGateway::Opened { .. })), "{text}");
            }
            _ => {}
        }
    }
    assert_eq!(browser.words(Method::GET, "/healthz", "").await.0, 200, "the connection has other streams");
    assert_eq!(browser.send(open(&ticket)).await.status(), 404, "a ticket is good once");
}

#[tokio::test]
async fn a_client_without_tls_gets_a_reason() {
    let identity = own(&["localhost"], authority);
    let gateway = Files::of("plain", &identity).gateway("http://127.0.0.1:1", &[]).await;
    let answer = call(&gateway.at, GET_AGENTS).send().await;
    assert_eq!(answer.status, 400);
    assert!(answer.words().await.contains("https://"));
}

async fn until_shown(gateway: &Gateway, trusted: &[&Certificate], expected: &Identity) {
    let shown = async {
        loop {
            let (_, shown) = connect(gateway, trusted, "h2").await.expect("both certificates are trusted");
            if shown == *expected.certificate.der() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    within(shown).await;
}

#[tokio::test]
async fn a_new_certificate_is_used_when_the_files_change() {
    let ((old_root, old), (new_root, new)) = (issued(&["localhost"]), issued(&["localhost"]));
    let files = Files::of("change", &old);
    let gateway = files.gateway("http://127.0.0.1:1", &["--limit-reload", "20"]).await;
    until_shown(&gateway, &[&old_root], &old).await;
    let browser = Browser::open(&gateway, &old_root).await;
    std::fs::write(&files.certificates, "nonsense").expect("the target folder can be written");
    tokio::time::sleep(Duration::from_millis(100)).await;
    until_shown(&gateway, &[&old_root], &old).await;
    files.write(&new);
    until_shown(&gateway, &[&old_root, &new_root], &new).await;
    assert_eq!(browser.words(Method::GET, "/healthz", "").await.0, 200, "open connections stay open");
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_certificate_is_used_on_sighup() {
    let ((old_root, old), (new_root, new)) = (issued(&["localhost"]), issued(&["localhost"]));
    let files = Files::of("signal", &old);
    let gateway = files.gateway("http://127.0.0.1:1", &["--limit-reload", "3600000"]).await;
    files.write(&new);
    let id = gateway.child.id().expect("it runs").to_string();
    assert!(std::process::Command::new("kill").args(["-HUP", &id]).status().expect("kill is there").success());
    until_shown(&gateway, &[&old_root, &new_root], &new).await;
}

/// One file may be read before the other is written, so the log may have more lines.
#[tokio::test]
async fn a_certificate_that_browsers_refuse_replaces_none() {
    let ((old_root, old), (new_root, new)) = (issued(&["localhost"]), issued(&["localhost"]));
    let files = Files::of("expired", &old);
    let flags = files.flags();
    let mut command = command(&["--master", "http://127.0.0.1:1", "--listen", "127.0.0.1:0", "--limit-reload", "20"]);
    let mut gateway = Gateway::run(command.args(&flags).stderr(std::process::Stdio::piped())).await;
    let mut log = BufReader::new(gateway.child.stderr.take().expect("its log is piped")).lines();
    let mut line = async || within(log.next_line()).await.expect("the log is text").expect("it goes on");
    let mut reported = async |part: &str| while !line().await.contains(part) {};
    files.write(&own(&["localhost"], |params| params.not_after = date_time_ymd(2020, 1, 1)));
    reported("the certificate has expired").await;
    until_shown(&gateway, &[&old_root], &old).await;
    std::fs::remove_file(&files.key).expect("it is there");
    reported("No such file").await;
    until_shown(&gateway, &[&old_root], &old).await;
    files.write(&new);
    until_shown(&gateway, &[&old_root, &new_root], &new).await;
}

#[tokio::test]
async fn a_start_with_an_expired_certificate_warns() {
    let expired = own(&["localhost"], |params| params.not_after = date_time_ymd(2020, 1, 1));
    let flags = Files::of("expired-start", &expired).flags();
    let output = within(command(&["--check", "--master", "http://m"]).args(&flags).output()).await.expect("it runs");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && words.contains("the certificate has expired"), "{words}");
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_explained() {
    let (one, other) = (own(&["localhost"], authority), own(&["localhost"], authority));
    let (files, others) = (Files::of("pair", &one), Files::of("other", &other));
    let text = |path: &Path| path.display().to_string();
    let (certificates, key, other_key) = (text(&files.certificates), text(&files.key), text(&others.key));
    let encrypted = |name: &str, pem: &str| {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("server-{name}.pem"));
        std::fs::write(&path, pem).expect("the target folder can be written");
        text(&path)
    };
    let new_form = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let new_form = encrypted("encrypted-new", new_form);
    let old_form = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n";
    let old_form = encrypted("encrypted-old", old_form);
    let unsupported = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let unsupported = encrypted("unsupported", unsupported);
    for (flags, part) in [
        (vec!["--tls-cert", &certificates], "--tls-cert needs --tls-key too"),
        (vec!["--client-key", &key], "--client-key needs --client-cert too"),
        (
            vec!["--tls-cert", &certificates, "--tls-key", &other_key],
            "(--tls-key) does not belong to the certificate in",
        ),
        (vec!["--tls-cert", &certificates, "--tls-key", &certificates], "(--tls-key) contains no private key"),
        (vec!["--tls-cert", &key, "--tls-key", &key], "a private key, and no certificate"),
        (vec!["--tls-cert", &new_form, "--tls-key", &key], "a private key, and no certificate"),
        (vec!["--tls-cert", &certificates, "--tls-key", "/no/such/file"], "/no/such/file (--tls-key)"),
        (vec!["--tls-cert", &certificates, "--tls-key", &new_form], "(--tls-key) is encrypted"),
        (vec!["--tls-cert", &certificates, "--tls-key", &old_form], "(--tls-key) is encrypted"),
        (vec!["--tls-cert", &certificates, "--tls-key", &unsupported], "(--tls-key) is of an unsupported kind"),
        (vec!["--client-cert", &certificates, "--client-key", &other_key], "(--client-key) does not belong"),
        (vec!["--client-cert", &certificates, "--client-key", &new_form], "(--client-key) is encrypted"),
    ] {
        let all = [&["--check", "--master", "https://m"][..], &flags].concat();
        let output = within(command(&all).output()).await.expect("it runs");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && words.contains(part), "{flags:?}: {words}");
        assert!(!words.contains("KeyMismatch") && !words.contains("no items found"), "{flags:?}: {words}");
    }
}

/// A master that wants a certificate of its clients.
fn strict(identity: &Identity, clients: &Certificate) -> Arc<rustls::ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(clients.der().clone()).expect("it is a certificate");
    let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(identity.key.serialize_der());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has them")
        .with_client_cert_verifier(verifier.build().expect("there is a root"))
        .with_single_cert(vec![identity.certificate.der().clone()], key.into());
    Arc::new(config.expect("the key is the certificate's"))
}

#[tokio::test]
async fn the_gateway_shows_its_own_certificate_to_a_master() {
    let (of_master, (clients, of_client)) = (own(&["127.0.0.1"], authority), issued(&["gateway.example"]));
    let master = Script::start_tls(strict(&of_master, &clients), |_| reply(200, "of the master")).await;
    let (trusted, client) = (Files::of("strict", &of_master), Files::of("client", &of_client));
    let text = |path: &Path| path.display().to_string();
    let (ca, certificates, key) = (text(&trusted.certificates), text(&client.certificates), text(&client.key));
    let url = format!("https://{}", master.at);
    let flags = ["--master", &url, "--ca", &ca, "--client-cert", &certificates, "--client-key", &key];
    let gateway = Gateway::start(&flags).await;
    assert_eq!(call(&gateway.at, GET_AGENTS).send().await.words().await, "of the master");
    let without = Gateway::start(&flags[..4]).await;
    assert_eq!(call(&without.at, GET_AGENTS).send().await.status, 502);
    // A master that wants none gets none.
    let lenient = Script::start_tls(server(&of_master), |_| reply(200, "of the master")).await;
    let url = format!("https://{}", lenient.at);
    let flags = ["--master", &url, "--ca", &ca, "--client-cert", &certificates, "--client-key", &key];
    let gateway = Gateway::start(&flags).await;
    assert_eq!(call(&gateway.at, GET_AGENTS).send().await.status, 200);
}
