//! The unit that limits are counted in.

pub const UNIT: u64 = 6;
pub const OLD_UNIT: u64 = 4;
