//! How generated types are read from JSON and written to it. A generated file lists what a type has;
//! what becomes of that stands here.
//!
//! Names of types and type parameters are not hygienic in macros, so those here begin with two underscores: no name that
//! is made from a document does.

/// A struct as a JSON object. A field is a member that must be there (`id`), one that may be absent
/// (`id?`), or one that has a value also where it is absent (`size = 30`). A member of another name than
/// its field says so, as JSON writes it between quotes: `kind: "type"`. Then come the members that are passed over
/// (`omit "secret"`), and what becomes of those that nobody knows: they are passed over, unless `else refused` or
/// `else kept in others`. With `: Default`, no field need be given. Members that are always the same come after `with`:
/// they have no field, must be there, and are written first. What is read for them must be the same, or, where a type is
/// named, any value of it. With `: new(id: i64, name => String)`, there is a function that takes what must be there;
/// `=>` stands before what is made by `into`.
///
/// ```ignore
/// json::object!(Pet { id, name?, kind: "type", size = 30 } with { object = "pet" } else kept in others);
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __json_object {
    (
        $name:ident $(: $default:ident $(($($arg:ident $(: $ty:ty)? $(=> $into:ty)?),+ $(,)?))?)?
        { $($field:ident $(: $wire:literal)? $(? $($some:lifetime)?)? $(= $or:expr)?),* $(,)? }
        $(with { $($constant:ident $(: $said:literal)? $(as $any:ty)? = $value:literal),+ $(,)? })?
        $(omit $($omitted:literal),+)?
        $(else $unknown:ident $(in $others:ident)?)?
    ) => {
        impl $crate::generated::json::Decode for $name {
            fn decode(
                reader: &mut $crate::generated::json::Reader<'_>,
            ) -> Result<Self, $crate::generated::json::Failure> {
                $(let mut $field = None;)*
                $($(let mut $constant = $crate::__json_constant!($value $(, $any)?);)+)?
                $($(let mut $others = ::std::collections::BTreeMap::new();)?)?
                let place = reader.object(
                    &mut [
                        $(($crate::__json_name!($field $($wire)?), &mut $field),)*
                        $($(($crate::__json_name!($constant $($said)?), &mut $constant),)+)?
                        $($((concat!("\"", $omitted, "\":"), &mut $crate::generated::json::Omitted),)+)?
                    ],
                    $crate::__json_unknown!($($unknown $(in $others)?)?),
                )?;
                $($($crate::__json_seen!($constant, place $(, $any)?);)+)?
                // One pattern compiles faster than a `?` for each member.
                let ($($crate::__json_there!($field $(, ? $($some)?)? $(, = $or)?),)*) = ($($field,)*) else {
                    return Err(place);
                };
                Ok(Self {
                    $($field: $crate::__json_made!($field $(, ? $($some)?)? $(, = $or)?),)*
                    $($($others,)?)?
                })
            }
        }

        $crate::__json_default!(
            [$($default $(($($arg $(: $ty)? $(=> $into)?),+))?)?]
            $name { $($field $(? $($some)?)? $(= $or)?,)* $($($others = Default::default(),)?)? }
        );

        $crate::__json_serde!($name);

        impl $crate::generated::json::Encode for $name {
            fn encode(&self, writer: &mut $crate::generated::json::Writer) {
                writer.object(
                    &[
                        $($((
                            $crate::__json_name!($constant $($said)?), &$crate::generated::json::Constant::from($value)
                        ),)+)?
                        $(($crate::__json_name!($field $($wire)?), &self.$field),)*
                    ],
                    $crate::__json_others!($($(self.$others)?)?),
                );
            }
        }
    };
}

/// The name of a member as it is written, with its quotes and the colon: so it is compared and copied at once.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_name {
    ($field:ident) => {
        concat!("\"", stringify!($field), "\":")
    };
    ($field:ident $wire:literal) => {
        concat!("\"", $wire, "\":")
    };
}

/// Where a member goes that is always the same, or of which nothing is kept but that it was there.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_constant {
    ($value:literal) => {
        $crate::generated::json::Same::new($value)
    };
    ($value:literal, $any:ty) => {
        None::<$any>
    };
}

/// Such a member must have been there.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_seen {
    ($constant:ident, $place:ident) => {
        $constant.required($place)?
    };
    ($constant:ident, $place:ident, $any:ty) => {
        $constant.ok_or($place)?
    };
}

/// What becomes of members that have no field.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_unknown {
    () => {
        $crate::generated::json::Unknown::Skipped
    };
    (refused) => {
        $crate::generated::json::Unknown::Refused
    };
    (kept in $others:ident) => {
        $crate::generated::json::Unknown::Kept(&mut $others)
    };
}

/// The members that have no field, to be written.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_others {
    () => {
        None
    };
    ($others:expr) => {
        Some(&$others)
    };
}

/// What was read for a field, where nothing that must be there is missing.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_there {
    ($read:ident) => {
        Some($read)
    };
    ($read:ident, $($absent:tt)+) => {
        $read
    };
}

/// A field, of what was read for it.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_made {
    ($read:ident $(, ?)?) => {
        $read
    };
    ($read:ident, = $or:expr) => {
        $read.unwrap_or_else(|| $or)
    };
}

/// The struct where no member is there but those that must be, if it is asked for.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_default {
    ([] $($any:tt)*) => {};
    ([Default] $name:ident { $($field:ident $(? $($some:lifetime)?)? $(= $or:expr)?,)* }) => {
        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $crate::__json_fresh!($field $(? $($some)?)? $(= $or)?),)* }
            }
        }
    };
    (
        [new($($arg:ident $(: $ty:ty)? $(=> $into:ty)?),+)]
        $name:ident { $($field:ident $(? $($some:lifetime)?)? $(= $or:expr)?,)* }
    ) => {
        impl $name {
            /// Takes what must be there; everything else is absent, or has its default.
            pub fn new($($arg: $($ty)? $(impl Into<$into>)?),+) -> Self {
                $($(let $arg: $into = $arg.into();)?)+
                Self { $($field: $crate::__json_fresh!($field $(? $($some)?)? $(= $or)?),)* }
            }
        }
    };
}

/// A field of a new value: it is given, absent, or has its default.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_fresh {
    ($field:ident) => {
        $field
    };
    ($field:ident ?) => {
        None
    };
    ($field:ident = $or:expr) => {
        $or
    };
}

/// A struct that is made of another one, which has some of its fields. What else must be there is given beside it.
///
/// ```ignore
/// json::extends!(Answer from Pet { id, name } with { links = None });
/// json::extends!(Priced from Pet { id, name } with { links = None } by from_pet(price: f64));
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __json_extends {
    ($name:ident from $base:ident { $($moved:ident),* $(,)? } with { $($field:ident = $or:expr),* $(,)? }) => {
        impl From<$base> for $name {
            fn from(base: $base) -> Self {
                Self { $($moved: base.$moved,)* $($field: $or,)* }
            }
        }
    };
    (
        $name:ident from $base:ident { $($moved:ident),* $(,)? } with { $($field:ident = $or:expr),* $(,)? }
        by $function:ident($($given:ident $(: $ty:ty)? $(=> $into:ty)?),+ $(,)?)
    ) => {
        impl $name {
            /// Takes the members that the other has as well, and those that must be there beside them.
            pub fn $function(base: $base, $($given: $($ty)? $(impl Into<$into>)?),+) -> Self {
                $($(let $given: $into = $given.into();)?)+
                Self { $($moved: base.$moved,)* $($field: $or,)* $($given,)+ }
            }
        }
    };
}

/// `serde`'s own traits, by way of JSON.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_serde {
    ($name:ident) => {
        impl<'de> $crate::generated::json::Deserialize<'de> for $name {
            fn deserialize<__D: $crate::generated::json::Deserializer<'de>>(
                deserializer: __D,
            ) -> Result<Self, __D::Error> {
                $crate::generated::json::deserialize(deserializer)
            }
        }

        impl $crate::generated::json::Serialize for $name {
            fn serialize<__S: $crate::generated::json::Serializer>(
                &self,
                serializer: __S,
            ) -> Result<__S::Ok, __S::Error> {
                $crate::generated::json::serialize(self, serializer)
            }
        }
    };
}

/// An enum whose variants hold values of several types, and what is told apart by its type alone.
///
/// ```ignore
/// json::choice!(Owner { Person, Company, Name } from { Person(Person), Name(String) } and text Name);
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __json_choice {
    (
        $name:ident { $($variant:ident),* $(,)? }
        $(from { $($made:ident($ty:ty)),+ $(,)? } $(and text $text:ident)?)?
    ) => {
        impl $crate::generated::json::Decode for $name {
            fn decode(
                reader: &mut $crate::generated::json::Reader<'_>,
            ) -> Result<Self, $crate::generated::json::Failure> {
                $crate::generated::json::union(reader)
            }
        }

        $crate::__json_serde!($name);

        impl $crate::generated::json::Encode for $name {
            fn encode(&self, writer: &mut $crate::generated::json::Writer) {
                match self {
                    $(Self::$variant(value) => $crate::generated::json::Encode::encode(value, writer),)*
                }
            }
        }

        $($(impl From<$ty> for $name {
            fn from(value: $ty) -> Self {
                Self::$made(value)
            }
        })+
        $(impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::$text(text.to_owned())
            }
        })?)?
    };
}

/// A struct around one value, which is read and written as that.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_newtype {
    ($name:ident) => {
        impl $crate::generated::json::Decode for $name {
            fn decode(
                reader: &mut $crate::generated::json::Reader<'_>,
            ) -> Result<Self, $crate::generated::json::Failure> {
                $crate::generated::json::Decode::decode(reader).map(Self)
            }
        }

        $crate::__json_serde!($name);

        impl $crate::generated::json::Encode for $name {
            fn encode(&self, writer: &mut $crate::generated::json::Writer) {
                $crate::generated::json::Encode::encode(&self.0, writer);
            }
        }
    };
}
