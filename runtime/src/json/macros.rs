//! How generated types are read from JSON and written to it. A generated file lists what a type has;
//! what becomes of that stands here.
//!
//! Names of types and type parameters are not hygienic in macros, so those here begin with two underscores: no name that
//! is made from a document does.

/// A struct as a JSON object. A field is a member that must be there (`id`), one that may be absent
/// (`id?`), or one that has a value also where it is absent (`size = 30`). A member of another name than
/// its field says so: `kind: "type"`. Then come the members that are passed over (`omit "secret"`), and
/// what becomes of those that nobody knows: they are passed over, unless `else refused` or
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
        impl<'de> $crate::generated::json::Object<'de> for $name {
            const NAME: &'static str = stringify!($name);

            #[allow(unused_mut, reason = "the struct may have no fields")]
            fn read<__A: $crate::generated::json::MapAccess<'de>>(
                members: &mut $crate::generated::json::Members<__A>,
            ) -> Result<Self, __A::Error> {
                $(let mut $field = None;)*
                $($(let mut $constant = None;)+)?
                $($(let mut $others = ::std::collections::BTreeMap::new();)?)?
                while let Some(name) = members.name()? {
                    match &*name {
                        $($crate::__json_name!($field $($wire)?) => members.value(&mut $field),)*
                        $($($crate::__json_name!($constant $($said)?) => {
                            $crate::__json_constant!(members, $constant, $value $(, $any)?)
                        })+)?
                        $($($omitted)|+ => members.skip(),)?
                        _ => $crate::__json_unknown!(members, name $(, $unknown $(in $others)?)?),
                    }?;
                }
                $($($crate::generated::json::required($constant, $crate::__json_name!($constant $($said)?))?;)+)?
                Ok(Self {
                    $($field: $crate::__json_made!(
                        $field, $crate::__json_name!($field $($wire)?) $(, ? $($some)?)? $(, = $or)?
                    ),)*
                    $($($others,)?)?
                })
            }
        }

        $crate::__json_default!(
            [$($default $(($($arg $(: $ty)? $(=> $into)?),+))?)?]
            $name { $($field $(? $($some)?)? $(= $or)?,)* $($($others = Default::default(),)?)? }
        );

        impl<'de> $crate::generated::json::Decode<'de> for $name {
            fn decode<__D: $crate::generated::json::Deserializer<'de>>(deserializer: __D) -> Result<Self, __D::Error> {
                $crate::generated::json::object(deserializer)
            }
        }

        $crate::__json_deserialize!($name);

        impl $crate::generated::json::Serialize for $name {
            fn serialize<__S: $crate::generated::json::Serializer>(&self, serializer: __S) -> Result<__S::Ok, __S::Error> {
                #[allow(unused_mut, reason = "the struct may have no fields")]
                let mut map = $crate::generated::json::writer(serializer)?;
                $($(map.member(
                    $crate::__json_name!($constant $($said)?), &$crate::generated::json::Constant::from($value),
                );)+)?
                $($crate::__json_written!(
                    map, &self.$field, $crate::__json_name!($field $($wire)?) $(, ? $($some)?)?
                );)*
                $($(for (name, value) in &self.$others {
                    map.member(name, value);
                })?)?
                map.end()
            }
        }
    };
}

/// The name of a member.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $wire:literal) => {
        $wire
    };
}

/// A member that is always the same.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_constant {
    ($members:ident, $seen:ident, $value:literal) => {
        $members.constant(&mut $seen, $crate::generated::json::Constant::from($value))
    };
    ($members:ident, $seen:ident, $value:literal, $any:ty) => {
        $members.any::<$any>(&mut $seen)
    };
}

/// What becomes of a member that has no field.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_unknown {
    ($members:ident, $name:ident) => {
        $members.skip()
    };
    ($members:ident, $name:ident, refused) => {
        $members.refuse()
    };
    ($members:ident, $name:ident, kept in $others:ident) => {
        $members.keep($name, &mut $others)
    };
}

/// A field, of what was read for it.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_made {
    ($read:ident, $name:expr) => {
        $crate::generated::json::required($read, $name)?
    };
    ($read:ident, $name:expr, ?) => {
        $read
    };
    ($read:ident, $name:expr, = $or:expr) => {
        $read.unwrap_or_else(|| $or)
    };
}

/// The members that are written for a field.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_written {
    ($map:ident, $field:expr, $name:expr) => {
        $map.member($name, $field);
    };
    ($map:ident, $field:expr, $name:expr, ?) => {
        $map.optional($name, $field);
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

/// `serde`'s own trait, by JSON Schema's rules.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_deserialize {
    ($name:ident) => {
        impl<'de> $crate::generated::json::Deserialize<'de> for $name {
            fn deserialize<__D: $crate::generated::json::Deserializer<'de>>(
                deserializer: __D,
            ) -> Result<Self, __D::Error> {
                $crate::generated::json::Decode::decode(deserializer)
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
        impl<'de> $crate::generated::json::Decode<'de> for $name {
            fn decode<__D: $crate::generated::json::Deserializer<'de>>(deserializer: __D) -> Result<Self, __D::Error> {
                $crate::generated::json::union(deserializer)
            }
        }

        $crate::__json_deserialize!($name);

        impl $crate::generated::json::Serialize for $name {
            fn serialize<__S: $crate::generated::json::Serializer>(&self, serializer: __S) -> Result<__S::Ok, __S::Error> {
                match self {
                    $(Self::$variant(value) => $crate::generated::json::Serialize::serialize(value, serializer),)*
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
        impl<'de> $crate::generated::json::Decode<'de> for $name {
            fn decode<__D: $crate::generated::json::Deserializer<'de>>(deserializer: __D) -> Result<Self, __D::Error> {
                $crate::generated::json::Decode::decode(deserializer).map(Self)
            }
        }

        $crate::__json_deserialize!($name);

        impl $crate::generated::json::Serialize for $name {
            fn serialize<__S: $crate::generated::json::Serializer>(
                &self,
                serializer: __S,
            ) -> Result<__S::Ok, __S::Error> {
                $crate::generated::json::Serialize::serialize(&self.0, serializer)
            }
        }
    };
}
