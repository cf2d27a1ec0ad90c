//! Flags from the command line, the environment and a file: which takes precedence, what `--check` prints, and which errors it finds.

use std::path::PathBuf;
use std::process::Output;

use super::ask::{TEARDOWN, call, within};
use super::executable::{Gateway, command};
use super::script::{Script, reply};

pub fn file(name: &str, content: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("config-{name}.toml"));
    std::fs::write(&path, content).expect("the target folder can be written");
    path.display().to_string()
}

pub async fn run(args: &[&str], variables: &[(&str, &str)]) -> Output {
    within(command(args).envs(variables.iter().copied()).output()).await.expect("the executable runs")
}

/// What `--check` prints, without the sources.
async fn checked(args: &[&str], variables: &[(&str, &str)]) -> toml::Table {
    let output = run(&[args, &["--check"]].concat(), variables).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("it is text");
    text.parse().unwrap_or_else(|error| panic!("{error} in {text}"))
}

fn texts(table: &toml::Table, key: &str) -> Vec<String> {
    let all = table.get(key).and_then(toml::Value::as_array).cloned().unwrap_or_default();
    all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn the_command_line_precedes_the_environment_and_the_file() {
    let file = file("order", "master = [\"http://file:1\", \"http://file:2\"]\npatience = 7\nread-only = true\n");
    let of_file = checked(&["--config", &file], &[]).await;
    assert_eq!(texts(&of_file, "master"), ["http://file:1", "http://file:2"]);
    assert_eq!((of_file["patience"].as_str(), of_file["read-only"].as_bool()), (Some("7"), Some(true)));
    let variables = [("MESOSCOPE_CONFIG", &*file), ("MESOSCOPE_MASTER", "http://env:1,http://env:2")];
    let of_variables = checked(&[], &variables).await;
    assert_eq!(texts(&of_variables, "master"), ["http://env:1", "http://env:2"]);
    assert_eq!(of_variables["patience"].as_str(), Some("7"));
    let of_line = checked(&["--master", "http://line:1", "--patience", "9"], &variables).await;
    assert_eq!((texts(&of_line, "master"), of_line["patience"].as_str()), (vec!["http://line:1".into()], Some("9")));
    let none = checked(&["--master", "http://line:1"], &[]).await;
    assert_eq!((none["patience"].as_str(), none["read-only"].as_bool()), (Some("60"), Some(false)));
}

#[tokio::test]
async fn a_cluster_that_is_named_now_replaces_the_one_of_the_file() {
    let file = file("cluster", "master = \"http://file:1\"\n");
    let demo = checked(&["--config", &file, "--demo"], &[]).await;
    assert_eq!((demo["demo"].as_bool(), demo.get("master")), (Some(true), None));
    let networks = self::file("networks", "master = \"http://file:1\"\nagent-network = \"10.0.0.0/8\"\n");
    let demo = checked(&["--config", &networks, "--demo"], &[]).await;
    assert_eq!((demo["demo"].as_bool(), demo.get("agent-network")), (Some(true), None));
    let demo = self::file("demo", "demo = true\nsize = \"large\"\n");
    let master = checked(&["--config", &demo, "--master", "http://line:1"], &[]).await;
    assert_eq!((texts(&master, "master"), master.get("size")), (vec!["http://line:1".into()], None));
    let both = run(&["--check", "--demo", "--master", "http://m"], &[]).await;
    assert_eq!(both.status.code(), Some(2));
}

#[tokio::test]
async fn what_check_prints_is_a_file_with_the_same_result() {
    let args = ["--master", "http://m1:5050/path,http://m2", "--host", "a.example", "--host", "b.example", "--no-exec"];
    let first = checked(&args, &[("MESOSCOPE_AGENT_NETWORK", "10.0.0.0/8,fd00::/8")]).await;
    assert_eq!(texts(&first, "host"), ["a.example", "b.example"]);
    assert_eq!(texts(&first, "agent-network"), ["10.0.0.0/8", "fd00::/8"]);
    let again = checked(&["--config", &file("printed", &first.to_string())], &[]).await;
    assert_eq!(again, first);
}

#[tokio::test]
async fn a_list_may_have_blanks() {
    let file = file("blanks", "master = \"http://m1, http://m2\"\nhost = [\"a.example\", \" b.example \"]\n");
    let variables = [("MESOSCOPE_AGENT_NETWORK", "10.0.0.0/8, fd00::/8"), ("MESOSCOPE_LOG", "info, hyper=debug")];
    let found = checked(&["--config", &file, "--trusted-proxy", "10.0.0.5 , 10.0.0.6"], &variables).await;
    assert_eq!(texts(&found, "master"), ["http://m1", "http://m2"]);
    assert_eq!(texts(&found, "host"), ["a.example", "b.example"]);
    assert_eq!(texts(&found, "agent-network"), ["10.0.0.0/8", "fd00::/8"]);
    assert_eq!(texts(&found, "trusted-proxy"), ["10.0.0.5", "10.0.0.6"]);
    assert_eq!(found["log"].as_str(), Some("info, hyper=debug"));
}

#[tokio::test]
async fn check_names_the_source_of_each_value() {
    let file = file("source", "host = \"x.example\"\n");
    let output = run(&["--master", "http://m", "--config", &file, "--check"], &[("MESOSCOPE_READ_ONLY", "yes")]).await;
    let text = String::from_utf8(output.stdout).expect("it is text");
    let expected = [
        "master = [\"http://m\"] # --master".to_owned(),
        "read-only = true # MESOSCOPE_READ_ONLY".to_owned(),
        format!("host = [\"x.example\"] # {file}"),
        "patience = \"60\" # default".to_owned(),
        "log = \"warn\" # default".to_owned(),
    ];
    for line in expected {
        assert!(text.lines().any(|other| other == line), "{line} in {text}");
    }
    assert!(!text.contains("limit-"), "hidden flags are printed only if they are set");
    let output = run(&["--demo", "--size", "20:300:100", "--check"], &[("RUST_LOG", "info")]).await;
    let text = String::from_utf8(output.stdout).expect("it is text");
    for line in [
        "demo = true # --demo",
        "size = \"20:300:100\" # --size",
        "seed = \"1\" # default",
        "rate = \"5\" # default",
        "log = \"info\" # RUST_LOG",
    ] {
        assert!(text.lines().any(|other| other == line), "{line} in {text}");
    }
}

#[tokio::test]
async fn bad_files_are_refused_by_key() {
    for (name, content, part) in [
        ("toml", "master = [", "is no TOML: line 1, column"),
        ("trailing", "master = \"a\" x", "expected newline, `#`"),
        ("unknown", "masters = \"http://m\"", "no flag has the name 'masters'"),
        ("underscore", "read_only = true", "no flag has the name 'read_only'"),
        ("nested", "config = \"other.toml\"", "'config' cannot be set in a file"),
        ("table", "[master]\nurl = \"http://m\"", "'master' in"),
        ("switch", "master = \"http://m\"\nread-only = \"true\"", "switch.toml is true or false"),
        ("list", "master = \"http://m\"\nlisten = [\"a\"]", "list.toml has one value"),
        ("value", "master = \"ftp://m\"", "value.toml: invalid value 'ftp://m': expecting"),
        (
            "number",
            "master = \"http://m\"\npatience = 0",
            "number.toml: invalid value '0': expecting a number of seconds",
        ),
        ("port", "master = \"http://m\"\nlisten = 5080", "port.toml needs a string in quotes"),
        (
            "address",
            "master = \"http://m\"\nlisten = \"5080\"",
            "address.toml: invalid value '5080': expecting ADDRESS:PORT",
        ),
        ("log", "master = \"http://m\"\naudit-log = false", "log.toml needs a string in quotes"),
        ("texts", "master = \"http://m\"\nhost = [1]", "texts.toml needs a string in quotes, or a list"),
        ("seconds", "master = \"http://m\"\npatience = true", "seconds.toml needs a number"),
        ("line", "master = \"http://m\"\ncheck = true", "'check' cannot be set in a file"),
        ("nothing", "", "no cluster is named"),
        ("both", "master = \"http://m\"\ndemo = true", "cannot be used with"),
        ("size", "master = \"http://m\"\nsize = \"large\"", "size.toml cannot be used with 'master' in"),
        (
            "agents",
            "master = \"http://m\"\nagents = \"http://a/{id}\"\nagent-network = [\"10.0.0.0/8\"]",
            "agents.toml cannot be used with 'agent-network' in",
        ),
    ] {
        let output = run(&["--check", "--config", &file(name, content)], &[]).await;
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && words.contains(part), "{name}: {words}");
        assert!(output.stdout.is_empty(), "{name}");
    }
    let output = run(&["--config", "/no/such/file.toml"], &[]).await;
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && words.contains("cannot read /no/such/file.toml"), "{words}");
}

#[tokio::test]
async fn check_reads_the_files_that_the_flags_name() {
    for (flag, part) in [("--ca", "cannot read the certificates"), ("--page", "cannot serve the folder")] {
        let output = run(&["--check", "--master", "http://m", flag, "/no/such/place"], &[]).await;
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && words.contains(part), "{flag}: {words}");
    }
    let output = run(&["--check", "--master", "http://m", "--listen", "no-such-host.invalid:1"], &[]).await;
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && words.contains("no-such-host.invalid:1 (--listen)"), "{words}");
}

/// A flag of the command line that contradicts the file is no replacement: a limit would be lost without a word.
#[tokio::test]
async fn a_flag_that_contradicts_the_file_is_refused() {
    let file = file("limit", "master = \"http://m\"\nagent-network = [\"10.0.0.0/8\"]\n");
    let output = run(&["--check", "--config", &file, "--agents", "http://a/{id}"], &[]).await;
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && words.contains("cannot be used with"), "{words}");
}

/// With `MESOSCOPE_READONLY` for `MESOSCOPE_READ_ONLY`, the cluster could be changed.
#[tokio::test]
async fn a_variable_that_is_no_flag_is_reported() {
    let variables = [
        ("MESOSCOPE_READONLY", "true"),
        ("MESOSCOPE_NO_EXEC", "true"),
        ("MESOSCOPE_SERVICE_HOST", "10.0.0.1"),
        ("MESOSCOPE_PORT_5080_TCP", "tcp://10.0.0.1:5080"),
    ];
    let output = run(&["--check", "--master", "http://m"], &variables).await;
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
    let lines: Vec<&str> = words.lines().collect();
    assert!(lines.len() == 1 && lines[0].contains("the variable MESOSCOPE_READONLY"), "{words}");
}

#[tokio::test]
async fn a_file_configures_the_gateway() {
    let master = Script::start(|_| reply(200, "{}")).await;
    let file = file("used", &format!("master = \"{}\"\nread-only = true\nlisten = \"127.0.0.1:0\"\n", master.url()));
    let gateway = Gateway::run(&mut command(&["--config", &file])).await;
    assert_eq!(call(&gateway.at, TEARDOWN).send().await.status, 403);
}
