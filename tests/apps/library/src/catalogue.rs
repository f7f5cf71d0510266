//! Books and subjects in SQLite, as JSON documents.

use std::sync::{Mutex, MutexGuard, PoisonError};

use buildflow_runtime::serde::{Serialize, de::DeserializeOwned};
use buildflow_runtime::{HttpError, serde_json};
use library_api::types::{Book, Subject};
use rusqlite::{Connection, OptionalExtension};

/// A database of books and subjects.
pub struct Catalogue {
    connection: Mutex<Connection>,
}

impl Catalogue {
    /// A database in memory, gone when the catalogue is.
    ///
    /// # Errors
    ///
    /// SQLite cannot make one.
    pub fn in_memory() -> rusqlite::Result<Self> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(
            "CREATE TABLE book (isbn TEXT PRIMARY KEY, document TEXT NOT NULL);
             CREATE TABLE subject (name TEXT PRIMARY KEY, document TEXT NOT NULL)",
        )?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a book; `false` where there is one of its ISBN.
    pub(crate) fn add(&self, book: &Book) -> Result<bool, HttpError> {
        let statement = "INSERT OR IGNORE INTO book VALUES (?1, ?2)";
        Ok(self.connection().execute(statement, (&book.isbn, written(book)?))? > 0)
    }

    pub(crate) fn book(&self, isbn: &str) -> Result<Option<Book>, HttpError> {
        let query = "SELECT document FROM book WHERE isbn = ?1";
        let document: Option<String> = self.connection().query_row(query, [isbn], |row| row.get(0)).optional()?;
        document.map(|document| read(&document)).transpose()
    }

    pub(crate) fn put_subject(&self, subject: &Subject) -> Result<(), HttpError> {
        let statement = "INSERT OR REPLACE INTO subject VALUES (?1, ?2)";
        self.connection().execute(statement, (&subject.name, written(subject)?))?;
        Ok(())
    }

    pub(crate) fn subjects(&self) -> Result<Vec<Subject>, HttpError> {
        let connection = self.connection();
        let mut query = connection.prepare("SELECT document FROM subject ORDER BY name")?;
        let documents: Vec<String> = query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        documents.iter().map(|document| read(document)).collect()
    }
}

fn written<T: Serialize>(value: &T) -> Result<String, HttpError> {
    Ok(serde_json::to_string(value)?)
}

fn read<T: DeserializeOwned>(document: &str) -> Result<T, HttpError> {
    Ok(serde_json::from_str(document)?)
}
