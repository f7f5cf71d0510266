//! Text of manifests: what stands in quotes cannot leave them, and names are those that clusters take.

use std::fmt::{self, Write};
use std::net::IpAddr;
use std::str::FromStr;

use askama::filters::Escaper;

/// Escapes what stands between double quotes, on one line: templates escape all that they are given.
#[derive(Debug, Clone, Copy)]
pub(super) struct InQuotes;

impl Escaper for InQuotes {
    fn write_escaped_str<W: Write>(&self, mut into: W, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| match c {
            '"' | '\\' => write!(into, "\\{c}"),
            c if is_plain(c) => into.write_char(c),
            // Four digits do: what has more is plain.
            c => write!(into, "\\u{:04x}", u32::from(c)),
        })
    }
}

/// Whether a character may stand in YAML as it is, and breaks no line (YAML 1.2.2 §5.1, §5.4).
fn is_plain(c: char) -> bool {
    match c {
        '\u{2028}' | '\u{2029}' | '\u{feff}' => false,
        c => matches!(c, ' '..='~' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..),
    }
}

/// Addresses and networks with commas between them: `10.0.0.0/8,::1`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<String>);

impl FromStr for Networks {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let networks: Vec<String> = text.split(',').map(|network| network.trim().to_owned()).collect();
        match networks.iter().find(|network| !is_network(network)) {
            Some(wrong) => Err(format!("`{wrong}` is no address, and no network such as `10.0.0.0/8`")),
            None => Ok(Self(networks)),
        }
    }
}

/// As the runtime reads networks.
fn is_network(text: &str) -> bool {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let width = if address.is_ipv4() { 32 } else { 128 };
    bits.is_none_or(|bits| {
        bits.bytes().all(|byte| byte.is_ascii_digit()) && bits.parse().is_ok_and(|bits: u8| bits <= width)
    })
}

impl Networks {
    /// With those of this machine's own address: of an engine that forwards requests there.
    #[must_use]
    pub fn and_loopback(mut self) -> Self {
        self.0.splice(0..0, ["127.0.0.0/8".to_owned(), "::1".to_owned()]);
        self
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Networks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join(","))
    }
}

/// A name in a cluster: a label by RFC 1035 §2.3.1, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label(String);

impl FromStr for Label {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if is_label(text) { Ok(Self(text.to_owned())) } else { Err(format!("it should be {LABEL}")) }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An object of a cluster: `NAMESPACE/NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectName {
    /// Its namespace.
    pub namespace: Label,
    /// Its name.
    pub name: Label,
}

impl FromStr for ObjectName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (namespace, name) = text.split_once('/').ok_or("write NAMESPACE/NAME")?;
        Ok(Self { namespace: namespace.parse()?, name: name.parse()? })
    }
}

/// A name that objects of a cluster may have, in words.
pub(super) const LABEL: &str = "1 to 63 of the characters a-z, 0-9 and `-`, from a letter to a letter or digit";

/// Whether it is a [`Label`]: Kubernetes asks that of services' names.
pub(super) fn is_label(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.len() <= 63
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_quotes() {
        let hostile = "a\"\n- b: {x}\u{85}\u{2028}\u{feff}\\ #é";
        let mut escaped = String::new();
        InQuotes.write_escaped_str(&mut escaped, hostile).expect("a string takes it");
        assert_eq!(escaped, r#"a\"\u000a- b: {x}\u0085\u2028\ufeff\\ #é"#);
        let read: Result<String, _> = serde_json::from_str(&format!("\"{escaped}\""));
        assert_eq!(read.ok().as_deref(), Some(hostile));
    }

    #[test]
    fn labels_are_those_of_kubernetes() {
        assert!(["a", "pets-2", &"a".repeat(63)].into_iter().all(is_label));
        assert!(!["", "9pets", "Pets", "pets_svc", "pets-", "a.b", &"a".repeat(64)].into_iter().any(is_label));
    }
}
