//! What references can name: files, schemas with an `$id`, and their anchors.

use std::collections::HashMap;

use crate::read::{Location, Pointer};

/// The resources of a document (JSON Schema Core 2020-12 §8.2), each with its place.
#[derive(Debug)]
pub(super) struct Resources {
    root: Location,
    places: HashMap<Location, Pointer>,
    /// What references count from, by the place that it holds for.
    bases: HashMap<Pointer, Location>,
    /// Where the files are, by their places; other than a base, an `$id` does not change it.
    files: HashMap<Pointer, Location>,
    anchors: HashMap<(Pointer, String), Anchor>,
}

/// A schema with a name in its resource.
#[derive(Debug, Clone)]
pub(super) struct Anchor {
    pub place: Pointer,
    /// Whether it is a `$dynamicAnchor`.
    pub is_dynamic: bool,
}

impl Resources {
    /// Knows the root file.
    pub(super) fn new(root: Location) -> Self {
        let mut resources = Self {
            root: root.clone(),
            places: HashMap::new(),
            bases: HashMap::new(),
            files: HashMap::new(),
            anchors: HashMap::new(),
        };
        resources.add_file(Pointer::root(), root);
        resources
    }

    /// Adds a file that was put at a place.
    pub(super) fn add_file(&mut self, place: Pointer, location: Location) {
        self.places.entry(location.clone()).or_insert_with(|| place.clone());
        self.bases.insert(place.clone(), location.clone());
        self.files.insert(place, location);
    }

    /// Adds the `$id` of a schema, or a document's `$self`; tells the place that has the same already.
    pub(super) fn identify(&mut self, place: &Pointer, id: &str) -> Result<(), Pointer> {
        let around = if self.files.contains_key(place) { place.clone() } else { place.parent().unwrap_or_default() };
        let Some(location) = self.base(&around).1.join(id) else { return Ok(()) };
        self.bases.insert(place.clone(), location.clone());
        match self.places.get(&location) {
            Some(known) if known != place => Err(known.clone()),
            _ => {
                self.places.insert(location, place.clone());
                Ok(())
            }
        }
    }

    /// Adds an anchor; of two with one name in one resource, the first stays.
    pub(super) fn anchor(&mut self, place: &Pointer, name: &str, is_dynamic: bool) {
        let key = (self.base(place).0, name.to_owned());
        let anchor = self.anchors.entry(key).or_insert_with(|| Anchor { place: place.clone(), is_dynamic });
        anchor.is_dynamic |= is_dynamic && anchor.place == *place;
    }

    /// Whether a schema's own `$id` is known.
    pub(super) fn is_identified(&self, place: &Pointer) -> bool {
        self.bases.contains_key(place) && self.bases.get(place) != self.files.get(place)
    }

    /// The resource that a place belongs to, and what its references count from.
    pub(super) fn base(&self, place: &Pointer) -> (Pointer, &Location) {
        self.innermost(&self.bases, place)
    }

    /// The file that a place belongs to, and where that is.
    pub(super) fn file(&self, place: &Pointer) -> (Pointer, &Location) {
        self.innermost(&self.files, place)
    }

    fn innermost<'l>(&'l self, map: &'l HashMap<Pointer, Location>, place: &Pointer) -> (Pointer, &'l Location) {
        let found = place.ancestors().find_map(|at| map.get(&at).map(|location| (at, location)));
        found.unwrap_or((Pointer::root(), &self.root))
    }

    /// The place of a resource.
    pub(super) fn place(&self, location: &Location) -> Option<&Pointer> {
        self.places.get(location)
    }

    /// The anchor of this name in a resource.
    pub(super) fn find(&self, resource: &Pointer, name: &str) -> Option<&Anchor> {
        self.anchors.get(&(resource.clone(), name.to_owned()))
    }

    /// Whether the schema at this place has this name as its dynamic anchor.
    pub(super) fn is_dynamic(&self, place: &Pointer, name: &str) -> bool {
        let anchor = self.find(&self.base(place).0, name);
        anchor.is_some_and(|anchor| anchor.is_dynamic && anchor.place == *place)
    }

    /// The places of the dynamic anchors of this name.
    pub(super) fn dynamic_anchors(&self, name: &str) -> impl Iterator<Item = &Pointer> {
        let named = self.anchors.iter().filter(move |((_, known), anchor)| known == name && anchor.is_dynamic);
        named.map(|(_, anchor)| &anchor.place)
    }
}
