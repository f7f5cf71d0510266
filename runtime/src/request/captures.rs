//! The parts of a path that parameters take.

use std::ops::Range;

use smallvec::SmallVec;

/// The parts of a path that parameters take, as ranges of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Captures {
    ranges: SmallVec<[(u32, u32); 4]>,
}

impl Captures {
    pub(crate) fn push(&mut self, range: Range<usize>) {
        self.ranges.push((range.start as u32, range.end as u32));
    }

    pub(crate) fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Drops all captures from this number on.
    pub(crate) fn truncate(&mut self, mark: usize) {
        self.ranges.truncate(mark);
    }

    /// The text of a capture, percent-encoded as it came.
    pub(crate) fn get<'p>(&self, path: &'p str, index: usize) -> Option<&'p str> {
        let (start, end) = *self.ranges.get(index)?;
        path.get(start as usize..end as usize)
    }
}
