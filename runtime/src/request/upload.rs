//! Files that a client has sent in a form.

use std::io::{self, Cursor, SeekFrom};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncSeek, AsyncSeekExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};

use crate::response::ByteStream;

/// A file that grows past this many bytes goes to the disk.
const THRESHOLD: usize = 64 * 1024;

/// A file that a client has sent. Small files are in memory, others in a temporary file.
///
/// The temporary file has no name in any folder. It is gone as soon as this is dropped, however the request or the process
/// ends.
#[derive(Debug)]
pub struct UploadFile {
    file_name: Option<String>,
    headers: HeaderMap,
    length: u64,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Memory(Cursor<Bytes>),
    Disk(File),
}

impl UploadFile {
    /// Returns the client's name of the file. It may be anything: never use it as a path.
    pub fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }

    /// Returns the media type that the client says. It need not be true.
    pub fn content_type(&self) -> Option<&str> {
        self.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// Returns the headers of the file's part of the form.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the number of bytes.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Says whether the file has no bytes.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Reads all bytes into memory.
    ///
    /// # Errors
    ///
    /// The temporary file cannot be read.
    pub async fn bytes(self) -> io::Result<Bytes> {
        match self.content {
            Content::Memory(bytes) => Ok(bytes.into_inner()),
            Content::Disk(mut file) => {
                file.seek(SeekFrom::Start(0)).await?;
                let mut all = Vec::with_capacity(usize::try_from(self.length).unwrap_or_default());
                file.read_to_end(&mut all).await?;
                Ok(all.into())
            }
        }
    }

    /// Keeps the file at a path. A file that exists there is replaced.
    ///
    /// # Errors
    ///
    /// The path cannot be written.
    pub async fn persist(self, path: impl AsRef<Path>) -> io::Result<()> {
        match self.content {
            Content::Memory(bytes) => tokio::fs::write(path, bytes.into_inner()).await,
            Content::Disk(mut file) => {
                file.seek(SeekFrom::Start(0)).await?;
                let (mut from, path) = (file.into_std().await, path.as_ref().to_owned());
                let copying = tokio::task::spawn_blocking(move || {
                    io::copy(&mut from, &mut std::fs::File::create(path)?).map(drop)
                });
                copying.await?
            }
        }
    }

    /// Reads up to so many further bytes into memory. At the end, there are none.
    ///
    /// # Errors
    ///
    /// The temporary file cannot be read.
    pub async fn read_up_to(&mut self, count: usize) -> io::Result<Bytes> {
        let mut piece = Vec::new();
        self.take(count as u64).read_to_end(&mut piece).await?;
        Ok(piece.into())
    }

    /// Writes the rest of the file to a writer, and returns the number of bytes.
    ///
    /// # Errors
    ///
    /// The temporary file cannot be read, or the writer fails.
    pub async fn copy_to(&mut self, writer: &mut (impl AsyncWrite + Unpin + ?Sized)) -> io::Result<u64> {
        tokio::io::copy(self, writer).await
    }

    /// Returns the bytes as a stream.
    pub fn into_stream(self) -> ByteStream {
        match self.content {
            Content::Memory(bytes) => ByteStream::from(bytes.into_inner()),
            Content::Disk(file) => ByteStream::from_reader(file),
        }
    }
}

/// Reading starts at the beginning, and goes on where it ended; [`seek`](AsyncSeek) goes elsewhere.
impl AsyncSeek for UploadFile {
    fn start_seek(mut self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        match &mut self.content {
            Content::Memory(bytes) => Pin::new(bytes).start_seek(position),
            Content::Disk(file) => Pin::new(file).start_seek(position),
        }
    }

    fn poll_complete(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<u64>> {
        match &mut self.content {
            Content::Memory(bytes) => Pin::new(bytes).poll_complete(context),
            Content::Disk(file) => Pin::new(file).poll_complete(context),
        }
    }
}

impl AsyncRead for UploadFile {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.content {
            Content::Memory(bytes) => Pin::new(bytes).poll_read(context, into),
            Content::Disk(file) => Pin::new(file).poll_read(context, into),
        }
    }
}

/// A file that is coming in.
pub(crate) struct UploadWriter {
    memory: Vec<u8>,
    disk: Option<File>,
    length: u64,
}

impl UploadWriter {
    pub(super) fn new() -> Self {
        Self { memory: Vec::new(), disk: None, length: 0 }
    }

    /// Adds a piece; in memory while the file is small and `budget`, which is shared by all files of a
    /// request, is not used up.
    pub(super) async fn write(&mut self, piece: &[u8], budget: &mut usize) -> io::Result<()> {
        self.length += piece.len() as u64;
        if let Some(disk) = &mut self.disk {
            return disk.write_all(piece).await;
        }
        if self.memory.len() + piece.len() <= THRESHOLD && piece.len() <= *budget {
            *budget -= piece.len();
            self.memory.extend_from_slice(piece);
            return Ok(());
        }
        let mut disk = File::from_std(tokio::task::spawn_blocking(tempfile::tempfile).await??);
        disk.write_all(&self.memory).await?;
        *budget += std::mem::take(&mut self.memory).len();
        self.disk.insert(disk).write_all(piece).await
    }

    /// The file, whole.
    pub(super) async fn finish(self, file_name: Option<String>, headers: HeaderMap) -> io::Result<UploadFile> {
        let content = match self.disk {
            None => Content::Memory(Cursor::new(self.memory.into())),
            Some(mut file) => {
                file.flush().await?;
                file.seek(SeekFrom::Start(0)).await?;
                Content::Disk(file)
            }
        };
        Ok(UploadFile { file_name, headers, length: self.length, content })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn uploaded(bytes: &[u8], mut budget: usize) -> UploadFile {
        let mut incoming = UploadWriter::new();
        for piece in bytes.chunks(10_000) {
            incoming.write(piece, &mut budget).await.unwrap();
        }
        incoming.finish(Some("a.bin".to_owned()), HeaderMap::new()).await.unwrap()
    }

    fn is_on_disk(file: &UploadFile) -> bool {
        matches!(file.content, Content::Disk(_))
    }

    #[tokio::test]
    async fn small_files_stay_in_memory_and_others_do_not() {
        let (small, large) = (vec![1; 1_000], vec![2; 300_000]);
        let file = uploaded(&small, usize::MAX).await;
        assert!(!is_on_disk(&file) && file.len() == 1_000);
        assert_eq!(file.bytes().await.unwrap(), small);
        let file = uploaded(&large, usize::MAX).await;
        assert!(is_on_disk(&file) && file.len() == 300_000);
        assert_eq!(file.bytes().await.unwrap(), large);
    }

    #[tokio::test]
    async fn a_small_file_goes_to_the_disk_where_the_others_have_used_up_the_memory() {
        let file = uploaded(&[1; 1_000], 999).await;
        assert!(is_on_disk(&file));
        assert_eq!(file.bytes().await.unwrap().len(), 1_000);
    }

    #[tokio::test]
    async fn a_file_is_read_piece_by_piece_sought_in_and_copied() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|number| (number % 251) as u8).collect();
        for length in [1_000, 200_000] {
            let mut file = uploaded(&bytes[..length], usize::MAX).await;
            assert_eq!(file.read_up_to(10).await.unwrap(), bytes[..10]);
            assert_eq!(file.read_up_to(10).await.unwrap(), bytes[10..20]);
            file.seek(SeekFrom::Start(500)).await.unwrap();
            let mut copied = Vec::new();
            assert_eq!(file.copy_to(&mut copied).await.unwrap(), (length - 500) as u64);
            assert_eq!(copied, bytes[500..length]);
            assert!(file.read_up_to(10).await.unwrap().is_empty());
            file.rewind().await.unwrap();
            assert_eq!(file.bytes().await.unwrap(), bytes[..length]);
        }
    }

    #[tokio::test]
    async fn files_are_read_persisted_and_streamed() {
        let folder = tempfile::tempdir().unwrap();
        for length in [10, 300_000] {
            let bytes = vec![7; length];
            let path = folder.path().join("kept");
            uploaded(&bytes, usize::MAX).await.persist(&path).await.unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
            assert_eq!(uploaded(&bytes, usize::MAX).await.into_stream().collect().await.unwrap(), bytes);
            let mut read = Vec::new();
            uploaded(&bytes, usize::MAX).await.read_to_end(&mut read).await.unwrap();
            assert_eq!(read, bytes);
        }
    }
}
