//! Services of the documents under `tests/golden/documents`. What is generated stands there as text; what it does is
//! tested here, over HTTP. Each endpoint answers with its name and what it has decoded, as JSON.

pub mod defaults {
    //! `default` of members.
    buildflow_runtime::include_api!("defaults");
}

pub mod directions {
    //! `readOnly` and `writeOnly`.
    buildflow_runtime::include_api!("directions");
}

pub mod enums {
    //! Enums, closed and open.
    buildflow_runtime::include_api!("enums");
}

pub mod named_types {
    //! Types that the document, or the build script, names.
    buildflow_runtime::include_api!("named_types");
}

pub mod numbers {
    //! Numbers of any size.
    buildflow_runtime::include_api!("numbers");
}

pub mod parameters_styles {
    //! Each style, with each kind of value.
    buildflow_runtime::include_api!("parameters_styles");
}

pub mod parameters_values {
    //! Contents, choices of types, defaults.
    buildflow_runtime::include_api!("parameters_values");
}

pub mod paths_mixed {
    //! Segments that mix text and parameters.
    buildflow_runtime::include_api!("paths_mixed");
}

pub mod paths_queries {
    //! Queries and fragments in paths.
    buildflow_runtime::include_api!("paths_queries");
}

pub mod security;

pub mod unions {
    //! `oneOf`, `anyOf`, lists of types, discriminators, tuples.
    buildflow_runtime::include_api!("unions");
}

use buildflow_runtime::{Flow, HttpError};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// An amount of euros; in JSON a text such as `2.50 EUR`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Money {
    pub cents: u64,
}

impl From<Money> for String {
    fn from(money: Money) -> Self {
        format!("{}.{:02} EUR", money.cents / 100, money.cents % 100)
    }
}

impl TryFrom<String> for Money {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let amount = text.strip_suffix(" EUR").ok_or("no euros")?;
        let (euros, cents) = amount.split_once('.').filter(|(_, cents)| cents.len() == 2).ok_or("no cents")?;
        let (euros, cents): (u64, u64) =
            (euros.parse().map_err(|_| "no number")?, cents.parse().map_err(|_| "no number")?);
        euros.checked_mul(100).and_then(|all| all.checked_add(cents)).map(|cents| Self { cents }).ok_or("too much")
    }
}

/// The handlers of every service.
pub struct Echo;

/// Implements a service's trait: each method with its request and response, and what it answers with.
macro_rules! echo {
    ($service:ident::$handler:ident { $($method:ident($request:ident) -> $response:ident [$($field:ident),*])* }) => {
        impl $service::$handler for Echo {
            $(async fn $method(&self, request: $service::$request) -> Result<$service::$response, HttpError> {
                let _ = &request;
                Ok($service::$response::Ok(json!([stringify!($method), $(request.$field),*]).to_string()))
            })*
        }
    };
}

echo! { parameters_styles::ParametersStyles {
    simple(SimpleRequest) -> SimpleResponse [color, list, items, object, members]
    label(LabelRequest) -> LabelResponse [color, list, items, object, members]
    matrix(MatrixRequest) -> MatrixResponse [color, list, items, object, members]
    form(FormRequest) -> FormResponse [color, list, items, object, members]
    delimited(DelimitedRequest) -> DelimitedResponse [spaced, piped, spaced_object, piped_object, repeated]
    deep(DeepRequest) -> DeepResponse [color, filter, expand]
    header(HeaderRequest) -> HeaderResponse [x_color, x_list, x_object, x_members]
    cookie(CookieRequest) -> CookieResponse [color, list, items, object, members]
    plain_cookie(PlainCookieRequest) -> PlainCookieResponse [color, list, items, object, members]
} }

echo! { parameters_values::ParametersValues {
    content(ContentRequest) -> ContentResponse [json, any, text, x_point, point]
    form_query(FormQueryRequest) -> FormQueryResponse [whole]
    json_query(JsonQueryRequest) -> JsonQueryResponse [whole]
    text_query(TextQueryRequest) -> TextQueryResponse [path]
    union(UnionRequest) -> UnionResponse [id, created, mixed, several, any, odd]
    free(FreeRequest) -> FreeResponse [limit, labels]
    defaults(DefaultsRequest) -> DefaultsResponse [list, point, size, flag, name, needed]
} }

echo! { paths_mixed::PathsMixed {
    file(FileRequest) -> FileResponse [version, name, format]
    json_file(JsonFileRequest) -> JsonFileResponse [version, name]
    any_file(AnyFileRequest) -> AnyFileResponse [version, id]
    cancel(CancelRequest) -> CancelResponse [id]
    report(ReportRequest) -> ReportResponse [id, format]
    profile(ProfileRequest) -> ProfileResponse [id, extension]
    tea(TeaRequest) -> TeaResponse [size]
} }

echo! { paths_queries::PathsQueries {
    search(SearchRequest) -> SearchResponse []
    search_users(SearchUsersRequest) -> SearchUsersResponse []
    search_repos(SearchReposRequest) -> SearchReposResponse []
    search_by_id(SearchByIdRequest) -> SearchByIdResponse [id]
    create(CreateRequest) -> CreateResponse [action]
    drop(DropRequest) -> DropResponse [action]
    ask(AskRequest) -> AskResponse [body]
    link(LinkRequest) -> LinkResponse [x_target]
    copy_echo(CopyEchoRequest) -> CopyEchoResponse []
} }

/// All services, each under a base route of its own.
pub fn flow() -> Flow {
    Flow::new()
        .add_service(parameters_styles::service(Echo).base_route("/styles"))
        .add_service(parameters_values::service(Echo).base_route("/values"))
        .add_service(paths_mixed::service(Echo).base_route("/mixed"))
        .add_service(paths_queries::service(Echo).base_route("/queries"))
}
