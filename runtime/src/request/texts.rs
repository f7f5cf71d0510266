//! Where the texts of parameters stand in a request, and how they are encoded there.
//!
//! Nothing is copied that is not encoded: most texts are borrowed from the request.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::COOKIE;
use percent_encoding::percent_decode_str;
use smallvec::SmallVec;

use super::Decoder;
use super::parameter::{Parameter, Style, Syntax};
use crate::protocol::Location;

/// The texts of a parameter; none where it is absent.
pub(super) type Texts<'r> = SmallVec<[Cow<'r, str>; 1]>;

/// Why a text cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed(pub(super) &'static str);

const NOT_UTF8: Malformed = Malformed("is not UTF-8");
const BROKEN_ESCAPE: Malformed = Malformed("has a `%` that is not followed by two hexadecimal digits");
const NO_LABEL: Malformed = Malformed("does not start with a dot");
const ABSOLUTE: Malformed = Malformed("begins with a slash");
const DOT_SEGMENT: Malformed = Malformed("has a segment that is `.` or `..`");
const NO_MATRIX: Malformed = Malformed("is not written as a semicolon, the parameter's name, and a value");

/// A parameter that is one text at most, and is not encoded.
pub(super) enum Plain<'r> {
    Absent,
    Text(&'r str),
    /// It takes a closer look.
    Unknown,
}

/// What most parameters are: taken from the path or the query as they are.
#[inline]
pub(super) fn plain<'r>(decoder: &'r Decoder, parameter: &Parameter) -> Plain<'r> {
    let uri = &decoder.parts().uri;
    if parameter.empty_is_absent || parameter.style != Style::Single {
        return Plain::Unknown;
    }
    match (parameter.location, parameter.syntax) {
        (Location::Path, Syntax::Plain) => match decoder.incoming.captures.get(uri.path(), parameter.capture) {
            Some(text) if !text.as_bytes().contains(&b'%') => Plain::Text(text),
            Some(_) => Plain::Unknown,
            None => Plain::Absent,
        },
        (Location::Query, _) => match uri.query() {
            Some(text) => decoder.pairs.get_or_init(|| Pairs::parse(text)).plain(text, parameter.name),
            None => Plain::Absent,
        },
        _ => Plain::Unknown,
    }
}

/// The texts of a parameter; a list that is written as one text is cut.
pub(super) fn of_parameter<'r>(decoder: &'r Decoder, parameter: &Parameter) -> Result<Texts<'r>, Malformed> {
    let Parameter { name, style, .. } = *parameter;
    let parts = decoder.parts();
    match parameter.location {
        Location::Path => match decoder.incoming.captures.get(parts.uri.path(), parameter.capture) {
            Some(text) => path(text, parameter),
            None => Ok(Texts::new()),
        },
        Location::Query => match parts.uri.query() {
            Some(text) => query(decoder.pairs.get_or_init(|| Pairs::parse(text)).within(text), name, style),
            None => Ok(Texts::new()),
        },
        Location::Querystring => match parts.uri.query().filter(|query| !query.is_empty()) {
            Some(query) => percent_decoded(query).map(|text| Texts::from_iter([text])),
            None => Ok(Texts::new()),
        },
        Location::Header => header(&parts.headers, name, style),
        Location::Cookie => cookie(&parts.headers, parameter),
        Location::Body => Ok(Texts::new()),
    }
}

/// The texts of a path parameter.
fn path<'r>(text: &'r str, parameter: &Parameter) -> Result<Texts<'r>, Malformed> {
    let mut texts = Texts::new();
    match parameter.syntax {
        Syntax::Plain | Syntax::Verbatim => cut(parameter.style, text, percent_decoded, &mut texts)?,
        Syntax::Segments => {
            stay_inside(&percent_decoded(text)?)?;
            cut(parameter.style, text, percent_decoded, &mut texts)?;
        }
        Syntax::Label => {
            cut(parameter.style, text.strip_prefix('.').ok_or(NO_LABEL)?, percent_decoded, &mut texts)?;
        }
        Syntax::Matrix => {
            for pair in text.strip_prefix(';').ok_or(NO_MATRIX)?.split(';') {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                if percent_decoded(name)? != parameter.name {
                    return Err(NO_MATRIX);
                }
                cut(parameter.style, value, percent_decoded, &mut texts)?;
            }
        }
    }
    Ok(texts)
}

/// Refuses a relative path that leads out of the folder that it is meant for, by its slashes or those of Windows: what is
/// percent-encoded is decoded already.
fn stay_inside(path: &str) -> Result<(), Malformed> {
    match path.split(['/', '\\']).next() {
        Some("") if !path.is_empty() => Err(ABSOLUTE),
        _ if path.split(['/', '\\']).any(|segment| matches!(segment, "." | "..")) => Err(DOT_SEGMENT),
        _ => Ok(()),
    }
}

/// The text of a path parameter without what is around it.
pub(super) fn bare(text: &str, syntax: Syntax) -> Result<&str, Malformed> {
    match syntax {
        Syntax::Plain | Syntax::Verbatim | Syntax::Segments => Ok(text),
        Syntax::Label => text.strip_prefix('.').ok_or(NO_LABEL),
        Syntax::Matrix => text.strip_prefix(';').ok_or(NO_MATRIX),
    }
}

/// The values of a query parameter, encoded as forms are.
///
/// Pairs of other names are not decoded: what nobody asks for cannot be wrong.
pub(super) fn query<'r>(
    pairs: impl Iterator<Item = (&'r str, &'r str)>,
    name: &str,
    style: Style,
) -> Result<Texts<'r>, Malformed> {
    let mut texts = Texts::new();
    for (key, value) in pairs {
        // No name is longer than what it is encoded as.
        let is_encoded = || key.len() >= name.len() && is_form_encoded(key);
        if key == name || (is_encoded() && form_decoded(key).is_ok_and(|key| key == name)) {
            cut(style, value, form_decoded, &mut texts)?;
        }
    }
    Ok(texts)
}

/// Where the names and values of a form are, so that it is taken apart once for all who look for theirs.
#[derive(Debug)]
pub(super) struct Pairs {
    places: SmallVec<[Pair; 4]>,
    /// Whether something in it may be encoded.
    is_encoded: bool,
}

/// Where a pair starts, its name ends, its value starts, and it ends. (No URI has as many bytes as a `u32` can count.)
type Pair = [u32; 4];

impl Pairs {
    /// They are short, so that one look at each byte is the fastest.
    pub(super) fn parse(query: &str) -> Self {
        let mut pairs = Self { places: SmallVec::new(), is_encoded: false };
        let (mut start, mut equals) = (0, None);
        for (at, byte) in query.bytes().enumerate() {
            // All marks come before the letters.
            if byte > b'=' {
                continue;
            }
            match byte {
                b'&' => {
                    pairs.push(start, equals, at);
                    (start, equals) = (at + 1, None);
                }
                b'=' if equals.is_none() => equals = Some(at),
                b'%' | b'+' => pairs.is_encoded = true,
                _ => {}
            }
        }
        pairs.push(start, equals, query.len());
        pairs
    }

    fn push(&mut self, start: usize, equals: Option<usize>, end: usize) {
        let (name_end, value) = equals.map_or((end, end), |equals| (equals, equals + 1));
        self.places.push([start, name_end, value, end].map(|at| at as u32));
    }

    /// The names and values, encoded; the form is that which they are of.
    pub(super) fn within<'r>(&self, query: &'r str) -> impl Iterator<Item = (&'r str, &'r str)> {
        self.places.iter().map(|pair| named(query, *pair))
    }

    /// The only value of a name.
    fn plain<'r>(&self, query: &'r str, name: &str) -> Plain<'r> {
        if self.is_encoded {
            return Plain::Unknown;
        }
        let has_name = |&[start, name_end, ..]: &Pair| {
            // Most names differ in their length already.
            name_end - start == name.len() as u32
                && query.as_bytes().get(start as usize..name_end as usize) == Some(name.as_bytes())
        };
        let mut found = self.places.iter().filter(|pair| has_name(pair));
        match (found.next(), found.next()) {
            (None, _) => Plain::Absent,
            (Some(pair), None) => Plain::Text(named(query, *pair).1),
            (Some(_), Some(_)) => Plain::Unknown,
        }
    }
}

/// The names and values of a form, encoded.
pub(super) fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn named(query: &str, pair: Pair) -> (&str, &str) {
    let [start, name_end, value, end] = pair.map(|at| at as usize);
    (query.get(start..name_end).unwrap_or_default(), query.get(value..end).unwrap_or_default())
}

/// Whether a text of a form has more in it than meets the eye.
fn is_form_encoded(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'%' | b'+'))
}

/// The values of a query parameter that can be read.
pub(crate) fn form_values<'r>(query: &'r str, name: &'r str) -> impl Iterator<Item = Cow<'r, str>> {
    let named = pairs(query).filter(move |(key, _)| form_decoded(key).is_ok_and(|key| key == name));
    named.filter_map(|(_, value)| form_decoded(value).ok())
}

/// The names and values of a form that can be decoded.
pub(super) fn form_pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    pairs(query).filter_map(|(name, value)| Some((form_decoded(name).ok()?, form_decoded(value).ok()?)))
}

/// The values of a header. The items of a list have optional white space around them, and an empty
/// one is none (RFC 9110 §5.6.1).
pub(super) fn header<'r>(headers: &'r HeaderMap, name: &str, style: Style) -> Result<Texts<'r>, Malformed> {
    let mut texts = Texts::new();
    for value in headers.get_all(name) {
        let value = std::str::from_utf8(value.as_bytes()).map_err(|_| NOT_UTF8)?;
        match style {
            Style::Delimited(delimiter) | Style::Pairs(delimiter) => {
                let items = value.split(delimiter).map(|item| item.trim_matches([' ', '\t']));
                texts.extend(items.filter(|item| !item.is_empty()).map(Cow::Borrowed));
            }
            _ => texts.push(Cow::Borrowed(value)),
        }
    }
    Ok(texts)
}

/// The values of a cookie.
fn cookie<'r>(headers: &'r HeaderMap, parameter: &Parameter) -> Result<Texts<'r>, Malformed> {
    let mut texts = Texts::new();
    for (name, value) in cookies(headers, is_joined(parameter))? {
        if name == parameter.name {
            match parameter.syntax {
                Syntax::Verbatim => cut(parameter.style, value, |text| Ok(Cow::Borrowed(text)), &mut texts)?,
                _ => cut(parameter.style, value, cookie_decoded, &mut texts)?,
            }
        }
    }
    Ok(texts)
}

/// The cookies of a request, each with its name.
///
/// The style `form` joins what it repeats by `&`, which no cookie's syntax knows: `joined` takes that as
/// well as separate cookies.
pub(super) fn cookies(headers: &HeaderMap, joined: bool) -> Result<Vec<(&str, &str)>, Malformed> {
    let delimiter = if joined { '&' } else { ';' };
    let mut cookies = Vec::new();
    for line in headers.get_all(COOKIE) {
        let line = std::str::from_utf8(line.as_bytes()).map_err(|_| NOT_UTF8)?;
        let pairs = line.split([';', delimiter]).filter_map(|pair| pair.trim().split_once('='));
        cookies.extend(pairs.map(|(name, value)| {
            let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            (name, quoted.unwrap_or(value))
        }));
    }
    Ok(cookies)
}

/// Whether a parameter's cookies may be joined by `&`.
pub(super) fn is_joined(parameter: &Parameter) -> bool {
    parameter.style.is_exploded() && parameter.syntax == Syntax::Plain
}

/// Percent-decodes the value of a cookie. One with a `%` that is no escape is taken as it is, for cookies
/// know no encoding of their own (RFC 6265 §4.1.1).
pub(super) fn cookie_decoded(text: &str) -> Result<Cow<'_, str>, Malformed> {
    match percent_decoded(text) {
        Err(BROKEN_ESCAPE) => Ok(Cow::Borrowed(text)),
        decoded => decoded,
    }
}

/// Cuts and decodes a text, and adds what it is made of to `texts`.
///
/// An encoded comma is part of an item, not the end of it (RFC 6570 §3.2.1). Spaces and bars are told
/// apart only afterwards, because no URI can carry them unencoded.
fn cut<'r>(
    style: Style,
    text: &'r str,
    decode: impl Fn(&'r str) -> Result<Cow<'r, str>, Malformed>,
    texts: &mut Texts<'r>,
) -> Result<(), Malformed> {
    match style {
        Style::Delimited(delimiter @ (' ' | '|')) => match decode(text)? {
            Cow::Borrowed(text) => texts.extend(text.split(delimiter).map(Cow::Borrowed)),
            Cow::Owned(text) => texts.extend(text.split(delimiter).map(|item| Cow::Owned(item.to_owned()))),
        },
        Style::Delimited(delimiter) => {
            for item in text.split(delimiter) {
                texts.push(decode(item)?);
            }
        }
        _ => texts.push(decode(text)?),
    }
    Ok(())
}

pub(super) fn form_decoded(text: &str) -> Result<Cow<'_, str>, Malformed> {
    if !is_form_encoded(text) {
        return Ok(Cow::Borrowed(text));
    }
    let spaced = text.replace('+', " ");
    percent_decoded(&spaced).map(|decoded| Cow::Owned(decoded.into_owned()))
}

pub(super) fn percent_decoded(text: &str) -> Result<Cow<'_, str>, Malformed> {
    if text.bytes().all(|byte| byte != b'%') {
        return Ok(Cow::Borrowed(text));
    }
    let mut escapes = text.split('%').skip(1);
    let complete = |escape: &str| escape.len() >= 2 && escape.bytes().take(2).all(|digit| digit.is_ascii_hexdigit());
    if !escapes.all(complete) {
        return Err(BROKEN_ESCAPE);
    }
    percent_decode_str(text).decode_utf8().map_err(|_| NOT_UTF8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query_texts(text: &str, style: Style) -> Result<Vec<String>, Malformed> {
        query(pairs(text), "q", style).map(|texts| texts.into_iter().map(Cow::into_owned).collect())
    }

    fn cookie_texts(line: &'static str) -> Vec<String> {
        let headers = HeaderMap::from_iter([(COOKIE, http::HeaderValue::from_static(line))]);
        cookie(&headers, &Parameter::cookie("c")).unwrap().into_iter().map(Cow::into_owned).collect()
    }

    #[test]
    fn queries_are_decoded_as_forms() {
        assert_eq!(query_texts("q=a+b%2Bc", Style::Single).unwrap(), ["a b+c"]);
        assert_eq!(query_texts("%71=1&p=2&q", Style::Single).unwrap(), ["1", ""]);
        assert_eq!(query_texts("p=1&&qq=2", Style::Single).unwrap(), [""; 0]);
    }

    #[test]
    fn broken_escapes_are_told_only_of_the_parameter_asked_for() {
        assert_eq!(query_texts("q=%zz", Style::Single), Err(BROKEN_ESCAPE));
        assert_eq!(query_texts("q=%4", Style::Single), Err(BROKEN_ESCAPE));
        assert_eq!(query_texts("q=%ff", Style::Single), Err(NOT_UTF8));
        assert_eq!(query_texts("other=%zz&q=1", Style::Single).unwrap(), ["1"]);
    }

    #[test]
    fn an_encoded_comma_belongs_to_its_item() {
        assert_eq!(query_texts("q=a%2Cb,c", Style::Delimited(',')).unwrap(), ["a,b", "c"]);
        assert_eq!(query_texts("q=a,%20b", Style::Delimited(',')).unwrap(), ["a", " b"]);
    }

    #[test]
    fn spaces_and_bars_delimit_encoded_too() {
        assert_eq!(query_texts("q=a%7Cb|c", Style::Delimited('|')).unwrap(), ["a", "b", "c"]);
        assert_eq!(query_texts("q=a%20b+c", Style::Delimited(' ')).unwrap(), ["a", "b", "c"]);
    }

    #[test]
    fn header_lists_have_white_space_and_empty_items() {
        let headers = HeaderMap::from_iter([(http::header::ACCEPT, http::HeaderValue::from_static("a, b ,,c"))]);
        let texts = header(&headers, "Accept", Style::Delimited(',')).unwrap();
        assert_eq!(texts.as_slice(), ["a", "b", "c"]);
    }

    #[test]
    fn cookies_are_found_among_others_and_kept_where_they_are_not_encoded() {
        assert_eq!(cookie_texts("b=1; c=2; cc=3"), ["2"]);
        assert_eq!(cookie_texts("c=a%20b"), ["a b"]);
        assert_eq!(cookie_texts("c=100%"), ["100%"]);
        assert_eq!(cookie_texts("c=\"x=y\""), ["x=y"]);
    }
}
