//! The browser's side of a terminal: asks for a ticket, opens the WebSocket, and keeps to its windows as the page does.

use futures_util::{SinkExt, StreamExt};
use hyper::Method;
use mesoscope_core::mesos::calls::container_path::ContainerPath;
use mesoscope_core::mesos::calls::terminal::{
    FromGateway, FromPage, SUBPROTOCOL, SessionCommand, SessionRequest, SessionTarget, TerminalSize,
};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::Request;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::ask::{Answer, ask, within};

pub struct Terminal {
    socket: WebSocketStream<TcpStream>,
    /// Everything that was printed.
    pub printed: Vec<u8>,
    /// Whether printed bytes are reported as shown.
    pub shows: bool,
}

pub fn launch(parent: &str, command: SessionCommand) -> SessionTarget {
    SessionTarget::Launch { parent: ContainerPath::top(parent.into()), command, user: None }
}

pub fn shell(parent: &str) -> SessionTarget {
    launch(parent, SessionCommand::Program("/bin/sh".into()))
}

/// Asks for a ticket.
pub async fn announce(at: &str, agent: &str, target: SessionTarget) -> Answer {
    let body = SessionRequest { target, size: TerminalSize::new(24, 80) }.json();
    ask(at, Method::POST, &format!("/agent/{agent}/session"), body).send().await
}

/// The request that opens a WebSocket, as a browser sends it.
pub fn upgrade(at: &str, agent: &str, ticket: &str) -> Request<()> {
    let url = format!("ws://{at}/agent/{agent}/session/{ticket}");
    let mut request = url.into_client_request().expect("the test's address is one");
    let headers = request.headers_mut();
    headers.insert("origin", format!("http://{at}").parse().expect("an origin is a header's value"));
    headers.insert("sec-websocket-protocol", SUBPROTOCOL.parse().expect("a protocol is a header's value"));
    request
}

/// Sends the request; the status of a refusal is the error.
pub async fn open(at: &str, request: Request<()>) -> Result<Terminal, u16> {
    let stream = within(TcpStream::connect(at)).await.expect("the gateway accepts");
    match within(tokio_tungstenite::client_async(request, stream)).await {
        Ok((socket, _)) => Ok(Terminal { socket, printed: Vec::new(), shows: true }),
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(other) => panic!("no answer: {other}"),
    }
}

impl Terminal {
    /// Opens a terminal in both steps.
    pub async fn begin(at: &str, agent: &str, target: SessionTarget) -> Terminal {
        let answer = announce(at, agent, target).await;
        assert_eq!(answer.status, 200);
        let ticket = answer.words().await;
        open(at, upgrade(at, agent, ticket.trim())).await.expect("the ticket is good")
    }

    pub async fn write(&mut self, text: &str) {
        self.send(Message::Binary(text.as_bytes().to_vec().into())).await;
    }

    pub async fn report(&mut self, message: &FromPage) {
        self.send(Message::Text(message.json().into())).await;
    }

    async fn send(&mut self, message: Message) {
        within(self.socket.send(message)).await.expect("the terminal is open");
    }

    /// The next message of the gateway; `None` once the WebSocket was closed. Collects output.
    pub async fn next(&mut self) -> Option<FromGateway> {
        loop {
            match within(self.socket.next()).await?.ok()? {
                Message::Text(text) => return Some(FromGateway::parse(&text).expect("the page understands it")),
                Message::Binary(bytes) => {
                    self.printed.extend_from_slice(&bytes);
                    if self.shows {
                        // The gateway may have closed meanwhile.
                        let shown = FromPage::Shown { bytes: bytes.len() as u64 }.json();
                        drop(self.socket.send(Message::Text(shown.into())).await);
                    }
                }
                Message::Close(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }

    /// The next message other than an acknowledgement of input.
    pub async fn event(&mut self) -> Option<FromGateway> {
        loop {
            match self.next().await {
                Some(FromGateway::Taken { .. }) => {}
                other => return other,
            }
        }
    }

    /// Waits for the session's container.
    pub async fn opened(&mut self) -> ContainerPath {
        match self.event().await {
            Some(FromGateway::Opened { container }) => container,
            other => panic!("not opened: {other:?}"),
        }
    }

    /// Reads until the output holds `part`.
    pub async fn until(&mut self, part: &str) {
        let reading = async {
            while !String::from_utf8_lossy(&self.printed).contains(part) {
                match self.socket.next().await {
                    Some(Ok(Message::Binary(bytes))) => {
                        self.printed.extend_from_slice(&bytes);
                        let shown = FromPage::Shown { bytes: bytes.len() as u64 }.json();
                        self.socket.send(Message::Text(shown.into())).await.expect("the terminal is open");
                    }
                    Some(Ok(Message::Text(_) | Message::Ping(_) | Message::Pong(_))) => {}
                    other => panic!("{other:?} after {:?}", String::from_utf8_lossy(&self.printed)),
                }
            }
        };
        within(reading).await;
    }
}
