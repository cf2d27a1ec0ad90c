//! Measures the page in headless Chromium.

fn main() {}
