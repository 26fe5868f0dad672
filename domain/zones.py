"""Time zones as people look for them: by part of the world, and by the city they live in or near.

The names are those of the tz database (IANA). Of each zone only the name in use today is offered; retired and
doubled ones (`zone.tab` leaves them out) still find it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache
from operator import eq
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

if TYPE_CHECKING:
    from collections.abc import Iterable

AREAS = (
    "Europe",
    "America",
    "Asia",
    "Africa",
    "Australia",
    "Pacific",
    "Atlantic",
    "Indian",
    "Arctic",
    "Antarctica",
)
"""The first half of a zone's name."""

UTC = "UTC"

FOUND = 8
"""How many zones a search gives at most."""

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


@cache
def names() -> tuple[str, ...]:
    """Every zone that is offered, in order of name; UTC is not among them."""
    offered = {
        name for name in available_timezones() if name.partition("/")[0] in AREAS and "/" in name
    } - RETIRED.keys()
    return tuple(sorted(offered))


def cities(area: str) -> tuple[str, ...]:
    """The names of an area's zones; empty for what is no area."""
    return tuple(name for name in names() if name.startswith(f"{area}/"))


def city(name: str) -> str:
    """What the tz database calls a zone's city: `America/Argentina/Buenos_Aires` is `Buenos Aires`."""
    return name.rpartition("/")[2].replace("_", " ")


def words(name: str) -> tuple[str, str]:
    """A name as two words of `a-z0-9_`, the area and the rest; `by_words` reads them."""
    area, _, rest = name.partition("/")
    return area.lower(), re.sub("[^a-z0-9]+", "_", (rest or name).lower())


def by_words(area: str, rest: str) -> str | None:
    """The name behind two words, a retired one too; None where there is none."""
    return _by_words().get((area, rest))


@cache
def _by_words() -> dict[tuple[str, str], str]:
    known = available_timezones()
    return {words(name): name for name in (UTC, *names(), *RETIRED) if name in known}


def likely(language: str | None) -> tuple[str, ...]:
    """Zones to offer first to who speaks a language (an IETF tag); English speakers' for an unknown one."""
    tag = (language or "").replace("_", "-").lower()
    return LIKELY.get(tag) or LIKELY.get(tag.partition("-")[0]) or LIKELY["en"]


def find(query: str, spoken: Iterable[tuple[str, str]] = ()) -> tuple[str, ...]:
    """The zones somebody may mean by a city, the likeliest first, at most `FOUND`.

    Accents, case and signs do not matter. A city that is called so goes before those that begin so, and these
    before those that have a word that begins so. `spoken` are further pairs of a city's name and its zone.
    """
    for wanted in dict.fromkeys((_folded(query), _folded(query.partition(",")[0]))):
        if not wanted:
            continue
        if wanted in {"utc", "gmt", "z"}:
            return (UTC,)
        known = [*_known(), *((_folded(called), name) for called, name in spoken)]
        for matches in (eq, str.startswith, _has_word):
            found = dict.fromkeys(name for called, name in known if matches(called, wanted))
            if found:
                return tuple(found)[:FOUND]
    return ()


def _has_word(called: str, wanted: str) -> bool:
    return f" {wanted}" in called


@cache
def _known() -> tuple[tuple[str, str], ...]:
    """Folded names of cities and of whole zones, with the zone."""
    called: defaultdict[str, list[str]] = defaultdict(list)
    for name in names():
        called[name] += [city(name), name]
    for old, name in RETIRED.items():
        called[name] += [city(old), old]
    for name, others in ALSO.items():
        called[name] += others.split(", ")
    return tuple((_folded(word), name) for name in names() for word in called[name])


def _folded(text: str) -> str:
    """Small letters without accents, single spaces for everything that is no letter or digit."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    letters = (char for char in plain if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() else " " for char in letters).split())


LIKELY: dict[str, tuple[str, ...]] = {
    "ar": ("Africa/Cairo", "Asia/Riyadh", "Asia/Dubai", "Africa/Casablanca"),
    "cs": ("Europe/Prague",),
    "da": ("Europe/Copenhagen",),
    "de": ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich"),
    "el": ("Europe/Athens", "Asia/Nicosia"),
    "en": ("Europe/London", "America/New_York", "America/Los_Angeles", "Australia/Sydney"),
    "en-gb": ("Europe/London", "Europe/Dublin"),
    "en-us": ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    "es": ("Europe/Madrid", "America/Mexico_City", "America/Bogota", "America/Argentina/Buenos_Aires"),
    "fa": ("Asia/Tehran", "Asia/Kabul"),
    "fi": ("Europe/Helsinki",),
    "fr": ("Europe/Paris", "Europe/Brussels", "Europe/Zurich", "America/Toronto"),
    "he": ("Asia/Jerusalem",),
    "hi": ("Asia/Kolkata",),
    "hu": ("Europe/Budapest",),
    "id": ("Asia/Jakarta", "Asia/Makassar"),
    "it": ("Europe/Rome", "Europe/Zurich"),
    "ja": ("Asia/Tokyo",),
    "ko": ("Asia/Seoul",),
    "nb": ("Europe/Oslo",),
    "nl": ("Europe/Amsterdam", "Europe/Brussels"),
    "no": ("Europe/Oslo",),
    "pl": ("Europe/Warsaw",),
    "pt": ("America/Sao_Paulo", "Europe/Lisbon"),
    "pt-pt": ("Europe/Lisbon", "Atlantic/Madeira", "Atlantic/Azores"),
    "ro": ("Europe/Bucharest", "Europe/Chisinau"),
    "ru": ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Asia/Almaty"),
    "sv": ("Europe/Stockholm", "Europe/Helsinki"),
    "th": ("Asia/Bangkok",),
    "tr": ("Europe/Istanbul",),
    "uk": ("Europe/Kyiv",),
    "vi": ("Asia/Ho_Chi_Minh",),
    "zh": ("Asia/Shanghai", "Asia/Taipei", "Asia/Hong_Kong", "Asia/Singapore"),
}
"""Where the speakers of a language mostly live; a tag with a country goes before its language alone."""

ALSO: dict[str, str] = {
    "Africa/Algiers": "Oran",
    "Africa/Cairo": "Alexandria, Giza",
    "Africa/Casablanca": "Marrakesh, Marrakech, Rabat, Fez",
    "Africa/Dar_es_Salaam": "Dodoma, Zanzibar",
    "Africa/Johannesburg": "Cape Town, Durban, Pretoria, Kapstadt",
    "Africa/Lagos": "Abuja, Kano",
    "Africa/Nairobi": "Mombasa",
    "America/Anchorage": "Alaska",
    "America/Bahia": "Salvador",
    "America/Bogota": "Medellín, Cali, Cartagena",
    "America/Chicago": "Houston, Dallas, Austin, San Antonio, New Orleans, Minneapolis, St Louis, "
    "Saint Louis, Milwaukee, Nashville, Memphis, Kansas City, Oklahoma City, Omaha, Madison, "
    "Central Time",
    "America/Denver": "Salt Lake City, Albuquerque, Colorado Springs, Mountain Time",
    "America/Edmonton": "Calgary",
    "America/Guayaquil": "Quito",
    "America/Halifax": "Nova Scotia",
    "America/La_Paz": "Santa Cruz de la Sierra",
    "America/Los_Angeles": "San Francisco, Seattle, San Diego, Portland, Las Vegas, Oakland, Sacramento, "
    "San Jose, San José, Silicon Valley, Hollywood, Pacific Time",
    "America/Mexico_City": "Guadalajara, Puebla, CDMX, Ciudad de México",
    "America/Montevideo": "Uruguay",
    "America/New_York": "NYC, Boston, Washington, Washington DC, Philadelphia, Miami, Atlanta, "
    "Pittsburgh, Brooklyn, Baltimore, Cleveland, Columbus, Cincinnati, Charlotte, Orlando, Tampa, "
    "Buffalo, Eastern Time",
    "America/Phoenix": "Tucson, Arizona",
    "America/Sao_Paulo": "Rio de Janeiro, Rio, Brasília, Belo Horizonte, Curitiba, Porto Alegre, "
    "Florianópolis",
    "America/Toronto": "Ottawa, Québec, Quebec City, Hamilton Ontario",
    "America/Vancouver": "Victoria BC",
    "America/Winnipeg": "Manitoba",
    "Asia/Almaty": "Astana",
    "Asia/Bangkok": "Chiang Mai, Phuket",
    "Asia/Dubai": "Abu Dhabi, Sharjah",
    "Asia/Ho_Chi_Minh": "Hanoi, Hà Nội, Da Nang, Ho Chi Minh City",
    "Asia/Jakarta": "Bandung, Surabaya, Yogyakarta",
    "Asia/Jerusalem": "Haifa",
    "Asia/Karachi": "Lahore, Islamabad",
    "Asia/Kathmandu": "Nepal",
    "Asia/Kolkata": "Mumbai, Bombay, Delhi, New Delhi, Bangalore, Bengaluru, Chennai, Madras, Hyderabad, "
    "Pune, Ahmedabad, Jaipur, Kochi, Goa, India",
    "Asia/Kuala_Lumpur": "Penang, Johor Bahru",
    "Asia/Makassar": "Bali, Denpasar",
    "Asia/Manila": "Quezon City, Cebu",
    "Asia/Riyadh": "Jeddah, Mecca",
    "Asia/Seoul": "Busan, Incheon",
    "Asia/Shanghai": "Beijing, Peking, Shenzhen, Guangzhou, Chengdu, Wuhan, Hangzhou, Nanjing, Xi'an, Suzhou",
    "Asia/Taipei": "Kaohsiung, Taichung",
    "Asia/Tashkent": "Toshkent",
    "Asia/Tokyo": "Osaka, Kyoto, Yokohama, Sapporo, Nagoya, Kobe, Fukuoka, Hiroshima",
    "Atlantic/Canary": "Tenerife, Las Palmas, Gran Canaria",
    "Atlantic/Reykjavik": "Iceland",
    "Australia/Brisbane": "Gold Coast, Cairns",
    "Australia/Melbourne": "Geelong",
    "Australia/Sydney": "Newcastle NSW, Wollongong",
    "Europe/Amsterdam": "Rotterdam, The Hague, Den Haag, Utrecht, Eindhoven, Groningen",
    "Europe/Athens": "Thessaloniki, Piraeus, Athen",
    "Europe/Berlin": "Munich, München, Muenchen, Hamburg, Cologne, Köln, Koeln, Frankfurt, Stuttgart, "
    "Düsseldorf, Duesseldorf, Leipzig, Dresden, Hanover, Hannover, Nuremberg, Nürnberg, Bremen, "
    "Dortmund, Essen, Bonn, Freiburg, Heidelberg, Karlsruhe, Mannheim, Augsburg, Münster, Kiel, Mainz, "
    "Potsdam, Deutschland, Germany",
    "Europe/Brussels": "Antwerp, Antwerpen, Ghent, Gent, Bruges, Liège, Bruxelles, Brüssel",
    "Europe/Bucharest": "Cluj, Timișoara, București",
    "Europe/Budapest": "Debrecen",
    "Europe/Copenhagen": "Aarhus, Odense, København, Kopenhagen",
    "Europe/Dublin": "Cork, Galway",
    "Europe/Helsinki": "Tampere, Turku, Espoo",
    "Europe/Istanbul": "Ankara, Izmir, İzmir, Antalya",
    "Europe/Kyiv": "Kiew, Lviv, Odesa, Kharkiv, Dnipro",
    "Europe/Lisbon": "Porto, Lisboa, Lissabon, Coimbra",
    "Europe/London": "Manchester, Birmingham, Edinburgh, Glasgow, Liverpool, Bristol, Leeds, Cardiff, "
    "Oxford, Cambridge, Sheffield, Brighton, England, Scotland, Wales, UK",
    "Europe/Luxembourg": "Luxemburg",
    "Europe/Madrid": "Barcelona, Valencia, Seville, Sevilla, Bilbao, Málaga, Zaragoza, Palma",
    "Europe/Moscow": "Saint Petersburg, St Petersburg, Sankt Petersburg, Moskau, Moskva",
    "Europe/Oslo": "Bergen, Trondheim, Stavanger, Ålesund",
    "Europe/Paris": "Lyon, Marseille, Toulouse, Bordeaux, Nice, Lille, Strasbourg, Straßburg, Nantes",
    "Europe/Prague": "Brno, Praha, Prag",
    "Europe/Rome": "Milan, Milano, Naples, Napoli, Turin, Torino, Florence, Firenze, Venice, Venezia, "
    "Bologna, Palermo, Genoa, Genova, Roma, Rom, Mailand, Neapel, Florenz, Venedig",
    "Europe/Stockholm": "Gothenburg, Göteborg, Malmö, Uppsala",
    "Europe/Vienna": "Graz, Linz, Salzburg, Innsbruck, Klagenfurt, Bregenz, Wien, Österreich, Austria",
    "Europe/Warsaw": "Kraków, Cracow, Krakau, Gdańsk, Wrocław, Poznań, Łódź, Katowice, Warszawa, Warschau",
    "Europe/Zurich": "Geneva, Genève, Genf, Basel, Bern, Berne, Lausanne, Lucerne, Luzern, Winterthur, "
    "St Gallen, Schweiz, Switzerland",
    "Pacific/Auckland": "Wellington, Christchurch, Dunedin, New Zealand",
    "Pacific/Honolulu": "Hawaii, Maui",
}
"""Cities, and some parts of the world, that have no zone of their own name."""

RETIRED: dict[str, str] = {
    "Africa/Asmera": "Africa/Asmara",
    "Africa/Timbuktu": "Africa/Bamako",
    "America/Argentina/ComodRivadavia": "America/Argentina/Catamarca",
    "America/Atka": "America/Adak",
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Catamarca": "America/Argentina/Catamarca",
    "America/Coral_Harbour": "America/Atikokan",
    "America/Cordoba": "America/Argentina/Cordoba",
    "America/Ensenada": "America/Tijuana",
    "America/Fort_Wayne": "America/Indiana/Indianapolis",
    "America/Godthab": "America/Nuuk",
    "America/Indianapolis": "America/Indiana/Indianapolis",
    "America/Jujuy": "America/Argentina/Jujuy",
    "America/Knox_IN": "America/Indiana/Knox",
    "America/Louisville": "America/Kentucky/Louisville",
    "America/Mendoza": "America/Argentina/Mendoza",
    "America/Montreal": "America/Toronto",
    "America/Nipigon": "America/Toronto",
    "America/Pangnirtung": "America/Iqaluit",
    "America/Porto_Acre": "America/Rio_Branco",
    "America/Rainy_River": "America/Winnipeg",
    "America/Rosario": "America/Argentina/Cordoba",
    "America/Santa_Isabel": "America/Tijuana",
    "America/Shiprock": "America/Denver",
    "America/Thunder_Bay": "America/Toronto",
    "America/Virgin": "America/St_Thomas",
    "America/Yellowknife": "America/Edmonton",
    "Antarctica/South_Pole": "Antarctica/McMurdo",
    "Asia/Ashkhabad": "Asia/Ashgabat",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Choibalsan": "Asia/Ulaanbaatar",
    "Asia/Chongqing": "Asia/Shanghai",
    "Asia/Chungking": "Asia/Shanghai",
    "Asia/Dacca": "Asia/Dhaka",
    "Asia/Harbin": "Asia/Shanghai",
    "Asia/Istanbul": "Europe/Istanbul",
    "Asia/Kashgar": "Asia/Urumqi",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Macao": "Asia/Macau",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Asia/Tel_Aviv": "Asia/Jerusalem",
    "Asia/Thimbu": "Asia/Thimphu",
    "Asia/Ujung_Pandang": "Asia/Makassar",
    "Asia/Ulan_Bator": "Asia/Ulaanbaatar",
    "Atlantic/Faeroe": "Atlantic/Faroe",
    "Atlantic/Jan_Mayen": "Arctic/Longyearbyen",
    "Australia/ACT": "Australia/Sydney",
    "Australia/Canberra": "Australia/Sydney",
    "Australia/Currie": "Australia/Hobart",
    "Australia/LHI": "Australia/Lord_Howe",
    "Australia/NSW": "Australia/Sydney",
    "Australia/North": "Australia/Darwin",
    "Australia/Queensland": "Australia/Brisbane",
    "Australia/South": "Australia/Adelaide",
    "Australia/Tasmania": "Australia/Hobart",
    "Australia/Victoria": "Australia/Melbourne",
    "Australia/West": "Australia/Perth",
    "Australia/Yancowinna": "Australia/Broken_Hill",
    "Europe/Belfast": "Europe/London",
    "Europe/Kiev": "Europe/Kyiv",
    "Europe/Nicosia": "Asia/Nicosia",
    "Europe/Tiraspol": "Europe/Chisinau",
    "Europe/Uzhgorod": "Europe/Kyiv",
    "Europe/Zaporozhye": "Europe/Kyiv",
    "Pacific/Enderbury": "Pacific/Kanton",
    "Pacific/Johnston": "Pacific/Honolulu",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Samoa": "Pacific/Pago_Pago",
    "Pacific/Truk": "Pacific/Chuuk",
    "Pacific/Yap": "Pacific/Chuuk",
}
"""Names of the tz database that are no longer in use, or double another, with the one that is."""
