//! The page's files: embedded in this executable or read from a folder. Answers no requests.
//!
//! The executable has a compressible file only in brotli and gzip. Its plain bytes, which no browser asks for, are made from gzip at the
//! first request.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use axum::http::HeaderValue;
use bytes::Bytes;
use flate2::read::GzDecoder;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::access::Access;
use crate::encoding::Coding;
use crate::security::page_policy;

/// Makes cargo rebuild this file when the page changes. Otherwise a page that was built after this executable would never be
/// embedded.
const _PAGE: Option<&str> = option_env!("MESOSCOPE_PAGE_ID");

/// The files that `build.rs` has prepared; none if the page is not built.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/page/"]
#[allow_missing = true]
struct Embedded;

pub const INDEX: &str = "index.html";

#[derive(Debug)]
pub enum PageSource {
    Embedded(Arc<Page>),
    Folder(PathBuf, Access),
}

/// All files by path, without a leading slash.
#[derive(Debug)]
pub struct Page {
    files: HashMap<String, File>,
    pub policy: HeaderValue,
}

#[derive(Debug)]
pub struct File {
    /// Empty until the first request, if the file is there only in gzip.
    plain: OnceLock<Bytes>,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    /// Hash of the content, 16 hex digits: of the plain bytes, or else of those in gzip.
    pub tag: String,
}

impl PageSource {
    pub fn embedded(access: Access) -> io::Result<PageSource> {
        let files = Embedded::iter().filter_map(|path| Some((path.to_string(), bytes(Embedded::get(&path)?.data))));
        Ok(PageSource::Embedded(Arc::new(Page::of(files.collect(), access)?)))
    }

    pub fn folder(folder: &Path, access: Access) -> io::Result<PageSource> {
        std::fs::read_dir(folder)?;
        Ok(PageSource::Folder(folder.to_owned(), access))
    }

    /// Returns the page. A folder is read again each time, since a developer may be editing it.
    pub async fn page(&self) -> io::Result<Arc<Page>> {
        match self {
            PageSource::Embedded(page) => Ok(page.clone()),
            PageSource::Folder(folder, access) => {
                let folder = folder.clone();
                let read = tokio::task::spawn_blocking(move || read_folder(&folder)).await.map_err(io::Error::other)?;
                Ok(Arc::new(Page::of(read?, *access)?))
            }
        }
    }
}

impl Page {
    fn of(mut found: HashMap<String, Bytes>, access: Access) -> io::Result<Page> {
        if let Some(mode) = access.meta() {
            report(&mut found, mode)?;
        }
        let names: BTreeSet<String> = found.keys().map(|name| without_coding(name).to_owned()).collect();
        let mut files = HashMap::new();
        for name in names {
            let (brotli, gzip) = (found.remove(&format!("{name}.br")), found.remove(&format!("{name}.gz")));
            if let Some(file) = File::of(found.remove(&name), brotli, gzip) {
                files.insert(name, file);
            }
        }
        let index = files.get(INDEX).map(|file| file.body(None)).transpose()?.unwrap_or_default();
        let policy = HeaderValue::from_str(&page_policy(&String::from_utf8_lossy(&index)));
        Ok(Page { files, policy: policy.expect("a policy is printable ASCII") })
    }

    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }
}

impl File {
    /// `None` if the plain bytes are not there and cannot be made.
    fn of(plain: Option<Bytes>, brotli: Option<Bytes>, gzip: Option<Bytes>) -> Option<File> {
        let tag = Sha256::digest(plain.as_ref().or(gzip.as_ref())?);
        let tag = tag.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Some(File { plain: plain.map(OnceLock::from).unwrap_or_default(), brotli, gzip, tag })
    }

    pub fn codings(&self) -> Vec<Coding> {
        let brotli = self.brotli.as_ref().map(|_| Coding::Brotli);
        brotli.into_iter().chain(self.gzip.as_ref().map(|_| Coding::Gzip)).collect()
    }

    /// Returns the bytes in an encoding, or the plain ones if the file is not there in that encoding.
    ///
    /// # Errors
    /// If the plain bytes have to be made from broken gzip.
    pub fn body(&self, coding: Option<Coding>) -> io::Result<Bytes> {
        let encoded = match coding {
            Some(Coding::Brotli) => self.brotli.as_ref(),
            Some(Coding::Gzip) => self.gzip.as_ref(),
            Some(Coding::Zstd) | None => None,
        };
        match (encoded.or_else(|| self.plain.get()), &self.gzip) {
            (Some(body), _) => Ok(body.clone()),
            (None, Some(gzip)) => {
                let plain = inflate(gzip)?;
                Ok(self.plain.get_or_init(|| plain).clone())
            }
            (None, None) => Ok(Bytes::new()),
        }
    }
}

fn inflate(gzip: &[u8]) -> io::Result<Bytes> {
    let mut plain = Vec::new();
    GzDecoder::new(gzip).read_to_end(&mut plain)?;
    Ok(plain.into())
}

/// Reports the mode in the page's head, before any script runs. Removes the compressed variants, which lack the mark.
fn report(found: &mut HashMap<String, Bytes>, mode: &str) -> io::Result<()> {
    let gzip = found.remove(&format!("{INDEX}.gz"));
    found.remove(&format!("{INDEX}.br"));
    let Some(index) = File::of(found.remove(INDEX), None, gzip) else { return Ok(()) };
    let index = String::from_utf8_lossy(&index.body(None)?).into_owned();
    let head = index.find("<head>").map(|at| at + "<head>".len());
    let at = head.or_else(|| index.find("<title>")).unwrap_or(0);
    let (before, after) = index.split_at(at);
    let meta = format!("<meta name=\"mesoscope-access\" content=\"{mode}\">");
    found.insert(INDEX.to_owned(), [before, &meta, after].concat().into());
    Ok(())
}

fn without_coding(name: &str) -> &str {
    name.strip_suffix(".br").or_else(|| name.strip_suffix(".gz")).unwrap_or(name)
}

fn bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

fn read_folder(folder: &Path) -> io::Result<HashMap<String, Bytes>> {
    let (mut found, mut folders) = (HashMap::new(), vec![String::new()]);
    while let Some(inside) = folders.pop() {
        for entry in std::fs::read_dir(folder.join(&inside))? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let name = if inside.is_empty() { name } else { format!("{inside}/{name}") };
            match entry.file_type()? {
                kind if kind.is_dir() => folders.push(name),
                kind if kind.is_file() => drop(found.insert(name, Bytes::from(std::fs::read(entry.path())?))),
                _ => (),
            }
        }
    }
    Ok(found)
}
