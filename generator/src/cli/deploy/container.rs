//! Builds and pushes images, by `docker` or `podman`.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::cli::{Failure, say};
use crate::deploy::Image;

/// The program that builds images.
pub(super) struct Builder(&'static str);

impl Builder {
    /// The first one that is there.
    pub(super) fn find() -> Result<Self, Failure> {
        let is_there = |program: &&str| {
            let mut command = Command::new(program);
            command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        };
        let found = ["docker", "podman"].into_iter().find(is_there);
        Ok(Self(found.ok_or("images are built by `docker` or `podman`, and neither is there: install one of them")?))
    }

    /// The arguments that build an image.
    pub(super) fn to_build<'a>(dockerfile: &'a str, image: &'a str, root: &'a str) -> [&'a str; 6] {
        ["build", "--file", dockerfile, "--tag", image, root]
    }

    /// Builds an image of what is in a folder.
    pub(super) fn build(&self, dockerfile: &Path, image: &Image, root: &Path) -> Result<(), Failure> {
        let [dockerfile, root] = [dockerfile, root].map(|path| path.display().to_string());
        self.run(&Self::to_build(&dockerfile, &image.to_string(), &root))
    }

    /// Pushes an image; what it is from now on, by its digest.
    pub(super) fn push(&self, image: &Image) -> Result<Image, Failure> {
        self.run(&["push", &image.to_string()])?;
        let format = "{{range .RepoDigests}}{{println .}}{{end}}";
        let output =
            Command::new(self.0).args(["image", "inspect", "--format", format, &image.to_string()]).output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let pushed = text.lines().find_map(|line| image.with_digest(line.trim()));
        pushed.ok_or_else(|| format!("{} has pushed {image}, and does not say its digest", self.0).into())
    }

    fn run(&self, arguments: &[&str]) -> Result<(), Failure> {
        say(&format!("{} {}", self.0, arguments.join(" ")));
        let status = Command::new(self.0).args(arguments).stdin(Stdio::null()).status()?;
        match status.success() {
            true => Ok(()),
            false => Err(format!("`{} {}` failed: {status}", self.0, arguments[0]).into()),
        }
    }
}
