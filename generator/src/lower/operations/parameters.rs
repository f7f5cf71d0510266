//! Parameters become typed fields.

use super::declared::{self, Declared};
use super::endpoint::Lowering;
use super::media::{self, Kind};
use super::template::Standing;
use crate::ir::{
    ConstrainedType, Docs, Location, Parameter, Reading, Scalar, Style, Syntax, Type, TypeBody, Validation,
};
use crate::lift::schemas::SchemaId;
use crate::lower::DocumentOperation;
use crate::lower::names::identifiers::Scope;
use crate::unsupported::{Feature, Loss};

/// The other fields of a request.
const TAKEN: [&str; 2] = ["body", "context"];

/// The parameters of an operation.
pub(in crate::lower) fn lower<'d>(lowering: &mut Lowering<'d>, found: &DocumentOperation<'d>) -> Vec<Parameter> {
    let mut taken = TAKEN.to_vec();
    taken.extend(found.is_raw().then_some("request"));
    taken.extend(found.is_websocket().then_some("socket"));
    let mut fields = Scope::without(&taken);
    let all = declared::of_operation(lowering.document, found);
    let mut parameters = Vec::new();
    // A path parameter that the path does not have was told when the document was checked.
    let is_sent = |declared: &&Declared<'_>| {
        declared.location() != "path" || found.route.path.contains(&format!("{{{}}}", declared.name()))
    };
    for declared in all.iter().filter(|declared| !declared.is_ignored()).filter(is_sent) {
        match lowering.parameter(found, declared, &all) {
            Ok(lowered) => {
                let field = fields.field(declared.words());
                parameters.push(Parameter { field, ..lowered });
            }
            Err(feature) => {
                // What every request must carry cannot be skipped.
                let loss = if declared.is_required() { Loss::Operation } else { Loss::Part };
                lowering.refuse(found, feature, &declared.at, loss);
            }
        }
    }
    parameters
}

/// What a parameter holds, and how that is written.
pub(super) struct Holding {
    pub slot: ConstrainedType,
    /// Whether it may be null, which the type does not say.
    pub is_nullable: bool,
    validation: Validation,
    /// Its schema, if it has one.
    pub schema: Option<SchemaId>,
    /// The media type that it is written as, if any.
    content: Option<Kind>,
}

impl<'d> Lowering<'d> {
    fn parameter(
        &mut self,
        found: &DocumentOperation<'d>,
        declared: &Declared<'d>,
        all: &[Declared<'d>],
    ) -> Result<Parameter, Feature> {
        let name = declared.name();
        let (location, wire_name) =
            standing(found, declared).ok_or_else(|| Feature::PathTemplate(format!("{{{name}}}")))?;
        let held = self.holding(declared)?;
        let style = match held.content {
            Some(Kind::Json) => Style::Json,
            Some(Kind::Form) => Style::Form,
            Some(_) => Style::Single,
            None => self.parameter_style(found, declared, (&held.slot.ty, held.schema), all),
        };
        let style = match declared.takes_segments() {
            true => segments(declared, style, self.is_text(&held.slot.ty), self.is_list(&held.slot.ty))?,
            false => style,
        };
        let syntax = match declared.style() {
            _ if declared.takes_segments() => Syntax::Segments,
            "label" => Syntax::Label,
            "matrix" => Syntax::Matrix,
            "cookie" => Syntax::Verbatim,
            _ => Syntax::Plain,
        };
        let reading = self.reading(&held, &style);
        if reading != Reading::Text && self.holds_lists_of_lists(&held.slot.ty) && !says_everything(&style) {
            return Err(Feature::ParameterStyle(format!("the parameter `{name}`, a list of lists in this style,")));
        }
        let is_told = reading != Reading::Value || style == Style::Json || self.is_told_by_types(&held.slot.ty);
        let validation = if is_told { held.validation } else { Validation::Schema };
        let spread = matches!(style, Style::Spread(_) | Style::SpreadBut(_));
        let presence = self.parameter_presence((declared, spread), &held, reading);
        let docs = Docs { summary: None, description: declared.description(), deprecated: declared.is_deprecated() };
        let is_string = held.slot.ty == Type::Scalar(Scalar::String);
        let schema = held.schema.map(|id| self.document.schemas.get(id).pointer.as_str().to_owned());
        Ok(Parameter {
            field: Scope::default().field(name),
            wire_name: wire_name.to_owned(),
            location,
            style,
            syntax,
            reading,
            slot: held.slot,
            validation,
            empty_is_absent: declared.allows_empty() && !is_string,
            presence,
            docs,
            schema: schema.unwrap_or_default(),
        })
    }

    fn holding(&mut self, declared: &Declared<'d>) -> Result<Holding, Feature> {
        let Some((media_type, at)) = declared.content(self.document) else {
            return Ok(match self.document.schemas.at(&declared.at.join("schema")) {
                Some(id) => {
                    let (slot, validation) = self.validated(id);
                    Holding { validation, schema: Some(id), ..Holding::without_null(slot, None) }
                }
                None => Holding::of_text(None),
            });
        };
        let kind = media::kind(media_type);
        let schema = self.document.schemas.at(&at.join("schema"));
        match (kind, schema) {
            (Kind::Json, None) => {
                let slot = ConstrainedType::plain(Type::Json);
                Ok(Holding { slot, is_nullable: false, validation: Validation::Static, schema, content: Some(kind) })
            }
            (Kind::Json, Some(id)) => {
                let (slot, validation) = self.validated(id);
                Ok(Holding { slot, is_nullable: false, validation, schema, content: Some(kind) })
            }
            (Kind::Form, Some(id)) if declared.location() == "querystring" => {
                let (slot, validation) = self.validated(id);
                Ok(Holding { validation, schema, ..Holding::without_null(slot, Some(kind)) })
            }
            (_, None) => Ok(Holding::of_text(Some(kind))),
            (_, Some(id)) => {
                let (slot, validation) = self.validated(id);
                let held = Holding { validation, schema, ..Holding::without_null(slot, Some(kind)) };
                if !self.is_text(&held.slot.ty) {
                    let what = format!("the parameter `{}` as `{media_type}`", declared.name());
                    return Err(Feature::ParameterStyle(what));
                }
                Ok(held)
            }
        }
    }

    fn reading(&self, held: &Holding, style: &Style) -> Reading {
        let is_static = held.validation == Validation::Static;
        match style {
            Style::Single if is_static && self.is_text(&held.slot.ty) => Reading::Text,
            Style::Repeated | Style::Delimited(_) if is_static && self.is_list_of_texts(&held.slot.ty) => Reading::List,
            _ => Reading::Value,
        }
    }

    /// Whether values of this type are one text.
    pub(crate) fn is_text(&self, ty: &Type) -> bool {
        match ty {
            Type::Scalar(_) => true,
            Type::Named(id) => match self.types.body(*id) {
                Some(TypeBody::Enum(enumeration)) => enumeration.is_told_by_text(),
                Some(TypeBody::Alias(slot)) => self.is_text(&slot.ty),
                _ => false,
            },
            _ => false,
        }
    }

    fn is_list(&self, ty: &Type) -> bool {
        match ty {
            Type::List(_) | Type::Tuple(_) => true,
            Type::Named(id) => matches!(self.types.body(*id), Some(TypeBody::Alias(slot)) if self.is_list(&slot.ty)),
            _ => false,
        }
    }

    fn is_list_of_texts(&self, ty: &Type) -> bool {
        match ty {
            Type::List(item) => self.is_text(&item.ty),
            Type::Named(id) => match self.types.body(*id) {
                Some(TypeBody::Alias(slot)) => self.is_list_of_texts(&slot.ty),
                _ => false,
            },
            _ => false,
        }
    }
}

impl Holding {
    /// Text of which nothing is said.
    fn of_text(content: Option<Kind>) -> Self {
        Self::without_null(ConstrainedType::plain(Type::Scalar(Scalar::String)), content)
    }

    /// What is not null, in its type.
    fn without_null(slot: ConstrainedType, content: Option<Kind>) -> Self {
        let (slot, is_nullable) = slot.without_null();
        Self { slot, is_nullable, validation: Validation::Static, schema: None, content }
    }
}

/// Where a parameter stands, and under which name; `None` where requests do not carry it.
fn standing<'f>(found: &'f DocumentOperation<'_>, declared: &Declared<'f>) -> Option<(Location, &'f str)> {
    let name = declared.name();
    Some(match declared.location() {
        "query" => (Location::Query, name),
        "querystring" => (Location::Querystring, name),
        "header" => (Location::Header, name),
        "cookie" => (Location::Cookie, name),
        _ => match found.template.standing(name)? {
            Standing::Path(number) => (Location::Path(number), name),
            Standing::Query(key) => (Location::Query, key),
        },
    })
}

/// How a parameter of several segments is written: as one text, or as a list of them.
fn segments(declared: &Declared<'_>, style: Style, is_text: bool, is_list: bool) -> Result<Style, Feature> {
    let name = declared.name();
    match (declared.style(), style) {
        ("simple", Style::Single) if is_text => Ok(Style::Single),
        ("simple", Style::Delimited(',')) if is_list => Ok(Style::Delimited('/')),
        ("simple", _) => Err(Feature::ParameterStyle(format!(
            "the parameter `{name}` of several segments, which is no text and no list,"
        ))),
        (other, _) => {
            Err(Feature::ParameterStyle(format!("the style `{other}` of the parameter `{name}` of several segments")))
        }
    }
}

/// Whether a style can say values of any depth.
fn says_everything(style: &Style) -> bool {
    matches!(style, Style::Json | Style::Brackets | Style::Form)
}
