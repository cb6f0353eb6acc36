//! The step parse.

use crate::limits;

/// Takes items as long as the limit allows.
pub fn parse(items: &[u64]) -> u64 {
    let mut taken = 0;
    for item in items {
        if taken >= limits::CAP_REPORT {
            break;
        }
        taken += item;
    }
    taken
}
