//! Code of the page that is loaded when it is needed: by a deep link, when it does not come, and when the server has
//! another version of the page.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;
use sim::server::config::Config;
use thirtyfour::prelude::*;

use super::journey::{Setup, journey_with};
use super::world::World;
use crate::still;

/// Pages of each chunk, with words that only they have.
const PAGES: [(&str, &str); 4] = [
    ("#/roles/data%2Fml", "Raw JSON (GET_ROLES)"),
    ("#/master/browse?path=%2Fmaster%2Flog", "Following"),
    ("#/maintenance", "Inverse offers"),
    ("#/help", "state:failed,lost"),
];

#[test]
fn pages_of_each_chunk_open_by_a_deep_link() {
    journey_with("chunks", still(), async |world| {
        opens_each(world).await?;
        assert_eq!(world.errors().await?, Vec::<String>::new());
        Ok(())
    });
}

/// Opens each page as the first one of its tab.
pub async fn opens_each(world: &World) -> WebDriverResult<()> {
    for (address, words) in PAGES {
        world.driver.goto("about:blank").await?;
        world.open(address).await?;
        world.wait_for(words).await?;
    }
    Ok(())
}

#[test]
fn a_page_whose_code_does_not_come_is_tried_again() {
    let Some(_) = chunk("others") else { return };
    journey_with("chunk-retried", still(), async |world| {
        block(world, &["*/others-*.wasm"]).await?;
        world.open("#/agents").await?;
        world.wait_for("Live").await?;
        world.click("link", "~Maintenance").await?;
        world.wait_for("The server did not answer").await?;
        world.screenshot("chunk-failed").await?;
        world.axe().await?;
        block(world, &[]).await?;
        world.click("button", "Retry").await?;
        world.wait_for("Inverse offers").await?;
        let focused = async || world.driver.active_element().await?.text().await;
        world.until("the heading has the focus", async || Ok(focused().await? == "Maintenance")).await
    });
}

#[test]
fn a_form_whose_code_does_not_come_is_tried_again() {
    let Some(_) = chunk("actions") else { return };
    journey_with("form-retried", still(), async |world| {
        block(world, &["*/actions-*.wasm"]).await?;
        world.open("#/roles").await?;
        world.wait_for("Live").await?;
        world.click("button", "Set quota …").await?;
        world.wait_for("The server did not answer").await?;
        world.axe().await?;
        block(world, &[]).await?;
        world.click("button", "Retry").await?;
        world.fill("Role", "journey").await
    });
}

#[test]
fn a_page_that_the_server_no_longer_has_asks_for_a_reload() {
    let Some(chunk) = chunk("others") else { return };
    let folder = std::env::temp_dir().join(format!("mesoscope-chunks-{}", std::process::id()));
    copy(&dist(), &folder).expect("the page can be copied");
    let missing = folder.join("assets").join(&chunk);
    std::fs::remove_file(&missing).expect("the copy has it");
    let setup = Setup { cluster: Config { webui_dir: Some(folder.clone()), ..still().cluster }, flags: Vec::new() };
    journey_with("chunk-outdated", setup, async |world| {
        let master = world.sim.master_urls().swap_remove(0);
        world.at(&master).open("#/maintenance").await?;
        world.wait_for("another version").await?;
        world.axe().await?;
        std::fs::copy(dist().join("assets").join(&chunk), &missing)?;
        world.click("button", "Reload").await?;
        world.wait_for("Inverse offers").await
    });
    let _ = std::fs::remove_dir_all(folder);
}

/// Lets such requests fail, and no others.
async fn block(world: &World, urls: &[&str]) -> WebDriverResult<()> {
    world.devtools("Network.enable", json!({})).await?;
    world.devtools("Network.setBlockedURLs", json!({ "urls": urls })).await?;
    Ok(())
}

fn dist() -> PathBuf {
    mesoscope_tests::root().join("dist")
}

/// File name of a chunk; `None`, with a note, for a page that was built in one piece.
fn chunk(name: &str) -> Option<String> {
    let files = std::fs::read_dir(dist().join("assets")).expect("there is a page in dist/");
    let mut names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    let found = names.find(|file| file.starts_with(&format!("{name}-")) && file.ends_with(".wasm"));
    if found.is_none() {
        let _ = writeln!(std::io::stdout(), "!! LEFT OUT: the chunk {name}: dist/ is not built by `cargo demo`");
    }
    found
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &place)?
        } else {
            std::fs::copy(entry.path(), place).map(drop)?
        }
    }
    Ok(())
}
