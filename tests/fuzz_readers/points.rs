//! Files of points, whatever their format.

use std::path::Path;

use elbow::config::{self, Layers};
use elbow::data::Spec;
use elbow::diagnostic::Problems;

/// Reads the file `x.KIND` as a source of that kind; either there are mistakes, or what is made of it is
/// what was said of it.
pub(crate) fn read(folder: &Path, kind: &str, options: &str) {
    let text = format!("schema = 1\n[data.x]\nsource.{kind} = {{ path = 'x.{kind}'{options} }}\n");
    let mut problems = Problems::default();
    let path = folder.join("a.toml");
    let plan =
        config::parse(&path, &text, &Layers::default(), config::Others::Checked, &mut problems);
    assert!(plan.is_some() || !problems.is_empty());
    for data in plan.iter().flat_map(|plan| plan.data.values()) {
        if let Spec::Npy(spec) | Spec::Parquet(spec) = &data.source {
            let (made, shape) = (spec.make(), spec.shape());
            assert_eq!(made.points.dim(), (shape.points, shape.dimensions));
            assert!(made.points.iter().all(|x| x.is_finite()));
            assert!(made.labels.is_none_or(|labels| labels.len() == shape.points));
        }
    }
}
