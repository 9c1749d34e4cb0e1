//! Figures that are of a data set, of a fit, or of both: one of the two keys must be there.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use toml::Spanned;

use super::known::check_at;
use super::{At, Known};
use crate::data::Shape;
use crate::diagnostic::Problems;

/// Options in which one of several keys must be there.
pub(super) trait Options<'de>: Sized {
    /// Reads them, whether it is there or not.
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;

    /// The key that is missing, if none of them is there.
    fn missing(&self) -> Option<&'static str>;
}

/// Reads options; that a key is missing is said where it is.
pub(super) fn complete<'de, T: Options<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    struct Complete<T>(PhantomData<T>);

    impl<'de, T: Options<'de>> Visitor<'de> for Complete<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            let options = T::read(MapAccessDeserializer::new(map))?;
            options.missing().map_or(Ok(options), |key| Err(A::Error::missing_field(key)))
        }
    }

    deserializer.deserialize_struct("Options", &[], Complete(PhantomData))
}

/// Checks the names of data set and fit against what the config declares; the name whose data are
/// drawn, and their shape.
pub(super) fn check<'a>(
    known: &'a Known,
    problems: &mut Problems,
    data: Option<&'a Spanned<String>>,
    fit: Option<&'a Spanned<String>>,
    at: Option<&Spanned<At>>,
) -> Option<(&'a Spanned<String>, &'a Shape)> {
    let shape = data.map(|name| (name, known.data(name, problems)));
    let fitted = fit.map(|name| (name, known.fit(name, problems)));
    if let (Some(data), Some((name, Some(fit)))) = (data, fitted)
        && fit.data != *data.get_ref()
    {
        problems
            .at(name.span(), format!("`fit.{}` is a fit of `data.{}`", name.get_ref(), fit.data))
            .hint(format!(
                "write `data = \"{}\"`, or name a fit of `data.{}`",
                fit.data,
                data.get_ref()
            ));
    }
    if let (Some(at), None) = (at, fit) {
        problems
            .at(at.span(), "`at` names an iteration of a fit, but this figure has no `fit`")
            .hint("add `fit = ...`, or leave `at` out");
    }
    if let Some((name, known)) = fitted {
        check_at(problems, at, name, known);
    }
    match (shape, fitted) {
        (Some((name, shape)), _) => Some((name, shape?)),
        (None, Some((name, fit))) => Some((name, &fit?.shape)),
        (None, None) => None,
    }
}
