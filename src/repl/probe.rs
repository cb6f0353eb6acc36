//! In debug builds, `worker --probe`: plays a worker that was taken over, and tells what the kernel lets it do.

use std::fmt::Write as _;
use std::io;

use super::runtime::Runtime;
use super::wire::{FromWorker, Layer};

const PATH: *const libc::c_char = c"/etc/passwd".as_ptr();
const NEW: *const libc::c_char = c"/tmp/spelunk-probe".as_ptr();
const SHELL: *const libc::c_char = c"/bin/sh".as_ptr();

/// Sends one line per attempt, then ends.
pub fn run(runtime: &mut Runtime, layers: Vec<Layer>) -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    for (name, call, args) in attempts() {
        // SAFETY: each attempt passes valid pointers and lengths for its call, or none.
        let result = unsafe { libc::syscall(call, args[0], args[1], args[2], args[3], args[4], 0) };
        let error = io::Error::last_os_error();
        if result == 0 && name.starts_with("fork") {
            // SAFETY: the child of a fork that should have failed goes at once.
            unsafe { libc::_exit(1) };
        }
        let said = if result < 0 { error.to_string() } else { format!("ALLOWED ({result})") };
        writeln!(text, "{name}: {said}")?;
    }
    let thread = std::thread::Builder::new().spawn(|| 2).map(|thread| thread.join().unwrap_or(0));
    writeln!(text, "a thread: {thread:?}")?;
    #[expect(clippy::disallowed_methods, reason = "shows that there is nothing to read")]
    let names: Vec<_> = std::env::vars().map(|(name, value)| format!("{name}={value}")).collect();
    writeln!(text, "environment: {}", names.join(" "))?;
    // SAFETY: `fstat` writes into the buffer that it is given.
    let is_open = |fd: libc::c_int| unsafe {
        let mut stat = std::mem::zeroed::<libc::stat>();
        libc::syscall(libc::SYS_fstat, fd, &raw mut stat) == 0
    };
    let open = (0..1024).filter(|&fd| is_open(fd)).count();
    writeln!(text, "descriptors: {open}")?;
    runtime.send(&FromWorker::Ready { layers })?;
    runtime.send(&FromWorker::Output { text })
}

type Attempt = (&'static str, libc::c_long, [libc::c_long; 5]);

fn attempts() -> Vec<Attempt> {
    let at = libc::c_long::from(libc::AT_FDCWD);
    let (path, new, shell) = (PATH as libc::c_long, NEW as libc::c_long, SHELL as libc::c_long);
    let me = libc::c_long::from(std::process::id() as i32);
    // SAFETY: asks for a number.
    let parent = libc::c_long::from(unsafe { libc::getppid() });
    let rdonly = libc::c_long::from(libc::O_RDONLY);
    let create = libc::c_long::from(libc::O_CREAT | libc::O_WRONLY);
    let inet = libc::c_long::from(libc::AF_INET);
    let unix = libc::c_long::from(libc::AF_UNIX);
    let stream = libc::c_long::from(libc::SOCK_STREAM);
    let term = libc::c_long::from(libc::SIGTERM);
    let child = libc::c_long::from(libc::SIGCHLD);
    vec![
        #[cfg(target_arch = "x86_64")]
        ("open a file", libc::SYS_open, [path, rdonly, 0, 0, 0]),
        ("openat a file", libc::SYS_openat, [at, path, rdonly, 0, 0]),
        (
            "openat the environment",
            libc::SYS_openat,
            [at, c"/proc/self/environ".as_ptr() as libc::c_long, rdonly, 0, 0],
        ),
        ("create a file", libc::SYS_openat, [at, new, create, 0o600, 0]),
        ("openat2", libc::SYS_openat2, [at, path, 0, 0, 0]),
        ("make a directory", libc::SYS_mkdirat, [at, new, 0o700, 0, 0]),
        ("remove a file", libc::SYS_unlinkat, [at, new, 0, 0, 0]),
        ("stat a file", libc::SYS_faccessat, [at, path, 0, 0, 0]),
        ("read a link", libc::SYS_readlinkat, [at, path, 0, 0, 0]),
        ("change directory", libc::SYS_chdir, [c"/tmp".as_ptr() as libc::c_long, 0, 0, 0, 0]),
        ("mount", libc::SYS_mount, [0; 5]),
        ("memfd_create", libc::SYS_memfd_create, [c"x".as_ptr() as libc::c_long, 0, 0, 0, 0]),
        ("an internet socket", libc::SYS_socket, [inet, stream, 0, 0, 0]),
        ("a unix socket", libc::SYS_socket, [unix, stream, 0, 0, 0]),
        ("connect", libc::SYS_connect, [0; 5]),
        ("bind", libc::SYS_bind, [0; 5]),
        ("sendto", libc::SYS_sendto, [0; 5]),
        ("sendmsg", libc::SYS_sendmsg, [0; 5]),
        ("execve", libc::SYS_execve, [shell, 0, 0, 0, 0]),
        ("execveat", libc::SYS_execveat, [at, shell, 0, 0, 0]),
        #[cfg(target_arch = "x86_64")]
        ("fork", libc::SYS_fork, [0; 5]),
        ("fork by clone", libc::SYS_clone, [child, 0, 0, 0, 0]),
        ("fork by clone3", libc::SYS_clone3, [0; 5]),
        ("kill the parent", libc::SYS_kill, [parent, term, 0, 0, 0]),
        ("tgkill the parent", libc::SYS_tgkill, [parent, parent, term, 0, 0]),
        ("signal itself from outside", libc::SYS_kill, [me, 0, 0, 0, 0]),
        ("ptrace", libc::SYS_ptrace, [0; 5]),
        ("read another process", libc::SYS_process_vm_readv, [parent, 0, 0, 0, 0]),
        ("pidfd_open", libc::SYS_pidfd_open, [parent, 0, 0, 0, 0]),
        ("io_uring", libc::SYS_io_uring_setup, [1, 0, 0, 0, 0]),
        ("bpf", libc::SYS_bpf, [0; 5]),
        ("perf_event_open", libc::SYS_perf_event_open, [0; 5]),
        ("userfaultfd", libc::SYS_userfaultfd, [0; 5]),
        ("unshare", libc::SYS_unshare, [0; 5]),
        ("be dumpable again", libc::SYS_prctl, [libc::c_long::from(libc::PR_SET_DUMPABLE), 1, 0, 0, 0]),
        ("raise a limit", libc::SYS_prlimit64, [0, 2, 0, 0, 0]),
        ("become another user", libc::SYS_setuid, [1, 0, 0, 0, 0]),
        ("fcntl", libc::SYS_fcntl, [0, libc::c_long::from(libc::F_GETFD), 0, 0, 0]),
        ("ioctl", libc::SYS_ioctl, [0; 5]),
    ]
}
