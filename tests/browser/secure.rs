//! The page over HTTPS and HTTP/2: the stream, reads, a download and a terminal.

use std::path::{Path, PathBuf};

use rcgen::{CertificateParams, KeyPair};

use super::files::{Pod, wait_lines};
use super::journey::{Setup, journey_with};
use super::terminal::{Running, open_shell, until_screen};
use crate::still;

/// Files with a certificate for this machine, signed by itself, and its key.
fn certificate() -> [PathBuf; 2] {
    let key = KeyPair::generate().expect("there is randomness");
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("it is a name");
    let certificate = params.self_signed(&key).expect("a certificate");
    let file = |part: &str, pem: String| {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("journey-{part}.pem"));
        std::fs::write(&path, pem).expect("the target folder can be written");
        path
    };
    [file("cert", certificate.pem()), file("key", key.serialize_pem())]
}

fn over_tls() -> Setup {
    let [certificate, key] = certificate().map(|path| path.display().to_string());
    Setup { flags: vec!["--tls-cert".to_owned(), certificate, "--tls-key".to_owned(), key], ..still() }
}

const PROTOCOL: &str = "return performance.getEntriesByType('navigation')[0].nextHopProtocol";

#[test]
fn all_of_the_page_works_over_http2() {
    journey_with("secure", over_tls(), async |world| {
        let folder = std::env::temp_dir().join(format!("mesoscope-secure-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        world.download_to(&folder).await?;
        world.open("#/").await?;
        world.wait_for("Live").await?;
        assert_eq!(world.script(PROTOCOL, []).await?.convert::<String>()?, "h2");
        world.open(&Pod::of(world).file("app")).await?;
        wait_lines(world, "7f 45").await?;
        world.click("button", "Download").await?;
        let file = folder.join("app");
        let whole = async || Ok(std::fs::metadata(&file).is_ok_and(|file| file.len() == 4_700_160));
        world.until("the file is there", whole).await?;
        let _ = std::fs::remove_dir_all(&folder);
        open_shell(world, &Running::of(world).page).await?;
        world.press("echo one\n").await?;
        until_screen(world, "\none").await
    });
}
