//! Looks for accessibility faults with axe-core, which `cargo verify` installs beside its other tools.

use std::env;
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::world::World;

/// WCAG 2.2 AA, and what axe itself holds for good practice.
const RULES: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/// Of what axe loads beforehand, its rules on media alone need something: style sheets are for an experimental rule.
const RUN: &str = "const done = arguments[1];
axe.run(document, { runOnly: arguments[0], resultTypes: ['violations'], preload: { assets: ['media'] } }).then((found) => done(found.violations), (e) => done(String(e)));";

impl World {
    /// Fails with each fault, its elements and what would mend it.
    pub async fn axe(&self) -> WebDriverResult<()> {
        if !self.script("return 'axe' in window", []).await?.convert::<bool>()? {
            self.script(&source(), []).await?;
        }
        let found = self.driver.execute_async(RUN, vec![json!(RULES)]).await?;
        let faults = found.json().as_array().unwrap_or_else(|| panic!("axe failed: {}", found.json())).clone();
        let reported: Vec<String> = faults.iter().map(reported).collect();
        assert!(reported.is_empty(), "axe-core found at {}:\n{}", self.address().await?, reported.join("\n"));
        Ok(())
    }
}

fn reported(fault: &Value) -> String {
    let mut lines = vec![format!("{} ({}): {}", text(&fault["id"]), text(&fault["impact"]), text(&fault["help"]))];
    for node in fault["nodes"].as_array().into_iter().flatten().take(5) {
        lines.push(format!(
            "    {}\n    {}",
            text(&node["html"]),
            text(&node["failureSummary"]).replace('\n', "\n      ")
        ));
    }
    lines.join("\n")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn source() -> String {
    let file =
        env::var_os("MESOSCOPE_AXE").map(PathBuf::from).or_else(cached).expect("axe-core: `cargo verify` installs it");
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Where `cargo demo` and `cargo verify` keep their tools, for a plain `cargo test`.
fn cached() -> Option<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")))?;
    let tools = fs::read_dir(cache.join("mesoscope")).ok()?.filter_map(Result::ok);
    let files = tools.map(|folder| folder.path().join("node_modules/axe-core/axe.min.js"));
    files.filter(|file| file.is_file()).max()
}
