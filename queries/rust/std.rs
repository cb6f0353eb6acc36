// What the standard library hands out, as far as types of this program come through it. Bodies and most bounds are left
// out; `__int` and `__float` stand for every such type. Crates beside `std` that give back what they are given follow it.

mod std {
    pub mod prelude {
        pub use std::option::Option::{self, None, Some};
        pub use std::result::Result::{self, Err, Ok};
        pub use std::string::{String, ToString};
        pub use std::vec::Vec;
        pub use std::boxed::Box;
        pub use std::borrow::ToOwned;
        pub use std::clone::Clone;
        pub use std::marker::{Copy, Send, Sized, Sync, Unpin};
        pub use std::cmp::{Eq, Ord, PartialEq, PartialOrd};
        pub use std::convert::{AsMut, AsRef, From, Into, TryFrom, TryInto};
        pub use std::default::Default;
        pub use std::iter::{DoubleEndedIterator, ExactSizeIterator, Extend, FromIterator, IntoIterator, Iterator};
        pub use std::ops::{Drop, Fn, FnMut, FnOnce};
        pub use std::mem::{align_of, drop, size_of, size_of_val};
    }
    pub mod marker {
        pub trait Sized {}
        pub trait Copy: Clone {}
        pub trait Send {}
        pub trait Sync {}
        pub trait Unpin {}
        pub struct PhantomData<T>;
        impl<T> Copy for &T {}
    }
    pub mod clone {
        pub trait Clone { fn clone(&self) -> Self; fn clone_from(&mut self, source: &Self); }
        impl<T> Clone for &T {}
        impl Clone for __int {}
        impl Clone for __float {}
        impl Clone for bool {}
        impl Clone for char {}
    }
    pub mod default {
        pub trait Default { fn default() -> Self; }
    }
    pub mod cmp {
        pub enum Ordering { Less, Equal, Greater }
        impl Ordering {
            pub fn is_eq(self) -> bool; pub fn is_ne(self) -> bool; pub fn is_lt(self) -> bool; pub fn is_gt(self) -> bool;
            pub fn is_le(self) -> bool; pub fn is_ge(self) -> bool;
            pub fn reverse(self) -> Ordering;
            pub fn then(self, other: Ordering) -> Ordering;
            pub fn then_with<F: FnOnce() -> Ordering>(self, f: F) -> Ordering;
        }
        pub struct Reverse<T>(pub T);
        pub trait PartialEq<Rhs = Self> { fn eq(&self, other: &Rhs) -> bool; fn ne(&self, other: &Rhs) -> bool; }
        pub trait Eq: PartialEq<Self> {}
        pub trait PartialOrd<Rhs = Self>: PartialEq<Rhs> {
            fn partial_cmp(&self, other: &Rhs) -> Option<Ordering>;
            fn lt(&self, other: &Rhs) -> bool; fn le(&self, other: &Rhs) -> bool; fn gt(&self, other: &Rhs) -> bool; fn ge(&self, other: &Rhs) -> bool;
        }
        pub trait Ord: Eq + PartialOrd<Self> {
            fn cmp(&self, other: &Self) -> Ordering;
            fn max(self, other: Self) -> Self; fn min(self, other: Self) -> Self; fn clamp(self, min: Self, max: Self) -> Self;
        }
        pub fn max<T: Ord>(a: T, b: T) -> T;
        pub fn min<T: Ord>(a: T, b: T) -> T;
    }
    pub mod convert {
        pub trait From<T> { fn from(value: T) -> Self; }
        pub trait Into<T> { fn into(self) -> T; }
        pub trait TryFrom<T> { type Error; fn try_from(value: T) -> Result<Self, Self::Error>; }
        pub trait TryInto<T> { type Error; fn try_into(self) -> Result<T, Self::Error>; }
        pub trait AsRef<T> { fn as_ref(&self) -> &T; }
        pub trait AsMut<T> { fn as_mut(&mut self) -> &mut T; }
        pub enum Infallible {}
        impl<T, U: From<T>> Into<U> for T {}
        impl<T, U: TryFrom<T>> TryInto<U> for T { type Error = <U as TryFrom<T>>::Error; }
        impl AsRef<str> for str {}
        impl AsRef<[u8]> for str {}
        impl AsRef<str> for String {}
        impl AsRef<[u8]> for String {}
        impl<T> AsRef<[T]> for [T] {}
        impl<T> AsRef<[T]> for Vec<T> {}
        impl<T, U> AsRef<U> for &T where T: AsRef<U> {}
        impl<T> From<T> for T {}
        impl From<&str> for String {}
        impl From<char> for String {}
        impl<T> From<T> for Option<T> {}
        impl<T> From<T> for Box<T> {}
    }
    pub mod borrow {
        pub trait ToOwned { type Owned; fn to_owned(&self) -> Self::Owned; }
        pub trait Borrow<B> { fn borrow(&self) -> &B; }
        pub trait BorrowMut<B>: Borrow<B> { fn borrow_mut(&mut self) -> &mut B; }
        impl<T> Borrow<T> for T {}
        impl<T> Borrow<T> for &T {}
        impl Borrow<str> for String {}
        impl<T> Borrow<[T]> for Vec<T> {}
        impl ToOwned for str { type Owned = String; }
        impl<T> ToOwned for [T] { type Owned = Vec<T>; }
        impl<T: Clone> ToOwned for T { type Owned = T; }
        pub enum Cow<B> { Borrowed(&B), Owned(<B as ToOwned>::Owned) }
        impl<B> Cow<B> { pub fn into_owned(self) -> <B as ToOwned>::Owned; pub fn to_mut(&mut self) -> &mut <B as ToOwned>::Owned; pub fn is_borrowed(&self) -> bool; pub fn is_owned(&self) -> bool; }
        impl<B> super::ops::Deref for Cow<B> { type Target = B; }
        impl<B> Clone for Cow<B> {}
        impl From<&str> for Cow<str> {}
        impl From<String> for Cow<str> {}
        impl<T> AsRef<T> for Cow<T> {}
    }
    pub mod ops {
        pub trait Deref { type Target; fn deref(&self) -> &Self::Target; }
        pub trait DerefMut: Deref { fn deref_mut(&mut self) -> &mut Self::Target; }
        pub trait Drop { fn drop(&mut self); }
        pub trait FnOnce<Args> { type Output; }
        pub trait FnMut<Args>: FnOnce<Args> {}
        pub trait Fn<Args>: FnMut<Args> {}
        pub trait Index<Idx> { type Output; fn index(&self, index: Idx) -> &Self::Output; }
        pub trait IndexMut<Idx>: Index<Idx> { fn index_mut(&mut self, index: Idx) -> &mut Self::Output; }
        pub trait Add<Rhs = Self> { type Output; fn add(self, rhs: Rhs) -> Self::Output; }
        pub trait Sub<Rhs = Self> { type Output; fn sub(self, rhs: Rhs) -> Self::Output; }
        pub trait Mul<Rhs = Self> { type Output; fn mul(self, rhs: Rhs) -> Self::Output; }
        pub trait Div<Rhs = Self> { type Output; fn div(self, rhs: Rhs) -> Self::Output; }
        pub trait Rem<Rhs = Self> { type Output; fn rem(self, rhs: Rhs) -> Self::Output; }
        pub trait BitAnd<Rhs = Self> { type Output; fn bitand(self, rhs: Rhs) -> Self::Output; }
        pub trait BitOr<Rhs = Self> { type Output; fn bitor(self, rhs: Rhs) -> Self::Output; }
        pub trait BitXor<Rhs = Self> { type Output; fn bitxor(self, rhs: Rhs) -> Self::Output; }
        pub trait Shl<Rhs = Self> { type Output; fn shl(self, rhs: Rhs) -> Self::Output; }
        pub trait Shr<Rhs = Self> { type Output; fn shr(self, rhs: Rhs) -> Self::Output; }
        pub trait Neg { type Output; fn neg(self) -> Self::Output; }
        pub trait Not { type Output; fn not(self) -> Self::Output; }
        pub trait AddAssign<Rhs = Self> { fn add_assign(&mut self, rhs: Rhs); }
        pub trait SubAssign<Rhs = Self> { fn sub_assign(&mut self, rhs: Rhs); }
        pub trait RangeBounds<T> { fn start_bound(&self) -> Bound<&T>; fn end_bound(&self) -> Bound<&T>; fn contains<U>(&self, item: &U) -> bool; }
        pub enum Bound<T> { Included(T), Excluded(T), Unbounded }
        impl<T> Bound<T> { pub fn map<U, F: FnOnce(T) -> U>(self, f: F) -> Bound<U>; pub fn as_ref(&self) -> Bound<&T>; }
        impl<T: Clone> Bound<&T> { pub fn cloned(self) -> Bound<T>; }
        pub enum ControlFlow<B, C = ()> { Continue(C), Break(B) }
        impl<B, C> ControlFlow<B, C> { pub fn is_break(&self) -> bool; pub fn is_continue(&self) -> bool; pub fn break_value(self) -> Option<B>; }
        pub struct Range<T> { pub start: T, pub end: T }
        pub struct RangeInclusive<T> { start: T, end: T }
        pub struct RangeFrom<T> { pub start: T }
        pub struct RangeTo<T> { pub end: T }
        pub struct RangeToInclusive<T> { pub end: T }
        pub struct RangeFull;
        impl<T> Range<T> { pub fn contains<U>(&self, item: &U) -> bool; pub fn is_empty(&self) -> bool; }
        impl<T> RangeInclusive<T> { pub fn new(start: T, end: T) -> Self; pub fn contains<U>(&self, item: &U) -> bool; pub fn start(&self) -> &T; pub fn end(&self) -> &T; pub fn is_empty(&self) -> bool; pub fn into_inner(self) -> (T, T); }
        impl<T> RangeFrom<T> { pub fn contains<U>(&self, item: &U) -> bool; }
        impl<T> RangeTo<T> { pub fn contains<U>(&self, item: &U) -> bool; }
        impl<T> Iterator for Range<T> { type Item = T; }
        impl<T> Iterator for RangeInclusive<T> { type Item = T; }
        impl<T> Iterator for RangeFrom<T> { type Item = T; }
        impl<T> DoubleEndedIterator for Range<T> {}
        impl<T> DoubleEndedIterator for RangeInclusive<T> {}
        impl<T> ExactSizeIterator for Range<T> {}
        impl<T> RangeBounds<T> for Range<T> {}
        impl<T> RangeBounds<T> for RangeInclusive<T> {}
        impl<T> RangeBounds<T> for RangeFrom<T> {}
        impl<T> RangeBounds<T> for RangeTo<T> {}
        impl<T> RangeBounds<T> for RangeFull {}
        impl<T> RangeBounds<T> for (Bound<T>, Bound<T>) {}
        impl<T> Clone for Range<T> {}
    }
    pub mod range { pub use super::ops::RangeBounds; }
    pub mod option {
        pub enum Option<T> { None, Some(T) }
        impl<T> Option<T> {
            pub fn is_some(&self) -> bool; pub fn is_none(&self) -> bool;
            pub fn is_some_and<F: FnOnce(T) -> bool>(self, f: F) -> bool;
            pub fn is_none_or<F: FnOnce(T) -> bool>(self, f: F) -> bool;
            pub fn as_ref(&self) -> Option<&T>; pub fn as_mut(&mut self) -> Option<&mut T>;
            pub fn expect(self, msg: &str) -> T; pub fn unwrap(self) -> T; pub fn unwrap_or(self, default: T) -> T;
            pub fn unwrap_or_else<F: FnOnce() -> T>(self, f: F) -> T; pub fn unwrap_or_default(self) -> T;
            pub unsafe fn unwrap_unchecked(self) -> T;
            pub fn map<U, F: FnOnce(T) -> U>(self, f: F) -> Option<U>;
            pub fn inspect<F: FnOnce(&T)>(self, f: F) -> Option<T>;
            pub fn map_or<U, F: FnOnce(T) -> U>(self, default: U, f: F) -> U;
            pub fn map_or_else<U, D: FnOnce() -> U, F: FnOnce(T) -> U>(self, default: D, f: F) -> U;
            pub fn ok_or<E>(self, err: E) -> Result<T, E>; pub fn ok_or_else<E, F: FnOnce() -> E>(self, err: F) -> Result<T, E>;
            pub fn as_deref(&self) -> Option<&<T as super::ops::Deref>::Target>; pub fn as_deref_mut(&mut self) -> Option<&mut <T as super::ops::Deref>::Target>;
            pub fn iter(&self) -> super::slice::Iter<T>; pub fn iter_mut(&mut self) -> super::slice::Iter<T>;
            pub fn and<U>(self, other: Option<U>) -> Option<U>; pub fn and_then<U, F: FnOnce(T) -> Option<U>>(self, f: F) -> Option<U>;
            pub fn filter<P: FnOnce(&T) -> bool>(self, predicate: P) -> Option<T>;
            pub fn or(self, other: Option<T>) -> Option<T>; pub fn or_else<F: FnOnce() -> Option<T>>(self, f: F) -> Option<T>; pub fn xor(self, other: Option<T>) -> Option<T>;
            pub fn insert(&mut self, value: T) -> &mut T; pub fn get_or_insert(&mut self, value: T) -> &mut T;
            pub fn get_or_insert_with<F: FnOnce() -> T>(&mut self, f: F) -> &mut T;
            pub fn take(&mut self) -> Option<T>; pub fn replace(&mut self, value: T) -> Option<T>; pub fn take_if<P: FnOnce(&mut T) -> bool>(&mut self, predicate: P) -> Option<T>;
            pub fn zip<U>(self, other: Option<U>) -> Option<(T, U)>;
        }
        impl<T> Option<&T> { pub fn copied(self) -> Option<T>; pub fn cloned(self) -> Option<T>; }
        impl<T> Option<Option<T>> { pub fn flatten(self) -> Option<T>; }
        impl<T, E> Option<Result<T, E>> { pub fn transpose(self) -> Result<Option<T>, E>; }
        impl<T, U> Option<(T, U)> { pub fn unzip(self) -> (Option<T>, Option<U>); }
        impl<T> IntoIterator for Option<T> { type Item = T; type IntoIter = super::vec::IntoIter<T>; }
        impl<T> IntoIterator for &Option<T> { type Item = &T; type IntoIter = super::slice::Iter<T>; }
        impl<T> Clone for Option<T> {}
        impl<T> Default for Option<T> {}
        impl<A, V: FromIterator<A>> FromIterator<Option<A>> for Option<V> {}
    }
    pub mod result {
        pub enum Result<T, E> { Ok(T), Err(E) }
        impl<T, E> Result<T, E> {
            pub fn is_ok(&self) -> bool; pub fn is_err(&self) -> bool;
            pub fn is_ok_and<F: FnOnce(T) -> bool>(self, f: F) -> bool; pub fn is_err_and<F: FnOnce(E) -> bool>(self, f: F) -> bool;
            pub fn ok(self) -> Option<T>; pub fn err(self) -> Option<E>;
            pub fn as_ref(&self) -> Result<&T, &E>; pub fn as_mut(&mut self) -> Result<&mut T, &mut E>;
            pub fn map<U, F: FnOnce(T) -> U>(self, op: F) -> Result<U, E>;
            pub fn map_or<U, F: FnOnce(T) -> U>(self, default: U, f: F) -> U;
            pub fn map_or_else<U, D: FnOnce(E) -> U, F: FnOnce(T) -> U>(self, default: D, f: F) -> U;
            pub fn map_err<F, O: FnOnce(E) -> F>(self, op: O) -> Result<T, F>;
            pub fn inspect<F: FnOnce(&T)>(self, f: F) -> Self; pub fn inspect_err<F: FnOnce(&E)>(self, f: F) -> Self;
            pub fn as_deref(&self) -> Result<&<T as super::ops::Deref>::Target, &E>;
            pub fn iter(&self) -> super::slice::Iter<T>;
            pub fn and<U>(self, res: Result<U, E>) -> Result<U, E>; pub fn and_then<U, F: FnOnce(T) -> Result<U, E>>(self, op: F) -> Result<U, E>;
            pub fn or<F>(self, res: Result<T, F>) -> Result<T, F>; pub fn or_else<F, O: FnOnce(E) -> Result<T, F>>(self, op: O) -> Result<T, F>;
            pub fn unwrap_or(self, default: T) -> T; pub fn unwrap_or_else<F: FnOnce(E) -> T>(self, op: F) -> T; pub fn unwrap_or_default(self) -> T;
            pub fn expect(self, msg: &str) -> T; pub fn unwrap(self) -> T; pub fn expect_err(self, msg: &str) -> E; pub fn unwrap_err(self) -> E;
        }
        impl<T, E> Result<Option<T>, E> { pub fn transpose(self) -> Option<Result<T, E>>; }
        impl<T, E> Result<&T, E> { pub fn copied(self) -> Result<T, E>; pub fn cloned(self) -> Result<T, E>; }
        impl<T, E> IntoIterator for Result<T, E> { type Item = T; type IntoIter = super::vec::IntoIter<T>; }
        impl<A, E, V: FromIterator<A>> FromIterator<Result<A, E>> for Result<V, E> {}
    }
    pub mod iter {
        pub trait IntoIterator { type Item; type IntoIter: Iterator<Item = Self::Item>; fn into_iter(self) -> Self::IntoIter; }
        impl<I: Iterator> IntoIterator for I { type Item = I::Item; type IntoIter = I; }
        pub trait FromIterator<A> { fn from_iter<T: IntoIterator<Item = A>>(iter: T) -> Self; }
        pub trait Extend<A> { fn extend<T: IntoIterator<Item = A>>(&mut self, iter: T); }
        pub trait Sum<A = Self> { fn sum<I: Iterator<Item = A>>(iter: I) -> Self; }
        pub trait Product<A = Self> { fn product<I: Iterator<Item = A>>(iter: I) -> Self; }
        pub trait FusedIterator: Iterator {}
        pub struct Map<I, F, B> { iter: I, f: F, b: B }
        impl<B, I, F> Iterator for Map<I, F, B> { type Item = B; }
        impl<B, I, F> DoubleEndedIterator for Map<I, F, B> {}
        impl<B, I, F> ExactSizeIterator for Map<I, F, B> {}
        pub struct Same<I> { iter: I }
        impl<I: Iterator> Iterator for Same<I> { type Item = I::Item; }
        impl<I: Iterator> DoubleEndedIterator for Same<I> {}
        impl<I: Iterator> ExactSizeIterator for Same<I> {}
        impl<I> Clone for Same<I> {}
        pub struct Of<T> { item: T }
        impl<T> Iterator for Of<T> { type Item = T; }
        impl<T> DoubleEndedIterator for Of<T> {}
        impl<T> ExactSizeIterator for Of<T> {}
        impl<T> Clone for Of<T> {}
        pub struct Peekable<I: Iterator> { iter: I }
        impl<I: Iterator> Iterator for Peekable<I> { type Item = I::Item; }
        impl<I: Iterator> Peekable<I> {
            pub fn peek(&mut self) -> Option<&I::Item>; pub fn peek_mut(&mut self) -> Option<&mut I::Item>;
            pub fn next_if<F: FnOnce(&I::Item) -> bool>(&mut self, f: F) -> Option<I::Item>; pub fn next_if_eq<T>(&mut self, expected: &T) -> Option<I::Item>;
        }
        impl<I> Clone for Peekable<I> {}
        pub type Rev<I> = Same<I>;
        pub type Skip<I> = Same<I>;
        pub type Take<I> = Same<I>;
        pub type Cycle<I> = Same<I>;
        pub type Fuse<I> = Same<I>;
        pub type StepBy<I> = Same<I>;
        pub struct Chain<A, B> { a: A, b: B }
        impl<A: Iterator, B> Iterator for Chain<A, B> { type Item = A::Item; }
        impl<A: Iterator, B> DoubleEndedIterator for Chain<A, B> {}
        pub struct Zip<A, B> { a: A, b: B }
        impl<A: Iterator, B: Iterator> Iterator for Zip<A, B> { type Item = (A::Item, B::Item); }
        impl<A: Iterator, B: Iterator> DoubleEndedIterator for Zip<A, B> {}
        pub struct Enumerate<I> { iter: I }
        impl<I: Iterator> Iterator for Enumerate<I> { type Item = (usize, I::Item); }
        impl<I: Iterator> DoubleEndedIterator for Enumerate<I> {}
        impl<I: Iterator> ExactSizeIterator for Enumerate<I> {}
        pub fn once<T>(value: T) -> Of<T>;
        pub fn empty<T>() -> Of<T>;
        pub fn repeat<T>(value: T) -> Of<T>;
        pub fn repeat_n<T>(value: T, count: usize) -> Of<T>;
        pub fn repeat_with<T, F: FnMut() -> T>(f: F) -> Of<T>;
        pub fn from_fn<T, F: FnMut() -> Option<T>>(f: F) -> Of<T>;
        pub fn successors<T, F: FnMut(&T) -> Option<T>>(first: Option<T>, succ: F) -> Of<T>;
        pub fn zip<A: IntoIterator, B: IntoIterator>(a: A, b: B) -> Zip<A::IntoIter, B::IntoIter>;
        pub trait Iterator {
            type Item;
            fn next(&mut self) -> Option<Self::Item>;
            fn size_hint(&self) -> (usize, Option<usize>);
            fn count(self) -> usize; fn last(self) -> Option<Self::Item>; fn nth(&mut self, n: usize) -> Option<Self::Item>;
            fn step_by(self, step: usize) -> Same<Self>; fn chain<U: IntoIterator<Item = Self::Item>>(self, other: U) -> Chain<Self, U::IntoIter>;
            fn zip<U: IntoIterator>(self, other: U) -> Zip<Self, U::IntoIter>;
            fn map<B, F: FnMut(Self::Item) -> B>(self, f: F) -> Map<Self, F, B>;
            fn for_each<F: FnMut(Self::Item)>(self, f: F);
            fn filter<P: FnMut(&Self::Item) -> bool>(self, predicate: P) -> Same<Self>;
            fn filter_map<B, F: FnMut(Self::Item) -> Option<B>>(self, f: F) -> Of<B>;
            fn enumerate(self) -> Enumerate<Self>; fn peekable(self) -> Peekable<Self>;
            fn skip_while<P: FnMut(&Self::Item) -> bool>(self, predicate: P) -> Same<Self>; fn take_while<P: FnMut(&Self::Item) -> bool>(self, predicate: P) -> Same<Self>;
            fn map_while<B, P: FnMut(Self::Item) -> Option<B>>(self, predicate: P) -> Of<B>;
            fn skip(self, n: usize) -> Same<Self>; fn take(self, n: usize) -> Same<Self>;
            fn scan<St, B, F: FnMut(&mut St, Self::Item) -> Option<B>>(self, initial_state: St, f: F) -> Of<B>;
            fn flat_map<U: IntoIterator, F: FnMut(Self::Item) -> U>(self, f: F) -> Of<U::Item>;
            fn flatten(self) -> Of<<Self::Item as IntoIterator>::Item>;
            fn fuse(self) -> Same<Self>; fn inspect<F: FnMut(&Self::Item)>(self, f: F) -> Same<Self>; fn by_ref(&mut self) -> &mut Self;
            fn collect<B: FromIterator<Self::Item>>(self) -> B;
            fn partition<B: Default + Extend<Self::Item>, F: FnMut(&Self::Item) -> bool>(self, f: F) -> (B, B);
            fn fold<B, F: FnMut(B, Self::Item) -> B>(self, init: B, f: F) -> B;
            fn try_fold<B, F: FnMut(B, Self::Item) -> R, R>(&mut self, init: B, f: F) -> R; fn try_for_each<F: FnMut(Self::Item) -> R, R>(&mut self, f: F) -> R;
            fn reduce<F: FnMut(Self::Item, Self::Item) -> Self::Item>(self, f: F) -> Option<Self::Item>;
            fn all<F: FnMut(Self::Item) -> bool>(&mut self, f: F) -> bool; fn any<F: FnMut(Self::Item) -> bool>(&mut self, f: F) -> bool;
            fn find<P: FnMut(&Self::Item) -> bool>(&mut self, predicate: P) -> Option<Self::Item>;
            fn find_map<B, F: FnMut(Self::Item) -> Option<B>>(&mut self, f: F) -> Option<B>;
            fn position<P: FnMut(Self::Item) -> bool>(&mut self, predicate: P) -> Option<usize>; fn rposition<P: FnMut(Self::Item) -> bool>(&mut self, predicate: P) -> Option<usize>;
            fn max(self) -> Option<Self::Item>; fn min(self) -> Option<Self::Item>;
            fn max_by_key<B, F: FnMut(&Self::Item) -> B>(self, f: F) -> Option<Self::Item>; fn min_by_key<B, F: FnMut(&Self::Item) -> B>(self, f: F) -> Option<Self::Item>;
            fn max_by<F: FnMut(&Self::Item, &Self::Item) -> super::cmp::Ordering>(self, f: F) -> Option<Self::Item>; fn min_by<F: FnMut(&Self::Item, &Self::Item) -> super::cmp::Ordering>(self, f: F) -> Option<Self::Item>;
            fn rev(self) -> Same<Self>; fn unzip<A, B, FromA: Extend<A>, FromB: Extend<B>>(self) -> (FromA, FromB);
            fn copied(self) -> Of<<Self::Item as super::ops::Deref>::Target>; fn cloned(self) -> Of<<Self::Item as super::ops::Deref>::Target>;
            fn cycle(self) -> Same<Self>; fn sum<S>(self) -> S; fn product<P>(self) -> P;
            fn cmp<I: IntoIterator>(self, other: I) -> super::cmp::Ordering; fn partial_cmp<I: IntoIterator>(self, other: I) -> Option<super::cmp::Ordering>;
            fn eq<I: IntoIterator>(self, other: I) -> bool; fn ne<I: IntoIterator>(self, other: I) -> bool; fn lt<I: IntoIterator>(self, other: I) -> bool;
            fn is_sorted(self) -> bool; fn is_sorted_by<F>(self, f: F) -> bool; fn is_sorted_by_key<F>(self, f: F) -> bool;
        }
        pub trait DoubleEndedIterator: Iterator {
            fn next_back(&mut self) -> Option<Self::Item>; fn nth_back(&mut self, n: usize) -> Option<Self::Item>;
            fn rfold<B, F: FnMut(B, Self::Item) -> B>(self, init: B, f: F) -> B; fn rfind<P: FnMut(&Self::Item) -> bool>(&mut self, predicate: P) -> Option<Self::Item>;
        }
        pub trait ExactSizeIterator: Iterator { fn len(&self) -> usize; }
        impl<I: Iterator> Iterator for &mut I { type Item = I::Item; }
        impl<I: Iterator> Iterator for Box<I> { type Item = I::Item; }
        impl<I: DoubleEndedIterator> DoubleEndedIterator for &mut I {}
    }
    pub mod slice {
        pub struct Iter<T> { item: T }
        impl<T> Iterator for Iter<T> { type Item = &T; }
        impl<T> DoubleEndedIterator for Iter<T> {}
        impl<T> ExactSizeIterator for Iter<T> {}
        impl<T> Iter<T> { pub fn as_slice(&self) -> &[T]; pub fn into_slice(self) -> &mut [T]; pub fn as_mut_slice(&mut self) -> &mut [T]; }
        impl<T> Clone for Iter<T> {}
        impl<T> Default for Iter<T> {}
        pub type IterMut<T> = Iter<T>;
        pub trait SliceIndex<T> { type Output; }
        pub fn from_ref<T>(s: &T) -> &[T];
        pub fn from_mut<T>(s: &mut T) -> &mut [T];
        pub unsafe fn from_raw_parts<T>(data: *const T, len: usize) -> &[T];
        impl<T> IntoIterator for &[T] { type Item = &T; type IntoIter = Iter<T>; }
        impl<T> IntoIterator for &Vec<T> { type Item = &T; type IntoIter = Iter<T>; }
        impl<T> IntoIterator for [T; 1] { type Item = T; type IntoIter = super::vec::IntoIter<T>; }
        impl<T> IntoIterator for &[T; 1] { type Item = &T; type IntoIter = Iter<T>; }
        impl<T> [T] {
            pub fn len(&self) -> usize; pub fn is_empty(&self) -> bool; pub fn first(&self) -> Option<&T>; pub fn last(&self) -> Option<&T>;
            pub fn first_mut(&mut self) -> Option<&mut T>; pub fn last_mut(&mut self) -> Option<&mut T>;
            pub fn split_first(&self) -> Option<(&T, &[T])>; pub fn split_last(&self) -> Option<(&T, &[T])>; pub fn split_first_mut(&mut self) -> Option<(&mut T, &mut [T])>; pub fn split_last_mut(&mut self) -> Option<(&mut T, &mut [T])>;
            pub fn get<I>(&self, index: I) -> Option<&<[T] as __Get<I>>::Output>; pub fn get_mut<I>(&mut self, index: I) -> Option<&mut <[T] as __Get<I>>::Output>;
            pub unsafe fn get_unchecked<I>(&self, index: I) -> &<[T] as __Get<I>>::Output;
            pub fn iter(&self) -> Iter<T>; pub fn iter_mut(&mut self) -> Iter<T>; pub fn swap(&mut self, a: usize, b: usize); pub fn reverse(&mut self);
            pub fn windows(&self, size: usize) -> super::iter::Of<&[T]>; pub fn chunks(&self, size: usize) -> super::iter::Of<&[T]>; pub fn chunks_exact(&self, size: usize) -> super::iter::Of<&[T]>; pub fn chunks_mut(&mut self, size: usize) -> super::iter::Of<&mut [T]>; pub fn chunk_by<F: FnMut(&T, &T) -> bool>(&self, f: F) -> super::iter::Of<&[T]>;
            pub fn split_at(&self, mid: usize) -> (&[T], &[T]); pub fn split_at_mut(&mut self, mid: usize) -> (&mut [T], &mut [T]); pub fn split_at_checked(&self, mid: usize) -> Option<(&[T], &[T])>;
            pub fn split<F: FnMut(&T) -> bool>(&self, f: F) -> super::iter::Of<&[T]>; pub fn splitn<F: FnMut(&T) -> bool>(&self, n: usize, f: F) -> super::iter::Of<&[T]>;
            pub fn contains(&self, x: &T) -> bool; pub fn starts_with(&self, needle: &[T]) -> bool; pub fn ends_with(&self, needle: &[T]) -> bool; pub fn strip_prefix(&self, prefix: &[T]) -> Option<&[T]>; pub fn strip_suffix(&self, suffix: &[T]) -> Option<&[T]>;
            pub fn binary_search(&self, x: &T) -> Result<usize, usize>; pub fn binary_search_by<F: FnMut(&T) -> super::cmp::Ordering>(&self, f: F) -> Result<usize, usize>; pub fn binary_search_by_key<B, F: FnMut(&T) -> B>(&self, b: &B, f: F) -> Result<usize, usize>; pub fn partition_point<P: FnMut(&T) -> bool>(&self, p: P) -> usize;
            pub fn sort(&mut self); pub fn sort_by<F: FnMut(&T, &T) -> super::cmp::Ordering>(&mut self, f: F); pub fn sort_by_key<K, F: FnMut(&T) -> K>(&mut self, f: F); pub fn sort_by_cached_key<K, F: FnMut(&T) -> K>(&mut self, f: F);
            pub fn sort_unstable(&mut self); pub fn sort_unstable_by<F: FnMut(&T, &T) -> super::cmp::Ordering>(&mut self, f: F); pub fn sort_unstable_by_key<K, F: FnMut(&T) -> K>(&mut self, f: F);
            pub fn is_sorted(&self) -> bool; pub fn is_sorted_by<F: FnMut(&T, &T) -> bool>(&self, f: F) -> bool; pub fn is_sorted_by_key<K, F: FnMut(&T) -> K>(&self, f: F) -> bool;
            pub fn rotate_left(&mut self, mid: usize); pub fn rotate_right(&mut self, k: usize); pub fn fill(&mut self, value: T); pub fn copy_from_slice(&mut self, src: &[T]); pub fn clone_from_slice(&mut self, src: &[T]); pub fn copy_within<R>(&mut self, src: R, dest: usize);
            pub fn to_vec(&self) -> Vec<T>; pub fn into_vec(self: Box<Self>) -> Vec<T>; pub fn repeat(&self, n: usize) -> Vec<T>; pub fn as_ptr(&self) -> *const T; pub fn as_mut_ptr(&mut self) -> *mut T; pub fn as_ptr_range(&self) -> super::ops::Range<*const T>;
            pub fn concat(&self) -> <[T] as __Concat>::Output; pub fn join<S>(&self, sep: S) -> <[T] as __Concat>::Output;
            pub fn first_chunk<const N: usize>(&self) -> Option<&[T; N]>; pub fn as_slice(&self) -> &[T]; pub fn select_nth_unstable(&mut self, n: usize);
            pub fn swap_with_slice(&mut self, other: &mut [T]);
        }
        impl [u8] { pub fn is_ascii(&self) -> bool; pub fn eq_ignore_ascii_case(&self, other: &[u8]) -> bool; pub fn to_ascii_lowercase(&self) -> Vec<u8>; pub fn to_ascii_uppercase(&self) -> Vec<u8>; pub fn trim_ascii(&self) -> &[u8]; }
        pub trait __Get<I> { type Output; }
        impl<T> __Get<usize> for [T] { type Output = T; }
        impl<T, R> __Get<super::ops::Range<R>> for [T] { type Output = [T]; }
        impl<T, R> __Get<super::ops::RangeFrom<R>> for [T] { type Output = [T]; }
        impl<T, R> __Get<super::ops::RangeTo<R>> for [T] { type Output = [T]; }
        impl<T, R> __Get<super::ops::RangeInclusive<R>> for [T] { type Output = [T]; }
        impl<T, R> __Get<super::ops::RangeToInclusive<R>> for [T] { type Output = [T]; }
        impl<T, I> super::ops::Index<I> for Vec<T> { type Output = <[T] as __Get<I>>::Output; }
        impl<T, I> super::ops::Index<I> for [T] { type Output = <[T] as __Get<I>>::Output; }
        impl<T, I> super::ops::Index<I> for [T; 1] { type Output = <[T] as __Get<I>>::Output; }
        impl<I> super::ops::Index<I> for str { type Output = str; }
        impl<I> super::ops::Index<I> for String { type Output = str; }
        pub trait __Concat { type Output; }
        impl __Concat for [&str] { type Output = String; }
        impl __Concat for [String] { type Output = String; }
        impl __Concat for [super::borrow::Cow<str>] { type Output = String; }
        impl<T> __Concat for [Vec<T>] { type Output = Vec<T>; }
        impl<T> __Concat for [&[T]] { type Output = Vec<T>; }
    }
    pub mod array {
        pub fn from_fn<T, const N: usize, F: FnMut(usize) -> T>(f: F) -> [T; N];
        impl<T> [T; 1] { pub fn map<U, F: FnMut(T) -> U>(self, f: F) -> [U; 1]; pub fn each_ref(&self) -> [&T; 1]; pub fn as_slice(&self) -> &[T]; }
        pub type IntoIter<T, const N: usize> = super::vec::IntoIter<T>;
        pub struct TryFromSliceError;
    }
    pub mod vec {
        pub struct Vec<T, A = ()> { item: T, a: A }
        pub struct IntoIter<T> { item: T }
        impl<T> Iterator for IntoIter<T> { type Item = T; }
        impl<T> DoubleEndedIterator for IntoIter<T> {}
        impl<T> ExactSizeIterator for IntoIter<T> {}
        impl<T> IntoIter<T> { pub fn as_slice(&self) -> &[T]; }
        pub struct Drain<T> { item: T }
        impl<T> Iterator for Drain<T> { type Item = T; }
        impl<T> DoubleEndedIterator for Drain<T> {}
        impl<T> ExactSizeIterator for Drain<T> {}
        impl<T> Drain<T> { pub fn as_slice(&self) -> &[T]; }
        pub struct Splice<I> { iter: I }
        impl<T> super::ops::Deref for Vec<T> { type Target = [T]; }
        impl<T> IntoIterator for Vec<T> { type Item = T; type IntoIter = IntoIter<T>; }
        impl<T> FromIterator<T> for Vec<T> {}
        impl<T> Extend<T> for Vec<T> {}
        impl<T> Extend<&T> for Vec<T> {}
        impl<T> From<&[T]> for Vec<T> {}
        impl<T> From<[T; 1]> for Vec<T> {}
        impl<T> Clone for Vec<T> {}
        impl<T> Default for Vec<T> {}
        impl<T> Vec<T> {
            pub fn new() -> Vec<T>; pub fn with_capacity(capacity: usize) -> Vec<T>; pub fn capacity(&self) -> usize; pub fn reserve(&mut self, additional: usize); pub fn reserve_exact(&mut self, additional: usize); pub fn try_reserve(&mut self, n: usize) -> Result<(), super::collections::TryReserveError>; pub fn try_reserve_exact(&mut self, n: usize) -> Result<(), super::collections::TryReserveError>;
            pub fn shrink_to_fit(&mut self); pub fn shrink_to(&mut self, n: usize); pub fn into_boxed_slice(self) -> Box<[T]>; pub fn truncate(&mut self, len: usize); pub fn as_slice(&self) -> &[T]; pub fn as_mut_slice(&mut self) -> &mut [T];
            pub fn swap_remove(&mut self, index: usize) -> T; pub fn insert(&mut self, index: usize, element: T); pub fn remove(&mut self, index: usize) -> T;
            pub fn retain<F: FnMut(&T) -> bool>(&mut self, f: F); pub fn retain_mut<F: FnMut(&mut T) -> bool>(&mut self, f: F); pub fn dedup(&mut self); pub fn dedup_by_key<K, F: FnMut(&mut T) -> K>(&mut self, f: F); pub fn dedup_by<F: FnMut(&mut T, &mut T) -> bool>(&mut self, f: F);
            pub fn push(&mut self, value: T); pub fn pop(&mut self) -> Option<T>; pub fn pop_if<F: FnOnce(&mut T) -> bool>(&mut self, f: F) -> Option<T>; pub fn append(&mut self, other: &mut Vec<T>); pub fn drain<R>(&mut self, range: R) -> Drain<T>; pub fn splice<R, I>(&mut self, range: R, with: I) -> Drain<T>;
            pub fn clear(&mut self); pub fn len(&self) -> usize; pub fn is_empty(&self) -> bool; pub fn split_off(&mut self, at: usize) -> Vec<T>; pub fn resize(&mut self, n: usize, value: T); pub fn resize_with<F: FnMut() -> T>(&mut self, n: usize, f: F); pub fn leak(self) -> &mut [T]; pub fn extend_from_slice(&mut self, other: &[T]); pub fn extend_from_within<R>(&mut self, src: R);
            pub fn extract_if<R, F: FnMut(&mut T) -> bool>(&mut self, range: R, f: F) -> Drain<T>;
        }
    }
    pub mod boxed {
        pub struct Box<T, A = ()> { item: T, a: A }
        impl<T> Box<T> { pub fn new(x: T) -> Box<T>; pub fn pin(x: T) -> super::pin::Pin<Box<T>>; pub fn into_raw(b: Box<T>) -> *mut T; pub unsafe fn from_raw(raw: *mut T) -> Box<T>; pub fn leak(b: Box<T>) -> &mut T; }
        impl<T> super::ops::Deref for Box<T> { type Target = T; }
        impl<T> Clone for Box<T> {}
        impl<T> AsRef<T> for Box<T> {}
        impl<T> AsMut<T> for Box<T> {}
        impl<T> FromIterator<T> for Box<[T]> {}
        impl<T> IntoIterator for Box<[T]> { type Item = T; type IntoIter = super::vec::IntoIter<T>; }
        impl<T> From<Vec<T>> for Box<[T]> {}
        impl From<&str> for Box<str> {}
    }
    pub mod rc {
        pub struct Rc<T> { item: T }
        pub struct Weak<T> { item: T }
        impl<T> Rc<T> { pub fn new(value: T) -> Rc<T>; pub fn clone(this: &Rc<T>) -> Rc<T>; pub fn ptr_eq(a: &Rc<T>, b: &Rc<T>) -> bool; pub fn strong_count(a: &Rc<T>) -> usize; pub fn get_mut(a: &mut Rc<T>) -> Option<&mut T>; pub fn make_mut(a: &mut Rc<T>) -> &mut T; pub fn try_unwrap(a: Rc<T>) -> Result<T, Rc<T>>; pub fn downgrade(a: &Rc<T>) -> Weak<T>; }
        impl<T> Weak<T> { pub fn upgrade(&self) -> Option<Rc<T>>; pub fn new() -> Weak<T>; }
        impl<T> super::ops::Deref for Rc<T> { type Target = T; }
        impl<T> Clone for Rc<T> {}
        impl<T> Clone for Weak<T> {}
        impl<T> AsRef<T> for Rc<T> {}
        impl<T> From<T> for Rc<T> {}
    }
    pub mod sync {
        pub struct Arc<T> { item: T }
        pub struct Weak<T> { item: T }
        impl<T> Arc<T> { pub fn new(value: T) -> Arc<T>; pub fn clone(this: &Arc<T>) -> Arc<T>; pub fn ptr_eq(a: &Arc<T>, b: &Arc<T>) -> bool; pub fn strong_count(a: &Arc<T>) -> usize; pub fn get_mut(a: &mut Arc<T>) -> Option<&mut T>; pub fn make_mut(a: &mut Arc<T>) -> &mut T; pub fn try_unwrap(a: Arc<T>) -> Result<T, Arc<T>>; pub fn into_inner(a: Arc<T>) -> Option<T>; pub fn downgrade(a: &Arc<T>) -> Weak<T>; pub fn as_ptr(a: &Arc<T>) -> *const T; }
        impl<T> Weak<T> { pub fn upgrade(&self) -> Option<Arc<T>>; pub fn new() -> Weak<T>; }
        impl<T> super::ops::Deref for Arc<T> { type Target = T; }
        impl<T> Clone for Arc<T> {}
        impl<T> Clone for Weak<T> {}
        impl<T> AsRef<T> for Arc<T> {}
        impl<T> From<T> for Arc<T> {}
        impl From<&str> for Arc<str> {}
        impl From<String> for Arc<str> {}
        impl<T> From<Vec<T>> for Arc<[T]> {}
        impl<T> FromIterator<T> for Arc<[T]> {}
        impl<T> Default for Arc<T> {}
        pub struct PoisonError<G> { guard: G }
        impl<G> PoisonError<G> { pub fn into_inner(self) -> G; pub fn get_ref(&self) -> &G; }
        pub type LockResult<G> = Result<G, PoisonError<G>>;
        pub struct Mutex<T> { item: T }
        pub struct MutexGuard<T> { item: T }
        impl<T> Mutex<T> { pub fn new(t: T) -> Mutex<T>; pub fn lock(&self) -> LockResult<MutexGuard<T>>; pub fn try_lock(&self) -> LockResult<MutexGuard<T>>; pub fn into_inner(self) -> LockResult<T>; pub fn get_mut(&mut self) -> LockResult<&mut T>; pub fn clear_poison(&self); }
        impl<T> Default for Mutex<T> {}
        impl<T> super::ops::Deref for MutexGuard<T> { type Target = T; }
        pub struct RwLock<T> { item: T }
        pub type RwLockReadGuard<T> = MutexGuard<T>;
        pub type RwLockWriteGuard<T> = MutexGuard<T>;
        impl<T> RwLock<T> { pub fn new(t: T) -> RwLock<T>; pub fn read(&self) -> LockResult<MutexGuard<T>>; pub fn write(&self) -> LockResult<MutexGuard<T>>; pub fn into_inner(self) -> LockResult<T>; }
        impl<T> Default for RwLock<T> {}
        pub struct OnceLock<T> { item: T }
        impl<T> OnceLock<T> { pub fn new() -> OnceLock<T>; pub fn get(&self) -> Option<&T>; pub fn set(&self, value: T) -> Result<(), T>; pub fn get_or_init<F: FnOnce() -> T>(&self, f: F) -> &T; pub fn into_inner(self) -> Option<T>; pub fn get_mut(&mut self) -> Option<&mut T>; pub fn take(&mut self) -> Option<T>; }
        impl<T> Default for OnceLock<T> {}
        pub struct LazyLock<T, F = fn() -> T> { item: T, f: F }
        impl<T> LazyLock<T> { pub fn new<G: FnOnce() -> T>(f: G) -> LazyLock<T>; pub fn force(this: &LazyLock<T>) -> &T; }
        impl<T> super::ops::Deref for LazyLock<T> { type Target = T; }
        pub struct Condvar;
        pub mod atomic {
            pub enum Ordering { Relaxed, Release, Acquire, AcqRel, SeqCst }
            pub struct AtomicUsize; pub struct AtomicU64; pub struct AtomicU32; pub struct AtomicBool; pub struct AtomicI64; pub struct AtomicIsize; pub struct AtomicU8;
            impl AtomicUsize { pub fn new(v: usize) -> Self; pub fn load(&self, o: Ordering) -> usize; pub fn store(&self, v: usize, o: Ordering); pub fn fetch_add(&self, v: usize, o: Ordering) -> usize; pub fn fetch_sub(&self, v: usize, o: Ordering) -> usize; pub fn swap(&self, v: usize, o: Ordering) -> usize; pub fn fetch_max(&self, v: usize, o: Ordering) -> usize; pub fn into_inner(self) -> usize; }
            impl AtomicU64 { pub fn new(v: u64) -> Self; pub fn load(&self, o: Ordering) -> u64; pub fn store(&self, v: u64, o: Ordering); pub fn fetch_add(&self, v: u64, o: Ordering) -> u64; pub fn swap(&self, v: u64, o: Ordering) -> u64; }
            impl AtomicBool { pub fn new(v: bool) -> Self; pub fn load(&self, o: Ordering) -> bool; pub fn store(&self, v: bool, o: Ordering); pub fn swap(&self, v: bool, o: Ordering) -> bool; pub fn fetch_or(&self, v: bool, o: Ordering) -> bool; }
        }
        pub mod mpsc {
            pub struct Sender<T> { item: T } pub struct SyncSender<T> { item: T } pub struct Receiver<T> { item: T } pub struct SendError<T>(pub T); pub struct RecvError;
            pub fn channel<T>() -> (Sender<T>, Receiver<T>); pub fn sync_channel<T>(bound: usize) -> (SyncSender<T>, Receiver<T>);
            impl<T> Sender<T> { pub fn send(&self, t: T) -> Result<(), SendError<T>>; }
            impl<T> SyncSender<T> { pub fn send(&self, t: T) -> Result<(), SendError<T>>; pub fn try_send(&self, t: T) -> Result<(), SendError<T>>; }
            impl<T> Receiver<T> { pub fn recv(&self) -> Result<T, RecvError>; pub fn try_recv(&self) -> Result<T, RecvError>; pub fn recv_timeout(&self, t: super::super::time::Duration) -> Result<T, RecvError>; pub fn iter(&self) -> super::super::iter::Of<T>; pub fn try_iter(&self) -> super::super::iter::Of<T>; }
            impl<T> IntoIterator for Receiver<T> { type Item = T; type IntoIter = super::super::iter::Of<T>; }
            impl<T> IntoIterator for &Receiver<T> { type Item = T; type IntoIter = super::super::iter::Of<T>; }
            impl<T> Clone for Sender<T> {}
        }
    }
    pub mod cell {
        pub struct Cell<T> { item: T } pub struct RefCell<T> { item: T } pub struct Ref<T> { item: T } pub struct OnceCell<T> { item: T } pub struct UnsafeCell<T> { item: T }
        pub type RefMut<T> = Ref<T>;
        impl<T> Cell<T> { pub fn new(value: T) -> Cell<T>; pub fn get(&self) -> T; pub fn set(&self, value: T); pub fn replace(&self, value: T) -> T; pub fn take(&self) -> T; pub fn into_inner(self) -> T; pub fn get_mut(&mut self) -> &mut T; }
        impl<T> RefCell<T> { pub fn new(value: T) -> RefCell<T>; pub fn borrow(&self) -> Ref<T>; pub fn borrow_mut(&self) -> Ref<T>; pub fn into_inner(self) -> T; pub fn replace(&self, value: T) -> T; pub fn take(&self) -> T; pub fn get_mut(&mut self) -> &mut T; pub fn try_borrow(&self) -> Result<Ref<T>, ()>; }
        impl<T> OnceCell<T> { pub fn new() -> OnceCell<T>; pub fn get(&self) -> Option<&T>; pub fn set(&self, value: T) -> Result<(), T>; pub fn get_or_init<F: FnOnce() -> T>(&self, f: F) -> &T; }
        impl<T> super::ops::Deref for Ref<T> { type Target = T; }
        impl<T> Default for Cell<T> {}
        impl<T> Default for RefCell<T> {}
    }
    pub mod pin { pub struct Pin<P> { p: P } impl<P> super::ops::Deref for Pin<P> { type Target = <P as super::ops::Deref>::Target; } impl<P> Pin<P> { pub fn new(p: P) -> Pin<P>; pub fn as_mut(&mut self) -> Pin<&mut <P as super::ops::Deref>::Target>; } }
    pub mod future { pub trait Future { type Output; fn poll(self, cx: &mut super::task::Context) -> super::task::Poll<Self::Output>; } pub fn ready<T>(t: T) -> impl Future<Output = T>; impl<F: Future> Future for super::pin::Pin<Box<F>> { type Output = F::Output; } impl<F: Future> Future for Box<F> { type Output = F::Output; } impl<F: Future> Future for &mut F { type Output = F::Output; } }
    pub mod task { pub struct Context; pub enum Poll<T> { Ready(T), Pending } }
    pub mod mem { pub fn take<T>(dest: &mut T) -> T; pub fn replace<T>(dest: &mut T, src: T) -> T; pub fn swap<T>(a: &mut T, b: &mut T); pub fn drop<T>(x: T); pub fn forget<T>(x: T); pub fn size_of<T>() -> usize; pub fn align_of<T>() -> usize; pub fn size_of_val<T>(v: &T) -> usize; pub fn needs_drop<T>() -> bool; pub unsafe fn transmute<A, B>(a: A) -> B; pub unsafe fn zeroed<T>() -> T; pub struct ManuallyDrop<T> { t: T } pub struct MaybeUninit<T> { t: T } impl<T> ManuallyDrop<T> { pub fn new(t: T) -> Self; pub fn into_inner(s: Self) -> T; } impl<T> super::ops::Deref for ManuallyDrop<T> { type Target = T; } pub struct Discriminant<T>; pub fn discriminant<T>(t: &T) -> Discriminant<T>; }
    pub mod ptr { pub struct NonNull<T> { t: T } impl<T> NonNull<T> { pub fn as_ptr(self) -> *mut T; pub unsafe fn as_ref(&self) -> &T; pub unsafe fn new_unchecked(p: *mut T) -> Self; pub fn new(p: *mut T) -> Option<Self>; pub fn dangling() -> Self; pub fn cast<U>(self) -> NonNull<U>; } pub fn null<T>() -> *const T; pub fn null_mut<T>() -> *mut T; pub fn eq<T>(a: *const T, b: *const T) -> bool; pub unsafe fn read<T>(p: *const T) -> T; pub unsafe fn write<T>(p: *mut T, t: T); impl<T> Clone for NonNull<T> {} }
    pub mod fmt {
        pub struct Formatter; pub struct Error; pub type Result = super::result::Result<(), Error>; pub struct Arguments; pub enum Alignment { Left, Right, Center }
        pub trait Display { fn fmt(&self, f: &mut Formatter) -> Result; } pub trait Debug { fn fmt(&self, f: &mut Formatter) -> Result; } pub trait LowerHex { fn fmt(&self, f: &mut Formatter) -> Result; } pub trait UpperHex { fn fmt(&self, f: &mut Formatter) -> Result; } pub trait Binary { fn fmt(&self, f: &mut Formatter) -> Result; } pub trait Octal { fn fmt(&self, f: &mut Formatter) -> Result; } pub trait Pointer { fn fmt(&self, f: &mut Formatter) -> Result; } pub trait LowerExp { fn fmt(&self, f: &mut Formatter) -> Result; }
        pub trait Write { fn write_str(&mut self, s: &str) -> Result; fn write_char(&mut self, c: char) -> Result; fn write_fmt(&mut self, args: Arguments) -> Result; }
        impl Write for String {} impl Write for Formatter {} impl<W: Write> Write for &mut W {}
        impl Formatter { pub fn pad(&mut self, s: &str) -> Result; pub fn width(&self) -> Option<usize>; pub fn precision(&self) -> Option<usize>; pub fn alternate(&self) -> bool; pub fn fill(&self) -> char; pub fn align(&self) -> Option<Alignment>; pub fn write_str(&mut self, s: &str) -> Result; pub fn write_fmt(&mut self, a: Arguments) -> Result; pub fn pad_integral(&mut self, b: bool, prefix: &str, buf: &str) -> Result; pub fn sign_plus(&self) -> bool;
            pub fn debug_struct(&mut self, name: &str) -> DebugStruct; pub fn debug_tuple(&mut self, name: &str) -> DebugTuple; pub fn debug_list(&mut self) -> DebugList; pub fn debug_set(&mut self) -> DebugList; pub fn debug_map(&mut self) -> DebugMap; }
        pub struct DebugStruct; impl DebugStruct { pub fn field<T>(&mut self, name: &str, value: &T) -> &mut DebugStruct; pub fn finish(&mut self) -> Result; pub fn finish_non_exhaustive(&mut self) -> Result; }
        pub struct DebugTuple; impl DebugTuple { pub fn field<T>(&mut self, value: &T) -> &mut DebugTuple; pub fn finish(&mut self) -> Result; }
        pub struct DebugList; impl DebugList { pub fn entry<T>(&mut self, e: &T) -> &mut DebugList; pub fn entries<I>(&mut self, e: I) -> &mut DebugList; pub fn finish(&mut self) -> Result; }
        pub struct DebugMap; impl DebugMap { pub fn entry<K, V>(&mut self, k: &K, v: &V) -> &mut DebugMap; pub fn entries<I>(&mut self, e: I) -> &mut DebugMap; pub fn finish(&mut self) -> Result; pub fn key<K>(&mut self, k: &K) -> &mut DebugMap; pub fn value<K>(&mut self, k: &K) -> &mut DebugMap; }
        pub fn format(a: Arguments) -> String;
    }
    pub mod error { pub trait Error: super::fmt::Debug + super::fmt::Display { fn source(&self) -> Option<&dyn Error>; fn description(&self) -> &str; fn cause(&self) -> Option<&dyn Error>; } }
    pub mod hash { pub trait Hash { fn hash<H: Hasher>(&self, state: &mut H); } pub trait Hasher { fn finish(&self) -> u64; fn write(&mut self, bytes: &[u8]); fn write_u8(&mut self, i: u8); fn write_u32(&mut self, i: u32); fn write_u64(&mut self, i: u64); fn write_usize(&mut self, i: usize); fn write_str(&mut self, s: &str); } pub trait BuildHasher { type Hasher: Hasher; fn build_hasher(&self) -> Self::Hasher; fn hash_one<T: Hash>(&self, x: T) -> u64; } pub struct BuildHasherDefault<H> { h: H } pub struct RandomState; pub struct DefaultHasher; impl BuildHasher for RandomState { type Hasher = DefaultHasher; } impl Hasher for DefaultHasher {} impl DefaultHasher { pub fn new() -> Self; } impl RandomState { pub fn new() -> Self; } impl<H: Hasher> BuildHasher for BuildHasherDefault<H> { type Hasher = H; } impl<H> Default for BuildHasherDefault<H> {} impl<T: Hash> Hash for [T] {} impl Hash for str {} impl Hash for __int {} impl<T: Hash> Hash for &T {} impl Hash for bool {} }
    pub mod any { pub trait Any { fn type_id(&self) -> TypeId; } pub struct TypeId; pub fn type_name<T>() -> &str; impl dyn Any { pub fn downcast_ref<T>(&self) -> Option<&T>; pub fn is<T>(&self) -> bool; } }
    pub mod string {
        pub struct String; pub struct FromUtf8Error; pub struct Drain;
        pub trait ToString { fn to_string(&self) -> String; }
        impl<T: super::fmt::Display> ToString for T {}
        impl super::fmt::Display for str {} impl super::fmt::Display for String {} impl super::fmt::Display for __int {} impl super::fmt::Display for __float {} impl super::fmt::Display for char {} impl super::fmt::Display for bool {} impl<T: super::fmt::Display> super::fmt::Display for &T {} impl<T: super::fmt::Display> super::fmt::Display for Box<T> {} impl<T: super::fmt::Display> super::fmt::Display for super::borrow::Cow<T> {} impl super::fmt::Display for super::fmt::Arguments {} impl super::fmt::Display for super::path::Display {}
        impl super::ops::Deref for String { type Target = str; }
        impl FromIterator<char> for String {} impl FromIterator<&char> for String {} impl FromIterator<&str> for String {} impl FromIterator<String> for String {} impl<'a> FromIterator<super::borrow::Cow<'a, str>> for String {}
        impl Extend<char> for String {} impl Extend<&str> for String {} impl Extend<String> for String {}
        impl super::ops::Add<&str> for String { type Output = String; }
        impl super::str::FromStr for String { type Err = super::convert::Infallible; }
        impl From<super::borrow::Cow<str>> for String {} impl From<Box<str>> for String {} impl From<&String> for String {}
        impl Clone for String {} impl Default for String {}
        impl String { pub fn new() -> String; pub fn with_capacity(n: usize) -> String; pub fn from_utf8(vec: Vec<u8>) -> Result<String, FromUtf8Error>; pub fn from_utf8_lossy(v: &[u8]) -> super::borrow::Cow<str>; pub unsafe fn from_utf8_unchecked(v: Vec<u8>) -> String; pub fn into_bytes(self) -> Vec<u8>; pub fn as_str(&self) -> &str; pub fn as_mut_str(&mut self) -> &mut str; pub fn push_str(&mut self, s: &str); pub fn capacity(&self) -> usize; pub fn reserve(&mut self, n: usize); pub fn shrink_to_fit(&mut self); pub fn push(&mut self, c: char); pub fn as_bytes(&self) -> &[u8]; pub fn truncate(&mut self, n: usize); pub fn pop(&mut self) -> Option<char>; pub fn remove(&mut self, i: usize) -> char; pub fn retain<F: FnMut(char) -> bool>(&mut self, f: F); pub fn insert(&mut self, i: usize, c: char); pub fn insert_str(&mut self, i: usize, s: &str); pub fn len(&self) -> usize; pub fn is_empty(&self) -> bool; pub fn split_off(&mut self, at: usize) -> String; pub fn clear(&mut self); pub fn drain<R>(&mut self, r: R) -> super::iter::Of<char>; pub fn replace_range<R>(&mut self, r: R, with: &str); pub fn into_boxed_str(self) -> Box<str>; pub fn leak(self) -> &mut str; pub fn extend_from_within<R>(&mut self, r: R); }
        impl FromUtf8Error { pub fn into_bytes(self) -> Vec<u8>; pub fn utf8_error(&self) -> super::str::Utf8Error; }
    }
    pub mod str {
        pub struct Utf8Error; pub struct ParseBoolError; pub struct Chars; pub struct CharIndices;
        impl Utf8Error { pub fn valid_up_to(&self) -> usize; pub fn error_len(&self) -> Option<usize>; }
        impl Iterator for Chars { type Item = char; } impl DoubleEndedIterator for Chars {} impl Chars { pub fn as_str(&self) -> &str; } impl Clone for Chars {}
        impl Iterator for CharIndices { type Item = (usize, char); } impl DoubleEndedIterator for CharIndices {} impl CharIndices { pub fn offset(&self) -> usize; pub fn as_str(&self) -> &str; }
        pub type Bytes = super::iter::Of<u8>; pub type Lines<'a> = super::iter::Of<&'a str>; pub type Split<'a, P> = super::iter::Of<&'a str>; pub type SplitWhitespace<'a> = super::iter::Of<&'a str>; pub type SplitInclusive<'a, P> = super::iter::Of<&'a str>;
        pub trait FromStr { type Err; fn from_str(s: &str) -> Result<Self, Self::Err>; }
        impl FromStr for __int { type Err = super::num::ParseIntError; } impl FromStr for __float { type Err = super::num::ParseFloatError; } impl FromStr for bool { type Err = ParseBoolError; }
        pub fn from_utf8(v: &[u8]) -> Result<&str, Utf8Error>; pub unsafe fn from_utf8_unchecked(v: &[u8]) -> &str; pub fn from_utf8_mut(v: &mut [u8]) -> Result<&mut str, Utf8Error>;
        pub mod pattern { pub trait Pattern {} }
        impl Clone for str {}
        impl str {
            pub fn len(&self) -> usize; pub fn is_empty(&self) -> bool; pub fn is_char_boundary(&self, i: usize) -> bool; pub fn as_bytes(&self) -> &[u8]; pub fn as_ptr(&self) -> *const u8; pub fn get<I>(&self, i: I) -> Option<&str>; pub unsafe fn get_unchecked<I>(&self, i: I) -> &str; pub fn split_at(&self, mid: usize) -> (&str, &str); pub fn split_at_checked(&self, mid: usize) -> Option<(&str, &str)>;
            pub fn chars(&self) -> Chars; pub fn char_indices(&self) -> CharIndices; pub fn bytes(&self) -> super::iter::Of<u8>; pub fn split_whitespace(&self) -> super::iter::Of<&str>; pub fn split_ascii_whitespace(&self) -> super::iter::Of<&str>; pub fn lines(&self) -> super::iter::Of<&str>;
            pub fn contains<P>(&self, p: P) -> bool; pub fn starts_with<P>(&self, p: P) -> bool; pub fn ends_with<P>(&self, p: P) -> bool; pub fn find<P>(&self, p: P) -> Option<usize>; pub fn rfind<P>(&self, p: P) -> Option<usize>;
            pub fn split<P>(&self, p: P) -> super::iter::Of<&str>; pub fn split_inclusive<P>(&self, p: P) -> super::iter::Of<&str>; pub fn rsplit<P>(&self, p: P) -> super::iter::Of<&str>; pub fn split_terminator<P>(&self, p: P) -> super::iter::Of<&str>; pub fn splitn<P>(&self, n: usize, p: P) -> super::iter::Of<&str>; pub fn rsplitn<P>(&self, n: usize, p: P) -> super::iter::Of<&str>; pub fn split_once<P>(&self, p: P) -> Option<(&str, &str)>; pub fn rsplit_once<P>(&self, p: P) -> Option<(&str, &str)>; pub fn matches<P>(&self, p: P) -> super::iter::Of<&str>; pub fn match_indices<P>(&self, p: P) -> super::iter::Of<(usize, &str)>; pub fn rmatch_indices<P>(&self, p: P) -> super::iter::Of<(usize, &str)>;
            pub fn trim(&self) -> &str; pub fn trim_start(&self) -> &str; pub fn trim_end(&self) -> &str; pub fn trim_matches<P>(&self, p: P) -> &str; pub fn trim_start_matches<P>(&self, p: P) -> &str; pub fn trim_end_matches<P>(&self, p: P) -> &str; pub fn strip_prefix<P>(&self, p: P) -> Option<&str>; pub fn strip_suffix<P>(&self, p: P) -> Option<&str>; pub fn trim_left(&self) -> &str; pub fn trim_right(&self) -> &str; pub fn trim_ascii(&self) -> &str;
            pub fn parse<F: FromStr>(&self) -> Result<F, <F as FromStr>::Err>; pub fn is_ascii(&self) -> bool; pub fn eq_ignore_ascii_case(&self, o: &str) -> bool; pub fn make_ascii_lowercase(&mut self); pub fn to_ascii_lowercase(&self) -> String; pub fn to_ascii_uppercase(&self) -> String; pub fn to_lowercase(&self) -> String; pub fn to_uppercase(&self) -> String; pub fn repeat(&self, n: usize) -> String; pub fn replace<P>(&self, from: P, to: &str) -> String; pub fn replacen<P>(&self, from: P, to: &str, n: usize) -> String; pub fn escape_debug(&self) -> super::iter::Of<char>; pub fn escape_default(&self) -> super::iter::Of<char>; pub fn into_string(self: Box<str>) -> String; pub fn into_boxed_bytes(self: Box<str>) -> Box<[u8]>; pub fn encode_utf16(&self) -> super::iter::Of<u16>; pub fn floor_char_boundary(&self, i: usize) -> usize; pub fn ceil_char_boundary(&self, i: usize) -> usize;
        }
    }
    pub mod char { pub fn from_u32(i: u32) -> Option<char>; pub fn from_digit(n: u32, radix: u32) -> Option<char>; impl char { pub fn is_alphabetic(self) -> bool; pub fn is_alphanumeric(self) -> bool; pub fn is_numeric(self) -> bool; pub fn is_whitespace(self) -> bool; pub fn is_control(self) -> bool; pub fn is_uppercase(self) -> bool; pub fn is_lowercase(self) -> bool; pub fn is_digit(self, radix: u32) -> bool; pub fn to_digit(self, radix: u32) -> Option<u32>; pub fn len_utf8(self) -> usize; pub fn len_utf16(self) -> usize; pub fn encode_utf8(self, dst: &mut [u8]) -> &mut str; pub fn is_ascii(&self) -> bool; pub fn is_ascii_digit(&self) -> bool; pub fn is_ascii_alphabetic(&self) -> bool; pub fn is_ascii_alphanumeric(&self) -> bool; pub fn is_ascii_uppercase(&self) -> bool; pub fn is_ascii_lowercase(&self) -> bool; pub fn is_ascii_punctuation(&self) -> bool; pub fn is_ascii_whitespace(&self) -> bool; pub fn is_ascii_hexdigit(&self) -> bool; pub fn is_ascii_graphic(&self) -> bool; pub fn to_ascii_lowercase(&self) -> char; pub fn to_ascii_uppercase(&self) -> char; pub fn to_lowercase(self) -> super::iter::Of<char>; pub fn to_uppercase(self) -> super::iter::Of<char>; pub fn eq_ignore_ascii_case(&self, o: &char) -> bool; pub fn from_u32(i: u32) -> Option<char>; pub fn from_digit(n: u32, radix: u32) -> Option<char>; pub fn escape_debug(self) -> super::iter::Of<char>; pub fn escape_default(self) -> super::iter::Of<char>; } }
    pub mod num {
        pub struct ParseIntError; pub struct ParseFloatError; pub struct TryFromIntError; pub struct Wrapping<T>(pub T);
        pub struct NonZero<T> { t: T } impl<T> NonZero<T> { pub fn new(t: T) -> Option<NonZero<T>>; pub fn get(self) -> T; pub unsafe fn new_unchecked(t: T) -> Self; } pub type NonZeroU8 = NonZero<u8>; pub type NonZeroU32 = NonZero<u32>; pub type NonZeroU64 = NonZero<u64>; pub type NonZeroUsize = NonZero<usize>; impl<T> Clone for NonZero<T> {}
        impl __int { pub const MAX: Self; pub const MIN: Self; pub const BITS: u32; pub fn checked_add(self, o: Self) -> Option<Self>; pub fn checked_sub(self, o: Self) -> Option<Self>; pub fn checked_mul(self, o: Self) -> Option<Self>; pub fn checked_div(self, o: Self) -> Option<Self>; pub fn checked_rem(self, o: Self) -> Option<Self>; pub fn checked_next_power_of_two(self) -> Option<Self>; pub fn checked_pow(self, o: u32) -> Option<Self>; pub fn saturating_add(self, o: Self) -> Self; pub fn saturating_sub(self, o: Self) -> Self; pub fn saturating_mul(self, o: Self) -> Self; pub fn wrapping_add(self, o: Self) -> Self; pub fn wrapping_sub(self, o: Self) -> Self; pub fn wrapping_mul(self, o: Self) -> Self; pub fn wrapping_neg(self) -> Self; pub fn overflowing_add(self, o: Self) -> (Self, bool); pub fn overflowing_sub(self, o: Self) -> (Self, bool); pub fn pow(self, e: u32) -> Self; pub fn abs(self) -> Self; pub fn signum(self) -> Self; pub fn abs_diff(self, o: Self) -> Self; pub fn unsigned_abs(self) -> Self; pub fn div_ceil(self, o: Self) -> Self; pub fn div_euclid(self, o: Self) -> Self; pub fn rem_euclid(self, o: Self) -> Self; pub fn next_multiple_of(self, o: Self) -> Self; pub fn next_power_of_two(self) -> Self; pub fn is_power_of_two(self) -> bool; pub fn isqrt(self) -> Self; pub fn ilog2(self) -> u32; pub fn ilog10(self) -> u32; pub fn leading_zeros(self) -> u32; pub fn trailing_zeros(self) -> u32; pub fn count_ones(self) -> u32; pub fn count_zeros(self) -> u32; pub fn rotate_left(self, n: u32) -> Self; pub fn rotate_right(self, n: u32) -> Self; pub fn swap_bytes(self) -> Self; pub fn to_le_bytes(self) -> [u8; 8]; pub fn to_be_bytes(self) -> [u8; 8]; pub fn to_ne_bytes(self) -> [u8; 8]; pub fn from_le_bytes(b: [u8; 8]) -> Self; pub fn from_be_bytes(b: [u8; 8]) -> Self; pub fn from_ne_bytes(b: [u8; 8]) -> Self; pub fn from_str_radix(s: &str, radix: u32) -> Result<Self, ParseIntError>; pub fn is_ascii(&self) -> bool; pub fn is_ascii_digit(&self) -> bool; pub fn is_ascii_alphabetic(&self) -> bool; pub fn is_ascii_alphanumeric(&self) -> bool; pub fn is_ascii_uppercase(&self) -> bool; pub fn is_ascii_lowercase(&self) -> bool; pub fn is_ascii_punctuation(&self) -> bool; pub fn is_ascii_whitespace(&self) -> bool; pub fn is_ascii_hexdigit(&self) -> bool; pub fn is_ascii_graphic(&self) -> bool; pub fn is_ascii_control(&self) -> bool; pub fn to_ascii_lowercase(&self) -> Self; pub fn to_ascii_uppercase(&self) -> Self; pub fn eq_ignore_ascii_case(&self, o: &Self) -> bool; pub fn is_positive(self) -> bool; pub fn is_negative(self) -> bool; pub fn min_value() -> Self; pub fn max_value() -> Self; }
        impl __float { pub const MAX: Self; pub const MIN: Self; pub const EPSILON: Self; pub const INFINITY: Self; pub const NEG_INFINITY: Self; pub const NAN: Self; pub fn floor(self) -> Self; pub fn ceil(self) -> Self; pub fn round(self) -> Self; pub fn trunc(self) -> Self; pub fn abs(self) -> Self; pub fn sqrt(self) -> Self; pub fn powi(self, n: i32) -> Self; pub fn powf(self, n: Self) -> Self; pub fn ln(self) -> Self; pub fn log2(self) -> Self; pub fn log10(self) -> Self; pub fn exp(self) -> Self; pub fn max(self, o: Self) -> Self; pub fn min(self, o: Self) -> Self; pub fn clamp(self, a: Self, b: Self) -> Self; pub fn is_nan(self) -> bool; pub fn is_finite(self) -> bool; pub fn is_infinite(self) -> bool; pub fn total_cmp(&self, o: &Self) -> super::cmp::Ordering; pub fn to_bits(self) -> u64; pub fn mul_add(self, a: Self, b: Self) -> Self; pub fn hypot(self, o: Self) -> Self; pub fn recip(self) -> Self; pub fn fract(self) -> Self; pub fn signum(self) -> Self; }
        impl bool { pub fn then<T, F: FnOnce() -> T>(self, f: F) -> Option<T>; pub fn then_some<T>(self, t: T) -> Option<T>; }
        impl Ord for __int {} impl Ord for char {} impl Ord for bool {} impl Ord for str {} impl PartialOrd for __int {} impl PartialOrd for __float {} impl PartialEq for __int {}
        impl Default for __int {} impl Default for __float {} impl Default for bool {}
        impl TryFrom<usize> for __int { type Error = TryFromIntError; }
        impl From<u8> for __int {} impl From<u8> for char {} impl From<char> for u32 {} impl From<bool> for __int {}
        impl<T> *const T { pub fn is_null(self) -> bool; pub unsafe fn add(self, n: usize) -> *const T; pub unsafe fn sub(self, n: usize) -> *const T; pub unsafe fn offset(self, n: isize) -> *const T; pub fn cast<U>(self) -> *const U; pub unsafe fn read(self) -> T; pub fn wrapping_add(self, n: usize) -> Self; pub unsafe fn as_ref(self) -> Option<&T>; pub unsafe fn write(self, t: T); pub unsafe fn offset_from(self, o: *const T) -> isize; pub fn cast_mut(self) -> *mut T; pub fn addr(self) -> usize; }
    }
    pub mod collections {
        pub struct TryReserveError;
        pub use self::hash_map::HashMap; pub use self::hash_set::HashSet; pub use self::btree_map::BTreeMap; pub use self::btree_set::BTreeSet; pub use self::vec_deque::VecDeque; pub use self::binary_heap::BinaryHeap;
        pub mod hash_map {
            pub struct HashMap<K, V, S = ()> { k: K, v: V, s: S }
            pub enum Entry<K, V> { Occupied(OccupiedEntry<K, V>), Vacant(VacantEntry<K, V>) }
            pub struct OccupiedEntry<K, V> { k: K, v: V } pub struct VacantEntry<K, V> { k: K, v: V }
            pub use super::super::hash::{DefaultHasher, RandomState};
            impl<K, V> Entry<K, V> { pub fn or_insert(self, v: V) -> &mut V; pub fn or_insert_with<F: FnOnce() -> V>(self, f: F) -> &mut V; pub fn or_insert_with_key<F: FnOnce(&K) -> V>(self, f: F) -> &mut V; pub fn key(&self) -> &K; pub fn and_modify<F: FnOnce(&mut V)>(self, f: F) -> Self; pub fn or_default(self) -> &mut V; }
            impl<K, V> OccupiedEntry<K, V> { pub fn key(&self) -> &K; pub fn get(&self) -> &V; pub fn get_mut(&mut self) -> &mut V; pub fn into_mut(self) -> &mut V; pub fn insert(&mut self, v: V) -> V; pub fn remove(self) -> V; pub fn remove_entry(self) -> (K, V); }
            impl<K, V> VacantEntry<K, V> { pub fn key(&self) -> &K; pub fn into_key(self) -> K; pub fn insert(self, v: V) -> &mut V; }
            impl<K, V, S> HashMap<K, V, S> { pub fn new() -> HashMap<K, V, S>; pub fn with_capacity(n: usize) -> HashMap<K, V, S>; pub fn with_hasher(s: S) -> HashMap<K, V, S>; pub fn with_capacity_and_hasher(n: usize, s: S) -> HashMap<K, V, S>; pub fn capacity(&self) -> usize; pub fn hasher(&self) -> &S; pub fn keys(&self) -> std::iter::Of<&K>; pub fn values(&self) -> std::iter::Of<&V>; pub fn values_mut(&mut self) -> std::iter::Of<&mut V>; pub fn into_keys(self) -> std::iter::Of<K>; pub fn into_values(self) -> std::iter::Of<V>; pub fn iter(&self) -> std::iter::Of<(&K, &V)>; pub fn iter_mut(&mut self) -> std::iter::Of<(&K, &mut V)>; pub fn len(&self) -> usize; pub fn is_empty(&self) -> bool; pub fn drain(&mut self) -> std::iter::Of<(K, V)>; pub fn retain<F: FnMut(&K, &mut V) -> bool>(&mut self, f: F); pub fn clear(&mut self); pub fn reserve(&mut self, n: usize); pub fn shrink_to_fit(&mut self); pub fn entry(&mut self, key: K) -> Entry<K, V>; pub fn get<Q>(&self, k: &Q) -> Option<&V>; pub fn get_key_value<Q>(&self, k: &Q) -> Option<(&K, &V)>; pub fn contains_key<Q>(&self, k: &Q) -> bool; pub fn get_mut<Q>(&mut self, k: &Q) -> Option<&mut V>; pub fn insert(&mut self, k: K, v: V) -> Option<V>; pub fn remove<Q>(&mut self, k: &Q) -> Option<V>; pub fn remove_entry<Q>(&mut self, k: &Q) -> Option<(K, V)>; }
            impl<K, V, S> IntoIterator for HashMap<K, V, S> { type Item = (K, V); type IntoIter = std::iter::Of<(K, V)>; }
            impl<K, V, S> IntoIterator for &HashMap<K, V, S> { type Item = (&K, &V); type IntoIter = std::iter::Of<(&K, &V)>; }
            impl<K, V, S> FromIterator<(K, V)> for HashMap<K, V, S> {}
            impl<K, V, S> Extend<(K, V)> for HashMap<K, V, S> {}
            impl<K, V, S> From<[(K, V); 1]> for HashMap<K, V, S> {}
            impl<K, V, S, Q> std::ops::Index<&Q> for HashMap<K, V, S> { type Output = V; }
            impl<K, V, S> Clone for HashMap<K, V, S> {} impl<K, V, S> Default for HashMap<K, V, S> {}
        }
        pub mod btree_map {
            pub struct BTreeMap<K, V> { k: K, v: V } pub use super::hash_map::{Entry, OccupiedEntry, VacantEntry};
            impl<K, V> BTreeMap<K, V> { pub fn new() -> BTreeMap<K, V>; pub fn keys(&self) -> std::iter::Of<&K>; pub fn values(&self) -> std::iter::Of<&V>; pub fn values_mut(&mut self) -> std::iter::Of<&mut V>; pub fn into_keys(self) -> std::iter::Of<K>; pub fn into_values(self) -> std::iter::Of<V>; pub fn iter(&self) -> std::iter::Of<(&K, &V)>; pub fn iter_mut(&mut self) -> std::iter::Of<(&K, &mut V)>; pub fn range<T, R>(&self, r: R) -> std::iter::Of<(&K, &V)>; pub fn range_mut<T, R>(&mut self, r: R) -> std::iter::Of<(&K, &mut V)>; pub fn len(&self) -> usize; pub fn is_empty(&self) -> bool; pub fn retain<F: FnMut(&K, &mut V) -> bool>(&mut self, f: F); pub fn clear(&mut self); pub fn entry(&mut self, key: K) -> Entry<K, V>; pub fn get<Q>(&self, k: &Q) -> Option<&V>; pub fn get_key_value<Q>(&self, k: &Q) -> Option<(&K, &V)>; pub fn contains_key<Q>(&self, k: &Q) -> bool; pub fn get_mut<Q>(&mut self, k: &Q) -> Option<&mut V>; pub fn insert(&mut self, k: K, v: V) -> Option<V>; pub fn remove<Q>(&mut self, k: &Q) -> Option<V>; pub fn remove_entry<Q>(&mut self, k: &Q) -> Option<(K, V)>; pub fn first_key_value(&self) -> Option<(&K, &V)>; pub fn last_key_value(&self) -> Option<(&K, &V)>; pub fn pop_first(&mut self) -> Option<(K, V)>; pub fn pop_last(&mut self) -> Option<(K, V)>; pub fn split_off<Q>(&mut self, k: &Q) -> Self; pub fn append(&mut self, o: &mut Self); }
            impl<K, V> IntoIterator for BTreeMap<K, V> { type Item = (K, V); type IntoIter = std::iter::Of<(K, V)>; }
            impl<K, V> IntoIterator for &BTreeMap<K, V> { type Item = (&K, &V); type IntoIter = std::iter::Of<(&K, &V)>; }
            impl<K, V> FromIterator<(K, V)> for BTreeMap<K, V> {} impl<K, V> Extend<(K, V)> for BTreeMap<K, V> {} impl<K, V> From<[(K, V); 1]> for BTreeMap<K, V> {}
            impl<K, V, Q> std::ops::Index<&Q> for BTreeMap<K, V> { type Output = V; } impl<K, V> Clone for BTreeMap<K, V> {} impl<K, V> Default for BTreeMap<K, V> {}
        }
        pub mod hash_set {
            pub struct HashSet<T, S = ()> { t: T, s: S }
            impl<T, S> HashSet<T, S> { pub fn new() -> HashSet<T, S>; pub fn with_capacity(n: usize) -> HashSet<T, S>; pub fn with_hasher(s: S) -> HashSet<T, S>; pub fn iter(&self) -> std::iter::Of<&T>; pub fn len(&self) -> usize; pub fn is_empty(&self) -> bool; pub fn drain(&mut self) -> std::iter::Of<T>; pub fn retain<F: FnMut(&T) -> bool>(&mut self, f: F); pub fn clear(&mut self); pub fn contains<Q>(&self, q: &Q) -> bool; pub fn get<Q>(&self, q: &Q) -> Option<&T>; pub fn insert(&mut self, t: T) -> bool; pub fn replace(&mut self, t: T) -> Option<T>; pub fn remove<Q>(&mut self, q: &Q) -> bool; pub fn take<Q>(&mut self, q: &Q) -> Option<T>; pub fn difference(&self, o: &Self) -> std::iter::Of<&T>; pub fn intersection(&self, o: &Self) -> std::iter::Of<&T>; pub fn union(&self, o: &Self) -> std::iter::Of<&T>; pub fn symmetric_difference(&self, o: &Self) -> std::iter::Of<&T>; pub fn is_subset(&self, o: &Self) -> bool; pub fn is_superset(&self, o: &Self) -> bool; pub fn is_disjoint(&self, o: &Self) -> bool; pub fn reserve(&mut self, n: usize); }
            impl<T, S> IntoIterator for HashSet<T, S> { type Item = T; type IntoIter = std::iter::Of<T>; } impl<T, S> IntoIterator for &HashSet<T, S> { type Item = &T; type IntoIter = std::iter::Of<&T>; }
            impl<T, S> FromIterator<T> for HashSet<T, S> {} impl<T, S> Extend<T> for HashSet<T, S> {} impl<T, S> From<[T; 1]> for HashSet<T, S> {} impl<T, S> Clone for HashSet<T, S> {} impl<T, S> Default for HashSet<T, S> {}
        }
        pub mod btree_set {
            pub struct BTreeSet<T> { t: T }
            impl<T> BTreeSet<T> { pub fn new() -> BTreeSet<T>; pub fn iter(&self) -> std::iter::Of<&T>; pub fn range<K, R>(&self, r: R) -> std::iter::Of<&T>; pub fn len(&self) -> usize; pub fn is_empty(&self) -> bool; pub fn retain<F: FnMut(&T) -> bool>(&mut self, f: F); pub fn clear(&mut self); pub fn contains<Q>(&self, q: &Q) -> bool; pub fn get<Q>(&self, q: &Q) -> Option<&T>; pub fn insert(&mut self, t: T) -> bool; pub fn remove<Q>(&mut self, q: &Q) -> bool; pub fn first(&self) -> Option<&T>; pub fn last(&self) -> Option<&T>; pub fn pop_first(&mut self) -> Option<T>; pub fn pop_last(&mut self) -> Option<T>; pub fn difference(&self, o: &Self) -> std::iter::Of<&T>; pub fn intersection(&self, o: &Self) -> std::iter::Of<&T>; pub fn union(&self, o: &Self) -> std::iter::Of<&T>; pub fn is_subset(&self, o: &Self) -> bool; }
            impl<T> IntoIterator for BTreeSet<T> { type Item = T; type IntoIter = std::iter::Of<T>; } impl<T> IntoIterator for &BTreeSet<T> { type Item = &T; type IntoIter = std::iter::Of<&T>; }
            impl<T> FromIterator<T> for BTreeSet<T> {} impl<T> Extend<T> for BTreeSet<T> {} impl<T> From<[T; 1]> for BTreeSet<T> {} impl<T> Clone for BTreeSet<T> {} impl<T> Default for BTreeSet<T> {}
        }
        pub mod vec_deque {
            pub struct VecDeque<T> { t: T }
            impl<T> VecDeque<T> { pub fn new() -> VecDeque<T>; pub fn with_capacity(n: usize) -> VecDeque<T>; pub fn get(&self, i: usize) -> Option<&T>; pub fn get_mut(&mut self, i: usize) -> Option<&mut T>; pub fn len(&self) -> usize; pub fn is_empty(&self) -> bool; pub fn iter(&self) -> super::super::slice::Iter<T>; pub fn iter_mut(&mut self) -> super::super::slice::Iter<T>; pub fn clear(&mut self); pub fn front(&self) -> Option<&T>; pub fn front_mut(&mut self) -> Option<&mut T>; pub fn back(&self) -> Option<&T>; pub fn back_mut(&mut self) -> Option<&mut T>; pub fn pop_front(&mut self) -> Option<T>; pub fn pop_back(&mut self) -> Option<T>; pub fn push_front(&mut self, t: T); pub fn push_back(&mut self, t: T); pub fn drain<R>(&mut self, r: R) -> std::iter::Of<T>; pub fn contains(&self, t: &T) -> bool; pub fn retain<F: FnMut(&T) -> bool>(&mut self, f: F); pub fn truncate(&mut self, n: usize); pub fn make_contiguous(&mut self) -> &mut [T]; pub fn as_slices(&self) -> (&[T], &[T]); pub fn remove(&mut self, i: usize) -> Option<T>; pub fn insert(&mut self, i: usize, t: T); }
            impl<T> IntoIterator for VecDeque<T> { type Item = T; type IntoIter = super::super::vec::IntoIter<T>; } impl<T> IntoIterator for &VecDeque<T> { type Item = &T; type IntoIter = super::super::slice::Iter<T>; }
            impl<T> FromIterator<T> for VecDeque<T> {} impl<T> Extend<T> for VecDeque<T> {} impl<T> From<Vec<T>> for VecDeque<T> {} impl<T> Clone for VecDeque<T> {} impl<T> Default for VecDeque<T> {} impl<T> std::ops::Index<usize> for VecDeque<T> { type Output = T; }
        }
        pub mod binary_heap {
            pub struct BinaryHeap<T> { t: T }
            impl<T> BinaryHeap<T> { pub fn new() -> BinaryHeap<T>; pub fn push(&mut self, t: T); pub fn pop(&mut self) -> Option<T>; pub fn peek(&self) -> Option<&T>; pub fn len(&self) -> usize; pub fn is_empty(&self) -> bool; pub fn into_sorted_vec(self) -> Vec<T>; pub fn into_vec(self) -> Vec<T>; pub fn iter(&self) -> super::super::slice::Iter<T>; pub fn clear(&mut self); pub fn drain(&mut self) -> std::iter::Of<T>; }
            impl<T> FromIterator<T> for BinaryHeap<T> {} impl<T> IntoIterator for BinaryHeap<T> { type Item = T; type IntoIter = super::super::vec::IntoIter<T>; } impl<T> Default for BinaryHeap<T> {}
        }
    }
    pub mod time { pub struct Duration; pub struct Instant; pub struct SystemTime; pub const UNIX_EPOCH: SystemTime; impl Duration { pub const ZERO: Duration; pub const MAX: Duration; pub fn from_secs(n: u64) -> Duration; pub fn from_millis(n: u64) -> Duration; pub fn from_micros(n: u64) -> Duration; pub fn from_nanos(n: u64) -> Duration; pub fn from_secs_f64(n: f64) -> Duration; pub fn as_secs(&self) -> u64; pub fn as_millis(&self) -> u128; pub fn as_micros(&self) -> u128; pub fn as_nanos(&self) -> u128; pub fn as_secs_f64(&self) -> f64; pub fn subsec_nanos(&self) -> u32; pub fn is_zero(&self) -> bool; pub fn saturating_sub(self, o: Duration) -> Duration; pub fn checked_sub(self, o: Duration) -> Option<Duration>; } impl Instant { pub fn now() -> Instant; pub fn elapsed(&self) -> Duration; pub fn duration_since(&self, o: Instant) -> Duration; pub fn checked_add(&self, d: Duration) -> Option<Instant>; pub fn saturating_duration_since(&self, o: Instant) -> Duration; } impl SystemTime { pub fn now() -> SystemTime; pub fn duration_since(&self, o: SystemTime) -> Result<Duration, ()>; pub fn elapsed(&self) -> Result<Duration, ()>; } impl super::ops::Add<Duration> for Instant { type Output = Instant; } impl super::ops::Sub<Duration> for Instant { type Output = Instant; } impl super::ops::Sub<Instant> for Instant { type Output = Duration; } impl super::ops::Add for Duration { type Output = Duration; } impl super::ops::Sub for Duration { type Output = Duration; } impl super::ops::Mul<u32> for Duration { type Output = Duration; } impl Clone for Instant {} impl Clone for Duration {} }
    pub mod path {
        pub struct Path; pub struct PathBuf; pub struct Display; pub struct StripPrefixError; pub enum Component { Prefix(()), RootDir, CurDir, ParentDir, Normal(&super::ffi::OsStr) }
        impl Component { pub fn as_os_str(self) -> &super::ffi::OsStr; }
        impl Path { pub fn new<S>(s: &S) -> &Path; pub fn as_os_str(&self) -> &super::ffi::OsStr; pub fn to_str(&self) -> Option<&str>; pub fn to_string_lossy(&self) -> super::borrow::Cow<str>; pub fn to_path_buf(&self) -> PathBuf; pub fn is_absolute(&self) -> bool; pub fn is_relative(&self) -> bool; pub fn parent(&self) -> Option<&Path>; pub fn ancestors(&self) -> super::iter::Of<&Path>; pub fn file_name(&self) -> Option<&super::ffi::OsStr>; pub fn strip_prefix<P>(&self, base: P) -> Result<&Path, StripPrefixError>; pub fn starts_with<P>(&self, p: P) -> bool; pub fn ends_with<P>(&self, p: P) -> bool; pub fn file_stem(&self) -> Option<&super::ffi::OsStr>; pub fn extension(&self) -> Option<&super::ffi::OsStr>; pub fn join<P>(&self, p: P) -> PathBuf; pub fn with_file_name<S>(&self, s: S) -> PathBuf; pub fn with_extension<S>(&self, s: S) -> PathBuf; pub fn components(&self) -> super::iter::Of<Component>; pub fn iter(&self) -> super::iter::Of<&super::ffi::OsStr>; pub fn display(&self) -> Display; pub fn metadata(&self) -> super::io::Result<super::fs::Metadata>; pub fn symlink_metadata(&self) -> super::io::Result<super::fs::Metadata>; pub fn canonicalize(&self) -> super::io::Result<PathBuf>; pub fn exists(&self) -> bool; pub fn is_file(&self) -> bool; pub fn is_dir(&self) -> bool; pub fn is_symlink(&self) -> bool; pub fn read_dir(&self) -> super::io::Result<super::fs::ReadDir>; pub fn read_link(&self) -> super::io::Result<PathBuf>; }
        impl PathBuf { pub fn new() -> PathBuf; pub fn as_path(&self) -> &Path; pub fn push<P>(&mut self, p: P); pub fn pop(&mut self) -> bool; pub fn set_file_name<S>(&mut self, s: S); pub fn set_extension<S>(&mut self, s: S) -> bool; pub fn into_os_string(self) -> super::ffi::OsString; }
        impl super::ops::Deref for PathBuf { type Target = Path; } impl ToOwned for Path { type Owned = PathBuf; } impl Clone for PathBuf {} impl From<&str> for PathBuf {} impl From<String> for PathBuf {} impl AsRef<Path> for Path {} impl AsRef<Path> for PathBuf {} impl AsRef<Path> for str {} impl AsRef<Path> for String {} impl FromIterator<Component> for PathBuf {}
    }
    pub mod ffi { pub struct OsStr; pub struct OsString; pub struct CStr; pub struct CString; impl OsStr { pub fn new<S>(s: &S) -> &OsStr; pub fn to_str(&self) -> Option<&str>; pub fn to_string_lossy(&self) -> super::borrow::Cow<str>; pub fn to_os_string(&self) -> OsString; pub fn len(&self) -> usize; pub fn is_empty(&self) -> bool; } impl OsString { pub fn new() -> OsString; pub fn into_string(self) -> Result<String, OsString>; pub fn push<S>(&mut self, s: S); } impl super::ops::Deref for OsString { type Target = OsStr; } impl ToOwned for OsStr { type Owned = OsString; } impl Clone for OsString {} }
    pub mod io {
        pub struct Error; pub type Result<T, E = Error> = super::result::Result<T, E>; pub enum ErrorKind { NotFound, PermissionDenied, AlreadyExists, InvalidData, InvalidInput, UnexpectedEof, Interrupted, WouldBlock, TimedOut, BrokenPipe, Other, WriteZero, ConnectionReset, ConnectionRefused, NotConnected, AddrInUse, Unsupported, OutOfMemory }
        impl Error { pub fn new<E>(kind: ErrorKind, e: E) -> Error; pub fn other<E>(e: E) -> Error; pub fn kind(&self) -> ErrorKind; pub fn last_os_error() -> Error; pub fn raw_os_error(&self) -> Option<i32>; pub fn from_raw_os_error(n: i32) -> Error; } impl From<ErrorKind> for Error {}
        pub trait Read { fn read(&mut self, buf: &mut [u8]) -> Result<usize>; fn read_to_end(&mut self, buf: &mut Vec<u8>) -> Result<usize>; fn read_to_string(&mut self, buf: &mut String) -> Result<usize>; fn read_exact(&mut self, buf: &mut [u8]) -> Result<()>; fn by_ref(&mut self) -> &mut Self; fn bytes(self) -> super::iter::Of<Result<u8>>; fn take(self, limit: u64) -> Take<Self>; }
        pub struct Take<R> { r: R } impl<R: Read> Read for Take<R> {}
        pub trait Write { fn write(&mut self, buf: &[u8]) -> Result<usize>; fn flush(&mut self) -> Result<()>; fn write_all(&mut self, buf: &[u8]) -> Result<()>; fn write_fmt(&mut self, a: super::fmt::Arguments) -> Result<()>; fn by_ref(&mut self) -> &mut Self; }
        pub trait BufRead: Read { fn fill_buf(&mut self) -> Result<&[u8]>; fn consume(&mut self, n: usize); fn read_line(&mut self, buf: &mut String) -> Result<usize>; fn read_until(&mut self, b: u8, buf: &mut Vec<u8>) -> Result<usize>; fn lines(self) -> super::iter::Of<Result<String>>; fn split(self, b: u8) -> super::iter::Of<Result<Vec<u8>>>; }
        pub trait Seek { fn seek(&mut self, pos: SeekFrom) -> Result<u64>; fn rewind(&mut self) -> Result<()>; } pub enum SeekFrom { Start(u64), End(i64), Current(i64) } pub trait IsTerminal { fn is_terminal(&self) -> bool; }
        pub struct Stdin; pub struct Stdout; pub struct Stderr; pub struct StdinLock; pub struct StdoutLock; pub struct BufReader<R> { r: R } pub struct BufWriter<W> { w: W } pub struct Cursor<T> { t: T } pub fn stdin() -> Stdin; pub fn stdout() -> Stdout; pub fn stderr() -> Stderr; pub fn copy<R, W>(r: &mut R, w: &mut W) -> Result<u64>; pub fn sink() -> Stdout; pub fn read_to_string<R>(r: R) -> Result<String>;
        impl Stdin { pub fn lock(&self) -> StdinLock; pub fn read_line(&self, b: &mut String) -> Result<usize>; pub fn lines(self) -> super::iter::Of<Result<String>>; } impl Stdout { pub fn lock(&self) -> StdoutLock; } impl Stderr { pub fn lock(&self) -> StdoutLock; }
        impl Read for Stdin {} impl Read for StdinLock {} impl BufRead for StdinLock {} impl Write for Stdout {} impl Write for StdoutLock {} impl Write for Stderr {} impl Write for Vec<u8> {} impl Read for &[u8] {} impl<R: Read> Read for BufReader<R> {} impl<R: Read> BufRead for BufReader<R> {} impl<W: Write> Write for BufWriter<W> {} impl<T> Read for Cursor<T> {} impl<T> BufRead for Cursor<T> {} impl<T> Write for Cursor<T> {} impl<R: Read> Read for &mut R {} impl<W: Write> Write for &mut W {} impl<W: Write> Write for Box<W> {} impl IsTerminal for Stdin {} impl IsTerminal for Stdout {} impl IsTerminal for Stderr {}
        impl<R> BufReader<R> { pub fn new(r: R) -> BufReader<R>; pub fn into_inner(self) -> R; pub fn get_ref(&self) -> &R; pub fn get_mut(&mut self) -> &mut R; } impl<W> BufWriter<W> { pub fn new(w: W) -> BufWriter<W>; pub fn into_inner(self) -> Result<W>; } impl<T> Cursor<T> { pub fn new(t: T) -> Cursor<T>; pub fn into_inner(self) -> T; pub fn position(&self) -> u64; pub fn get_ref(&self) -> &T; }
    }
    pub mod fs { pub struct File; pub struct Metadata; pub struct ReadDir; pub struct DirEntry; pub struct FileType; pub struct OpenOptions; pub struct Permissions; impl File { pub fn open<P>(p: P) -> super::io::Result<File>; pub fn create<P>(p: P) -> super::io::Result<File>; pub fn create_new<P>(p: P) -> super::io::Result<File>; pub fn options() -> OpenOptions; pub fn metadata(&self) -> super::io::Result<Metadata>; pub fn sync_all(&self) -> super::io::Result<()>; pub fn set_len(&self, n: u64) -> super::io::Result<()>; pub fn try_clone(&self) -> super::io::Result<File>; } impl super::io::Read for File {} impl super::io::Write for File {} impl super::io::Seek for File {} impl super::io::Read for &File {} impl super::io::Write for &File {} impl OpenOptions { pub fn new() -> OpenOptions; pub fn read(&mut self, b: bool) -> &mut OpenOptions; pub fn write(&mut self, b: bool) -> &mut OpenOptions; pub fn append(&mut self, b: bool) -> &mut OpenOptions; pub fn truncate(&mut self, b: bool) -> &mut OpenOptions; pub fn create(&mut self, b: bool) -> &mut OpenOptions; pub fn create_new(&mut self, b: bool) -> &mut OpenOptions; pub fn open<P>(&self, p: P) -> super::io::Result<File>; } impl Metadata { pub fn len(&self) -> u64; pub fn is_dir(&self) -> bool; pub fn is_file(&self) -> bool; pub fn is_symlink(&self) -> bool; pub fn modified(&self) -> super::io::Result<super::time::SystemTime>; pub fn file_type(&self) -> FileType; pub fn permissions(&self) -> Permissions; } impl FileType { pub fn is_dir(&self) -> bool; pub fn is_file(&self) -> bool; pub fn is_symlink(&self) -> bool; } impl Iterator for ReadDir { type Item = super::io::Result<DirEntry>; } impl DirEntry { pub fn path(&self) -> super::path::PathBuf; pub fn file_name(&self) -> super::ffi::OsString; pub fn metadata(&self) -> super::io::Result<Metadata>; pub fn file_type(&self) -> super::io::Result<FileType>; } pub fn read<P>(p: P) -> super::io::Result<Vec<u8>>; pub fn read_to_string<P>(p: P) -> super::io::Result<String>; pub fn write<P, C>(p: P, c: C) -> super::io::Result<()>; pub fn read_dir<P>(p: P) -> super::io::Result<ReadDir>; pub fn metadata<P>(p: P) -> super::io::Result<Metadata>; pub fn symlink_metadata<P>(p: P) -> super::io::Result<Metadata>; pub fn canonicalize<P>(p: P) -> super::io::Result<super::path::PathBuf>; pub fn remove_file<P>(p: P) -> super::io::Result<()>; pub fn remove_dir_all<P>(p: P) -> super::io::Result<()>; pub fn create_dir_all<P>(p: P) -> super::io::Result<()>; pub fn create_dir<P>(p: P) -> super::io::Result<()>; pub fn rename<P, Q>(a: P, b: Q) -> super::io::Result<()>; pub fn copy<P, Q>(a: P, b: Q) -> super::io::Result<u64>; }
    pub mod env { pub struct VarError; pub fn var<K>(k: K) -> Result<String, VarError>; pub fn var_os<K>(k: K) -> Option<super::ffi::OsString>; pub fn args() -> super::iter::Of<String>; pub fn args_os() -> super::iter::Of<super::ffi::OsString>; pub fn current_dir() -> super::io::Result<super::path::PathBuf>; pub fn current_exe() -> super::io::Result<super::path::PathBuf>; pub fn temp_dir() -> super::path::PathBuf; pub fn vars() -> super::iter::Of<(String, String)>; }
    pub mod process { pub struct Command; pub struct Child; pub struct Output { pub status: ExitStatus, pub stdout: Vec<u8>, pub stderr: Vec<u8> } pub struct ExitStatus; pub struct ExitCode; pub struct Stdio; pub fn exit(c: i32) -> !; pub fn abort() -> !; pub fn id() -> u32; impl Command { pub fn new<S>(s: S) -> Command; pub fn arg<S>(&mut self, s: S) -> &mut Command; pub fn args<I>(&mut self, i: I) -> &mut Command; pub fn env<K, V>(&mut self, k: K, v: V) -> &mut Command; pub fn env_remove<K>(&mut self, k: K) -> &mut Command; pub fn env_clear(&mut self) -> &mut Command; pub fn current_dir<P>(&mut self, p: P) -> &mut Command; pub fn stdin(&mut self, s: Stdio) -> &mut Command; pub fn stdout(&mut self, s: Stdio) -> &mut Command; pub fn stderr(&mut self, s: Stdio) -> &mut Command; pub fn spawn(&mut self) -> super::io::Result<Child>; pub fn output(&mut self) -> super::io::Result<Output>; pub fn status(&mut self) -> super::io::Result<ExitStatus>; } impl ExitStatus { pub fn success(&self) -> bool; pub fn code(&self) -> Option<i32>; } impl Stdio { pub fn piped() -> Stdio; pub fn null() -> Stdio; pub fn inherit() -> Stdio; } impl Child { pub fn wait(&mut self) -> super::io::Result<ExitStatus>; pub fn kill(&mut self) -> super::io::Result<()>; pub fn id(&self) -> u32; pub fn try_wait(&mut self) -> super::io::Result<Option<ExitStatus>>; pub fn wait_with_output(self) -> super::io::Result<Output>; } }
    pub mod thread { pub struct JoinHandle<T> { t: T } impl<T> JoinHandle<T> { pub fn join(self) -> Result<T, Box<dyn super::any::Any>>; pub fn is_finished(&self) -> bool; } pub fn spawn<F: FnOnce() -> T, T>(f: F) -> JoinHandle<T>; pub fn sleep(d: super::time::Duration); pub fn scope<F: FnOnce(&Scope) -> T, T>(f: F) -> T; pub struct Scope; impl Scope { pub fn spawn<F: FnOnce() -> T, T>(&self, f: F) -> JoinHandle<T>; } pub struct LocalKey<T> { t: T } impl<T> LocalKey<T> { pub fn with<R, F: FnOnce(&T) -> R>(&self, f: F) -> R; } pub fn current() -> Thread; pub struct Thread; pub struct ThreadId; impl Thread { pub fn id(&self) -> ThreadId; } }
    pub mod hint { pub fn black_box<T>(t: T) -> T; pub unsafe fn unreachable_unchecked() -> !; }
    pub mod panic { pub struct AssertUnwindSafe<T>(pub T); pub fn catch_unwind<F: FnOnce() -> R, R>(f: F) -> Result<R, Box<dyn super::any::Any>>; pub fn resume_unwind(p: Box<dyn super::any::Any>) -> !; pub trait UnwindSafe {} pub trait RefUnwindSafe {} }
}

mod hashbrown {
    pub struct TryReserveError;
    pub use std::collections::{HashMap, HashSet};
    pub mod hash_table {
        pub struct HashTable<T> { t: T }
        pub enum Entry<T> { Occupied(OccupiedEntry<T>), Vacant(VacantEntry<T>) }
        pub struct OccupiedEntry<T> { t: T }
        pub struct VacantEntry<T> { t: T }
        pub struct AbsentEntry<T> { t: T }
        impl<T> HashTable<T> {
            pub fn new() -> HashTable<T>; pub fn with_capacity(n: usize) -> HashTable<T>;
            pub fn len(&self) -> usize; pub fn is_empty(&self) -> bool; pub fn capacity(&self) -> usize; pub fn clear(&mut self);
            pub fn find<E: FnMut(&T) -> bool>(&self, hash: u64, eq: E) -> Option<&T>;
            pub fn find_mut<E: FnMut(&T) -> bool>(&mut self, hash: u64, eq: E) -> Option<&mut T>;
            pub fn find_entry<E: FnMut(&T) -> bool>(&mut self, hash: u64, eq: E) -> Result<OccupiedEntry<T>, AbsentEntry<T>>;
            pub fn entry<E: FnMut(&T) -> bool, H: Fn(&T) -> u64>(&mut self, hash: u64, eq: E, hasher: H) -> Entry<T>;
            pub fn insert_unique<H: Fn(&T) -> u64>(&mut self, hash: u64, value: T, hasher: H) -> OccupiedEntry<T>;
            pub fn reserve<H: Fn(&T) -> u64>(&mut self, n: usize, hasher: H); pub fn shrink_to<H: Fn(&T) -> u64>(&mut self, n: usize, hasher: H);
            pub fn try_reserve<H: Fn(&T) -> u64>(&mut self, n: usize, hasher: H) -> Result<(), super::TryReserveError>;
            pub fn retain<F: FnMut(&mut T) -> bool>(&mut self, f: F); pub fn drain(&mut self) -> std::iter::Of<T>;
            pub fn iter(&self) -> std::iter::Of<&T>; pub fn iter_mut(&mut self) -> std::iter::Of<&mut T>;
        }
        impl<T> OccupiedEntry<T> { pub fn get(&self) -> &T; pub fn get_mut(&mut self) -> &mut T; pub fn into_mut(self) -> &mut T; pub fn remove(self) -> (T, VacantEntry<T>); pub fn into_table(self) -> &mut HashTable<T>; }
        impl<T> VacantEntry<T> { pub fn insert(self, value: T) -> OccupiedEntry<T>; pub fn into_table(self) -> &mut HashTable<T>; }
        impl<T> AbsentEntry<T> { pub fn into_table(self) -> &mut HashTable<T>; }
        impl<T> Clone for HashTable<T> {}
    }
}

mod rayon {
    pub mod prelude { pub use super::slice::ParallelSliceMut; }
    pub mod slice {
        pub trait ParallelSliceMut<T> {
            fn par_sort(&mut self); fn par_sort_unstable(&mut self);
            fn par_sort_by<F: Fn(&T, &T) -> std::cmp::Ordering>(&mut self, f: F);
            fn par_sort_unstable_by<F: Fn(&T, &T) -> std::cmp::Ordering>(&mut self, f: F);
            fn par_sort_by_key<K, F: Fn(&T) -> K>(&mut self, f: F);
            fn par_sort_unstable_by_key<K, F: Fn(&T) -> K>(&mut self, f: F);
            fn par_sort_by_cached_key<K, F: Fn(&T) -> K>(&mut self, f: F);
        }
        impl<T> ParallelSliceMut<T> for [T] {}
    }
}
