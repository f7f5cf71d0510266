//! A change, and what it means.

use std::fmt;

use crate::ir::Route;
use crate::lift::Direction;
use crate::lower::operations::nameless;
use crate::source::Span;

/// What a change means for clients; the worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// What people read has changed, and nothing that is sent.
    Documentation,
    /// What clients send and read today stays right.
    Compatible,
    /// It may break clients: that depends on what they do, or cannot be told from the documents.
    Unclear,
    /// Requests that were right are refused, or answers are not what clients were told.
    Breaking,
}

impl Level {
    /// All of them, the worst first.
    pub const ALL: [Self; 4] = [Self::Breaking, Self::Unclear, Self::Compatible, Self::Documentation];

    /// Its name, in reports and options.
    pub fn name(self) -> &'static str {
        match self {
            Self::Documentation => "documentation",
            Self::Compatible => "compatible",
            Self::Unclear => "unclear",
            Self::Breaking => "breaking",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// An operation, by its method and path; of one that both documents have, the path of the new one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationName {
    /// The path template.
    pub path: String,
    /// The method.
    pub method: String,
}

impl OperationName {
    pub(super) fn of(route: &Route) -> Self {
        Self { path: route.path.clone(), method: route.method.clone() }
    }

    /// What is the same in all versions of the operation: names of parameters do not count.
    pub(super) fn identity(&self) -> (String, String) {
        (self.method.clone(), nameless(&self.path))
    }
}

impl fmt::Display for OperationName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

/// One change between two documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of change it is, such as `request-property-became-required`: the same for all of its kind.
    pub id: String,
    /// What it means for clients.
    pub level: Level,
    /// A sentence that says what was and what is.
    pub message: String,
    /// The operations that it is about; empty for a change of the service as a whole.
    pub operations: Vec<OperationName>,
    /// Its place in the old document; `None` where that has nothing like it.
    pub old: Option<Span>,
    /// Its place in the new document, likewise.
    pub new: Option<Span>,
}

/// Which values a schema lets through, before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Effect {
    /// Fewer.
    Narrows,
    /// More.
    Widens,
    /// Some that were valid are not, and the other way round.
    Replaces,
    /// That cannot be told.
    Unknown,
    /// As many.
    Nothing,
}

impl Effect {
    /// What it means where clients send the values, or where they read them.
    pub(super) fn level(self, direction: Direction) -> Level {
        match direction {
            Direction::Request => self.in_requests(),
            Direction::Response => self.in_answers(),
        }
    }

    fn in_requests(self) -> Level {
        match self {
            Self::Narrows | Self::Replaces => Level::Breaking,
            Self::Widens => Level::Compatible,
            Self::Unknown => Level::Unclear,
            Self::Nothing => Level::Documentation,
        }
    }

    fn in_answers(self) -> Level {
        match self {
            Self::Narrows => Self::Widens.in_requests(),
            Self::Widens => Self::Narrows.in_requests(),
            other => other.in_requests(),
        }
    }

    /// Of a value that is less or more than before, and stands for a limit from above.
    pub(super) fn of_upper<T: PartialOrd>(old: Option<T>, new: Option<T>) -> Option<Self> {
        match (old, new) {
            (None, None) => None,
            (None, Some(_)) => Some(Self::Narrows),
            (Some(_), None) => Some(Self::Widens),
            (Some(old), Some(new)) if new < old => Some(Self::Narrows),
            (Some(old), Some(new)) if new > old => Some(Self::Widens),
            _ => None,
        }
    }

    /// Of a limit from below.
    pub(super) fn of_lower<T: PartialOrd>(old: Option<T>, new: Option<T>) -> Option<Self> {
        match (old, new) {
            (Some(old), Some(new)) => Self::of_upper(Some(new), Some(old)),
            (old, new) => Self::of_upper(old, new),
        }
    }
}

/// The query parameter `limit`, the header `X-Key`.
pub(super) fn parameter_named(location: &str, name: &str) -> String {
    match location {
        "header" | "cookie" => format!("the {location} `{name}`"),
        _ => format!("the {location} parameter `{name}`"),
    }
}

/// Names in a line; of many, how many more there are.
pub(crate) fn shortened(names: impl ExactSizeIterator<Item = String>, most: usize) -> String {
    let rest = names.len().saturating_sub(most);
    let shown = names.take(most).collect::<Vec<_>>().join(", ");
    if rest == 0 { shown } else { format!("{shown} and {rest} more") }
}
