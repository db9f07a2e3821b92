//! The extension module `astroapers._rust`: the only place that knows Python, and no mathematics.
//!
//! `table` lists the raw functions by name; `raw` says what each operation does with its arguments;
//! `engine` is the one generic entry behind the kernels and the objects, `photometry` the one behind photometry. `shape` and `sources` read what to
//! measure with; `array`, `convert` and `run` turn NumPy arrays, numbers and errors into the core's terms and
//! back, and keep Python responsive meanwhile.

mod array;
mod convert;
mod engine;
mod photometry;
mod raw;
mod run;
mod shape;
mod sources;
mod table;

use pyo3::prelude::*;

/// Exact sums, weights and boxes of apertures over pixel arrays: the raw functions.
///
/// Every function takes NumPy arrays exactly as documented (C-contiguous, native byte order, the dtype that
/// its suffix names; none is float64) and converts nothing. Positions that are not finite give NaN. Of an array of
/// a subclass, such as a masked array or a quantity, the numbers in its memory are read: masks and units are not looked at.
#[pymodule(gil_used = false)]
fn _rust(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // Without NumPy no function here can work: say so on import, as any package does.
    module.py().import("numpy")?;
    table::register(module)?;
    photometry::register(module)?;
    module.add_function(wrap_pyfunction!(engine::_engine, module)?)
}
