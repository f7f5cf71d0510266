//! Lists and mappings while they are being read.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::read::{Map, Member, Node, Span, Value, sources::duplicate_key};

/// A finished value.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) node: Node,
    /// How it reads as a key; `None` for a collection, and for what can only be a value.
    pub(super) key: Option<String>,
    /// Whether it is the key `<<` without quotes.
    pub(super) is_merge: bool,
    /// What an alias of it costs.
    pub(super) weight: usize,
    /// How many collections are nested in it, itself included.
    pub(super) height: usize,
}

impl Item {
    /// What stands for a value that is wrong.
    pub(super) fn null(span: Span) -> Self {
        let node = Node { value: Value::Null, span };
        Self { node, key: Some(String::new()), is_merge: false, weight: 1, height: 0 }
    }
}

/// A collection before its end.
pub(super) struct Open {
    values: Values,
    pub(super) start: u32,
    /// Where its last key or value ended.
    pub(super) end: u32,
    /// Whether it ends with a bracket.
    pub(super) is_flow: bool,
    /// The number of its anchor; 0 for none.
    pub(super) anchor: usize,
    weight: usize,
    height: usize,
}

enum Values {
    List(Vec<Node>),
    Map { map: Map, key: Key, merge: Option<Merge> },
}

/// What is known of the member that is being read.
enum Key {
    /// Nothing: its key comes next.
    Next,
    /// Its key.
    Known(String, Span),
    /// Its key is `<<`, here.
    Merge(Span),
    /// Its key cannot be one; its value is dropped.
    Wrong,
}

/// The mappings of a `<<`, and how many members stand before it.
struct Merge {
    key: Span,
    index: usize,
    maps: Vec<Map>,
}

impl Open {
    pub(super) fn list() -> Self {
        Self::new(Values::List(Vec::new()))
    }

    pub(super) fn map() -> Self {
        Self::new(Values::Map { map: Map::new(), key: Key::Next, merge: None })
    }

    fn new(values: Values) -> Self {
        Self { values, start: 0, end: 0, is_flow: false, anchor: 0, weight: 1, height: 1 }
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(self.values, Values::List(_))
    }

    /// Whether a member's key comes next.
    pub(super) fn awaits_key(&self) -> bool {
        matches!(self.values, Values::Map { key: Key::Next, .. })
    }

    /// Takes an item, or a member's key, or its value.
    pub(super) fn take(&mut self, item: Item, diagnostics: &mut Diagnostics) {
        self.end = self.end.max(item.node.span.end);
        self.weight = self.weight.saturating_add(item.weight);
        self.height = self.height.max(item.height + 1);
        match &mut self.values {
            Values::List(items) => items.push(item.node),
            Values::Map { map, key, merge } => match std::mem::replace(key, Key::Next) {
                Key::Next => *key = Key::new(item, diagnostics),
                Key::Known(name, key) => {
                    insert(map, name, Member { key, node: item.node }, diagnostics);
                }
                Key::Merge(key) => add_merge(merge, map.len(), key, item.node, diagnostics),
                Key::Wrong => {}
            },
        }
    }

    /// The whole collection; `end` is what the parser took for its end, space after it included.
    pub(super) fn into_item(self, end: Span) -> Item {
        // A block collection has no end of its own: the parser tells where the next thing starts.
        let last = if self.is_flow { end.start + 1 } else { self.end };
        let span = Span { start: self.start, end: last.max(self.start), ..end };
        let value = match self.values {
            Values::List(items) => Value::List(items),
            Values::Map { map, merge: None, .. } => Value::Map(map),
            Values::Map { map, merge: Some(merge), .. } => Value::Map(merge.into(map)),
        };
        let node = Node { value, span };
        Item { node, key: None, is_merge: false, weight: self.weight, height: self.height }
    }
}

impl Key {
    fn new(item: Item, diagnostics: &mut Diagnostics) -> Self {
        let span = item.node.span;
        match item.key {
            Some(_) if item.is_merge => Self::Merge(span),
            Some(name) => Self::Known(name, span),
            None => {
                let kind = item.node.kind();
                let message = format!("a key should be a plain value, found {kind}");
                let help = "if this is meant as text, put it in quotes";
                diagnostics.push(Diagnostic::error("wrong-key", span, message).help(help));
                Self::Wrong
            }
        }
    }
}

impl Merge {
    /// Puts the merged members where the `<<` stands; what is written out wins, then the first.
    fn into(self, mut explicit: Map) -> Map {
        let mut inherited = Map::new();
        for (name, member) in self.maps.into_iter().flatten() {
            if !explicit.contains_key(&name) {
                inherited.entry(name).or_insert(member);
            }
        }
        let after = explicit.split_off(self.index);
        explicit.extend(inherited);
        explicit.extend(after);
        explicit
    }
}

/// The first of two members of one name stays.
fn insert(map: &mut Map, name: String, member: Member, diagnostics: &mut Diagnostics) {
    match map.get(&name) {
        Some(first) => diagnostics.push(duplicate_key(&name, first.key, member.key)),
        None => {
            map.insert(name, member);
        }
    }
}

fn add_merge(merge: &mut Option<Merge>, index: usize, key: Span, node: Node, diagnostics: &mut Diagnostics) {
    if let Some(first) = merge {
        diagnostics.push(duplicate_key("<<", first.key, key));
        return;
    }
    let span = node.span;
    let into_map = |node: Node| match node.value {
        Value::Map(map) => Some(map),
        _ => None,
    };
    let maps = match node.value {
        Value::List(items) => items.into_iter().map(into_map).collect(),
        _ => into_map(node).map(|map| vec![map]),
    };
    match maps {
        Some(maps) => *merge = Some(Merge { key, index, maps }),
        None => {
            let message = "`<<` should name an object or a list of objects";
            let help = "to have a key of this name, put it in quotes";
            diagnostics.push(Diagnostic::error("wrong-merge", span, message).help(help));
        }
    }
}
