//! Words of the file viewer: its status line, its search, its menus and its notices.

use super::{count, percent};
use crate::files::zone::Date;

/// The size of a file, with its bytes where `size` is rounded.
pub fn size_with_bytes(size: &str, bytes: u64) -> String {
    if bytes < 1024 { size.to_owned() } else { format!("{size} ({} bytes)", count(bytes)) }
}

/// The position of the first line on screen, for a tooltip.
pub fn from_byte(offset: u64) -> String {
    format!("First line begins at byte {}", count(offset))
}

/// No agent of the cluster has this host or ID.
pub fn no_agent(typed: &str) -> String {
    format!("No agent “{typed}”. Enter a host or an agent ID, or nothing for the master.")
}

/// How many bytes arrived below the lines on screen.
pub fn new_below(size: &str) -> String {
    format!("{size} new below")
}

/// Names the files of a merged view whose lines have no times.
pub fn without_times(files: &[String]) -> String {
    format!("No times found in {}: its lines are not ordered by time.", files.join(", "))
}

/// Says that a file was truncated or rotated. `before` names the file, if there are several.
pub fn replaced(before: &str, ago: &str) -> String {
    format!("{before}The file was truncated or rotated {ago} ago and starts over. ")
}

/// Says that the linked line is gone.
pub const LINE_REPLACED: &str =
    "The linked line was replaced by another one: the file was truncated, rotated or rewritten. ";

/// Progress of a copy.
pub fn reading_copy(size: &str) -> String {
    format!("Reading, {size} …")
}

/// Result of a copy.
pub fn copied_lines(lines: u64) -> String {
    format!("Copied {} {}", count(lines), if lines == 1 { "line" } else { "lines" })
}

/// Why so many lines are not copied.
pub fn too_long_to_copy(most: &str) -> String {
    format!("More than {most}: download the file instead")
}

/// A search: its matches so far, the rank of the visited one, and how far it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SearchProgress {
    /// Number of matching lines so far.
    pub matches: u64,
    /// Rank of the match that was visited last, from 1; `None` if none was.
    pub rank: Option<u64>,
    /// Bytes searched.
    pub searched: u64,
    /// Size of the file in bytes.
    pub size: u64,
    /// Whether the search has ended or was stopped.
    pub is_over: bool,
}

/// As `3 of 1 004 matches` or `1 004 matches so far (1 % searched)`.
pub fn search_progress(of: SearchProgress) -> String {
    let SearchProgress { matches, rank, searched, size, is_over } = of;
    let rank = rank.map(|rank| format!("{} of ", count(rank))).unwrap_or_default();
    let noun = if matches == 1 { "match" } else { "matches" };
    let share = percent(searched as f64, size as f64);
    let so_far = match (is_over, searched < size) {
        (true, true) => format!(" (stopped at {share})"),
        (true, false) => String::new(),
        (false, _) => format!(" so far ({share} searched)"),
    };
    format!("{rank}{} {noun}{so_far}", count(matches))
}

/// Shown when a regular expression may have missed matches.
pub const BOUNDED: &str =
    "Lines above 1 MiB were searched in parts of at least 64 KiB, so the expression may have missed matches.";

/// The button that reads rotated files as the beginning of a file.
pub fn rotated_files(files: usize, size: &str) -> String {
    format!("Include {files} rotated {} ({size})", if files == 1 { "file" } else { "files" })
}

/// The names of the rotated files, for a tooltip.
pub fn rotated_names(names: &[&str]) -> String {
    format!("Rotated files: {}", names.join(", "))
}

/// The filter of a log by glog's source and thread; the source may be empty.
pub fn source_and_thread(source: &str, thread: &str) -> String {
    if source.is_empty() { format!("Thread {thread}") } else { format!("Source: {source}, thread {thread}") }
}

/// How many tasks match the filter of the picker.
pub fn tasks_found(matched: u32, shown: u32) -> String {
    match matched {
        0 => "No tasks match.".to_owned(),
        1 => "1 task".to_owned(),
        _ if matched > shown => format!("First {shown} of {} tasks", count(u64::from(matched))),
        _ => format!("{matched} tasks"),
    }
}

/// How several files are merged.
pub fn merged_by_time(files: usize) -> String {
    format!("{files} files, merged by timestamp")
}

/// How several files are merged as their lines arrive.
pub fn merged_by_arrival(files: usize) -> String {
    format!("{files} files, merged by arrival (older lines by timestamp)")
}

/// How a date that can be read in two ways was read.
pub fn assumed_date(before: &str, text: &str, read_as: Date) -> String {
    format!("{before}Ambiguous date {text}, read as {}.", date(read_as))
}

/// The button that reads it in another way.
pub fn read_date_as(other: Date) -> String {
    format!("Read as {}", date(other))
}

/// Zones of a file that are not known, and the zone that is assumed for them.
pub fn unknown_zones(before: &str, zones: &str, assumed: &str) -> String {
    format!("{before}Unknown time zone {zones}: its times are read as {assumed}. To change that, use the menu View.")
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn date(date: Date) -> String {
    let month = MONTHS.get((date.month as usize).wrapping_sub(1)).copied().unwrap_or_default();
    format!("{} {month} {}", date.day, date.year)
}

/// Tooltip of a line's number.
pub fn link_line(offset: u64) -> String {
    format!("Byte {offset}. Click to link this line, Shift+click to link a range.")
}

/// Tooltip of the file's name before a line.
pub const LINK_LINE: &str = "Click to link this line, Shift+click to link a range.";
/// Tooltip of a line of which only the last version is shown.
pub const OVERWRITTEN: &str =
    "Number of times this line was overwritten, as by a progress bar. The last version is shown.";

/// A run of NUL bytes.
pub fn nul_bytes(length: u64, is_open: bool, is_sampled: bool) -> String {
    match (is_open, is_sampled) {
        (true, _) => format!("␀×{length} or more"),
        (false, true) => format!("␀×{length}, sampled"),
        (false, false) => format!("␀×{length}"),
    }
}

/// Says that lines without times before the found one were only sampled.
pub fn sampled(size: &str) -> String {
    format!("No times found in the {size} before this line; only samples were read. Earlier lines may match.")
}

/// Progress of the search for a time.
pub fn finding_time(reads: u32) -> String {
    format!("Searching for the time, {reads} reads so far … ")
}

/// Progress of the search for a line number.
pub fn finding_line(share: &str) -> String {
    format!("Counting lines, {share} … ")
}

/// Why a line number is refused.
pub const NO_LINE_NUMBER: &str = "Enter a line number from 1, such as 1000.";
/// Shown where all lines of a log were cleared.
pub const CLEARED: &str = "Cleared. New lines appear here.";

/// Why there is no line of that number.
pub fn no_such_line(lines: u64) -> String {
    format!("The file has {} {}.", count(lines), if lines == 1 { "line" } else { "lines" })
}

/// Why a file has no preview: JSON that is too large.
pub fn json_too_large(size: &str, most: &str) -> String {
    format!("The file has {size}. JSON is indented up to {most}. The raw file is below.")
}

/// Why a file has no preview: a picture that is too large.
pub fn picture_too_large(size: &str, most: &str) -> String {
    format!("The file has {size}. Pictures are shown up to {most}; download larger ones.")
}

/// Why a file has no preview: it is no JSON.
pub fn not_json(why: &str) -> String {
    format!("The file is not valid JSON: {why}.")
}

/// How much of a line was left out.
pub fn left_out(size: &str) -> String {
    format!(" … and {size} more")
}

/// The entries of a folder that match its filter.
pub fn entries(all: u64, matched: u64) -> String {
    let words = format!("{} {}", count(all), if all == 1 { "entry" } else { "entries" });
    if all == matched { words } else { format!("{} of {words}", count(matched)) }
}

/// Result of a download.
pub fn downloaded(size: &str) -> String {
    format!("Downloaded, {size}")
}

/// Progress of a download.
pub fn downloading(share: &str, size: &str) -> String {
    format!("{share} of {size}")
}

/// Why a download waits.
pub const QUEUED: &str = "Queued: two downloads run at a time, over all tabs.";
/// Why a download ended: the file is no longer the same.
pub const CHANGED_WHILE_READ: &str = "The file was truncated or rotated during the download. Start the download again.";
/// Why a download ended: the browser would have to hold the file.
pub const TOO_LARGE: &str =
    "The file is too large for the browser's memory. With the mesoscope executable you can download any size.";
/// Why a folder is not downloaded.
pub const NO_FOLDERS: &str = "Folders can be downloaded only with the mesoscope executable.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matches_of_a_search() {
        let of = |matches, rank, searched, is_over| {
            search_progress(SearchProgress { matches, rank, searched, size: 100, is_over })
        };
        assert_eq!(of(0, None, 100, true), "0 matches");
        assert_eq!(of(1, None, 100, true), "1 match");
        assert_eq!(of(7, Some(3), 100, true), "3 of 7 matches");
        assert_eq!(of(1004, None, 1, false), "1\u{202f}004 matches so far (1\u{202f}% searched)");
        assert_eq!(of(7, None, 40, true), "7 matches (stopped at 40\u{202f}%)");
    }

    #[test]
    fn numbers_have_the_right_noun() {
        assert_eq!(rotated_files(1, "2 B"), "Include 1 rotated file (2 B)");
        assert_eq!(rotated_files(3, "2.65 GiB"), "Include 3 rotated files (2.65 GiB)");
        assert_eq!((copied_lines(1), copied_lines(2)), ("Copied 1 line".to_owned(), "Copied 2 lines".to_owned()));
        assert_eq!((tasks_found(0, 12), tasks_found(1, 12)), ("No tasks match.".to_owned(), "1 task".to_owned()));
        assert_eq!(
            (tasks_found(7, 12), tasks_found(40, 12)),
            ("7 tasks".to_owned(), "First 12 of 40 tasks".to_owned())
        );
        assert_eq!((entries(1, 1), entries(9, 2)), ("1 entry".to_owned(), "2 of 9 entries".to_owned()));
        assert_eq!(no_such_line(1), "The file has 1 line.");
    }
}
