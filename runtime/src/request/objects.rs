//! Parameters that are objects, each member with a name in the request.

use std::borrow::Cow;

use http::request::Parts;

use super::Captures;
use super::fields::{FormValue, MalformedName, Tree, form};
use super::parameter::{Parameter, Style, Syntax};
use super::texts::{self, Malformed, cookie_decoded, form_decoded, percent_decoded};
use crate::protocol::Location;

const NO_PAIRS: Malformed = Malformed("is not a list of names and values");

/// A name and a value, as the request has them.
type Pair<'r> = (Cow<'r, str>, &'r str);

/// The object that a parameter is; `None` where none of it is there.
pub(super) fn of_parameter<'r>(
    parts: &'r Parts,
    captures: &Captures,
    parameter: &Parameter,
) -> Result<Option<FormValue<'r>>, Malformed> {
    match parameter.style {
        Style::Pairs(delimiter) => pairs(parts, captures, (parameter, delimiter)),
        Style::Form => match parts.uri.query().filter(|query| !query.is_empty()) {
            Some(query) => form(query, &[]).map(Some),
            None => Ok(None),
        },
        Style::Brackets => brackets(parts, parameter),
        _ => spread(parts, parameter),
    }
}

/// One text of `name=value`.
fn pairs<'r>(
    parts: &'r Parts,
    captures: &Captures,
    (parameter, delimiter): (&Parameter, char),
) -> Result<Option<FormValue<'r>>, Malformed> {
    let mut tree = Tree::new(&[]);
    let mut is_there = false;
    if parameter.location == Location::Header {
        for text in texts::header(&parts.headers, parameter.name, parameter.style)? {
            let Cow::Borrowed(text) = text else { return Err(NO_PAIRS) };
            let (name, value) = text.split_once('=').ok_or(NO_PAIRS)?;
            add(&mut tree, name.into(), Cow::Borrowed(value))?;
            is_there = true;
        }
    } else if let Some(text) = captures.get(parts.uri.path(), parameter.capture) {
        for pair in texts::bare(text, parameter.syntax)?.split(delimiter) {
            let (name, value) = pair.split_once('=').ok_or(NO_PAIRS)?;
            add(&mut tree, percent_decoded(name)?, percent_decoded(value)?)?;
            is_there = true;
        }
    }
    Ok(is_there.then(|| tree.finish()))
}

/// Members that are parameters of their own, also with members in brackets themselves.
fn spread<'r>(parts: &'r Parts, parameter: &Parameter) -> Result<Option<FormValue<'r>>, Malformed> {
    let wanted = |name: &str| {
        let head = name.split_once('[').map_or(name, |(head, _)| head);
        let among = |names: &[&str]| names.contains(&name) || names.contains(&head);
        match parameter.style {
            Style::SpreadBut(others) => !among(others),
            Style::Spread(members) => among(members),
            _ => false,
        }
    };
    let mut tree = Tree::new(&[]);
    let mut is_there = false;
    for (name, value) in named(parts, parameter)? {
        if !name.is_empty() && wanted(&name) {
            add(&mut tree, name, decoded(parameter, value)?)?;
            is_there = true;
        }
    }
    Ok(is_there.then(|| tree.finish()))
}

/// Members and items in brackets: `filter[a][b]=1`, `filter[]=1`; also the bare name.
fn brackets<'r>(parts: &'r Parts, parameter: &Parameter) -> Result<Option<FormValue<'r>>, Malformed> {
    /// What the parameter is called in the tree: a name without brackets.
    const ROOT: &str = "_";
    let mut tree = Tree::new(&[]);
    for (name, value) in named(parts, parameter)? {
        match name.strip_prefix(parameter.name) {
            Some("") => add(&mut tree, ROOT.into(), form_decoded(value)?)?,
            Some(rest) if rest.starts_with('[') => {
                add(&mut tree, format!("{ROOT}{rest}").into(), form_decoded(value)?)?
            }
            _ => {}
        }
    }
    Ok(match tree.finish() {
        FormValue::Object(mut members) => members.remove(ROOT),
        node => Some(node),
    })
}

/// The parameters of the query string, or the cookies. A name that cannot be read is nobody's.
fn named<'r>(parts: &'r Parts, parameter: &Parameter) -> Result<Vec<Pair<'r>>, Malformed> {
    if parameter.location == Location::Cookie {
        let cookies = texts::cookies(&parts.headers, texts::is_joined(parameter))?.into_iter();
        return Ok(cookies.map(|(name, value)| (Cow::Borrowed(name), value)).collect());
    }
    let pairs = parts.uri.query().unwrap_or_default().split('&');
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    Ok(pairs.filter_map(|(name, value)| Some((form_decoded(name).ok()?, value))).collect())
}

/// The value of a parameter of the query string, or of a cookie.
fn decoded<'r>(parameter: &Parameter, value: &'r str) -> Result<Cow<'r, str>, Malformed> {
    match (parameter.location, parameter.syntax) {
        (Location::Query, _) => form_decoded(value),
        (_, Syntax::Verbatim) => Ok(Cow::Borrowed(value)),
        _ => cookie_decoded(value),
    }
}

fn add<'r>(tree: &mut Tree<'r>, name: Cow<'r, str>, value: Cow<'r, str>) -> Result<(), Malformed> {
    tree.add(name, FormValue::Text(value)).map_err(|MalformedName(why)| Malformed(why))
}
