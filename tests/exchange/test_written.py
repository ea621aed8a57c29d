"""IRIs, UUIDs, languages, durations and times as the standards write them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.exchange import written
from polku.records.reasons import RefusedValueError

CASES: dict[str, tuple[str, list[str], list[str]]] = {
    "iri": (
        written.IRI,
        ["https://x.fi/a?b=c#d", "urn:uuid:1", "mailto:a@x.fi", "https://ä.fi/ö", "a+b.c-1:x"],
        ["", "x", "x:", ":x", "ab=c://x", "https://a b", "https://x.fi/<a>", "https://x\\y", "1a:b", "https://x\n"],
    ),
    "uuid": (
        written.UUID,
        ["8ff6b88f-430f-4c72-9e3a-7d895740e555", "AA97B177-9383-4934-8543-0F91A7A02836"],
        [
            "8ff6b88f430f4c729e3a7d895740e555",
            "MA97B177-9383-4934-8543-0F91A7A02836",
            "{8ff6b88f-430f-4c72-9e3a-7d895740e555}",
        ],
    ),
    "mailto": (written.MAILTO, ["mailto:a@x.fi"], ["a@x.fi", "mailto:", "mailto:a", "mailto:a@x fi", "MAILTO:a@x.fi"]),
    "language": (
        written.LANGUAGE,
        ["fi", "sv-FI", "en-US", "zh-Hant-TW", "de-419", "sl-nedis", "x-own", "i-klingon", "en-a-bbb", "smn", "und"],
        ["", "f", "de-419-DE", "a12345", "a12345678", "fi_FI", "fi-", "-fi", "en-a", "ab-cde-fgh-ijk-lmn-op"],
    ),
    "duration": (
        written.DURATION,
        ["PT1H0M0S", "P3Y1M29DT4H35M59.14S", "P4W", "PT16559.14S", "P1D", "PT0S", "P0.5D"],
        ["", "P", "PT", "P1DT", "PA1H", "1H", "PT1H0M0", "P1S", "PT1D", "P1W2D", "PT-1S", "pt1s"],
    ),
    "timestamp": (
        written.TIMESTAMP,
        [
            *("2026-03-05T09:12:33Z", "2026-03-05T09:12:33.123456789+02:00", "20260305T091233Z", "2026-03-05"),
            *("2026-03-05T09:12Z", "2026-03-05T09:12:33", "2026-03-05T09:12:33-05"),
        ],
        [
            *("", "05/03/2026", "2026-13-05T09:12:33Z", "2026-03-05T25:12:33Z", "2026-03-05 09:12:33Z", "2026-3-5"),
            *("2026-03-05T09:12:33-00:00", "2026-03-05T09:12:33-0000", "2026-03-05T09:12:33-00", "now"),
        ],
    ),
    "media type": (written.MEDIA_TYPE, ["text/plain", "text/plain; charset=ascii"], ["text", "should fail", "/plain"]),
    "sha2": (written.SHA2, ["0" * 64, "a" * 128], ["0" * 63, "g" * 64, ""]),
}


@pytest.mark.parametrize(("pattern", "good", "bad"), CASES.values(), ids=CASES)
def test_what_is_written_as_it_should_and_what_is_not(pattern: str, good: list[str], bad: list[str]) -> None:
    fits = re.compile(pattern).fullmatch
    assert [one for one in good if not fits(one)] == []
    assert [one for one in bad if fits(one)] == []


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("PT5S", 5), ("PT1M30.5S", 90.5), ("PT1H", 3600), ("P1DT1S", 86_401), ("P2W", 1_209_600), ("PT0,5S", 0.5)],
)
def test_durations_have_a_length_in_seconds(duration: str, seconds: float) -> None:
    assert written.seconds_of(duration) == seconds


@pytest.mark.parametrize("duration", ["P1Y", "P1M", "P1Y1D", "nonsense"])
def test_months_and_years_have_none(duration: str) -> None:
    assert written.seconds_of(duration) is None


def test_a_time_without_a_zone_is_read_as_utc_and_said_to_be() -> None:
    assert written.instant_of("1970-01-01T00:00:01") == (1_000_000, False)
    assert written.instant_of("1970-01-01T00:00:01Z") == (1_000_000, True)
    assert written.instant_of("1970-01-02") == (86_400_000_000, False)
    assert written.instant_of("19700101T020001+0200") == (1_000_000, True)


@pytest.mark.parametrize("text", ["2026-02-30T00:00:00Z", "2026-03-05T09:12:33+29:00", "0000-01-01T00:00:00Z"])
def test_a_time_that_there_is_not_is_refused(text: str) -> None:
    with pytest.raises(RefusedValueError, match=r"bad_time|out_of_range"):
        written.instant_of(text)


FIRST, LAST = dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1)  # noqa: DTZ001 - hypothesis adds the zones itself


@given(st.datetimes(FIRST, LAST, timezones=st.timezones()))
def test_every_way_of_writing_a_moment_is_the_same_moment(moment: dt.datetime) -> None:
    moment = moment.astimezone(dt.UTC)
    expected = (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)
    east = moment.astimezone(dt.timezone(dt.timedelta(hours=2)))
    for text in (moment.isoformat(), moment.isoformat().replace("+00:00", "Z"), east.isoformat()):
        assert re.fullmatch(written.TIMESTAMP, text)
        assert written.instant_of(text) == (expected, True)
