//! Schemas of both documents, compared in one direction: which values are valid before and after.
//!
//! Two schemas are compared once for each direction, wherever they are used; the operations that use them are counted.
//! What differs is told by what it does to the set of valid values, and the direction says what that means for clients.

mod choices;
mod members;
mod plain;
mod subject;
mod values;
mod view;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use indexmap::{IndexMap, IndexSet};

use super::Changes;
use super::change::{Change, Effect, Level, OperationName};
use crate::lift::schemas::SchemaId;
use crate::lift::{Direction, Document};
use crate::source::Span;
use view::{Side, View};

/// Schemas of the old document, and of the new one, that stand for the same values: they must satisfy all of each.
pub(super) type Pair = (Vec<SchemaId>, Vec<SchemaId>);

/// A document of usual size needs a few hundred.
const BUDGET: usize = 20_000;

/// Something that differs between two schemas.
#[derive(Debug, Clone)]
struct Fact {
    /// What differs, such as `enum-value-added`.
    id: String,
    effect: Effect,
    /// What it means in requests and in answers, where that is not what the effect says.
    levels: Option<[Level; 2]>,
    /// What the values are called.
    subject: String,
    /// The rest of the sentence.
    text: String,
    old: Option<Span>,
    new: Option<Span>,
}

impl Fact {
    /// Of values as a whole; the keywords are those that say it.
    fn new(
        id: impl Into<String>,
        effect: Effect,
        text: impl Into<String>,
        (old, new): (&View<'_>, &View<'_>),
        keywords: &[&str],
    ) -> Self {
        let subject = subject::spoken(new.side.document, new.pointer());
        let (old, new) = (Some(old.span(keywords)), Some(new.span(keywords)));
        Self { id: id.into(), effect, levels: None, subject, text: text.into(), old, new }
    }

    fn level(&self, direction: Direction) -> Level {
        match (direction, self.levels) {
            (Direction::Request, Some([level, _])) | (Direction::Response, Some([_, level])) => level,
            (_, None) => self.effect.level(direction),
        }
    }
}

/// What differs between two schemas, and what must be compared for what they hold.
#[derive(Debug, Default)]
struct Compared {
    facts: Vec<Fact>,
    children: Vec<Pair>,
}

/// Compares schemas, each pair once.
pub(super) struct Schemas<'d> {
    old: &'d Document,
    new: &'d Document,
    compared: HashMap<(Pair, Direction), Rc<Compared>>,
    /// Whether pairs are the same, as far as that was asked.
    same: HashMap<(Pair, Direction), bool>,
    /// How many more pairs may be looked at to find out which variant became which.
    budget: usize,
    /// The pairs that operations use, in the order in which they were met.
    used: IndexMap<(Pair, Direction), IndexSet<usize>>,
}

impl<'d> Schemas<'d> {
    pub(super) fn new(old: &'d Document, new: &'d Document) -> Self {
        Self { old, new, compared: HashMap::new(), same: HashMap::new(), budget: BUDGET, used: IndexMap::new() }
    }

    /// Notes that an operation, by its number, has values of this pair.
    pub(super) fn uses(&mut self, operation: usize, pair: Pair, direction: Direction) {
        let mut waiting = vec![pair];
        while let Some(pair) = waiting.pop() {
            let key = (pair, direction);
            if self.used.entry(key.clone()).or_default().insert(operation) {
                let compared = self.compare(&key);
                waiting.extend(compared.children.iter().rev().cloned());
            }
        }
    }

    /// What has changed, with all operations that use it.
    pub(super) fn tell(self, operations: &[OperationName], changes: &mut Changes) {
        for (key, users) in &self.used {
            let Some(compared) = self.compared.get(key) else { continue };
            let way = match key.1 {
                Direction::Request => "request",
                Direction::Response => "response",
            };
            for fact in &compared.facts {
                changes.push(Change {
                    id: format!("{way}-{}", fact.id),
                    level: fact.level(key.1),
                    message: format!("{} {}", fact.subject, fact.text),
                    operations: users.iter().map(|number| operations[*number].clone()).collect(),
                    old: fact.old,
                    new: fact.new,
                });
            }
        }
    }

    /// Whether values are the same before and after, those that they hold included.
    fn is_same(&mut self, pair: Pair, direction: Direction) -> bool {
        let key = (pair, direction);
        if let Some(known) = self.same.get(&key) {
            return *known;
        }
        let is_same = self.finds_no_difference(key.0.clone(), direction);
        self.same.insert(key, is_same);
        is_same
    }

    /// Looks at a pair and all that it holds; where there is too much of it, it counts as different.
    fn finds_no_difference(&mut self, pair: Pair, direction: Direction) -> bool {
        let (mut waiting, mut seen) = (vec![pair], HashSet::new());
        while let Some(pair) = waiting.pop() {
            if !seen.insert(pair.clone()) {
                continue;
            }
            let Some(left) = self.budget.checked_sub(1) else { return false };
            self.budget = left;
            let compared = self.compare(&(pair, direction));
            if compared.facts.iter().any(|fact| fact.level(direction) > Level::Documentation) {
                return false;
            }
            waiting.extend(compared.children.iter().cloned());
        }
        true
    }

    fn compare(&mut self, key: &(Pair, Direction)) -> Rc<Compared> {
        if let Some(known) = self.compared.get(key) {
            return Rc::clone(known);
        }
        // What is compared already, further out, counts as the same.
        self.compared.insert(key.clone(), Rc::default());
        let ((before, after), direction) = key;
        let old = Side { document: self.old, direction: *direction }.view(before);
        let new = Side { document: self.new, direction: *direction }.view(after);
        let mut compared = Compared::default();
        Self::discriminators(&old, &new, &mut compared);
        if self.choices(&old, &new, &mut compared) {
            values::compare(&old, &new, &mut compared.facts);
            members::compare(&old, &new, &mut compared);
        }
        notes(&old, &new, &mut compared.facts);
        let compared = Rc::new(compared);
        self.compared.insert(key.clone(), Rc::clone(&compared));
        compared
    }
}

/// What people read of values, and what they are by default.
fn notes(old: &View<'_>, new: &View<'_>, facts: &mut Vec<Fact>) {
    let text = |view: &View<'_>| {
        let described = view.notes().find_map(|notes| notes.description.clone());
        (view.notes().find_map(|notes| notes.title.clone()), described)
    };
    if text(old) != text(new) {
        let fact = Fact::new(
            "description-changed",
            Effect::Nothing,
            "is described in other words",
            (old, new),
            &["description", "title"],
        );
        facts.push(fact);
    }
    let deprecated = |view: &View<'_>| view.notes().any(|notes| notes.deprecated);
    match (deprecated(old), deprecated(new)) {
        (false, true) => {
            facts.push(Fact::new("deprecated", Effect::Nothing, "is deprecated", (old, new), &["deprecated"]))
        }
        (true, false) => {
            facts.push(Fact::new(
                "reactivated",
                Effect::Nothing,
                "is not deprecated any more",
                (old, new),
                &["deprecated"],
            ));
        }
        _ => {}
    }
    let default = |view: &View<'_>| view.notes().find_map(|notes| notes.default.as_ref()).map(crate::read::to_json);
    let (before, after) = (default(old), default(new));
    if before != after {
        let spoken = |default: Option<String>| default.map_or_else(|| "none".to_owned(), |text| format!("`{text}`"));
        let text = format!("has the default {}, and had {}", spoken(after), spoken(before));
        let fact = Fact::new("default-changed", Effect::Nothing, text, (old, new), &["default"]);
        // Requests that do not say it mean something else now.
        facts.push(Fact { levels: Some([Level::Unclear, Level::Documentation]), ..fact });
    }
}
