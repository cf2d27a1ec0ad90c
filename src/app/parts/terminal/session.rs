//! The sessions of terminals: emulator, WebSocket and windows of each. Draws nothing.
//!
//! Sessions live in a registry by the terminal's id, since the browser's callbacks reach them from outside of any scope.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::{ArrayBuffer, Uint8Array};
use leptos::prelude::*;
use mesoscope_core::mesos::calls::terminal::{
    FromGateway, FromPage, SUBPROTOCOL, SessionRequest, TerminalSize, socket_url,
};
use mesoscope_core::mesos::terminal_flow::{InputQueue, ShownOutput, with_control};
use mesoscope_core::text::terminal::{self as words, TerminalEnd};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{BinaryType, CloseEvent, HtmlElement, KeyboardEvent, MessageEvent, WebSocket};

use super::emulator::{self, Emulator, Handlers};
use super::tab::{TabId, TabState, TerminalTab};
use super::ticket::ticket;
use crate::worker_link::{WorkerLink, base_url};

thread_local! {
    static SESSIONS: RefCell<BTreeMap<TabId, Rc<Session>>> = const { RefCell::new(BTreeMap::new()) };
}

/// A terminal's emulator and connection.
pub(super) struct Session {
    tab: TerminalTab,
    pub(super) emulator: Emulator,
    socket: RefCell<Option<Socket>>,
    input: RefCell<InputQueue>,
    output: RefCell<ShownOutput>,
    has_typed: Cell<bool>,
}

/// A WebSocket with its callbacks. Dropping it closes it.
struct Socket {
    socket: WebSocket,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}

/// The session of a terminal; `None` before its emulator is there, and after it was closed.
pub(super) fn session(id: TabId) -> Option<Rc<Session>> {
    SESSIONS.with_borrow(|sessions| sessions.get(&id).cloned())
}

/// Ends a session. The gateway then ends its command.
pub(super) fn close(id: TabId) {
    let session = SESSIONS.with_borrow_mut(|sessions| sessions.remove(&id));
    // The WebSocket's callbacks own no session, so this drops it.
    drop(session);
}

/// Runs a terminal in an element. `key` handles keys that the emulator leaves to the page.
pub(super) async fn start(
    tab: TerminalTab,
    host: HtmlElement,
    link: WorkerLink,
    key: fn(TabId, &KeyboardEvent) -> bool,
) {
    let id = tab.id;
    let Some(library) = emulator::load().await else { return tab.end(TerminalEnd::NotLoaded) };
    // The terminal may have been closed meanwhile.
    if !host.is_connected() {
        return;
    }
    let Some(emulator) = Emulator::create(&library, &host, handlers(id, key)) else {
        return tab.end(TerminalEnd::NotLoaded);
    };
    emulator.focus();
    let (rows, columns) = emulator.size();
    let session = Session {
        tab: tab.clone(),
        emulator,
        socket: RefCell::default(),
        input: RefCell::default(),
        output: RefCell::default(),
        has_typed: Cell::new(false),
    };
    SESSIONS.with_borrow_mut(|sessions| sessions.insert(id, Rc::new(session)));
    let request = SessionRequest { target: tab.order.target.clone(), size: TerminalSize::new(rows, columns) };
    match ticket(link, &tab.order.agent, &request).await {
        Ok(ticket) => connect(&tab, &ticket),
        Err(end) => finish(id, end),
    }
}

fn handlers(id: TabId, key: fn(TabId, &KeyboardEvent) -> bool) -> Handlers {
    let with = move |act: &dyn Fn(&Session)| {
        if let Some(session) = session(id) {
            act(&session);
        }
    };
    Handlers {
        input: Closure::new(move |bytes: Uint8Array, is_typed: bool| {
            let bytes = bytes.to_vec();
            with(&|session| if is_typed { session.type_in(&bytes) } else { session.answer(&bytes) });
        }),
        shown: Closure::new(move |bytes: f64| with(&|session| session.shown(bytes as u64))),
        resized: Closure::new(move |rows: u16, columns: u16| {
            let size = TerminalSize::new(rows, columns);
            with(&|session| session.report(&FromPage::Resize { size }));
        }),
        key: Closure::new(move |event: KeyboardEvent| key(id, &event)),
    }
}

fn connect(tab: &TerminalTab, ticket: &str) {
    let (id, Some(session)) = (tab.id, session(tab.id)) else { return };
    let url = socket_url(&base_url(), &tab.order.agent, ticket);
    let Ok(socket) = WebSocket::new_with_str(&url, SUBPROTOCOL) else { return finish(id, TerminalEnd::NoSocket) };
    socket.set_binary_type(BinaryType::Arraybuffer);
    let on_message: Closure<dyn FnMut(MessageEvent)> = Closure::new(move |event: MessageEvent| receive(id, &event));
    let on_close: Closure<dyn FnMut(CloseEvent)> = Closure::new(move |_: CloseEvent| closed(id));
    socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
    session.socket.replace(Some(Socket { socket, _on_message: on_message, _on_close: on_close }));
}

/// The WebSocket was closed without another end.
fn closed(id: TabId) {
    let Some(session) = session(id) else { return };
    let was_open = session.tab.state.with_untracked(|state| *state == TabState::Open);
    finish(id, if was_open { TerminalEnd::Disconnected } else { TerminalEnd::NoSocket });
}

fn finish(id: TabId, end: TerminalEnd) {
    if let Some(session) = session(id) {
        session.emulator.freeze();
        session.tab.end(end);
    }
}

fn receive(id: TabId, event: &MessageEvent) {
    let Some(session) = session(id) else { return };
    if let Ok(buffer) = event.data().dyn_into::<ArrayBuffer>() {
        let bytes = Uint8Array::new(&buffer);
        session.output.borrow_mut().received(u64::from(bytes.length()));
        return session.emulator.write(&bytes);
    }
    let message = event.data().as_string().and_then(|text| FromGateway::parse(&text));
    match message {
        Some(FromGateway::Opened { container }) => {
            session.tab.container.set(Some(container));
            session.tab.state.set(TabState::Open);
            session.send_input();
        }
        Some(FromGateway::Taken { bytes }) => {
            session.input.borrow_mut().taken(bytes);
            session.send_input();
        }
        Some(FromGateway::Skipped { bytes: None }) => session.say(words::SKIPPING),
        Some(FromGateway::Skipped { bytes: Some(bytes) }) => session.skipped(bytes),
        Some(FromGateway::InputRefused { status, words }) => {
            session.tab.input_refused.set(Some(words::input_refused(status, &words)));
        }
        Some(FromGateway::Refused { status, words }) => finish(id, TerminalEnd::Refused { status, words }),
        Some(FromGateway::Broken { words }) => finish(id, TerminalEnd::Broken(words)),
        Some(FromGateway::Exited { exit_status: status, unreadable }) => {
            finish(id, TerminalEnd::Exited { status, unreadable, has_typed: session.has_typed.get() });
        }
        None => {}
    }
}

impl Session {
    fn type_in(&self, bytes: &[u8]) {
        if !self.tab.is_running() {
            return;
        }
        self.has_typed.set(true);
        let held = match bytes {
            [byte] if self.tab.holds_control.get_untracked() => {
                self.tab.holds_control.set(false);
                Some([with_control(*byte)])
            }
            _ => None,
        };
        let bytes = held.as_ref().map_or(bytes, |held| held.as_slice());
        if self.input.borrow_mut().push(bytes).is_err() {
            self.tab.said.set(words::paste_too_large());
        }
        self.send_input();
    }

    /// Passes on what the emulator answers to its program.
    fn answer(&self, bytes: &[u8]) {
        if self.tab.is_running() {
            self.input.borrow_mut().push_answer(bytes);
            self.send_input();
        }
    }

    fn send_input(&self) {
        if self.tab.state.with_untracked(|state| *state != TabState::Open) {
            return;
        }
        let socket = self.socket.borrow();
        let Some(socket) = socket.as_ref() else { return };
        let mut input = self.input.borrow_mut();
        while let Some(message) = input.next_message() {
            let _ = socket.socket.send_with_u8_array(&message);
        }
    }

    fn shown(&self, bytes: u64) {
        let report = self.output.borrow_mut().shown(bytes);
        if let Some(bytes) = report {
            self.report(&FromPage::Shown { bytes });
        }
    }

    fn report(&self, message: &FromPage) {
        let socket = self.socket.borrow();
        if let Some(Socket { socket, .. }) = socket.as_ref().filter(|it| it.socket.ready_state() == WebSocket::OPEN) {
            let _ = socket.send_with_str(&message.json());
        }
    }

    /// Notes in the output that a part of it is missing.
    fn skipped(&self, bytes: u64) {
        if self.tab.said.with_untracked(|said| said == words::SKIPPING) {
            self.tab.said.set(String::new());
        }
        self.emulator.write(&Uint8Array::from(words::skipped(bytes).as_bytes()));
    }

    /// Shows a short message above the terminal.
    pub(super) fn say(&self, message: &str) {
        self.tab.said.set(message.to_owned());
    }

    pub(super) fn show_search(&self) {
        self.tab.searches.set(true);
    }
}
