//! A master that asks who is there: the form, wrong and right answers, all tabs, and the way out. And a page of trouble.

use sim::server::config::Config;
use sim::server::fault::Fault;
use thirtyfour::prelude::*;

use super::journey::{Setup, journey_with};
use super::world::{Theme, World};
use super::writes::{send, trip, type_quota};

/// A cluster that does not change and lets alice in.
pub fn guarded() -> Setup {
    let (credentials, token) = (Some("alice:sésame".to_owned()), Some("abc.def".to_owned()));
    Setup { cluster: Config { rate: 0.0, credentials, token, ..Config::default() }, flags: Vec::new() }
}

async fn type_in(world: &World, label: &str, text: &str) -> WebDriverResult<()> {
    let field = world.field(label).await?;
    field.clear().await?;
    field.send_keys(text).await
}

pub async fn sign_in(world: &World, user: &str, password: &str) -> WebDriverResult<()> {
    type_in(world, "User name", user).await?;
    type_in(world, "Password", password).await?;
    world.press(Key::Enter + "").await
}

/// Nothing that can be looked at later has the secret in it.
async fn assert_no_trace(world: &World) -> WebDriverResult<()> {
    let seen = "return JSON.stringify([localStorage, sessionStorage, document.cookie, location.href, history.state, document.documentElement.outerHTML,
        [...document.querySelectorAll('input')].map((input) => input.value)])";
    let seen: String = world.script(seen, []).await?.convert()?;
    for secret in ["sésame", "YWxpY2U6", "abc.def"] {
        assert!(!seen.contains(secret), "{secret} in {seen}");
    }
    Ok(())
}

#[test]
fn signing_in_and_out_covers_all_tabs() {
    journey_with("sign-in", guarded(), async |world| {
        world.open("#/agents").await?;
        let user = world.field("User name").await?;
        assert_eq!(user.attr("autocomplete").await?.as_deref(), Some("username"));
        let password = world.field("Password").await?;
        assert_eq!(password.attr("autocomplete").await?.as_deref(), Some("current-password"));
        world
            .until("typing can begin at once", async || Ok(world.driver.active_element().await? == user.element()))
            .await?;
        world.screenshot("sign-in").await?;

        sign_in(world, "alice", "wrong").await?;
        world.wait_for("The master refused alice").await?;
        assert_eq!(user.value().await?.as_deref(), Some("alice"), "the name is kept");
        assert_eq!(password.value().await?.as_deref(), Some(""), "the password is not");
        world
            .until("the password can be typed again", async || {
                Ok(world.driver.active_element().await? == password.element())
            })
            .await?;
        world.screenshot("sign-in-wrong").await?;
        world.press("sésame" + Key::Enter).await?;
        world.wait_for("Live").await?;
        world.find("button", "~alice").await?;
        assert_no_trace(world).await?;

        world.click("button", "~alice").await?;
        world.wait_for("what the master shows to alice").await?;
        world.axe().await?;
        world.screenshot("signed-in").await?;

        let first = world.driver.window().await?;
        world.new_tab().await?;
        world.open("#/").await?;
        world.wait_for("Live").await?;
        assert_eq!(world.sim.subscribers(), 1);
        world.click("button", "~alice").await?;
        world.click("button", "Sign out").await?;
        world.field("User name").await?;
        world.until("the stream is gone", async || Ok(world.sim.subscribers() == 0)).await?;
        assert_no_trace(world).await?;
        world.driver.switch_to_window(first).await?;
        world.field("User name").await?;
        world.wait_no("button", "~alice").await?;
        world.wait_gone("a0005").await
    });
}

#[test]
fn nothing_of_whom_it_was_is_left_after_signing_out() {
    journey_with("sign-out", guarded(), async |world| {
        world.open("#/roles").await?;
        world.field("User name").await?;
        sign_in(world, "alice", "wrong").await?;
        world.wait_for("The master refused alice").await?;
        world.click("button", "Continue without signing in").await?;
        world.wait_gone("The master refused alice").await?;
        sign_in(world, "alice", "sésame").await?;
        world.wait_for("Live").await?;
        type_quota(world, "journey").await?;
        trip(world, "once/UPDATE_QUOTA/403");
        send(world, "Set quota").await?;
        world.wait_for("Refused (403)").await?;
        world.press(Key::Escape + "").await?;
        world.find("button", "~Refused (403)").await?;
        world.open("#/my-changes").await?;
        world.wait_for("by alice").await?;
        world.click("button", "~alice").await?;
        world.click("button", "Sign out").await?;
        world.field("User name").await?;
        world.wait_no("button", "~Refused (403)").await?;
        sign_in(world, "alice", "sésame").await?;
        world.wait_for("No changes yet").await
    });
}

#[test]
fn who_signs_in_by_token_is_reported_what_a_token_is() {
    journey_with("sign-in-token", guarded(), async |world| {
        world.open("#/").await?;
        world.click("button", "Use a bearer token").await?;
        type_in(world, "Bearer token", "Bearer abc.def").await?;
        world.click("button", "Sign in").await?;
        world.wait_for("A token has no spaces in it").await?;
        type_in(world, "Bearer token", "abc.xyz").await?;
        world.click("button", "Sign in").await?;
        world.wait_for("The master refused the token").await?;
        type_in(world, "Bearer token", "abc.def").await?;
        world.click("button", "Sign in").await?;
        world.wait_for("Live").await?;
        world.find("button", "~Signed in by token").await?;
        assert_no_trace(world).await
    });
}

#[test]
fn the_sign_in_form_passes_axe() {
    journey_with("sign-in-axe", guarded(), async |world| {
        for theme in [Theme::Light, Theme::Dark] {
            world.theme(theme).await?;
            world.open("#/").await?;
            world.field("User name").await?;
            world.axe().await?;
            sign_in(world, "a:b", "c:d").await?;
            world.wait_for("A user name cannot have a colon in it").await?;
            world.wait_for("no password with a colon").await?;
            world.axe().await?;
            world.screenshot(&format!("sign-in-{theme:?}")).await?;
        }
        world.size(390, 844).await?;
        sign_in(world, "alice", "wrong").await?;
        world.wait_for("The master refused alice").await?;
        world.axe().await?;
        world.screenshot("sign-in-narrow").await?;
        sign_in(world, "alice", "sésame").await?;
        world.wait_for("Live").await?;
        world.click("button", "~alice").await?;
        world.wait_for("what the master shows to alice").await?;
        world.axe().await?;
        world.screenshot("signed-in-narrow").await
    });
}

#[test]
fn a_master_without_a_gateway_asks_in_the_page_too() {
    let page = mesoscope_tests::root().join("dist");
    let guarded = guarded();
    let setup = Setup { cluster: Config { webui_dir: Some(page), ..guarded.cluster }, flags: guarded.flags };
    journey_with("sign-in-webui-dir", setup, async |world| {
        let master = world.sim.master_urls().swap_remove(0);
        world.at(&master).open("#/agents").await?;
        sign_in(world, "alice", "sésame").await?;
        world.wait_for("Live").await?;
        world.find("button", "~alice").await.map(drop)
    });
}

#[test]
fn who_is_signed_in_and_no_longer_let_in_keeps_what_is_on_screen() {
    journey_with("sign-in-again", guarded(), async |world| {
        world.open("#/agents").await?;
        sign_in(world, "alice", "sésame").await?;
        world.wait_for("Live").await?;
        world.sim.fault(Fault::Status(401));
        world.sim.fault(Fault::CloseStreams);
        world.find("button", "Sign in").await?;
        world.wait_for("Data on screen is").await?;
        world.find("heading", "~Agents").await?;
        world.screenshot("signed-out-by-the-master").await?;
        world.sim.fault(Fault::None);
        world.click("button", "Sign in").await?;
        world.find("button", "Back").await?;
        sign_in(world, "alice", "sésame").await?;
        world.wait_for("Live").await?;
        world.find("heading", "~Agents").await.map(drop)
    });
}

#[test]
fn trouble_is_a_page_of_its_own_signs_and_all() {
    let setup = Setup { cluster: Config { rate: 0.0, ..Config::default() }, flags: Vec::new() };
    journey_with("trouble", setup, async |world| {
        world.open("#/trouble").await?;
        world.wait_for("Live").await?;
        world.wait_for("All records could be decoded").await?;
        world.screenshot("trouble-none").await?;
        world.sim.fault(Fault::Strange);
        world.wait_for("QUOTA_UPDATED").await?;
        world.wait_for("does not say what it is about").await?;
        world.wait_for("caf\u{fffd}e9").await?;
        world.sim.fault(Fault::Strange);
        world.wait_for("2 ×").await?;
        world.sim.fault(Fault::CloseStreams);
        world.wait_for("the master closed the stream").await?;
        for theme in [Theme::Light, Theme::Dark] {
            world.theme(theme).await?;
            world.axe().await?;
            world.screenshot(&format!("trouble-{theme:?}")).await?;
        }
        world.size(390, 844).await?;
        world.axe().await?;
        world.screenshot("trouble-narrow").await?;
        assert_eq!(world.errors().await?, Vec::<String>::new());
        Ok(())
    });
}
