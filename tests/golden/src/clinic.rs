//! The application that `new` starts for `specs/clinic.yaml`.
include!("../started/clinic/main.rs.txt");
