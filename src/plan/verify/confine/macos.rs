//! macOS: a profile of `sandbox-exec`.

use std::path::Path;

use super::Bounds;

/// Denies the network, writes outside of the room, and reads of what is hidden.
fn profile(bounds: &Bounds) -> String {
    let mut profile = String::from("(version 1)(allow default)");
    if !bounds.network {
        profile.push_str("(deny network*)");
    }
    profile.push_str("(deny file-write*)(allow file-write*");
    profile.push_str(&subpath(&bounds.room));
    for device in ["/dev/null", "/dev/zero", "/dev/tty"] {
        profile.push_str(&format!("(literal {device:?})"));
    }
    profile.push(')');
    let roots = bounds.copies.iter().map(|(root, _)| root);
    for path in bounds.hidden.iter().chain(roots) {
        profile.push_str(&format!("(deny file-read*{})", subpath(path)));
    }
    // The last rule that fits counts.
    profile.push_str(&format!("(allow file-read*{})", subpath(&bounds.room)));
    profile
}

fn subpath(path: &Path) -> String {
    let path = path.display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
    format!("(subpath \"{path}\")")
}

#[cfg(target_os = "macos")]
pub(in super::super) use on::{Confinement, shell};

#[cfg(target_os = "macos")]
mod on {
    use std::io;
    use std::os::unix::process::CommandExt as _;
    use std::process::{Command, ExitStatus};

    use super::super::{Bounds, Layers};

    const SANDBOX: &str = "/usr/bin/sandbox-exec";

    #[expect(clippy::disallowed_methods, reason = "where the command that a person agreed to is started")]
    pub(in super::super::super) fn shell(line: &str, bounds: &Bounds) -> Command {
        let mut command = Command::new(SANDBOX);
        command.arg("-p").arg(super::profile(bounds)).arg("/bin/sh").arg("-c").arg(line);
        if let Some((_, copy)) = bounds.copies.get(bounds.at) {
            command.current_dir(copy);
        }
        command
    }

    pub(in super::super::super) struct Confinement(bool, usize);

    impl Confinement {
        pub(in super::super::super) fn put_on(command: &mut Command, bounds: &Bounds) -> io::Result<Self> {
            command.process_group(0);
            Ok(Self(bounds.network, bounds.borrowed.len()))
        }

        pub(in super::super::super) fn outcome(self, ended: ExitStatus) -> (Layers, ExitStatus) {
            let mut layers = Layers::default();
            layers.has("cleared environment, temporary HOME and TMPDIR");
            layers.has("sandbox-exec: writes in the copy only, keys of the home folder hidden");
            match self.0 {
                true => layers.lacks("no network: `verify_network` allows it"),
                false => layers.has("no network"),
            }
            layers.lacks("own processes only: one that leaves its group outlives it");
            if self.1 > 0 {
                layers.lacks("ignored folders of dependencies are not in the copy");
            }
            (layers, ended)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_names_what_is_open_and_what_is_not() {
        let bounds = Bounds {
            room: "/s/verify/\"1\"".into(),
            copies: vec![("/home/me/tree".into(), "/s/verify/1/tree".into())],
            hidden: vec!["/home/me/.ssh".into()],
            ..Bounds::default()
        };
        let profile = profile(&bounds);
        for rule in [
            "(deny network*)",
            "(deny file-write*)(allow file-write*(subpath \"/s/verify/\\\"1\\\"\")",
            "(deny file-read*(subpath \"/home/me/.ssh\"))",
            "(deny file-read*(subpath \"/home/me/tree\"))",
        ] {
            assert!(profile.contains(rule), "{profile}");
        }
        assert!(!super::profile(&Bounds { network: true, ..bounds }).contains("network"));
    }
}
