//! JSON that is committed: in lines, so that a change of a document is a few lines of a diff.

/// The longest line, but for strings that are longer.
const WIDTH: usize = 100;

/// The same values in lines: what fits into one stands in one. The text is compact, as generated JSON is.
pub(in crate::render) fn lines(compact: &str) -> String {
    let mut layout = Layout { text: compact, brackets: brackets(compact), out: String::new() };
    layout.out.reserve(compact.len() + compact.len() / 4);
    layout.value(0, compact.len(), 0);
    layout.out.push('\n');
    layout.out
}

/// Where each object and array begins and ends, in the order of their beginnings.
fn brackets(text: &str) -> Vec<(usize, usize)> {
    let (mut found, mut open, mut in_string, mut is_escaped) = (Vec::new(), Vec::new(), false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                open.push(found.len());
                found.push((at, text.len()));
            }
            b'}' | b']' if !in_string => {
                if let Some(number) = open.pop() {
                    found[number].1 = at + 1;
                }
            }
            _ => {}
        }
    }
    found
}

struct Layout<'t> {
    text: &'t str,
    brackets: Vec<(usize, usize)>,
    out: String,
}

impl Layout<'_> {
    /// Writes the value between two places.
    fn value(&mut self, start: usize, end: usize, indent: usize) {
        let is_container = self.text[start..end].starts_with(['{', '[']) && end - start > 2;
        if !is_container || end - start + indent <= WIDTH {
            self.spaced(start, end);
            return;
        }
        self.out.push_str(&self.text[start..=start]);
        let mut from = start + 1;
        while from < end {
            let to = self.end_of_part(from, end - 1);
            self.line(indent + 1);
            self.part(from, to, indent + 1);
            from = to + 1;
            if from < end {
                self.out.push(',');
            }
        }
        self.line(indent);
        self.out.push_str(&self.text[end - 1..end]);
    }

    /// A member or an item.
    fn part(&mut self, start: usize, end: usize, indent: usize) {
        let key = match self.text[start..end].starts_with('"') {
            true => end_of_string(&self.text[start..end]),
            false => 0,
        };
        // An item that is a string has no value behind it.
        if key == 0 || key == end - start {
            return self.value(start, end, indent);
        }
        self.out.push_str(&self.text[start..start + key]);
        self.out.push_str(": ");
        self.value(start + key + 1, end, indent);
    }

    /// Where a member or an item ends: at the comma behind it, or where what holds it does.
    fn end_of_part(&self, start: usize, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = start;
        while at < end {
            match bytes[at] {
                b'"' => at += end_of_string(&self.text[at..end]),
                b'{' | b'[' => at = self.end_of_bracket(at),
                b',' => return at,
                _ => at += 1,
            }
        }
        end
    }

    fn end_of_bracket(&self, at: usize) -> usize {
        let place = self.brackets.binary_search_by_key(&at, |(start, _)| *start);
        place.map_or(self.text.len(), |place| self.brackets[place].1)
    }

    /// What fits into a line, with spaces where people put them.
    fn spaced(&mut self, start: usize, end: usize) {
        let (mut in_string, mut is_escaped) = (false, false);
        for character in self.text[start..end].chars() {
            self.out.push(character);
            match character {
                _ if is_escaped => is_escaped = false,
                '\\' if in_string => is_escaped = true,
                '"' => in_string = !in_string,
                ',' | ':' if !in_string => self.out.push(' '),
                _ => {}
            }
        }
    }

    fn line(&mut self, indent: usize) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', indent));
    }
}

/// How long a string is, at the beginning of a text, with its quotes.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stands_in_a_line_and_all_else_in_several() {
        let long = "x".repeat(90);
        let compact =
            format!(r#"{{"a":[1,{{"b":"c, d: e\""}}],"f":{{"{long}":[],"g":{{}}}},"h":["{long}","{long}"],"i":1.50}}"#);
        let expected = format!(
            "{{\n \"a\": [1, {{\"b\": \"c, d: e\\\"\"}}],\n \"f\": {{\n  \"{long}\": [],\n  \"g\": {{}}\n }},\n \"h\": [\n  \"{long}\",\n  \"{long}\"\n ],\n \"i\": 1.50\n}}\n"
        );
        assert_eq!(lines(&compact), expected);
    }

    #[test]
    fn values_stay_as_they_are() {
        for compact in ["{}", "[]", "1", "\"a\\\\\"", "true", r#"{"a":{"b":[[],[{}]]}}"#] {
            assert_eq!(lines(compact).replace(['\n', ' '], ""), compact);
        }
    }
}
