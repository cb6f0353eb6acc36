//! The system calls between fork and exec, where nothing may allocate or lock: thin, with the error's number.

use std::ffi::CStr;
use std::mem::size_of;
use std::ptr::{null, null_mut};

use libc::{c_int, c_long, c_ulong, c_void, pid_t};

/// `Err` has the error's number.
pub(super) type Done<T = ()> = Result<T, i32>;

fn errno() -> i32 {
    // SAFETY: the calling thread's own variable.
    unsafe { *libc::__errno_location() }
}

fn done(result: c_long) -> Done<c_long> {
    if result < 0 { Err(errno()) } else { Ok(result) }
}

pub(super) fn unshare(flags: c_int) -> Done {
    // SAFETY: after fork this process has one thread and shares nothing.
    done(c_long::from(unsafe { libc::unshare(flags) })).map(drop)
}

/// The id of the child, 0 in it.
pub(super) fn fork() -> Done<pid_t> {
    // SAFETY: both sides go on with calls that are safe after fork only.
    done(c_long::from(unsafe { libc::fork() })).map(|id| id as pid_t)
}

pub(super) fn exit(code: c_int) -> ! {
    // SAFETY: ends the process at once.
    unsafe { libc::_exit(code) }
}

/// The id and the status of the next child that ends.
pub(super) fn wait() -> Done<(pid_t, c_int)> {
    let mut status = 0;
    loop {
        // SAFETY: writes to a variable of ours.
        match done(c_long::from(unsafe { libc::waitpid(-1, &mut status, 0) })) {
            Ok(id) => return Ok((id as pid_t, status)),
            Err(libc::EINTR) => {}
            Err(error) => return Err(error),
        }
    }
}

pub(super) fn prctl(option: c_int, value: c_ulong) -> Done {
    // SAFETY: the options used take numbers only.
    done(c_long::from(unsafe { libc::prctl(option, value, 0, 0, 0) })).map(drop)
}

/// Closes the descriptors `from..=to`.
pub(super) fn close(from: u32, to: u32) {
    // SAFETY: nothing in this process uses them any more.
    if unsafe { libc::syscall(libc::SYS_close_range, from, to, 0) } == 0 {
        return;
    }
    for fd in from..=to.min(65_536) {
        // SAFETY: as above; a number that is not open is an error without effect.
        unsafe { libc::close(fd as c_int) };
    }
}

pub(super) fn dup(from: c_int, to: c_int) -> Done {
    // SAFETY: descriptors are numbers here; `to` is given up.
    done(c_long::from(unsafe { libc::dup2(from, to) })).map(drop)
}

pub(super) fn write(fd: c_int, bytes: &[u8]) -> Done {
    // SAFETY: reads from the slice.
    let written = done(unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) } as c_long)?;
    if written as usize == bytes.len() { Ok(()) } else { Err(libc::EIO) }
}

/// Writes a file that is there, in one piece.
pub(super) fn write_file(path: &CStr, bytes: &[u8]) -> Done {
    // SAFETY: the path ends with a zero.
    let fd = done(c_long::from(unsafe { libc::open(path.as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC) }))? as c_int;
    let written = write(fd, bytes);
    close(fd as u32, fd as u32);
    written
}

pub(super) fn chdir(path: &CStr) -> Done {
    // SAFETY: the path ends with a zero.
    done(c_long::from(unsafe { libc::chdir(path.as_ptr()) })).map(drop)
}

pub(super) fn mount(from: &CStr, at: &CStr, kind: &CStr, flags: c_ulong, options: Option<&CStr>) -> Done {
    let options = options.map_or(null(), CStr::as_ptr);
    // SAFETY: all texts end with a zero.
    let result = unsafe { libc::mount(from.as_ptr(), at.as_ptr(), kind.as_ptr(), flags, options.cast()) };
    done(c_long::from(result)).map(drop)
}

pub(super) fn bind(from: &CStr, at: &CStr) -> Done {
    mount(from, at, c"", libc::MS_BIND | libc::MS_REC, None)
}

/// Makes the mount at `path` read-only or writable, with those below it if `all`.
pub(super) fn set_read_only(path: &CStr, all: bool, read_only: bool) -> Done {
    #[repr(C)]
    struct Attributes {
        set: u64,
        clear: u64,
        propagation: u64,
        user_namespace: u64,
    }
    const READ_ONLY: u64 = 1;
    let (set, clear) = if read_only { (READ_ONLY, 0) } else { (0, READ_ONLY) };
    let attributes = Attributes { set, clear, propagation: 0, user_namespace: 0 };
    let flags = if all { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: the structure lives until the call is over, and its size is passed.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            path.as_ptr(),
            flags,
            &attributes as *const Attributes,
            size_of::<Attributes>(),
        )
    };
    done(result).map(drop)
}

pub(super) fn unmount(at: &CStr) -> Done {
    // SAFETY: the path ends with a zero.
    done(c_long::from(unsafe { libc::umount2(at.as_ptr(), libc::MNT_DETACH) })).map(drop)
}

/// Switches the loopback interface of this network namespace on.
pub(super) fn loopback() -> Done {
    // SAFETY: makes a descriptor.
    let socket = unsafe { libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0) };
    let socket = done(c_long::from(socket))? as c_int;
    // SAFETY: a structure of numbers, for which zero is a value.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    request.ifr_name[0] = b'l' as libc::c_char;
    request.ifr_name[1] = b'o' as libc::c_char;
    request.ifr_ifru.ifru_flags = libc::IFF_UP as libc::c_short;
    // SAFETY: the request is what the call takes, and lives until it is over.
    let result = unsafe { libc::ioctl(socket, libc::SIOCSIFFLAGS as _, &request as *const libc::ifreq) };
    let result = done(c_long::from(result)).map(drop);
    close(socket as u32, socket as u32);
    result
}

/// Gives up every capability, for good.
pub(super) fn drop_capabilities() -> Done {
    for capability in 0..64 {
        if prctl(libc::PR_CAPBSET_DROP, capability) == Err(libc::EINVAL) {
            break;
        }
    }
    const VERSION_3: u32 = 0x2008_0522;
    let header: [u32; 2] = [VERSION_3, 0];
    let none = [0_u32; 6];
    // SAFETY: a header and two sets of three numbers, as version 3 has them.
    done(unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), none.as_ptr()) }).map(drop)
}

/// The version of Landlock that the kernel has.
pub(super) fn landlock_version() -> Done<i64> {
    const VERSION: u32 = 1;
    // SAFETY: with this flag it takes no structure.
    done(unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, null::<c_void>(), 0_usize, VERSION) })
}

/// A ruleset of Landlock that handles these kinds of access; its descriptor. The two later ones are only for newer versions.
pub(super) fn landlock_ruleset(files: u64, network: Option<u64>, scopes: Option<u64>) -> Done<c_int> {
    let attributes = [files, network.unwrap_or(0), scopes.unwrap_or(0)];
    let used = 1 + usize::from(network.is_some()) + usize::from(scopes.is_some());
    // SAFETY: three numbers, of which the size says how many count.
    let result = unsafe {
        libc::syscall(libc::SYS_landlock_create_ruleset, attributes.as_ptr(), used * size_of::<u64>(), 0_u32)
    };
    done(result).map(|fd| fd as c_int)
}

pub(super) fn landlock_allow(ruleset: c_int, path: &CStr, access: u64) -> Done {
    #[repr(C, packed)]
    struct Beneath {
        access: u64,
        parent: i32,
    }
    const PATH_BENEATH: u32 = 1;
    let flags = libc::O_PATH | libc::O_CLOEXEC | libc::O_NOFOLLOW;
    // SAFETY: the path ends with a zero.
    let parent = done(c_long::from(unsafe { libc::open(path.as_ptr(), flags) }))? as c_int;
    let rule = Beneath { access, parent };
    // SAFETY: the structure lives until the call is over.
    let result =
        unsafe { libc::syscall(libc::SYS_landlock_add_rule, ruleset, PATH_BENEATH, &rule as *const Beneath, 0_u32) };
    let result = done(result).map(drop);
    close(parent as u32, parent as u32);
    result
}

pub(super) fn landlock_restrict(ruleset: c_int) -> Done {
    // SAFETY: takes a descriptor.
    done(unsafe { libc::syscall(libc::SYS_landlock_restrict_self, ruleset, 0_u32) }).map(drop)
}

/// Begins a session of its own.
pub(super) fn session() {
    // SAFETY: takes nothing. It fails only for who leads a group already, and a forked process does not.
    unsafe { libc::setsid() };
}

/// Nice, without core files, with at most this much writable memory.
pub(super) fn limits(memory: Option<u64>) -> Done {
    let limit = |resource, value: u64| {
        let limit = libc::rlimit { rlim_cur: value as libc::rlim_t, rlim_max: value as libc::rlim_t };
        // SAFETY: reads a structure of ours.
        done(c_long::from(unsafe { libc::setrlimit(resource, &limit) })).map(drop)
    };
    // SAFETY: takes a number.
    unsafe { libc::nice(10) };
    limit(libc::RLIMIT_CORE, 0)?;
    memory.map_or(Ok(()), |memory| limit(libc::RLIMIT_DATA, memory))
}

pub(super) fn parent() -> pid_t {
    // SAFETY: takes nothing.
    unsafe { libc::getppid() }
}

/// Signals as a program expects them: none is blocked, and ending a pipe ends its writer.
pub(super) fn default_signals() {
    // SAFETY: sets handlers to the default, and an empty mask that lives until the call is over.
    unsafe {
        let mut none: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &none, null_mut());
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
}
