//! The handbook and the examples of the packages: they name all flags and metrics, and the examples work.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::ask::{GET_AGENTS, TEARDOWN, ask, call, get, within};
use super::executable::{Gateway, command};
use super::nginx::Nginx;
use super::script::{Script, reply};

const HANDBOOK: &str = include_str!("../../src/gateway/README.md");

fn packaging(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("packaging").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The flags with the names of their values, in the lines of the help that begin with one.
pub fn flags_of_help(help: &str) -> BTreeSet<String> {
    let lines = help.lines().map(|line| line.trim_start().trim_start_matches("-h, ").trim_start_matches("-V, "));
    let flags = lines.filter(|line| line.starts_with("--")).map(|line| {
        let mut words = line.split_whitespace();
        let flag = words.next().unwrap_or_default();
        let value = words.next().and_then(|word| word.strip_prefix('<')?.strip_suffix('>'));
        value.map_or_else(|| flag.to_owned(), |value| format!("{flag} {value}"))
    });
    flags.collect()
}

#[tokio::test]
async fn the_table_has_all_flags() {
    let output = within(command(&["--help"]).output()).await.expect("it runs");
    let help = String::from_utf8(output.stdout).expect("it is text");
    let options = help.split_once("Options:").expect("it lists options").1;
    let rows = HANDBOOK.lines().filter_map(|line| line.strip_prefix("| `--")?.split_once('`'));
    let mut in_table: BTreeSet<String> = rows.map(|(flag, _)| format!("--{flag}")).collect();
    in_table.extend(["--help".to_owned(), "--version".to_owned()]);
    assert_eq!(in_table, flags_of_help(options));
}

#[tokio::test]
async fn the_defaults_are_those_of_the_executable() {
    let mut text = String::new();
    for args in [&["--master", "http://m", "--check"][..], &["--demo", "--check"]] {
        let output = within(command(args).env_remove("RUST_LOG").output()).await.expect("it runs");
        text.push_str(&String::from_utf8(output.stdout).expect("it is text"));
    }
    let defaults: BTreeSet<(&str, &str)> = text
        .lines()
        .filter_map(|line| line.strip_suffix(" # default")?.split_once(" = "))
        .map(|(key, value)| (key, value.trim_matches('"')))
        .collect();
    assert!(defaults.len() >= 11, "{text}");
    for (key, value) in defaults {
        let row = HANDBOOK.lines().find(|line| line.starts_with(&format!("| `--{key}")));
        let row = row.unwrap_or_else(|| panic!("{key} has no row"));
        // A switch is off by default.
        let shown = if value == "false" { "| | ".to_owned() } else { format!("`{value}` |") };
        assert!(row.contains(&shown), "{key} = {value}: {row}");
    }
}

#[tokio::test]
async fn the_table_has_all_metrics() {
    let gateway = Gateway::before(&["http://127.0.0.1:1"]).await;
    // A metric with labels is printed once it has a sample.
    call(&gateway.at, GET_AGENTS).send().await;
    let text = get(&gateway.at, "/metrics").send().await.words().await;
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let mut count = 0;
    for (name, kind) in types {
        let suffix = match kind {
            "counter" => "_total",
            "info" => "_info",
            _ => "",
        };
        assert!(HANDBOOK.contains(&format!("`{name}{suffix}`")), "{name}{suffix}, a {kind}");
        count += 1;
    }
    assert_eq!(count, 11, "{text}");
}

/// Below a path, with the Host and the scheme of the browser, and without what a client may not send.
#[tokio::test]
async fn the_example_of_nginx_works() {
    let master = Script::start(|_| reply(200, "{}")).await;
    let flags = ["--master", &master.url(), "--host", "console.example.com", "--trusted-proxy", "127.0.0.1"];
    let mut gateway = Gateway::start(&flags).await;
    let example = packaging("nginx.conf");
    let (before, server) = example.split_once("server {").expect("it has a server");
    let server = server.trim_end().strip_suffix('}').expect("it ends");
    // The test's nginx has a server of its own, without a certificate.
    let server: String = server
        .lines()
        .filter(|line| !line.contains("ssl") && !line.contains("listen"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(server.contains("proxy_pass http://127.0.0.1:5080/;"));
    let map = before.split_once("map ").expect("it has a map").1;
    let server = server.replace("127.0.0.1:5080", "GATEWAY");
    let Some(nginx) = Nginx::with(&gateway.at, "example", &format!("map {map}"), &server).await else { return };
    let answer = get(&nginx.at, "/mesoscope").send().await;
    assert_eq!(answer.status, 301);
    assert_eq!(get(&nginx.at, "/mesoscope/healthz").with("host", "console.example.com").send().await.status, 200);
    let asked = |origin: &str| {
        ask(&nginx.at, hyper::Method::POST, "/mesoscope/api/v1", TEARDOWN)
            .with("content-type", "application/json")
            .with("host", "console.example.com")
            .with("origin", origin)
            .with("x-forwarded-user", "mallory")
            .with("x-forwarded-for", "192.0.2.7")
            .with("forwarded", "host=evil.example")
    };
    assert_eq!(asked("http://console.example.com").send().await.status, 200);
    let line = gateway.line().await;
    assert_eq!((&line["outcome"], line.get("proxy_user")), (&"accepted".into(), None));
    assert!(line["peer"].as_str().is_some_and(|peer| peer.starts_with("127.0.0.1:")), "{line}");
    assert_eq!(asked("https://console.example.com").send().await.status, 403, "the browser used http");
    assert_eq!(asked("http://evil.example").send().await.status, 403);
}

#[tokio::test]
async fn the_example_of_a_configuration_is_valid() {
    let example = packaging("mesoscope.toml").replace("/var/log/mesoscope/audit.log", "none");
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("example.toml");
    std::fs::write(&path, example).expect("the target folder can be written");
    let args = ["--check", "--config", &path.display().to_string()];
    let output = within(command(&args).output()).await.expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_unit_is_valid() {
    let analyze = std::process::Command::new("systemd-analyze").arg("--version").output();
    if analyze.is_err() {
        use std::io::Write;
        let _ = writeln!(std::io::stdout(), "!! LEFT OUT: there is no systemd-analyze to verify the unit");
        return;
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let unit = packaging("mesoscope.service").replace("/usr/local/bin/mesoscope", env!("CARGO_BIN_EXE_mesoscope"));
    let path = folder.join("mesoscope.service");
    std::fs::write(&path, unit).expect("the target folder can be written");
    let output = std::process::Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&path).output();
    let output = output.expect("it was there a moment ago");
    let words = String::from_utf8_lossy(&output.stderr);
    let own: Vec<&str> = words.lines().filter(|line| line.contains("mesoscope.service")).collect();
    assert_eq!(own, [""; 0], "{words}");
}
