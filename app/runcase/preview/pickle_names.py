"""What is known of the names that pickles import: allowed, unknown, or dangerous, and why."""

import re

from runcase.preview.facts import Import, Verdict

LONGEST = 200  # characters of a module or a name; longer ones are cut

# Modules whose every name could hurt, with what it could do.
_DANGEROUS_MODULES = {
    "os": "can run programs and change files",
    "posix": "can run programs and change files",
    "nt": "can run programs and change files",
    "subprocess": "can run programs",
    "sys": "can change the running Python",
    "shutil": "can copy and delete files",
    "socket": "can use the network",
    "ssl": "can use the network",
    "urllib": "can use the network",
    "http": "can use the network",
    "ftplib": "can use the network",
    "smtplib": "can send mail",
    "requests": "can use the network",
    "httpx": "can use the network",
    "aiohttp": "can use the network",
    "asyncio": "can run programs and use the network",
    "webbrowser": "can open pages",
    "ctypes": "can run any machine code",
    "_ctypes": "can run any machine code",
    "cffi": "can run any machine code",
    "importlib": "can import any module",
    "imp": "can import any module",
    "runpy": "can run any Python file",
    "pkgutil": "can import any module",
    "code": "can run any Python code",
    "codeop": "can compile any Python code",
    "pty": "can run programs",
    "commands": "can run programs",
    "popen2": "can run programs",
    "multiprocessing": "can start processes",
    "threading": "can start threads",
    "signal": "can end the process",
    "tempfile": "can write files",
    "pathlib": "can name files to read or write",
    "io": "can open files",
    "_io": "can open files",
    "linecache": "can read files",
    "pdb": "can run any Python code",
    "bdb": "can run any Python code",
    "trace": "can run any Python code",
    "timeit": "can run any Python code",
    "doctest": "can run any Python code",
    "pip": "can install packages",
    "setuptools": "can install packages",
    "distutils": "can run programs",
    "venv": "can run programs",
    "dill": "can load code that the file carries",
    "pickle": "can load another pickle",
    "_pickle": "can load another pickle",
    "marshal": "can load code that the file carries",
    "types": "can make functions of code that the file carries",
    "inspect": "can reach other functions",
    "gc": "can reach any object",
    "atexit": "can run code at the end",
}
_DANGEROUS_NAMES = {
    ("builtins", "eval"): "can run any Python code",
    ("builtins", "exec"): "can run any Python code",
    ("builtins", "compile"): "can compile any Python code",
    ("builtins", "__import__"): "can import any module",
    ("builtins", "open"): "can open files",
    ("builtins", "getattr"): "can reach any attribute",
    ("builtins", "setattr"): "can change any attribute",
    ("builtins", "delattr"): "can delete any attribute",
    ("builtins", "globals"): "can reach any variable",
    ("builtins", "locals"): "can reach any variable",
    ("builtins", "vars"): "can reach any variable",
    ("builtins", "input"): "can ask for input",
    ("builtins", "breakpoint"): "can run any Python code",
    ("builtins", "map"): "can call any function",
    ("builtins", "filter"): "can call any function",
    ("operator", "attrgetter"): "can reach any attribute",
    ("operator", "methodcaller"): "can call any method",
    ("functools", "partial"): "can call any function later",
    ("functools", "reduce"): "can call any function",
    ("torch", "load"): "can load another pickle",
    ("torch.hub", "load"): "can download and run code",
    ("numpy", "load"): "can load another pickle",
    ("joblib", "load"): "can load another pickle",
    ("numpy.testing._private.utils", "runstring"): "can run any Python code",
    ("cloudpickle.cloudpickle", "_make_function"): "makes a function of code that the file carries",
    ("cloudpickle.cloudpickle", "_builtin_type"): "can reach types that run code",
    ("cloudpickle.cloudpickle", "_make_skeleton_class"): "makes a class that the file carries",
    ("cloudpickle.cloudpickle", "_make_skeleton_enum"): "makes a class that the file carries",
    ("cloudpickle.cloudpickle", "subimport"): "can import any module",
    ("cloudpickle.cloudpickle", "dynamic_subimport"): "makes a module that the file carries",
}
# What only builds values. A package here is meant with all that lies below it.
_ALLOWED_PACKAGES = (
    "sklearn", "xgboost", "lightgbm", "catboost", "pandas", "polars", "scipy.sparse", "statsmodels",
    "collections", "datetime", "decimal", "fractions", "uuid", "zoneinfo", "array", "_codecs",
    "copyreg", "copy_reg", "enum", "keras.src.saving", "torch.nn", "torch.optim", "torch.storage",
    "torchvision.models", "transformers.models", "joblib.numpy_pickle", "numpy.random",
    "numpy.core", "numpy._core", "numpy.ma", "sklearn_pandas", "imblearn", "category_encoders",
    "spacy.tokens", "prophet", "gensim.models",
)  # fmt: skip
_ALLOWED_NAMES = frozenset(
    {
        ("numpy", "ndarray"), ("numpy", "dtype"), ("numpy", "matrix"),
        ("torch", "per_tensor_affine"), ("torch", "per_channel_affine"),
        ("torch", "Size"), ("torch", "device"), ("torch", "dtype"), ("torch", "Tensor"),
        ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"),
        ("torch._utils", "_rebuild_tensor_v3"), ("torch._utils", "_rebuild_qtensor"),
        ("torch._utils", "_rebuild_parameter"),
        ("torch._utils", "_rebuild_parameter_with_state"),
        ("torch._tensor", "_rebuild_from_type_v2"),
        ("torch.serialization", "_get_layout"),
        ("functools", "_lru_cache_wrapper"), ("operator", "itemgetter"),
        ("cloudpickle.cloudpickle", "_make_empty_cell"), ("cloudpickle.cloudpickle", "_make_cell"),
        ("cloudpickle.cloudpickle", "_empty_cell_value"),
    }
)  # fmt: skip
_ALLOWED_BUILTINS = frozenset(
    [
        "object",
        "type",
        "bytes",
        "bytearray",
        "str",
        "int",
        "float",
        "complex",
        "bool",
        "list",
        "tuple",
        "dict",
        "set",
        "frozenset",
        "slice",
        "range",
        "Ellipsis",
        "NotImplemented",
        "Exception",
        "ValueError",
        "KeyError",
    ]
)
_TORCH_STORAGES = ("Storage", "Tensor")
_NUMPY_SCALARS = ("int", "uint", "float", "complex", "bool", "str_", "bytes_")
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_DTYPES = re.compile(r"(b?float|u?int|complex|qu?int)\d+\w*|bool")


def judge(module: str, name: str) -> Import:
    """Say what is known of one import."""
    module = {"__builtin__": "builtins", "copy_reg": "copyreg"}.get(module, module)
    # A dotted name is reached by attributes: os.path would hide behind posixpath.os.
    hidden = [part for part in name.split(".")[:-1] if part in _DANGEROUS_MODULES]
    reason = _DANGEROUS_NAMES.get((module, name)) or _DANGEROUS_MODULES.get(module.split(".")[0])
    if module.split(".")[0] == "multiprocessing" and name == "Lock":
        reason = None
    if hidden:
        reason = _DANGEROUS_MODULES[hidden[0]]
    if reason:
        return Import(module, name, Verdict.DANGEROUS, reason)
    if _is_allowed(module, name):
        return Import(module, name, Verdict.ALLOWED, "on the allow-list")
    reason = "not known" if module != "__main__" else "of the program that wrote it"
    if module.split(".")[0] == "__torch__":
        reason = "TorchScript of the file itself"
    return Import(module, name, Verdict.UNKNOWN, reason)


def can_be_allowed(module: str, name: str) -> bool:
    """Say whether a person may allow this import: it is whole, a name, and not known."""
    whole = all(len(each) < LONGEST and _DOTTED.fullmatch(each) for each in (module, name))
    return whole and judge(module, name).verdict == Verdict.UNKNOWN


def listed() -> list[tuple[str, str]]:
    """Return the allow-list for a person, in order: names, and what is meant by them."""
    below = "the package and all below it"
    found = [(f"{each}.*", below) for each in _ALLOWED_PACKAGES]
    found += [(f"{module}.{name}", "") for module, name in _ALLOWED_NAMES]
    found += [(f"builtins.{name}", "") for name in _ALLOWED_BUILTINS]
    found += [(f"torch.*{end}", "names that end so") for end in _TORCH_STORAGES]
    found += [(f"numpy.{start}*", "names that begin so") for start in _NUMPY_SCALARS]
    return sorted(found, key=lambda each: each[0].casefold())


def _is_allowed(module: str, name: str) -> bool:
    if module == "builtins":
        return name in _ALLOWED_BUILTINS
    if (module, name) in _ALLOWED_NAMES:
        return True
    if module == "torch":
        return name.endswith(_TORCH_STORAGES) or _DTYPES.fullmatch(name) is not None
    if module == "numpy":
        return name.startswith(_NUMPY_SCALARS)
    return any(module == each or module.startswith(f"{each}.") for each in _ALLOWED_PACKAGES)
