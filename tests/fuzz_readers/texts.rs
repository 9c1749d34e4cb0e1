//! Changes to texts: those of `fuzz/mutation.rs`, and the same piece over and over, which is what
//! makes a reader slow, deep or large.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::mutation::{Mutation, mutate, mutation};

/// A piece again and again, at some place. `#` in it counts.
#[derive(Debug, Clone)]
pub(crate) struct Again {
    at: Index,
    piece: &'static str,
    times: usize,
}

/// What happens to a text.
#[derive(Debug, Clone)]
pub(crate) struct Changes {
    mutations: Vec<Mutation>,
    again: Option<Again>,
}

/// Some mutations, and now and then one of these pieces over and over, up to so many bytes of it.
pub(crate) fn changes(
    pieces: &'static [&'static str],
    bytes: usize,
) -> impl Strategy<Value = Changes> {
    let sizes = select(vec![bytes / 1000, bytes / 100, bytes / 10, bytes]);
    let again = (any::<Index>(), select(pieces), sizes).prop_map(|(at, piece, bytes)| Again {
        at,
        piece,
        times: (bytes / piece.len()).max(1),
    });
    let mutations = prop::collection::vec(mutation(), 0..5);
    (mutations, prop::option::weighted(0.2, again))
        .prop_map(|(mutations, again)| Changes { mutations, again })
}

/// The text with all changes made.
pub(crate) fn changed(text: &str, changes: &Changes) -> String {
    let mut text = text.to_owned();
    changes.mutations.iter().for_each(|mutation| mutate(&mut text, mutation));
    if let Some(Again { at, piece, times }) = &changes.again {
        let mut place = at.index(text.len() + 1);
        while !text.is_char_boundary(place) {
            place -= 1;
        }
        let all: String = (0..*times).map(|i| piece.replace('#', &i.to_string())).collect();
        text.insert_str(place, &all);
    }
    text
}
