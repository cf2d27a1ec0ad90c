//! Words for what cannot be read: the forms of JSON, fields, objects, events and answers.

use std::fmt::{Display, Formatter, Result};

use crate::cluster::unknown::ReadFailure;
use crate::mesos::calls::ReplyError;
use crate::mesos::calls::read_call::ReadCallError;
use crate::mesos::wire::event::EventError;
use crate::mesos::wire::fault::{AnswerFault, JsonFault, ObjectFault};
use crate::mesos::wire::field::Misfit;
use crate::mesos::wire::json_form::JsonForm;
use crate::mesos::wire::json_splitter::SplitError;

impl Display for JsonForm {
    /// With its article.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Self::Text => "a text",
            Self::Name => "a name",
            Self::Number => "a number",
            Self::WholeNumber => "a whole number",
            Self::Amount => "an amount",
            Self::Boolean => "a boolean",
            Self::List => "a list",
            Self::Resources => "a list of resources",
            Self::Statuses => "a list of statuses",
            Self::TaskState => "a task's state",
            Self::Object => "an object",
            Self::WithId => "an object with an id",
            Self::WithoutId => "one without",
            Self::Null => "null",
            Self::Absent => "absent",
            Self::Anything => "anything",
        })
    }
}

impl Display for Misfit {
    /// As `resources[2].scalar.value: an object, not a number`.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self { path, expected, found } = self;
        let path = if path.is_empty() { "all of it" } else { path };
        write!(f, "{path}: {found}, not {expected}")
    }
}

impl Display for JsonFault {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::CutShort => f.write_str("its JSON breaks off"),
            Self::Syntax(detail) => write!(f, "it is not JSON: {detail}"),
            Self::Protobuf => f.write_str("it is malformed protobuf"),
        }
    }
}

impl Display for ObjectFault {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Json(fault) => fault.fmt(f),
            Self::Another => f.write_str("it is no object"),
            Self::Unidentified => f.write_str("it has no id, and is left out"),
        }
    }
}

impl Display for EventError {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Json(fault) => fault.fmt(f),
            Self::NoObject => f.write_str("it is no object"),
            Self::Empty => f.write_str("it comes without its body"),
            Self::Unidentified => f.write_str("it does not say what it is about"),
        }
    }
}

impl Display for AnswerFault {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Empty => f.write_str("the answer is empty"),
            Self::OtherCall(found) if found.is_empty() => f.write_str("the answer does not say which call it answers"),
            Self::OtherCall(found) => write!(f, "the answer is one to {found}"),
            Self::Json(JsonFault::CutShort) => f.write_str("the answer breaks off"),
            Self::Json(JsonFault::Syntax(detail)) => write!(f, "the answer is not JSON: {detail}"),
            Self::Json(JsonFault::Protobuf) => f.write_str("the answer is malformed protobuf"),
            Self::Form(Misfit { path, expected, found }) if path.is_empty() => {
                write!(f, "the answer is not what Mesos sends: it is {found} where {expected} is expected")
            }
            Self::Form(Misfit { path, expected, found }) => {
                write!(f, "the answer is not what Mesos sends: “{path}” is {found} where {expected} is expected")
            }
            Self::Split(SplitError::ElementTooLarge) => f.write_str("an object of the answer is longer than 64 MiB"),
            Self::Split(SplitError::SkeletonTooLarge) => {
                f.write_str("the answer holds more outside its lists than it should")
            }
            Self::Split(SplitError::Unbalanced) => f.write_str("the answer breaks off, or its brackets do not match"),
            Self::Entry(why) => write!(f, "an object of the answer cannot be read: {why}"),
        }
    }
}

impl Display for ReplyError {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}: {}", self.call, self.fault)
    }
}

impl Display for SplitError {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Self::ElementTooLarge => "an object of the snapshot is over the limit of 64 MiB",
            Self::SkeletonTooLarge => "the snapshot holds more outside its lists than it should",
            Self::Unbalanced => "the snapshot's brackets do not match",
        })
    }
}

impl Display for ReadFailure {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::NoConnection => f.write_str("the browser could not reach the master"),
            Self::BrokenOff => f.write_str("the connection broke before the answer was complete"),
            Self::Late(limit) => write!(f, "no answer for {} s", limit.as_secs()),
            Self::Unanswered(why) => why.fmt(f),
            Self::Answer(fault) => fault.fmt(f),
            Self::Field(misfit) => misfit.fmt(f),
        }
    }
}

impl Display for ReadCallError {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::OtherType(kind) => write!(f, "{kind} is not known to read"),
            Self::Json(detail) => f.write_str(detail),
            Self::NoType => f.write_str("it has no type"),
            Self::TwoTypes => f.write_str("it has two types"),
            Self::OtherField { kind, field } => write!(f, "{kind} has no field `{field}`"),
            Self::Nul => f.write_str("a text of this call has a NUL character, at which Mesos would end it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::mesos::calls::reply;
    use crate::mesos::calls::weights::GetWeights;
    use crate::mesos::wire::lists;

    #[test]
    fn a_list_that_is_none_is_named_with_what_came_and_what_should_have() {
        let check = |answer: &str, words: &str| {
            assert_eq!(lists::operations(answer).expect_err("it is no answer").to_string(), words, "{answer}");
        };
        let odd = "the answer is not what Mesos sends: ";
        let operations =
            |list: &str| format!(r#"{{"type":"GET_OPERATIONS","get_operations":{{"operations":{list}}}}}"#);
        for (list, found) in
            [("{}", "an object"), ("\"x\"", "a text"), ("7", "a number"), ("null", "null"), ("true", "a boolean")]
        {
            check(&operations(list), &format!("{odd}“operations” is {found} where a list is expected"));
        }
        check(r#"{"get_operations":[]}"#, &format!("{odd}“get_operations” is a list where an object is expected"));
        check("[]", &format!("{odd}it is a list where an object is expected"));
        check(&operations("[")[..57], "the answer breaks off");
        check("", "the answer breaks off");
        check("{\"a\" 1}", "the answer is not JSON: expected `:`");
        let weights = reply::<GetWeights>(r#"{"type":"GET_WEIGHTS","get_weights":{"weight_infos":{}}}"#);
        assert_eq!(
            weights.expect_err("it is no answer").to_string(),
            format!("GET_WEIGHTS: {odd}“weight_infos” is an object where a list is expected")
        );
    }
}
