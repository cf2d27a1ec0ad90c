//! A folder's listing, taken piece by piece: of hundreds of thousands of entries it has tens of megabytes, and a parser that read it at
//! once would hold up all else for as long.

use super::entry::{entry, in_order};
use crate::files::answer::BadAnswer;
use crate::files::directory::Directory;
use crate::files::entry::DirEntry;
use crate::mesos::calls::files::FileInfo;
use crate::mesos::wire;
use crate::mesos::wire::json_splitter::{SnapshotList, Splitter};
use crate::mesos::wire::skeleton::is_listing;

/// Parser of an answer to LIST_FILES, as it arrives.
#[derive(Debug)]
pub struct ListingParser {
    cutter: Splitter,
    entries: Vec<DirEntry>,
    wrong: Option<BadAnswer>,
}

impl Default for ListingParser {
    fn default() -> Self {
        Self { cutter: Splitter::of_answer(), entries: Vec::new(), wrong: None }
    }
}

impl ListingParser {
    /// The next bytes of the answer. What is wrong with them is reported at the end.
    pub fn feed(&mut self, bytes: &[u8]) {
        let Self { cutter, entries, wrong } = self;
        if wrong.is_some() {
            return;
        }
        let mut bad = None;
        let fed = cutter.feed(bytes, &mut |_: SnapshotList, json: &[u8]| match FileInfo::decode(
            &wire::decode_lossy::decode_lossy(json),
        ) {
            Ok(info) => entries.push(entry(&info)),
            Err(error) => bad = Some(BadAnswer::Listing(error.to_string())),
        });
        *wrong = bad.or(fed.err().map(|_| BadAnswer::NoListing));
    }

    /// The folder, once the answer has come whole: folders first, then files, each by name.
    ///
    /// # Errors
    /// If it was no answer to LIST_FILES, or broke off.
    pub fn finish(self) -> Result<Directory, BadAnswer> {
        let Self { cutter, entries, wrong } = self;
        if let Some(wrong) = wrong {
            return Err(wrong);
        }
        let rest = cutter.finish().map_err(|_| BadAnswer::ListingCutOff)?;
        let rest = wire::decode_lossy::decode_lossy(&rest);
        if is_listing(&rest) { Ok(Directory::new(in_order(entries))) } else { Err(BadAnswer::NoListing) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gather(pieces: &[&[u8]]) -> Result<Vec<String>, String> {
        let mut gathering = ListingParser::default();
        pieces.iter().for_each(|piece| gathering.feed(piece));
        let folder = gathering.finish().map_err(|error| error.to_string())?;
        Ok((0..folder.len() as u32).filter_map(|nth| Some(folder.get(nth)?.name.clone())).collect())
    }

    #[test]
    fn a_folder_is_the_same_at_every_cut() {
        let reported = "{\"type\":\"LIST_FILES\",\"list_files\":{\"file_infos\":[{\"path\":\"/s/b\",\"mode\":33188,\"size\":5},{\"path\":\"/s/ä}\",\"mode\":33188},{\"path\":\"/s/a\\\"]\",\"mode\":33188},{\"path\":\"/s/z\",\"mode\":16877}]}}";
        let expected = Ok(["z", "a\"]", "b", "ä}"].map(str::to_owned).to_vec());
        for at in 0..=reported.len() {
            let (head, tail) = reported.as_bytes().split_at(at);
            assert_eq!(gather(&[head, tail]), expected, "cut at {at}");
        }
        let bytes: Vec<&[u8]> = reported.as_bytes().chunks(1).collect();
        assert_eq!(gather(&bytes), expected);
        // A name that is no UTF-8 is reported all the same.
        let odd = [&b"{\"type\":\"LIST_FILES\",\"list_files\":{\"file_infos\":[{\"path\":\"/s/\xff\"}]}}"[..]];
        assert_eq!(gather(&odd), Ok(vec!["\u{fffd}ff".to_owned()]));
    }

    #[test]
    fn what_is_no_folder_is_said_to_be_none() {
        assert_eq!(gather(&[b"{\"type\":\"LIST_FILES\",\"list_files\":{}}"]), Ok(vec![]));
        let reported = |bytes: &[u8]| gather(&[bytes]).expect_err("it is no folder");
        for none in [&b""[..], b"<html>", b"{\"type\":\"READ_FILE\"}", b"{\"type\":\"LIST_FILES\"}", b"]"] {
            assert_eq!(reported(none), "the answer to LIST_FILES cannot be read: it is none");
        }
        assert!(
            reported(b"{\"type\":\"LIST_FILES\",\"list_files\":{\"file_infos\":[{\"path\" 5}]}}").contains("expected")
        );
        assert_eq!(
            reported(b"{\"type\":\"LIST_FILES\",\"list_files\":{\"file_infos\":[{\"path\":\"/a\"}"),
            "the answer to LIST_FILES cannot be read: it breaks off"
        );
    }
}
