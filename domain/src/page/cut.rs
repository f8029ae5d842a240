//! Cutting a page from a list that is all in memory.

use super::{Cursor, CursorValue, ListRequest, Page, SortKey};
use crate::error::{Errors, Invalid};
use std::cmp::Ordering;
use uuid::Uuid;

/// What a list in memory is sorted by.
pub trait Sorted {
    /// The value of a sort key. One key has one kind of value, or none.
    fn value(&self, key: &str) -> CursorValue;

    /// What breaks ties.
    fn id(&self) -> Uuid;
}

/// The page of `items` that `request` asks for, ordered by its sort keys or else by `usual`,
/// the unknown last and ties by id. O(n log n).
///
/// # Errors
/// When the cursor's values cannot be of this list: somebody made it.
pub fn cut<F, T: Sorted>(
    request: &ListRequest<F>,
    usual: &[SortKey],
    mut items: Vec<T>,
) -> Result<Page<T>, Errors> {
    let keys = if request.sort.is_empty() { usual } else { &request.sort };
    let total = items.len() as u64;
    if let Some(cursor) = checked_cursor(request, keys, &items)? {
        items.retain(|item| behind(keys, item, cursor));
    }
    let limit = request.limit as usize;
    let order = |a: &T, b: &T| compare(keys, a, b);
    let more = items.len() > limit;
    if more {
        // Only what is shown needs to be in order.
        items.select_nth_unstable_by(limit, order);
        items.truncate(limit);
    }
    items.sort_unstable_by(order);
    Ok(page(request, keys, items, more, total))
}

/// The same of `items` that are in the order of `keys` already. O(n), without comparing them
/// to each other.
///
/// # Errors
/// When the cursor's values cannot be of this list: somebody made it.
pub fn cut_sorted<F, T: Sorted>(
    request: &ListRequest<F>,
    keys: &[SortKey],
    mut items: Vec<T>,
) -> Result<Page<T>, Errors> {
    let total = items.len() as u64;
    if let Some(cursor) = checked_cursor(request, keys, &items)? {
        items.drain(..items.partition_point(|item| !behind(keys, item, cursor)));
    }
    let limit = request.limit as usize;
    let more = items.len() > limit;
    items.truncate(limit);
    Ok(page(request, keys, items, more, total))
}

fn page<F, T: Sorted>(
    request: &ListRequest<F>,
    keys: &[SortKey],
    data: Vec<T>,
    more: bool,
    total: u64,
) -> Page<T> {
    let next = data.last().filter(|_| more).map(|last| {
        let values = keys.iter().map(|key| last.value(key.name)).collect();
        Cursor { fingerprint: request.fingerprint, values, id: last.id() }
    });
    Page { data, next, total, corrections: Vec::new() }
}

/// The cursor of `request`, if it has one.
fn checked_cursor<'a, F, T: Sorted>(
    request: &'a ListRequest<F>,
    keys: &[SortKey],
    items: &[T],
) -> Result<Option<&'a Cursor>, Errors> {
    match (&request.cursor, items.first()) {
        (Some(cursor), Some(item)) if !fits(keys, cursor, item) => Err(foreign_cursor()),
        (cursor, _) => Ok(cursor.as_ref()),
    }
}

/// The fault of a cursor whose fingerprint fits but whose values do not: somebody made it.
#[must_use]
pub fn foreign_cursor() -> Errors {
    let detail = "This cursor was not made by this registry; take 'page.next' of an answer as \
                  it is.";
    let mut errors = Errors::new();
    errors.parameter("cursor", Invalid::new("invalid_cursor", detail));
    errors
}

/// Whether a cursor's values are of the kinds that `item` has.
fn fits<T: Sorted>(keys: &[SortKey], cursor: &Cursor, item: &T) -> bool {
    let of_kind = |(key, value): (&SortKey, &CursorValue)| {
        use CursorValue::Null;
        let own = item.value(key.name);
        matches!(own, Null)
            || matches!(value, Null)
            || std::mem::discriminant(&own) == std::mem::discriminant(value)
    };
    keys.len() == cursor.values.len() && keys.iter().zip(&cursor.values).all(of_kind)
}

fn behind<T: Sorted>(keys: &[SortKey], item: &T, cursor: &Cursor) -> bool {
    for (key, value) in keys.iter().zip(&cursor.values) {
        match by_key(key, &item.value(key.name), value) {
            Ordering::Equal => {}
            ordered => return ordered == Ordering::Greater,
        }
    }
    item.id() > cursor.id
}

/// Later keys are looked at only where earlier ones are equal: their values may cost.
fn compare<T: Sorted>(keys: &[SortKey], a: &T, b: &T) -> Ordering {
    for key in keys {
        match by_key(key, &a.value(key.name), &b.value(key.name)) {
            Ordering::Equal => {}
            ordered => return ordered,
        }
    }
    a.id().cmp(&b.id())
}

/// Which of two values of a key comes later, the unknown last whichever way it is sorted.
fn by_key(key: &SortKey, a: &CursorValue, b: &CursorValue) -> Ordering {
    use CursorValue::{Date, Instant, Integer, Null, Text};
    let known = match (a, b) {
        (Null, Null) => return Ordering::Equal,
        (Null, _) => return Ordering::Greater,
        (_, Null) => return Ordering::Less,
        (Integer(a), Integer(b)) => a.cmp(b),
        (Text(a), Text(b)) => a.cmp(b),
        (Date(a), Date(b)) => a.cmp(b),
        (Instant(a), Instant(b)) => a.cmp(b),
        _ => Ordering::Equal,
    };
    if key.descending { known.reverse() } else { known }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Item(Option<i64>, &'static str, u128);

    impl Sorted for Item {
        fn value(&self, key: &str) -> CursorValue {
            match key {
                "number" => self.0.map_or(CursorValue::Null, CursorValue::Integer),
                _ => CursorValue::Text(self.1.to_owned()),
            }
        }

        fn id(&self) -> Uuid {
            Uuid::from_u128(self.2)
        }
    }

    fn request(sort: &[SortKey], limit: u32, cursor: Option<Cursor>) -> ListRequest<()> {
        ListRequest { filter: (), search: None, sort: sort.to_vec(), cursor, limit, fingerprint: 7 }
    }

    #[test]
    fn pages_walked_one_after_the_other_are_the_whole_list_in_order() {
        let items: Vec<Item> = (0..50_u128)
            .map(|n| {
                let number = i64::try_from(n * 7 % 5).expect("small");
                Item((number > 0).then_some(number), ["a", "b", "c"][(n % 3) as usize], 100 - n)
            })
            .collect();
        for descending in [false, true] {
            let keys = [
                SortKey { name: "number", descending },
                SortKey { name: "name", descending: !descending },
            ];
            let mut whole = items.clone();
            whole.sort_by(|a, b| compare(&keys, a, b));
            assert_eq!(whole.last().and_then(|item| item.0), None, "the unknown come last");
            for limit in [1, 7, 49, 50, 51] {
                let (mut walked, mut cursor) = (Vec::new(), None);
                loop {
                    let request = request(&keys, limit, cursor);
                    let page = cut(&request, &[], items.clone()).expect("a page");
                    let same = cut_sorted(&request, &keys, whole.clone());
                    assert_eq!(Ok(&page), same.as_ref(), "of items in order");
                    assert_eq!(page.total, 50);
                    walked.extend(page.data);
                    cursor = page.next;
                    if cursor.is_none() {
                        break;
                    }
                }
                assert_eq!(walked, whole, "{limit} at a time");
            }
        }
    }

    #[test]
    fn floats_are_in_order() {
        let floats = [f64::MIN, -1.5, -1.0, -1e-300, 0.0, 1e-300, 0.25, 3.0, f64::MAX];
        let places = floats.map(CursorValue::of_float);
        for pair in places.windows(2) {
            let key = SortKey { name: "value", descending: false };
            assert_eq!(by_key(&key, &pair[0], &pair[1]), Ordering::Less, "{pair:?}");
        }
    }

    #[test]
    fn a_cursor_of_other_values_is_refused() {
        let keys = [SortKey { name: "number", descending: false }];
        let cursor = |values| Some(Cursor { fingerprint: 7, values, id: Uuid::nil() });
        let items = || vec![Item(Some(1), "a", 1)];
        for values in [vec![], vec![CursorValue::Text("x".to_owned())]] {
            assert!(cut(&request(&keys, 5, cursor(values)), &[], items()).is_err());
        }
        let fits = cursor(vec![CursorValue::Integer(0)]);
        assert_eq!(cut(&request(&keys, 5, fits), &[], items()).expect("a page").data.len(), 1);
    }
}
