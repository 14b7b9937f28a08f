"""Finding personal data in text: patterns, and the check digits that tell a number from a random one.

Every detector is a pattern for candidates and a test of each. They are asked one after the other: what one has found no
other looks at.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from ipaddress import ip_address
from typing import NamedTuple

NAME_OF_KIND = r"^[a-z][a-z0-9_]{0,30}$"
LONGEST = 320  # characters of a candidate that a test looks at
_KNOWN = "\n"  # in place of what was found


class CustomPattern(NamedTuple):
    """A pattern of a programme's own, under the name that its tokens carry."""

    name: str
    pattern: str


class Found(NamedTuple):
    """One stretch of a text, in code points, and what it is."""

    start: int
    end: int
    kind: str


class Detector(NamedTuple):
    """What a candidate looks like, and whether it is one."""

    pattern: re.Pattern[str]
    holds: Callable[[str], bool]


def luhn(digits: str) -> bool:
    """True where the last digit is the check digit of ISO/IEC 7812."""
    total = 0
    for n, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if n % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban(text: str) -> bool:
    """True for an account number of ISO 13616: the length of its country, and 1 modulo 97."""
    plain = re.sub(r"[ -]", "", text).upper()
    length = _IBAN_LENGTH.get(plain[:2])
    if length is None or len(plain) != length:
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def card(text: str) -> bool:
    """True for a payment card's number: 13 to 19 digits of a known scheme, with their check digit."""
    digits = re.sub(r"[ -]", "", text)
    return 13 <= len(digits) <= 19 and digits[0] in "23456" and len(set(digits)) > 1 and luhn(digits)


def ip(text: str) -> bool:
    """True for an address of version 4 or 6."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return sum(letter.isalnum() for letter in text) > 2


def phone(text: str) -> bool:
    """True for 9 to 15 digits written as a telephone number is, 8 where the country is said: dates have no more."""
    digits = re.sub(r"\D", "", text)
    return (8 if text[0] == "+" else 9) <= len(digits) <= 15 and len(set(digits)) > 2


def national_id(text: str) -> bool:
    """True for a number that a state gives a person: US, GB, FR, ES, IT, DE, each by its own rule."""
    plain = re.sub(r"[ .-]", "", text).upper()
    return any(check(plain, text) for check in (_us, _gb, _fr, _es, _it, _de))


def find(text: str, kinds: Sequence[str], custom: Sequence[CustomPattern] = ()) -> list[Found]:
    """The personal data in a text, in order, apart. A programme's own patterns come before the detectors."""
    found: list[Found] = []
    left = text
    for name, stretches in (
        *((own.name, partial(_matches, _compiled(own.pattern))) for own in custom),
        *((name, partial(_stretches, DETECTORS[name])) for name in kinds),
    ):
        new = [Found(start, end, name) for start, end in stretches(left)]
        found += new
        if new:
            left = _without(left, new)
    return sorted(found)


def _without(text: str, found: Sequence[Found]) -> str:
    """A text as long, in which what is known hides nothing that begins or ends beside it."""
    out, at = [], 0
    for one in found:
        out += [text[at : one.start], _KNOWN * (one.end - one.start)]
        at = one.end
    return "".join([*out, text[at:]])


def whole(text: str, value: str, kind: str) -> Iterator[Found]:
    """Every place of a text where a value stands on its own, such as a name that a column told."""
    for hit in re.finditer(rf"(?<!\w){re.escape(value)}(?!\w)", text):
        yield Found(hit.start(), hit.end(), kind)


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    return ((hit.start(), hit.end()) for hit in pattern.finditer(text) if hit.end() > hit.start())


def _stretches(detector: Detector, text: str) -> Iterator[tuple[int, int]]:
    """What holds from every place on where a candidate begins; one that is too long is cut at its separators."""
    at = 0
    while hit := detector.pattern.search(text, at):
        start, said = hit.start(), hit.group()
        while said and not (len(said) <= LONGEST and detector.holds(said)):
            cut = max(said.rfind(mark) for mark in " ./-")
            said = said[:cut].rstrip(" ./-") if cut > 0 else ""
        if said:
            yield start, start + len(said)
        at = start + len(said) if said else start + 1


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _us(plain: str, text: str) -> bool:
    """Social security number: area, group and serial apart, none of them one that is never given out."""
    if not re.fullmatch(r"\d{3}-\d{2}-\d{4}", text):
        return False
    area, group, serial = plain[:3], plain[3:5], plain[5:]
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def _gb(plain: str, text: str) -> bool:
    """National insurance number."""
    return bool(re.fullmatch(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]", plain))


def _fr(plain: str, text: str) -> bool:
    """Numero de securite sociale: 13 digits and the key 97 minus their remainder."""
    if not re.fullmatch(r"[12]\d{5}[\dAB]\d{8}", plain):
        return False
    digits = plain.replace("A", "0").replace("B", "0")
    number = int(digits[:13]) - (1_000_000 if "A" in plain else 2_000_000 if "B" in plain else 0)
    return 97 - number % 97 == int(plain[13:])


def _es(plain: str, text: str) -> bool:
    """DNI and NIE: the letter is the number modulo 23."""
    if not re.fullmatch(r"[XYZ]?\d{7,8}[A-Z]", plain) or len(plain) != 9:
        return False
    number = plain[:-1].translate(str.maketrans("XYZ", "012"))
    return plain[-1] == "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23]


def _it(plain: str, text: str) -> bool:
    """Codice fiscale: the last letter counts the odd and the even places."""
    if not re.fullmatch(r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-EHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]", plain):
        return False
    odd = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
    total = 0
    for n, letter in enumerate(plain[:15]):
        value = int(letter) if letter.isdigit() else ord(letter) - 65
        total += odd[value] if n % 2 == 0 else value
    return plain[15] == chr(65 + total % 26)


def _de(plain: str, text: str) -> bool:
    """Steuer-ID: ten digits of which exactly one comes twice or three times, and the check digit of ISO 7064."""
    if not re.fullmatch(r"[1-9]\d{10}", plain):
        return False
    counts = sorted((plain[:10].count(digit) for digit in set(plain[:10])), reverse=True)
    if counts[0] not in (2, 3) or counts[1] > 1:
        return False
    product = 10
    for digit in plain[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(plain[10])


_LENGTHS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 "
    "ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 "
    "LB28 LC32 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 "
    "RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 "
)
_IBAN_LENGTH: dict[str, int] = {part[:2]: int(part[2:]) for part in _LENGTHS.split()}
_IBANS = "|".join(
    rf"{country}\d\d(?:[ -]?[A-Z0-9]){{{length - 4}}}" for country, length in sorted(_IBAN_LENGTH.items())
)
_PHONES = (
    r"(?:\+|00)[1-9]\d{0,2}[ ./-]?(?:\(\d{1,5}\)[ ./-]?)?\d{1,14}(?:[ ./-]\d{1,10}){0,6}"
    r"|\(?0\d{1,5}\)?[ /-]\d{2,10}(?:[ /-]\d{1,10}){0,5}"
    r"|0[1-9]\d{7,12}"
    r"|\(?[2-9]\d\d\)?[ .-][2-9]\d\d[ .-]\d{4}"
)
_NATIONAL = (
    r"\d{3}-\d\d-\d{4}"
    r"|[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]"
    r"|[12] ?\d\d ?\d\d ?\d[\dAB] ?\d{3} ?\d{3} ?\d\d"
    r"|(?:\d{8}|[XYZ]-?\d{7})-?[A-Z]"
    r"|[A-Z]{6}[0-9A-Z]{2}[A-Z][0-9A-Z]{2}[A-Z][0-9A-Z]{3}[A-Z]"
    r"|\d\d ?\d{3} ?\d{3} ?\d{3}"
)
DETECTORS: dict[str, Detector] = {  # every repetition is bounded, and begins where no longer one could
    "email": Detector(
        re.compile(r"(?<![\w.%+'-])[\w.%+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])"), lambda _: True
    ),
    "iban": Detector(re.compile(rf"(?<![A-Za-z0-9])(?:{_IBANS})(?![A-Za-z0-9])", re.IGNORECASE), iban),
    "card": Detector(re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)"), card),
    "national_id": Detector(re.compile(rf"(?<![\w-])(?:{_NATIONAL})(?![\w-])", re.IGNORECASE), national_id),
    "phone": Detector(re.compile(rf"(?<![\w.+])(?:{_PHONES})(?!\w)"), phone),
    "ip": Detector(
        re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4})(?![\w:]|\.\d)"),
        ip,
    ),
}
"""By name, in the order of their rank."""
