//! Fits of every form in figures, exports, scores and assertions.
