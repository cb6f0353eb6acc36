//! Linux: namespaces where an ordinary user may have them, Landlock, seccomp. What cannot be had is named.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use super::kernel::{self, Done};
use super::{Bounds, Layers};
use crate::plan::verify::hidden;

/// Places where other processes have their sockets, by which one could have them do what one may not.
const SHARED: &[&str] = &["/run", "/tmp", "/var/tmp"];

/// Of these the ones that are hidden when names have to be resolved, which takes other parts of `/run`.
const SOCKETS: &[&str] = &[
    "/run/containerd",
    "/run/dbus",
    "/run/docker",
    "/run/docker.sock",
    "/run/libvirt",
    "/run/podman",
    "/run/snapd.socket",
    "/run/systemd/private",
    "/run/user",
    "/tmp",
    "/var/tmp",
];

/// Devices that may be written to.
const DEVICES: &[&str] = &["/dev/full", "/dev/null", "/dev/random", "/dev/tty", "/dev/urandom", "/dev/zero"];

/// Landlock's kinds of access: listing; running and reading; those that a file has; all of its versions 2 and 3.
const LIST: u64 = 0b1000;
const READ: u64 = 0b1101;
const OF_FILES: u64 = 0b0111 | 1 << 14;
const ALL_2: u64 = (1 << 14) - 1;
const ALL_3: u64 = (1 << 15) - 1;

/// What a record of the report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Step {
    Limits,
    Namespaces,
    ReadOnly,
    Lent,
    Over,
    Processes,
    Masks,
    Capabilities,
    Landlock,
    Filter,
    NoSockets,
    Status,
}

const STEPS: [Step; 12] = [
    Step::Limits,
    Step::Namespaces,
    Step::ReadOnly,
    Step::Lent,
    Step::Over,
    Step::Processes,
    Step::Masks,
    Step::Capabilities,
    Step::Landlock,
    Step::Filter,
    Step::NoSockets,
    Step::Status,
];

/// Bytes of a record: the step, which of several, and an error's number or a status.
const RECORD: usize = 9;

/// The command that runs a line of the shell.
#[expect(clippy::disallowed_methods, reason = "where the command that a person agreed to is started")]
pub(in super::super) fn shell(line: &str, _: &Bounds) -> Command {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(line);
    command
}

/// The confinement of one command, from before its start to its end.
pub(in super::super) struct Confinement {
    report: File,
    bounds: Bounds,
}

impl Confinement {
    /// Prepares the command to be confined when it starts.
    pub(in super::super) fn put_on(command: &mut Command, bounds: &Bounds) -> io::Result<Self> {
        let (report, child) = Child::new(bounds)?;
        // SAFETY: `enter` makes system calls only; all that it needs was made before.
        unsafe { command.pre_exec(move || child.enter().map_err(io::Error::from_raw_os_error)) };
        Ok(Self { report, bounds: bounds.clone() })
    }

    /// What became of it, and how the command ended. To be asked when the command is gone; `ended` is what its process said.
    pub(in super::super) fn outcome(mut self, ended: ExitStatus) -> (Layers, ExitStatus) {
        let mut bytes = Vec::new();
        // What cannot be read is not claimed.
        let _ = self.report.read_to_end(&mut bytes);
        let records: Vec<(Step, usize, i32)> = bytes.chunks_exact(RECORD).filter_map(record).collect();
        let status = records.iter().find(|(step, ..)| *step == Step::Status);
        let status = status.map_or(ended, |(_, _, status)| ExitStatus::from_raw(*status));
        (layers(&self.bounds, &records), status)
    }
}

fn record(bytes: &[u8]) -> Option<(Step, usize, i32)> {
    let step = *STEPS.get(usize::from(*bytes.first()?))?;
    let index = u32::from_le_bytes(bytes.get(1..5)?.try_into().ok()?);
    Some((step, index as usize, i32::from_le_bytes(bytes.get(5..9)?.try_into().ok()?)))
}

/// The report in words.
fn layers(bounds: &Bounds, records: &[(Step, usize, i32)]) -> Layers {
    let of = |step: Step| records.iter().find(|record| record.0 == step).map(|record| record.2);
    let had = |step: Step| of(step) == Some(0);
    let why = |step: Step| match of(step) {
        Some(number) => format!(" ({})", io::Error::from_raw_os_error(number)),
        None => String::new(),
    };
    let mut layers = Layers::default();
    let (namespaces, landlock) = (had(Step::Namespaces), had(Step::Landlock));
    layers.has("cleared environment, temporary HOME and TMPDIR");
    match (bounds.network, namespaces, had(Step::NoSockets)) {
        (true, ..) => layers.lacks("no network: `verify_network` allows it"),
        (_, true, _) => layers.has("no network but a loopback of its own"),
        (_, _, true) => layers.has("no network: no sockets at all"),
        _ => layers.lacks(format!("no network{}", why(Step::Namespaces))),
    }
    match (landlock, had(Step::ReadOnly)) {
        (false, false) => layers.lacks(format!("writes in the copy only{}", why(Step::Landlock))),
        _ => layers.has("writes in the copy only"),
    }
    match (landlock, had(Step::Masks)) {
        (false, false) => layers.lacks(format!("keys of the home folder hidden{}", why(Step::Landlock))),
        _ => layers.has("keys of the home folder hidden"),
    }
    for (step, what) in [
        (Step::Over, "the copy in the place of the tree: absolute paths into it lead nowhere"),
        (Step::Processes, "a process table of its own"),
    ] {
        if namespaces && !had(step) {
            layers.lacks(what);
        }
    }
    match namespaces {
        true => layers.has("own processes only, all of which end with it"),
        false => {
            layers.lacks(format!("own processes only: one that leaves its group outlives it{}", why(Step::Namespaces)))
        }
    }
    if had(Step::Capabilities) && had(Step::Filter) {
        layers.has("no privileges");
    } else {
        layers.lacks("no privileges");
    }
    match had(Step::Limits) {
        true => layers.has("low priority, no core files"),
        false => layers.lacks("low priority, no core files"),
    }
    for (at, (_, name, _)) in bounds.borrowed.iter().enumerate() {
        let lent = records.contains(&(Step::Lent, at, 0));
        let name = crate::display::terminal(name);
        match lent {
            true => layers.has(format!("{name} lent, changes to it are dropped")),
            false => layers.lacks(format!("{name} could not be lent and is empty")),
        }
    }
    layers
}

/// A piece of the system that is covered.
struct Mask {
    path: CString,
    by: CString,
    read_only: bool,
}

struct Lent {
    from: CString,
    at: CString,
    /// Options of an overlay whose changes end up in the room; `None` when the paths cannot be said there.
    overlay: Option<CString>,
}

/// All that the child needs between fork and exec.
struct Child {
    report: OwnedFd,
    parent: libc::pid_t,
    namespaces: bool,
    landlock: bool,
    network: bool,
    memory: Option<u64>,
    users: CString,
    groups: CString,
    room: CString,
    lent: Vec<Lent>,
    over: Vec<(CString, CString)>,
    masks: Vec<Mask>,
    shared_memory: bool,
    in_copy: CString,
    in_place: Option<CString>,
    /// Paths, whether each is a folder, and whether it may be written.
    rules: Vec<(CString, bool, bool)>,
    filter: BpfProgram,
    no_sockets: BpfProgram,
}

impl Child {
    fn new(bounds: &Bounds) -> io::Result<(File, Self)> {
        use rustix::pipe::{PipeFlags, pipe_with};
        let (from, report) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        let empty = bounds.room.join("empty");
        super::super::make_folder(&empty)?;
        let mut lent = Vec::new();
        for (number, (from, _, at)) in bounds.borrowed.iter().enumerate() {
            lent.push(Lent { from: c(from)?, at: c(at)?, overlay: overlay(&bounds.room, number, from)? });
        }
        // A copy cannot stand in the place of a folder that the room itself is in.
        let in_place = bounds.copies.iter().all(|(root, _)| !bounds.room.starts_with(root));
        let roots: Vec<PathBuf> = bounds.copies.iter().map(|(root, _)| root.clone()).collect();
        let over = bounds.copies.iter().filter(|_| in_place);
        let over = over.map(|(root, copy)| Ok((c(copy)?, c(root)?))).collect::<io::Result<_>>()?;
        let (cwd_root, cwd_copy) = bounds.copies.get(bounds.at).ok_or(io::ErrorKind::NotFound)?;
        let (user, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        let child = Self {
            report,
            parent: rustix::process::getpid().as_raw_nonzero().get(),
            namespaces: bounds.namespaces,
            landlock: bounds.landlock,
            network: bounds.network,
            memory: bounds.memory,
            users: c(Path::new(&format!("{user} {user} 1\n")))?,
            groups: c(Path::new(&format!("{group} {group} 1\n")))?,
            room: c(&bounds.room)?,
            lent,
            over,
            masks: masks(bounds, &empty, &roots, in_place)?,
            shared_memory: Path::new("/dev/shm").is_dir(),
            in_copy: c(cwd_copy)?,
            in_place: if in_place { Some(c(cwd_root)?) } else { None },
            rules: rules(bounds, &roots)?,
            filter: filter(bounds.network).map_err(io::Error::other)?,
            no_sockets: no_sockets().map_err(io::Error::other)?,
        };
        Ok((File::from(from), child))
    }

    /// Runs between fork and exec. Where processes may have a table of their own it returns in the third of them: the
    /// first waits outside of it, the second is its init, who takes everything along when it ends.
    fn enter(&self) -> Done {
        kernel::session();
        kernel::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL as libc::c_ulong)?;
        if kernel::parent() != self.parent {
            kernel::exit(1);
        }
        kernel::default_signals();
        self.say(Step::Limits, 0, kernel::limits(self.memory));
        let apart = self.namespaces && self.say(Step::Namespaces, 0, self.unshare());
        let mut in_place = false;
        if apart {
            if kernel::fork()? != 0 {
                kernel::close(0, u32::MAX);
                let _ = kernel::prctl(libc::PR_SET_DUMPABLE, 0);
                let _ = kernel::wait();
                kernel::exit(0);
            }
            kernel::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL as libc::c_ulong)?;
            in_place = self.mount();
            // Its memory is a copy of ours, keys included.
            kernel::prctl(libc::PR_SET_DUMPABLE, 0)?;
            let command = kernel::fork()?;
            if command != 0 {
                self.reap(command);
            }
        }
        let at = self.in_place.as_ref().filter(|_| in_place).unwrap_or(&self.in_copy);
        kernel::chdir(at)?;
        self.say(Step::Capabilities, 0, kernel::drop_capabilities());
        kernel::prctl(libc::PR_SET_NO_NEW_PRIVS, 1)?;
        if self.landlock {
            self.say(Step::Landlock, 0, self.restrict(apart));
        }
        self.say(Step::Filter, 0, put_on(&self.filter));
        if !apart && !self.network {
            self.say(Step::NoSockets, 0, put_on(&self.no_sockets));
        }
        Ok(())
    }

    /// Writes a record; whether it was a success.
    fn say(&self, step: Step, index: usize, result: Done) -> bool {
        self.record(step, index, result.err().unwrap_or(0));
        result.is_ok()
    }

    fn record(&self, step: Step, index: usize, value: i32) {
        let mut record = [step as u8; RECORD];
        record[1..5].copy_from_slice(&(index as u32).to_le_bytes());
        record[5..].copy_from_slice(&value.to_le_bytes());
        // Without it the layer counts as missing.
        let _ = kernel::write(self.report.as_raw_fd(), &record);
    }

    fn unshare(&self) -> Done {
        let mut flags = libc::CLONE_NEWUSER | libc::CLONE_NEWNS | libc::CLONE_NEWPID | libc::CLONE_NEWIPC;
        if !self.network {
            flags |= libc::CLONE_NEWNET;
        }
        kernel::unshare(flags)?;
        // Before the group map, or an ordinary user may not write that. Without maps the command runs as nobody.
        let _ = kernel::write_file(c"/proc/self/setgroups", b"deny");
        let _ = kernel::write_file(c"/proc/self/uid_map", self.users.to_bytes());
        let _ = kernel::write_file(c"/proc/self/gid_map", self.groups.to_bytes());
        if !self.network {
            let _ = kernel::loopback();
        }
        Ok(())
    }

    /// The file system as the command sees it; whether the copies stand where the person's folders are.
    fn mount(&self) -> bool {
        let private = kernel::mount(c"", c"/", c"", libc::MS_REC | libc::MS_PRIVATE, None);
        let own = private.and_then(|()| kernel::bind(&self.room, &self.room));
        let read_only = own
            .and_then(|()| kernel::set_read_only(c"/", true, true))
            .and_then(|()| kernel::set_read_only(&self.room, false, false));
        self.say(Step::ReadOnly, 0, read_only);
        if own.is_err() {
            return false;
        }
        for (number, lent) in self.lent.iter().enumerate() {
            self.say(Step::Lent, number, lent.mount());
        }
        let over = self.over.iter().try_for_each(|(copy, root)| kernel::bind(copy, root));
        let over = over.is_ok() && !self.over.is_empty();
        self.record(Step::Over, 0, i32::from(!over));
        let hidden = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC;
        self.say(Step::Processes, 0, kernel::mount(c"proc", c"/proc", c"proc", hidden, None));
        if self.shared_memory {
            // Without it, shared memory is read-only.
            let _ =
                kernel::mount(c"tmpfs", c"/dev/shm", c"tmpfs", libc::MS_NOSUID | libc::MS_NODEV, Some(c"mode=1777"));
        }
        // Each of them, whatever became of the one before.
        let mut masks = Ok(());
        for mask in &self.masks {
            masks = masks.and(mask.mount());
        }
        self.say(Step::Masks, 0, masks);
        over
    }

    /// Waits for whatever ends, as an init has to, and ends with the command.
    fn reap(&self, command: libc::pid_t) -> ! {
        const REPORT: libc::c_int = 3;
        let kept = kernel::dup(self.report.as_raw_fd(), REPORT);
        kernel::close(0, 2);
        kernel::close(4, u32::MAX);
        loop {
            match kernel::wait() {
                Ok((id, status)) if id == command => {
                    let mut record = [Step::Status as u8; RECORD];
                    record[1..5].fill(0);
                    record[5..].copy_from_slice(&status.to_le_bytes());
                    let _ = kept.and_then(|()| kernel::write(REPORT, &record));
                    kernel::exit(0);
                }
                Ok(_) => {}
                Err(_) => kernel::exit(1),
            }
        }
    }

    /// Puts Landlock on. With a network of its own, the command may use it.
    fn restrict(&self, apart: bool) -> Done {
        let version = kernel::landlock_version()?;
        // The first one lets nobody rename from folder to folder.
        if version < 2 {
            return Err(libc::ENOSYS);
        }
        let all = if version >= 3 { ALL_3 } else { ALL_2 };
        let tcp = if self.network || apart { 0 } else { 0b11 };
        let scopes = (version >= 6).then_some(0b11);
        let ruleset = kernel::landlock_ruleset(all, (version >= 4).then_some(tcp), scopes)?;
        // Programs look at the folders above them. Those on the way to what is hidden cannot be allowed more than names.
        kernel::landlock_allow(ruleset, c"/", LIST)?;
        for (path, folder, write) in &self.rules {
            let access = if *write { all } else { READ };
            let access = if *folder { access } else { access & OF_FILES & all };
            match kernel::landlock_allow(ruleset, path, access) {
                // What went meanwhile, and what cannot be named, cannot be read then.
                Ok(()) | Err(libc::ENOENT | libc::EACCES | libc::EINVAL | libc::EBADFD | libc::ELOOP) => {}
                Err(error) => return Err(error),
            }
        }
        kernel::landlock_restrict(ruleset)
    }
}

impl Lent {
    fn mount(&self) -> Done {
        let overlay = self.overlay.as_deref().map_or(Err(libc::EINVAL), |options: &CStr| {
            kernel::mount(c"overlay", &self.at, c"overlay", libc::MS_NOSUID | libc::MS_NODEV, Some(options))
        });
        overlay.or_else(|_| bind_read_only(&self.from, &self.at))
    }
}

impl Mask {
    fn mount(&self) -> Done {
        let mounted =
            if self.read_only { bind_read_only(&self.by, &self.path) } else { kernel::bind(&self.by, &self.path) };
        match mounted {
            // It went meanwhile, or is covered with what is above it.
            Err(libc::ENOENT | libc::ENOTDIR) => Ok(()),
            result => result,
        }
    }
}

fn bind_read_only(from: &CStr, at: &CStr) -> Done {
    kernel::bind(from, at)?;
    kernel::set_read_only(at, true, true).inspect_err(|_| {
        let _ = kernel::unmount(at);
    })
}

fn put_on(filter: &BpfProgram) -> Done {
    seccompiler::apply_filter(filter).map_err(|error| match error {
        seccompiler::Error::Seccomp(error) | seccompiler::Error::Prctl(error) => {
            error.raw_os_error().unwrap_or(libc::EINVAL)
        }
        _ => libc::EINVAL,
    })
}

fn c(path: &Path) -> io::Result<CString> {
    Ok(CString::new(path.as_os_str().as_bytes())?)
}

/// The options of an overlay over `from`, with the folders that it needs.
fn overlay(room: &Path, number: usize, from: &Path) -> io::Result<Option<CString>> {
    let changes = room.join(format!("lent-{number}"));
    let (upper, work) = (changes.join("upper"), changes.join("work"));
    super::super::make_folder(&upper)?;
    super::super::make_folder(&work)?;
    let mut options = Vec::new();
    for (name, path) in [("lowerdir=", from), (",upperdir=", upper.as_path()), (",workdir=", &work)] {
        let path = path.as_os_str().as_bytes();
        if path.iter().any(|byte| b",:\\".contains(byte)) {
            return Ok(None);
        }
        options.extend_from_slice(name.as_bytes());
        options.extend_from_slice(path);
    }
    options.extend_from_slice(b",userxattr");
    Ok(Some(CString::new(options)?))
}

fn masks(bounds: &Bounds, empty: &Path, roots: &[PathBuf], in_place: bool) -> io::Result<Vec<Mask>> {
    let mut needed = bounds.needed.clone();
    needed.push(bounds.room.clone());
    if in_place {
        needed.extend_from_slice(roots);
    }
    let mut hidden = bounds.hidden.clone();
    if !in_place {
        hidden.extend_from_slice(roots);
    }
    let shared = if bounds.network { SOCKETS } else { SHARED };
    hidden.extend(shared.iter().map(PathBuf::from).filter(|path| path.exists() && !path.is_symlink()));
    let mut masks = Vec::new();
    for path in hidden::but_for(&hidden, &needed) {
        let is_folder = path.is_dir();
        let (by, read_only) = match path.to_str() {
            Some("/tmp" | "/var/tmp") => (bounds.tmp.as_path(), false),
            _ if is_folder => (empty, true),
            _ => (Path::new("/dev/null"), false),
        };
        masks.push(Mask { path: c(&path)?, by: c(by)?, read_only });
    }
    Ok(masks)
}

fn rules(bounds: &Bounds, roots: &[PathBuf]) -> io::Result<Vec<(CString, bool, bool)>> {
    let mut hidden = bounds.hidden.clone();
    hidden.extend_from_slice(roots);
    let mut rules = Vec::new();
    for path in hidden::visible(&hidden) {
        rules.push((c(&path)?, path.is_dir(), false));
    }
    for device in DEVICES {
        rules.push((c(Path::new(device))?, false, true));
    }
    let copies = bounds.copies.iter().map(|(_, copy)| copy.as_path());
    for folder in copies.chain([bounds.home.as_path(), &bounds.tmp, Path::new("/dev/shm")]) {
        rules.push((c(folder)?, true, true));
    }
    Ok(rules)
}

type Rule = Result<SeccompRule, seccompiler::Error>;

/// A call whose argument `at` is none of these values.
fn none_of(at: u8, values: &[libc::c_int]) -> Rule {
    let not =
        |value: &libc::c_int| Ok(SeccompCondition::new(at, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, *value as u64)?);
    Ok(SeccompRule::new(values.iter().map(not).collect::<Result<_, seccompiler::Error>>()?)?)
}

/// Denies what no check needs, and what would lead out: kernel keyrings, namespaces, mounts, sockets of a hypervisor.
fn filter(network: bool) -> Result<BpfProgram, seccompiler::Error> {
    let mut denied: Vec<(libc::c_long, Vec<SeccompRule>)> = [
        libc::SYS_add_key,
        libc::SYS_bpf,
        libc::SYS_io_uring_setup,
        libc::SYS_keyctl,
        libc::SYS_mount,
        libc::SYS_move_mount,
        libc::SYS_open_tree,
        libc::SYS_fsopen,
        libc::SYS_open_by_handle_at,
        libc::SYS_perf_event_open,
        libc::SYS_pivot_root,
        libc::SYS_request_key,
        libc::SYS_setns,
        libc::SYS_umount2,
        libc::SYS_unshare,
        libc::SYS_userfaultfd,
    ]
    .map(|call| (call, Vec::new()))
    .into();
    if !network {
        let known = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK];
        denied.push((libc::SYS_socket, vec![none_of(0, &known)?]));
    }
    program(denied)
}

/// Denies every socket that is not one of a pair: those with names lead to processes that may do what this one may not.
fn no_sockets() -> Result<BpfProgram, seccompiler::Error> {
    program(vec![(libc::SYS_socket, Vec::new())])
}

fn program(denied: Vec<(libc::c_long, Vec<SeccompRule>)>) -> Result<BpfProgram, seccompiler::Error> {
    let arch = std::env::consts::ARCH.try_into().map_err(seccompiler::Error::Backend)?;
    let refuse = SeccompAction::Errno(libc::EPERM as u32);
    let filter = SeccompFilter::new(denied.into_iter().collect(), SeccompAction::Allow, refuse, arch);
    filter.and_then(TryInto::try_into).map_err(seccompiler::Error::Backend)
}
