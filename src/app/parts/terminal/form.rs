//! Form that opens a terminal: what to run, as which user. Runs nothing before the user confirms.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::mesos::calls::container_path::ContainerPath;
use mesoscope_core::mesos::calls::terminal::{SessionCommand, SessionTarget};
use mesoscope_core::route::Route;
use mesoscope_core::route::terminal_params::{TerminalParams, TerminalPlace};
use mesoscope_core::text::terminal as words;
use mesoscope_core::text::{checks, terminal};

use super::tab::TerminalOrder;
use super::terminals;
use crate::actions::{action_store, is_served_without_exec};
use crate::widgets::field::Field;

/// Shells that the form offers.
const SHELLS: [&str; 3] = [words::DEFAULT_SHELL, "/bin/bash", "/bin/ash"];
/// Value of the choice of another command.
const OTHER: &str = "other";

/// A container to open a terminal in.
#[derive(Clone, PartialEq)]
pub(crate) struct TerminalSubject {
    pub(crate) agent: AgentId,
    /// Host name of the agent; empty if not known.
    pub(crate) host: String,
    pub(crate) container: ContainerPath,
    /// User that its process runs as; empty if not known.
    pub(crate) user: String,
}

#[derive(Clone, Copy)]
struct FormState {
    joins: RwSignal<bool>,
    types: RwSignal<bool>,
    shell: RwSignal<String>,
    line: RwSignal<String>,
    user: RwSignal<String>,
}

impl FormState {
    /// Fills the form from a link, or with defaults.
    fn new(subject: &TerminalSubject, params: &TerminalParams) -> Self {
        let is_shell = SHELLS.contains(&params.exec.as_str());
        let shell = match params.exec.as_str() {
            "" => words::DEFAULT_SHELL,
            known if is_shell => known,
            _ => OTHER,
        };
        let line = if is_shell { "" } else { params.exec.as_str() };
        let user = if params.user.is_empty() { &subject.user } else { &params.user };
        Self {
            joins: RwSignal::new(params.joins),
            types: RwSignal::new(true),
            shell: RwSignal::new(shell.to_owned()),
            line: RwSignal::new(line.to_owned()),
            user: RwSignal::new(user.clone()),
        }
    }

    fn command(self) -> SessionCommand {
        if self.shell.read().as_str() == OTHER {
            SessionCommand::Line(self.line.get())
        } else {
            SessionCommand::Program(self.shell.get())
        }
    }

    fn lacks_command(self) -> bool {
        self.shell.read().as_str() == OTHER && self.line.read().trim().is_empty()
    }

    fn target(self, container: ContainerPath) -> SessionTarget {
        if self.joins.get() {
            return SessionTarget::Attach { container, writes: self.types.get() };
        }
        let user = Some(self.user.get().trim().to_owned()).filter(|user| !user.is_empty());
        SessionTarget::Launch { parent: container, command: self.command(), user }
    }

    /// What the button does.
    fn effect(self, host: &str) -> String {
        if self.joins.get() {
            return words::join_effect(self.types.get(), host);
        }
        let command = self.command();
        let text = if command.text().trim().is_empty() { "a command" } else { command.text() };
        words::effect(text, self.user.read().trim(), host)
    }
}

/// Renders the form.
pub(crate) fn terminal_form(subject: TerminalSubject, params: &TerminalParams) -> AnyView {
    let form = FormState::new(&subject, params);
    let host = if subject.host.is_empty() { subject.agent.0.clone() } else { subject.host.clone() };
    let effect_host = host.clone();
    let container = subject.container.clone();
    let problem = Memo::new(move |_| {
        form.target(container.clone()).check().err().map(|why| words::form_fault(&why, form.lacks_command()))
    });
    let disabled = Memo::new(move |_| disabled_reason());
    let order = move || TerminalOrder {
        agent: subject.agent.clone(),
        host: host.clone(),
        target: untrack(|| form.target(subject.container.clone())),
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if disabled.with_untracked(Option::is_none) && problem.with_untracked(Option::is_none) {
            terminals().open(order());
        }
    };
    let why = move || disabled.get().or_else(|| problem.get());
    let from_link = (!params.exec.is_empty()).then(|| view! { <p class="terminal-link">{words::ASKED_BY_LINK}</p> });
    view! {
        <form class="terminal-form" on:submit=submit>
            {from_link}
            {choice(form)}
            {move || if form.joins.get() { joining(form) } else { command(form) }}
            <p>{move || form.effect(&effect_host)}</p>
            <p class="row"><button class="button primary" type="submit" aria-disabled=move || why().is_some().then_some("true")
                aria-describedby="terminal-why">"Open terminal"</button><span class="wrong" id="terminal-why">{why}</span></p>
        </form>
    }
    .into_any()
}

/// Why no terminal can be opened from here.
fn disabled_reason() -> Option<String> {
    if is_served_without_exec() {
        return Some(terminal::NO_EXEC.to_owned());
    }
    action_store().disabled_reason().map(|reason| checks::disabled_reason_with_source(&reason))
}

fn choice(form: FormState) -> AnyView {
    let one = move |joins: bool, label: &'static str| {
        view! {
            <label><input type="radio" name="terminal-kind" prop:checked=move || form.joins.get() == joins
                on:change=move |_| form.joins.set(joins)/>" "{label}</label>
        }
    };
    view! {
        <fieldset class="terminal-kind"><legend>"Terminal"</legend>
            {one(false, "Run a command in this container")}
            {one(true, "Join the container's own terminal")}
        </fieldset>
    }
    .into_any()
}

fn command(form: FormState) -> AnyView {
    let option = move |value: &'static str, label: &'static str| {
        view! { <option value=value selected=move || form.shell.read().as_str() == value>{label}</option> }
    };
    let has_lines = untrack(|| form.line.read().contains(['\n', '\r']));
    let line = move || {
        (form.shell.read().as_str() == OTHER).then(|| {
            let set = move |event| form.line.set(event_target_value(&event));
            // An input of one line hides line ends.
            let field = if has_lines {
                view! { <textarea id="terminal-line" class="mono" rows="6" autocomplete="off" autocapitalize="none" spellcheck="false"
                    prop:value=move || form.line.get() on:input=set></textarea> }.into_any()
            } else {
                view! { <input id="terminal-line" type="text" class="mono" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="top -b"
                    prop:value=move || form.line.get() on:input=set/> }.into_any()
            };
            view! {
                <Field label="Command line" id="terminal-line" problem=Signal::stored(None)>
                    {field}{has_lines.then_some(words::SEVERAL_LINES)}
                </Field>
            }
        })
    };
    view! {
        <Field label="Command" id="terminal-command" problem=Signal::stored(None)>
            <select id="terminal-command" on:change=move |event| form.shell.set(event_target_value(&event))>
                {SHELLS.into_iter().map(|shell| option(shell, shell)).collect_view()}
                {option(OTHER, "Another command")}
            </select>
        </Field>
        {line}
        <Field label="User" id="terminal-user" problem=Signal::stored(None)>
            <input id="terminal-user" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="the container's user"
                prop:value=move || form.user.get() on:input=move |event| form.user.set(event_target_value(&event))/>
        </Field>
    }
    .into_any()
}

fn joining(form: FormState) -> AnyView {
    view! {
        <label class="terminal-types"><input type="checkbox" prop:checked=move || form.types.get()
            on:change=move |event| form.types.set(event_target_checked(&event))/>" Type into it. Mesos allows one writer at a time."</label>
    }
    .into_any()
}

/// Link to the form.
pub(crate) fn terminal_link(place: TerminalPlace) -> AnyView {
    let route = Route::Terminal(place, TerminalParams::default());
    view! { <a class="button" href=route.to_string()>"Open terminal"</a> }.into_any()
}
