//! Agents drained, deactivated and marked gone, frameworks ended, one by one and many at once; what another user did meanwhile;
//! answers that are lost on the way; a console that only reads. The maintenance schedule has journeys of its own.

use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::journey::{Setup, journey_with};
use super::schedule::call;
use super::world::{Theme, World};
use super::writes::{quota, send, trip, type_quota};
use crate::still;

/// Longer than an answer that never comes, and what is looked for after it.
const LONG: Duration = Duration::from_secs(120);

/// An agent as the master tells it, by its id.
pub fn agent(world: &World, id: &str) -> Option<Value> {
    agents(world).into_iter().find(|agent| agent["agent_info"]["id"]["value"] == id)
}

fn agents(world: &World) -> Vec<Value> {
    let reported = call(world, json!({ "type": "GET_AGENTS" }));
    reported["get_agents"]["agents"].as_array().cloned().unwrap_or_default()
}

/// Agents that are active and in no window, each with its id and its host; the busiest first.
pub fn free(world: &World) -> Vec<(String, String)> {
    let state = world.sim.with(|sim| sim.state());
    let tasks = state["get_state"]["get_tasks"]["tasks"].as_array().cloned().unwrap_or_default();
    let reported = call(world, json!({ "type": "GET_MAINTENANCE_SCHEDULE" })).to_string();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = |agent: &Value| (text(&agent["agent_info"]["id"]["value"]), text(&agent["agent_info"]["hostname"]));
    let is_free =
        |agent: &&Value| agent["active"] == true && agent["deactivated"] != true && agent["drain_info"].is_null();
    let mut free: Vec<_> =
        agents(world).iter().filter(is_free).map(of).filter(|(_, host)| !reported.contains(host)).collect();
    free.sort_by_key(|(id, _)| std::cmp::Reverse(tasks.iter().filter(|task| task["agent_id"]["value"] == *id).count()));
    free
}

/// Chooses in the menu of the page, and sends what the form proposes.
async fn carry_out(world: &World, verb: &str) -> WebDriverResult<()> {
    choose(world, verb).await?;
    send(world, verb).await?;
    world.wait_for("Applied.").await?;
    world.click("button", "Close").await?;
    world.wait_gone("Applied.").await
}

/// Chooses in the menu of the page what is to be done.
pub async fn choose(world: &World, verb: &str) -> WebDriverResult<()> {
    world.click("button", "Actions").await?;
    world.click("button", &format!("{verb} …")).await
}

/// Nothing can be sent before this was typed, which the form asks for.
pub async fn type_confirmation(world: &World, verb: &str, name: &str) -> WebDriverResult<()> {
    let button = world.find("button", verb).await?;
    world.find("field", "~to confirm").await?;
    assert_eq!(button.attr("aria-disabled").await?.as_deref(), Some("true"));
    world.fill(&format!("Type {name} to confirm"), name).await
}

/// The picture, in both themes, wide and narrow; and nothing in anyone's way in any of them.
pub async fn check_appearance(world: &World, name: &str) -> WebDriverResult<()> {
    for (theme, shade) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
        world.theme(theme).await?;
        for (width, height, size) in [(390, 844, "narrow"), (1440, 900, "wide")] {
            world.size(width, height).await?;
            world.screenshot(&format!("{name}-{size}-{shade}")).await?;
            let cut = world.script(CUT, []).await?.convert::<Vec<String>>()?;
            assert_eq!(cut, [""; 0], "sentences of {name} that are cut at {width} px");
        }
        world.axe().await?;
    }
    Ok(())
}

/// Sentences of the open dialog that go beyond its edge.
const CUT: &str = "const dialog = document.querySelector('dialog[open]');
const edge = dialog?.getBoundingClientRect().right;
return [...dialog?.querySelectorAll('p, li, small, label, h2') ?? []]
    .filter((one) => one.getBoundingClientRect().right > edge + 1 && !one.closest('.scroll-x, .unseen')).map((one) => one.innerText)";

#[test]
fn an_agent_is_drained_and_comes_back() {
    journey_with("drain", still(), async |world| {
        let (id, host) = free(world).swap_remove(0);
        world.open(&format!("#/agents/{id}")).await?;
        choose(world, "Drain").await?;
        world.fill("Grace period in seconds", "4").await?;
        world.wait_for("will be killed, each within 4 s").await?;
        check_appearance(world, "act-drain").await?;
        world.listen().await?;
        send(world, "Drain").await?;
        world.wait_said("Draining. You can close this dialog.").await?;
        world.wait_for("Applied.").await?;
        let drained = agent(world, &id).expect("it is still there");
        assert_eq!(drained["drain_info"]["state"], "DRAINED");
        assert_eq!(drained["drain_info"]["config"]["max_grace_period"], json!({ "nanoseconds": 4_000_000_000_i64 }));
        // The outcome and the next step stand in place of the form and the plan.
        world.wait_for("tasks ended, ").await?;
        assert!(world.all("field", "Grace period in seconds").await?.is_empty(), "the form is gone");
        assert_eq!(heads(world).await?, "", "the plan is gone");
        check_appearance(world, "act-drained").await?;
        world.click("button", "Reactivate …").await?;
        world.find("heading", &format!("Reactivate {host}")).await?;
        send(world, "Reactivate").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        world.wait_for("no longer runs here").await?;
        carry_out(world, "Deactivate").await?;
        assert_eq!(agent(world, &id).expect("it is there")["deactivated"], true);
        carry_out(world, "Reactivate").await?;
        let back = agent(world, &id).expect("it is there");
        assert!(back["deactivated"] != true && back["drain_info"].is_null(), "{host}: {back}");
        Ok(())
    });
}

#[test]
fn back_closes_a_dialog_and_any_change_of_page_does_too() {
    journey_with("dialog-back", still(), async |world| {
        let (id, host) = free(world).swap_remove(0);
        let page = format!("#/agents/{id}");
        world.open("#/tasks").await?;
        world.open(&page).await?;
        choose(world, "Drain").await?;
        world.find("heading", &format!("Drain {host}")).await?;
        world.driver.back().await?;
        let is_closed =
            async || world.script("return !document.querySelector('dialog[open]')", []).await?.convert::<bool>();
        world.until("it is closed", is_closed).await?;
        world.wait_address(&page).await?;
        // One that was closed otherwise leaves no entry behind.
        choose(world, "Drain").await?;
        world.click("button", "Cancel").await?;
        world.until("it is closed", is_closed).await?;
        world
            .until("its entry is gone", async || {
                world.script("return !String(history.state).startsWith('dialog')", []).await?.convert::<bool>()
            })
            .await?;
        choose(world, "Drain").await?;
        world.fill("Grace period in seconds", "7").await?;
        world.open("#/roles").await?;
        world.until("it is closed", is_closed).await?;
        world.find("heading", "~Roles").await?;
        // What was typed is kept.
        world.click("button", &format!("Not sent: Drain {host}")).await?;
        assert_eq!(world.field("Grace period in seconds").await?.value().await?.as_deref(), Some("7"));
        Ok(())
    });
}

#[test]
fn a_link_that_is_followed_right_after_a_dialog_closes_is_not_undone() {
    journey_with("dialog-link", still(), async |world| {
        let (id, host) = free(world).swap_remove(0);
        let page = format!("#/agents/{id}");
        world.open("#/tasks").await?;
        world.open(&page).await?;
        choose(world, "Drain").await?;
        world.find("heading", &format!("Drain {host}")).await?;
        let leave = "const done = arguments[0];
            [...document.querySelectorAll('dialog[open] button')].find((button) => button.innerText === 'Cancel').click();
            setTimeout(() => { location.hash = '#/roles'; done(); });";
        world.driver.execute_async(leave, vec![]).await?;
        world.find("heading", "~Roles").await?;
        // Each step back is a page: the dialog has none.
        for there in [page.as_str(), "#/tasks"] {
            world.driver.back().await?;
            world.until(there, async || Ok(world.address().await? == there)).await?;
        }
        Ok(())
    });
}

#[test]
fn a_drain_that_ends_in_gone_asks_for_the_name_and_holds_who_leaves() {
    journey_with("drain-gone", still(), async |world| {
        let (id, host) = free(world).swap_remove(0);
        world.open(&format!("#/agents/{id}")).await?;
        // Whether a browser would ask before it leaves the page.
        let holds = "return !dispatchEvent(new Event('beforeunload', { cancelable: true }))";
        let holds = async || world.script(holds, []).await?.convert::<bool>();
        choose(world, "Drain").await?;
        assert!(!holds().await?, "nothing was typed yet");
        world.click("checkbox", "~Mark gone when drained").await?;
        world.until("what was chosen would be lost", holds).await?;
        type_confirmation(world, "Drain", &host).await?;
        send(world, "Drain").await?;
        world
            .until("it is drained so", async || {
                let reported = agent(world, &id);
                Ok(reported.is_none_or(|it| it["drain_info"]["config"]["mark_gone"] == true))
            })
            .await
    });
}

#[test]
fn an_agent_is_gone_once_its_name_is_typed() {
    journey_with("gone", still(), async |world| {
        let (id, host) = free(world).swap_remove(0);
        world.open(&format!("#/agents/{id}")).await?;
        choose(world, "Mark gone").await?;
        world.wait_for("can never register under its id again").await?;
        type_confirmation(world, "Mark gone", &host).await?;
        check_appearance(world, "act-gone").await?;
        send(world, "Mark gone").await?;
        world.until("it is gone", async || Ok(agent(world, &id).is_none())).await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        world.wait_for("Marked gone in this tab").await?;
        world.wait_no("button", "Actions").await?;
        world.wait_no("button", "~Mark gone").await
    });
}

/// The heads of the table of changes in the dialog.
pub async fn heads(world: &World) -> WebDriverResult<String> {
    let script = "return [...document.querySelectorAll('dialog .changes th:not([scope], .sum th)')].map((head) => head.innerText).join()";
    world.script(script, []).await?.convert()
}

#[test]
fn agents_that_are_gone_are_marked_no_longer_and_keep_their_names() {
    journey_with("gone-many", still(), async |world| {
        let three: Vec<_> = free(world).into_iter().take(3).collect();
        for (_, host) in &three {
            world.open(&format!("#/agents?filter={host}")).await?;
            world.click("checkbox", &format!("Select {host}")).await?;
        }
        world.wait_for("3 selected").await?;
        world.click("button", "Mark gone …").await?;
        type_confirmation(world, "Mark gone", "3 agents").await?;
        assert_eq!(heads(world).await?, "Agent,Tasks,Frameworks,Current,New,Progress");
        send(world, "Mark gone").await?;
        world.until("they are gone", async || Ok(three.iter().all(|(id, _)| agent(world, id).is_none()))).await?;
        world.wait_for("3 of 3").await?;
        assert_eq!(heads(world).await?, "Agent,Tasks,Frameworks,Result");
        let names = "return [...document.querySelectorAll('dialog .changes tbody th')].map((name) => name.innerText).sort().join()";
        let mut hosts: Vec<&str> = three.iter().map(|(_, host)| host.as_str()).collect();
        hosts.sort_unstable();
        assert_eq!(world.script(names, []).await?.convert::<String>()?, hosts.join(","));
        check_appearance(world, "act-gone-many").await?;
        world.click("button", "Close").await?;
        world.wait_gone("selected").await?;
        world.wait_no("button", "~Mark gone").await?;
        world.open("#/my-changes").await?;
        for (id, host) in &three {
            let short = id.rsplit_once('-').expect("its id ends with its number").1;
            world.wait_for(&format!("Mark agent {host} (…-{short}) gone")).await?;
        }
        world.screenshot("journal-gone").await
    });
}

#[test]
fn what_cannot_be_put_back_says_why() {
    journey_with("put-back", still(), async |world| {
        let (id, host) = free(world).swap_remove(0);
        let short = id.rsplit_once('-').expect("its id ends with its number").1.to_owned();
        world.open(&format!("#/agents/{id}")).await?;
        choose(world, "Deactivate").await?;
        assert_eq!(heads(world).await?, "Field,Current,New");
        send(world, "Deactivate").await?;
        world.wait_for("Applied.").await?;
        assert_eq!(heads(world).await?, "", "the plan is gone");
        world.screenshot("act-done").await?;
        world.click("button", "Reactivate …").await?;
        world.find("heading", &format!("Reactivate {host}")).await?;
        send(world, "Reactivate").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        world.open("#/my-changes").await?;
        world.wait_for(&format!("Reactivate agent {host} (…-{short})")).await?;
        world.wait_for(&format!("Deactivate agent {host} (…-{short})")).await?;
        let reasons = "return [...document.querySelectorAll('.journal button[aria-disabled=true]')].map((button) => button.title).join('; ')";
        let says = async |why: &str| Ok(world.script(reasons, []).await?.convert::<String>()?.contains(why));
        world.until("it is active already", async || says("It is not deactivated.").await).await?;
        world.open(&format!("#/agents/{id}")).await?;
        choose(world, "Mark gone").await?;
        type_confirmation(world, "Mark gone", &host).await?;
        send(world, "Mark gone").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        world.open("#/my-changes").await?;
        let gone = "The agent was marked gone and can never register under its id again.";
        world.until("it is gone", async || says(gone).await).await?;
        world.axe().await?;
        world.screenshot("journal-put-back").await
    });
}

#[test]
fn a_drain_says_what_is_left_and_by_when() {
    journey_with("draining", still(), async |world| {
        let (id, _) = free(world).swap_remove(0);
        let number = id.rsplit_once("-S").expect("its id ends with its number").1;
        // Nothing ends on one that nobody can reach.
        trip(world, &format!("stop-agent-{number}"));
        world.open(&format!("#/agents/{id}")).await?;
        choose(world, "Drain").await?;
        world.fill("Grace period in seconds", "600").await?;
        world.wait_for("will be killed, each within 600 s").await?;
        send(world, "Drain").await?;
        world.wait_for("Draining. You can close this dialog.").await?;
        world.wait_for("Expected to end by").await?;
        world.wait_for("Grace period per task:").await?;
        check_appearance(world, "act-draining").await?;
        world.click("button", "Close").await?;
        world.find("region", "Drain").await?;
        world.wait_for(" left").await?;
        check_appearance(world, "agent-draining").await?;
        world.open("#/my-changes").await?;
        world.wait_for("Expected to end by").await?;
        check_appearance(world, "journal-draining").await
    });
}

#[test]
fn an_agent_that_no_list_has_may_be_marked_gone_by_its_id() {
    journey_with("gone-unseen", still(), async |world| {
        world.open("#/agents/nobody-S7").await?;
        world.wait_for("The master lists no agent nobody-S7").await?;
        world.wait_for("Check the ID").await?;
        assert!(world.all("button", "Mark gone …").await?.is_empty(), "nothing says that there is such an agent");
        // An agent without tasks that is lost is in no list: the master's metrics count it.
        world.sim.with(|sim| {
            let id = sim.add_agent();
            let number = id.rsplit_once("-S").and_then(|(_, number)| number.parse().ok()).expect("its number");
            sim.lose_agent(number);
        });
        world.reload().await?;
        world.click("button", "Mark gone …").await?;
        world.wait_for("can never register under its id again").await?;
        type_confirmation(world, "Mark gone", "nobody-S7").await?;
        send(world, "Mark gone").await?;
        world.wait_for("Refused (404): Agent 'nobody-S7' not found").await?;
        check_appearance(world, "act-gone-unseen").await
    });
}

#[test]
fn one_that_is_being_marked_gone_is_left_to_the_one_who_began() {
    journey_with("going", still(), async |world| {
        let (id, host) = free(world).swap_remove(0);
        let number = id.rsplit_once("-S").and_then(|(_, number)| number.parse().ok()).expect("its number");
        world.sim.with(|sim| sim.begin_gone(number));
        world.open(&format!("#/agents/{id}")).await?;
        choose(world, "Drain").await?;
        world.wait_for("will be killed, each within 60 s").await?;
        send(world, "Drain").await?;
        world.wait_for("Refused (409): Agent is currently being marked gone").await?;
        world.click("button", "Cancel").await?;
        choose(world, "Mark gone").await?;
        type_confirmation(world, "Mark gone", &host).await?;
        send(world, "Mark gone").await?;
        world.wait_for(&format!("Refused (503): Agent {id} is already being transitioned to gone")).await?;
        assert!(!world.text().await?.contains("No leading master"), "Mesos' words stand alone");
        world.sim.with(|sim| sim.end_gone(number));
        send(world, "Retry").await?;
        world.wait_for("Another user changed this meanwhile; nothing was sent.").await
    });
}

#[test]
fn an_agent_that_is_too_old_to_drain_says_so_beforehand() {
    journey_with("old-agent", still(), async |world| {
        let (id, _) = free(world).swap_remove(0);
        let number = id.rsplit_once("-S").and_then(|(_, number)| number.parse().ok()).expect("its number");
        world.sim.with(|sim| sim.make_old(number));
        world.open(&format!("#/agents/{id}")).await?;
        world.wait_for("Live tasks").await?;
        world.click("button", "Actions").await?;
        world.wait_for("Its Mesos is older than 1.9 and cannot drain.").await?;
        let button = world.find("button", "Drain …").await?;
        assert_eq!(button.attr("aria-disabled").await?.as_deref(), Some("true"));
        world.axe().await
    });
}

#[test]
fn of_many_the_one_that_failed_is_tried_again() {
    journey_with("bulk", still(), async |world| {
        let three: Vec<_> = free(world).into_iter().take(3).collect();
        for (_, host) in &three {
            world.open(&format!("#/agents?filter={host}")).await?;
            world.click("checkbox", &format!("Select {host}")).await?;
        }
        // The filter is that of the last host.
        world.wait_for("3 selected, 2 not shown").await?;
        // What can be done to none of them is disabled, with the reason.
        let reactivate = "const button = [...document.querySelectorAll('.marked button')].find((button) => button.innerText.startsWith('Reactivate'));
            return button?.ariaDisabled === 'true' && button.title.startsWith('It is not deactivated.')";
        world.until("none can be reactivated", async || world.script(reactivate, []).await?.convert::<bool>()).await?;
        let (failing, _) = &three[1];
        let number = failing.rsplit_once('-').expect("its id ends with its number").1;
        trip(world, &format!("once/DEACTIVATE_AGENT/503/{number}"));
        world.click("button", "Deactivate …").await?;
        world.wait_for("Requests at a time").await?;
        send(world, "Deactivate").await?;
        world.wait_for("3 of 3 finished, 1 failed").await?;
        let first = world.script("return document.querySelector('dialog tbody tr').innerText", []).await?;
        let first = first.convert::<String>()?;
        assert!(first.contains("Refused (503)"), "the one that failed is first: {first}");
        check_appearance(world, "act-bulk").await?;
        let closed =
            || three.iter().filter(|(id, _)| agent(world, id).is_some_and(|it| it["deactivated"] == true)).count();
        assert_eq!(closed(), 2);
        send(world, "Retry").await?;
        world.wait_gone("1 failed").await?;
        world.until("all are", async || Ok(closed() == 3)).await?;
        world.wait_for("3 of 3").await
    });
}

#[test]
fn what_another_user_changed_is_shown_before_anything_is_sent() {
    journey_with("conflict", still(), async |world| {
        type_quota(world, "journey").await?;
        let theirs = json!({ "role": "journey", "limits": { "mem": { "value": 1024.0 } } });
        call(world, json!({ "type": "UPDATE_QUOTA", "update_quota": { "quota_configs": [theirs.clone()] } }));
        send(world, "Set quota").await?;
        world.wait_for("Another user changed this meanwhile; nothing was sent.").await?;
        world.find("group", "Conflict").await?;
        assert_eq!(quota(world, "journey"), Some(theirs));
        check_appearance(world, "act-conflict").await?;
        // Nothing was sent yet: it is not tried again, and who looks at the page sees why.
        let box_ = "const box = document.querySelector('dialog[open] .stage').getBoundingClientRect();
            const dialog = document.querySelector('dialog[open]').getBoundingClientRect();
            return box.top >= dialog.top && box.bottom <= dialog.bottom";
        assert!(world.script(box_, []).await?.convert::<bool>()?, "what happened is in sight");
        send(world, "Send anyway").await?;
        world.wait_for("Applied.").await?;
        let set = quota(world, "journey").expect("it has a quota");
        assert_eq!(
            (&set["limits"]["mem"]["value"], &set["guarantees"]["cpus"]["value"]),
            (&json!(2048.0), &json!(1.5))
        );
        Ok(())
    });
}

#[test]
fn a_framework_ends_once_its_name_is_typed() {
    journey_with("teardown", still(), async |world| {
        let reported = call(world, json!({ "type": "GET_FRAMEWORKS" }));
        let frameworks = reported["get_frameworks"]["frameworks"].as_array().cloned().unwrap_or_default();
        let one = frameworks.iter().find(|it| it["active"] == true).expect("there is one")["framework_info"].clone();
        let (id, name) = (one["id"]["value"].as_str().unwrap_or_default(), one["name"].as_str().unwrap_or_default());
        world.open(&format!("#/frameworks/{id}")).await?;
        world.click("button", "Tear down …").await?;
        world.wait_for("can never register under its id again").await?;
        type_confirmation(world, "Tear down", name).await?;
        check_appearance(world, "act-teardown").await?;
        send(world, "Tear down").await?;
        world.wait_for("Applied.").await?;
        world.click("button", "Close").await?;
        let button = world.find("button", "Tear down …").await?;
        let ended = async || {
            Ok(button.attr("aria-description").await?.is_some_and(|why| why.contains("It has already ended.")))
        };
        world.until("it can be done no more", ended).await?;
        let reported = call(world, json!({ "type": "GET_FRAMEWORKS" }));
        assert!(!reported["get_frameworks"]["frameworks"].to_string().contains(id));
        Ok(())
    });
}

#[test]
fn a_connection_that_breaks_is_reported_as_it_is() {
    journey_with("cut", still(), async |world| {
        type_quota(world, "journey").await?;
        trip(world, "once/UPDATE_QUOTA/503");
        send(world, "Set quota").await?;
        world.wait_for("Refused (503)").await?;
        trip(world, "once/UPDATE_QUOTA/cut");
        send(world, "Retry").await?;
        world.wait_for("Checking whether it was applied").await?;
        let unknown = async || Ok(world.text().await?.contains("Outcome unknown"));
        world.until_within(LONG, "nobody knows", unknown).await?;
        assert_eq!(quota(world, "journey"), None);
        check_appearance(world, "act-unknown").await?;
        trip(world, "once/UPDATE_QUOTA/cut-after");
        send(world, "Retry").await?;
        world.wait_for("Applied.").await?;
        assert!(quota(world, "journey").is_some());
        Ok(())
    });
}

#[test]
fn an_answer_that_never_comes_is_not_waited_for_without_end() {
    journey_with("hang", still(), async |world| {
        type_quota(world, "journey").await?;
        trip(world, "once/UPDATE_QUOTA/hang");
        send(world, "Set quota").await?;
        let busy = world.find("button", "In progress …").await?;
        busy.click().await?;
        let unknown = async || Ok(world.text().await?.contains("Outcome unknown"));
        world.until_within(LONG, "nobody knows", unknown).await?;
        assert_eq!(quota(world, "journey"), None);
        send(world, "Retry").await?;
        world.wait_for("Applied.").await
    });
}

#[test]
fn what_is_served_read_only_changes_nothing() {
    let setup = Setup { flags: vec!["--read-only".to_owned()], ..still() };
    journey_with("served-read-only", setup, async |world| {
        let (id, _) = free(world).swap_remove(0);
        for (hash, name) in
            [("#/roles", "Set quota …"), ("#/maintenance", "New window"), ("#/master", "Set logging level …")]
        {
            world.open(hash).await?;
            let button = world.find("button", name).await?;
            assert_eq!(button.attr("aria-disabled").await?.as_deref(), Some("true"), "{name}");
            let why = button.attr("aria-description").await?.unwrap_or_default();
            assert!(why.contains("This console is served read-only."), "{name}: {why}");
            button.click().await?;
        }
        world.open(&format!("#/agents/{id}")).await?;
        world.click("button", "Actions").await?;
        world.wait_for("This console is served read-only.").await?;
        world.axe().await?;
        world.screenshot("act-served-read-only").await?;
        let body = json!({ "type": "DEACTIVATE_AGENT", "deactivate_agent": { "agent_id": { "value": id } } });
        let post = "const done = arguments[1];
            fetch('/api/v1', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: arguments[0] })
                .then((answer) => done(answer.status), (e) => done(String(e)));";
        let status = world.driver.execute_async(post, vec![json!(body.to_string())]).await?;
        assert_eq!(status.json(), &json!(403));
        assert_ne!(agent(world, &id).expect("it is there")["deactivated"], true);
        Ok(())
    });
}

#[test]
fn the_master_is_reported_to_log_more() {
    journey_with("logging", still(), async |world| {
        world.open("#/master").await?;
        world.click("button", "Set logging level …").await?;
        world.fill("~Log verbosity", "12").await?;
        world.wait_for("Enter a whole number from 0 to 9.").await?;
        world.fill("~Log verbosity", "2").await?;
        world.fill("Minutes", "5").await?;
        world.wait_for("Reverts to the level of its flags after").await?;
        world.axe().await?;
        world.screenshot("act-logging").await?;
        world.wait_for("current 0").await?;
        trip(world, "once/SET_LOGGING_LEVEL/403");
        send(world, "Set").await?;
        world.wait_for("Refused (403)").await?;
        send(world, "Retry").await?;
        world.wait_for("Applied.").await?;
        let level = call(world, json!({ "type": "GET_LOGGING_LEVEL" }));
        assert_eq!(level["get_logging_level"]["level"], json!(2));
        world.click("button", "Close").await?;
        world.wait_for("2, reverts after 4").await?;
        // Mesos takes levels that the form does not offer.
        let level = json!({ "level": 40, "duration": { "nanoseconds": 600_000_000_000_u64 } });
        call(world, json!({ "type": "SET_LOGGING_LEVEL", "set_logging_level": level }));
        world.reload().await?;
        world.wait_for("40").await?;
        world.click("button", "Set logging level …").await?;
        world.wait_for("current 40").await?;
        world.click("button", "Cancel").await?;
        world.axe().await
    });
}
