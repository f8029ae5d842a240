//! Amounts, exact to the cent in every representation.

use consortia_domain::decode::{Decode, decode};
use consortia_domain::error::{Errors, Pointer};
use consortia_domain::money::{Currency, Money};
use serde::Serialize;
use serde_json::{Value, json};

fn eur(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR).unwrap()
}

fn read(body: &str) -> Result<Money, Vec<(String, &'static str)>> {
    let value: Value = serde_json::from_str(body).unwrap();
    let mut errors = Errors::new();
    let found = Money::decode(&value, &Pointer::root(), &mut errors);
    found
        .ok_or_else(|| errors.iter().map(|fault| (format!("{:?}", fault.at), fault.code)).collect())
}

#[test]
fn amounts_in_euro() {
    let cases = [
        ("0", 0),
        ("0.00", 0),
        ("-0", 0),
        ("-0.0", 0),
        ("0e99", 0),
        ("1", 100),
        ("0.01", 1),
        ("0.1", 10),
        ("377006.44", 37_700_644),
        ("359500", 35_950_000),
        ("359500.0000", 35_950_000),
        ("1e3", 100_000),
        ("1E+3", 100_000),
        ("1.5e2", 15_000),
        ("3.7700644e5", 37_700_644),
        ("37700644e-2", 37_700_644),
        ("1000e-5", 1),
        ("0001.20", 120),
        ("0.290", 29),
        ("92233720368547758.07", i64::MAX),
        ("9007199254740993.01", 900_719_925_474_099_301),
    ];
    for (text, minor) in cases {
        assert_eq!(Money::parse_decimal(text, Currency::EUR).unwrap().minor(), minor, "{text}");
    }
    let refused = [
        ("", "invalid_amount"),
        ("-", "invalid_amount"),
        (".5", "invalid_amount"),
        ("5.", "invalid_amount"),
        ("1,5", "invalid_amount"),
        ("1 000", "invalid_amount"),
        ("1.000.000", "invalid_amount"),
        ("+1", "invalid_amount"),
        ("1e", "invalid_amount"),
        ("1e1.5", "invalid_amount"),
        ("0x10", "invalid_amount"),
        ("NaN", "invalid_amount"),
        ("€5", "invalid_amount"),
        ("٣", "invalid_amount"),
        ("-0.01", "negative_amount"),
        ("-5", "negative_amount"),
        ("0.001", "too_many_decimals"),
        ("377006.445", "too_many_decimals"),
        ("1e-3", "too_many_decimals"),
        ("1e-99999999999", "too_many_decimals"),
        ("92233720368547758.08", "amount_too_large"),
        ("1e17", "amount_too_large"),
        ("1e99999999999", "amount_too_large"),
    ];
    for (text, code) in refused {
        let fault = Money::parse_decimal(text, Currency::EUR).expect_err(text);
        assert_eq!(fault.code, code, "{text}: {fault}");
        assert!(fault.detail.ends_with('.'), "{fault}");
    }
    let long = format!("0.{}1e300", "0".repeat(290));
    assert_eq!(Money::parse_decimal(&long, Currency::EUR).unwrap_err().code, "invalid_amount");
}

#[test]
fn a_point_between_thousands_is_not_taken_for_decimals() {
    let read = |amount: serde_json::Value, currency: &str| {
        let body = serde_json::json!({"amount": amount, "currency": currency});
        consortia_domain::decode::decode::<Money>(&body)
            .map(Money::decimal)
            .map_err(|faults| faults.iter().next().expect("a fault").code)
    };
    for text in ["120.000", "1.500", "12.345"] {
        assert_eq!(read(text.into(), "EUR"), Err("ambiguous_amount"), "{text}");
    }
    // Numbers are written by programs; some currencies have three decimals; no thousands begin
    // with 0 or have four digits before the point.
    assert_eq!(read(serde_json::json!(120.5), "EUR"), Ok("120.50".to_owned()));
    assert_eq!(read("1.500".into(), "TND"), Ok("1.500".to_owned()));
    assert_eq!(read("0.500".into(), "EUR"), Ok("0.50".to_owned()));
    assert_eq!(read("1200.000".into(), "EUR"), Ok("1200.00".to_owned()));
}

#[test]
fn the_currency_sets_the_decimals() {
    let of = |code: &str| code.parse::<Currency>().unwrap();
    assert_eq!(Money::parse_decimal("1936", of("ITL")).unwrap().decimal(), "1936");
    assert_eq!(Money::parse_decimal("1936.27", of("ITL")).unwrap_err().code, "too_many_decimals");
    assert_eq!(Money::parse_decimal("1936.00", of("ITL")).unwrap().minor(), 1936);
    assert_eq!(Money::parse_decimal("1.234", of("TND")).unwrap().minor(), 1234);
    assert_eq!(Money::parse_decimal("0.5", of("TND")).unwrap().decimal(), "0.500");
    assert_eq!(Money::parse_decimal("5e2", of("JPY")).unwrap().to_string(), "JPY 500");
}

#[test]
fn currencies() {
    for pair in Currency::ALL.windows(2) {
        assert!(pair[0].code() < pair[1].code(), "{pair:?}");
    }
    for &each in Currency::ALL {
        assert_eq!(each.code().to_lowercase().parse::<Currency>().unwrap(), each);
        assert!(each.decimals() <= 4 && !each.name().is_empty());
    }
    assert_eq!(Currency::EUR.code(), "EUR");
    for historic in ["XEU", "ITL", "DEM", "FRF", "ESP", "GRD", "HRK", "BGN"] {
        assert_eq!(historic.parse::<Currency>().unwrap().code(), historic);
    }
    for text in ["", "EU", "XXX", "XTS", "XAU", "euros", "€", "ΕUR"] {
        assert_eq!(text.parse::<Currency>().expect_err(text).code, "unknown_currency");
    }
    assert!("€".parse::<Currency>().unwrap_err().detail.contains("Write EUR."));
}

#[test]
fn json_in() {
    assert_eq!(read(r#"{"amount": 377006.44, "currency": "EUR"}"#), Ok(eur(37_700_644)));
    assert_eq!(read(r#"{"amount": "377006.44", "currency": "eur"}"#), Ok(eur(37_700_644)));
    assert_eq!(read(r#"{"amount": 1e3, "currency": "EUR"}"#), Ok(eur(100_000)));
    assert_eq!(
        read(r#"{"amount": 90071992547409.93, "currency": "EUR"}"#),
        Ok(eur(9_007_199_254_740_993)),
        "more digits than a double holds"
    );
    let faults = |body: &str| read(body).expect_err(body);
    let at = |at: &str| format!("Pointer(Pointer({at:?}))");
    assert_eq!(faults(r#"{"amount": 5}"#), [(at("/currency"), "required")]);
    assert_eq!(faults(r#"{"currency": "EUR"}"#), [(at("/amount"), "required")]);
    assert_eq!(faults(r#"{"amount": null, "currency": "EUR"}"#), [(at("/amount"), "required")]);
    assert_eq!(
        faults(r#"{"amount": true, "currency": "XYZ", "cents": 1}"#),
        [
            (at("/amount"), "wrong_type"),
            (at("/currency"), "unknown_currency"),
            (at("/cents"), "unknown_field")
        ]
    );
    assert_eq!(
        faults(r#"{"amount": -5, "currency": "EUR", "cents": 1}"#),
        [(at("/amount"), "negative_amount"), (at("/cents"), "unknown_field")]
    );
    assert_eq!(faults("377006.44"), [(at(""), "wrong_type")]);
}

#[test]
fn json_out_keeps_every_digit() {
    #[derive(Serialize)]
    struct Inner {
        amount: Money,
    }
    #[derive(Serialize)]
    struct Outer {
        #[serde(flatten)]
        inner: Inner,
        #[serde(flatten)]
        money: Money,
    }
    let text = |minor| serde_json::to_string(&eur(minor)).unwrap();
    assert_eq!(text(37_700_644), r#"{"amount":377006.44,"currency":"EUR"}"#);
    assert_eq!(text(35_950_000), r#"{"amount":359500.00,"currency":"EUR"}"#);
    assert_eq!(text(5), r#"{"amount":0.05,"currency":"EUR"}"#);
    assert_eq!(text(0), r#"{"amount":0.00,"currency":"EUR"}"#);
    assert_eq!(text(i64::MAX), r#"{"amount":92233720368547758.07,"currency":"EUR"}"#);

    let value = serde_json::to_value(eur(i64::MAX)).unwrap();
    assert_eq!(value["amount"].to_string(), "92233720368547758.07");
    assert_eq!(value.to_string(), text(i64::MAX));

    let outer = || Outer { inner: Inner { amount: eur(35_950_000) }, money: eur(i64::MAX) };
    let expected = r#"{"amount":{"amount":359500.00,"currency":"EUR"},"amount":92233720368547758.07,"currency":"EUR"}"#;
    assert_eq!(serde_json::to_string(&outer()).unwrap(), expected);
    let value = serde_json::to_value(outer()).unwrap();
    assert_eq!(value.to_string(), r#"{"amount":92233720368547758.07,"currency":"EUR"}"#);
}

#[test]
fn what_is_written_is_read_back() {
    let mut minor: i64 = 1;
    // A walk over all magnitudes, ending where i64 does.
    while let Some(next) = minor.checked_mul(3).map(|n| n + 7) {
        for &currency in Currency::ALL {
            let money = Money::from_minor(minor, currency).unwrap();
            let value = serde_json::to_value(money).unwrap();
            assert_eq!(decode::<Money>(&value), Ok(money));
            assert_eq!(Money::parse_decimal(&money.decimal(), currency), Ok(money));
        }
        minor = next;
    }
}

#[test]
fn sums_and_display() {
    assert_eq!(eur(1).checked_add(eur(2)), Some(eur(3)));
    assert_eq!(eur(i64::MAX).checked_add(eur(1)), None);
    let usd = Money::zero("USD".parse().unwrap());
    assert_eq!(eur(1).checked_add(usd), None);
    assert_eq!(Money::from_minor(-1, Currency::EUR).unwrap_err().code, "negative_amount");
    for (minor, text) in [
        (0, "EUR 0.00"),
        (5, "EUR 0.05"),
        (99_999, "EUR 999.99"),
        (100_000, "EUR 1,000.00"),
        (37_700_644, "EUR 377,006.44"),
        (123_456_789_012, "EUR 1,234,567,890.12"),
    ] {
        assert_eq!(eur(minor).to_string(), text);
    }
    let negative = decode::<Money>(&json!({"amount": -377_006, "currency": "EUR"})).unwrap_err();
    assert!(negative.to_string().contains("amount -377006 is negative"), "{negative}");
}
