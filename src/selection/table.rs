//! The members of a sweep for people and programs: as JSON and as rows of a table.

use serde_json::{Map, Value, json};

use super::{Compared, Metric, Restart, Row, Setting, column};

impl Setting {
    /// Itself as JSON.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Whole(number) => json!(number),
            Self::Number(number) => json!(number),
            Self::Word(word) => json!(word),
            Self::Switch(switch) => json!(switch),
        }
    }

    /// Itself as a part of the name of a fit: as it is displayed, of a word only the letters, digits,
    /// `_`, `-` and `+`, with `_` for others between them: `KL_q_p`.
    pub fn in_fit(&self) -> String {
        let Self::Word(word) = self else { return self.to_string() };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+');
        let parts = word.split(|c| !plain(c)).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("_")
    }

    /// Itself as a part of a name: `0_point_1`.
    fn in_name(&self) -> String {
        let text = self.in_fit();
        let (sign, rest) = match (self.number(), text.strip_prefix('-')) {
            (Some(_), Some(rest)) => ("minus_", rest),
            _ => ("", text.as_str()),
        };
        let rest = rest.replace('.', "_point_").replace("e-", "e_minus_");
        let rest = rest.replace('-', "_").replace('+', "_plus");
        format!("{sign}{rest}")
    }
}

impl Compared {
    /// Everything: `keys`, `by`, `best` (its row, or null) and `members`, a list of rows.
    ///
    /// A row has `fit`, the swept keys (see [`column`]), `components`, all numbers, `stop`, `restart`, `sound`,
    /// `flaws` and `restarts`, a list with the numbers and the `stop` of each.
    pub fn to_json(&self) -> Value {
        let mut all = self.summary();
        let members = self.rows.iter().map(|row| self.row(row, With::Restarts)).collect();
        if let Some(all) = all.as_object_mut() {
            all.insert("members".to_owned(), members);
        }
        all
    }

    /// What a slide may quote: as [`Compared::to_json`], without the restarts.
    pub fn summary(&self) -> Value {
        let best = self.best.map(|best| self.row(&self.rows[best], With::Nothing));
        let rows = self.rows.iter().map(|row| self.row(row, With::Nothing));
        json!({
            "keys": self.keys,
            "by": self.by,
            "best": best,
            "members": rows.collect::<Vec<_>>(),
        })
    }

    /// What a slide may quote, by names: `best`, and each member by what it is set to, in letters,
    /// digits and `_`.
    pub fn named(&self) -> Value {
        let mut all = Map::new();
        all.insert("by".to_owned(), json!(self.by));
        all.insert("best".to_owned(), self.summary()["best"].take());
        for row in &self.rows {
            let name: Vec<String> = row.settings.iter().map(Setting::in_name).collect();
            all.insert(name.join("_"), self.row(row, With::Nothing));
        }
        Value::Object(all)
    }

    /// The numbers that at least one member has.
    pub fn metrics(&self) -> Vec<Metric> {
        let has = |metric: &Metric| self.rows.iter().any(|row| row.metrics.contains_key(metric));
        Metric::ALL.into_iter().filter(has).collect()
    }

    fn row(&self, row: &Row, with: With) -> Value {
        let mut all = Map::new();
        all.insert("fit".to_owned(), json!(row.fit));
        all.insert("components".to_owned(), json!(row.components));
        for (key, setting) in self.keys.iter().zip(&row.settings) {
            all.insert(column(key), setting.to_json());
        }
        all.extend(numbers(row.metrics.iter()));
        all.insert("stop".to_owned(), json!(row.stop));
        all.insert("restart".to_owned(), json!(row.restart));
        all.insert("sound".to_owned(), json!(row.is_sound()));
        let flaws: Vec<String> = row.flaws.iter().map(super::Flaw::words).collect();
        all.insert("flaws".to_owned(), json!(flaws));
        if with == With::Restarts {
            let restart = |restart: &Restart| {
                let mut all: Map<String, Value> = numbers(restart.metrics.iter()).collect();
                all.insert("stop".to_owned(), json!(restart.stop));
                Value::Object(all)
            };
            all.insert("restarts".to_owned(), row.restarts.iter().map(restart).collect());
        }
        Value::Object(all)
    }
}

/// What a row has beside its own numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum With {
    Nothing,
    Restarts,
}

fn numbers<'a>(
    metrics: impl Iterator<Item = (&'a Metric, &'a f64)>,
) -> impl Iterator<Item = (String, Value)> {
    metrics.map(|(metric, value)| {
        let value = match metric.is_count() {
            true => json!(*value as usize),
            false => json!(value),
        };
        (metric.key().to_owned(), value)
    })
}
