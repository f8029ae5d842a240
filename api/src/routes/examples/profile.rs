//! An example of an organisation on one page.

use super::{ISMU, meta};
use serde_json::{Value, json};

pub(crate) fn profile() -> Value {
    let of_it = format!("organisation={ISMU}");
    let projects = |more: &str| format!("/api/v1/projects?{of_it}{more}");
    let participations = |more: &str| format!("/api/v1/participations?{of_it}{more}");
    let below = |what: &str| format!("/api/v1/organisations/{ISMU}/{what}");
    let spring = json!({
        "id": super::SPRING, "label": "SPRING",
        "period": {"start": "2021-03-01", "end": "2023-02-28"}
    });
    let partner = super::partner_list()["data"][0].clone();
    json!({
        "organisation": {
            "id": ISMU, "label": "Fondazione ISMU ETS", "short_name": "ISMU", "country": "IT"
        },
        "scope": {}, "revision": 212_755,
        "projects": {"count": 2, "href": projects("")},
        "first_year": 2018, "last_year": 2023,
        "statuses": [{"status": "completed", "count": 2, "href": projects("&status=completed")}],
        "roles": [{"role": "coordinator", "count": 2, "href": participations("&role=coordinator")}],
        "ec_contribution": {
            "amounts": [{"amount": 736_506.44, "currency": "EUR"}], "known": 2, "of": 2,
            "href": participations("")
        },
        "programmes": [{
            "programme": {
                "id": super::HORIZON, "label": "Horizon 2020",
                "code": "H2020", "level": "framework"
            },
            "count": 2,
            "href": projects(&format!("&programme={}", super::HORIZON))
        }],
        "partners": {"count": 15, "href": below("partners")},
        "collaborations": 17, "repeat_partner_rate": 0.1176, "newcomer_share": 0.3333,
        "countries": 6,
        "agreements": {"count": 1, "href": below("agreements")},
        "networks": {
            "count": 0, "href": format!("/api/v1/organisations?has_member={ISMU}")
        },
        "partners_by_country": [{"country": "BE", "count": 9, "href": below("partners?country=BE")}],
        "unnamed_partners": [],
        "peers": super::diversity()["peers"].clone(),
        "diversity_href": below("diversity"),
        "frequent_partners": [partner],
        "topics": [{
            "from": 2020, "to": 2024,
            "projects": {
                "count": 1, "href": projects("&start_date_from=2020&start_date_to=2024")
            },
            "without_topic": 0,
            "topics": [{
                "topic": {
                    "kind": "theme", "vocabulary": "cordis-topic", "code": "MIGRATION-05-2018",
                    "label": "MIGRATION-05-2018"
                },
                "projects": {
                    "count": 1,
                    "href": projects("&start_date_from=2020&start_date_to=2024&theme=MIGRATION-05-2018")
                },
                "share": 1.0, "shift": null
            }],
            "more_topics": 0, "gone": []
        }],
        "highlights": {
            "largest_contribution": {
                "project": spring.clone(), "amount": {"amount": 359_500, "currency": "EUR"}
            },
            "largest_project": {
                "project": spring.clone(), "amount": {"amount": 2_108_434.39, "currency": "EUR"}
            },
            "largest_consortium": {"project": spring.clone(), "organisations": 10},
            "newest": spring.clone(), "first": spring
        },
        "meta": meta()
    })
}
