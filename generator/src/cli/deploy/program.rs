//! The program that serves a flow, as cargo knows it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::{Failure, cargo, say};
use crate::deploy::Binary;

/// The version of what cargo knows no version of.
const FIRST_VERSION: &str = "0.1.0";

/// A program, and what its image is built of.
pub(super) struct Program {
    pub binary: Binary,
    /// The version of its package.
    pub version: String,
    /// The root of its workspace; the folder itself where cargo knows of none.
    pub root: PathBuf,
    /// Folders outside of the root that it depends on.
    pub outside: Vec<PathBuf>,
}

impl Program {
    /// The program of this name, or else that of the package around the document. Where that has several, or none, it is the
    /// one in the workspace that is called as the document is.
    pub(super) fn find(document: &Path, said: Option<&str>) -> Result<Self, Failure> {
        let metadata = match (Metadata::around(document), said) {
            (Ok(metadata), _) => metadata,
            (Err(_), Some(name)) => {
                let (binary, version) = (Binary::new(None, name)?, FIRST_VERSION.to_owned());
                return Ok(Self { binary, version, root: PathBuf::from("."), outside: Vec::new() });
            }
            (Err(why), None) => return Err(format!("{why}; say what cargo calls the program with `--binary`").into()),
        };
        let (package, name) = match said {
            Some(name) => {
                let package = metadata.package_with(name);
                if package.is_none() {
                    say(&format!("warning: cargo knows no program `{name}` around {}", document.display()));
                }
                (package, name)
            }
            None => metadata.program(&document.file_stem().unwrap_or_default().to_string_lossy())?,
        };
        Ok(Self {
            binary: Binary::new(package.map(|package| package.name.as_str()), name)?,
            version: package.map_or_else(|| FIRST_VERSION.to_owned(), |package| package.version.clone()),
            outside: package.map(|package| metadata.outside(package)).unwrap_or_default(),
            root: metadata.workspace_root,
        })
    }
}

/// What `cargo metadata` says, as far as it matters here.
#[derive(Debug)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: PathBuf,
    /// The manifest that was asked for.
    manifest: PathBuf,
}

#[derive(Debug)]
struct Package {
    name: String,
    version: String,
    manifest: PathBuf,
    default_run: Option<String>,
    programs: Vec<String>,
    /// The folders of other packages that it depends on.
    dependencies: Vec<PathBuf>,
}

impl Package {
    fn read(package: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let is_program = |target: &&Value| target["kind"].as_array().is_some_and(|kinds| kinds.contains(&"bin".into()));
        let programs = package["targets"].as_array()?.iter().filter(is_program);
        let paths = package["dependencies"].as_array()?.iter().filter_map(|dependency| dependency["path"].as_str());
        Some(Self {
            name: text(&package["name"])?,
            version: text(&package["version"])?,
            manifest: text(&package["manifest_path"])?.into(),
            default_run: text(&package["default_run"]),
            programs: programs.filter_map(|target| text(&target["name"])).collect(),
            dependencies: paths.map(PathBuf::from).collect(),
        })
    }
}

impl Metadata {
    /// That of the package or workspace around a document, or else around the current folder.
    fn around(document: &Path) -> Result<Self, String> {
        let nearest = |path: &Path| {
            let folder = std::path::absolute(path).ok()?;
            folder.ancestors().map(|folder| folder.join("Cargo.toml")).find(|manifest| manifest.is_file())
        };
        let manifest = nearest(document).or_else(|| nearest(Path::new(".")));
        let manifest = manifest.ok_or("there is no Cargo.toml around the document, or around this folder")?;
        let asked = ["metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path"];
        let output = cargo().args(asked).arg(&manifest).output();
        let output = output.map_err(|error| format!("cannot ask cargo for the program: {error}"))?;
        if !output.status.success() {
            return Err(format!(
                "cannot ask cargo for the program: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            ));
        }
        Self::read(&output.stdout, manifest).ok_or_else(|| "cannot read what cargo says of the program".to_owned())
    }

    fn read(text: &[u8], manifest: PathBuf) -> Option<Self> {
        let metadata: Value = serde_json::from_slice(text).ok()?;
        let packages = metadata["packages"].as_array()?.iter().map(Package::read).collect::<Option<_>>()?;
        Some(Self { packages, workspace_root: metadata["workspace_root"].as_str()?.into(), manifest })
    }

    /// The package that has a program of this name.
    fn package_with(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.programs.iter().any(|program| program == name))
    }

    /// The program that serves the document of this name.
    fn program<'m>(&'m self, stem: &str) -> Result<(Option<&'m Package>, &'m str), Failure> {
        let own = self.packages.iter().find(|package| package.manifest == self.manifest);
        match own.map(|package| (&package.default_run, package.programs.as_slice())) {
            Some((Some(name), _)) | Some((None, [name])) => return Ok((own, name)),
            _ => {}
        }
        let all = || {
            self.packages
                .iter()
                .flat_map(|package| package.programs.iter().map(move |name| (Some(package), name.as_str())))
        };
        let mut named = all().filter(|(_, name)| *name == stem);
        match (named.next(), all().count()) {
            (Some(found), _) => Ok(found),
            (None, 1) => Ok(all().next().ok_or("cargo knows of no program")?),
            (None, 0) => Err(format!("{} has no program: say one with `--binary`", self.manifest.display()).into()),
            _ => {
                let names: Vec<&str> = all().map(|(_, name)| name).collect();
                Err(format!("say with `--binary` which program serves `{stem}`: {}", names.join(", ")).into())
            }
        }
    }

    /// The folders outside of the workspace that a package depends on, by itself or through other members.
    fn outside(&self, package: &Package) -> Vec<PathBuf> {
        let (mut seen, mut outside) = (vec![&package.manifest], Vec::new());
        let mut waiting = vec![package];
        while let Some(package) = waiting.pop() {
            for path in &package.dependencies {
                match self.packages.iter().find(|member| member.manifest.parent() == Some(path)) {
                    Some(member) if seen.contains(&&member.manifest) => {}
                    Some(member) => {
                        seen.push(&member.manifest);
                        waiting.push(member);
                    }
                    None if path.starts_with(&self.workspace_root) || outside.contains(path) => {}
                    None => outside.push(path.clone()),
                }
            }
        }
        outside
    }
}
