//! Decodes a compressed body piece by piece, as a browser does: what was flushed can be read at once.

use std::io::Write;

pub enum Unpack {
    Zstd(zstd::stream::write::Decoder<'static, Vec<u8>>),
    Brotli(Box<brotli::DecompressorWriter<Vec<u8>>>),
    Gzip(Box<flate2::write::GzDecoder<Vec<u8>>>),
}

impl Unpack {
    pub fn new(coding: &str) -> Unpack {
        match coding {
            "zstd" => Unpack::Zstd(zstd::stream::write::Decoder::new(Vec::new()).expect("zstd starts")),
            "br" => Unpack::Brotli(Box::new(brotli::DecompressorWriter::new(Vec::new(), 4096))),
            "gzip" => Unpack::Gzip(Box::new(flate2::write::GzDecoder::new(Vec::new()))),
            other => panic!("no such coding: {other}"),
        }
    }

    /// What these bytes, after those before, can be read as.
    pub fn read(&mut self, bytes: &[u8]) -> Vec<u8> {
        let writer: &mut dyn Write = match self {
            Unpack::Zstd(decoder) => decoder,
            Unpack::Brotli(decoder) => decoder,
            Unpack::Gzip(decoder) => decoder,
        };
        writer.write_all(bytes).expect("the bytes are of this coding");
        writer.flush().expect("a Vec takes all");
        std::mem::take(match self {
            Unpack::Zstd(decoder) => decoder.get_mut(),
            Unpack::Brotli(decoder) => decoder.get_mut(),
            Unpack::Gzip(decoder) => decoder.get_mut(),
        })
    }
}
