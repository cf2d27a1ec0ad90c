//! `cargo measure`: builds what is measured, then runs the harness in tests/measure.

use std::path::{Path, absolute};

use crate::browser::Browser;
use crate::page::{Download, Page};
use crate::run::{self, CommandError, Outcome, cargo, fail};
use crate::steps::Steps;
use crate::tools::{self, Tools};

pub fn measure(args: &[String]) -> Outcome {
    let args = with_stock(args)?;
    let mut steps = Steps::new();
    tools::wasm_target(&mut steps)?;
    let Some(browser) = Browser::ready(&mut steps)? else {
        return fail("there is nothing to measure in without Chromium and chromedriver");
    };
    let tools = Tools::ready(&mut steps)?;
    let page = Page::ready(&mut steps, &tools)?;
    let executable = page.embed(&mut steps)?;
    let mut bench = cargo(&["bench", "--package", "mesoscope", "--bench", "measure", "--"]);
    let executable = absolute(&executable).unwrap_or(executable);
    bench.args(args).env("MESOSCOPE_PAGE_ID", page.id()).env("MESOSCOPE_EXE", executable);
    let download = Download::of_dist(|_, _, _| ())?;
    bench.env("MESOSCOPE_FIRST_BYTES", download.first.to_string());
    bench.env("MESOSCOPE_ALL_BYTES", download.all.to_string());
    run::run(browser.with_env(&mut bench))
}

/// Checks the folder of the stock UI before minutes of building, and makes it absolute: cargo starts the harness in another folder.
fn with_stock(args: &[String]) -> Outcome<Vec<String>> {
    let mut args = args.to_vec();
    let Some(at) = args.iter().position(|arg| arg == "--stock") else { return Ok(args) };
    let Some(folder) = args.get_mut(at + 1) else { return fail("--stock needs a folder") };
    if !Path::new(folder).join("app").join("controllers.js").is_file() {
        return fail(format!("{folder} is not src/webui of an Apache Mesos source release"));
    }
    let path = absolute(&*folder).map_err(|error| CommandError(format!("{folder}: {error}")))?;
    *folder = path.to_string_lossy().into_owned();
    Ok(args)
}
