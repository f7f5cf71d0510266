//! Rust types of other crates, or of the application, that a document names.

use std::fmt;
use std::str::FromStr;

/// A Rust type that is named, and not generated.
///
/// As text, its path, such as `crate::Money`, `std::time::Duration` or `rust_decimal::Decimal`; a crate's version
/// may follow: `rust_decimal::Decimal@1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RustType {
    /// Identifiers, two or more.
    path: Vec<String>,
    origin: Origin,
}

/// Where a named type is from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The application that includes the generated code: `crate::…`.
    Application,
    /// Rust's own crates.
    Standard,
    /// Another crate.
    Package(Package),
}

/// A crate, as a dependency.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version, as Cargo has it; a crate of its own cannot do without.
    pub version: Option<String>,
    /// Its features.
    pub features: Vec<String>,
}

impl RustType {
    /// Where it is from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Why a crate of its own cannot use the type, and what would help; `None` where it can.
    pub fn out_of_reach(&self) -> Option<(String, &'static str)> {
        match &self.origin {
            Origin::Application => Some((
                format!("`{self}` is a type of the application that includes the generated code"),
                "name a type of another crate, or generate from a build script",
            )),
            Origin::Package(Package { name, version: None, .. }) => Some((
                format!("the crate `{name}` has no version here"),
                "write it after the path, as in `rust_decimal::Decimal@1`",
            )),
            Origin::Standard | Origin::Package(_) => None,
        }
    }

    /// The type's own name, without what is around it.
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// The type at a path; or why it is none.
    pub(crate) fn of_path(text: &str) -> Result<Self, String> {
        let path: Vec<String> = text.split("::").map(str::to_owned).collect();
        let is_name = |(at, segment): (usize, &String)| {
            (at == 0 && segment == "crate") || syn::parse_str::<syn::Ident>(segment).is_ok()
        };
        if path.len() < 2 || !path.iter().enumerate().all(is_name) {
            return Err(format!("`{text}` is no path of a type, such as `crate::Money` or `rust_decimal::Decimal`"));
        }
        let origin = match path[0].as_str() {
            "crate" => Origin::Application,
            "std" | "core" | "alloc" => Origin::Standard,
            name => Origin::Package(Package { name: name.to_owned(), version: None, features: Vec::new() }),
        };
        Ok(Self { path, origin })
    }

    /// Adds what is known of its crate.
    pub(crate) fn of_package(self, package: Package) -> Result<Self, String> {
        if !is_plain(&package.name, "-_") {
            return Err(format!("`{}` is no name of a crate", package.name));
        }
        if let Some(version) = package.version.as_deref().filter(|version| !is_plain(version, ".,*^~<>=+- ")) {
            return Err(format!("`{version}` is no version of a crate"));
        }
        if let Some(feature) = package.features.iter().find(|feature| !is_plain(feature, "-_+./")) {
            return Err(format!("`{feature}` is no feature of a crate"));
        }
        let root = package.name.replace('-', "_");
        if self.path[0] != root {
            return Err(format!("the path of a type of `{}` should start with `{root}::`", package.name));
        }
        Ok(Self { origin: Origin::Package(package), ..self })
    }
}

fn is_plain(text: &str, others: &str) -> bool {
    !text.is_empty() && text.chars().all(|character| character.is_ascii_alphanumeric() || others.contains(character))
}

impl fmt::Display for RustType {
    /// The path, as it can stand in any module.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = if self.origin == Origin::Application { "" } else { "::" };
        write!(formatter, "{root}{}", self.path.join("::"))
    }
}

impl FromStr for RustType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((path, version)) = text.split_once('@') else { return Self::of_path(text) };
        let ty = Self::of_path(path)?;
        match ty.origin.clone() {
            Origin::Package(package) => ty.of_package(Package { version: Some(version.to_owned()), ..package }),
            Origin::Application | Origin::Standard => Err(format!("`{path}` is of no crate that has a version")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_where_a_type_is_from() {
        let origin = |text: &str| text.parse::<RustType>().map(|ty| ty.origin);
        let package = |version: Option<&str>| {
            let (name, version) = ("rust_decimal".to_owned(), version.map(str::to_owned));
            Ok(Origin::Package(Package { name, version, features: Vec::new() }))
        };
        assert_eq!(origin("crate::Money"), Ok(Origin::Application));
        assert_eq!(origin("std::time::Duration"), Ok(Origin::Standard));
        assert_eq!(origin("rust_decimal::Decimal"), package(None));
        assert_eq!(origin("rust_decimal::Decimal@1.2"), package(Some("1.2")));
    }

    #[test]
    fn nothing_but_a_path_is_taken() {
        for text in ["Money", "", "::a::B", "a::B<C>", "a::fn", "a::B; fn x() {}", "a::B@1\"", "crate::B@1", "super::B"]
        {
            assert!(text.parse::<RustType>().is_err(), "{text}");
        }
    }
}
