//! Decides which TLS certificates to trust, and explains why one is rejected. Opens no connections.
//!
//! Certificates of `--ca` are authorities, and each is also trusted directly: a server that presents it needs no issuer. Names and
//! dates are still checked, so one server's certificate does not authenticate another.

use std::io;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WantsClientCert, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, ConfigBuilder, DigitallySignedStruct, Error, InvalidMessage, RootCertStore,
    SignatureScheme,
};

use crate::configured_file::ConfiguredFile;

#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    #[error("{0}: {1}")]
    Unread(String, io::Error),
    #[error("{0} is broken PEM: {1}")]
    Pem(String, rustls::pki_types::pem::Error),
    #[error("{0} contains a private key, and no certificate: the certificate that belongs to it is needed")]
    Key(String),
    #[error(
        "{0} contains no certificate in PEM (`-----BEGIN CERTIFICATE-----`); `openssl x509 -inform der` converts DER"
    )]
    Empty(String),
    #[error("certificate {1} in {0} cannot be used: {2}")]
    Certificate(String, usize, String),
    #[error(
        "{0} contains no private key in PEM (`-----BEGIN PRIVATE KEY-----`); `openssl pkey -inform der` converts DER"
    )]
    NoKey(String),
    #[error(
        "the private key in {0} is encrypted, and the gateway asks for no passphrase; `openssl pkey -in FILE -out NEW` \
         writes it without one"
    )]
    EncryptedKey(String),
    #[error(
        "the private key in {0} does not belong to the certificate in {1}, whose first certificate must be the server's own"
    )]
    OtherKey(String, String),
    #[error(
        "the private key in {0} is of an unsupported kind: use RSA of 2048 to 8192 bits, ECDSA P-256 or P-384, or Ed25519"
    )]
    KeyKind(String),
    #[error("{0} cannot be used: {1}")]
    Identity(String, String),
    #[error(transparent)]
    Tls(#[from] Error),
    #[error("no certificate to trust: {0}")]
    Verifier(#[from] rustls::client::VerifierBuilderError),
}

/// The files of a certificate, which its chain may follow, and of its private key.
#[derive(Clone, Debug)]
pub struct IdentityFiles {
    pub certificates: ConfiguredFile,
    pub key: ConfiguredFile,
}

impl IdentityFiles {
    /// `None` without both.
    pub fn of(certificates: Option<&ConfiguredFile>, key: Option<&ConfiguredFile>) -> Option<IdentityFiles> {
        Some(IdentityFiles { certificates: certificates?.clone(), key: key?.clone() })
    }
}

/// Builds the client configuration. Trusts the certificates in the file, or the public authorities without one. Shows `own` to servers
/// that want a certificate.
pub fn config(ca: Option<&ConfiguredFile>, own: Option<&IdentityFiles>) -> Result<ClientConfig, TrustError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
    let Some(file) = ca else {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return with_identity(builder.with_root_certificates(roots), own);
    };
    let verifier = Arc::new(Verifier::new(&provider, certificates(file)?, &file.to_string())?);
    with_identity(builder.dangerous().with_custom_certificate_verifier(verifier), own)
}

fn with_identity(
    builder: ConfigBuilder<ClientConfig, WantsClientCert>,
    own: Option<&IdentityFiles>,
) -> Result<ClientConfig, TrustError> {
    let Some(files) = own else { return Ok(builder.with_no_client_auth()) };
    let (chain, key) = identity(files)?;
    builder.with_client_auth_cert(chain, key).map_err(|error| unfit_identity(files, &error))
}

/// Reads a certificate with its chain, and its private key.
pub fn identity(files: &IdentityFiles) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TrustError> {
    let chain = certificates(&files.certificates)?;
    let pem = files.key.read().map_err(|error| TrustError::Unread(files.key.to_string(), error))?;
    let key = PrivateKeyDer::from_pem_slice(without_mark(&pem)).map_err(|error| {
        let name = files.key.to_string();
        match error {
            _ if is_encrypted(&pem) => TrustError::EncryptedKey(name),
            rustls::pki_types::pem::Error::NoItemsFound => TrustError::NoKey(name),
            other => TrustError::Pem(name, other),
        }
    })?;
    Ok((chain, key))
}

/// Explains why a certificate and its key cannot be used.
pub fn unfit_identity(files: &IdentityFiles, error: &Error) -> TrustError {
    let (certificates, key) = (files.certificates.to_string(), files.key.to_string());
    match error {
        Error::InconsistentKeys(_) => TrustError::OtherKey(key, certificates),
        Error::InvalidCertificate(bad) => TrustError::Identity(certificates, certificate(bad)),
        Error::General(words) if words.contains("private key") => TrustError::KeyKind(key),
        other => TrustError::Identity(certificates, other.to_string()),
    }
}

/// Whether a key's file needs a passphrase: PKCS #8 (RFC 5958), or the older form of OpenSSL (RFC 1421).
fn is_encrypted(pem: &[u8]) -> bool {
    let text = String::from_utf8_lossy(pem);
    text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED")
}

/// Removes the byte order mark of UTF-8, which editors on Windows may write.
fn without_mark(pem: &[u8]) -> &[u8] {
    pem.strip_prefix(b"\xef\xbb\xbf").unwrap_or(pem)
}

/// Explains why browsers refuse a certificate today: it has expired, or is not valid yet. `None` if its dates are right.
pub fn out_of_date(certificate: &CertificateDer<'_>) -> Option<String> {
    // webpki checks dates before anything that a certificate as its own authority would fail.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone().into_owned()).ok()?;
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().ok()?;
    let any = ServerName::try_from("localhost").ok()?;
    match verifier.verify_server_cert(certificate, &[], &any, &[], UnixTime::now()) {
        Err(Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. })) => {
            Some("the certificate has expired".to_owned())
        }
        Err(Error::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. })) => {
            Some("the certificate is not valid yet: check its dates and this machine's clock".to_owned())
        }
        _ => None,
    }
}

fn certificates(file: &ConfiguredFile) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let name = file.to_string();
    let pem = file.read().map_err(|error| TrustError::Unread(name.clone(), error))?;
    let pem = without_mark(&pem);
    let all = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let all = all.map_err(|error| TrustError::Pem(name.clone(), error))?;
    match all.is_empty() {
        true if PrivateKeyDer::from_pem_slice(pem).is_ok() || is_encrypted(pem) => Err(TrustError::Key(name)),
        true => Err(TrustError::Empty(name)),
        false => Ok(all),
    }
}

#[derive(Debug)]
struct Verifier {
    by_issuer: Arc<WebPkiServerVerifier>,
    exact: Vec<CertificateDer<'static>>,
}

impl Verifier {
    fn new(
        provider: &Arc<CryptoProvider>,
        exact: Vec<CertificateDer<'static>>,
        file: &str,
    ) -> Result<Verifier, TrustError> {
        let mut roots = RootCertStore::empty();
        for (nth, certificate) in exact.iter().enumerate() {
            let unfit = |error: Error| TrustError::Certificate(file.to_owned(), nth + 1, why(&error));
            roots.add(certificate.clone()).map_err(unfit)?;
        }
        let by_issuer = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build()?;
        Ok(Verifier { by_issuer, exact })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let judged = self.by_issuer.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match judged {
            // webpki checks dates first, so they are valid here. The certificate may be an authority's own, for example.
            Err(Error::InvalidCertificate(
                CertificateError::Other(_)
                | CertificateError::UnknownIssuer
                | CertificateError::InvalidPurpose
                | CertificateError::InvalidPurposeContext { .. },
            )) if self.exact.iter().any(|known| known == end_entity) => {
                rustls::client::verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.by_issuer.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.by_issuer.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.by_issuer.supported_verify_schemes()
    }
}

/// Returns the TLS error that caused a connection error, if any.
pub fn cause<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Error> {
    std::iter::successors(Some(error), |error| inner(*error)).find_map(|error| error.downcast_ref::<Error>())
}

/// Returns the error that another error wraps. The `source` of an `io::Error` skips the wrapped error, so `get_ref` is used.
fn inner<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a (dyn std::error::Error + 'static)> {
    match error.downcast_ref::<io::Error>() {
        Some(error) => error.get_ref().map(|wrapped| wrapped as &(dyn std::error::Error + 'static)),
        None => error.source(),
    }
}

/// Explains a TLS error and how to fix it.
pub fn why(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(bad) => certificate(bad),
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "it does not speak TLS there: is it http:// rather than https://?".to_owned()
        }
        other => format!("TLS failed: {other}"),
    }
}

fn certificate(bad: &CertificateError) -> String {
    match bad {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired: the server needs a new one (or the clock of this machine is wrong)".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet: check the clocks of both machines".to_owned()
        }
        CertificateError::UnknownIssuer => {
            "its certificate is issued by nobody whom this gateway trusts: give the issuer's certificate, or this very \
             one, with --ca FILE"
                .to_owned()
        }
        CertificateError::NotValidForName => "its certificate is for another host name".to_owned(),
        CertificateError::NotValidForNameContext { expected, presented } => wrong_name(expected, presented),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "its certificate is not meant for servers (extendedKeyUsage lacks serverAuth)".to_owned()
        }
        CertificateError::BadSignature => {
            "its certificate was not signed by the authority that it names: is the one given with --ca out of date?"
                .to_owned()
        }
        CertificateError::Revoked => "its certificate was revoked".to_owned(),
        CertificateError::BadEncoding => "its certificate cannot be read".to_owned(),
        other => unusual(&other.to_string()),
    }
}

fn wrong_name(expected: &ServerName<'_>, presented: &[String]) -> String {
    let expected = expected.to_str();
    if presented.is_empty() {
        let kind = if expected.parse::<std::net::IpAddr>().is_ok() { "IP" } else { "DNS" };
        return format!(
            "its certificate names no host: it needs a subjectAltName ({kind}:{expected}), as the common name alone is \
             not looked at"
        );
    }
    format!("its certificate is not for {expected}, but for {}: use one of these names", presented.join(", "))
}

/// Explains an error that rustls has no variant for. The text contains the name of webpki's variant.
fn unusual(words: &str) -> String {
    if words.contains("CaUsedAsEndEntity") {
        return "its certificate is an authority's own, as self-signed ones are, and not among those of --ca: give this \
                very certificate with --ca FILE"
            .to_owned();
    }
    if words.contains("UnsupportedCertVersion") {
        return "its certificate is of version 1, which names no hosts: make one of version 3 with a subjectAltName"
            .to_owned();
    }
    format!("its certificate is not accepted ({words})")
}
