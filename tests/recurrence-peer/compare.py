"""Compares the recurrence engine with python-dateutil over random rules (pip install python-dateutil==2.9.0.post0).

    compare.py PROGRAM [RULES [SEED]]

PROGRAM is target/…/recurrence-peer. Exits with 1 on a difference that is not a known deviation of dateutil's.
"""

import collections
import datetime
import itertools
import random
import signal
import subprocess
import sys

import dateutil
from dateutil.rrule import rrulestr

VERSION = "2.9.0.post0"
MOST = 12
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
FREQUENCIES = ["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
# Seconds: dateutil looks for what hardly ever comes unit by unit.
PATIENCE = 0.1
# How far a rule reaches.
REACH = {
    "SECONDLY": datetime.timedelta(hours=3),
    "MINUTELY": datetime.timedelta(days=3),
    "HOURLY": datetime.timedelta(days=60),
    "DAILY": datetime.timedelta(days=900),
    "WEEKLY": datetime.timedelta(days=1500),
    "MONTHLY": datetime.timedelta(days=3000),
    "YEARLY": datetime.timedelta(days=12000),
}


def place(most):
    """Places near both ends of so many, and sometimes any."""
    near = min(most, 4)
    number = random.choice([random.randint(1, near), random.randint(most - near + 1, most), random.randint(1, most)])
    return random.choice([number, -number])


def items(probability, most, item):
    """Up to so many different items, or none."""
    if random.random() >= probability:
        return []
    return list(dict.fromkeys(item() for _ in range(random.randint(1, most))))


def weekday(most):
    number = random.choice([0, 0, place(5), place(most)]) if most else 0
    return f"{number or ''}{random.choice(WEEKDAYS)}"


def random_parts():
    """The parts of a rule, as RFC 5545 §3.3.10 lets them stand together."""
    frequency = random.choice(FREQUENCIES)
    level = FREQUENCIES.index(frequency)
    lists = {"BYMONTH": items(0.25, 4, lambda: random.randint(1, 12))}
    if frequency == "YEARLY":
        lists["BYWEEKNO"] = items(0.25, 4, lambda: place(53))
    if frequency == "YEARLY" or level < 3:
        lists["BYYEARDAY"] = items(0.15, 6, lambda: place(366))
    if frequency != "WEEKLY":
        lists["BYMONTHDAY"] = items(0.3, 6, lambda: place(31))
    # A place beyond the fifth in a month makes dateutil fail with an IndexError.
    most = 53 if frequency == "YEARLY" and not lists["BYMONTH"] else 5
    most = 0 if level < 5 or lists.get("BYWEEKNO") else most
    lists["BYDAY"] = items(0.4, 4, lambda: weekday(most))
    lists["BYHOUR"] = items(0.2, 3, lambda: random.randint(0, 23))
    lists["BYMINUTE"] = items(0.15, 3, lambda: random.randint(0, 59))
    lists["BYSECOND"] = items(0.15, 3, lambda: random.randint(0, 59))
    if any(lists.values()):
        # Below days a set has as many members as there are times in the unit, mostly one.
        lists["BYSETPOS"] = items(0.25, 3, lambda: place(random.choice([4, 4, 4, 366]) if level >= 3 else 1))
    parts = {"FREQ": frequency}
    if random.random() < 0.5:
        parts["INTERVAL"] = random.choice([random.randint(2, 6), random.randint(7, 60), random.randint(61, 1000)])
    if random.random() < 0.4:
        parts["WKST"] = random.choice(WEEKDAYS)
    parts.update({name: ",".join(map(str, values)) for name, values in lists.items() if values})
    return parts


def random_start():
    year = random.choice([random.randint(1990, 2040), random.randint(1900, 2200)])
    turn = datetime.datetime(year, 12, 22) + datetime.timedelta(days=random.randint(0, 20))
    anywhere = datetime.datetime(year, 1, 1) + datetime.timedelta(days=random.randint(0, 364))
    late = datetime.datetime(year, random.randint(1, 12), 28) + datetime.timedelta(days=random.randint(0, 3))
    seconds = random.choice([0, 3600 * random.randint(0, 23), random.randint(0, 86399)])
    return random.choice([turn, anywhere, late]) + datetime.timedelta(seconds=seconds)


def text_of(parts):
    return ";".join(f"{name}={value}" for name, value in parts.items())


def places_of(parts, name):
    return [int(value) for value in parts.get(name, "").split(",") if value]


def names_days(parts):
    return any(name in parts for name in ["BYYEARDAY", "BYMONTHDAY", "BYDAY"])


def translated(parts, start):
    """The same rule and start for dateutil, where it needs said what the RFC has it take from the start."""
    parts = dict(parts)
    if not names_days(parts) and (parts["FREQ"] == "WEEKLY" or "BYWEEKNO" in parts):
        # "Information, not contained in the rule, necessary to determine the various recurrence instance start time and
        # dates are derived from the Start Time ("DTSTART") component attribute." dateutil gives all days of the week.
        parts["BYDAY"] = WEEKDAYS[start.weekday()]
    begin = start
    if parts["FREQ"] == "WEEKLY" and "BYSETPOS" in parts:
        # "A set of recurrence instances starts at the beginning of the interval defined by the FREQ rule part."
        # dateutil's first week begins with the start.
        parts.setdefault("BYHOUR", start.hour)
        parts.setdefault("BYMINUTE", start.minute)
        parts.setdefault("BYSECOND", start.second)
        first = WEEKDAYS.index(parts.get("WKST", "MO"))
        back = datetime.timedelta(days=(start.weekday() - first) % 7)
        begin = datetime.datetime.combine(start.date() - back, datetime.time())
    return parts, begin


def peer_dates(parts, start):
    """dateutil's dates, after the start: "The "DTSTART" property value always counts as the first occurrence", and for
    dateutil only where it matches the rule."""
    parts, begin = translated(parts, start)
    # dateutil looks at UNTIL only when it has found a date.
    datetime.MAXYEAR = int(parts["UNTIL"][:4])
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        rule = rrulestr(text_of(parts), dtstart=begin)
        return list(itertools.islice((date for date in rule if date > start), MOST - 1))
    except ValueError as error:
        # It sees by itself that interval and parts never meet.
        if "empty set" in str(error) or "empty rule" in str(error):
            return []
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def out_of_patience(*_):
    raise TimeoutError


def off_edges(dates, other):
    """The dates away from the turn of a year, as far as the other list reaches."""
    until = other[-1] if len(other) == MOST else "9999"
    return [date for date in dates if date <= until and not "12-28" < date[5:10] and not date[5:10] < "01-04"]


def deviation(parts, given, expected):
    """Why dateutil differs from the RFC on such a rule, or nothing."""
    weekdays = parts.get("BYDAY", "").split(",")
    if len({len(day) > 2 for day in weekdays}) > 1:
        # "The BYDAY rule part specifies a COMMA-separated list of days of the week", each of which may have a place:
        # dateutil wants a day to be both among those with a place and among those without.
        return "BYDAY with and without places"
    if "BYWEEKNO" not in parts:
        return None
    if "INTERVAL" in parts or "BYSETPOS" in parts:
        # "Week number one of the calendar year is the first week that contains at least four (4) days in that calendar
        # year", so that its days may stand in the year before; to dateutil these are of the other year's set and
        # interval.
        return "BYWEEKNO by years of whole weeks"
    is_last = any(abs(week) > 51 for week in places_of(parts, "BYWEEKNO"))
    if is_last and off_edges(given, expected) == off_edges(expected, given):
        # "Valid values are 1 to 53 or -53 to -1": of the days in another calendar year than their week's, dateutil
        # knows weeks 1 and -1 only. It takes the length of the year before for this one's to tell week 52 from week 53,
        # and never finds week -52 or -53 there.
        return "BYWEEKNO at the turn of a year"
    return None


def engine_dates(program, questions):
    lines = "".join(f"{text_of(parts)}\t{start.isoformat()}\t{MOST}\n" for parts, start in questions)
    answers = subprocess.run([program], input=lines, capture_output=True, text=True, check=True).stdout
    return answers.splitlines()


def main():
    program, *rest = sys.argv[1:]
    rules = int(rest[0]) if rest else 100_000
    seed = int(rest[1]) if len(rest) > 1 else random.randrange(2**32)
    if dateutil.__version__ != VERSION:
        sys.exit(f"dateutil is {dateutil.__version__}; run: pip install python-dateutil=={VERSION}")
    print(f"{rules} rules, seed {seed}", flush=True)
    random.seed(seed)
    signal.signal(signal.SIGALRM, out_of_patience)
    questions = []
    for _ in range(rules):
        parts, start = random_parts(), random_start()
        parts["UNTIL"] = (start + REACH[parts["FREQ"]]).strftime("%Y%m%dT%H%M%S")
        questions.append((parts, start))
    counts, dates = collections.Counter(), 0
    for (parts, start), answer in zip(questions, engine_dates(program, questions), strict=True):
        try:
            expected = [date.isoformat() for date in [start, *peer_dates(parts, start)]]
        except TimeoutError:
            counts["not compared: dateutil takes too long"] += 1
            continue
        dates += len(expected) - 1
        given = answer.split()
        if given == expected:
            counts["the same"] += 1
        elif reason := deviation(parts, given, expected):
            counts[f"known: {reason}"] += 1
        else:
            counts["DIFFERENT"] += 1
            if counts["DIFFERENT"] <= 10:
                print(f"{text_of(parts)} from {start.isoformat()}\n  here     {answer}\n  dateutil {' '.join(expected)}")
    print(f"{dates} dates after their starts")
    for outcome, count in counts.most_common():
        print(f"{count:8} {outcome}")
    sys.exit(1 if counts["DIFFERENT"] else 0)


if __name__ == "__main__":
    main()
