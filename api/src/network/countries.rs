//! The network of countries.

use super::{Live, scope, today};
use consortia_db::{Conn, Result};
use consortia_domain::network::{CountryNetwork, CountryPosition, CountryTie};
use consortia_domain::scope::ScopeFilter;
use consortia_network::Lens;
use std::cmp::Reverse;

/// Countries, and how often their organisations meet in projects.
/// O(participations + Σ countries² over the projects).
///
/// # Errors
/// When the store fails.
pub fn countries(c: &mut Conn<'_>, live: &Live, filter: &ScopeFilter) -> Result<CountryNetwork> {
    let scope = scope(c, filter, today())?;
    let network = live.current(c)?;
    let found = Lens::new(&network, &scope, today()).countries();
    let mut unclassified = 0;
    let mut countries = Vec::with_capacity(found.countries.len());
    for (country, of) in &found.countries {
        let Some(country) = *country else {
            unclassified = of.participations;
            continue;
        };
        countries.push(CountryPosition {
            country,
            organisations: of.organisations,
            participations: of.participations,
            projects: of.projects,
            degree: of.degree,
            strength: of.strength,
            eigenvector: of.eigenvector,
        });
    }
    let code = |place: usize| found.countries[place].0;
    let tie = |&(a, b, strength): &(usize, usize, u64)| {
        Some(CountryTie { countries: [code(a)?, code(b)?], strength })
    };
    let mut ties: Vec<CountryTie> = found.ties.iter().filter_map(tie).collect();
    // Stable: what is equally strong stays in order of code.
    countries.sort_by_key(|of| Reverse(of.strength));
    ties.sort_by_key(|of| Reverse(of.strength));
    Ok(CountryNetwork {
        scope: filter.stated.clone(),
        revision: network.revision(),
        international_projects: found.international_projects,
        unclassified,
        countries,
        ties,
    })
}
