//! Keys that a phone's keyboard lacks, as buttons. Style sheets show them on touch screens only.

use leptos::prelude::*;

use super::session::session;
use super::tab::TerminalTab;

/// Names of the keys as in `KeyboardEvent.key`, their labels, and their accessible names.
const KEYS: [(&str, &str, &str); 6] = [
    ("Escape", "Esc", "Esc"),
    ("Tab", "Tab", "Tab"),
    ("ArrowLeft", "\u{2190}", "Left arrow"),
    ("ArrowUp", "\u{2191}", "Up arrow"),
    ("ArrowDown", "\u{2193}", "Down arrow"),
    ("ArrowRight", "\u{2192}", "Right arrow"),
];

/// Renders the keys of a terminal.
pub(super) fn touch_keys(tab: &TerminalTab) -> AnyView {
    let id = tab.id;
    let press = move |act: &dyn Fn(&super::session::Session)| {
        if let Some(session) = session(id) {
            act(&session);
            session.emulator.focus();
        }
    };
    let keys = KEYS.map(|(key, label, name)| {
        let click = move |_| press(&|session| session.emulator.press(key));
        view! { <button class="button small" type="button" aria-label=name on:click=click>{label}</button> }
    });
    let holds = tab.holds_control.clone();
    let (pressed, toggled) = (holds.clone(), holds);
    let control = move |_| press(&|_| toggled.update(|holds| *holds = !*holds));
    view! {
        // A button that took the focus would close the phone's keyboard.
        <div class="terminal-keys" role="toolbar" aria-label="Keys" on:mousedown=|event| event.prevent_default()>
            <button class="button small" type="button" aria-label="Ctrl, for the next key" aria-pressed=move || pressed.get().to_string()
                on:click=control>"Ctrl"</button>
            {keys}
        </div>
    }
    .into_any()
}
