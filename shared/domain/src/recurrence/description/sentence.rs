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
        if other.text.starts_with(',') {
            self.text.push_str(&other.text);
        } else {
            self.add(&other.text);
        }
        if !other.text.is_empty() {
            self.is_aside = other.is_aside;
        }
    }

    /// Puts `phrase` between commas, where `and` joins it to an aside right before it.
    pub(super) fn another_aside(&mut self, phrase: &str) {
        if self.is_aside {
            self.aside(&format!("and {phrase}"));
        } else {
            self.aside(phrase);
        }
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
