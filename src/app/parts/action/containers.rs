//! Forms that launch, kill and remove containers of an agent.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::container_action::{ContainerAction, ContainerChange};
use mesoscope_core::actions::container_form::{
    ContainerLaunch, LaunchCommand, check_container_id, check_image, parse_environment, parse_program, parse_volumes,
};
use mesoscope_core::actions::containers::parse_resource;
use mesoscope_core::base::ids::AgentId;
use mesoscope_core::mesos::error_text::{NamedField, launch_field};
use mesoscope_core::text::containers;

use super::ActionForm;
use super::agents::{bulk_form, refusal_of_field};
use super::field::{FieldKind, field, text_area};
use crate::actions::{ContainerForm, ContainerProposal};

/// Signals that the form offers beside SIGKILL, by their numbers on Linux.
const SIGNALS: [i32; 6] = [15, 2, 1, 3, 10, 12];

/// Builds the form.
pub(super) fn form(proposal: ContainerProposal) -> ActionForm {
    let ContainerProposal { agent, host, form } = proposal;
    match form {
        ContainerForm::Launch { parent, is_attachable } => launch(agent, &host, parent, is_attachable),
        ContainerForm::Kill(path) => kill(agent, &host, path),
        ContainerForm::Remove(paths) => {
            let title = containers::remove_title(&paths, &host);
            let action = |path: Vec<String>| change(&agent, path, ContainerChange::Remove);
            bulk_form(title, "Remove", paths.into_iter().map(action).collect())
        }
    }
}

fn change(agent: &AgentId, path: Vec<String>, change: ContainerChange) -> Action {
    Action::Container(ContainerAction { agent: agent.clone(), path, change })
}

fn kill(agent: AgentId, host: &str, path: Vec<String>) -> ActionForm {
    let title = containers::kill_title(&path, host);
    let signal = RwSignal::new(None::<i32>);
    let actions = Signal::derive(move || vec![change(&agent, path.clone(), ContainerChange::Kill(signal.get()))]);
    let option = |number: i32| view! { <option value=number.to_string()>{containers::signal(number)}</option> };
    let view = view! {
        <label>"Signal "<select on:change=move |event| signal.set(event_target_value(&event).parse().ok())>
            <option value="">{containers::signal(9)}</option>{SIGNALS.map(option)}</select></label>
    }
    .into_any();
    let verb = Signal::derive(move || if signal.get().is_none() { "Kill" } else { "Send signal" });
    ActionForm { actions, verb, view, ..ActionForm::plain(title, "Kill", Vec::new()) }
}

/// What is typed to launch a container.
#[derive(Clone, Copy)]
struct LaunchInput {
    id: RwSignal<String>,
    command: RwSignal<String>,
    /// Whether the command is a program with its arguments, not a line for the shell.
    is_program: RwSignal<bool>,
    user: RwSignal<String>,
    image: RwSignal<String>,
    environment: RwSignal<String>,
    volumes: RwSignal<String>,
    has_terminal: RwSignal<bool>,
    /// Amounts of a standalone container, in the order of `RESOURCES`.
    amounts: [RwSignal<String>; 3],
    refusal: RwSignal<Option<String>>,
}

/// Resources of a standalone container: Mesos' name, the label, and the first amount.
const RESOURCES: [(&str, &str, &str); 3] = [("cpus", "CPUs", "0.1"), ("mem", "Memory", "64 MiB"), ("disk", "Disk", "")];

impl LaunchInput {
    fn new() -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        let random = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
        Self {
            id: RwSignal::new(format!("debug-{random:08x}")),
            command: text(""),
            is_program: RwSignal::new(false),
            user: text(""),
            image: text(""),
            environment: text(""),
            volumes: text(""),
            has_terminal: RwSignal::new(false),
            amounts: RESOURCES.map(|(_, _, amount)| text(amount)),
            refusal: RwSignal::new(None),
        }
    }

    fn amount(self, at: usize) -> Result<Option<f64>, String> {
        let (Some((name, ..)), Some(text)) = (RESOURCES.get(at), self.amounts.get(at)) else { return Ok(None) };
        parse_resource(name, &text.read())
    }

    /// The first error of a field; none for an empty command, which is said below.
    fn fault(self, is_nested: bool) -> Option<String> {
        let id = check_container_id(&self.id.read()).err();
        let environment = || parse_environment(&self.environment.read()).err();
        let volumes = || parse_volumes(&self.volumes.read()).err();
        let image = || check_image(self.image.read().trim()).err();
        let form = id.or_else(image).or_else(environment).or_else(volumes).map(|error| error.to_string());
        let amount = || (0..RESOURCES.len()).find_map(|at| self.amount(at).err()).filter(|_| !is_nested);
        form.or_else(amount)
    }

    fn launch(self, is_nested: bool) -> ContainerLaunch {
        let named = |at: usize| Some((RESOURCES.get(at)?.0.to_owned(), self.amount(at).ok()??));
        let command = self.command.get();
        ContainerLaunch {
            command: if self.is_program.get() { parse_program(&command) } else { LaunchCommand::Shell(command) },
            user: self.user.read().trim().to_owned(),
            environment: parse_environment(&self.environment.read()).unwrap_or_default(),
            resources: if is_nested { Vec::new() } else { (0..RESOURCES.len()).filter_map(named).collect() },
            volumes: parse_volumes(&self.volumes.read()).unwrap_or_default(),
            image: self.image.read().trim().to_owned(),
            has_terminal: self.has_terminal.get(),
        }
    }

    fn refused(self, named: NamedField) -> Option<String> {
        refusal_of_field(self.refusal, launch_field, named)
    }

    /// A field, with its own error or Mesos' refusal of it.
    fn line(
        self,
        label: &'static str,
        text: RwSignal<String>,
        named: Option<NamedField>,
        error: impl Fn() -> Option<String> + Send + Sync + 'static,
    ) -> impl IntoView {
        let fault = Signal::derive(move || error().or_else(|| self.refused(named?)));
        let kind = FieldKind::default();
        let input = field(Some(label.to_owned()), kind, text.into(), fault, move |typed| text.set(typed));
        view! { <label>{label}" "{input}</label> }
    }

    fn view(self, is_nested: bool, is_attachable: bool) -> AnyView {
        let id = self.line("ID", self.id, Some(NamedField::ContainerId), move || {
            check_container_id(&self.id.read()).err().map(|error| error.to_string())
        });
        let command = Signal::derive(move || self.refused(NamedField::Command));
        let hint = move || {
            if self.is_program.get() {
                "The program’s path, then one argument a line"
            } else {
                "A line or a script for /bin/sh"
            }
        };
        let area = |label: &'static str, text: RwSignal<String>, hint: &'static str, fault: Signal<Option<String>>| {
            text_area(label, Signal::stored(hint), text, fault)
        };
        let environment =
            Signal::derive(move || parse_environment(&self.environment.read()).err().map(|it| it.to_string()));
        let volumes = Signal::derive(move || {
            let error = parse_volumes(&self.volumes.read()).err().map(|it| it.to_string());
            error.or_else(|| self.refused(NamedField::Volume))
        });
        let image = move || check_image(self.image.read().trim()).err().map(|error| error.to_string());
        let amounts = (!is_nested).then(|| {
            let one = |(at, (_, label, _)): (usize, &(&str, &'static str, &str))| {
                let text = self.amounts.get(at).copied()?;
                Some(self.line(label, text, None, move || self.amount(at).err()))
            };
            view! { <div class="form-fields">{RESOURCES.iter().enumerate().map(one).collect_view()}</div> }
        });
        let terminal = is_attachable.then(|| {
            view! {
                <label><input type="checkbox" prop:checked=self.has_terminal on:change=move |event| self.has_terminal.set(event_target_checked(&event))/>
                    "With a terminal, so that its output can be attached"</label>
            }
        });
        view! {
            <div class="form-fields">
                {id}
                {self.line("User", self.user, Some(NamedField::User), || None)}
                {self.line("Docker image", self.image, Some(NamedField::Image), image)}
            </div>
            {text_area("Command", Signal::derive(hint), self.command, command)}
            <label><input type="checkbox" prop:checked=self.is_program on:change=move |event| self.is_program.set(event_target_checked(&event))/>
                "Run a program without a shell"</label>
            {terminal}
            {amounts}
            {area("Environment", self.environment, "NAME=value, one a line", environment)}
            {area("Volumes", self.volumes, "HOST:CONTAINER or HOST:CONTAINER:ro, one a line", volumes)}
        }
        .into_any()
    }
}

fn launch(agent: AgentId, host: &str, parent: Vec<String>, is_attachable: bool) -> ActionForm {
    let title = containers::launch_title(&parent, host);
    let is_nested = !parent.is_empty();
    let input = LaunchInput::new();
    let actions = Signal::derive(move || {
        let path = [parent.clone(), vec![input.id.get()]].concat();
        vec![change(&agent, path, ContainerChange::Launch(Box::new(input.launch(is_nested))))]
    });
    let fault = Signal::derive(move || input.fault(is_nested));
    let view = input.view(is_nested, is_attachable);
    ActionForm { actions, fault, view, refusal: input.refusal, ..ActionForm::plain(title, "Launch", Vec::new()) }
}
