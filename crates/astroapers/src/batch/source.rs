//! One source of a batch, and what a thread measures it with.

use super::{Column, grid};
use crate::aperture::{Aperture, Method, Scratch, VisitAt};
use crate::error::Result;
use crate::reduce::WeightsReducer;
use crate::shapes::Kind;
use crate::simd::{Simd, dispatch, level};
use crate::span::SpanVisitor;
use crate::stop::{Stop, Stopped};
use crate::window::Window;

/// One source: an aperture on a position.
pub(super) struct Source<'s> {
    pub(super) aperture: &'s Aperture,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) bbox: Result<Window>,
}

/// What a thread measures sources with.
pub(super) struct Tools<'t> {
    pub(super) method: Method,
    pub(super) scratch: &'t mut Scratch,
    pub(super) stop: &'t Stop,
}

impl Tools<'_> {
    /// The same with a method of one's own.
    pub(super) fn with(&mut self, method: Method) -> Tools<'_> {
        Tools { method, scratch: &mut *self.scratch, stop: self.stop }
    }
}

impl Source<'_> {
    /// Show the pixels inside `clip` to a visitor.
    pub(super) fn visit<V: SpanVisitor>(
        &self,
        clip: Window,
        tools: &mut Tools<'_>,
        visitor: &mut V,
    ) -> Result<(), Stopped> {
        let Ok(bbox) = self.bbox else { return Ok(()) };
        let window = bbox.intersect(clip);
        dispatch!(level(), simd => self.visit_at(simd, window, window, tools, visitor))
    }

    /// [`Source::visit`], compiled for a level together with the visitor, who may see pixels of weight 0 beside the bounding box.
    #[inline(always)]
    pub(super) fn visit_on<S: Simd, V: SpanVisitor>(
        &self,
        simd: S,
        clip: Window,
        tools: &mut Tools<'_>,
        visitor: &mut V,
    ) -> Result<(), Stopped> {
        let Ok(bbox) = self.bbox else { return Ok(()) };
        self.visit_at(simd, bbox.intersect(clip), clip, tools, visitor)
    }

    #[inline(always)]
    fn visit_at<S: Simd, V: SpanVisitor>(
        &self,
        simd: S,
        window: Window,
        around: Window,
        tools: &mut Tools<'_>,
        visitor: &mut V,
    ) -> Result<(), Stopped> {
        let Tools { method, scratch, stop } = tools;
        let at = VisitAt { method: *method, x: self.x, y: self.y, window, columns: (around.x0, around.x1) };
        self.aperture.visit_on(simd, at, scratch, stop, visitor)
    }

    /// The number of its pixels inside `frame`, if that is known without looking at them; only the centre method knows.
    pub(super) fn count(&self, frame: Window, tools: &mut Tools<'_>) -> Option<usize> {
        let known = self.is_inside(frame) && tools.method == Method::Center;
        let at = (self.x, self.y);
        known
            .then(|| dispatch!(level(), simd => self.aperture.count_centers(simd, at, tools.scratch)))
            .flatten()
    }

    /// Whether no pixel of its box lies outside the frame.
    pub(super) fn is_inside(&self, frame: Window) -> bool {
        self.bbox.as_ref().is_ok_and(|&bbox| frame.contains(bbox))
    }

    /// The area, if that is the sum of the weights inside the frame without any rounding.
    pub(super) fn whole_area(&self, frame: Window, method: Method) -> Option<f64> {
        (method == Method::Exact && self.is_inside(frame)).then(|| self.aperture.area())
    }

    /// About how many pixels inside `frame` have some weight: the area, and half the bounding box's circumference.
    pub(super) fn pixels(&self, frame: Window) -> usize {
        let window = self.bbox.as_ref().map_or(Window::EMPTY, |bbox| bbox.intersect(frame));
        let (nx, ny) = (window.nx(), window.ny());
        let covered = (self.aperture.area() as usize).saturating_add(nx).saturating_add(ny);
        nx.saturating_mul(ny).min(covered)
    }

    pub(super) fn weights(&self, window: Window, tools: &mut Tools<'_>) -> Result<Vec<f64>> {
        let mut weights = grid::filled(window, (self.x, self.y), 0.0, tools.stop)?;
        self.visit(window, tools, &mut WeightsReducer::new(window, &mut weights))?;
        Ok(weights)
    }
}

/// Builds apertures from rows of parameters, one after another.
#[derive(Default)]
pub(super) struct Builder {
    row: Vec<f64>,
    built: Option<Aperture>,
}

impl Builder {
    pub(super) fn build(&mut self, kind: &Kind, columns: &[Column<'_>], i: usize) -> Result<&Aperture> {
        self.row.clear();
        self.row.extend(columns.iter().map(|column| column.get(i).unwrap_or(f64::NAN)));
        Ok(self.built.insert((kind.build)(&self.row)?))
    }
}
