//! The worker: ports and fetch around `Engine`. Holds the stream, the cluster and the queries of all tabs.
//!
//! Decides nothing; the engine does.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::indexing_slicing))]

mod clock;
mod fetch;
mod host;
mod hosting;
mod indexed_db;
mod kept;
mod port;

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, MessagePort, SharedWorkerGlobalScope};

use crate::host::Host;
use crate::port::Port;

fn main() {
    console_error_panic_hook::set_once();
    let host = Rc::new(RefCell::new(Host::new(&name())));
    match js_sys::global().dyn_into::<SharedWorkerGlobalScope>() {
        Ok(scope) => serve_tabs(&host, &scope),
        Err(_) => serve_one(&host),
    }
}

/// Serves a shared worker: each tab has a port. The loader queued ports that connected earlier.
fn serve_tabs(host: &Rc<RefCell<Host>>, scope: &SharedWorkerGlobalScope) {
    let adopt = {
        let host = Rc::clone(host);
        move |port: MessagePort| {
            host::register_page(&host, Port::Tab(port));
        }
    };
    for port in early().iter() {
        adopt(port.unchecked_into());
    }
    let connect = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        adopt(event.ports().get(0).unchecked_into())
    });
    scope.set_onconnect(Some(connect.as_ref().unchecked_ref()));
    connect.forget();
}

/// Serves a dedicated worker, for browsers without shared ones: its own scope is the only port.
fn serve_one(host: &Rc<RefCell<Host>>) {
    let client = host::register_page(host, Port::Own);
    let heard = {
        let host = Rc::clone(host);
        move |event: MessageEvent| host::handle_message(&host, client, &event)
    };
    for event in early().iter() {
        heard(event.unchecked_into());
    }
    let closure = Closure::<dyn FnMut(MessageEvent)>::new(heard);
    let set = Reflect::set(&js_sys::global(), &"onmessage".into(), closure.as_ref());
    set.expect("a worker's scope takes a handler");
    closure.forget();
}

/// Name of the worker, by which its pages choose an encoding.
fn name() -> String {
    Reflect::get(&js_sys::global(), &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
}

fn early() -> Array {
    Reflect::get(&js_sys::global(), &"early".into()).ok().and_then(|kept| kept.dyn_into().ok()).unwrap_or_default()
}
