//! Repositories: packages → the index files that apt, dnf and zypper read, and back. Nothing here reads or writes files.

mod apt;
mod gzip;
mod rpm_md;

use std::cmp::Ordering;

use anyhow::{Result, anyhow};
use sha2::{Digest as _, Sha256};

use crate::family::Family;
use crate::sign::{Certificate, Signer};
use gzip::{gunzip, gzip};

/// One package of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The package's name.
    pub name: String,
    /// Version and release, as in the file's name.
    pub version: String,
    /// Where the package lies in the repository.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// What each index says of it, in the order of the indices.
    pub texts: Vec<String>,
}

impl Entry {
    /// Its name and version, for people.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}", self.name, self.version)
    }
}

/// A file of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it lies in the repository.
    pub path: String,
    /// Its contents.
    pub bytes: Vec<u8>,
}

/// What a signed root says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The directory of all that belongs to this state alone; empty when there is none.
    pub place: String,
    /// The URL of the repository, where the kind tells it.
    pub url: Option<String>,
    /// Name of the repository, where the kind tells it.
    pub origin: Option<String>,
    /// When it was signed, in seconds since 1970; each is later than the one before.
    pub date: i64,
    /// Until when clients believe it.
    pub valid_until: Option<i64>,
    /// The files that it vouches for.
    pub files: Vec<Listed>,
}

/// A file that a signed root vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Where it lies in the repository.
    pub path: String,
    /// A path at which exactly these bytes stay, also when the next root is there.
    pub lasting_path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// What differs between repositories of one kind.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The repository's name; without it, the one that it has.
    pub name: Option<String>,
    /// Where clients find the repository; without it, where they found it before.
    pub url: Option<String>,
    /// apt's suite.
    pub suite: String,
    /// Architectures of machines that may ask for a package of all architectures.
    pub architectures: Vec<String>,
}

impl Settings {
    /// Those for reading a family's repository.
    #[must_use]
    pub fn to_read(family: &Family, suite: &str) -> Self {
        let architectures = family.repository.architectures.clone();
        Self { name: None, url: None, suite: suite.to_owned(), architectures }
    }
}

/// A kind of repository.
pub trait Kind: Sync {
    /// The package format it serves, as in [`crate::format`].
    fn format(&self) -> &'static str;

    /// The one file that says which state is the present one. It is written last, and in one step.
    fn pointer(&self, settings: &Settings) -> String;

    /// The package as it is published, and what the indices say of it. `file_name` is the artefact's own.
    ///
    /// # Errors
    /// What is no package of this format.
    fn admit(&self, file_name: &str, package: Vec<u8>, signer: &Signer) -> Result<(Entry, Vec<u8>)>;

    /// Makes a state of these entries: files that never change once they are there, and the pointer to them.
    ///
    /// # Errors
    /// A key that cannot sign, or settings that are missing.
    fn seal(&self, entries: &[Entry], seal: &Seal<'_>) -> Result<Sealed>;

    /// What follows from a state, for clients of other habits, in the order in which it is written. The same state gives
    /// the same bytes.
    ///
    /// # Errors
    /// A key that cannot sign.
    fn companions(&self, state: &Opened<'_>, settings: &Settings, signer: &Signer) -> Result<Vec<File>>;

    /// Reads what a pointer points to, and believes nothing that is not signed by the certificate.
    ///
    /// # Errors
    /// A root that is not signed, or cannot be read.
    fn open(&self, pointer: &[u8], read: &Read<'_>, settings: &Settings, certificate: &Certificate) -> Result<Root>;

    /// Every file that a root needs, and those that clients of other habits read now.
    ///
    /// # Errors
    /// A file that cannot be read.
    fn named(&self, root: &Root, read: &Read<'_>) -> Result<Vec<String>>;

    /// The files of a root that hold all entries, in the order in which [`Kind::entries`] wants them.
    fn sources<'r>(&self, root: &'r Root) -> Vec<&'r Listed>;

    /// Reads the entries of a repository.
    ///
    /// # Errors
    /// Index files that contradict each other or that nobody wrote with this program.
    fn entries(&self, files: &[Vec<u8>]) -> Result<Vec<Entry>>;

    /// What tells two packages apart, whoever signed them.
    ///
    /// # Errors
    /// What is no package of this format.
    fn contents(&self, package: &[u8]) -> Result<String>;

    /// Checks what a published package says of itself.
    ///
    /// # Errors
    /// A package without a signature that holds, where the kind has them.
    fn check_package(&self, package: &[u8], certificate: &Certificate) -> Result<()>;

    /// The order of two versions.
    fn compare(&self, a: &str, b: &str) -> Ordering;

    /// Files whose signature lies apart, each with the path of that signature.
    fn signed_apart(&self, settings: &Settings) -> Vec<(String, String)>;

    /// Directories of files that are named by roots: of index files, and of packages.
    fn stores(&self, settings: &Settings) -> [Vec<String>; 2];
}

/// Reads a file of the repository.
pub type Read<'a> = dyn Fn(&str) -> Result<Option<Vec<u8>>> + 'a;

/// A state, ready to be written.
pub struct Sealed {
    /// Files that never change once they are there.
    pub files: Vec<File>,
    /// What makes it the present one.
    pub pointer: File,
}

/// A state as it was read.
pub struct Opened<'a> {
    /// The pointer's bytes.
    pub pointer: &'a [u8],
    /// What its root says.
    pub root: &'a Root,
    /// Its packages.
    pub entries: &'a [Entry],
}

/// What a root is made from.
pub struct Seal<'a> {
    /// The repository's settings.
    pub settings: &'a Settings,
    /// The repository's name.
    pub origin: Option<&'a str>,
    /// Where clients find it.
    pub url: Option<&'a str>,
    /// When it is signed.
    pub date: i64,
    /// Until when clients believe it.
    pub valid_until: Option<i64>,
    /// Who signs.
    pub signer: &'a Signer,
}

/// Every kind of repository.
static KINDS: [&dyn Kind; 2] = [&apt::Apt, &rpm_md::RpmMd];

/// The kind of repository that serves packages of a format.
///
/// # Errors
/// A format without repositories.
pub fn of_format(format: &str) -> Result<&'static dyn Kind> {
    let kind = KINDS.iter().copied().find(|kind| kind.format() == format);
    kind.ok_or_else(|| anyhow!("there are no repositories of {format} packages"))
}

/// SHA-256, in lower-case hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
