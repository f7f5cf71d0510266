//! Fields that are plain JSON although their schemas say more.

use buildflow_gen::ir::{Type, TypeBody, TypeDef};
use buildflow_gen::lift::Document;
use buildflow_gen::lift::schemas::{Keywords, Schema, SchemaId, Schemas};
use buildflow_gen::lower::Lowered;
use buildflow_gen::read::Pointer;

/// How deep schemas are looked into.
const DEPTH: usize = 20;

/// The fields that are plain JSON although the document says more, each with whether `inspect --support` tells of it.
pub fn fields(document: &Document, lowered: &Lowered) -> Vec<(String, bool)> {
    let schemas = &document.schemas;
    let told: Vec<String> = lowered.untyped().iter().map(|untyped| untyped.pointer.to_string()).collect();
    let mut found = Vec::new();
    for def in &lowered.service.types {
        let TypeBody::Struct(structure) = &def.body else { continue };
        let Some(id) = Pointer::from_fragment(&format!("#{}", def.pointer)).and_then(|place| schemas.at(&place)) else {
            continue;
        };
        for field in &structure.fields {
            let Some(plain) = Plain::of(&field.slot.ty, &lowered.service.types) else { continue };
            let all = properties(schemas, id, &field.wire_name, 0);
            if all.iter().any(|property| plain.is_less_than(schemas, *property, 0)) {
                let places = all.iter().flat_map(|property| resolved(schemas, *property, 0));
                let is_told = places.map(|id| schemas.get(id).pointer.to_string()).any(|place| told.contains(&place));
                found.push((format!("{} {}", def.pointer, field.wire_name), is_told));
            }
        }
    }
    found
}

/// A type that says little.
#[derive(Clone, Copy)]
enum Plain {
    Json,
    Object,
    List,
}

impl Plain {
    fn of(ty: &Type, types: &[TypeDef]) -> Option<Self> {
        match ty {
            Type::Json => Some(Self::Json),
            Type::JsonObject => Some(Self::Object),
            Type::List(slot) => Self::of(&slot.ty, types).map(|_| Self::List),
            Type::Nullable(inner) | Type::Boxed(inner) => Self::of(inner, types),
            Type::Named(id) => match &types[id.0].body {
                TypeBody::Alias(slot) => Self::of(&slot.ty, types),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a schema says more than such a type.
    fn is_less_than(self, schemas: &Schemas, id: SchemaId, depth: usize) -> bool {
        let all = resolved(schemas, id, depth);
        let any = |says: &dyn Fn(&Keywords) -> bool| all.iter().any(|id| schemas.keywords(*id).is_some_and(says));
        let speaks =
            |id: &SchemaId| matches!(&schemas.get(*id).schema, Schema::Keywords(keywords) if keywords.constrains());
        match self {
            Self::Json => any(&|keywords| {
                keywords.types.single().is_some()
                    || !keywords.one_of.is_empty()
                    || !keywords.any_of.is_empty()
                    || !keywords.object.properties.is_empty()
            }),
            Self::Object => any(&|keywords| {
                !keywords.object.properties.is_empty() || keywords.object.additional.as_ref().is_some_and(speaks)
            }),
            Self::List => any(&|keywords| {
                keywords
                    .array
                    .items
                    .is_some_and(|items| depth < DEPTH && Self::Object.is_less_than(schemas, items, depth + 1))
            }),
        }
    }
}

/// The schemas of a property, in all parts of an object.
fn properties(schemas: &Schemas, id: SchemaId, name: &str, depth: usize) -> Vec<SchemaId> {
    let all = resolved(schemas, id, depth);
    all.iter().filter_map(|id| schemas.keywords(*id)?.object.properties.get(name).copied()).collect()
}

/// A schema with all that it refers to and is made of.
fn resolved(schemas: &Schemas, id: SchemaId, depth: usize) -> Vec<SchemaId> {
    let mut all = vec![id];
    if depth < DEPTH
        && let Some(keywords) = schemas.keywords(id)
    {
        for part in keywords.reference.iter().chain(&keywords.all_of) {
            all.extend(resolved(schemas, *part, depth + 1));
        }
    }
    all
}
