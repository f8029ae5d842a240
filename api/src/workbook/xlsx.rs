//! Sheets as an .xlsx file.

use super::{Sheets, guide};
use consortia_domain::sheet::{Place, SHEETS, Sheet};
use consortia_domain::vocabulary::vocabularies;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, Format, Formula, Note, Workbook, Worksheet,
    XlsxError,
};
use std::fs::File;
use std::io;
use std::path::Path;

/// The last row a sheet has, from 0.
const LAST_ROW: u32 = 1_048_575;

/// Rows of a sheet go to a temporary file as they come: memory holds one.
pub struct Xlsx {
    book: Workbook,
    file: Option<File>,
    /// The columns of the sheet being written; what it is, its number, and the rows it has.
    places: Vec<Place>,
    sheet: Option<(&'static Sheet, usize)>,
    rows: u32,
    looks: Looks,
}

/// How cells look.
struct Looks {
    heading: Format,
    aside: Format,
    text: Format,
    amount: Format,
    number: Format,
}

impl Looks {
    fn new() -> Self {
        let heading = Format::new().set_bold().set_background_color(Color::RGB(0x00DD_E6F0));
        let aside = Format::new().set_font_color(Color::RGB(0x0080_8080)).set_num_format("@");
        Self {
            heading,
            aside,
            // So that a spreadsheet makes no whole date of 2014-06.
            text: Format::new().set_num_format("@"),
            amount: Format::new().set_num_format("#,##0.00"),
            number: Format::new(),
        }
    }

    fn of(&self, place: &Place) -> &Format {
        match &place.column {
            column if column.is_seal() => &self.aside,
            column if column.is_amount() => &self.amount,
            column if column.is_numeric() => &self.number,
            _ => &self.text,
        }
    }
}

impl Xlsx {
    /// A workbook that is written to `file` when it is complete; `scratch` is a folder for
    /// temporary files.
    ///
    /// # Errors
    /// When it cannot be begun.
    pub fn new(file: File, scratch: &Path) -> io::Result<Self> {
        let mut book = Workbook::new();
        book.set_tempdir(scratch).map_err(io::Error::other)?;
        let looks = Looks::new();
        guide::read_me(book.add_worksheet(), &looks.heading).map_err(io::Error::other)?;
        Ok(Self { book, file: Some(file), places: Vec::new(), sheet: None, rows: 0, looks })
    }

    /// What can be said of a sheet only when all its rows are there.
    fn end_sheet(&mut self) -> Result<(), XlsxError> {
        let Some((_, number)) = self.sheet.take() else { return Ok(()) };
        let last = u16::try_from(self.places.len()).unwrap_or(u16::MAX).saturating_sub(1);
        self.book.worksheet_from_index(number)?.autofilter(0, 0, self.rows, last)?;
        Ok(())
    }

    fn begin_sheet(&mut self, sheet: &'static Sheet, places: &[Place]) -> Result<(), XlsxError> {
        self.end_sheet()?;
        let Self { book, looks, .. } = self;
        let written = book.add_worksheet_with_constant_memory()?;
        written.set_name(sheet.name)?.set_freeze_panes(1, 0)?;
        written.set_landscape().set_repeat_rows(0, 0)?;
        for (column, place) in (0..).zip(places) {
            written.set_column_width(column, width(place))?;
            written.set_column_format(column, looks.of(place))?;
            written.write_string_with_format(0, column, place.heading(), &looks.heading)?;
            let about = format!("{}\nExample: {}", place.column.about, place.column.example);
            let about = about.trim_end_matches("\nExample: ");
            written.insert_note(0, column, &Note::new(about).add_author_prefix(false))?;
            offer_codes(written, column, place)?;
        }
        // The sheet for readers is number 0.
        let number = SHEETS.iter().position(|known| known.kind == sheet.kind).unwrap_or(0) + 1;
        (self.sheet, self.rows) = (Some((sheet, number)), 0);
        self.places = places.to_vec();
        Ok(())
    }

    fn write_row(&mut self, cells: &[String]) -> Result<(), XlsxError> {
        let Some((_, number)) = self.sheet else { return Ok(()) };
        self.rows += 1;
        let written = self.book.worksheet_from_index(number)?;
        for ((column, place), cell) in (0..).zip(&self.places).zip(cells) {
            let look = self.looks.of(place);
            if cell.is_empty() {
                continue;
            }
            match number_of(place, cell) {
                Some(number) => {
                    written.write_number_with_format(self.rows, column, number, look)?
                }
                None => written.write_string_with_format(self.rows, column, cell, look)?,
            };
        }
        Ok(())
    }
}

impl Sheets for Xlsx {
    fn begin(&mut self, sheet: &'static Sheet, places: &[Place]) -> io::Result<()> {
        self.begin_sheet(sheet, places).map_err(io::Error::other)
    }

    fn row(&mut self, cells: &[String]) -> io::Result<()> {
        if self.rows == LAST_ROW {
            let detail = "a sheet has 1,048,575 rows at most; write csv files, or fewer projects";
            return Err(io::Error::other(detail));
        }
        self.write_row(cells).map_err(io::Error::other)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.end_sheet().map_err(io::Error::other)?;
        guide::lists(self.book.add_worksheet(), &self.looks.heading).map_err(io::Error::other)?;
        let Some(file) = self.file.take() else { return Ok(()) };
        self.book.save_to_writer(&file).map_err(io::Error::other)?;
        file.sync_all()
    }
}

/// The most characters of a number that spreadsheets keep: they compute with 15 digits.
const EXACT: usize = 15;

/// The number a cell is, if as a number it says exactly the same.
fn number_of(place: &Place, cell: &str) -> Option<f64> {
    let number: f64 = cell.parse().ok().filter(|_| place.column.is_numeric())?;
    let digits = cell.strip_suffix(".00").unwrap_or(cell);
    let digits = if digits.contains('.') { digits.trim_end_matches('0') } else { digits };
    let significant = digits.trim_start_matches(['-', '0', '.']).len();
    (significant <= EXACT && number.to_string() == digits).then_some(number)
}

/// How wide a column is, in characters.
fn width(place: &Place) -> f64 {
    match &place.column {
        column if column.is_wide() => 40.0,
        column if column.is_numeric() => 16.0,
        _ => 18.0,
    }
}

/// Offers the codes of a vocabulary, and lets others be written, which the import then refuses
/// with a reason.
fn offer_codes(written: &mut Worksheet, column: u16, place: &Place) -> Result<(), XlsxError> {
    let Some(name) = place.column.vocabulary else { return Ok(()) };
    let Some(terms) = vocabularies().into_iter().find(|it| it.name == name) else { return Ok(()) };
    let Some(at) = guide::column_of(name) else { return Ok(()) };
    let range = format!("={}!${at}$2:${at}${}", guide::LISTS, terms.terms.len() + 1);
    let offered = DataValidation::new()
        .allow_list_formula(Formula::new(range))
        .set_error_style(DataValidationErrorStyle::Warning)
        .set_error_title("Not in the list")?
        .set_error_message(format!("See the sheet {}.", guide::LISTS))?;
    written.add_data_validation(1, column, LAST_ROW, column, &offered)?;
    Ok(())
}
