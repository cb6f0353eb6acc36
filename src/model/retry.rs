//! When to send a request again: the policy as data, and a pure function that decides.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;

use super::fault;

/// How a call is tried, and tried again.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Requests of one call at most.
    pub attempts: u32,
    /// From the start of a call: no retry begins, and no throttled endpoint is waited for, past this.
    pub patience: Duration,
    /// The wait after the first failure; doubled after each further one, up to `longest`.
    pub base: Duration,
    pub longest: Duration,
    /// Each wait is shortened by a random part of itself, up to this fraction.
    pub jitter: f64,
    /// For a connection, TLS included.
    pub connect: Duration,
    /// One whole call, retries included.
    pub total: Duration,
}

impl Policy {
    pub const DEFAULT: Policy = Policy {
        attempts: 4,
        patience: Duration::from_secs(60),
        base: Duration::from_millis(500),
        longest: Duration::from_secs(8),
        jitter: 0.25,
        connect: Duration::from_secs(10),
        total: Duration::from_secs(600),
    };

    /// The wait after the `failures`-th failure in a row. `random` lies in `0.0..1.0`.
    pub fn backoff(&self, failures: u32, random: f64) -> Duration {
        let doublings = failures.saturating_sub(1).min(20);
        let full = self.base.saturating_mul(1 << doublings).min(self.longest);
        full.mul_f64(1.0 - self.jitter * random)
    }
}

/// What is known of an attempt that failed.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// `None` when no reply came, or only a part of one.
    pub status: Option<u16>,
    pub headers: &'a HeaderMap,
    pub body: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Send it again after this wait.
    Retry(Duration),
    /// Sending it again would change nothing.
    Final,
    /// The attempts or the patience are used up.
    Exhausted,
    /// The server asks for a longer pause than the policy waits.
    TooLong(Duration),
}

/// Decides what follows the `failures`-th failed attempt of a call that began `elapsed` ago.
///
/// `random` lies in `0.0..1.0`; `now` is what a date in `Retry-After` is compared with.
pub fn next_delay(
    policy: &Policy,
    failures: u32,
    elapsed: Duration,
    seen: &Seen<'_>,
    now: SystemTime,
    random: f64,
) -> Decision {
    if !is_worth_retrying(seen) {
        return Decision::Final;
    }
    let asked = asked_pause(seen, now);
    if let Some(pause) = asked.filter(|pause| *pause > policy.patience) {
        return Decision::TooLong(pause);
    }
    let wait = policy.backoff(failures, random).max(asked.unwrap_or_default());
    if failures >= policy.attempts || elapsed + wait > policy.patience {
        return Decision::Exhausted;
    }
    Decision::Retry(wait)
}

/// The pause that the server asked for: `retry-after-ms`, `Retry-After` in seconds or as a date, or Google's
/// `retryDelay` in the body.
pub fn asked_pause(seen: &Seen<'_>, now: SystemTime) -> Option<Duration> {
    let header = |name: &str| seen.headers.get(name)?.to_str().ok().map(str::trim);
    let millis = header("retry-after-ms").and_then(|text| seconds(text, 1e-3));
    let after = || {
        let text = header("retry-after")?;
        seconds(text, 1.0)
            .or_else(|| Some(httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default()))
    };
    millis.or_else(after).or_else(|| seconds(fault::retry_delay(seen.body)?.strip_suffix('s')?, 1.0))
}

/// A random number in `0.0..1.0`, for jitter.
pub fn random() -> f64 {
    // The standard library seeds every hasher from the system's randomness; more is not needed here.
    let bits = RandomState::new().hash_one(0_u8);
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

fn is_worth_retrying(seen: &Seen<'_>) -> bool {
    match seen.headers.get("x-should-retry").map(|value| value.as_bytes()) {
        Some(b"true") => return true,
        Some(b"false") => return false,
        _ => {}
    }
    match seen.status {
        None | Some(408 | 409) | Some(500..) => !fault::is_quota(seen),
        Some(429) => !fault::is_quota(seen),
        Some(_) => false,
    }
}

fn seconds(text: &str, unit: f64) -> Option<Duration> {
    let number: f64 = text.parse().ok()?;
    Duration::try_from_secs_f64(number * unit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Decision::{Exhausted, Final, Retry, TooLong};

    const NOW: u64 = 1_700_000_000;

    fn decide(failures: u32, elapsed: f64, status: u16, headers: &[(&'static str, &str)], body: &str) -> Decision {
        let headers: HeaderMap =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let seen = Seen { status: (status > 0).then_some(status), headers: &headers, body };
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
        next_delay(&Policy::DEFAULT, failures, Duration::from_secs_f64(elapsed), &seen, now, 0.0)
    }

    fn millis(number: u64) -> Decision {
        Retry(Duration::from_millis(number))
    }

    #[test]
    fn statuses() {
        for status in [0, 408, 409, 429, 500, 502, 503, 504, 524, 529] {
            assert_eq!(decide(1, 0.0, status, &[], ""), millis(500), "{status}");
        }
        for status in [301, 302, 307, 308, 400, 401, 402, 403, 404, 405, 413, 422, 451] {
            assert_eq!(decide(1, 0.0, status, &[], ""), Final, "{status}");
            assert_eq!(decide(1, 0.0, status, &[("retry-after", "1")], ""), Final, "{status}");
        }
    }

    #[test]
    fn attempts_and_patience() {
        let waits = [(1, millis(500)), (2, millis(1000)), (3, millis(2000)), (4, Exhausted), (5, Exhausted)];
        for (failures, expect) in waits {
            assert_eq!(decide(failures, 0.0, 503, &[], ""), expect, "{failures} failures");
        }
        assert_eq!(decide(1, 59.5, 503, &[], ""), millis(500));
        assert_eq!(decide(1, 59.6, 503, &[], ""), Exhausted);
        assert_eq!(decide(1, 40.0, 503, &[("retry-after", "21")], ""), Exhausted);
        assert_eq!(decide(1, u32::MAX.into(), 0, &[], ""), Exhausted);
    }

    #[test]
    fn pauses_that_the_server_asks_for() {
        let check = |headers: &[(&'static str, &str)], expect| {
            assert_eq!(decide(1, 0.0, 429, headers, ""), expect, "{headers:?}");
        };
        check(&[("retry-after", "7")], millis(7000));
        check(&[("retry-after", "1.5")], millis(1500));
        check(&[("retry-after", " 3 ")], millis(3000));
        check(&[("retry-after", "0")], millis(500));
        check(&[("retry-after", "60")], millis(60_000));
        check(&[("retry-after", "61")], TooLong(Duration::from_secs(61)));
        check(&[("retry-after", "3600")], TooLong(Duration::from_secs(3600)));
        check(&[("retry-after-ms", "1250")], millis(1250));
        check(&[("retry-after-ms", "1250"), ("retry-after", "30")], millis(1250));
        check(&[("retry-after-ms", "soon"), ("retry-after", "30")], millis(30_000));
        let date = |offset: i64| {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW.checked_add_signed(offset).unwrap());
            httpdate::fmt_http_date(time)
        };
        check(&[("retry-after", &date(9))], millis(9000));
        check(&[("retry-after", &date(-9))], millis(500));
        check(&[("retry-after", &date(3600))], TooLong(Duration::from_secs(3600)));
        for nonsense in ["", "-5", "soon", "NaN", "inf", "1e300", "7 days"] {
            check(&[("retry-after", nonsense)], millis(500));
        }
        let google = r#"[{"error": {"code": 429, "details": [{"@type": "x/RetryInfo", "retryDelay": "17.5s"}]}}]"#;
        assert_eq!(decide(1, 0.0, 429, &[], google), millis(17_500));
    }

    #[test]
    fn the_servers_word_wins() {
        assert_eq!(decide(1, 0.0, 400, &[("x-should-retry", "true")], ""), millis(500));
        assert_eq!(decide(1, 0.0, 429, &[("x-should-retry", "true")], "insufficient_quota"), millis(500));
        assert_eq!(decide(4, 0.0, 400, &[("x-should-retry", "true")], ""), Exhausted);
        assert_eq!(decide(1, 0.0, 503, &[("x-should-retry", "false")], ""), Final);
        assert_eq!(decide(1, 0.0, 503, &[("x-should-retry", "maybe")], ""), millis(500));
    }

    #[test]
    fn a_spent_quota_is_not_retried() {
        let check = |body: &str, headers: &[(&'static str, &str)], expect| {
            assert_eq!(decide(1, 0.0, 429, headers, body), expect, "{body}");
        };
        check(r#"{"error": {"code": "insufficient_quota", "message": "..."}}"#, &[], Final);
        check(r#"{"error": {"type": "insufficient_quota"}}"#, &[("retry-after", "5")], Final);
        check(r#"{"error": {"details": {"error_code": "enforced_spend_limit_reached"}}}"#, &[], Final);
        check(r#"{"error": {"code": "billing_hard_limit_reached"}}"#, &[], Final);
        check(r#"{"error": {"message": "You exceeded your current quota, check your plan and billing."}}"#, &[], Final);
        let minute = r#"{"error": {"message": "You exceeded your current quota: requests per minute"}}"#;
        check(minute, &[("retry-after", "5")], millis(5000));
        check(r#"{"error": {"code": "rate_limit_exceeded", "message": "Rate limit reached"}}"#, &[], millis(500));
    }

    #[test]
    fn jitter_stays_in_bounds() {
        let policy = Policy::DEFAULT;
        for (failures, full) in [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 8.0), (6, 8.0), (1000, 8.0)] {
            let mut low = f64::MAX;
            let mut high = f64::MIN;
            for _ in 0..10_000 {
                let wait = policy.backoff(failures, random()).as_secs_f64() / full;
                low = low.min(wait);
                high = high.max(wait);
            }
            assert!((0.75..0.76).contains(&low) && (0.99..=1.0).contains(&high), "{failures}: {low} to {high}");
        }
    }
}
