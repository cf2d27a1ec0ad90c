//! Form for the weights of several roles. An untouched field follows the cluster, and its role is not sent.

use leptos::prelude::*;
use mesoscope_core::actions::Action;
use mesoscope_core::actions::weights::{format_weight, parse_weight};
use mesoscope_core::base::ids::Role;
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::mesos::error_text::names_role;
use mesoscope_core::text::dialogs;
use mesoscope_core::views::previews::WeightsQuery;

use super::ActionForm;
use super::field::{FieldKind, field};
use crate::parts::data_age::not_reported;
use crate::worker_link::link;

/// Weight of a role.
#[derive(Clone)]
struct Line {
    role: Role,
    /// Current weight; `None` until known.
    now: Memo<Option<f64>>,
    /// The user's input; `None` if untouched.
    typed: RwSignal<Option<String>>,
}

impl Line {
    /// The desired weight, or the input's error; `None` if untouched.
    fn weight(&self) -> Option<Result<f64, String>> {
        let typed = self.typed.get()?;
        Some(parse_weight(&typed).map_err(|error| error.to_string()))
    }
}

/// Builds the form, with one field per role.
pub(super) fn form(roles: Vec<(Role, Option<String>)>) -> ActionForm {
    let title = dialogs::weight_title(&roles.iter().map(|(role, _)| role.as_str()).collect::<Vec<_>>());
    let asked: Vec<Role> = roles.iter().map(|(role, _)| role.clone()).collect();
    let answer = link().watch(move || WeightsQuery(asked.clone()));
    let line = |(nth, (role, typed)): (usize, (Role, _))| {
        let now = Memo::new(move |_| answer.with(|weights| weights.as_ref()?.get(nth)?.as_ref().ok().copied()));
        Line { role, now, typed: RwSignal::new(typed) }
    };
    let lines = StoredValue::new(roles.into_iter().enumerate().map(line).collect::<Vec<_>>());
    // Mesos applies weights all or nothing; untouched roles need not be sent.
    let actions = Signal::derive(move || {
        let touched = |line: &Line| {
            // Without the current weight there is nothing to compare with.
            let weight = line.weight()?.ok().filter(|_| line.now.read().is_some())?;
            Some((line.role.clone(), weight))
        };
        let touched = lines.with_value(|lines| lines.iter().filter_map(touched).collect::<Vec<_>>());
        if touched.is_empty() { Vec::new() } else { vec![Action::Weights(touched)] }
    });
    let fault = Signal::derive(move || lines.with_value(|lines| lines.iter().find_map(|line| line.weight()?.err())));
    let refusal = RwSignal::new(None::<String>);
    let row = move |line: Line| {
        let (role, now, typed) = (line.role.0.clone(), line.now, line.typed);
        let named = role.clone();
        let refused = move || refusal.with(|words| words.clone().filter(|words| names_role(words, &named)));
        let wrong = Signal::derive(move || line.weight().and_then(Result::err).or_else(&refused));
        let text =
            Signal::derive(move || typed.get().unwrap_or_else(|| now.get().map(format_weight).unwrap_or_default()));
        let kind = FieldKind { is_short: true, mode: Some("decimal"), ..FieldKind::default() };
        let input = field(None, kind, text, wrong, move |text| typed.set(Some(text)));
        view! { <label>{role}" "{input}<span class="dim">{move || now.get().map(|now| dialogs::current(&format_weight(now)))}</span></label> }
    };
    let untold = not_reported(&[Topic::Weights]);
    let unread = move || untold.get().map(|(title, why)| dialogs::unread(&title, &why));
    let view = view! {
        <p class="dim">{unread}</p>
        <div class="weights">{lines.get_value().into_iter().map(row).collect_view()}</div>
    }
    .into_any();
    ActionForm { actions, fault, view, refusal, ..ActionForm::plain(title, "Set weights", Vec::new()) }
}
