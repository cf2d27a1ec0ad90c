//! What tests of several files share. Holds no test.

/// What several test targets use. What needs the executable or a browser is in package `mesoscope`, whose targets share it by path: a
/// library is not given the executable's path.
pub mod shared {
    pub mod alike;
    pub mod compare;
    pub mod log;
    pub mod picture;
    pub mod real_mesos;
    pub mod reported;
    pub mod same;
    pub mod scheduler_host;
    pub mod strategies;
}

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests' folder stands in the checkout")
}

/// A file or folder of tests/data.
pub fn data(path: impl AsRef<Path>) -> PathBuf {
    root().join("tests/data").join(path)
}

/// The time: nanoseconds since the Unix epoch.
#[expect(clippy::disallowed_methods, reason = "the edge at which the time becomes an argument")]
pub fn now_nanos() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970");
    i64::try_from(since.as_nanos()).expect("it is earlier than 2262")
}
