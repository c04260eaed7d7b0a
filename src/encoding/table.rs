//! What the bytes of PostgreSQL's encodings are in Unicode, exactly as its servers convert them.
//!
//! Tables of the web's encodings are others: `EUC_CN`'s middle dot, the reverse solidus of `SJIS`, the
//! letters that `WIN1255` lacks. With them a role would silently get another name.

use std::sync::OnceLock;

use super::named;

/// What every server says (`tests/make-encodings`).
const DATA: &str = include_str!("characters.txt");

/// The first of the values that stand for an entry of [`Table::pairs`]; below are characters.
const PAIR: u32 = 0x20_0000;

/// Servers of different versions read different characters.
const DIFFERS: u32 = u32::MAX;

/// The characters of an encoding that are not ASCII; bytes that are ASCII are themselves where a
/// character begins.
#[derive(Debug)]
pub struct Table {
    /// By the byte of those that have one, less 0x80; 0 where it is none.
    single: [u32; 128],
    /// By the bytes of those that have two, less 0x8000.
    double: Vec<u32>,
    /// Those of three and four bytes: by number, the first, the last, and the first one's character or
    /// all of them, each in as many bytes as the others.
    long: Vec<(u32, u32, Long)>,
    /// Those that are two characters in Unicode.
    pairs: Vec<[char; 2]>,
}

#[derive(Clone, Copy, Debug)]
enum Long {
    From(u32),
    Each(&'static str),
    Differs,
}

/// What stands at a place in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Found {
    /// A value of the table, and the length.
    Value(u32, usize),
    /// The beginning of a character, perhaps.
    Cut,
    /// No character.
    Nothing,
}

/// Why bytes are no text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed {
    /// The offset of the first byte that is part of no character.
    pub at: usize,
    /// Whether it is one, but another to a server of another version.
    pub differs: bool,
}

impl Table {
    /// The table of an encoding by its own name.
    pub fn of(name: &str) -> Option<&'static Self> {
        static TABLES: OnceLock<Vec<(&str, OnceLock<Table>)>> = OnceLock::new();
        let heads = || DATA.split('\n').filter_map(|line| line.strip_prefix("= "));
        let tables = TABLES.get_or_init(|| {
            let names = heads().filter_map(|head| head.split(' ').next());
            names.map(|name| (name, OnceLock::new())).collect()
        });
        let (_, table) = tables.iter().find(|(own, _)| *own == name)?;
        Some(table.get_or_init(|| {
            let head =
                heads().find(|head| head.split(' ').next() == Some(name)).unwrap_or_default();
            let base = head.split_once(" like ").and_then(|(_, base)| Self::of(base));
            let mut table = base.map_or_else(Self::empty, Self::copy);
            let lines =
                DATA.split('\n').skip_while(|line| line.strip_prefix("= ") != Some(head)).skip(1);
            lines.take_while(|line| !line.starts_with('=')).for_each(|line| table.read(line));
            table.long.sort_unstable_by_key(|(first, ..)| *first);
            table
        }))
    }

    fn empty() -> Self {
        Self { single: [0; 128], double: Vec::new(), long: Vec::new(), pairs: Vec::new() }
    }

    fn copy(&self) -> Self {
        let (double, long, pairs) = (self.double.clone(), self.long.clone(), self.pairs.clone());
        Self { single: self.single, double, long, pairs }
    }

    /// A line of the data: `first[-last]`, and behind a blank the characters, each of as many bytes as
    /// the others; or behind a `+` the number of the first, or of both that a sequence is. With nothing,
    /// the sequences are refused.
    fn read(&mut self, line: &'static str) {
        let (span, what) = line.split_once(' ').unwrap_or((line, ""));
        let (first, last) = span.split_once('-').unwrap_or((span, span));
        let (Some(from), Some(to)) = (number_of(first), number_of(last)) else { return };
        let count = to - from + 1;
        let hex = |text| u32::from_str_radix(text, 16).unwrap_or(0);
        let numbers = what.strip_prefix('+').map(|rest| rest.split_once('+').unwrap_or((rest, "")));
        if first.len() > 4 {
            let long = match numbers {
                Some((number, "")) => Long::From(hex(number)),
                Some((a, b)) => Long::From(self.pair(hex(a), hex(b))),
                None if what.is_empty() => Long::Differs,
                None => Long::Each(what),
            };
            self.long.push((from, to, long));
            return;
        }
        let mut chars = what.chars();
        for step in 0..count {
            let value = match numbers {
                Some((number, "")) => hex(number) + step,
                Some((a, b)) => self.pair(hex(a), hex(b)),
                None => chars.next().map_or(DIFFERS, u32::from),
            };
            self.set(from + step, value);
        }
    }

    fn set(&mut self, number: u32, value: u32) {
        let number = number as usize;
        if let Some(single) = number.checked_sub(0x80).and_then(|at| self.single.get_mut(at)) {
            *single = value;
        } else if let Some(at) = number.checked_sub(0x8000) {
            if self.double.is_empty() {
                self.double = vec![0; 0x8000];
            }
            if let Some(double) = self.double.get_mut(at) {
                *double = value;
            }
        }
    }

    fn pair(&mut self, a: u32, b: u32) -> u32 {
        let char = |number| char::from_u32(number).unwrap_or_default();
        self.pairs.push([char(a), char(b)]);
        PAIR + u32::try_from(self.pairs.len() - 1).unwrap_or(0)
    }

    /// What stands at the beginning of `bytes`, which is no ASCII.
    fn find(&self, bytes: &[u8]) -> Found {
        let Some(&lead) = bytes.first() else { return Found::Cut };
        let single = self.single[usize::from(lead & 0x7f)];
        if single != 0 {
            return Found::Value(single, 1);
        }
        let Some(&second) = bytes.get(1) else {
            return if self.double.is_empty() { Found::Nothing } else { Found::Cut };
        };
        let at = usize::from(lead & 0x7f) << 8 | usize::from(second);
        match self.double.get(at) {
            None => return Found::Nothing,
            Some(0) => {}
            Some(value) => return Found::Value(*value, 2),
        }
        for length in 3..=4 {
            let Some(sequence) = bytes.get(..length) else {
                // Whether it would be one is not asked: it is not there.
                return if self.long.is_empty() { Found::Nothing } else { Found::Cut };
            };
            if let Some(value) = self.long(number(sequence)) {
                return Found::Value(value, length);
            }
        }
        Found::Nothing
    }

    fn long(&self, number: u32) -> Option<u32> {
        let behind = self.long.partition_point(|(first, ..)| *first <= number);
        let (first, last, what) = self.long[..behind].last()?;
        if number > *last {
            return None;
        }
        let (step, count) = (number - first, last - first + 1);
        match what {
            Long::Differs => Some(DIFFERS),
            Long::From(value) => Some(value + step),
            Long::Each(chars) => {
                let width = chars.len() / count as usize;
                let rest = chars.get(step as usize * width..)?;
                rest.chars().next().map(u32::from)
            }
        }
    }

    /// Appends the text of `bytes` to `text`, and tells how many of them were read: what may be the
    /// beginning of a character is left, unless these are the last.
    pub fn decode(&self, bytes: &[u8], last: bool, text: &mut Vec<u8>) -> Result<usize, Malformed> {
        let mut at = 0;
        let push = |text: &mut Vec<u8>, value: u32| {
            let char = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
            text.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
        };
        while at < bytes.len() {
            let rest = &bytes[at..];
            let ascii = rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
            text.extend_from_slice(&rest[..ascii]);
            at += ascii;
            if at == bytes.len() {
                break;
            }
            match self.find(&bytes[at..]) {
                Found::Value(DIFFERS, _) => return Err(Malformed { at, differs: true }),
                Found::Value(value, length) => {
                    match value.checked_sub(PAIR).and_then(|pair| self.pairs.get(pair as usize)) {
                        Some(pair) => pair.iter().for_each(|&char| push(text, char.into())),
                        None => push(text, value),
                    }
                    at += length;
                }
                Found::Cut if !last => break,
                Found::Cut | Found::Nothing => return Err(Malformed { at, differs: false }),
            }
        }
        Ok(at)
    }
}

impl Malformed {
    /// What the bytes are not valid as, with the encoding's name.
    pub fn not_valid(self, encoding: &'static str) -> &'static str {
        if self.differs {
            // The only one that was changed between versions.
            "GB18030 for every server, since 19 reads another character here than those before it"
        } else {
            encoding
        }
    }
}

/// The text of `bytes` in the encoding of this name, as PostgreSQL converts it into UTF8: none where
/// the encoding is not known, and where servers refuse it or differ.
pub fn decoded(encoding: &str, bytes: &[u8]) -> Option<String> {
    let mut text = Vec::new();
    Table::of(named(encoding)?)?.decode(bytes, true, &mut text).ok()?;
    String::from_utf8(text).ok()
}

/// The number of a sequence that is written in hexadecimal.
fn number_of(hex: &str) -> Option<u32> {
    let value = u32::from_str_radix(hex, 16).ok()?;
    let bytes = value.to_be_bytes();
    Some(number(&bytes[4 - (hex.len() / 2).min(4)..]))
}

/// Counts the characters of an encoding; those of four bytes of GB18030 without gaps.
fn number(sequence: &[u8]) -> u32 {
    // The servers' first is 81308130; others have no number that is asked for.
    let half = |lead: u8, digit: u8| {
        let lead = u32::from(lead).checked_sub(0x81).filter(|lead| *lead < 126)?;
        digit.is_ascii_digit().then(|| lead * 10 + u32::from(digit - b'0'))
    };
    match *sequence {
        [first, second @ b'0'..=b'9', third, fourth] => {
            let halves = half(first, second).zip(half(third, fourth));
            halves.map_or(0, |(high, low)| (1 << 31) + high * 1260 + low)
        }
        _ => sequence.iter().fold(0, |all, &byte| all << 8 | u32::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_those_of_postgresql() {
        for (encoding, bytes, expected) in [
            ("EUC_CN", &b"\xa1\xa4\xa1\xaa"[..], Some("\u{30fb}\u{2015}")),
            ("GBK", b"\xa1\xa4\xa1\xaa", Some("\u{b7}\u{2014}")),
            ("EUC_JP", b"\xad\xa1", Some("\u{2460}")),
            ("SJIS", b"\x81\x5f\xb1", Some("\u{ff3c}\u{ff71}")),
            ("BIG5", b"\xa1\x45", Some("\u{2022}")),
            ("SHIFT_JIS_2004", b"\x82\xf5", Some("か\u{309a}")),
            ("EUC_TW", b"\x8e\xa2\xa1\xa1", Some("\u{4e42}")),
            ("GB18030", b"\x81\x30\x81\x30\xe3\x32\x9a\x35", Some("\u{80}\u{10ffff}")),
            // Servers differ, or refuse them; so does who is cut.
            ("GB18030", b"\xa6\xd9", None),
            ("GB18030", b"\xe3\x32\x9a\x36", None),
            ("GB18030", b"\x81\x30", None),
            ("WIN1252", b"\x81", None),
            ("EUC_CN", b"\xa4", None),
            ("EUC_JP", b"\x8f\xa1\x41", None),
            ("KLINGON", b"a", None),
        ] {
            assert_eq!(decoded(encoding, bytes).as_deref(), expected, "{encoding} {bytes:x?}");
        }
    }

    #[test]
    fn what_may_go_on_is_left() {
        let table = Table::of("GB18030").unwrap();
        let mut text = Vec::new();
        assert_eq!(table.decode(b"a\x81\x30\x81", false, &mut text), Ok(1));
        assert_eq!(table.decode(b"\x81\x30\x81\x30b\xff", false, &mut text), Ok(5));
        assert_eq!(text, "a\u{80}b".as_bytes());
        let malformed = table.decode(b"b\xff", true, &mut text).unwrap_err();
        assert_eq!((malformed.at, malformed.not_valid("GB18030")), (1, "GB18030"));
    }

    #[test]
    fn each_encoding_that_clients_have_has_a_table() {
        for name in super::super::ALL {
            let has = !["UTF8", "SQL_ASCII", "MULE_INTERNAL"].contains(&name);
            assert_eq!(Table::of(name).is_some(), has, "{name}");
        }
    }
}
