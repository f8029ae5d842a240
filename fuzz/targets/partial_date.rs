//! Dates: whatever is read is written so that it is read as the same, and whatever is not is
//! told how a date is written.
#![no_main]

use consortia_domain::partial_date::PartialDate;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let text = consortia_fuzz::text(input);
    match text.parse::<PartialDate>() {
        Ok(date) => {
            assert!(date.earliest() <= date.latest());
            assert_eq!(date.to_string().parse(), Ok(date), "as it is written");
            let ends = [date.earliest(), date.latest()].map(PartialDate::from);
            assert_eq!(PartialDate::between(ends[0], ends[1]), Ok(date), "as its two ends");
            let json = serde_json::to_string(&date).expect("a date serialises");
            assert_eq!(serde_json::from_str::<String>(&json).ok(), Some(date.to_string()));
        }
        Err(fault) => {
            let told = ["yyyy", "calendar", "[2014-01..2014-04]", "earlier date first"];
            assert!(told.iter().any(|told| fault.detail.contains(told)), "{fault}");
        }
    }
});
