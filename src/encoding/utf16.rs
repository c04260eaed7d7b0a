//! UTF-16, as editors and PowerShell write it.

use std::borrow::Cow;

/// Which byte of a unit comes first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Utf16 {
    /// The low one.
    Little,
    /// The high one.
    Big,
}

impl Utf16 {
    /// What a byte order mark of two bytes tells.
    pub fn of_mark(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xfe, ..] => Some(Self::Little),
            [0xfe, 0xff, ..] => Some(Self::Big),
            _ => None,
        }
    }

    /// What the first characters tell, where there is no mark: ASCII is every second byte 0, which no text in UTF-8
    /// has.
    fn of_ascii(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [1..=127, 0, 1..=127, 0, ..] | [1..=127, 0] => Some(Self::Little),
            [0, 1..=127, 0, 1..=127, ..] | [0, 1..=127] => Some(Self::Big),
            _ => None,
        }
    }

    /// Appends the text of `bytes` to `text`, and tells how many of them were read: what may be the
    /// beginning of a character is left.
    /// None where a surrogate stands alone; what is in front of it was appended.
    pub fn decode(self, bytes: &[u8], text: &mut Vec<u8>) -> Option<usize> {
        let (pairs, _) = bytes.as_chunks::<2>();
        let units = pairs.iter().map(|&pair| match self {
            Self::Little => u16::from_le_bytes(pair),
            Self::Big => u16::from_be_bytes(pair),
        });
        let mut read = 0;
        for char in char::decode_utf16(units) {
            match char {
                Ok(char) => {
                    text.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
                    read += 2 * char.len_utf16();
                }
                Err(_) if read / 2 + 1 == pairs.len() => {
                    // The first half of a pair may have its other behind it.
                    let high = pairs[read / 2][usize::from(self == Self::Little)];
                    return (0xd8..0xdc).contains(&high).then_some(read);
                }
                Err(_) => return None,
            }
        }
        Some(read)
    }
}

/// The text of a whole file, in UTF-8 or in UTF-16; none where it is neither. UTF-16 is known by its byte order mark,
/// or by its first two characters, where they are ASCII.
pub fn text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let marked = Utf16::of_mark(bytes).map(|utf_16| (utf_16, &bytes[2..]));
    let utf_16 = marked.or_else(|| Some((Utf16::of_ascii(bytes)?, bytes)));
    if let Some((utf_16, bytes)) = utf_16 {
        let mut text = Vec::with_capacity(bytes.len());
        let whole = utf_16.decode(bytes, &mut text)? == bytes.len();
        return String::from_utf8(text).ok().filter(|_| whole).map(Cow::Owned);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).ok().map(Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_read_piece_by_piece() {
        let mut text = Vec::new();
        let bytes = b"\x3d\xd8\x00\xdea\0\x3d\xd8\x00";
        assert_eq!(Utf16::Little.decode(bytes, &mut text), Some(6));
        assert_eq!(Utf16::Little.decode(b"\x3d\xd8a\0", &mut text), None);
        assert_eq!(Utf16::Little.decode(b"\x00\xde", &mut text), None);
        assert_eq!(Utf16::Big.decode(b"\0\xe9\xd8", &mut text), Some(2));
        assert_eq!(text, "😀aé".as_bytes());
    }

    #[test]
    fn a_mark_tells_what_a_file_is_in() {
        assert_eq!(super::text(b"\xef\xbb\xbfa\xc3\xa9").as_deref(), Some("aé"));
        assert_eq!(super::text(b"\xff\xfea\0\xe9\0").as_deref(), Some("aé"));
        assert_eq!(super::text(b"\xfe\xff\0a\0\xe9").as_deref(), Some("aé"));
        assert_eq!(super::text(b"[\0]\0").as_deref(), Some("[]"));
        assert_eq!(super::text(b"\0{\0a\0\xe9").as_deref(), Some("{aé"));
        assert_eq!(super::text(b"{\0}\0\n"), None);
        assert_eq!(super::text(b"a\xe9"), None);
        assert_eq!(super::text(b"\xff\xfea\0\xe9"), None);
    }
}
