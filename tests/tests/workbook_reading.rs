//! Workbooks as people and programs write them: what cannot be taken is told, not lost.

use consortia_tests::samples::{ORGANISATIONS, PROJECTS, column};
use consortia_tests::{Place, office, on_both_engines};
use serde_json::json;
use std::fmt::Write as _;
use std::fs;

/// A file beside the registry.
fn written(place: &Place, name: &str, text: &str) -> String {
    let file = place.folder().join(name);
    fs::write(&file, text).expect("a file");
    file.to_str().expect("UTF-8").to_owned()
}

/// What an import that leaves rows or files out says.
fn told(place: &Place, paths: &[&str]) -> String {
    let mut command = place.command(&["import", "workbook"]);
    let output = command.args(paths).output().expect("the program starts");
    assert!(!output.status.success());
    String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned()
}

#[test]
fn what_is_not_read_is_told_on_the_terminal() {
    on_both_engines(|api| {
        let place = api.place();
        let text = "id,legal_name,city,country\n#x,A,Roma,IT\n#y,B,Roma,IT,extra text\n";
        let organisations = written(place, "organisations.csv", text);
        let other = written(place, "Progetti.csv", "id,acronym\n#p,P\n");
        let other = office::save_as(other.as_ref(), "xlsx");
        let said = told(place, &[&organisations, other.to_str().expect("UTF-8")]);
        for words in [
            "rejected organisations.csv line 3, E: The cell stands under no heading",
            "'extra text'",
            "notice Progetti.xlsx/Progetti line 1: The sheet is not read.",
        ] {
            assert!(said.contains(words), "{words} in {said}");
        }
        assert_eq!(column(&api.get(ORGANISATIONS).data(), "label"), ["A"]);

        let mut many = "id,country\n".to_owned();
        (0..12).for_each(|n| writeln!(many, "#o{n},Utopia").expect("a text"));
        let said = told(place, &[&written(place, "organisations.csv", &many)]);
        assert!(said.contains("12 faults, of which 10 are shown; --report FILE"), "{said}");
    });
}

#[test]
fn a_quote_left_open_refuses_the_file_before_it_swallows_rows() {
    on_both_engines(|api| {
        let text = "id,legal_name,city\n#u1,U1,\"Hello\n#u2,U2,World\n";
        let said = told(api.place(), &[&written(api.place(), "organisations.csv", text)]);
        assert!(said.contains("Row 2, column C: the double quote that begins the cell"), "{said}");
        assert_eq!(api.get(ORGANISATIONS).total(), 0);
    });
}

#[test]
fn texts_that_look_like_escapes_survive_any_spreadsheet() {
    on_both_engines(|api| {
        let acronyms = ["x_x005F_y", "_x0041_"];
        for acronym in acronyms {
            let text = json!({"acronym": acronym, "abstract": {"en": "first_x000D_\nsecond"}});
            api.create(PROJECTS, &text);
        }
        let file = api.place().folder().join("registry.xlsx");
        api.place().run(&["export", "workbook", file.to_str().expect("UTF-8")]);
        for file in [file.clone(), office::save_as(&file, "xlsx")] {
            let file = file.to_str().expect("UTF-8");
            let same = api.place().run(&["import", "workbook", file]);
            assert!(same.contains("Nothing changed"), "{same}");
            let other = Place::empty(api.engine());
            other.run(&["import", "workbook", file]);
            let bundle = other.folder().join("bundle.ndjson");
            other.run(&["export", "bundle", bundle.to_str().expect("UTF-8")]);
            let bundle = fs::read_to_string(bundle).expect("a file");
            for text in acronyms.into_iter().chain(["\"first_x000D_\\nsecond\""]) {
                assert!(bundle.contains(text), "{text} in {bundle}");
            }
        }
    });
}

#[test]
fn what_a_row_is_part_of_may_stand_below_it_under_any_of_its_names() {
    on_both_engines(|api| {
        let text = "id,code,title_it,aliases,part_of\n\
                    #a,FT-A,,,ft 2\n\
                    #b,FT-B,,,il TITOLO\n\
                    #c,FT-C,,,An alias\n\
                    #p,FT-2,Il titolo,an-alias,\n";
        let programmes = written(api.place(), "programmes.csv", text);
        let text = "id,short_name,identifiers,part_of\n\
                    #d,Office,,PIC:968823876\n\
                    #o,ISMU,pic:968823876,\n";
        let organisations = written(api.place(), "organisations.csv", text);
        let said = api.place().run(&["import", "workbook", &programmes, &organisations]);
        assert!(said.contains("6 rows read") && said.contains(" 0 rejected"), "{said}");
        let below = api.get("/api/v1/programmes?parent=FT-2&sort=code").data();
        assert_eq!(column(&below, "code"), ["FT-A", "FT-B", "FT-C"]);
    });
}
