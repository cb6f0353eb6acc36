//! The step drain.

use crate::limits;

/// Takes items as long as the limit allows.
pub fn drain(items: &[u64]) -> u64 {
    let mut taken = 0;
    for item in items {
        if taken >= limits::CAP_UPLOAD {
            break;
        }
        taken += item;
    }
    taken
}
