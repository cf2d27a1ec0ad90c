//! Host of the engine: feeds it inputs and performs its outputs.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{ArrayBuffer, Uint8Array};
use mesoscope_core::base::encoding::decode;
use mesoscope_core::engine::Engine;
use mesoscope_core::engine::clients::Client;
use mesoscope_core::engine::io::{Input, Output};
use mesoscope_core::engine::message::ToEngine;
use mesoscope_core::engine::wire_choice::of_worker_name;
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

use crate::clock::{millis, now};
use crate::fetch::{self, FetchGuard, HttpCall, Sink};
use crate::hosting::{self, Caller, Hosting, SharedHost};
use crate::port::Port;

/// Build id; must equal the page's.
const BUILD: &str = mesoscope_core::build!();

pub(crate) struct Host {
    engine: Engine,
    ports: BTreeMap<Client, Port>,
    last: u32,
    stream: Option<FetchGuard>,
    timer: Option<Timeout>,
    hosting: Rc<RefCell<Hosting>>,
}

impl Host {
    /// Creates the host of the worker of that name.
    pub(crate) fn new(name: &str) -> Self {
        let seed = (js_sys::Math::random() * 9e15) as u64;
        let mut engine = Engine::new(BUILD, seed);
        engine.prefer(of_worker_name(name));
        Self {
            engine,
            ports: BTreeMap::new(),
            last: 0,
            stream: None,
            timer: None,
            hosting: Rc::new(RefCell::new(Hosting::new(seed))),
        }
    }

    /// Feeds the next bytes of the stream and measures the time.
    fn chunk(&mut self, bytes: &[u8]) {
        let began = millis();
        self.engine.handle(Input::StreamChunk(bytes), now());
        self.engine.took(millis() - began);
    }
}

impl Sink for Rc<RefCell<Host>> {
    fn give(&self, input: Input<'_>) {
        give(self, input);
    }

    fn chunk(&self, bytes: &[u8]) {
        self.borrow_mut().chunk(bytes);
        pump(self);
    }
}

/// Registers a page.
pub(crate) fn register_page(host: &Rc<RefCell<Host>>, port: Port) -> Client {
    let client = {
        let mut host = host.borrow_mut();
        host.last += 1;
        Client(host.last)
    };
    if let Port::Tab(tab) = &port {
        let host = Rc::clone(host);
        let closure =
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| handle_message(&host, client, &event));
        tab.set_onmessage(Some(closure.as_ref().unchecked_ref()));
        closure.forget();
    }
    host.borrow_mut().ports.insert(client, port);
    client
}

/// Handles a message of a page.
pub(crate) fn handle_message(host: &Rc<RefCell<Host>>, client: Client, event: &MessageEvent) {
    let Ok(buffer) = event.data().dyn_into::<ArrayBuffer>() else { return };
    match decode::<ToEngine>(&Uint8Array::new(&buffer).to_vec()) {
        Ok(message) => give(host, Input::FromPage(client, message)),
        // A page of another build uses another format; it receives the build id and reloads.
        Err(_) => give(host, Input::FromPage(client, ToEngine::Hello { build: String::new(), base: String::new() })),
    }
}

/// Feeds one input to the engine and performs its outputs.
fn give(host: &Rc<RefCell<Host>>, input: Input<'_>) {
    host.borrow_mut().engine.handle(input, now());
    pump(host);
}

/// Performs all outputs and sets the timer for the next wake-up.
fn pump(host: &Rc<RefCell<Host>>) {
    loop {
        let Some(output) = host.borrow_mut().engine.poll() else { break };
        perform(host, output);
    }
    let wake_at = host.borrow().engine.wake_at(now());
    let timer = wake_at.map(|at| {
        let host = Rc::clone(host);
        let wait = (at.as_millis() - now().as_millis()).clamp(1.0, 60_000.0).ceil() as u32;
        Timeout::new(wait, move || give(&host, Input::Tick))
    });
    host.borrow_mut().timer = timer;
}

fn perform(host: &Rc<RefCell<Host>>, output: Output) {
    match output {
        Output::OpenStream { base, authorization, body, expected } => {
            let stream = fetch::open(Rc::clone(host), &base, authorization, body, expected);
            host.borrow_mut().stream = stream;
        }
        Output::AbortStream => host.borrow_mut().stream = None,
        Output::Read { id, base, authorization, to, body, expected } => {
            let call =
                HttpCall { url: to.url(&base), base, authorization, stream_id: None, write_id: None, body, expected };
            fetch::read(Rc::clone(host), id, call);
        }
        Output::Hosted { base, authorization, output } => {
            let caller = Caller { base, authorization };
            let hosting = Rc::clone(&host.borrow().hosting);
            let shared = SharedHost { hosting, sink: Rc::new(Rc::clone(host)) };
            hosting::perform(&shared, &caller, output);
        }
        Output::SendToPage(client, message) => {
            if let Some(port) = host.borrow().ports.get(&client) {
                port.send(&message);
            }
        }
    }
}
