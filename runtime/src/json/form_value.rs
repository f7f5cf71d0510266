//! What fields of forms and parameters stand for, before a type says what their texts are.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// A value whose texts have not been told apart yet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FormValue<'t> {
    /// A text: a string, or any value that is written as one.
    Text(Cow<'t, str>),
    /// A text that is JSON.
    Json(Cow<'t, str>),
    /// Several values.
    List(Vec<FormValue<'t>>),
    /// Values with names, or with the numbers of a list.
    Object(BTreeMap<Cow<'t, str>, FormValue<'t>>),
}

impl<'t> FormValue<'t> {
    /// The items, where this stands for a list: a lone value is a list of one.
    pub(crate) fn items(&self) -> Vec<&Self> {
        match self {
            Self::List(items) => items.iter().collect(),
            Self::Object(members) if is_numbered(members) => {
                let mut items: Vec<(u64, &Self)> =
                    members.iter().filter_map(|(name, node)| Some((name.parse().ok()?, node))).collect();
                items.sort_by_key(|(number, _)| *number);
                items.into_iter().map(|(_, node)| node).collect()
            }
            node => vec![node],
        }
    }

    /// The members, where this stands for an object; also where names and values come in turn.
    pub(crate) fn members(&self) -> Option<Vec<(&str, &Self)>> {
        match self {
            Self::Object(members) => Some(members.iter().map(|(name, node)| (name.as_ref(), node)).collect()),
            Self::List(items) if items.len() % 2 == 0 => {
                let pairs = items.chunks(2).map(|pair| match pair {
                    [Self::Text(name), value] => Some((name.as_ref(), value)),
                    _ => None,
                });
                pairs.collect()
            }
            _ => None,
        }
    }
}

fn is_numbered(members: &BTreeMap<Cow<'_, str>, FormValue<'_>>) -> bool {
    members.keys().all(|name| name.parse::<u64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Decode, of_field};
    use crate::values::Nullable;

    fn text(text: &str) -> FormValue<'_> {
        FormValue::Text(text.into())
    }

    fn decoded<T: Decode>(node: &FormValue<'_>) -> Option<T> {
        of_field(node).ok()
    }

    #[test]
    fn the_type_says_what_a_text_is() {
        assert_eq!(decoded::<String>(&text("7")).as_deref(), Some("7"));
        assert_eq!(
            (decoded::<i32>(&text("7")), decoded::<u8>(&text("-7")), decoded::<i64>(&text("x"))),
            (Some(7), None, None)
        );
        assert_eq!((decoded::<f64>(&text("1e2")), decoded::<bool>(&text("true"))), (Some(100.0), Some(true)));
        assert_eq!(decoded::<Nullable<i64>>(&text("7")), Some(Nullable::Value(7)));
    }

    #[test]
    fn json_is_read_whole_and_nothing_behind_it() {
        let json = |text: &'static str| FormValue::Json(text.into());
        assert_eq!(decoded::<i64>(&json(" 7 ")), Some(7));
        assert_eq!(decoded::<i64>(&json("7 8")), None);
        assert_eq!(decoded::<String>(&json("7")), None);
        assert_eq!(decoded::<Nullable<i64>>(&json("null")), Some(Nullable::Null));
        assert_eq!(decoded::<Vec<i64>>(&FormValue::List(vec![json("7"), json("8 9")])), None);
    }

    #[test]
    fn one_text_is_a_list_of_one() {
        assert_eq!(decoded::<Vec<i64>>(&text("7")), Some(vec![7]));
        assert_eq!(decoded::<Vec<i64>>(&FormValue::List(vec![text("7"), text("8")])), Some(vec![7, 8]));
        assert_eq!(decoded::<i64>(&FormValue::List(vec![text("7"), text("8")])), None);
    }

    #[test]
    fn numbered_members_are_a_list_in_the_order_of_their_numbers() {
        let members = [("10", "c"), ("2", "b"), ("0", "a")].map(|(name, value)| (name.into(), text(value)));
        let node = FormValue::Object(BTreeMap::from(members));
        assert_eq!(decoded::<Vec<String>>(&node), Some(["a", "b", "c"].map(str::to_owned).to_vec()));
    }

    #[test]
    fn objects_are_json_or_names_and_values_in_turn() {
        let expected = Some(BTreeMap::from([("a".to_owned(), 1_i64)]));
        assert_eq!(decoded::<BTreeMap<String, i64>>(&text(r#"{"a": 1}"#)), expected);
        assert_eq!(decoded::<BTreeMap<String, i64>>(&FormValue::List(vec![text("a"), text("1")])), expected);
        assert_eq!(decoded::<BTreeMap<String, i64>>(&text(r#"{"a": 1} x"#)), None);
    }
}
