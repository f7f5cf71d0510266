//! How to do what applications do: one page per task.
//!
#![doc = include_str!("links.txt")]
#![doc = include_str!("index.md")]

// On GitHub, the links of a page lead to other pages, by the definitions at its end. Here, those of `links.txt` come first.
macro_rules! pages {
    ($($page:ident)*) => {
        $(#[doc = include_str!("links.txt")]
        #[doc = include_str!(concat!(stringify!($page), ".md"))]
        pub mod $page {})*
    };
}

pages! {
    background changes command_line configuration database deployment documents errors extensions first_application from_axum
    from_fastapi from_openapi_generator handlers limits middleware observability options questions replicas requests
    responses routing security services sessions streams testing tls_and_proxies types_and_names validation websockets
}
