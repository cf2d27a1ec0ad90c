//! `cargo measure`: builds what is measured, then runs the harness in tests/measure.

use crate::browser::Browser;
use crate::page::Page;
use crate::run::{self, Outcome, cargo, fail};
use crate::steps::Steps;
use crate::tools::{self, Tools};

pub fn measure(args: &[String]) -> Outcome {
    let mut steps = Steps::new();
    tools::wasm_target(&mut steps)?;
    let Some(browser) = Browser::ready(&mut steps)? else {
        return fail("there is nothing to measure in without Chromium and chromedriver");
    };
    let tools = Tools::ready(&mut steps)?;
    let page = Page::ready(&mut steps, &tools)?;
    let executable = page.embed(&mut steps)?;
    let mut bench = cargo(&["bench", "--package", "mesoscope", "--bench", "measure", "--"]);
    let executable = std::path::absolute(&executable).unwrap_or(executable);
    bench.args(args).env("MESOSCOPE_PAGE_ID", page.id()).env("MESOSCOPE_EXE", executable);
    run::run(browser.with_env(&mut bench))
}
