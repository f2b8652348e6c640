"""The shards of a corpus: one run each, in HDF5. doc/corpus.md describes what is in them."""

import hashlib
from pathlib import Path

import h5py
import numpy as np

FORMAT = "neural-consensus-corpus"
VERSION = 1
CLASSES = ["healthy", "pre-failure", "crashed", "byzantine", "partitioned", "slow"]
NO_LABEL = -1
ROLES = ["down", "follower", "pre-candidate", "candidate", "leader"]
NEVER = -1  # a fault without end, a heartbeat that was lost
KEYS = ["time_ns", "observer", "target"]
CHUNK_BYTES = 1 << 18


def enum_of(names, first=0):
    """An enumeration of 16 bits: the names are in the file, beside the codes."""
    return h5py.enum_dtype({name: code for code, name in enumerate(names, first)}, basetype="i2")


CLASS_TYPE = enum_of(["none"] + CLASSES, NO_LABEL)


def sha256_of(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


class ShardWriter:
    """Writes a shard whose bytes depend on its content alone."""

    def __init__(self, path, attributes):
        self._file = h5py.File(path, "w", track_order=False)
        self._file.attrs["format"] = FORMAT
        self._file.attrs["version"] = VERSION
        for name, value in attributes.items():
            self._file.attrs[name] = value

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def add(self, name, values, dtype=None, attributes=None):
        """A column of a table, compressed in chunks; `name` as table/column."""
        values = np.asarray(values, dtype=dtype)
        options = {}
        if len(values) > 0:
            row_bytes = max(1, values.nbytes // len(values))
            rows = min(len(values), max(1, CHUNK_BYTES // row_bytes))
            options = {"chunks": (rows,) + values.shape[1:], "compression": "gzip", "compression_opts": 4, "shuffle": True}
        data = self._file.create_dataset(name, data=values, dtype=dtype, track_times=False, **options)
        for key, value in (attributes or {}).items():
            data.attrs[key] = value

    def add_names(self, name, values):
        """A column of few different texts, as an enumeration of them; without text: none."""
        values = [text or "none" for text in values]
        names = sorted(set(values))
        code = {text: number for number, text in enumerate(names)}
        self.add(name, [code[text] for text in values], enum_of(names) if names else np.dtype("i2"))

    def add_texts(self, name, values):
        """A column of texts of any kind, each padded to the longest."""
        encoded = [text.encode() for text in values]
        self.add(name, np.array(encoded, dtype=f"S{max([1] + [len(text) for text in encoded])}"))

    def add_text(self, name, text):
        self._file.create_dataset(name, data=np.bytes_(text.encode()), track_times=False)


class Shard:
    """A shard, open for reading."""

    def __init__(self, path):
        self.path = str(path)
        self._file = h5py.File(path, "r")
        found = (self._file.attrs.get("format"), self._file.attrs.get("version"))
        if found != (FORMAT, VERSION):
            raise ValueError(f"{path}: expected {FORMAT}, version {VERSION}, not {found}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def __contains__(self, name):
        return name in self._file

    @property
    def attributes(self):
        return dict(self._file.attrs)

    def column(self, name):
        """A whole column, as numbers."""
        return self._file[name][()]

    def columns(self, table):
        return list(self._file[table])

    def names_of(self, name):
        """The names of an enumeration, by their code."""
        codes = h5py.check_enum_dtype(self._file[name].dtype) or {}
        return {code: text for text, code in codes.items()}

    def texts(self, name):
        """A column of texts, whether it is an enumeration or not."""
        names = self.names_of(name)
        values = self.column(name)
        if names:
            return [names[code] for code in values]
        return [bytes(value).decode() for value in values]

    def text(self, name):
        return bytes(self._file[name][()]).decode()

    def feature_names(self):
        return [name.decode() for name in self._file["rows/features"].attrs["names"]]
