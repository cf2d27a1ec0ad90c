//! Escapes invisible characters in the whole document: names of tasks, hosts and files are untrusted.
//!
//! Observes the document before each paint, so that no component can forget it. File contents are excluded: the viewer escapes
//! them.

use js_sys::{Array, Function, Object, Reflect, RegExp};
use leptos::prelude::*;
use mesoscope_core::base::escaping::escape_invisible;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Node};

/// Characters to escape. A narrow space after a digit is the page's own thousands separator.
const SUSPECT: &str = concat!(
    r"[\0-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f",
    r"\u2028-\u202e\u205f-\u206f\u2800\u3000\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]|(?<!\d)\u202f",
    r"|\ud80d|\ud82f|\ud834|[\udb40-\udb43]"
);
/// Attributes that are visible or read by screen readers.
const SHOWN: [&str; 6] = ["title", "aria-label", "aria-description", "aria-valuetext", "placeholder", "alt"];
const WITH_SHOWN: &str = "[title],[aria-label],[aria-description],[aria-valuetext],[placeholder],[alt]";
/// File contents, byte for byte.
const FILES: &str = ".file";
/// Elements in which line ends and tabs are meaningful.
const AS_WRITTEN: &str = "pre, textarea, .failure .message";

/// Starts the observer.
pub(crate) fn watch_document() {
    let Some(body) = document().body() else { return };
    let suspect = RegExp::new(SUSPECT, "");
    let Ok(test) = Reflect::get(&suspect, &"test".into()).map(Function::from) else { return };
    let test: Function = test.bind0(&suspect);
    let is_suspect = move |text: &JsValue| test.call1(&JsValue::UNDEFINED, text).is_ok_and(|is| is.is_truthy());
    let changed = Closure::<dyn FnMut(Array)>::new(move |records: Array| {
        records.iter().for_each(|record| record_of(&record, &is_suspect));
    });
    let what = Object::new();
    for name in ["childList", "subtree", "characterData"] {
        let _ = Reflect::set(&what, &name.into(), &JsValue::TRUE);
    }
    let shown: Array = SHOWN.iter().map(|name| JsValue::from_str(name)).collect();
    let _ = Reflect::set(&what, &"attributeFilter".into(), &shown);
    if let Ok(observer) = web_sys::MutationObserver::new(changed.as_ref().unchecked_ref()) {
        let _ = observer.observe_with_options(&body, what.unchecked_ref());
    }
    changed.forget();
}

fn record_of(record: &JsValue, is_suspect: &dyn Fn(&JsValue) -> bool) {
    let get = |name: &str| Reflect::get(record, &name.into()).unwrap_or_default();
    let Ok(target) = get("target").dyn_into::<Node>() else { return };
    match get("type").as_string().as_deref() {
        Some("attributes") => {
            let name = get("attributeName").as_string();
            name.iter().for_each(|name| attribute(target.unchecked_ref(), name, is_suspect));
        }
        Some("characterData") => text(&target, is_suspect),
        _ => {
            let added: Array =
                get("addedNodes").dyn_into::<web_sys::NodeList>().map(|nodes| Array::from(&nodes)).unwrap_or_default();
            added.iter().filter_map(|node| node.dyn_into::<Node>().ok()).for_each(|node| added_node(&node, is_suspect));
        }
    }
}

fn added_node(node: &Node, is_suspect: &dyn Fn(&JsValue) -> bool) {
    if let Some(element) = node.dyn_ref::<Element>() {
        attributes(element, is_suspect);
        if let Ok(all) = element.query_selector_all(WITH_SHOWN) {
            (0..all.length())
                .filter_map(|at| all.get(at))
                .for_each(|node| attributes(node.unchecked_ref(), is_suspect));
        }
    }
    if data(node, "textContent").is_some_and(|text| is_suspect(&text)) {
        texts(node, is_suspect);
    }
}

/// Escapes all texts below a node.
fn texts(node: &Node, is_suspect: &dyn Fn(&JsValue) -> bool) {
    if node.node_type() == Node::TEXT_NODE {
        return text(node, is_suspect);
    }
    let mut child = node.first_child();
    while let Some(node) = child {
        texts(&node, is_suspect);
        child = node.next_sibling();
    }
}

fn data(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok().filter(JsValue::is_string)
}

fn text(node: &Node, is_suspect: &dyn Fn(&JsValue) -> bool) {
    let Some(value) = data(node, "data").filter(|value| is_suspect(value)).and_then(|value| value.as_string()) else {
        return;
    };
    let within =
        |selector: &str| node.parent_element().and_then(|parent| parent.closest(selector).ok().flatten()).is_some();
    if within(FILES) {
        return;
    }
    let shown = if within(AS_WRITTEN) { by_lines(&value) } else { escape_invisible(&value).into_owned() };
    if shown != value {
        node.set_node_value(Some(&shown));
    }
}

/// Like `visible`, but keeps line ends and tabs.
fn by_lines(text: &str) -> String {
    text.split_inclusive(['\n', '\t'])
        .map(|part| match part.strip_suffix(['\n', '\t']) {
            Some(head) => format!("{}{}", escape_invisible(head), part.get(head.len()..).unwrap_or_default()),
            None => escape_invisible(part).into_owned(),
        })
        .collect()
}

fn attributes(element: &Element, is_suspect: &dyn Fn(&JsValue) -> bool) {
    SHOWN.iter().for_each(|name| attribute(element, name, is_suspect));
}

fn attribute(element: &Element, name: &str, is_suspect: &dyn Fn(&JsValue) -> bool) {
    let Some(value) = element.get_attribute(name).filter(|value| is_suspect(&value.as_str().into())) else { return };
    let shown = by_lines(&value);
    if shown != value {
        let _ = element.set_attribute(name, &shown);
    }
}
