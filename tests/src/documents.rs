//! The commands that documents show, as whoever reads them would run them.

use crate::program;
use std::fs;

/// The commands in the blocks of a document of `docs/`, in their order, each in one line; and
/// those in its sentences that have arguments.
///
/// # Panics
/// When it cannot be read.
#[must_use]
pub fn commands(name: &str) -> Vec<String> {
    let path = program::repository().join("docs").join(name);
    let text = fs::read_to_string(&path)
        .unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
        .replace("\\\n", " ");
    let mut commands = Vec::new();
    // What stands between fences; in every other part is prose.
    for (n, part) in text.split("```").enumerate() {
        if n % 2 == 0 {
            let spans = part.split('`').skip(1).step_by(2);
            let asked = spans.filter(|span| span.starts_with("consortia "));
            commands.extend(asked.map(str::to_owned));
            continue;
        }
        // What follows on the fence names a language; then it is a file and no command.
        let Some(block) = part.strip_prefix('\n') else { continue };
        let prompted = block.contains("$ ");
        let lines = block.lines().filter_map(|line| match line.strip_prefix("$ ") {
            None if prompted => None,
            None => Some(line),
            command => command,
        });
        commands.extend(lines.filter(|line| !line.is_empty()).map(str::to_owned));
    }
    commands
}

/// The words of a command, as a shell tells them apart.
///
/// # Panics
/// Never.
#[must_use]
pub fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in command.chars() {
        let word = words.last_mut().expect("there is always one");
        match (letter, quote) {
            (_, Some(open)) if letter == open => quote = None,
            ('\'' | '"', None) => quote = Some(letter),
            (' ', None) => words.push(String::new()),
            _ => word.push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
