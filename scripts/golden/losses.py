"""losses.safetensors: MoCo's InfoNCE and SimCLR's NT-Xent on raw (not yet normalised) embeddings."""
import torch
import torch.nn.functional as F

from golden_file import GoldenFile


def info_nce(queries, keys, queue, temperature):
    """The positive is column 0, the queue's rows follow; keys carry no gradient (He et al. 2020, algorithm 1)."""
    q, k = F.normalize(queries, dim=1), F.normalize(keys, dim=1).detach()
    logits = torch.cat([(q * k).sum(1, keepdim=True), q @ queue.T], 1) / temperature
    return F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.int64))


def nt_xent(first, second, temperature):
    """Mean over all 2N rows; row i of one set has row i of the other as its positive and is no candidate of itself."""
    n = len(first)
    z = F.normalize(torch.cat([first, second]), dim=1)
    logits = (z @ z.T / temperature).masked_fill(torch.eye(2 * n, dtype=torch.bool), float("-inf"))
    return F.cross_entropy(logits, (torch.arange(2 * n) + n) % (2 * n))


def make():
    file, generator = GoldenFile("losses"), torch.Generator().manual_seed(20200318)

    def normal(*shape):
        return torch.randn(*shape, generator=generator)

    def record(name, settings, loss_of, tensors, differentiated):
        results = {}
        for kind in (torch.float32, torch.float64):
            t = {k: v.to(kind, copy=True) for k, v in tensors.items()}
            for key in differentiated:
                t[key].requires_grad_()
            loss = loss_of(**t, temperature=settings["temperature"])
            gradients = torch.autograd.grad(loss, [t[key] for key in differentiated])
            results[kind] = {"loss": loss, **{f"{k}Gradient": g for k, g in zip(differentiated, gradients)}}
        low, high = results[torch.float32], results[torch.float64]
        deviation = max(float((low[k].double() - high[k]).detach().abs().max()) for k in low)
        for key, value in {**tensors, **low}.items():
            file.add(f"{name}/{key}", value)
        file.describe(name, {**settings, "largestDeviation": float(f"{deviation:.1e}")})

    for rows in (5, 24):
        # Keys are varied queries, as two views of one image are: the positive then stands out of the candidates.
        queries = normal(6, 16)
        tensors = {"queries": queries, "keys": 3 * (queries + 0.7 * normal(6, 16)),
                   "queue": F.normalize(normal(rows, 16), dim=1)}
        record(f"infoNCEQueue{rows}", {"loss": "infoNCE", "temperature": 0.1}, info_nce, tensors, ["queries"])
    for batch, temperature, name in ((5, 0.5, "ntXentBatch5"), (7, 0.1, "ntXentBatch7")):
        first = normal(batch, 16)
        tensors = {"first": first, "second": 2 * (first + normal(batch, 16))}
        record(name, {"loss": "ntXent", "temperature": temperature}, nt_xent, tensors, ["first", "second"])
    return file
