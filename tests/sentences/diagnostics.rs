//! Problems of decoding, and of reads.

use mesoscope_core::base::units::Nanoseconds;
use mesoscope_core::checks::trouble::{Origin, PageKind, Reason};
use mesoscope_core::cluster::topic::Topic;
use mesoscope_core::cluster::unknown::{ReadFailure, Unknown};
use mesoscope_core::engine::stream_encoding::{JsonReason, StreamEncoding};
use mesoscope_core::mesos::wire::fault::{AnswerFault, JsonFault, ObjectFault};
use mesoscope_core::mesos::wire::field::Misfit;
use mesoscope_core::mesos::wire::json_form::JsonForm;
use mesoscope_core::mesos::wire::json_splitter::{SnapshotList, UnknownList};
use mesoscope_core::mesos::wire::lists::ListedKind;
use mesoscope_core::mesos::wire::unknown_numbers::UnknownNumber;
use mesoscope_core::text::{checks, diagnostics};

use crate::{Sentence, listed};

fn misfit(expected: JsonForm, found: JsonForm) -> Misfit {
    Misfit { path: "resources[2].scalar.value".to_owned(), expected, found }
}

pub fn all() -> Vec<Sentence> {
    let field = || Reason::Field(misfit(JsonForm::Number, JsonForm::Text));
    let unknown = |entries| UnknownList { within: "get_tasks".to_owned(), name: "pending_tasks".to_owned(), entries };
    listed![
        diagnostics::unreadable_fields(1),
        diagnostics::unreadable_fields(7),
        diagnostics::unknown_list(&unknown(1)),
        diagnostics::unknown_list(&unknown(12_345)),
        diagnostics::first_bytes("TASK_ADDED"),
        diagnostics::OTHER_FIELDS,
        diagnostics::stream_encoding(StreamEncoding::Protobuf),
        diagnostics::stream_encoding(StreamEncoding::Json(JsonReason::Default)),
        diagnostics::stream_encoding(StreamEncoding::Json(JsonReason::Refused)),
        diagnostics::stream_encoding(StreamEncoding::Json(JsonReason::Unreadable)),
        diagnostics::stream_encoding(StreamEncoding::Json(JsonReason::Answered)),
        Origin::Record("TASK_ADDED".to_owned()).to_string(),
        Origin::Snapshot.to_string(),
        Origin::Entry(SnapshotList::CompletedTasks).to_string(),
        Origin::Value.to_string(),
        Origin::Listed(ListedKind::Operation).to_string(),
        Origin::Read(Topic::Roles).to_string(),
        Origin::Answer(Topic::Roles).to_string(),
        Origin::Page(PageKind::Entry).to_string(),
        field().to_string(),
        Reason::Object(ObjectFault::Another).to_string(),
        Reason::Object(ObjectFault::Unidentified).to_string(),
        Reason::Object(ObjectFault::Json(JsonFault::Protobuf)).to_string(),
        Reason::Number(UnknownNumber::Field { of: "TaskStatus".to_owned(), number: 20 }).to_string(),
        Reason::Number(UnknownNumber::Name { of: "TaskState".to_owned(), number: 14 }).to_string(),
        Reason::Early.to_string(),
        Reason::UnknownTask.to_string(),
        ReadFailure::NoConnection.to_string(),
        ReadFailure::BrokenOff.to_string(),
        ReadFailure::Late(Nanoseconds::from_secs(120)).to_string(),
        AnswerFault::Empty.to_string(),
        AnswerFault::OtherCall("GET_TASKS".to_owned()).to_string(),
        AnswerFault::OtherCall(String::new()).to_string(),
        AnswerFault::Json(JsonFault::CutShort).to_string(),
        AnswerFault::Json(JsonFault::Protobuf).to_string(),
        AnswerFault::absent("get_quota", JsonForm::Object).to_string(),
        checks::topic(Topic::Schedule),
        checks::unknown(&Unknown::NotYet),
        checks::unknown(&Unknown::Refused(String::new())),
        checks::unknown(&Unknown::Failed(ReadFailure::BrokenOff)),
        checks::not_current(Topic::Roles, &Unknown::Refused("Forbidden".to_owned()), "2 min"),
        checks::not_current(Topic::Roles, &Unknown::Refused(String::new()), "2 min"),
        checks::not_current(Topic::Roles, &Unknown::Failed(ReadFailure::BrokenOff), "2 min"),
        checks::not_current(Topic::Roles, &Unknown::NotYet, "2 min"),
        checks::reason(&Unknown::Refused("Forbidden".to_owned())),
        checks::reason(&Unknown::Failed(ReadFailure::BrokenOff)),
    ]
}
