//! The colours of an animation whose format holds only a few.

/// A colour as one number: red, green and blue from the top.
type Rgb = u32;

/// Colours, and which of them each colour of the pictures becomes.
#[derive(Debug)]
pub(super) struct Palette {
    /// Its colours; the most important one is the first.
    pub(super) colors: Vec<[u8; 3]>,
    /// All colours of the pictures in rising order, each with the place of the one it becomes.
    places: Vec<(Rgb, u8)>,
}

impl Palette {
    /// At most `most` colours, up to 256, for pictures of three bytes a pixel.
    ///
    /// Where there are more, colours are taken one by one, always the one that the colours taken so
    /// far serve worst: how far the nearest of them is, and the root of how many pixels there are
    /// of it. So areas of one colour keep it exactly, and what is left is spread over the edges of
    /// lines and letters by how much one sees of them.
    pub(super) fn of<'p>(pictures: impl Iterator<Item = &'p [u8]>, most: usize) -> Palette {
        let counted = count(pictures);
        let mut colors: Vec<[u8; 3]> = Vec::new();
        // Of each colour: the distance to the nearest one taken, and its place.
        let mut nearest: Vec<(u32, u8)> = vec![(u32::MAX, 0); counted.len()];
        for place in 0..=u8::MAX {
            let needs = nearest.iter().zip(&counted).map(|(&(distance, _), &(_, count))| {
                u64::from(distance) * u64::from(count.isqrt())
            });
            let Some((next, need)) = needs.enumerate().max_by_key(|&(_, need)| need) else { break };
            if need == 0 || usize::from(place) == most {
                break;
            }
            let taken = channels(counted[next].0);
            colors.push(taken);
            for (near, &(color, _)) in nearest.iter_mut().zip(&counted) {
                let distance = distance(taken, channels(color));
                if distance < near.0 {
                    *near = (distance, place);
                }
            }
        }
        let places = counted.iter().zip(&nearest).map(|(&(color, _), &(_, place))| (color, place));
        Palette { colors, places: places.collect() }
    }

    /// The places of a picture's pixels; zero for a colour that the palette was not made for.
    pub(super) fn places(&self, picture: &[u8]) -> Vec<u8> {
        let mut places = Vec::with_capacity(picture.len() / 3);
        for run in picture.as_chunks::<3>().0.chunk_by(|a, b| a == b) {
            let found = self.places.binary_search_by_key(&number(run[0]), |&(color, _)| color);
            let place = found.map_or(0, |at| self.places[at].1);
            places.resize(places.len() + run.len(), place);
        }
        places
    }
}

/// Each colour once, in rising order, with the number of its pixels.
fn count<'p>(pictures: impl Iterator<Item = &'p [u8]>) -> Vec<(Rgb, u32)> {
    let mut all: Vec<(Rgb, u32)> = Vec::new();
    for picture in pictures {
        let runs = picture.as_chunks::<3>().0.chunk_by(|a, b| a == b);
        all.extend(runs.map(|run| (number(run[0]), u32::try_from(run.len()).unwrap_or(u32::MAX))));
        all.sort_unstable();
        all.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 = kept.1.saturating_add(next.1);
            }
            same
        });
    }
    all
}

fn number([r, g, b]: [u8; 3]) -> Rgb {
    u32::from_be_bytes([0, r, g, b])
}

fn channels(color: Rgb) -> [u8; 3] {
    let [_, r, g, b] = color.to_be_bytes();
    [r, g, b]
}

/// How different two colours look, squared: the eye sees green best and blue worst.
fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    let squared = |i: usize| u32::from(a[i].abs_diff(b[i])).pow(2);
    2 * squared(0) + 4 * squared(1) + squared(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_colours_are_kept_exactly() {
        let picture = [[255, 255, 255], [255, 255, 255], [0, 114, 178], [213, 94, 0]].concat();
        let palette = Palette::of([&picture[..], &picture[..]].into_iter(), 255);
        assert_eq!(palette.colors.len(), 3);
        assert_eq!(palette.colors[0], [255, 255, 255]);
        let shown: Vec<u8> = palette
            .places(&picture)
            .into_iter()
            .flat_map(|place| palette.colors[usize::from(place)])
            .collect();
        assert_eq!(shown, picture);
    }

    #[test]
    fn of_many_colours_those_of_areas_are_kept_and_the_rest_are_near() {
        // A ramp from white to a blue, one pixel of each, and an area of another colour.
        let mut picture = [17, 99, 3].repeat(4000);
        for i in 0..=255_u8 {
            picture.extend([255 - i, 255 - i / 2, 255 - i / 4]);
        }
        let palette = Palette::of([&picture[..]].into_iter(), 64);
        assert_eq!(palette.colors.len(), 64);
        assert!(palette.colors.contains(&[17, 99, 3]));
        for (pixel, place) in picture.as_chunks::<3>().0.iter().zip(palette.places(&picture)) {
            let shown = palette.colors[usize::from(place)];
            // Four of 256 steps are one colour: no more than three steps away.
            assert!(
                pixel.iter().zip(shown).all(|(a, b)| a.abs_diff(b) <= 3),
                "{pixel:?} {shown:?}"
            );
        }
    }

    #[test]
    fn no_picture_has_no_colours() {
        let palette = Palette::of(std::iter::empty(), 255);
        assert!(palette.colors.is_empty());
        assert!(palette.places(&[]).is_empty());
    }
}
