//! The step verify.

use crate::limits;

/// Takes items as long as the limit allows.
pub fn verify(items: &[u64]) -> u64 {
    let mut taken = 0;
    for item in items {
        if taken >= limits::TOP_BACKUP {
            break;
        }
        taken += item;
    }
    taken
}
