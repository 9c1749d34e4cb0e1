//! Where the label of points in the plane changes: the lines between regions.
//!
//! The labels at the nodes of a grid say which of its cells a line passes. Where it crosses an edge is
//! found by bisection, so that vertices lie on the line however coarse the grid is; a cell in which
//! lines meet is cut into quarters until it is too small to see.

use std::collections::BTreeMap;

/// The labels of points.
pub type Labels<'a> = &'a dyn Fn(&[[f64; 2]]) -> Vec<usize>;

/// A point and its label.
type Corner = ([f64; 2], usize);

/// The four corners of a cell, around it.
type Cell = [Corner; 4];

/// The lines, in pieces that end where several meet or at the frame of the grid; a closed one ends
/// with its first vertex again. `x` and `y` say where the lines of the grid lie, ascending.
///
/// What is smaller than a cell of the grid and touches none of its nodes is not found.
pub fn boundaries(x: &[f64], y: &[f64], labels: Labels<'_>) -> Vec<Vec<[f64; 2]>> {
    let (Some(width), Some(height)) = (span(x), span(y)) else { return Vec::new() };
    let nodes: Vec<[f64; 2]> = y.iter().flat_map(|y| x.iter().map(|x| [*x, *y])).collect();
    let found = labels(&nodes);
    let corner = |column: usize, row: usize| {
        let i = row * x.len() + column;
        (nodes[i], found[i])
    };
    let mut cells = Vec::new();
    for row in 1..y.len() {
        for column in 1..x.len() {
            let corners = [(1, 1), (0, 1), (0, 0), (1, 0)];
            cells.push(corners.map(|(dx, dy)| corner(column - dx, row - dy)));
        }
    }
    let segments = segments(cells, labels);
    let grid = Grid { origin: nodes[0], step: [SAME * width, SAME * height] };
    let lines = joined(&segments, &grid).into_iter();
    lines.map(|line| simplified(&line, [width, height])).collect()
}

/// A cell in which lines meet is halved so often.
const HALVINGS: usize = 9;
/// Bisections of an edge: what is left of it is far less than can be seen.
const BISECTIONS: usize = 32;
/// Vertices in the same or in neighbouring squares of this side, of the whole grid, are one.
const SAME: f64 = 1e-7;
/// A line may leave out vertices that are so near to it, of the whole grid.
const STRAIGHT: f64 = 2e-6;

fn span(lines: &[f64]) -> Option<f64> {
    let span = lines.last()? - lines.first()?;
    (span > 0.0 && span.is_finite()).then_some(span)
}

/// The pieces of lines in cells. Labels are asked for all cells at once: one by one they would cost
/// many times as much.
fn segments(mut cells: Vec<Cell>, labels: Labels<'_>) -> Vec<[[f64; 2]; 2]> {
    let mut crossed: Vec<Vec<[Corner; 2]>> = Vec::new();
    for halvings in (0..=HALVINGS).rev() {
        let mut meeting = Vec::new();
        for cell in cells {
            let edges = (0..4).map(|i| [cell[i], cell[(i + 1) % 4]]);
            let edges: Vec<[Corner; 2]> = edges.filter(|[a, b]| a.1 != b.1).collect();
            match edges.len() {
                0 => {}
                3.. if halvings > 0 => meeting.push(cell),
                _ => crossed.push(edges),
            }
        }
        cells = quarters(&meeting, labels);
    }
    let edges: Vec<[Corner; 2]> = crossed.iter().flatten().copied().collect();
    let crossings = crossings(&edges, labels);
    let mut rest = crossings.as_slice();
    let mut segments = Vec::new();
    for edges in crossed {
        let (own, others) = rest.split_at(edges.len());
        rest = others;
        match own {
            &[a, b] => segments.push([a, b]),
            all => {
                let middle = mean(all.iter().copied());
                segments.extend(all.iter().map(|crossing| [*crossing, middle]));
            }
        }
    }
    segments
}

/// The four quarters of every cell.
fn quarters(cells: &[Cell], labels: Labels<'_>) -> Vec<Cell> {
    let between = |cell: &Cell| {
        let sides = (0..4).map(|i| mean([cell[i].0, cell[(i + 1) % 4].0].into_iter()));
        sides.chain([mean(cell.iter().map(|c| c.0))]).collect::<Vec<_>>()
    };
    let positions: Vec<[f64; 2]> = cells.iter().flat_map(between).collect();
    let between: Vec<Corner> = positions.iter().copied().zip(labels(&positions)).collect();
    let all = cells.iter().zip(between.as_chunks::<5>().0);
    all.flat_map(|(cell, between)| {
        [0, 1, 2, 3].map(|i| [cell[i], between[i], between[4], between[(i + 3) % 4]])
    })
    .collect()
}

fn mean(points: impl ExactSizeIterator<Item = [f64; 2]>) -> [f64; 2] {
    let n = points.len() as f64;
    let sum = points.fold([0.0; 2], |sum, p| [sum[0] + p[0], sum[1] + p[1]]);
    sum.map(|s| s / n)
}

/// Where the label changes on each edge, from whichever side it is seen.
fn crossings(edges: &[[Corner; 2]], labels: Labels<'_>) -> Vec<[f64; 2]> {
    let ordered = edges.iter().map(|[a, b]| match a.0[0] < b.0[0] || a.0[1] < b.0[1] {
        true => (a.0, b.0, a.1),
        false => (b.0, a.0, b.1),
    });
    let mut ends: Vec<([f64; 2], [f64; 2], usize)> = ordered.collect();
    for _ in 0..BISECTIONS {
        let middles: Vec<[f64; 2]> =
            ends.iter().map(|(a, b, _)| mean([*a, *b].into_iter())).collect();
        for ((end, middle), label) in ends.iter_mut().zip(&middles).zip(labels(&middles)) {
            match label == end.2 {
                true => end.0 = *middle,
                false => end.1 = *middle,
            }
        }
    }
    ends.into_iter().map(|(a, b, _)| mean([a, b].into_iter())).collect()
}

/// Squares in which vertices are one.
struct Grid {
    origin: [f64; 2],
    step: [f64; 2],
}

/// Segments as lines.
fn joined(segments: &[[[f64; 2]; 2]], grid: &Grid) -> Vec<Vec<[f64; 2]>> {
    let Grid { origin, step } = grid;
    let mut vertices: Vec<[f64; 2]> = Vec::new();
    let mut places: BTreeMap<[i64; 2], usize> = BTreeMap::new();
    let mut index = |point: [f64; 2]| {
        let place =
            [0, 1].map(|axis: usize| ((point[axis] - origin[axis]) / step[axis]).floor() as i64);
        // One that is near may lie in the next square.
        let near = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| [place[0] + dx, place[1] + dy]));
        let known = near.into_iter().find_map(|place| places.get(&place).copied());
        known.unwrap_or_else(|| {
            vertices.push(point);
            places.insert(place, vertices.len() - 1);
            vertices.len() - 1
        })
    };
    let ends: Vec<[usize; 2]> = segments.iter().map(|s| s.map(&mut index)).collect();
    let mut at: Vec<Vec<usize>> = vec![Vec::new(); vertices.len()];
    for (i, [a, b]) in ends.iter().enumerate().filter(|(_, [a, b])| a != b) {
        at[*a].push(i);
        at[*b].push(i);
    }
    let mut used = vec![false; segments.len()];
    let mut lines = Vec::new();
    // First those with ends, then those that are closed.
    let meeting = (0..vertices.len()).filter(|v| at[*v].len() != 2);
    for start in meeting.chain(0..vertices.len()) {
        while let Some(&first) = at[start].iter().find(|i| !used[**i]) {
            let (mut line, mut vertex, mut next) = (vec![vertices[start]], start, Some(first));
            while let Some(segment) = next {
                used[segment] = true;
                let [a, b] = ends[segment];
                vertex = if a == vertex { b } else { a };
                line.push(vertices[vertex]);
                let on = at[vertex].iter().copied().find(|i| !used[*i]);
                next = on.filter(|_| at[vertex].len() == 2);
            }
            lines.push(line);
        }
    }
    lines
}

/// A line without the vertices that lie on it (Ramer 1972, Douglas and Peucker 1973).
fn simplified(line: &[[f64; 2]], scale: [f64; 2]) -> Vec<[f64; 2]> {
    let mut kept = vec![false; line.len()];
    let mut parts = vec![(0, line.len().saturating_sub(1))];
    while let Some((from, to)) = parts.pop() {
        kept[from] = true;
        kept[to] = true;
        let of = |i: usize| [line[i][0] / scale[0], line[i][1] / scale[1]];
        let (a, b) = (of(from), of(to));
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length = libm::hypot(dx, dy);
        let distance = |i: usize| {
            let (x, y) = (of(i)[0] - a[0], of(i)[1] - a[1]);
            if length > 0.0 { (dx * y - dy * x).abs() / length } else { libm::hypot(x, y) }
        };
        let farthest = (from + 1..to).max_by(|i, j| distance(*i).total_cmp(&distance(*j)));
        if let Some(i) = farthest.filter(|i| distance(*i) > STRAIGHT) {
            parts.extend([(from, i), (i, to)]);
        }
    }
    line.iter().zip(kept).filter(|(_, kept)| *kept).map(|(vertex, _)| *vertex).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Vec<f64> {
        (0..=20).map(|i| f64::from(i) / 2.0 - 5.0).collect()
    }

    fn nearest(means: &'static [[f64; 2]]) -> impl Fn(&[[f64; 2]]) -> Vec<usize> {
        move |points| {
            let distance = |p: &[f64; 2], m: &[f64; 2]| libm::hypot(p[0] - m[0], p[1] - m[1]);
            let best = |p: &[f64; 2]| {
                (0..means.len())
                    .min_by(|a, b| distance(p, &means[*a]).total_cmp(&distance(p, &means[*b])))
                    .unwrap()
            };
            points.iter().map(best).collect()
        }
    }

    #[test]
    fn between_two_means_it_is_their_perpendicular_bisector() {
        let found = boundaries(&grid(), &grid(), &nearest(&[[-1.0, 0.0], [2.0, 1.0]]));
        let [line] = found.as_slice() else { panic!("{found:?}") };
        // It is straight, so its ends are enough: 3 x + y = 2.
        assert_eq!(line.len(), 2, "{line:?}");
        for [x, y] in line {
            assert!((3.0 * x + y - 2.0).abs() < 1e-5, "{x}, {y}");
            assert!((y.abs() - 5.0).abs() < 1e-9, "ends at the frame: {x}, {y}");
        }
    }

    #[test]
    fn three_regions_meet_at_the_circumcentre() {
        let found =
            boundaries(&grid(), &grid(), &nearest(&[[0.1, 2.0], [-2.0, -1.0], [2.2, -1.1]]));
        assert_eq!(found.len(), 3, "{found:?}");
        // From the equations of two bisectors.
        let (x, y) = (0.119087, -0.248361);
        let ends = found.iter().flat_map(|l| [l.first(), l.last()]).flatten();
        let at = ends.filter(|p| (p[0] - x).abs() < 2e-3 && (p[1] - y).abs() < 2e-3).count();
        assert_eq!(at, 3, "{found:?}");
    }

    #[test]
    fn a_region_inside_another_has_a_closed_line() {
        let inside = |p: &[f64; 2]| usize::from(p[0] * p[0] + 4.0 * p[1] * p[1] < 9.0);
        let found = boundaries(&grid(), &grid(), &|points| points.iter().map(inside).collect());
        let [ring] = found.as_slice() else { panic!("{found:?}") };
        assert!(ring.len() > 20 && ring.first() == ring.last());
        for [x, y] in ring {
            assert!((x * x + 4.0 * y * y - 9.0).abs() < 1e-4, "{x}, {y}");
        }
    }

    #[test]
    fn lines_far_from_zero_are_joined() {
        let far: Vec<f64> = grid().iter().map(|x| 1e14 + x).collect();
        let left = |p: &[f64; 2]| usize::from(p[0] < 1e14 + 0.25);
        let found = boundaries(&far, &far, &|points| points.iter().map(left).collect());
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn one_label_and_a_grid_without_cells_have_no_line() {
        assert!(boundaries(&grid(), &grid(), &|points| vec![3; points.len()]).is_empty());
        assert!(boundaries(&[1.0], &grid(), &|points| (0..points.len()).collect()).is_empty());
    }
}
