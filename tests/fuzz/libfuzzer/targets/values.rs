#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::Target::named("values").run(input));
