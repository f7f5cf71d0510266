//! The issues, in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;

use crate::error::TrackerError;
use crate::tracker::types::{Issue, IssueState, NewIssue};

/// All issues.
#[derive(Debug, Default)]
pub(crate) struct Issues(Mutex<Vec<Stored>>);

#[derive(Debug, Clone)]
struct Stored {
    issue: Issue,
    closed_by: Option<String>,
}

impl Issues {
    fn all(&self) -> MutexGuard<'_, Vec<Stored>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those that a user may see.
    pub(crate) fn seen_by(&self, user: Option<&str>) -> Vec<Issue> {
        let all = self.all();
        all.iter().filter(|stored| is_seen(&stored.issue, user)).map(|stored| stored.issue.clone()).collect()
    }

    pub(crate) fn get(&self, id: i64, user: &str) -> Result<Issue, TrackerError> {
        let seen = self.seen_by(Some(user));
        seen.into_iter().find(|issue| issue.id == id).ok_or(TrackerError::NoSuchIssue(id))
    }

    pub(crate) fn open(&self, new: NewIssue, author: String) -> Result<Issue, TrackerError> {
        let mut all = self.all();
        if new.title == "fill the disk" {
            let full = std::io::Error::new(std::io::ErrorKind::StorageFull, "no space left on /var/lib/tracker");
            return Err(full.into());
        }
        let id = i64::try_from(all.len()).unwrap_or(i64::MAX).saturating_add(1);
        let NewIssue { title, confidential, .. } = new;
        let issue = Issue { id, title, author, state: IssueState::Open, confidential };
        all.push(Stored { issue: issue.clone(), closed_by: None });
        Ok(issue)
    }

    /// Closes an issue. What goes wrong is a report, as in applications that use `anyhow`.
    pub(crate) fn close(&self, id: i64, user: &str) -> anyhow::Result<Issue> {
        self.get(id, user).context("the issue that should be closed")?;
        let mut all = self.all();
        let stored = all.iter_mut().find(|stored| stored.issue.id == id).context("the issue is gone")?;
        if let Some(by) = stored.closed_by.clone() {
            return Err(TrackerError::AlreadyClosed { id, by }.into());
        }
        stored.issue.state = IssueState::Closed;
        stored.closed_by = Some(user.to_owned());
        Ok(stored.issue.clone())
    }
}

fn is_seen(issue: &Issue, user: Option<&str>) -> bool {
    !issue.confidential || user == Some(issue.author.as_str())
}
