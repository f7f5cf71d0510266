//! Comparing secrets.

use subtle::ConstantTimeEq as _;

/// Whether a secret that was sent is the expected one. The time that it takes tells nothing but whether the lengths
/// differ.
pub(crate) fn is_same(sent: &str, expected: &[u8]) -> bool {
    // A secret that was never set shall not let anybody in.
    !expected.is_empty() && bool::from(sent.as_bytes().ct_eq(expected))
}
