//! Message port of a page: a tab's port, or the worker's own scope.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use mesoscope_core::base::encoding::encode;
use mesoscope_core::engine::message::FromEngine;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessagePort};

pub(crate) enum Port {
    Tab(MessagePort),
    Own,
}

impl Port {
    /// Sends a message as transferred bytes, without a copy. A closed port drops it silently.
    pub(crate) fn send(&self, message: &FromEngine) {
        let bytes: ArrayBuffer = Uint8Array::from(encode(message).as_slice()).buffer();
        let moved = Array::of1(&bytes);
        let _ = match self {
            Self::Tab(port) => port.post_message_with_transferable(&bytes, &moved),
            Self::Own => js_sys::global()
                .unchecked_into::<DedicatedWorkerGlobalScope>()
                .post_message_with_transfer(&bytes, &moved),
        };
    }
}
