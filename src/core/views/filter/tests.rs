//! What a filter understands.

use std::collections::BTreeSet;

use super::partial_word::PartialWord;
use super::*;
use crate::text::help::{HelpBlock, SECTIONS};

struct Host;

impl Row for Host {
    fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
        contains("a0417.ams")
            || contains("Error: code,5")
            || contains("Größe")
            || contains("ct:1:0:Job x<5 http://h:5/?a=b")
    }
    fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
        match name {
            "zone" => matches("ams-2b"),
            "state" => matches("Inactive"),
            "role" => matches("eng/Web") || matches("*"),
            _ => false,
        }
    }
    fn number(&self, name: &str) -> Option<f64> {
        match name {
            "cpus" => Some(2.5),
            "changed" => Some(90.0),
            _ => None,
        }
    }
}

fn check(filter: &str, matches: bool) {
    assert_eq!(Filter::parse(filter).matches(&Host), matches, "{filter}");
}

#[test]
fn words_match_any_text_in_any_case() {
    check("", true);
    check("AMS 0417", true);
    check("grösse", false);
    check("GRÖẞE", true);
    check("fra", false);
    check("-fra", true);
    check("\"0417 ams\"", false);
}

#[test]
fn fields_take_parts_and_patterns() {
    check("zone:2b", true);
    check("zone:ams-2*", true);
    check("zone:2*", false);
    check("zone:*-*b", true);
    check("-zone:ams*", false);
    check("rack:x", false);
}

#[test]
fn what_asks_of_no_field_is_text() {
    check("ct:1:0:job", true);
    check("CT:1:0", true);
    check("ct:2:0:job", false);
    check("-ct:1:0:job", false);
    check("-ct:2", true);
    check("http://h:5/", true);
    check("http://h:6/", false);
    check("x<5", true);
    check("x<6 ", false);
    check("ct:=1", false);
    check("0:job ams zone:2b", true);
    // A field that there is stays one.
    check("zone:a0417", false);
    check("cpus<2", false);
    check("\"zone:2b\"", false);
    check("\"ct:1:0:job x<5\"", true);
    check("-\"ct:1:0:job x<5\"", false);
}

#[test]
fn values_can_be_meant_exactly() {
    check("zone:=ams-2b", true);
    check("zone:=AMS-2B", true);
    check("zone:=ams-2", false);
    check("zone:=*", false);
    check("-zone:=ams-2", true);
}

#[test]
fn a_state_is_meant_by_its_beginning() {
    check("state:inactive", true);
    check("state:INACT", true);
    check("state:active", false);
    check("-state:active", true);
    check("state:*active", true);
    check("state:", true);
    check("state:inactive-and-more", false);
    assert!(Filter::parse("state:active").wants("state", "active"));
}

#[test]
fn a_role_is_meant_with_those_below_it() {
    check("role:eng/", true);
    check("role:ENG/web/", true);
    check("role:en/", false);
    check("role:web/", false);
    check("role:*/", true);
    check("-role:eng/", false);
    check("role:/", true);
    check("zone:ams-2b/", false);
}

#[test]
fn what_keeps_a_row_out_is_named() {
    let alone = |text: &str| {
        let filter = Filter::parse(text);
        filter.only_failing_term(&Host).and_then(|at| filter.words().nth(at).map(str::to_owned))
    };
    assert_eq!(alone("ams zone:\"fra 1\" cpus>2"), Some("zone:\"fra 1\"".to_owned()));
    assert_eq!(alone("ams -state:in"), Some("-state:in".to_owned()));
    assert_eq!(alone("nothing zone:fra"), None, "two do");
    assert_eq!(alone("ams"), None, "none does");
    let lacks = |text: &str| !Filter::parse(text).is_reported(0, &Host);
    assert!(lacks("rakc:r1") && lacks("gpus>1"));
    assert!(!lacks("zone:fra") && !lacks("cpus>7") && !lacks("word"));
}

#[test]
fn ages_have_units() {
    check("changed<2h", true);
    check("changed<=90", true);
    check("changed<90m", false);
    check("changed>3600s", true);
    check("changed>1d", false);
    check("changed<2x", false);
    check("cpus<2h", false);
}

#[test]
fn a_row_may_lack_one_field_alone() {
    let classify = |filter: &str| Filter::parse(filter).classify(&Host, &["zone", "rack"]);
    assert_eq!(classify("ams zone:2b"), FilterOutcome::Through);
    assert_eq!(classify("ams zone:fra zone:=x"), FilterOutcome::FailsOnly(0));
    assert_eq!(classify("zone:fra rack:r1"), FilterOutcome::Out);
    assert_eq!(classify("zone:fra nothing"), FilterOutcome::Out);
    assert_eq!(classify("-zone:ams"), FilterOutcome::Out);
}

#[test]
fn values_are_joined_by_or() {
    check("zone:fra,2b", true);
    check("zone:fra,dub", false);
    check("-zone:fra,2b", false);
    check("-zone:fra,dub", true);
    check("zone:fra*,*2b", true);
    check("state:failed,inact", true);
    check("role:ops/,eng/", true);
    check("role:=ops,eng/web", true);
    check("role:=ops,=eng/web", true);
    check("role:ops,=eng", false);
    check("role:ops,=eng/web", true);
    check("cpus=1,2.5", true);
    check("cpus=1,2", false);
    check("zone:fra,2b role:=none", false);
    check("rack:a,b", false);
}

#[test]
fn a_comma_may_be_typed_before_its_value_and_beside_blanks() {
    check("zone:fra,", false);
    check("zone:2b,", true);
    check("zone:,", true);
    check("zone:fra, 2b", true);
    check("zone:fra , 2b ams", true);
    check("zone:fra , 2b dub", false);
    check("cpus=1, 2.5", true);
    check("cpus>1 , 2", false);
}

#[test]
fn a_quoted_comma_is_part_of_a_value() {
    struct Message;
    impl Row for Message {
        fn text(&self, contains: &mut dyn FnMut(&str) -> bool) -> bool {
            contains("exited, code 1")
        }
        fn field(&self, name: &str, matches: &mut dyn FnMut(&str) -> bool) -> bool {
            name == "message" && matches("exited, code 1")
        }
        fn number(&self, _: &str) -> Option<f64> {
            None
        }
    }
    let check = |text: &str, matches: bool| assert_eq!(Filter::parse(text).matches(&Message), matches, "{text}");
    check("message:=\"exited, code 1\"", true);
    check("message:=\"exited, code 2\"", false);
    check("message:=lost,\"exited, code 1\"", true);
    check("message:\"ed, c\"", true);
    check("message:\"ed, x\"", false);
    check("message:x,code", true);
    // Words that ask of no field are text, with their commas.
    check("exited, code", true);
    check("\"exited, code\"", true);
    check("gone,code", false);
    check(&Filter::word("message", "exited, code 1"), true);
}

#[test]
fn a_filter_asks_of_columns() {
    let filter = Filter::parse("web LABEL:tier=* -health:unhealthy disk>4");
    assert!(["labels", "health", "disk"].into_iter().all(|column| filter.asks_of(column)));
    assert!(!["name", "cpus", "label-x"].into_iter().any(|column| filter.asks_of(column)));
}

#[test]
fn a_comparison_without_a_number_is_known() {
    let check = |text: &str, limit: Option<&str>| {
        assert_eq!(Filter::parse(text).limit_without_number(0), limit, "{text}");
    };
    check("cpus>many", Some("many"));
    check("-free.mem>=8GiB", Some("8GiB"));
    check("changed<10q", Some("10q"));
    check("cpus>", Some(""));
    check("cpus>>4", Some(">4"));
    check("cpus>4", None);
    check("changed<10m", None);
    check("role:a>b", None);
    check("\"cpus>many\"", None);
    check("<img>", None);
    check("web", None);
}

#[test]
fn a_value_is_asked_for_as_it_is() {
    let word = |field: &str, value: &str| {
        let word = Filter::word(field, value);
        assert!(Filter::parse(&word).wants(field, value), "{word}");
        assert_eq!(Filter::parse(&word).words().count(), 1, "{word}");
        word
    };
    assert_eq!(word("state", "failed"), "state:failed");
    assert_eq!(word("role", "dev"), "role:=dev");
    assert_eq!(word("role", "a,b"), "role:=\"a,b\"");
    assert_eq!(word("label", "=x"), "label:=\"=x\"");
    assert_eq!(word("label", "a=b c"), "label:=\"a=b c\"");
    assert_eq!(word("role", "eng/"), "role:=eng/");
}

#[test]
fn a_value_is_toggled_and_the_rest_stays() {
    let toggled = |text: &str, field: &str, value: &str, expected: &str| {
        assert_eq!(Filter::toggled(text, field, value), expected, "{text}");
    };
    toggled("", "state", "failed", "state:failed");
    toggled("state:failed", "state", "failed", "");
    toggled("web STATE:run* -state:lost \"a  b\"", "state", "failed", "web STATE:run*,failed -state:lost \"a  b\"");
    toggled("state:failed, lost", "state", "failed", "state:lost");
    toggled("state:failed,", "state", "lost", "state:failed,lost");
    toggled("role:=dev", "role", "a b", "role:=dev,\"a b\"");
    toggled("role:=\"a b\",dev x", "role", "a b", "role:=dev x");
    toggled("role:=dev", "role", "a,b", "role:=dev,\"a,b\"");
    toggled("role:eng/", "role", "dev", "role:eng/,=dev");
    toggled("role:eng/,=dev role:=dev", "role", "dev", "role:eng/");
    toggled("role:=dev", "role", "*", "role:=dev,*");
    toggled("role:", "role", "dev", "role:=dev");
    toggled("-role:=dev", "role", "dev", "-role:=dev role:=dev");
    assert!(Filter::parse("role:=dev,*").wants("role", "*"));
    assert_eq!(Filter::parse("role:=dev,*").exactly("role"), None, "there are two");
    assert_eq!(Filter::flipped("a -role:b/*", "-role:b/*"), "a");
    assert_eq!(Filter::flipped("a", "-role:b/*"), "a -role:b/*");
    assert_eq!(Filter::without_words("a \"b c\" -role:b/*", |word| word.starts_with("-role:")), "a \"b c\"");
}

#[test]
fn the_word_that_is_typed_is_completed() {
    let ending = PartialWord::of("web -STATE:fa");
    let expected = PartialWord {
        before: "web ".into(),
        negated: true,
        field: Some("state".into()),
        listed: String::new(),
        part: "fa".into(),
    };
    assert_eq!(ending, expected);
    assert_eq!(ending.with_value("state", "failed"), "web -state:failed ");
    assert_eq!(PartialWord::of("web fra").with_field("framework", ":"), "web framework:");
    assert_eq!(PartialWord::of("role:=\"a b").part, "a b");
    assert_eq!(PartialWord::of("role:=\"a b").with_value("role", "a b c"), "role:=\"a b c\" ");
    assert_eq!(PartialWord::of("role:=dev,\"a, b").with_value("role", "a, b c"), "role:=dev,\"a, b c\" ");
    assert_eq!(PartialWord::of("role:dev,o").with_value("role", "ops"), "role:dev,=ops ");
    assert_eq!(PartialWord::of("-state:failed , ").with_value("state", "lost"), "-state:failed,lost ");
    assert_eq!(PartialWord::of("exited, co").part, "co");
    assert_eq!(PartialWord::of("web "), PartialWord { before: "web ".into(), ..PartialWord::default() });
    for text in ["", "-", ":", "-:", "\"", "a:\"", " \u{3000}", ",", "a:,", "a:=,,", ", a:b ,\",\" , ", "ß:ß,ß"] {
        PartialWord::of(text).with_value("state", "x");
        Filter::toggled(text, "a", "b");
    }
}

#[test]
fn numbers_compare() {
    check("cpus>2", true);
    check("cpus>=2.5 cpus<=2.5", true);
    check("cpus<2", false);
    check("zone:=a>2", false);
    check("-zone:=a>2", true);
    check("gpus>0", false);
}

#[test]
fn a_number_equals_what_is_shown_of_it() {
    check("cpus=2.5", true);
    check("cpus=2.500", true);
    check("cpus=2", false);
    check("cpus=2.501", false);
    check("-cpus=2.5", false);
    // Where no row has such a number, it is text as before.
    check("ams=1", false);
    check("a=b", true);
    check("a=c", false);
}

#[test]
fn anything_is_a_filter() {
    for text in [
        "-", ":", ">", "cpus>", "a:b:c", "\"", "***", "zone:***", "<>=", "\u{0}", ",", "a:,", "a=,", "a:,,\"",
        "a: , ,b",
    ] {
        Filter::parse(text).matches(&Host);
    }
}

#[test]
fn a_field_is_dropped_and_its_exclusions_stay() {
    let filter = "app role:=dev -role:=ops state:failed,lost role:a/ \"role:\" cpus>2";
    assert_eq!(Filter::without(filter, "role"), "app -role:=ops state:failed,lost \"role:\" cpus>2");
    assert_eq!(Filter::without(filter, "state"), "app role:=dev -role:=ops role:a/ \"role:\" cpus>2");
}

/// Form of a term, as the help explains it.
fn form(test: &Test) -> &'static str {
    match test {
        Test::Word(_) => "word",
        Test::Values(_, tests) if tests.len() > 1 => "list",
        Test::Values(_, tests) => match tests.as_slice().first() {
            Some(ValueTest::Part(..)) | None => "part",
            Some(ValueTest::Pattern(_)) => "pattern",
            Some(ValueTest::Exact(_)) => "exact",
            Some(ValueTest::Begins(_)) => "beginning",
            Some(ValueTest::Tree(_)) => "tree",
        },
        Test::Compare(_, Comparison::Below, _) => "<",
        Test::Compare(_, Comparison::AtMost, _) => "<=",
        Test::Compare(_, Comparison::AtLeast, _) => ">=",
        Test::Compare(_, Comparison::Above, _) => ">",
        Test::Equal(..) => "=",
    }
}

#[test]
fn the_help_has_an_example_of_each_form_of_a_term() {
    let filters = SECTIONS.iter().find(|section| section.title == "Filters").expect("the help explains filters");
    let examples = filters.blocks.iter().flat_map(|block| match block {
        HelpBlock::Examples(rows) => rows.iter().map(|[code, _]| *code).collect(),
        _ => Vec::new(),
    });
    let terms: Vec<Term> = examples.flat_map(|code| Filter::parse(code).terms).collect();
    let forms: BTreeSet<&str> = terms.iter().map(|term| form(&term.test)).collect();
    let all = ["word", "list", "part", "pattern", "exact", "beginning", "tree", "<", "<=", ">=", ">", "="];
    assert_eq!(forms, BTreeSet::from(all));
    assert!(terms.iter().any(|term| term.negated) && terms.iter().any(|term| term.word.starts_with('"')));
    for age in AGES {
        assert!(terms.iter().any(|term| term.test.field() == Some(age)), "{age}");
    }
}
