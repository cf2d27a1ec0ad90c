//! Something on the way to the master answers in its place: a login page, a redirect to a sign-on page, a refusal of its own. And
//! refusals that name the way on.

use sim::server::fault::Fault;

use super::actions::{agent, choose, free};
use super::journey::journey_with;
use super::writes::{quota, send, trip, type_quota};
use crate::still;

#[test]
fn a_login_page_is_not_taken_for_success() {
    journey_with("login-page", still(), async |world| {
        let (id, _) = free(world).swap_remove(0);
        world.open(&format!("#/agents/{id}")).await?;
        choose(world, "Deactivate").await?;
        trip(world, "once/WRITES/login");
        send(world, "Deactivate").await?;
        world.wait_for("Not applied. Your session has expired: sign in again.").await?;
        world.wait_for("a web page (“Sign in & more”), and sent nothing on.").await?;
        let way = world.find("link", "Sign in again").await?;
        assert_eq!(way.prop("href").await?, Some(format!("{}/", world.url)), "the same origin");
        world.axe().await?;
        world.screenshot("act-login-page").await?;
        trip(world, "once/WRITES/sign-on");
        send(world, "Retry").await?;
        world.wait_for("(“The answer was a redirect (302 Found) to sign-on.example.”)").await?;
        trip(world, "once/WRITES/page-403");
        send(world, "Retry").await?;
        world.wait_for("refused with status 403 (“Access denied & more”), and sent nothing on.").await?;
        assert!(agent(world, &id).expect("it is there")["deactivated"] != true);
        send(world, "Retry").await?;
        world.wait_for("Applied.").await?;
        world.find("button", "Reactivate …").await?;
        let text = world.text().await?;
        assert!(!text.contains("It is already deactivated"), "what is done is not held against it: {text}");
        world.click("button", "Reactivate …").await?;
        world.find("heading", "~Reactivate").await?;
        send(world, "Reactivate").await?;
        world.wait_for("Applied.").await?;
        let text = world.text().await?;
        assert!(!text.contains("It is not deactivated"), "{text}");
        world.click("button", "Close").await?;
        world.open("#/my-changes").await?;
        world.wait_for("Deactivate agent").await
    });
}

#[test]
fn a_stream_that_does_not_begin_is_explained() {
    journey_with("unanswered", still(), async |world| {
        trip(world, "call/SUBSCRIBE/hang");
        world.open("#/agents").await?;
        world.wait_for("No answer yet: The master has not answered the stream request.").await?;
        world.wait_for("proxy_buffering off").await?;
        world.axe().await?;
        world.screenshot("unanswered").await?;
        // A dialog does not wait in silence for a state that does not come.
        world.open("#/roles").await?;
        world.click("button", "Set quota …").await?;
        world.wait_for("Not connected: changes are possible again once the master answers.").await
    });
}

#[test]
fn a_sign_on_page_before_the_stream_is_named() {
    journey_with("sign-on", still(), async |world| {
        world.open("#/agents").await?;
        world.wait_for("Live").await?;
        for page in ["sign-on", "login"] {
            trip(world, &format!("call/SUBSCRIBE/{page}"));
            world.sim.fault(Fault::CloseStreams);
            world.wait_for("Your session has expired: sign in again.").await?;
            world.find("link", "Sign in again").await?;
            let text = world.text().await?;
            assert!(!text.contains("standby") && !text.contains("0x3c") && !text.contains("<html"), "{text}");
            world.axe().await?;
            world.screenshot(&format!("notice-{page}")).await?;
            world.sim.fault(Fault::None);
            // The page may have tried again by itself before.
            let retry =
                "[...document.querySelectorAll('button')].find(it => it.textContent.trim() == 'Retry now')?.click();
                return document.body.innerText.includes('Live')";
            world.until("live again", async || world.script(retry, []).await?.convert()).await?;
            world.wait_gone("Your session has expired").await?;
        }
        Ok(())
    });
}

#[test]
fn a_refusal_that_names_force_offers_it_as_a_step_of_its_own() {
    journey_with("force-offered", still(), async |world| {
        type_quota(world, "fault-force").await?;
        send(world, "Set quota").await?;
        world.wait_for("Refused (400)").await?;
        world.click("checkbox", "Force: skip these checks").await?;
        world.axe().await?;
        world.screenshot("act-force-offered").await?;
        send(world, "Set quota").await?;
        world.wait_for("Applied.").await?;
        let text = world.text().await?;
        for over in ["already has a quota", "Mesos refuses this without force"] {
            assert!(!text.contains(over), "{over} beside what is done: {text}");
        }
        assert!(quota(world, "fault-force").is_some());
        Ok(())
    });
}
