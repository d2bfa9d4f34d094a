//! Fonts without hinting: the programs that move outlines to a grid of pixels.
//!
//! `ttfautohint` put the same 3.6 kB of programs into each of KaTeX's fonts, about 1.7 kB of every WOFF2 file, more than
//! the outlines of some. Formulas lose nothing: text renderers of today place outlines between pixels, and some ignore
//! TrueType programs altogether. Tables and glyphs as in the OpenType specification 1.9, chapters “otff”, “glyf”, “loca”.

/// Tables that hold programs, their constants, and which sizes they are for.
const PROGRAMS: [[u8; 4]; 4] = [*b"fpgm", *b"prep", *b"cvt ", *b"gasp"];

/// The same TrueType font without programs; `None` if it is not laid out as the specification says.
pub(super) fn remove(font: &[u8]) -> Option<Vec<u8>> {
    let mut tables = tables(font)?;
    tables.retain(|(tag, _)| !PROGRAMS.contains(tag));
    let find = |tag: &[u8; 4]| tables.iter().find(|(other, _)| other == tag).map(|(_, table)| table.clone());
    let (mut head, glyphs, offsets) = (find(b"head")?, find(b"glyf")?, find(b"loca")?);
    let is_long = u16_at(&head, INDEX_FORMAT)? == 1;
    let (glyphs, offsets) = without_programs(&glyphs, &self::offsets(&offsets, is_long))?;
    head.get_mut(INDEX_FORMAT..INDEX_FORMAT + 2)?.copy_from_slice(&1u16.to_be_bytes());
    // The sum over the whole file is not looked at by those who read one table after the other.
    head.get_mut(8..12)?.fill(0);
    for (tag, table) in &mut tables {
        match &*tag {
            b"head" => table.clone_from(&head),
            b"glyf" => table.clone_from(&glyphs),
            b"loca" => table.clone_from(&offsets),
            _ => {}
        }
    }
    Some(write(font.get(..4)?, &tables))
}

/// Where `head` says whether offsets have two bytes (0) or four (1).
const INDEX_FORMAT: usize = 50;

/// A table: its name and its bytes.
type Table = ([u8; 4], Vec<u8>);

fn tables(font: &[u8]) -> Option<Vec<Table>> {
    let count = usize::from(u16_at(font, 4)?);
    let record = |number: usize| {
        let at = 12 + 16 * number;
        let tag: [u8; 4] = font.get(at..at + 4)?.try_into().ok()?;
        let (start, length) = (u32_at(font, at + 8)?, u32_at(font, at + 12)?);
        Some((tag, font.get(start..start.checked_add(length)?)?.to_vec()))
    };
    (0..count).map(record).collect()
}

fn offsets(table: &[u8], is_long: bool) -> Vec<usize> {
    if is_long {
        table.chunks_exact(4).filter_map(|bytes| u32_at(bytes, 0)).collect()
    } else {
        table.chunks_exact(2).filter_map(|bytes| u16_at(bytes, 0)).map(|half| 2 * usize::from(half)).collect()
    }
}

/// The outlines without their programs, and where each begins, in four bytes.
fn without_programs(glyphs: &[u8], offsets: &[usize]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (mut outlines, mut starts) = (Vec::with_capacity(glyphs.len()), Vec::new());
    for pair in offsets.windows(2) {
        starts.extend(u32::try_from(outlines.len()).ok()?.to_be_bytes());
        let glyph = glyphs.get(pair[0]..pair[1])?;
        if !glyph.is_empty() {
            outlines.extend(without_program(glyph)?);
            outlines.resize(outlines.len().next_multiple_of(4), 0);
        }
    }
    starts.extend(u32::try_from(outlines.len()).ok()?.to_be_bytes());
    Some((outlines, starts))
}

/// One glyph: number of contours and box (10 bytes), then the last point of each contour, the program and the points;
/// or, where the number is below zero, its components.
fn without_program(glyph: &[u8]) -> Option<Vec<u8>> {
    let contours = u16_at(glyph, 0)?.cast_signed();
    let Ok(contours) = usize::try_from(contours) else { return without_program_of_components(glyph) };
    let program = 10 + 2 * contours;
    let points = program + 2 + usize::from(u16_at(glyph, program)?);
    Some([glyph.get(..program)?, &[0, 0], glyph.get(points..)?].concat())
}

/// Each component says in its flags how long it is, and whether another or a program follows.
fn without_program_of_components(glyph: &[u8]) -> Option<Vec<u8>> {
    const ARGUMENTS_ARE_WORDS: u16 = 1;
    const HAS_SCALE: u16 = 1 << 3;
    const MORE_FOLLOW: u16 = 1 << 5;
    const HAS_TWO_SCALES: u16 = 1 << 6;
    const HAS_MATRIX: u16 = 1 << 7;
    const HAS_PROGRAM: u16 = 1 << 8;
    let mut glyph = glyph.to_vec();
    let mut at = 10;
    loop {
        let flags = u16_at(&glyph, at)?;
        glyph.get_mut(at..at + 2)?.copy_from_slice(&(flags & !HAS_PROGRAM).to_be_bytes());
        at += if flags & ARGUMENTS_ARE_WORDS == 0 { 6 } else { 8 };
        at += match flags {
            _ if flags & HAS_SCALE != 0 => 2,
            _ if flags & HAS_TWO_SCALES != 0 => 4,
            _ if flags & HAS_MATRIX != 0 => 8,
            _ => 0,
        };
        if flags & MORE_FOLLOW == 0 {
            return Some(glyph.get(..at)?.to_vec());
        }
    }
}

fn write(version: &[u8], tables: &[Table]) -> Vec<u8> {
    let count = tables.len();
    let range = 16 << count.max(1).ilog2();
    let mut file = version.to_vec();
    for number in [count, range, count.max(1).ilog2() as usize, 16 * count - range.min(16 * count)] {
        file.extend((number as u16).to_be_bytes());
    }
    let mut start = 12 + 16 * count;
    for (tag, table) in tables {
        file.extend(tag);
        for number in [checksum(table), start as u32, table.len() as u32] {
            file.extend(number.to_be_bytes());
        }
        start += table.len().next_multiple_of(4);
    }
    for (_, table) in tables {
        file.extend(table);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    file
}

/// The sum of a table's big-endian words, the last filled up with zeros.
fn checksum(table: &[u8]) -> u32 {
    table.chunks(4).fold(0, |sum: u32, chunk| {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        sum.wrapping_add(u32::from_be_bytes(word))
    })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FONTS: [&str; 3] = ["KaTeX_Main-Regular", "KaTeX_Math-Italic", "KaTeX_Size4-Regular"];

    #[test]
    fn a_font_keeps_its_outlines_and_loses_its_programs() {
        for name in FONTS {
            let font = ratex_katex_fonts::ttf_bytes(&format!("{name}.ttf")).unwrap();
            let bare = remove(&font).unwrap();
            assert!(bare.len() + 3500 < font.len(), "{name}: {} of {} bytes", bare.len(), font.len());
            let (before, after) = (tables(&font).unwrap(), tables(&bare).unwrap());
            let names: Vec<_> = after.iter().map(|(tag, _)| *tag).collect();
            assert!(before.iter().all(|(tag, _)| PROGRAMS.contains(tag) || names.contains(tag)), "{name}");
            assert!(font_subset::Font::opentype(&bare).is_ok(), "{name}: its sums and offsets are right");
            let again = remove(&bare).unwrap();
            assert!(again == bare, "{name}: nothing is left to remove");
        }
    }

    #[test]
    fn what_is_no_font_is_refused() {
        let font = ratex_katex_fonts::ttf_bytes("KaTeX_Size1-Regular.ttf").unwrap();
        for length in (0..font.len()).step_by(97) {
            // Cut short, a font misses what its table of contents promises.
            assert_eq!(remove(&font[..length]), None, "{length} bytes");
        }
    }

    #[test]
    fn components_lose_the_program_behind_them() {
        // Two components, the first with words as arguments, the second with a scale and a program of three bytes.
        let header = [0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0];
        let typed =
            [&header[..], &[0x01, 0x21, 0, 1, 0, 0, 0, 0], &[0x01, 0x08, 0, 2, 0, 0, 0x40, 0], &[0, 3, 1, 2, 3]];
        let kept = [&header[..], &[0x00, 0x21, 0, 1, 0, 0, 0, 0], &[0x00, 0x08, 0, 2, 0, 0, 0x40, 0]];
        assert_eq!(without_program(&typed.concat()), Some(kept.concat()));
    }
}
