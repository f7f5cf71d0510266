//! Tasks in SQLite.

use std::sync::{Mutex, MutexGuard, PoisonError};

use buildflow_runtime::types::Date;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use crate::todo::types::{NewTask, State, Task};

/// A database of tasks.
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// A database in memory, gone when the store is.
    ///
    /// # Errors
    ///
    /// SQLite cannot make one.
    pub fn in_memory() -> Result<Self> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(
            "CREATE TABLE task (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                title TEXT NOT NULL,
                state TEXT NOT NULL,
                due TEXT,
                labels TEXT NOT NULL
            )",
        )?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn list(&self, state: Option<State>) -> Result<Vec<Task>> {
        let connection = self.connection();
        let mut query = connection.prepare("SELECT * FROM task WHERE ?1 IS NULL OR state = ?1 ORDER BY id DESC")?;
        query.query_map([state.map(State::as_str)], task)?.collect()
    }

    pub(crate) fn get(&self, id: i64) -> Result<Option<Task>> {
        self.connection().query_row("SELECT * FROM task WHERE id = ?1", [id], task).optional()
    }

    pub(crate) fn open_task_titled(&self, title: &str) -> Result<Option<i64>> {
        let query = "SELECT id FROM task WHERE title = ?1 AND state = 'open'";
        self.connection().query_row(query, [title], |row| row.get(0)).optional()
    }

    pub(crate) fn add(&self, new: NewTask) -> Result<Task> {
        let NewTask { title, due, labels } = new;
        let labels = labels.unwrap_or_default();
        let connection = self.connection();
        connection.execute(
            "INSERT INTO task (title, state, due, labels) VALUES (?1, ?2, ?3, ?4)",
            params![title, State::Open.as_str(), due.map(|due| due.to_string()), labels.join(",")],
        )?;
        let id = connection.last_insert_rowid();
        Ok(Task { id, title, state: State::Open, due: due.into(), labels })
    }

    pub(crate) fn update(&self, task: &Task) -> Result<()> {
        let due = task.due.as_option().map(Date::to_string);
        self.connection().execute(
            "UPDATE task SET title = ?2, state = ?3, due = ?4 WHERE id = ?1",
            params![task.id, task.title, task.state.as_str(), due],
        )?;
        Ok(())
    }

    pub(crate) fn remove(&self, id: i64) -> Result<bool> {
        Ok(self.connection().execute("DELETE FROM task WHERE id = ?1", [id])? > 0)
    }
}

fn task(row: &Row<'_>) -> Result<Task> {
    let state: String = row.get("state")?;
    let due: Option<String> = row.get("due")?;
    let labels: String = row.get("labels")?;
    Ok(Task {
        id: row.get("id")?,
        title: row.get("title")?,
        // The column holds nothing else.
        state: state.parse().unwrap_or(State::Open),
        due: due.and_then(|due| due.parse().ok()).into(),
        labels: labels.split(',').filter(|label| !label.is_empty()).map(str::to_owned).collect(),
    })
}
