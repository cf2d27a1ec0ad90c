//! What is fuzzed: each function takes any bytes, and must come back without a panic, with its laws kept.
//! Called by the targets of cargo-fuzz, and by tests/fuzz.rs where there is no cargo-fuzz.

#![allow(dead_code, reason = "each target of cargo-fuzz calls one of these")]

use mesoscope_core::base::units::Timestamp;
use mesoscope_core::cluster::Cluster;
use mesoscope_core::mesos::recordio::{Record, Records};
use mesoscope_core::mesos::wire::decode_lossy::decode_lossy;
use mesoscope_core::mesos::wire::encoded::Encoded;
use mesoscope_core::mesos::wire::event::{Event, protobuf_record};
use mesoscope_core::mesos::wire::json_splitter::{SnapshotList, Splitter};
use mesoscope_core::mesos::wire::lists::{self, protobuf_answer};
use mesoscope_core::mesos::wire::protobuf::splitter::ProtobufSplitter;
use mesoscope_core::mesos::wire::protobuf::table::Message;
use mesoscope_core::mesos::wire::skeleton::Skeleton;
use mesoscope_core::route::Route;

/// A stream says the same wherever it is cut. The first byte says how long the pieces are.
pub fn recordio(bytes: &[u8]) {
    let Some((size, stream)) = bytes.split_first() else { return };
    let pieces = usize::from(*size).max(1);
    let (whole, cut) = (records(stream, stream.len().max(1)), records(stream, pieces));
    assert_eq!(whole, cut, "cut every {pieces} bytes, the stream reads otherwise");
}

/// Bytes of the first record, the others whole, and the error that ended the stream, if one did.
fn records(stream: &[u8], pieces: usize) -> (Vec<u8>, Vec<Vec<u8>>, Option<String>) {
    let mut records = Records::default();
    let (mut first, mut others) = (Vec::new(), Vec::new());
    for mut piece in stream.chunks(pieces) {
        loop {
            match records.next(&mut piece) {
                Ok(None) => break,
                Ok(Some(Record::Opening(_) | Record::Arrived)) => {}
                Ok(Some(Record::Arriving(bytes))) => first.extend_from_slice(bytes),
                Ok(Some(Record::Whole(record))) => others.push(record.to_vec()),
                Err(error) => return (first, others, Some(error.to_string())),
            }
        }
    }
    (first, others, None)
}

/// A record, and what is cut out of it as a snapshot, reads or does not read.
pub fn event(bytes: &[u8]) {
    let _ = Event::decode(&decode_lossy(bytes));
    let halves = bytes.split_at(bytes.len() / 2);
    assert_eq!(cut(&[bytes]), cut(&[halves.0, halves.1]), "cut in two, the snapshot reads otherwise");
}

/// The elements and the skeleton; nothing where it is no snapshot.
fn cut(pieces: &[&[u8]]) -> Option<(Vec<Vec<u8>>, Vec<u8>)> {
    let mut cutter = Splitter::default();
    let mut elements = Vec::new();
    for piece in pieces {
        cutter.feed(piece, &mut |_: SnapshotList, element: &[u8]| elements.push(element.to_vec())).ok()?;
    }
    let skeleton = cutter.finish().ok()?;
    let _ = Skeleton::decode(&decode_lossy(&skeleton)).map(|skeleton| skeleton.heartbeat_seconds());
    Some((elements, skeleton))
}

/// A record of protobuf, and what is cut out of it as a snapshot, reads or does not read; what is shown of it is JSON.
pub fn protobuf(bytes: &[u8]) {
    let record = protobuf_record(bytes);
    for shown in [record.text(), protobuf_answer(bytes).text()] {
        let json: Result<serde_json::Value, _> = serde_json::from_str(&shown);
        assert!(json.is_ok(), "no JSON: {shown}");
    }
    if let Ok((event, _)) = Event::decode_protobuf(bytes) {
        Cluster::default().apply(&event, Timestamp::default());
    }
    let _ = lists::frameworks(protobuf_answer(bytes)).map(|lists| lists.frameworks.len());
    let _ = lists::executors(protobuf_answer(bytes)).map(|lists| lists.executors.len());
    let halves = bytes.split_at(bytes.len() / 2);
    assert_eq!(split(&[bytes]), split(&[halves.0, halves.1]), "cut in two, the snapshot reads otherwise");
}

/// The elements of protobuf, and whether it is a snapshot; nothing where it is malformed.
fn split(pieces: &[&[u8]]) -> Option<(Vec<Vec<u8>>, bool)> {
    let (mut splitter, mut elements, mut cluster) = (ProtobufSplitter::of_record(), Vec::new(), Cluster::default());
    for piece in pieces {
        let mut take = |list: SnapshotList, message: &'static Message, bytes: &[u8]| {
            let _ = cluster.arrive(list, Encoded::Protobuf(message, bytes), Timestamp::default());
            elements.push(bytes.to_vec());
        };
        splitter.feed(piece, &mut take).ok()?;
    }
    let (skeleton, _) = splitter.finish().ok()?;
    Some((elements, skeleton.is_snapshot()))
}

/// What is printed reads as what was printed.
pub fn route(bytes: &[u8]) {
    let route = Route::parse(&String::from_utf8_lossy(bytes));
    assert_eq!(Route::parse(&route.to_string()), route, "printed as {route}");
}
