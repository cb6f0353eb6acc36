//! The part of the confinement that only Linux has: parent death, privileges, Landlock, seccomp.

use std::collections::BTreeMap;

use landlock::{ABI, Access, AccessFs, AccessNet, Compatible, RulesetAttr, RulesetStatus, Scope};
use rustix::process::{DumpableBehavior, Signal};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use super::layer;
use crate::repl::wire::Layer;

#[expect(clippy::disallowed_methods, reason = "nothing was started yet that would have to be dropped")]
pub fn before_v8(parent: Option<u32>) -> [Layer; 4] {
    let dies_with_parent = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
    let now = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get() as u32);
    if parent.is_some() && parent != now {
        // It died before the signal was asked for.
        std::process::exit(0);
    }
    [
        layer("parent-death", ok(dies_with_parent, "killed when the parent dies")),
        layer("no-new-privileges", ok(rustix::thread::set_no_new_privs(true), "set")),
        layer(
            "not-dumpable",
            ok(rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable), "not traceable by its own user"),
        ),
        // Before V8, because it binds only this thread and those that it starts.
        layer("landlock", landlock()),
    ]
}

fn ok<E: ToString>(result: Result<(), E>, detail: &str) -> Result<String, String> {
    result.map(|()| detail.to_owned()).map_err(|error| error.to_string())
}

/// Every kind of access that this kernel can deny, with nothing allowed.
fn landlock() -> Result<String, String> {
    let restrict = || -> Result<_, landlock::RulesetError> {
        landlock::Ruleset::default()
            .set_compatibility(landlock::CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(ABI::V7))?
            .handle_access(AccessNet::from_all(ABI::V7))?
            .scope(Scope::from_all(ABI::V7))?
            .create()?
            .restrict_self()
    };
    match restrict().map_err(|error| error.to_string())?.ruleset {
        RulesetStatus::FullyEnforced => Ok("no file, no TCP port, no signal, no abstract socket".to_owned()),
        RulesetStatus::PartiallyEnforced => Ok("no file; this kernel lacks the newer restrictions".to_owned()),
        RulesetStatus::NotEnforced => Err("this kernel has no Landlock, or it is switched off".to_owned()),
    }
}

/// What computing needs: memory, threads, locks, clocks, the pipe. Everything else fails with `EPERM`.
const ALLOWED: &[libc::c_long] = &[
    libc::SYS_brk,
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    // To be answered with ENOSYS by the second filter.
    libc::SYS_clone3,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_fstat,
    libc::SYS_futex,
    libc::SYS_getcpu,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_madvise,
    libc::SYS_membarrier,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_pkey_alloc,
    libc::SYS_pkey_free,
    libc::SYS_pkey_mprotect,
    libc::SYS_read,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_getparam,
    libc::SYS_sched_getscheduler,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_sigaltstack,
    libc::SYS_write,
    libc::SYS_writev,
];

/// Two filters, since one has a single answer to what it refuses: `EPERM` for nearly all, and `ENOSYS` for `clone3`,
/// whose arguments a filter cannot see; libc then takes `clone`, which may only start threads.
pub fn seccomp() -> Layer {
    let put_on = || -> Result<String, seccompiler::Error> {
        let no_clone3 = filter([(libc::SYS_clone3, vec![])].into(), SeccompAction::Allow, errno(libc::ENOSYS))?;
        let rest = filter(rules()?, errno(libc::EPERM), SeccompAction::Allow)?;
        // In this order: the second one forbids putting on a third.
        seccompiler::apply_filter_all_threads(&no_clone3)?;
        seccompiler::apply_filter_all_threads(&rest)?;
        Ok(format!("{} system calls allowed, none that opens, connects or executes", ALLOWED.len() + 3))
    };
    layer("seccomp", put_on().map_err(|error| error.to_string()))
}

type Rules = BTreeMap<libc::c_long, Vec<SeccompRule>>;

fn rules() -> Result<Rules, seccompiler::Error> {
    let mut rules: Rules = ALLOWED.iter().map(|&call| (call, Vec::new())).collect();
    // Only threads.
    let thread = libc::CLONE_THREAD as u64;
    rules.insert(libc::SYS_clone, vec![when(0, SeccompCmpOp::MaskedEq(thread), thread)?]);
    // Only to itself: abort() does.
    rules.insert(libc::SYS_tgkill, vec![when(0, SeccompCmpOp::Eq, u64::from(std::process::id()))?]);
    // Names of threads and of memory.
    let names = [libc::PR_SET_NAME, libc::PR_SET_VMA].map(|option| when(0, SeccompCmpOp::Eq, option as u64));
    rules.insert(libc::SYS_prctl, names.into_iter().collect::<Result<_, _>>()?);
    Ok(rules)
}

fn when(argument: u8, is: SeccompCmpOp, value: u64) -> Result<SeccompRule, seccompiler::Error> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, is, value)?;
    Ok(SeccompRule::new(vec![condition])?)
}

fn errno(number: i32) -> SeccompAction {
    SeccompAction::Errno(number as u32)
}

fn filter(rules: Rules, others: SeccompAction, these: SeccompAction) -> Result<BpfProgram, seccompiler::Error> {
    let arch = std::env::consts::ARCH.try_into().map_err(seccompiler::Error::Backend)?;
    let filter = SeccompFilter::new(rules, others, these, arch).map_err(seccompiler::Error::Backend)?;
    filter.try_into().map_err(seccompiler::Error::Backend)
}
