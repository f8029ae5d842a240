//! What the codes of programmes and calls tell.

use consortia_domain::text::Code;

/// The codes a programme may lie under, nearest first, ending in its framework programme.
///
/// Codes are hierarchical, their parts separated by `.` or `-`: `H2020-EU.2.3.1.` lies under
/// `H2020-EU.2.3.`, `H2020-EU.2.`, `H2020-EU` and `H2020`. Euratom's programme of 2021–2027 is
/// `EURATOM2027` while its parts are `EURATOM.1.2.2`; CORDIS files both under `HORIZON`.
pub(super) fn ancestors(code: &Code, framework: Option<&Code>) -> Vec<Code> {
    let mut found: Vec<Code> = Vec::new();
    let text = code.as_str();
    let (mut rest, end) = match text.strip_suffix('.') {
        Some(rest) => (rest, "."),
        None => (text, ""),
    };
    while let Some(at) = rest.rfind(['.', '-']) {
        let separator = &rest[at..=at];
        rest = &rest[..at];
        // The first part of a dotted code (`H2020-EU`) is written without a dot at its end.
        let end = if separator == "." && rest.contains('.') { end } else { "" };
        found.extend(format!("{rest}{end}").parse());
    }
    if text.starts_with("EURATOM") && text != EURATOM {
        found.extend(EURATOM.parse());
    }
    let is_new = |framework: &&Code| *framework != code && !found.contains(framework);
    let framework = framework.filter(is_new).cloned();
    found.extend(framework);
    found
}

const EURATOM: &str = "EURATOM2027";

/// The framework programme a programme's code begins with, if it does.
pub(super) fn framework_of(code: &Code) -> Option<Code> {
    let head = code.as_str().split(['.', '-']).next()?;
    FRAMEWORKS.contains(&head).then(|| head.parse().ok())?
}

/// The framework programmes as CORDIS writes them.
const FRAMEWORKS: &[&str] = &["FP1", "FP2", "FP3", "FP4", "FP5", "FP6", "FP7", "H2020", "HORIZON"];

/// The framework programme the name of a file speaks of (`cordis-fp4projects.csv`), if it is
/// only one.
pub(super) fn framework_in(name: &str) -> Option<Code> {
    let name = name.to_uppercase();
    let mut named = FRAMEWORKS.iter().filter(|framework| name.contains(**framework));
    let first = named.next()?;
    named.next().is_none().then(|| first.parse().ok())?
}

/// The year a call's identifier names (`H2020-MSCA-IF-2014`). None where it names several
/// (`HORIZON-EIT-2023-2025-KIC`), as the year is unknown then.
pub(super) fn call_year(identifier: &str) -> Option<u32> {
    let years = identifier.split(['-', '_', ' ', '/']).filter(|part| part.len() == 4);
    let mut years = years.filter_map(|part| part.parse().ok()).filter(|year| is_year(*year));
    let year = years.next()?;
    years.all(|other| other == year).then_some(year)
}

fn is_year(number: u32) -> bool {
    (1984..=2050).contains(&number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Code {
        text.parse().expect(text)
    }

    fn above(text: &str, framework: &str) -> Vec<String> {
        let found = ancestors(&code(text), Some(&code(framework)));
        found.into_iter().map(Code::into_string).collect()
    }

    #[test]
    fn ancestors_come_nearest_first() {
        let wanted = ["H2020-EU.2.3.", "H2020-EU.2.", "H2020-EU", "H2020"];
        assert_eq!(above("H2020-EU.2.3.1.", "H2020"), wanted);
        assert_eq!(above("HORIZON.3.2", "HORIZON"), ["HORIZON.3", "HORIZON"]);
        assert_eq!(above("FP7-ICT", "FP7"), ["FP7"]);
        assert_eq!(above("H2020", "H2020"), [""; 0]);
        assert_eq!(
            above("EURATOM.1.2", "HORIZON"),
            ["EURATOM.1", "EURATOM", "EURATOM2027", "HORIZON"]
        );
        assert_eq!(above("EURATOM2027", "HORIZON"), ["HORIZON"]);
    }

    #[test]
    fn frameworks_are_found_in_codes_and_file_names() {
        assert_eq!(framework_of(&code("H2020-EU.1.3.2.")), Some(code("H2020")));
        assert_eq!(framework_of(&code("BRITE")), None);
        assert_eq!(framework_in("cordis-fp4projects.csv"), Some(code("FP4")));
        assert_eq!(framework_in("h2020-and-fp7.zip/project.csv"), None);
    }

    #[test]
    fn the_year_of_a_call_is_in_its_identifier() {
        assert_eq!(call_year("H2020-MSCA-IF-2014"), Some(2014));
        assert_eq!(call_year("HORIZON-EIE-2022-SCALEUP-02"), Some(2022));
        assert_eq!(call_year("HORIZON-EIT-2023-2025-KIC"), None);
        assert_eq!(call_year("H2020-FTI"), None);
    }
}
