//! The same arithmetic in the widest registers that the processor has.
//!
//! The only `unsafe` of the program: a function that is compiled for a processor with AVX2 or
//! AVX-512 may be called only on one. All are compiled from the same source, and nothing in it is
//! reordered. A product is fused with a sum where the source says so (`mul_add`) and nowhere else,
//! and what that gives is exact before it is rounded once, in an instruction as in software. So all
//! give the same bits and only the time differs: a processor of before 2013, which has no such
//! instruction, takes many times as long.
#![allow(unsafe_code, reason = "see above")]

/// Runs `work` in the widest registers that there are. What `work` calls is compiled for them as far
/// as it is inlined into it, so it and all that it calls in a loop should be `#[inline(always)]`.
#[inline(always)]
pub(crate) fn widest<T>(work: impl FnOnce() -> T) -> T {
    #[cfg(target_arch = "x86_64")]
    {
        if has_registers_of_eight() {
            // SAFETY: the processor has just been asked whether it has them.
            return unsafe { with_avx512(work) };
        }
        if has_registers_of_four() {
            // SAFETY: the processor has just been asked whether it has them.
            return unsafe { with_avx2(work) };
        }
    }
    work()
}

/// Whether the widest registers hold eight numbers.
#[inline(always)]
pub(crate) fn has_registers_of_eight() -> bool {
    #[cfg(target_arch = "x86_64")]
    return has_registers_of_four()
        && std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512dq")
        && std::arch::is_x86_feature_detected!("avx512vl");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// Whether the processor has AVX2 and fused products.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn has_registers_of_four() -> bool {
    std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma")
}

/// # Safety
///
/// The processor must have AVX2, fused products, and AVX-512 with its instructions for double words
/// and for short vectors.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512dq,avx512vl")]
unsafe fn with_avx512<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// # Safety
///
/// The processor must have AVX2 and fused products.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn with_avx2<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// What `work` gives in every kind of registers that there is, the narrowest first.
#[cfg(test)]
pub(crate) fn in_all_widths<T>(work: impl Fn() -> T) -> Vec<T> {
    let mut all = vec![work()];
    #[cfg(target_arch = "x86_64")]
    {
        if has_registers_of_four() {
            // SAFETY: the processor has just been asked whether it has them.
            all.push(unsafe { with_avx2(&work) });
        }
        all.push(widest(&work));
    }
    all
}
