//! Half-open rectangles of whole pixels: bounding boxes, image frames, clips.

/// The pixels `x0 <= x < x1`, `y0 <= y < y1`.
///
/// ```
/// use astroapers::Window;
///
/// let frame = Window::frame(10, 20); // ny = 10 rows, nx = 20 columns
/// let bbox = Window { x0: -3, x1: 4, y0: 2, y1: 12 };
/// assert_eq!(frame.intersect(bbox), Window { x0: 0, x1: 4, y0: 2, y1: 10 });
/// assert_eq!((bbox.ny(), bbox.nx()), (10, 7));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Window {
    /// First column.
    pub x0: i64,
    /// One past the last column.
    pub x1: i64,
    /// First row.
    pub y0: i64,
    /// One past the last row.
    pub y1: i64,
}

impl Window {
    /// The window of no pixels.
    ///
    /// ```
    /// assert!(astroapers::Window::EMPTY.is_empty());
    /// ```
    pub const EMPTY: Self = Self { x0: 0, x1: 0, y0: 0, y1: 0 };

    /// All pixels of an image of `ny` rows and `nx` columns.
    ///
    /// ```
    /// assert_eq!(astroapers::Window::frame(2, 3).x1, 3);
    /// ```
    pub fn frame(ny: usize, nx: usize) -> Self {
        let length = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        Self { x0: 0, x1: length(nx), y0: 0, y1: length(ny) }
    }

    /// The pixels in both windows; [`Window::EMPTY`] if there are none.
    ///
    /// ```
    /// use astroapers::Window;
    ///
    /// assert_eq!(Window::frame(2, 9).intersect(Window::frame(5, 3)), Window::frame(2, 3));
    /// ```
    #[must_use]
    pub fn intersect(self, other: Self) -> Self {
        let both = Self {
            x0: self.x0.max(other.x0),
            x1: self.x1.min(other.x1),
            y0: self.y0.max(other.y0),
            y1: self.y1.min(other.y1),
        };
        if both.is_empty() { Self::EMPTY } else { both }
    }

    /// Whether there is no pixel in it.
    ///
    /// ```
    /// assert!(astroapers::Window::frame(0, 3).is_empty());
    /// ```
    pub fn is_empty(self) -> bool {
        self.x0 >= self.x1 || self.y0 >= self.y1
    }

    /// Whether every pixel of `other` lies in this window.
    ///
    /// ```
    /// use astroapers::Window;
    ///
    /// assert!(Window::frame(5, 5).contains(Window { x0: 1, x1: 3, y0: 4, y1: 5 }));
    /// ```
    pub fn contains(self, other: Self) -> bool {
        other.is_empty() || self.intersect(other) == other
    }

    /// Number of columns.
    ///
    /// ```
    /// assert_eq!(astroapers::Window::frame(2, 3).nx(), 3);
    /// ```
    pub fn nx(self) -> usize {
        usize::try_from(self.x1.saturating_sub(self.x0)).unwrap_or(0)
    }

    /// Number of rows.
    ///
    /// ```
    /// assert_eq!(astroapers::Window::frame(2, 3).ny(), 2);
    /// ```
    pub fn ny(self) -> usize {
        usize::try_from(self.y1.saturating_sub(self.y0)).unwrap_or(0)
    }
}
