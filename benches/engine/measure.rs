//! Processes run to their end, with what they took; medians; and rows of a table.

use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A process that ended.
pub struct Ran {
    pub wall: Duration,
    /// Processor time of all its threads, in seconds.
    pub cpu: f64,
    /// The most memory that it had, in bytes.
    pub peak: u64,
    pub output: String,
    pub status: ExitStatus,
}

impl Ran {
    /// What the process said under a name, as `name value` lines.
    pub fn said(&self, name: &str) -> Option<&str> {
        self.output.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
    }

    pub fn number(&self, name: &str) -> f64 {
        self.said(name).and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in {:?}", self.output))
    }

    pub fn numbers(&self, name: &str) -> Vec<f64> {
        self.said(name).unwrap_or_default().split(' ').filter_map(|value| value.parse().ok()).collect()
    }
}

/// Runs a process to its end and reads what it prints.
pub fn run(command: &mut Command) -> std::io::Result<Ran> {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut output = Vec::new();
    child.stdout.take().map(|mut stdout| stdout.read_to_end(&mut output)).transpose()?;
    let mut status = 0;
    // SAFETY: zeroes are a valid rusage, which the call fills; the child is ours, and nobody else waits for it.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::wait4(child.id() as libc::pid_t, &raw mut status, 0, &raw mut usage);
        usage
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 * 1e-6;
    Ok(Ran {
        wall: start.elapsed(),
        cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        peak: usage.ru_maxrss as u64 * 1024,
        output: String::from_utf8_lossy(&output).into_owned(),
        status: ExitStatus::from_raw(status),
    })
}

/// Processor time that this process has used, in seconds.
pub fn processor_time() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock exists, and the pointer is to a timespec of our own.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// The part of the samples that `at` says: 0.5 is the median. In the samples' unit.
pub fn quantile(samples: &[f64], at: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * at).round() as usize]
}

/// Seconds for people.
pub fn shown(seconds: f64) -> String {
    match seconds * 1e6 {
        micros if micros < 1e3 => format!("{micros:.0} µs"),
        micros if micros < 1e6 => format!("{:.1} ms", micros / 1e3),
        micros => format!("{:.2} s", micros / 1e6),
    }
}

/// What a number has to be.
#[derive(Clone, Copy)]
pub enum Bound {
    AtMost(f64),
    AtLeast(f64),
    /// Only the aim counts, which is the most that it may be.
    Aim,
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
            Self::Aim => true,
        }
    }

    fn verdict(self, value: f64, aim: f64) -> String {
        let (sign, bound, aimed) = match self {
            Self::AtMost(most) => ("≤", most, Self::AtMost(aim)),
            Self::AtLeast(least) => ("≥", least, Self::AtLeast(aim)),
            Self::Aim => {
                let held = if value <= aim { "holds" } else { "is not reached" };
                return format!("aim {aim} | {held}");
            }
        };
        let held = match (self.holds(value), aimed.holds(value)) {
            (true, true) => "holds, so does the aim",
            (true, false) => "holds",
            _ => "**is missed**",
        };
        format!("{sign} {bound}, aim {aim} | {held}")
    }
}

/// A row: what, ours, the peer's, the number that counts with its unit, and what it has to be.
pub fn row(what: &str, ours: &str, beside: &str, value: f64, unit: &str, bound: Bound, aim: f64) {
    println!("| {what} | {ours} | {beside} | {value:.2}{unit} | {} |", bound.verdict(value, aim));
}

/// A row that cannot be measured here.
pub fn skipped(what: &str, why: &str) {
    println!("| {what} | | {why} | | | skipped |");
}
