//! What an organisation is to a project.

crate::vocabulary! {
    /// What an organisation is to a project it takes part in: the roles of CORDIS, Erasmus+,
    /// AMIF and Interreg.
    pub enum Role: "role" {
        Coordinator = "coordinator", "Coordinator";
        Participant = "participant", "Participant";
        Partner = "partner", "Partner";
        AssociatedPartner = "associated_partner", "Associated partner";
        AffiliatedEntity = "affiliated_entity", "Affiliated entity";
        ThirdParty = "third_party", "Third party";
        InternationalPartner = "international_partner", "International partner";
        Subcontractor = "subcontractor", "Subcontractor";
        HostInstitution = "host_institution", "Host institution";
        Beneficiary = "beneficiary", "Beneficiary";
        CoApplicant = "co_applicant", "Co-applicant";
        LeadPartner = "lead_partner", "Lead partner";
        ImplementingBody = "implementing_body", "Implementing body";
        Evaluator = "evaluator", "Evaluator";
        Observer = "observer", "Observer";
    }
}

impl Role {
    /// Whether it is to lead the project: what most call the coordinator is the lead partner in
    /// AMIF and Interreg.
    #[must_use]
    pub const fn leads(self) -> bool {
        matches!(self, Self::Coordinator | Self::LeadPartner)
    }

    /// The roles that lead a project.
    pub fn leading() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|role| role.leads())
    }
}
