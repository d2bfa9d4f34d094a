//! What stands beside the curves and in the legend: the names of curves, and at the ends of a family its first and its
//! last value.
//!
//! The names of curves stand beside them if there is room for all of them, and so do the ends of each family. What has no
//! place is in the legend.

use std::ops::Range;

use super::canvas;
use super::family::Still;
use super::label::{self, Name, Place, Seen};
use super::picture::Layout;
use super::spec::{Chart, Legend};
use super::trace::Trace;
use super::{Context, Entry, Plotted, Words, size, words_of};

/// A name and its place.
pub(super) struct Placed {
    pub(super) words: Words,
    /// The number of the curve, from 1.
    pub(super) number: u8,
    /// True for an end of a family, false for the name of a curve.
    pub(super) end: bool,
    pub(super) place: Place,
}

/// A name that wants a place.
struct Wish {
    words: Words,
    number: u8,
    end: bool,
    /// How strong the strokes are that it names, in hundredths.
    strength: u32,
    /// Indices into the traces of all curves together.
    traces: Range<usize>,
    /// True if there is anything that it could stand beside.
    is_drawn: bool,
}

/// More names than this are a list below the chart.
const MOST: usize = 6;

/// The names beside the curves, and the legend for those that find no place there.
pub(super) fn names(
    chart: &Chart,
    context: Context<'_>,
    curves: &[Plotted<'_>],
    traces: &[Vec<Trace>],
    stills: &[Still],
    layout: &Layout,
) -> (Vec<Placed>, Vec<Entry>) {
    let unnamed = curves.len() <= 1 && curves.iter().all(|one| one.curve.label.is_none());
    let mut wishes = Vec::new();
    if chart.legend != Legend::None && !unnamed {
        wishes = curve_names(curves, traces);
    }
    wishes.extend(ends(chart, traces, stills));
    let kin = |index: usize| stills.get(index).is_none_or(|still| still.kin);
    let frames = |own: &'_ Vec<Trace>| (0..own.len()).map(|index| own.len() == 1 || kin(index)).collect::<Vec<_>>();
    let kin: Vec<bool> = traces.iter().flat_map(frames).collect();
    let seen: Vec<Seen<'_>> = traces.iter().flatten().zip(kin).collect();
    let mut direct = None;
    if chart.legend != Legend::Below && curves.len() <= MOST {
        let found = beside(&wishes, |_| true, context, &seen, layout);
        let mut names = wishes.iter().zip(&found).filter(|(wish, _)| !wish.end && wish.is_drawn);
        direct = names.all(|(_, place)| place.is_some()).then_some(found);
    }
    let is_direct = direct.is_some();
    let mut places = direct.unwrap_or_else(|| beside(&wishes, |wish| wish.end, context, &seen, layout));
    // One end of a family alone would leave readers guessing at the other.
    for number in 1..=curves.len() as u8 {
        let own = |index: &usize| wishes[*index].end && wishes[*index].number == number;
        let own: Vec<usize> = (0..wishes.len()).filter(own).collect();
        if own.iter().any(|index| places[*index].is_none()) {
            for index in own {
                places[index] = None;
            }
        }
    }
    // In the legend each family follows the name of its curve.
    let mut wishes: Vec<(Wish, Option<Place>)> = wishes.into_iter().zip(places).collect();
    wishes.sort_by_key(|(wish, _)| wish.number);
    let (mut placed, mut legend) = (Vec::new(), Vec::new());
    for (wish, place) in wishes {
        match place {
            Some(place) => placed.push(placed_at(wish, place)),
            // A curve of which nothing is drawn has no name if those of the others stand beside them.
            None if is_direct && !wish.end => {}
            None => legend.push(entry(wish)),
        }
    }
    (placed, legend)
}

/// The places of those wishes that are asked for, beside what they name.
fn beside(
    wishes: &[Wish],
    asked: impl Fn(&Wish) -> bool,
    context: Context<'_>,
    traces: &[Seen<'_>],
    layout: &Layout,
) -> Vec<Option<Place>> {
    let asked: Vec<usize> =
        (0..wishes.len()).filter(|index| wishes[*index].is_drawn && asked(&wishes[*index])).collect();
    let name = |index: &usize| {
        let wish = &wishes[*index];
        Name { traces: wish.traces.clone(), size: size(&wish.words, context), in_family: wish.end }
    };
    let names: Vec<Name> = asked.iter().map(name).collect();
    let mut places = vec![None; wishes.len()];
    for (index, place) in asked.into_iter().zip(label::place(&names, traces, &layout.frame)) {
        places[index] = place;
    }
    places
}

fn placed_at(wish: Wish, place: Place) -> Placed {
    Placed { words: wish.words, number: wish.number, end: wish.end, place }
}

fn is_drawn(traces: &[Trace]) -> bool {
    traces.iter().any(|trace| !(trace.runs.is_empty() && trace.dots.is_empty()))
}

/// The names of all curves.
fn curve_names(curves: &[Plotted<'_>], traces: &[Vec<Trace>]) -> Vec<Wish> {
    let mut from = 0;
    let wish = |(number, (plotted, own)): (u8, (&Plotted<'_>, &Vec<Trace>))| {
        let traces = from..from + own.len();
        from = traces.end;
        let words = words_of(plotted.curve);
        Wish { words, number, end: false, strength: 100, traces, is_drawn: is_drawn(own) }
    };
    (1..).zip(curves.iter().zip(traces)).map(wish).collect()
}

/// The first and the last value beside the first and the last member of each family.
fn ends(chart: &Chart, traces: &[Vec<Trace>], stills: &[Still]) -> Vec<Wish> {
    let (Some(parameter), [first, .., last]) = (&chart.parameter, stills) else { return Vec::new() };
    let (mut ends, mut from) = (Vec::new(), 0);
    for (number, own) in (1..).zip(traces) {
        let start = from;
        from += own.len();
        if own.len() > 1 {
            for (still, at) in [(first, 0), (last, own.len() - 1)] {
                let words = Words { text: parameter.label.clone(), code: false, tail: format!(" = {}", still.value) };
                let (traces, is_drawn) = (start + at..start + at + 1, is_drawn(&own[at..=at]));
                ends.push(Wish { words, number, end: true, strength: still.strength, traces, is_drawn });
            }
        }
    }
    ends
}

fn entry(wish: Wish) -> Entry {
    let class = canvas::class(wish.number);
    Entry { curve: wish.number, class, words: wish.words, end: wish.end, strength: wish.strength }
}
