//! What each TeX command and each character of mathematics stands for.

use super::tex::{Class, Shape};

/// One symbol: its character, how it is spaced, how it leans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Symbol {
    /// What is drawn.
    pub(super) text: &'static str,
    /// How it is spaced.
    pub(super) class: Class,
    /// How it leans.
    pub(super) shape: Shape,
}

const fn symbol(text: &'static str, class: Class, shape: Shape) -> Symbol {
    Symbol { text, class, shape }
}

const fn greek(text: &'static str) -> Symbol {
    symbol(text, Class::Ordinary, Shape::Italic)
}

const fn upright(text: &'static str) -> Symbol {
    symbol(text, Class::Ordinary, Shape::Upright)
}

const fn relation(text: &'static str) -> Symbol {
    symbol(text, Class::Relation, Shape::Upright)
}

const fn binary(text: &'static str) -> Symbol {
    symbol(text, Class::Binary, Shape::Upright)
}

const fn operator(text: &'static str) -> Symbol {
    symbol(text, Class::Operator, Shape::Upright)
}

/// Commands that are one symbol, or one name such as `\log`.
///
/// `\phi` and `\epsilon` are the straight forms, `\varphi` and `\varepsilon` the looped ones, as
/// in TeX. Capital Greek is upright, as in TeX.
pub(super) const COMMANDS: &[(&str, Symbol)] = &[
    ("alpha", greek("α")),
    ("beta", greek("β")),
    ("gamma", greek("γ")),
    ("delta", greek("δ")),
    ("epsilon", greek("ϵ")),
    ("varepsilon", greek("ε")),
    ("zeta", greek("ζ")),
    ("eta", greek("η")),
    ("theta", greek("θ")),
    ("vartheta", greek("ϑ")),
    ("iota", greek("ι")),
    ("kappa", greek("κ")),
    ("lambda", greek("λ")),
    ("mu", greek("μ")),
    ("nu", greek("ν")),
    ("xi", greek("ξ")),
    ("omicron", greek("ο")),
    ("pi", greek("π")),
    ("varpi", greek("ϖ")),
    ("rho", greek("ρ")),
    ("varrho", greek("ϱ")),
    ("sigma", greek("σ")),
    ("varsigma", greek("ς")),
    ("tau", greek("τ")),
    ("upsilon", greek("υ")),
    ("phi", greek("ϕ")),
    ("varphi", greek("φ")),
    ("chi", greek("χ")),
    ("psi", greek("ψ")),
    ("omega", greek("ω")),
    ("Gamma", upright("Γ")),
    ("Delta", upright("Δ")),
    ("Theta", upright("Θ")),
    ("Lambda", upright("Λ")),
    ("Xi", upright("Ξ")),
    ("Pi", upright("Π")),
    ("Sigma", upright("Σ")),
    ("Upsilon", upright("Υ")),
    ("Phi", upright("Φ")),
    ("Psi", upright("Ψ")),
    ("Omega", upright("Ω")),
    ("ell", upright("ℓ")),
    ("partial", upright("∂")),
    ("nabla", upright("∇")),
    ("infty", upright("∞")),
    ("forall", upright("∀")),
    ("exists", upright("∃")),
    ("emptyset", upright("∅")),
    ("top", upright("⊤")),
    ("prime", upright("′")),
    ("ldots", upright("…")),
    ("cdots", upright("⋯")),
    ("dots", upright("…")),
    ("|", upright("‖")),
    ("Vert", upright("‖")),
    ("vert", upright("|")),
    ("$", upright("$")),
    ("_", upright("_")),
    ("%", upright("%")),
    ("&", upright("&")),
    ("#", upright("#")),
    ("{", symbol("{", Class::Open, Shape::Upright)),
    ("}", symbol("}", Class::Close, Shape::Upright)),
    ("langle", symbol("⟨", Class::Open, Shape::Upright)),
    ("rangle", symbol("⟩", Class::Close, Shape::Upright)),
    ("lfloor", symbol("⌊", Class::Open, Shape::Upright)),
    ("rfloor", symbol("⌋", Class::Close, Shape::Upright)),
    ("lceil", symbol("⌈", Class::Open, Shape::Upright)),
    ("rceil", symbol("⌉", Class::Close, Shape::Upright)),
    ("cdot", binary("·")),
    ("times", binary("×")),
    ("div", binary("÷")),
    ("pm", binary("±")),
    ("mp", binary("∓")),
    ("circ", binary("∘")),
    ("ast", binary("∗")),
    ("star", binary("⋆")),
    ("oplus", binary("⊕")),
    ("otimes", binary("⊗")),
    ("odot", binary("⊙")),
    ("cup", binary("∪")),
    ("cap", binary("∩")),
    ("setminus", binary("∖")),
    ("wedge", binary("∧")),
    ("vee", binary("∨")),
    ("in", relation("∈")),
    ("notin", relation("∉")),
    ("subset", relation("⊂")),
    ("subseteq", relation("⊆")),
    ("sim", relation("∼")),
    ("simeq", relation("≃")),
    ("mid", relation("|")),
    ("parallel", relation("∥")),
    ("leq", relation("≤")),
    ("le", relation("≤")),
    ("geq", relation("≥")),
    ("ge", relation("≥")),
    ("ll", relation("≪")),
    ("gg", relation("≫")),
    ("neq", relation("≠")),
    ("ne", relation("≠")),
    ("approx", relation("≈")),
    ("equiv", relation("≡")),
    ("propto", relation("∝")),
    ("to", relation("→")),
    ("rightarrow", relation("→")),
    ("leftarrow", relation("←")),
    ("leftrightarrow", relation("↔")),
    ("Rightarrow", relation("⇒")),
    ("Leftrightarrow", relation("⇔")),
    ("mapsto", relation("↦")),
    ("perp", relation("⊥")),
    ("sum", operator("∑")),
    ("prod", operator("∏")),
    ("int", operator("∫")),
    ("ln", operator("ln")),
    ("log", operator("log")),
    ("exp", operator("exp")),
    ("min", operator("min")),
    ("max", operator("max")),
    ("arg", operator("arg")),
    ("argmin", operator("argmin")),
    ("argmax", operator("argmax")),
    ("det", operator("det")),
    ("dim", operator("dim")),
    ("Pr", operator("Pr")),
    ("sin", operator("sin")),
    ("cos", operator("cos")),
    ("tan", operator("tan")),
    ("lim", operator("lim")),
    ("sup", operator("sup")),
    ("inf", operator("inf")),
];

/// Commands that are empty space, in em of the surrounding size; the values are TeX's.
pub(super) const SPACES: &[(&str, f64)] = &[
    (",", 3.0 / 18.0),
    (":", 4.0 / 18.0),
    (";", 5.0 / 18.0),
    ("!", -3.0 / 18.0),
    (" ", 0.33),
    ("quad", 1.0),
    ("qquad", 2.0),
];

/// Commands that put a mark over one symbol, and the mark.
pub(super) const ACCENTS: &[(&str, char)] =
    &[("hat", 'ˆ'), ("bar", 'ˉ'), ("tilde", '˜'), ("dot", '˙'), ("vec", '→')];

/// Commands that take an argument, other than accents.
pub(super) const WITH_ARGUMENT: &[&str] =
    &["frac", "mathbb", "mathcal", "mathrm", "mathbf", "text"];

/// Every command name, without the backslash.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    (COMMANDS.iter().map(|c| c.0))
        .chain(SPACES.iter().map(|c| c.0))
        .chain(ACCENTS.iter().map(|c| c.0))
        .chain(WITH_ARGUMENT.iter().copied())
}

/// What a character that is typed in mathematics stands for: text, class and shape.
pub(super) fn typed(c: char) -> (String, Class, Shape) {
    let (c, class, shape) = match c {
        '-' | '−' => ('−', Class::Binary, Shape::Upright),
        '*' => ('∗', Class::Binary, Shape::Upright),
        '+' | '±' | '×' | '·' => (c, Class::Binary, Shape::Upright),
        '=' | '<' | '>' | ':' | '≤' | '≥' | '≠' | '≈' | '∼' | '∈' | '→' => {
            (c, Class::Relation, Shape::Upright)
        }
        '(' | '[' => (c, Class::Open, Shape::Upright),
        ')' | ']' | '!' | '?' => (c, Class::Close, Shape::Upright),
        ',' | ';' => (c, Class::Punctuation, Shape::Upright),
        'α'..='ω' | 'ϕ' | 'ϵ' | 'ϑ' => (c, Class::Ordinary, Shape::Italic),
        _ if c.is_ascii_alphabetic() => (c, Class::Ordinary, Shape::Italic),
        _ => (c, Class::Ordinary, Shape::Upright),
    };
    (c.to_string(), class, shape)
}

/// The double-struck form of a letter or digit; `None` if there is none.
pub(super) fn double_struck(c: char) -> Option<char> {
    let from = |first: u32, zero: char| char::from_u32(first + (c as u32 - zero as u32));
    match c {
        'C' => Some('ℂ'),
        'H' => Some('ℍ'),
        'N' => Some('ℕ'),
        'P' => Some('ℙ'),
        'Q' => Some('ℚ'),
        'R' => Some('ℝ'),
        'Z' => Some('ℤ'),
        'A'..='Z' => from(0x1D538, 'A'),
        'a'..='z' => from(0x1D552, 'a'),
        '0'..='9' => from(0x1D7D8, '0'),
        _ => None,
    }
}
