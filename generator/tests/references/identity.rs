//! `$id`, `$anchor` and `$dynamicAnchor`: references by name.

use buildflow_gen::{CompileOptions, compile_with};

use super::{Project, Understood, document};

#[test]
fn an_anchor_names_a_schema_of_its_resource() {
    let body = "{ properties: { a: { $ref: '#here' }, b: { $ref: 'other.yaml#there' } }, $defs: { x: { $anchor: here, type: string } } }";
    let other = "$defs: { y: { $anchor: there, type: integer } }";
    let text = document(body, "");
    let understood = Project::new("anchors", &[("api.yaml", &text), ("other.yaml", other)]).understood();
    assert_eq!(understood.reference("/components/schemas/Body/properties/a"), "#/components/schemas/Body/$defs/x");
    assert_eq!(understood.reference("/components/schemas/Body/properties/b"), "#/x-buildflow-files/other.yaml/$defs/y");
}

#[test]
fn an_id_changes_what_references_count_from() {
    let body = "
      $id: https://example.com/schemas/body
      properties: { a: { $ref: address }, b: { $ref: '#/$defs/x' }, c: { $ref: '/schemas/address#zip' } }
      $defs: { x: { type: string } }";
    let components =
        "    Address: { $id: 'https://example.com/schemas/address', $defs: { z: { $anchor: zip, type: string } } }\n";
    let text = document(body, components);
    let understood = Project::new("ids", &[("api.yaml", &text)]).understood();
    let reference = |name: &str| understood.reference(&format!("/components/schemas/Body/properties/{name}"));
    assert_eq!(reference("a"), "#/components/schemas/Address");
    assert_eq!(reference("b"), "#/components/schemas/Body/$defs/x");
    assert_eq!(reference("c"), "#/components/schemas/Address/$defs/z");
    assert!(!understood.lowered().service.schemas.contains("$id"), "{}", understood.lowered().service.schemas);
}

#[test]
fn a_pointer_that_was_meant_to_count_from_the_document_does() {
    let body = "{ $id: 'https://example.com/body', properties: { a: { $ref: '#/components/schemas/Other' } } }";
    let text = document(body, "    Other: { type: string }\n");
    let understood = Project::new("meant", &[("api.yaml", &text)]).understood();
    assert_eq!(understood.reference("/components/schemas/Body/properties/a"), "#/components/schemas/Other");
}

#[test]
fn a_file_with_an_id_still_finds_the_files_beside_it() {
    let body = "{ $ref: schemas/pet.json#/definitions/pet }";
    let text = document(body, "");
    let pet = r#"{"$id": "https://example.com/v1/pet.json", "definitions": {"pet": {"properties": {"a": {"$ref": "toy.json"}}}}}"#;
    let files = [("api.yaml", text.as_str()), ("schemas/pet.json", pet), ("schemas/toy.json", r#"{"type": "string"}"#)];
    let understood = Project::new("beside", &files).understood();
    let place = "/x-buildflow-files/schemas~1pet.json/definitions/pet/properties/a";
    assert_eq!(understood.reference(place), "#/x-buildflow-files/schemas~1toy.json");
}

#[test]
fn an_id_that_is_found_later_needs_no_file() {
    let body = "{ properties: { a: { $ref: 'https://example.com/toy' }, b: { $ref: toys.yaml } } }";
    let text = document(body, "");
    let toys = "{ $defs: { toy: { $id: 'https://example.com/toy', type: string } } }";
    let understood = Project::new("later", &[("api.yaml", &text), ("toys.yaml", toys)]).understood();
    let place = "/components/schemas/Body/properties/a";
    assert_eq!(understood.reference(place), "#/x-buildflow-files/toys.yaml/$defs/toy");
}

#[test]
fn the_document_itself_may_say_its_uri() {
    let body = "{ properties: { a: { $ref: 'https://example.com/v1/openapi.yaml#/components/schemas/Other' } } }";
    let text = document(body, "    Other: { type: string }\n")
        .replace("3.1.0", "3.2.0\n$self: https://example.com/v1/openapi.yaml");
    let understood = Project::new("self", &[("api.yaml", &text)]).understood();
    assert_eq!(understood.reference("/components/schemas/Body/properties/a"), "#/components/schemas/Other");
}

#[test]
fn a_dynamic_reference_with_one_possible_target_is_a_reference() {
    let body = "{ $dynamicAnchor: node, properties: { children: { type: array, items: { $dynamicRef: '#node' } } } }";
    let text = document(body, "");
    let understood = Project::new("dynamic", &[("api.yaml", &text)]).understood();
    let place = "/components/schemas/Body/properties/children/items";
    assert_eq!(understood.reference(place), "#/components/schemas/Body");
}

#[test]
fn a_dynamic_reference_means_what_the_way_to_it_says() {
    let page = "{ $id: 'https://example.com/page', properties: { items: { type: array, items: { $dynamicRef: '#item' } } }, \
                $defs: { any: { $dynamicAnchor: item } } }";
    let of = |name: &str, kind: &str| {
        format!(
            "    {name}: {{ $id: 'https://example.com/{name}', $ref: page, \
             $defs: {{ item: {{ $dynamicAnchor: item, type: {kind} }} }} }}\n"
        )
    };
    let text = document(page, &format!("{}{}", of("Names", "string"), of("Numbers", "number")));
    let understood = Project::new("generic", &[("api.yaml", &text)]).understood();
    assert_eq!(
        understood.reference("/components/schemas/Body/properties/items/items"),
        "#/components/schemas/Body/$defs/any"
    );
    for name in ["Names", "Numbers"] {
        let copy = understood.reference(&format!("/components/schemas/{name}"));
        let items = format!("{}/properties/items/items", copy.trim_start_matches('#').replace("%23", "#"));
        assert_eq!(understood.reference(&items), format!("#/components/schemas/{name}/$defs/item"));
    }
}

#[test]
fn names_that_nothing_has_are_told() {
    let text = document("{ properties: { a: { $ref: '#Other' }, b: { $ref: 'urn:example:b' } } }", "    Other: {}\n");
    let project = Project::new("nothing", &[("api.yaml", &text)]);
    assert_eq!(project.told(), ["api.yaml:10:38 unresolved-reference", "api.yaml:10:61 external-reference"]);
    assert!(project.report().contains("did you mean `#/components/schemas/Other`?"), "{}", project.report());
}

#[test]
fn two_schemas_with_one_id_are_told() {
    let components = "    One: { $id: 'https://example.com/a' }\n    Two: { $id: 'https://example.com/a' }\n";
    let text = document("{ type: string }", components);
    assert_eq!(Project::new("twice", &[("api.yaml", &text)]).told(), ["api.yaml:12:17 duplicate-id"]);
}

#[test]
fn what_a_url_names_may_be_mirrored_in_a_folder() {
    let text = document("{ $ref: 'http://localhost:1234/a/pet.json' }", "");
    let pet = r##"{"properties": {"a": {"$ref": "toy.json#/$defs/toy"}}}"##;
    let toy = r#"{"$defs": {"toy": {"type": "string"}}}"#;
    let files = [("api.yaml", text.as_str()), ("copies/a/pet.json", pet), ("copies/a/toy.json", toy)];
    let project = Project::new("mirror", &files);
    let mirrors = vec![("http://localhost:1234/".to_owned(), project.folder.join("copies"))];
    let options = CompileOptions { mirrors, ..CompileOptions::default() };
    let understood = Understood(compile_with(&project.folder.join("api.yaml"), &options));
    assert!(understood.0.diagnostics.is_empty(), "{}", understood.0.report(false));
    let place = "/x-buildflow-files/http:~1~1localhost:1234~1a~1pet.json/properties/a";
    assert_eq!(understood.reference(place), "#/x-buildflow-files/http:~1~1localhost:1234~1a~1toy.json/$defs/toy");
    assert_eq!(understood.types(), ["Body", "Toy"]);
}
