//! The handlers, as somebody wrote them with version 0.1.

use std::convert::Infallible;

use buildflow_runtime::axum::body;
use buildflow_runtime::axum::response::IntoResponse as _;
use buildflow_runtime::types::{ByteStream, Event, EventStream, JsonLines, Media, Message};
use buildflow_runtime::{BearerToken, Bytes, Flow, HttpError, Nullable, RequestContext};
use futures_util::stream;

use super::api::types::{Bike, Cleaning, CleaningWith, Job, ListBikesTheme, Repair, Size, State};
use super::api::{
    AddBikeCreatedHeaders, AddBikeRequest, AddBikeResponse, AddPhotoRequest, AddPhotoResponse, CountVisitRequest,
    CountVisitResponse, CountVisitSeeOtherHeaders, GetBikeRequest, GetBikeResponse, GetPhotoRequest, GetPhotoResponse,
    ListBikesOkHeaders, ListBikesRequest, ListBikesResponse, ListJobsRequest, ListJobsResponse, PlanJobRequest,
    PlanJobResponse, ReplaceBikeRequest, ReplaceBikeResponse, TakeHookRequest, TakeHookResponse, TalkToDeskRequest,
    TalkToDeskResponse, WatchBikeRequest, WatchBikeResponse, Workshop, service,
};

/// The workshop, with one bicycle.
struct Shop;

/// Who works in the workshop.
struct Mechanic;

/// The flow of the program.
pub fn start() -> Flow {
    Flow::new().add_service(service(Shop).max_replicas(1))
}

fn bike(id: i64) -> Bike {
    Bike { id: Some(id), owner: Some(Nullable::Value("Ada".to_owned())), ..Bike::new("AB1234", State::InWork) }
}

fn cleaning(bike: i64) -> Job {
    Job::Cleaning(Cleaning { with: Some(CleaningWith::String("soap".to_owned())), ..Cleaning::new(bike) })
}

impl Workshop for Shop {
    type Principal = Mechanic;

    async fn list_bikes(&self, request: ListBikesRequest) -> Result<ListBikesResponse, HttpError> {
        let headers = ListBikesOkHeaders { x_total: i64::from(request.limit) };
        if request.context.preferred(&["application/json", "text/csv"]) == Some("text/csv") {
            return Ok(ListBikesResponse::OkCsv("id\n1\n".to_owned(), headers));
        }
        let Size { min, max } = request.size.unwrap_or_default();
        let mut bike = bike(min.unwrap_or(1));
        bike.gears = max.map(|max| vec![i32::try_from(max).unwrap_or(i32::MAX)]);
        if request.theme == Some(ListBikesTheme::Dark) {
            bike.owner = Some(Nullable::Null);
        }
        if let Some(state) = request.state {
            bike.state = state;
        }
        if let Some(serial) = request.tags.and_then(|tags| tags.into_iter().next()).or(request.x_shop) {
            bike.serial = serial;
        }
        Ok(ListBikesResponse::Ok(vec![bike], headers))
    }

    async fn add_bike(&self, request: AddBikeRequest, _: Mechanic) -> Result<AddBikeResponse, HttpError> {
        if request.body.serial == "AB1234" {
            return Ok(AddBikeResponse::Conflict);
        }
        let location = request.context.uri_for("get_bike", &[("id", "2")])?;
        let added = Bike { id: Some(2), ..request.body.into() };
        Ok(AddBikeResponse::Created(added, AddBikeCreatedHeaders { location }))
    }

    async fn get_bike(&self, request: GetBikeRequest, _: Mechanic) -> Result<GetBikeResponse, HttpError> {
        if request.id == 1 { Ok(bike(1).into()) } else { Ok(GetBikeResponse::NotFound) }
    }

    async fn replace_bike(&self, request: ReplaceBikeRequest, _: Mechanic) -> Result<ReplaceBikeResponse, HttpError> {
        if request.body.state == State::Done {
            return Err(HttpError::conflict().detail("It is done already.").extension("bike", request.id));
        }
        Ok(ReplaceBikeResponse::NoContent)
    }

    async fn add_photo(&self, request: AddPhotoRequest, _: Mechanic) -> Result<AddPhotoResponse, HttpError> {
        let bytes = request.body.photo.bytes().await?;
        Ok(AddPhotoResponse::Ok(i64::try_from(bytes.len() + request.body.caption.len())?))
    }

    async fn get_photo(&self, _: GetPhotoRequest, _: Mechanic) -> Result<GetPhotoResponse, HttpError> {
        let bytes = ByteStream::from(Bytes::from_static(b"png"));
        Ok(Media { content_type: "image/png".to_owned(), bytes }.into())
    }

    async fn watch_bike(&self, request: WatchBikeRequest, _: Mechanic) -> Result<WatchBikeResponse, HttpError> {
        let events = [Event::new(cleaning(request.id)).id("1"), Event::new(cleaning(request.id)).event("job")];
        Ok(EventStream::new(stream::iter(events.map(Ok::<_, Infallible>))).into())
    }

    async fn list_jobs(&self, _: ListJobsRequest, _: Mechanic) -> Result<ListJobsResponse, HttpError> {
        let repair = Job::Repair(Repair { bike: 1, parts: [("chain".to_owned(), 1)].into() });
        Ok(JsonLines::new(stream::iter([repair, cleaning(2)].map(Ok::<_, Infallible>))).into())
    }

    async fn plan_job(&self, request: PlanJobRequest, _: Mechanic) -> Result<PlanJobResponse, HttpError> {
        let planned = match request.body {
            Job::Repair(repair) => Job::Repair(Repair { bike: repair.bike + 1, ..repair }),
            Job::Cleaning(cleaning) => Job::Cleaning(cleaning),
        };
        Ok(planned.into())
    }

    async fn talk_to_desk(&self, request: TalkToDeskRequest, _: Mechanic) -> Result<TalkToDeskResponse, HttpError> {
        let opened = request.socket.accept(async move |mut socket| {
            while let Some(Message::Text(text)) = socket.receive().await? {
                socket.send(text).await?;
            }
            Ok(())
        });
        Ok(opened.into())
    }

    async fn take_hook(&self, request: TakeHookRequest) -> Result<TakeHookResponse, HttpError> {
        let body = body::to_bytes(request.request.into_body(), 1000).await?;
        Ok(([("x-hook", "taken")], body).into_response())
    }

    async fn count_visit(&self, request: CountVisitRequest) -> Result<CountVisitResponse, HttpError> {
        let session = request.context.session();
        let visits = session.get::<u32>("visits").unwrap_or_default() + 1;
        session.insert("visits", visits)?;
        if visits == 1 {
            return Ok(CountVisitResponse::SeeOther(CountVisitSeeOtherHeaders { location: "/welcome".to_owned() }));
        }
        Ok(format!("<p>{visits}</p>").into())
    }

    async fn staff_auth(&self, token: BearerToken, _: &[&str], _: &RequestContext) -> Result<Mechanic, HttpError> {
        if token.matches("spanner") { Ok(Mechanic) } else { Err(HttpError::unauthorized()) }
    }
}
