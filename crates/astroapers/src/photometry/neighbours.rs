//! Which sources overlap another one of the list, in about the time that sorting them takes.
//!
//! Two sources overlap if the discs around their positions that hold their apertures do, and so do the apertures'
//! bounding rectangles; for circles that is the whole truth. Sources are sorted into grids: one for each power of two
//! that bounds a radius, with cells as wide as its largest disc, so that a partner of equal or larger class lies in
//! one of the few cells around a source's disc. Each pair is met from its smaller side. Cells without sources are not
//! kept: a grid costs what its sources do, wherever they are, and a row of cells is found by bisection.
//!
//! A crowd in one cell would cost its square. But all that is asked of a source is whether it has a partner at all, and the
//! first one found will do. Sources of one class each ask for themselves: of discs that do not overlap few fit around
//! another. Then the smaller ones ask among larger ones, and tell those that do not know yet; these are kept in front of
//! their cell, and they are few, for they do not overlap.

mod alike;

use crate::stop::{Listener, Stopped};

/// How far an aperture reaches.
///
/// ```
/// use astroapers::photometry::Reach;
///
/// let reach = Reach::of(&astroapers::shapes::circle(2.0)?);
/// assert_eq!((reach.radius, reach.x, reach.y), (2.0, [-2.0, 2.0], [-2.0, 2.0]));
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// Largest distance from the position \[pixel\]; NaN if there is no aperture.
    pub radius: f64,
    /// Extreme columns, relative to the position.
    pub x: [f64; 2],
    /// Extreme rows, relative to the position.
    pub y: [f64; 2],
}

impl Reach {
    /// Of no aperture.
    pub const NOTHING: Self = Self { radius: f64::NAN, x: [f64::NAN; 2], y: [f64::NAN; 2] };

    /// Of an aperture.
    pub fn of(aperture: &crate::Aperture) -> Self {
        let bounds = aperture.bounds();
        Self { radius: aperture.radius(), x: [bounds.x_min, bounds.x_max], y: [bounds.y_min, bounds.y_max] }
    }

    /// Whether the apertures of two sources overlap, of which the other is that much further to the right and up.
    fn overlaps(&self, other: &Self, dx: f64, dy: f64) -> bool {
        let apart = |a: [f64; 2], b: [f64; 2], d: f64| b[0] + d >= a[1] || b[1] + d <= a[0];
        let sum = self.radius + other.radius;
        dx * dx + dy * dy < sum * sum && !apart(self.x, other.x, dx) && !apart(self.y, other.y, dy)
    }
}

/// For each source, whether its aperture overlaps that of another source.
///
/// # Panics
/// Never: only a search that may be given up has no answer.
///
/// ```
/// use astroapers::photometry::{Reach, neighbours};
///
/// let disc = Reach::of(&astroapers::shapes::circle(2.0)?);
/// assert_eq!(neighbours(&[0.0, 3.9, 8.0], &[0.0; 3], &|_| disc), [true, true, false]);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
pub fn neighbours(x: &[f64], y: &[f64], reach: &dyn Fn(usize) -> Reach) -> Vec<bool> {
    let mut patient = || false;
    let known = neighbours_each(x, y, reach, &mut Listener::new(&mut patient));
    known.expect("nobody asks it to stop")
}

/// [`neighbours`], of which `listener` may hear that nobody wants to know any more.
pub(crate) fn neighbours_each(
    x: &[f64],
    y: &[f64],
    reach: &dyn Fn(usize) -> Reach,
    listener: &mut Listener<'_>,
) -> Result<Vec<bool>, Stopped> {
    let mut sources = Vec::new();
    for i in 0..x.len().min(y.len()) {
        listener.steps(1)?;
        let source = Source { i, x: x[i], y: y[i], reach: reach(i) };
        if source.x.is_finite() && source.y.is_finite() && source.reach.radius.is_finite() {
            sources.push(source);
        }
    }
    let mut known = vec![false; x.len()];
    let mut grids = Grid::of_classes(sources, listener)?;
    for grid in &grids {
        for source in &grid.sources {
            // In a crowd the partner is in the same cell, and the others need not be searched.
            let own = grid.cells.partition_point(|cell| cell.place < place(source.x, source.y, grid.width));
            for cell in std::iter::once(own).chain(grid.cells_around(source)) {
                listener.steps(1 + grid.range(cell).len())?;
                if grid.has_partner(cell, source) {
                    known[source.i] = true;
                    break;
                }
            }
        }
    }
    let mut around = Vec::new();
    for smaller in 0..grids.len() {
        // Telling the larger ones moves sources about in their cells.
        let each_once = grids[smaller].sources.clone();
        for larger in &mut grids[smaller + 1..] {
            for source in &each_once {
                larger.meet(source, &mut around, &mut known, listener)?;
            }
        }
    }
    Ok(known)
}

/// [`neighbours`] of sources that have the same apertures: source by source, whether each overlaps the same one of another source.
pub(crate) fn neighbours_alike(
    x: &[f64],
    y: &[f64],
    reaches: &[Reach],
    listener: &mut Listener<'_>,
) -> Result<Vec<bool>, Stopped> {
    if let Some(known) = alike::neighbours(x, y, reaches, listener)? {
        return Ok(known);
    }
    let mut known = vec![false; x.len() * reaches.len()];
    for (k, reach) in reaches.iter().enumerate() {
        // Without the largest ones the smaller may not be crowded.
        let alone = match alike::neighbours(x, y, &[*reach], listener)? {
            Some(alone) => alone,
            None => neighbours_each(x, y, &|_| *reach, listener)?,
        };
        for (known, alone) in known.iter_mut().skip(k).step_by(reaches.len()).zip(alone) {
            *known = alone;
        }
    }
    Ok(known)
}

#[derive(Clone, Copy, Debug)]
struct Source {
    i: usize,
    x: f64,
    y: f64,
    reach: Reach,
}

impl Source {
    fn overlaps(&self, other: &Self) -> bool {
        self.reach.overlaps(&other.reach, other.x - self.x, other.y - self.y)
    }

    /// The power of two that bounds its radius.
    fn class(&self) -> i32 {
        self.reach.radius.max(f64::MIN_POSITIVE).log2().ceil() as i32
    }
}

/// A place of a grid: row and column.
type Place = (i64, i64);

/// A cell that has sources.
struct Cell {
    place: Place,
    /// Where its sources begin.
    start: usize,
    /// How many of them do not know yet; these come first.
    unknown: usize,
}

/// Sources of one class of sizes, by cells.
struct Grid {
    sources: Vec<Source>,
    /// By rows, each row by columns.
    cells: Vec<Cell>,
    /// Width of a cell: at least that of the largest disc.
    width: f64,
    /// The largest radius.
    radius: f64,
}

impl Grid {
    /// A grid for each class, the smallest first.
    fn of_classes(mut sources: Vec<Source>, listener: &mut Listener<'_>) -> Result<Vec<Self>, Stopped> {
        listener.sort_by(&mut sources, |a, b| a.class().cmp(&b.class()))?;
        let classes = sources.chunk_by(|a, b| a.class() == b.class());
        classes.map(|sources| Self::new(sources, listener)).collect()
    }

    fn new(sources: &[Source], listener: &mut Listener<'_>) -> Result<Self, Stopped> {
        let radius = sources.iter().map(|s| s.reach.radius).fold(0.0, f64::max);
        let width = (2.0 * radius).max(f64::MIN_POSITIVE);
        let mut placed: Vec<(Place, Source)> =
            sources.iter().map(|source| (place(source.x, source.y, width), *source)).collect();
        listener.sort_by(&mut placed, |a, b| (a.0, a.1.i).cmp(&(b.0, b.1.i)))?;
        let mut cells = Vec::new();
        for cell in placed.chunk_by(|a, b| a.0 == b.0) {
            listener.steps(cell.len())?;
            let start = cells.last().map_or(0, |last: &Cell| last.start + last.unknown);
            cells.push(Cell { place: cell[0].0, start, unknown: cell.len() });
        }
        Ok(Self { sources: placed.into_iter().map(|(_, source)| source).collect(), cells, width, radius })
    }

    /// Indices of the cells that may hold partners of `source`, which is not larger than the sources here.
    fn cells_around(&self, source: &Source) -> impl Iterator<Item = usize> + use<'_> {
        let far = source.reach.radius + self.radius;
        let (bottom, left) = place(source.x - far, source.y - far, self.width);
        let (top, right) = place(source.x + far, source.y + far, self.width);
        (bottom..=top).flat_map(move |row| {
            let first = self.cells.partition_point(|cell| cell.place < (row, left));
            let in_row = move |&cell: &usize| self.cells[cell].place <= (row, right);
            (first..self.cells.len()).take_while(in_row)
        })
    }

    /// The sources of a cell.
    fn range(&self, cell: usize) -> std::ops::Range<usize> {
        let end = self.cells.get(cell + 1).map_or(self.sources.len(), |next| next.start);
        self.cells[cell].start..end
    }

    fn has_partner(&self, cell: usize, source: &Source) -> bool {
        self.sources[self.range(cell)].iter().any(|other| other.i != source.i && source.overlaps(other))
    }

    /// Find partners of a smaller source, and tell those that do not know.
    fn meet(
        &mut self,
        source: &Source,
        around: &mut Vec<usize>,
        known: &mut [bool],
        listener: &mut Listener<'_>,
    ) -> Result<(), Stopped> {
        around.clear();
        around.extend(self.cells_around(source));
        listener.steps(1)?;
        for &cell in &*around {
            listener.steps(self.range(cell).len())?;
            known[source.i] = known[source.i] || self.has_partner(cell, source);
            self.tell(cell, source, known);
        }
        Ok(())
    }

    fn tell(&mut self, cell: usize, source: &Source, known: &mut [bool]) {
        let range = self.range(cell);
        let unknown = &mut self.cells[cell].unknown;
        let sources = &mut self.sources[range];
        let mut k = 0;
        while k < *unknown {
            known[sources[k].i] |= source.overlaps(&sources[k]);
            if known[sources[k].i] {
                *unknown -= 1;
                sources.swap(k, *unknown);
            } else {
                k += 1;
            }
        }
    }
}

/// The cell that holds a position.
fn place(x: f64, y: f64, width: f64) -> Place {
    (cell(y, width), cell(x, width))
}

/// Index from which on a cell is narrower than the step from one number to the next.
const COARSE: f64 = 9_007_199_254_740_992.0; // 2^53

/// The index of the cell of some width that holds a coordinate.
///
/// Farther out than numbers are close enough for, each number is a cell of its own, in their order: those of all tiny or far-away
/// sources would else be the same, the last one that an index reaches.
fn cell(coordinate: f64, width: f64) -> i64 {
    let index = coordinate / width;
    if index.abs() < COARSE {
        return index.floor() as i64;
    }
    // The bits of positive numbers, read as an integer, count them in their order.
    let steps = coordinate.abs().to_bits().saturating_sub((COARSE * width).to_bits());
    let index = (COARSE as u64 + steps).cast_signed();
    if coordinate < 0.0 { -index } else { index }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photometry::testing::Numbers;

    fn disc(radius: f64) -> Reach {
        Reach { radius, x: [-radius, radius], y: [-radius, radius] }
    }

    fn each_with_each(x: &[f64], y: &[f64], reach: &dyn Fn(usize) -> Reach) -> Vec<bool> {
        let source = |i: usize| Source { i, x: x[i], y: y[i], reach: reach(i) };
        (0..x.len()).map(|i| (0..x.len()).any(|j| i != j && source(i).overlaps(&source(j)))).collect()
    }

    #[test]
    fn it_finds_what_comparing_all_pairs_finds() {
        let mut numbers = Numbers::new(6);
        for trial in 0..60 {
            let side = 10.0 * f64::from(trial + 1);
            let column = |numbers: &mut Numbers, scale: f64| -> Vec<f64> {
                (0..120).map(|_| numbers.uniform() * scale).collect()
            };
            let (x, y) = (column(&mut numbers, side), column(&mut numbers, side));
            let radii: Vec<f64> = column(&mut numbers, 1.0).iter().map(|u| 0.1 * 100_f64.powf(*u)).collect();
            let reach = |i: usize| Reach { x: [-radii[i], 0.3 * radii[i]], ..disc(radii[i]) };
            assert_eq!(neighbours(&x, &y, &reach), each_with_each(&x, &y, &reach));
            assert_eq!(neighbours(&x, &y, &|_| disc(3.0)), each_with_each(&x, &y, &|_| disc(3.0)));
        }
    }

    #[test]
    fn the_smaller_apertures_of_a_crowd_are_told_on_their_own() {
        let mut numbers = Numbers::new(16);
        let mut column = || (0..1000).map(|_| numbers.uniform() * 100.0).collect::<Vec<f64>>();
        let (x, y, reaches) = (column(), column(), [disc(40.0), disc(0.3)]);
        let mut patient = || false;
        let listener = &mut Listener::new(&mut patient);
        assert!(alike::neighbours(&x, &y, &reaches, listener).unwrap().is_none());
        assert!(alike::neighbours(&x, &y, &reaches[1..], listener).unwrap().is_some());
        let known = neighbours_alike(&x, &y, &reaches, listener).unwrap();
        for (k, &reach) in reaches.iter().enumerate() {
            let of_k: Vec<bool> = known.iter().skip(k).step_by(2).copied().collect();
            assert_eq!(of_k, each_with_each(&x, &y, &|_| reach));
        }
        assert!(known.iter().any(|&known| !known));
    }

    #[test]
    fn touching_discs_do_not_overlap() {
        assert_eq!(neighbours(&[0.0, 4.0], &[0.0, 0.0], &|_| disc(2.0)), [false, false]);
        assert_eq!(neighbours(&[0.0, 3.999], &[0.0, 0.0], &|_| disc(2.0)), [true, true]);
    }

    #[test]
    fn a_crowd_in_one_place_is_soon_told() {
        let x = vec![5.0; 300_000];
        assert!(neighbours(&x, &x, &|_| disc(1.0)).iter().all(|&known| known));
    }

    #[test]
    fn lines_and_strays_cost_no_more_than_fields() {
        // Nearly touching discs along a line, and one far away: with as many cells as fit, all would share one.
        let n = 200_000;
        let mut x: Vec<f64> = (0..n).map(|i| 2.001 * f64::from(i)).collect();
        let mut y = vec![0.0; x.len()];
        x.push(1e15);
        y.push(-1e15);
        assert!(neighbours(&x, &y, &|_| disc(1.0)).iter().all(|&known| !known));
    }

    #[test]
    fn tiny_and_far_away_sources_cost_no_more_than_others() {
        let n = 100_000;
        let mut numbers = Numbers::new(8);
        let mut x: Vec<f64> = (0..n).map(|_| numbers.uniform() * 1e300 - 5e299).collect();
        let y: Vec<f64> = (0..n).map(|_| numbers.uniform() * 1e300 - 5e299).collect();
        assert!(neighbours(&x, &y, &|_| disc(1.0)).iter().all(|&known| !known));
        for x in &mut x {
            *x /= 1e297;
        }
        let radii: Vec<f64> = (0..n).map(|_| 10_f64.powf(-60.0 * numbers.uniform())).collect();
        assert!(neighbours(&x, &y, &|i| disc(radii[i])).iter().all(|&known| !known));
    }

    #[test]
    fn cells_are_in_the_order_of_coordinates() {
        for width in [1e-60, 3.0, 1e15] {
            let mut last = i64::MIN;
            for exponent in -308..308 {
                let index = cell(10_f64.powi(exponent), width);
                assert!(index >= last.max(0), "{exponent} {width}");
                assert!(cell(-(10_f64.powi(exponent)), width) <= -index.max(1));
                last = index;
            }
            let far = COARSE * width;
            assert!((cell(far.next_up(), width) - cell(far.next_down(), width)) <= 3);
        }
    }

    #[test]
    fn what_is_nowhere_or_without_a_shape_has_no_neighbour() {
        let x = [0.0, f64::NAN, 0.0, f64::INFINITY];
        let reach = |i: usize| if i == 2 { Reach::NOTHING } else { disc(1.0) };
        assert_eq!(neighbours(&x, &[0.0; 4], &reach), [false; 4]);
        assert_eq!(neighbours(&[], &[], &reach), [false; 0]);
    }
}
