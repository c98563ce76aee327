"""Optuna's default sampler, asked over standard input: one JSON line a question, one a answer."""
import json
import sys
import warnings

try:
    import optuna
except ImportError:
    sys.exit(1)

warnings.simplefilter("ignore")
optuna.logging.disable_default_handler()
print(json.dumps({"version": optuna.__version__}), flush=True)


def ask(trial, space):
    point = {}
    for axis in space:
        name, condition = axis["name"], axis["condition"]
        if condition and point.get(condition["axis"]) not in condition["options"]:
            continue
        if axis["kind"] == "choice":
            point[name] = trial.suggest_categorical(name, list(range(axis["count"])))
        elif axis["step"] is None:
            point[name] = trial.suggest_float(name, axis["min"], axis["max"], log=axis["scale"] == "log")
        elif axis["scale"] == "log":
            # Optuna has no steps on a logarithmic axis.
            step = axis["step"]
            value = trial.suggest_float(name, axis["min"], axis["max"], log=True)
            point[name] = round(value / step) * step
        else:
            point[name] = trial.suggest_int(name, int(axis["min"]), int(axis["max"]), step=int(axis["step"]))
    return point


study, space, trial = None, None, None
for line in sys.stdin:
    message = json.loads(line)
    if "space" in message:
        sampler = optuna.samplers.TPESampler(seed=message["seed"])
        study, space = optuna.create_study(sampler=sampler), message["space"]
    else:
        study.tell(trial, message["value"])
    trial = study.ask()
    print(json.dumps(ask(trial, space)), flush=True)
