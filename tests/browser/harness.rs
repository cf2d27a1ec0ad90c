//! The harness tried on a page of its own: what finds nothing where there is something would let every journey pass.

use std::net::{Ipv4Addr, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};

use thirtyfour::prelude::*;

use super::driver::{Browser, Driver};
use super::journey::journey;
use super::world::{Theme, World};

const PAGE: &str = "data:text/html,<!doctype html><html lang=en><title>Trial</title><main><h1>Trial</h1>
<label>Filter <input type=search></label> <button aria-label='Try again'>x</button> <button hidden>Away</button>
<table aria-label=Agents><tr><th scope=col>Host<tr><td><a href='%23'>one<b> two</b></a></table></main>";

/// Grey on white, and a picture without a word.
const FAULTY: &str = "data:text/html,<!doctype html><html lang=en><title>Faulty</title><main><h1>Faulty</h1>
<p style='color:%23ccc'>pale</p><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='></main>";

#[test]
fn things_are_found_by_role_and_name() {
    journey("harness-find", async |world| {
        world.driver.goto(PAGE).await?;
        for (role, name) in [
            ("button", "Try again"),
            ("link", "one two"),
            ("link", "~two"),
            ("columnheader", "Host"),
            ("table", "Agents"),
        ] {
            world.find(role, name).await?;
        }
        world.wait_no("button", "Away").await?;
        world.field("Filter").await?.click().await?;
        world.press("ab").await?;
        assert_eq!(world.field("Filter").await?.value().await?.as_deref(), Some("ab"));
        world.click("link", "one two").await?;
        world.wait_gone("three").await
    });
}

#[test]
fn the_page_can_be_narrow_and_dark() {
    journey("harness-look", async |world| {
        world.driver.goto(PAGE).await?;
        world.size(360, 640).await?;
        world.theme(Theme::Dark).await?;
        let seen = world.script("return [innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]", []).await?;
        assert_eq!(seen.json(), &serde_json::json!([360, true]));
        world.new_tab().await?;
        assert_eq!(world.tabs().await?.len(), 2);
        assert_eq!(world.errors().await?, [""; 0]);
        Ok(())
    });
}

#[test]
fn a_journey_leaves_nothing_to_the_next() {
    // Cookies are those of a host, whatever the port: a gateway of its own would not keep them apart.
    const STATE: &str = "const before = document.cookie;
        document.cookie = 'left=1';
        console.error('left');
        return [before, document.cookie]";
    for name in ["harness-first", "harness-second"] {
        journey(name, async |world| {
            world.open("#/").await?;
            assert_eq!(world.errors().await?, [""; 0]);
            let seen = world.script(STATE, []).await?;
            assert_eq!(seen.json(), &serde_json::json!(["", "left=1"]));
            world.new_tab().await?;
            assert_eq!(world.tabs().await?.len(), 2);
            world.open("#/").await?;
            assert_eq!(world.script("return document.cookie", []).await?.json(), "left=1");
            Ok(())
        });
    }
}

#[test]
fn a_browser_ends_with_its_driver() {
    let Some(driver) = Driver::start(Browser::Chromium).expect("the driver starts") else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("it can be started");
    let session = runtime.block_on(driver.session(&[])).expect("the browser starts");
    let profile = driver.profile().to_owned();
    let address = std::fs::read_to_string(profile.join("DevToolsActivePort")).expect("it listens");
    let port: u16 = address.lines().next().and_then(|line| line.parse().ok()).expect("it says where");
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
    drop(driver);
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
    assert!(!profile.exists());
    // The session has no browser any more: it cannot be ended.
    session.leak().expect("it was not ended");
}

#[test]
fn faults_are_faults() {
    if Browser::Chromium.driver_program().is_none() {
        return;
    }
    let failed = catch_unwind(AssertUnwindSafe(|| {
        journey("harness-faulty", async |world: &World| inspect(world, FAULTY).await)
    }));
    let why = failed
        .expect_err("a pale text and a mute picture pass")
        .downcast::<String>()
        .map(|why| *why)
        .unwrap_or_default();
    assert!(why.contains("color-contrast") && why.contains("image-alt"), "{why}");
    journey("harness-faultless", async |world| inspect(world, PAGE).await);
}

async fn inspect(world: &World, page: &str) -> WebDriverResult<()> {
    world.driver.goto(page).await?;
    world.axe().await
}
