//! Types that the document, or the application, names for schemas and formats.

use buildflow_runtime::{Flow, HttpError, Nullable};
use echo::Money;
use echo::named_types::{GetPriceRequest, GetPriceResponse, NamedTypes, PutOrderRequest, PutOrderResponse, service};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use served::{Answer, Served};

/// Adds one to what is a decimal, and a cent to what is money.
struct Adder;

impl NamedTypes for Adder {
    async fn put_order(&self, request: PutOrderRequest) -> Result<PutOrderResponse, HttpError> {
        let mut order = request.body;
        *order.total += Decimal::ONE;
        if let Some(Nullable::Value(tax)) = &mut order.tax {
            **tax += Decimal::ONE;
        }
        order.parts.iter_mut().flatten().for_each(|part| **part += Decimal::ONE);
        order.rates.iter_mut().flatten().for_each(|(_, rate)| **rate += Decimal::ONE);
        order.price = order.price.map(|price| Money { cents: price.cents + 1 }.into());
        Ok(PutOrderResponse::Ok(order))
    }

    async fn get_price(&self, request: GetPriceRequest) -> Result<GetPriceResponse, HttpError> {
        let above = request
            .above
            .into_iter()
            .flatten()
            .map(|above| Money { cents: (*above * Decimal::ONE_HUNDRED).try_into().unwrap() });
        Ok(GetPriceResponse::Ok([*request.price].into_iter().chain(above).map(Into::into).collect()))
    }
}

fn served() -> Served {
    Served::start(Flow::new().add_service(service(Adder)))
}

fn put(body: &Value) -> Answer {
    served().send_json("PUT", "/orders", &body.to_string())
}

#[test]
fn a_named_type_is_read_and_written_by_its_own_rules_wherever_it_stands() {
    let answer = put(&json!({"total": "79228162514264337593543.50", "tax": "1.5", "price": "2.50 EUR",
        "parts": ["1", "2.25"], "rates": {"a": "0.1"}, "either": "1.00 EUR", "note": "n", "at": "noon", "unit": "kg"}));
    let expected = json!({"total": "79228162514264337593544.50", "tax": "2.5", "price": "2.51 EUR",
        "parts": ["2", "3.25"], "rates": {"a": "1.1"}, "either": "1.00 EUR", "note": "n", "at": "noon", "unit": "kg"});
    assert_eq!((answer.status, answer.json()), (200, expected));
}

#[test]
fn what_the_schema_says_beside_the_type_holds_as_well() {
    let answer = put(&json!({"total": "1.5", "price": "1000000000.00 EUR", "note": ""}));
    let told = ["body /note minLength", "body /price maxLength", "body /total pattern"];
    assert_eq!((answer.status, answer.violations()), (422, told.map(str::to_owned).to_vec()));
    // The type would take a number; the schema does not.
    assert_eq!(put(&json!({"total": 1.5})).violations(), ["body /total type"]);
    assert_eq!(put(&json!({"total": "1.50", "tax": null})).json()["tax"], Value::Null);
}

#[test]
fn what_only_the_type_refuses_is_told_at_its_place() {
    let answer = put(&json!({"total": "one.50"}));
    assert_eq!((answer.status, answer.violations()), (422, vec!["body /total type".to_owned()]));
    assert!(!String::from_utf8_lossy(&answer.body).contains("decimal"), "{}", answer.json());
    let answer = put(&json!({"total": "1.50", "price": "2.50 USD"}));
    assert_eq!((answer.status, answer.violations()), (422, vec!["body /price type".to_owned()]));
}

#[test]
fn parameters_have_named_types_too() {
    let get = |path: &str| served().request("GET", path, &[], None);
    let answer = get("/prices/2.50%20EUR?above=1&above=2.5");
    assert_eq!((answer.status, answer.json()), (200, json!(["2.50 EUR", "1.00 EUR", "2.50 EUR"])));
    assert_eq!(get("/prices/2.50").violations(), ["path price type"]);
    assert_eq!(get("/prices/2.50%20EUR?above=x").violations(), ["query above type"]);
}
