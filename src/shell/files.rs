//! Files as they were last read, so that a second reading takes from the disk only what has changed.
//!
//! A file counts as unchanged if its stamp is what it was and nobody has cast doubt on it. If it is read again and
//! found equal, the old text stays: who holds it sees that it is the same. A path keeps its [`FileId`] for as long as
//! the memory lasts.
//!
//! Who watches the folders can say what has changed. If that is nothing but the text of some files, the lists of folders
//! are still true, and no other file in them is looked at.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rayon::prelude::*;

use crate::pipeline::memo::Memo;
use crate::source::FileId;

/// The memory of a reader.
#[derive(Default)]
pub struct Files {
    /// What follows from texts.
    pub memo: Memo,
    /// By [`name`].
    known: HashMap<OsString, Known>,
    /// What is below folders, without what is below others.
    lists: HashMap<(PathBuf, Vec<PathBuf>), List>,
    embedded: HashMap<String, Arc<[u8]>>,
    embedded_texts: HashMap<String, Text>,
    numbers: HashMap<String, FileId>,
    round: u64,
}

/// Files, each with its path below some folder.
pub type List = Arc<[(String, PathBuf)]>;

/// A text and, if its bytes are not UTF-8, where that begins.
pub type Text = (Arc<str>, Option<usize>);

#[derive(Debug, Default)]
struct Known {
    /// What it looked like last.
    stamp: Option<Stamp>,
    /// It can change under other names, which nobody may watch.
    has_other_names: bool,
    /// Counts how often it may have changed.
    version: u64,
    text: Kept<Text>,
    bytes: Kept<Arc<[u8]>>,
    /// Width and height of an image, if it has them.
    size: Kept<Option<(u32, u32)>>,
    /// The round in which it was last looked at.
    seen: u64,
    /// The round in which it was last asked for.
    asked: u64,
}

/// A path as text, which is hashed faster than its parts.
#[cfg(not(windows))]
fn name(path: &Path) -> Cow<'_, OsStr> {
    Cow::Borrowed(path.as_os_str())
}

/// A path as text with one kind of separator: Windows knows two, and whoever watches need not spell it as we do.
#[cfg(windows)]
fn name(path: &Path) -> Cow<'_, OsStr> {
    Cow::Owned(path.components().collect::<PathBuf>().into_os_string())
}

/// What was read, and the version that it was read from.
type Kept<T> = Option<(u64, T)>;

/// What is kept of this version, else what `read` gives; the old value if it is equal.
fn kept<T: Clone + PartialEq>(kept: &mut Kept<T>, version: u64, read: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    if let Some((_, value)) = kept.as_ref().filter(|(of, _)| *of == version) {
        return Ok(value.clone());
    }
    let new = read()?;
    let value = kept.take().map(|(_, old)| old).filter(|old| *old == new).unwrap_or(new);
    *kept = Some((version, value.clone()));
    Ok(value)
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
    /// What has changed since the last reading, said by someone who watches.
    pub fn changed(&mut self, paths: &BTreeSet<PathBuf>) {
        for path in paths {
            if let Some(known) = self.known.get_mut(&*name(path)) {
                known.version += 1;
            }
        }
        if !paths.iter().all(|path| self.leaves_lists(path)) {
            self.look_again();
        }
    }

    /// Files may have come, gone or changed that nobody named: all are looked at again.
    pub fn look_again(&mut self) {
        self.lists.clear();
    }

    /// Any file may have changed, whatever its stamp says.
    pub fn doubt_all(&mut self) {
        self.known.values_mut().for_each(|known| known.version += 1);
        self.look_again();
    }

    /// Whether a change of what is at this path leaves the lists of folders true: if it is a file as it was in the last
    /// reading, or was there between two readings only.
    fn leaves_lists(&self, path: &Path) -> bool {
        let listed = || self.lists.values().flat_map(|list| list.iter()).map(|(_, file)| file.as_path());
        match path.symlink_metadata() {
            Ok(metadata) => {
                let asked = self.known.get(&*name(path)).is_some_and(|known| known.asked == self.round);
                metadata.is_file() && (asked || listed().any(|file| file == path))
            }
            Err(_) => {
                let gone = name(path);
                !listed().any(|file| name(file).as_encoded_bytes().starts_with(gone.as_encoded_bytes()))
            }
        }
    }

    /// Begins a reading; what the one before did not ask for is forgotten.
    pub fn begin(&mut self) {
        let round = self.round;
        self.known.retain(|_, known| known.asked == round);
        self.round += 1;
        self.memo.sweep();
    }

    /// The list of a folder without the folders `skipped`, if it was kept and is true. Its files are as they were, but
    /// for those that have been said to have changed.
    pub fn list(&mut self, folder: &Path, skipped: &[PathBuf]) -> Option<List> {
        let list = self.lists.get(&(folder.to_owned(), skipped.to_owned()))?.clone();
        for (_, file) in &*list {
            if let Some(known) = self.known.get_mut(&*name(file)).filter(|known| !known.has_other_names) {
                known.seen = self.round;
            }
        }
        Some(list)
    }

    /// Keeps a list without symbolic links: what is behind one changes without its folder.
    pub fn keep_list(&mut self, folder: &Path, skipped: &[PathBuf], list: &List) {
        self.lists.insert((folder.to_owned(), skipped.to_owned()), list.clone());
    }

    /// Looks at many texts at once and reads those that are new, which is mostly waiting for the system. What goes wrong
    /// shows when the text is asked for.
    pub fn look_at<'p>(&mut self, paths: impl Iterator<Item = &'p Path>) {
        let unseen: Vec<&Path> = paths.filter(|path| !self.is_seen(path)).collect();
        let look = |path: &&Path| {
            let metadata = fs::metadata(path).ok()?;
            let is_new = metadata.is_file() && !self.known.contains_key(&*name(path));
            let read = is_new.then(|| fs::read(path).ok().map(text)).flatten();
            Some((metadata, read))
        };
        let looks: Vec<Option<(Metadata, Option<Text>)>> = unseen.par_iter().map(look).collect();
        for (path, look) in unseen.into_iter().zip(looks) {
            let Some((metadata, read)) = look else { continue };
            let known = self.see(path, &metadata);
            if let Some(text) = read {
                known.text = Some((known.version, text));
            }
        }
    }

    /// What `measure` gives for an image.
    pub fn measured(&mut self, path: &Path, measure: impl FnOnce() -> Option<(u32, u32)>) -> Option<(u32, u32)> {
        let known = self.known(path).ok()?;
        kept(&mut known.size, known.version, || Ok(measure())).ok()?
    }

    /// The text of a file. Bytes that are not UTF-8 come as U+FFFD.
    pub fn text(&mut self, path: &Path) -> io::Result<Text> {
        let known = self.known(path)?;
        kept(&mut known.text, known.version, || Ok(text(fs::read(path)?)))
    }

    /// The bytes of a file.
    pub fn bytes(&mut self, path: &Path) -> io::Result<Arc<[u8]>> {
        let known = self.known(path)?;
        kept(&mut known.bytes, known.version, || Ok(fs::read(path)?.into()))
    }

    /// What is known of a file. It is looked at before it is read: a change meanwhile shows when it is next looked at.
    fn known(&mut self, path: &Path) -> io::Result<&mut Known> {
        if !self.is_seen(path) {
            self.see(path, &fs::metadata(path)?);
        }
        let known = self.known.get_mut(&*name(path)).ok_or(io::ErrorKind::NotFound)?;
        known.asked = self.round;
        Ok(known)
    }

    fn is_seen(&self, path: &Path) -> bool {
        self.known.get(&*name(path)).is_some_and(|known| known.seen == self.round)
    }

    /// Notes what a file looks like now.
    fn see(&mut self, path: &Path, metadata: &Metadata) -> &mut Known {
        let now = Some(stamp(metadata));
        let known = self.known.entry(name(path).into_owned()).or_default();
        if known.stamp != now {
            known.version += 1;
            known.stamp = now;
        }
        #[cfg(unix)]
        {
            known.has_other_names = std::os::unix::fs::MetadataExt::nlink(metadata) > 1;
        }
        known.seen = self.round;
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
        let changed = |files: &mut Files| {
            files.changed(&[path.clone()].into());
            files.begin();
        };
        changed(&mut files);
        assert!(Arc::ptr_eq(&first, &files.text(&path).unwrap().0), "read again, found equal");
        fs::write(&path, "two").unwrap();
        changed(&mut files);
        assert_eq!(&*files.text(&path).unwrap().0, "two");
        fs::write(&path, "three").unwrap();
        files.begin();
        assert_eq!(&*files.bytes(&path).unwrap(), b"three", "the stamp tells");
        assert_eq!(&*files.text(&path).unwrap().0, "three", "however it was read first");
        fs::remove_file(&path).unwrap();
        files.begin();
        assert!(files.text(&path).is_err());
    }

    #[test]
    fn a_list_is_true_until_files_come_or_go() {
        let folder = tempfile::tempdir().unwrap();
        let [a, b, c] = ["a.md", "b.md", "c.md"].map(|name| folder.path().join(name));
        fs::write(&a, "one").unwrap();
        fs::write(&b, "one").unwrap();
        let list: List = [("a.md".to_owned(), a.clone()), ("b.md".to_owned(), b.clone())].into();
        let (mut files, all) = (Files::default(), [folder.path().to_owned()]);
        // Reads both after some changes; says whether the list was still true.
        let mut read = |changes: Option<&[&PathBuf]>| {
            match changes {
                Some(paths) => files.changed(&paths.iter().copied().cloned().collect()),
                None => files.look_again(),
            }
            files.begin();
            let kept = files.list(folder.path(), &all).is_some();
            let there = list.iter().filter(|(_, file)| file.is_file()).cloned().collect();
            files.keep_list(folder.path(), &all, &there);
            files.look_at(there.iter().map(|(_, file)| file.as_path()));
            let texts = [&a, &b].map(|path| files.text(path).map_or(String::new(), |text| text.0.to_string()));
            (kept, texts.join(" "))
        };
        assert_eq!(read(None), (false, "one one".to_owned()));
        fs::write(&a, "two").unwrap();
        fs::write(&b, "new").unwrap();
        assert_eq!(read(Some(&[&a])), (true, "two one".to_owned()), "the other one is not looked at");
        let aside = folder.path().join("a.md~");
        assert_eq!(read(Some(&[&a, &aside])), (true, "two one".to_owned()), "written aside and gone again");
        assert_eq!(read(None), (false, "two new".to_owned()), "a second look sees all");
        fs::write(&c, "").unwrap();
        assert!(!read(Some(&[&c])).0, "a file has come");
        assert!(read(Some(&[&a])).0);
        fs::remove_file(&b).unwrap();
        assert_eq!(read(Some(&[&b])), (false, "two ".to_owned()), "a file has gone");
        fs::write(&b, "back").unwrap();
        assert_eq!(read(Some(&[&b])), (false, "two back".to_owned()), "and come back");
        assert!(!read(Some(&[&folder.path().to_owned()])).0, "a folder");
        #[cfg(unix)]
        {
            fs::hard_link(&b, folder.path().join("same")).unwrap();
            read(None);
            fs::write(&b, "more").unwrap();
            assert_eq!(read(Some(&[&a])), (true, "two more".to_owned()), "changed under another name");
            fs::remove_file(&a).unwrap();
            std::os::unix::fs::symlink(&c, &a).unwrap();
            assert!(!read(Some(&[&a])).0, "a link in the place of a file");
        }
    }

    #[test]
    fn a_name_keeps_its_number() {
        let mut files = Files::default();
        let numbers = ["a", "b", "a", "c"].map(|name| files.number(name).0);
        assert_eq!(numbers, [0, 1, 0, 2]);
    }
}
