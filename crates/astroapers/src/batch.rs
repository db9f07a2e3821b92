//! Many sources at once: what a catalogue asks for, in the catalogue's order.
//!
//! A [`Batch`] is a list of positions with one aperture for all of them, or with the parameters of one for
//! each. Small batches are measured on the calling thread, others on a pool of threads (see [`pool`]) while
//! the caller keeps listening for a wish to stop. Each source is measured on its own, so that its result has
//! the same bits alone, in company, and on any number of threads.
//!
//! A source whose position is not finite, or whose parameters make no aperture, is a row of NaN: sums, counts
//! and areas are NaN, the bounding box is that of no pixels, and there are no weights and no values. It never
//! spoils the rest of the batch. [`Batch::check`] names the first such source.

mod abreast;
mod grid;
mod lists;
mod measure;
mod numbers;
mod order;
mod photometry;
mod run;
mod source;

pub use crate::reduce::{Sum, Values};
pub use photometry::{Catalogue, Photometry, Sky, Survivors};
pub use run::Runner;

use crate::aperture::{Aperture, Method};
use crate::error::{ApertureError, Result, number};
#[cfg(doc)]
use crate::pool;
use crate::shapes::Kind;
use crate::window::Window;
use abreast::{Abreast, Nested};
use lists::{joined, offsets};
use measure::{Company, Done, Measure};
use run::Plan;
use source::{Builder, Source, Tools};

/// All pixels there could ever be: the clip of what needs no image.
const EVERYWHERE: Window = Window { x0: i64::MIN, x1: i64::MAX, y0: i64::MIN, y1: i64::MAX };

/// Pixels of the widest vector.
const VECTOR: i64 = 8;

/// A geometry parameter: the same for all sources, or one value for each.
///
/// ```
/// use astroapers::batch::Column;
///
/// assert_eq!(Column::Same(5.0).get(3), Some(5.0));
/// assert_eq!(Column::Each(&[1.0, 2.0]).get(1), Some(2.0));
/// assert_eq!(Column::Each(&[1.0, 2.0]).get(2), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Column<'a> {
    /// One value for all sources.
    Same(f64),
    /// One value for each source.
    Each(&'a [f64]),
}

impl Column<'_> {
    /// The value for source `i`, if there is one.
    pub fn get(&self, i: usize) -> Option<f64> {
        match self {
            Self::Same(value) => Some(*value),
            Self::Each(values) => values.get(i).copied(),
        }
    }
}

/// The apertures of a batch.
///
/// ```
/// use astroapers::batch::{Column, Shapes};
/// use astroapers::{Kind, shapes};
///
/// let disc = shapes::circle(3.0)?;
/// let same = Shapes::Shared(&disc);
/// let kind = Kind::named("circ").expect("discs are in the table");
/// let growing = Shapes::Each { kind, columns: vec![Column::Each(&[1.0, 2.0, 3.0])] };
/// # let _ = (same, growing);
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Debug)]
pub enum Shapes<'a> {
    /// One aperture for all sources.
    Shared(&'a Aperture),
    /// An aperture of one kind for each source, built when it is needed.
    Each {
        /// The kind of aperture.
        kind: &'static Kind,
        /// Its parameters, in the order of [`Kind::parameters`].
        columns: Vec<Column<'a>>,
    },
}

/// Positions, apertures, and how a pixel on the edge counts.
///
/// ```
/// use astroapers::batch::{Batch, Runner, Shapes, Sum};
/// use astroapers::image::Image;
/// use astroapers::{Method, shapes};
///
/// let data = vec![2.0_f32; 100 * 100];
/// let image = Image::from_slice(&data, 100, 100)?;
/// let disc = shapes::circle(5.0)?;
/// let batch = Batch {
///     x: &[30.2, 50.0, f64::NAN],
///     y: &[71.8, 50.5, 3.0],
///     shapes: Shapes::Shared(&disc),
///     method: Method::Exact,
/// };
/// let sums = batch.sums(&image, &mut Runner { interrupted: &mut || false })?;
/// assert!((sums[0].sum - 2.0 * disc.area()).abs() < 1e-12);
/// assert_eq!(sums[1].npix, disc.area());
/// assert!(sums[2].sum.is_nan());
/// # Ok::<(), astroapers::ApertureError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Batch<'a> {
    /// Column of each position \[pixel\].
    pub x: &'a [f64],
    /// Row of each position \[pixel\].
    pub y: &'a [f64],
    /// The apertures.
    pub shapes: Shapes<'a>,
    /// How a pixel on the edge of an aperture counts.
    pub method: Method,
}

impl Batch<'_> {
    /// Fail unless every position is finite and every source's parameters make an aperture.
    ///
    /// # Errors
    /// The rule that the first bad source breaks, with its row; [`ApertureError::Stopped`] if interrupted.
    ///
    /// ```
    /// use astroapers::batch::{Batch, Column, Runner, Shapes};
    /// use astroapers::{Kind, Method};
    ///
    /// let kind = Kind::named("circ").expect("discs are in the table");
    /// let shapes = Shapes::Each { kind, columns: vec![Column::Each(&[1.0, 2.0, -1.0])] };
    /// let batch = Batch { x: &[0.0; 3], y: &[0.0; 3], shapes, method: Method::Exact };
    /// let error = batch.check(&mut Runner { interrupted: &mut || false }).unwrap_err();
    /// assert_eq!(error.to_string(), "r[2]=-1.0 must be greater than 0");
    /// # Ok::<(), astroapers::ApertureError>(())
    /// ```
    pub fn check(&self, runner: &mut Runner<'_>) -> Result<()> {
        let n = self.len()?;
        let Shapes::Each { kind, columns } = &self.shapes else {
            // Nothing to build, and to look at all positions takes less than to share them out.
            return (0..n).find_map(|i| self.nowhere(i)).map_or(Ok(()), Err);
        };
        let plan = Plan::of_parts(n, Window::EMPTY);
        plan.run(
            self,
            &mut vec![(); plan.items(n)],
            runner,
            || (),
            |(), i, source, _, ()| {
                if source.is_some() {
                    return Ok(());
                }
                self.nowhere(i).map_or(Ok(()), Err)?;
                let built = Builder::default().build(kind, columns, i).map(|_| ());
                built.map_err(|why| of_row(why, kind, columns, i))
            },
        )
    }

    /// The number of sources, if all columns have as many values.
    fn len(&self) -> Result<usize> {
        let n = self.x.len();
        let unequal = |name: &str, length: usize| {
            ApertureError::Layout(format!("x has {n} values, but {name} has {length}"))
        };
        if self.y.len() != n {
            return Err(unequal("y", self.y.len()));
        }
        if let Shapes::Each { kind, columns } = &self.shapes {
            if columns.len() != kind.parameters.len() {
                let (name, needs, has) = (kind.name, kind.parameters.len(), columns.len());
                return Err(ApertureError::Layout(format!("{name} has {needs} parameters, not {has}")));
            }
            for (name, column) in kind.parameters.iter().zip(columns) {
                match column {
                    Column::Each(values) if values.len() != n => return Err(unequal(name, values.len())),
                    _ => {}
                }
            }
        }
        Ok(n)
    }

    /// Source `i`, or `None` for a row of NaN.
    fn source<'s>(&'s self, i: usize, builder: &'s mut Builder) -> Option<Source<'s>> {
        let (x, y) = (self.x[i], self.y[i]);
        if !(x.is_finite() && y.is_finite()) {
            return None;
        }
        let aperture = match &self.shapes {
            Shapes::Shared(aperture) => aperture,
            Shapes::Each { kind, columns } => builder.build(kind, columns, i).ok()?,
        };
        Some(Source { aperture, x, y, bbox: aperture.bbox(x, y) })
    }

    /// About the pixels that source `i` is measured on, if there is no aperture to be built first: its bounding box within a pixel,
    /// and what is read beyond it where weights come in whole vectors.
    #[inline]
    fn about(&self, i: usize) -> Window {
        let Shapes::Shared(aperture) = &self.shapes else { return Window::EMPTY };
        let (x, y, bounds) = (self.x[i], self.y[i], aperture.bounds());
        let (x0, x1) = ((x + bounds.x_min) as i64, ((x + bounds.x_max) as i64).saturating_add(2));
        let beyond = match self.method {
            Method::Exact => x0.wrapping_sub(x1).rem_euclid(VECTOR),
            Method::Center => 0,
        };
        Window {
            x0,
            x1: x1.saturating_add(beyond),
            y0: (y + bounds.y_min) as i64,
            y1: ((y + bounds.y_max) as i64).saturating_add(2),
        }
    }

    /// What is wrong with the position of source `i`, in terms of its row.
    fn nowhere(&self, i: usize) -> Option<ApertureError> {
        let (name, value) = [("x", self.x[i]), ("y", self.y[i])].into_iter().find(|(_, v)| !v.is_finite())?;
        Some(ApertureError::Layout(format!("{name}[{i}]={} must be finite", number(value))))
    }
}

/// Why the parameters of source `i` make no aperture, in terms of its row.
fn of_row(why: ApertureError, kind: &Kind, columns: &[Column<'_>], i: usize) -> ApertureError {
    let named = |name: &str| {
        let column = kind.parameters.iter().position(|&parameter| parameter == name);
        match column.map(|column| &columns[column]) {
            Some(Column::Each(_)) => format!("{name}[{i}]"),
            _ => name.to_owned(),
        }
    };
    ApertureError::Layout(match why {
        ApertureError::Parameter { name, value, rule } => {
            format!("{}={} must be {rule}", named(name), number(value))
        }
        ApertureError::Pair { name, value, relation, other, other_value } => format!(
            "{}={} must be {relation} {}={}",
            named(name),
            number(value),
            named(other),
            number(other_value)
        ),
        why => format!("source {i}: {why}"),
    })
}

#[cfg(test)]
mod tests;
