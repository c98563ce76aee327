"""Reads what Triplet Lab exported with the programs that it is for, and prints what they found as JSON.

    python readers.py tensorboard LOGDIR
    python readers.py mlflow MLRUNS
    python readers.py mlflow-database MLRUNS DATABASE
"""

import json
import math
import os
import subprocess
import sys


def number(value):
    return None if not math.isfinite(value) else value


def tensorboard(logdir):
    from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer
    from tensorboard.plugins.hparams import plugin_data_pb2
    from google.protobuf.json_format import MessageToDict

    everything = {"scalars": 0, "tensors": 0, "compressedHistograms": 0, "histograms": 0, "images": 0, "audio": 0}
    multiplexer = EventMultiplexer(size_guidance=everything)
    multiplexer.AddRunsFromDirectory(logdir)
    multiplexer.Reload()
    found = {}
    for run, tags in multiplexer.Runs().items():
        scalars = {
            tag: [[one.step, number(one.value), one.wall_time] for one in multiplexer.Scalars(run, tag)]
            for tag in tags["scalars"]
        }
        content = multiplexer.SummaryMetadata(run, "_hparams_/session_start_info").plugin_data.content
        start = MessageToDict(plugin_data_pb2.HParamsPluginData.FromString(content))
        found[run] = {"scalars": scalars, "settings": start["sessionStartInfo"]["hparams"]}
    return found


def mlflow(uri):
    from mlflow.entities import ViewType
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=uri)
    found = []
    for experiment in client.search_experiments(view_type=ViewType.ALL):
        for run in client.search_runs([experiment.experiment_id], max_results=1000):
            histories = {
                key: [[one.step, number(one.value), one.timestamp] for one in client.get_metric_history(run.info.run_id, key)]
                for key in run.data.metrics
            }
            found.append(
                {
                    "experiment": experiment.name,
                    "name": run.info.run_name,
                    "status": run.info.status,
                    "params": run.data.params,
                    "tags": run.data.tags,
                    "metrics": histories,
                    "artifacts": [one.path for one in client.list_artifacts(run.info.run_id)],
                }
            )
    return found


kind, path = sys.argv[1:3]
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
if kind == "tensorboard":
    answer = tensorboard(path)
elif kind == "mlflow":
    answer = mlflow("file://" + path)
else:
    database = "sqlite:///" + sys.argv[3]
    migrate = [os.path.join(os.path.dirname(sys.executable), "mlflow"), "migrate-filestore", "--source", path, "--target", database]
    subprocess.run(migrate, check=True, stdout=sys.stderr)
    answer = mlflow(database)
print("\n" + json.dumps(answer))
