//! Places at which a step of a tape takes a value, to 30 digits.
//!
//! A root that the step crosses is found by bisection and Newton's method in doubles and polished with 31 digits; one
//! that it only touches is found with Taylor coefficients. A root that is a double is returned as that double, exactly.

use super::double_double::{Ball, Dd};
use super::exact::Point;
use super::tape::{Id, Step, Tape};

impl Tape {
    /// The place in [low, high] where a step that is monotone there takes a value; to 30 digits.
    pub(crate) fn solve(&self, step: Id, target: Ball, low: f64, high: f64) -> Option<Ball> {
        if matches!(self.steps[step as usize], Step::Variable) {
            return Some(target);
        }
        let value = |x: f64| self.duals_to(step, x);
        let (mut a, mut b) = (low, high);
        let (first, last) = (value(a).0 - target.value.hi, value(b).0 - target.value.hi);
        let mut x = if first == 0.0 {
            a
        } else if last == 0.0 {
            b
        } else if first.signum() == last.signum() {
            if first.abs() < last.abs() { a } else { b }
        } else {
            let mut x = f64::midpoint(a, b);
            for _ in 0..200 {
                let (y, slope) = value(x);
                let y = y - target.value.hi;
                if y == 0.0 {
                    break;
                }
                if y.signum() == first.signum() {
                    a = x;
                } else {
                    b = x;
                }
                let newton = x - y / slope;
                let next = if a < newton && newton < b && slope.is_finite() { newton } else { f64::midpoint(a, b) };
                if next == x || b - a <= f64::EPSILON * x.abs() {
                    break;
                }
                x = next;
            }
            x
        };
        if x.abs() < 1e-24 * (high - low) {
            x = 0.0;
        }
        // Where 31 digits do not settle it, the place is known to a few units of the last of 16.
        let rough = (first.signum() != last.signum())
            .then(|| Ball { value: Dd::new(x), error: 4.0 * f64::EPSILON * x.abs().max(b - a) });
        self.polish(step, target, x).or(rough)
    }

    fn duals_to(&self, step: Id, x: f64) -> (f64, f64) {
        self.duals(x)[step as usize]
    }

    /// Newton's method with 31 digits from a start that is right to 16; `None` if there is no root there.
    fn polish(&self, step: Id, target: Ball, start: f64) -> Option<Ball> {
        let mut x = Dd::new(start);
        let residual = |x: Dd| match self.points(Ball::exact(x))[step as usize] {
            Point::Value(value) => Some(value - target),
            _ => None,
        };
        for _ in 0..6 {
            let off = residual(x)?;
            if off.is_zero() {
                break;
            }
            let slope = self.duals_to(step, x.hi).1;
            let change = off.value / Dd::new(slope);
            if !change.is_finite() {
                return None;
            }
            x = x - change;
            if change.hi.abs() <= 1e-31 * x.hi.abs() {
                break;
            }
        }
        let slope = self.duals_to(step, x.hi).1.abs();
        let off = residual(x)?;
        let scale = target.value.hi.abs().max(slope * x.hi.abs()).max(1e-300);
        if off.value.hi.abs() > off.error + 1e-26 * scale {
            return None;
        }
        let radius = (off.error + off.value.hi.abs()) / slope + 1e-31 * x.hi.abs();
        Some(self.rounded_root(step, target, x, radius.min(1e-24 * x.hi.abs().max(1e-280))))
    }

    /// The root as the double that it exactly is, if it is one.
    fn rounded_root(&self, step: Id, target: Ball, x: Dd, radius: f64) -> Ball {
        let plain = Ball::exact(Dd::new(x.hi));
        let near = x.lo.abs() <= radius.max(1e-28 * x.hi.abs());
        if near
            && let Point::Value(value) = self.points(plain)[step as usize]
            && (value - target).is_zero()
        {
            return plain;
        }
        Ball { value: x, error: radius }
    }

    /// A place near `start` where a step touches a value without crossing it, from its Taylor coefficients.
    pub(crate) fn multiple_root(&self, step: Id, target: Ball, start: f64, width: f64) -> Option<Ball> {
        let mut x = Dd::new(start);
        for _ in 0..8 {
            let coefficients = self.coefficients(step, Ball::exact(x))?;
            let size = |k: usize| coefficients[k].value.hi.abs() * libm::pow(width, k as f64);
            let order = (1..coefficients.len()).max_by(|a, b| size(*a).total_cmp(&size(*b)))?;
            let below = if order == 1 { coefficients[0] - target } else { coefficients[order - 1] };
            let change = below.value / (coefficients[order].value * Dd::new(order as f64));
            if !change.is_finite() || change.hi.abs() > 4.0 * width {
                return None;
            }
            x = x - change;
            if change.hi.abs() <= 1e-30 * x.hi.abs().max(1e-290) {
                break;
            }
        }
        let is_root = |place: Ball| match self.points(place)[step as usize] {
            Point::Value(value) => {
                let off = value - target;
                off.value.hi.abs() <= off.error.max(1e-27 * target.value.hi.abs().max(1.0))
            }
            _ => false,
        };
        if x.hi.abs() < 1e-10 * width && is_root(Ball::ZERO) {
            return Some(Ball::ZERO);
        }
        let exact = x.lo.abs() <= 1e-28 * x.hi.abs();
        let place = if exact { Ball::exact(Dd::new(x.hi)) } else { Ball { value: x, error: 1e-29 * x.hi.abs() } };
        is_root(place).then_some(place)
    }
}
