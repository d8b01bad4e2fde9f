//! Putting phrases together.

/// A sentence as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Sentence {
    text: String,
    /// Whether it stands within an aside, which a comma must close.
    is_aside: bool,
}

impl Sentence {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_aside: false,
        }
    }

    /// Goes on with `phrase`.
    pub(super) fn add(&mut self, phrase: &str) {
        if phrase.is_empty() {
            return;
        }
        if self.is_aside {
            self.text.push(',');
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(phrase);
        self.is_aside = false;
    }

    /// Puts `phrase` between commas, of which the second comes with what follows.
    pub(super) fn aside(&mut self, phrase: &str) {
        self.text.push_str(", ");
        self.text.push_str(phrase);
        self.is_aside = true;
    }

    /// Announces a list that follows.
    pub(super) fn announce(&mut self, phrase: &str) {
        self.aside(phrase);
        self.text.push(':');
        self.is_aside = false;
    }

    /// Goes on with another sentence's words.
    pub(super) fn append(&mut self, other: &Self) {
        self.add(&other.text);
        self.is_aside = other.is_aside;
    }

    /// The same without its first words, where these are `prefix`.
    pub(super) fn without(self, prefix: &str) -> Self {
        let text = self.text.strip_prefix(prefix).map(str::to_owned);
        Self {
            text: text.unwrap_or(self.text),
            ..self
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}
