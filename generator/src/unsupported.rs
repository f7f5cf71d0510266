//! What this version does not generate: named, with its place, and never left out in silence.

use crate::diagnostic::Diagnostic;
use crate::read::Span;

/// Something of a document that is not generated.
#[derive(Debug, Clone, PartialEq)]
pub struct Unsupported {
    /// What it is.
    pub feature: Feature,
    /// Where it stands.
    pub span: Span,
    /// The operation it belongs to, such as `GET /pets/{id}`.
    pub operation: Option<String>,
    /// What is lost where it is skipped.
    pub loss: Loss,
}

/// What skipping costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The operation: it answers 501.
    Operation,
    /// This part of it; the rest is generated.
    Part,
}

/// A feature of OpenAPI that is not generated yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Feature {
    /// A part of a path template that no request can be matched with.
    PathTemplate(String),
    /// A path that differs from this one, which has an operation of the same method, in the names of parameters alone.
    SamePath(String),
    /// A parameter's `in`, style or media type.
    ParameterStyle(String),
    /// A response header whose name is invalid.
    InvalidHeaderName(String),
    /// A security scheme that cannot be enforced.
    SecurityScheme(String),
    /// A security scheme that the document does not define.
    UndefinedSecurityScheme {
        /// What a requirement calls it.
        name: String,
        /// A scheme whose name is nearly the same.
        meant: Option<String>,
    },
}

impl Unsupported {
    /// The diagnostic: an error, or a warning where it is skipped.
    pub fn diagnostic(&self, skip: bool) -> Diagnostic {
        let subject = match (&self.operation, &self.feature) {
            // Told once, though every operation may require it.
            (_, Feature::UndefinedSecurityScheme { .. }) | (None, _) => self.feature.problem(),
            (Some(operation), _) => format!("`{operation}`: {}", self.feature.problem()),
        };
        let code = self.feature.code();
        match (skip, self.loss) {
            (false, _) => Diagnostic::error(code, self.span, subject).help(self.feature.help()),
            (true, Loss::Operation) if matches!(self.feature, Feature::SamePath(_)) => {
                Diagnostic::warning(code, self.span, subject).help("skipped: the other operation answers")
            }
            (true, Loss::Operation) => Diagnostic::warning(code, self.span, subject)
                .help("skipped: this operation answers 501 Not Implemented"),
            (true, Loss::Part) => Diagnostic::warning(code, self.span, subject).help("skipped: the rest is generated"),
        }
    }
}

impl Feature {
    /// The diagnostic's name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PathTemplate(_) => "unsupported-path",
            Self::SamePath(_) => "ambiguous-paths",
            Self::ParameterStyle(_) => "unsupported-parameter",
            Self::InvalidHeaderName(_) => "invalid-header-name",
            Self::SecurityScheme(_) => "unsupported-security",
            Self::UndefinedSecurityScheme { .. } => "unknown-security-scheme",
        }
    }

    fn help(&self) -> String {
        match self {
            Self::UndefinedSecurityScheme { meant: Some(meant), .. } => format!("did you mean `{meant}`?"),
            Self::UndefinedSecurityScheme { meant: None, .. } => {
                "define it under `components: securitySchemes:`, or pass `--skip-unsupported` to generate the rest"
                    .to_owned()
            }
            _ => "remove it, or pass `--skip-unsupported` to generate the rest".to_owned(),
        }
    }

    fn problem(&self) -> String {
        match self {
            Self::PathTemplate(part) => {
                format!(
                    "`{part}` in a path, where it is not clear where a parameter ends or begins, is not supported yet"
                )
            }
            Self::SamePath(other) => {
                format!(
                    "a path that differs from `{other}` in the names of parameters alone, so that every request for it is one for that, is not supported yet"
                )
            }
            Self::ParameterStyle(what) => format!("{what} is not supported yet"),
            Self::InvalidHeaderName(name) => {
                format!("the header name `{name}` is invalid: it should be a token (RFC 9110 §5.6.2)")
            }
            Self::SecurityScheme(what) => format!("{what} is not supported yet"),
            Self::UndefinedSecurityScheme { name, .. } => format!("there is no security scheme `{name}`"),
        }
    }
}
