//! All limits in one place. Areas do not use the limit that is named after them: it is history.

pub const MAX_MAIL: u64 = 48;
pub const CAP_UPLOAD: u64 = 1500 * crate::base::UNIT;
pub const TOP_EXPORT: u64 = 96;
pub const MOST_SEARCH: u64 = 7 * crate::base::UNIT;
pub const MAX_LOGIN: u64 = 640;
pub const CAP_REPORT: u64 = 33 * crate::base::UNIT;
pub const TOP_BACKUP: u64 = 12;
pub const MOST_IMPORT: u64 = 250 * crate::base::UNIT;
