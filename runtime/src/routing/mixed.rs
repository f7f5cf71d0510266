//! Segments that are text and parameters: `{name}.json`, `v{version}`, `{from}..{to}`.

use super::segments::Segment;
use crate::request::Captures;

/// The texts of a segment around its parameters, one more than there are parameters: `{id}:cancel` is
/// `""` and `":cancel"`. Those between two parameters are never empty.
#[derive(Debug)]
pub struct Mixed {
    texts: &'static [&'static str],
    /// The numbers of the texts that belong to the parameters behind them.
    kept: &'static [usize],
}

impl Mixed {
    /// Parameters among these texts.
    pub const fn new(texts: &'static [&'static str]) -> Self {
        Self { texts, kept: &[] }
    }

    /// The texts of these numbers, each between two parameters, are the start of the second one's value.
    pub const fn keeping(self, kept: &'static [usize]) -> Self {
        Self { kept, ..self }
    }

    /// Whether a segment fits; if so, what its parameters take is added to the captures.
    ///
    /// A parameter takes at least one character, and an earlier one as many as it can: `a.b.c` is `a.b`
    /// and `c` by `{name}.{format}`. So texts are looked for from the end, which finds them wherever
    /// they can be found at all, without going back.
    pub(super) fn capture(&self, segment: Segment<'_>, captures: &mut Captures) -> bool {
        let mark = captures.len();
        let fits = self.try_capture(segment, captures).is_some();
        if !fits {
            captures.truncate(mark);
        }
        fits
    }

    fn try_capture(&self, segment: Segment<'_>, captures: &mut Captures) -> Option<()> {
        let [first, between @ .., last] = self.texts else { return None };
        let text = segment.text().as_bytes();
        // Each byte is up to three characters long.
        let longest = text.len().min(first.len() * 3);
        let start = (first.len()..=longest).find(|end| start_of(first, text, *end) == Some(0))?;
        let mut end = start_of(last, text, text.len())?;
        let mut taken = smallvec::SmallVec::<[(usize, usize); 4]>::new();
        for (index, literal) in between.iter().enumerate().rev() {
            let is_kept = self.kept.contains(&(index + 1));
            // One character is left for each of the two parameters beside it.
            let ends = start + 1..end + usize::from(is_kept);
            let (found, after) = ends.rev().find_map(|at| Some((start_of(literal, text, at)?, at)))?;
            taken.push((if is_kept { found } else { after }, end));
            end = found;
        }
        taken.push((start, end));
        for (from, to) in taken.into_iter().rev() {
            segment.part(from..to).filter(|part| !part.text().is_empty())?.capture(captures);
        }
        Some(())
    }
}

/// Where `literal` starts that ends before `end`, each byte of it as it is or percent-encoded.
fn start_of(literal: &str, text: &[u8], end: usize) -> Option<usize> {
    if inside_escape(text, end) {
        return None;
    }
    literal.bytes().rev().try_fold(end, |end, byte| {
        if let Some([b'%', high, low]) = text.get(end.checked_sub(3).unwrap_or(end)..end) {
            let digit = |digit: u8| (digit as char).to_digit(16);
            return (digit(*high)? * 16 + digit(*low)? == u32::from(byte)).then_some(end - 3);
        }
        (end > 0 && text[end - 1] == byte).then(|| end - 1)
    })
}

/// Whether a `%41` is cut at `at`.
fn inside_escape(text: &[u8], at: usize) -> bool {
    at < text.len() && (1..=2).any(|back| at >= back && text[at - back] == b'%')
}

#[cfg(test)]
mod tests {
    use super::super::segments::Segments;
    use super::*;

    fn taken(texts: &'static [&'static str], text: &str) -> Option<Vec<String>> {
        captured(Mixed::new(texts), text)
    }

    fn captured(mixed: Mixed, text: &str) -> Option<Vec<String>> {
        let path = format!("/{text}");
        let (segment, _) = Segments::new(&path).split()?;
        let mut captures = Captures::default();
        let fits = mixed.capture(segment, &mut captures);
        assert_eq!(fits, captures.len() > 0);
        fits.then(|| (0..).map_while(|index| captures.get(&path, index)).map(str::to_owned).collect())
    }

    fn some(texts: &[&str]) -> Option<Vec<String>> {
        Some(texts.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn text_before_and_after_a_parameter_is_no_part_of_it() {
        assert_eq!(taken(&["v", ""], "v12"), some(&["12"]));
        assert_eq!(taken(&["", ":cancel"], "7:cancel"), some(&["7"]));
        assert_eq!(taken(&["a", "a"], "aaa"), some(&["a"]));
        assert_eq!(taken(&["a", "a"], "aa"), None);
        assert_eq!(taken(&["v", ""], "w12"), None);
        assert_eq!(taken(&["v", ""], "v"), None);
        assert_eq!(taken(&["é", ""], "éa"), some(&["a"]));
    }

    #[test]
    fn earlier_parameters_take_as_much_as_they_can() {
        assert_eq!(taken(&["", ".", ""], "a.b.c"), some(&["a.b", "c"]));
        assert_eq!(taken(&["", "..", ""], "1...3"), some(&["1.", "3"]));
        assert_eq!(taken(&["", "-", "-", ""], "a-b-c-d"), some(&["a-b", "c", "d"]));
        assert_eq!(taken(&["", "-", "-", ""], "--a--b"), some(&["-", "a-", "b"]));
    }

    #[test]
    fn a_parameter_may_begin_with_the_text_before_it() {
        let format = || Mixed::new(&["", ".", ""]).keeping(&[1]);
        assert_eq!(captured(format(), "7.b.json"), some(&["7.b", ".json"]));
        assert_eq!(captured(format(), "7."), some(&["7", "."]));
        assert_eq!(captured(format(), "7%2Ejson"), some(&["7", "%2Ejson"]));
        assert_eq!((captured(format(), ".json"), captured(format(), "7")), (None, None));
        let both = || Mixed::new(&["v", "-", ".", ""]).keeping(&[2]);
        assert_eq!(captured(both(), "v1-a-b.c.d"), some(&["1-a", "b.c", ".d"]));
    }

    #[test]
    fn parameters_are_never_empty() {
        for text in [".", "a.", ".b", "..", ""] {
            assert_eq!(taken(&["", ".", ""], text).filter(|_| text != ".."), None, "{text}");
        }
        assert_eq!(taken(&["", ".", ""], "..."), some(&[".", "."]));
    }

    #[test]
    fn text_matches_percent_encoded_too() {
        assert_eq!(taken(&["", ":cancel"], "7%3Acancel"), some(&["7"]));
        assert_eq!(taken(&["é", ""], "%C3%A9%C3%A9"), some(&["%C3%A9"]));
        assert_eq!(taken(&["", "1", ""], "a%312"), some(&["a", "2"]));
        // The `1` of `%41` is no character of its own.
        assert_eq!(taken(&["", "1", ""], "a%41b"), None);
    }

    #[test]
    fn a_long_hostile_segment_takes_no_long_time() {
        let text = "a".repeat(60_000);
        let started = std::time::Instant::now();
        assert_eq!(taken(&["", "ab", "ab", "ab", ""], &text), None);
        assert!(started.elapsed() < std::time::Duration::from_secs(1));
    }
}
