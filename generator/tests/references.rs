//! References lead to other files and to named schemas, and what is wrong with them is told where they stand.

#[path = "references/files.rs"]
mod files;
#[path = "references/identity.rs"]
mod identity;
#[cfg(feature = "remote")]
#[path = "references/remote.rs"]
mod remote;

use std::fs;
use std::path::{Path, PathBuf};

use buildflow_gen::ir::Endpoint;
use buildflow_gen::lift::Document;
use buildflow_gen::lower::Lowered;
use buildflow_gen::read::Pointer;
use buildflow_gen::{Compiled, compile};

/// Files in a folder of their own, of which `api.yaml` is the document.
struct Project {
    folder: PathBuf,
}

impl Project {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("references").join(name);
        let _ = fs::remove_dir_all(&folder);
        for (file, text) in files {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
            fs::write(path, text).expect("the file can be written");
        }
        Self { folder }
    }

    fn compile(&self) -> Compiled {
        compile(&self.folder.join("api.yaml"), None, false)
    }

    /// Compiles a document that has no mistakes.
    fn understood(&self) -> Understood {
        let compiled = self.compile();
        assert!(compiled.diagnostics.is_empty(), "{}", compiled.report(false));
        Understood(compiled)
    }

    /// What is told: `file:line:column code`, the file relative to the project's folder.
    fn told(&self) -> Vec<String> {
        let compiled = self.compile();
        let told = compiled.diagnostics.iter().map(|diagnostic| {
            let place = diagnostic.span.map(|span| compiled.sources.position(span).to_string()).unwrap_or_default();
            let folder = format!("{}/", self.folder.display());
            format!("{} {}", place.replace(&folder, ""), diagnostic.code)
        });
        told.collect()
    }

    fn report(&self) -> String {
        self.compile().report(false)
    }
}

/// A document that was compiled without a word.
struct Understood(Compiled);

impl Understood {
    fn document(&self) -> &Document {
        &self.0.outcome().expect("the document is understood").0
    }

    fn lowered(&self) -> &Lowered {
        &self.0.outcome().expect("the document is understood").1
    }

    fn endpoint(&self, method: &str, path: &str) -> &Endpoint {
        self.lowered().endpoint(method, path).expect("the endpoint is generated")
    }

    /// The names of the types, sorted.
    fn types(&self) -> Vec<String> {
        let mut types: Vec<_> = self.lowered().service.types.iter().map(|made| made.name.to_string()).collect();
        types.sort();
        types
    }

    /// What a `$ref` at a place says now.
    fn reference(&self, holder: &str) -> String {
        let pointer = Pointer::parse(holder).expect("a pointer");
        let node = self.document().node(&pointer).and_then(|node| node.get("$ref"));
        node.and_then(|node| node.as_str()).unwrap_or_else(|| panic!("there is no `$ref` at {holder}")).to_owned()
    }
}

/// A document with a component `Body` that the one operation takes, and more components.
fn document(body: &str, components: &str) -> String {
    format!(
        "openapi: 3.1.0
info: {{ title: a, version: '1' }}
paths:
  /a:
    post:
      requestBody: {{ content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/Body' }} }} }} }}
      responses: {{ '204': {{ description: a }} }}
components:
  schemas:
    Body: {body}
{components}"
    )
}

/// A document whose operation has a parameter, a body and a response behind chains of references.
fn chained(length: usize) -> String {
    let chain = |end: &str| {
        let links = (0..length).map(|at| format!("      L{at}: {{ $ref: '#/components/SECTION/L{}' }}\n", at + 1));
        format!("{}      L{length}: {end}\n", links.collect::<String>())
    };
    let section = |name: &str, end: &str| format!("    {name}:\n{}", chain(end).replace("SECTION", name));
    let parameters = section("parameters", "{ name: q, in: query, required: true, schema: { type: integer } }");
    let bodies = section("requestBodies", "{ content: { text/plain: { schema: { type: string } } } }");
    let responses = section("responses", "{ description: Made, headers: { X-Made: { schema: { type: string } } } }");
    format!(
        "openapi: 3.1.0\ninfo: {{ title: chain, version: '1' }}\npaths:\n  /a:\n    post:\n      parameters: [{{ $ref: '#/components/parameters/L0' }}]\n      requestBody: {{ $ref: '#/components/requestBodies/L0' }}\n      responses: {{ '201': {{ $ref: '#/components/responses/L0' }} }}\ncomponents:\n{parameters}{bodies}{responses}"
    )
}

#[test]
fn a_chain_of_references_is_followed_however_long_it_is() {
    for length in [1, 31, 32, 40, 63, 64, 200] {
        let understood = Project::new(&format!("chain-{length}"), &[("api.yaml", &chained(length))]).understood();
        let endpoint = understood.endpoint("POST", "/a");
        assert_eq!(endpoint.parameters.len(), 1, "{length}");
        assert!(endpoint.body().is_some(), "{length}");
        let responses: Vec<String> = endpoint.answers.iter().map(|answer| answer.variant.to_string()).collect();
        assert_eq!(responses, ["Created"], "{length}");
        assert!(endpoint.answers[0].headers.is_some(), "{length}");
    }
}
