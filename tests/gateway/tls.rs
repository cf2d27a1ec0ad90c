//! `--ca`: authorities and exact certificates, for masters and agents; and what is said of a certificate that is refused.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::PrivatePkcs8KeyDer;

use super::ask::{GET_AGENTS, ask, call};
use super::executable::Gateway;
use super::script::{Script, reply};

/// What a server shows, and its key.
pub struct Identity {
    pub certificate: Certificate,
    params: CertificateParams,
    pub key: KeyPair,
}

/// For such names, changed as a test likes, and signed by itself.
pub fn own(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Identity {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("the test's names are names");
    // Each is another issuer.
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    params.distinguished_name.push(DnType::CommonName, COUNT.fetch_add(1, Ordering::Relaxed).to_string());
    change(&mut params);
    let key = KeyPair::generate().expect("there is randomness");
    let certificate = params.self_signed(&key).expect("a certificate");
    Identity { certificate, params, key }
}

/// The certificate of an authority, and what a server shows that it has issued for such names.
pub fn issued(names: &[&str]) -> (Certificate, Identity) {
    let root = own(&[], authority);
    let key = KeyPair::generate().expect("there is randomness");
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let params = CertificateParams::new(names).expect("the test's names are names");
    let issuer = Issuer::new(root.params, root.key);
    let certificate = params.signed_by(&key, &issuer).expect("a certificate");
    (root.certificate, Identity { certificate, params, key })
}

/// As `openssl req -x509` makes them.
pub fn authority(params: &mut CertificateParams) {
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
}

pub fn server(identity: &Identity) -> Arc<rustls::ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivatePkcs8KeyDer::from(identity.key.serialize_der());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has them")
        .with_no_client_auth()
        .with_single_cert(vec![identity.certificate.der().clone()], key.into());
    Arc::new(config.expect("the key is the certificate's"))
}

fn file(name: &str, content: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tls-{name}.pem"));
    std::fs::write(&path, content).expect("the target folder can be written");
    path
}

/// What a call to a master that shows `shown` comes to, where `--ca` has `trusted`.
async fn asked(name: &str, shown: &Identity, trusted: &str) -> (u16, String) {
    let master = Script::start_tls(server(shown), |_| reply(200, "of the master")).await;
    let ca = file(name, trusted);
    let url = format!("https://{}", master.at);
    let gateway = Gateway::start(&["--master", &url, "--ca", ca.to_str().expect("text")]).await;
    let answer = call(&gateway.at, GET_AGENTS).send().await;
    (answer.status.as_u16(), answer.words().await)
}

async fn refused(name: &str, shown: &Identity, trusted: &str, part: &str) {
    let (status, words) = asked(name, shown, trusted).await;
    assert_eq!(status, 502, "{name}: {words}");
    assert!(words.contains(part), "{name}: {words}");
    assert!(!words.contains("InvalidCertificate") && !words.contains("CaUsedAsEndEntity"), "{name}: {words}");
}

#[tokio::test]
async fn a_self_signed_certificate_is_trusted_as_itself() {
    let accepted = (200, "of the master".to_owned());
    let as_authority = own(&["127.0.0.1"], authority);
    assert_eq!(asked("ca", &as_authority, &as_authority.certificate.pem()).await, accepted);
    let plain = own(&["127.0.0.1"], |_| ());
    assert_eq!(asked("plain", &plain, &plain.certificate.pem()).await, accepted);
    let both = format!("{}{}", plain.certificate.pem(), as_authority.certificate.pem());
    assert_eq!(asked("both", &as_authority, &both).await, accepted);
}

#[tokio::test]
async fn a_certificate_of_an_authority_is_trusted() {
    let (root, leaf) = issued(&["127.0.0.1"]);
    assert_eq!(asked("issued", &leaf, &root.pem()).await.0, 200);
}

#[tokio::test]
async fn a_refused_certificate_is_explained() {
    let other = own(&["127.0.0.1"], authority).certificate.pem();
    let unknown = own(&["127.0.0.1"], |_| ());
    refused("unknown", &unknown, &other, "with --ca FILE").await;
    let self_signed = own(&["127.0.0.1"], authority);
    refused("self-signed", &self_signed, &other, "give this very certificate with --ca FILE").await;
    for kind in [authority as fn(&mut CertificateParams), |_| ()] {
        let named = own(&["m1.example"], kind);
        refused("name", &named, &named.certificate.pem(), "not for 127.0.0.1, but for").await;
        let nameless = own(&[], kind);
        refused("nameless", &nameless, &nameless.certificate.pem(), "subjectAltName (IP:127.0.0.1)").await;
        let old = own(&["127.0.0.1"], |params| {
            kind(params);
            params.not_after = date_time_ymd(2001, 1, 1);
        });
        refused("old", &old, &old.certificate.pem(), "has expired").await;
        let early = own(&["127.0.0.1"], |params| {
            kind(params);
            params.not_before = date_time_ymd(2999, 1, 1);
        });
        refused("early", &early, &early.certificate.pem(), "not valid yet").await;
    }
}

#[tokio::test]
async fn a_server_without_tls_is_explained() {
    let master = Script::start(|_| reply(200, "{}")).await;
    let gateway = Gateway::before(&[&format!("https://{}", master.at)]).await;
    let words = call(&gateway.at, GET_AGENTS).send().await.words().await;
    assert!(words.contains("is it http:// rather than https://?"), "{words}");
}

#[tokio::test]
async fn an_agent_shows_its_own_certificate() {
    let (of_master, of_agent) = (own(&["127.0.0.1"], authority), own(&["127.0.0.1", "localhost"], authority));
    let agent = Script::start_tls(server(&of_agent), |_| reply(200, "of the agent")).await;
    let port = agent.at.rsplit(':').next().expect("it has a port").to_owned();
    let agents = format!(
        r#"{{"type":"GET_AGENTS","get_agents":{{"agents":[{{"agent_info":{{"id":{{"value":"f-S0"}},"hostname":"localhost","port":{port}}},"pid":"slave(1)@{}"}}]}}}}"#,
        agent.at
    );
    let master = Script::start_tls(server(&of_master), move |_| reply(200, agents.clone())).await;
    let url = format!("https://{}", master.at);
    let both = file("agent", &format!("{}{}", of_master.certificate.pem(), of_agent.certificate.pem()));
    let gateway = Gateway::start(&["--master", &url, "--ca", both.to_str().expect("text")]).await;
    let asked = ask(&gateway.at, hyper::Method::POST, "/agent/f-S0/api/v1", r#"{"type":"GET_HEALTH"}"#);
    let answer = asked.with("content-type", "application/json").send().await;
    assert_eq!(answer.words().await, "of the agent");
}

#[tokio::test]
async fn a_file_without_a_certificate_is_explained() {
    let identity = own(&["127.0.0.1"], authority);
    for (name, content, part) in [
        ("empty", String::new(), "no certificate in PEM"),
        ("key", identity.key.serialize_pem(), "a private key, and no certificate"),
        ("cut", identity.certificate.pem().replace("-----END CERTIFICATE-----", ""), "broken PEM"),
        ("nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned(), "certificate 1 in"),
    ] {
        let ca = file(name, &content);
        let args = ["--master", "https://m1", "--listen", "127.0.0.1:0", "--ca", ca.to_str().expect("text")];
        let output = super::ask::within(super::executable::command(&args).output()).await.expect("it runs");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && words.contains(part), "{name}: {words}");
    }
}
