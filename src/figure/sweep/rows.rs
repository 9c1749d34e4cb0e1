//! The members of a sweep as a tidy table.

use crate::figure::{Cell, Table};
use crate::selection::{Compared, Metric, Restart, Row, column};

/// One row a restart: what the swept keys are set to, which restart it is (from 0) and whether it was
/// kept, its numbers with their units, why it stopped, whether its member is the best, and what is
/// wrong with that. A member that failed has one row without numbers.
pub fn rows(compared: &Compared, metrics: &[Metric]) -> Table {
    let keys = compared.keys.iter().map(|key| column(key));
    let first = keys.chain(["restart", "kept"].map(str::to_owned));
    let columns = first.chain(metrics.iter().map(|metric| number(*metric)));
    let columns = columns.chain(["stop", "best", "flaws"].map(str::to_owned)).collect();
    let mut rows = Vec::new();
    for (index, row) in compared.rows.iter().enumerate() {
        let is_best = if compared.best == Some(index) { "yes" } else { "no" };
        if row.restarts.is_empty() {
            rows.push(cells(row, None, metrics, is_best));
        }
        let restarts = row.restarts.iter().enumerate();
        rows.extend(restarts.map(|restart| cells(row, Some(restart), metrics, is_best)));
    }
    Table { columns, rows }
}

fn cells(
    row: &Row,
    restart: Option<(usize, &Restart)>,
    metrics: &[Metric],
    is_best: &str,
) -> Vec<Cell> {
    let mut cells: Vec<Cell> = row.settings.iter().map(|s| s.to_string().into()).collect();
    let is_kept = restart.is_some_and(|(index, _)| index == row.restart);
    cells.push(restart.map_or_else(|| "".into(), |(index, _)| index.into()));
    cells.push(if is_kept { "yes" } else { "no" }.into());
    let value = |metric: &Metric| restart.and_then(|(_, r)| r.metrics.get(metric).copied());
    cells.extend(metrics.iter().map(|metric| match value(metric) {
        Some(value) if metric.is_count() => (value as usize).into(),
        Some(value) => value.into(),
        None => "".into(),
    }));
    let stop = restart.and_then(|(_, restart)| serde_json::to_value(restart.stop).ok());
    let stop = stop.and_then(|stop| stop.as_str().map(str::to_owned)).unwrap_or_default();
    let flaws: Vec<String> = row.flaws.iter().map(|flaw| flaw.words()).collect();
    cells.extend([stop.into(), is_best.into(), flaws.join("; ").into()]);
    cells
}

/// The name of a column, with its unit.
fn number(metric: Metric) -> String {
    let unit = match metric {
        Metric::Elbo | Metric::LowerBound | Metric::LogLikelihood | Metric::LogLoss => " (nats)",
        _ => "",
    };
    format!("{}{unit}", metric.key())
}
