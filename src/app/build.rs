//! With `MESOSCOPE_SPLIT` set, as `cargo demo` and `cargo verify` set it, the page's code is cut into the chunks of chunks.rs.

fn main() {
    println!("cargo:rerun-if-env-changed=MESOSCOPE_SPLIT");
    println!("cargo:rustc-check-cfg=cfg(split)");
    if std::env::var_os("MESOSCOPE_SPLIT").is_some() {
        println!("cargo:rustc-cfg=split");
        // The cut needs to know who calls whom.
        println!("cargo:rustc-link-arg-bins=--emit-relocs");
    }
}
