//! Path templates, taken apart.

use crate::ir::{Condition, Piece, Segment};

/// A path template: `/files/{name}.json`, `/search?type=user`, `/items#archived`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Template {
    pub segments: Vec<Segment>,
    /// What its query string asks for.
    pub query: Vec<(String, Asked)>,
    pub fragment: Option<String>,
    /// The first part of it that no request can be matched with.
    pub unmatchable: Option<String>,
}

/// What a template asks for in a parameter of the query string.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// It must be there: `?acl`.
    Anything,
    /// It must have this value: `?type=user`.
    Text(String),
    /// Its value is that of the path parameter of this name: `?x={x}`.
    Parameter(String),
}

/// Where a path parameter's value stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Standing<'t> {
    /// In the path: its number among the path's parameters.
    Path(usize),
    /// In the query string, as the parameter of this name.
    Query(&'t str),
}

/// What is known of a path parameter.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// What every value begins with, if there is such a text.
    pub start: Option<String>,
    /// Whether it takes several segments, and if so, whether there may be none.
    pub segments: Option<Emptiness>,
}

/// Whether something may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Emptiness {
    NeverEmpty,
    MayBeEmpty,
}

impl Template {
    /// Takes a template apart; `known` says what is known of a parameter.
    pub(crate) fn parse(template: &str, known: impl Fn(&str) -> Known) -> Self {
        let (rest, fragment) = split_outside_braces(template, '#');
        let (path, query) = split_outside_braces(rest, '?');
        let mut parsed = Self { fragment: fragment.map(str::to_owned), ..Self::default() };
        for text in path.strip_prefix('/').unwrap_or(path).split('/') {
            let segment = Segment { pieces: pieces(text, &known) };
            let touching =
                segment.pieces.windows(2).any(|pair| matches!(pair, [Piece::Parameter(_), Piece::Parameter(_)]));
            if touching || parsed.has_segments_before(&segment) {
                parsed.unmatchable.get_or_insert_with(|| text.to_owned());
            }
            parsed.segments.push(segment);
        }
        for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            match asked(pair) {
                Some(asked) => parsed.query.push(asked),
                None => drop(parsed.unmatchable.get_or_insert_with(|| pair.to_owned())),
            }
        }
        parsed
    }

    /// Whether a parameter of several segments is not alone: in its segment, or in the path.
    fn has_segments_before(&self, segment: &Segment) -> bool {
        takes_segments(segment) && (segment.pieces.len() > 1 || self.segments.iter().any(takes_segments))
    }

    /// Where the parameter of this name stands; `None` where requests do not carry it.
    pub(crate) fn standing(&self, name: &str) -> Option<Standing<'_>> {
        let pieces = self.segments.iter().flat_map(|segment| &segment.pieces);
        let mut names = pieces.filter_map(|piece| match piece {
            Piece::Parameter(name) | Piece::Segments { name, .. } => Some(name),
            Piece::Text(_) | Piece::Start(_) => None,
        });
        let in_query = || self.query.iter().find(|(_, asked)| *asked == Asked::Parameter(name.to_owned()));
        let in_path = names.position(|other| other == name).map(Standing::Path);
        in_path.or_else(|| in_query().map(|(key, _)| Standing::Query(key)))
    }

    /// What its query string asks for, as conditions.
    pub(crate) fn conditions(&self) -> Vec<Condition> {
        let conditions = self.query.iter().map(|(name, asked)| match asked {
            Asked::Anything | Asked::Parameter(_) => Condition::Query(name.clone(), None),
            Asked::Text(text) => Condition::Query(name.clone(), Some(text.clone())),
        });
        conditions.collect()
    }
}

/// Cuts at the first `mark` that is not part of a parameter's name.
fn split_outside_braces(text: &str, mark: char) -> (&str, Option<&str>) {
    let mut inside = false;
    for (at, character) in text.char_indices() {
        match character {
            '{' => inside = true,
            '}' => inside = false,
            _ if character == mark && !inside => return (&text[..at], Some(&text[at + 1..])),
            _ => {}
        }
    }
    (text, None)
}

/// Whether a parameter in it takes several segments.
pub(super) fn takes_segments(segment: &Segment) -> bool {
    segment.pieces.iter().any(|piece| matches!(piece, Piece::Segments { .. }))
}

fn pieces(text: &str, known: impl Fn(&str) -> Known) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else { break };
        if !before.is_empty() {
            pieces.push(Piece::Text(decoded(before)));
        }
        if matches!(pieces.last(), Some(Piece::Parameter(_))) {
            // In `{id}{.format}`, the dot stands before the value, as RFC 6570 §3.2.5 has it.
            let dot = name.starts_with('.').then(|| Piece::Text(".".to_owned()));
            pieces.extend(dot.or_else(|| known(name).start.map(Piece::Start)));
        }
        pieces.push(match known(name).segments {
            Some(emptiness) => {
                Piece::Segments { name: name.to_owned(), may_be_empty: emptiness == Emptiness::MayBeEmpty }
            }
            None => Piece::Parameter(name.to_owned()),
        });
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(decoded(rest)));
    }
    pieces
}

/// A pair of the query string; `None` where its name, or a part of its value only, is a parameter.
fn asked(pair: &str) -> Option<(String, Asked)> {
    let Some((name, value)) = pair.split_once('=') else {
        return (!pair.contains('{')).then(|| (decoded(pair), Asked::Anything));
    };
    let asked = match pieces(value, |_| Known::default()).as_slice() {
        [] => Asked::Text(String::new()),
        [Piece::Text(text)] => Asked::Text(text.replace('+', " ")),
        [Piece::Parameter(name)] => Asked::Parameter(name.clone()),
        _ => return None,
    };
    (!name.contains('{')).then(|| (decoded(name), asked))
}

/// Percent-decodes what a document has encoded already; anything else is taken as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escape = match rest {
            [b'%', high, low, ..] => hexadecimal(*high).zip(hexadecimal(*low)),
            _ => None,
        };
        match escape {
            Some((high, low)) => {
                bytes.push(high * 16 + low);
                rest = &rest[3..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn hexadecimal(digit: u8) -> Option<u8> {
    (digit as char).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A template whose parameter `ext` has values that all begin with a dot, and whose `rest` takes several segments.
    fn parse(template: &str) -> Template {
        Template::parse(template, |name| Known {
            start: (name == "ext").then(|| ".".to_owned()),
            segments: name.starts_with("rest").then_some(Emptiness::NeverEmpty),
        })
    }

    fn spoken(template: &Template) -> Vec<String> {
        let spoken = template.segments.iter().map(|segment| {
            let pieces = segment.pieces.iter().map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Parameter(name) => format!("<{name}>"),
                Piece::Start(text) => format!("{text}…"),
                Piece::Segments { name, .. } => format!("<{name}…>"),
            });
            pieces.collect::<Vec<_>>().join("|")
        });
        spoken.collect()
    }

    #[test]
    fn segments_are_text_and_parameters() {
        assert_eq!(spoken(&parse("/")), [""]);
        assert_eq!(spoken(&parse("/a/{b}/")), ["a", "<b>", ""]);
        assert_eq!(spoken(&parse("/v{n}/{a}.{b}/{id}:cancel")), ["v|<n>", "<a>|.|<b>", "<id>|:cancel"]);
        assert_eq!(spoken(&parse("/a%20b/caf%C3%A9/100%")), ["a b", "café", "100%"]);
        assert_eq!(spoken(&parse("/{id}{.format}/x.{.y}")), ["<id>|.|<.format>", "x.|<.y>"]);
        assert_eq!(spoken(&parse("/{id}{ext}/x{ext}")), ["<id>|.…|<ext>", "x|<ext>"]);
    }

    #[test]
    fn parameters_that_nothing_separates_cannot_be_matched() {
        assert_eq!(parse("/x/{a}{b}").unmatchable.as_deref(), Some("{a}{b}"));
        assert_eq!(parse("/x?y=a{b}").unmatchable.as_deref(), Some("y=a{b}"));
        assert_eq!(parse("/x/{a}-{b}").unmatchable, None);
    }

    #[test]
    fn a_parameter_of_several_segments_stands_alone() {
        let template = parse("/a/{rest}/b/{c}");
        assert_eq!(
            (spoken(&template), template.unmatchable),
            (["a", "<rest…>", "b", "<c>"].map(str::to_owned).to_vec(), None)
        );
        assert_eq!(parse("/a/{rest}/b/{c}").standing("c"), Some(Standing::Path(1)));
        assert_eq!(parse("/a/{rest}.json").unmatchable.as_deref(), Some("{rest}.json"));
        assert_eq!(parse("/{rest}/{rest2}").unmatchable.as_deref(), Some("{rest2}"));
        assert_eq!(parse("/{rest}#top").unmatchable, None);
    }

    #[test]
    fn queries_and_fragments_are_no_part_of_the_path() {
        let template = parse("/s?type=a+b&x={y}&acl#top");
        assert_eq!(spoken(&template), ["s"]);
        let conditions = [("type", Some("a b")), ("x", None), ("acl", None)];
        let expected = conditions.map(|(name, value)| Condition::Query(name.to_owned(), value.map(str::to_owned)));
        assert_eq!(template.conditions(), expected);
        assert_eq!(template.fragment.as_deref(), Some("top"));
        assert_eq!(spoken(&parse("/{what?}/{how#}")), ["<what?>", "<how#>"]);
    }

    #[test]
    fn parameters_are_found_where_requests_carry_them() {
        let template = parse("/{a}.{b}/{c}?x={d}#{e}");
        let standing = ["a", "b", "c", "d", "e"].map(|name| template.standing(name));
        let path = |number| Some(Standing::Path(number));
        assert_eq!(standing, [path(0), path(1), path(2), Some(Standing::Query("x")), None]);
    }
}
