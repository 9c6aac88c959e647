//! The memory of a connector: enough for most calls is there when they begin.
//!
//! Every call runs in a fresh instance. The standard library's allocator asks for memory at its first use, so that the host
//! changes the protection of the instance's pages twice for every call, and stops its other processors for that: a tenth of
//! what a list of 25 records costs. This is the same allocator with a first piece of memory that the module brings along.
//! Pages of it that are not touched cost nothing.

#![allow(
    unsafe_code,
    reason = "a global allocator is an unsafe trait; the sandbox confines what a mistake in here could do"
)]

use std::alloc::{GlobalAlloc, Layout};
use std::arch::wasm32::memory_grow;
use std::cell::UnsafeCell;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, Ordering};

use dlmalloc::{Allocator, Dlmalloc};

#[global_allocator]
static GLOBAL: Global = Global(UnsafeCell::new(Dlmalloc::new_with_allocator(Memory)));

/// The first piece, in bytes: a few times what a page of records takes, whose texts stay in the host.
const FIRST: usize = 256 << 10;

const PAGE: usize = 64 << 10;

#[repr(align(16))]
struct First(UnsafeCell<[u8; FIRST]>);

// SAFETY: instances have one thread.
unsafe impl Sync for First {}

static FIRST_MEMORY: First = First(UnsafeCell::new([0; FIRST]));
static IS_FIRST_GIVEN: AtomicBool = AtomicBool::new(false);

/// Where the allocator gets memory: the first piece once, then what the host gives.
struct Memory;

// SAFETY: a piece is given out once, belongs to nobody else, and is never taken back.
unsafe impl Allocator for Memory {
    fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
        if size <= FIRST && !IS_FIRST_GIVEN.swap(true, Ordering::Relaxed) {
            return (FIRST_MEMORY.0.get().cast(), FIRST, 0);
        }
        let pages = size.div_ceil(PAGE);
        let Some(at) = memory_grow::<0>(pages).checked_mul(PAGE) else {
            return (null_mut(), 0, 0);
        };
        // As in the standard library: no pointer may run round from the end of the address space to its beginning.
        let size = match at.checked_add(pages * PAGE) {
            Some(_) => pages * PAGE,
            None => pages * PAGE - 16,
        };
        (at as *mut u8, size, 0)
    }

    fn remap(&self, _: *mut u8, _: usize, _: usize, _: bool) -> *mut u8 {
        null_mut()
    }

    fn free_part(&self, _: *mut u8, _: usize, _: usize) -> bool {
        false
    }

    fn free(&self, _: *mut u8, _: usize) -> bool {
        false
    }

    fn can_release_part(&self, _: u32) -> bool {
        false
    }

    fn allocates_zeros(&self) -> bool {
        true
    }

    fn page_size(&self) -> usize {
        PAGE
    }
}

struct Global(UnsafeCell<Dlmalloc<Memory>>);

// SAFETY: instances have one thread.
unsafe impl Sync for Global {}

// SAFETY: `Dlmalloc` keeps the contract of `GlobalAlloc`, and one thread makes one reference to it at a time.
unsafe impl GlobalAlloc for Global {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { (*self.0.get()).malloc(layout.size(), layout.align()) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { (*self.0.get()).free(memory, layout.size(), layout.align()) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe { (*self.0.get()).calloc(layout.size(), layout.align()) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        unsafe { (*self.0.get()).realloc(memory, layout.size(), layout.align(), size) }
    }
}
