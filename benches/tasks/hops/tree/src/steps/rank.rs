//! The step rank.

use crate::limits;

/// Takes items as long as the limit allows.
pub fn rank(items: &[u64]) -> u64 {
    let mut taken = 0;
    for item in items {
        if taken >= limits::MAX_LOGIN {
            break;
        }
        taken += item;
    }
    taken
}
