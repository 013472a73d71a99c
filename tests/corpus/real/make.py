"""Writes the real model files beside it, and what their libraries say of them: `told.json`.

Run by hand, in an environment with the packages below; no test runs it:

    catboost==1.2.10 gguf==0.19.0 h5py==3.16.0 keras==3.15.1 lightgbm==4.7.0 ml_dtypes==0.6.0
    numpy==2.4.6 onnx==1.23.2 safetensors==0.8.0 torch==2.13.0 xgboost==3.2.0

XGBoost 3 no longer writes its old binary format.
"""

import gzip
import json
import os
import random
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"

import catboost
import gguf
import h5py
import keras
import lightgbm
import numpy
import onnx
import safetensors.torch
import torch
import xgboost
from torch import nn

HERE = Path(__file__).parent
# Of each file: its facts by the words of the page, and (name, dtype, shape, bytes) of its tensors.
TOLD: dict[str, dict[str, Any]] = {}


def tell(name: str, tensors: list[tuple[str, str, list[int], int]], **facts: object) -> None:
    TOLD[name] = {"tensors": tensors, "facts": {key: str(value) for key, value in facts.items()}}


def of_torch(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str, list[int], int]]:
    for key, value in values.items():
        if isinstance(value, torch.Tensor):
            dtype = str(value.dtype).removeprefix("torch.")
            yield prefix + str(key), dtype, list(value.shape), value.nbytes
        elif isinstance(value, dict):
            yield from of_torch(value, f"{prefix}{key}.")


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3))
        self.head = nn.Linear(3, 2, dtype=torch.float64)
        self.register_buffer("seen", torch.tensor(7))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(x).double())


def write_torch() -> None:
    torch.manual_seed(0)
    net = Net()
    state = dict(net.state_dict())
    torch.save(net.state_dict(), HERE / "state.pt")
    tell("state.pt", list(of_torch(state)), Protocol=2)
    torch.save(net.state_dict(), HERE / "old.pth", _use_new_zipfile_serialization=False)
    tell("old.pth", list(of_torch(state)), Protocol=2)
    torch.save(net, HERE / "module.pth")
    tell("module.pth", list(of_torch(state)))
    wide = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    kinds = {
        "half": wide.half(), "bfloat": wide.bfloat16(), "double": wide.double(),
        "byte": wide.byte(), "char": wide.to(torch.int8), "short": wide.short(),
        "int": wide.int(), "long": wide.long(), "bool": wide > 3, "complex": wide.cfloat(),
        "complex128": wide.cdouble(), "fp8": wide.to(torch.float8_e4m3fn),
        "uint16": wide.to(torch.uint16), "uint32": wide.to(torch.uint32),
        "uint64": wide.to(torch.uint64),
        "part": wide[1:3, ::2], "turned": wide.t(), "tied": wide, "scalar": torch.tensor(1.5),
        "empty": torch.empty(0, 3), "parameter": nn.Parameter(wide),
        "quantized": torch.quantize_per_tensor(wide, 0.1, 3, torch.qint8),
        "noted": wide.clone(),
    }  # fmt: skip
    kinds["noted"].note = "of one's own"
    torch.save(kinds, HERE / "dtypes.pt")
    tell("dtypes.pt", list(of_torch(kinds)))
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.01)
    net(torch.ones(5, 4)).sum().backward()
    optimizer.step()
    checkpoint = {"epoch": 3, "model": net.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save(checkpoint, HERE / "checkpoint.ckpt")
    tell("checkpoint.ckpt", list(of_torch(checkpoint)))
    torch.jit.save(torch.jit.script(net.eval()), HERE / "script.pt")
    without_debugging(HERE / "script.pt")
    tell("script.pt", list(of_torch(dict(net.state_dict()))))
    named = {key: value for key, value in kinds.items() if key not in _NOT_IN_SAFETENSORS}
    named = {key: value.clone().contiguous() for key, value in named.items()}
    path = HERE / "dtypes.safetensors"
    safetensors.torch.save_file(named, path, metadata={"format": "pt", "step": "12"})
    with safetensors.safe_open(path, "pt") as file:
        shapes = {key: file.get_slice(key) for key in file.keys()}  # noqa: SIM118
        told = [
            (key, each.get_dtype(), each.get_shape(), named[key].nbytes)
            for key, each in shapes.items()
        ]
    tell("dtypes.safetensors", told)


def without_debugging(path: Path) -> None:
    """Leave out what tells the folders of the machine that wrote it."""
    with zipfile.ZipFile(path) as archive:
        members = [(each, archive.read(each)) for each in archive.infolist()]
    with zipfile.ZipFile(path, "w") as archive:
        for each, data in members:
            if not each.filename.endswith(".debug_pkl"):
                archive.writestr(each, data)


# It writes no tensor twice, and has no type for the last two.
_NOT_IN_SAFETENSORS = ("tied", "parameter", "complex128", "quantized")


def table() -> tuple[Any, Any]:
    generator = numpy.random.default_rng(0)
    features = generator.normal(size=(200, 4))
    return features, (features[:, 0] + features[:, 1] * 0.5 > 0).astype(int)


def write_boosting() -> None:
    features, labels = table()
    names = ["age", "height", "weight", "income"]
    data = xgboost.DMatrix(features, labels, feature_names=names)
    params = {"objective": "binary:logistic", "max_depth": 3, "seed": 0}
    booster = xgboost.train(params, data, 5)
    booster.set_attr(best_iteration="4")
    nodes = len(booster.trees_to_dataframe())
    for name in ("xgboost.json", "xgboost.ubj"):
        booster.save_model(HERE / name)
        tell(name, [], Version=xgboost.__version__, Booster="gbtree", Objective="binary:logistic",
             Trees=booster.num_boosted_rounds(), Nodes=nodes, Features=4)  # fmt: skip
    classes = (features[:, 0] * 3).astype(int) % 3
    many = xgboost.train(
        {"objective": "multi:softprob", "num_class": 3, "max_depth": 2, "booster": "dart"},
        xgboost.DMatrix(features, classes), 2,
    )  # fmt: skip
    many.save_model(HERE / "dart.ubj")
    tell("dart.ubj", [], Booster="dart", Trees=len(many.get_dump()), Classes=3, Features=4,
         Nodes=sum(each.count("\n") for each in many.get_dump()))  # fmt: skip
    light = lightgbm.train(
        {"objective": "multiclass", "num_class": 3, "num_leaves": 5, "verbose": -1},
        lightgbm.Dataset(features, classes, feature_name=names), 3,
    )  # fmt: skip
    light.save_model(HERE / "lightgbm.txt")
    leaves = light.trees_to_dataframe()["left_child"].isna().sum()
    tell("lightgbm.txt", [], Objective="multiclass num_class:3", Trees=light.num_trees(),
         Leaves=leaves, Classes=3, Features=4, **{"Feature names": ", ".join(names)})  # fmt: skip
    write_catboost(features, labels, classes)


def write_catboost(features: Any, labels: Any, classes: Any) -> None:
    quiet = {"verbose": False, "allow_writing_files": False, "random_seed": 0, "thread_count": 1}
    mixed = [[*map(float, row), "ab"[random.Random(at).random() < 0.5], f"c{at % 7}"]
             for at, row in enumerate(features)]  # fmt: skip
    names = ["age", "height", "weight", "income", "sex", "city"]
    # Labels that a category tells.
    told = [int(at % 7 in (1, 4) or label) for at, label in enumerate(labels)]
    pool = catboost.Pool(mixed, told, cat_features=[4, 5], feature_names=names)
    models = {
        "catboost.cbm": catboost.CatBoostClassifier(iterations=6, depth=3, **quiet).fit(pool),
        "classes.cbm": catboost.CatBoostClassifier(
            iterations=4, depth=2, loss_function="MultiClass", **quiet
        ).fit(features, [f"class {each}" for each in classes]),
        "lossguide.cbm": catboost.CatBoostRegressor(
            iterations=4, depth=4, grow_policy="Lossguide", max_leaves=5, **quiet
        ).fit(features, labels),
    }
    for name, model in models.items():
        model.save_model(str(HERE / name))
        dump = HERE / "dump.json"
        model.save_model(str(dump), format="json", pool=pool if name == "catboost.cbm" else None)
        content = json.loads(dump.read_text())
        dump.unlink()
        info = content["features_info"]
        facts = {
            "Version": f"{catboost.__version__}",
            "Trees": model.tree_count_,
            "Features": sum(len(info.get(f"{each}_features", ())) for each in _CATBOOST),
            "Leaves": len(model.get_leaf_values()) // content_dimension(content),
            "Splits": splits(content),
            "Feature names": ", ".join(model.feature_names_),
            "Depth": depth(content),
        }
        tell(name, [], **facts)
        TOLD[name]["counts"] = by_feature(content, model.feature_names_)


def by_feature(content: dict[str, Any], names: list[str]) -> dict[str, int]:
    """Count the conditions on each feature in CatBoost's JSON."""
    if "oblivious_trees" in content:
        found = [split for each in content["oblivious_trees"] for split in each["splits"]]
    else:
        found = [split for each in content["trees"] for split in conditions(each)]
    floats = [each["flat_feature_index"] for each in content["features_info"]["float_features"]]
    counted: Counter[str] = Counter()
    for split in found:
        if split["split_type"] == "FloatFeature":
            counted[names[floats[split["float_feature_index"]]]] += 1
        elif split["split_type"] == "OneHotFeature":
            counted[names[len(floats) + split["cat_feature_index"]]] += 1
        else:
            ctrs = content["features_info"]["ctrs"]
            fitting = [each["elements"] for each in ctrs if split["border"] in each["borders"]]
            of = (names[len(floats) + each["cat_feature_index"]] for each in fitting[0])
            counted[f"statistics of {' × '.join(of)}"] += 1
    return dict(counted)


def conditions(node: dict[str, Any]) -> list[dict[str, Any]]:
    if "split" not in node:
        return []
    return [node["split"], *conditions(node["left"]), *conditions(node["right"])]


_CATBOOST = ("float", "categorical", "text", "embedding")


def content_dimension(content: dict[str, Any]) -> int:
    """Return how many numbers a leaf of a CatBoost model has."""
    return len(content["scale_and_bias"][1])


def splits(content: dict[str, Any]) -> int:
    """Count the conditions of the trees in CatBoost's JSON."""
    if "oblivious_trees" in content:
        return sum(len(each["splits"]) for each in content["oblivious_trees"])
    return sum(len(conditions(each)) for each in content["trees"])


def depth(content: dict[str, Any]) -> int:
    if "oblivious_trees" in content:
        return max(len(each["splits"]) for each in content["oblivious_trees"])
    return max(deepest(each) for each in content["trees"])


def deepest(node: dict[str, Any]) -> int:
    return 1 + max(deepest(node["left"]), deepest(node["right"])) if "split" in node else 0


def write_onnx() -> None:
    from onnx import TensorProto, helper, numpy_helper

    values = {
        "w": numpy.arange(6, dtype=numpy.float32).reshape(2, 3),
        "b": numpy.zeros(3, numpy.float32),
        "shape": numpy.array([1, -1], numpy.int64),
        "half": numpy.array(2, numpy.float16),
        "flags": numpy.array([True, False]),
    }
    made = [numpy_helper.from_array(each, name) for name, each in values.items()]
    made.append(helper.make_tensor("brain", TensorProto.BFLOAT16, [2], [1.0, 2.0]))
    made.append(helper.make_tensor("small", TensorProto.INT4, [3], [1, 2, 3]))
    made.append(helper.make_tensor("tiny", TensorProto.FLOAT8E4M3FN, [2], [1.0, 2.0]))
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["m"]),
        helper.make_node("Add", ["m", "b"], ["s"]),
        helper.make_node("Relu", ["s"], ["y"]),
        helper.make_node("Relu", ["y"], ["z"]),
        helper.make_node("Normalizer", ["z"], ["n"], domain="ai.onnx.ml", norm="L2"),
    ]
    graph = helper.make_graph(
        nodes, "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 2])],
        [helper.make_tensor_value_info("n", TensorProto.FLOAT, ["batch", 3])],
        made,
    )  # fmt: skip
    model = helper.make_model(
        graph, producer_name="runcase", producer_version="1.2", domain="org.example",
        opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 3)],
    )  # fmt: skip
    helper.set_model_props(model, {"author": "nobody"})
    onnx.checker.check_model(model)
    onnx.save(model, HERE / "net.onnx")
    told = []
    for each in graph.initializer:
        array = numpy_helper.to_array(each)
        size = -(-array.size * _BITS.get(each.data_type, 8 * array.itemsize) // 8)
        told.append((each.name, str(array.dtype), list(each.dims), size))
    tell("net.onnx", told, Producer="runcase",
         Graph="net", Nodes=5, **{
        "Producer version": "1.2", "IR version": model.ir_version, "Domain": "org.example",
        "Operator sets": "ai.onnx 21, ai.onnx.ml 3", "Input x": "float32 (batch, 2)",
        "Output n": "float32 (batch, 3)",
    })  # fmt: skip


# Stored in less than a byte.
_BITS = {onnx.TensorProto.INT4: 4}


def write_gguf() -> None:
    path = HERE / "tiny.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_block_count(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_token_list(["<s>", "</s>", *"abcdefghij"])
    writer.add_bool("tiny.flag", True)
    generator = numpy.random.default_rng(0)
    wide = generator.normal(size=(4, 256)).astype(numpy.float32)
    kinds = gguf.GGMLQuantizationType
    writer.add_tensor("plain", wide)
    writer.add_tensor("half", wide.astype(numpy.float16))
    for kind in (kinds.Q8_0, kinds.Q4_0, kinds.Q5_1, kinds.BF16, kinds.TQ2_0):
        writer.add_tensor(kind.name.lower(), gguf.quantize(wide, kind), raw_dtype=kind)
    for kind, size in ((kinds.Q4_K, 144), (kinds.Q6_K, 210), (kinds.MXFP4, 8 * 17)):
        packed = numpy.zeros((4, size), numpy.uint8)
        writer.add_tensor(kind.name.lower(), packed, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    told = [
        (each.name, each.tensor_type.name, [int(n) for n in each.shape[::-1]], int(each.n_bytes))
        for each in gguf.GGUFReader(path).tensors
    ]
    tell("tiny.gguf", told, Version=3, Architecture="llama", Name="tiny")


def of_hdf5(path: Path) -> list[tuple[str, str, list[int], int]]:
    """List data sets once each, in the order of the file's own names."""
    found = []

    def visit(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            kind = item.dtype.newbyteorder("=")
            size = item.size if item.shape is not None else 0
            words = "string" if kind.kind in "OS" else str(kind)
            words = "enum" if h5py.check_enum_dtype(item.dtype) else words
            words = "compound" if kind.names else words
            # Text of any length lies elsewhere; its place here is not its size.
            width = -1 if kind.kind == "O" else kind.itemsize
            shape = item.shape if item.shape is not None else [0]
            found.append((name, words, list(shape), int(size * width) if width > 0 else -1))

    with h5py.File(path) as file:
        file.visititems(visit)
    return sorted(found)


def fill(file: h5py.File) -> None:
    values = numpy.arange(200.0)
    file.create_dataset("plain", data=values)
    file.create_dataset("chunked", data=values.reshape(20, 10), chunks=(5, 5))
    file.create_dataset("packed", data=values.astype("i4"), chunks=True, compression="gzip",
                        shuffle=True, fletcher32=True, maxshape=(None,))  # fmt: skip
    file.create_dataset("big", data=values.astype(">i2"))
    file.create_dataset("half", data=values.astype("f2"))
    file.create_dataset("flags", data=values > 3)
    file.create_dataset("words", data=["a", "bc"])
    file.create_dataset("fixed", data=numpy.array([b"ab", b"c"]))
    file.create_dataset("pairs", data=numpy.zeros(3, [("a", "f8"), ("b", "i4")]))
    file.create_dataset("scalar", data=1.5)
    file.create_dataset("tiny", data=numpy.uint8(3))
    file.create_dataset("nothing", data=h5py.Empty("f4"))
    for number in range(9):
        file.create_group(f"many/g{number}").create_dataset("x", data=numpy.arange(number))
    noted = file.create_dataset("noted", data=numpy.zeros((2, 2), "f4"))
    for number in range(12):
        noted.attrs[f"attribute {number}"] = "v" * number
        file["many"].attrs[f"a{number}"] = number
    file["soft"] = h5py.SoftLink("/plain")
    file["outside"] = h5py.ExternalLink("other.h5", "/x")


def write_hdf5() -> None:
    for name, how in (
        ("earliest.h5", {"libver": "earliest"}),
        ("latest.h5", {"libver": "latest"}),
        ("ordered.h5", {"track_order": True}),
    ):
        with h5py.File(HERE / name, "w", **how) as file:
            fill(file)
        tell(name, of_hdf5(HERE / name), Groups=11)
    # Names that need more than one block of a heap, and a tree of three levels.
    with h5py.File(HERE / "links.h5", "w", libver="latest") as file:
        group = file.create_group("wide")
        file["kind"] = numpy.dtype("f4")
        file.create_dataset("one", data=numpy.zeros(2, "f4"), dtype=file["kind"])
        for number in range(40):
            name = f"a name that is rather long, as some are, number {number:02}"
            group.create_dataset(name, data=h5py.Empty("i1"))
        for number in range(1100):
            group[f"{number}"] = file["one"]
    tell("links.h5", of_hdf5(HERE / "links.h5"), Groups=2, **{"Further names of them": "1,100"})
    (HERE / "links.h5.gz").write_bytes(gzip.compress((HERE / "links.h5").read_bytes(), 9, mtime=0))
    (HERE / "links.h5").unlink()
    TOLD["links.h5.gz"] = TOLD.pop("links.h5")


def write_keras() -> None:
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Input((4,)),
            keras.layers.Dense(3, activation="relu", name="first"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(2, name="last"),
        ]
    )
    model.compile("adam", "mse")
    model.fit(numpy.ones((4, 4)), numpy.ones((4, 2)), verbose=0)
    model.save(HERE / "model.keras")
    model.save(HERE / "model.h5")
    tell("model.h5", of_hdf5(HERE / "model.h5"))
    inner = HERE / "model.weights.h5"
    model.save_weights(inner)
    tell("model.keras", of_hdf5(inner), Class="Sequential", Layers=5)
    inner.unlink()
    TOLD["model.keras"]["metadata"] = {"keras_version": keras.__version__}


def main() -> None:
    write_torch()
    write_boosting()
    write_onnx()
    write_gguf()
    write_hdf5()
    write_keras()
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(TOLD[name])}" for name in sorted(TOLD))
    (HERE / "told.json").write_text(f"{{\n{lines}\n}}\n")


if __name__ == "__main__":
    main()
