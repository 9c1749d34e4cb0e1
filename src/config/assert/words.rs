//! The words and symbols of assertions.

/// The sections whose nodes have values that can be asserted.
pub(super) const SECTIONS: [&str; 6] = ["data", "fit", "score", "sweep", "predict", "baseline"];

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    AtMost,
    AtLeast,
    Less,
    Greater,
}

impl Comparison {
    /// All of them, those that begin as another one does before it.
    pub(super) const ALL: [(&'static str, Self); 6] = [
        ("==", Self::Equal),
        ("!=", Self::Unequal),
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("<", Self::Less),
        (">", Self::Greater),
    ];
}

/// What a list or a number can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Property {
    /// A list that never falls, or never rises.
    Monotone,
    /// A list that never falls.
    Increasing,
    /// A list that never rises.
    Decreasing,
    /// A number, or a list of numbers, without infinities and what is no number.
    Finite,
}

impl Property {
    /// All of them.
    pub(super) const ALL: [(&'static str, Self); 4] = [
        ("monotone", Self::Monotone),
        ("increasing", Self::Increasing),
        ("decreasing", Self::Decreasing),
        ("finite", Self::Finite),
    ];
}

/// What can be made of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Sum,
    Min,
    Max,
    Mean,
    Last,
    Length,
    Abs,
}

impl Function {
    /// All of them.
    pub(super) const ALL: [(&'static str, Self); 7] = [
        ("sum", Self::Sum),
        ("min", Self::Min),
        ("max", Self::Max),
        ("mean", Self::Mean),
        ("last", Self::Last),
        ("length", Self::Length),
        ("abs", Self::Abs),
    ];
}

/// Arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Plus,
    Minus,
    Times,
    Over,
}

/// What has this name.
pub(super) fn named<T: Copy, const N: usize>(all: [(&str, T); N], name: &str) -> Option<T> {
    all.into_iter().find(|(known, _)| *known == name).map(|(_, what)| what)
}

/// The first whose name the text begins with.
pub(super) fn named_with<T: Copy, const N: usize>(
    all: [(&'static str, T); N],
    text: &str,
) -> Option<(&'static str, T)> {
    all.into_iter().find(|(known, _)| text.starts_with(known))
}

/// What a thing is called.
pub(super) fn name_of<T: Copy + PartialEq, const N: usize>(
    all: [(&'static str, T); N],
    thing: T,
) -> &'static str {
    all.into_iter().find(|(_, other)| *other == thing).map_or("", |(name, _)| name)
}
