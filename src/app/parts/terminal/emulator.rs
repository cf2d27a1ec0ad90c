//! The terminal emulator, xterm.js, behind `public/terminal/terminal.js`. Loaded when the first terminal is opened.

use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::worker_link::base_url;

const SCRIPT: &str = "assets/terminal/terminal.js";

/// An emulator in an element. Dropping it removes it.
pub(super) struct Emulator {
    object: JsValue,
    _handlers: Handlers,
}

/// What the emulator reports.
pub(super) struct Handlers {
    /// Bytes were typed or pasted (`true`), or are an answer of the terminal to its program.
    pub(super) input: Closure<dyn FnMut(Uint8Array, bool)>,
    /// That many bytes were shown.
    pub(super) shown: Closure<dyn FnMut(f64)>,
    /// The emulator has that many rows and columns.
    pub(super) resized: Closure<dyn FnMut(u16, u16)>,
    /// A key with Ctrl and Shift; returns whether the page has handled it.
    pub(super) key: Closure<dyn FnMut(KeyboardEvent) -> bool>,
}

/// Loads the emulator's code; `None` if it cannot be loaded.
pub(super) async fn load() -> Option<JsValue> {
    if let Some(library) = library() {
        return Some(library);
    }
    let script: HtmlElement = document().create_element("script").ok()?.dyn_into().ok()?;
    script.set_attribute("type", "module").ok()?;
    script.set_attribute("src", &format!("{}{SCRIPT}", base_url())).ok()?;
    let mut wait = |resolve: Function, _: Function| {
        script.set_onload(Some(&resolve));
        script.set_onerror(Some(&resolve));
        let _ = document().head().map(|head| head.append_child(&script));
    };
    let _ = JsFuture::from(Promise::new(&mut wait)).await;
    // A later terminal tries again.
    script.remove();
    library()
}

fn library() -> Option<JsValue> {
    Reflect::get(&window(), &"mesoscopeTerminal".into()).ok().filter(JsValue::is_object)
}

impl Emulator {
    /// Shows an emulator in an element; `None` if the browser cannot.
    pub(super) fn create(library: &JsValue, host: &HtmlElement, handlers: Handlers) -> Option<Self> {
        let on = Object::new();
        let functions: [(&str, &JsValue); 4] = [
            ("input", handlers.input.as_ref()),
            ("shown", handlers.shown.as_ref()),
            ("resized", handlers.resized.as_ref()),
            ("key", handlers.key.as_ref()),
        ];
        for (name, function) in functions {
            Reflect::set(&on, &name.into(), function).ok()?;
        }
        let object = call(library, "create", &[host.as_ref(), on.as_ref()]).filter(JsValue::is_object)?;
        Some(Self { object, _handlers: handlers })
    }

    /// Rows and columns.
    pub(super) fn size(&self) -> (u16, u16) {
        let number = |name| self.call(name, &[]).and_then(|value| value.as_f64()).map_or(1, |number| number as u16);
        (number("rows"), number("columns"))
    }

    /// Shows output, now or later; `Handlers::shown` reports when.
    pub(super) fn write(&self, bytes: &Uint8Array) {
        self.call("write", &[bytes.as_ref()]);
    }

    pub(super) fn focus(&self) {
        self.call("focus", &[]);
    }

    /// Types a text as a paste.
    pub(super) fn paste(&self, text: &str) {
        self.call("paste", &[&text.into()]);
    }

    /// Presses a key by its name in `KeyboardEvent.key`: an arrow, `Escape` or `Tab`.
    pub(super) fn press(&self, key: &str) {
        self.call("press", &[&key.into()]);
    }

    /// The selected text; empty for none.
    pub(super) fn selection(&self) -> String {
        self.call("selection", &[]).and_then(|text| text.as_string()).unwrap_or_default()
    }

    /// Selects the next match, and returns whether there is one.
    pub(super) fn find(&self, text: &str, backwards: bool) -> bool {
        self.call("find", &[&text.into(), &backwards.into()]).is_some_and(|found| found.is_truthy())
    }

    /// Reads the colours of the theme again.
    pub(super) fn recolour(&self) {
        self.call("recolour", &[]);
    }

    /// Sets whether a screen reader gets the output.
    pub(super) fn read_aloud(&self, is_on: bool) {
        self.call("readAloud", &[&is_on.into()]);
    }

    /// Takes no more input.
    pub(super) fn freeze(&self) {
        self.call("freeze", &[]);
    }

    fn call(&self, name: &str, arguments: &[&JsValue]) -> Option<JsValue> {
        call(&self.object, name, arguments)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.call("dispose", &[]);
    }
}

fn call(object: &JsValue, name: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    let function: Function = Reflect::get(object, &name.into()).ok()?.dyn_into().ok()?;
    function.apply(object, &arguments.iter().copied().collect::<Array>()).ok()
}
