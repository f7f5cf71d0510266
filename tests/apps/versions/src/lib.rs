//! Two versions of one API. Version 2 is written; version 1 is version 2 with conversions, each written once.

use std::sync::{Arc, Mutex, PoisonError};

use buildflow_runtime::{Flow, HttpError};

/// The service of `specs/contacts-v1.yaml`.
pub mod v1 {
    buildflow_runtime::include_api!("v1");
}

/// The service of `specs/contacts-v2.yaml`.
pub mod v2 {
    buildflow_runtime::include_api!("v2");
}

use v1::ContactsV1;
use v2::types::{Contact, NewContact};
use v2::{AddContactResponse, ContactsV2, GetContactResponse};

/// The flow of both versions.
pub fn flow() -> Flow {
    let contacts = Contacts::default();
    Flow::new().add_service(v1::service(Before(contacts.clone()))).add_service(v2::service(contacts))
}

/// What is known of people; their ids are their places.
#[derive(Debug, Clone, Default)]
struct Contacts(Arc<Mutex<Vec<Contact>>>);

impl ContactsV2 for Contacts {
    async fn add_contact(&self, request: v2::AddContactRequest) -> Result<AddContactResponse, HttpError> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let NewContact { given_name, family_name, phones } = request.body;
        let id = i64::try_from(all.len())?;
        all.push(Contact { id, given_name, family_name, phones });
        Ok(all[all.len() - 1].clone().into())
    }

    async fn get_contact(&self, request: v2::GetContactRequest) -> Result<GetContactResponse, HttpError> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = usize::try_from(request.id).ok().and_then(|place| all.get(place));
        Ok(found.map_or(GetContactResponse::NotFound, |contact| contact.clone().into()))
    }
}

/// Version 1: what it is asked becomes a request of version 2, and what that answers becomes an answer of version 1.
struct Before(Contacts);

impl ContactsV1 for Before {
    async fn add_contact(&self, request: v1::AddContactRequest) -> Result<v1::AddContactResponse, HttpError> {
        let (body, context) = (request.body.into(), request.context);
        let AddContactResponse::Created(contact) = self.0.add_contact(v2::AddContactRequest { body, context }).await?;
        Ok(v1::types::Contact::from(contact).into())
    }

    async fn get_contact(&self, request: v1::GetContactRequest) -> Result<v1::GetContactResponse, HttpError> {
        let v1::GetContactRequest { id, context } = request;
        Ok(match self.0.get_contact(v2::GetContactRequest { id, context }).await? {
            GetContactResponse::Ok(contact) => v1::types::Contact::from(contact).into(),
            GetContactResponse::NotFound => v1::GetContactResponse::NotFound,
        })
    }
}

/// The last word of a name is the family's.
impl From<v1::types::NewContact> for NewContact {
    fn from(contact: v1::types::NewContact) -> Self {
        let (given, family) = match contact.name.rsplit_once(' ') {
            Some((given, family)) => (Some(given.to_owned()), family.to_owned()),
            None => (None, contact.name),
        };
        Self { given_name: given, family_name: family, phones: contact.phone.into_iter().collect() }
    }
}

/// Of several phones, version 1 knows the first.
impl From<Contact> for v1::types::Contact {
    fn from(contact: Contact) -> Self {
        let Contact { id, given_name, family_name, phones } = contact;
        let name = given_name.into_iter().chain([family_name]).collect::<Vec<_>>().join(" ");
        Self { id, name, phone: phones.into_iter().next() }
    }
}
