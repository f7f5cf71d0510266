//! Problems as a document describes errors: `{code, message}`, and what else APIs have.
//!
//! Members that a schema declares get what their names say. What comes out counts only where it satisfies the schema.

use serde_json::{Map, Value, json};

use crate::protocol::{Location, Problem, Violation};

/// How deep an error may have objects in objects.
const DEEPEST: usize = 4;

/// How many violations a single message tells.
const MOST_IN_MESSAGE: usize = 5;

/// What a problem may be by a schema, the most telling first.
pub(super) fn candidates(schemas: &Value, pointer: &str, problem: &Problem) -> Vec<Value> {
    let Some(schema) = schemas.pointer(pointer) else { return Vec::new() };
    let schema = Schema { schemas, schema };
    let Value::Object(brief) = schema.object(&Telling { problem, message: message(problem, 0) }, DEEPEST) else {
        return Vec::new();
    };
    let mut whole = brief.clone();
    let mut further = problem.extensions.clone();
    if !problem.errors.is_empty() {
        further.insert("errors".to_owned(), json!(problem.errors));
    }
    if problem.type_uri != "about:blank" {
        further.insert("type".to_owned(), json!(problem.type_uri));
    }
    for (name, value) in further {
        whole.entry(name).or_insert(value);
    }
    // Without a place of their own, violations are in the message.
    let telling = Telling { problem, message: message(problem, MOST_IN_MESSAGE) };
    vec![Value::Object(whole), schema.object(&telling, DEEPEST), Value::Object(brief)]
}

/// What happened, in a sentence or two.
fn message(problem: &Problem, most: usize) -> String {
    let mut text = problem.detail.as_deref().unwrap_or(&problem.title).to_owned();
    for violation in problem.errors.iter().take(most) {
        text.push_str(&format!(" {}.", sentence(violation)));
    }
    text
}

/// A violation, without a full stop: `The body at /title is too short`.
fn sentence(violation: &Violation) -> String {
    let Violation { location, at, message, .. } = violation;
    match location {
        Location::Body if at.is_empty() => format!("The body {message}"),
        Location::Body => format!("The body at {at} {message}"),
        Location::Querystring => format!("The query string {message}"),
        Location::Path => format!("The path parameter {at} {message}"),
        Location::Query => format!("The query parameter {at} {message}"),
        Location::Header => format!("The header {at} {message}"),
        Location::Cookie => format!("The cookie {at} {message}"),
    }
}

/// A schema in the document that it refers to.
#[derive(Clone, Copy)]
struct Schema<'s> {
    schemas: &'s Value,
    schema: &'s Value,
}

/// What there is to say.
struct Telling<'p> {
    problem: &'p Problem,
    message: String,
}

impl<'s> Schema<'s> {
    /// The schema that references lead to.
    fn resolved(self) -> Self {
        let mut schema = self.schema;
        for _ in 0..DEEPEST {
            let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { break };
            let Some(target) = reference.strip_prefix('#').and_then(|pointer| self.schemas.pointer(pointer)) else {
                break;
            };
            schema = target;
        }
        Self { schema, ..self }
    }

    fn at(self, schema: &'s Value) -> Self {
        Self { schema, ..self }.resolved()
    }

    /// The properties, also of what it is made of.
    fn properties(self, depth: usize) -> Vec<(&'s str, Self)> {
        let this = self.resolved();
        let own = this.schema.get("properties").and_then(Value::as_object);
        let own = own.into_iter().flatten().map(|(name, schema)| (name.as_str(), this.at(schema)));
        let parts = this.schema.get("allOf").and_then(Value::as_array).filter(|_| depth > 0);
        let inherited = parts.into_iter().flatten().flat_map(|part| this.at(part).properties(depth - 1));
        own.chain(inherited).collect()
    }

    /// Whether a value of this type is one; so it is where the schema says nothing at all.
    fn is(self, name: &str) -> bool {
        match self.schema.get("type") {
            Some(Value::String(one)) => one == name,
            Some(Value::Array(several)) => several.iter().any(|one| one == name),
            _ => !TELLING.iter().any(|keyword| self.schema.get(keyword).is_some()),
        }
    }

    /// An object with all that is known to say.
    fn object(self, telling: &Telling<'_>, depth: usize) -> Value {
        let properties = self.properties(depth);
        let has_message = properties.iter().any(|(name, _)| plain(name) == "message");
        let mut members = Map::new();
        for (name, schema) in properties {
            let value = match plain(name).as_str() {
                // Beside a message it is what the message is about.
                "error" if has_message && schema.is("string") => Some(json!(telling.problem.title)),
                known => schema.member(known, name, telling, depth),
            };
            members.extend(value.map(|value| (name.to_owned(), value)));
        }
        Value::Object(members)
    }

    /// A member of an error, by its plain name.
    fn member(self, known: &str, name: &str, telling: &Telling<'_>, depth: usize) -> Option<Value> {
        let Telling { problem, message } = telling;
        match known {
            "code" | "status" | "statuscode" | "errorcode" | "httpstatus" | "httpcode" | "httpstatuscode" => {
                self.code(known.contains("status"), problem)
            }
            "type" if self.is("string") => Some(json!(problem.type_uri)),
            "title" | "name" if self.is("string") => Some(json!(problem.title)),
            "instance" => problem.instance.as_ref().map(|instance| json!(instance)),
            _ if self.is("array") && MANY.contains(&known) && self.schema.get("items").is_some() => {
                self.violations(telling, depth)
            }
            _ if self.is("string") && MESSAGES.contains(&known) => Some(json!(message)),
            _ => match problem.extensions.get(name) {
                Some(value) => Some(value.clone()),
                None if depth > 0 && known == "error" => Some(self.object(telling, depth - 1)),
                None => None,
            },
        }
    }

    /// The status, or the name of it.
    fn code(self, is_status: bool, problem: &Problem) -> Option<Value> {
        let (status, title) = (problem.status.as_u16(), &problem.title);
        if self.is("integer") || self.is("number") {
            return Some(json!(status));
        }
        let words = title.to_lowercase().replace([' ', '-'], "_");
        let names = [words.clone(), words.to_uppercase(), title.clone().into_owned(), status.to_string()];
        match self.schema.get("enum").and_then(Value::as_array) {
            Some(values) => names.iter().find(|name| values.iter().any(|value| value == *name)).map(|name| json!(name)),
            None if !self.is("string") => None,
            None if is_status => Some(json!(status.to_string())),
            None => Some(json!(words)),
        }
    }

    /// All that a request did wrong, or the problem as a whole.
    fn violations(self, telling: &Telling<'_>, depth: usize) -> Option<Value> {
        let items = self.at(self.schema.get("items")?);
        let problem = telling.problem;
        let all = match (problem.errors.is_empty(), items.is("string")) {
            (true, true) => vec![json!(telling.message)],
            (true, false) => vec![items.object(telling, depth.checked_sub(1)?)],
            (false, true) => problem.errors.iter().map(|violation| json!(sentence(violation))).collect(),
            (false, false) => problem.errors.iter().map(|violation| items.violation(violation, depth)).collect(),
        };
        Some(Value::Array(all))
    }

    fn violation(self, violation: &Violation, depth: usize) -> Value {
        let own = json!(violation);
        let mut members = Map::new();
        for (name, _) in self.properties(depth) {
            let value = match plain(name).as_str() {
                "field" | "path" | "property" | "param" | "parameter" | "pointer" | "name" | "source" => {
                    Some(json!(violation.at))
                }
                "location" => own.get("in").cloned(),
                known if MESSAGES.contains(&known) => Some(json!(violation.message)),
                known if CODES.contains(&known) => Some(json!(violation.code)),
                _ => own.get(name).cloned(),
            };
            members.extend(value.map(|value| (name.to_owned(), value)));
        }
        // A schema that declares nothing takes all there is.
        if members.is_empty() { own } else { Value::Object(members) }
    }
}

/// Keywords without which a schema says nothing of the type.
const TELLING: [&str; 7] = ["properties", "items", "allOf", "anyOf", "oneOf", "enum", "const"];

/// What APIs call the sentence that says what happened.
const MESSAGES: [&str; 10] = [
    "message",
    "msg",
    "detail",
    "description",
    "error",
    "errormessage",
    "errordescription",
    "reason",
    "text",
    "usermessage",
];

/// What they call the kind of a violation.
const CODES: [&str; 4] = ["code", "errorcode", "type", "rule"];

/// What they call all that is wrong.
const MANY: [&str; 5] = ["errors", "details", "violations", "issues", "detail"];

/// A name without what styles of names differ in.
fn plain(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::HttpError;

    fn first(schema: Value, error: &HttpError) -> Value {
        let schemas = json!({ "a": schema });
        candidates(&schemas, "/a", error.problem()).swap_remove(0)
    }

    fn missing() -> HttpError {
        HttpError::not_found().detail("There is no such pet.")
    }

    fn invalid() -> HttpError {
        let violation = Violation {
            location: Location::Body,
            at: "/name".to_owned(),
            part: String::new(),
            code: "minLength".into(),
            message: "is too short".to_owned(),
        };
        HttpError::unprocessable().detail("The request breaks 1 rule.").violation(violation)
    }

    #[test]
    fn members_get_what_their_names_say() {
        let schema = json!({"properties": {"code": {"type": "integer"}, "message": {"type": "string"}}});
        assert_eq!(first(schema, &missing()), json!({"code": 404, "message": "There is no such pet."}));
        let schema = json!({"properties": {
            "status_code": {"type": "string"}, "errorCode": {"enum": ["NOT_FOUND", "OTHER"]},
            "error": {"type": "string"}, "Message": {"type": ["string", "null"]}, "balance": {}, "unknown": {"type": "string"}
        }});
        let expected = json!({
            "status_code": "404", "errorCode": "NOT_FOUND", "error": "Not Found", "Message": "There is no such pet.",
            "balance": 3
        });
        assert_eq!(first(schema, &missing().extension("balance", 3)), expected);
    }

    #[test]
    fn an_error_may_be_inside_of_another_object_and_made_of_several() {
        let schema = json!({"properties": {"error": {"type": "object", "allOf": [
            {"properties": {"code": {"type": "string"}}}, {"properties": {"message": {"type": "string"}}}
        ]}}});
        let expected = json!({"error": {"code": "not_found", "message": "There is no such pet."}});
        assert_eq!(first(schema, &missing()), expected);
    }

    #[test]
    fn violations_stand_where_the_schema_has_a_place_for_them() {
        let item = json!({"properties": {"field": {}, "message": {}, "code": {}}});
        let schema = json!({"properties": {"errors": {"type": "array", "items": item}}});
        let expected = json!({"errors": [{"field": "/name", "message": "is too short", "code": "minLength"}]});
        assert_eq!(first(schema.clone(), &invalid()), expected);
        // Without violations, the problem is the only error.
        let expected = json!({"errors": [{"message": "There is no such pet.", "code": 404}]});
        assert_eq!(first(schema, &missing()), expected);
        let schema = json!({"properties": {"details": {"type": "array", "items": {"type": "string"}}}});
        assert_eq!(first(schema, &invalid())["details"], json!(["The body at /name is too short"]));
    }

    #[test]
    fn without_such_a_place_they_stand_beside_or_in_the_message() {
        let schemas = json!({"a": {"properties": {"message": {"type": "string"}}}});
        let found = candidates(&schemas, "/a", invalid().problem());
        assert_eq!(found[0]["errors"][0]["code"], "minLength");
        assert_eq!(found[1], json!({"message": "The request breaks 1 rule. The body at /name is too short."}));
        assert_eq!(found[2], json!({"message": "The request breaks 1 rule."}));
    }
}
