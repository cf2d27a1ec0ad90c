//! Errors of the configuration: each names the flag, the variable or the key, and repeats no secret. `--check` creates no file.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::ask::within;
use super::configuration::{file, run};
use super::executable::command;

const MASTER: [&str; 3] = ["--check", "--master", "http://m"];

async fn refused(args: &[&str], variables: &[(&str, &str)], part: &str) {
    let output = run(args, variables).await;
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?} {variables:?}: {words}");
    assert!(words.contains(part), "{args:?} {variables:?}: {words}");
    assert!(output.stdout.is_empty(), "{args:?} {variables:?}");
}

#[tokio::test]
async fn a_wrong_variable_is_named() {
    for (variable, value, part) in [
        ("MESOSCOPE_READ_ONLY", "maybe", "MESOSCOPE_READ_ONLY: invalid value 'maybe': expecting true or false"),
        ("MESOSCOPE_PATIENCE", "0", "MESOSCOPE_PATIENCE: invalid value '0': expecting a number of seconds"),
        ("MESOSCOPE_COMPRESS", "gzip", "MESOSCOPE_COMPRESS: invalid value 'gzip': expecting auto, always, never"),
        ("MESOSCOPE_LISTEN", "5080", "MESOSCOPE_LISTEN: invalid value '5080': expecting ADDRESS:PORT"),
        ("MESOSCOPE_CA", "", "MESOSCOPE_CA: invalid value '': a value is needed"),
        ("MESOSCOPE_CA", "/no/such/file", "/no/such/file (MESOSCOPE_CA)"),
        ("MESOSCOPE_PAGE", "/no/such/folder", "/no/such/folder (MESOSCOPE_PAGE)"),
        ("MESOSCOPE_CONFIG", "/no/such/file", "/no/such/file (MESOSCOPE_CONFIG)"),
        ("MESOSCOPE_LISTEN", "no-such-host.invalid:1", "no-such-host.invalid:1 (MESOSCOPE_LISTEN)"),
        ("MESOSCOPE_AUDIT_LOG", "/no/such/folder/log", "/no/such/folder/log (MESOSCOPE_AUDIT_LOG)"),
        ("MESOSCOPE_TLS_CERT", "c.pem", "MESOSCOPE_TLS_CERT needs --tls-key too"),
        ("MESOSCOPE_DEMO", "true", "--master cannot be used with MESOSCOPE_DEMO"),
        ("MESOSCOPE_SIZE", "large", "--master cannot be used with MESOSCOPE_SIZE"),
        ("MESOSCOPE_AGENTS", "http://a", "MESOSCOPE_AGENTS: invalid value 'http://a': expecting {id}"),
    ] {
        refused(&MASTER, &[(variable, value)], part).await;
    }
}

#[tokio::test]
async fn a_variable_that_turns_the_demo_off_contradicts_no_master() {
    let output = run(&MASTER, &[("MESOSCOPE_DEMO", "false")]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let demo = file("demo-off", "demo = true\n");
    refused(&["--check", "--config", &demo], &[("MESOSCOPE_DEMO", "0")], "no cluster is named").await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_value_that_is_not_text_is_named() {
    use std::os::unix::ffi::OsStrExt;
    let bytes = std::ffi::OsStr::from_bytes(b"\xff");
    let words = async |command: &mut tokio::process::Command| {
        let output = within(command.output()).await.expect("the executable runs");
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let found = words(command(&MASTER).env("MESOSCOPE_CA", "\u{e4}").env("MESOSCOPE_HOST", bytes)).await;
    assert!(found.contains("MESOSCOPE_HOST: the value is not UTF-8"), "{found}");
    let found = words(command(&MASTER).arg("--host").arg(bytes)).await;
    assert!(found.contains("--host: the value is not UTF-8"), "{found}");
    // The name of a file may have any bytes.
    let found = words(command(&MASTER).env("MESOSCOPE_CA", bytes)).await;
    assert!(found.contains("(MESOSCOPE_CA): No such file"), "{found}");
    let path = PathBuf::from(file("bytes", ""));
    std::fs::write(&path, b"master = \"\xff\"").expect("the target folder can be written");
    let found = words(command(&["--check", "--config"]).arg(&path)).await;
    assert!(found.contains("(--config): it is not UTF-8"), "{found}");
}

#[tokio::test]
async fn no_secret_of_a_url_is_printed() {
    for (url, shown) in [
        ("http://user:hunter2@m:5050", "http://…@m:5050"),
        ("http://m:5050/?token=hunter2", "http://m:5050/?…"),
        ("http://m:5050/#hunter2", "http://m:5050/#…"),
        ("http://user:hunter2@m:5050/{id}?token=hunter2#hunter2", "http://…@m:5050/{id}?…"),
        ("http://m:5050/?token=hunter2@example", "http://…"),
        ("ftp://hunter2@m", "ftp://…@m"),
    ] {
        for flag in ["master", "agents"] {
            let in_file = file("secret", &format!("{flag} = \"{url}\"\n"));
            let variable = format!("MESOSCOPE_{}", flag.to_uppercase());
            let cluster: &[&str] = if flag == "agents" { &["--check", "--demo"] } else { &["--check"] };
            let named = format!("--{flag}");
            for (more, variables) in [
                (vec![named.as_str(), url], vec![]),
                (vec!["--config", &in_file], vec![]),
                (vec![], vec![(variable.as_str(), url)]),
            ] {
                let args = [cluster, &more].concat();
                let output = run(&args, &variables).await;
                let words = [output.stderr, output.stdout].concat();
                let words = String::from_utf8_lossy(&words);
                assert_eq!(output.status.code(), Some(2), "{args:?}: {words}");
                let is_shown = words.contains(shown) || words.contains("expecting {id}");
                assert!(is_shown && !words.contains("hunter2"), "{args:?}: {words}");
            }
        }
    }
    let unfinished = file("unfinished", "master = \"http://user:hunter2@m");
    for args in [&["--check", "http://user:hunter2@m"][..], &["--check", "--config", &unfinished]] {
        let output = run(args, &[]).await;
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && !words.contains("hunter2"), "{words}");
    }
}

/// What an error prints: it ends with 2, and has neither the secret nor a character that a terminal obeys.
async fn safe(args: &[&str], variables: &[(&str, &str)]) {
    let output = run(args, variables).await;
    let words = String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned();
    assert_eq!(output.status.code(), Some(2), "{args:?} {variables:?}: {words}");
    let is_safe = !words.contains("hunter2") && !words.contains(|c: char| c != '\n' && c.is_control());
    assert!(is_safe, "{args:?} {variables:?}: {words:?}");
}

const SECRETS: [&str; 5] = [
    "http://user:1,hunter2,3@m",
    "http://user:hunter2@m",
    "http://user%3Ahunter2%40m",
    "\u{1b}[31mhttp://user:hunter2@m\u{9b}\r",
    "ws://user:hunter2@m:80",
];

/// Whatever flag has the URL, and wherever it is given.
#[tokio::test]
async fn no_flag_repeats_a_secret_of_a_wrong_value() {
    let output = run(&["--help"], &[]).await;
    let help = String::from_utf8(output.stdout).expect("it is text");
    let flags = super::handbook::flags_of_help(help.split_once("Options:").expect("it lists options").1);
    let long_names = flags.iter().filter_map(|flag| flag.strip_prefix("--")?.split_once(' ')).map(|(long, _)| long);
    let long_names: Vec<_> = long_names.collect();
    assert!(long_names.len() > 20, "{flags:?}");
    for long in long_names {
        let is_of_demo = matches!(long, "master" | "agents" | "size" | "seed" | "rate");
        let mut args = if is_of_demo { vec!["--check", "--demo"] } else { MASTER.to_vec() };
        match long {
            "tls-cert" => args.push("--tls-key=x"),
            "tls-key" => args.push("--tls-cert=x"),
            "client-cert" => args.push("--client-key=x"),
            "client-key" => args.push("--client-cert=x"),
            _ => {}
        }
        for url in SECRETS {
            safe(&[&args[..], &[&format!("--{long}={url}")]].concat(), &[]).await;
            let variable = format!("MESOSCOPE_{}", long.to_uppercase().replace('-', "_"));
            safe(&args, &[(&variable, url)]).await;
            let content = toml::Table::from_iter([(long.to_owned(), toml::Value::String(url.to_owned()))]);
            safe(&[&args[..], &["--config", &file("wrong", &content.to_string())]].concat(), &[]).await;
        }
    }
}

#[tokio::test]
async fn no_error_of_a_file_or_a_line_repeats_a_secret() {
    for url in SECRETS {
        safe(&["--check", url], &[]).await;
        safe(&["--check", &format!("--{url}")], &[]).await;
        safe(&["--check", &format!("--read-only={url}")], &[]).await;
        let escaped = toml::Value::String(url.to_owned()).to_string();
        let key = escaped.replace('\'', "\"");
        for content in [
            format!("{key} = 1\n"),
            format!("{key} = 1\n{key} = 1\n"),
            format!("[{key}]\n[{key}]\n"),
            format!("read-only = {url}\n"),
            format!("read-only = {escaped}\n"),
            format!("patience = {escaped}\n"),
            format!("listen = [{escaped}]\n"),
            format!("{url} = 1\n"),
        ] {
            safe(&["--check", "--config", &file("repeats", &content)], &[]).await;
        }
        let output = run(&MASTER, &[("RUST_LOG", url), (&format!("MESOSCOPE_{}", url.replace('=', "")), "")]).await;
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(words.contains("RUST_LOG has no effect") && words.contains("no flag belongs"), "{words}");
        assert!(!words.contains("hunter2") && !words.contains('\u{1b}'), "{words:?}");
    }
}

#[tokio::test]
async fn the_content_of_a_key_is_not_printed() {
    let key = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n";
    let in_file = file("key", &format!("master = \"http://m\"\ntls-cert = \"c\"\ntls-key = \"\"\"{key}\"\"\"\n"));
    let on_line = format!("--client-key={key}");
    for (args, variables, origin) in [
        (vec!["--check", "--config", &in_file], vec![], "'tls-key' in "),
        (
            vec!["--check", "--master", "http://m", "--tls-cert", "c"],
            vec![("MESOSCOPE_TLS_KEY", key)],
            "MESOSCOPE_TLS_KEY",
        ),
        (vec!["--check", "--master", "http://m", "--client-cert", "c", &on_line], vec![], "--client-key"),
    ] {
        let output = run(&args, &variables).await;
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && words.contains("the name of a file"), "{words}");
        assert!(words.contains(origin) && !words.contains("hunter2"), "{words}");
    }
}

#[tokio::test]
async fn a_level_that_is_none_is_refused() {
    for (level, bad) in [("lowd", "'lowd' has no level"), ("info,mesoscope=lod", "'mesoscope=lod'"), ("", "''")] {
        refused(&[&MASTER[..], &["--log", level]].concat(), &[], bad).await;
        refused(&MASTER, &[("MESOSCOPE_LOG", level)], "MESOSCOPE_LOG: invalid value").await;
    }
    for (value, warnings) in [("lowd", 1), ("a=b=c", 1), ("", 0), ("info", 0), ("hyper=info", 0)] {
        let output = run(&MASTER, &[("RUST_LOG", value)]).await;
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words}");
        assert_eq!(words.matches("RUST_LOG has no effect: '").count(), warnings, "{value}: {words}");
        let output = run(&[&MASTER[..], &["--log", "warn"]].concat(), &[("RUST_LOG", value)]).await;
        assert!(output.stderr.is_empty(), "--log replaces RUST_LOG");
    }
}

/// Runs in a folder of its own. Returns the names of the files in it afterwards.
async fn created(name: &str, args: &[&str], expected: i32) -> Vec<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("created-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let output = within(command(args).current_dir(&folder).output()).await.expect("the executable runs");
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(expected), "{args:?}: {words}");
    let names = std::fs::read_dir(&folder).expect("it is there").flatten();
    names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[tokio::test]
async fn check_creates_no_log_file() {
    let check = |log| [&MASTER[..], &["--audit-log", "audit.log", "--access-log", log]].concat();
    assert_eq!(created("check", &check("access.log"), 0).await, [""; 0]);
    assert_eq!(created("dash", &check("-"), 0).await, [""; 0]);
    for (log, part) in [
        ("", "expecting stdout, none or the name of a file"),
        ("stderr", "a file of this name is ./stderr"),
        ("None", "a file of this name is ./None"),
        ("missing/access.log", "its folder missing is not there"),
        ("/", "Is a directory"),
    ] {
        assert_eq!(created("refused", &check(log), 2).await, [""; 0]);
        refused(&check(log), &[], part).await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_dash_is_stdout_for_a_log() {
    let mut gateway = super::executable::Gateway::start(&["--master", "http://127.0.0.1:1", "--access-log", "-"]).await;
    assert_eq!(super::ask::get(&gateway.at, "/healthz").send().await.status, 200);
    assert_eq!(gateway.line().await["path"], "/healthz");
}

/// Waits for its end. Unlike `Command::output`, leaves its stdout as it is.
#[cfg(target_os = "linux")]
async fn ended(command: &mut tokio::process::Command) -> std::process::Output {
    let child = command.stderr(Stdio::piped()).spawn().expect("the executable starts");
    within(child.wait_with_output()).await.expect("it can be waited for")
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_device_is_an_error_and_a_closed_pipe_is_none() {
    let full = || Stdio::from(std::fs::File::create("/dev/full").expect("Linux has it"));
    for args in [&MASTER[..], &["--help"], &["--version"]] {
        let output = ended(command(args).stdout(full())).await;
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && words.contains("cannot write to stdout"), "{args:?}: {words}");
        let (reader, writer) = std::io::pipe().expect("there are pipes");
        drop(reader);
        let output = ended(command(args).stdout(writer)).await;
        assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {:?}", output.status);
    }
    // An error that cannot be printed is still an error.
    for args in [&["--check"][..], &["--check", "--master", "x"], &["--check", "--master", "http://m", "--ca", "/no"]] {
        let ended = within(command(args).stdout(Stdio::null()).stderr(full()).status()).await.expect("it runs");
        assert_eq!(ended.code(), Some(2), "{args:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_without_an_end_is_refused() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let pipe = folder.join("pipe").display().to_string();
    let _ = std::fs::remove_file(&pipe);
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there").success());
    for path in [&pipe, "/dev/zero", "/dev/stdin", "/", &folder.display().to_string()] {
        refused(&["--check", "--config", path], &[], &format!("{path} (--config): it is a folder, a pipe or a device"))
            .await;
        refused(&["--check"], &[("MESOSCOPE_CONFIG", path)], "(MESOSCOPE_CONFIG): it is a folder, a pipe or a device")
            .await;
    }
    let large = file("large", &"#".repeat((4 << 20) + 1));
    refused(&["--check", "--config", &large], &[], "it has more than 4 MiB").await;
    let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let path = folder.join("endless-cert.pem").display().to_string();
    std::fs::write(&path, certificate.cert.pem()).expect("the target folder can be written");
    for (flags, part) in [
        (vec!["--ca", &pipe], "(--ca)"),
        (vec!["--tls-cert", "/dev/zero", "--tls-key", "/dev/zero"], "(--tls-cert)"),
        (vec!["--tls-cert", &path, "--tls-key", &pipe], "(--tls-key)"),
        (vec!["--client-cert", &pipe, "--client-key", &pipe], "(--client-cert)"),
    ] {
        let part = format!("{part}: it is a folder, a pipe or a device");
        refused(&[&MASTER[..], &flags].concat(), &[], &part).await;
    }
}
