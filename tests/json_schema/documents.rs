//! The suite as OpenAPI documents: one a file, with an endpoint a group whose body is the group's schema.

use std::fs;
use std::path::Path;

use buildflow_gen::render::Layout;
use buildflow_gen::{CompileOptions, Compiled, GenerateError, compile_with};

use super::suite::{File, Group};

/// How the suite's schemas say that they are of JSON Schema 2020-12.
const DIALECT: &str = "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",";

/// A file of the suite as a document that was compiled.
pub struct Document<'s> {
    /// The name of its module, and of its base route; never a keyword of Rust.
    pub name: String,
    pub file: &'s File,
    pub compiled: Compiled,
    /// For each group, why it was refused, if it was.
    pub refusals: Vec<Option<String>>,
}

impl<'s> Document<'s> {
    /// Compiles a file. Groups that the generator refuses are left out, so that the others are served.
    ///
    /// What the suite expects to find at `http://localhost:1234` is below the folder `remotes`.
    pub fn of(file: &'s File, folder: &Path, remotes: &Path) -> Self {
        let name: String = file.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let name = format!("{}_suite", name.to_ascii_lowercase());
        let mirrors = vec![("http://localhost:1234/".to_owned(), remotes.to_owned())];
        let options = CompileOptions { name: Some(name.clone()), mirrors, ..CompileOptions::default() };
        let compiled = |groups: &[(usize, &Group)]| {
            let path = folder.join(format!("{name}.json"));
            fs::write(&path, document(file, groups)).expect("the document can be written");
            compile_with(&path, &options)
        };
        let groups: Vec<(usize, &Group)> = file.groups.iter().enumerate().collect();
        let refusal = |group: &(usize, &Group)| compiled(&[*group]).render(&Layout::Include).err();
        let refusals: Vec<Option<String>> = groups.iter().map(|group| refusal(group).map(reason)).collect();
        let served = groups.into_iter().filter(|(index, _)| refusals[*index].is_none());
        let compiled = compiled(&served.collect::<Vec<_>>());
        Self { name, file, compiled, refusals }
    }
}

/// The first error of a report.
fn reason(report: GenerateError) -> String {
    let report = report.to_string();
    report.lines().find(|line| line.starts_with("error")).unwrap_or(&report).to_owned()
}

/// The OpenAPI document that serves these groups.
fn document(file: &File, groups: &[(usize, &Group)]) -> String {
    let operation = |(index, _): &(usize, &Group)| {
        format!(
            r##""/{index}": {{"post": {{"operationId": "group_{index}", "requestBody": {{"required": true, "content":
               {{"application/json": {{"schema": {{"$ref": "#/components/schemas/Group{index}"}}}}}}}},
               "responses": {{"204": {{"description": "Valid."}}}}}}}}"##
        )
    };
    let schema = |(index, group): &(usize, &Group)| format!(r#""Group{index}": {}"#, schema(file, *index, group));
    format!(
        r#"{{"openapi": "3.1.0", "info": {{"title": "{}", "version": "1"}},
           "paths": {{{}}}, "components": {{"schemas": {{{}}}}}}}"#,
        file.name,
        groups.iter().map(operation).collect::<Vec<_>>().join(",\n"),
        groups.iter().map(schema).collect::<Vec<_>>().join(",\n"),
    )
}

/// The schema of a group, as it is embedded in a document.
fn schema(file: &File, index: usize, group: &Group) -> String {
    // What the suite expects of formats is what OpenAPI's own dialect asks for.
    let dialect = if file.name.starts_with("optional/format/") { "" } else { DIALECT };
    let schema = group.schema.replacen(DIALECT, dialect, 1);
    let refers = schema.contains("\"$ref\":") || schema.contains("\"$dynamicRef\":");
    match schema.strip_prefix('{') {
        // With an `$id`, references count from the schema, and not from the document around it
        // (JSON Schema Core 2020-12 §9.2).
        Some(rest) if refers && !group.has_id => {
            format!("{{\"$id\":\"https://suite.example/{}/{index}\",{rest}", file.name)
        }
        _ => schema,
    }
}
