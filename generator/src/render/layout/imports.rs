//! Imports: templates name all that a file may need; those that it does not use are left out.

use std::collections::HashMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::{Item, UseTree};

/// Traits that are imported for a method of theirs.
const METHODS: [(&str, &str); 2] = [("Validate", "is_valid"), ("FromText", "from_text")];

/// Leaves out what is imported, and named nowhere else in the text.
pub(super) fn prune(items: &mut Vec<Item>, tokens: TokenStream) {
    let mut named = HashMap::new();
    count(tokens, &mut named);
    prune_items(items, &mut named);
}

fn prune_items(items: &mut Vec<Item>, named: &mut HashMap<String, usize>) {
    for item in items.iter().filter(|item| matches!(item, Item::Use(_))) {
        let Item::Use(import) = item else { continue };
        leaves(&import.tree).into_iter().for_each(|name| {
            named.entry(name).and_modify(|count| *count -= 1);
        });
    }
    items.retain_mut(|item| match item {
        Item::Use(import) if matches!(import.vis, syn::Visibility::Inherited) => keep(&mut import.tree, named),
        _ => true,
    });
}

/// Whether any of the names is used; those that are not are left out.
fn keep(tree: &mut UseTree, named: &HashMap<String, usize>) -> bool {
    match tree {
        UseTree::Path(path) => keep(&mut path.tree, named),
        UseTree::Name(name) if name.ident == "self" => true,
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            let is_named = |name: &str| named.get(name).is_some_and(|count| *count > 0);
            is_named(&name) || METHODS.iter().any(|(of, method)| *of == name && is_named(method))
        }
        UseTree::Rename(_) | UseTree::Glob(_) => true,
        UseTree::Group(group) => {
            let kept = std::mem::take(&mut group.items)
                .into_iter()
                .filter_map(|mut tree| keep(&mut tree, named).then_some(tree));
            group.items = kept.collect();
            !group.items.is_empty()
        }
    }
}

fn leaves(tree: &UseTree) -> Vec<String> {
    match tree {
        UseTree::Path(path) => leaves(&path.tree),
        UseTree::Name(name) => vec![name.ident.to_string()],
        UseTree::Rename(_) | UseTree::Glob(_) => Vec::new(),
        UseTree::Group(group) => group.items.iter().flat_map(leaves).collect(),
    }
}

fn count(tokens: TokenStream, named: &mut HashMap<String, usize>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => *named.entry(ident.to_string()).or_default() += 1,
            TokenTree::Group(group) => count(group.stream(), named),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
