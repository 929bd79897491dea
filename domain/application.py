"""Everything that can be asked of the service: one method a command, named as its page, address and schema are."""

from __future__ import annotations

from domain.commands.consents import ConsentCommands
from domain.commands.existing import ExistingPlacementCommands
from domain.commands.exporting import ExportCommands
from domain.commands.parents import ParentCommands
from domain.commands.preparation import PreparationCommands
from domain.commands.providers import ProviderCommands
from domain.commands.pupils import PupilCommands
from domain.commands.reading import ReadingCommands
from domain.commands.returns import ReturnCommands
from domain.commands.schools import SchoolCommands


class AlternativeProvision(
    SchoolCommands,
    PupilCommands,
    ProviderCommands,
    PreparationCommands,
    ConsentCommands,
    ParentCommands,
    ExistingPlacementCommands,
    ReturnCommands,
    ReadingCommands,
    ExportCommands,
):
    """The record of alternative provision; without settings it lives in memory.

    A command is refused with a `DomainError` and then nothing is recorded; else it returns the library's recordings,
    whose `notification.id` is the position in the log.
    """

    log_section_size = 500
