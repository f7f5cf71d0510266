//! Types that hold themselves: boxed, and only where needed.

use crate::ir::{Newtype, Type, TypeBody, TypeDef, TypeId, Unknown};

/// Gives every type a size: an alias that is made of itself becomes a newtype, and members on a
/// cycle without a list or map between are boxed.
pub(in crate::lower) fn break_cycles(types: &mut [TypeDef]) {
    let spelled = cycles(&edges(types, Reach::Spelled));
    for (id, def) in types.iter_mut().enumerate() {
        if let TypeBody::Alias(slot) = &def.body
            && spelled[id].is_some()
        {
            def.body = TypeBody::Newtype(Newtype { slot: slot.clone() });
        }
    }
    let held = cycles(&edges(types, Reach::Held));
    for (id, def) in types.iter_mut().enumerate() {
        let on_cycle = |target: TypeId| held[id].is_some() && held[target.0] == held[id];
        match &mut def.body {
            TypeBody::Struct(structure) => {
                for field in &mut structure.fields {
                    box_where(&mut field.slot.ty, &on_cycle);
                }
            }
            TypeBody::Union(union) => {
                for variant in &mut union.variants {
                    box_where(&mut variant.slot.ty, &on_cycle);
                }
            }
            TypeBody::Newtype(newtype) => box_where(&mut newtype.slot.ty, &on_cycle),
            TypeBody::Enum(_) | TypeBody::Alias(_) => {}
        }
    }
}

/// How far an edge looks.
#[derive(Clone, Copy, PartialEq)]
enum Reach {
    /// Into aliases' own text, also through lists and maps.
    Spelled,
    /// What a value holds in itself: lists and maps hold theirs elsewhere.
    Held,
}

fn edges(types: &[TypeDef], reach: Reach) -> Vec<Vec<usize>> {
    let mut all = Vec::with_capacity(types.len());
    for def in types {
        let mut targets = Vec::new();
        match (&def.body, reach) {
            (TypeBody::Alias(slot), _) => collect(&slot.ty, reach, &mut targets),
            (TypeBody::Struct(structure), Reach::Held) => {
                structure.fields.iter().for_each(|field| collect(&field.slot.ty, reach, &mut targets));
                if let Unknown::Kept(_, slot) = &structure.unknown {
                    collect(&Type::Map(Box::new(slot.clone())), reach, &mut targets);
                }
            }
            (TypeBody::Union(union), Reach::Held) => {
                union.variants.iter().for_each(|variant| collect(&variant.slot.ty, reach, &mut targets));
            }
            (TypeBody::Newtype(newtype), Reach::Held) => collect(&newtype.slot.ty, reach, &mut targets),
            _ => {}
        }
        all.push(targets);
    }
    all
}

fn collect(ty: &Type, reach: Reach, into: &mut Vec<usize>) {
    match ty {
        Type::Named(id) => into.push(id.0),
        Type::Nullable(inner) => collect(inner, reach, into),
        Type::Tuple(slots) => slots.iter().for_each(|slot| collect(&slot.ty, reach, into)),
        Type::List(slot) | Type::Map(slot) if reach == Reach::Spelled => collect(&slot.ty, reach, into),
        Type::List(_) | Type::Map(_) | Type::Boxed(_) => {}
        Type::Scalar(_) | Type::Json | Type::JsonObject | Type::External(_) => {}
    }
}

/// For each node that reaches itself, the number of its cycle.
fn cycles(edges: &[Vec<usize>]) -> Vec<Option<usize>> {
    let component = strongly_connected(edges);
    let mut size = vec![0; edges.len()];
    component.iter().for_each(|number| size[*number] += 1);
    let on_cycle = |(id, number): (usize, usize)| (size[number] > 1 || edges[id].contains(&id)).then_some(number);
    component.into_iter().enumerate().map(on_cycle).collect()
}

fn box_where(ty: &mut Type, on_cycle: &impl Fn(TypeId) -> bool) {
    match ty {
        Type::Named(id) if on_cycle(*id) => *ty = Type::Boxed(Box::new(Type::Named(*id))),
        Type::Nullable(inner) => box_where(inner, on_cycle),
        Type::Tuple(slots) => slots.iter_mut().for_each(|slot| box_where(&mut slot.ty, on_cycle)),
        _ => {}
    }
}

/// The number of each node's strongly connected component (Kosaraju's algorithm, without recursion).
fn strongly_connected(edges: &[Vec<usize>]) -> Vec<usize> {
    let order = finishing_order(edges);
    let mut reversed = vec![Vec::new(); edges.len()];
    for (from, targets) in edges.iter().enumerate() {
        targets.iter().for_each(|to| reversed[*to].push(from));
    }
    let mut component = vec![usize::MAX; edges.len()];
    for (number, start) in order.into_iter().rev().enumerate() {
        let mut pending = vec![start];
        while let Some(at) = pending.pop() {
            if component[at] == usize::MAX {
                component[at] = number;
                pending.extend(&reversed[at]);
            }
        }
    }
    component
}

fn finishing_order(edges: &[Vec<usize>]) -> Vec<usize> {
    let mut seen = vec![false; edges.len()];
    let mut order = Vec::with_capacity(edges.len());
    for start in 0..edges.len() {
        let mut path = Vec::new();
        if !std::mem::replace(&mut seen[start], true) {
            path.push((start, 0));
        }
        while let Some((at, next)) = path.pop() {
            match edges[at].get(next) {
                Some(&target) => {
                    path.push((at, next + 1));
                    if !std::mem::replace(&mut seen[target], true) {
                        path.push((target, 0));
                    }
                }
                None => order.push(at),
            }
        }
    }
    order
}
