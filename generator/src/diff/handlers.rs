//! What a change means for whoever implements the service: methods that came, went or have another signature, and types
//! that have other fields or variants. It is read off the generated code, so it is what the compiler will say.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use indexmap::IndexMap;
use quote::ToTokens as _;
use syn::{Fields, Item, ReturnType, TraitItem, Type};

use super::change::OperationName;
use crate::ir::{Endpoint, Service};
use crate::render::{self, RenderError};

/// What changed for the implementation of a service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Implementation {
    /// Methods of the trait, in the order of the new document; those that are gone at the end.
    pub methods: Vec<MethodChange>,
    /// Types that methods have, and whose fields or variants are others.
    pub types: Vec<TypeChange>,
}

impl Implementation {
    /// Whether everything compiles as it did.
    pub fn is_unchanged(&self) -> bool {
        self.methods.is_empty() && self.types.is_empty()
    }
}

/// A change of one method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodChange {
    /// The operation that it handles.
    pub operation: OperationName,
    /// Its signature before; `None` where it is new.
    pub old: Option<String>,
    /// Its signature now; `None` where it is gone.
    pub new: Option<String>,
}

/// A change of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeChange {
    /// Its name.
    pub name: String,
    /// What differs, a line each, such as ``the field `due` is `Date`, and was `Option<Date>` ``.
    pub lines: Vec<String>,
    /// The methods whose requests or answers have it.
    pub methods: Vec<String>,
}

/// The generated code of one version, as far as handlers see it.
struct Declarations {
    /// The signatures of the trait's methods.
    signatures: HashMap<String, String>,
    types: HashMap<String, Definition>,
}

/// A type: its parts, and the names that they refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Definition {
    /// What the parts are called: fields, variants, or what it stands for.
    noun: &'static str,
    /// Each part's text, by its name.
    parts: IndexMap<String, String>,
    names: BTreeSet<String>,
}

impl Declarations {
    fn read(service: &Service) -> Result<Self, RenderError> {
        let mut declarations = Self { signatures: HashMap::new(), types: HashMap::new() };
        for text in render::declarations(service)? {
            // What is no Rust is told when it is generated.
            let items = syn::parse_file(&text).map(|file| file.items).unwrap_or_default();
            items.iter().for_each(|item| declarations.add(item, service));
        }
        Ok(declarations)
    }

    fn add(&mut self, item: &Item, service: &Service) {
        let (name, noun, parts) = match item {
            Item::Trait(item) if item.ident == service.handler.to_string() => {
                for item in &item.items {
                    if let TraitItem::Fn(method) = item {
                        self.signatures.insert(method.sig.ident.to_string(), signature(&method.sig));
                    }
                }
                return;
            }
            Item::Struct(item) => (&item.ident, "field", fields(&item.fields)),
            Item::Enum(item) => {
                let variants = item.variants.iter();
                let parts = variants.map(|variant| (variant.ident.to_string(), text(&variant.fields)));
                (&item.ident, "variant", parts.collect())
            }
            Item::Type(item) => (&item.ident, "type", IndexMap::from([(String::new(), text(&item.ty))])),
            _ => return,
        };
        let names = type_names(&item.to_token_stream().to_string());
        self.types.insert(name.to_string(), Definition { noun, parts, names });
    }

    /// All types that these lead to.
    fn reachable(&self, roots: [String; 2]) -> HashSet<&str> {
        let mut found: HashSet<&str> = HashSet::new();
        let mut waiting: Vec<&str> = Vec::new();
        waiting.extend(roots.iter().filter_map(|name| self.types.get_key_value(name)).map(|(name, _)| name.as_str()));
        while let Some(name) = waiting.pop() {
            let Some(definition) = self.types.get(name).filter(|_| found.insert(name)) else { continue };
            let known = definition.names.iter().filter_map(|name| self.types.get_key_value(name));
            waiting.extend(known.map(|(name, _)| name.as_str()));
        }
        found
    }
}

fn fields(fields: &Fields) -> IndexMap<String, String> {
    let name = |place: usize, field: &syn::Field| match &field.ident {
        Some(name) => name.to_string(),
        None => place.to_string(),
    };
    fields.iter().enumerate().map(|(place, field)| (name(place, field), text(&field.ty))).collect()
}

/// The signature as an implementation writes it: `async fn get(&self, …) -> …`.
fn signature(method: &syn::Signature) -> String {
    let inputs = text(&method.inputs);
    let output = match &method.output {
        ReturnType::Type(_, ty) => output_of_future(ty).unwrap_or_else(|| text(ty)),
        ReturnType::Default => "()".to_owned(),
    };
    format!("async fn {}({inputs}) -> {output}", method.ident)
}

/// `T` of `impl Future<Output = T> + Send`.
fn output_of_future(ty: &Type) -> Option<String> {
    let text = text(ty);
    let (_, rest) = text.split_once("Output = ")?;
    Some(rest.strip_suffix("> + Send")?.to_owned())
}

/// The names of types in a text of Rust.
pub(crate) fn type_names(text: &str) -> BTreeSet<String> {
    let words = text.split(|character: char| !(character.is_alphanumeric() || character == '_'));
    words.filter(|word| word.starts_with(char::is_uppercase)).map(str::to_owned).collect()
}

/// Rust's tokens as people write them.
pub(crate) fn text(tokens: &impl quote::ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (spaced, plain) in [
        (" < ", "<"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" :: ", "::"),
        (" ::", "::"),
        (":: ", "::"),
        (" ,", ","),
        (" :", ":"),
        ("& ", "&"),
        ("( ", "("),
        (" )", ")"),
    ] {
        text = text.replace(spaced, plain);
    }
    text
}

/// Compares the generated code of two versions of a service.
pub(super) fn compare(old: &Service, new: &Service) -> Result<Implementation, RenderError> {
    let (before, after) = (Declarations::read(old)?, Declarations::read(new)?);
    let mut told = Implementation::default();
    let mut changed: BTreeMap<&str, (Vec<String>, Vec<String>)> = BTreeMap::new();
    let name = |endpoint: &Endpoint| OperationName::of(&endpoint.route);
    let identity = |endpoint: &Endpoint| name(endpoint).identity();
    let known: HashMap<_, _> = old.endpoints.iter().map(|endpoint| (identity(endpoint), endpoint)).collect();
    for endpoint in &new.endpoints {
        let signature = after.signatures.get(&endpoint.method_name.to_string()).cloned();
        let was = known.get(&identity(endpoint));
        let signed = was.and_then(|was| before.signatures.get(&was.method_name.to_string())).cloned();
        if signature != signed {
            told.methods.push(MethodChange { operation: name(endpoint), old: signed, new: signature });
        }
        if was.is_none() {
            continue;
        }
        for ty in after.reachable([endpoint.request.to_string(), endpoint.response.to_string()]) {
            let (Some(is), Some(was)) = (after.types.get(ty), before.types.get(ty)) else { continue };
            if is.parts != was.parts {
                let (_, methods) = changed.entry(ty).or_insert_with(|| (differences(was, is), Vec::new()));
                methods.push(endpoint.method_name.to_string());
            }
        }
    }
    let kept: HashSet<_> = new.endpoints.iter().map(identity).collect();
    for endpoint in old.endpoints.iter().filter(|endpoint| !kept.contains(&identity(endpoint))) {
        let signed = before.signatures.get(&endpoint.method_name.to_string()).cloned();
        told.methods.push(MethodChange { operation: name(endpoint), old: signed, new: None });
    }
    let types = changed.into_iter();
    told.types = types.map(|(name, (lines, methods))| TypeChange { name: name.to_owned(), lines, methods }).collect();
    Ok(told)
}

/// What differs between two types of one name.
fn differences(was: &Definition, is: &Definition) -> Vec<String> {
    let noun = is.noun;
    let part = |name: &str| if name.is_empty() { "it".to_owned() } else { format!("the {noun} `{name}`") };
    let mut lines = Vec::new();
    for (name, text) in &is.parts {
        match was.parts.get(name) {
            None if text.is_empty() => lines.push(format!("{} is new", part(name))),
            None => lines.push(format!("{} is new: `{text}`", part(name))),
            Some(known) if known != text => lines.push(format!("{} is `{text}`, and was `{known}`", part(name))),
            Some(_) => {}
        }
    }
    for name in was.parts.keys().filter(|name| !is.parts.contains_key(*name)) {
        lines.push(format!("{} is gone", part(name)));
    }
    lines
}
