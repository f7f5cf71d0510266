//! Statics that endpoints share.

use std::collections::{HashMap, HashSet};

use super::text::Code;
use crate::ir::{Endpoint, FieldName};

/// What the runtime must know of a parameter, or of who may call.
pub(super) struct StaticView {
    pub name: String,
    pub ty: &'static str,
    pub value: Code,
}

/// The statics of all endpoints, each value once.
#[derive(Default)]
pub(super) struct Statics {
    pub views: Vec<StaticView>,
    by_value: HashMap<String, usize>,
    names: HashSet<String>,
}

impl Statics {
    /// The name of the static of this value.
    pub(super) fn name(&mut self, plain: &str, endpoint: &Endpoint, ty: &'static str, value: String) -> &str {
        if let Some(index) = self.by_value.get(&value) {
            return &self.views[*index].name;
        }
        // The name of an endpoint stays its own when others come.
        let of_endpoint = std::iter::once_with(|| format!("{}_{plain}", capitals(&endpoint.method_name)));
        let numbered = (2..).map(|number| format!("{plain}_{number}"));
        let mut candidates = std::iter::once(plain.to_owned()).chain(of_endpoint).chain(numbered);
        let name = candidates.find(|name| self.names.insert(name.clone())).unwrap_or_default();
        let index = self.views.len();
        self.by_value.insert(value.clone(), index);
        self.views.push(StaticView { name, ty, value: Code::new(value) });
        &self.views[index].name
    }
}

/// A name as that of a static.
pub(super) fn capitals(name: &FieldName) -> String {
    name.as_str().trim_start_matches("r#").to_ascii_uppercase()
}
