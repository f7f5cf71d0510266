//! `readOnly` and `writeOnly` over HTTP: each direction has its own members.

use buildflow_runtime::{Flow, HttpError};
use echo::directions::types::{User, UserInput};
use echo::directions::{CreateUserRequest, CreateUserResponse, Directions, service};
use serde_json::json;
use served::Served;

struct Users;

fn stored(user: UserInput, id: i64) -> User {
    let friends =
        user.friends.map(|friends| friends.into_iter().zip(id + 1..).map(|(user, id)| stored(user, id)).collect());
    User { id, created: None, name: user.name, address: user.address, friends }
}

impl Directions for Users {
    async fn create_user(&self, request: CreateUserRequest) -> Result<CreateUserResponse, HttpError> {
        assert!(request.body.password.matches("secret"));
        assert!(!format!("{request:?}").contains("secret"));
        Ok(CreateUserResponse::Created(stored(request.body, 1)))
    }
}

#[test]
fn clients_send_no_read_only_members_and_get_no_write_only_ones() {
    let served = Served::start(Flow::new().add_service(service(Users)));
    let friend = json!({"name": "B", "password": "secret"});
    let sent = json!({"name": "A", "password": "secret", "address": {"city": "C"}, "friends": [friend]});
    let answer = served.send_json("POST", "/users", &sent.to_string());
    let expected = json!({"id": 1, "name": "A", "address": {"city": "C"}, "friends": [{"id": 2, "name": "B"}]});
    assert_eq!((answer.status, answer.json()), (201, expected));
}

#[test]
fn read_only_members_that_are_sent_are_taken_no_notice_of() {
    let served = Served::start(Flow::new().add_service(service(Users)));
    let sent = json!({"id": "anything", "created": 5, "name": "A", "password": "secret"});
    let answer = served.send_json("POST", "/users", &sent.to_string());
    assert_eq!((answer.status, answer.json()), (201, json!({"id": 1, "name": "A"})));
}

#[test]
fn what_is_missing_is_told_without_what_need_not_be_there() {
    let served = Served::start(Flow::new().add_service(service(Users)));
    let answer = served.send_json("POST", "/users", r#"{"name": ""}"#);
    assert_eq!(
        (answer.status, answer.violations()),
        (422, vec!["body /name minLength".to_owned(), "body /password required".to_owned(),])
    );
}
