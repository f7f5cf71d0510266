//! What a reference names: by RFC 3986 and JSON Schema's identities first, then what its author plainly meant.

use super::link::Linker;
use super::scan::{Meaning, Reference};
use crate::diagnostic::{Diagnostic, Severity, nearest};
use crate::lift::schemas::keywords::is_metaschema;
use crate::read::{FileSet, Location, Node, Opened, Pointer, Span};

/// How many references one pointer may lead through, all in all: they may branch.
const MAX_DETOURS: usize = 32;

/// Why a reference has no target.
pub(super) enum Miss {
    /// It needs what is out of this reach.
    OutOf(Reach),
    /// It is a name that later stages know.
    Name,
    /// It is wrong, which was told.
    Told,
}

/// How far away the target of a reference is sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// In the document, and in files that were read for it.
    Here,
    /// In files of this machine.
    Files,
    /// Anywhere.
    Anywhere,
}

/// The text of a reference, and where it stands.
struct Text<'t> {
    text: &'t str,
    at: &'t Pointer,
    span: Span,
    reach: Reach,
}

impl Linker<'_, '_, '_> {
    /// The place that a reference names.
    pub(super) fn target(&mut self, reference: &Reference, reach: Reach) -> Result<Pointer, Miss> {
        let node = self.root.at(&reference.at).ok_or(Miss::Name)?;
        let (text, span) = (node.as_str().ok_or(Miss::Name)?.to_owned(), node.span);
        if matches!(reference.meaning, Meaning::Mapping) && !text.contains(['#', '/', '.']) {
            return self.component(&text, &reference.at).ok_or(Miss::Name);
        }
        if reach == Reach::Anywhere && is_metaschema(&text) {
            return Err(Miss::Name);
        }
        let text = Text { text: &text, at: &reference.at, span, reach };
        if !matches!(reference.meaning, Meaning::Mapping) {
            return self.resolve(&text, &mut { MAX_DETOURS });
        }
        // A value that stands for nothing is one that no request may have: the others hold.
        let told = std::mem::take(self.diagnostics);
        let resolved = self.resolve(&text, &mut { MAX_DETOURS });
        let wrong = std::mem::replace(self.diagnostics, told);
        let warnings = wrong.into_iter().map(|diagnostic| Diagnostic { severity: Severity::Warning, ..diagnostic });
        self.diagnostics.extend(warnings);
        resolved
    }

    /// The schema of this name in a file's own components, where the root document has none.
    fn component(&self, name: &str, at: &Pointer) -> Option<Pointer> {
        let place = |file: Pointer| Some(file.join("components").join("schemas").join(name));
        let exists = |place: &Pointer| self.root.at(place).is_some();
        let (file, _) = self.resources.file(at);
        match place(Pointer::root()).filter(exists) {
            Some(_) => None,
            None => place(file).filter(exists),
        }
    }

    fn resolve(&mut self, reference: &Text<'_>, detours: &mut usize) -> Result<Pointer, Miss> {
        let (document, fragment) = reference.text.split_once('#').unwrap_or((reference.text, ""));
        let resource = match document {
            "" => self.resources.base(reference.at).0,
            _ => self.resource(document, reference)?,
        };
        let found = match Pointer::from_fragment(&format!("#{fragment}")) {
            Some(inner) => self.descend(&resource, &inner, detours)?,
            None => self.anchor(&resource, fragment),
        };
        found.ok_or_else(|| {
            let diagnostic = self.nothing_at(&resource, fragment, reference);
            self.diagnostics.push(diagnostic);
            Miss::Told
        })
    }

    /// The resource that a reference's URI names.
    fn resource(&mut self, document: &str, reference: &Text<'_>) -> Result<Pointer, Miss> {
        let (base, file) = (self.resources.base(reference.at).1, self.resources.file(reference.at).1);
        let (by_identity, by_file) = (base.join(document), file.join(document));
        for location in [&by_identity, &by_file].into_iter().flatten() {
            if let Some(place) = self.resources.place(location) {
                return Ok(place.clone());
            }
        }
        if reference.reach == Reach::Here {
            return Err(Miss::OutOf(Reach::Here));
        }
        // An `$id` may be but a name: a file beside the one it stands in goes first.
        let is_there = |location: &Location| location.path().is_some_and(|path| path.is_file());
        let is_remote = by_identity.as_ref().is_some_and(Location::is_remote);
        let from = if is_remote && !by_file.as_ref().is_some_and(is_there) { base } else { file }.clone();
        if reference.reach == Reach::Files && from.join(document).is_none_or(|location| location.path().is_none()) {
            return Err(Miss::OutOf(Reach::Files));
        }
        match self.files.open(&from, document, reference.span, self.diagnostics) {
            Opened::Known(place) => Ok(place),
            Opened::New(place, node) => {
                if let Some(location) = from.join(document) {
                    self.add_file(&place, node, location);
                }
                Ok(place)
            }
            Opened::Failed => Err(Miss::Told),
        }
    }

    /// The place of an anchor; the schemas of a file are only looked at when something in it is referred to.
    fn anchor(&mut self, resource: &Pointer, name: &str) -> Option<Pointer> {
        if self.resources.find(resource, name).is_none() {
            self.scan(resource);
        }
        self.resources.find(resource, name).map(|anchor| anchor.place.clone())
    }

    /// The place of a pointer that counts from a resource.
    ///
    /// It may lead through references. One that leads nowhere in a schema with an `$id` may have been meant to
    /// count from the file.
    fn descend(&mut self, resource: &Pointer, inner: &Pointer, detours: &mut usize) -> Result<Option<Pointer>, Miss> {
        let (file, _) = self.resources.file(resource);
        for start in [resource.clone(), file] {
            let place = start.append(inner);
            if self.root.at(&place).is_some() {
                return Ok(Some(place));
            }
        }
        let mut at = resource.clone();
        for segment in inner.segments() {
            let next = at.join(&segment);
            if self.root.at(&next).is_some() {
                at = next;
                continue;
            }
            let holder = at.join("$ref");
            let node = self.root.at(&holder);
            let Some((text, span)) = node.and_then(|node| Some((node.as_str()?.to_owned(), node.span))) else {
                return Ok(None);
            };
            let Some(left) = detours.checked_sub(1) else { return Ok(None) };
            *detours = left;
            at =
                self.resolve(&Text { text: &text, at: &holder, span, reach: Reach::Anywhere }, detours)?.join(&segment);
            if self.root.at(&at).is_none() {
                return Ok(None);
            }
        }
        Ok(Some(at))
    }

    fn nothing_at(&self, resource: &Pointer, fragment: &str, reference: &Text<'_>) -> Diagnostic {
        let (file, _) = self.resources.file(resource);
        match Pointer::from_fragment(&format!("#{fragment}")) {
            Some(inner) if file == Pointer::root() => unresolved(&self.root, &inner, reference.span),
            Some(inner) => {
                let name = file.last().unwrap_or_default().into_owned();
                let message = format!("`{name}` has no `#{inner}`");
                let diagnostic = Diagnostic::error("unresolved-reference", reference.span, message);
                match self.root.at(&file).and_then(|node| meant(node, &inner)) {
                    Some(meant) => diagnostic.help(format!("did you mean `{name}#{meant}`?")),
                    None => diagnostic.help("define it there, or refer to what exists"),
                }
            }
            None => {
                let place = file.last().map_or("this document".to_owned(), |name| format!("`{name}`"));
                let message = format!("no schema in {place} has the anchor `{fragment}`");
                let diagnostic = Diagnostic::error("unresolved-reference", reference.span, message);
                let place = Pointer::root().join("components").join("schemas").join(fragment);
                match self.root.at(&place) {
                    Some(_) => diagnostic.help(format!("did you mean `#{place}`?")),
                    None => diagnostic.help("give a schema this `$anchor`, or refer to what exists by its place"),
                }
            }
        }
    }
}

/// A `$ref` without a target, with the name that was likely meant.
pub(in crate::lift) fn unresolved(root: &Node, target: &Pointer, span: Span) -> Diagnostic {
    let message = format!("`#{target}` does not exist in this document");
    let diagnostic = Diagnostic::error("unresolved-reference", span, message);
    match meant(root, target) {
        Some(meant) => diagnostic.help(format!("did you mean `#{meant}`?")),
        None => diagnostic.help("define it, or refer to what exists"),
    }
}

/// The place beside the one that is missing with the nearest name.
fn meant(root: &Node, target: &Pointer) -> Option<Pointer> {
    let parent = target.parent()?;
    let names = root.at(&parent)?.as_map()?.keys().filter(|name| *name != FileSet::MEMBER);
    let meant = nearest(&target.last()?, names.map(String::as_str))?;
    Some(parent.join(meant))
}
