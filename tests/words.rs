//! The pages that people read: links lead somewhere, and sentences and rows of tables are short.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use buildflow_tests::{is_fence, pages, workspace};

/// A sentence that has more words is hard to read.
const LONGEST_SENTENCE: usize = 30;

/// A row that has more characters is not read.
const LONGEST_ROW: usize = 200;

/// A page without its code blocks: lines with their numbers.
struct Page {
    path: PathBuf,
    lines: Vec<(usize, String)>,
}

impl Page {
    fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).expect("a page can be read");
        let mut is_code = false;
        let mut lines = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            if is_fence(line) {
                is_code = !is_code;
                // What stands around a block is not one sentence.
                lines.push((number, String::new()));
            } else if !is_code {
                lines.push((number, line.to_owned()));
            }
        }
        Self { path, lines }
    }

    fn place(&self, line: usize) -> String {
        let path = self.path.strip_prefix(workspace()).unwrap_or(&self.path);
        format!("{}:{line}", path.display())
    }

    /// Its sentences, each with the line that it begins in.
    fn sentences(&self) -> Vec<(usize, String)> {
        let mut sentences = Vec::new();
        let mut open = (0, String::new());
        for (number, line) in &self.lines {
            let line = line.trim();
            let is_apart = line.is_empty() || line.starts_with(['#', '|']) || definition(line).is_some();
            if is_apart || begins_item(line) {
                sentences.push(std::mem::take(&mut open));
            }
            if is_apart {
                continue;
            }
            for word in line.split_whitespace() {
                if open.1.is_empty() {
                    open.0 = *number;
                }
                open.1.push_str(word);
                open.1.push(' ');
                if word.trim_end_matches(['*', '"', ')', '_']).ends_with(['.', '!', '?']) {
                    sentences.push(std::mem::take(&mut open));
                }
            }
        }
        sentences.push(open);
        sentences.retain(|(_, sentence)| !sentence.is_empty());
        sentences
    }

    /// What it links to, each with its line.
    fn links(&self) -> Vec<(usize, String)> {
        let mut links = Vec::new();
        for (number, line) in &self.lines {
            for after in line.split("](").skip(1) {
                links.extend(after.split_once(')').map(|(target, _)| (*number, target.to_owned())));
            }
            links.extend(definition(line).map(|(_, target)| (*number, target.to_owned())));
        }
        links
    }

    /// What its links name that is defined at its end: `[text][name]`.
    fn names(&self) -> Vec<(usize, String)> {
        let mut names = Vec::new();
        for (number, line) in &self.lines {
            let words: String = line.split('`').step_by(2).collect();
            let after = words.split("][").skip(1).filter_map(|rest| Some(rest.split_once(']')?.0.to_owned()));
            names.extend(after.map(|name| (*number, name)));
        }
        names
    }

    /// The anchors of its headings, as GitHub makes them.
    fn anchors(&self) -> BTreeSet<String> {
        let headings = self.lines.iter().filter(|(_, line)| line.starts_with('#'));
        let anchor = |line: &str| {
            let text = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
            text.chars().filter(|letter| letter.is_alphanumeric() || "-_".contains(*letter)).collect()
        };
        headings.map(|(_, line)| anchor(line)).collect()
    }
}

/// A line that says where links of a name lead.
fn definition(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix('[')?.split_once("]: ")
}

fn begins_item(line: &str) -> bool {
    let numbered = line.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
    line.starts_with("- ") || line.starts_with("> ") || numbered
}

fn all() -> Vec<Page> {
    let explanations =
        fs::read_dir(workspace().join("generator/src/explain/pages")).expect("there are pages").flatten();
    pages().into_iter().chain(explanations.map(|entry| entry.path())).map(Page::read).collect()
}

#[test]
fn sentences_are_short() {
    let mut long = Vec::new();
    for page in all() {
        for (line, sentence) in page.sentences() {
            let words = sentence.split_whitespace().count();
            if words > LONGEST_SENTENCE {
                long.push(format!("{} has {words} words: {sentence}", page.place(line)));
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn rows_of_tables_are_short() {
    let mut long = Vec::new();
    for page in all() {
        let rows = page.lines.iter().filter(|(_, line)| line.trim_start().starts_with('|'));
        let wide = rows.filter(|(_, line)| line.chars().count() > LONGEST_ROW);
        long.extend(wide.map(|(number, line)| format!("{}: {} characters", page.place(*number), line.chars().count())));
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn the_guide_has_all_of_its_pages() {
    let guide = workspace().join("runtime/src/guide");
    let list = fs::read_to_string(guide.join("mod.rs")).expect("the guide has a list of its pages");
    let links = fs::read_to_string(guide.join("links.txt")).expect("the guide has definitions of links");
    let index = fs::read_to_string(guide.join("index.md")).expect("the guide has an index");
    let names = pages().into_iter().filter(|page| page.starts_with(&guide) && !page.ends_with("index.md"));
    for name in names.filter_map(|page| Some(page.file_stem()?.to_str()?.to_owned())) {
        assert!(list.split_whitespace().any(|listed| listed == name), "mod.rs does not list `{name}`");
        assert!(index.contains(&format!("\n[{name}]: {name}.md\n")), "index.md does not lead to `{name}`");
        assert!(links.contains(&format!("[{name}]: crate::guide::{name}\n")), "links.txt does not lead to `{name}`");
    }
}

#[test]
fn the_page_of_extensions_has_all_of_them() {
    let code = fs::read_to_string(workspace().join("generator/src/lift/extensions.rs")).expect("they are listed");
    let page = fs::read_to_string(workspace().join("runtime/src/guide/extensions.md")).expect("there is a page");
    let lines = code.lines().filter_map(|line| line.trim().strip_prefix("(\"x-")?.split_once('"'));
    let names: Vec<String> = lines.map(|(name, _)| format!("x-{name}")).collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        assert!(page.contains(&format!("| `{name}")), "extensions.md does not have `{name}`");
    }
}

#[test]
fn links_lead_somewhere() {
    let pages: BTreeMap<PathBuf, Page> =
        all().into_iter().map(|page| (page.path.canonicalize().expect("a page is a file"), page)).collect();
    let mut dead = Vec::new();
    for page in pages.values() {
        for (line, target) in page.links() {
            if let Err(reason) = lead(page, &target, &pages) {
                dead.push(format!("{}: `{target}` {reason}", page.place(line)));
            }
        }
        let defined: Vec<&str> = page.lines.iter().filter_map(|(_, line)| Some(definition(line)?.0)).collect();
        for (line, name) in page.names().into_iter().filter(|(_, name)| !defined.contains(&name.as_str())) {
            dead.push(format!("{}: `{name}` is not defined", page.place(line)));
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

/// Follows a link. Items are rustdoc's to find, and other hosts nobody's.
fn lead(page: &Page, target: &str, pages: &BTreeMap<PathBuf, Page>) -> Result<(), String> {
    if target.starts_with("https://") {
        return Ok(());
    }
    let folder = page.path.parent().unwrap_or(Path::new(""));
    if folder.join(target).exists() {
        return Ok(());
    }
    let is_item = target.contains("::") || !target.contains(['/', '.', '#']);
    if is_item {
        let is_rustdoc = page.path.starts_with(workspace().join("runtime/src"));
        return if is_rustdoc { Ok(()) } else { Err("is an item, and this is no page of rustdoc".to_owned()) };
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = if path.is_empty() { page.path.clone() } else { folder.join(path) };
    let file = file.canonicalize().map_err(|_| "does not exist")?;
    match pages.get(&file) {
        Some(page) if !anchor.is_empty() && !page.anchors().contains(anchor) => Err("has no such heading".to_owned()),
        None if !anchor.is_empty() => Err("is no page that is checked".to_owned()),
        _ => Ok(()),
    }
}

#[test]
fn what_is_wrong_with_a_page_is_found() {
    let page = |text: &str| Page {
        path: workspace().join("README.md"),
        lines: (1..).zip(text.lines().map(str::to_owned)).collect(),
    };
    let sentences = page("# Two words\n\nOne two\nthree. Four\n- five\n").sentences();
    let spoken: Vec<&str> = sentences.iter().map(|(_, sentence)| sentence.trim()).collect();
    assert_eq!(spoken, ["One two three.", "Four", "- five"]);
    let linked = page("[a](nowhere.md) [b](generator/README.md) [c](#two-words)\n# Two words");
    let results: Vec<bool> =
        linked.links().iter().map(|(_, target)| lead(&linked, target, &BTreeMap::new()).is_ok()).collect();
    assert_eq!(results, [false, true, false]);
    assert!(linked.anchors().contains("two-words"));
}
