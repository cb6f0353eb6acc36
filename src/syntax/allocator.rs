//! What tree-sitter allocates with: trees are many small pieces, which mimalloc hands out faster than the C library does.

use std::alloc::{Layout, handle_alloc_error};
use std::ffi::c_void;
use std::sync::Once;

use libmimalloc_sys::{mi_free, mi_malloc, mi_realloc, mi_zalloc};
use tree_sitter::Allocator;

/// Has tree-sitter use it. To be called before anything else is asked of tree-sitter.
pub(super) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // SAFETY: the four belong together, are aligned as the C library's are, and never give null. It happens once, with other
        // threads waiting, before the first language is made; every other object of tree-sitter needs one.
        unsafe { tree_sitter::set_allocator(Some(Allocator { malloc, calloc, realloc, free: mi_free })) };
    });
}

unsafe extern "C" fn malloc(bytes: usize) -> *mut c_void {
    // SAFETY: has no conditions.
    some(unsafe { mi_malloc(bytes) })
}

unsafe extern "C" fn calloc(count: usize, bytes: usize) -> *mut c_void {
    let bytes = count.checked_mul(bytes).unwrap_or_else(|| gone());
    // SAFETY: has no conditions.
    some(unsafe { mi_zalloc(bytes) })
}

unsafe extern "C" fn realloc(old: *mut c_void, bytes: usize) -> *mut c_void {
    // SAFETY: `old` is one of ours, or null, which is what the caller has to see to here as well.
    some(unsafe { mi_realloc(old, bytes) })
}

/// Nobody asks whether there was memory.
fn some(given: *mut c_void) -> *mut c_void {
    if given.is_null() { gone() } else { given }
}

fn gone() -> ! {
    handle_alloc_error(Layout::new::<u8>())
}
