//! One name or a list of them: `fits = "cavi"` or `fits = ["cavi", "vb"]`.

pub(super) use crate::setting::Several;
