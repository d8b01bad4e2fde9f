//! What a patch makes of a series.

use uuid::Uuid;

use super::{Scope, SeriesUpdate, Standing, TaskPatch};
use crate::{Civil, Due, Fault, Place, Series, SeriesId, Task, Template, recurrence::Rule, repetition};

/// Gives `next`, which has everything else already, its place; says what becomes of the series.
pub(super) fn put(
    patch: &TaskPatch,
    next: &mut Task,
    standing: Option<Standing>,
    scope: Scope,
    mut new_id: impl FnMut() -> Uuid,
    faults: &mut Vec<Fault>,
) -> SeriesUpdate {
    let rule = patch
        .recurrence_rule
        .unwrap_or(next.place.as_ref().map(|place| place.rule));
    match (standing.zip(next.place.clone()), rule) {
        (None, None) => {
            faults.extend(without_rule(patch));
            SeriesUpdate::Untouched
        }
        (None, Some(rule)) => begin(patch, next, rule, SeriesId(new_id()), faults),
        (Some((standing, _)), _) if scope == Scope::This => {
            faults.extend(of_the_series(patch, &standing));
            SeriesUpdate::Untouched
        }
        (Some(_), None) => {
            faults.extend(without_rule(patch));
            next.place = None;
            SeriesUpdate::Left
        }
        (Some((standing, place)), Some(rule)) => go_on(patch, next, standing.series, &place, rule, faults),
    }
}

fn without_rule(patch: &TaskPatch) -> Vec<Fault> {
    let has = |dates: &Option<Vec<Civil>>| dates.as_ref().is_some_and(|dates| !dates.is_empty());
    let has_mode = matches!(patch.recurrence_mode, Some(Some(_)));
    repetition::without_rule(has_mode, has(&patch.exceptions), has(&patch.additions))
}

/// The faults of what one occurrence cannot have for itself.
fn of_the_series(patch: &TaskPatch, standing: &Standing) -> Vec<Fault> {
    let detail = if standing.is_latest {
        "belongs to the whole series: change it with scope=following"
    } else {
        "belongs to the whole series: change it on the series' latest occurrence"
    };
    [
        ("/recurrence_rule", patch.recurrence_rule.is_some()),
        ("/recurrence_mode", patch.recurrence_mode.is_some()),
        ("/exceptions", patch.exceptions.is_some()),
        ("/additions", patch.additions.is_some()),
    ]
    .into_iter()
    .filter(|(_, given)| *given)
    .map(|(pointer, _)| Fault::new(pointer, detail))
    .collect()
}

/// The task becomes the first occurrence of a series.
fn begin(patch: &TaskPatch, next: &mut Task, rule: Rule, id: SeriesId, faults: &mut Vec<Fault>) -> SeriesUpdate {
    let Some(due) = next.due else {
        faults.push(Fault::new(
            "/due_date",
            "is needed by recurrence_rule: give the first date",
        ));
        return SeriesUpdate::Untouched;
    };
    let series = Series {
        id,
        revision: 1,
        latest_revision: 1,
        rule,
        mode: patch.recurrence_mode.flatten().unwrap_or_default(),
        start: due.date,
        first_occurrence: 1,
        time_zone: next.time_zone,
        exceptions: patch.exceptions.clone().unwrap_or_default(),
        additions: patch.additions.clone().unwrap_or_default(),
        template: Template::of(next, carried_over(patch, next, due, faults)),
        highest_occurrence: 1,
        rule_index: rule.count().map(|_| 1),
        last: None,
    };
    let series = scheduled(series, faults);
    next.place = Some(series.place(1, due.date));
    SeriesUpdate::Revision(Box::new(series))
}

/// The series goes on from this occurrence as the patch says.
fn go_on(
    patch: &TaskPatch,
    next: &mut Task,
    before: Series,
    place: &Place,
    rule: Rule,
    faults: &mut Vec<Fault>,
) -> SeriesUpdate {
    // Without a date there is a fault already.
    let Some(due) = next.due else {
        return SeriesUpdate::Untouched;
    };
    let mut series = before.clone();
    put_template(patch, next, due, &mut series.template, faults);
    super::put(&patch.time_zone, &mut series.time_zone);
    if let Some(mode) = patch.recurrence_mode {
        series.mode = mode.unwrap_or_default();
    }
    super::put(&patch.exceptions, &mut series.exceptions);
    super::put(&patch.additions, &mut series.additions);
    series.rule = rule;
    let mut scheduled_for = place.scheduled_for;
    if patch.recurrence_rule.is_some() || patch.due_date.is_some() {
        if patch.recurrence_rule.is_none() {
            // What was counted stays counted.
            match before.index_of(place) {
                Ok(index) => series.rule = rule.after_dates(index.saturating_sub(1)),
                Err(error) => faults.push(Fault::new("/recurrence_rule", error.to_string())),
            }
        }
        begin_at(&mut series, patch, place.occurrence, due.date);
        scheduled_for = due.date;
    }
    if series == before {
        return SeriesUpdate::Untouched;
    }
    if (Series {
        template: before.template.clone(),
        ..series.clone()
    }) == before
    {
        return SeriesUpdate::Template(Box::new(series));
    }
    series.revise();
    let series = scheduled(series, faults);
    next.place = Some(series.place(place.occurrence, scheduled_for));
    SeriesUpdate::Revision(Box::new(series))
}

/// The rule begins anew with `occurrence`, at `start`. What was left out or added before it says nothing any more.
fn begin_at(series: &mut Series, patch: &TaskPatch, occurrence: u32, start: Civil) {
    series.start = start;
    series.first_occurrence = occurrence.cast_signed();
    series.rule_index = series.rule.count().map(|_| 1);
    series.last = None;
    let is_ahead = |date: &Civil| date.start() > start.start();
    if patch.exceptions.is_none() {
        series.exceptions.retain(is_ahead);
    }
    if patch.additions.is_none() {
        series.additions.retain(is_ahead);
    }
}

/// The series with its dates in order, and its last one found.
fn scheduled(mut series: Series, faults: &mut Vec<Fault>) -> Series {
    let Series {
        rule,
        mode,
        start,
        time_zone,
        ..
    } = series;
    match repetition::schedule(rule, mode, start, time_zone, &series.exceptions, &series.additions) {
        Ok(schedule) => {
            series.exceptions = schedule.exceptions().to_vec();
            series.additions = schedule.additions().to_vec();
            series.last = schedule.last();
        }
        Err(fault) => faults.push(fault),
    }
    series
}

fn put_template(patch: &TaskPatch, next: &Task, due: Due, template: &mut Template, faults: &mut Vec<Fault>) {
    super::put(&patch.title, &mut template.title);
    super::put(&patch.description, &mut template.description);
    super::put(&patch.priority, &mut template.priority);
    super::put(&patch.tags, &mut template.tags);
    if patch.reminders.is_some() {
        template.reminders = carried_over(patch, next, due, faults);
    }
}

/// The reminders of what follows, as their distances from due.
fn carried_over(patch: &TaskPatch, next: &Task, due: Due, faults: &mut Vec<Fault>) -> Vec<crate::Offset> {
    let given = patch.reminders.iter().flatten().map(|given| given.pointer.as_str());
    let pointers = given.chain(std::iter::repeat("/recurrence_rule"));
    let reminders = pointers.zip(next.reminders.iter().map(|reminder| reminder.trigger));
    repetition::carried_over(reminders, due, faults)
}
