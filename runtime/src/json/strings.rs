//! Looking through strings, eight bytes at a time.

/// Each byte of a word is 1.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each byte of a word.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// How many bytes come before the first that a JSON string cannot hold as it is: a quote, a backslash or a control
/// character (RFC 8259 §7).
#[inline]
pub(super) fn plain(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(word) = bytes[at..].first_chunk::<8>() {
        let found = special(u64::from_le_bytes(*word));
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + plain_rest(&bytes[at..])
}

/// The same for less than eight bytes.
#[inline]
fn plain_rest(bytes: &[u8]) -> usize {
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let [first, last] = [first, last].map(|half| u64::from(u32::from_le_bytes(*half)));
        if special(first | last << 32) == 0 {
            return bytes.len();
        }
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | ..0x20);
    bytes.iter().position(is_special).unwrap_or(bytes.len())
}

/// The highest bit is set of the first byte that is special; bytes behind it may have theirs set as well.
#[inline]
fn special(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let quotes = zero(word ^ (ONES * u64::from(b'"')));
    let backslashes = zero(word ^ (ONES * u64::from(b'\\')));
    let controls = word.wrapping_sub(ONES * 0x20) & !word;
    (quotes | backslashes | controls) & HIGH
}

/// The character that an escape stands for, and the length of the escape (RFC 8259 §7).
pub(super) fn escape(text: &[u8]) -> Option<(char, usize)> {
    let [b'\\', kind, ..] = text else { return None };
    let short = match kind {
        b'"' | b'\\' | b'/' => char::from(*kind),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(text),
        _ => return None,
    };
    Some((short, 2))
}

/// A character by its number, or by the two halves that UTF-16 has for it.
fn unicode(text: &[u8]) -> Option<(char, usize)> {
    let first = code_unit(text)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, 6));
    }
    let units = [first, code_unit(&text[6..])?].map(|unit| unit as u16);
    Some((char::decode_utf16(units).next()?.ok()?, 12))
}

/// The number of `\u` and four digits.
fn code_unit(text: &[u8]) -> Option<u32> {
    let [b'\\', b'u', digits @ ..] = text else { return None };
    digits.first_chunk::<4>()?.iter().try_fold(0, |number, digit| Some(number * 16 + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_special_byte_is_found_wherever_it_is() {
        for length in 0..20 {
            for special in 0..=u8::MAX {
                for at in 0..length {
                    let mut bytes = vec![b'a'; length];
                    bytes[at] = special;
                    let is_special = special < 0x20 || special == b'"' || special == b'\\';
                    assert_eq!(plain(&bytes), if is_special { at } else { length }, "{special} at {at} of {length}");
                }
            }
        }
    }

    #[test]
    fn bytes_around_it_do_not_matter() {
        for (before, after) in [(0x7f, 0x00), (0x80, 0xff), (0x20, 0x21), (0xff, b'"'), (0x23, b'\\')] {
            let mut bytes = [after; 16];
            bytes[..5].fill(before);
            bytes[5] = b'"';
            assert_eq!(plain(&bytes), 5, "{before} {after}");
        }
    }
}
