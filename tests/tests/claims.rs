//! What somebody claims, recomputed.

use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, column, id, organisation, participation, path, project,
};
use consortia_tests::{Server, on_both_engines, on_both_engines_with_h2020};
use serde_json::{Value, json};

const CHECK: &str = "/api/v1/claims/check";

fn check(api: &Server, organisation: &str, claims: &str) -> Value {
    api.get(&format!("{CHECK}?organisation={organisation}&{claims}")).expect(200).json()
}

/// The verdict on each claim, by name.
fn verdicts(found: &Value) -> Vec<String> {
    let claims = found["claims"].as_array().expect("claims").iter();
    claims.map(|of| format!("{} {}", of["claim"], of["verdict"]).replace('"', "")).collect()
}

#[test]
fn what_is_said_of_ismu_is_checked() {
    on_both_engines_with_h2020(|api| {
        let ismu = "pic:968823876";
        let found = check(
            api,
            ismu,
            "projects=2&coordinated=2&partners=15&partner_countries=6&\
             largest_contribution=377006&total_contribution=736506.44&above_average=blau",
        );
        assert_eq!(
            verdicts(&found),
            [
                "projects agrees",
                "coordinated agrees",
                "partners agrees",
                "partner_countries agrees",
                "largest_contribution agrees",
                "total_contribution agrees",
                "above_average contradicts",
            ]
        );
        // Six countries, as 15 partners with 60 % in one country are not diverse.
        assert_eq!(found["verdict"], "contradicts");
        let claims = found["claims"].as_array().expect("claims");
        assert_eq!(claims[4]["found"].to_string(), "377006.44");
        for claim in claims {
            let href = claim["href"].as_str().expect("an address");
            api.get(href).expect(200);
        }
        let few = check(api, ismu, "below_average=partners,countries,blau&partners=%3E10");
        assert_eq!(few["verdict"], "agrees", "{few}");
        let scoped = check(api, ismu, "partners=15&active_from=2021");
        assert_eq!(scoped["verdict"], "contradicts");
        assert_eq!(scoped["claims"][0]["found"], 9);
        let href = scoped["claims"][0]["href"].as_str().expect("an address");
        assert_eq!(api.get(href).expect(200).total(), 9);
    });
}

#[test]
fn what_is_not_known_leaves_a_claim_open() {
    on_both_engines(|api| {
        let own = api.create(ORGANISATIONS, &organisation("Own", "IT"));
        let paris = api.create(ORGANISATIONS, &organisation("Paris", "FR"));
        let nowhere = api.create(ORGANISATIONS, &json!({"names": [{"value": "Nowhere"}]}));
        let shared = api.create(PROJECTS, &project("SHARED", "2015/2016"));
        let at = format!("{}/participations", path(PROJECTS, &shared));
        api.create(&at, &json!({"organisation_id": id(&own)}));
        api.create(&at, &participation(&paris, "participant"));
        api.create(&at, &participation(&nowhere, "participant"));
        for (claims, verdict) in [
            // FR, and another country or FR again.
            ("partner_countries=1", "not_computable"),
            ("partner_countries=2", "not_computable"),
            ("partner_countries=3", "contradicts"),
            ("partner_countries=%3E=1", "agrees"),
            // Its role and what it gets were not stated.
            ("coordinated=1", "not_computable"),
            ("coordinated=2", "contradicts"),
            ("total_contribution=5000", "not_computable"),
            ("partners=2&total_contribution=5000", "not_computable"),
            ("partners=3&total_contribution=5000", "contradicts"),
            // With nobody else, it is as the mean of its peers says.
            ("partners=2&active_from=2020", "contradicts"),
            ("above_average=blau&active_from=2020", "not_computable"),
        ] {
            let found = check(api, id(&own), claims);
            assert_eq!(found["verdict"], verdict, "{claims}: {found}");
            for claim in found["claims"].as_array().expect("claims") {
                let open = claim["verdict"] == "not_computable";
                assert!(!open || claim["missing"].is_string(), "{claim}");
            }
        }
    });
}

#[test]
fn partners_that_nobody_names_leave_their_number_open() {
    on_both_engines(|api| {
        let [own, other] = [("Own", "IT"), ("Other", "FR")]
            .map(|(name, country)| api.create(ORGANISATIONS, &organisation(name, country)));
        let mut body = project("POP II", "2014/2016");
        body["groups"] = json!([
            {"part": "partner", "of": "organisations", "count": "5-7", "country_count": 1,
             "wording": "5 to 7 agencies"},
        ]);
        let shared = api.create(PROJECTS, &body);
        let at = format!("{}/participations", path(PROJECTS, &shared));
        for of in [&own, &other] {
            api.create(&at, &participation(of, "participant"));
        }
        for (claims, verdict) in [
            // One is named, at most seven more are not.
            ("partners=0", "contradicts"),
            ("partners=1", "not_computable"),
            ("partners=8", "not_computable"),
            ("partners=9", "contradicts"),
            ("partners=%3E=1", "agrees"),
            ("collaborations=9", "contradicts"),
            ("partner_countries=2", "not_computable"),
            ("partner_countries=3", "contradicts"),
            ("below_average=blau", "not_computable"),
            ("projects=1", "agrees"),
        ] {
            let found = check(api, id(&own), claims);
            assert_eq!(found["verdict"], verdict, "{claims}: {found}");
        }
        let found = check(api, id(&own), "partners=8");
        let missing = found["claims"][0]["missing"].as_str().expect("what is missing");
        assert_eq!(missing, "Nobody names the partners of 1 group: \"5 to 7 agencies\".");
    });
}

#[test]
fn a_programme_nobody_knows_gives_no_verdict() {
    on_both_engines(|api| {
        let own = api.create(ORGANISATIONS, &organisation("Own", "IT"));
        let found = check(api, id(&own), "projects=0&programme=AMIFF");
        assert_eq!(found["verdict"], "not_computable");
        let missing = found["claims"][0]["missing"].as_str().expect("what is missing");
        assert!(missing.starts_with("No programme is called 'amiff'"), "{missing}");
        let kept = json!({"organisation_id": own["id"], "figures": {"projects": 0},
                          "scope": {"programme": ["AMIFF"]}});
        // It is kept as it was claimed: the programme may have been there, or be there yet.
        let kept = api.create("/api/v1/claims", &kept);
        let again = format!("{}/check", path("/api/v1/claims", &kept));
        assert_eq!(api.get(&again).expect(200).json()["verdict"], "not_computable");
    });
}

#[test]
fn a_lead_partner_leads() {
    on_both_engines(|api| {
        let [own, other] =
            ["Own", "Other"].map(|name| api.create(ORGANISATIONS, &organisation(name, "IT")));
        for (acronym, role) in
            [("INTERREG", "lead_partner"), ("HORIZON", "coordinator"), ("OTHER", "partner")]
        {
            let made = api.create(PROJECTS, &json!({"acronym": acronym}));
            let at = format!("{}/participations", path(PROJECTS, &made));
            api.create(&at, &participation(&own, role));
            api.create(&at, &participation(&other, "participant"));
        }
        let found = check(api, id(&own), "coordinated=2");
        assert_eq!(found["verdict"], "agrees", "{found}");
        let href = found["claims"][0]["href"].as_str().expect("an address");
        let led = api.get(&format!("{href}&sort=label")).expect(200).data();
        assert_eq!(column(&led, "label"), ["HORIZON", "INTERREG"]);
        let nobody = api.get(&format!("{PROJECTS}?coordinator=unknown")).expect(200).data();
        assert_eq!(column(&nobody, "label"), ["OTHER"]);
    });
}

#[test]
fn claims_that_cannot_be_read_are_refused() {
    on_both_engines(|api| {
        let faults = |query: &str| {
            let problem = api.get(&format!("{CHECK}{query}")).expect(400).json();
            let errors = problem["errors"].as_array().expect("errors").clone();
            let code = |error: &Value| format!("{} {}", error["parameter"], error["code"]);
            errors.iter().map(code).collect::<Vec<_>>().join("; ").replace('"', "")
        };
        assert_eq!(faults(""), "organisation missing_parameter; organisation no_claim");
        assert_eq!(
            faults("?organisation=pic:968823876&partners=many&above_average=size&colour=blue"),
            "partners not_a_number; above_average unknown_peer_subject; colour unknown_parameter"
        );
        api.get(&format!("{CHECK}?organisation=local:nobody&partners=1")).expect(404);
    });
}

#[test]
fn sets_of_which_only_numbers_are_known_have_bounds() {
    on_both_engines(|api| {
        let at = "/api/v1/network/diversity-bounds";
        for (set, blau, shannon) in [
            ("items=43&classes=37", ["0.9540", "0.9703"], ["3.4444", "3.5678"]),
            ("items=15&classes=6", ["0.5333", "0.8267"], ["1.1730", "1.7716"]),
        ] {
            let found = api.get(&format!("{at}?{set}")).expect(200).json();
            let ends = |measure: &str| {
                ["least", "greatest"]
                    .map(|end| format!("{:.4}", found[measure][end].as_f64().expect("a number")))
            };
            assert_eq!(
                (ends("blau"), ends("shannon")),
                (blau.map(Into::into), shannon.map(Into::into))
            );
        }
        for wrong in ["", "?items=3&classes=4", "?items=0&classes=0", "?items=2000000&classes=1"] {
            api.get(&format!("{at}{wrong}")).expect(400);
        }
    });
}
