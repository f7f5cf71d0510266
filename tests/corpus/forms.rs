//! Values as forms write them: the other direction of what the runtime reads.

use buildflow_gen::ir::{ByteLength, FieldStyle, FormField, PartRules, UploadContent, UploadField};
use serde_json::Value;

use super::requests::{encoded, text};

/// An object as `application/x-www-form-urlencoded`: members in brackets, lists repeated, where no style says
/// otherwise.
pub fn form(value: &Value, styles: &[FormField]) -> String {
    let mut pairs = Vec::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        match styled(name, value, styles) {
            Some(styled) => pairs.extend(styled),
            None => add_pairs(name, value, &mut pairs),
        }
    }
    let pairs = pairs.iter().map(|(name, text)| format!("{}={}", encoded(name), encoded(text)));
    pairs.collect::<Vec<_>>().join("&")
}

/// What a part of a form must be, with the values of its headers.
pub struct Part<'r> {
    pub rules: &'r PartRules,
    pub headers: Vec<(&'r str, String)>,
}

impl Part<'_> {
    /// The lines of its head beside its name.
    fn head(&self) -> String {
        let media_type = self.rules.media_types.first().map(|range| range.replace('*', "example"));
        let media_type = media_type.map(|media_type| format!("\r\nContent-Type: {media_type}")).unwrap_or_default();
        self.headers.iter().fold(media_type, |head, (name, value)| format!("{head}\r\n{name}: {value}"))
    }
}

/// A few bytes, as many as may be.
pub fn bytes(length: ByteLength) -> String {
    let count = 5.max(length.min.unwrap_or_default()).min(length.max.unwrap_or(u64::MAX));
    "b".repeat(usize::try_from(count).expect("it fits"))
}

/// An object as `multipart/form-data`: objects as JSON, lists repeated, where no style says otherwise, and a few
/// bytes for each file.
pub fn multipart(
    value: &Value,
    (fields, styles): (&[UploadField], &[FormField]),
    parts: &[Part<'_>],
) -> (String, String) {
    let mut body = String::new();
    let rules = |name: &str| parts.iter().find(|part| part.rules.wire_name == name);
    let mut part = |name: &str, more: &str, text: &str| {
        let head = rules(name).map(Part::head).unwrap_or_default();
        body += &format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"{more}{head}\r\n\r\n{text}\r\n");
    };
    let is_file = |name: &str| {
        let is_value = |field: &UploadField| matches!(field.content, UploadContent::Value(_));
        fields.iter().any(|field| field.wire_name == name && !is_value(field))
    };
    for (name, value) in value.as_object().into_iter().flatten() {
        match (styled(name, value, styles), value) {
            _ if is_file(name) => {
                part(
                    name,
                    "; filename=\"a.bin\"",
                    &bytes(rules(name).map(|part| part.rules.length).unwrap_or_default()),
                );
            }
            (Some(styled), _) => styled.iter().for_each(|(name, text)| part(name, "", text)),
            (None, Value::Array(items)) => items.iter().for_each(|item| part(name, "", &text(item))),
            (None, value) => part(name, "", &text(value)),
        }
    }
    ("multipart/form-data; boundary=cut".to_owned(), format!("{body}--cut--\r\n"))
}

/// A field as its style has it; `None` where it has none.
fn styled(name: &str, value: &Value, styles: &[FormField]) -> Option<Vec<(String, String)>> {
    let style = &styles.iter().find(|field| field.wire_name == name)?.style;
    let one = |text: String| vec![(name.to_owned(), text)];
    Some(match (style, value) {
        (FieldStyle::Json, value) => one(value.to_string()),
        (FieldStyle::Delimited(delimiter), Value::Array(items)) => {
            one(items.iter().map(text).collect::<Vec<_>>().join(&delimiter.to_string()))
        }
        (FieldStyle::Delimited(delimiter), Value::Object(members)) => {
            let turns = members.iter().flat_map(|(name, value)| [name.clone(), text(value)]);
            one(turns.collect::<Vec<_>>().join(&delimiter.to_string()))
        }
        (FieldStyle::Spread(_), Value::Object(members)) => {
            members.iter().map(|(name, value)| (name.clone(), text(value))).collect()
        }
        (FieldStyle::Plain, Value::Array(items)) => items.iter().map(|item| (name.to_owned(), text(item))).collect(),
        (_, value) => one(text(value)),
    })
}

/// Names with brackets, and texts: `filter[a][0]=1`.
pub fn add_pairs(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(index, item)| add_pairs(&format!("{name}[{index}]"), item, pairs));
        }
        // Brackets cannot say that there is nothing in them.
        Value::Object(members) if members.is_empty() => pairs.push((name.to_owned(), "{}".to_owned())),
        Value::Object(members) => {
            members.iter().for_each(|(member, value)| add_pairs(&format!("{name}[{member}]"), value, pairs));
        }
        value => pairs.push((name.to_owned(), text(value))),
    }
}
