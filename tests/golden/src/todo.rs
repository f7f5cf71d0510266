//! The application that `new` starts for `specs/todo.yaml`.
include!("../started/todo/main.rs.txt");
