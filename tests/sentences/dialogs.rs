//! Dialogs that change the cluster: titles, effects, progress, outcomes, and sums of bulk actions.

use mesoscope_core::actions::Action;
use mesoscope_core::actions::amount::parse_amount;
use mesoscope_core::actions::batch::EndedTasks;
use mesoscope_core::actions::bulk_impact::{BulkImpact, TaskFate};
use mesoscope_core::actions::draining::EstimateBasis;
use mesoscope_core::actions::execution::{Outcome, Stage, Uncertainty};
use mesoscope_core::actions::follow_up::FollowUp;
use mesoscope_core::actions::form::{FormError, RoleError, check_role};
use mesoscope_core::actions::placement::{Placement, RolePlacement};
use mesoscope_core::actions::preview::{ImpactKind, PreviewValue, QuotaBound};
use mesoscope_core::base::units::{Nanoseconds, Quantities, Timestamp};
use mesoscope_core::checks::eligibility::AgentAction;
use mesoscope_core::text::{action_progress, actions, bulk_impact, dialogs, my_changes, roles, schedule};

use crate::{Sentence, listed};

const MINUTE: Nanoseconds = Nanoseconds::from_secs(60);

fn amount(resource: &str, text: &str) -> String {
    parse_amount(resource, text).map_or_else(|error| error.to_string(), |amount| format!("{amount:?}"))
}

fn role(name: &str) -> String {
    check_role(name).map_or_else(|error: RoleError| error.to_string(), |()| "a role".to_owned())
}

fn outcome(outcome: Outcome) -> String {
    actions::outcome(&outcome, || "node-1: active".to_owned())
}

fn stage(stage: Stage) -> String {
    action_progress::stage(&stage, false, |_| String::new())
}

fn sum(fate: TaskFate) -> BulkImpact {
    BulkImpact { fate, tasks: 59, given_up: 2, frameworks: 14, agents: 3, refused: 1, ..BulkImpact::default() }
}

fn placement(fits: u32) -> Placement {
    let cpus = |amount: f64| Quantities::of("cpus", amount);
    let role = RolePlacement { role: Some("dev".into()), tasks: 59, fits, needs: cpus(59.0), free: cpus(41.0) };
    let unevaluated = vec!["marathon".to_owned()];
    Placement { agents: 997, roles: vec![role], constrained: 1, unevaluated, unevaluated_count: 1, unmeasured: 2 }
}

pub fn all() -> Vec<Sentence> {
    [titles_and_progress(), outcomes_and_effects(), errors_and_sums()].concat()
}

fn titles_and_progress() -> Vec<Sentence> {
    let drain = Action::Drain { agent: "c3946a13a-S3".into(), grace: Some(60), mark_gone: false };
    let reactivate = Action::Reactivate("S3".into());
    let ended = EndedTasks { ended: 11, of: 11, took: Some(Nanoseconds::from_secs(8)) };
    listed![
        schedule::shown_twice("01:30", "EDT"),
        schedule::take_other("01:30", "EST"),
        schedule::not_known(None),
        schedule::not_known(Some(("Waiting for the master".to_owned(), "It cannot be reached.".to_owned()))),
        schedule::IS_OVER,
        schedule::HAS_STARTED,
        dialogs::agents_title(AgentAction::Drain, "node-1"),
        dialogs::agents_title(AgentAction::MarkGone, "3 agents"),
        dialogs::quota_title(&[]),
        dialogs::quota_title(&["dev"]),
        dialogs::weight_title(&["dev", "ops"]),
        dialogs::logging_title("the master"),
        dialogs::type_to_confirm("node-1"),
        dialogs::waiting(None),
        dialogs::previewed(300, 1_000),
        dialogs::request_title(3),
        dialogs::not_sent("Drain node-1"),
        dialogs::of_form("Drain 4 agents", "1 of 4 …".to_owned()),
        dialogs::of_form("Drain node-1", "Drain node-1 …".to_owned()),
        dialogs::whole_number(1, 100),
        dialogs::has_quota("dev"),
        dialogs::must_remove("dev"),
        dialogs::old_quotas("1.8.1"),
        dialogs::budget("0", "6 336", Ok("46 784"), "53 120"),
        dialogs::budget("0", "60 000", Err("6 880"), "53 120"),
        dialogs::draining(3, Some("12:00")),
        dialogs::expected_end("12:00", MINUTE),
        dialogs::follow_up(&FollowUp::Reactivate(Vec::new())),
        dialogs::follow_up(&FollowUp::ScheduleMaintenance(Vec::new())),
        dialogs::follow_up(&FollowUp::Revert(Action::Weights(Vec::new()))),
        action_progress::title(&drain, Some("node-1")),
        action_progress::revert_title(&reactivate, None),
        action_progress::ended_tasks(&ended),
        stage(Stage::Reading(Timestamp(0))),
        stage(Stage::Unread),
        stage(Stage::Conflict(Vec::new())),
        stage(Stage::Sending),
        stage(Stage::Following(202, Timestamp(0))),
        stage(Stage::ResponseLost("The connection broke.".to_owned(), Timestamp(0))),
    ]
}

fn outcomes_and_effects() -> Vec<Sentence> {
    listed![
        outcome(Outcome::Confirmed),
        outcome(Outcome::Started),
        outcome(Outcome::Diverged(Vec::new())),
        outcome(Outcome::Accepted),
        outcome(Outcome::Refused(403, String::new())),
        outcome(Outcome::Unknown(Uncertainty::Left)),
        outcome(Outcome::Unknown(Uncertainty::Unread(200))),
        actions::value(&PreviewValue::Drain { is_over: false, grace: Some(60), mark_gone: true }),
        actions::value(&PreviewValue::NotBack),
        actions::amount_field(&"dev".into(), "mem", QuotaBound::Guarantee),
        actions::impact(&ImpactKind::TasksKilled(11, 60)),
        actions::impact(&ImpactKind::TasksEnded(11)),
        actions::impact(&ImpactKind::NotOffered),
        actions::impact(&ImpactKind::NeverBack),
        actions::impact(&ImpactKind::StaysUnreachable),
        actions::impact(&ImpactKind::PerhapsUnknown),
        actions::impact_of_several(&ImpactKind::NeverBack, 2),
        actions::impact_of_several(&ImpactKind::StaysUnreachable, 2),
        actions::impact_of_several(&ImpactKind::PerhapsUnknown, 2),
        actions::impact_of_several(&ImpactKind::OfferedAgain, 2),
        actions::impact_of_several(&ImpactKind::FrameworkFails, 2),
        actions::impact_of_several(&ImpactKind::FrameworkOffers, 2),
        actions::impact_of_several(&ImpactKind::NotOffered, 2),
        actions::impact_of_several(&ImpactKind::SandboxDeleted, 2),
        actions::impact(&ImpactKind::FrameworkKilled(3, 2)),
        actions::impact(&ImpactKind::FrameworkFails),
        actions::impact(&ImpactKind::QuotaWaits("dev".into())),
        actions::impact(&ImpactKind::RoleUnused("dev".into())),
        actions::impact(&ImpactKind::AboveLimit("dev".into(), "mem".to_owned())),
        actions::impact(&ImpactKind::QuotaRemoved("dev".into())),
        actions::impact(&ImpactKind::Share("dev".into(), 0.25, 0.5)),
        actions::impact(&ImpactKind::AllOffersRescinded(7)),
        actions::impact(&ImpactKind::WeightWaits("dev".into())),
    ]
}

fn errors_and_sums() -> Vec<Sentence> {
    let (gone, killed) = (sum(TaskFate::Gone), sum(TaskFate::Killed(Some(60))));
    let some = placement(41);
    listed![
        actions::estimate_basis(EstimateBasis::LongerPolicy { own: MINUTE, most: Nanoseconds::from_secs(30) }),
        actions::estimate_basis(EstimateBasis::Nothing),
        actions::form_error(&FormError::NothingChanged),
        actions::form_error(&FormError::GuaranteeAboveLimit),
        amount("mem", "many"),
        amount("mem", "8 apples"),
        amount("cpus", "-1"),
        role(""),
        role("a//b"),
        bulk_impact::total(&killed),
        bulk_impact::total(&gone),
        bulk_impact::total(&sum(TaskFate::TornDown)),
        bulk_impact::total(&sum(TaskFate::Continue)),
        bulk_impact::given_up(&gone),
        bulk_impact::refused(&gone),
        bulk_impact::more_frameworks(&gone),
        bulk_impact::fit(&placement(59)),
        bulk_impact::fit(&some),
        some.roles.first().map(bulk_impact::role_fit),
        bulk_impact::basis(&some).join(" "),
        my_changes::by_user("ada"),
        my_changes::reverts_in(MINUTE),
        roles::amounts(&[("cpus", 4.0), ("mem", 8_192.0), ("disk", 10_240.0), ("bandwidth", 5.0)]),
        roles::brief_amounts(&[("cpus", 504.0), ("mem", 17_027.456), ("disk", 0.0)]).join(" · "),
        roles::descendants(3, "eng"),
    ]
}
