//! A module for each document of the folder: what is generated for hostile and ordinary ones compiles.
#![deny(warnings)]

include!(concat!(env!("OUT_DIR"), "/modules.rs"));
