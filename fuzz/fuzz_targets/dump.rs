//! The splitter: no bytes make it panic or run for ever, and where reads are cut does not show.
#![no_main]

use std::io::{self, Read};

use libfuzzer_sys::fuzz_target;
use pg_globals::dump::{Error, Piece, Reader};

/// Gives its bytes a few at a time, so that tokens are cut.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(self.0.len()).min(buffer.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

/// All that PostgreSQL has, apart from those that are other names of these.
const ENCODINGS: [&str; 39] = [
    "UTF8", "SQL_ASCII", "LATIN1", "LATIN2", "LATIN3", "LATIN4", "LATIN5", "LATIN6", "LATIN7",
    "LATIN8", "LATIN9", "LATIN10", "ISO_8859_5", "ISO_8859_6", "ISO_8859_7", "ISO_8859_8",
    "WIN1250", "WIN1251", "WIN1252", "WIN1253", "WIN1254", "WIN1255", "WIN1256", "WIN1257",
    "WIN1258", "WIN866", "WIN874", "KOI8R", "KOI8U", "EUC_JP", "EUC_KR", "EUC_CN", "SJIS", "BIG5",
    "GBK", "GB18030", "UHC", "EUC_TW", "JOHAB",
];

/// The pieces, obeying the statements that matter; an error is the last.
fn pieces(bytes: &[u8], step: usize, encoding: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut read = || -> Result<(), Error> {
        let mut reader = Reader::new(Trickle(bytes, step))?;
        reader
            .set_encoding(ENCODINGS[encoding % ENCODINGS.len()])
            .map_err(|error| Error::UnknownEncoding(error, 0))?;
        loop {
            let (place, text) = match reader.next()? {
                None => break,
                Some(Piece::Fault(fault)) => {
                    all.push(format!("{} {}", fault.place, fault.problem));
                    continue;
                }
                Some(Piece::Statement(slice)) => (slice.place, slice.text.to_owned()),
            };
            if let Some(name) = text.strip_prefix("SET client_encoding = '") {
                reader
                    .set_encoding(name.trim_end_matches('\''))
                    .map_err(|error| Error::UnknownEncoding(error, place.line))?;
            } else if text == "SET standard_conforming_strings = off" {
                reader.set_standard_conforming_strings(false);
            } else if let Some(name) = text.strip_prefix("CREATE ROLE \"") {
                reader.expect_name(name.trim_end_matches('"'));
            }
            all.push(format!("{place} {text}"));
        }
        all.push(format!("{} {} {:?}", reader.skipped(), reader.meta_commands(), reader.marks()));
        Ok(())
    };
    let result = read();
    all.extend(result.err().map(|error| error.to_string()));
    all
}

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (encoding, step, bytes) = input;
    let encoding = usize::from(encoding);
    let whole = pieces(bytes, usize::MAX, encoding);
    let cut = pieces(bytes, usize::from(step) % 61 + 1, encoding);
    assert_eq!(whole, cut);
});
