//! Reading headers.

/// The value, if there is one and no other.
pub(crate) fn exactly_one<T>(mut values: impl Iterator<Item = T>) -> Option<T> {
    values.next().filter(|_| values.next().is_none())
}
