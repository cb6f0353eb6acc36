//! Byte counts as people read them.

use std::fmt;

/// Shows a number of bytes with one decimal where it helps: `999 B`, `1.5 KiB`, `64 MiB`.
pub(super) struct Size(pub u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 1024 {
            return write!(f, "{} B", self.0);
        }
        let mut value = self.0 as f64;
        let mut unit = "B";
        for next in ["KiB", "MiB", "GiB", "TiB", "PiB"] {
            if value < 1023.95 {
                break;
            }
            (value, unit) = (value / 1024.0, next);
        }
        let text = format!("{value:.1}");
        write!(f, "{} {unit}", text.strip_suffix(".0").unwrap_or(&text))
    }
}

/// A number to two digits, for people and models that want to know about how much: 47 stays, 1,234 is 1,200.
pub fn rounded(number: u64) -> u64 {
    let step = 10_u64.pow(number.checked_ilog10().unwrap_or(0).saturating_sub(1));
    // The largest numbers have no rounder one above them.
    number.checked_add(step / 2).map_or(number, |number| number / step * step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_stay() {
        for (number, expect) in
            [(0, 0), (7, 7), (47, 47), (100, 100), (104, 100), (105, 110), (999, 1000), (1234, 1200)]
        {
            assert_eq!(rounded(number), expect);
        }
        assert_eq!(rounded(u64::MAX), u64::MAX);
    }

    #[test]
    fn sizes_read_well() {
        for (bytes, expect) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            (1024 * 1024 - 1, "1 MiB"),
            (64 << 20, "64 MiB"),
            (1 << 30, "1 GiB"),
            (u64::MAX, "16384 PiB"),
        ] {
            assert_eq!(Size(bytes).to_string(), expect);
        }
    }
}
