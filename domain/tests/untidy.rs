//! Values as real projects state them: counts, shares, groups nobody names, territories,
//! activities.

use consortia_domain::activity::Activity;
use consortia_domain::call::CallContent;
use consortia_domain::count::Count;
use consortia_domain::decode::decode;
use consortia_domain::funding::Funding;
use consortia_domain::group::Group;
use consortia_domain::id::ProjectId;
use consortia_domain::organisation::OrganisationContent;
use consortia_domain::percent::Percent;
use consortia_domain::project::ProjectContent;
use consortia_domain::territory::Territory;
use consortia_domain::year::Year;
use consortia_domain::{Decode, Location};
use serde::Serialize;
use serde_json::{Value, json};

fn read<T: Decode + std::fmt::Debug>(body: &Value) -> T {
    decode(body).unwrap_or_else(|faults| panic!("{body}: {faults}"))
}

/// The faults of a refused body as `pointer code`; each must be a sentence.
fn faults<T: Decode + std::fmt::Debug>(body: &Value) -> Vec<String> {
    let errors = decode::<T>(body).expect_err(&body.to_string());
    let told = errors.iter().map(|fault| {
        assert!(fault.detail.ends_with('.'), "{}", fault.detail);
        match &fault.at {
            Location::Pointer(at) => format!("{at} {}", fault.code),
            other => panic!("{other:?}"),
        }
    });
    told.collect()
}

fn shown(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("JSON")
}

#[test]
fn counts_are_read_as_people_write_them() {
    for (written, at_least, at_most) in [
        (json!(7), json!(7), json!(7)),
        (json!(0), json!(0), json!(0)),
        (json!("7"), json!(7), json!(7)),
        (json!(" 16-24 "), json!(16), json!(24)),
        (json!("16–24"), json!(16), json!(24)),
        (json!("16 – 24"), json!(16), json!(24)),
        (json!(">4200"), json!(4201), json!(null)),
        (json!("> 4200"), json!(4201), json!(null)),
        (json!(">=4200"), json!(4200), json!(null)),
        (json!("≥4200"), json!(4200), json!(null)),
        (json!("<10"), json!(null), json!(9)),
        (json!("<=10"), json!(null), json!(10)),
        (json!("≤ 10"), json!(null), json!(10)),
        (json!({"at_least": 16, "at_most": 24}), json!(16), json!(24)),
        (json!({"at_least": 4201}), json!(4201), json!(null)),
        (json!({"at_least": null, "at_most": 3}), json!(null), json!(3)),
    ] {
        let count: Count = read(&written);
        let object = json!({"at_least": at_least, "at_most": at_most});
        assert_eq!(shown(&count), object);
        assert_eq!(read::<Count>(&object), count);
    }
    assert_eq!(Count::exactly(7).exact(), Some(7));
    assert_eq!(read::<Count>(&json!("16-24")).exact(), None);
    assert_eq!(read::<Count>(&json!("<10")).exact(), None);
    assert_eq!(read::<Count>(&json!(">=10")).exact(), None);
}

#[test]
fn counts_that_cannot_be_are_refused() {
    for (written, fault) in [
        (json!(-1), " not_a_whole_number"),
        (json!(1.5), " not_a_whole_number"),
        (json!(true), " wrong_type"),
        (json!([7]), " wrong_type"),
        (json!(""), " invalid_count"),
        (json!("many"), " invalid_count"),
        (json!("4,200"), " invalid_count"),
        (json!("4.200"), " invalid_count"),
        (json!("-7"), " invalid_count"),
        (json!("+7"), " invalid_count"),
        (json!("16-"), " invalid_count"),
        (json!("1-2-3"), " invalid_count"),
        (json!("<0"), " invalid_count"),
        (json!("> >3"), " invalid_count"),
        (json!("24-16"), " count_reversed"),
        (json!("4294967296"), " count_too_large"),
        (json!(">4294967295"), " count_too_large"),
        (json!({}), " empty_count"),
        (json!({"at_least": null, "at_most": null}), " empty_count"),
        (json!({"at_least": 24, "at_most": 16}), " count_reversed"),
        (json!({"at_least": 1, "exactly": 1}), "/exactly unknown_field"),
        (json!({"at_least": "1"}), "/at_least not_a_whole_number"),
    ] {
        assert_eq!(faults::<Count>(&written), [fault]);
    }
}

#[test]
fn shares_are_exact() {
    for (written, hundredths, text) in [
        ("80", 8000, "80"),
        ("33.33", 3333, "33.33"),
        ("33.30", 3330, "33.3"),
        ("0", 0, "0"),
        ("0.01", 1, "0.01"),
        ("100.00", 10_000, "100"),
        ("1e1", 1000, "10"),
    ] {
        let number: Value = serde_json::from_str(written).expect("a number");
        for body in [number, json!(written), json!(format!("{written} %"))] {
            let share: Percent = read(&body);
            assert_eq!(share.hundredths(), hundredths);
            assert_eq!(shown(&share).to_string(), text);
            assert_eq!(Percent::from_hundredths(hundredths.into()), Ok(share));
        }
    }
    for (written, fault) in [
        (json!(100.01), " share_out_of_range"),
        (json!(-1), " share_out_of_range"),
        (json!("1e300"), " share_out_of_range"),
        (json!("0.333"), " too_many_decimals"),
        (json!("a third"), " invalid_share"),
        (json!("80,5"), " invalid_share"),
        (json!(null), " wrong_type"),
    ] {
        assert_eq!(faults::<Percent>(&written), [fault]);
    }
    assert_eq!(Percent::from_hundredths(-1).expect_err("negative").code, "share_out_of_range");
}

#[test]
fn years_are_plausible() {
    assert_eq!("2019".parse::<Year>().expect("a year").number(), 2019);
    for (text, code) in [
        ("19", "implausible_year"),
        ("1899", "implausible_year"),
        ("70000", "implausible_year"),
        ("+2019", "invalid_year"),
        ("2019-06", "invalid_year"),
        ("", "invalid_year"),
    ] {
        assert_eq!(text.parse::<Year>().expect_err(text).code, code, "{text}");
    }
    assert_eq!(faults::<CallContent>(&json!({"year": 19})), ["/year implausible_year"]);
    assert_eq!(faults::<Funding>(&json!({"year": 2201})), ["/year implausible_year"]);
}

#[test]
fn a_funding_has_a_name_a_year_and_a_share() {
    let body = json!({
        "kind": "national_fund", "title": "Quota servizi", "year": 2019, "share": "50.00"
    });
    let funding: Funding = read(&body);
    let shown = shown(&funding);
    assert_eq!((&shown["title"], &shown["year"]), (&json!("Quota servizi"), &json!(2019)));
    assert_eq!((shown["share"].to_string(), &shown["amount"]), ("50".to_owned(), &json!(null)));
    let plain = serde_json::to_value(read::<Funding>(&json!({}))).expect("JSON");
    assert_eq!(
        (&plain["title"], &plain["year"], &plain["share"]),
        (&json!(null), &json!(null), &json!(null))
    );
}

#[test]
fn a_group_is_known_by_number_sort_and_countries() {
    let group: Group = read(&json!({
        "part": "partner", "of": "organisations", "count": 7, "kinds": ["agency"],
        "sectors": ["public", "private"], "wording": "7 agencies (public and private)"
    }));
    assert_eq!(
        shown(&group),
        json!({
            "part": "partner", "of": "organisations", "description": null,
            "count": {"at_least": 7, "at_most": 7}, "countries": [], "country_count": null,
            "types": [], "kinds": ["agency"], "sectors": ["public", "private"],
            "wording": "7 agencies (public and private)"
        })
    );
    assert_eq!(read::<Group>(&shown(&group)), group);
    assert_eq!(group.organisations_and_countries(), None);
    for (body, known) in [
        (json!({"count": 43, "country_count": 37}), Some((43, 37))),
        (json!({"count": 43, "country_count": 37, "countries": ["IT"]}), Some((43, 37))),
        // Those that are named need not be all.
        (json!({"count": 7, "countries": ["IT", "EL"]}), None),
        (json!({"count": 7, "countries": ["IT"], "country_count": ">=1"}), None),
        (json!({"count": ">4200", "countries": ["IT"]}), None),
        (json!({"countries": ["IT"]}), None),
        (json!({"count": 60, "countries": ["IT"], "of": "people"}), None),
    ] {
        let mut whole = json!({"part": "member", "of": "organisations"});
        whole.as_object_mut().expect("an object").extend(body.as_object().expect("one").clone());
        assert_eq!(read::<Group>(&whole).organisations_and_countries(), known);
    }
}

#[test]
fn a_group_contradicts_neither_itself_nor_the_world() {
    for (body, expected) in [
        (json!({}), vec!["/part required", "/of required", " empty_group"]),
        (json!({"part": "partner", "of": "organisations"}), vec![" empty_group"]),
        (
            json!({"part": "partner", "of": "organisations", "countries": [], "wording": "some"}),
            vec![" empty_group"],
        ),
        (
            json!({"part": "boss", "of": "organisations", "count": 1}),
            vec!["/part unknown_group_part"],
        ),
        (json!({"part": "partner", "of": "people", "count": "few"}), vec!["/count invalid_count"]),
        (
            json!({"part": "partner", "of": "organisations", "countries": ["IT", "GR", "EL"]}),
            vec!["/countries/2 repeated_value"],
        ),
        (
            json!({
                "part": "partner", "of": "organisations", "countries": ["IT", "GR"],
                "country_count": "<2"
            }),
            vec!["/country_count contradicts_countries"],
        ),
        (
            json!({"part": "partner", "of": "organisations", "country_count": 4_000_000}),
            vec!["/country_count too_many_countries"],
        ),
        (
            json!({
                "part": "partner", "of": "organisations", "kinds": ["agency", "agency"], "size": 7
            }),
            vec!["/kinds/1 repeated_value", "/size unknown_field"],
        ),
    ] {
        assert_eq!(faults::<Group>(&body), expected);
    }
    let content: OrganisationContent =
        read(&json!({"groups": [{"part": "member", "of": "organisations", "count": 43}]}));
    assert_eq!(content.groups.len(), 1);
}

#[test]
fn a_territory_is_a_country_a_region_or_a_place() {
    for (body, lies_in) in [
        (json!({"relation": "target", "country": "PH"}), json!("PH")),
        (json!({"relation": "action", "nuts": "ITC4"}), json!("IT")),
        (json!({"relation": "action", "nuts": "EL30"}), json!("GR")),
        (json!({"relation": "action", "country": "GR", "nuts": "EL30"}), json!("GR")),
        (json!({"relation": "action", "country": "UK", "nuts": "UKI"}), json!("GB")),
        (json!({"relation": "action", "place": "Elche"}), json!(null)),
    ] {
        let territory: Territory = read(&body);
        assert_eq!(shown(&territory.lies_in()), lies_in);
        assert_eq!(read::<Territory>(&shown(&territory)), territory);
    }
    for (body, expected) in [
        (json!({}), vec!["/relation required", " empty_territory"]),
        (json!({"relation": "action"}), vec![" empty_territory"]),
        (
            json!({"relation": "action", "country": "IT", "nuts": "EL30"}),
            vec!["/nuts contradicts_country"],
        ),
        (
            json!({"relation": "action", "country": "IT", "nuts": "ZZ"}),
            vec!["/nuts contradicts_country"],
        ),
        (json!({"relation": "action", "country": "Italy"}), vec!["/country unknown_country"]),
        (
            json!({"relation": "of action", "place": "Nice"}),
            vec!["/relation unknown_territory_relation"],
        ),
    ] {
        assert_eq!(faults::<Territory>(&body), expected);
    }
}

#[test]
fn an_activity_says_what_it_is() {
    let summary: Activity = read(&json!({
        "kind": "output", "titles": {"en": "Summary of the fourth annual report"},
        "languages": ["sq", "ar", "zh", "fr", "en", "pa", "ru", "es", "tl", "uk"],
        "period": {"start": "2014-07", "end": "2014-07"}
    }));
    assert_eq!(summary.languages.len(), 10);
    assert_eq!(read::<Activity>(&shown(&summary)), summary);
    let meetings: Activity = read(&json!({
        "kind": "activity", "count": 16, "unit": "meetings", "period": "2014-02/2014-05",
        "state": "done"
    }));
    assert_eq!(shown(&meetings)["period"], json!({"start": "2014-02", "end": "2014-05"}));
    assert_eq!(shown(&meetings)["titles"], json!({}));
    for (body, expected) in [
        (json!({}), vec!["/kind required", " empty_activity"]),
        (json!({"kind": "output", "count": 3, "titles": {}}), vec![" empty_activity"]),
        (
            json!({"kind": "output", "unit": "units", "languages": ["en", "EN"], "state": "over"}),
            vec!["/state unknown_activity_state", "/languages/1 repeated_value"],
        ),
        (
            json!({"kind": "output", "unit": "units", "url": "nowhere", "period": "2015/2014"}),
            vec!["/period end_before_start", "/url invalid_web_address"],
        ),
    ] {
        assert_eq!(faults::<Activity>(&body), expected);
    }
}

#[test]
fn faults_in_lists_name_the_element() {
    let body = json!({
        "aliases": ["POP2", ""],
        "territories": [{"relation": "action", "country": "IT"}, {"relation": "target"}],
        "groups": [{"part": "partner", "of": "organisations", "count": "24-16"}],
        "activities": [{"kind": "output"}],
        "fundings": [{"share": 101}]
    });
    assert_eq!(
        faults::<ProjectContent>(&body),
        [
            "/aliases/1 empty",
            "/fundings/0/share share_out_of_range",
            "/territories/1 empty_territory",
            "/groups/0/count count_reversed",
            "/activities/0 empty_activity",
        ]
    );
}

#[test]
fn a_project_of_which_only_an_abstract_is_known_is_shown_by_its_first_words() {
    let words = "Courses of Italian as a second language for foreigners, leading to a certificate at \
                 the levels of a framework.";
    let known: ProjectContent = decode(&json!({"abstract": {"en": words}})).expect("a project");
    let id = ProjectId::generate();
    assert_eq!(
        known.label(id),
        "Courses of Italian as a second language for foreigners, leading to a certificate…"
    );
    let with_id = json!({"abstract": {"en": words}, "external_ids": ["rcn:212878"]});
    let known: ProjectContent = decode(&with_id).expect("a project");
    assert_eq!(known.label(id), "RCN 212878");
}
