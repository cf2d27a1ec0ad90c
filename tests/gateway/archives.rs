//! Folders as tar, out of sandboxes with links, special files and hostile names; and single files that must not be opened.

use std::io::Read;

use hyper::Method;
use serde_json::json;

use super::ask::{Answer, ask};
use super::disk::{Disk, Node, file, serve};
use super::executable::Gateway;
use super::script::{Script, reply};

async fn announce(gateway: &Gateway, path: &str) -> Answer {
    let body = json!({"agent": null, "path": path}).to_string();
    ask(&gateway.at, Method::POST, "/download", body).with("content-type", "application/json").send().await
}

/// Each entry of a folder's tar with its text, or where it leads; the list of what was left out too.
async fn packed(gateway: &Gateway, path: &str) -> Vec<(String, String)> {
    let ticket = announce(gateway, path).await;
    assert_eq!(ticket.status, 200, "{path}");
    let at = format!("/download/{}", ticket.words().await.trim());
    let bytes = ask(&gateway.at, Method::GET, &at, "").send().await.all().await.expect("it is whole");
    let mut archive = tar::Archive::new(&bytes[..]);
    let mut all = Vec::new();
    for entry in archive.entries().expect("a tar") {
        let mut entry = entry.expect("an entry");
        let mut text = String::new();
        match entry.link_name().expect("a name") {
            Some(to) => text = format!("-> {}", to.display()),
            None => drop(entry.read_to_string(&mut text).expect("the tests' files are text")),
        }
        all.push((entry.path().expect("a path").display().to_string(), text));
    }
    all
}

fn names(all: &[(String, String)]) -> Vec<&str> {
    all.iter().map(|(name, _)| name.as_str()).collect()
}

fn left_out(all: &[(String, String)]) -> &str {
    all.iter().find(|(name, _)| name == "LEFT-OUT.txt").map_or("", |(_, text)| text)
}

async fn before(disk: Disk) -> (Script, std::sync::Arc<std::sync::Mutex<Disk>>, Gateway) {
    let (script, disk) = serve(disk).await;
    let gateway = Gateway::before(&[&script.url()]).await;
    (script, disk, gateway)
}

/// A name so long that the refusal of a path with it many times is long, too.
const LONG_LINK: &str =
    "link-with-a-name-of-more-than-a-hundred-letters-link-with-a-name-of-more-than-a-hundred-letters-link-with-a-name";

#[tokio::test]
async fn links_to_folders_are_not_followed() {
    let mut disk = Disk::of(&[
        ("stdout", file("out")),
        ("up", Node::Link("/s")),
        ("a/b/up", Node::Link("..")),
        ("a/b/top", Node::Link("/s")),
        ("a/b/self", Node::Link(".")),
        ("a/b/text", file("deep")),
        ("a/x/x", Node::Link("..")),
        ("beside", Node::Link("a/b")),
        ("directory", Node::Link("a")),
        ("abs", Node::Link("/s/a")),
        ("abs again", Node::Link("abs")),
        ("a/link", Node::Link("b")),
        (LONG_LINK, Node::Link("a")),
        ("a/b/round", Node::Link("round")),
        ("log", Node::Link("stdout")),
        ("out", Node::Link("/etc")),
    ]);
    disk.grows = true;
    let (_script, _disk, gateway) = before(disk).await;
    let all = packed(&gateway, "/s").await;
    let once = |name: &str| names(&all).iter().filter(|it| it.ends_with(name)).count();
    assert_eq!((once("/text"), once("/stdout"), once("/log")), (1, 1, 1), "{:?}", names(&all));
    for link in [
        "/s/up",
        "/s/a/b/up",
        "/s/a/b/top",
        "/s/a/b/self",
        "/s/a/x/x",
        "/s/beside",
        "/s/directory",
        "/s/abs",
        "/s/abs again",
        "/s/a/link",
        &format!("/s/{LONG_LINK}"),
    ] {
        assert!(left_out(&all).contains(&format!("{link} (a symbolic link")), "{link}: {}", left_out(&all));
    }
    // Nor out of a folder inside the sandbox.
    let all = packed(&gateway, "/s/a/b").await;
    assert_eq!(names(&all), ["b/text", "LEFT-OUT.txt"]);
}

#[tokio::test]
async fn folders_that_are_none_but_look_like_links_are_packed() {
    let (_script, _disk, gateway) =
        before(Disk::of(&[("a/a/a/text", file("1")), ("a/text", file("2")), ("b/a/b/a/text", file("3"))])).await;
    let all = packed(&gateway, "/s").await;
    assert_eq!(
        names(&all),
        [
            "s/a/",
            "s/a/a/",
            "s/a/a/a/",
            "s/a/a/a/text",
            "s/a/text",
            "s/b/",
            "s/b/a/",
            "s/b/a/b/",
            "s/b/a/b/a/",
            "s/b/a/b/a/text"
        ]
    );
}

#[tokio::test]
async fn a_container_is_packed_once() {
    let twins = |second: &str| {
        Disk::of(&[
            ("containers/c1/stdout", file("first")),
            ("containers/c2/stdout", file(second)),
            ("tasks/t1", Node::Link("../containers/c1")),
            ("tasks/t2", Node::Link("../containers/c2")),
        ])
    };
    // The two began in the same second, and their folders hold the same names.
    let (_script, _disk, gateway) = before(twins("the second")).await;
    let all = packed(&gateway, "/s").await;
    let found = |name: &str| all.iter().find(|(it, _)| it == name).map(|(_, text)| text.as_str());
    assert_eq!(found("s/tasks/t1"), Some("-> ../containers/c1"));
    assert_eq!(found("s/tasks/t2"), Some("-> ../containers/c2"));
    assert_eq!(names(&all).iter().filter(|name| name.ends_with("stdout")).count(), 2);
    // Where they cannot be reported apart, the link is left out, not guessed.
    let (_script, _disk, gateway) = before(twins("other")).await;
    let all = packed(&gateway, "/s").await;
    assert_eq!(names(&all).iter().filter(|name| name.ends_with("stdout")).count(), 2);
    assert!(
        left_out(&all).contains("/s/tasks/t1 (a symbolic link to one of the containers’ folders"),
        "{}",
        left_out(&all)
    );
}

#[tokio::test]
async fn special_files_are_never_opened() {
    let special = [
        ("pipe", 0o010_600, "a named pipe"),
        ("app.sock", 0o140_755, "a socket"),
        ("null", 0o020_666, "a character device"),
        ("disk", 0o060_660, "a block device"),
        ("odd", 0o644, "a file of unknown type"),
    ];
    let mut nodes: Vec<_> = special.iter().map(|(name, mode, _)| (*name, Node::Special(*mode))).collect();
    nodes.extend([("stdout", file("out")), ("link", Node::Link("pipe"))]);
    let (_script, disk, gateway) = before(Disk::of(&nodes)).await;
    let all = packed(&gateway, "/s").await;
    assert_eq!(names(&all), ["s/stdout", "LEFT-OUT.txt"]);
    for (name, _, kind) in special.into_iter().chain([("link", 0, "a named pipe")]) {
        assert!(left_out(&all).contains(&format!("/s/{name} ({kind})")), "{}", left_out(&all));
        let answer = announce(&gateway, &format!("/s/{name}")).await;
        assert_eq!(answer.status, 422, "{name}");
        assert!(answer.words().await.contains(kind));
    }
    assert_eq!(disk.lock().expect("no test panics here").opened, [""; 0]);
    assert_eq!(announce(&gateway, "/s/stdout").await.status, 200);
    for (path, status) in [("/s/nothing", 410), ("/s/stdout/.", 410), ("/nowhere/x", 410), ("/etc", 410)] {
        assert_eq!(announce(&gateway, path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn an_empty_folder_is_a_folder() {
    let (_script, _disk, gateway) = before(Disk::of(&[("empty", Node::Folder), ("stdout", file("out"))])).await;
    assert_eq!(packed(&gateway, "/s/empty").await, []);
}

/// An agent that lists whatever it likes.
#[tokio::test]
async fn hostile_names_stay_in_the_archive() {
    let files = ["a\nb", "C:\\..\\x.bat", "nul\0x", "NUL", "end. ", "\u{202e}gpj.exe"];
    let master = Script::start(move |seen| {
        let call: serde_json::Value = serde_json::from_slice(&seen.body).expect("the gateway sends JSON");
        let info = |path: String| json!({"path": path, "mode": 0o100_644, "size": 5, "nlink": 1});
        let inside = files.iter().map(|name| info(format!("/s/d/{name}")));
        let outside = ["/etc/abs", "/s/d/..", "/s/d/../../etc/passwd", "/s/d/", ""];
        let infos = inside.chain(outside.map(|path| info(path.to_owned())));
        match call["type"].as_str() {
            Some("LIST_FILES") if call["list_files"]["path"] == "/s/d" => {
                let infos: Vec<_> = infos.collect();
                reply(200, json!({"type": "LIST_FILES", "list_files": {"file_infos": infos}}).to_string())
            }
            Some("READ_FILE") if call["read_file"]["path"] == "/s/d/NUL" => {
                reply(200, r#"{"type":"READ_FILE","read_file":{"data":"","size":9223372036854775807}}"#)
            }
            Some("READ_FILE") => {
                let data = if call["read_file"]["length"] == 0 { "" } else { "aGVsbG8=" };
                reply(200, json!({"type": "READ_FILE", "read_file": {"data": data, "size": 5}}).to_string())
            }
            _ => reply(404, ""),
        }
    })
    .await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let all = packed(&gateway, "/s/d").await;
    let mut found = names(&all);
    found.sort_unstable();
    assert_eq!(found, ["LEFT-OUT.txt", "d/%E2%80%AEgpj.exe", "d/C%3A%5C..%5Cx.bat", "d/a%0Ab", "d/end.%20"]);
    // Mesos would open what is named before the NUL, which may be a pipe.
    assert!(master.seen().iter().all(|seen| !seen.text().contains("\\u0000")));
    let left_out = left_out(&all);
    assert!(left_out.contains("/etc/abs (it is listed in a folder that it is not in)"), "{left_out}");
    assert!(left_out.contains("/s/d/nul%00x (a file of unknown type)"), "{left_out}");
    assert!(left_out.contains("/s/d/NUL (Its size, 9223372036854775807 bytes, cannot be true.)"), "{left_out}");
}

#[tokio::test]
async fn an_archive_has_a_bound() {
    let master = Script::start(move |seen| {
        let call: serde_json::Value = serde_json::from_slice(&seen.body).expect("the gateway sends JSON");
        let path = call["list_files"]["path"].as_str().unwrap_or_default();
        if call["type"] != "LIST_FILES" || path != "/s" {
            return reply(404, "");
        }
        let infos = (0..100_003).map(|nth| format!(r#"{{"path":"/s/{nth}","mode":4480}}"#)).collect::<Vec<_>>();
        let infos = infos.join(",");
        reply(200, format!(r#"{{"type":"LIST_FILES","list_files":{{"file_infos":[{infos}]}}}}"#))
    })
    .await;
    let gateway = Gateway::before(&[&master.url()]).await;
    let all = packed(&gateway, "/s").await;
    let left_out = left_out(&all);
    assert!(left_out.contains("/s (3 of its entries: an archive has at most 100000)"), "{left_out}");
    assert!(left_out.contains("/s/0 (a named pipe)") && left_out.ends_with("more\n"));
    assert!(left_out.len() < 200_000, "the list has a bound too");
}

#[tokio::test]
async fn a_look_spends_no_ticket() {
    let (_script, _disk, gateway) = before(Disk::of(&[("stdout", file("out"))])).await;
    let ticket = announce(&gateway, "/s/stdout").await.words().await;
    let at = format!("/download/{}", ticket.trim());
    let look = ask(&gateway.at, Method::HEAD, &at, "").send().await;
    assert_eq!(look.header("content-disposition"), Some("attachment; filename*=UTF-8''stdout"));
    let fetched = ask(&gateway.at, Method::GET, &at, "").send().await;
    assert_eq!(fetched.header("x-accel-buffering"), Some("no"));
    assert_eq!(fetched.words().await, "out");
    assert_eq!(ask(&gateway.at, Method::HEAD, &at, "").send().await.status, 404);
}
