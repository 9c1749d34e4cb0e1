//! The same arithmetic in the widest registers that the processor has.
//!
//! The only `unsafe` of the program: a function that is compiled for a processor with AVX2 may be
//! called only on one. It is compiled from the same source as the other, and nothing in it is fused
//! or reordered (Rust contracts no multiplication with an addition by itself), so both give the same
//! bits and only the time differs.
#![allow(unsafe_code, reason = "see above")]

/// Runs `work`, with AVX2 where there is it. What `work` calls is compiled for AVX2 as far as it is
/// inlined into it.
#[inline(always)]
pub(super) fn widest<T>(work: impl FnOnce() -> T) -> T {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has just been asked whether it has AVX2.
        return unsafe { with_avx2(work) };
    }
    work()
}

/// # Safety
///
/// The processor must have AVX2.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn with_avx2<T>(work: impl FnOnce() -> T) -> T {
    work()
}
