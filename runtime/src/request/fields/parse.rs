//! Names with brackets become members: `a[b]=1&a[c][]=2` is `{a: {b: 1, c: [2]}}`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::super::texts::{Malformed, form_decoded};
use super::{Field, FieldStyle, FormValue};

/// A name may have at most this many parts.
const DEPTH: usize = 32;

/// A field whose name cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MalformedName(pub &'static str);

/// The fields of an `application/x-www-form-urlencoded` text, as one object.
pub(crate) fn form<'t>(text: &'t str, fields: &'static [Field]) -> Result<FormValue<'t>, Malformed> {
    let mut tree = Tree::new(fields);
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        tree.add(form_decoded(name)?, FormValue::Text(form_decoded(value)?))
            .map_err(|MalformedName(why)| Malformed(why))?;
    }
    Ok(tree.finish())
}

/// Fields, on the way to an object.
pub(crate) struct Tree<'t> {
    fields: &'static [Field],
    members: BTreeMap<Cow<'t, str>, FormValue<'t>>,
}

impl<'t> Tree<'t> {
    pub(crate) fn new(fields: &'static [Field]) -> Self {
        Self { fields, members: BTreeMap::new() }
    }

    /// Adds a field.
    pub(crate) fn add(&mut self, name: Cow<'t, str>, value: FormValue<'t>) -> Result<(), MalformedName> {
        let styled = self.fields.iter().find(|field| field.name == name);
        match (styled.map(|field| field.style), value) {
            (Some(FieldStyle::Plain), value) => put(&mut self.members, name, value),
            (Some(FieldStyle::Json), FormValue::Text(text)) => put(&mut self.members, name, FormValue::Json(text)),
            (Some(FieldStyle::JsonItems), FormValue::Text(text) | FormValue::Json(text)) => {
                let is_list = text.trim_start().starts_with('[');
                let json = FormValue::Json(text);
                put(&mut self.members, name, if is_list { json } else { FormValue::List(vec![json]) });
            }
            (Some(FieldStyle::Delimited(delimiter)), FormValue::Text(text)) => {
                let items = text.split(delimiter).map(|item| FormValue::Text(item.to_owned().into()));
                put(&mut self.members, name, FormValue::List(items.collect()));
            }
            (_, value) => match self.spread(&name) {
                Some(whole) => insert(&mut self.members, &[whole, &name], value),
                None => {
                    let path = parts(&name)?;
                    match path.as_slice() {
                        [_] => put(&mut self.members, name, value),
                        path => insert(&mut self.members, path, value),
                    }
                }
            },
        }
        Ok(())
    }

    /// The field whose members are fields of their own, `name` among them.
    fn spread(&self, name: &str) -> Option<&'static str> {
        let spread = self.fields.iter().find(|field| match field.style {
            FieldStyle::Spread(members) => members.contains(&name),
            _ => false,
        });
        spread.map(|field| field.name)
    }

    pub(crate) fn finish(self) -> FormValue<'t> {
        FormValue::Object(self.members)
    }
}

/// The parts of a name: `a[b][]` is `a`, `b` and nothing. A name whose brackets do not match is one part.
fn parts(name: &str) -> Result<Vec<&str>, MalformedName> {
    let plain = Ok(vec![name]);
    let Some((head, brackets)) = name.strip_suffix(']').and_then(|name| name.split_once('[')) else { return plain };
    let mut path = vec![head];
    path.extend(brackets.split("][").take(DEPTH + 1));
    if path.len() > DEPTH {
        return Err(MalformedName("has a name that is nested too deep"));
    }
    let matched = !head.is_empty() && path.iter().all(|part| !part.contains(['[', ']']));
    if matched { Ok(path) } else { plain }
}

/// Puts a value under a name; one that is there already makes a list of them.
fn put<'t>(members: &mut BTreeMap<Cow<'t, str>, FormValue<'t>>, name: Cow<'t, str>, value: FormValue<'t>) {
    match members.entry(name) {
        Entry::Vacant(entry) => drop(entry.insert(value)),
        Entry::Occupied(mut entry) => append(entry.get_mut(), value),
    }
}

fn append<'t>(node: &mut FormValue<'t>, value: FormValue<'t>) {
    match (node, value) {
        (FormValue::List(items), FormValue::List(more)) => items.extend(more),
        (FormValue::List(items), value) => items.push(value),
        (node, value) => {
            let first = std::mem::replace(node, FormValue::List(Vec::new()));
            *node = FormValue::List(vec![first, value]);
        }
    }
}

/// Puts a value at a path of names.
fn insert<'t>(members: &mut BTreeMap<Cow<'t, str>, FormValue<'t>>, path: &[&str], value: FormValue<'t>) {
    let [name, rest @ ..] = path else { return };
    let name = Cow::Owned((*name).to_owned());
    match rest {
        [] => put(members, name, value),
        // `a[]=1` is a list, also of one.
        [""] => match members.entry(name) {
            Entry::Vacant(entry) => drop(entry.insert(FormValue::List(vec![value]))),
            Entry::Occupied(mut entry) => append(entry.get_mut(), value),
        },
        rest => {
            let inner = members.entry(name).or_insert_with(|| FormValue::Object(BTreeMap::new()));
            match inner {
                FormValue::Object(members) => insert(members, rest, value),
                // The field has a value of its own as well; types will not take both.
                other => append(other, value),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn plain(node: &FormValue<'_>) -> Value {
        match node {
            FormValue::Text(text) => json!(text),
            FormValue::Json(text) => serde_json::from_str(text).unwrap(),
            FormValue::List(items) => items.iter().map(plain).collect(),
            FormValue::Object(members) => {
                members.iter().map(|(name, node)| (name.clone().into_owned(), plain(node))).collect()
            }
        }
    }

    fn parsed(text: &str, fields: &'static [Field]) -> Value {
        plain(&form(text, fields).unwrap())
    }

    #[test]
    fn repeated_fields_are_lists_and_brackets_are_members() {
        assert_eq!(parsed("a=1&b=x+y%21&a=2", &[]), json!({"a": ["1", "2"], "b": "x y!"}));
        assert_eq!(parsed("a[b]=1&a%5Bc%5D[d]=2", &[]), json!({"a": {"b": "1", "c": {"d": "2"}}}));
        assert_eq!(parsed("a[]=1", &[]), json!({"a": ["1"]}));
        assert_eq!(parsed("a[]=1&a[]=2&b[0][c]=3", &[]), json!({"a": ["1", "2"], "b": {"0": {"c": "3"}}}));
        assert_eq!(parsed("", &[]), json!({}));
        assert_eq!(parsed("a&&b=", &[]), json!({"a": "", "b": ""}));
    }

    #[test]
    fn brackets_that_do_not_match_are_part_of_the_name() {
        assert_eq!(parsed("a]=1&[b]=2&c[=3&d[e]f=4", &[]), json!({"a]": "1", "[b]": "2", "c[": "3", "d[e]f": "4"}));
    }

    #[test]
    fn styles_say_how_fields_are_cut() {
        static FIELDS: [Field; 4] = [
            Field { name: "list", style: FieldStyle::Delimited('|') },
            Field { name: "name[]", style: FieldStyle::Plain },
            Field { name: "meta", style: FieldStyle::Json },
            Field { name: "who", style: FieldStyle::Spread(&["role", "id"]) },
        ];
        assert_eq!(parsed("list=a|b", &FIELDS), json!({"list": ["a", "b"]}));
        assert_eq!(parsed("name[]=a", &FIELDS), json!({"name[]": "a"}));
        assert_eq!(parsed("meta=%7B%22a%22:1%7D", &FIELDS), json!({"meta": {"a": 1}}));
        assert_eq!(
            parsed("role=admin&id=7&other=1", &FIELDS),
            json!({"who": {"role": "admin", "id": "7"}, "other": "1"})
        );
    }

    #[test]
    fn what_cannot_be_decoded_is_malformed() {
        assert!(form("a=%zz", &[]).is_err() && form("%ff=1", &[]).is_err());
        let deep = format!("a{}=1", "[b]".repeat(1000));
        assert_eq!(form(&deep, &[]).unwrap_err().0, "has a name that is nested too deep");
    }

    #[test]
    fn a_field_with_a_value_and_members_is_neither() {
        assert_eq!(parsed("a=1&a[b]=2", &[]), json!({"a": ["1", "2"]}));
    }
}
