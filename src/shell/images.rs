//! How large the images of a site are, from the first bytes of their files.

use std::fs;
use std::path::Path;

use super::disk::Reading;
use crate::pipeline::Content;

const FORMATS: [&str; 8] = ["png", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "svg"];

/// Notes the size of each image. One that cannot be read or understood has none: the page works without.
pub(super) fn measure(reading: &mut Reading<'_>) {
    for (path, content) in &reading.inputs.assets {
        let extension = Path::new(path).extension().map(std::ffi::OsStr::to_ascii_lowercase);
        let Content::File(file) = content else { continue };
        let measure = || match extension.as_deref().and_then(|extension| extension.to_str()) {
            Some("svg") => fs::read_to_string(file).ok().and_then(|text| svg_size(&text)),
            Some(extension) if FORMATS.contains(&extension) => imagesize::size(file)
                .ok()
                .and_then(|size| Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?))),
            _ => None,
        };
        let size = reading.files.measured(file, measure);
        if let Some(size) = size.filter(|&(width, height)| width > 0 && height > 0) {
            reading.inputs.image_sizes.insert(path.clone(), size);
        }
    }
}

/// The size of a drawing: `width` and `height` in pixels, else the last two numbers of its `viewBox`.
fn svg_size(text: &str) -> Option<(u32, u32)> {
    let tag = &text[text.find("<svg")?..];
    let tag = &tag[..tag.find('>')?];
    let attribute = |name: &str| {
        let value = tag.split_once(&format!("{name}="))?.1;
        let quote = value.chars().next().filter(|c| "\"'".contains(*c))?;
        value[1..].split(quote).next()
    };
    let pixels =
        |value: &str| value.trim_end_matches("px").trim().parse::<f64>().ok().map(|value| value.round() as u32);
    if let (Some(width), Some(height)) = (attribute(" width").and_then(pixels), attribute(" height").and_then(pixels)) {
        return Some((width, height));
    }
    let mut numbers = attribute(" viewBox")?.split([' ', ',']).filter(|part| !part.is_empty()).skip(2);
    Some((numbers.next().and_then(pixels)?, numbers.next().and_then(pixels)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_drawings() {
        let cases = [
            ("<?xml?><svg width=\"20\" height='10px'>", Some((20, 10))),
            ("<svg xmlns=\"x\"\n viewBox=\"0 0 30.4 40\">", Some((30, 40))),
            ("<svg width=\"50%\" height=\"1em\" viewBox=\"0,0,3,4\">", Some((3, 4))),
            ("<svg>", None),
            ("<svg width=\"1", None),
        ];
        for (text, size) in cases {
            assert_eq!(svg_size(text), size, "{text}");
        }
    }
}
