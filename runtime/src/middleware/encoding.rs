//! Content codings (RFC 9110 §8.4.1).

/// A way to compress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `gzip` (RFC 1952).
    Gzip,
    /// `br`, Brotli (RFC 7932).
    Br,
    /// `zstd` (RFC 8878).
    Zstd,
}

impl Encoding {
    pub(super) const ALL: [Self; 3] = [Self::Gzip, Self::Br, Self::Zstd];

    /// Its name in headers.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Br => "br",
            Self::Zstd => "zstd",
        }
    }
}
