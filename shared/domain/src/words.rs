//! The words of a text, as they are searched: without regard to case and accents, cut the same on both sides.
//!
//! Everything happens here and nothing in the database, whose own parser and dictionaries depend on its locale and
//! on what is installed there.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;

/// The most characters of a word that count; longer ones are alike from there on.
const LIMIT: usize = 100;

/// A text as it is compared: compatibility forms decomposed, accents and vowel points gone, the case folded in full.
#[must_use]
pub fn fold(text: &str) -> String {
    let base = text.nfkd().filter(|c| !is_accent(*c));
    // By way of upper case the several lower forms of one letter become one, as ß and ss, ſ and s, ς and σ, ı and i.
    base.flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .flat_map(plain)
        .nfkd()
        .filter(|c| !is_accent(*c))
        .collect()
}

/// The folded words of a text, in their order. Scripts without spaces count a character, or in Katakana a run, as a
/// word; so do emoji and other symbols that stand for something.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let folded = fold(text);
    let words = folded
        .split_word_bounds()
        .flat_map(|part| part.split(|c| !is_in_words(c)));
    // A mark that follows nothing belongs to no letter.
    let words = words
        .map(|word| word.trim_start_matches(is_mark))
        .filter(|word| !word.is_empty());
    words
        .map(|word| word.chars().take(LIMIT).collect())
        .collect::<Vec<_>>()
        .into_iter()
}

/// Marks that people leave out: the accents that any letter may have, and the vowel points of Hebrew and Arabic. Marks
/// that are letters of their own, as in the scripts of India and in Kana, stay.
fn is_accent(c: char) -> bool {
    let is_optional = matches!(u32::from(c),
        0x0300..=0x036F | 0x0591..=0x05C7 | 0x0610..=0x061A | 0x064B..=0x065F | 0x0670 | 0x06D6..=0x06ED
        | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE00..=0xFE0F | 0xFE20..=0xFE2F);
    is_optional && is_mark(c)
}

fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}

fn is_in_words(c: char) -> bool {
    c.is_alphanumeric() || is_mark(c) || c.general_category() == GeneralCategory::OtherSymbol
}

/// Letters that Unicode does not decompose, and that people without the keyboard for them write otherwise.
fn plain(c: char) -> impl Iterator<Item = char> {
    let two = match c {
        'æ' => ['a', 'e'],
        'œ' => ['o', 'e'],
        'þ' => ['t', 'h'],
        'ø' => ['o', '\0'],
        'ł' => ['l', '\0'],
        'đ' | 'ð' => ['d', '\0'],
        'ħ' => ['h', '\0'],
        other => [other, '\0'],
    };
    let is_there = |(index, c): &(usize, char)| *index == 0 || *c != '\0';
    two.into_iter().enumerate().filter(is_there).map(|(_, c)| c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Vec<String> {
        words(text).collect()
    }

    #[test]
    fn case_and_accents_make_no_difference() {
        for (one, other) in [
            ("Äpfel", "apfel"),
            ("Straße", "STRASSE"),
            ("STRAẞE", "strasse"),
            ("Café", "cafe\u{301}"),
            ("İstanbul ılık", "istanbul ilik"),
            ("ΟΔΟΣ", "οδος"),
            ("ﬁnﬂuß", "finfluss"),
            ("Ærø Łódź Đà", "aero lodz da"),
            ("Ёлка", "елка"),
            ("שָׁלוֹם", "שלום"),
            ("سَلَام", "سلام"),
            ("ＡＢＣ１２３", "abc123"),
            ("①", "1"),
            ("한국", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"),
        ] {
            assert_eq!(of(one), of(other), "{one}");
        }
        assert_ne!(of("か"), of("が"));
    }

    #[test]
    fn words_end_where_neither_letters_nor_digits_stand() {
        for (text, wanted) in [
            ("", &[][..]),
            ("... -- '\\:*&|!()\u{0}", &[]),
            (
                "Don't e-mail foo.bar@example.com 3.14",
                &["don", "t", "e", "mail", "foo", "bar", "example", "com", "3", "14"],
            ),
            ("snake_case", &["snake", "case"]),
            ("買い物リスト", &["買", "い", "物", "リスト"]),
            ("क्षेत्र", &["क्षेत्र"]),
            ("🎂 Anna 👨‍👩‍👧 👍🏽", &["🎂", "anna", "👨", "👩", "👧", "👍"]),
            ("\u{301}\u{302} a\u{301}", &["a"]),
        ] {
            assert_eq!(of(text), wanted, "{text}");
        }
    }

    #[test]
    fn long_word_counts_by_its_first_hundred_characters() {
        assert_eq!(of(&"é".repeat(10_000)), ["e".repeat(100)]);
    }

    #[test]
    fn folding_folded_text_changes_nothing() {
        for c in '\0'..=char::MAX {
            let folded = fold(c.encode_utf8(&mut [0; 4]));
            assert_eq!(fold(&folded), folded, "{c} U+{:04X}", u32::from(c));
        }
    }

    proptest! {
        #[test]
        fn words_of_words_are_the_same(text in r"\PC{0,40}") {
            let once = of(&text);
            prop_assert_eq!(of(&once.join(" ")), once);
        }
    }
}
