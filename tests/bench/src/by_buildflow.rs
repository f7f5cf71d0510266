//! The API served by generated code.

use buildflow_runtime::{Flow, FlowService, HttpError};

/// What is generated of `shop.yaml`.
pub mod shop {
    buildflow_runtime::include_api!("shop");
}

/// What is generated of a document of objects with 25, 50 and 100 members.
pub mod wide {
    buildflow_runtime::include_api!("wide");
}

use shop::types::{Events, Order};

struct Shop;

impl shop::Shop for Shop {
    async fn place_order(&self, request: shop::PlaceOrderRequest) -> Result<shop::PlaceOrderResponse, HttpError> {
        let order = request.body;
        Ok(shop::PlaceOrderResponse::Created(Order {
            id: 1,
            item: order.item,
            quantity: order.quantity,
            price: order.price,
            express: order.express,
            note: order.note,
        }))
    }

    async fn place_batch(&self, _request: shop::PlaceBatchRequest) -> Result<shop::PlaceBatchResponse, HttpError> {
        Ok(shop::PlaceBatchResponse::NoContent)
    }

    async fn place_payments(
        &self,
        _request: shop::PlacePaymentsRequest,
    ) -> Result<shop::PlacePaymentsResponse, HttpError> {
        Ok(shop::PlacePaymentsResponse::NoContent)
    }

    async fn check_codes(&self, _request: shop::CheckCodesRequest) -> Result<shop::CheckCodesResponse, HttpError> {
        Ok(shop::CheckCodesResponse::NoContent)
    }

    async fn list_events(&self, request: shop::ListEventsRequest) -> Result<shop::ListEventsResponse, HttpError> {
        Ok(shop::ListEventsResponse::Ok(Events { order: request.id, limit: request.limit, kind: request.kind }))
    }
}

struct Wide;

impl wide::Wide for Wide {
    async fn post_25(&self, _request: wide::Post25Request) -> Result<wide::Post25Response, HttpError> {
        Ok(wide::Post25Response::NoContent)
    }

    async fn post_50(&self, _request: wide::Post50Request) -> Result<wide::Post50Response, HttpError> {
        Ok(wide::Post50Response::NoContent)
    }

    async fn post_100(&self, _request: wide::Post100Request) -> Result<wide::Post100Response, HttpError> {
        Ok(wide::Post100Response::NoContent)
    }
}

/// The flow, with the limits of bodies and of time that it has by default.
pub fn flow() -> Flow {
    Flow::new().add_service(shop::service(Shop))
}

/// What a connection of the flow asks.
pub fn service() -> FlowService {
    flow().into_service().expect("the flow starts")
}

/// The service of wide objects.
pub fn wide_service() -> FlowService {
    wide::service(Wide).into_service().expect("the service starts")
}
