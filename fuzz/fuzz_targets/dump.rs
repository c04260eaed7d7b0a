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

const ENCODINGS: [&str; 12] = [
    "UTF8", "SQL_ASCII", "LATIN1", "LATIN5", "WIN1252", "EUC_JP", "SJIS", "BIG5", "GBK", "GB18030", "UHC", "EUC_KR",
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
