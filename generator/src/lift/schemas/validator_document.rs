//! Schemas for the run-time validator: one JSON document in which each stands at its own pointer.
//!
//! It leaves out what a validator does not read, and says outright what OpenAPI says by other means:
//! the ranges of integer formats, what a discriminator decides, which properties a direction omits.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};

use super::discriminator::Cases;
use super::formats;
use super::keywords::{Holds, holds, is_annotation, is_identity};
use super::{Root, SchemaId};
use crate::lift::{Direction, Document};
use crate::read::{Map, Node, Pointer, Value, write_key, write_list, write_map, write_string, write_value};

/// Where a schema with a discriminator stands once more, as its heirs build upon it: without the
/// choice that they are made by.
const BASE: &str = "x-base";

/// A reference to the metaschema, which the validator knows only where it finds one on the way to others.
const METASCHEMA: &str = r#"{"metaschema":{"$ref":"https://json-schema.org/draft/2020-12/schema"}}"#;

/// Schemas in one JSON object, each at its own pointer.
#[derive(Debug)]
pub struct ValidatorDocument {
    /// The members of the object, as JSON.
    members: String,
    /// Whether a format of internationalized names is enforced, which needs tables of Unicode.
    pub has_idn_formats: bool,
}

impl ValidatorDocument {
    /// Adds a member beside the schemas.
    #[must_use]
    pub fn with_member(mut self, name: &str, json: &str) -> Self {
        let mut first = self.members.is_empty();
        write_key(name, &mut first, &mut self.members);
        self.members.push_str(json);
        self
    }

    /// The JSON text.
    pub fn into_text(self) -> String {
        format!("{{{}}}", self.members)
    }
}

impl Document {
    /// The schemas at `wanted`, and all that they refer to, as they hold for values that go `direction`.
    pub fn validator_document(
        &self,
        wanted: impl IntoIterator<Item = SchemaId>,
        direction: Direction,
    ) -> ValidatorDocument {
        let mut pending: Vec<SchemaId> = wanted.into_iter().collect();
        let mut tree = Tree::default();
        let mut names_metaschema = false;
        let mut seen = vec![false; self.schemas.len()];
        while let Some(id) = pending.pop() {
            if seen[id.index()] {
                continue;
            }
            let Some((place, root)) = self.root_of(&self.schemas.get(id).pointer) else { continue };
            root.ids.clone().for_each(|below| seen[SchemaId(below).index()] = true);
            // Everything below the place comes along, so its references must too.
            for below in root.ids.clone().map(SchemaId) {
                let keywords = self.schemas.keywords(below);
                names_metaschema |= keywords.is_some_and(|keywords| keywords.validator_only.contains(&"$ref"));
                pending.extend(keywords.and_then(|keywords| keywords.reference));
                pending.extend(self.cases(below).into_iter().flat_map(|cases| &cases.cases).map(|(id, _)| *id));
            }
            tree.insert(place, &root.node);
        }
        let bundle = Bundle { document: self, direction, tree: &tree, has_idn_formats: Cell::new(false) };
        let mut document = ValidatorDocument { members: String::new(), has_idn_formats: false };
        if names_metaschema {
            document = document.with_member("$defs", METASCHEMA);
        }
        let mut first = document.members.is_empty();
        tree.write_members(&bundle, &Pointer::root(), &mut first, &mut document.members);
        ValidatorDocument { has_idn_formats: bundle.has_idn_formats.get(), ..document }
    }

    /// The schema at `pointer`, in 2020-12, explicit.
    fn schema_node(&self, pointer: &Pointer) -> Option<&Node> {
        let (place, root) = self.root_of(pointer)?;
        root.node.at(&Pointer::parse(&pointer.as_str()[place.as_str().len()..])?)
    }

    fn root_of(&self, pointer: &Pointer) -> Option<(&Pointer, &Root)> {
        let mut at = pointer.clone();
        loop {
            if let Some(found) = self.schemas.roots.get_key_value(&at) {
                return Some(found);
            }
            at = at.parent()?;
        }
    }
}

/// Schemas at their pointers, on the way to JSON.
#[derive(Default)]
struct Tree<'n> {
    schema: Option<&'n Node>,
    members: BTreeMap<String, Tree<'n>>,
}

impl<'n> Tree<'n> {
    fn insert(&mut self, pointer: &Pointer, node: &'n Node) {
        let mut at = self;
        for segment in pointer.segments() {
            at = at.members.entry(segment.into_owned()).or_default();
        }
        at.schema = Some(node);
    }

    fn at(&self, pointer: &Pointer) -> Option<&Self> {
        pointer.segments().try_fold(self, |tree, segment| tree.members.get(segment.as_ref()))
    }

    fn write(&self, bundle: &Bundle<'_>, at: &Pointer, out: &mut String) {
        if let Some(node) = self.schema {
            return bundle.schema(node, at, &HashSet::new(), out);
        }
        out.push('{');
        self.write_members(bundle, at, &mut true, out);
        out.push('}');
    }

    fn write_members(&self, bundle: &Bundle<'_>, at: &Pointer, first: &mut bool, out: &mut String) {
        for (name, tree) in &self.members {
            write_key(name, first, out);
            tree.write(bundle, &at.join(name), out);
        }
    }
}

struct Bundle<'d> {
    document: &'d Document,
    direction: Direction,
    tree: &'d Tree<'d>,
    /// Whether such a format was written.
    has_idn_formats: Cell<bool>,
}

impl Bundle<'_> {
    /// Writes the schema at `at`; `omitted` are properties that a schema around it knows not to be sent.
    fn schema(&self, node: &Node, at: &Pointer, omitted: &HashSet<String>, out: &mut String) {
        let Value::Map(map) = &node.value else { return write_value(node, out) };
        let id = self.document.schemas.at(at);
        let mut omitted = omitted.clone();
        if let Some(id) = id.filter(|id| self.document.is_directed(*id)) {
            self.find_omitted(id, &mut omitted, &mut Vec::new());
        }
        let cases = id.and_then(|id| self.document.cases(id));
        let part = Part { node, map, at, omitted: &omitted };
        out.push('{');
        let mut first = true;
        self.keywords(&part, cases.map_or(Decision::None, Decision::Open), &mut first, out);
        if let Some(cases) = cases {
            write_key(BASE, &mut first, out);
            out.push('{');
            let mut first = true;
            self.keywords(&part, Decision::Made(cases), &mut first, out);
            out.push('}');
        }
        out.push('}');
    }

    /// The members of a schema object; a discriminator's decision instead of the choice.
    fn keywords(&self, part: &Part<'_>, decision: Decision<'_>, first: &mut bool, out: &mut String) {
        let replaced = decision.replaces(part.map);
        for (keyword, member) in part.map {
            let unread = is_annotation(keyword)
                || is_identity(keyword)
                || (keyword == "format" && !formats::is_enforced(part.node));
            if unread && let Some(inner) = self.tree.at(&part.at.join(keyword)) {
                // A reference leads into what no validator reads otherwise.
                write_key(keyword, first, out);
                inner.write(self, &part.at.join(keyword), out);
            }
            let written_below = keyword == "allOf" && matches!(decision, Decision::Open(_));
            if unread || written_below || Some(keyword.as_str()) == replaced {
                continue;
            }
            if keyword == "format" && member.node.as_str().is_some_and(|format| format.starts_with("idn-")) {
                self.has_idn_formats.set(true);
            }
            write_key(keyword, first, out);
            self.keyword(keyword, &member.node, part, out);
        }
        if let Decision::Open(cases) = decision {
            write_key("allOf", first, out);
            self.all_of(cases, part, out);
        }
        for (keyword, bound) in formats::implied_bounds(part.node) {
            write_key(keyword, first, out);
            out.push_str(&bound.to_string());
        }
    }

    fn keyword(&self, keyword: &str, node: &Node, part: &Part<'_>, out: &mut String) {
        let at = part.at.join(keyword);
        let nothing = HashSet::new();
        match (holds(keyword), &node.value) {
            (Some(Holds::One), _) => self.schema(node, &at, &nothing, out),
            (Some(Holds::List), Value::List(items)) => {
                // The parts of `allOf` speak of the same properties.
                let omitted = if keyword == "allOf" { part.omitted } else { &nothing };
                let parts = items.iter().enumerate().map(|(index, item)| (item, at.item(index)));
                write_list(parts, |(item, at), out| self.list_item(item, &at, omitted, part.at, out), out);
            }
            (Some(Holds::Map), Value::Map(members)) => {
                let members = members.iter().map(|(name, member)| (name.as_str(), (name, &member.node)));
                let is_omitted = |name: &String| keyword == "properties" && part.omitted.contains(name);
                write_map(
                    members,
                    |(name, node), out| match is_omitted(name) {
                        true => out.push_str("true"),
                        false => self.schema(node, &at.join(name), &nothing, out),
                    },
                    out,
                );
            }
            _ if keyword == "required" => {
                let names = node.as_list().unwrap_or_default().iter();
                let left = names.filter(|name| !name.as_str().is_some_and(|name| part.omitted.contains(name)));
                write_list(left, write_value, out);
            }
            _ => write_value(node, out),
        }
    }

    /// A part of a list of schemas: an heir refers to what its base is without the choice.
    fn list_item(&self, node: &Node, at: &Pointer, omitted: &HashSet<String>, holder: &Pointer, out: &mut String) {
        let schemas = &self.document.schemas;
        let base = schemas.at(at).and_then(|id| schemas.keywords(id)?.reference).map(|id| schemas.resolve(id));
        let heir = schemas.at(holder);
        let is_case = |(case, _): &(SchemaId, Vec<String>)| heir == Some(schemas.resolve(*case));
        let inherits =
            base.and_then(|base| self.document.cases(base)).is_some_and(|cases| cases.cases.iter().any(is_case));
        match base.filter(|_| inherits) {
            Some(base) => write_reference(&schemas.get(base).pointer.join(BASE), out),
            None => self.schema(node, at, omitted, out),
        }
    }

    /// What a discriminator decides, beside the schema's own `allOf`.
    fn all_of(&self, cases: &Cases, part: &Part<'_>, out: &mut String) {
        let mut own = String::new();
        if let Some(member) = part.map.get("allOf") {
            self.keyword("allOf", &member.node, part, &mut own);
        }
        match own.strip_suffix(']').filter(|own| own.len() > 1) {
            Some(open) => out.extend([open, ","]),
            None => out.push('['),
        }
        out.push_str(if cases.nullable { "{\"anyOf\":[{\"type\":\"null\"}," } else { "" });
        self.decision(cases, out);
        out.push_str(if cases.nullable { "]}]" } else { "]" });
    }

    fn decision(&self, cases: &Cases, out: &mut String) {
        let all: Vec<&String> = cases.cases.iter().flat_map(|(_, values)| values).collect();
        out.push_str("{\"type\":\"object\",");
        if cases.otherwise.is_none() {
            write_tag(&cases.property, &all, out);
            out.push(',');
        }
        out.push_str("\"allOf\":");
        let told = cases.cases.iter().map(|(id, values)| (values.iter().collect(), "then", *id));
        let otherwise = cases.otherwise.map(|id| (all, "else", id));
        write_list(
            told.chain(otherwise),
            |(values, branch, id): (Vec<&String>, &str, SchemaId), out| {
                out.push_str("{\"if\":{");
                write_tag(&cases.property, &values, out);
                out.push_str("},");
                write_string(branch, out);
                out.push(':');
                self.case(id, cases.is_family, out);
                out.push('}');
            },
            out,
        );
        out.push('}');
    }

    /// A schema that a discriminator decides for.
    fn case(&self, id: SchemaId, in_family: bool, out: &mut String) {
        let schemas = &self.document.schemas;
        let pointer = &schemas.get(id).pointer;
        // In a family, a base stands for itself by what it says without the choice.
        let is_base = in_family && self.document.cases(id).is_some_and(|own| own.is_family);
        match (schemas.plain_reference(id), self.document.schema_node(pointer)) {
            _ if is_base => write_reference(&pointer.join(BASE), out),
            (Some(target), _) => write_reference(&schemas.get(target).pointer, out),
            // It is written here, as the choice that it stands in is not.
            (None, Some(node)) if !in_family => self.schema(node, pointer, &HashSet::new(), out),
            (None, _) => write_reference(pointer, out),
        }
    }

    /// The properties that a schema and its parts know not to be sent.
    fn find_omitted(&self, id: SchemaId, found: &mut HashSet<String>, path: &mut Vec<SchemaId>) {
        let schemas = &self.document.schemas;
        let Some(keywords) = schemas.keywords(id).filter(|_| !path.contains(&id)) else { return };
        path.push(id);
        let omitted = |(_, member): &(&String, &SchemaId)| self.direction.omits(schemas, &[**member]);
        found.extend(keywords.object.properties.iter().filter(omitted).map(|(name, _)| name.clone()));
        for part in keywords.reference.iter().chain(&keywords.all_of) {
            self.find_omitted(*part, found, path);
        }
        path.pop();
    }
}

/// Writes that a member must be there, and be one of these values: strings, or what else is written so.
fn write_tag(property: &str, values: &[&String], out: &mut String) {
    out.push_str("\"required\":[");
    write_string(property, out);
    out.push_str("],\"properties\":{");
    write_string(property, out);
    out.push_str(":{\"enum\":[");
    for (index, value) in values.iter().enumerate() {
        out.push_str(if index == 0 { "" } else { "," });
        write_string(value, out);
        if matches!(value.as_str(), "true" | "false") || value.parse::<i64>().is_ok_and(|_| is_json_integer(value)) {
            out.extend([",", value.as_str()]);
        }
    }
    out.push_str("]}}");
}

/// Whether a text that is an integer is one of JSON as well: it has no plus sign, and no zeros before it.
fn is_json_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.starts_with('+') && (digits == "0" || !digits.starts_with('0'))
}

/// What a discriminator decides of a schema.
#[derive(Clone, Copy)]
enum Decision<'c> {
    /// It has none.
    None,
    /// It is still to be decided.
    Open(&'c Cases),
    /// It is decided: what is left is what holds in every case.
    Made(&'c Cases),
}

impl Decision<'_> {
    /// The keyword that the decision stands for.
    fn replaces(self, map: &Map) -> Option<&'static str> {
        match self {
            Self::Open(cases) | Self::Made(cases) if !cases.is_family => {
                ["oneOf", "anyOf"].into_iter().find(|keyword| map.contains_key(*keyword))
            }
            _ => None,
        }
    }
}

/// A schema object that is being written.
struct Part<'p> {
    node: &'p Node,
    map: &'p Map,
    at: &'p Pointer,
    omitted: &'p HashSet<String>,
}

fn write_reference(target: &Pointer, out: &mut String) {
    out.push_str("{\"$ref\":");
    write_string(&format!("#{}", target.to_fragment()), out);
    out.push('}');
}
