//! Words for people: amounts, times, counts, problems. Deterministic and English; local time is the page's to say.

use crate::base::skew::Skew;
use crate::base::units::{self, Bytes, Nanoseconds, Timestamp};
use crate::checks::visibility::{Evidence, FilteredList, Visibility};
use crate::cluster::role_sums::SumGaps;
use crate::cluster::topic::Topic;
use crate::cluster::unknown::Unknown;
use crate::mesos::wire::state::TaskState;

pub mod absent;
pub mod account;
pub mod action_progress;
pub mod actions;
pub mod agents;
pub mod api_errors;
pub mod bulk_impact;
pub mod checks;
pub mod commands;
pub mod compact_amounts;
pub mod connection;
pub mod containers;
pub mod data_age;
pub mod diagnostics;
pub mod dialogs;
pub mod entries;
pub mod events;
pub mod executors;
mod faults;
pub mod files;
pub mod flag_comparison;
pub mod flags;
pub mod help;
pub mod help_keys;
pub mod link_filters;
pub mod log_viewer;
pub mod masters;
pub mod metrics;
pub mod my_changes;
pub mod objects;
pub mod overview;
pub mod own_frameworks;
pub mod places;
pub mod pooled;
pub mod problem_filters;
pub mod problems;
pub mod providers;
pub mod reservations;
pub mod resources;
pub mod roles;
pub mod run_results;
pub mod runs;
pub mod saved_views;
pub mod schedule;
pub mod tables;
pub mod tasks;
pub mod terminal;
pub mod times;
pub mod titles;
mod trouble;
pub mod verbatim;

/// A narrow space at which no line breaks: between thousands, and between a number and its unit.
pub const THIN_SPACE: char = '\u{202f}';

/// `101 204`, with thin spaces.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(THIN_SPACE);
        }
        text.push(digit);
    }
    text
}

/// The first names, and how many more there are: `a, b and 7 more`.
pub fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>, most: usize) -> String {
    let rest = names.len().saturating_sub(most);
    let head = names.take(most).collect::<Vec<_>>().join(", ");
    if rest == 0 { head } else { format!("{head} and {} more", count(rest as u64)) }
}

/// A number of cpus, gpus or the like, to the three decimals that Mesos keeps.
pub fn amount(number: f64) -> String {
    grouped(&units::digits(number))
}

/// A number of cpus or gpus with one decimal at least, so that figures below one another align, and three at most.
pub fn tenths(number: f64) -> String {
    let text = amount(number);
    if text.contains('.') { text } else { format!("{text}.0") }
}

/// Digits with thin spaces between thousands.
fn grouped(digits: &str) -> String {
    let (whole, part) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
    part.map_or_else(|| format!("{sign}{whole}"), |part| format!("{sign}{whole}.{part}"))
}

/// Memory or disk with its unit, exactly: the largest unit in which Mesos' own precision needs at most three decimals. A measured
/// count of bytes, and a sum that Mesos cannot write, are rounded, with `≈` before them.
pub fn bytes_exactly(of: Bytes) -> String {
    let Some(scalar) = of.as_scalar() else {
        let (number, unit) = bytes(of);
        return format!("≈{number} {unit}");
    };
    let (number, unit) = units::in_largest_unit(scalar);
    format!("{} {unit}", amount(number))
}

/// Memory or disk with its unit, as short as a table has it: three digits. The exact amount belongs in a tooltip.
pub fn bytes_briefly(of: Bytes) -> String {
    let (number, unit) = bytes(of);
    format!("{number} {unit}")
}

/// A sum of memory or disk to three decimals of the unit that suits it; `≈` before it where that leaves something out.
pub fn bytes_summed(sum: Bytes) -> String {
    let (number, unit) = summed(sum, sum);
    format!("{number} {unit}")
}

/// A part of a sum in the unit that suits `whole`, as for `114.5 / 128 GiB`. What would come to nothing there has a unit of its own.
pub fn bytes_summed_like(part: Bytes, whole: Bytes) -> String {
    let (text, _) = summed(part, whole);
    let is_nothing = text.trim_start_matches('≈') == "0" && part.get() != 0;
    if is_nothing { bytes_summed(part) } else { text }
}

/// The number that represents a sum in the unit that suits `whole`, and that unit. Mesos counts in MiB, so no unit is smaller.
fn summed(sum: Bytes, whole: Bytes) -> (String, &'static str) {
    let unit = unit_of(whole).max(MIB);
    let scalar = units::decimal(sum.as_f64() / MEBIBYTE);
    let number = scalar / 1024_f64.powi(i32::try_from(unit - MIB).unwrap_or(0));
    let mark = if units::decimal(number) == number { "" } else { "≈" };
    (format!("{mark}{}", amount(number)), UNITS.get(unit).copied().unwrap_or("MiB"))
}

/// The number and the unit apart, as `("1.18", "PiB")`, so that the unit can be dimmed.
pub fn bytes(bytes: Bytes) -> (String, &'static str) {
    in_unit(bytes, unit_of(bytes))
}

/// The number in the unit that suits `whole`, as for `114 / 128 GiB`; its zeros stay, so that figures below one another align.
/// What would come to nothing there is said with a unit of its own.
pub fn bytes_like(part: Bytes, whole: Bytes) -> String {
    let text = digits(part, unit_of(whole));
    let is_nothing = text.bytes().all(|letter| matches!(letter, b'0' | b'.' | b'-'));
    if is_nothing && part.get() != 0 { bytes_exactly(part) } else { text }
}

fn unit_of(bytes: Bytes) -> usize {
    let mut unit = 0;
    while unit + 1 < UNITS.len() && bytes.as_f64().abs() >= 1024_f64.powi(i32::try_from(unit).unwrap_or(0) + 1) {
        unit += 1;
    }
    unit
}

const MEBIBYTE: f64 = 1_048_576.0;
/// The place of MiB among the units.
const MIB: usize = 2;
/// The place of GiB among the units.
const GIB: usize = 3;
const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

fn in_unit(bytes: Bytes, unit: usize) -> (String, &'static str) {
    let text = digits(bytes, unit);
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text };
    (text, UNITS.get(unit).copied().unwrap_or("B"))
}

fn digits(bytes: Bytes, unit: usize) -> String {
    let number = bytes.as_f64() / 1024_f64.powi(i32::try_from(unit).unwrap_or(0));
    let decimals = match number {
        0.0 | 100.0.. => 0,
        _ if unit == 0 => 0,
        10.0.. => 1,
        _ => 2,
    };
    format!("{number:.decimals$}")
}

/// A share of a whole in whole percent; what is not nothing is at least one, what is not all at most 99.
pub fn percent(part: f64, whole: f64) -> String {
    if whole <= 0.0 {
        return "–".to_owned();
    }
    let share = part / whole * 100.0;
    let share = if share > 0.0 && share < 1.0 {
        1.0
    } else if share > 99.0 && share < 100.0 {
        99.0
    } else {
        share.round()
    };
    format!("{share:.0}{THIN_SPACE}%")
}

/// How long ago, as people say it: the nearest whole number of the largest unit, as `8 s`, `12 min`, `3 h`, `41 d`.
pub fn age(length: Nanoseconds) -> String {
    let seconds = length.as_secs_rounded().max(0);
    let (minutes, hours) = (nearest(seconds, 60), nearest(seconds, 3600));
    let (number, unit) = match (seconds, minutes, hours) {
        (..60, ..) => (seconds, "s"),
        (_, ..60, _) => (minutes, "min"),
        (.., ..24) => (hours, "h"),
        _ => (nearest(seconds, 86_400), "d"),
    };
    format!("{number}{THIN_SPACE}{unit}")
}

/// How long ago, or in how long: `12 min ago`, `in 2 h 54 min`. Clocks of others may be ahead of this one by a little.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let ahead = at.since(now);
    match ahead.as_secs() {
        0 => format!("{} ago", age(now.since(at))),
        1..60 => "now".to_owned(),
        _ => format!("in {}", until(ahead)),
    }
}

/// How long ago something happened, by clocks that may differ: what has happened is not to come.
pub fn ago_at_most_now(at: Timestamp, now: Timestamp) -> String {
    if at.since(now).as_secs() > 0 { "now".to_owned() } else { ago(at, now) }
}

/// How long it is until something, to the minute: `8 s`, `12 min`, `2 h 54 min`, `3 d 1 h`.
pub fn until(length: Nanoseconds) -> String {
    let seconds = length.as_secs_rounded();
    if seconds < 60 { span(length) } else { span(Nanoseconds::from_secs(nearest(seconds, 60) * 60)) }
}

/// A length of time by its two largest units, the second rounded: `1 d 6 h`, `1 min 30 s`, `500 ms`.
pub fn span(length: Nanoseconds) -> String {
    let millis = length.as_millis().max(0);
    if (1..1000).contains(&millis) {
        return format!("{millis}{THIN_SPACE}ms");
    }
    let seconds = length.as_secs_rounded().max(0);
    // What is reported in days and hours is a whole number of hours.
    let unit = if nearest(seconds, 60) * 60 >= 86_400 {
        3600
    } else if seconds >= 3600 {
        60
    } else {
        1
    };
    let seconds = nearest(seconds, unit) * unit;
    let parts = [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let first = parts.iter().position(|(number, _)| *number > 0).unwrap_or(3);
    let said = parts.iter().skip(first).take(2).filter(|(number, unit)| *number > 0 || *unit == "s" && first == 3);
    said.map(|(number, unit)| format!("{number}{THIN_SPACE}{unit}")).collect::<Vec<_>>().join(" ")
}

/// So many units, rounded half up.
const fn nearest(seconds: i64, unit: i64) -> i64 {
    (seconds + unit / 2) / unit
}

/// A scalar of Mesos' with its unit: `mem` and `disk` are in MiB.
pub fn scalar(name: &str, value: f64) -> String {
    match name {
        _ if value.is_infinite() => "no limit".to_owned(),
        "mem" | "disk" => bytes_exactly(Bytes::from_mebibytes(value)),
        _ => amount(value),
    }
}

/// The master's count of tasks in a state beside what it has reported.
pub fn count_differs(state: TaskState, counted: u32, held: u32) -> String {
    let number = |number: u32| count(u64::from(number));
    format!("The master counts {} {} tasks, and has reported {}", number(counted), state.name(), number(held))
}

/// How many tasks sums by role may leave out, if any.
pub fn sums_without(gaps: SumGaps) -> Option<String> {
    let some = |number: u32, of: &str, one: &str, more: &str| {
        (number > 0).then(|| format!("{of}{}", plural(number, one, more)))
    };
    let parts = [
        some(gaps.tasks, "", "task", "tasks"),
        some(gaps.frameworks, "offers to ", "framework", "frameworks"),
        some(gaps.agents, "reservations on ", "agent", "agents"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let (last, first) = parts.split_last()?;
    let all = if first.is_empty() { last.clone() } else { format!("{} and {last}", first.join(", ")) };
    Some(format!("Sums by role may leave out {all}, whose resources cannot be read."))
}

/// How far the cluster's clock is from this machine's, where that is worth a word.
pub fn skew(skew: Skew) -> Option<String> {
    let apart = skew.is_notable().then(|| apart(skew))?;
    Some(format!("The master's clock is {apart} this machine's. Ages are corrected for it."))
}

/// How far an agent's clock is from the master's, where that is worth a word.
pub fn agent_skew(agent: Skew, master: Skew) -> Option<String> {
    let skew = agent.from(master);
    let apart = skew.is_notable().then(|| apart(skew))?;
    Some(format!(
        "The agent's clock is {apart} the master's. Where the agent dated something, its age here is corrected for it."
    ))
}

/// By whose clock a time is that an agent dated, where its clock is notably ahead of the cluster's, or behind it.
pub fn dated_by(ahead: Nanoseconds) -> Option<String> {
    let skew = Skew(ahead);
    skew.is_notable().then(|| format!("by its agent's clock, which is {} the master's", apart(skew)))
}

/// How far the clock is that a log's times are by, where it differs notably from this machine's. `whose` is as `This agent's`.
pub fn log_skew(whose: &str, skew: Skew) -> Option<String> {
    let says = || format!("{whose} clock is {} yours: times in the log follow that clock.", apart(skew));
    skew.is_notable().then(says)
}

fn apart(skew: Skew) -> String {
    let (apart, word) = if skew.0.0 < 0 { (Nanoseconds(-skew.0.0), "behind") } else { (skew.0, "ahead of") };
    // A clock is read to a second at best, and an answer takes its time.
    let seconds = match apart.as_secs_rounded() {
        seconds @ ..60 => seconds,
        seconds => seconds.saturating_add(2) / 5 * 5,
    };
    format!("{} {word}", span(Nanoseconds::from_secs(seconds)))
}

/// Headline in place of what waits for a master that cannot be reached.
pub const NO_MASTER: &str = "Waiting for the master";

/// Headline and text shown where a part of the state is not known: nobody may take it for "none". What was not read is not read
/// soon without a connection to the master.
pub fn unknown(part: Topic, why: &Unknown, is_connected: bool) -> (String, String) {
    let (name, call) = (checks::topic(part), part.call());
    match why {
        Unknown::NotYet if !is_connected => {
            (NO_MASTER.to_owned(), format!("{call} is sent once the master can be reached."))
        }
        Unknown::NotYet => (format!("Reading {name}"), format!("{call} has not been answered yet.")),
        Unknown::Refused(words) => {
            (format!("You may not see {name}"), with_reason(format!("The master refuses {call}"), words))
        }
        Unknown::Failed(why) => (format!("Cannot read {name}"), with_stop(format!("{call}: {why}"))),
    }
}

fn with_stop(words: String) -> String {
    if words.ends_with(['.', '!', '?']) { words } else { format!("{words}.") }
}

fn with_reason(says: String, words: &str) -> String {
    if words.is_empty() { format!("{says}.") } else { format!("{says}: {words}") }
}

/// The headline and the words of an empty list of the master's: nothing has arrived yet, there is none, or none that the caller may
/// see, and what contradicts it.
pub fn empty_master_list(
    list: FilteredList,
    (title, words): (&str, &str),
    visibility: &Visibility,
) -> (String, String) {
    if !visibility.is_whole {
        return ("Loading cluster state".to_owned(), "The master has not sent this list yet.".to_owned());
    }
    let evidence = visibility.evidence(list).map(|found| evidence(list, found));
    match (visibility.may_be_filtered(), evidence) {
        (false, None) => (title.to_owned(), words.to_owned()),
        (false, Some(evidence)) => (title.to_owned(), evidence),
        (true, None) => none_visible(title, "The master"),
        (true, Some(evidence)) => {
            let (title, words) = none_visible(title, "The master");
            (title, format!("{evidence} {words}"))
        }
    }
}

/// The headline and the words of an empty list, for a caller from whom `sender`, as `The master`, may hide what is in it.
pub fn none_visible(title: &str, sender: &str) -> (String, String) {
    let title = match title.split_whitespace().count() {
        1 | 2 if title.starts_with("No") => format!("{title} that you may see"),
        _ => format!("{title}, as far as you may see"),
    };
    (title, format!("{sender} leaves out what you may not see, and does not say so. There may be more."))
}

/// What contradicts that a list of the master's is empty, in a sentence.
pub fn evidence(list: FilteredList, evidence: Evidence) -> String {
    let name = list.name();
    match evidence {
        Evidence::Counted(number) => {
            let counted = plural(number, name.trim_end_matches('s'), name);
            format!("The master's metrics, as last read, count {counted}; its list has none.")
        }
        Evidence::Referenced => format!("Tasks belong to {name} that the master does not list."),
        Evidence::Allocated => format!("Agents have resources allocated, and the master lists no {name}."),
    }
}

/// `1 task`, `2 tasks`.
pub fn plural(number: u32, one: &str, many: &str) -> String {
    format!("{} {}", count(u64::from(number)), if number == 1 { one } else { many })
}

/// The end of an id that tells it from others: `…-S88120`.
pub fn short_id(id: &str) -> String {
    match id.rsplit_once('-') {
        Some((head, tail)) if head.len() > 8 => format!("…-{tail}"),
        _ => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::unknown::ReadFailure;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(amount(26.6), "26.6");
        assert_eq!(amount(0.126), "0.126");
        assert_eq!((amount(0.001).as_str(), amount(1.004).as_str(), amount(-1.5).as_str()), ("0.001", "1.004", "-1.5"));
        assert_eq!((tenths(26.6), tenths(3.0), tenths(0.004)), ("26.6".into(), "3.0".into(), "0.004".into()));
        assert_eq!(amount(314_944.0), "314\u{202f}944");
        assert_eq!(bytes(Bytes::from_mebibytes(131_072.0)), ("128".into(), "GiB"));
        assert_eq!(bytes(Bytes::new(0)), ("0".into(), "B"));
        assert_eq!(bytes_like(Bytes::from_mebibytes(512.0), Bytes::from_mebibytes(131_072.0)), "0.50");
        assert_eq!(percent(0.001, 5.0), "1\u{202f}%");
        assert_eq!(percent(1.0, 0.0), "–");
    }

    #[test]
    fn memory_is_said_exactly() {
        let check = |mebibytes: f64, expected: &str| assert_eq!(scalar("mem", mebibytes), expected);
        check(0.0, "0 MiB");
        check(0.001, "0.001 MiB");
        check(1024.0, "1 GiB");
        check(1500.0, "1\u{202f}500 MiB");
        check(1536.0, "1.5 GiB");
        check(1024.001, "1\u{202f}024.001 MiB");
        check(1_099_511_627_776.0, "1\u{202f}024 PiB");
        assert_eq!(bytes_exactly(Bytes::new(123_456_789)), "≈118 MiB");
        // Two amounts, each rounded to whole bytes.
        let sum = Bytes::from_mebibytes(1024.004) + Bytes::from_mebibytes(0.504);
        assert_eq!(bytes_exactly(sum), "≈1 GiB");
        let whole = Bytes::from_mebibytes(131_072.0);
        assert_eq!(bytes_like(Bytes::from_mebibytes(0.001), whole), "0.001 MiB");
        assert_eq!(bytes_like(Bytes::new(0), whole), "0");
    }

    #[test]
    fn a_sum_of_memory_keeps_thousandths_or_says_that_it_is_rounded() {
        let check = |mebibytes: &[f64], expected: &str| {
            let sum = mebibytes.iter().fold(Bytes::default(), |sum, of| sum + Bytes::from_mebibytes(*of));
            let text = bytes_summed(sum);
            assert_eq!(crate::base::escaping::escape_invisible(&text), text, "the page spells out nothing of it");
            assert_eq!(text.replace(THIN_SPACE, " "), expected);
        };
        let like = |part: f64| {
            bytes_summed_like(Bytes::from_mebibytes(part), Bytes::from_mebibytes(131_072.0)).replace(THIN_SPACE, " ")
        };
        assert_eq!([0.0, 0.001, 512.0, 102_528.0, 131_071.999].map(like), ["0", "0.001 MiB", "0.5", "100.125", "≈128"]);
        check(&[], "0 MiB");
        check(&[0.001; 3], "0.003 MiB");
        check(&[0.1; 10], "1 MiB");
        check(&[102_528.0], "100.125 GiB");
        check(&[1_047_552.0, 1024.0], "1 TiB");
        check(&[1_048_575.999], "≈1 024 GiB");
        check(&[1024.001], "≈1 GiB");
        check(&[1023.0, 0.999], "1 023.999 MiB");
    }

    #[test]
    fn lengths_are_rounded_as_people_round() {
        let check = |seconds: i64, of_age: &str, of_span: &str| {
            let length = Nanoseconds::from_secs(seconds);
            assert_eq!(age(length).replace(THIN_SPACE, " "), of_age);
            assert_eq!(span(length).replace(THIN_SPACE, " "), of_span);
        };
        check(0, "0 s", "0 s");
        check(59, "59 s", "59 s");
        check(60, "1 min", "1 min");
        check(89, "1 min", "1 min 29 s");
        check(90, "2 min", "1 min 30 s");
        check(3569, "59 min", "59 min 29 s");
        check(3570, "1 h", "59 min 30 s");
        check(5400, "2 h", "1 h 30 min");
        check(7200, "2 h", "2 h");
        check(10_440, "3 h", "2 h 54 min");
        check(10_799, "3 h", "3 h");
        check(84_599, "23 h", "23 h 30 min");
        check(84_600, "1 d", "23 h 30 min");
        check(86_399, "1 d", "1 d");
        check(108_000, "1 d", "1 d 6 h");
        check(604_800, "7 d", "7 d");
        assert_eq!(span(Nanoseconds::from_millis(500)), "500\u{202f}ms");
        assert_eq!(age(Nanoseconds::from_millis(1500)), "2\u{202f}s");
        assert_eq!(age(Nanoseconds(i64::MAX)), "106752\u{202f}d");
    }

    #[test]
    fn what_has_happened_is_not_to_come() {
        let now = Timestamp(1_800_000_000_000_000_000);
        let check = |seconds: i64, words: &str| {
            assert_eq!(ago_at_most_now(now + Nanoseconds::from_secs(seconds), now), words);
        };
        check(900, "now");
        check(5, "now");
        check(-120, "2\u{202f}min ago");
    }

    #[test]
    fn what_lies_ahead_is_not_past() {
        let now = Timestamp(1_800_000_000_000_000_000);
        let check = |seconds: i64, expected: &str| {
            assert_eq!(ago(now + Nanoseconds::from_secs(seconds), now), expected);
        };
        check(-7200, "2\u{202f}h ago");
        check(0, "0\u{202f}s ago");
        check(5, "now");
        check(60, "in 1\u{202f}min");
        check(10_440, "in 2\u{202f}h 54\u{202f}min");
        check(10_439, "in 2\u{202f}h 54\u{202f}min");
        check(10_800, "in 3\u{202f}h");
        check(90, "in 2\u{202f}min");
    }

    #[test]
    fn clocks_that_differ_are_reported_of() {
        let check = |seconds: i64, expected: Option<&str>| {
            let said = skew(Skew(Nanoseconds::from_secs(seconds))).map(|words| words.replace(THIN_SPACE, " "));
            assert_eq!(said.as_deref().and_then(|words| words.split('.').next()), expected);
        };
        check(900, Some("The master's clock is 15 min ahead of this machine's"));
        check(901, Some("The master's clock is 15 min ahead of this machine's"));
        check(-898, Some("The master's clock is 15 min behind this machine's"));
        check(58, Some("The master's clock is 58 s ahead of this machine's"));
        check(-75, Some("The master's clock is 1 min 15 s behind this machine's"));
        check(3, None);
    }

    #[test]
    fn an_agents_clock_is_compared_with_the_masters() {
        let check = |agent: i64, master: i64, expected: Option<&str>| {
            let of = |seconds| Skew(Nanoseconds::from_secs(seconds));
            let said = agent_skew(of(agent), of(master)).map(|words| words.replace(THIN_SPACE, " "));
            assert_eq!(said.as_deref().and_then(|words| words.split('.').next()), expected);
        };
        check(-900, 0, Some("The agent's clock is 15 min behind the master's"));
        check(0, -900, Some("The agent's clock is 15 min ahead of the master's"));
        check(900, 900, None);
        check(2, -2, None);
    }

    #[test]
    fn what_is_not_known_is_not_none() {
        let check = |why: Unknown, title: &str, words: &str| {
            assert_eq!(unknown(Topic::Quota, &why, true), (title.to_owned(), words.to_owned()));
        };
        check(Unknown::NotYet, "Reading quotas", "GET_QUOTA has not been answered yet.");
        let cut_off = unknown(Topic::Quota, &Unknown::NotYet, false);
        let says = "GET_QUOTA is sent once the master can be reached.";
        assert_eq!(cut_off, (NO_MASTER.to_owned(), says.to_owned()));
        check(
            Unknown::Refused("Forbidden".into()),
            "You may not see quotas",
            "The master refuses GET_QUOTA: Forbidden",
        );
        check(
            Unknown::Failed(ReadFailure::BrokenOff),
            "Cannot read quotas",
            "GET_QUOTA: the connection broke before the answer was complete.",
        );
        assert_eq!(none_visible("No tasks", "The master").0, "No tasks that you may see");
        assert_eq!(none_visible("None", "The master").0, "None that you may see");
        assert_eq!(none_visible("Nothing is reserved", "The master").0, "Nothing is reserved, as far as you may see");
    }

    #[test]
    fn ids_are_shortened_where_that_tells_them_apart() {
        assert_eq!(short_id("c3946a13-75b4-4d3c-9d0e-fc10038dca85-S3"), "…-S3");
        assert_eq!(short_id("a-S3"), "a-S3");
        assert_eq!(short_id("é"), "é");
    }
}
