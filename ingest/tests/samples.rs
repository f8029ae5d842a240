//! Real rows of every vintage there is a sample of, record by record.

use crate::common::{fixture, golden, import, rendered};

#[test]
fn participations_in_todays_layout() {
    golden("organization-current.txt", &rendered(&import(&[fixture("organization-current.csv")])));
}

#[test]
fn projects_of_fp7() {
    golden("project-fp7-2021.txt", &rendered(&import(&[fixture("project-fp7-2021.csv")])));
}

#[test]
fn all_tables_of_horizon_europe() {
    golden("horizon-europe-2025.txt", &rendered(&import(&[fixture("horizon-europe-2025")])));
}
