//! Documents that another generator must refuse: each is refused here as well, at its place, or is valid and why.

use std::collections::BTreeMap;
use std::fs;

use buildflow_gen::compile;
use buildflow_gen::render::Layout;
use buildflow_tests::corpus;

/// What becomes of a document.
#[derive(Debug, PartialEq)]
enum Fate {
    /// It is refused at this line.
    Refused(usize, &'static str),
    /// It is generated, with this warning at this line.
    Warned(usize, &'static str),
    /// It is generated without a word.
    Generated,
}

use Fate::{Generated, Refused, Warned};

const REVIEWED: [(&str, Fate); 28] = [
    // Valid JSON Schema: some values satisfy both, or none does; the validator decides.
    ("allOf-conflicting_property.json", Generated),
    ("allOf-string_patterns.json", Generated),
    ("allOf-type_mismatch.json", Generated),
    ("oneOf-same_json_type_one_of.json", Generated),
    // Answers that are errors need not look alike: each is a variant of its operation's own enum.
    ("convenient_errors-different_response.json", Generated),
    ("convenient_errors-no_default.json", Generated),
    ("convenient_errors-unsupported_ct.json", Generated),
    // Whether a value is valid depends on whether it is.
    ("cyclic-allOf_double.json", Refused(27, "infinite-schema")),
    ("cyclic-allOf_single.json", Refused(27, "infinite-schema")),
    ("cyclic-anyOf_double.json", Refused(27, "infinite-schema")),
    ("cyclic-anyOf_single.json", Refused(27, "infinite-schema")),
    ("cyclic-oneOf_double.json", Refused(27, "infinite-schema")),
    ("cyclic-oneOf_single.json", Refused(27, "infinite-schema")),
    // The circle leads through a list, which may be empty.
    ("cyclic-allOf_property.yaml", Generated),
    // Names that clash in that generator; its extensions say nothing here.
    ("field_naming-conflict_additional_props.yaml", Generated),
    ("field_naming-conflict_pattern_props.yaml", Generated),
    ("field_naming-extension_additional_props.yaml", Generated),
    ("field_naming-extension_pattern_props.yaml", Generated),
    ("field_naming-overriden_by_extension.yaml", Generated),
    ("field_naming-type_extension.yml", Generated),
    // Nothing says where one parameter ends and the other begins.
    ("router-two_parameter_in_a_row.json", Refused(8, "unsupported-path")),
    // A default only annotates; one of another type is not applied.
    ("wrong_default_type-array_value.json", Warned(20, "invalid-default")),
    ("wrong_default_type-bool_value.json", Warned(20, "invalid-default")),
    ("wrong_default_type-float_value.json", Warned(20, "invalid-default")),
    ("wrong_default_type-null_value.json", Warned(20, "invalid-default")),
    ("wrong_default_type-object_value.json", Warned(20, "invalid-default")),
    ("wrong_default_type-string_value.json", Warned(20, "invalid-default")),
    // Numbers in quotes.
    ("wrong_enum_type-string_value.json", Warned(18, "quoted-value")),
];

#[test]
fn each_is_refused_at_its_place_or_valid() {
    let Some(folder) = corpus() else { return };
    let folder = folder.join("ogen-negative");
    let found = fs::read_dir(&folder).expect("the folder is there").flatten();
    let found: BTreeMap<String, Fate> = found
        .map(|entry| {
            let compiled = compile(&entry.path(), Some("api"), false);
            let first = compiled.diagnostics.iter().next().map(|diagnostic| {
                let line = diagnostic.span.map_or(0, |span| compiled.sources.position(span).line);
                (line, diagnostic.code)
            });
            let is_generated = compiled.render(&Layout::Include).is_ok();
            let fate = match first {
                None => Generated,
                Some((line, code)) if is_generated => Warned(line, code),
                Some((line, code)) => Refused(line, code),
            };
            (entry.file_name().to_string_lossy().into_owned(), fate)
        })
        .collect();
    let reviewed: BTreeMap<String, Fate> = REVIEWED.into_iter().map(|(name, fate)| (name.to_owned(), fate)).collect();
    assert_eq!(found, reviewed);
}
