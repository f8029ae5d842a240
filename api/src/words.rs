//! Counts in sentences.

/// `1 project`, `2 projects`, `1,372 projects`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    format!("{} {}", grouped(count), of(count, noun))
}

/// `noun` as it stands behind `count`: `project` behind 1, else `projects`.
pub(crate) fn of(count: u64, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{noun}{s}")
}

/// A count with its thousands apart.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one_and_thousands_are_apart() {
        assert_eq!(counted(1, "project"), "1 project");
        assert_eq!(counted(0, "project"), "0 projects");
        assert_eq!(counted(1372, "project"), "1,372 projects");
        assert_eq!(grouped(1_000_000), "1,000,000");
    }
}
