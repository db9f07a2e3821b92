//! The shapes by the names that the raw functions and the engine use.

use std::cell::RefCell;
use std::sync::Arc;

use astroapers::{Aperture, Kind, Listener, shapes};
use pyo3::prelude::*;

use crate::array::{column, rows_of_six};
use crate::convert::refused;
use crate::run::detached;

/// A shape made from numbers, or a path made from commands.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// One of the core's kinds.
    Kind(&'static Kind),
    /// Lines and arcs, as two arrays `kinds` and `data`.
    Path,
}

/// The parameters of a path.
const PATH_PARAMETERS: &[&str] = &["kinds", "data"];

impl Shape {
    /// The shape of this name, if there is one; fit for compile time.
    pub(crate) const fn named(name: &str) -> Option<Self> {
        if same(name, "path") {
            return Some(Self::Path);
        }
        let mut index = 0;
        while index < astroapers::KINDS.len() {
            if same(name, astroapers::KINDS[index].name) {
                return Some(Self::Kind(&astroapers::KINDS[index]));
            }
            index += 1;
        }
        None
    }

    /// The names of its geometry parameters, in order.
    pub(crate) const fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Kind(kind) => kind.parameters,
            Self::Path => PATH_PARAMETERS,
        }
    }

    /// Whether its geometry parameters have just these names, in this order; fit for compile time.
    pub(crate) const fn takes(self, parameters: &[&str]) -> bool {
        let own = self.parameters();
        let mut index = 0;
        while index < own.len() && index < parameters.len() && same(own[index], parameters[index]) {
            index += 1;
        }
        index == own.len() && index == parameters.len()
    }
}

/// `a == b`, fit for compile time.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut index = 0;
    while index < a.len() && index < b.len() && a[index] == b[index] {
        index += 1;
    }
    index == a.len() && index == b.len()
}

/// The aperture of these numbers.
pub(crate) fn build(kind: &'static Kind, geometry: &[f64]) -> PyResult<Arc<Aperture>> {
    let same = |known: &Numbers| known.are(kind, geometry);
    if let Some(aperture) = NUMBERS.with_borrow(|known| known.find(same)) {
        return Ok(aperture);
    }
    let aperture = (kind.build)(geometry).map(Arc::new).map_err(|error| refused(&error))?;
    NUMBERS.with_borrow_mut(|known| known.keep(Numbers::new(kind, geometry), &aperture));
    Ok(aperture)
}

/// The aperture of these path commands.
pub(crate) fn path(
    py: Python<'_>,
    kinds: &Bound<'_, PyAny>,
    data: &Bound<'_, PyAny>,
) -> PyResult<Arc<Aperture>> {
    let commands = Commands { kinds: column("kinds", kinds)?, data: rows_of_six("data", data)? };
    if let Some(aperture) = PATHS.with_borrow(|known| known.find(|known| *known == commands)) {
        return Ok(aperture);
    }
    // The outline is checked for crossings, which takes a while if there are thousands of edges.
    let aperture = Arc::new(detached(py, |runner| {
        shapes::path_while_wanted(&commands.kinds, &commands.data, &mut Listener::new(runner.interrupted))
    })?);
    PATHS.with_borrow_mut(|known| known.keep(commands, &aperture));
    Ok(aperture)
}

// To build an aperture takes longer than to measure one star with it - to check a path of thousands of edges, far longer -
// and the same one comes again with every call on an object and in every loop over stars. Each thread remembers its own:
// there is no lock to wait for, and none that a forked child could find held.
thread_local! {
    static NUMBERS: RefCell<Recent<Numbers>> = const { RefCell::new(Recent::new(32)) };
    static PATHS: RefCell<Recent<Commands>> = const { RefCell::new(Recent::new(8)) };
}

/// The apertures that a thread built last, and what from.
struct Recent<K> {
    entries: Vec<(K, Arc<Aperture>)>,
    /// How many are kept.
    most: usize,
    /// The oldest, once there are that many.
    oldest: usize,
}

impl<K> Recent<K> {
    const fn new(most: usize) -> Self {
        Self { entries: Vec::new(), most, oldest: 0 }
    }

    fn find(&self, same: impl Fn(&K) -> bool) -> Option<Arc<Aperture>> {
        self.entries.iter().find(|(key, _)| same(key)).map(|(_, aperture)| Arc::clone(aperture))
    }

    /// Keep one more, in the place of the oldest if there are enough.
    fn keep(&mut self, key: K, aperture: &Arc<Aperture>) {
        let entry = (key, Arc::clone(aperture));
        if self.entries.len() < self.most {
            self.entries.push(entry);
        } else {
            self.entries[self.oldest] = entry;
            self.oldest = (self.oldest + 1) % self.most;
        }
    }
}

/// Most numbers that the geometry of a shape takes.
pub(crate) const MAX_NUMBERS: usize = 8;

/// A kind of shape and its geometry parameters.
struct Numbers {
    kind: &'static Kind,
    /// Zeros after the last.
    geometry: [f64; MAX_NUMBERS],
}

impl Numbers {
    fn new(kind: &'static Kind, geometry: &[f64]) -> Self {
        let mut numbers = Self { kind, geometry: [0.0; MAX_NUMBERS] };
        numbers.geometry[..geometry.len()].copy_from_slice(geometry);
        numbers
    }

    /// Whether they are these, bit for bit.
    fn are(&self, kind: &'static Kind, geometry: &[f64]) -> bool {
        let equal = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits();
        self.geometry.iter().zip(geometry).all(equal) && self.kind.name == kind.name
    }
}

/// The commands of a path.
#[derive(PartialEq)]
struct Commands {
    kinds: Vec<i8>,
    data: Vec<[f64; 6]>,
}
