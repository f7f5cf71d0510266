//! References to other files.

use std::fs;

use buildflow_gen::{CompileOptions, compile_with};

use super::{Project, document};

const HEAD: &str = "openapi: 3.1.0\ninfo: { title: a, version: '1' }\n";

#[test]
fn every_kind_of_object_may_stand_in_a_file_of_its_own() {
    let api = format!(
        "{HEAD}paths:\n  /pets/{{id}}: {{ $ref: paths/pet.yaml }}\ncomponents:\n  securitySchemes:\n    key: {{ $ref: \
         'common.yaml#/schemes/key' }}\n"
    );
    let path = "
parameters: [{ $ref: '../common.yaml#/id' }]
put:
  operationId: putPet
  security: [{ key: [] }]
  requestBody: { $ref: '../common.yaml#/body' }
  responses:
    '200': { $ref: '../responses/pet.json' }
    default: { $ref: '../common.yaml#/problem' }
";
    let common = "
id: { name: id, in: path, required: true, schema: { $ref: 'schemas/id.yaml' } }
schemes: { key: { type: apiKey, in: header, name: X-Key } }
body:
  required: true
  content: { application/json: { schema: { $ref: schemas/Pet.yaml }, examples: { one: { $ref: '#/one' } } } }
one: { value: { name: Rex } }
problem: { description: Wrong., content: { application/json: { schema: { $ref: 'schemas/all.yaml#/$defs/Problem' } } } }
";
    let response =
        r#"{"description": "A pet.", "content": {"application/json": {"schema": {"$ref": "../schemas/Pet.yaml"}}}}"#;
    let pet = "{ type: object, required: [name], properties: { name: { type: string }, friend: { $ref: Pet.yaml } } }";
    let all = "$defs: { Problem: { type: object, properties: { title: { type: string } } } }";
    let files = [
        ("api.yaml", api.as_str()),
        ("paths/pet.yaml", path),
        ("common.yaml", common),
        ("responses/pet.json", response),
        ("schemas/id.yaml", "type: integer"),
        ("schemas/Pet.yaml", pet),
        ("schemas/all.yaml", all),
    ];
    let understood = Project::new("every-kind", &files).understood();
    assert_eq!(understood.types(), ["Id", "Pet", "Problem"]);
    let endpoint = understood.endpoint("PUT", "/pets/{id}");
    assert_eq!(endpoint.method_name.to_string(), "put_pet");
    assert_eq!(understood.lowered().service.schemes.len(), 1);
    let schema = r##""schemas/Pet.yaml":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"friend":{"$ref":"#/x-buildflow-files/schemas~1Pet.yaml"}}}"##;
    assert!(understood.lowered().service.schemas.contains(schema), "{}", understood.lowered().service.schemas);
}

#[test]
fn a_type_is_named_after_its_component_or_its_file() {
    let components = "
    Pet: { $ref: schemas/animal.yaml }
    Note: { type: object, properties: { text: { type: string } } }
";
    let body = "{ type: object, properties: { a: { $ref: schemas/animal.yaml }, b: { $ref: 'all.yaml#/components/schemas/Owner' }, c: { $ref: 'schemas/toy.v1.yaml' }, d: { $ref: 'schemas/note.yaml' }, e: { $ref: '#/components/schemas/Note' } } }";
    let files = [
        ("api.yaml", document(body, components)),
        (
            "schemas/animal.yaml",
            "{ type: object, properties: { tag: { type: object, properties: { a: {} } } } }".into(),
        ),
        (
            "schemas/toy.v1.yaml",
            "{ type: object, properties: { of: { $ref: ../api.yaml#/components/schemas/Pet } } }".into(),
        ),
        ("schemas/note.yaml", "{ type: object, properties: { a: { type: string } } }".into()),
        ("all.yaml", "components: { schemas: { Owner: { type: object, properties: { a: {} } } } }".into()),
    ];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let types = Project::new("names", &files).understood().types();
    assert_eq!(types, ["Body", "Note", "Note2", "Owner", "Pet", "PetTag", "Toy"]);
}

#[test]
fn files_may_refer_to_each_other_in_circles_and_back_to_the_document() {
    let files = [
        ("api.yaml", document("{ $ref: a/node.yaml }", "    Leaf: { type: string, maxLength: 3 }\n")),
        ("a/node.yaml", "{ type: object, properties: { next: { $ref: ../b/node.yaml }, leaf: { $ref: '../api.yaml#/components/schemas/Leaf' } } }".into()),
        ("b/node.yaml", "{ type: object, properties: { back: { $ref: '../a/../a/./node.yaml#' } } }".into()),
    ];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let understood = Project::new("circles", &files).understood();
    assert_eq!(
        understood.reference("/x-buildflow-files/b~1node.yaml/properties/back"),
        "#/x-buildflow-files/a~1node.yaml"
    );
    assert_eq!(understood.reference("/x-buildflow-files/a~1node.yaml/properties/leaf"), "#/components/schemas/Leaf");
    assert_eq!(understood.0.sources.files().count(), 3);
}

#[test]
fn a_pointer_may_lead_through_references() {
    let files = [
        ("api.yaml", document("{ $ref: 'all.yaml#/schemas/pet/properties/name' }", "")),
        ("all.yaml", "schemas: { pet: { $ref: pet.yaml } }".into()),
        ("pet.yaml", "{ type: object, properties: { name: { type: string, maxLength: 3 } } }".into()),
    ];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let understood = Project::new("through", &files).understood();
    assert_eq!(understood.reference("/components/schemas/Body"), "#/x-buildflow-files/pet.yaml/properties/name");
}

#[test]
fn a_pointer_that_leads_through_ever_more_references_is_refused() {
    let step = |n: usize| format!("  n{n}: {{ $ref: '#/x-chain/n{}/p/p' }}\n", n + 1);
    let chain: String = (0..40).map(step).collect();
    let text =
        document("{ $ref: '#/x-chain/n0/p/p' }", "") + &format!("x-chain:\n{chain}  n40: {{ p: {{ p: {{}} }} }}\n");
    let told = Project::new("branching", &[("api.yaml", &text)]).told();
    assert!(told.iter().any(|told| told.ends_with("unresolved-reference")), "{told:?}");
}

#[test]
fn a_discriminator_names_schemas_of_other_files() {
    let body = "{ oneOf: [{ $ref: dog.yaml }], discriminator: { propertyName: kind, mapping: { dog: dog.yaml, d: Dog, all: 'all.yaml#/Dog' } } }";
    let files = [
        ("api.yaml", document(body, "    Dog: { $ref: dog.yaml }\n")),
        ("dog.yaml", "{ type: object, required: [kind], properties: { kind: { type: string } } }".into()),
        ("all.yaml", "Dog: { $ref: dog.yaml }".into()),
    ];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let project = Project::new("mapping", &files);
    let compiled = project.compile();
    let document = &compiled.outcome().expect("the document is understood").0;
    let mapping = buildflow_gen::read::Pointer::parse("/components/schemas/Body/discriminator/mapping");
    let mapping = document.node(&mapping.expect("a pointer")).map(buildflow_gen::read::to_json);
    let expected = r##"{"dog":"#/x-buildflow-files/dog.yaml","d":"Dog","all":"#/x-buildflow-files/all.yaml/Dog"}"##;
    assert_eq!(mapping.as_deref(), Some(expected));
}

#[test]
fn a_value_of_a_discriminator_may_be_the_name_of_a_component_in_a_file() {
    let body = "{ oneOf: [{ $ref: cat.yaml }, { $ref: dog.yaml }], discriminator: { propertyName: kind } }";
    let pet = "{ type: object, required: [kind], properties: { kind: { type: string } } }";
    let text = document(body, "    Cat: { $ref: cat.yaml }\n    Dog: { $ref: dog.yaml }\n");
    let understood = Project::new("values", &[("api.yaml", &text), ("cat.yaml", pet), ("dog.yaml", pet)]).understood();
    assert_eq!(understood.types(), ["Body", "Cat", "Dog"]);
    assert!(understood.lowered().service.schemas.contains(r#"["Cat"]"#), "{}", understood.lowered().service.schemas);
}

#[test]
fn a_discriminator_that_names_nothing_is_a_warning() {
    let body = "{ oneOf: [{ $ref: '#/components/schemas/Dog' }], discriminator: { propertyName: kind, mapping: { dog: '#/components/schemas/Dog', cat: '#/components/schemas/Cat' } } }";
    let dog = "    Dog: { type: object, required: [kind], properties: { kind: { type: string } } }\n";
    let project = Project::new("unmapped", &[("api.yaml", &document(body, dog))]);
    assert_eq!(project.told(), ["api.yaml:10:146 unresolved-reference"]);
    assert!(!project.compile().diagnostics.has_errors());
}

#[test]
fn what_only_looks_like_a_reference_is_data() {
    let body = "{ enum: [{ $ref: nowhere.yaml }], default: { $ref: nowhere.yaml }, x-a: { $ref: nowhere.yaml } }";
    let text = document(body, "");
    Project::new("data", &[("api.yaml", &text)]).understood();
}

#[test]
fn what_cannot_be_read_is_told_at_each_reference() {
    let body = "
      properties:
        a: { $ref: missing.yaml }
        b: { $ref: folder }
        c: { $ref: 'pet.yaml#/properties/nam' }
        d: { $ref: /etc/hostname }
        e: { $ref: 'file:///etc/hostname' }
        f: { $ref: 'pet.yaml#nowhere' }
        g: { $ref: 'https://example.com/pet.yaml' }
        h: { $ref: broken.yaml }
        i: { $ref: missing.yaml }
        j: { $ref: '../../../../../../../../../../../../../../dev/zero' }";
    let files = [
        ("api.yaml", document(body, "")),
        ("folder/a.yaml", String::new()),
        ("pet.yaml", "{ properties: { name: { $ref: other.yaml } } }".into()),
        ("other.yaml", "properties: { a: { type: strin } }".into()),
        ("broken.yaml", "a: [".into()),
    ];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let project = Project::new("unreadable", &files);
    let expected = [
        "api.yaml:12:20 unreadable-file",
        "api.yaml:13:20 unreadable-file",
        "api.yaml:14:20 unresolved-reference",
        "api.yaml:15:20 absolute-reference",
        "api.yaml:16:20 absolute-reference",
        "api.yaml:17:20 unresolved-reference",
        "api.yaml:18:20 remote-reference",
        "api.yaml:20:20 unreadable-file",
        "api.yaml:21:20 reference-outside",
        "broken.yaml:1:5 syntax",
        "other.yaml:1:26 unknown-type",
    ];
    assert_eq!(project.told(), expected, "{}", project.report());
    assert!(project.report().contains("did you mean `pet.yaml#/properties/name`?"), "{}", project.report());
}

#[test]
fn mistakes_in_other_files_are_told_there() {
    let files = [
        ("api.yaml", document("{ $ref: pet.yaml }", "")),
        ("pet.yaml", "type: object\nproperties:\n  name: { type: strin }\n".into()),
    ];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    assert_eq!(Project::new("mistakes", &files).told(), ["pet.yaml:3:17 unknown-type"]);
}

#[test]
fn an_object_of_another_kind_is_no_target() {
    let text = format!(
        "{HEAD}paths:\n  /a:\n    get:\n      parameters: [{{ $ref: '#/components/responses/Gone' }}]\n      responses: \
         {{ '200': {{ $ref: '#/components/responses/Gone' }} }}\ncomponents:\n  responses:\n    Gone: {{ description: a }}\n"
    );
    let project = Project::new("kinds", &[("api.yaml", &text)]);
    assert_eq!(project.told(), ["api.yaml:6:28 wrong-reference"], "{}", project.report());
}

#[test]
fn the_member_that_holds_the_files_is_reserved() {
    let text = document("{ type: string }", "x-buildflow-files: {}\n");
    assert_eq!(Project::new("reserved", &[("api.yaml", &text)]).told(), ["api.yaml:11:1 reserved-member"]);
}

#[test]
fn references_stay_below_a_folder() {
    let api = document("{ $ref: '../shared/pet.yaml' }", "");
    let files = [("api.yaml", api.as_str()), ("../shared/pet.yaml", "type: string")];
    let project = Project::new("boundary/api", &files);
    let compiled = |root: &str| {
        let options = CompileOptions { root: Some(project.folder.join(root)), ..CompileOptions::default() };
        compile_with(&project.folder.join("api.yaml"), &options)
    };
    let refused = compiled(".");
    let codes: Vec<&str> = refused.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, ["reference-outside"], "{}", refused.report(false));
    assert!(compiled("..").diagnostics.is_empty(), "{}", compiled("..").report(false));
    fs::create_dir_all(project.folder.join("../.git")).expect("a folder can be made");
    assert!(project.compile().diagnostics.is_empty(), "a repository is around both: {}", project.report());
}

#[test]
fn what_is_no_document_is_not_shown() {
    let api = document("{ $ref: '.env' }", "    Other: { $ref: notes.txt }");
    let secret = "TOKEN=hunter2";
    let files = [("api.yaml", api.as_str()), (".env", secret), ("notes.txt", "{ type: string")];
    let project = Project::new("no-document", &files);
    assert_eq!(project.told(), ["api.yaml:10:19 not-a-document", "api.yaml:11:20 not-a-document"]);
    assert!(!project.report().contains("hunter2"), "{}", project.report());
}
