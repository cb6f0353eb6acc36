//! Names of runs, and the dates in them.

use std::hash::{BuildHasher as _, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

/// `20260131-235959999-0a1b2c`: sorts by time, and its last part is random.
pub(super) fn new_id(unix_ms: u64) -> String {
    let random = RandomState::new().hash_one(unix_ms) & 0xff_ffff;
    let (year, month, day) = civil(unix_ms / 86_400_000);
    let (hour, minute, second) = (unix_ms / 3_600_000 % 24, unix_ms / 60_000 % 60, unix_ms / 1000 % 60);
    let millisecond = unix_ms % 1000;
    format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}{millisecond:03}-{random:06x}")
}

/// `2026-01-31 23:59:59 UTC`.
pub(super) fn date(unix_ms: u64) -> String {
    let (year, month, day) = civil(unix_ms / 86_400_000);
    let (hour, minute, second) = (unix_ms / 3_600_000 % 24, unix_ms / 60_000 % 60, unix_ms / 1000 % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// Year, month and day of a number of days since 1970.
fn civil(days: u64) -> (u64, u64, u64) {
    // Counts from 1 March 0000, so that leap days end a year, in eras of 400 years.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// Milliseconds since 1970.
pub(super) fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time() {
        let days: Vec<_> = [0, 58, 59, 789, 10_957, 11_016, 19_782, 20_544].map(civil).into();
        assert_eq!(
            days,
            [
                (1970, 1, 1),
                (1970, 2, 28),
                (1970, 3, 1),
                (1972, 2, 29),
                (2000, 1, 1),
                (2000, 2, 29),
                (2024, 2, 29),
                (2026, 4, 1)
            ]
        );
        let id = new_id(951_868_799_007);
        assert!(id.starts_with("20000229-235959007-") && id.len() == 25, "{id}");
        assert!(new_id(1_785_000_000_000) < new_id(1_785_000_000_001));
    }
}
