//! The attributes of an image, with the size that it will take: a browser that knows it does not move the text when the
//! image arrives.

use std::fmt::Write as _;

use crate::article::Image;
use crate::html::escape;

/// All attributes but `src`, each with a space before it. `natural` is the image's own size in pixels, if it is known.
pub fn attributes(image: &Image, natural: Option<(u32, u32)>) -> String {
    let mut html = format!(" alt=\"{}\"", escape(&image.alt));
    let [width, height] = &image.size;
    let (width_px, height_px) = (width.as_deref().and_then(pixels), height.as_deref().and_then(pixels));
    let scaled = |by: f64, side: u32| (by * f64::from(side)).round() as u32;
    let size = match (width_px, height_px, natural) {
        (Some(width), Some(height), _) => Some((width, height)),
        (Some(width), None, Some((w, h))) if w > 0 => Some((width, scaled(f64::from(width) / f64::from(w), h))),
        (None, Some(height), Some((w, h))) if h > 0 => Some((scaled(f64::from(height) / f64::from(h), w), height)),
        (None, None, natural) => natural,
        _ => None,
    };
    match (size, width_px, height_px) {
        (Some((width, height)), _, _) => write!(html, " width=\"{width}\" height=\"{height}\""),
        (None, Some(width), _) => write!(html, " width=\"{width}\""),
        (None, None, Some(height)) => write!(html, " height=\"{height}\""),
        (None, None, None) => Ok(()),
    }
    .unwrap_or_default();
    // What is not a number of pixels (`50%`, `20em`) is a matter of style.
    let style: Vec<String> = [("width", width, width_px), ("height", height, height_px)]
        .into_iter()
        .filter_map(|(side, typed, px)| Some(format!("{side}:{}", typed.as_ref().filter(|_| px.is_none())?)))
        .collect();
    if !style.is_empty() {
        let _ = write!(html, " style=\"{}\"", escape(&style.join(";")));
    }
    if let Some((id, _)) = image.id.as_ref().filter(|_| !image.figure) {
        let _ = write!(html, " id=\"{}\"", escape(id));
    }
    if !image.title.is_empty() {
        let _ = write!(html, " title=\"{}\"", escape(&image.title));
    }
    html + &image.attributes + " loading=\"lazy\" decoding=\"async\""
}

/// `300` or `300px`.
fn pixels(typed: &str) -> Option<u32> {
    typed.trim().trim_end_matches("px").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_the_typed_one_completed_by_the_natural_one() {
        let shown = |width: Option<&str>, height: Option<&str>, natural| {
            let size = [width.map(str::to_owned), height.map(str::to_owned)];
            let image = Image {
                link: 0,
                alt: String::new(),
                title: String::new(),
                id: None,
                figure: false,
                size,
                attributes: String::new(),
            };
            let html = attributes(&image, natural);
            html.replace(" alt=\"\"", "").replace(" loading=\"lazy\" decoding=\"async\"", "")
        };
        assert_eq!(shown(None, None, None), "");
        assert_eq!(shown(None, None, Some((40, 30))), " width=\"40\" height=\"30\"");
        assert_eq!(shown(Some("20"), None, Some((40, 30))), " width=\"20\" height=\"15\"");
        assert_eq!(shown(None, Some("60px"), Some((40, 30))), " width=\"80\" height=\"60\"");
        assert_eq!(shown(Some("7"), Some("8"), Some((40, 30))), " width=\"7\" height=\"8\"");
        assert_eq!(shown(Some("50%"), None, None), " style=\"width:50%\"");
        assert_eq!(shown(Some("50%"), None, Some((40, 30))), " width=\"40\" height=\"30\" style=\"width:50%\"");
        assert_eq!(shown(Some("5"), None, Some((0, 30))), " width=\"5\"");
    }
}
