//! What stands beside the members of a sweep: their numbers in one table, their figures on one page.

use indexmap::{IndexMap, IndexSet};
use minijinja::{Environment, context};
use serde_json::Value;

use super::{numbers, table};
use crate::figure::{Cell, Table};

/// One choice of values.
pub struct Member {
    /// The folder of its figures, beside the table and the page.
    pub folder: String,
    /// The value of each key, as written.
    pub values: Vec<String>,
    /// Whether all of it was made.
    pub done: bool,
    /// Whether all assertions that were judged hold.
    pub holds: bool,
    /// Its `numbers.json`, if it has one.
    pub numbers: Option<Value>,
    /// For each figure the file that a page can show, if there is one, relative to the folder.
    pub pictures: IndexMap<String, Option<String>>,
    /// Its report, relative to the folder, if it has one.
    pub report: Option<String>,
}

/// One row a member: its folder, the value of each key, whether it was made (`broken` if so, but an
/// assertion does not hold), and every number of its
/// fits and scores under the name that it has in `numbers.json`. Lists count from one. A number that
/// a member lacks is an empty cell.
pub fn csv(keys: &[String], members: &[Member]) -> String {
    let all: Vec<IndexMap<String, Value>> = members
        .iter()
        .map(|member| member.numbers.as_ref().map(numbers::by_name).unwrap_or_default())
        .map(|mut named| {
            named.retain(|name, _| name.starts_with("fit.") || name.starts_with("score."));
            named
        })
        .collect();
    let names: IndexSet<&String> = all.iter().flat_map(IndexMap::keys).collect();
    let own = |name: &str| name.to_owned();
    let columns = std::iter::once(own("folder"))
        .chain(keys.iter().cloned())
        .chain([own("state")])
        .chain(names.iter().map(|name| own(name)));
    let rows = members.iter().zip(&all).map(|(member, numbers)| {
        let state = match (member.done, member.holds) {
            (false, _) => "failed",
            (true, false) => "broken",
            (true, true) => "done",
        };
        std::iter::once(Cell::Text(member.folder.clone()))
            .chain(member.values.iter().cloned().map(Cell::Text))
            .chain([Cell::Text(state.to_owned())])
            .chain(names.iter().map(|name| cell(numbers.get(*name))))
            .collect()
    });
    table::csv(&Table { columns: columns.collect(), rows: rows.collect() })
}

fn cell(value: Option<&Value>) -> Cell {
    Cell::Text(match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(word)) => word.clone(),
        Some(other) => other.to_string(),
    })
}

/// The figures of all members: one row a member, one column a figure.
///
/// # Errors
///
/// If the template is wrong, which the tests rule out.
pub fn html(title: &str, keys: &[String], members: &[Member]) -> Result<String, String> {
    let figures: IndexSet<String> =
        members.iter().flat_map(|m| m.pictures.keys().cloned()).collect();
    let rows: Vec<_> = members
        .iter()
        .map(|member| {
            let picture = |name: &String| member.pictures.get(name).cloned().flatten();
            context! {
                folder => &member.folder,
                values => keys.iter().cloned().zip(member.values.clone()).collect::<Vec<_>>(),
                done => member.done,
                report => &member.report,
                pictures => figures.iter().map(picture).collect::<Vec<_>>(),
            }
        })
        .collect();
    let figures: Vec<String> = figures.into_iter().collect();
    Environment::new()
        .render_named_str(
            "sweep.html",
            include_str!("sweep.html"),
            context! { title, figures, rows },
        )
        .map_err(|error| format!("the page of the sweep cannot be written: {error:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn member(value: &str, numbers: Option<Value>) -> Member {
        Member {
            folder: format!("a.b={value}"),
            values: vec![value.to_owned()],
            done: numbers.is_some(),
            holds: value != "2",
            numbers,
            pictures: IndexMap::from([("x".to_owned(), Some(format!("L3_{value}&.svg")))]),
            report: None,
        }
    }

    #[test]
    fn every_number_has_its_column_and_a_member_without_it_an_empty_cell() {
        let numbers = json!({"fit": {"cavi": {"elbo": -0.1, "means": [[1.5], [2.5]]}}, "baseline": {"b": []}});
        let other = json!({"fit": {"cavi": {"elbo": 2, "stop": "converged", "means": [[1.0]]}}});
        let members = [member("1", Some(numbers)), member("2", Some(other)), member("3", None)];
        let text = csv(&["a.b".to_owned()], &members);
        assert_eq!(
            text,
            "folder,a.b,state,fit.cavi.elbo,fit.cavi.means.1,fit.cavi.means.2,fit.cavi.stop\n\
             a.b=1,1,done,-0.1,1.5,2.5,\n\
             a.b=2,2,broken,2,1.0,,converged\n\
             a.b=3,3,failed,,,,\n"
        );
    }

    #[test]
    fn the_page_shows_every_picture_and_escapes_names() {
        let page = html("<t>", &["a.b".to_owned()], &[member("1", None)]).unwrap();
        assert!(page.contains("&lt;t&gt;"), "{page}");
        assert!(page.contains("src=\"a.b=1/L3_1&amp;.svg\""), "{page}");
        assert!(page.contains("not all of it could be made"), "{page}");
    }
}
