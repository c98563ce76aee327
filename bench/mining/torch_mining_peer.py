"""Loss and gradient of a batch of embeddings in PyTorch: `python3 torch_mining_peer.py MINER BATCH`."""

import os
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from torch_turns import take_turns

miner, batch = sys.argv[1], int(sys.argv[2])
SAMPLES, SIZE, MARGIN = 8, 64, 0.2
torch.manual_seed(1)
labels = torch.arange(batch) // SAMPLES
same = labels[:, None] == labels[None, :]
positive = (same & ~torch.eye(batch, dtype=torch.bool)).float()
negative = (~same).float()
centres = torch.rand(labels.max() + 1, SIZE) - 0.5
codes = F.normalize(centres[labels] + 1.2 * (torch.rand(batch, SIZE) - 0.5), dim=1).requires_grad_()


def batch_hard(distances):
    hardest_positive = (distances * positive).max(1)[0]
    hardest_negative = (distances + (1 - negative) * 1e3).min(1)[0]
    return F.relu(hardest_positive - hardest_negative + MARGIN).mean()


# Pairs of an anchor and a positive: with each of them every negative, which is far less than a cube of batch³ numbers.
anchors, positives = torch.nonzero(positive, as_tuple=True)
others = ~same[anchors]


def semi_hard(distances):
    """Which negative is chosen has no gradient: it is found without one."""
    near = distances[anchors, positives]
    with torch.no_grad():
        rows = distances[anchors]
        values, nearest = torch.where((rows > near[:, None]) & others, rows, 1e3).min(1)
        farthest = torch.where(others, rows, -1.0).argmax(1)
        chosen = torch.where(values < 900, nearest, farthest)
    return F.relu(near - distances[anchors, chosen] + MARGIN).mean()


def batch_all(distances):
    near = distances[anchors, positives]
    losses = F.relu(near[:, None] - distances[anchors] + MARGIN)
    return (losses * others).sum() / others.sum()


def step():
    codes.grad = None
    distances = torch.sqrt(F.relu(2 - 2 * (codes @ codes.t())) + 1e-12)
    loss = {"batch-hard": batch_hard, "semi-hard": semi_hard, "batch-all": batch_all}[miner](distances)
    loss.backward()
    return loss.item()


take_turns(step)
