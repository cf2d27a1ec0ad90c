//! The page's files, from a folder as from within the executable: types, encodings, how long they are kept.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::Method;

use super::ask::{Answer, ask, get};
use super::executable::Gateway;
use super::unpack::Unpack;

const INDEX: &str = "<!doctype html><title>x</title><script type=\"module\">start()</script>";
const HASHED: &str = "/assets/app-0123456789abcdef.js";
const WASM: &str = "/assets/app-0123456789abcdef_bg.wasm";

/// A folder of the test's own, as the build leaves `dist/`.
struct Dist(PathBuf);

impl Dist {
    fn new(test: &str) -> Dist {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("page-{test}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("assets")).expect("the target folder can be written");
        let dist = Dist(folder);
        dist.write("/index.html", INDEX);
        dist.write(HASHED, "plain script");
        dist.write(&format!("{HASHED}.br"), "brotli script");
        dist.write(&format!("{HASHED}.gz"), "gzip script");
        dist.write(WASM, "\0asm");
        dist.write("/assets/loader.js", "loader");
        dist.write("/assets/base.css", "css");
        dist
    }

    fn write(&self, path: &str, content: &str) {
        fs::write(self.0.join(&path[1..]), content).expect("the target folder can be written");
    }

    async fn serve(&self) -> Gateway {
        self.serve_with(&[]).await
    }

    async fn serve_with(&self, more: &[&str]) -> Gateway {
        let folder = self.0.to_str().expect("the target folder's name is text");
        Gateway::start(&[&["--master", "http://127.0.0.1:1", "--page", folder], more].concat()).await
    }
}

fn headers<'a>(answer: &'a Answer, names: [&str; 3]) -> [Option<&'a str>; 3] {
    names.map(|name| answer.header(name))
}

#[tokio::test]
async fn files_have_their_types_and_times() {
    let gateway = Dist::new("types").serve().await;
    let (forever, ask_again) = ("public, max-age=31536000, immutable", "no-cache");
    for (path, kind, keep) in [
        ("/", "text/html; charset=utf-8", ask_again),
        ("/index.html", "text/html; charset=utf-8", ask_again),
        (HASHED, "text/javascript; charset=utf-8", forever),
        (WASM, "application/wasm", forever),
        ("/assets/loader.js", "text/javascript; charset=utf-8", ask_again),
        ("/assets/base.css", "text/css; charset=utf-8", ask_again),
    ] {
        let answer = get(&gateway.at, path).send().await;
        assert_eq!(answer.status, 200, "{path}");
        let found = headers(&answer, ["content-type", "cache-control", "vary"]);
        assert_eq!(found, [Some(kind), Some(keep), Some("Accept-Encoding")], "{path}");
    }
}

#[tokio::test]
async fn precompressed_files_go_to_who_takes_them() {
    let gateway = Dist::new("encodings").serve().await;
    for (accepted, coding, body) in [
        ("gzip, deflate, br, zstd", Some("br"), "brotli script"),
        ("gzip, deflate", Some("gzip"), "gzip script"),
        ("br;q=0.2, gzip;q=0.8", Some("gzip"), "gzip script"),
        ("br;q=0, gzip;q=0", None, "plain script"),
        ("zstd", None, "plain script"),
        ("", None, "plain script"),
    ] {
        let answer = get(&gateway.at, HASHED).with("accept-encoding", accepted).send().await;
        let found = headers(&answer, ["content-encoding", "content-type", "vary"]);
        assert_eq!(found, [coding, Some("text/javascript; charset=utf-8"), Some("Accept-Encoding")], "{accepted}");
        assert_eq!(answer.words().await, body, "{accepted}");
    }
    let answer = get(&gateway.at, "/assets/loader.js").with("accept-encoding", "br").send().await;
    assert_eq!((answer.header("content-encoding"), answer.header("content-length")), (None, Some("6")));
}

#[tokio::test]
async fn a_matching_etag_gets_304() {
    let dist = Dist::new("tags");
    let gateway = dist.serve().await;
    let tag = |answer: &Answer| answer.header("etag").expect("every file has one").to_owned();
    let plain = tag(&get(&gateway.at, HASHED).send().await);
    let brotli = tag(&get(&gateway.at, HASHED).with("accept-encoding", "br").send().await);
    assert_ne!(plain, brotli, "other bytes, another tag");

    let index = tag(&get(&gateway.at, "/").send().await);
    for held in [index.clone(), format!("W/{index}"), format!("\"other\", {index}"), "*".into()] {
        let answer = get(&gateway.at, "/").with("if-none-match", &held).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("etag")), (304, Some(&*index)), "{held}");
        assert_eq!(answer.words().await, "");
    }
    dist.write("/index.html", "<!doctype html>new");
    let answer = get(&gateway.at, "/").with("if-none-match", &index).send().await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.words().await, "<!doctype html>new");
}

/// In the page's own head, so that it knows before it draws anything.
#[tokio::test]
async fn the_page_is_reported_that_it_can_only_read() {
    let notice = "<meta name=\"mesoscope-access\" content=\"read-only\">";
    let dist = Dist::new("read-only");
    dist.write("/index.html.br", "without the notice");
    for (flags, reported) in [(&["--read-only"][..], true), (&[], false)] {
        let gateway = dist.serve_with(flags).await;
        let answer = get(&gateway.at, "/").send().await;
        assert_eq!(answer.words().await.contains(notice), reported);
        let answer = get(&gateway.at, "/").with("accept-encoding", "br").send().await;
        assert_eq!(answer.header("content-encoding"), (!reported).then_some("br"));
    }
    let gateway = dist.serve_with(&["--read-only"]).await;
    let page = get(&gateway.at, "/").send().await.words().await;
    assert_eq!(page, INDEX.replace("<title>", &format!("{notice}<title>")));
    dist.write("/index.html", "<!doctype html><html><head><title>x</title>");
    let page = get(&gateway.at, "/").send().await.words().await;
    assert_eq!(page, format!("<!doctype html><html><head>{notice}<title>x</title>"));
}

#[tokio::test]
async fn a_head_has_all_but_the_body() {
    let gateway = Dist::new("head").serve().await;
    let answer = ask(&gateway.at, Method::HEAD, HASHED, "").send().await;
    let found = headers(&answer, ["content-length", "content-type", "cache-control"]);
    assert_eq!(answer.status, 200);
    assert_eq!(found[0], Some("12"));
    assert_eq!(found[1], Some("text/javascript; charset=utf-8"));
    assert_eq!(answer.words().await, "");
    let answer = ask(&gateway.at, Method::POST, "/", "").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, Some("GET, HEAD")));
}

#[tokio::test]
async fn only_the_pages_files_are_there() {
    let dist = Dist::new("paths");
    let gateway = dist.serve().await;
    let variant = format!("{HASHED}.br");
    for path in ["/nothing", "/assets", "/assets/", &*variant, "/../Cargo.toml", "/assets/..%2f..%2fCargo.toml"] {
        let answer = get(&gateway.at, path).send().await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"), "{path}");
    }
}

#[tokio::test]
async fn the_page_is_held_to_its_own_scripts() {
    let gateway = Dist::new("policy").serve().await;
    // SHA-256 of "start()", base64.
    let hash = "'sha256-DIm7WJS6ZKDYe5qFLPy+h4JFI9Bol5QmYC57mt3Fb00='";
    for path in ["/", HASHED, "/assets/loader.js"] {
        let answer = get(&gateway.at, path).send().await;
        let policy = answer.header("content-security-policy").expect("every file has one");
        for part in ["default-src 'self'", "'wasm-unsafe-eval'", hash, "object-src 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{part} in {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    }
}

#[tokio::test]
async fn every_answer_is_hardened() {
    let gateway = Dist::new("headers").serve().await;
    for (path, host) in [("/", "localhost"), ("/nothing", "localhost"), ("/api/v1", "localhost"), ("/", "evil.example")]
    {
        let answer = get(&gateway.at, path).with("host", host).send().await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path} {host}");
        }
        assert!(answer.header("permissions-policy").is_some() && answer.header("content-security-policy").is_some());
    }
}

/// Whatever was built in, it is whole: every file that the page names is there too.
#[tokio::test]
async fn the_page_within_is_whole_or_says_how_to_build_it() {
    let gateway = Gateway::before(&["http://127.0.0.1:1"]).await;
    let answer = get(&gateway.at, "/").send().await;
    let (status, page) = (answer.status.as_u16(), answer.words().await);
    if status == 503 {
        assert!(page.contains("cargo demo"), "{page}");
        return;
    }
    assert_eq!(status, 200);
    for path in page.split(['"', '\'']).filter_map(|part| part.strip_prefix("./assets/")) {
        let answer = get(&gateway.at, &format!("/assets/{path}")).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("content-encoding")), (200, None), "{path}");
        let plain = answer.all().await.expect("the body is whole");
        for coding in ["gzip", "br"] {
            let answer = get(&gateway.at, &format!("/assets/{path}")).with("accept-encoding", coding).send().await;
            let is_packed = answer.header("content-encoding") == Some(coding);
            let body = answer.all().await.expect("the body is whole");
            let same = if is_packed { Unpack::new(coding).read(&body) } else { body.to_vec() };
            assert!(same == plain, "{path} in {coding}");
        }
    }
}

/// As within the executable, which has no plain bytes of what is compressed.
#[tokio::test]
async fn plain_bytes_are_made_from_gzip() {
    let dist = Dist::new("packed");
    let packed = |text: &str| {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(text.as_bytes()).expect("a Vec takes all");
        packer.finish().expect("a Vec takes all")
    };
    for (path, text) in [("/index.html", INDEX), ("/assets/only.css", "only in gzip")] {
        let _ = fs::remove_file(dist.0.join(&path[1..]));
        fs::write(dist.0.join(format!("{}.gz", &path[1..])), packed(text)).expect("the target folder can be written");
    }
    dist.write("/assets/broken.css.gz", "no gzip");
    dist.write("/assets/only.js.br", "only in brotli");
    for (flags, index) in [(&[][..], INDEX.to_owned()), (&["--read-only"], INDEX.replace("<title>", "READ<title>"))] {
        let gateway = dist.serve_with(flags).await;
        let words = get(&gateway.at, "/").send().await.words().await;
        assert_eq!(words.replace("<meta name=\"mesoscope-access\" content=\"read-only\">", "READ"), index);
        let plain = get(&gateway.at, "/assets/only.css").send().await;
        assert_eq!((plain.header("content-encoding"), plain.header("content-length")), (None, Some("12")));
        let tag = plain.header("etag").expect("every file has one").to_owned();
        assert_eq!(plain.words().await, "only in gzip");
        assert_eq!(get(&gateway.at, "/assets/only.css").with("if-none-match", &tag).send().await.status, 304);
        let gzip = get(&gateway.at, "/assets/only.css").with("accept-encoding", "gzip").send().await;
        assert_ne!(gzip.header("etag"), Some(&*tag));
        assert_eq!(&gzip.all().await.expect("the body is whole")[..], packed("only in gzip"));
        for (path, status) in [("/assets/broken.css", 500), ("/assets/only.css.gz", 404), ("/assets/only.js", 404)] {
            assert_eq!(get(&gateway.at, path).send().await.status, status, "{path}");
        }
    }
}
