//! Not known, not allowed, none and not yet are four different texts; a proxy or a host name in capitals changes none of what is there.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::{Value, json};

use super::journey::journey_with;
use super::scripted::{Reply, Script, Scripted};
use super::world::World;
use crate::still;

/// An agent, and a framework in a role.
fn state(port: u16) -> Value {
    let info = json!({"id": {"value": "a"}, "hostname": "Node-1.Example.org", "port": port, "resources": []});
    let agent =
        json!({"active": true, "version": "1.11.0", "pid": format!("slave(1)@127.0.0.1:{port}"), "agent_info": info});
    let framework = json!({"active": true, "connected": true, "framework_info": {"id": {"value": "f"}, "name": "marathon",
        "user": "u", "roles": ["dev"], "capabilities": [{"type": "MULTI_ROLE"}]}});
    let flags = json!({"flags": [{"name": "authorizers", "value": "local"}]});
    json!({"get_agents": {"agents": [agent]}, "get_frameworks": {"frameworks": [framework]}, "get_flags": flags,
        "get_quota": {"status": {}}, "get_weights": {}})
}

async fn scripted(replies: &[(&'static str, Reply)]) -> Scripted {
    let scripted = Scripted::start(|port| Script { state: state(port), ..Script::default() }).await;
    replies.iter().for_each(|(call, reply)| scripted.script.reply(call, reply.clone()));
    scripted
}

#[test]
fn quotas_and_weights_have_four_different_texts() {
    const NONE: &str = "The role has no guarantee and no limit.";
    journey_with("unknown-quota", still(), async |world| {
        let forbidden = || Reply::Refused(403, "Forbidden");
        let broken = || Reply::Refused(503, "busy");
        let cases = [
            (Reply::Never, "Reading quotas: whether the role has a quota is not known", "not read yet"),
            (forbidden(), "You may not see quotas: whether the role has a quota is not known", "not allowed"),
            (broken(), "Cannot read quotas: whether the role has a quota is not known", "not readable"),
        ];
        for (reply, says, weight) in cases {
            let scripted = scripted(&[("GET_QUOTA", reply.clone()), ("GET_WEIGHTS", reply)]).await;
            world.at(&scripted.url).open("#/roles/dev").await?;
            world.wait_for(says).await?;
            world.wait_for(weight).await?;
            assert!(!world.text().await?.contains("no guarantee and no limit"), "{says}");
        }
        let none = scripted(&[]).await;
        world.at(&none.url).open("#/roles/dev").await?;
        world.wait_for(NONE).await?;
        for words in ["not read yet", "not allowed", "not readable", "that you may see"] {
            assert!(!world.text().await?.contains(words), "{words}");
        }
        // A caller from whom some may be hidden does not read that there is none.
        let acls = json!({"flags": [{"name": "authorizers", "value": "local"}, {"name": "acls", "value": "{}"}]});
        let hidden = scripted(&[("GET_FLAGS", Reply::Content(acls))]).await;
        world.at(&hidden.url).open("#/roles/dev").await?;
        world.wait_for("No quota that you may see.").await?;
        assert!(!world.text().await?.contains("no guarantee and no limit"));
        Ok(())
    });
}

#[test]
fn an_empty_list_that_the_masters_counts_contradict_says_so() {
    journey_with("unknown-filtered", still(), async |world| {
        let metrics = json!({"metrics": [{"name": "master/tasks_running", "value": 2}, {"name": "master/frameworks_connected", "value": 1}]});
        let scripted = Scripted::start(|_| Script { state: json!({"get_agents": {}}), ..Script::default() }).await;
        scripted.script.reply("GET_METRICS", Reply::Content(metrics));
        world.at(&scripted.url).open("#/tasks").await?;
        world.wait_for("No tasks that you may see").await?;
        world.wait_for("The master's metrics, as last read, count 2 tasks; its list has none.").await?;
        world.find("button", "~may be filtered").await?;
        world.at(&scripted.url).open("#/frameworks").await?;
        world.wait_for("count 1 framework; its list has none.").await?;
        world.axe().await?;
        world.screenshot("unknown-filtered").await
    });
}

#[test]
fn a_total_that_cannot_be_read_is_no_zero() {
    journey_with("unknown-total", still(), async |world| {
        let cpus = |value: Value| json!([{"name": "cpus", "type": "SCALAR", "scalar": {"value": value}}]);
        let scripted = Scripted::start(|port| {
            let mut state = state(port);
            state["get_agents"]["agents"][0]["total_resources"] = cpus(json!("many"));
            Script { state, ..Script::default() }
        })
        .await;
        world.at(&scripted.url).open("#/agents").await?;
        world.wait_for("not known").await?;
        world.at(&scripted.url).open("#/").await?;
        world.wait_for("Without 1 agent with unreadable amounts.").await
    });
}

#[test]
fn resources_that_cannot_be_read_are_not_none_in_tables_and_sums() {
    journey_with("unknown-resources", still(), async |world| {
        let scripted = Scripted::start(|port| {
            let mut state = state(port);
            let task = json!({"task_id": {"value": "t"}, "name": "web", "agent_id": {"value": "a"}, "framework_id": {"value": "f"},
                "state": "TASK_RUNNING", "resources": {"cpus": 2}});
            state["get_tasks"] = json!({"tasks": [task]});
            Script { state, ..Script::default() }
        })
        .await;
        world.at(&scripted.url).open("#/tasks").await?;
        world.wait_for("not known").await?;
        world.at(&scripted.url).open("#/roles").await?;
        world.wait_for("Sums by role may leave out 1 task, whose resources cannot be read.").await?;
        let gap = "const bottom = document.querySelector('.table-notices').getBoundingClientRect().bottom;
            return Math.round(document.querySelector('.grid-box').getBoundingClientRect().top - bottom)";
        let gap: i64 = world.script(gap, []).await?.convert()?;
        assert!((0..40).contains(&gap), "the table begins {gap} px below the notice");
        world.screenshot("unknown-resources").await
    });
}

#[test]
fn a_host_is_the_same_in_capitals() {
    journey_with("unknown-capitals", still(), async |world| {
        let machine = json!({"hostname": "node-1.EXAMPLE.org", "ip": "127.0.0.1"});
        let start = json!({"nanoseconds": 4_000_000_000_000_000_000_i64});
        let window = json!({"machine_ids": [machine], "unavailability": {"start": start, "duration": {"nanoseconds": 3_600_000_000_000_i64}}});
        let schedule = Reply::Content(json!({"schedule": {"windows": [window]}}));
        let status = Reply::Content(json!({"status": {"draining_machines": [{"id": machine}]}}));
        let scripted = scripted(&[("GET_MAINTENANCE_SCHEDULE", schedule), ("GET_MAINTENANCE_STATUS", status)]).await;
        // The agent's page knows that its machine is scheduled.
        world.at(&scripted.url).open("#/agents/a").await?;
        world.wait_for("scheduled").await?;
        world.at(&scripted.url).open("#/maintenance").await?;
        world
            .until("the machine is there with its agent", async || {
                let text = world.text().await?;
                Ok(text.to_lowercase().contains("node-1.example.org") && !text.contains("No registered agent"))
            })
            .await?;
        world.find("link", "~Node-1.Example.org").await.map(drop)
    });
}

/// A proxy that gives the page, and of its assets nothing but this status.
async fn proxy(status: StatusCode) -> String {
    let page = std::fs::read_to_string(mesoscope_tests::root().join("dist/index.html")).expect("the page is built");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let page = move || async move { ([("content-type", "text/html; charset=utf-8")], page.clone()) };
    let app = Router::new().route("/", get(page)).fallback(move || async move { status });
    tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
    url
}

#[test]
fn a_page_whose_files_do_not_come_says_what_to_set() {
    journey_with("unknown-assets", still(), async |world: &World| {
        for status in [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND, StatusCode::BAD_GATEWAY] {
            let url = proxy(status).await;
            world.at(&url).open("").await?;
            world.wait_for("Mesoscope has not started yet").await?;
            world.wait_for("proxy_set_header Host $http_host;").await?;
            world.wait_for("--host NAME").await?;
            let is_broken = "return document.documentElement.dataset.broken !== undefined";
            world.until("the page knows it", async || world.script(is_broken, []).await?.convert()).await?;
        }
        world.axe().await?;
        world.screenshot("unknown-assets").await?;
        // Where they come, the words go.
        world.open("#/").await?;
        world.wait_for("Live").await?;
        assert!(!world.text().await?.contains("has not started yet"));
        Ok(())
    });
}
