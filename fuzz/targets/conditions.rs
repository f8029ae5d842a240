//! Conditions of lists: every fault names a parameter that was given, `!a` is the complement of
//! `a`, and the order of parameters changes nothing.
#![no_main]

use consortia_domain::Location;
use consortia_domain::agreement::AgreementFilter;
use consortia_domain::call::CallFilter;
use consortia_domain::country::Country;
use consortia_domain::external_id::ExternalId;
use consortia_domain::filter::{Condition, Filter, QueryReader};
use consortia_domain::organisation::OrganisationFilter;
use consortia_domain::page::{MAX_LIMIT, read_list};
use consortia_domain::participation::ParticipationFilter;
use consortia_domain::project::ProjectFilter;
use consortia_domain::scope::ScopeFilter;
use consortia_fuzz::is_told;
use libfuzzer_sys::fuzz_target;
use std::str::FromStr;

type Pairs = [(String, String)];

fuzz_target!(|input: &[u8]| {
    let pairs: Vec<_> = form_urlencoded::parse(input).into_owned().collect();
    list::<ProjectFilter>(&pairs);
    list::<OrganisationFilter>(&pairs);
    list::<ParticipationFilter>(&pairs);
    list::<CallFilter>(&pairs);
    list::<AgreementFilter>(&pairs);
    let mut query = QueryReader::new(&pairs);
    let _ = ScopeFilter::read(&mut query);
    faults(query.finish(), &pairs);
    for (_, value) in &pairs {
        complement::<Country>(value);
        complement::<ExternalId>(value);
    }
});

fn list<F: Filter>(pairs: &Pairs) {
    let read = read_list::<F>(pairs);
    if let Ok(request) = &read {
        assert!((1..=MAX_LIMIT).contains(&request.limit));
        let turned: Vec<_> = pairs.iter().rev().cloned().collect();
        let turned = read_list::<F>(&turned).map(|turned| turned.fingerprint);
        assert_eq!(turned, Ok(request.fingerprint));
    }
    faults(read.map(|_| ()), pairs);
}

/// Every fault is told, and is one of a parameter that is there.
fn faults(read: Result<(), consortia_domain::Errors>, pairs: &Pairs) {
    let Err(errors) = read else { return };
    assert!(!errors.is_empty());
    for fault in errors.iter() {
        let Location::Parameter(name) = &fault.at else { panic!("{fault:?} is of no parameter") };
        assert!(pairs.iter().any(|(given, _)| given == name), "{fault:?} was not given");
        assert!(is_told(&fault.detail), "{fault:?}");
    }
}

/// Of everything, known or not, either `value` or `!value` holds.
fn complement<T: FromStr<Err = consortia_domain::Invalid> + PartialEq>(value: &str) {
    let Some(plain) = condition::<T>(value.trim_start_matches('!')) else { return };
    let negated = condition::<T>(&format!("!{}", value.trim_start_matches('!')));
    let negated = negated.expect("what is read without ! is read with it");
    assert!(negated.negated && !plain.negated);
    for known in [None].into_iter().chain(plain.values.iter().map(Some)) {
        let holds = |of: &Condition<T>| of.holds(known.is_some(), |value| known == Some(value));
        assert_ne!(holds(&plain), holds(&negated));
    }
}

fn condition<T: FromStr<Err = consortia_domain::Invalid> + PartialEq>(
    value: &str,
) -> Option<Condition<T>> {
    let pairs = [("is".to_owned(), value.to_owned())];
    let mut query = QueryReader::new(&pairs);
    let read = query.conditions("is");
    query.finish().ok()?;
    read.0.into_iter().next()
}
