//! temporary
use super::Color;
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hatch {
    pub pattern: Pattern,
    pub color: Color,
    pub width: f64,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    Slash,
}
impl Pattern {
    pub fn of(_k: usize) -> Self {
        Self::Slash
    }
}
impl super::Canvas<'_> {
    pub fn hatch(&mut self, _p: &[(f64, f64)], _h: &Hatch) {}
}
