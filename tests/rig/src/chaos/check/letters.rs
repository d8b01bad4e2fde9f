//! What was given up is among the dead letters, and says why.

use crate::chaos::observe::Observed;

pub(super) fn check(observed: &Observed) -> Vec<String> {
    let letters = || observed.dead_letters.iter();
    let unexplained = observed.given_up.iter().filter(|task| {
        let task = task.to_string();
        !letters().any(|letter| letter.headers.get("ce_subject") == Some(&task))
    });
    let mut faults: Vec<_> = unexplained
        .map(|task| format!("{task} is given up, and no dead letter says so"))
        .collect();
    for letter in letters() {
        if !letter.headers.contains_key("ce_knativeerrordest") {
            faults.push(format!("a dead letter that does not say whose: {letter:?}"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::topics::Record;

    fn letter(headers: &[(&str, &str)]) -> Record {
        Record {
            topic: "on-reminder-due.dead-letter".to_owned(),
            partition: 0,
            key: Uuid::nil().to_string(),
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            value: String::new(),
        }
    }

    fn observed(letters: Vec<Record>) -> Observed {
        Observed {
            given_up: vec![Uuid::nil()],
            dead_letters: letters,
            ..Observed::default()
        }
    }

    #[test]
    fn what_is_given_up_has_a_dead_letter_that_says_whose_it_is() {
        let subject = ("ce_subject", "00000000-0000-0000-0000-000000000000");
        let whose = ("ce_knativeerrordest", "http://on-reminder-due/");
        assert_eq!(check(&observed(vec![letter(&[subject, whose])])), [] as [String; 0]);
        assert_eq!(check(&observed(vec![])).len(), 1);
        assert_eq!(check(&observed(vec![letter(&[subject])])).len(), 1);
    }
}
