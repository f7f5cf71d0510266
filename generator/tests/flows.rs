//! Several documents, and flow files: what they give, and what of them cannot be one flow.

use std::fs;
use std::path::{Path, PathBuf};

use buildflow_gen::ir::{OptionValue, Traits};
use buildflow_gen::render::{Dependency, Layout};
use buildflow_gen::{CompileOptions, Compiled, Generator, compile_all};

/// A folder with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("flows").join(name);
    let _ = fs::remove_dir_all(&folder);
    for (file, text) in files {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
    folder
}

/// A document with a service block of these members.
fn document(block: &str) -> String {
    format!("openapi: 3.1.0\ninfo: {{ title: a, version: '1' }}\npaths: {{}}\nx-buildflow-service: {{ {block} }}\n")
}

/// Compiles the named ones of these files.
fn compiled(name: &str, files: &[(&str, &str)], named: &[&str]) -> Compiled {
    let folder = folder(name, files);
    let paths: Vec<PathBuf> = named.iter().map(|file| folder.join(file)).collect();
    compile_all(&paths, &CompileOptions::default())
}

/// A line a mistake: its place, its name, and the place of the other one that it has to do with.
fn told(compiled: &Compiled) -> Vec<String> {
    let place = |span| {
        let position = compiled.sources.position(span);
        let file = Path::new(position.file).file_name().unwrap_or_default().to_string_lossy();
        format!("{file}:{}:{}", position.line, position.column)
    };
    let spoken = compiled.diagnostics.iter().map(|diagnostic| {
        let here = diagnostic.span.map(place).into_iter();
        let others = diagnostic.related.iter().map(|(span, _)| place(*span));
        here.chain([diagnostic.code.to_owned()]).chain(others).collect::<Vec<_>>().join(" ")
    });
    spoken.collect()
}

fn files(compiled: &Compiled) -> buildflow_gen::render::Files {
    let layout = Layout::Crate { package: "a".to_owned(), runtime: Dependency::Version };
    compiled.render(&layout).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn several_documents_are_a_crate_with_a_module_each() {
    let pets = document("base_route: /pets, docs: false");
    let orders = document("base_route: /orders");
    let sources = [("pets.yaml", pets.as_str()), ("lib.yaml", orders.as_str())];
    let made = files(&compiled("modules", &sources, &["pets.yaml", "lib.yaml"]));
    let root = &made["src/lib.rs"];
    assert!(root.contains("pub mod pets;") && root.contains("pub mod lib_api;"), "{root}");
    for file in ["src/pets/mod.rs", "src/pets/service.rs", "src/lib_api/service.rs", "src/lib_api/openapi.json"] {
        assert!(made.contains_key(file), "{file} is missing of {:?}", made.keys());
    }
    assert!(!made["src/pets/mod.rs"].contains("#![allow"), "what the crate allows is said once");
    // Features are those of both: one shows its document, the other does not.
    assert!(made["Cargo.toml"].contains(r#"features = ["docs"]"#), "{}", made["Cargo.toml"]);
}

#[test]
fn one_document_is_the_crate_itself() {
    let made = files(&compiled("alone", &[("pets.yaml", &document(""))], &["pets.yaml"]));
    assert!(made["src/lib.rs"].contains("pub use service::"), "{}", made["src/lib.rs"]);
}

#[test]
fn options_of_the_flow_file_go_before_those_of_the_document() {
    let flow = "services:\n- { document: a/pets.yaml, name: animals, base_route: /a, max_replicas: 8, docs: false, traits: per_tag }";
    let pets = document("base_route: /pets, service_id: pets, max_replicas: 2, num_replicas: 2");
    let compiled = compiled("options", &[("flow.yaml", flow), ("a/pets.yaml", &pets)], &["flow.yaml"]);
    assert_eq!(told(&compiled), Vec::<String>::new());
    let service = &compiled.services[0].1.service;
    assert_eq!(service.module, "animals");
    let options = &service.options;
    assert_eq!((options.base_route.as_deref(), options.service_id.as_deref()), (Some("/a"), Some("pets")));
    assert_eq!((options.docs.openapi.as_deref(), options.traits), (None, Traits::PerTag));
    let replicas: Vec<_> = options.replicas.iter().map(|option| (option.name, option.value)).collect();
    assert_eq!(replicas, [("max_replicas", OptionValue::Count(8)), ("num_replicas", OptionValue::Count(2))]);
    assert!(files(&compiled).contains_key("src/animals/mod.rs"), "a flow of one service is a module as well");
}

#[test]
fn services_that_clash_are_told_with_both_places() {
    let flow = "\
services:
  - document: a/pets.yaml
  - document: b/pets.yaml
    service_id: pets
    base_route: /pets
  - { document: c.yaml, name: more pets, base_route: / }
  - { document: d.yaml }
";
    let pets = document("service_id: pets, base_route: /pets");
    let plain = document("");
    let sources =
        [("flow.yaml", flow), ("a/pets.yaml", &pets), ("b/pets.yaml", &plain), ("c.yaml", &plain), ("d.yaml", &plain)];
    let expected = [
        "flow.yaml:3:15 clashing-services flow.yaml:2:15",
        "flow.yaml:4:17 clashing-services pets.yaml:4:36",
        "flow.yaml:5:17 clashing-services pets.yaml:4:54",
        "flow.yaml:7:17 clashing-services flow.yaml:6:54",
    ];
    assert_eq!(told(&compiled("clashes", &sources, &["flow.yaml"])), expected);
    // The same for documents that are named one after the other.
    let both = [("a.yaml", plain.as_str()), ("b.yaml", plain.as_str())];
    assert_eq!(told(&compiled("routes", &both, &["a.yaml", "b.yaml"])), ["b.yaml:1:10 clashing-services a.yaml:1:10"]);
}

#[test]
fn operations_below_the_base_route_of_another_service_are_told() {
    let answer = "{ responses: { '204': { description: a } } }";
    let paths = format!(
        "{{ /slow: {{ get: {answer} }}, /slow/x: {{ put: {answer} }}, /slower: {{ get: {answer} }}, '/{{id}}': {{ get: {answer} }} }}"
    );
    let shop = document("base_route: /shop").replace("paths: {}", &format!("paths: {paths}"));
    let slow = document("base_route: /shop/slow");
    let compiled = compiled("hidden", &[("shop.yaml", &*shop), ("slow.yaml", &*slow)], &["shop.yaml", "slow.yaml"]);
    let hidden: Vec<_> = told(&compiled).into_iter().filter(|line| line.contains("hidden-operation")).collect();
    assert_eq!(hidden.len(), 2, "{hidden:?}");
}

#[test]
fn log_levels_are_those_of_python_as_well() {
    for (said, level) in
        [("CRITICAL", "Error"), ("10", "Debug"), ("'30'", "Warn"), ("50", "Error"), ("notset", "Trace")]
    {
        let pets = document(&format!("log_level: {said}"));
        let compiled = compiled(&format!("level-{level}"), &[("pets.yaml", &*pets)], &["pets.yaml"]);
        let options = &compiled.services[0].1.service.options.replicas;
        assert!(options.iter().any(|option| option.value == OptionValue::Level(level)), "{said}");
    }
}

#[test]
fn two_versions_of_a_crate_are_told_with_both_places() {
    let of = |route: &str, version: u32| {
        let money = format!("{{ type: string, x-rust-type: 'rust_decimal::Decimal@{version}' }}");
        let answer = format!("{{ description: a, content: {{ application/json: {{ schema: {money} }} }} }}");
        let path = format!("{{ /a: {{ get: {{ operationId: a, responses: {{ '200': {answer} }} }} }} }}");
        document(&format!("base_route: {route}")).replace("paths: {}", &format!("paths: {path}"))
    };
    let both = [("a.yaml", &*of("/a", 1)), ("b.yaml", &*of("/b", 2))];
    let told = told(&compiled("versions", &both, &["a.yaml", "b.yaml"]));
    assert!(told.len() == 1 && told[0].contains("clashing-services a.yaml:3:"), "{told:?}");
}

#[test]
fn contradictions_name_the_file_of_each_number() {
    let flow = "services:\n  - document: pets.yaml\n    min_replicas: 4\n";
    let pets = document("max_replicas: 2");
    let compiled = compiled("contradiction", &[("flow.yaml", flow), ("pets.yaml", &pets)], &["flow.yaml"]);
    assert_eq!(told(&compiled), ["flow.yaml:3:19 contradictory-options pets.yaml:4:38"]);
}

#[test]
fn mistakes_of_a_flow_file_are_told_at_their_places_all_at_once() {
    let flow = "\
services:
  - { document: pets.yaml, base_rout: /pets }
  - { document: /etc/pets.yaml }
  - { document: missing.yaml, num_cpus: 0 }
  - { name: pets }
  - pets.yaml
  - { document: broken.yaml, name: 3, base_route: /b }
replicas: 2
";
    let (plain, broken) = (document(""), document("").replace("paths: {}", "paths: 1"));
    let compiled =
        compiled("mistakes", &[("flow.yaml", flow), ("pets.yaml", &plain), ("broken.yaml", &broken)], &["flow.yaml"]);
    let told = told(&compiled);
    let expected = [
        "flow.yaml:2:28 unknown-option",
        "flow.yaml:3:17 invalid-value",
        "flow.yaml:4:17 unreadable-file",
        "flow.yaml:5:5 missing-field",
        "flow.yaml:6:5 wrong-type",
        "flow.yaml:7:36 invalid-value",
        "flow.yaml:8:1 unknown-option",
        "broken.yaml:3:8 wrong-type",
    ];
    assert_eq!(told, expected, "{}", compiled.report(false));
    let empty = self::compiled("empty", &[("flow.yaml", "services: []")], &["flow.yaml"]);
    assert_eq!(self::told(&empty), ["flow.yaml:1:11 wrong-type"]);
}

#[test]
fn one_name_is_not_for_several_services() {
    let folder = folder("named", &[("a.yaml", &document("base_route: /a")), ("b.yaml", &document("base_route: /b"))]);
    let options = CompileOptions { name: Some("pets".to_owned()), ..CompileOptions::default() };
    let compiled = compile_all(&[folder.join("a.yaml"), folder.join("b.yaml")], &options);
    assert!(told(&compiled).contains(&"several-services".to_owned()), "{:?}", told(&compiled));
}

#[test]
fn a_build_script_makes_a_file_of_each_service() {
    let flow = "services: [{ document: a.yaml }, { document: b.yaml, name: pets, base_route: /b }]";
    let plain = document("");
    let folder = folder("script", &[("flow.yaml", flow), ("a.yaml", &plain), ("b.yaml", &plain)]);
    let out = folder.join("out");
    Generator::new().flow(folder.join("flow.yaml")).generate_into(&out).expect("it is generated");
    assert!(out.join("a.rs").is_file() && out.join("pets.rs").is_file());
    let twice = Generator::new().flow(folder.join("flow.yaml")).spec(folder.join("a.yaml")).generate_into(&out);
    assert!(twice.is_err_and(|error| error.to_string().contains("two documents are called `a`")));
}
