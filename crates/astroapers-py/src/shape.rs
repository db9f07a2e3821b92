//! The shapes by the names that the raw functions and the engine use.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use astroapers::{Aperture, Kind, shapes};
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
pub(crate) fn build(kind: &Kind, geometry: &[f64]) -> PyResult<Arc<Aperture>> {
    (kind.build)(geometry).map(Arc::new).map_err(|error| refused(&error))
}

/// A path that was asked for before: checked, and ready to be laid over pixels.
struct Known {
    kinds: Vec<i8>,
    data: Vec<[f64; 6]>,
    aperture: Arc<Aperture>,
}

/// The paths of the last calls. To check thousands of edges takes far longer than to measure over them, and the same
/// path comes again with every call on an object.
static KNOWN: Mutex<VecDeque<Known>> = Mutex::new(VecDeque::new());

/// How many paths are kept.
const KEPT: usize = 8;

/// The aperture of these path commands.
pub(crate) fn path(
    py: Python<'_>,
    kinds: &Bound<'_, PyAny>,
    data: &Bound<'_, PyAny>,
) -> PyResult<Arc<Aperture>> {
    let (kinds, data) = (column::<i8>("kinds", kinds)?, rows_of_six("data", data)?);
    // Never waited for: a process forked while another thread held the lock would wait for ever.
    if let Ok(known) = KNOWN.try_lock()
        && let Some(known) = known.iter().find(|known| known.kinds == kinds && known.data == data)
    {
        return Ok(Arc::clone(&known.aperture));
    }
    // The outline is checked for crossings, which takes a while if there are thousands of edges.
    let aperture = Arc::new(detached(py, |_| shapes::path_from_arrays(&kinds, &data))?);
    if let Ok(mut known) = KNOWN.try_lock() {
        known.truncate(KEPT - 1);
        known.push_front(Known { kinds, data, aperture: Arc::clone(&aperture) });
    }
    Ok(aperture)
}
