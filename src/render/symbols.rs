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

const fn inner(text: &'static str) -> Symbol {
    symbol(text, Class::Inner, Shape::Upright)
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
    ("varkappa", greek("ϰ")),
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
    ("hbar", upright("ℏ")),
    ("Re", upright("ℜ")),
    ("Im", upright("ℑ")),
    ("partial", upright("∂")),
    ("nabla", upright("∇")),
    ("infty", upright("∞")),
    ("forall", upright("∀")),
    ("exists", upright("∃")),
    ("neg", upright("¬")),
    ("lnot", upright("¬")),
    ("emptyset", upright("∅")),
    ("varnothing", upright("∅")),
    ("top", upright("⊤")),
    ("bot", upright("⊥")),
    ("dagger", upright("†")),
    ("bullet", binary("•")),
    ("prime", upright("′")),
    ("ldots", inner("…")),
    ("cdots", inner("⋯")),
    ("dots", inner("…")),
    ("|", upright("‖")),
    ("Vert", upright("‖")),
    ("vert", upright("|")),
    ("lvert", symbol("|", Class::Open, Shape::Upright)),
    ("rvert", symbol("|", Class::Close, Shape::Upright)),
    ("lVert", symbol("‖", Class::Open, Shape::Upright)),
    ("rVert", symbol("‖", Class::Close, Shape::Upright)),
    ("lbrace", symbol("{", Class::Open, Shape::Upright)),
    ("rbrace", symbol("}", Class::Close, Shape::Upright)),
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
    ("land", binary("∧")),
    ("vee", binary("∨")),
    ("lor", binary("∨")),
    ("in", relation("∈")),
    ("notin", relation("∉")),
    ("ni", relation("∋")),
    ("subset", relation("⊂")),
    ("subseteq", relation("⊆")),
    ("supset", relation("⊃")),
    ("supseteq", relation("⊇")),
    ("sim", relation("∼")),
    ("simeq", relation("≃")),
    ("cong", relation("≅")),
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
    ("coloneqq", relation("≔")),
    ("triangleq", relation("≜")),
    ("propto", relation("∝")),
    ("to", relation("→")),
    ("rightarrow", relation("→")),
    ("longrightarrow", relation("⟶")),
    ("leftarrow", relation("←")),
    ("gets", relation("←")),
    ("uparrow", relation("↑")),
    ("downarrow", relation("↓")),
    ("leftrightarrow", relation("↔")),
    ("Rightarrow", relation("⇒")),
    ("implies", relation("⇒")),
    ("Leftarrow", relation("⇐")),
    ("Leftrightarrow", relation("⇔")),
    ("iff", relation("⇔")),
    ("mapsto", relation("↦")),
    ("perp", relation("⊥")),
    ("sum", operator("∑")),
    ("prod", operator("∏")),
    ("int", operator("∫")),
    ("oint", operator("∮")),
    ("bigcup", operator("⋃")),
    ("bigcap", operator("⋂")),
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
    ("sinh", operator("sinh")),
    ("cosh", operator("cosh")),
    ("tanh", operator("tanh")),
    ("lim", operator("lim")),
    ("sup", operator("sup")),
    ("inf", operator("inf")),
    ("diag", operator("diag")),
    ("tr", operator("tr")),
    ("sign", operator("sign")),
    ("KL", operator("KL")),
    ("ELBO", operator("ELBO")),
    ("Var", operator("Var")),
    ("Cov", operator("Cov")),
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
    &[("hat", 'ˆ'), ("bar", 'ˉ'), ("tilde", '˜'), ("dot", '˙'), ("ddot", '¨'), ("vec", '→')];

/// Commands whose argument is words, how these are spaced and of which shape.
pub(super) const WORDS: &[(&str, Class, Shape)] = &[
    ("text", Class::Ordinary, Shape::Upright),
    ("textrm", Class::Ordinary, Shape::Upright),
    ("textbf", Class::Ordinary, Shape::Bold),
    ("operatorname", Class::Operator, Shape::Upright),
];

/// Commands that give their argument another shape.
pub(super) const STYLES: &[&str] =
    &["mathbb", "mathcal", "mathscr", "mathrm", "mathup", "mathbf", "mathit", "boldsymbol", "bm"];

/// Commands that build something of what follows.
pub(super) const BUILDERS: &[&str] = &["frac", "tfrac", "dfrac", "sqrt", "left", "right"];

/// Every command name, without the backslash.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    (COMMANDS.iter().map(|c| c.0))
        .chain(SPACES.iter().map(|c| c.0))
        .chain(ACCENTS.iter().map(|c| c.0))
        .chain(WORDS.iter().map(|c| c.0))
        .chain(STYLES.iter().copied())
        .chain(BUILDERS.iter().copied())
}

/// The bracket that may stand after `\left` and `\right` under a name, which is one character or
/// a command with its backslash.
pub(super) fn delimiter(name: &str) -> Option<char> {
    match name {
        "(" | ")" | "[" | "]" | "|" | "/" | "⟨" | "⟩" | "‖" => name.chars().next(),
        "<" => Some('⟨'),
        ">" => Some('⟩'),
        _ => {
            let command = COMMANDS.iter().find(|c| Some(c.0) == name.strip_prefix('\\'))?;
            let bracket = matches!(command.1.class, Class::Open | Class::Close)
                || matches!(command.0, "|" | "vert" | "Vert");
            bracket.then(|| command.1.text.chars().next())?
        }
    }
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
        _ if c.is_ascii_alphabetic() => (c, Class::Ordinary, Shape::Italic),
        _ if c.is_ascii() => (c, Class::Ordinary, Shape::Upright),
        // What a command stands for may be typed as it is.
        _ => {
            let same = |command: &&(&str, Symbol)| command.1.text.chars().eq([c]);
            let found = COMMANDS.iter().find(same);
            let (class, shape) =
                found.map_or((Class::Ordinary, Shape::Upright), |(_, s)| (s.class, s.shape));
            (c, class, shape)
        }
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
