//! `cargo demo`: from a fresh checkout to a live console with a simulated cluster.
//!
//! Serves nothing itself: at the end it becomes the executable that does.

use std::path::Path;
use std::process::Command;

use crate::page::Page;
use crate::run::{CommandError, Outcome, fail};
use crate::steps::Steps;
use crate::tools::{self, Tools};

const PORT: &str = "5080";

pub fn demo(args: &[String]) -> Outcome {
    let flags = flags(args)?;
    let mut steps = Steps::new();
    tools::wasm_target(&mut steps)?;
    let tools = Tools::ready(&mut steps)?;
    let page = Page::ready(&mut steps, &tools)?;
    let executable = page.embed(&mut steps)?;
    steps.summary();
    // The executable prints its address once it listens.
    println!("\nStarting Mesoscope before a simulated cluster; Ctrl-C ends it.");
    start(&executable, &flags)
}

/// Converts `--port` to the executable's flags; all others pass unchanged.
fn flags(args: &[String]) -> Outcome<Vec<String>> {
    let mut flags = vec!["--demo".to_owned()];
    let mut port = PORT.to_owned();
    let mut given = args.iter();
    while let Some(arg) = given.next() {
        match arg.split_once('=').unwrap_or((arg, "")) {
            ("--port", "") => port = given.next().cloned().unwrap_or_default(),
            ("--port", value) => port = value.to_owned(),
            _ => flags.push(arg.clone()),
        }
    }
    if port.parse::<u16>().is_err() {
        return fail(format!("--port wants a number from 0 to 65535, not {port:?}"));
    }
    flags.extend(["--listen".to_owned(), format!("127.0.0.1:{port}")]);
    Ok(flags)
}

/// Replaces this process, so that a signal meant for the demo reaches the executable.
#[cfg(unix)]
fn start(executable: &Path, flags: &[String]) -> Outcome {
    use std::os::unix::process::CommandExt;
    let error = Command::new(executable).args(flags).exec();
    Err(CommandError(format!("{} does not start: {error}", executable.display())))
}

#[cfg(not(unix))]
fn start(executable: &Path, flags: &[String]) -> Outcome {
    crate::run::run(Command::new(executable).args(flags))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(args: &[&str], expected: &str) {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let got = flags(&args).map_or_else(|why| why.0, |flags| flags.join(" "));
        assert_eq!(got, expected);
    }

    #[test]
    fn the_port_becomes_an_address() {
        check(&[], "--demo --listen 127.0.0.1:5080");
        check(&["--port", "81", "--size", "huge"], "--demo --size huge --listen 127.0.0.1:81");
        check(&["--port=0"], "--demo --listen 127.0.0.1:0");
        check(&["--port", "x"], "--port wants a number from 0 to 65535, not \"x\"");
    }
}
