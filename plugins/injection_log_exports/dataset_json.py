"""The trial as SDTM data sets in CDISC Dataset-JSON 1.1, one file each, masked.

Pure: equal logs give equal bytes, since the files' time is that of the last change of a record. A decimal leaves as a
text with its places, so that 1.10 ml stays 1.10. Source: Dataset-JSON 1.1; tests hold every file against its schema.
"""
from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import orjson

from injection_log.outputs import Cell, OutputFile, OutputImpossible
from injection_log.trial_content import TrialContent
from injection_log_exports.odm_metadata import study_oid, version_oid
from injection_log_exports.sdtm_columns import DATA_SETS, DataSet, Variable
from injection_log_exports.sdtm_rows import Record, sdtm_records

VERSION = "1.1.0"


class DatasetJson:
    """Output `dataset_json`: a JSON file for each SDTM data set."""

    kind = "dataset_json"
    title = "SDTM data sets (EC masked, PR, CE, FA, XG, DV, SUPPEC) in CDISC Dataset-JSON 1.1"
    content = "trial"

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The files; OutputImpossible for content that is not of the trial."""
        if not isinstance(content, TrialContent):
            raise OutputImpossible("The data sets need the whole trial; make them with `export dataset_json`.")
        records = sdtm_records(content)
        return tuple(_file(content, data_set, records[data_set.name]) for data_set in DATA_SETS)


def _file(content: TrialContent, data_set: DataSet, records: Sequence[Record]) -> OutputFile:
    changes, about = content.tables["changes"].rows, content.about
    changed = str(changes[-1]["at_utc"]) if changes else about.last_event_at
    said: dict[str, Any] = {
        "datasetJSONCreationDateTime": changed, "datasetJSONVersion": VERSION,
        "fileOID": f"{about.origin}/{data_set.name}/event/{changes[-1]['event'] if changes else 0}",
        "dbLastModifiedDateTime": changed, "originator": about.site,
        "sourceSystem": {"name": "injection-log", "version": about.program_version},
        "studyOID": study_oid(content), "metaDataVersionOID": version_oid(content),
        "itemGroupOID": f"IG.{data_set.name}", "records": len(records), "name": data_set.name,
        "label": data_set.label,
        "columns": [_column(data_set, one, records) for one in data_set.variables],
        "rows": [[_value(record.get(one.name)) for one in data_set.variables] for record in records],
    }
    data = orjson.dumps(said, option=orjson.OPT_INDENT_2) + b"\n"
    return OutputFile(f"{data_set.name.lower()}.json", "application/json", data)


def _column(data_set: DataSet, variable: Variable, records: Sequence[Record]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "itemOID": f"IT.{data_set.name}.{variable.name}", "name": variable.name, "label": variable.label,
        "dataType": variable.type,
    }
    if variable.type == "decimal":
        said["targetDataType"] = "decimal"
    if variable.type == "string":
        said["length"] = max([1, *(len(str(one[variable.name])) for one in records if one.get(variable.name))])
    if variable.name in data_set.keys:
        said["keySequence"] = data_set.keys.index(variable.name) + 1
    return said


def _value(value: Cell) -> str | int | None:
    return format(value, "f") if isinstance(value, Decimal) else value
