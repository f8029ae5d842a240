//! Trees of what a few projects carry.

use super::super::tree::{Carried, ThemeTree, TreeTheme};
use crate::id::ProjectId;
use std::collections::HashSet;
use uuid::Uuid;

fn project(number: u128) -> ProjectId {
    Uuid::from_u128(number).into()
}

/// What a project carries, in a vocabulary called "v".
fn carried(number: u128, code: &str, label: &str, path: &str) -> Carried {
    let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Carried {
        project: project(number),
        vocabulary: "v".to_owned(),
        code: code.to_owned(),
        label: known(label),
        path: known(path),
    }
}

/// Level, code, label, parent's label, number of projects and codes, theme by theme.
fn shown(tree: &ThemeTree) -> Vec<String> {
    let counts = tree.counts(None);
    let line = |(theme, count): (&TreeTheme, &u64)| {
        let code = theme.code.as_deref().unwrap_or("-");
        let parent = theme.parent.map_or("-", |at| tree.themes()[at].label.as_str());
        let TreeTheme { level, label, codes, .. } = theme;
        format!("{level} {code} {label} < {parent}: {count} {}", codes.join(","))
    };
    tree.themes().iter().zip(&counts).map(line).collect()
}

#[test]
fn codes_and_paths_name_those_above() {
    let tree = ThemeTree::of(&[
        carried(
            1,
            "/29/97/543",
            "government systems",
            "/social sciences/politics/government systems",
        ),
        carried(1, "/29/97", "politics", ""),
        carried(2, "/29/98/", "", "/social sciences/law"),
        carried(3, "/30", "", ""),
    ]);
    let expected = [
        "1 /29 social sciences < -: 2 /29",
        "2 /29/97 politics < social sciences: 1 /29/97",
        "3 /29/97/543 government systems < politics: 1 /29/97/543",
        "2 /29/98 law < social sciences: 1 /29/98",
        "1 /30 /30 < -: 1 /30",
    ];
    assert_eq!(shown(&tree), expected);
    assert_eq!(tree.themes()[0].path.as_deref(), Some("/social sciences"));
    let among: HashSet<ProjectId> = [project(1), project(3)].into();
    assert_eq!(tree.counts(Some(&among)), [1, 1, 1, 0, 1]);
    assert_eq!(tree.projects_of("v"), 3);
}

#[test]
fn a_path_puts_flat_codes_below_one_another() {
    let tree = ThemeTree::of(&[
        carried(1, "cin", "Cinema", "/Culture/Cinema"),
        carried(2, "mus", "Music", "/CULTURE/Music"),
        carried(3, "wrk", "Work", "/Life/Work"),
        carried(3, "lif", "Life", "/Life"),
    ]);
    // No project carries Culture and no code names it; Life has a code.
    let expected = [
        "2 cin Cinema < CULTURE: 1 cin",
        "1 lif Life < -: 1 lif,wrk",
        "2 mus Music < CULTURE: 1 mus",
        "2 wrk Work < Life: 1 wrk",
        "1 - CULTURE < -: 2 cin,mus",
    ];
    assert_eq!(shown(&tree), expected);
}

#[test]
fn records_that_contradict_one_another_make_no_circle() {
    let tree = ThemeTree::of(&[
        carried(1, "x/y", "P", "/P"),
        carried(2, "x", "Q", "/P/Q"),
        carried(3, "http://a/b", "B", ""),
        carried(4, "SC6/2020", "", ""),
    ]);
    let expected = [
        "1 SC6/2020 SC6/2020 < -: 1 SC6/2020",
        "1 http://a/b B < -: 1 http://a/b",
        "2 x Q < P: 2 x",
        "3 x/y P < Q: 1 x/y",
        "1 - P < -: 2 x",
    ];
    assert_eq!(shown(&tree), expected);
}

#[test]
fn a_theme_is_named_by_code_path_or_term() {
    let tree = ThemeTree::of(&[
        carried(1, "/29/97", "Politics", "/Social sciences/Politics"),
        carried(2, "v:1", "v 29", ""),
    ]);
    let named = |name: &str| {
        let mut found: Vec<usize> = tree.named(name).into_iter().collect();
        found.sort_unstable();
        found.iter().map(|at| tree.themes()[*at].label.clone()).collect::<Vec<_>>().join(",")
    };
    assert_eq!(named("/29"), "Social sciences");
    assert_eq!(named("v:/29/"), "Social sciences", "not the term 'v 29'");
    assert_eq!(named("v:/social sciences/POLITICS"), "Politics");
    assert_eq!(named("politics"), "Politics");
    assert_eq!(named("v:1"), "v 29", "a code with a colon in it");
    assert_eq!(named("w:/29"), "");
    let politics = tree.themes().iter().find(|theme| theme.label == "Politics").expect("it");
    assert!(politics.answers(&["pol".to_owned(), "97".to_owned()]));
    assert!(!politics.answers(&["litics".to_owned()]));
}

#[test]
fn texts_full_of_slashes_make_so_many_themes_and_no_more() {
    let word = |n: usize, depth: usize| format!("t{n} {depth}");
    let join = |n: usize| (0..30).map(|depth| word(n, depth)).collect::<Vec<_>>().join("/");
    let by_path: Vec<_> =
        (0..1000).map(|n| carried(n as u128, &format!("c{n}"), "", &join(n))).collect();
    let tree = ThemeTree::of(&by_path);
    assert_eq!(tree.themes().len(), 1000 + 10_000);
    let by_code: Vec<_> =
        (0..1000).map(|n| carried(n as u128, &format!("/{}", join(n)), "", "")).collect();
    let tree = ThemeTree::of(&by_code);
    assert_eq!(tree.themes().len(), 1000 + 10_000);
    let both: Vec<_> = by_path.into_iter().chain(by_code).collect();
    let tree = ThemeTree::of(&both);
    assert_eq!(tree.themes().len(), 2000 + 20_000);
    assert!(tree.counts(None).iter().all(|projects| *projects == 1));
}

#[test]
fn what_few_stand_for_takes_no_room_from_what_many_do() {
    let deep = "/a".repeat(47);
    // Ten projects that carry two hundred each, in a vocabulary that comes first.
    let greedy = (0..2000).flat_map(|n| {
        let code = carried(n / 200, &format!("/{n:04}{deep}"), "", "");
        let path = carried(n / 200, &format!("p{n}"), "", &format!("/{n:04}{}", &deep[..60]));
        [code, path].map(|of| Carried { vocabulary: "!a".to_owned(), ..of })
    });
    let fair = (0..20).flat_map(|n| {
        let number = 1000 + n;
        [
            carried(number, &format!("/29/97/{n}"), "", ""),
            carried(number, &format!("f{n}"), "", &format!("/Humans/Group/Thing {n}")),
        ]
    });
    let tree = ThemeTree::of(&greedy.chain(fair).collect::<Vec<_>>());
    let counts = tree.counts(None);
    let of = |vocabulary: &str, wanted: &dyn Fn(&TreeTheme) -> bool| -> Vec<u64> {
        let themes = tree.themes().iter().zip(&counts);
        let found = themes.filter(|(it, _)| it.vocabulary == vocabulary && wanted(it));
        found.map(|(_, count)| *count).collect()
    };
    for name in ["/29", "/29/97"] {
        assert_eq!(of("v", &|it| it.code.as_deref() == Some(name)), [20], "{name}");
    }
    for name in ["/Humans", "/Humans/Group"] {
        assert_eq!(of("v", &|it| it.path.as_deref() == Some(name)), [20], "{name}");
    }
    assert_eq!(of("!a", &|_| true).len(), 4000 + 20_000 - 4);
    // Nothing is made below the last of 32 levels, but for what is carried there.
    let one = ThemeTree::of(&[carried(1, &format!("/0{deep}"), "", "")]);
    assert_eq!(one.themes().len(), 1 + 31);
    assert_eq!(one.themes().iter().map(|it| it.level).max(), Some(32));
}
