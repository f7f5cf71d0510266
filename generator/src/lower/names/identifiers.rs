//! Naming: any text of a document becomes a Rust identifier; deterministic, and without collisions.

use std::collections::{HashMap, HashSet};

use deunicode::deunicode;
use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::ir::{FieldName, TypeName, VariantName};

/// Names that generated code uses itself: a type of the document must not hide them.
const TAKEN_TYPES: &[&str] = &[
    // The prelude.
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
    // What generated modules import or define.
    "BTreeMap",
    "EndpointTable",
    "FromText",
    "H",
    "HttpError",
    "Nullable",
    "RequestContext",
    "SchemeGuard",
    "StatusCode",
    "Validate",
];

/// Keywords that cannot be raw identifiers.
const NEVER_RAW: [&str; 5] = ["self", "Self", "super", "crate", "_"];

/// A space in which names must differ.
#[derive(Debug, Default)]
pub(in crate::lower) struct Scope {
    taken: HashSet<String>,
    /// For names that clashed, the number that may be free next.
    next: HashMap<String, usize>,
}

impl Scope {
    /// A space for type names, without those that generated code uses.
    pub(crate) fn of_types() -> Self {
        Self::without(TAKEN_TYPES)
    }

    /// A space in which these names are taken.
    pub(crate) fn without(names: &[&str]) -> Self {
        Self { taken: names.iter().map(|name| (*name).to_owned()).collect(), next: HashMap::new() }
    }

    /// Whether this type name is still free.
    pub(crate) fn is_free(&self, text: &str) -> bool {
        !self.taken.contains(&type_text(text))
    }

    /// A type's name.
    pub(crate) fn type_name(&mut self, text: &str) -> TypeName {
        let base = type_text(text);
        let base = if TAKEN_TYPES.contains(&base.as_str()) { format!("{base}Type") } else { base };
        TypeName::new(self.claim(base, ""))
    }

    /// A variant's name.
    pub(crate) fn variant(&mut self, text: &str) -> VariantName {
        let base = type_text(text);
        // `Self` alone is a keyword among variants.
        let base = if base == "Self" { "SelfValue".to_owned() } else { base };
        VariantName::new(self.claim(base, ""))
    }

    /// A field's, method's or function's name.
    pub(crate) fn field(&mut self, text: &str) -> FieldName {
        let claimed = self.claim(field_text(text), "_");
        FieldName::new(as_identifier(claimed))
    }

    fn claim(&mut self, base: String, separator: &str) -> String {
        if self.taken.insert(base.clone()) {
            return base;
        }
        let number = self.next.entry(format!("{base}{separator}")).or_insert(2);
        loop {
            let name = format!("{base}{separator}{number}");
            *number += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// The words as a module's name.
pub(in crate::lower) fn module_text(text: &str) -> String {
    let name = field_text(text);
    // In a crate's `src`, some mean something to cargo; and some are crates that code beside the module uses.
    let is_taken = ["bin", "lib", "main", "buildflow_runtime", "core", "std"].contains(&name.as_str());
    if !is_taken && !is_keyword(&name) { name } else { format!("{name}_api") }
}

/// The words as a type's name: `UpperCamelCase`.
pub(in crate::lower) fn type_text(text: &str) -> String {
    let name = spelled(text).to_upper_camel_case();
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("N{name}") } else { name }
}

/// The words as a field's name: `snake_case`.
pub(in crate::lower) fn field_text(text: &str) -> String {
    let name = spelled(text).to_snake_case();
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("n{name}") } else { name }
}

/// Whether a word is a keyword of the edition that is generated; `syn` does not know that `gen` is one.
fn is_keyword(word: &str) -> bool {
    word == "gen" || syn::parse_str::<syn::Ident>(word).is_err()
}

fn as_identifier(name: String) -> String {
    if NEVER_RAW.contains(&name.as_str()) {
        format!("{name}_")
    } else if is_keyword(&name) {
        format!("r#{name}")
    } else {
        name
    }
}

/// ASCII words: other scripts transliterated, a sign in front and lone symbols in words.
fn spelled(text: &str) -> String {
    let ascii = if text.is_ascii() { text.to_owned() } else { deunicode(text) };
    let mut words = String::with_capacity(ascii.len());
    let mut characters = ascii.chars().peekable();
    let lone = !ascii.contains(|character: char| character.is_ascii_alphanumeric());
    while let Some(character) = characters.next() {
        let signs = words.is_empty() && characters.peek().is_some_and(char::is_ascii_alphanumeric);
        match character {
            '+' if signs => words.push_str("plus "),
            '-' if signs => words.push_str("minus "),
            _ if character.is_ascii_alphanumeric() => words.push(character),
            _ if lone => words.push_str(symbol(character)),
            _ => words.push(' '),
        }
    }
    if words.trim().is_empty() { "empty".to_owned() } else { words }
}

fn symbol(character: char) -> &'static str {
    match character {
        '+' => "plus ",
        '-' => "minus ",
        '*' => "star ",
        '/' => "slash ",
        '=' => "equals ",
        '<' => "less ",
        '>' => "greater ",
        '!' => "not ",
        '.' => "dot ",
        ',' => "comma ",
        ':' => "colon ",
        '#' => "hash ",
        '%' => "percent ",
        '&' => "and ",
        '|' => "or ",
        '?' => "question ",
        '@' => "at ",
        '$' => "dollar ",
        '~' => "tilde ",
        '^' => "caret ",
        '_' => "underscore ",
        ' ' => " ",
        _ => "symbol ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(texts: &[&str]) -> Vec<String> {
        let mut scope = Scope::of_types();
        texts.iter().map(|text| scope.type_name(text).to_string()).collect()
    }

    fn fields(texts: &[&str]) -> Vec<String> {
        let mut scope = Scope::default();
        texts.iter().map(|text| scope.field(text).to_string()).collect()
    }

    fn variants(texts: &[&str]) -> Vec<String> {
        let mut scope = Scope::default();
        texts.iter().map(|text| scope.variant(text).to_string()).collect()
    }

    #[test]
    fn prelude_names_get_a_suffix() {
        assert_eq!(
            types(&["Option", "Self", "result", "String"]),
            ["OptionType", "SelfType", "ResultType", "StringType"]
        );
    }

    #[test]
    fn names_that_differ_only_in_case_stay_apart() {
        assert_eq!(types(&["foo", "Foo", "FOO"]), ["Foo", "Foo2", "Foo3"]);
        assert_eq!(fields(&["petId", "pet_id", "PET-ID"]), ["pet_id", "pet_id_2", "pet_id_3"]);
    }

    #[test]
    fn keywords_become_raw_or_get_an_underscore() {
        assert_eq!(fields(&["type", "self", "crate", "gen"]), ["r#type", "self_", "crate_", "r#gen"]);
    }

    #[test]
    fn signs_and_symbols_are_spelled() {
        assert_eq!(
            variants(&["+1", "-1", "date", "-date", "", "*", "<=", "🦀", "Self"]),
            ["Plus1", "Minus1", "Date", "MinusDate", "Empty", "Star", "LessEquals", "Crab", "SelfValue"]
        );
    }

    #[test]
    fn digits_first_and_other_scripts_become_identifiers() {
        assert_eq!(types(&["3DModel", "größe", "名前"]), ["N3dModel", "Grosse", "MingQian"]);
        assert_eq!(fields(&["2fa", "naïve"]), ["n2fa", "naive"]);
    }
}
