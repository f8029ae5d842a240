//! What sort of body an organisation is.

crate::vocabulary! {
    /// The five classes every EU programme reports: CORDIS `activityType` HES, REC, PRC, PUB
    /// and OTH.
    pub enum OrganisationType: "organisation_type" {
        HigherEducation = "higher_education", "Higher or secondary education establishment";
        Research = "research", "Research organisation";
        PrivateForProfit = "private_for_profit", "Private for-profit entity";
        PublicBody = "public_body", "Public body (excluding research and education)";
        Other = "other", "Other";
    }
}

crate::vocabulary! {
    /// Finer than the type: what people in the field would call the organisation.
    pub enum OrganisationKind: "organisation_kind" {
        University = "university", "University";
        School = "school", "School";
        VocationalTraining = "vocational_training", "Vocational education and training provider";
        AdultEducation = "adult_education", "Adult education provider";
        ResearchInstitute = "research_institute", "Research institute";
        Hospital = "hospital", "Hospital or health service";
        Library = "library", "Library, archive or museum";
        Ministry = "ministry", "Ministry";
        Agency = "agency", "Public agency";
        Directorate = "directorate", "Directorate or department of a public body";
        Region = "region", "Region";
        Province = "province", "Province or metropolitan city";
        Municipality = "municipality", "Municipality";
        Prefecture = "prefecture", "Prefecture or state representative";
        InternationalOrganisation = "international_organisation", "International organisation";
        EuInstitution = "eu_institution", "EU institution, body or agency";
        Ngo = "ngo", "Non-governmental organisation";
        Foundation = "foundation", "Foundation";
        Association = "association", "Association";
        SocialEnterprise = "social_enterprise", "Social enterprise";
        Cooperative = "cooperative", "Cooperative";
        TradeUnion = "trade_union", "Trade union";
        EmployersOrganisation = "employers_organisation", "Employers' organisation";
        ChamberOfCommerce = "chamber_of_commerce", "Chamber of commerce";
        ReligiousOrganisation = "religious_organisation", "Religious organisation";
        Network = "network", "Network of organisations";
        Consortium = "consortium", "Standing consortium";
        Company = "company", "Company";
        ConsultingFirm = "consulting_firm", "Consulting firm";
        Media = "media", "Media organisation";
        NaturalPerson = "natural_person", "Natural person";
    }
}

crate::vocabulary! {
    /// The part of society an organisation belongs to.
    pub enum Sector: "sector" {
        Public = "public", "Public sector";
        Private = "private", "Private sector";
        ThirdSector = "third_sector", "Third sector";
    }
}

crate::vocabulary! {
    /// Whether an organisation still exists.
    pub enum OrganisationStatus: "organisation_status" {
        Active = "active", "Active";
        Inactive = "inactive", "Inactive";
        Dissolved = "dissolved", "Dissolved";
    }
}
