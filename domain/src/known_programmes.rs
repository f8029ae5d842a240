//! The funding programmes that ship with the registry.
//!
//! Source: the legal bases of the programmes (regulations and decisions of the European
//! Parliament and the Council) and the programme, legal basis and funding scheme codes as
//! CORDIS writes them. A budget is the financial envelope of the legal basis in current
//! prices; it is left out where the envelope was changed later or has several parts.

use crate::bundle::id_of;
use crate::decode::{Decode, Object};
use crate::error::{Errors, Invalid, Pointer};
use crate::id::ProgrammeId;
use crate::programme::{ProgrammeContent, code_key};
use crate::text::Code;
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// A programme that ships with the registry, and where it belongs in the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownProgramme {
    /// Its code. Codes and aliases of known programmes lead to one programme only, in the
    /// form [`code_key`](crate::programme::code_key) compares them in.
    pub code: Code,
    /// The code of the programme it is a part of; that one stands before it in the list.
    pub parent_code: Option<Code>,
    /// What is known of it; the code included, `parent_id` left open.
    pub content: ProgrammeContent,
}

impl KnownProgramme {
    /// The id it has in every registry that this program sets up, so that what one registry
    /// exports fits into another.
    #[must_use]
    pub fn id(&self) -> ProgrammeId {
        id_of(&format!("programme {}", code_key(self.code.as_str()))).into()
    }
}

/// Every programme that ships with the registry: parents before their parts, otherwise in
/// the order of the shipped file, which never depends on anything else. Read once.
///
/// # Panics
/// Never: the file is a part of the program, and a test reads it.
#[must_use]
pub fn known_programmes() -> &'static [KnownProgramme] {
    static KNOWN: LazyLock<Vec<KnownProgramme>> = LazyLock::new(|| {
        let file = include_str!("../data/programmes.json");
        let file: Value = serde_json::from_str(file).expect("the shipped file is JSON");
        crate::decode::decode(&file).expect("the shipped programmes are sound")
    });
    &KNOWN
}

impl Decode for KnownProgramme {
    /// Reads programme content with `parent`, a code, in the place of `parent_id`.
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut content: Map<String, Value> = value.as_object().cloned().unwrap_or_default();
        let parent = content.remove("parent").unwrap_or_default();
        let parent = Value::Object(Map::from_iter([("parent".to_owned(), parent)]));
        let mut object = Object::open(&parent, at, errors)?;
        let parent_code = object.optional("parent");
        let sound = object.finish();
        let content = ProgrammeContent::decode(&Value::Object(content), at, errors)?;
        let Some(code) = content.code.clone() else {
            let detail = "A known programme needs a code; give it one.";
            errors.body(&at.field("code"), Invalid::new("required", detail));
            return None;
        };
        sound.then_some(Self { code, parent_code, content })
    }
}
