//! The options of one middleware, read by name.

use crate::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::read::{Map, Node, Number, Span, Value};

use super::text::TextKind;

/// The longest time: more seconds than anybody waits, and no more than a `Duration` can hold.
const LONGEST: f64 = 1e9;

/// The options of one middleware. What is asked for is known; the rest is told by [`finish`](Self::finish).
pub(super) struct Options<'n, 'd> {
    middleware: &'static str,
    span: Span,
    said: Option<&'n Map>,
    known: Vec<&'static str>,
    pub diagnostics: &'d mut Diagnostics,
}

impl<'n, 'd> Options<'n, 'd> {
    /// The options of a middleware whose name stands at `span`; none where nothing follows it.
    pub(super) fn new(
        middleware: &'static str,
        (span, said): (Span, Option<&'n Node>),
        diagnostics: &'d mut Diagnostics,
    ) -> Option<Self> {
        let map = match said {
            Some(Node { value: Value::Map(map), .. }) => Some(map),
            None | Some(Node { value: Value::Null, .. }) => None,
            Some(other) => {
                let message = format!("the options of `{middleware}` should be an object, found {}", other.kind());
                diagnostics.push(Diagnostic::error("wrong-type", other.span, message));
                return None;
            }
        };
        Some(Self { middleware, span, said: map, known: Vec::new(), diagnostics })
    }

    /// What an option says; nothing where it is not there.
    pub(super) fn take(&mut self, option: &'static str) -> Option<&'n Node> {
        self.known.push(option);
        self.said?.get(option).map(|member| &member.node)
    }

    /// Tells what an option should be.
    pub(super) fn wrong(&mut self, option: &str, wanted: &str) {
        let span = self.said.and_then(|map| map.get(option)).map_or(self.span, |member| member.node.span);
        self.wrong_at(span, option, wanted);
    }

    /// The options of a part of it.
    pub(super) fn wrong_at(&mut self, span: Span, option: &str, wanted: &str) {
        let message = format!("`{option}` of `{}` should be {wanted}", self.middleware);
        self.diagnostics.push(Diagnostic::error("invalid-option", span, message));
    }

    /// An option that the middleware cannot do without.
    pub(super) fn required<T>(
        &mut self,
        option: &'static str,
        read: impl FnOnce(&mut Self, &'static str) -> Option<T>,
    ) -> Option<T> {
        let is_there = self.said.is_some_and(|map| map.contains_key(option));
        let value = read(self, option);
        if !is_there {
            let message = format!("`{}` lacks `{option}`", self.middleware);
            self.diagnostics.push(
                Diagnostic::error("missing-option", self.span, message)
                    .help(format!("add `{option}`, which has no default")),
            );
        }
        value
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, option: &'static str) -> Option<bool> {
        let node = self.take(option)?;
        let flag = node.as_bool();
        if flag.is_none() {
            self.wrong(option, "`true` or `false`");
        }
        flag
    }

    /// A whole number within bounds.
    pub(super) fn count(&mut self, option: &'static str, least: u64, most: u64) -> Option<u64> {
        let node = self.take(option)?;
        let count = node.as_number().and_then(Number::as_integer).and_then(|count| u64::try_from(count).ok());
        let count = count.filter(|count| (least..=most).contains(count));
        if count.is_none() {
            self.wrong(option, &format!("a whole number from {least} to {most}"));
        }
        count
    }

    /// A time in seconds, more than none.
    pub(super) fn seconds(&mut self, option: &'static str) -> Option<f64> {
        let node = self.take(option)?;
        let seconds = node.as_number().map(Number::as_f64).filter(|seconds| (1e-3..=LONGEST).contains(seconds));
        if seconds.is_none() {
            self.wrong(option, "a number of seconds, 0.001 or more");
        }
        seconds
    }

    /// One text.
    pub(super) fn text(&mut self, option: &'static str, kind: TextKind) -> Option<String> {
        let node = self.take(option)?;
        self.text_at(option, node, kind)
    }

    /// One text, or null.
    pub(super) fn text_or_null(&mut self, option: &'static str, kind: TextKind) -> Option<Option<String>> {
        match self.take(option)? {
            Node { value: Value::Null, .. } => Some(None),
            node => self.text_at(option, node, kind).map(Some),
        }
    }

    /// A list of texts, or one.
    pub(super) fn texts(&mut self, option: &'static str, kind: TextKind) -> Option<Vec<String>> {
        let node = self.take(option)?;
        all(items(node).iter().map(|item| self.text_at(option, item, kind)))
    }

    fn text_at(&mut self, option: &str, node: &Node, kind: TextKind) -> Option<String> {
        let text = node.as_str().filter(|text| kind.fits(text));
        if text.is_none() {
            self.wrong_at(node.span, option, kind.wanted);
        }
        text.map(str::to_owned)
    }

    /// One of several words.
    pub(super) fn word<T: Copy>(&mut self, option: &'static str, words: &[(&str, T)]) -> Option<T> {
        let node = self.take(option)?;
        self.word_at(option, node, words)
    }

    /// A list of such words, or one; never empty.
    pub(super) fn words<T: Copy>(&mut self, option: &'static str, words: &[(&str, T)]) -> Option<Vec<T>> {
        let node = self.take(option)?;
        if items(node).is_empty() {
            self.wrong(option, "a list of one or more");
            return None;
        }
        all(items(node).iter().map(|item| self.word_at(option, item, words)))
    }

    fn word_at<T: Copy>(&mut self, option: &str, node: &Node, words: &[(&str, T)]) -> Option<T> {
        let found = node.as_str().and_then(|text| words.iter().find(|(word, _)| *word == text));
        if found.is_none() {
            let words: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            self.wrong_at(node.span, option, &words.join(" or "));
        }
        found.map(|(_, meaning)| *meaning)
    }

    /// Tells the options that nobody has asked for.
    pub(super) fn finish(self) {
        for (name, member) in self.said.into_iter().flatten() {
            if self.known.contains(&name.as_str()) {
                continue;
            }
            let help = match nearest(name, self.known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("it has {}", self.known.join(", ")),
            };
            let message = format!("`{}` has no option `{name}`", self.middleware);
            self.diagnostics.push(Diagnostic::error("unknown-option", member.key, message).help(help));
        }
    }
}

/// The items of a list; what is none is the only one.
pub(super) fn items(node: &Node) -> &[Node] {
    node.as_list().unwrap_or(std::slice::from_ref(node))
}

/// All items, if none is wrong; each is looked at.
pub(super) fn all<T>(items: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    items.collect::<Vec<_>>().into_iter().collect()
}
