//! Every example of the READMEs and of the guide works: commands run, answers come as printed, and code stands where the page
//! takes it from. Examples that rustdoc compiles are left to it.
//!
//! The reader's clone is a scratch folder with the example documents; the program stands for `cargo run --`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use buildflow_gen::compile;
use buildflow_gen::render::Layout;
use buildflow_tests::{Block, Running, blocks, document_of, pages, program, scratch, target, workspace};
use serde_json::Value;

#[test]
fn every_example_works() {
    let mut reader = Reader::new();
    for page in pages().into_iter().filter(|page| !measures(page)) {
        let text = fs::read_to_string(&page).expect("a page can be read");
        reader.open(&page);
        for block in blocks(&text) {
            if let Err(reason) = reader.follow(&block) {
                panic!("{}:{}: {reason}\n\n{}", page.display(), block.line, block.text);
            }
        }
    }
}

/// Whether the commands of a page are for contributors, and take long.
fn measures(page: &Path) -> bool {
    ["tests", ".github"].iter().any(|folder| page.starts_with(workspace().join(folder)))
}

/// Where `serve` has compiled for this user, if it has.
fn compiled_before() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))?;
    Some(cache.join("buildflow-gen/target")).filter(|folder| folder.is_dir())
}

/// Somebody who tries one block after the other.
struct Reader {
    home: PathBuf,
    /// The page that is open.
    page: PathBuf,
    server: Option<Running>,
    /// What the last command printed.
    printed: Option<String>,
}

impl Reader {
    fn new() -> Self {
        let home = scratch("readme");
        let specs = home.join("clone/specs");
        fs::create_dir_all(&specs).expect("the folder can be made");
        for entry in fs::read_dir(workspace().join("specs")).expect("there are example documents").flatten() {
            fs::copy(entry.path(), specs.join(entry.file_name())).expect("it can be copied");
        }
        // `serve` compiles where it did for who has followed the README so far, or else where other tests compile.
        let cache = home.join("cache/buildflow-gen");
        fs::create_dir_all(&cache).expect("the folder can be made");
        std::os::unix::fs::symlink(compiled_before().unwrap_or_else(target), cache.join("target"))
            .expect("a link can be made");
        Self { home, page: PathBuf::new(), server: None, printed: None }
    }

    fn open(&mut self, page: &Path) {
        self.page = page.to_owned();
        self.printed = None;
    }

    fn is_compiled_by_rustdoc(&self) -> bool {
        self.page.starts_with(workspace().join("runtime/src"))
    }

    fn follow(&mut self, block: &Block<'_>) -> Result<(), String> {
        match (block.language, block.text.as_str()) {
            ("sh", command) if command.starts_with("cargo test ") => test_exists(command),
            ("sh", command) if command.starts_with("cargo run -- serve ") => self.serve(command),
            ("sh", commands) => self.run(commands),
            ("json", answer) => self.compare(answer),
            ("rust" | "rust,no_run", _) if self.is_compiled_by_rustdoc() => Ok(()),
            ("rust" | "rust,ignore", code) => self.find(code),
            ("python", code) => parses(code),
            ("yaml", fragment) => self.accept(fragment),
            ("text", listing) => places(listing),
            (language, _) => Err(format!("no test knows what to do with a block of `{language}`")),
        }
    }

    fn shell(&self, command: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-ec", command]).current_dir(self.home.join("clone"));
        shell.env("XDG_CACHE_HOME", self.home.join("cache"));
        shell
    }

    /// Serves on a free port in place of the default one.
    fn serve(&mut self, command: &str) -> Result<(), String> {
        let command = format!("exec {} --bind 127.0.0.1:0", with_program(command));
        self.server = Some(Running::of(self.shell(&command)));
        Ok(())
    }

    fn run(&mut self, commands: &str) -> Result<(), String> {
        // Another page may have made the application.
        if let Some(folder) = commands.strip_prefix("cargo run -- new ").and_then(|rest| rest.split(' ').next()) {
            let _ = fs::remove_dir_all(self.home.join("clone").join(folder));
        }
        let mut commands = with_program(commands);
        if let Some(server) = &self.server {
            commands = commands.replace("http://127.0.0.1:8000", &server.url);
        }
        let output = self.shell(&commands).output().map_err(|error| format!("no shell: {error}"))?;
        if !output.status.success() {
            return Err(format!("it fails: {}", String::from_utf8_lossy(&output.stderr)));
        }
        self.printed = Some(String::from_utf8_lossy(&output.stdout).into_owned());
        Ok(())
    }

    /// The last command has printed this JSON, its members and items in this order. The guide may show what no command of its
    /// has printed: JSON.
    fn compare(&mut self, answer: &str) -> Result<(), String> {
        let read = |text: &str| serde_json::from_str::<Value>(text).map_err(|error| format!("{error}: {text}"));
        let printed = match self.printed.take() {
            Some(printed) => printed,
            None if self.is_compiled_by_rustdoc() => return read(answer).map(|_| ()),
            None => return Err("no command before it has printed anything".to_owned()),
        };
        // Maps keep their order here, and their equality does not ask for it: texts do.
        let (expected, printed) = (read(answer)?.to_string(), read(&printed)?.to_string());
        if expected == printed { Ok(()) } else { Err(format!("the answer is {printed}")) }
    }

    /// The code stands in one of the applications, in what is generated for the first, in what a command has made, or in
    /// an example of the runtime's documentation.
    fn find(&self, code: &str) -> Result<(), String> {
        let todo = compile(&workspace().join("specs/todo.yaml"), None, false);
        let generated = todo.render(&Layout::Include).map_err(|error| error.to_string())?;
        let mut sources: Vec<String> = generated.into_values().collect();
        rust_files(&workspace().join("tests/apps"), &mut sources);
        rust_files(&self.home, &mut sources);
        let mut documented = Vec::new();
        rust_files(&workspace().join("runtime/src"), &mut documented);
        sources.extend(documented.iter().map(|source| documentation(source)));
        match sources.iter().any(|source| stands_in(code, source)) {
            true => Ok(()),
            false => Err("there is no such code".to_owned()),
        }
    }

    /// The generator takes the fragment, as part of the smallest document where it is none itself.
    fn accept(&self, fragment: &str) -> Result<(), String> {
        if fragment.starts_with("services:") {
            return self.has_flow_file(fragment);
        }
        let path = self.home.join("fragment.yaml");
        fs::write(&path, document_of(fragment)).map_err(|error| error.to_string())?;
        let report = compile(&path, None, false).report(false);
        if report.is_empty() { Ok(()) } else { Err(report) }
    }

    /// A flow file is one of the clone's.
    fn has_flow_file(&self, fragment: &str) -> Result<(), String> {
        let entries = fs::read_dir(self.home.join("clone/specs")).map_err(|error| error.to_string())?;
        let mut texts = entries.flatten().filter_map(|entry| fs::read_to_string(entry.path()).ok());
        if texts.any(|text| text.contains(fragment)) { Ok(()) } else { Err("there is no such flow file".to_owned()) }
    }
}

/// Python can read it, where there is Python.
fn parses(code: &str) -> Result<(), String> {
    let Ok(output) = Command::new("python3").args(["-c", "import ast, sys; ast.parse(sys.argv[1])", code]).output()
    else {
        println!("SKIPPED: an example in Python, for there is no python3");
        return Ok(());
    };
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// The tests run already; those that a command names are among them.
fn test_exists(command: &str) -> Result<(), String> {
    let Some((_, named)) = command.split_once("--test ") else { return Ok(()) };
    let file = format!("{}.rs", named.split_whitespace().next().unwrap_or_default());
    if workspace().join("tests").join(&file).exists() { Ok(()) } else { Err(format!("there is no tests/{file}")) }
}

fn with_program(commands: &str) -> String {
    commands.replace("cargo run --", &format!("'{}'", program().display()))
}

/// Whether a source has the code, whatever its line breaks; `// …` stands for any code between.
fn stands_in(code: &str, source: &str) -> bool {
    let dense = |text: &str| text.split_whitespace().collect::<String>();
    let source = dense(source);
    let mut rest = source.as_str();
    code.split("// …").map(dense).all(|part| match rest.find(&part) {
        Some(start) => {
            rest = &rest[start + part.len()..];
            true
        }
        None => false,
    })
}

/// What a source's doc comments say.
fn documentation(source: &str) -> String {
    let said = |line: &str| Some(line.trim_start().strip_prefix("//")?.strip_prefix(['!', '/'])?.to_owned());
    source.lines().filter_map(said).collect::<Vec<_>>().join("\n")
}

fn rust_files(folder: &Path, into: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push(fs::read_to_string(path).expect("a source can be read"));
        }
    }
}

/// Each line of a list of folders starts with a place of the repository. Other text is a picture.
fn places(listing: &str) -> Result<(), String> {
    let named: Vec<&str> = listing.lines().filter_map(|line| line.split_whitespace().next()).collect();
    if !named.first().is_some_and(|first| first.ends_with('/')) {
        return Ok(());
    }
    let missing: Vec<&str> = named.into_iter().filter(|place| !workspace().join(place).exists()).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("there is no {}", missing.join(", "))) }
}
