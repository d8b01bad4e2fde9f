//! RFC 7529's examples for the Gregorian calendar, and the dates that libical, which its authors tried their words on,
//! gives for SKIP.

use super::hold_at;

#[test]
fn days_that_a_month_does_not_have_are_moved_as_skip_says() {
    hold_at(
        "",
        &[
            (
                "RSCALE=GREGORIAN;FREQ=YEARLY;COUNT=4",
                "2012 Feb 29 2016 Feb 29 2020 Feb 29 2024 Feb 29",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD",
                "2012 Feb 29 2013 Mar 1 2014 Mar 1 2015 Mar 1 2016 Feb 29 …",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD",
                "2012 Feb 29 2013 Feb 28 2014 Feb 28 2015 Feb 28 2016 Feb 29 …",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=4",
                "2014 Jan 31 Feb 28 Mar 31 Apr 30",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;COUNT=4",
                "2014 Jan 31 Mar 1 31 May 1",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;SKIP=FORWARD",
                "2015 Feb 28 Mar 1 2016 Feb 28 29 2017 Feb 28 Mar 1 …",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=MONTHLY;INTERVAL=3;SKIP=FORWARD;COUNT=4",
                "2014 Jan 31 May 1 Jul 31 Oct 31",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;COUNT=12;SKIP=FORWARD",
                "2015 Jan 31 Mar 1 31 May 1 31 Jul 1 31 Aug 31 Oct 1 31 Dec 1 31",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;COUNT=12;SKIP=BACKWARD",
                "2015 Jan 31 Feb 28 Mar 31 Apr 30 May 31 Jun 30 Jul 31 Aug 31 Sep 30 Oct 31 Nov 30 Dec 31",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=-31;COUNT=12;SKIP=FORWARD",
                "2015 Jan 1 Feb 1 Mar 1 Apr 1 May 1 Jun 1 Jul 1 Aug 1 Sep 1 Oct 1 Nov 1 Dec 1",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=-31;COUNT=12;SKIP=BACKWARD",
                "2015 Jan 1 31 Mar 1 31 May 1 31 Jul 1 Aug 1 31 Oct 1 31 Dec 1",
            ),
        ],
    );
}

#[test]
fn days_that_a_year_does_not_have_are_moved_as_skip_says() {
    hold_at(
        "",
        &[
            (
                "RSCALE=GREGORIAN;FREQ=YEARLY;BYYEARDAY=366;SKIP=FORWARD;COUNT=5",
                "2012 Dec 31 2014 Jan 1 2015 Jan 1 2016 Jan 1 Dec 31",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=YEARLY;BYYEARDAY=366;SKIP=BACKWARD;COUNT=5",
                "2012 Dec 31 2013 Dec 31 2014 Dec 31 2015 Dec 31 2016 Dec 31",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=YEARLY;BYYEARDAY=-366;SKIP=FORWARD;COUNT=5",
                "2012 Jan 1 2013 Jan 1 2014 Jan 1 2015 Jan 1 2016 Jan 1",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=YEARLY;BYYEARDAY=-366;SKIP=BACKWARD;COUNT=5",
                "2012 Jan 1 Dec 31 2013 Dec 31 2014 Dec 31 2016 Jan 1",
            ),
        ],
    );
}
