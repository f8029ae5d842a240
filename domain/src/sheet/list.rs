//! Several texts in one cell: separated by semicolons, in double quotes where a text has a
//! semicolon or a quote of its own, as in csv.

use crate::error::Invalid;

/// The texts as one cell.
pub(super) fn join<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let quoted = |text: T| {
        let text = text.as_ref();
        if text.contains([';', '"']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    texts.into_iter().map(quoted).collect::<Vec<_>>().join("; ")
}

/// The texts of a cell; empty ones are left out.
///
/// # Errors
/// When a quote is not closed.
pub(super) fn split(cell: &str) -> Result<Vec<String>, Invalid> {
    let mut texts = Vec::new();
    let mut text = String::new();
    let mut is_quoted = false;
    let mut characters = cell.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.next_if_eq(&'"').is_some() => text.push('"'),
            '"' if is_quoted => is_quoted = false,
            '"' if text.trim().is_empty() => {
                text.clear();
                is_quoted = true;
            }
            ';' if !is_quoted => texts.push(std::mem::take(&mut text)),
            other => text.push(other),
        }
    }
    if is_quoted {
        let detail = "A double quote is not closed. Close it, or write a quote within quotes \
                      twice: \"the \"\"new\"\" one\".";
        return Err(Invalid::new("unclosed_quote", detail));
    }
    texts.push(text);
    let texts = texts.into_iter().map(|text| text.trim().to_owned());
    Ok(texts.filter(|text| !text.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_joined_is_split_again() {
        let texts = ["ISMU", "a; b", "the \"new\" one", "L'Aquila"];
        let cell = join(texts);
        assert_eq!(cell, r#"ISMU; "a; b"; "the ""new"" one"; L'Aquila"#);
        assert_eq!(split(&cell).unwrap(), texts);
    }

    #[test]
    fn blanks_and_empty_texts_are_left_out() {
        assert_eq!(split(" a ;; b;").unwrap(), ["a", "b"]);
        assert!(split("").unwrap().is_empty());
        assert_eq!(split("5\" pipe; b").unwrap(), ["5\" pipe", "b"]);
    }

    #[test]
    fn an_open_quote_is_a_fault() {
        assert!(split("a; \"b").is_err());
    }
}
