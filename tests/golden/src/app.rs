//! The application that `new` starts for `specs/talk.yaml`.
include!("../started/app/main.rs.txt");
