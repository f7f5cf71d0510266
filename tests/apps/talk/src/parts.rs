//! A service whose tags have a trait each, implemented by types that know nothing of one another.

use buildflow_runtime::{ApiKey, HttpError, RequestContext, Service};

use crate::clinic::types::{Patient, Visit};
use crate::clinic::{
    self, ClinicHandlers, ClinicSecurity, GetPatientRequest, GetPatientResponse, HoursRequest, HoursResponse,
    PatientsEndpoints, PlanVisitRequest, PlanVisitResponse, UntaggedEndpoints, VisitsEndpoints,
};

/// Who shows a badge.
pub struct Doctor(String);

struct Badges;

impl ClinicSecurity for Badges {
    type Principal = Doctor;

    async fn badge_auth(&self, badge: ApiKey, _: &[&str], _: &RequestContext) -> Result<Doctor, HttpError> {
        if badge.matches("grace") { Ok(Doctor("Grace".to_owned())) } else { Err(HttpError::unauthorized()) }
    }
}

struct Files;

impl PatientsEndpoints for Files {
    type Principal = Doctor;

    async fn get_patient(&self, request: GetPatientRequest, by: Doctor) -> Result<GetPatientResponse, HttpError> {
        Ok(match request.id {
            1 => GetPatientResponse::Ok(Patient { name: "Ada".to_owned(), seen_by: by.0 }),
            _ => GetPatientResponse::NotFound,
        })
    }
}

struct Diary;

impl VisitsEndpoints for Diary {
    type Principal = Doctor;

    async fn plan_visit(&self, request: PlanVisitRequest, by: Doctor) -> Result<PlanVisitResponse, HttpError> {
        Ok(PlanVisitResponse::Created(Visit { patient: request.body.patient, by: Some(by.0) }))
    }
}

struct Door;

impl UntaggedEndpoints for Door {
    async fn hours(&self, _request: HoursRequest) -> Result<HoursResponse, HttpError> {
        Ok(HoursResponse::Ok("9 to 5".to_owned()))
    }
}

/// One service of all of them.
pub fn service() -> Service {
    clinic::service(ClinicHandlers { security: Badges, patients: Files, visits: Diary, untagged: Door })
}
