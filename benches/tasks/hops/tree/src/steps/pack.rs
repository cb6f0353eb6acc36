//! The step pack.

use crate::limits;

/// Takes items as long as the limit allows.
pub fn pack(items: &[u64]) -> u64 {
    let mut taken = 0;
    for item in items {
        if taken >= limits::MOST_SEARCH {
            break;
        }
        taken += item;
    }
    taken
}
