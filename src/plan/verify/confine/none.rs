//! Systems without a confinement that spelunk knows: nothing, and it is said.

use std::io;
use std::process::{Command, ExitStatus};

use super::{Bounds, Layers};

#[expect(clippy::disallowed_methods, reason = "where the command that a person agreed to is started")]
pub(in super::super) fn shell(line: &str, bounds: &Bounds) -> Command {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("/bin/sh", "-c") };
    let mut command = Command::new(shell);
    command.arg(flag).arg(line);
    if let Some((_, copy)) = bounds.copies.get(bounds.at) {
        command.current_dir(copy);
    }
    command
}

pub(in super::super) struct Confinement;

impl Confinement {
    pub(in super::super) fn put_on(command: &mut Command, _: &Bounds) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let _ = command;
        Ok(Self)
    }

    pub(in super::super) fn outcome(self, ended: ExitStatus) -> (Layers, ExitStatus) {
        let mut layers = Layers::default();
        layers.has("cleared environment, temporary HOME and TMPDIR");
        for layer in ["no network", "writes in the copy only", "keys of the home folder hidden", "own processes only"] {
            layers.lacks(layer);
        }
        layers.lacks("ignored folders of dependencies are not in the copy");
        (layers, ended)
    }
}
