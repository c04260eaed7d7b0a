//! PostgreSQL's encodings by name, and how each is turned into UTF-8.

use std::borrow::Cow;

use crate::encoding::{Table, named};

/// How the bytes of a dump become text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Charset {
    /// They are UTF-8 already; also `SQL_ASCII`, which promises nothing, as far as they are.
    Utf8(&'static str),
    /// By a table; ASCII bytes are ASCII characters wherever they stand.
    Safe(&'static str, &'static Table),
    /// Quotes and backslashes can be the second byte of a character: decoded before splitting.
    Unsafe(&'static str, &'static Table),
}

/// An encoding that cannot be decoded.
#[derive(thiserror::Error, Clone, PartialEq, Eq, Debug)]
#[error("the dump's encoding {0} cannot be decoded: dump again with -E UTF8")]
pub struct UnknownEncoding(String);

/// Encodings of clients only, whose characters can have ASCII bytes (`src/include/mb/pg_wchar.h`).
const UNSAFE: [&str; 7] = ["SJIS", "BIG5", "GBK", "UHC", "GB18030", "JOHAB", "SHIFT_JIS_2004"];

impl Charset {
    /// The encoding that `SET client_encoding` names, with what PostgreSQL converts into UTF8.
    pub(super) fn named(name: &str) -> Result<Self, UnknownEncoding> {
        let unknown = || UnknownEncoding(name.to_owned());
        let name = named(name).ok_or_else(unknown)?;
        Ok(match name {
            "UTF8" => Self::Utf8(name),
            "SQL_ASCII" => {
                Self::Utf8("UTF8, and SQL_ASCII says nothing else: dump again with -E UTF8")
            }
            name => {
                let table = Table::of(name).ok_or_else(unknown)?;
                if UNSAFE.contains(&name) {
                    Self::Unsafe(name, table)
                } else {
                    Self::Safe(name, table)
                }
            }
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf8(name) | Self::Safe(name, _) | Self::Unsafe(name, _) => name,
        }
    }

    /// The text of `bytes`; else the offset of the first that is no part of a character.
    pub(super) fn decode(self, bytes: &[u8]) -> Result<Cow<'_, str>, usize> {
        match self {
            Self::Safe(_, table) if !bytes.is_ascii() => {
                let mut text = Vec::with_capacity(bytes.len() * 2);
                table.decode(bytes, true, &mut text).map_err(|malformed| malformed.at)?;
                String::from_utf8(text).map(Cow::Owned).map_err(|e| e.utf8_error().valid_up_to())
            }
            // An unsafe encoding has become UTF-8 before splitting.
            Self::Utf8(_) | Self::Safe(..) | Self::Unsafe(..) => {
                std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|e| e.valid_up_to())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(encoding: &str, bytes: &[u8]) -> Result<String, usize> {
        Charset::named(encoding).unwrap().decode(bytes).map(Cow::into_owned)
    }

    #[test]
    fn iso_8859_is_not_windows() {
        assert_eq!(text("LATIN1", b"\x80\xe9").as_deref(), Ok("\u{80}é"));
        assert_eq!(text("WIN1252", b"\x80\xe9").as_deref(), Ok("€é"));
        assert_eq!(text("iso-8859-9", b"\x80\xf0").as_deref(), Ok("\u{80}ğ"));
        assert_eq!(text("LATIN9", b"\xa4").as_deref(), Ok("€"));
    }

    #[test]
    fn malformed_bytes_are_told() {
        assert_eq!(text("UTF8", b"ab\xff"), Err(2));
        assert_eq!(text("SQL_ASCII", b"\xe9"), Err(0));
        assert_eq!(text("EUC_JP", b"a\nb\xff\n"), Err(3));
        assert_eq!(text("EUC_JP", b"\xc6\xfc").as_deref(), Ok("日"));
    }

    #[test]
    fn what_cannot_be_decoded_names_the_way_out() {
        for name in ["MULE_INTERNAL", "klingon"] {
            let error = Charset::named(name).err().map(|e| e.to_string());
            let expected =
                format!("the dump's encoding {name} cannot be decoded: dump again with -E UTF8");
            assert_eq!(error, Some(expected));
        }
    }
}
