"""Who and what the demo is about: two schools, a children's home, six providers, three authorities, their people.

Every name, number and address is invented. Authority codes and URNs lie where no real one does.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.values import Actor, Basis, Officer
from domain.vocabulary import Accredited, BasisKind, Delivery, Office, Regime, Role, SiteKind
from web.demo.naming import Ids


@dataclass(frozen=True)
class School:
    """A school of the group; `number` is its part of its pupils' unique pupil numbers."""

    key: str
    name: str
    urn: str
    number: int


@dataclass(frozen=True)
class Site:
    """An address where a provider teaches."""

    key: str
    kind: SiteKind
    name: str
    address: str


@dataclass(frozen=True)
class Provider:
    """Someone who teaches; `school` is set for a school's own provision, `activity` goes beside code B, K or W."""

    key: str
    name: str
    regime: Regime
    identifier: str
    source: str
    sites: tuple[Site, ...]
    accredited: Accredited
    activity: str
    code: str = "B"
    lead: str = ""
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    school: str | None = None

    @property
    def delivery(self) -> Delivery:
        """Whether the school itself teaches here."""
        return Delivery.IN_HOUSE if self.school else Delivery.OUTSIDE


@dataclass(frozen=True)
class Holder:
    """A person in an office of a school."""

    key: str
    school: str
    office: Office
    name: str
    title: str
    acting: bool = False


@dataclass(frozen=True)
class Authority:
    """A local authority that places pupils, and its officer who writes to the schools."""

    key: str
    code: str
    name: str
    officer: str
    title: str


SCHOOLS = (
    School("rowan", "Rowan Hill School", "999001", 1),
    School("kestrel", "Kestrel Moor School", "999002", 2),
)

HOLDERS = (
    Holder("rowan-head", "rowan", Office.HEAD_TEACHER, "Marguerite Oakenshade", "Head Teacher"),
    Holder("rowan-deputy", "rowan", Office.DEPUTY_HEAD, "Imelda Castlerigg-Vane", "Deputy Head Teacher"),
    Holder("rowan-dsl", "rowan", Office.DSL, "Tobias Fenwillow", "Designated Safeguarding Lead"),
    Holder("rowan-senco", "rowan", Office.SENCO, "Philippa Larkmeadow", "SENCO"),
    Holder("rowan-ap", "rowan", Office.AP_LEAD, "Desmond Hartwhistle", "Alternative Provision Lead"),
    Holder("rowan-attendance", "rowan", Office.ATTENDANCE_OFFICER, "Sunita Brookhallow", "Attendance Officer"),
    Holder(
        "larch-manager", "rowan", Office.REGISTERED_MANAGER, "Ottoline Greaves-Wick", "Registered Manager, Larch House"
    ),
    Holder("kestrel-head", "kestrel", Office.HEAD_TEACHER, "Edmund Thornquist-Hale", "Head Teacher"),
    Holder(
        "kestrel-acting", "kestrel", Office.HEAD_TEACHER, "Rosalind Mereweather", "Acting Head Teacher", acting=True
    ),
    Holder("kestrel-dsl", "kestrel", Office.DSL, "Beatrix Stonecropp", "Designated Safeguarding Lead"),
    Holder("kestrel-senco", "kestrel", Office.SENCO, "Lionel Fernsby-Croft", "SENCO"),
    Holder("kestrel-ap", "kestrel", Office.AP_LEAD, "Hestia Wainmoor", "Alternative Provision Lead"),
    Holder("kestrel-attendance", "kestrel", Office.ATTENDANCE_OFFICER, "Cuthbert Lowenby", "Attendance Officer"),
)

AUTHORITIES = (
    Authority("easterby", "991", "Easterby County Council (demo)", "Verity Ploughwright", "SEN Commissioning Officer"),
    Authority("marlmouth", "992", "Marlmouth City Council (demo)", "Jago Tidewell", "Children in Care Team Manager"),
    Authority("northwold", "993", "Northwold Borough Council (demo)", "Nerys Cobblewick", "SEN Casework Manager"),
)

OWN = {"rowan": "rowan-unit", "kestrel": "kestrel-unit"}

PROVIDERS = (
    Provider(
        "rowan-unit", "Rowan Hill School: own provision", Regime.REGISTERED_INDEPENDENT_URN, "999001",
        "Get Information about Schools",
        (
            Site("rowan-main", SiteKind.SCHOOL_MAIN_SITE, "Rowan Hill School", "1 Rowan Rise, Easterby (invented)"),
            Site("rowan-annexe", SiteKind.SCHOOL_ANNEXE, "The Orchard Rooms", "Rowan Rise, Easterby (invented)"),
            Site("larch-house", SiteKind.CHILDRENS_HOME, "Larch House", "7 Larch Walk, Easterby (invented)"),
        ),
        Accredited.YES, "Taught by the school's own staff", code="/", school="rowan",
    ),
    Provider(
        "kestrel-unit", "Kestrel Moor School: own provision", Regime.REGISTERED_INDEPENDENT_URN, "999002",
        "Get Information about Schools",
        (
            Site("kestrel-main", SiteKind.SCHOOL_MAIN_SITE, "Kestrel Moor School", "Moor Lane, Northwold (invented)"),
            Site("kestrel-annexe", SiteKind.SCHOOL_ANNEXE, "The Byre", "Moor Lane, Northwold (invented)"),
        ),
        Accredited.YES, "Taught by the school's own staff", code="/", school="kestrel",
    ),
    Provider(
        "northbeck", "Northbeck College of Further Education", Regime.FE_UKPRN, "19990001",
        "UK Register of Learning Providers and the DfE's list of further education colleges",
        (Site("northbeck-campus", SiteKind.FE_COLLEGE, "Northbeck Campus", "Weir Street, Northbeck (invented)"),),
        Accredited.YES, "Level 1 construction at college", lead="Aurelio Penhallock", weekdays=(1, 3),
    ),
    Provider(
        "sallow", "Sallow Lane Academy", Regime.GIAS_SCHOOL_URN, "999101", "Get Information about Schools",
        (Site("sallow-site", SiteKind.PRU_AP_ACADEMY, "Sallow Lane Academy", "Sallow Lane, Easterby (invented)"),),
        Accredited.YES, "Full curriculum at an alternative provision academy", code="K", lead="Winifred Ashgrove-Tull",
    ),
    Provider(
        "whitethorn", "Whitethorn Studio School", Regime.REGISTERED_INDEPENDENT_URN, "999102",
        "Get Information about Schools",
        (Site("whitethorn-studio", SiteKind.OTHER_SCHOOL, "The Studio", "3 Whitethorn Yard, Marlmouth (invented)"),),
        Accredited.YES, "GCSE and creative arts in a small independent school", lead="Casimir Hollowbrook",
    ),
    Provider(
        "larkspur", "Larkspur Online", Regime.ONLINE_PROVIDER_ACCREDITED, "999103", "Get Information about Schools",
        (Site("larkspur-lessons", SiteKind.ONLINE, "Live online lessons", "Taught online, supervised in school"),),
        Accredited.YES, "Live online lessons, supervised by school staff", code="/", lead="Mirabel Quenstead",
    ),
    Provider(
        "fieldgate", "Fieldgate Motor Project CIC", Regime.NOT_REGISTERED_NOT_REQUIRED, "none",
        "Companies House and a visit",
        (Site("fieldgate-workshop", SiteKind.PROVIDER_PREMISES, "The Workshop", "Fieldgate Yard (invented)"),),
        Accredited.NO, "Motor mechanics, three days a week, no qualification", code="W", lead="Barnaby Coppershaw",
        weekdays=(1, 2, 3),
    ),
    Provider(
        "tandem", "Tandem Tuition", Regime.NOT_REGISTERED_NOT_REQUIRED, "none", "A visit and two references",
        (Site("tandem-rooms", SiteKind.COMMUNITY_VENUE, "Brambleway Library rooms", "Brambleway (invented)"),),
        Accredited.NO, "One-to-one tuition in a library", lead="Seraphina Dockray-Bell", weekdays=(0, 4),
    ),
)  # fmt: skip

PROVIDER = {provider.key: provider for provider in PROVIDERS}
HOLDER = {holder.key: holder for holder in HOLDERS}
AUTHORITY = {authority.key: authority for authority in AUTHORITIES}


class Cast:
    """The same people with the ids they have in one demo."""

    def __init__(self, ids: Ids) -> None:
        self.ids = ids

    def officer(self, key: str) -> Officer:
        """The holder of an office, acting in it."""
        holder = HOLDER[key]
        basis = Basis(BasisKind.OWN_OFFICE, self.appointment(key))
        actor = Actor(self.person(key), Role(holder.office.value), self.school(holder.school), basis)
        return Officer(actor, holder.name, holder.title)

    def delegate(self, key: str, delegation: str) -> Officer:
        """The same person acting under a delegation."""
        own = self.officer(key)
        basis = Basis(BasisKind.DELEGATION, self.delegation(delegation))
        return Officer(Actor(own.actor.id, own.actor.role, own.actor.organisation, basis), own.name, own.title)

    def set_up(self) -> Officer:
        """Whoever enters the first facts, before anybody holds an office."""
        return Officer(Actor(None, Role.SYSTEM, None, Basis(BasisKind.SYSTEM)), "Demo set-up", "Demo set-up")

    def person(self, key: str) -> UUID:
        """A person's own id."""
        return self.ids("person", key)

    def appointment(self, key: str) -> UUID:
        """The record of a person's appointment."""
        return self.ids("appointment", key)

    def delegation(self, key: str) -> UUID:
        """The record of a delegation."""
        return self.ids("delegation", key)

    def school(self, key: str) -> UUID:
        """A school's record."""
        return self.ids("school", key)

    def provider(self, key: str) -> UUID:
        """A provider's record."""
        return self.ids("provider", key)

    def site(self, key: str) -> UUID:
        """A site of a provider."""
        return self.ids("site", key)

    def authority(self, key: str) -> UUID:
        """An authority's id."""
        return self.ids("authority", key)
