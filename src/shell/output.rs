//! Writing a site so that there is a whole one at every moment.
//!
//! ```text
//! each finished file: the same as in the old site? ─► nothing to do
//!      └─► written into a folder beside it
//! nothing new? done ─► what is equal is linked into that folder ─► both change places ─► the old goes
//! ```
//!
//! Pages are handed over one by one as they are finished ([`Draft::keep`]), so that they need not all be in memory.
//!
//! Until the two folders change places there is the old site, and from then on the new one, whatever happens: an error,
//! a full disk, the end of the process. Where the system cannot exchange two folders in one step, the old one is moved
//! away first; if the process ends just then, [`recover`] brings it back at the next start. Where the folder cannot be
//! moved at all (it is a mount point, or the folder above belongs to others), its files are replaced one by one, each in
//! one step, pages last.
//!
//! The site's folder lists what was written into it. What is not on that list belongs to others (`.git`, a `CNAME`): it
//! stays, and is never written over.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use rayon::prelude::*;
use walkdir::WalkDir;

use super::disk::{Failure, failure};
use crate::pipeline::{Content, Output};

/// Marks a folder as written by us, and lists what we wrote. Only such a folder, or an empty one, is ever replaced.
const MARKER: &str = ".piecewise";
/// What the marker says before its list.
const NOTICE: &str =
    "This folder is written by Piecewise. Its next build replaces these files and leaves all others:\n";
/// A new site on its way, followed by the number of the process.
const NEW: &str = "new-";
/// An old one that was moved away.
const OLD: &str = "old-";

/// What writing a site has done.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Size of the site.
    pub bytes: u64,
    /// Files that were written; the others were there with the same bytes.
    pub changed: usize,
    /// Files that are gone.
    pub removed: usize,
}

/// Where a site goes.
struct Place {
    /// Its folder as it was named.
    shown: PathBuf,
    /// Its folder, symbolic links resolved.
    out: PathBuf,
    /// The folder above.
    above: PathBuf,
    name: String,
}

impl Place {
    fn of(out: &Path) -> Result<Place, Failure> {
        let shown = out.to_owned();
        let absolute = std::path::absolute(out).map_err(failure("cannot find", out))?;
        let out = absolute.canonicalize().unwrap_or(absolute);
        let name = out.file_name().map(|name| name.to_string_lossy().into_owned());
        match (out.parent().map(Path::to_owned), name) {
            (Some(above), Some(name)) => Ok(Place { shown, out, above, name }),
            _ => Err(Failure::new("a site cannot take the place of", out)),
        }
    }

    /// A folder beside the site's, of this process.
    fn beside(&self, kind: &str) -> PathBuf {
        self.above.join(format!(".{}.{kind}{}", self.name, std::process::id()))
    }

    /// A folder in the site's, of this process.
    fn inside(&self) -> PathBuf {
        self.out.join(format!("{MARKER}.{NEW}{}", std::process::id()))
    }
}

/// Clears up after a process that was killed while it wrote to `out`, and brings back a site that it had moved away.
pub fn recover(out: &Path) -> Result<(), Failure> {
    let place = Place::of(out)?;
    let own = |folder: &Path, prefix: &str| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
        named.map(|entry| entry.path()).collect()
    };
    for old in own(&place.above, &format!(".{}.{OLD}", place.name)).iter().filter(|old| is_abandoned(old)) {
        if !place.out.exists() {
            fs::rename(old, &place.out).map_err(failure("cannot move back", old))?;
        }
    }
    let left = own(&place.above, &format!(".{}.{OLD}", place.name))
        .into_iter()
        .chain(own(&place.above, &format!(".{}.{NEW}", place.name)))
        .chain(own(&place.out, &format!("{MARKER}.{NEW}")));
    for folder in left.filter(|folder| is_abandoned(folder)) {
        remove(&folder).map_err(failure("cannot remove", &folder))?;
    }
    Ok(())
}

/// Removes a folder with a marker, the marker last: should the process end meanwhile, the rest is known to be ours.
fn remove(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)?.filter_map(Result::ok).filter(|entry| entry.file_name() != MARKER) {
        if entry.file_type()?.is_dir() { fs::remove_dir_all(entry.path())? } else { fs::remove_file(entry.path())? }
    }
    match fs::remove_file(folder.join(MARKER)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::remove_dir(folder),
    }
}

/// Whether the process that made a folder has ended: it holds a lock on the marker for as long as it lives.
fn is_abandoned(folder: &Path) -> bool {
    match File::open(folder.join(MARKER)) {
        Ok(marker) => marker.try_lock().is_ok(),
        Err(_) => {
            // Killed before it wrote anything, if the folder is empty. If it is alive after all, it makes it again.
            let _ = fs::remove_dir(folder);
            false
        }
    }
}

/// A site on its way to the disk. Nothing of it is seen before [`Draft::finish`]; without that it was never there.
pub struct Draft {
    place: Place,
    old: Old,
    /// Where it is put together, once there is something to put there.
    fresh: OnceLock<Result<Fresh, Failure>>,
}

impl Draft {
    /// Looks at what lies where the site goes.
    pub fn begin(out: &Path) -> Result<Draft, Failure> {
        let place = Place::of(out)?;
        let old = Old::read(&place)?;
        Ok(Draft { place, old, fresh: OnceLock::new() })
    }

    /// Takes a finished page. What cannot be written is kept in memory: [`Draft::finish`] will try again, and say why.
    pub fn keep(&self, path: &str, html: Vec<u8>) -> Content {
        let kept = self.write_aside(path, &html);
        kept.map_or_else(|| Content::Bytes(html.into()), Content::File)
    }

    /// The file that has these bytes, which may be the old one; `None` if there can be none yet.
    fn write_aside(&self, path: &str, bytes: &[u8]) -> Option<PathBuf> {
        let old = Some(self.place.out.join(path)).filter(|_| is_safe(path))?;
        if self.old.exists && has_bytes(&old, bytes) {
            return Some(old);
        }
        if self.old.exists && !can_be_moved(&self.place) {
            return None;
        }
        let fresh = self.fresh.get_or_init(|| Fresh::begin(&self.place)).as_ref().ok()?;
        let to = fresh.folder.join(path);
        let write = || create(&to).is_ok_and(|mut file| file.write_all(bytes).is_ok());
        let written = write()
            || (!to.exists() && to.parent().is_some_and(|folder| fs::create_dir_all(folder).is_ok()) && write());
        written.then_some(to)
    }

    /// Puts the site in its place, all of it or nothing.
    pub fn finish(self, output: &Output) -> Result<Written, Failure> {
        let Draft { place, old, fresh } = self;
        let fresh = fresh.into_inner().and_then(Result::ok);
        if let Some(path) = output.keys().find(|path| !is_safe(path)) {
            return Err(Failure::new("refusing to write outside of the site, to", path));
        }
        let is_same = |(path, content): (&String, &Content)| match (content, &fresh) {
            (Content::File(file), Some(fresh)) if file.starts_with(&fresh.folder) => false,
            _ => is_same(&place.out.join(path), content),
        };
        let same: Vec<bool> = output.par_iter().map(is_same).collect();
        let bytes = output.par_iter().map(|(_, content)| size(content)).try_reduce(|| 0, |a, b| Ok(a + b))?;
        let changed = same.iter().filter(|same| !**same).count();
        let list = list(output.keys().map(String::as_str));
        if changed == 0 && old.list.as_ref() == Some(&list) {
            return Ok(Written { bytes, ..Written::default() });
        }
        old.refuse_collisions(output, &same, &place)?;
        let removed = old.ours.iter().filter(|path| !output.contains_key(*path)).count();
        Task { output, same: &same, old: &old, place: &place, list: &list }.run(fresh)?;
        Ok(Written { bytes, changed, removed })
    }
}

/// The folder in which a site is put together, locked for as long as this lives, and removed with all that is in it then.
struct Fresh {
    folder: PathBuf,
    /// Its marker; `None` once it is no longer locked.
    marker: Option<File>,
}

impl Fresh {
    fn begin(place: &Place) -> Result<Fresh, Failure> {
        fs::create_dir_all(&place.above).map_err(failure("cannot create", &place.above))?;
        let folder = place.beside(NEW);
        let marker = Some(begin(&folder, NOTICE)?);
        Ok(Fresh { folder, marker })
    }

    /// Says what is in it.
    fn mark(&mut self, list: &str) -> Result<(), Failure> {
        let rest = list.strip_prefix(NOTICE).unwrap_or(list).as_bytes();
        let written = self.marker.as_mut().map_or(Ok(()), |marker| marker.write_all(rest));
        written.map_err(failure("cannot write", &self.folder.join(MARKER)))
    }

    fn remove(mut self) -> Result<(), Failure> {
        self.marker = None;
        if self.folder.exists() {
            remove(&self.folder).map_err(failure("cannot remove", &self.folder))?;
        }
        Ok(())
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        self.marker = None;
        if self.folder.exists() {
            let _ = remove(&self.folder);
        }
    }
}

/// A path that leads out of the site would be a defect of the core; it must not become one of somebody's disk.
fn is_safe(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    let is_inside = parts.all(|part| matches!(part, Component::Normal(_)));
    !path.is_empty() && !path.contains('\0') && path != MARKER && is_inside
}

fn size(content: &Content) -> Result<u64, Failure> {
    match content {
        Content::Bytes(bytes) => Ok(bytes.len() as u64),
        Content::File(file) => Ok(fs::metadata(file).map_err(failure("cannot read", file))?.len()),
    }
}

/// The marker of a folder with these files. A line break in a name must not make two names of it.
fn list<'a>(paths: impl Iterator<Item = &'a str>) -> String {
    paths.fold(NOTICE.to_owned(), |list, path| list + &line(path) + "\n")
}

fn line(path: &str) -> String {
    path.replace('\\', "\\\\").replace('\n', "\\n")
}

/// Whether there is a file with these bytes.
fn is_same(old: &Path, content: &Content) -> bool {
    match content {
        Content::Bytes(bytes) => has_bytes(old, bytes),
        Content::File(file) => {
            let Ok(metadata) = old.symlink_metadata() else { return false };
            let is_as_long = || fs::metadata(file).is_ok_and(|new| new.len() == metadata.len());
            metadata.is_file() && (file == old || (is_as_long() && have_same_bytes(old, file).unwrap_or(false)))
        }
    }
}

/// Whether this is a file with these bytes.
fn has_bytes(old: &Path, bytes: &[u8]) -> bool {
    let is_as_long = |metadata: Metadata| metadata.is_file() && metadata.len() == bytes.len() as u64;
    old.symlink_metadata().is_ok_and(is_as_long) && fs::read(old).is_ok_and(|old| old == bytes)
}

/// Compares two files piece by piece, since they may be larger than the memory.
fn have_same_bytes(a: &Path, b: &Path) -> io::Result<bool> {
    const PIECE: u64 = 1 << 18;
    let (mut a, mut b) = (File::open(a)?, File::open(b)?);
    loop {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        Read::by_ref(&mut a).take(PIECE).read_to_end(&mut left)?;
        Read::by_ref(&mut b).take(PIECE).read_to_end(&mut right)?;
        if left != right || left.is_empty() {
            return Ok(left == right);
        }
    }
}

/// What lies where the site goes.
#[derive(Default)]
struct Old {
    /// Whether there is a folder.
    exists: bool,
    /// What its marker says.
    list: Option<String>,
    /// Files that we wrote, by their paths in the site.
    ours: BTreeSet<String>,
    /// Files of others, as paths in the folder.
    foreign: Vec<PathBuf>,
    /// Folders in which none of our files lies.
    foreign_folders: Vec<PathBuf>,
}

impl Old {
    fn read(place: &Place) -> Result<Old, Failure> {
        let out = &place.out;
        if out.symlink_metadata().is_ok() && !out.is_dir() {
            return Err(Failure::new("there is a file where the site should go:", &place.shown));
        }
        let list = fs::read_to_string(out.join(MARKER)).ok();
        let mut old = Old { exists: out.is_dir(), ..Old::default() };
        let listed: Option<BTreeSet<&str>> =
            list.as_ref().and_then(|list| list.strip_prefix(NOTICE)).map(|list| list.lines().collect());
        let mut folders = Vec::new();
        let beginning = format!("{MARKER}.{NEW}");
        let is_own = |name: &str| name == MARKER || name.starts_with(&beginning);
        let walk = WalkDir::new(out).min_depth(1).into_iter();
        let walk = walk.filter_entry(|entry| entry.depth() > 1 || !is_own(&entry.file_name().to_string_lossy()));
        for entry in walk.filter(|_| old.exists) {
            let entry = entry.map_err(|error| {
                let path = error.path().unwrap_or(out).to_owned();
                error.into_io_error().map_or_else(|| Failure::new("cannot read", &path), failure("cannot read", &path))
            })?;
            if list.is_none() {
                return Err(Failure::new(
                    "refusing to replace a folder that this program did not write:",
                    &place.shown,
                ));
            }
            let path = entry.path().strip_prefix(out).unwrap_or(entry.path());
            let site_path = path.iter().map(OsStr::to_string_lossy).collect::<Vec<_>>().join("/");
            if entry.file_type().is_dir() {
                folders.push(path.to_owned());
            } else if listed.as_ref().is_none_or(|listed| listed.contains(line(&site_path).as_str())) {
                old.ours.insert(site_path);
            } else {
                old.foreign.push(path.to_owned());
            }
        }
        let with_ours: BTreeSet<&Path> = old.ours.iter().flat_map(|path| Path::new(path).ancestors().skip(1)).collect();
        old.foreign_folders = folders.iter().filter(|folder| !with_ours.contains(folder.as_path())).cloned().collect();
        drop(with_ours);
        old.list = list;
        Ok(old)
    }

    /// A file of others is not written over, unless it is what would be written.
    fn refuse_collisions(&self, output: &Output, same: &[bool], place: &Place) -> Result<(), Failure> {
        let wanted: BTreeSet<&Path> = output
            .keys()
            .zip(same)
            .flat_map(|(path, same)| Path::new(path).ancestors().skip(usize::from(*same)))
            .collect();
        let folders = self.foreign_folders.iter().filter(|folder| output.contains_key(&*folder.to_string_lossy()));
        match self.foreign.iter().filter(|path| wanted.contains(path.as_path())).chain(folders).next() {
            Some(path) => {
                Err(Failure::new("refusing to write over what this program did not write:", place.shown.join(path)))
            }
            None => Ok(()),
        }
    }
}

/// A site to be written.
struct Task<'a> {
    output: &'a Output,
    /// Which files of it are there already.
    same: &'a [bool],
    old: &'a Old,
    place: &'a Place,
    list: &'a str,
}

impl Task<'_> {
    /// `fresh` may have some of the site already.
    fn run(&self, fresh: Option<Fresh>) -> Result<(), Failure> {
        let place = self.place;
        if self.old.exists && !can_be_moved(place) {
            return self.replace_one_by_one();
        }
        let mut fresh = match fresh.map_or_else(|| Fresh::begin(place), Ok) {
            Err(failure) if self.old.exists && failure.is_refusal() => return self.replace_one_by_one(),
            begun => begun?,
        };
        self.fill(&fresh.folder)?;
        fresh.mark(self.list)?;
        if cfg!(windows) {
            // Windows does not move a folder with an open file in it.
            fresh.marker = None;
        }
        swap(&fresh.folder, place, self.old.exists)?;
        // Now it is the old site.
        fresh.remove()
    }

    /// Puts the whole site together in `fresh`.
    fn fill(&self, fresh: &Path) -> Result<(), Failure> {
        let folders: BTreeSet<&Path> = self.output.keys().filter_map(|path| Path::new(path).parent()).collect();
        for folder in folders.into_iter().chain(self.old.foreign_folders.iter().map(PathBuf::as_path)) {
            let folder = fresh.join(folder);
            fs::create_dir_all(&folder).map_err(failure("cannot create", &folder))?;
        }
        let files: Vec<_> = self.output.iter().zip(self.same).collect();
        files.into_par_iter().try_for_each(|((path, content), same)| {
            let (from, to) = (self.place.out.join(path), fresh.join(path));
            if matches!(content, Content::File(file) if *file == to) {
                return Ok(());
            }
            // Not every file system has links.
            if *same && fs::hard_link(&from, &to).is_ok() { Ok(()) } else { write_file(content, &to) }
        })?;
        for path in self.old.foreign.iter().filter(|path| !fresh.join(path).exists()) {
            let (from, to) = (self.place.out.join(path), fresh.join(path));
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder).map_err(failure("cannot create", folder))?;
            }
            fs::hard_link(&from, &to)
                .or_else(|_| fs::copy(&from, &to).map(drop))
                .map_err(failure("cannot keep", &from))?;
        }
        Ok(())
    }

    /// For a folder that cannot be moved.
    fn replace_one_by_one(&self) -> Result<(), Failure> {
        let (out, fresh) = (&self.place.out, self.place.inside());
        let lock = begin(&fresh, self.list)?;
        let changed: Vec<(&String, &Content)> =
            self.output.iter().zip(self.same).filter(|(_, same)| !**same).map(|(file, _)| file).collect();
        let result = self.exchange_files(&fresh, &changed);
        drop(lock);
        let removed = remove(&fresh).map_err(failure("cannot remove", &fresh));
        result?;
        for path in self.old.ours.iter().filter(|path| !self.output.contains_key(*path)) {
            let file = out.join(path);
            fs::remove_file(&file).map_err(failure("cannot remove", &file))?;
            // A folder that is not empty stays.
            let folders = Path::new(path).ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
            folders.take_while(|folder| fs::remove_dir(out.join(folder)).is_ok()).for_each(drop);
        }
        removed
    }

    /// Writes everything that is new, and only then moves it into its place: what is asked for by pages before them.
    fn exchange_files(&self, fresh: &Path, changed: &[(&String, &Content)]) -> Result<(), Failure> {
        let out = &self.place.out;
        let staged = |number: usize| fresh.join(number.to_string());
        let numbered: Vec<_> = changed.iter().enumerate().collect();
        numbered.par_iter().try_for_each(|(number, (_, content))| write_file(content, &staged(*number)))?;
        // Should the process end here, what is old and what is new are both ours.
        let all: BTreeSet<&str> = self.old.ours.iter().chain(self.output.keys()).map(String::as_str).collect();
        for (name, list) in [("before", &list(all.into_iter())[..]), ("after", self.list)] {
            let file = fresh.join(name);
            fs::write(&file, list).map_err(failure("cannot write", &file))?;
        }
        let marker = out.join(MARKER);
        fs::rename(fresh.join("before"), &marker).map_err(failure("cannot write", &marker))?;
        let (pages, others): (Vec<_>, Vec<_>) = numbered
            .into_iter()
            .partition(|(_, (path, _))| Path::new(path).extension().is_some_and(|ending| ending == "html"));
        for (number, (path, _)) in others.into_iter().chain(pages) {
            let file = out.join(path);
            let folder = file.parent().unwrap_or(out);
            fs::create_dir_all(folder).map_err(failure("cannot create", folder))?;
            fs::rename(staged(number), &file).map_err(failure("cannot write", &file))?;
        }
        fs::rename(fresh.join("after"), &marker).map_err(failure("cannot write", &marker))
    }
}

/// Makes a folder with a marker in it, which is locked until the result is dropped.
fn begin(folder: &Path, list: &str) -> Result<File, Failure> {
    let marker = folder.join(MARKER);
    let make = || -> io::Result<File> {
        fs::create_dir_all(folder)?;
        let mut file = File::create_new(&marker)?;
        // Without locks nobody clears up after us, which harms nobody.
        let _ = file.try_lock();
        file.write_all(list.as_bytes())?;
        Ok(file)
    };
    // Another process may take the folder away as long as it is empty.
    let made = make().or_else(|error| if error.kind() == io::ErrorKind::NotFound { make() } else { Err(error) });
    made.map_err(|error| {
        let _ = fs::remove_dir_all(folder);
        failure("cannot write", &marker)(error)
    })
}

/// Writes a new file.
fn create(to: &Path) -> Result<File, Failure> {
    File::create_new(to).map_err(|error| match error.kind() {
        // The names differ, but not to this file system, which does not know upper from lower case.
        io::ErrorKind::AlreadyExists => Failure::new("two files of the site would be one on this disk:", to),
        _ => failure("cannot write", to)(error),
    })
}

fn write_file(content: &Content, to: &Path) -> Result<(), Failure> {
    let mut file = create(to)?;
    match content {
        Content::Bytes(bytes) => file.write_all(bytes).map_err(failure("cannot write", to)),
        Content::File(from) => {
            let mut source = File::open(from).map_err(failure("cannot read", from))?;
            io::copy(&mut source, &mut file).map(drop).map_err(failure("cannot copy", from))
        }
    }
}

/// Whether the folder of a site can change places with another: a mount point cannot.
#[cfg(unix)]
fn can_be_moved(place: &Place) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (fs::metadata(&place.out), fs::metadata(&place.above)) {
        (Ok(out), Ok(above)) => out.dev() == above.dev(),
        _ => true,
    }
}

#[cfg(not(unix))]
fn can_be_moved(_: &Place) -> bool {
    true
}

/// Puts the new site in the place of the old one, which comes to lie where the new one was, or is gone.
fn swap(fresh: &Path, place: &Place, has_old: bool) -> Result<(), Failure> {
    let out = &place.out;
    if !has_old {
        return fs::rename(fresh, out).map_err(failure("cannot move", fresh));
    }
    if exchange(fresh, out).is_ok() {
        return Ok(());
    }
    let old = place.beside(OLD);
    fs::rename(out, &old).map_err(failure("cannot move", out))?;
    if let Err(error) = fs::rename(fresh, out) {
        fs::rename(&old, out).map_err(failure("cannot move back", &old))?;
        return Err(failure("cannot move", fresh)(error));
    }
    remove(&old).map_err(failure("cannot remove", &old))
}

/// Lets two folders change places in one step.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
