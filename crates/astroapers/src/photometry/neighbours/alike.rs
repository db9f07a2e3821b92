//! The common case: every source has the same apertures.
//!
//! Then one grid does for all apertures, with cells wider than the largest reaches, so that partners lie in adjacent
//! cells. Cells are kept in an array, also the empty ones, which pays as long as sources are spread over them: at least as wide
//! as to have about one source each. Where that is not so, in crowds or along lines, it is left to the grids that know
//! how to deal with it.

use super::Reach;
use crate::stop::{Listener, Stopped};

/// Cells of one diameter, but for rounding: positions closer than it then lie in adjacent cells.
const WIDER: f64 = 1.01;

/// Most sources in a source's own cell, on average.
const CROWD: usize = 32;

/// So many cells cost nothing to speak of.
const FEW: usize = 64;

/// For each source, whether each of its apertures overlaps the same one of another source; `None` if sources are too
/// unevenly spread for an array of cells.
pub(super) fn neighbours(
    x: &[f64],
    y: &[f64],
    reaches: &[Reach],
    listener: &mut Listener<'_>,
) -> Result<Option<Vec<bool>>, Stopped> {
    let radius = reaches.iter().map(|reach| reach.radius).fold(0.0, f64::max);
    let Some(cells) = Cells::new(x, y, 2.0 * WIDER * radius, listener)? else { return Ok(None) };
    let k = reaches.len();
    let mut known = vec![false; x.len() * k];
    let far = 2.0 * radius;
    for source in &cells.sources {
        listener.steps(CROWD)?;
        let known = &mut known[source.i * k..][..k];
        for other in cells.around(source) {
            let (dx, dy) = (other.x - source.x, other.y - source.y);
            if dx * dx + dy * dy < far * far && other.i != source.i {
                for (known, reach) in known.iter_mut().zip(reaches) {
                    *known = *known || reach.overlaps(reach, dx, dy);
                }
            }
        }
    }
    Ok(Some(known))
}

#[derive(Clone, Copy, Debug, Default)]
struct Source {
    i: usize,
    x: f64,
    y: f64,
}

/// Sources by cells, row by row.
struct Cells {
    sources: Vec<Source>,
    /// Where the sources of each cell begin, and the end.
    starts: Vec<usize>,
    across: Axis,
    up: Axis,
}

/// Cells along one coordinate.
struct Axis {
    first: f64,
    width: f64,
    n: usize,
}

impl Axis {
    fn index(&self, value: f64) -> usize {
        // Truncated, not below 0.
        (((value - self.first) / self.width) as usize).min(self.n - 1)
    }

    /// The indices of the cells around that of a value.
    fn around(&self, value: f64) -> std::ops::Range<usize> {
        let index = self.index(value);
        index.saturating_sub(1)..(index + 2).min(self.n)
    }
}

impl Cells {
    fn new(
        x: &[f64],
        y: &[f64],
        least_width: f64,
        listener: &mut Listener<'_>,
    ) -> Result<Option<Self>, Stopped> {
        let finite = || x.iter().zip(y).enumerate().filter(|(_, (x, y))| x.is_finite() && y.is_finite());
        let nowhere = [f64::INFINITY, f64::NEG_INFINITY];
        let grown = |[low, high]: [f64; 2], value: f64| [low.min(value), high.max(value)];
        let (in_x, in_y, n) = finite().fold((nowhere, nowhere, 0), |(in_x, in_y, n), (_, (&x, &y))| {
            (grown(in_x, x), grown(in_y, y), n + 1)
        });
        let length = |[low, high]: [f64; 2]| high - low;
        let width = least_width.max((length(in_x) * length(in_y) / n as f64).sqrt());
        // One for each source, but for those at the far edges, and for lines, which have many empty cells.
        let most = 4 * n + FEW;
        let axis = |range: [f64; 2]| {
            let n = length(range) / width;
            (n < most as f64).then(|| Axis { first: range[0], width, n: n as usize + 1 })
        };
        // Two lengths of at least one cell have at most `n` cells in their product, since a cell has the room of a source.
        let (Some(across), Some(up)) = (axis(in_x), axis(in_y)) else { return Ok(None) };
        let cell = |x: f64, y: f64| up.index(y) * across.n + across.index(x);
        let mut starts = vec![0; across.n * up.n + 1];
        for (_, (&x, &y)) in finite() {
            listener.steps(1)?;
            starts[cell(x, y) + 1] += 1;
        }
        if starts.iter().map(|count| count * count).sum::<usize>() > CROWD * n {
            return Ok(None);
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut sources = vec![Source::default(); n];
        for (i, (&x, &y)) in finite() {
            listener.steps(1)?;
            let next = &mut next[cell(x, y)];
            sources[*next] = Source { i, x, y };
            *next += 1;
        }
        Ok(Some(Self { sources, starts, across, up }))
    }

    /// The sources in a source's cell and those around it.
    fn around(&self, source: &Source) -> impl Iterator<Item = &Source> {
        let columns = self.across.around(source.x);
        self.up.around(source.y).flat_map(move |row| {
            let row = row * self.across.n;
            &self.sources[self.starts[row + columns.start]..self.starts[row + columns.end]]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Reach, neighbours};
    use crate::photometry::testing::Numbers;
    use crate::stop::{Listener, Stopped};

    fn alike(x: &[f64], y: &[f64], reaches: &[Reach]) -> Option<Vec<bool>> {
        super::neighbours(x, y, reaches, &mut Listener::new(&mut || false)).unwrap()
    }

    #[test]
    fn it_finds_what_the_grids_of_classes_find() {
        let mut numbers = Numbers::new(14);
        let reach =
            |radius: f64, part: f64| Reach { radius, x: [-radius, part * radius], y: [-radius, radius] };
        let reaches = [reach(3.0, 1.0), reach(0.2, 1.0), reach(5.0, 0.3)];
        let mut done = 0;
        for side in [20.0, 60.0, 100.0, 300.0, 1000.0, 1e4] {
            let mut column = || (0..500).map(|_| numbers.uniform() * side).collect::<Vec<f64>>();
            let (mut x, mut y) = (column(), column());
            (x[7], y[9], x[11]) = (f64::NAN, f64::INFINITY, x[12]);
            let Some(found) = alike(&x, &y, &reaches) else { continue };
            for (k, &reach) in reaches.iter().enumerate() {
                let of_k: Vec<bool> = found.iter().skip(k).step_by(reaches.len()).copied().collect();
                assert_eq!(of_k, neighbours(&x, &y, &|_| reach));
            }
            done += 1;
        }
        assert_eq!(done, 5, "only the first one is a crowd");
    }

    #[test]
    fn partners_a_diameter_apart_are_found_across_cells() {
        let disc = [Reach { radius: 1.0, x: [-1.0, 1.0], y: [-1.0, 1.0] }];
        // Nearly touching, at all distances from the edge of a cell.
        for i in 0..500 {
            let at = f64::from(i) * 0.01;
            let x = [0.0, at, at + 1.999_999, at + 30.0];
            let known = alike(&x, &[0.0; 4], &disc).unwrap();
            assert!(known[1] && known[2], "{at}");
        }
    }

    #[test]
    fn crowds_strays_and_nothing_are_left_to_others() {
        let disc = [Reach { radius: 1.0, x: [-1.0, 1.0], y: [-1.0, 1.0] }];
        let mut x: Vec<f64> = (0..1000).map(|i| 2.001 * f64::from(i)).collect();
        let mut y = vec![0.0; x.len()];
        assert!(alike(&x, &y, &disc).is_some());
        x.push(1e15);
        y.push(-1e15);
        assert!(alike(&x, &y, &disc).is_none());
        assert!(alike(&[5.0; 1000], &[5.0; 1000], &disc).is_none());
        assert!(alike(&[], &[], &disc).is_none());
        assert!(alike(&[f64::NAN], &[0.0], &disc).is_none());
        assert!(alike(&[-1e308, 1e308], &[-1e308, 1e308], &disc).is_none());
        assert!(alike(&[0.0, 1e273], &[0.0, 1.0], &disc).is_none());
    }

    #[test]
    fn the_search_can_be_given_up() {
        let disc = [Reach { radius: 1.0, x: [-1.0, 1.0], y: [-1.0, 1.0] }];
        // Without an end: as many as it takes until somebody is asked.
        let n = 3_000_000;
        let mut numbers = Numbers::new(3);
        let mut column = || (0..n).map(|_| numbers.uniform() * 3e4).collect::<Vec<f64>>();
        let (x, y) = (column(), column());
        let mut impatient = || true;
        assert_eq!(super::neighbours(&x, &y, &disc, &mut Listener::new(&mut impatient)), Err(Stopped));
    }
}
