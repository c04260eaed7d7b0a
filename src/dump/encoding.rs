//! PostgreSQL's encodings by name, and how each is turned into UTF-8.

use std::borrow::Cow;

use encoding_rs::Encoding;

/// How the bytes of a dump become text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Charset {
    /// They are UTF-8 already; also `SQL_ASCII`, which promises nothing, as far as they are.
    Utf8(&'static str),
    /// Every byte is the character of its number, as in ISO 8859-1.
    Latin1,
    /// A table of `encoding_rs`; ASCII bytes are ASCII characters wherever they stand. The C1
    /// control characters are what ISO 8859 says, also where WHATWG puts letters.
    Safe(&'static str, &'static Encoding),
    /// Quotes and backslashes can be the second byte of a character: decoded before splitting.
    Unsafe(&'static str, &'static Encoding),
}

/// An encoding that cannot be decoded.
#[derive(thiserror::Error, Clone, PartialEq, Eq, Debug)]
#[error("the dump's encoding {0} cannot be decoded: dump again with -E UTF8")]
pub struct UnknownEncoding(String);

impl Charset {
    /// The encoding that `SET client_encoding` names; case and punctuation do not count
    /// (`clean_encoding_name` in `src/common/encnames.c`).
    pub(super) fn named(name: &str) -> Result<Self, UnknownEncoding> {
        use encoding_rs as e;
        let clean: String =
            name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        Ok(match clean.as_str() {
            "utf8" | "unicode" => Self::Utf8("UTF8"),
            "sqlascii" => {
                Self::Utf8("UTF8, and SQL_ASCII says nothing else: dump again with -E UTF8")
            }
            "latin1" | "iso88591" => Self::Latin1,
            "latin2" | "iso88592" => Self::Safe("LATIN2", e::ISO_8859_2),
            "latin3" | "iso88593" => Self::Safe("LATIN3", e::ISO_8859_3),
            "latin4" | "iso88594" => Self::Safe("LATIN4", e::ISO_8859_4),
            // WHATWG has no ISO 8859-9; above the control characters windows-1254 is the same.
            "latin5" | "iso88599" => Self::Safe("LATIN5", e::WINDOWS_1254),
            "latin6" | "iso885910" => Self::Safe("LATIN6", e::ISO_8859_10),
            "latin7" | "iso885913" => Self::Safe("LATIN7", e::ISO_8859_13),
            "latin8" | "iso885914" => Self::Safe("LATIN8", e::ISO_8859_14),
            "latin9" | "iso885915" => Self::Safe("LATIN9", e::ISO_8859_15),
            "latin10" | "iso885916" => Self::Safe("LATIN10", e::ISO_8859_16),
            "iso88595" => Self::Safe("ISO_8859_5", e::ISO_8859_5),
            "iso88596" => Self::Safe("ISO_8859_6", e::ISO_8859_6),
            "iso88597" => Self::Safe("ISO_8859_7", e::ISO_8859_7),
            "iso88598" => Self::Safe("ISO_8859_8", e::ISO_8859_8),
            "win1250" | "windows1250" => Self::Safe("WIN1250", e::WINDOWS_1250),
            "win1251" | "windows1251" | "win" => Self::Safe("WIN1251", e::WINDOWS_1251),
            "win1252" | "windows1252" => Self::Safe("WIN1252", e::WINDOWS_1252),
            "win1253" | "windows1253" => Self::Safe("WIN1253", e::WINDOWS_1253),
            "win1254" | "windows1254" => Self::Safe("WIN1254", e::WINDOWS_1254),
            "win1255" | "windows1255" => Self::Safe("WIN1255", e::WINDOWS_1255),
            "win1256" | "windows1256" => Self::Safe("WIN1256", e::WINDOWS_1256),
            "win1257" | "windows1257" => Self::Safe("WIN1257", e::WINDOWS_1257),
            "win1258" | "windows1258" | "abc" | "tcvn" | "tcvn5712" | "vscii" => {
                Self::Safe("WIN1258", e::WINDOWS_1258)
            }
            "win866" | "windows866" | "alt" => Self::Safe("WIN866", e::IBM866),
            "win874" | "windows874" => Self::Safe("WIN874", e::WINDOWS_874),
            "koi8r" | "koi8" => Self::Safe("KOI8R", e::KOI8_R),
            "koi8u" => Self::Safe("KOI8U", e::KOI8_U),
            "eucjp" => Self::Safe("EUC_JP", e::EUC_JP),
            "euckr" => Self::Safe("EUC_KR", e::EUC_KR),
            "euccn" => Self::Safe("EUC_CN", e::GBK),
            "sjis" | "mskanji" | "shiftjis" | "win932" | "windows932" => {
                Self::Unsafe("SJIS", e::SHIFT_JIS)
            }
            "big5" | "win950" | "windows950" => Self::Unsafe("BIG5", e::BIG5),
            "gbk" | "win936" | "windows936" => Self::Unsafe("GBK", e::GBK),
            "gb18030" => Self::Unsafe("GB18030", e::GB18030),
            "uhc" | "win949" | "windows949" => Self::Unsafe("UHC", e::EUC_KR),
            _ => return Err(UnknownEncoding(name.to_owned())),
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf8(name) | Self::Safe(name, _) | Self::Unsafe(name, _) => name,
            Self::Latin1 => "LATIN1",
        }
    }

    /// The text of `bytes`; else the offset of the first that is no part of a character.
    pub(super) fn decode(self, bytes: &[u8]) -> Result<Cow<'_, str>, usize> {
        match self {
            // An unsafe encoding has become UTF-8 before splitting.
            Self::Utf8(_) | Self::Unsafe(..) => {
                std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|e| e.valid_up_to())
            }
            _ if bytes.is_ascii() => {
                Ok(std::str::from_utf8(bytes).map_or(Cow::Borrowed(""), Cow::Borrowed))
            }
            Self::Latin1 => Ok(encoding_rs::mem::decode_latin1(bytes)),
            Self::Safe(name, table) => {
                let iso = name.starts_with("LATIN") || name.starts_with("ISO");
                decode(table, iso, bytes).map(Cow::Owned)
            }
        }
    }
}

/// Decodes with a table of `encoding_rs`; else the offset of the first malformed byte.
fn decode(table: &'static Encoding, iso: bool, bytes: &[u8]) -> Result<String, usize> {
    if iso && table.is_single_byte() {
        // WHATWG's tables put letters where ISO has control characters.
        let mut text = String::with_capacity(bytes.len());
        for (at, &byte) in bytes.iter().enumerate() {
            if byte < 0xa0 {
                text.push(char::from(byte));
            } else {
                let one = [byte];
                let c =
                    table.decode_without_bom_handling_and_without_replacement(&one).ok_or(at)?;
                text.push_str(&c);
            }
        }
        return Ok(text);
    }
    if let Some(text) = table.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text.into_owned());
    }
    // Rare and the end of the road: find the line by halves would be no simpler.
    let lines = memchr::memchr_iter(b'\n', bytes).map(|at| at + 1).chain([bytes.len()]);
    let mut start = 0;
    for end in lines {
        let line = &bytes[start..end];
        if table.decode_without_bom_handling_and_without_replacement(line).is_none() {
            break;
        }
        start = end;
    }
    Err(start)
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
        assert_eq!(text("EUC_JP", b"a\nb\xff\n"), Err(2));
        assert_eq!(text("EUC_JP", b"\xc6\xfc").as_deref(), Ok("日"));
    }

    #[test]
    fn what_cannot_be_decoded_names_the_way_out() {
        for name in
            ["EUC_TW", "JOHAB", "MULE_INTERNAL", "SHIFT_JIS_2004", "EUC_JIS_2004", "klingon"]
        {
            let error = Charset::named(name).err().map(|e| e.to_string());
            let expected =
                format!("the dump's encoding {name} cannot be decoded: dump again with -E UTF8");
            assert_eq!(error, Some(expected));
        }
    }
}
