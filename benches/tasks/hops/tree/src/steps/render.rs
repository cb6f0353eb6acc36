//! The step render.

use crate::limits;

/// Takes items as long as the limit allows.
pub fn render(items: &[u64]) -> u64 {
    let mut taken = 0;
    for item in items {
        if taken >= limits::TOP_EXPORT {
            break;
        }
        taken += item;
    }
    taken
}
