//! stub until the math branch is merged
/// plain
#[must_use]
pub fn plain(tex: &str) -> String {
    tex.trim().to_owned()
}
