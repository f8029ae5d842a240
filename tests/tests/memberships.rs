//! Networks and their members: who belongs to what, through which working group, and with whom.

use consortia_tests::samples::{
    ORGANISATIONS, column, id, organisation, organisation_with_pic, path,
};
use consortia_tests::{Server, on_both_engines};
use serde_json::{Value, json};

const RELATIONS: &str = "/api/v1/relations";

fn relate(api: &Server, kind: &str, from: &Value, to: &Value, period: &str) -> Value {
    let body = json!({
        "kind": kind, "between": "organisations", "from_id": from["id"], "to_id": to["id"],
        "period": period
    });
    api.create(RELATIONS, &body)
}

/// A worldwide network with a working group that is part of it and one that has it as parent;
/// Programma integra is in the network and in the first, three others here and there.
struct Registered {
    network: Value,
    moving: Value,
    care: Value,
    integra: Value,
    carer: Value,
    stranger: Value,
}

fn registered(api: &Server) -> Registered {
    let make = |body: &Value| api.create(ORGANISATIONS, body);
    let mut network = organisation("Family for Every Child", "GB");
    network["kind"] = json!("network");
    network["groups"] = json!([
        {"part": "member", "of": "organisations", "count": 43, "country_count": 37},
        {"part": "beneficiary", "of": "people", "description": "Children and families"}
    ]);
    let network = make(&network);
    let moving = make(&json!({"names": [{"value": "Re-integration of children on the move"}]}));
    relate(api, "part_of", &moving, &network, "2021/..");
    let care = make(&json!({"names": [{"value": "Alternative care"}], "parent_id": network["id"]}));
    let integra = make(&organisation_with_pic("Programma integra", "IT", "949589127"));
    let partner = make(&organisation("Partner", "GR"));
    let carer = make(&organisation("Carer", "DE"));
    let stranger = make(&organisation("Stranger", "IT"));
    relate(api, "member_of", &integra, &network, "2019/..");
    relate(api, "member_of", &integra, &moving, "2022/..");
    relate(api, "member_of", &partner, &network, "2020/2021");
    relate(api, "member_of", &carer, &care, "/");
    Registered { network, moving, care, integra, carer, stranger }
}

fn members(api: &Server, of: &Value, query: &str) -> Value {
    api.get(&format!("{}/members{query}", path(ORGANISATIONS, of))).expect(200).json()
}

/// `label: of since, …` of each member, in order.
fn shown(found: &Value) -> Vec<String> {
    let rows = found["data"].as_array().expect("data").iter();
    rows.map(|row| {
        let of = row["memberships"].as_array().expect("memberships").iter();
        let of = of.map(|of| format!("{} {}", of["of"]["label"], of["period"]["start"]));
        let label = row["organisation"]["label"].as_str().expect("a label");
        format!("{label}: {}", of.collect::<Vec<_>>().join(", ")).replace('"', "")
    })
    .collect()
}

#[test]
fn members_are_named_with_their_working_groups() {
    on_both_engines(|api| {
        let all = registered(api);
        let found = members(api, &all.network, "");
        assert_eq!(
            shown(&found),
            [
                "Carer: Alternative care null",
                "Partner: Family for Every Child 2020",
                "Programma integra: Family for Every Child 2019, \
                 Re-integration of children on the move 2022"
            ]
        );
        let summary = &found["summary"];
        assert_eq!(summary["organisation"]["label"], "Family for Every Child");
        let groups = summary["working_groups"].as_array().expect("groups").iter();
        let groups: Vec<_> =
            groups.map(|of| (of["organisation"]["id"].clone(), of["named"].clone())).collect();
        let one = json!(1);
        assert_eq!(
            groups,
            [(all.care["id"].clone(), one.clone()), (all.moving["id"].clone(), one)]
        );
        // The address lists exactly those counted.
        assert_eq!(summary["named"]["count"], 3);
        let href = summary["named"]["href"].as_str().expect("an address");
        let listed = api.get(&format!("{href}&sort=label")).expect(200).data();
        assert_eq!(column(&listed, "label"), ["Carer", "Partner", "Programma integra"]);
        // Three members in three countries.
        let diversity = &summary["diversity"];
        assert_eq!((&diversity["dimension"], &diversity["items"]), (&json!("country"), &json!(3)));
        let blau = diversity["blau"].as_f64().expect("a number");
        assert!((blau - 2.0 / 3.0).abs() < 1e-12, "{blau}");
        // Of the 43 in 37 countries that the network counts, 40 are not named.
        let counted = summary["groups"].as_array().expect("groups");
        assert_eq!(counted.len(), 1, "beneficiaries are no members");
        assert_eq!((&counted[0]["named"], &counted[0]["unnamed"]), (&json!(3), &json!(40)));
        let between = |measure: &str| {
            let of = &counted[0]["bounds"][measure];
            let number = |end: &str| of[end].as_f64().expect("a number");
            format!("{:.4} {:.4}", number("least"), number("greatest"))
        };
        assert_eq!(
            (between("blau"), between("shannon")),
            ("0.9540 0.9703".to_owned(), "3.4444 3.5678".to_owned())
        );
        // The statement itself is a relation.
        let relation = &found["data"][2]["memberships"][0]["relation_id"];
        let relation = relation.as_str().expect("an id");
        let relation = api.get(&format!("{RELATIONS}/{relation}")).expect(200).json();
        assert_eq!(
            (&relation["reads"], &relation["to"]["id"]),
            (&json!("member of"), &all.network["id"])
        );

        assert_eq!(shown(&members(api, &all.moving, "")).len(), 1);
        let nobody = members(api, &all.stranger, "");
        assert_eq!((shown(&nobody).len(), &nobody["summary"]["diversity"]), (0, &Value::Null));
        api.get("/api/v1/organisations/local:nobody/members").problem(404, "not_found");
    });
}

#[test]
fn members_are_chosen_by_time_searched_sorted_and_paged() {
    on_both_engines(|api| {
        let all = registered(api);
        let labels = |query: &str| -> Vec<String> {
            let found = members(api, &all.network, query);
            let rows = found["data"].as_array().expect("data").iter();
            rows.map(|row| row["organisation"]["label"].as_str().expect("a label").to_owned())
                .collect()
        };
        // Unknown and open ends put no limit; the summary speaks of the same time.
        assert_eq!(labels("?active_from=2022"), ["Carer", "Programma integra"]);
        assert_eq!(labels("?active_to=2019-06-30"), ["Carer", "Programma integra"]);
        let then = members(api, &all.network, "?active_from=2022");
        assert_eq!(then["summary"]["named"], json!({"count": 2, "href": null}));
        // Who was in a group before it was a part of the network was not in the network by it.
        relate(api, "member_of", &all.stranger, &all.moving, "2018/2023");
        assert_eq!(labels("?active_to=2019-06-30"), ["Carer", "Programma integra"]);
        assert_eq!(labels("?active_from=2023"), ["Carer", "Programma integra", "Stranger"]);
        let at = format!("{}/members?active_to=2019", path(ORGANISATIONS, &all.network));
        let then = api.get(&at).expect(200).json();
        assert_eq!(then["summary"]["working_groups"].as_array().map(Vec::len), Some(1));
        assert_eq!(labels("?sort=country"), ["Carer", "Partner", "Programma integra", "Stranger"]);
        assert_eq!(
            labels("?sort=start_date"),
            ["Stranger", "Programma integra", "Partner", "Carer"]
        );
        assert_eq!(labels("?q=integra"), ["Programma integra"]);
        let walked = api.unrecorded().walk(&format!(
            "{}/members?limit=1&sort=-start_date",
            path(ORGANISATIONS, &all.network)
        ));
        assert_eq!(walked.len(), 4);
        let table = api.get(&format!("{}/members?format=csv", path(ORGANISATIONS, &all.network)));
        let table = table.expect(200).text();
        assert!(table.starts_with("organisation_id,label,short_name,country,member_of,periods"));
        let row = table.lines().nth(3).expect("a row");
        assert!(
            row.ends_with(
                "Programma integra,,IT,Family for Every Child; \
             Re-integration of children on the move,2019/..; 2022/.."
            ),
            "{row}"
        );
        let wrong = format!("{}/members?sort=kind&country=IT", path(ORGANISATIONS, &all.network));
        let problem = api.get(&wrong).problem(400, "invalid_parameters");
        assert_eq!(problem["errors"].as_array().map(Vec::len), Some(2), "{problem:#}");
    });
}

#[test]
fn organisations_are_found_by_what_they_belong_to() {
    on_both_engines(|api| {
        let all = registered(api);
        let labels = |query: String| {
            let list = api.get(&format!("{ORGANISATIONS}?{query}&sort=label")).expect(200);
            let labels = column(&list.data(), "label");
            assert_eq!(list.total(), labels.len() as u64, "{query}");
            labels.join("; ")
        };
        let all_members = "Carer; Partner; Programma integra";
        let (network, moving) = (id(&all.network), id(&all.moving));
        let integra = "pic:949589127";
        assert_eq!(labels(format!("member_of={network}")), all_members);
        assert_eq!(labels(format!("member_of={moving}")), "Programma integra");
        assert_eq!(labels(format!("member_of={network}&member_of={moving}")), "Programma integra");
        assert_eq!(
            labels(format!("member_of={network}&country=GR,IT")),
            "Partner; Programma integra"
        );
        assert_eq!(labels("member_of=!unknown".to_owned()), all_members);
        assert_eq!(labels("member_of=local:nobody".to_owned()), "");
        assert_eq!(
            labels(format!("has_member={integra}")),
            "Family for Every Child; Re-integration of children on the move"
        );
        assert_eq!(
            labels(format!("has_member={}", id(&all.carer))),
            "Alternative care; Family for Every Child"
        );
        assert_eq!(
            labels("has_member=!unknown".to_owned()),
            "Alternative care; Family for Every Child; Re-integration of children on the move"
        );
        // Whoever is in the network or one of its groups is a fellow of all in these.
        assert_eq!(labels(format!("fellow_member={integra}")), "Carer; Partner");
        let carer = id(&all.carer);
        assert_eq!(labels(format!("fellow_member={carer}")), "Partner; Programma integra");
        assert_eq!(labels(format!("fellow_member={carer},{integra}")), all_members);
        assert_eq!(labels(format!("fellow_member={}", id(&all.stranger))), "");
        for filter in ["member_of", "has_member", "fellow_member"] {
            for of in [network, id(&all.integra), "local:nobody", "unknown"] {
                let total = |query: String| api.get(&format!("{ORGANISATIONS}?{query}")).total();
                let (is, not) = (format!("{filter}={of}"), format!("{filter}=!{of}"));
                assert_eq!(total(is) + total(not), 7, "{filter} {of} and its negation add up");
            }
        }
        let profile = api.get(&format!("{}/profile", path(ORGANISATIONS, &all.integra)));
        let profile = profile.expect(200).json();
        assert_eq!(profile["networks"]["count"], 2);
        let href = profile["networks"]["href"].as_str().expect("an address");
        assert_eq!(api.get(href).total(), 2);
        assert_eq!(profile["agreements"]["count"], 0);
    });
}

#[test]
fn what_a_network_belongs_to_is_not_what_its_members_belong_to() {
    on_both_engines(|api| {
        let all = registered(api);
        let umbrella = api.create(ORGANISATIONS, &organisation("Umbrella", "BE"));
        relate(api, "part_of", &all.network, &umbrella, "/");
        let other = api.create(ORGANISATIONS, &organisation("Other network", "BE"));
        relate(api, "part_of", &other, &umbrella, "/");
        relate(api, "member_of", &all.stranger, &other, "/");
        let total = |query: String| api.get(&format!("{ORGANISATIONS}?{query}")).total();
        // The network is a working group of the umbrella: its own members count there.
        assert_eq!(total(format!("member_of={}", id(&umbrella))), 3);
        // The working groups of the network are not: nobody is carried up twice.
        assert_eq!(total(format!("has_member={}", id(&all.carer))), 2);
        let problem = api.client().delete(&path(ORGANISATIONS, &all.network), "*");
        let problem = problem.problem(409, "in_use");
        assert!(problem["detail"].as_str().expect("a detail").contains("relations"));
    });
}
