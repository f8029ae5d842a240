//! Where an organisation sits.

use crate::country::Country;
use crate::decode::{Decode, Object};
use crate::error::{Errors, Invalid, Pointer};
use crate::text::Line;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A NUTS code of any level: two letters of a country, then up to three letters or digits
/// (Regulation (EC) No 1059/2003). Written as Eurostat does, so Greece is `EL`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, pattern = "^[A-Z]{2}[0-9A-Z]{0,3}$", example = "ITC4C")]
pub struct Nuts(
    /// ASCII, shorter codes filled up with 0.
    [u8; 5],
);

impl Nuts {
    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().take_while(|byte| **byte != 0).count();
        str::from_utf8(&self.0[..length]).unwrap_or_default()
    }

    /// The country it lies in, as ISO writes it: Greece for `EL30`. `None` for letters that
    /// are no country's.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        self.as_str()[..2].parse().ok()
    }
}

impl std::fmt::Display for Nuts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Debug for Nuts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Nuts").field(&self.as_str()).finish()
    }
}

impl Serialize for Nuts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl std::str::FromStr for Nuts {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let code = text.trim().to_ascii_uppercase();
        let letters = code.len() >= 2 && code.bytes().take(2).all(|b| b.is_ascii_uppercase());
        if letters && code.len() <= 5 && code.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let mut bytes = [0; 5];
            bytes[..code.len()].copy_from_slice(code.as_bytes());
            return Ok(Self(bytes));
        }
        let detail = format!(
            "'{text}' is not a NUTS code. Expected two letters of a country and up to three \
             letters or digits, such as ITC4C."
        );
        Err(Invalid::new("invalid_nuts", detail))
    }
}

crate::decode_from_str!(Nuts);

/// A point on Earth, in degrees of WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Coordinates {
    /// Degrees north, -90 to 90.
    #[schema(minimum = -90, maximum = 90, example = 45.4642)]
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    #[schema(minimum = -180, maximum = 180, example = 9.19)]
    pub longitude: f64,
}

impl Coordinates {
    /// A point on Earth.
    ///
    /// # Errors
    /// When a coordinate is off the globe or not a number.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, Invalid> {
        if (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude) {
            return Ok(Self { latitude, longitude });
        }
        let detail = format!(
            "{latitude}, {longitude} is not on the globe. Expected a latitude from -90 to 90 \
             and a longitude from -180 to 180."
        );
        Err(Invalid::new("invalid_coordinates", detail))
    }
}

impl Decode for Coordinates {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let latitude = object.required("latitude");
        let longitude = object.required("longitude");
        let sound = object.finish();
        let (latitude, longitude) = latitude.zip(longitude).filter(|_| sound)?;
        Self::new(latitude, longitude).map_err(|fault| errors.body(at, fault)).ok()
    }
}

/// Where an organisation sits. Streets are left out: some organisations are natural persons.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Place {
    /// The city, as written in the source.
    #[schema(example = "Milano")]
    pub city: Option<Line>,
    /// The postcode.
    #[schema(example = "20145")]
    pub postcode: Option<Line>,
    /// The statistical region.
    pub nuts: Option<Nuts>,
    /// The point on the map.
    pub coordinates: Option<Coordinates>,
}

impl Place {
    /// `self` unless nothing is known of it.
    #[must_use]
    pub fn known(self) -> Option<Self> {
        (self != Self::default()).then_some(self)
    }
}

impl Decode for Place {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let place = Self {
            city: object.optional("city"),
            postcode: object.optional("postcode"),
            nuts: object.optional("nuts"),
            coordinates: object.optional("coordinates"),
        };
        object.finish().then_some(place)
    }
}
