//! The columns of CORDIS tables and the names every vintage gives them.

use std::fmt;
use std::sync::Arc;

/// What a table lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Projects (`project.csv`).
    Project,
    /// Participations, one a row, with the organisation's data repeated (`organization.csv`).
    Organization,
    /// Fields of science of projects (`euroSciVoc.csv`).
    EuroSciVoc,
    /// Topics of calls (`topics.csv`).
    Topics,
    /// Programmes of projects (`legalBasis.csv`).
    LegalBasis,
    /// Addresses of projects (`webLink.csv`).
    WebLink,
}

impl Kind {
    /// Every kind; those told by a column of their own first.
    pub(crate) const ALL: &'static [Self] = &[
        Self::EuroSciVoc,
        Self::WebLink,
        Self::Organization,
        Self::LegalBasis,
        Self::Topics,
        Self::Project,
    ];

    /// What it lists, in a word or two.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Project => "projects",
            Self::Organization => "participations",
            Self::EuroSciVoc => "fields of science",
            Self::Topics => "topics",
            Self::LegalBasis => "programmes of projects",
            Self::WebLink => "addresses of projects",
        }
    }

    /// Its columns and every name they have had, compared by [`normalise`]; the usual name first.
    const fn columns(self) -> &'static [(Column, &'static [&'static str])] {
        match self {
            Self::Project => PROJECT,
            Self::Organization => ORGANIZATION,
            Self::EuroSciVoc => EURO_SCI_VOC,
            Self::Topics => TOPICS,
            Self::LegalBasis => LEGAL_BASIS,
            Self::WebLink => WEB_LINK,
        }
    }

    /// Columns without which a row means nothing: of each group at least one.
    const fn required(self) -> &'static [&'static [Column]] {
        use Column as C;
        match self {
            Self::Project => {
                &[&[C::ProjectId, C::ProjectRcn], &[C::Title, C::Acronym, C::StartDate]]
            }
            Self::Organization => &[
                &[C::ProjectId, C::ProjectRcn],
                &[C::OrganisationId, C::Name],
                &[C::Role, C::Country, C::ActivityType],
            ],
            Self::EuroSciVoc => &[&[C::ProjectId], &[C::ThemeCode]],
            Self::Topics => &[&[C::ProjectId], &[C::Topics]],
            Self::LegalBasis => &[&[C::ProjectId], &[C::LegalBasis]],
            Self::WebLink => &[&[C::ProjectId], &[C::Url]],
        }
    }

    /// What a file of this kind is called, without folder, extension and case.
    fn has_name(self, stem: &str) -> bool {
        let ends = |endings: &[&str]| endings.iter().any(|ending| stem.ends_with(ending));
        match self {
            Self::Project => ends(&["project", "projects"]),
            Self::Organization => {
                ends(&["organization", "organizations", "organisation", "organisations"])
            }
            Self::EuroSciVoc => ends(&["euroscivoc"]),
            Self::Topics => ends(&["topics"]),
            Self::LegalBasis => ends(&["legalbasis"]),
            Self::WebLink => ends(&["weblink", "weblinks"]),
        }
    }

    /// The kind a file would be by its name.
    #[must_use]
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem).to_lowercase();
        Self::ALL.iter().copied().find(|kind| kind.has_name(&stem))
    }
}

macro_rules! columns {
    ($($name:ident),+ $(,)?) => {
        /// A column that is read. All others, personal contact data among them, are not.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Column { $($name),+ }

        impl Column {
            /// How many columns there are.
            const COUNT: usize = [$(Self::$name),+].len();
        }
    };
}

columns! {
    ProjectId, ProjectRcn, Acronym, Status, Title, StartDate, EndDate, TotalCost,
    MaxContribution, LegalBasis, Topics, FrameworkProgramme, MasterCall, SubCall, Call,
    FundingScheme, Objective, UpdateDate, GrantDoi, HomePage, Subjects, Keywords, Coordinator,
    CoordinatorCountry, Participants, ParticipantCountries, SignatureDate,
    OrganisationId, OrganisationRcn, VatNumber, Name, ShortName, Sme, ActivityType, PostCode,
    City, Country, Nuts, Geolocation, Order, Role, Contribution, NetContribution, Ended, Active,
    ThemeCode, ThemePath, ThemeTitle, UniquePart, Url, LinkType, Represents,
}

const PROJECT: &[(Column, &[&str])] = &[
    (Column::ProjectId, &["id", "projectid", "reference", "projectreference", "contractnumber"]),
    (Column::ProjectRcn, &["rcn", "projectRcn"]),
    (Column::Acronym, &["acronym", "projectacronym"]),
    (Column::Status, &["status", "projectstatus"]),
    (Column::Title, &["title", "projecttitle"]),
    (Column::StartDate, &["startDate", "projectstartdate"]),
    (Column::EndDate, &["endDate", "projectenddate"]),
    (Column::TotalCost, &["totalCost", "projectcost", "projecttotalcost"]),
    (Column::MaxContribution, &["ecMaxContribution", "projectfunding", "eccontribution"]),
    (Column::LegalBasis, &["legalBasis", "programme", "programmeacronym"]),
    (Column::Topics, &["topics", "topic"]),
    (Column::FrameworkProgramme, &["frameworkProgramme"]),
    (Column::MasterCall, &["masterCall"]),
    (Column::SubCall, &["subCall"]),
    (Column::Call, &["call", "callid"]),
    (Column::FundingScheme, &["fundingScheme", "contracttype"]),
    (Column::Objective, &["objective", "objectives"]),
    (Column::UpdateDate, &["contentUpdateDate", "updatedate"]),
    (Column::GrantDoi, &["grantDoi"]),
    (Column::HomePage, &["projectUrl", "projectwebsite"]),
    (Column::Subjects, &["subjects", "subject"]),
    (Column::Keywords, &["keywords"]),
    (Column::Coordinator, &["coordinator"]),
    (Column::CoordinatorCountry, &["coordinatorCountry"]),
    (Column::Participants, &["participants"]),
    (Column::ParticipantCountries, &["participantCountries"]),
    (Column::SignatureDate, &["ecSignatureDate"]),
];

const ORGANIZATION: &[(Column, &[&str])] = &[
    (Column::ProjectId, &["projectID", "projectreference"]),
    (Column::ProjectRcn, &["projectRcn"]),
    (Column::OrganisationId, &["organisationID", "organizationid", "id", "pic"]),
    (Column::OrganisationRcn, &["rcn", "organisationrcn", "organizationrcn"]),
    (Column::VatNumber, &["vatNumber", "vat"]),
    (Column::Name, &["name", "organisationname", "organizationname"]),
    (Column::ShortName, &["shortName", "organisationshortname", "organizationshortname"]),
    (Column::Sme, &["SME"]),
    (Column::ActivityType, &["activityType", "organisationtype", "organizationtype"]),
    (Column::PostCode, &["postCode", "postalcode"]),
    (Column::City, &["city"]),
    (Column::Country, &["country", "organisationcountry", "organizationcountry"]),
    (Column::Nuts, &["nutsCode", "nuts"]),
    (Column::Geolocation, &["geolocation"]),
    (Column::HomePage, &["organizationURL", "organisationurl"]),
    (Column::UpdateDate, &["contentUpdateDate", "updatedate"]),
    (Column::Order, &["order"]),
    (Column::Role, &["role", "projectrole"]),
    (Column::Contribution, &["ecContribution"]),
    (Column::NetContribution, &["netEcContribution"]),
    (Column::TotalCost, &["totalCost"]),
    (Column::Ended, &["endOfParticipation", "participationended"]),
    (Column::Active, &["active"]),
];

const EURO_SCI_VOC: &[(Column, &[&str])] = &[
    (Column::ProjectId, &["projectID"]),
    (Column::ThemeCode, &["euroSciVocCode"]),
    (Column::ThemePath, &["euroSciVocPath"]),
    (Column::ThemeTitle, &["euroSciVocTitle"]),
];

const TOPICS: &[(Column, &[&str])] = &[
    (Column::ProjectId, &["projectID"]),
    (Column::Topics, &["topic", "topics"]),
    (Column::Title, &["title"]),
];

const LEGAL_BASIS: &[(Column, &[&str])] = &[
    (Column::ProjectId, &["projectID"]),
    (Column::LegalBasis, &["legalBasis"]),
    (Column::Title, &["title"]),
    (Column::UniquePart, &["uniqueProgrammePart"]),
];

const WEB_LINK: &[(Column, &[&str])] = &[
    (Column::ProjectId, &["projectID"]),
    (Column::Url, &["physUrl"]),
    (Column::LinkType, &["type"]),
    (Column::Represents, &["represents"]),
];

/// Columns of persons, whose presence makes every stray value of a row suspect.
const PERSONAL: &[&str] = &[
    "contacttitle",
    "contactfirstnames",
    "contactlastnames",
    "contactfunction",
    "contacttelephonenumber",
    "contactfaxnumber",
    "contactemail",
];

/// A column name as names are compared: lower case, letters and digits only.
#[must_use]
pub(crate) fn normalise(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Where a table's columns stand.
#[derive(Clone)]
pub(crate) struct Layout {
    /// The byte between cells.
    pub(crate) delimiter: u8,
    /// Whether the table has columns about persons.
    pub(crate) has_persons: bool,
    places: [Option<u16>; Column::COUNT],
    names: Arc<[String]>,
}

impl fmt::Debug for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let delimiter = char::from(self.delimiter);
        f.debug_struct("Layout")
            .field("delimiter", &delimiter)
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

impl Layout {
    /// The layout of a table of `kind` whose header reads `names`.
    fn new(kind: Kind, names: Vec<String>, delimiter: u8) -> Self {
        let normalised: Vec<String> = names.iter().map(|name| normalise(name)).collect();
        let mut places = [None; Column::COUNT];
        for (column, aliases) in kind.columns() {
            let place = aliases
                .iter()
                .find_map(|alias| normalised.iter().position(|name| *name == normalise(alias)))
                .and_then(|place| u16::try_from(place).ok());
            places[*column as usize] = place;
        }
        let has_persons = normalised.iter().any(|name| PERSONAL.contains(&name.as_str()));
        Self { delimiter, has_persons, places, names: names.into() }
    }

    /// Tells what a table with this header lists, and how.
    #[must_use]
    pub(crate) fn recognise(names: &[String], delimiter: u8) -> Option<(Kind, Self)> {
        let has = |wanted: &str| names.iter().any(|name| normalise(name) == wanted);
        // Deliverables, publications and reports have an id of their own beside the project's.
        let is_of_results = has("id") && has("projectid") && !has("name");
        Kind::ALL
            .iter()
            .filter(|kind| **kind != Kind::Project || !is_of_results)
            .map(|kind| (*kind, Self::new(*kind, names.to_vec(), delimiter)))
            .find(|(kind, layout)| layout.missing(*kind).is_empty() && layout.is_told(*kind))
    }

    /// Whether nothing in the header speaks for another kind of table.
    fn is_told(&self, kind: Kind) -> bool {
        let has = |wanted: &str| self.names.iter().any(|name| normalise(name) == wanted);
        match kind {
            Kind::LegalBasis | Kind::Topics => !has("startdate") && !has("objective"),
            _ => true,
        }
    }

    /// The required columns of `kind` that are missing, by today's names ("a or b").
    #[must_use]
    pub(crate) fn missing(&self, kind: Kind) -> Vec<String> {
        let name = |column: &Column| {
            let found = kind.columns().iter().find(|(known, _)| known == column);
            found.map_or("", |(_, names)| names[0])
        };
        let groups = kind.required().iter();
        let missing = groups.filter(|group| group.iter().all(|column| !self.has(*column)));
        missing.map(|group| group.iter().map(name).collect::<Vec<_>>().join(" or ")).collect()
    }

    /// What is missing in a header that should be one of `kind`.
    #[must_use]
    pub(crate) fn missing_in(names: &[String], kind: Kind) -> Vec<String> {
        Self::new(kind, names.to_vec(), b',').missing(kind)
    }

    /// How many of `names` are names of CORDIS columns.
    #[must_use]
    pub(crate) fn known_names(names: &[String]) -> usize {
        let is_known = |name: &&String| {
            let name = normalise(name);
            let columns = Kind::ALL.iter().flat_map(|kind| kind.columns());
            columns
                .into_iter()
                .flat_map(|(_, aliases)| *aliases)
                .any(|alias| normalise(alias) == name)
        };
        names.iter().filter(is_known).count()
    }

    /// Whether the table has the column.
    #[must_use]
    pub(crate) fn has(&self, column: Column) -> bool {
        self.places[column as usize].is_some()
    }

    /// The number of columns.
    #[must_use]
    pub(crate) fn width(&self) -> usize {
        self.names.len()
    }

    /// The place of a column, from 0.
    #[must_use]
    pub(crate) fn place(&self, column: Column) -> Option<usize> {
        self.places[column as usize].map(usize::from)
    }

    /// The name the table gives a column; empty when it has no such column.
    #[must_use]
    pub(crate) fn name(&self, column: Column) -> &str {
        self.place(column).and_then(|place| self.names.get(place)).map_or("", String::as_str)
    }
}
