//! Objects with known members.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::decode::Decode;
use super::enums::Constant;
use super::form_value::FormValue;
use super::reader::{Failure, Reader};
use super::{strings, to_string};

/// Where the value of a member goes.
pub trait Slot {
    /// Reads it. Of a member that is there twice, the last counts.
    fn fill(&mut self, reader: &mut Reader<'_>) -> Result<(), Failure>;
}

/// The member of a field, which starts as `None`.
impl<T: Decode> Slot for Option<T> {
    fn fill(&mut self, reader: &mut Reader<'_>) -> Result<(), Failure> {
        *self = Some(T::decode(reader)?);
        Ok(())
    }
}

/// A member that has no field.
#[derive(Debug)]
pub struct Omitted;

impl Slot for Omitted {
    fn fill(&mut self, reader: &mut Reader<'_>) -> Result<(), Failure> {
        reader.skip()
    }
}

/// A member that is always the same.
#[derive(Debug)]
pub struct Same {
    constant: Constant,
    found: Found,
}

#[derive(Debug, Clone, Copy)]
enum Found {
    Nothing,
    Same,
    /// Another value, which begins here.
    Other(Failure),
}

impl Same {
    /// One that has this value.
    pub fn new(constant: impl Into<Constant>) -> Self {
        Self { constant: constant.into(), found: Found::Nothing }
    }

    /// It must have been there.
    pub fn required(self, place: Failure) -> Result<(), Failure> {
        match self.found {
            Found::Same => Ok(()),
            Found::Other(place) => Err(place),
            Found::Nothing => Err(place),
        }
    }
}

impl Slot for Same {
    fn fill(&mut self, reader: &mut Reader<'_>) -> Result<(), Failure> {
        let place = reader.place();
        self.found = if self.constant.is_next(reader)? { Found::Same } else { Found::Other(place) };
        Ok(())
    }
}

/// What becomes of members that nobody knows.
pub enum Unknown<'m> {
    /// They are passed over.
    Skipped,
    /// The object is refused.
    Refused,
    /// They are kept.
    Kept(&'m mut dyn Others),
}

/// Members of any name.
pub trait Others {
    /// Reads one more.
    fn keep(&mut self, name: Cow<'_, str>, reader: &mut Reader<'_>) -> Result<(), Failure>;
}

impl<T: Decode> Others for BTreeMap<String, T> {
    fn keep(&mut self, name: Cow<'_, str>, reader: &mut Reader<'_>) -> Result<(), Failure> {
        let value = T::decode(reader)?;
        self.insert(name.into_owned(), value);
        Ok(())
    }
}

/// A member's name as it is written in JSON, with its quotes and the colon, and where its value goes.
pub type Member<'m> = (&'static str, &'m mut dyn Slot);

impl<'t> Reader<'t> {
    /// Reads an object, and nothing but an object. Tells where it begins, for members that are missing.
    pub fn object(&mut self, members: &mut [Member<'_>], mut unknown: Unknown<'_>) -> Result<Failure, Failure> {
        match self.field() {
            Some(field) => self.fields(field, members, &mut unknown),
            None => self.object_of_text(members, &mut unknown),
        }
    }

    fn object_of_text(&mut self, members: &mut [Member<'_>], unknown: &mut Unknown<'_>) -> Result<Failure, Failure> {
        // Most clients send members in the order of the document.
        let mut next = 0;
        self.members(|reader| {
            if let Some((name, slot)) = members.get_mut(next)
                && reader.take_name(name)
            {
                next += 1;
                return slot.fill(reader);
            }
            let name = reader.name()?;
            match position(members, &name) {
                Some(index) => {
                    next = index + 1;
                    members[index].1.fill(reader)
                }
                None => reader.unknown(name, unknown),
            }
        })
    }

    /// Reads an array that has a value for each of the places. Tells where it begins, for those that are missing.
    pub(super) fn tuple(&mut self, places: &mut [&mut dyn Slot]) -> Result<Failure, Failure> {
        let place = self.place();
        let mut places = places.iter_mut();
        self.array(|reader| places.next().ok_or(place)?.fill(reader))?;
        Ok(place)
    }

    /// Reads the fields of a form as an object.
    fn fields(
        &mut self,
        field: &'t FormValue<'t>,
        members: &mut [Member<'_>],
        unknown: &mut Unknown<'_>,
    ) -> Result<Failure, Failure> {
        let place = self.failure();
        let Some(fields) = field.members() else {
            // An object is sent as JSON (OpenAPI 3.1.1 §4.8.15.1.1).
            let text = self.field_text()?.ok_or(place)?;
            return Reader::new(text).whole(|reader| reader.object_of_text(members, unknown)).map(|_| place);
        };
        for (name, field) in fields {
            Reader::of_field(field).whole(|reader| match position(members, name) {
                Some(index) => members[index].1.fill(reader),
                None => reader.unknown(Cow::Borrowed(name), unknown),
            })?;
        }
        Ok(place)
    }

    fn unknown(&mut self, name: Cow<'_, str>, unknown: &mut Unknown<'_>) -> Result<(), Failure> {
        match unknown {
            Unknown::Skipped => self.skip(),
            Unknown::Refused => Err(self.failure()),
            Unknown::Kept(others) => others.keep(name, self),
        }
    }
}

/// Which of the members has this name.
fn position(members: &[Member<'_>], name: &str) -> Option<usize> {
    if strings::plain(name.as_bytes()) == name.len() {
        // It stands between quotes, with the colon behind them. Names of one length differ at their ends more often than
        // where they begin.
        let last = name.bytes().last().unwrap_or(b'"');
        let is_name = |written: &str| {
            written.len() == name.len() + 3 && written.as_bytes()[name.len()] == last && written[1..].starts_with(name)
        };
        return members.iter().position(|(written, _)| is_name(written));
    }
    let name = to_string(name).ok()?;
    members.iter().position(|(written, _)| written.strip_suffix(':') == Some(&name))
}
