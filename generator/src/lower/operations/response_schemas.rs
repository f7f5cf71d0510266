//! What answers are checked against: the schemas of responses, and which of them each endpoint's answers have.

use crate::ir::{Content, Endpoint};
use crate::lift::{Direction, Document};
use crate::read::Pointer;

/// One JSON text: the schemas of JSON answers, each at its pointer, and beside them, for each endpoint, a list of status,
/// media type and pointer.
pub(in crate::lower) fn response_schemas(document: &Document, endpoints: &[Endpoint]) -> String {
    let table: Vec<Vec<(String, &str, &str)>> = endpoints.iter().map(of_endpoint).collect();
    let pointers = table.iter().flatten().filter_map(|(.., pointer)| Pointer::parse(pointer));
    let ids: Vec<_> = pointers.filter_map(|pointer| document.schemas.at(&pointer)).collect();
    let table = serde_json::json!(table).to_string();
    document.validator_document(ids, Direction::Response).with_member("x-buildflow-answers", &table).into_text()
}

fn of_endpoint(endpoint: &Endpoint) -> Vec<(String, &str, &str)> {
    let mut documented = Vec::new();
    for answer in &endpoint.answers {
        let Some(body) = answer.body.as_ref().filter(|body| matches!(body.content, Content::Json(_))) else { continue };
        let Some(schema) = &body.schema else { continue };
        let status = answer.status.to_string();
        documented.extend(body.media_types.iter().map(|name| (status.clone(), name.as_str(), schema.as_str())));
    }
    documented
}
