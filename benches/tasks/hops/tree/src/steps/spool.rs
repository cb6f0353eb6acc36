//! The step spool.

use crate::limits;

/// Takes items as long as the limit allows.
pub fn spool(items: &[u64]) -> u64 {
    let mut taken = 0;
    for item in items {
        if taken >= limits::MAX_MAIL {
            break;
        }
        taken += item;
    }
    taken
}
