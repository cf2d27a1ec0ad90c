//! Targets and answers. Independent of any call.

use serde_json::Value;

use crate::containers::Following;
use crate::pieces::Pieces;

/// Target of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Master,
    /// An agent by its number, the N of `...-SN`.
    Agent(u32),
}

/// Answer to a call, before HTTP.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Body,
}

#[derive(Debug)]
pub enum Body {
    Empty,
    Json(Vec<u8>),
    /// JSON that may be too large to hold, sent in pieces.
    Pieces(Pieces),
    /// Plain text, as all errors are.
    Text(String),
    /// Answer to SUBSCRIBE: the snapshot, then events until the connection closes.
    Stream,
    /// Output or end of a container.
    Following(Following),
    /// No answer, ever.
    Never,
}

impl Body {
    /// The whole body; empty for a stream.
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Body::Empty | Body::Stream | Body::Following(_) | Body::Never => Vec::new(),
            Body::Json(bytes) => bytes,
            Body::Text(text) => text.into_bytes(),
            Body::Pieces(pieces) => pieces.into_bytes(),
        }
    }
}

impl Answer {
    pub(crate) fn json(write: impl FnOnce(&mut Vec<u8>)) -> Answer {
        let mut bytes = Vec::new();
        write(&mut bytes);
        Answer { status: 200, body: Body::Json(bytes) }
    }

    pub(crate) fn value(value: &Value) -> Answer {
        Answer { status: 200, body: Body::Json(value.to_string().into_bytes()) }
    }

    pub(crate) fn pieces(pieces: Pieces) -> Answer {
        Answer { status: 200, body: Body::Pieces(pieces) }
    }

    /// 200 without a body, the usual answer to a write.
    pub(crate) fn done() -> Answer {
        Answer { status: 200, body: Body::Empty }
    }

    pub(crate) fn refused(status: u16, why: impl Into<String>) -> Answer {
        Answer { status, body: Body::Text(why.into()) }
    }

    pub(crate) fn following(following: Following) -> Answer {
        Answer { status: 200, body: Body::Following(following) }
    }

    pub(crate) fn never() -> Answer {
        Answer { status: 200, body: Body::Never }
    }

    pub(crate) fn not_implemented() -> Answer {
        Answer::refused(501, "501 Not Implemented.")
    }
}
