"""PyTorch as a contender: `python3 torch_peer.py NETWORK MINER`. The networks, losses and batch of workload.ts.

Tries its thread counts, memory formats and forms of Adam first and keeps the fastest, so that it is compared at its best.
"""

import os
import sys

import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from torch_turns import take_turns

network, miner = sys.argv[1:3]
CLASSES, SAMPLES, MARGIN = 16, 8, 0.2
BATCH = CLASSES * SAMPLES


class Block(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(filters)
        self.project = nn.Conv2d(channels, filters, 1, stride, bias=False) if stride > 1 else nn.Identity()

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(y + self.project(x))


def build():
    if network == "mlp":
        sizes = [nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 64)]
        return nn.Sequential(*sizes)
    if network == "conv":
        layers = [nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        layers += [nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        return nn.Sequential(*layers, nn.Flatten(), nn.Linear(64 * 7 * 7, 128))
    layers = [nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    channels = 16
    for stage, filters in enumerate([16, 32, 64]):
        for block in range(2):
            layers.append(Block(channels, filters, 2 if stage > 0 and block == 0 else 1))
            channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 64))


labels = torch.arange(BATCH) // SAMPLES
same = labels[:, None] == labels[None, :]
positive = (same & ~torch.eye(BATCH, dtype=torch.bool)).float()
negative = (~same).float()


def loss_of(codes):
    distances = torch.sqrt(F.relu(2 - 2 * (codes @ codes.t())) + 1e-12)
    if miner == "batch-hard":
        hardest_positive = (distances * positive).max(1)[0]
        hardest_negative = (distances + (1 - negative) * 1e3).min(1)[0]
        return F.relu(hardest_positive - hardest_negative + MARGIN).mean()
    if miner == "semi-hard":
        farther = (distances[:, None, :] > distances[:, :, None]).float() * negative[:, None, :]
        inside = (distances[:, None, :] + (1 - farther) * 1e3).min(2)[0]
        farthest = (distances * negative).max(1, keepdim=True)[0]
        chosen = torch.where(inside < 900, inside, farthest)
        return (F.relu(distances - chosen + MARGIN) * positive).sum() / positive.sum()
    valid = positive[:, :, None] * negative[:, None, :]
    return (F.relu(distances[:, :, None] - distances[:, None, :] + MARGIN) * valid).sum() / valid.sum()


torch.manual_seed(1)
patterns = torch.rand(CLASSES, 1, 28, 28)
pictures = 0.5 * patterns[labels] + 0.5 * torch.rand(BATCH, 1, 28, 28)
model = build()
optimizer = None


def step():
    optimizer.zero_grad()
    loss = loss_of(F.normalize(model(pictures), dim=1))
    loss.backward()
    optimizer.step()
    loss.item()


def use(threads, memory_format, fused):
    global pictures, optimizer
    torch.set_num_threads(threads)
    if network != "mlp":
        model.to(memory_format=memory_format)
        pictures = pictures.to(memory_format=memory_format)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=fused)


use(1, torch.contiguous_format, False)
cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
formats = {"": torch.contiguous_format, ", channels_last": torch.channels_last}
if network == "mlp":
    del formats[", channels_last"]
settings = [
    (f"{threads} threads{name}{', fused Adam' if fused else ''}", lambda t=threads, f=memory_format, a=fused: use(t, f, a))
    for threads in sorted({1, cores})
    for name, memory_format in formats.items()
    for fused in (False, True)
]
take_turns(step, settings)
