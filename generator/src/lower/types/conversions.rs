//! Structs that are made of others: of the components that their schemas build upon, and of what clients send.

use indexmap::IndexSet;

use super::plan::Plan;
use super::{TypeOrigin, Types};
use crate::ir::{
    Conversion, Field, FieldName, FieldPresence, FieldSource, Struct, Type, TypeBody, TypeDef, TypeId, Unknown,
};
use crate::lift::Direction;
use crate::lift::schemas::SchemaId;
use crate::lift::schemas::effective_schema::EffectiveSchema;
use crate::lower::names::identifiers::field_text;

/// The most values that are given beside the struct that another is made of.
const MOST_GIVEN: usize = 5;

impl<'d> Types<'d> {
    /// The components that a schema builds upon.
    fn bases(&self, id: SchemaId) -> Vec<SchemaId> {
        let schemas = &self.document.schemas;
        let Some(keywords) = schemas.keywords(id) else { return Vec::new() };
        let parts = keywords.reference.iter().chain(&keywords.all_of);
        let targets = parts.map(|part| schemas.plain_reference(*part).unwrap_or(*part));
        targets.filter(|target| self.namer.is_component(*target)).collect()
    }

    /// Makes the types of what an inline schema builds upon, where they say the same of the members that they have.
    pub(super) fn make_bases(&mut self, view: &EffectiveSchema<'d>, subject: &TypeOrigin) {
        let TypeOrigin::Schema(id) = *subject else { return };
        if self.is_named(id) {
            return;
        }
        for base in self.bases(id) {
            let own = EffectiveSchema::combine(&self.document.schemas, &[base]);
            let is_struct = matches!(self.plan(&own, &TypeOrigin::Schema(base)), Plan::Struct);
            let (properties, required) = (view.properties(), view.required());
            let is_same = |(name, ids): (&&str, &Vec<SchemaId>)| {
                properties.get(name) == Some(ids) && required.contains(name) == own.required().contains(name)
            };
            if is_struct && own.properties().iter().all(is_same) {
                self.slot(base);
            }
        }
    }

    /// The structs that may be made of others, each with that other one.
    pub(super) fn derived(&self) -> Vec<(TypeId, TypeId)> {
        let mut pairs = Vec::new();
        for (index, made) in self.types.iter().enumerate() {
            let of = |id: SchemaId, direction: Direction| {
                let key = (id, self.document.is_directed(id).then_some(direction));
                match self.slots.get(&key)?.ty {
                    Type::Named(of) if of != TypeId(index) => Some(of),
                    _ => None,
                }
            };
            let bases = self.bases(made.about).into_iter().filter_map(|base| of(base, made.direction));
            let is_answer = self.document.is_directed(made.about) && made.direction == Direction::Response;
            let input = is_answer.then(|| of(made.about, Direction::Request)).flatten();
            // A schema may build upon another twice.
            let distinct: IndexSet<TypeId> = bases.chain(input).collect();
            pairs.extend(distinct.into_iter().map(|base| (TypeId(index), base)));
        }
        pairs
    }
}

/// Gives structs the conversions that are possible.
pub(super) fn convert(types: &mut [TypeDef], pairs: Vec<(TypeId, TypeId)>) {
    for (id, base) in pairs {
        if let Some(conversion) = conversion(types, id, base) {
            types[id.0].conversions.push(conversion);
        }
    }
}

fn conversion(types: &[TypeDef], id: TypeId, base: TypeId) -> Option<Conversion> {
    let (TypeBody::Struct(structure), TypeBody::Struct(of)) = (&types[id.0].body, &types[base.0].body) else {
        return None;
    };
    let is_moved = |name: &String| structure.fields.iter().any(|field| field.wire_name == *name);
    let is_written = |name: &String| structure.constants.iter().any(|member| member.wire_name == *name);
    // What only clients send is no loss where it is not answered.
    let is_left_out = |name: &String| structure.omitted.contains(name);
    let keeps_all = of.fields.iter().all(|field| is_moved(&field.wire_name) || is_left_out(&field.wire_name))
        && of.constants.iter().all(|member| is_written(&member.wire_name))
        && keeps_rest(structure, of);
    let fields: Option<Vec<FieldSource>> = structure
        .fields
        .iter()
        .map(|field| match of.fields.iter().find(|other| other.wire_name == field.wire_name) {
            Some(other) => {
                let is_same = other.slot.ty == field.slot.ty && other.name == field.name && is_alike(other, field);
                is_same.then_some(FieldSource::Base)
            }
            None if field.presence == FieldPresence::Required => Some(FieldSource::Given),
            None => Some(FieldSource::Absent),
        })
        .collect();
    let fields = fields.filter(|_| keeps_all)?;
    let given = fields.iter().filter(|source| **source == FieldSource::Given).count();
    let is_useful = fields.contains(&FieldSource::Base) && given <= MOST_GIVEN;
    let function = FieldName::new(format!("from_{}", field_text(types[base.0].name.as_str())));
    is_useful.then_some(Conversion { base, function, fields })
}

/// Whether a field of one struct can be moved to the other.
fn is_alike(one: &Field, other: &Field) -> bool {
    let is_option = |field: &Field| field.presence == FieldPresence::Optional;
    is_option(one) == is_option(other)
}

/// Whether no member without a field is lost.
fn keeps_rest(structure: &Struct, of: &Struct) -> bool {
    match (&structure.unknown, &of.unknown) {
        (Unknown::Kept(name, slot), Unknown::Kept(other, kept)) => name == other && slot.ty == kept.ty,
        (_, Unknown::Kept(..)) => false,
        (_, Unknown::Ignored | Unknown::Refused) => true,
    }
}
