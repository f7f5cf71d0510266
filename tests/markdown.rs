//! Fenced blocks of Markdown, and the documents that they are parts of.

/// A fenced block.
pub struct Block<'m> {
    /// What follows the fence.
    pub language: &'m str,
    /// What is inside.
    pub text: String,
    /// The line of the fence.
    pub line: usize,
}

/// The fenced blocks of a page.
pub fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut lines = page.lines().zip(1..);
    let mut blocks = Vec::new();
    while let Some((start, line)) = lines.find(|(text, _)| is_fence(text)) {
        let language = start.trim_start().trim_start_matches('`');
        let inside = lines.by_ref().map(|(text, _)| text).take_while(|text| !is_fence(text));
        let text = inside.collect::<Vec<_>>().join("\n");
        blocks.push(Block { language, text, line });
    }
    blocks
}

/// Whether a line begins or ends a fenced block.
pub fn is_fence(line: &str) -> bool {
    line.trim_start().starts_with("```")
}

/// The fragment as part of the smallest document, where it is none itself.
pub fn document_of(fragment: &str) -> String {
    let mut document = fragment.to_owned();
    let version = if fragment.lines().any(|line| line.starts_with("swagger:")) { "" } else { "openapi: 3.1.0" };
    for root in [version, "info: { title: Example, version: 1.0.0 }", "paths: {}"] {
        let key = root.split_inclusive(':').next().unwrap_or_default();
        if !document.lines().any(|line| line.starts_with(key)) {
            document.push_str(&format!("\n{root}"));
        }
    }
    document
}
