//! Fields of the form: the command, resources, and what few runs need.

use leptos::prelude::*;
use mesoscope_core::scheduler::form::RunForm;
use mesoscope_core::scheduler::form::fault::RunField;
use mesoscope_core::scheduler::run::{Containerizer, RunPool};
use mesoscope_core::text::runs as words;
use mesoscope_core::views::run_preview::RunPreview;

use super::state::RunState;
use crate::widgets::field::Field;
use crate::widgets::panel::Panel;

/// A text of the form.
type TextOf = fn(&mut RunForm) -> &mut String;

/// An input: its field, the id of its element, its text, and an example.
#[derive(Clone, Copy)]
struct Input {
    field: RunField,
    id: &'static str,
    text: TextOf,
    hint: &'static str,
}

impl Input {
    fn read(self, state: RunState) -> String {
        // A copy, since the same function is used to write.
        state.form.with(|form| (self.text)(&mut form.clone()).clone())
    }

    fn write(self, state: RunState, typed: String) {
        state.form.update(|form| *(self.text)(form) = typed);
    }

    /// A field of one line, with values to suggest.
    fn line(self, state: RunState, known: Option<Signal<Vec<String>>>) -> AnyView {
        let Self { field, id, hint, .. } = self;
        let problem = state.problem(field);
        let list = known.map(|known| {
            let options =
                move || known.get().into_iter().map(|value| view! { <option value=value></option> }).collect_view();
            view! { <datalist id=format!("{id}-known")>{options}</datalist> }
        });
        view! {
            <Field label=words::field(field) id problem>
                <input id=id type="text" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder=hint list=known.map(|_| format!("{id}-known"))
                    aria-invalid=move || problem.read().is_some().then_some("true") aria-describedby=format!("{id}-problem")
                    prop:value=move || self.read(state) on:input=move |event| self.write(state, event_target_value(&event))/>
                {list}
            </Field>
        }
        .into_any()
    }

    /// A field of several lines.
    fn area(self, state: RunState, rows: u32, hint: impl Fn() -> &'static str + Send + Sync + 'static) -> AnyView {
        let Self { field, id, .. } = self;
        let problem = state.problem(field);
        view! {
            <Field label=words::field(field) id problem>
                <textarea id=id class="mono" rows=rows autocomplete="off" autocapitalize="none" spellcheck="false" placeholder=self.hint
                    aria-invalid=move || problem.read().is_some().then_some("true") aria-describedby=[format!("{id}-problem"), format!("{id}-hint")].join(" ")
                    prop:value=move || self.read(state) on:input=move |event| self.write(state, event_target_value(&event))></textarea>
                <small class="dim" id=format!("{id}-hint")>{hint}</small>
            </Field>
        }
        .into_any()
    }
}

fn checkbox(state: RunState, label: &'static str, of: fn(&mut RunForm) -> &mut bool) -> AnyView {
    let is_on = move || state.form.with(|form| *of(&mut form.clone()));
    let change = move |event| state.form.update(|form| *of(form) = event_target_checked(&event));
    view! { <label class="run-check"><input type="checkbox" prop:checked=is_on on:change=change/>{label}</label> }
        .into_any()
}

/// The command and who runs it.
pub(super) fn command(state: RunState) -> AnyView {
    let command = Input { field: RunField::Command, id: "run-command", text: |form| &mut form.command, hint: "df -h" };
    let user = Input { field: RunField::User, id: "run-user", text: |form| &mut form.user, hint: "" };
    let role = Input { field: RunField::Role, id: "run-role", text: |form| &mut form.role, hint: "*" };
    let is_program = move || state.form.with(|form| form.is_program);
    let hint = move || if is_program() { words::PROGRAM_HINT } else { words::SHELL_HINT };
    let is_root = Memo::new(move |_| state.form.with(|form| form.is_root));
    let user_line = move || (!is_root.get()).then(|| user.line(state, Some(known(state, |preview| &preview.users))));
    view! {
        <Panel title="Command">
            <div class="run-body">
                {command.area(state, 4, hint)}
                {checkbox(state, "Run a program without a shell", |form| &mut form.is_program)}
                {user_line}
                {checkbox(state, "Run as root", |form| &mut form.is_root)}
                <small class="dim">{words::USER}</small>
                {role.line(state, Some(known(state, |preview| &preview.roles)))}
            </div>
        </Panel>
    }
    .into_any()
}

/// Values to suggest, from the cluster.
fn known(state: RunState, of: fn(&RunPreview) -> &Vec<String>) -> Signal<Vec<String>> {
    let known = Memo::new(move |_| {
        state.preview.with(|preview| preview.as_ref().map(|preview| of(preview).clone()).unwrap_or_default())
    });
    known.into()
}

/// Resources of each task.
pub(super) fn resources(state: RunState) -> AnyView {
    let amounts = [
        Input { field: RunField::Amount(0), id: "run-cpus", text: |form| &mut form.amounts[0], hint: "" },
        Input { field: RunField::Amount(1), id: "run-mem", text: |form| &mut form.amounts[1], hint: "512 MiB" },
        Input { field: RunField::Amount(2), id: "run-disk", text: |form| &mut form.amounts[2], hint: "none" },
        Input { field: RunField::Amount(3), id: "run-gpus", text: |form| &mut form.amounts[3], hint: "none" },
    ];
    let pool = move |of: RunPool, words: &'static str| {
        let chosen = move || state.form.with(|form| form.pool == of);
        let change = move |_| state.form.update(|form| form.pool = of);
        view! { <label class="run-check"><input type="radio" name="run-pool" prop:checked=chosen on:change=change/>{words}</label> }
    };
    view! {
        <Panel title="Resources of each task">
            <div class="run-body">
                <div class="run-row">{amounts.map(|input| input.line(state, None))}</div>
                <div class="run-checks" role="radiogroup" aria-label="Taken from">
                    {pool(RunPool::Any, "Reserved resources of the role first, then unreserved ones")}
                    {pool(RunPool::Unreserved, "Unreserved ones only")}
                    {pool(RunPool::Reserved, "Reserved ones only")}
                </div>
            </div>
        </Panel>
    }
    .into_any()
}

/// Which containerizer runs the image; only where there is one.
fn containerizer(state: RunState) -> AnyView {
    let has_image = Memo::new(move |_| state.form.with(|form| !form.image.trim().is_empty()));
    let chosen = Memo::new(move |_| state.form.with(|form| form.containerizer));
    let choice = move |of: Containerizer| {
        let change = move |_| state.form.update(|form| form.containerizer = of);
        view! {
            <label class="run-check"><input type="radio" name="run-containerizer" prop:checked=move || chosen.get() == of on:change=change/>{words::containerizer(of)}</label>
        }
    };
    let hint = move || match chosen.get() {
        Containerizer::Docker if has_image.get() => {
            view! { <p class="run-warning" data-tone="warn">{words::DOCKER}</p> }.into_any()
        }
        _ => view! { <small class="dim">{words::IMAGE_HINT}</small> }.into_any(),
    };
    let choices = move || {
        view! {
            <div class="run-checks" role="radiogroup" aria-label=words::CONTAINERIZER>{choice(Containerizer::Mesos)}{choice(Containerizer::Docker)}</div>
        }
    };
    view! { <Show when=move || has_image.get()>{choices}</Show>{hint} }.into_any()
}

/// What few runs need.
pub(super) fn more(state: RunState) -> AnyView {
    let input = |field, id, text: TextOf, hint| Input { field, id, text, hint };
    let environment = input(RunField::Environment, "run-environment", |form| &mut form.environment, "NAME=value");
    let files = input(RunField::Files, "run-files", |form| &mut form.files, "https://host/tool.tgz");
    let image = input(RunField::Image, "run-image", |form| &mut form.image, "alpine:3");
    let timeout = input(RunField::Timeout, "run-timeout", |form| &mut form.timeout, "no limit");
    let grace = input(RunField::Grace, "run-grace", |form| &mut form.grace, "3 s");
    let failover = input(RunField::Failover, "run-failover", |form| &mut form.failover, "0 s");
    let name =
        Input { field: RunField::Name, id: "run-name", text: |form| &mut form.name, hint: "first word of the command" };
    let hidden = Memo::new(move |_| state.form.with(words::hidden_values).filter(|_| state.has_values()));
    let hidden = move || hidden.get().map(|says| view! { <small class="dim">{says}</small> });
    view! {
        <Panel title="Time limits">
            <div class="run-body"><div class="run-row">{timeout.line(state, None)}{grace.line(state, None)}{failover.line(state, None)}</div></div>
        </Panel>
        <Panel title="Environment, files and image">
            <div class="run-body">
                {environment.area(state, 2, || words::ENVIRONMENT_HINT)}
                {files.area(state, 2, || words::FILES_HINT)}
                {hidden}
                {image.line(state, None)}{containerizer(state)}
                {name.line(state, None)}
            </div>
        </Panel>
    }
    .into_any()
}
