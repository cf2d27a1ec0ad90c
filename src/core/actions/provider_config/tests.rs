//! Tests of what is found in a typed configuration, and where.

use super::*;

const VALID: &str = r#"{
  "type": "org.apache.mesos.rp.local.storage",
  "name": "ssd",
  "default_reservations": [{"type": "DYNAMIC", "role": "storage"}],
  "storage": {
    "plugin": {
      "type": "org.apache.mesos.csi.lvm",
      "name": "lvm_1",
      "containers": [{"services": ["NODE_SERVICE"], "command": {"shell": false, "value": "csilvm"}}]
    }
  }
}"#;

fn error(text: &str) -> (usize, ConfigProblem) {
    let error = read(text).expect_err("it is not valid");
    assert!(error.column > 0, "{text}");
    (error.line, error.problem)
}

#[test]
fn a_valid_configuration_is_one_line_of_json() {
    let (config, unknown) = read(VALID).expect("it is valid");
    assert_eq!((config.kind(), config.name()), ("org.apache.mesos.rp.local.storage", "ssd"));
    assert!(unknown.is_empty() && !config.json().contains('\n'));
    let again: Value = serde_json::from_str(config.json()).expect("JSON");
    assert_eq!(again, serde_json::from_str::<Value>(VALID).expect("JSON"));
}

#[test]
fn a_reported_configuration_equals_the_typed_one() {
    let reported = VALID.replacen('{', r#"{"id": {"value": "22d25a71"},"#, 1);
    assert_eq!(ProviderConfig::reported(&reported), Some(read(VALID).expect("it is valid").0));
    assert_eq!(ProviderConfig::reported("[]"), None);
}

#[test]
fn an_error_has_its_line() {
    let check = |from: &str, to: &str, line, problem| {
        assert!(VALID.contains(from), "{from}");
        assert_eq!(error(&VALID.replacen(from, to, 1)), (line, problem), "{to}");
    };
    let path = |path: &str| path.to_owned();
    check(r#""ssd""#, r#""s-d""#, 3, ConfigProblem::Name(path("name")));
    check(r#""ssd""#, r#""""#, 3, ConfigProblem::Missing(path("name")));
    check(r#""ssd""#, "7", 3, ConfigProblem::Form(path("name"), ExpectedForm::Text));
    check(r#""name": "ssd","#, "", 12, ConfigProblem::Missing(path("name")));
    check(r#""name": "ssd""#, r#""name": "ssd", "name": "hdd""#, 3, ConfigProblem::Twice(path("name")));
    check(r#""name": "ssd""#, r#""name": "ssd", "id": {"value": "x"}"#, 3, ConfigProblem::Id);
    check(r#"[{"type": "DYNAMIC", "role": "storage"}]"#, "{}", 4, {
        ConfigProblem::Form(path("default_reservations"), ExpectedForm::List)
    });
    check(r#""role": "storage""#, r#""role": "/a""#, 4, {
        ConfigProblem::Role(path("default_reservations[0].role"), RoleError::Slash)
    });
    check("org.apache.mesos.csi.lvm", "org..lvm", 7, ConfigProblem::Dotted(path("storage.plugin.type")));
    check("NODE_SERVICE", "SOME_SERVICE", 9, {
        ConfigProblem::OneOf(path("storage.plugin.containers[0].services[0]"), &["CONTROLLER_SERVICE", "NODE_SERVICE"])
    });
    check("rp.local.storage", "rp.local.network", 2, {
        ConfigProblem::OneOf(path("type"), &["org.apache.mesos.rp.local.storage"])
    });
    check("NODE_SERVICE", "CONTROLLER_SERVICE", 12, ConfigProblem::NoNodeService);
    check(
        "false",
        "\"no\"",
        9,
        ConfigProblem::Form(path("storage.plugin.containers[0].command.shell"), ExpectedForm::Flag),
    );
}

#[test]
fn text_that_is_no_json_is_reported_in_the_parsers_words() {
    let is_said = |text: &str, words: &str| match error(text).1 {
        ConfigProblem::Syntax(said) => assert!(said.starts_with(words), "{said}"),
        other => panic!("{other:?}"),
    };
    is_said("{\n  \"type\": \"x\n", "control character (\\u0000-\\u001F) found while parsing a string");
    is_said("", "EOF while parsing a value");
    assert_eq!(error("{} x").1, ConfigProblem::Missing("type".to_owned()));
    assert_eq!(error(&format!("{VALID} x")).0, 12);
    assert_eq!(error("[1]").1, ConfigProblem::Form(String::new(), ExpectedForm::Object));
    let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
    assert!(matches!(error(&VALID.replacen("false", &deep, 1)).1, ConfigProblem::Form(..)));
    assert!(matches!(
        error(&VALID.replacen("\"ssd\"", &format!("\"ssd\", \"new\": {deep}"), 1)).1,
        ConfigProblem::Syntax(_)
    ));
}

#[test]
fn unknown_fields_are_named_and_kept() {
    let text = VALID.replacen("\"name\": \"lvm_1\"", "\"name\": \"lvm_1\", \"new_field\": [1, {\"a\": null}]", 1);
    let (config, unknown) = read(&text.replacen('{', "{\"extra\": 1.5,", 1)).expect("it is valid");
    assert_eq!(unknown, ["extra", "storage.plugin.new_field"]);
    assert!(config.json().contains(r#""new_field":[1,{"a":null}]"#));
}

#[test]
fn an_endpoint_may_provide_the_node_service() {
    let endpoints = r#""endpoints": [{"csi_service": "NODE_SERVICE", "endpoint": "unix:///run/csi.sock"}]"#;
    let text = VALID.replacen(
        r#""containers": [{"services": ["NODE_SERVICE"], "command": {"shell": false, "value": "csilvm"}}]"#,
        endpoints,
        1,
    );
    assert!(read(&text).is_ok());
}

#[test]
fn hostile_names_of_fields_stay_short() {
    let name = |length: usize| "é".repeat(length);
    let fields: String = (0..20).map(|at| format!(r#""x{at}{}":1,"#, name(300))).collect();
    let (_, unknown) = read(&VALID.replacen('{', &format!("{{{fields}"), 1)).expect("it is valid");
    assert_eq!((unknown.len(), unknown.last().map(String::as_str)), (9, Some("…")));
    assert!(unknown.iter().all(|path| path.chars().count() <= 161), "{unknown:?}");
    assert!(read(&format!("{VALID}{}", " ".repeat(MOST_BYTES - VALID.len()))).is_ok());
    assert_eq!(error(&" ".repeat(MOST_BYTES + 1)), (1, ConfigProblem::TooLong));
    let deep = format!(r#"{{"{0}":"#, name(200)).repeat(60) + r#"{"a":1,"a":1}"# + &"}".repeat(60);
    let ConfigProblem::Twice(path) = error(&format!(r#"{{"x":{deep}}}"#)).1 else { panic!("it occurs twice") };
    assert!(path.chars().count() < 500, "{path}");
}
