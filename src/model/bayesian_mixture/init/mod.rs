//! Initial responsibilities, one file and one variant a way of drawing them.

mod random;

use ndarray::Array2;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::random::Random;

/// Where the iterations start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// Uniform numbers, divided by their sum for every point.
    #[default]
    Random,
}

impl Init {
    /// Draws N x K responsibilities.
    pub(super) fn responsibilities(
        self,
        points: usize,
        components: usize,
        random: &mut dyn Random,
    ) -> Array2<f64> {
        match self {
            Self::Random => random::responsibilities(points, components, random),
        }
    }
}
