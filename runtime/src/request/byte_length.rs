//! How long bytes may be.

/// How many bytes a body or a file may have: `minLength` and `maxLength`, which count octets where a value is no text
/// (OpenAPI 3.1.1, "Working with Binary Data").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteLength {
    pub(super) min: u64,
    pub(super) max: u64,
}

impl ByteLength {
    /// Any number.
    pub const ANY: Self = Self::new(0, u64::MAX);

    /// At least and at most so many.
    pub const fn new(min: u64, max: u64) -> Self {
        Self { min, max }
    }

    /// The smaller of a limit and the most that is allowed.
    pub(super) fn within(self, limit: usize) -> usize {
        usize::try_from(self.max).map_or(limit, |max| max.min(limit))
    }

    /// The keyword that a length breaks, and what must be.
    pub(super) fn broken_by(self, length: u64) -> Option<(&'static str, String)> {
        let bytes = |count| if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") };
        if length < self.min {
            Some(("minLength", format!("must have at least {}", bytes(self.min))))
        } else if length > self.max {
            Some(("maxLength", format!("must have at most {}", bytes(self.max))))
        } else {
            None
        }
    }
}
