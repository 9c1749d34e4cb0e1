//! Fractions in the line: `a/b`, with brackets where the line would otherwise mean something else.

use super::super::tex::{Atom, Class, Nucleus, Shape};
use super::atom;

/// Explicit spaces up to this many em do not part a quotient from what is beside it.
const NARROW: f64 = 0.3;

/// A numerator over a denominator.
pub(super) fn quotient(numerator: Vec<Atom>, denominator: Vec<Atom>, offset: usize) -> Atom {
    let above = binds_weakly(flat(&numerator));
    let below = {
        let atoms = flat(&denominator);
        binds_weakly(atoms) || !(atoms.len() == 1 || is_number(atoms) || is_application(atoms))
    };
    let mut list = if above { in_brackets(numerator, offset) } else { numerator };
    list.push(symbol("/", Class::Ordinary, offset));
    list.extend(if below { in_brackets(denominator, offset) } else { denominator });
    atom(Class::Ordinary, Nucleus::Quotient(list))
}

/// Atoms of which each quotient that something is beside, or that has scripts, is in brackets:
/// `\frac12 x` is (1/2)x, not 1/2x, and `\log\frac pq` is log(p/q).
pub(super) fn bracketed(mut atoms: Vec<Atom>) -> Vec<Atom> {
    if !atoms.iter().any(|atom| matches!(atom.nucleus, Nucleus::Quotient(_))) {
        return atoms;
    }
    let touched: Vec<bool> = (0..atoms.len()).map(|i| is_touched(&atoms, i)).collect();
    for (atom, touched) in atoms.iter_mut().zip(touched) {
        let scripts = atom.sub.is_some() || atom.sup.is_some() || atom.primes > 0;
        if let Nucleus::Quotient(inner) = &mut atom.nucleus
            && (touched || scripts)
        {
            atom.nucleus = Nucleus::Fenced(Some('('), std::mem::take(inner), Some(')'));
        }
    }
    atoms
}

/// Whether something multiplies the atom, or is applied to it.
fn is_touched(atoms: &[Atom], i: usize) -> bool {
    let apart = |atom: &&Atom| !matches!(atom.nucleus, Nucleus::Space(em) if em <= NARROW);
    let before = atoms[..i].iter().rev().find(apart);
    let after = atoms[i + 1..].iter().find(apart);
    let left = before.is_some_and(|atom| match atom.class {
        Class::Ordinary => !is_bar(atom),
        Class::Close => true,
        Class::Operator => is_named(atom),
        _ => false,
    });
    let right = after.is_some_and(|atom| match atom.class {
        Class::Ordinary => !is_bar(atom),
        Class::Operator | Class::Open => true,
        _ => false,
    });
    left || right
}

/// Whether a product with the atoms needs brackets around them: sums, relations, quotients, and
/// what an operator is applied to without brackets.
fn binds_weakly(atoms: &[Atom]) -> bool {
    let operator = atoms.iter().position(|atom| atom.class == Class::Operator);
    let open_ended = operator.is_some_and(|at| !(at == 0 && encloses_all(&atoms[1..])));
    open_ended && atoms.len() > 1
        || atoms.iter().enumerate().any(|(i, atom)| match atom.class {
            // A sign.
            Class::Binary => i > 0,
            Class::Relation => true,
            _ => matches!(atom.nucleus, Nucleus::Quotient(_)),
        })
}

/// A function and its arguments: `q(x)`, `\log(x)`, `\pi_k(x, y)`. What could be a product of a
/// number and a sum is none.
fn is_application(atoms: &[Atom]) -> bool {
    let [function, arguments @ ..] = atoms else {
        return false;
    };
    let letters = match &function.nucleus {
        Nucleus::Symbol(text, ..) => text.chars().all(char::is_alphabetic),
        _ => false,
    };
    letters && encloses_all(arguments) && !arguments.iter().any(|a| a.class == Class::Binary)
}

/// Whether the first atom is a bracket that the last one closes.
fn encloses_all(atoms: &[Atom]) -> bool {
    if let [Atom { nucleus: Nucleus::Fenced(..), .. }] = atoms {
        return true;
    }
    let mut depth = 0_usize;
    for (i, atom) in atoms.iter().enumerate() {
        match atom.class {
            Class::Open => depth += 1,
            Class::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return i > 0 && i + 1 == atoms.len();
        }
    }
    false
}

fn is_number(atoms: &[Atom]) -> bool {
    atoms.iter().all(|atom| {
        matches!(&atom.nucleus, Nucleus::Symbol(text, ..)
            if text.chars().all(|c| c.is_ascii_digit() || c == '.'))
    })
}

/// Operators that are a name are applied to what follows; a sum only runs over it.
fn is_named(atom: &Atom) -> bool {
    matches!(&atom.nucleus, Nucleus::Symbol(text, ..) if text.chars().any(char::is_alphabetic))
}

/// Bars separate, and close a norm: they multiply nothing.
fn is_bar(atom: &Atom) -> bool {
    matches!(&atom.nucleus, Nucleus::Symbol(text, ..) if matches!(text.as_str(), "|" | "‖"))
}

fn symbol(text: &str, class: Class, offset: usize) -> Atom {
    atom(class, Nucleus::Symbol(text.to_owned(), Shape::Upright, offset))
}

fn in_brackets(atoms: Vec<Atom>, offset: usize) -> Vec<Atom> {
    let mut list = vec![symbol("(", Class::Open, offset)];
    list.extend(atoms);
    list.push(symbol(")", Class::Close, offset));
    list
}

/// The atoms of an argument without the braces around it.
fn flat(atoms: &[Atom]) -> &[Atom] {
    match atoms {
        [Atom { nucleus: Nucleus::Group(inner), sub: None, sup: None, primes: 0, .. }] => {
            flat(inner)
        }
        _ => atoms,
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn fractions_have_brackets_where_a_line_needs_them() {
        for (text, expected) in [
            (r"\frac12", "1/2"),
            (r"\frac{1}{2\pi}", "1/(2π)"),
            (r"\frac{1}{10}", "1/10"),
            (r"\frac{a+b}{c}", "(a + b)/c"),
            (r"\frac{-1}{2}", "−1/2"),
            (r"-\frac{1}{2}", "−1/2"),
            (r"\frac{x^2}{2\sigma^2}", "x^2/(2σ^2)"),
            (r"\frac{p(x)}{q(x, z)}", "p(x)/q(x, z)"),
            (r"\frac{1}{a(b+c)}", "1/(a(b + c))"),
            (r"\frac{1}{2(b)}", "1/(2(b))"),
            (r"\frac{\log x}{2}", "(log x)/2"),
            (r"\frac{\exp(x)}{\exp(y)}", "exp(x)/exp(y)"),
            (r"\frac{\sum_i x_i}{N}", "(∑_i x_i)/N"),
            (r"\frac{\frac ab}{c}", "(a/b)/c"),
            (r"\frac{a}{\frac bc}", "a/(b/c)"),
            (r"\frac{1}{\sqrt{2\pi}}", "1/√(2π)"),
            (r"\frac12 x", "(1/2)x"),
            (r"\frac12\,x", "(1/2) x"),
            (r"\frac12\quad x", "1/2 x"),
            (r"x\frac12", "x(1/2)"),
            (r"\frac12(a+b)", "(1/2)(a + b)"),
            (r"-\frac{1}{2}\log x", "−(1/2)log x"),
            (r"\log\frac{p(x)}{q(x)}", "log(p(x)/q(x))"),
            (r"\sum_k \frac{a_k}{b_k}", "∑_k a_k/b_k"),
            (r"\frac{a}{b}^2", "(a/b)^2"),
            (r"e^{-\frac{x^2}{2}}", "e^−x^2/2"),
            (r"|\frac{a}{b}|", "|a/b|"),
            (r"\frac ab + \frac cd = \frac ef", "a/b + c/d = e/f"),
            (r"\left(\frac{a}{b}\right)", "(a/b)"),
        ] {
            let plain = parse(&format!("${text}$")).unwrap().plain();
            assert_eq!(plain, expected, "{text}");
        }
    }
}
