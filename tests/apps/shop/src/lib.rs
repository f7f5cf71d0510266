//! A shop of two services in one flow: products, and orders with replicas of their own.

use buildflow_runtime::{Flow, HttpError};

/// The service of `specs/products.yaml`.
pub mod products {
    buildflow_runtime::include_api!("products");
}

/// The service of `specs/orders.yaml`.
pub mod orders {
    buildflow_runtime::include_api!("orders");
}

use orders::{Orders, PlaceOrderRequest, PlaceOrderResponse};
use products::types::Product;
use products::{ListProductsRequest, ListProductsResponse, Products};

/// The flow of both services.
pub fn flow() -> Flow {
    Flow::new().add_service(products::service(Shelf)).add_service(orders::service_with(Till::open))
}

/// What is sold.
struct Shelf;

impl Products for Shelf {
    async fn list_products(&self, _request: ListProductsRequest) -> Result<ListProductsResponse, HttpError> {
        Ok(vec![Product { sku: "TEA-001".to_owned(), price: 450 }].into())
    }
}

/// What takes orders: one a replica.
struct Till;

impl Till {
    async fn open() -> Result<Self, std::convert::Infallible> {
        Ok(Self)
    }
}

impl Orders for Till {
    async fn place_order(&self, request: PlaceOrderRequest) -> Result<PlaceOrderResponse, HttpError> {
        Ok(request.body.into())
    }
}
