//! Any text is a cursor or none, and no text is one by chance. Any position in a cursor's form leads back to itself, or is
//! refused by the orders that it is not in.
#![no_main]

use libfuzzer_sys::fuzz_target;
use runtime::cursor;
use storage::tasks::{Key, Order, Position, Sort};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = str::from_utf8(bytes) {
        assert_eq!(cursor::decode::<Position>("a list", text), None);
    }
    let Ok(position) = serde_json::from_slice::<Position>(bytes) else {
        return;
    };
    // JSON has no infinity to write; a number too great for it reads as one.
    if matches!(position.key, Key::Relevance(relevance) if !relevance.is_finite()) {
        assert!(!position.is_in(Order::Relevance));
        return;
    }
    let encoded = cursor::encode("a list", &position);
    assert_eq!(cursor::decode::<Position>("a list", &encoded), Some(position.clone()));
    assert_eq!(cursor::decode::<Position>("another list", &encoded), None);
    for sort in [Sort::Due, Sort::Created, Sort::Updated, Sort::Priority, Sort::Title] {
        for is_descending in [false, true] {
            let _ = position.is_in(Order::By { sort, is_descending });
        }
    }
    assert!(!(position.is_in(Order::Relevance) && position.is_in(BY_TITLE)));
});

const BY_TITLE: Order = Order::By {
    sort: Sort::Title,
    is_descending: false,
};
