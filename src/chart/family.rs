//! A letter that moves: the frames of a chart, which of them a reader without scripts sees together, and what they are
//! called.
//!
//! All frames are drawn. On paper, and where there are no scripts, a few of them stand together as a family, the first
//! faint and the last strong. With scripts one is seen at a time.

use super::number;
use super::spec::Parameter;

/// At most this many members of a family are seen together.
const MOST_KIN: usize = 9;

/// One value of the letter and how its frame is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Still {
    /// The value as readers see it.
    pub(super) value: String,
    /// True if it is one of the family.
    pub(super) kin: bool,
    /// True for the frame that a slider begins with.
    pub(super) now: bool,
    /// How strong its strokes are in the family, in hundredths.
    pub(super) strength: u32,
}

/// The frames of a chart; none if no letter moves.
pub(super) fn stills(parameter: Option<&Parameter>) -> Vec<Still> {
    let Some(parameter) = parameter else { return Vec::new() };
    let count = parameter.values.len();
    let kin = kin(count);
    let still = |(index, value): (usize, &f64)| Still {
        value: number::text(*value),
        kin: kin.contains(&index),
        now: index == start(count),
        strength: (50 + 50 * index / (count - 1).max(1)) as u32,
    };
    parameter.values.iter().enumerate().map(still).collect()
}

/// The frame that a slider begins with: the middle one.
pub(super) fn start(count: usize) -> usize {
    count / 2
}

/// The members of a family of `count` frames, the first and the last among them, at equal distances if a number of
/// them allows that.
pub(super) fn kin(count: usize) -> Vec<usize> {
    let steps = count.saturating_sub(1);
    if count <= MOST_KIN {
        return (0..count).collect();
    }
    let even = (4..MOST_KIN).rev().find(|parts| steps.is_multiple_of(*parts));
    let parts = even.unwrap_or(6);
    (0..=parts).map(|part| (part * steps + parts / 2) / parts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_has_both_ends_and_even_steps() {
        for (count, expected) in [
            (2, vec![0, 1]),
            (9, (0..9).collect()),
            (11, vec![0, 2, 4, 6, 8, 10]),
            (21, vec![0, 4, 8, 12, 16, 20]),
            (24, vec![0, 4, 8, 12, 15, 19, 23]),
            (41, vec![0, 5, 10, 15, 20, 25, 30, 35, 40]),
        ] {
            assert_eq!(kin(count), expected);
        }
    }
}
