//! Identities. Each kind is a type of its own, so that a task's id cannot be passed where a user's is meant.

use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A user: UUIDv5 of (issuer, subject), or [`UserId::LOCAL`]; it holds nothing personal.
    UserId
);
id!(
    /// A task: UUIDv7, or UUIDv5 of (series, occurrence) for a generated occurrence.
    TaskId
);
id!(
    /// A series of occurrences.
    SeriesId
);
id!(
    /// A reminder of a task.
    ReminderId
);
id!(
    /// A notification: UUIDv5 of (reminder, generation), so that one firing can make one notification only.
    NotificationId
);

impl UserId {
    /// The one user of an installation without authentication.
    pub const LOCAL: Self = Self(Uuid::from_u128(0x6c6f_6361_6c00_4000_8000_0000_0000_0001));
    /// Of the ids that are made of (issuer, subject). It never changes: everybody would be somebody else.
    const NAMESPACE: Uuid = Uuid::from_u128(0x2b0e_6f5c_93d1_4a7e_8c5d_1f6a_47b9_e230);

    /// The id of the user whom `issuer` calls `subject`. The issuer's length comes first, so that no two pairs make one
    /// name.
    #[must_use]
    pub fn of_subject(issuer: &str, subject: &str) -> Self {
        let name = format!("{} {issuer} {subject}", issuer.len());
        Self(Uuid::new_v5(&Self::NAMESPACE, name.as_bytes()))
    }
}

impl TaskId {
    /// The id of occurrence `number` of `series`; the same however often it is generated.
    #[must_use]
    pub fn of_occurrence(series: SeriesId, number: u32) -> Self {
        Self(Uuid::new_v5(&series.0, format!("occurrence {number}").as_bytes()))
    }
}

impl ReminderId {
    /// The id of a generated occurrence's reminder at `position` in its series' template.
    #[must_use]
    pub fn of_template(task: TaskId, position: usize) -> Self {
        Self(Uuid::new_v5(&task.0, format!("reminder {position}").as_bytes()))
    }
}

impl NotificationId {
    /// The id of the notification that one firing of a reminder makes.
    #[must_use]
    pub fn of_firing(reminder: ReminderId, generation: i32) -> Self {
        Self(Uuid::new_v5(&reminder.0, format!("generation {generation}").as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_of_an_issuer_is_the_same_in_every_release() {
        let user = UserId::of_subject("https://issuer.example", "alice");
        assert_eq!(user.to_string(), "d7b6e357-15e6-5ed5-9b3e-f3a33a226c99");
        assert_eq!(user.0.get_version_num(), 5);
    }

    #[test]
    fn no_two_pairs_of_issuer_and_subject_are_one_user() {
        let pairs = [
            ("a", "b c"),
            ("a b", "c"),
            ("a", " b c"),
            ("a ", "b c"),
            ("", "a b c"),
            ("1 a", "b c"),
            ("a", "B c"),
            ("a\0b", "c"),
            ("a", "b\0c"),
        ];
        let users: std::collections::BTreeSet<_> = pairs.map(|(i, s)| UserId::of_subject(i, s)).into();
        assert_eq!(users.len(), pairs.len());
    }
}
