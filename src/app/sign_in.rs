//! Sign-in form. Credentials go to the worker and stay in no element of the page.
//!
//! Does not check them; the master does.

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use mesoscope_core::engine::message::{SignInState, Status, ToEngine};
use mesoscope_core::engine::stream_connection::ConnectionState as State;
use mesoscope_core::mesos::credentials::{Credentials, CredentialsError, Principal};
use mesoscope_core::text;

use super::worker_link::{base_url, link};
use crate::widgets::field::Field;

/// Link to the single sign-on page: the console in a new tab, so that nothing here is lost.
pub(crate) fn sign_in_again() -> AnyView {
    view! { <a class="button" href=base_url() target="_blank" rel="noopener" title="Opens this console, and its sign-on page, in a new tab. Your input here is kept.">"Sign in again"</a> }
        .into_any()
}

/// Whether the user requested the form.
#[derive(Clone, Copy)]
pub(crate) struct SignInRequest(RwSignal<bool>);

/// Provides the form to the shell.
pub(crate) fn provide() {
    provide_context(SignInRequest(RwSignal::new(false)));
}

impl SignInRequest {
    /// Returns the shared request.
    pub(crate) fn here() -> Self {
        expect_context()
    }

    /// Requests the form.
    pub(crate) fn want(self) {
        self.0.set(true);
    }

    /// Whether the form replaces the page: on request, or if there is nothing else to show.
    pub(crate) fn shown(self) -> Memo<bool> {
        let link = link();
        Memo::new(move |_| link.status.with(|status| status.as_ref().is_some_and(|status| due(status, self.0.get()))))
    }
}

fn due(status: &Status, wanted: bool) -> bool {
    match status.link {
        State::Unauthorised { .. } => wanted || status.standing.is_none(),
        // Waits for the response to the credentials, so that nothing flickers.
        State::Connecting { .. } => status.access.signing == SignInState::Pending && status.standing.is_none(),
        State::Arriving { .. } | State::Live { .. } | State::Silent { .. } => wanted && status.access.asked,
        State::Lost { .. } => false,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SignInMethod {
    Password,
    Token,
}

/// Renders the form in place of the page.
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let link = link();
    let SignInRequest(wanted) = SignInRequest::here();
    on_cleanup(move || wanted.set(false));
    let signing = Memo::new(move |_| {
        link.status
            .with(|status| status.as_ref().map_or(SignInState::SignedOut, |status| status.access.signing.clone()))
    });
    let back = move || link.status.with(|status| status.as_ref().is_some_and(|status| status.standing.is_some()));
    let asked = move || {
        link.status
            .with(|status| status.as_ref().is_some_and(|status| matches!(status.link, State::Unauthorised { .. })))
    };
    let fields = Fields::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if signing.get_untracked() != SignInState::Pending
            && let Some(credentials) = fields.take()
        {
            link.send(&ToEngine::SignIn(credentials));
        }
    };
    Effect::new(move |_| fields.focus(&signing.get()));
    let trying = move || signing.get() == SignInState::Pending;
    let word = move || if trying() { "Signing in …" } else { "Sign in" };
    view! {
        <div class="head"><h1 tabindex="-1">"Sign in"</h1></div>
        <section class="panel sign-in" aria-label="Sign in">
            <p>"This master requires authentication."</p>
            <p class="wrong" role="alert">{move || wrong(&signing.get())}</p>
            <form method="post" on:submit=submit>
                {move || fields.view()}
                <div class="actions">
                    <button class="button primary" type="submit" aria-disabled=move || trying().then_some("true")>{word}</button>
                    <Show when=asked><button class="button" type="button" on:click=move |_| link.send(&ToEngine::Retry)>"Continue without signing in"</button></Show>
                    <Show when=back><button class="button" type="button" on:click=move |_| wanted.set(false)>"Back"</button></Show>
                    {move || fields.other_way()}
                </div>
            </form>
            <p class="dim">"Credentials are kept only in the memory of this browser's open Mesoscope pages, until you sign out or close them."</p>
            {unprotected()}
        </section>
    }
}

fn wrong(signing: &SignInState) -> Option<String> {
    match signing {
        SignInState::Rejected(Principal::User(name)) => Some(text::connection::wrong_password(name)),
        SignInState::Rejected(Principal::Token) => Some("The master refused the token.".to_owned()),
        SignInState::SignedOut | SignInState::Pending | SignInState::Accepted => None,
    }
}

/// Warning for plain http: browsers treat only loopback and https as secure.
fn unprotected() -> Option<impl IntoView> {
    let words = "This page uses plain http: anyone on the network can read your password.";
    (!window().is_secure_context()).then(|| view! { <p class="wrong">{words}</p> })
}

/// Fields of the form. Secrets exist only in their inputs, and are cleared on submit.
#[derive(Clone, Copy)]
struct Fields {
    way: RwSignal<SignInMethod>,
    user: RwSignal<String>,
    user_input: NodeRef<Input>,
    password: NodeRef<Input>,
    token: NodeRef<Input>,
    /// Mesos' authenticator splits at every colon (PROTOCOL.md, "Authentication").
    colon: RwSignal<bool>,
    unsendable: RwSignal<Option<CredentialsError>>,
}

impl Fields {
    fn new() -> Self {
        Self {
            way: RwSignal::new(SignInMethod::Password),
            user: RwSignal::new(String::new()),
            user_input: NodeRef::new(),
            password: NodeRef::new(),
            token: NodeRef::new(),
            colon: RwSignal::new(false),
            unsendable: RwSignal::new(None),
        }
    }

    fn view(self) -> AnyView {
        let problem = move || self.unsendable.get().map(|why| why.to_string());
        match self.way.get() {
            SignInMethod::Password => view! {
                <Field label="User name" id="user" problem=Signal::derive(problem)>
                    <input id="user" name="username" type="text" autocomplete="username" autocapitalize="none" spellcheck="false"
                        node_ref=self.user_input prop:value=self.user on:input=move |event| self.user.set(event_target_value(&event))
                        aria-invalid=move || problem().map(|_| "true") aria-describedby="user-problem"/>
                </Field>
                <Field label="Password" id="password" problem=Signal::derive(move || self.colon_note())>
                    <input id="password" name="password" type="password" autocomplete="current-password" node_ref=self.password
                        on:input=move |event| self.colon.set(event_target_value(&event).contains(':')) aria-describedby="password-problem"/>
                </Field>
            }
            .into_any(),
            SignInMethod::Token => view! {
                <Field label="Bearer token" id="token" problem=Signal::derive(problem)>
                    <input id="token" name="token" type="password" autocomplete="off" spellcheck="false" node_ref=self.token
                        placeholder="or token=… for DC/OS"
                        aria-invalid=move || problem().map(|_| "true") aria-describedby="token-problem"/>
                </Field>
            }
            .into_any(),
        }
    }

    fn colon_note(self) -> Option<String> {
        self.colon.get().then(|| "Mesos' own authenticator accepts no password with a colon.".to_owned())
    }

    fn other_way(self) -> impl IntoView {
        let (way, words) = match self.way.get() {
            SignInMethod::Password => (SignInMethod::Token, "Use a bearer token"),
            SignInMethod::Token => (SignInMethod::Password, "Use a user name and a password"),
        };
        let change = move |_| {
            self.unsendable.set(None);
            self.way.set(way);
            self.focus_on(if way == SignInMethod::Token { self.token } else { self.user_input });
        };
        view! { <button class="text-button" type="button" on:click=change>{words}</button> }
    }

    /// Takes the credentials if valid, and clears the secret's field.
    fn take(self) -> Option<Credentials> {
        let of = |input: NodeRef<Input>| input.get_untracked().map(|input| input.value()).unwrap_or_default();
        let credentials = match self.way.get_untracked() {
            // The browser may have filled it in without an event.
            SignInMethod::Password => Credentials::basic(&of(self.user_input), &of(self.password)),
            SignInMethod::Token => Credentials::bearer(&of(self.token)),
        };
        self.unsendable.set(credentials.as_ref().err().copied());
        match &credentials {
            Ok(_) => self.forget(),
            Err(_) => self.focus_on(if self.way.get_untracked() == SignInMethod::Token {
                self.token
            } else {
                self.user_input
            }),
        }
        credentials.ok()
    }

    fn forget(self) {
        for secret in [self.password, self.token] {
            let _ = secret.get_untracked().map(|input| input.set_value(""));
        }
        self.colon.set(false);
    }

    /// Focuses the rejected secret, or the first field if nothing else has the focus.
    fn focus(self, signing: &SignInState) {
        let free = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        match (signing, self.way.get_untracked()) {
            (SignInState::Rejected(Principal::User(_)), SignInMethod::Password) => self.focus_on(self.password),
            (_, SignInMethod::Token) => self.focus_on(self.token),
            (_, SignInMethod::Password) if free => self.focus_on(self.user_input),
            (_, SignInMethod::Password) => {}
        }
    }

    fn focus_on(self, input: NodeRef<Input>) {
        request_animation_frame(move || {
            let _ = input.try_get_untracked().flatten().map(|input| input.focus());
        });
    }
}
