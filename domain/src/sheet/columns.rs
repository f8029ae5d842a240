//! The columns of each sheet.

use super::{Column, Holds};
use crate::id::EntityKind::{Call, Organisation, Programme, Project};
use crate::organisation::NameKind;

const fn column(
    heading: &'static str,
    holds: Holds,
    about: &'static str,
    example: &'static str,
) -> Column {
    Column { heading, about, example, vocabulary: None, holds }
}

const fn coded(
    heading: &'static str,
    path: &'static str,
    vocabulary: &'static str,
    about: &'static str,
    example: &'static str,
) -> Column {
    Column { heading, about, example, vocabulary: Some(vocabulary), holds: Holds::Text(path) }
}

const ID: Column = column(
    "id",
    Holds::Id,
    "What the row calls its record. A new record gets a name of yours that begins with #, or \
     only identifiers below; leave what an export wrote.",
    "#ismu",
);

const IDENTIFIERS: Column = column(
    "identifiers",
    Holds::Identifiers,
    "Its identifiers in other registries, each as scheme:value, separated by semicolons.",
    "pic:968823876; ror:02nhqek82",
);

const HOMEPAGE: Column =
    column("homepage", Holds::Text("homepage"), "Its web address.", "https://www.ismu.org");

const TITLE: Column = column(
    "title",
    Holds::Texts("titles"),
    "Its title, a column for each language: title_en, title_it.",
    "Sustainable PRactices of INteGration",
);

const START: Column = column(
    "start",
    Holds::Text("period/start"),
    "First day, as exactly as it is known: 2021-03-01, 2021-03, 2021; [2014-01..2014-04] for one \
     in between, such as the beginning of 2014; .. if it is open.",
    "2021-03-01",
);

const END: Column = column(
    "end",
    Holds::Text("period/end"),
    "Last day, as exactly as it is known: 2023-02-28, 2023-02, 2023; [2023-01..2023-04] for one \
     in between; .. if it is open.",
    "2023-02",
);

const BUDGET: Column = column(
    "budget",
    Holds::Amount("budget"),
    "What it has to give in all: euro, or an amount with its currency.",
    "14000000.00",
);

const SEAL: Column = column(
    "as_exported",
    Holds::Seal,
    "Written by an export; leave it as it is, and empty in rows of your own. With it, a cell \
     you empty is forgotten, and a record changed by others since is not written over.",
    "",
);

pub(super) const ORGANISATION: &[Column] = &[
    ID,
    column(
        "legal_name",
        Holds::FirstName(NameKind::Legal),
        "Its legal name.",
        "Fondazione ISMU ETS",
    ),
    column("short_name", Holds::FirstName(NameKind::Short), "Its short name or acronym.", "ISMU"),
    column(
        "other_names",
        Holds::OtherNames,
        "Other names and spellings, separated by semicolons.",
        "ISMU Foundation; Fondazione Cariplo-ISMU",
    ),
    coded("country", "country", "country", "Where it is established, ISO 3166-1 alpha-2.", "IT"),
    column("city", Holds::Text("place/city"), "Its city.", "Milano"),
    column("postcode", Holds::Text("place/postcode"), "Its postcode.", "20145"),
    column("nuts", Holds::Text("place/nuts"), "Its NUTS region.", "ITC4C"),
    column(
        "latitude",
        Holds::Number("place/coordinates/latitude"),
        "Degrees north, WGS 84.",
        "45.4642",
    ),
    column(
        "longitude",
        Holds::Number("place/coordinates/longitude"),
        "Degrees east, WGS 84.",
        "9.19",
    ),
    coded(
        "type",
        "type",
        "organisation_type",
        "The class EU programmes report it under.",
        "research",
    ),
    coded(
        "kind",
        "kind",
        "organisation_kind",
        "What people in the field would call it.",
        "foundation",
    ),
    coded("sector", "sector", "sector", "The part of society it belongs to.", "third_sector"),
    column(
        "legal_form",
        Holds::Text("legal_form"),
        "Its legal form, in the words of its country.",
        "Fondazione, ente del terzo settore",
    ),
    column(
        "sme",
        Holds::Flag("sme"),
        "Whether it is a small or medium-sized enterprise: yes or no.",
        "no",
    ),
    HOMEPAGE,
    column(
        "founded",
        Holds::Text("founded"),
        "When it was founded, as exactly as it is known: 1993, or [1990..1999] for the nineties.",
        "1993",
    ),
    column(
        "part_of",
        Holds::Reference("parent_id", Organisation),
        "The organisation it is a part of: its id or an identifier.",
        "pic:999995505",
    ),
    coded("status", "status", "organisation_status", "Whether it still exists.", "active"),
    IDENTIFIERS,
    SEAL,
];

pub(super) const PROGRAMME: &[Column] = &[
    ID,
    column("code", Holds::Text("code"), "Its code.", "H2020-EU.3.6."),
    coded("level", "level", "programme_level", "Its level in the tree of programmes.", "strand"),
    TITLE,
    column(
        "aliases",
        Holds::List("aliases"),
        "Other spellings and names, separated by semicolons.",
        "KA 2; Key action 2",
    ),
    column(
        "part_of",
        Holds::Reference("parent_id", Programme),
        "The programme it is a part of: its id, code or title.",
        "H2020",
    ),
    column(
        "funders",
        Holds::References("funder_ids", Organisation),
        "The organisations that fund it, separated by semicolons.",
        "#european-commission",
    ),
    START,
    END,
    BUDGET,
    HOMEPAGE,
    IDENTIFIERS,
    SEAL,
];

pub(super) const CALL: &[Column] = &[
    ID,
    column(
        "identifier",
        Holds::Text("identifier"),
        "Its identifier, as the funder writes it.",
        "H2020-SC6-MIGRATION-2020",
    ),
    TITLE,
    column(
        "programme",
        Holds::Reference("programme_id", Programme),
        "The programme it belongs to: its id, code or title.",
        "H2020",
    ),
    column("year", Holds::Number("year"), "The year it is counted under.", "2020"),
    column("opens", Holds::Text("opening_date"), "When it opens.", "2019-11-12"),
    column(
        "deadlines",
        Holds::List("deadlines"),
        "When it closes; several days are separated by semicolons.",
        "2020-03-12",
    ),
    column("type_of_action", Holds::Text("type_of_action"), "The type of action it funds.", "CSA"),
    BUDGET,
    HOMEPAGE,
    IDENTIFIERS,
    SEAL,
];

pub(super) const PROJECT: &[Column] = &[
    ID,
    column("acronym", Holds::Text("acronym"), "Its acronym.", "SPRING"),
    TITLE,
    column(
        "aliases",
        Holds::List("aliases"),
        "Other spellings of its acronym or title, separated by semicolons.",
        "Spring Project",
    ),
    START,
    END,
    coded(
        "status",
        "stated_status",
        "project_status",
        "Where it stands, if somebody said so; else it is told from its dates.",
        "terminated",
    ),
    column(
        "total_cost",
        Holds::Amount("total_cost"),
        "What it costs in all: euro, or an amount with its currency.",
        "2108434.39",
    ),
    column(
        "programme",
        Holds::Reference("fundings/#/programme_id", Programme),
        "The programme it is paid from: its id, code or title. Further fundings have columns of \
         their own: programme_2, funder_2 and so on.",
        "AMIF",
    ),
    column(
        "funder",
        Holds::Reference("fundings/#/funder_id", Organisation),
        "The organisation that pays, where no programme says so: its id or an identifier.",
        "#fondazione-cariplo",
    ),
    column(
        "call",
        Holds::Reference("fundings/#/call_id", Call),
        "The call it was won under: its id or its identifier.",
        "H2020-SC6-MIGRATION-2020",
    ),
    column(
        "type_of_action",
        Holds::Text("fundings/#/type_of_action"),
        "The type of action.",
        "CSA",
    ),
    coded("funding_kind", "fundings/#/kind", "funding_kind", "In what form it is paid.", "grant"),
    column(
        "funding_amount",
        Holds::Amount("fundings/#/amount"),
        "How much is paid: euro, or an amount with its currency.",
        "1999536.25",
    ),
    column(
        "funding_title",
        Holds::Text("fundings/#/title"),
        "What the money is called, where it has a name of its own.",
        "Quota servizi",
    ),
    column(
        "funding_year",
        Holds::Number("fundings/#/year"),
        "The year the money belongs to.",
        "2019",
    ),
    column(
        "funding_share",
        Holds::Number("fundings/#/share"),
        "How much of the cost it covers, in percent: 80 for 80 %.",
        "80",
    ),
    column(
        "abstract",
        Holds::Texts("abstract"),
        "What it sets out to do, a column for each language: abstract_en, abstract_it.",
        "Improves the integration of recently arrived migrants.",
    ),
    column(
        "keywords",
        Holds::List("keywords"),
        "Words its authors chose for it, separated by semicolons.",
        "integration; migration",
    ),
    column(
        "themes",
        Holds::Themes,
        "What it is about, each as vocabulary:code, separated by semicolons.",
        "euroscivoc:/29/97",
    ),
    column(
        "target_groups",
        Holds::List("target_groups"),
        "For whom it is, separated by semicolons.",
        "unaccompanied minors",
    ),
    HOMEPAGE,
    IDENTIFIERS,
    SEAL,
];

pub(super) const PARTICIPATION: &[Column] = &[
    column(
        "id",
        Holds::Id,
        "What the row calls its record. May stay empty: the project, the organisation and the \
         role tell which it is.",
        "",
    ),
    column(
        "project",
        Holds::Reference("project_id", Project),
        "The project: its id or an identifier.",
        "cordis:101004635",
    ),
    column(
        "organisation",
        Holds::Reference("organisation_id", Organisation),
        "Who takes part: its id or an identifier.",
        "pic:968823876",
    ),
    coded("role", "role", "role", "In which role.", "coordinator"),
    column("order", Holds::Number("order"), "Its place in the project's list.", "1"),
    column(
        "ec_contribution",
        Holds::Amount("ec_contribution"),
        "What the EU contributes to it. 0 means nothing; leave unknown amounts empty.",
        "377006.44",
    ),
    column(
        "net_ec_contribution",
        Holds::Amount("net_ec_contribution"),
        "What of that stays with it, third parties deducted.",
        "377006.44",
    ),
    column("total_cost", Holds::Amount("total_cost"), "What its part costs in all.", "377006.44"),
    column(
        "start",
        Holds::Text("period/start"),
        "When it joined, where that is not when the project started.",
        "2021-06",
    ),
    column(
        "end",
        Holds::Text("period/end"),
        "When it left, where that is not when the project ended.",
        "2022",
    ),
    column("ended", Holds::Flag("ended"), "Whether it left before the end: yes or no.", "no"),
    SEAL,
];
