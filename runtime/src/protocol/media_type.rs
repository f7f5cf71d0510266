//! Media types: which one a body has, and which ones an answer may have.

use http::HeaderMap;
use http::header::{ACCEPT, HeaderValue};

/// Type and subtype, without parameters (RFC 9110 §8.3.1).
pub(crate) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// How closely a range such as `image/*` describes a media type: 4 for the type itself, 3 for `type/*+suffix`, which
/// documents have, 2 for `type/*`, 1 for `*/*`, 0 where it does not at all.
pub(crate) fn closeness(range: &str, media_type: &str) -> u8 {
    let (range, media_type) = (essence(range), essence(media_type));
    if range.eq_ignore_ascii_case(media_type) {
        return 4;
    }
    let Some((main, open)) = range.split_once('*') else { return 0 };
    let Some((kind, subtype)) = media_type.split_once('/') else { return 0 };
    match (main.strip_suffix('/'), open) {
        (None, "/*") if main.is_empty() => 1,
        (Some(main), "") if main.eq_ignore_ascii_case(kind) => 2,
        (Some(main), suffix) if main.eq_ignore_ascii_case(kind) && ends_with(subtype, suffix) => 3,
        _ => 0,
    }
}

fn ends_with(text: &str, ending: &str) -> bool {
    let end = text.len().checked_sub(ending.len()).and_then(|start| text.get(start..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

/// A parameter of a media type, such as `boundary` (RFC 9110 §5.6.6).
#[cfg(feature = "multipart")]
pub(crate) fn parameter(media_type: &str, name: &str) -> Option<String> {
    let parameters = media_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, value) = parameters.into_iter().find(|(found, _)| found.trim().eq_ignore_ascii_case(name))?;
    let value = value.trim();
    let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    Some(quoted.unwrap_or(value).to_owned()).filter(|value| !value.is_empty())
}

/// Whether values of this media type are JSON (RFC 8259, RFC 6839 §3.1).
pub(crate) fn is_json(media_type: &str) -> bool {
    let subtype = essence(media_type).rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    subtype == "json" || subtype.ends_with("+json")
}

/// What the client takes: its `Accept` headers (RFC 9110 §12.5.1).
#[derive(Debug, Clone, Copy)]
pub struct Accept<'h> {
    headers: &'h HeaderMap,
}

impl<'h> Accept<'h> {
    /// What these headers say; they are not looked at before somebody asks.
    pub(crate) fn from_headers(headers: &'h HeaderMap) -> Self {
        Self { headers }
    }

    /// The ranges, each with its weight in thousandths.
    fn ranges(self) -> impl Iterator<Item = (&'h str, u16)> {
        let lines = self.headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok());
        let ranges = lines.flat_map(|line| line.split(',')).map(str::trim).filter(|range| !range.is_empty());
        ranges.map(|range| (essence(range), weight(range)))
    }

    /// How much the client wants a media type, from 0 to 1000; everything where it does not say.
    pub(crate) fn weight(self, media_type: &str) -> u16 {
        let closest = self.ranges().map(|(range, weight)| {
            // A documented `image/*` is anything that the client may ask for below it.
            (closeness(range, media_type).max(closeness(media_type, range).min(2)), weight)
        });
        match closest.filter(|(closeness, _)| *closeness > 0).max() {
            Some((_, weight)) => weight,
            None if self.ranges().next().is_none() => 1000,
            None => 0,
        }
    }

    /// The media type of those offered that the client wants most; the first of several.
    pub(crate) fn best<'o>(self, offered: &[&'o str]) -> Option<&'o str> {
        let wanted = offered.iter().rev().map(|media_type| (self.weight(media_type), *media_type));
        wanted.filter(|(weight, _)| *weight > 0).max_by_key(|(weight, _)| *weight).map(|(_, media_type)| media_type)
    }

    /// Whether the client takes any of what is offered. One that takes some flavour of JSON is taken to
    /// read the others too.
    pub(crate) fn takes_any(self, offered: &[&str]) -> bool {
        let mut lines = self.headers.get_all(ACCEPT).iter();
        // What most clients send.
        let is_plain = |line: &HeaderValue| line == "*/*" || offered.iter().any(|media_type| line == media_type);
        let plain = match (lines.next(), lines.next()) {
            (None, _) => true,
            (Some(line), None) => is_plain(line),
            (Some(_), Some(_)) => false,
        };
        plain
            || self.best(offered).is_some()
            || (offered.iter().any(|media_type| is_json(media_type))
                && self.ranges().any(|(range, weight)| weight > 0 && is_json(range)))
    }
}

/// The weight of a range in thousandths; 1 where it has none that can be read.
fn weight(range: &str) -> u16 {
    let mut parameters = range.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let written = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let number = written.and_then(|(_, value)| value.trim().parse::<f32>().ok());
    number.map_or(1000, |number| (number.clamp(0.0, 1.0) * 1000.0) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(line: &str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT, HeaderValue::from_str(line).unwrap())])
    }

    fn takes_any(line: &str, offered: &[&str]) -> bool {
        Accept::from_headers(&headers(line)).takes_any(offered)
    }

    #[test]
    fn media_types_are_compared_without_case_and_parameters() {
        assert_eq!(closeness("application/json", "Application/JSON; charset=utf-8"), 4);
        assert_eq!(closeness("application/json", "application/problem+json"), 0);
        assert_eq!((closeness("image/*", "image/png"), closeness("image/*", "text/plain")), (2, 0));
        assert_eq!((closeness("*/*", "a/b"), closeness("*/*", "nonsense")), (1, 0));
        let suffixed = ["application/Problem+JSON", "application/json", "text/a+json", "application/é"];
        assert_eq!(suffixed.map(|name| closeness("application/*+json", name)), [3, 0, 0, 0]);
    }

    #[test]
    fn a_client_that_does_not_say_takes_everything() {
        let none = HeaderMap::new();
        assert!(Accept::from_headers(&none).takes_any(&["text/csv"]));
        assert_eq!(Accept::from_headers(&none).best(&["text/csv", "text/html"]), Some("text/csv"));
        assert_eq!(Accept::from_headers(&headers("*/*")).best(&["text/csv", "text/html"]), Some("text/csv"));
    }

    #[test]
    fn the_closest_range_says_the_weight() {
        let headers = headers("text/*;q=0.5, text/csv;q=0, */*;q=0.1");
        let accept = Accept::from_headers(&headers);
        assert_eq!(["text/html", "text/csv", "image/png"].map(|kind| accept.weight(kind)), [500, 0, 100]);
        assert_eq!(accept.best(&["image/png", "text/csv", "text/html"]), Some("text/html"));
    }

    #[test]
    fn what_is_excluded_does_not_fit_but_flavours_of_json_do() {
        assert!(!takes_any("text/html", &["application/json"]));
        assert!(takes_any("application/vnd.api+json", &["application/json"]));
        assert!(!takes_any("application/json;q=0", &["application/json"]));
        assert!(takes_any("image/png", &["image/*"]) && takes_any("image/*", &["image/png"]));
    }
}
