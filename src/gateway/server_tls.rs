//! TLS of the gateway's own address. Reads the certificate again when its files change, or on SIGHUP. Verifies no client.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

use crate::configured_file::ConfiguredFile;
use crate::tls::{self, IdentityFiles, TrustError};

/// Protocols that browsers may choose. Some WebSocket clients need HTTP/1.1.
const PROTOCOLS: [&[u8]; 2] = [HTTP2, b"http/1.1"];
pub const HTTP2: &[u8] = b"h2";

/// The TLS configuration, with a certificate that can be replaced.
#[derive(Debug)]
pub struct ServerTls {
    files: IdentityFiles,
    identity: Arc<CurrentIdentity>,
    config: Arc<ServerConfig>,
    last: Mutex<LastRead>,
}

/// What the files had when they were read last.
#[derive(Debug, Default)]
struct LastRead {
    /// Content of the files of the certificate in use.
    used: Option<Content>,
    /// Why they could not be used. A certificate may become valid later, and one file may be written before the other, so each check
    /// tries again.
    problem: Option<String>,
}

type Content = (Vec<u8>, Vec<u8>);

#[derive(Debug)]
struct CurrentIdentity(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for CurrentIdentity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl ServerTls {
    pub fn new(files: IdentityFiles) -> Result<Arc<ServerTls>, TrustError> {
        let last = Mutex::new(LastRead { used: content(&files).ok(), problem: None });
        let own = load(&files)?;
        if let Some(why) = out_of_date(&own) {
            tracing::warn!("{}: {why}", files.certificates);
        }
        let identity = Arc::new(CurrentIdentity(RwLock::new(own)));
        let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let builder = builder.with_safe_default_protocol_versions()?.with_no_client_auth();
        let mut config = builder.with_cert_resolver(identity.clone());
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).into();
        Ok(Arc::new(ServerTls { files, identity, config: Arc::new(config), last }))
    }

    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.config.clone())
    }

    /// Reads the files again, and uses the new certificate if there is one. Keeps the old one if the new one cannot be used.
    pub fn reload(&self) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match self.changed(last.used.as_ref()) {
            Ok(None) => last.problem = None,
            Ok(Some((content, new))) => {
                *self.identity.0.write().unwrap_or_else(PoisonError::into_inner) = new;
                *last = LastRead { used: Some(content), problem: None };
                tracing::info!("uses the new certificate");
            }
            Err(why) => {
                if last.problem.as_ref() != Some(&why) {
                    tracing::error!(error = why, "keeps the old certificate");
                }
                last.problem = Some(why);
            }
        }
    }

    /// Loads the files if they differ from those in use. An expired certificate is no replacement.
    fn changed(&self, used: Option<&Content>) -> Result<Option<(Content, Arc<CertifiedKey>)>, String> {
        let now = content(&self.files).map_err(|error| error.to_string())?;
        if used == Some(&now) {
            return Ok(None);
        }
        let new = load(&self.files).map_err(|error| error.to_string())?;
        match out_of_date(&new) {
            Some(why) => Err(format!("{}: {why}", self.files.certificates)),
            None => Ok(Some((now, new))),
        }
    }
}

/// Content of the files.
fn content(files: &IdentityFiles) -> Result<Content, TrustError> {
    let read = |file: &ConfiguredFile| file.read().map_err(|error| TrustError::Unread(file.to_string(), error));
    Ok((read(&files.certificates)?, read(&files.key)?))
}

fn out_of_date(identity: &CertifiedKey) -> Option<String> {
    identity.cert.first().and_then(tls::out_of_date)
}

fn load(files: &IdentityFiles) -> Result<Arc<CertifiedKey>, TrustError> {
    let (chain, key) = tls::identity(files)?;
    let certified = CertifiedKey::from_der(chain, key, &default_provider());
    Ok(Arc::new(certified.map_err(|error| tls::unfit_identity(files, &error))?))
}
