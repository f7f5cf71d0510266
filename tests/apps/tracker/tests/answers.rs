//! Answers beside JSON.

use crate::{ask, log_in, open, start};

#[test]
fn a_table_goes_out_piece_by_piece_with_its_headers() {
    let server = start();
    let ann = log_in(&server, "ann");
    open(&server, &ann, r#"{"title":"Größe \"XL\""}"#);
    let table = ask(&server, &ann, "GET", "/issues/export");
    assert_eq!((table.status, table.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert_eq!(table.header("content-disposition"), "attachment; filename=issues.csv");
    // Its length is not known before.
    assert_eq!((table.header("content-length"), table.header("transfer-encoding")), ("", "chunked"));
    assert_eq!(String::from_utf8_lossy(&table.body), "id,title,state\n1,\"Größe \"\"XL\"\"\",open\n");
}
