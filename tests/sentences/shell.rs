//! State of the connection on every page, who is signed in, commands, and saved views.

use mesoscope_core::base::units::Nanoseconds;
use mesoscope_core::checks::eligibility::AgentAction;
use mesoscope_core::mesos::credentials::Principal;
use mesoscope_core::mesos::wire::state::TaskState;
use mesoscope_core::palette::kept_pages::KeepError;
use mesoscope_core::text::commands::{self, Command};
use mesoscope_core::text::{account, connection, saved_views, titles};
use mesoscope_core::views::search::reserved::ReservedAction;
use mesoscope_core::views::search::target::TargetKind;

use crate::{Sentence, listed};

pub fn all() -> Vec<Sentence> {
    let user = Principal::User("alice".to_owned());
    let mut all = listed![
        connection::event_rate(1_204),
        connection::loading(60, 100),
        connection::data_age(Nanoseconds::from_secs(23)),
        connection::next_try(Nanoseconds::from_secs(4)),
        connection::requested(Nanoseconds::from_secs(12)),
        connection::counts_differ(TaskState::Running, 12, 11),
        connection::waiting(None, "Problems appear here.").0,
        connection::AUTHENTICATION,
        connection::PARTIAL_AUTHENTICATION,
        connection::RECONNECTING,
        connection::ROWS_APPEAR,
        connection::SILENT,
        connection::UNANSWERED,
        titles::agent("host7", "c3946a13-75b4-4d3c-9d0e-fc10038dca85-S3"),
        titles::agent("", "c3946a13-75b4-4d3c-9d0e-fc10038dca85-S3"),
        titles::framework("marathon", "f"),
        titles::framework_on("marathon", "f", "host7", "S3"),
        titles::task("web", "t"),
        titles::sandbox("web", "t"),
        titles::agent_file("stderr", "host7", "S3"),
        titles::named("Role", "eng/web"),
        titles::NOT_FOUND,
        account::name(Some(&Principal::Token)),
        account::explanation(Some(&user)),
        account::explanation(Some(&Principal::Token)),
        account::explanation(None),
        account::theme_label("dark", "system"),
        Command::Agent(AgentAction::Drain).title(),
        Command::Agent(AgentAction::MarkGone).title_of("host7"),
        Command::SetQuota.title_of("eng"),
        saved_views::save_as("big tasks"),
        commands::question(TargetKind::Framework),
        commands::no_target(TargetKind::Agent(AgentAction::Reactivate)),
        commands::no_match_beside_unread(commands::NO_MATCHES, "operations"),
        commands::copied(false),
        commands::gone("node-1"),
        Command::NewQuota.title(),
        Command::AgentLogging.title_of("node-1"),
        Command::ScheduleMaintenance.title_of("node-1"),
        Command::EditWeights.title(),
        Command::Reserved(ReservedAction::Unreserve).title(),
        Command::Reserved(ReservedAction::CreateVolume).title(),
        Command::Reserved(ReservedAction::Resize).title(),
        Command::Reserved(ReservedAction::Destroy).title(),
        commands::question(TargetKind::Reserved(ReservedAction::CreateVolume)),
        commands::no_target(TargetKind::Reserved(ReservedAction::CreateVolume)),
        commands::HINT,
        commands::NO_VISIBLE_MATCHES,
    ];
    all.extend(kept());
    all
}

/// Saved views and favourites.
fn kept() -> Vec<Sentence> {
    listed![
        saved_views::saved("big tasks"),
        saved_views::replace("big tasks"),
        saved_views::would_replace("big tasks"),
        saved_views::replaced("big tasks"),
        saved_views::restored("big tasks"),
        saved_views::deleted("big tasks"),
        saved_views::delete_label("big tasks"),
        KeepError::NoName.to_string(),
        KeepError::LongName.to_string(),
        KeepError::NoTable.to_string(),
        KeepError::LongAddress.to_string(),
        KeepError::TooManyViews.to_string(),
        KeepError::TooManyFavourites.to_string(),
        KeepError::NotStored.to_string(),
    ]
}
