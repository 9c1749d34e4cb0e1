//! What texts mean, and what is wrong with others.

use super::*;
use crate::render::symbols;
use crate::render::tex::Shape;
use crate::render::{Family, Fonts, Weight};

fn plain(text: &str) -> String {
    parse(text).map_or_else(|error| error.to_string(), |rich| rich.plain())
}

#[test]
fn texts_are_understood() {
    for (text, expected) in [
        ("no mathematics", "no mathematics"),
        (r"$\mu_1=0$, $m_1 = -0.04$", "μ_1 = 0, m_1 = −0.04"),
        (r"\$5 and a\_b and \\", r"$5 and a_b and \"),
        (r"$10^{-4}$", "10^−4"),
        (r"$a-b$, $-b$, $a = -b$, $(-b)$", "a − b, −b, a = −b, (−b)"),
        (r"$\frac{1}{2\pi}$, $\frac12$, $\frac{a+b}{c}$", "1/(2π), 1/2, (a + b)/c"),
        (r"$\mathrm{KL}(q\|p)$", "KL(q‖p)"),
        (r"$\mathcal{N}(\mu_k \mid m_k, s_k^2)$", "N(μ_k | m_k, s_k^2)"),
        (r"$\mathbb{E}_q[\log p(x)]$", "𝔼_q[log p(x)]"),
        (r"$\text{gap if } k > 3$", "gap if k > 3"),
        (r"$x'_i$, $\hat\mu_k$, $\mathbf x_i$", "x′_i, μ_k, x_i"),
    ] {
        assert_eq!(plain(text), expected, "{text}");
    }
}

#[test]
fn mistakes_have_a_place_and_a_hint() {
    for (text, offset, len, message) in [
        (r"é $\mo_k$", 4, 3, r"`\mo` is not a command that elbow knows"),
        ("a $x", 2, 1, "`$` opens mathematics that is not closed"),
        ("$x_{k$", 3, 1, "`{` is not closed"),
        ("$x}$", 2, 1, "`}` closes nothing"),
        ("$x_a_b$", 4, 1, "a symbol has two `_`"),
        ("$_a$", 1, 1, "`_` stands alone"),
        ("$x^$", 2, 1, "`^` has nothing to apply to"),
        (r"$\hat$", 1, 4, r"`\hat` has nothing to apply to"),
        ("$$", 0, 2, "there is no mathematics between the dollar signs"),
        (r"$\mathbb{+}$", 1, 10, "`+` has no double-struck form"),
        (r"$\text{a$", 6, 1, "`{` is not closed"),
        ("$'$", 1, 1, "a prime stands alone"),
        (r"$a\left(x$", 2, 5, r"`\left` has no `\right`"),
        (r"$\left({x\right)$", 7, 1, "`{` is not closed"),
        (r"$x\right)$", 2, 6, r"`\right` closes nothing"),
        (r"$\left x\right)$", 7, 1, r"`\left` needs a bracket, `x` is none"),
        (r"$\left(x\right\mu$", 14, 3, r"`\right` needs a bracket, `\mu` is none"),
        (r"$\left($", 1, 5, r"`\left` has no `\right`"),
        (r"$\left$", 1, 5, r"`\left` needs a bracket"),
        (r"$\left", 1, 5, r"`\left` needs a bracket"),
        (r"$\left(x\right ", 8, 7, r"`\right` needs a bracket"),
        (r"$\left(\hat\right)$", 7, 4, r"`\hat` has nothing to apply to"),
        (r"$\sqrt[3]{x}$", 1, 6, r"`\sqrt` is the square root only"),
        (r"$\operatorname x$", 1, 14, r"`\operatorname` has no words"),
        (r"$\", 1, 1, r"`\` is not a command that elbow knows"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!((error.offset, error.len, error.message.as_str()), (offset, len, message));
        assert!(!error.hint.is_empty());
    }
    assert!(parse(&format!("${}x", "{".repeat(9999))).unwrap_err().message.contains("nested"));
}

#[test]
fn commands_stand_for_what_they_do_in_tex() {
    for (text, expected) in [
        (r"\alpha\beta\gamma\delta\epsilon\zeta\eta\theta\iota\kappa\lambda\mu", "αβγδϵζηθικλμ"),
        (r"\nu\xi\omicron\pi\rho\sigma\tau\upsilon\phi\chi\psi\omega", "νξοπρστυϕχψω"),
        (r"\varepsilon\vartheta\varkappa\varpi\varrho\varsigma\varphi", "εϑϰϖϱςφ"),
        (r"\Gamma\Delta\Theta\Lambda\Xi\Pi\Sigma\Upsilon\Phi\Psi\Omega", "ΓΔΘΛΞΠΣΥΦΨΩ"),
        (r"\mathbb{E}\mathbb R\mathbb{NPQZC}\mathbb{1}", "𝔼ℝℕℙℚℤℂ𝟙"),
        (r"\mathcal{N}\mathscr L\mathbf{x}\mathit{xy}\mathrm{d}", "NLxxyd"),
        (r"\boldsymbol{\mu}\bm\Sigma", "μΣ"),
        (r"\text{if } x\;\textbf{or}\;\textrm{not}", "if x or not"),
        (r"\hat x\bar x\tilde x\vec x\dot x\ddot x", "xxxxxx"),
        (r"\sqrt{x}\sqrt 2\sqrt{2\pi}\sqrt{16}", "√x√2√(2π)√16"),
        (r"\sum_{i=1}^N\prod_j\int f", "∑_i = 1^N ∏_j ∫ f"),
        (r"\log x+\ln(x)+\exp\min\max\arg\det\Pr", "log x + ln(x) + exp min max arg det Pr"),
        (r"\KL(q\|p)+\Var x+\Cov[x]+\ELBO", "KL(q‖p) + Var x + Cov[x] + ELBO"),
        (r"\operatorname{erf} x+\arg\max_x f", "erf x + arg max_x f"),
        (r"a\sim b\propto c\approx d\le e\ge f\ne g", "a ∼ b ∝ c ≈ d ≤ e ≥ f ≠ g"),
        (r"a\in b\mid c\to d\leftarrow e\Rightarrow f", "a ∈ b | c → d ← e ⇒ f"),
        (r"\infty\partial\nabla x\pm y\times z\cdot\ldots", "∞∂∇x ± y × z · …"),
        (r"\left(x\right)\left\{y\right]\left.z\right|", "(x){y]z|"),
        (r"\left\langle x\right\rangle\left\|y\right\|", "⟨x⟩‖y‖"),
        (r"\log\left(x\right)", "log(x)"),
        (r"a\,b\:c\;d\quad e\qquad f~g", "a b c d e f g"),
        (r"x_{i_{j_k}}^{2^{n^m}}", "x_i_j_k^2^n^m"),
        ("a ≤ b ∝ c ⇒ d", "a ≤ b ∝ c ⇒ d"),
    ] {
        assert_eq!(plain(&format!("${text}$")), expected, "{text}");
    }
}

#[test]
fn styles_reach_scripts_and_nested_atoms() {
    let shapes = |text: &str| -> Vec<Shape> {
        parse(text).unwrap().characters().into_iter().map(|(_, shape, _)| shape).collect()
    };
    assert_eq!(shapes(r"$\mathbf{x_i^2}$"), [Shape::Bold; 3]);
    assert_eq!(shapes(r"$\boldsymbol{\mu 1}$"), [Shape::BoldItalic, Shape::Bold]);
    assert_eq!(shapes(r"$\mathrm{\hat x\sqrt{y}\left(z\right)}$"), [Shape::Upright; 3]);
    assert_eq!(shapes(r"$\mathit{a=\Gamma}$"), [Shape::Italic, Shape::Upright, Shape::Italic]);
    assert_eq!(shapes("$\u{3bc}=∂$"), [Shape::Italic, Shape::Upright, Shape::Upright]);
}

#[test]
fn unknown_commands_have_hints() {
    for (text, hint) in [
        (r"$\sgima$", r"did you mean `\sigma`?"),
        (r"$\boldsymbl x$", r"did you mean `\boldsymbol`?"),
        (r"$\righ)$", r"did you mean `\right`?"),
        (r"$\yyyyyy$", r"write words as `\text{...}`"),
    ] {
        assert_eq!(parse(text).unwrap_err().hint, hint);
    }
    let hint = parse(r"$\uvwxyz{x}$").unwrap_err().hint;
    assert!(
        hint.ends_with(r"the commands that begin with `u` are `\uparrow`, `\upsilon`"),
        "{hint}"
    );
}

#[test]
fn every_family_has_every_command() {
    for fonts in Family::ALL.map(Fonts::of) {
        for name in symbols::names() {
            let argument = match name {
                "frac" | "tfrac" | "dfrac" => "{a}{b}",
                "left" => r"\{ x \right\rangle",
                "right" => continue,
                "sqrt" => "{N}",
                _ if symbols::WORDS.iter().any(|word| word.0 == name) => "{N}",
                _ if symbols::STYLES.contains(&name) => "{N}",
                _ if symbols::ACCENTS.iter().any(|accent| accent.0 == name) => "{x}",
                _ => "",
            };
            let text = format!("$a \\{name}{argument} b$");
            let rich = fonts.parse(&text).unwrap();
            let is_space = symbols::SPACES.iter().any(|space| space.0 == name);
            assert!(is_space || rich.plain().trim().chars().count() > 2, "{text}");
        }
        for style in ["mathbb", "mathcal", "mathbf", "boldsymbol", "mathit"] {
            for letter in ('A'..='Z').chain('a'..='z') {
                fonts.parse(&format!(r"$\{style}{{{letter}}}$")).unwrap();
            }
        }
        for digit in '0'..='9' {
            fonts.parse(&format!(r"$\mathbb{{{digit}}}$")).unwrap();
        }
        let marks = symbols::ACCENTS.iter().map(|accent| accent.1);
        let brackets = "()[]{}|‖/⟨⟩⌊⌋⌈⌉".chars();
        for c in marks.chain(brackets).chain("√−′".chars()) {
            for weight in [Weight::Regular, Weight::Bold] {
                assert!(fonts.place(c, Shape::Upright, weight).is_some(), "{c}");
            }
        }
    }
}
