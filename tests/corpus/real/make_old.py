"""Writes models of formats that today's libraries no longer write, and what they are: `old.json`.

Run by hand, no test runs it: xgboost==2.1.4, numpy==2.1.3, scipy==1.15.3.
"""

import json
from pathlib import Path

import numpy
import xgboost

HERE = Path(__file__).parent


def main() -> None:
    generator = numpy.random.default_rng(0)
    features = generator.normal(size=(200, 4))
    labels = (features[:, 0] + features[:, 1] * 0.5 > 0).astype(int)
    two = {"objective": "binary:logistic", "max_depth": 3, "seed": 0}
    three = {"objective": "multi:softprob", "num_class": 3, "max_depth": 2, "booster": "dart"}
    told = {}
    for name, params, wanted, rounds in (
        ("old.model", two, labels, 5),
        ("old_dart.model", three, (features[:, 0] * 3).astype(int) % 3, 2),
    ):
        booster = xgboost.train(params, xgboost.DMatrix(features, wanted), rounds)
        booster.set_attr(best_iteration="4", note="ünï")
        booster.save_model(HERE / "model.deprecated")
        (HERE / "model.deprecated").rename(HERE / name)
        dump = booster.get_dump()
        nodes = [each.count("\n") for each in dump]
        told[name] = {
            "facts": {
                "Version": "2.1", "Booster": params.get("booster", "gbtree"),
                "Objective": params["objective"], "Trees": str(len(dump)),
                "Nodes": str(sum(nodes)), "Largest tree": f"{max(nodes)} nodes",
                "Features": str(booster.num_features()),
            } | ({"Classes": "3"} if "num_class" in params else {}),
            "metadata": booster.attributes(),
        }  # fmt: skip
    (HERE / "old.json").write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
