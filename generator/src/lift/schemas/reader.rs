//! Reads schema nodes into the arena of [`super::model`], and tells what is wrong with them.

use indexmap::IndexSet;

use super::dialect::Dialect;
use super::keywords::{self, Holds, Keyword, Role, is_annotation, is_metaschema};
use super::pattern::{self, Engine};
use super::upgrade_3_0::{self, Place};
use super::vocabularies::Dialects;
use super::{Annotations, Discriminator, Keywords, Placed, Root, Schema, SchemaId, Schemas, Type, Types};
use crate::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::lift::extensions;
use crate::lift::openapi::structure::Version;
use crate::lift::references::unresolved;
use crate::lift::service::rust_type;
use crate::read::{Member, Node, Number, Pointer, Span, Value};

/// Reads the schemas at `places` of the document, and whatever they refer to.
pub(crate) fn read(
    root: &Node,
    places: &[Pointer],
    version: Version,
    meanings: &Dialects,
    diagnostics: &mut Diagnostics,
) -> Schemas {
    let dialect = Dialect::of_document(root, meanings, diagnostics);
    let mut reader =
        Reader { root, version, meanings, dialect, diagnostics, schemas: Schemas::default(), pending: Vec::new() };
    for place in places {
        reader.root_schema(place);
    }
    while let Some((from, target, reference)) = reader.pending.pop() {
        reader.link(from, &target, &reference);
    }
    reader.schemas
}

struct Reader<'r> {
    root: &'r Node,
    version: Version,
    meanings: &'r Dialects,
    dialect: Dialect,
    diagnostics: &'r mut Diagnostics,
    schemas: Schemas,
    /// References that wait for their targets.
    pending: Vec<(SchemaId, Pointer, Node)>,
}

impl Reader<'_> {
    /// Lifts the schema at `place` out of the document.
    fn root_schema(&mut self, place: &Pointer) -> Option<SchemaId> {
        if let Some(id) = self.schemas.at(place) {
            return Some(id);
        }
        let node = self.root.at(place)?;
        let explicit = match self.version {
            Version::V3_0 => {
                let is_component = place.parent().is_some_and(|holder| holder.as_str() == "/components/schemas");
                let stands = if is_component { Place::Component(self.root) } else { Place::Inline };
                let upgraded = upgrade_3_0::upgrade(node, stands, self.diagnostics);
                self.dialect.explicit(&upgraded, self.meanings, self.diagnostics)
            }
            Version::V3_1 | Version::V3_2 => {
                let dialect = self.dialect.at(self.root, place, self.meanings);
                dialect.explicit(node, self.meanings, self.diagnostics)
            }
        };
        let id = self.schema(&explicit, place.clone());
        let ids = id.0..self.schemas.placed.len() as u32;
        self.schemas.roots.insert(place.clone(), Root { node: explicit, ids });
        Some(id)
    }

    fn link(&mut self, from: SchemaId, target: &Pointer, reference: &Node) {
        let found = match self.schemas.at(target) {
            Some(id) => Some(id),
            // A schema where the specification has none: `#/definitions/…`, `#/components/x-…/…`.
            None if self.root.at(target).is_some_and(is_schema) => {
                self.refuse_moved(target, reference.span);
                self.root_schema(target)
            }
            None => None,
        };
        match found {
            Some(id) => {
                if let Schema::Keywords(keywords) = &mut self.schemas.placed[from.0 as usize].schema {
                    keywords.reference = Some(id);
                }
            }
            None => self.diagnostics.push(unresolved(self.root, target, reference.span)),
        }
    }

    /// Refuses a reference to a part of a schema that is no longer where it was written: the validator would not find it.
    fn refuse_moved(&mut self, target: &Pointer, span: Span) {
        let holders = target.ancestors().skip(1);
        let mut known = holders.filter_map(|holder| Some((self.schemas.roots.get(&holder)?, holder)));
        let is_moved = known.any(|(root, holder)| {
            let inner = Pointer::parse(&target.as_str()[holder.as_str().len()..]);
            inner.is_some_and(|inner| root.node.at(&inner).is_none())
        });
        if is_moved {
            let message = "a reference into a schema that is `nullable`, or has `dependencies`, is not supported yet";
            let help = "put what it leads to under `components: schemas:`, and refer to that";
            self.diagnostics.push(Diagnostic::error("unsupported-reference", span, message).help(help));
        }
    }

    fn schema(&mut self, node: &Node, pointer: Pointer) -> SchemaId {
        let id = SchemaId(self.schemas.placed.len() as u32);
        self.schemas.by_pointer.insert(pointer.clone(), id);
        self.schemas.placed.push(Placed { pointer: pointer.clone(), span: node.span, schema: Schema::Always });
        let schema = match &node.value {
            Value::Bool(true) => Schema::Always,
            Value::Bool(false) => Schema::Never,
            Value::Map(map) => {
                let mut keywords = Keywords::default();
                for (keyword, member) in map {
                    self.keyword(&mut keywords, (id, keyword, member), &pointer);
                }
                self.contradictions(&keywords, node.span);
                Schema::Keywords(Box::new(keywords))
            }
            _ => {
                self.wrong(node, "a schema", "an object, `true` or `false`");
                Schema::Always
            }
        };
        self.schemas.placed[id.0 as usize].schema = schema;
        id
    }

    fn keyword(&mut self, into: &mut Keywords, (id, keyword, member): (SchemaId, &str, &Member), at: &Pointer) {
        let node = &member.node;
        let here = || at.join(keyword);
        match keyword {
            "$ref" if node.as_str().is_some_and(is_metaschema) => into.validator_only.push("$ref"),
            "$ref" => self.reference(id, node),
            "type" => into.types = self.types(node),
            "enum" => into.enumeration = self.list(node, keyword).map(<[Node]>::to_vec),
            "const" => into.constant = Some(node.clone()),
            "format" => into.format = self.text(node, keyword),
            "properties" => into.object.properties = self.schema_map(node, keyword, &here()).into_iter().collect(),
            "required" => into.object.required = self.names(node, keyword),
            "additionalProperties" => into.object.additional = Some(self.schema(node, here())),
            "minProperties" => into.object.min = self.count(node, keyword),
            "maxProperties" => into.object.max = self.count(node, keyword),
            "items" => into.array.items = self.items(node, here()),
            "prefixItems" => into.array.prefix = self.schema_list(node, keyword, &here()),
            "minItems" => into.array.min = self.count(node, keyword),
            "maxItems" => into.array.max = self.count(node, keyword),
            "uniqueItems" => into.array.unique = self.flag(node, keyword),
            "minLength" => into.string.min = self.count(node, keyword),
            "maxLength" => into.string.max = self.count(node, keyword),
            "pattern" => into.string.pattern = self.pattern(node),
            "minimum" => into.number.min = self.number(node, keyword),
            "maximum" => into.number.max = self.number(node, keyword),
            "exclusiveMinimum" => into.number.above = self.number(node, keyword),
            "exclusiveMaximum" => into.number.below = self.number(node, keyword),
            "multipleOf" => into.number.multiple_of = self.divisor(node),
            "allOf" => into.all_of = self.schema_list(node, keyword, &here()),
            "anyOf" => into.any_of = self.schema_list(node, keyword, &here()),
            "oneOf" => into.one_of = self.schema_list(node, keyword, &here()),
            "$defs" | "definitions" => drop(self.schema_map(node, keyword, &here())),
            "$dynamicRef" => self.wrong(node, keyword, "a reference"),
            "x-extensible-enum" => into.string.listed = self.listed(node, keyword),
            "x-buildflow-unknown" => self.unknown_values(node),
            _ if is_annotation(keyword) => self.annotation(&mut into.notes, keyword, member, &here()),
            _ => match keywords::find(keyword) {
                Some(known) if known.role == Role::Validated => self.validated(into, known, node, &here()),
                Some(_) => {}
                None => self.unknown(keyword, member),
            },
        }
    }

    fn reference(&mut self, id: SchemaId, node: &Node) {
        match node.as_str().and_then(Pointer::from_fragment) {
            Some(target) => self.pending.push((id, target, node.clone())),
            None => self.wrong(node, "$ref", "a reference"),
        }
    }

    fn annotation(&mut self, into: &mut Annotations, keyword: &str, member: &Member, at: &Pointer) {
        let node = &member.node;
        match keyword {
            "title" => into.title = self.text(node, keyword),
            "description" => into.description = self.text(node, keyword),
            "deprecated" => into.deprecated = self.flag(node, keyword),
            "readOnly" => into.read_only = self.flag(node, keyword),
            "writeOnly" => into.write_only = self.flag(node, keyword),
            "discriminator" => into.discriminator = self.discriminator(node),
            "default" => into.default = Some(node.clone()),
            "example" => into.examples.push(node.clone()),
            "examples" => into.examples.extend(node.as_list().unwrap_or_default().iter().cloned()),
            "x-enum-varnames" | "x-enumNames" => into.value_names = texts(node),
            "x-enum-descriptions" => into.value_descriptions = texts(node),
            "x-rust-name" => into.rust_name = self.text(node, keyword),
            "x-rust-type" => into.rust_type = rust_type::read(node, self.diagnostics),
            "contentSchema" => drop(self.schema(node, at.clone())),
            _ => self.diagnostics.extend(extensions::check(keyword, member.key, extensions::SCHEMA)),
        }
    }

    fn discriminator(&mut self, node: &Node) -> Option<Discriminator> {
        let Some(property) = node.get("propertyName") else {
            self.wrong(node, "discriminator", "an object with a `propertyName`");
            return None;
        };
        let property = self.text(property, "propertyName")?;
        let entries = node.get("mapping").and_then(Node::as_map).into_iter().flatten();
        let mapping = entries.filter_map(|(value, member)| Some((value.clone(), self.text(&member.node, "mapping")?)));
        let mapping = mapping.collect();
        let otherwise = node.get("defaultMapping").and_then(|name| self.text(name, "defaultMapping"));
        Some(Discriminator { property, mapping, otherwise, node: node.clone() })
    }

    /// A keyword that constrains values in a way that no type carries.
    fn validated(&mut self, into: &mut Keywords, keyword: &'static Keyword, node: &Node, at: &Pointer) {
        into.validator_only.push(keyword.name);
        match keyword.holds {
            Some(Holds::Map) if keyword.name == "patternProperties" => {
                for (pattern, member) in node.as_map().into_iter().flatten() {
                    self.compiles(pattern, member.key);
                }
                into.object.patterns = self.schema_map(node, keyword.name, at).into_iter().map(|(_, id)| id).collect();
            }
            Some(Holds::One) => drop(self.schema(node, at.clone())),
            Some(Holds::Map) => drop(self.schema_map(node, keyword.name, at)),
            Some(Holds::List) => drop(self.schema_list(node, keyword.name, at)),
            None => {}
        }
    }

    fn unknown(&mut self, keyword: &str, member: &Member) {
        let help = match nearest(keyword, keywords::names().chain(["nullable"])) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "remove it, or start its name with `x-`".to_owned(),
        };
        let message = format!("`{keyword}` is not a keyword of JSON Schema 2020-12; it is ignored");
        self.diagnostics.push(Diagnostic::warning("unknown-keyword", member.key, message).help(help));
    }

    fn types(&mut self, node: &Node) -> Types {
        let mut types = Types::default();
        let names = node.as_list().unwrap_or(std::slice::from_ref(node));
        for name in names {
            let known = Type::NAMES.iter().find(|(known, _)| Some(*known) == name.as_str());
            match (known, name.as_str()) {
                (Some((_, kind)), _) => types.insert(*kind),
                (None, Some(text)) => {
                    let help = "use one of `string`, `number`, `integer`, `boolean`, `array`, `object`, `null`";
                    let message = format!("there is no type `{text}`");
                    self.diagnostics.push(Diagnostic::error("unknown-type", name.span, message).help(help));
                }
                (None, None) => self.wrong(name, "type", "a string or a list of strings"),
            }
        }
        // Every integer is a number.
        if types.contains(Type::Number) { types.without(Type::Integer) } else { types }
    }

    fn items(&mut self, node: &Node, at: Pointer) -> Option<SchemaId> {
        if node.as_list().is_some() {
            self.diagnostics.push(
                Diagnostic::error("wrong-type", node.span, "`items` should be one schema, found a list")
                    .help("use `prefixItems` for a list of schemas by position"),
            );
            return None;
        }
        Some(self.schema(node, at))
    }

    fn schema_map(&mut self, node: &Node, keyword: &str, at: &Pointer) -> Vec<(String, SchemaId)> {
        match node.as_map() {
            Some(map) => {
                map.iter().map(|(name, member)| (name.clone(), self.schema(&member.node, at.join(name)))).collect()
            }
            None => {
                self.wrong(node, keyword, "an object");
                Vec::new()
            }
        }
    }

    fn schema_list(&mut self, node: &Node, keyword: &str, at: &Pointer) -> Vec<SchemaId> {
        let items = self.list(node, keyword).unwrap_or_default();
        items.iter().enumerate().map(|(index, item)| self.schema(item, at.item(index))).collect()
    }

    fn names<C: FromIterator<String>>(&mut self, node: &Node, keyword: &str) -> C {
        if let Value::Bool(_) = node.value {
            // A habit from older dialects, in which a property said `required: true` itself.
            self.diagnostics.push(
                Diagnostic::error("wrong-type", node.span, "`required` should be a list of names, found a boolean")
                    .help("name the property in the `required` list of the object that holds it"),
            );
            return C::from_iter([]);
        }
        let items = self.list(node, keyword).unwrap_or_default();
        C::from_iter(items.iter().filter_map(|item| self.text(item, keyword)).collect::<Vec<_>>())
    }

    /// Values other than strings are not told apart.
    fn listed(&mut self, node: &Node, keyword: &str) -> IndexSet<String> {
        let items = self.list(node, keyword).unwrap_or_default();
        items.iter().filter_map(Node::as_str).map(str::to_owned).collect()
    }

    /// What becomes of values that an `enum` does not list, where that was not settled by the dialect.
    fn unknown_values(&mut self, node: &Node) {
        if node.as_str() != Some("refuse") {
            let message = "`x-buildflow-unknown` should be `refuse`, or `keep` beside an `enum` of strings";
            self.diagnostics.push(Diagnostic::error("invalid-value", node.span, message));
        }
    }

    fn list<'n>(&mut self, node: &'n Node, keyword: &str) -> Option<&'n [Node]> {
        let list = node.as_list();
        if list.is_none() {
            self.wrong(node, keyword, "a list");
        }
        list
    }

    fn text(&mut self, node: &Node, keyword: &str) -> Option<String> {
        match &node.value {
            Value::String(text) => Some(text.clone()),
            _ => {
                self.wrong(node, keyword, "a string");
                None
            }
        }
    }

    fn flag(&mut self, node: &Node, keyword: &str) -> bool {
        node.as_bool().unwrap_or_else(|| {
            self.wrong(node, keyword, "`true` or `false`");
            false
        })
    }

    fn number(&mut self, node: &Node, keyword: &str) -> Option<Number> {
        let number = node.as_number().cloned();
        if number.is_none() {
            self.wrong(node, keyword, "a number");
        }
        number
    }

    fn count(&mut self, node: &Node, keyword: &str) -> Option<u64> {
        let count = node.as_number().and_then(Number::as_integer).and_then(|number| u64::try_from(number).ok());
        if count.is_none() {
            self.wrong(node, keyword, "a whole number of 0 or more");
        }
        count
    }

    fn divisor(&mut self, node: &Node) -> Option<Number> {
        let number = self.number(node, "multipleOf")?;
        if number.as_f64() > 0.0 {
            return Some(number);
        }
        self.diagnostics.push(Diagnostic::error("invalid-value", node.span, "`multipleOf` should be greater than 0"));
        None
    }

    fn pattern(&mut self, node: &Node) -> Option<String> {
        let text = self.text(node, "pattern")?;
        self.compiles(&text, node.span).then_some(text)
    }

    /// Whether servers can match with the pattern; why not is told.
    fn compiles(&mut self, pattern: &str, span: Span) -> bool {
        let reason = match pattern::compile(pattern) {
            Ok(Engine::Linear) => return true,
            Ok(Engine::Backtracking) => {
                let message = "this pattern has look-around or a back reference: matching it may take many steps";
                let help = "all texts of a request have one budget of steps, beyond which it is refused; write the pattern without them, or add `maxLength`";
                self.diagnostics.push(Diagnostic::note("backtracking-pattern", span, message).help(help));
                return true;
            }
            Err(reason) => reason,
        };
        let message = format!("the pattern is not a regular expression of ECMA-262: {reason}");
        let help = "write it in the syntax of JavaScript, without slashes around it";
        self.diagnostics.push(Diagnostic::error("invalid-pattern", span, message).help(help));
        false
    }

    fn contradictions(&mut self, keywords: &Keywords, span: Span) {
        let counts = [
            ("minLength", keywords.string.min, "maxLength", keywords.string.max),
            ("minItems", keywords.array.min, "maxItems", keywords.array.max),
            ("minProperties", keywords.object.min, "maxProperties", keywords.object.max),
        ];
        for (low, min, high, max) in counts {
            if let (Some(min), Some(max)) = (min, max)
                && min > max
            {
                self.contradiction(span, format!("`{low}` {min} is greater than `{high}` {max}"));
            }
        }
        if let (Some(min), Some(max)) = (&keywords.number.min, &keywords.number.max)
            && min.as_f64() > max.as_f64()
        {
            self.contradiction(span, format!("`minimum` {} is greater than `maximum` {}", min.as_str(), max.as_str()));
        }
        if keywords.enumeration.as_ref().is_some_and(Vec::is_empty) {
            self.contradiction(span, "`enum` has no values".to_owned());
        }
    }

    /// What no value satisfies may be meant: a branch of a choice, a member that must not be there.
    fn contradiction(&mut self, span: Span, what: String) {
        let message = format!("no value can satisfy this schema: {what}");
        self.diagnostics.push(Diagnostic::warning("contradiction", span, message));
    }

    fn wrong(&mut self, node: &Node, keyword: &str, wanted: &str) {
        let message = format!("`{keyword}` should be {wanted}, found {}", node.kind());
        self.diagnostics.push(Diagnostic::error("wrong-type", node.span, message));
    }
}

/// The texts of a list; a list that holds anything else says none.
fn texts(node: &Node) -> Vec<String> {
    let texts = node.as_list().unwrap_or_default().iter().map(|item| item.as_str().map(str::to_owned));
    texts.collect::<Option<_>>().unwrap_or_default()
}

fn is_schema(node: &Node) -> bool {
    matches!(node.value, Value::Map(_) | Value::Bool(_))
}
