//! What is to be told of an import.

use super::setting::{Origin, Setting, visible};

/// What became of a piece of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is not in the spec.
    Lost,
    /// It is in the spec, or liege does it, but not as it was written.
    Adapted,
    /// The input does not say what the spec needs.
    Missing,
}

impl Fate {
    /// In words, to stand before what it happened to.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Lost => "not carried over",
            Self::Adapted => "carried over in another way",
            Self::Missing => "the input does not say",
        }
    }
}

/// One thing to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What became of it.
    pub fate: Fate,
    /// Where it stands in the input.
    pub origin: Origin,
    /// What it is, as it is written there.
    pub subject: String,
    /// Why, and what could be done.
    pub reason: String,
    /// The application it belongs to; none when it is the site's.
    pub application: Option<String>,
}

/// What became of one setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the spec, with the same meaning.
    Carried,
    /// It is in the spec or done by liege, but differs in this.
    Adapted(String),
    /// It is not in the spec, for this reason.
    Lost(String),
}

impl Outcome {
    /// The same, and what differs, unless it is lost anyway.
    #[must_use]
    pub fn adapted(self, reason: &str) -> Self {
        match self {
            Self::Carried => Self::Adapted(reason.to_owned()),
            other => other,
        }
    }
}

/// All that is to be told.
#[derive(Debug, Default)]
pub struct Report {
    settings: usize,
    notes: Vec<Note>,
}

impl Report {
    /// Takes down what became of a setting of an application.
    pub fn record(&mut self, setting: &Setting, application: Option<&str>, outcome: Outcome) {
        self.settings += 1;
        match (outcome, &setting.remark) {
            (Outcome::Carried, None) => {}
            (Outcome::Carried, Some(remark)) => self.note(Fate::Adapted, setting, application, remark.clone()),
            (Outcome::Adapted(reason), None) => self.note(Fate::Adapted, setting, application, reason),
            (Outcome::Adapted(reason), Some(remark)) => {
                self.note(Fate::Adapted, setting, application, format!("{remark}; {reason}"));
            }
            (Outcome::Lost(reason), _) => self.note(Fate::Lost, setting, application, reason),
        }
    }

    /// Takes down that a setting, recorded before, did not stay in the spec.
    pub fn lose(&mut self, setting: &Setting, application: Option<&str>, reason: String) {
        self.notes.retain(|note| note.origin != setting.origin || note.subject != setting.subject);
        self.note(Fate::Lost, setting, application, reason);
    }

    fn note(&mut self, fate: Fate, setting: &Setting, application: Option<&str>, reason: String) {
        self.tell(fate, &setting.origin, application, &setting.subject, reason);
    }

    /// Takes down what is no setting of its own.
    pub fn tell(&mut self, fate: Fate, origin: &Origin, application: Option<&str>, subject: &str, reason: String) {
        self.notes.push(Note {
            fate,
            origin: origin.clone(),
            // Both may quote the input.
            subject: visible(subject),
            reason: visible(&reason),
            application: application.map(str::to_owned),
        });
    }

    /// The notes, file by file and line by line.
    #[must_use]
    pub fn notes(&self) -> Vec<&Note> {
        let mut notes: Vec<&Note> = self.notes.iter().collect();
        notes.sort_by_key(|note| (&note.origin.file, note.origin.line));
        notes
    }

    /// How many settings of the input are in the spec, and how many are not.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        let lost = self.notes.iter().filter(|note| note.fate == Fate::Lost).count();
        (self.settings.saturating_sub(lost), lost)
    }
}
