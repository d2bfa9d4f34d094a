//! The window of a chart and the rectangle it is drawn in: mathematics to pixels and back.
//!
//! "Pixel" means a unit of the `viewBox`; ordinates grow downwards. Plotters counts in whole units, so the canvas has
//! a hundred [`UNITS`] to a pixel.

/// Canvas units in a pixel.
pub(super) const UNITS: f64 = 100.0;

/// A place in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    /// To the right.
    pub(super) x: f64,
    /// Downwards.
    pub(super) y: f64,
}

impl Point {
    pub(super) fn distance(self, other: Point) -> f64 {
        // Pixels are far from overflow, and a square root is exact on every machine.
        let (dx, dy) = (self.x - other.x, self.y - other.y);
        (dx * dx + dy * dy).sqrt()
    }
}

/// A rectangle in pixels with `left < right` and `top < bottom`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rectangle {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Rectangle {
    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// True if the point lies inside or within `margin` of it.
    pub(super) fn holds(&self, point: Point, margin: f64) -> bool {
        self.left - margin <= point.x
            && point.x <= self.right + margin
            && self.top - margin <= point.y
            && point.y <= self.bottom + margin
    }

    /// True if the two have more than an edge in common.
    pub(super) fn meets(&self, other: &Rectangle) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    /// The same rectangle, `margin` larger on every side.
    pub(super) fn grown(&self, margin: f64) -> Rectangle {
        Rectangle {
            left: self.left - margin,
            top: self.top - margin,
            right: self.right + margin,
            bottom: self.bottom + margin,
        }
    }
}

/// Ordinates farther out than this are drawn at it, so that geometry stays finite; far outside of any canvas.
const FAR: f64 = 1e7;

/// The window and where it lies on the canvas.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    /// First and last abscissa of the window.
    pub(super) x: (f64, f64),
    /// Lowest and highest ordinate of the window.
    pub(super) y: (f64, f64),
    /// The plot rectangle.
    pub(super) plot: Rectangle,
}

impl Frame {
    /// Pixels per unit of abscissa.
    pub(super) fn x_scale(&self) -> f64 {
        self.plot.width() / (self.x.1 - self.x.0)
    }

    /// Pixels per unit of ordinate.
    pub(super) fn y_scale(&self) -> f64 {
        self.plot.height() / (self.y.1 - self.y.0)
    }

    /// The pixel column of an abscissa.
    pub(super) fn column(&self, x: f64) -> f64 {
        self.plot.left + (x - self.x.0) / (self.x.1 - self.x.0) * self.plot.width()
    }

    /// The pixel row of an ordinate; finite also for an infinite one.
    pub(super) fn row(&self, y: f64) -> f64 {
        let below = (self.y.1 - y) / (self.y.1 - self.y.0) * self.plot.height();
        self.plot.top + below.clamp(-FAR, FAR)
    }

    /// Where a point of the graph is drawn.
    pub(super) fn point(&self, x: f64, y: f64) -> Point {
        Point { x: self.column(x), y: self.row(y) }
    }
}
