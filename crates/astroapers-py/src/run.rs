//! Work without the interpreter's lock, and with an open ear for Ctrl-C.

use astroapers::Result;
use astroapers::batch::Runner;
use pyo3::prelude::*;

use crate::convert::refused;

/// Do `work` while other Python threads run; a signal handler that raises stops it, and its exception is passed on.
pub(crate) fn detached<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&mut Runner<'_>) -> Result<T> + Send,
) -> PyResult<T> {
    let mut raised = None;
    let outcome = py.detach(|| {
        // The path of the method does not stand for it at every lifetime.
        #[allow(clippy::redundant_closure_for_method_calls)]
        let mut interrupted = || match Python::try_attach(|py| py.check_signals()) {
            Some(Ok(())) => false,
            Some(Err(error)) => {
                raised = Some(error);
                true
            }
            // The interpreter is shutting down: nobody waits for the result.
            None => true,
        };
        work(&mut Runner { interrupted: &mut interrupted })
    });
    // It is passed on whatever became of the work: who presses Ctrl-C does so once.
    match raised {
        Some(error) => Err(error),
        None => outcome.map_err(|error| refused(&error)),
    }
}
