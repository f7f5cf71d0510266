//! Services without a document, whose routes a test writes by hand.

use buildflow_runtime::generated::{Description, Docs, RouteNode, Target};

/// A service that shows no document.
pub(crate) const fn description(
    name: &'static str,
    title: &'static str,
    service_id: Option<&'static str>,
) -> Description {
    Description {
        name,
        title,
        version: "1",
        service_id,
        base_route: "/",
        options: &[],
        document: None,
        docs: Docs::off(),
        operations: &[],
        answers: None,
    }
}

/// A place where a path ends.
pub(crate) const fn place(targets: &'static [Target]) -> RouteNode {
    RouteNode { targets, ..RouteNode::EMPTY }
}
