//! The step mirror.

use crate::limits;

/// Takes items as long as the limit allows.
pub fn mirror(items: &[u64]) -> u64 {
    let mut taken = 0;
    for item in items {
        if taken >= limits::MOST_IMPORT {
            break;
        }
        taken += item;
    }
    taken
}
