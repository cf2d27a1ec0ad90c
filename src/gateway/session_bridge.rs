//! Runs a terminal: passes bytes between the page's WebSocket and the agent, both ways with a limited window. Checks no access.
//!
//! The agent kills the container of a session when the connection of its output ends. So the output is held until the process has
//! ended or the page has left, and then the container is removed.

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use mesoscope_core::mesos::calls::container_path::ContainerPath;
use mesoscope_core::mesos::calls::terminal::{FromGateway, FromPage, SessionRequest, SessionTarget, TerminalSize};
use mesoscope_core::mesos::process_output::ProcessOutput;
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, Interval, MissedTickBehavior, sleep_until, timeout};

use crate::activity::Phase;
use crate::audit::Outcome;
use crate::serve::OpenConnection;
use crate::session_agent::{AgentRefusal, END_WAIT, InputRequest, OpenSession, SessionAgent};
use crate::session_audit::{TerminalAudit, TerminalOutcome};
use crate::session_input::{Input, InputSender};
use crate::session_output::{Piece, SessionOutput};
use crate::text_responses;

/// Heartbeats without a sign of the browser after which it counts as gone.
const MISSED: u32 = 8;
/// Timeout for the browser's answer to the end of the WebSocket.
const FAREWELL: Duration = Duration::from_secs(2);

/// A terminal that has a WebSocket.
#[derive(Debug)]
pub struct Bridge {
    pub agent: SessionAgent,
    pub request: SessionRequest,
    pub connection: OpenConnection,
    pub line: TerminalAudit,
}

/// Why the transfer ended.
#[derive(Debug)]
enum End {
    /// The output has ended: the process has, too.
    Output,
    /// The page has left, or broke the protocol.
    Page,
    /// The agent's stream broke, or the gateway ends the session. The reason, as a sentence.
    Broken(String),
}

/// Why no session was opened.
#[derive(Debug)]
enum NotOpened {
    Refused(AgentRefusal),
    /// The page has left, or broke the protocol.
    Page,
    /// The gateway ends the terminal. The reason, as a sentence.
    Broken(String),
}

const LEFT: &str = "The page has left.";
const STOPPING: &str = "The gateway stops.";
const DISPLACED: &str = "The gateway has too many connections, and gave this one to another user.";

/// Something that happened in a terminal.
enum Event {
    Output(Option<Result<Bytes, hyper::Error>>),
    Page(Option<Message>),
    Taken(u64),
    InputAnswered(Result<(), AgentRefusal>),
    Heartbeat,
    /// Output that was held back may go on.
    Due,
    Stopping,
    Displaced,
}

impl Bridge {
    /// Runs the terminal to its end.
    pub async fn run(mut self, socket: WebSocket) {
        let _busy = self.connection.activity.begin(Phase::Answering);
        let (to_page, from_page) = socket.split();
        let mut page = Page { to: to_page, from: from_page };
        self.line.sending();
        let terminals = self.agent.app.metrics.terminals.clone();
        terminals.inc();
        let unopened = |outcome, reason: &str| {
            let reason = Some(reason.to_owned());
            TerminalOutcome { outcome, container: None, exit_status: None, reason }
        };
        let ended = match self.open(&mut page).await {
            Ok(open) => self.serve(open, &mut page).await,
            Err(NotOpened::Refused(AgentRefusal { status, words })) => {
                let ended = unopened(Outcome::Refused, &words);
                drop(page.report(&FromGateway::Refused { status, words }).await);
                ended
            }
            Err(NotOpened::Page) => unopened(Outcome::Unknown, LEFT),
            Err(NotOpened::Broken(words)) => {
                let ended = unopened(Outcome::Unknown, &words);
                drop(page.report(&FromGateway::Broken { words }).await);
                ended
            }
        };
        terminals.dec();
        self.line.ended(ended);
        page.close().await;
    }

    /// Opens the session, for as long as the page waits for it: the agent may never answer.
    async fn open(&mut self, page: &mut Page) -> Result<OpenSession, NotOpened> {
        let Bridge { agent, request, connection, .. } = self;
        let mut size = request.size;
        let opening = agent.open(request);
        let waiting = page.wait(agent.app.heartbeat, &mut size);
        let activity = connection.activity.clone();
        let opened = tokio::select! {
            opened = opening => opened.map_err(NotOpened::Refused),
            Gone = waiting => Err(NotOpened::Page),
            () = connection.stopping() => Err(NotOpened::Broken(STOPPING.into())),
            () = activity.lost() => Err(NotOpened::Broken(DISPLACED.into())),
        };
        request.size = size;
        opened
    }

    async fn serve(&mut self, open: OpenSession, page: &mut Page) -> TerminalOutcome {
        let (container, is_own) = (open.container.clone(), open.is_own());
        // Ends with this terminal.
        let mut joined = JoinSet::new();
        if !is_own {
            joined.spawn(self.agent.clone().joined_end(container.clone()));
        }
        let mut transfer = Transfer::new(open.output, self.agent.app.heartbeat);
        let end = match page.report(&FromGateway::Opened { container: container.clone() }).await {
            Ok(()) => {
                self.begin_input(&container, &mut transfer, page).await;
                transfer.run(page, &mut self.connection).await
            }
            Err(Gone) => End::Page,
        };
        let unreadable = transfer.decoder.unreadable();
        drop(transfer);
        let reported = match &end {
            End::Broken(words) => page.report(&FromGateway::Broken { words: words.clone() }).await,
            End::Output | End::Page => Ok(()),
        };
        let exit_status = match is_own {
            true => self.agent.own_end(&container).await,
            // A session that the page has joined goes on without it.
            false if !matches!(end, End::Output) => None,
            false => timeout(END_WAIT, joined.join_next()).await.ok().flatten().and_then(|ended| ended.ok().flatten()),
        };
        if reported.is_ok() && matches!(end, End::Output) {
            let _ = page.report(&FromGateway::Exited { exit_status, unreadable }).await;
        }
        let reason = match end {
            End::Broken(words) => Some(words),
            End::Page => Some(LEFT.to_owned()),
            End::Output => None,
        };
        TerminalOutcome { outcome: Outcome::Accepted, container: Some(container), exit_status, reason }
    }

    async fn begin_input(&self, container: &ContainerPath, transfer: &mut Transfer, page: &mut Page) {
        if matches!(self.request.target, SessionTarget::Attach { writes: false, .. }) {
            return;
        }
        match self.agent.type_into(container).await {
            Ok((mut sender, request)) => {
                // A joined terminal has another size, and some containerizers ignore the size of a launch.
                let _ = sender.send(Input::Resized(self.request.size));
                (transfer.input, transfer.request) = (Some(sender), Some(request));
            }
            Err(AgentRefusal { status, words }) => {
                let _ = page.report(&FromGateway::InputRefused { status, words }).await;
            }
        }
    }
}

/// The page has left.
#[derive(Debug)]
struct Gone;

/// The page's end of the WebSocket.
struct Page {
    to: SplitSink<WebSocket, Message>,
    from: SplitStream<WebSocket>,
}

impl Page {
    async fn send(&mut self, message: Message) -> Result<(), Gone> {
        self.to.send(message).await.map_err(|_| Gone)
    }

    async fn report(&mut self, message: &FromGateway) -> Result<(), Gone> {
        self.send(Message::Text(message.json().into())).await
    }

    /// Waits until the page leaves. Notes its size meanwhile; it has nothing else to say before the session is open.
    async fn wait(&mut self, period: Duration, size: &mut TerminalSize) -> Gone {
        let mut heard = Instant::now();
        loop {
            match timeout(period, self.from.next()).await {
                Ok(Some(Ok(Message::Text(text)))) => match FromPage::parse(&text) {
                    Some(FromPage::Resize { size: new }) => *size = new,
                    Some(FromPage::Shown { .. }) => {}
                    None => return Gone,
                },
                Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
                Ok(_) => return Gone,
                Err(_) if heard.elapsed() > MISSED * period => return Gone,
                Err(_) => match self.send(Message::Ping(Bytes::new())).await {
                    Ok(()) => continue,
                    Err(Gone) => return Gone,
                },
            }
            heard = Instant::now();
        }
    }

    /// Closes the WebSocket. Reads on until the browser has closed too, since unread bytes would reset the connection, and the
    /// browser would lose the last messages.
    async fn close(mut self) {
        let frame = CloseFrame { code: close_code::NORMAL, reason: "".into() };
        if self.send(Message::Close(Some(frame))).await.is_ok() {
            let _ = timeout(FAREWELL, async { while let Some(Ok(_)) = self.from.next().await {} }).await;
        }
    }
}

/// The state of a running terminal.
struct Transfer {
    output: Incoming,
    decoder: ProcessOutput,
    printed: SessionOutput,
    /// Why the output has ended; the page may not have all of it.
    ended: Option<End>,
    input: Option<InputSender>,
    request: Option<InputRequest>,
    heartbeat: Interval,
    period: Duration,
    /// When the page was last heard of.
    heard: Instant,
}

impl Transfer {
    fn new(output: Incoming, period: Duration) -> Transfer {
        let mut heartbeat = tokio::time::interval(period);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (decoder, printed, heard) = (ProcessOutput::default(), SessionOutput::default(), Instant::now());
        Transfer { output, decoder, printed, ended: None, input: None, request: None, heartbeat, period, heard }
    }

    async fn run(&mut self, page: &mut Page, connection: &mut OpenConnection) -> End {
        loop {
            let event = self.next(page, connection).await;
            let handled = match self.handle(event, page).await {
                Ok(None) => self.forward(page).await,
                other => other,
            };
            match handled {
                Ok(None) => {}
                Ok(Some(end)) => return end,
                Err(Gone) => return End::Page,
            }
        }
    }

    /// Sends what the page can take. Returns the end of the output once the page has all of it.
    async fn forward(&mut self, page: &mut Page) -> Result<Option<End>, Gone> {
        while let Some(piece) = self.printed.next(Instant::now()) {
            match piece {
                Piece::Printed(bytes) => page.send(Message::Binary(bytes.into())).await?,
                Piece::Skipped(bytes) => page.report(&FromGateway::Skipped { bytes }).await?,
            }
        }
        Ok(if self.printed.is_empty() { self.ended.take() } else { None })
    }

    /// The output has ended.
    fn end(&mut self, why: End) {
        self.printed.end();
        self.ended = Some(why);
    }

    async fn next(&mut self, page: &mut Page, connection: &mut OpenConnection) -> Event {
        let activity = connection.activity.clone();
        let due = self.printed.due();
        tokio::select! {
            frame = self.output.frame(), if self.ended.is_none() => {
                Event::Output(frame.map(|frame| frame.map(|frame| frame.into_data().unwrap_or_default())))
            }
            message = page.from.next() => Event::Page(message.and_then(Result::ok)),
            bytes = taken(&mut self.input) => Event::Taken(bytes),
            answer = answered(&mut self.request) => Event::InputAnswered(answer),
            _ = self.heartbeat.tick() => Event::Heartbeat,
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => Event::Due,
            () = connection.stopping() => Event::Stopping,
            () = activity.lost() => Event::Displaced,
        }
    }

    async fn handle(&mut self, event: Event, page: &mut Page) -> Result<Option<End>, Gone> {
        match event {
            Event::Output(Some(Ok(bytes))) => self.print(&bytes),
            Event::Output(Some(Err(error))) => {
                let why = text_responses::root_cause(&error);
                self.end(End::Broken(format!("The connection to the agent broke: {why}.")));
            }
            Event::Output(None) if self.decoder.is_between_records() => self.end(End::Output),
            Event::Output(None) => self.end(End::Broken("The agent's output broke off.".into())),
            Event::Due => {}
            Event::Page(Some(message)) => return Ok(self.listen(message)),
            Event::Page(None) => return Err(Gone),
            Event::Taken(bytes) => page.report(&FromGateway::Taken { bytes }).await?,
            Event::InputAnswered(answer) => self.input_answered(answer, page).await?,
            Event::Heartbeat if self.heard.elapsed() > MISSED * self.period => return Err(Gone),
            Event::Heartbeat => page.send(Message::Ping(Bytes::new())).await?,
            Event::Stopping => return Ok(Some(End::Broken(STOPPING.into()))),
            Event::Displaced => return Ok(Some(End::Broken(DISPLACED.into()))),
        }
        Ok(None)
    }

    /// Decodes output.
    fn print(&mut self, bytes: &[u8]) {
        let (mut input, now) = (bytes, Instant::now());
        loop {
            match self.decoder.next(&mut input) {
                Ok(Some(piece)) => self.printed.push(&piece.bytes, now),
                Ok(None) => return,
                Err(error) => return self.end(End::Broken(format!("The agent's output cannot be read: {error}."))),
            }
        }
    }

    /// Handles a message of the page. A message that is none ends the terminal.
    fn listen(&mut self, message: Message) -> Option<End> {
        self.heard = Instant::now();
        let input = match message {
            Message::Binary(bytes) => {
                self.printed.typed(&bytes, Instant::now());
                Input::Typed(bytes)
            }
            Message::Text(text) => match FromPage::parse(&text) {
                Some(FromPage::Resize { size }) => Input::Resized(size),
                Some(FromPage::Shown { bytes }) => {
                    self.printed.shown(bytes);
                    return None;
                }
                None => return Some(End::Page),
            },
            Message::Ping(_) | Message::Pong(_) => return None,
            Message::Close(_) => return Some(End::Page),
        };
        let sent = self.input.as_mut().map_or(Ok(()), |sender| sender.send(input));
        sent.is_err().then_some(End::Page)
    }

    async fn input_answered(&mut self, answer: Result<(), AgentRefusal>, page: &mut Page) -> Result<(), Gone> {
        self.request = None;
        match answer {
            Err(refusal) if !refusal.is_end_of_process() => {
                let AgentRefusal { status, words } = refusal;
                page.report(&FromGateway::InputRefused { status, words }).await
            }
            Err(_) | Ok(()) => Ok(()),
        }
    }
}

async fn taken(input: &mut Option<InputSender>) -> u64 {
    match input {
        Some(sender) => sender.taken().await,
        None => std::future::pending().await,
    }
}

async fn answered(request: &mut Option<InputRequest>) -> Result<(), AgentRefusal> {
    match request {
        Some(request) => request.await,
        None => std::future::pending().await,
    }
}
