//! Cells that hold one of a few words or numbers.

use super::{Cell, Misfit, is_said};
use crate::columns::normalise;
use consortia_domain::external_id::{ExternalId, Scheme};
use consortia_domain::organisation_type::OrganisationType;
use consortia_domain::place::Coordinates;
use consortia_domain::project::ProjectStatus;
use consortia_domain::role::Role;

/// Reads a role, in any letter case and with or without blanks.
pub(crate) fn role(text: &str) -> Cell<Role> {
    if !is_said(text) {
        return Ok(None);
    }
    Ok(Some(match normalise(text).as_str() {
        "coordinator" => Role::Coordinator,
        "participant" => Role::Participant,
        "partner" => Role::Partner,
        "thirdparty" | "linkedthirdparty" => Role::ThirdParty,
        "internationalpartner" => Role::InternationalPartner,
        "associatedpartner" => Role::AssociatedPartner,
        "affiliatedentity" => Role::AffiliatedEntity,
        "hostinstitution" => Role::HostInstitution,
        "beneficiary" => Role::Beneficiary,
        "subcontractor" => Role::Subcontractor,
        _ => {
            let expected = "expected a role such as coordinator or participant";
            return Err(Misfit::of_word(text, 5..=40, expected));
        }
    }))
}

/// Reads what CORDIS says of a project's status.
///
/// `SIGNED` and `ONG` only say that there is a grant agreement: files of 2021 have projects
/// that ended in 2013 under `ONG`. They yield nothing, so that the status follows from the
/// dates. `CAN` (cancelled) is a termination.
pub(crate) fn project_status(text: &str) -> Cell<ProjectStatus> {
    if !is_said(text) {
        return Ok(None);
    }
    match normalise(text).as_str() {
        "signed" | "ong" | "ongoing" => Ok(None),
        "closed" | "clo" | "completed" => Ok(Some(ProjectStatus::Completed)),
        "terminated" | "can" | "cancelled" => Ok(Some(ProjectStatus::Terminated)),
        "suspended" => Ok(Some(ProjectStatus::Suspended)),
        _ => {
            let expected = "expected a status such as SIGNED, CLOSED, ONG or CLO";
            Err(Misfit::of_word(text, 3..=20, expected))
        }
    }
}

/// Reads an activity type.
pub(crate) fn activity_type(text: &str) -> Cell<OrganisationType> {
    if !is_said(text) {
        return Ok(None);
    }
    Ok(Some(match normalise(text).as_str() {
        "hes" => OrganisationType::HigherEducation,
        "rec" => OrganisationType::Research,
        "prc" => OrganisationType::PrivateForProfit,
        "pub" => OrganisationType::PublicBody,
        "oth" => OrganisationType::Other,
        _ => return Err(Misfit::of_word(text, 3..=3, "expected HES, REC, PRC, PUB or OTH")),
    }))
}

/// Reads true or false. 1 and 0 are not accepted: in a shifted row they are amounts.
pub(crate) fn boolean(text: &str) -> Cell<bool> {
    if !is_said(text) {
        return Ok(None);
    }
    match normalise(text).as_str() {
        "true" | "t" | "yes" | "y" => Ok(Some(true)),
        "false" | "f" | "no" | "n" => Ok(Some(false)),
        _ => Err(Misfit::new("expected true or false")),
    }
}

/// Reads a participant identification code.
pub(crate) fn pic(text: &str) -> Cell<ExternalId> {
    if !is_said(text) {
        return Ok(None);
    }
    let whole = text.strip_suffix(".0").unwrap_or(text);
    ExternalId::new(Scheme::Pic, whole).map(Some).map_err(|_| Misfit {
        expected: "expected a participant identification code of nine digits".to_owned(),
        is_unknown_word: whole.bytes().all(|byte| byte.is_ascii_digit()),
    })
}

/// Reads a CORDIS record number.
pub(crate) fn rcn(text: &str) -> Cell<ExternalId> {
    if !is_said(text) {
        return Ok(None);
    }
    let whole = text.strip_suffix(".0").unwrap_or(text);
    let read = ExternalId::new(Scheme::Rcn, whole).map(Some);
    read.map_err(|_| Misfit::new("expected a record number of digits"))
}

/// Reads what names a project: its number, `rcn-` and its record number, or the reference of a
/// contract from the years before numbers (`ERBIC15CT960703`, `IST-1999-10077`).
pub(crate) fn project_id(text: &str) -> Cell<ExternalId> {
    if !is_said(text) {
        return Ok(None);
    }
    if let Some(number) = text.strip_prefix("rcn-").or_else(|| text.strip_prefix("RCN-")) {
        return rcn(number);
    }
    if let Ok(id) = ExternalId::new(Scheme::Cordis, text) {
        return Ok(Some(id));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '.' | '_' | ' ');
    let is_reference = text.len() <= 40
        && text.chars().all(allowed)
        && text.bytes().any(|byte| byte.is_ascii_digit());
    if !is_reference {
        return Err(Misfit::new("expected a project number such as 101004635"));
    }
    Ok(Some(ExternalId::new(Scheme::Grant, text)?))
}

/// Whether `uniqueProgrammePart` marks the programme a project is counted under. Any other
/// content than a word for true, the empty cell included, says no.
pub(crate) fn unique_part(text: &str) -> bool {
    matches!(boolean(text), Ok(Some(true))) || text == "1"
}

/// Reads the place in a list.
pub(crate) fn order(text: &str) -> Cell<u32> {
    if !is_said(text) {
        return Ok(None);
    }
    let whole = text.strip_suffix(".0").unwrap_or(text);
    match whole.parse::<u32>() {
        // The largest consortium has some hundred participants; more is an id or an amount.
        Ok(order) if order < 100_000 => Ok(Some(order)),
        _ => Err(Misfit::new("expected a place in the list of participants such as 1")),
    }
}

/// Reads a point written `latitude,longitude`. `0,0`, where no organisation sits, says nothing.
pub(crate) fn coordinates(text: &str) -> Cell<Coordinates> {
    if !is_said(text) {
        return Ok(None);
    }
    let bare = text.trim_start_matches('(').trim_end_matches(')');
    let parse = |part: &str| part.trim().parse::<f64>().ok();
    let pair = bare
        .split_once([',', ';'])
        .and_then(|(latitude, longitude)| parse(latitude).zip(parse(longitude)));
    let Some((latitude, longitude)) = pair else {
        return Err(Misfit::new("expected latitude,longitude in degrees such as 45.46,9.19"));
    };
    let point = Coordinates::new(latitude, longitude)?;
    Ok((latitude != 0.0 || longitude != 0.0).then_some(point))
}

/// Words that stand for a VAT number that is not there.
const NO_VAT: &[&str] = &[
    "missing",
    "notapplicable",
    "notavailable",
    "exempt",
    "exempted",
    "vatexempt",
    "novat",
    "novatnumber",
    "nonvat",
    "notregistered",
    "undefined",
    "x",
    "xx",
    "xxx",
];

/// Reads a VAT number; `MISSING` and its kin say nothing.
pub(crate) fn vat_number(text: &str) -> Cell<ExternalId> {
    let word = normalise(text);
    // Zeros alone or behind a country prefix are no number either.
    let number = word.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let is_filler = NO_VAT.contains(&word.as_str())
        || (word.len() - number.len() <= 3 && number.bytes().all(|byte| byte == b'0'));
    if !is_said(text) || is_filler {
        return Ok(None);
    }
    Ok(Some(ExternalId::new(Scheme::Vat, text)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_in_any_letter_case() {
        for (text, wanted) in [
            ("coordinator", Role::Coordinator),
            ("COORDINATOR", Role::Coordinator),
            ("thirdParty", Role::ThirdParty),
            ("THIRDPARTY", Role::ThirdParty),
            ("Third party", Role::ThirdParty),
            ("internationalpartner", Role::InternationalPartner),
            ("associatedPartner", Role::AssociatedPartner),
            ("HostInstitution", Role::HostInstitution),
            ("Beneficiary", Role::Beneficiary),
            ("participant", Role::Participant),
            ("Partner", Role::Partner),
        ] {
            assert_eq!(role(text), Ok(Some(wanted)), "{text}");
        }
        assert_eq!(role(""), Ok(None));
        assert!(role("IT").is_err());
    }

    #[test]
    fn statuses_of_both_vintages_are_read() {
        use ProjectStatus::{Completed, Suspended, Terminated};
        for (text, wanted) in [
            ("SIGNED", None),
            ("ONG", None),
            ("", None),
            ("CLOSED", Some(Completed)),
            ("CLO", Some(Completed)),
            ("TERMINATED", Some(Terminated)),
            ("CAN", Some(Terminated)),
            ("SUSPENDED", Some(Suspended)),
        ] {
            assert_eq!(project_status(text), Ok(wanted), "{text}");
        }
        assert!(project_status("2019-01-01").is_err());
    }

    #[test]
    fn booleans_are_words_only() {
        assert_eq!(boolean("True"), Ok(Some(true)));
        assert_eq!(boolean("false"), Ok(Some(false)));
        assert_eq!(boolean("False"), Ok(Some(false)));
        assert_eq!(boolean(""), Ok(None));
        assert!(boolean("0").is_err());
        assert!(unique_part("True") && unique_part("true") && !unique_part(""));
    }

    #[test]
    fn missing_vat_numbers_are_none() {
        for text in [
            "MISSING",
            "missing",
            "N/A",
            "Not applicable",
            "0",
            "000000",
            "CH00000000",
            "",
            "NULL",
            "-",
        ] {
            assert_eq!(vat_number(text), Ok(None), "{text}");
        }
        let vat = vat_number("IT06835420966").expect("sound").expect("stated");
        assert_eq!(vat.value(), "IT06835420966");
    }

    #[test]
    fn coordinates_must_be_on_the_globe() {
        let point = coordinates("45.4642,9.19").expect("sound").expect("stated");
        assert_eq!((point.latitude, point.longitude), (45.4642, 9.19));
        assert_eq!(coordinates("0,0"), Ok(None));
        assert!(coordinates("95,9").is_err());
        assert!(coordinates("Milano").is_err());
    }

    #[test]
    fn a_place_in_the_list_is_a_small_number() {
        assert_eq!(order("14"), Ok(Some(14)));
        assert!(order("999997930").is_err());
        assert!(order("participant").is_err());
    }
}
