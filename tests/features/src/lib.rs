//! Services of documents that are each about one feature. What is generated stands as text under
//! `tests/golden`; what it does is tested here, over HTTP.

pub mod directions {
    //! `readOnly` and `writeOnly`.
    buildflow_runtime::include_api!("directions");
}

pub mod unions {
    //! `oneOf`, `anyOf`, lists of types, discriminators, tuples.
    buildflow_runtime::include_api!("unions");
}
