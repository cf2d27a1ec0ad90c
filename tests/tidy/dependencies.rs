//! What .deny.toml says of dependencies, checked from Cargo's own metadata: cargo-deny takes longer to build than all tests take to
//! run. Its fourth kind of check, advisories, needs a database and is a step of `cargo verify`.

use std::process::Command;

use super::rule::{Report, Rule, tree};
use super::source::Source;
use serde::Deserialize;
use serde_json::Value;
use spdx::{Expression, ParseMode};

#[derive(Deserialize)]
pub struct Rules {
    graph: Graph,
    licenses: Licenses,
    bans: Bans,
    sources: Sources,
}

#[derive(Deserialize)]
struct Graph {
    targets: Vec<String>,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Bans {
    wildcards: String,
    allow_wildcard_paths: bool,
    deny: Vec<Banned>,
}

#[derive(Deserialize)]
struct Banned {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    unknown_registry: String,
    unknown_git: String,
}

pub const DEV_IS_LIGHT: Rule = Rule {
    says: "the package of `cargo demo` depends on nothing, so that it answers at once",
    reads: &["src/dev/Cargo.toml"],
    check: |files| {
        Report::of(files, |file| {
            let manifest: toml::Table = file.text.parse().expect("a manifest is TOML");
            let kinds =
                ["dependencies", "build-dependencies"].into_iter().filter_map(|kind| manifest.get(kind)?.as_table());
            kinds.flat_map(toml::Table::keys).cloned().collect()
        })
    },
    least: 1,
    broken_by: || vec![tree(&[("src/dev/Cargo.toml", "[dependencies]\nserde = \"1\"\n")])],
};

pub const LINTS_ARE_ON: Rule = Rule {
    says: "every package takes the workspace's lints, of which none is switched off",
    reads: &["Cargo.toml", "src", "tests"],
    check: |files| {
        // The fuzzer's is a workspace of its own.
        let manifests = files.iter().filter(|file| file.path.ends_with("Cargo.toml") && !file.path.contains("/fuzz/"));
        Report::of(manifests, |file| lints(file).into_iter().map(|why| format!("{}: {why}", file.path)).collect())
    },
    least: 8,
    broken_by: || {
        let on = "[package]\nname = \"a\"\n[lints]\nworkspace = true\n";
        vec![
            tree(&[("src/a/Cargo.toml", on), ("src/b/Cargo.toml", "[package]\nname = \"b\"\n")]),
            tree(&[("Cargo.toml", "[workspace.lints.clippy]\ntodo = \"warn\"\ndisallowed_methods = \"allow\"\n")]),
        ]
    },
};

/// What is wrong with the lints of a package, or of the workspace.
fn lints(file: &Source) -> Vec<String> {
    let manifest: toml::Table = file.text.parse().expect("a manifest is TOML");
    let Some(workspace) = manifest.get("workspace") else {
        let is_on = manifest.get("lints").and_then(|lints| lints.get("workspace")?.as_bool()) == Some(true);
        return if is_on { Vec::new() } else { vec!["its lints are its own".to_owned()] };
    };
    let tools = workspace.get("lints").and_then(toml::Value::as_table).into_iter().flatten();
    let lints = tools.filter_map(|(_, lints)| lints.as_table()).flatten();
    let off = lints.filter(|(_, level)| level.as_str() == Some("allow"));
    off.map(|(name, _)| format!("{name} is switched off")).collect()
}

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub fn rules(deny: &str) -> Rules {
    let rules: Rules = toml::from_str(deny).expect(".deny.toml is as this test knows it");
    let denied = [&rules.bans.wildcards, &rules.sources.unknown_registry, &rules.sources.unknown_git];
    assert!(denied.iter().all(|level| *level == "deny"), "this test knows no softer rules");
    rules
}

/// The packages that are built, for each target that .deny.toml names.
pub fn packages(rules: &Rules) -> Vec<Value> {
    let of = |target: &String| -> Vec<Value> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        let metadata = ["metadata", "--format-version", "1", "--locked", "--all-features", "--filter-platform", target];
        let output = cargo.args(metadata).current_dir(super::source::root()).output().expect("cargo starts");
        assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
        metadata["packages"].as_array().cloned().unwrap_or_default()
    };
    rules.graph.targets.iter().flat_map(of).collect()
}

/// What is wrong with a package.
pub fn offences(rules: &Rules, package: &Value) -> Vec<String> {
    let text = |key: &str| package[key].as_str().unwrap_or_default();
    let (name, version) = (text("name"), text("version"));
    let mut offences = Vec::new();
    let license = Expression::parse_mode(text("license"), ParseMode::LAX);
    let allowed = |license: &Expression| {
        license.evaluate(|wanted| rules.licenses.allow.iter().any(|allowed| *allowed == wanted.to_string()))
    };
    if !license.as_ref().is_ok_and(allowed) {
        offences
            .push(format!("{name} {version}: its license is {:?}, which .deny.toml does not allow", text("license")));
    }
    if let Some(banned) = rules.bans.deny.iter().find(|banned| banned.name == name) {
        offences.push(format!("{name} {version} is banned: {}", banned.reason));
    }
    match package["source"].as_str() {
        Some(source) if source != REGISTRY => offences.push(format!("{name} {version} comes from {source}")),
        Some(_) => {}
        None => offences.extend(wildcards(rules, package).map(|of| format!("{name} depends on any version of {of}"))),
    }
    offences
}

/// Our own packages' dependencies without a version.
fn wildcards<'a>(rules: &'a Rules, package: &'a Value) -> impl Iterator<Item = &'a str> {
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    let is_wild = |it: &&Value| it["req"] == "*" && !(rules.bans.allow_wildcard_paths && it["path"].is_string());
    dependencies.filter(is_wild).filter_map(|it| it["name"].as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_rules_refuse() {
        let rules = rules(&super::super::source::read(".deny.toml").expect("the rules are there"));
        let check = |license: &str, name: &str, source: Value, part: Option<&str>| {
            let package = json!({"name": name, "version": "1.0.0", "license": license, "source": source});
            let found = offences(&rules, &package);
            match part {
                None => assert_eq!(found, [""; 0]),
                Some(part) => assert!(found.len() == 1 && found[0].contains(part), "{found:?}"),
            }
        };
        let registry = || json!(REGISTRY);
        check("MIT OR Apache-2.0", "a", registry(), None);
        check("Apache-2.0/MIT", "a", registry(), None);
        check("GPL-3.0-only OR MIT", "a", registry(), None);
        check("(MIT OR Apache-2.0) AND Unicode-3.0", "a", registry(), None);
        check("MIT AND GPL-3.0-only", "a", registry(), Some("license"));
        check("AGPL-3.0-or-later", "a", registry(), Some("license"));
        check("", "a", registry(), Some("license"));
        check("MIT", "openssl-sys", registry(), Some("banned"));
        check("MIT", "a", json!("git+https://github.com/a/a#0"), Some("comes from git"));
        check("MIT", "a", json!("registry+https://elsewhere.example/index"), Some("comes from registry"));
        let own = json!({"name": "own", "version": "1.0.0", "license": "MIT", "source": null, "dependencies": [
            {"name": "wild", "req": "*"}, {"name": "beside", "req": "*", "path": "/x"}, {"name": "fine", "req": "^1"}
        ]});
        assert_eq!(offences(&rules, &own), ["own depends on any version of wild"]);
    }
}
