//! Results of pure functions, kept from one build to the next.
//!
//! A result is found again by a name for its function and a key with *all* of the function's inputs, compared in full:
//! no digest stands for anything. Large inputs are compared by where they lie ([`Same`]): an unchanged file is the same
//! text in memory, its unchanged article the same article, and so on down the pipeline, so that a build after a small
//! edit looks up pointers. A memo can be forgotten at any time; it changes how long a build takes and nothing else.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Source};

/// The name of a function, the type of its inputs and that of its results.
type ShelfName = (&'static str, TypeId, TypeId);

/// Kept results.
#[derive(Default)]
pub struct Memo {
    shelves: Mutex<HashMap<ShelfName, Arc<dyn AnyShelf>>>,
    /// How often it was swept.
    round: AtomicU64,
}

/// A shared immutable value, equal to itself alone. What holds a `Same` keeps the value alive, so no other value can
/// come to lie in its place.
#[derive(Debug)]
pub struct Same<T: ?Sized>(pub Arc<T>);

impl<T: ?Sized> Same<T> {
    /// This value, to be recognised.
    #[must_use]
    pub fn of(value: &Arc<T>) -> Same<T> {
        Same(Arc::clone(value))
    }
}

impl<T: ?Sized> Clone for Same<T> {
    fn clone(&self) -> Same<T> {
        Same::of(&self.0)
    }
}

impl<T: ?Sized> PartialEq for Same<T> {
    fn eq(&self, other: &Same<T>) -> bool {
        std::ptr::addr_eq(Arc::as_ptr(&self.0), Arc::as_ptr(&other.0))
    }
}

impl<T: ?Sized> Eq for Same<T> {}

impl<T: ?Sized> Hash for Same<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).cast::<()>().hash(state);
    }
}

/// A source, recognised: its number, its path and its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SameSource(FileId, String, Same<str>);

impl SameSource {
    /// This source, to be recognised.
    #[must_use]
    pub fn of(source: &Source) -> SameSource {
        SameSource(source.id, source.path.clone(), Same::of(&source.text))
    }
}

/// The results of one function.
struct Shelf<K, V> {
    entries: Mutex<HashMap<K, Entry<V>>>,
}

struct Entry<V> {
    value: Arc<V>,
    /// The round in which it was last asked for.
    used: u64,
}

trait AnyShelf: Send + Sync {
    /// Drops what was last asked for before `round`.
    fn sweep(&self, round: u64);
    fn len(&self) -> usize;
    fn as_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;
}

impl<K: Eq + Hash + Send + 'static, V: Send + Sync + 'static> AnyShelf for Shelf<K, V> {
    fn sweep(&self, round: u64) {
        lock(&self.entries).retain(|_, entry| entry.used >= round);
    }

    fn len(&self) -> usize {
        lock(&self.entries).len()
    }

    fn as_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }
}

/// A thread that failed while it held the lock has left a map that is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memo {
    /// What `make` gives, or gave for an equal key before. `kind` names the function.
    pub fn get_or<K, V>(&self, kind: &'static str, key: K, make: impl FnOnce() -> V) -> Arc<V>
    where
        K: Eq + Hash + Send + 'static,
        V: Send + Sync + 'static,
    {
        self.find(kind, &key).unwrap_or_else(|| self.keep(kind, key, make()))
    }

    /// As [`Memo::get_or`], for a function with something to say: on a hit it is said again.
    pub fn get_or_say<K, V>(
        &self,
        kind: &'static str,
        key: K,
        diagnostics: &mut Vec<Diagnostic>,
        make: impl FnOnce(&mut Vec<Diagnostic>) -> V,
    ) -> Arc<V>
    where
        K: Eq + Hash + Send + 'static,
        V: Send + Sync + 'static,
    {
        let kept = self.get_or(kind, key, || {
            let mut found = Vec::new();
            (Arc::new(make(&mut found)), found)
        });
        diagnostics.extend_from_slice(&kept.1);
        kept.0.clone()
    }

    /// The result that was kept for an equal key.
    pub fn find<K, V>(&self, kind: &'static str, key: &K) -> Option<Arc<V>>
    where
        K: Eq + Hash + Send + 'static,
        V: Send + Sync + 'static,
    {
        let shelf = self.shelf::<K, V>(kind);
        let mut entries = lock(&shelf.entries);
        let entry = entries.get_mut(key)?;
        entry.used = self.round.load(Ordering::Relaxed);
        Some(entry.value.clone())
    }

    /// Keeps a result.
    pub fn keep<K, V>(&self, kind: &'static str, key: K, value: V) -> Arc<V>
    where
        K: Eq + Hash + Send + 'static,
        V: Send + Sync + 'static,
    {
        let (value, used) = (Arc::new(value), self.round.load(Ordering::Relaxed));
        lock(&self.shelf::<K, V>(kind).entries).insert(key, Entry { value: value.clone(), used });
        value
    }

    /// Number of results.
    #[must_use]
    pub fn len(&self) -> usize {
        lock(&self.shelves).values().map(|shelf| shelf.len()).sum()
    }

    /// Whether nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets what nobody asked for since the last sweep.
    pub fn sweep(&self) {
        let round = self.round.fetch_add(1, Ordering::Relaxed);
        let shelves: Vec<_> = lock(&self.shelves).values().cloned().collect();
        for shelf in shelves {
            shelf.sweep(round);
        }
    }

    fn shelf<K, V>(&self, kind: &'static str) -> Arc<Shelf<K, V>>
    where
        K: Eq + Hash + Send + 'static,
        V: Send + Sync + 'static,
    {
        let new = || Arc::new(Shelf::<K, V> { entries: Mutex::default() });
        let name = (kind, TypeId::of::<K>(), TypeId::of::<V>());
        let shelf = lock(&self.shelves).entry(name).or_insert_with(|| new()).clone();
        // The types are part of the name, so the shelf is of these types.
        shelf.as_any().downcast().unwrap_or_else(|_| new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn a_function_is_called_once_for_equal_keys() {
        let memo = Memo::default();
        let mut calls = Vec::new();
        for key in [1, 2, 1] {
            let doubled = memo.get_or("double", key, || {
                calls.push(key);
                2 * key
            });
            assert_eq!(*doubled, 2 * key);
        }
        assert_eq!(calls, [1, 2]);
        assert_eq!(*memo.get_or("triple", 1, || 3), 3, "another function");
        assert_eq!(*memo.get_or("double", 1u8, || "one"), "one", "other types");
    }

    #[test]
    fn what_was_said_is_said_again() {
        let memo = Memo::default();
        let mut diagnostics = Vec::new();
        for _ in 0..2 {
            memo.get_or_say("warn", (), &mut diagnostics, |found| {
                found.push(Diagnostic::warning("x", Span::new(FileId(0), 0..1), "careful"));
            });
        }
        assert_eq!(diagnostics.iter().map(|d| d.message.as_str()).collect::<Vec<_>>(), ["careful", "careful"]);
    }

    #[test]
    fn what_nobody_asks_for_is_forgotten() {
        let memo = Memo::default();
        let ask = |key: u8| *memo.get_or("answer", key, || key + 100);
        ask(1);
        ask(2);
        memo.sweep();
        ask(1);
        memo.sweep();
        assert_eq!(memo.find::<u8, u8>("answer", &1).as_deref(), Some(&101));
        assert_eq!(memo.find::<u8, u8>("answer", &2), None);
    }

    #[test]
    fn the_same_is_not_only_equal() {
        let (a, b): (Arc<str>, Arc<str>) = ("x".into(), "x".into());
        assert!(Same::of(&a) == Same::of(&a.clone()));
        assert!(Same::of(&a) != Same::of(&b));
    }
}
