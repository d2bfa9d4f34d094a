//! Files as they were last read, so that a second reading takes from the disk only what has changed.
//!
//! A file counts as unchanged if its stamp is what it was and nobody has cast doubt on it. If it is read again and
//! found equal, the old text stays: who holds it sees that it is the same. A path keeps its [`FileId`] for as long as
//! the memory lasts.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use crate::pipeline::memo::Memo;
use crate::source::FileId;

/// The memory of a reader.
#[derive(Default)]
pub struct Files {
    /// What follows from texts.
    pub memo: Memo,
    /// By the bytes of the path: a path would be hashed part by part.
    known: HashMap<OsString, Known>,
    embedded: HashMap<String, Arc<[u8]>>,
    embedded_texts: HashMap<String, Text>,
    numbers: HashMap<String, FileId>,
    round: u64,
}

/// A text and, if its bytes are not UTF-8, where that begins.
pub type Text = (Arc<str>, Option<usize>);

/// Whether an image was measured, and its width and height if it has them.
#[derive(Debug, Clone, Copy)]
enum Measured {
    Not,
    Size(Option<(u32, u32)>),
}

#[derive(Debug)]
struct Known {
    /// None if there is doubt.
    stamp: Option<Stamp>,
    text: Option<Text>,
    bytes: Option<Arc<[u8]>>,
    /// Width and height of an image.
    size: Measured,
    /// The round in which it was last asked for.
    round: u64,
}

/// What changes when a file does: its length, its times, and on Unix its inode.
#[derive(Debug, PartialEq, Eq)]
struct Stamp(u64, Option<SystemTime>, (u64, i64, i64));

fn stamp(metadata: &Metadata) -> Stamp {
    #[cfg(unix)]
    let inode = {
        use std::os::unix::fs::MetadataExt as _;
        (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
    };
    #[cfg(not(unix))]
    let inode = (0, 0, 0);
    Stamp(metadata.len(), metadata.modified().ok(), inode)
}

impl Files {
    /// The file may have changed, whatever its stamp says.
    pub fn doubt(&mut self, path: &Path) {
        if let Some(known) = self.known.get_mut(path.as_os_str()) {
            known.stamp = None;
        }
    }

    /// Any file may have changed.
    pub fn doubt_all(&mut self) {
        for known in self.known.values_mut() {
            known.stamp = None;
        }
    }

    /// Begins a reading; what the one before did not ask for is forgotten.
    pub fn begin(&mut self) {
        let round = self.round;
        self.known.retain(|_, known| known.round == round);
        self.round += 1;
        self.memo.sweep();
    }

    /// What `measure` gives for an image.
    pub fn measured(&mut self, path: &Path, measure: impl FnOnce() -> Option<(u32, u32)>) -> Option<(u32, u32)> {
        let known = self.known(path).ok()?;
        if let (Measured::Size(size), Some(_)) = (known.size, known.stamp.as_ref()) {
            return size;
        }
        known.stamp = Some(stamp(&fs::metadata(path).ok()?));
        let size = measure();
        known.size = Measured::Size(size);
        size
    }

    /// The text of a file. Bytes that are not UTF-8 come as U+FFFD.
    pub fn text(&mut self, path: &Path) -> io::Result<Text> {
        let metadata = fs::metadata(path)?;
        self.text_of(path, &metadata)
    }

    /// The same of a file that was looked at just now.
    pub fn text_of(&mut self, path: &Path, metadata: &Metadata) -> io::Result<Text> {
        let known = self.seen(path, metadata);
        if let Some(text) = known.text.clone().filter(|_| known.stamp.is_some()) {
            return Ok(text);
        }
        let stamp = stamp(&fs::metadata(path)?);
        let read = text(fs::read(path)?);
        let text = known.text.take().filter(|old| *old == read).unwrap_or(read);
        (known.stamp, known.text) = (Some(stamp), Some(text.clone()));
        Ok(text)
    }

    /// The bytes of a file.
    pub fn bytes(&mut self, path: &Path) -> io::Result<Arc<[u8]>> {
        let known = self.known(path)?;
        if let Some(bytes) = known.bytes.clone().filter(|_| known.stamp.is_some()) {
            return Ok(bytes);
        }
        let stamp = stamp(&fs::metadata(path)?);
        let read: Arc<[u8]> = fs::read(path)?.into();
        let bytes = known.bytes.take().filter(|old| *old == read).unwrap_or(read);
        (known.stamp, known.bytes) = (Some(stamp), Some(bytes.clone()));
        Ok(bytes)
    }

    /// What is known of a file, without its stamp if that is no longer true. The stamp that is kept is the one from
    /// before the file was read: a change during the reading makes it old.
    fn known(&mut self, path: &Path) -> io::Result<&mut Known> {
        let metadata = fs::metadata(path)?;
        Ok(self.seen(path, &metadata))
    }

    /// What is known of a file that looks like this now.
    fn seen(&mut self, path: &Path, metadata: &Metadata) -> &mut Known {
        let (now, path) = (stamp(metadata), path.as_os_str());
        let unknown = || Known { stamp: None, text: None, bytes: None, size: Measured::Not, round: 0 };
        let known = self.known.entry(path.to_owned()).or_insert_with(unknown);
        known.round = self.round;
        known.stamp.take_if(|then| *then != now);
        known
    }

    /// The bytes of a file inside the program.
    pub fn embedded(&mut self, name: &str, bytes: &[u8]) -> Arc<[u8]> {
        self.embedded.entry(name.to_owned()).or_insert_with(|| bytes.into()).clone()
    }

    /// The text of a file inside the program.
    pub fn embedded_text(&mut self, name: &str, bytes: &[u8]) -> Arc<str> {
        self.embedded_texts.entry(name.to_owned()).or_insert_with(|| text(bytes.to_owned())).0.clone()
    }

    /// The number of the file that goes by this name.
    pub fn number(&mut self, name: &str) -> FileId {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let next = FileId(self.numbers.len() as u32);
        self.numbers.insert(name.to_owned(), next);
        next
    }
}

fn text(bytes: Vec<u8>) -> Text {
    match String::from_utf8(bytes) {
        Ok(text) => (text.into(), None),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            (String::from_utf8_lossy(error.as_bytes()).into(), Some(at))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_equal_text_is_the_same_text_and_a_new_one_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.md");
        let mut files = Files::default();
        fs::write(&path, "one").unwrap();
        let first = files.text(&path).unwrap().0;
        files.doubt(&path);
        assert!(Arc::ptr_eq(&first, &files.text(&path).unwrap().0), "read again, found equal");
        fs::write(&path, "two").unwrap();
        files.doubt(&path);
        assert_eq!(&*files.text(&path).unwrap().0, "two");
        fs::write(&path, "three").unwrap();
        assert_eq!(&*files.text(&path).unwrap().0, "three", "the stamp tells");
        fs::remove_file(&path).unwrap();
        assert!(files.text(&path).is_err());
    }

    #[test]
    fn a_name_keeps_its_number() {
        let mut files = Files::default();
        let numbers = ["a", "b", "a", "c"].map(|name| files.number(name).0);
        assert_eq!(numbers, [0, 1, 0, 2]);
    }
}
