"""MAP@R by exact neighbours in PyTorch, a block of queries at a time: `python3 torch_evaluation_peer.py QUERIES REFERENCES`."""

import json
import resource
import sys
import time

import torch
import torch.nn.functional as F

queries, references = int(sys.argv[1]), int(sys.argv[2])
SIZE, CLASSES, BLOCK = 128, 100, 256
torch.manual_seed(1)
centres = torch.rand(CLASSES, SIZE) - 0.5


def clustered(count):
    labels = torch.randint(CLASSES, (count,))
    return F.normalize(centres[labels] + 3 * (torch.rand(count, SIZE) - 0.5), dim=1), labels


gallery, known = clustered(references)
asked, labels = clustered(queries)
sizes = torch.bincount(known, minlength=CLASSES)
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before = peak()
start = time.perf_counter()
total = 0.0
depth = max(8, int(sizes.max()))
ranks = torch.arange(1, depth + 1)
for first in range(0, queries, BLOCK):
    own = labels[first : first + BLOCK]
    nearest = (asked[first : first + BLOCK] @ gallery.t()).topk(depth, dim=1)[1]
    hits = (known[nearest] == own[:, None]) & (ranks[None, :] <= sizes[own][:, None])
    precisions = hits.cumsum(1) / ranks * hits
    total += (precisions.sum(1) / sizes[own]).sum().item()
ms = (time.perf_counter() - start) * 1000
print(json.dumps({"ms": ms, "extraMegabytes": peak() - before, "peakMegabytes": peak(), "mapAtR": total / queries}))
