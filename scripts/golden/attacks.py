"""attacks: the gradient statistic by automatic differentiation, LiRA by normal densities, RMIA by its definition."""
import torch
import torch.nn.functional as F
from torch.distributions import Normal

from golden_file import GoldenFile

SCALE, OFFSET, RATIO = 10.0, 0.3, 2.0


def contrast(u, v, bank_u, bank_v):
    """Of each pair by itself: the loss, its gradient's length by both unit vectors, and p0."""
    losses, norms, likelihoods = [], [], []
    for a, b in zip(u, v):
        a, b = a.clone().requires_grad_(), b.clone().requires_grad_()
        forward = F.log_softmax(SCALE * torch.stack([a @ x for x in [b, *bank_v]]), 0)
        backward = F.log_softmax(SCALE * torch.stack([b @ x for x in [a, *bank_u]]), 0)
        loss = -(forward[0] + backward[0]) / 2
        gradients = torch.autograd.grad(loss, [a, b])
        losses.append(loss)
        norms.append(torch.cat(gradients).norm())
        likelihoods.append(forward[0].exp())
    return torch.stack(losses), torch.stack(norms), torch.stack(likelihoods)


def add_contrast(file, normal):
    def pairs(name, count, noise):
        first = normal(count, 16)
        second = first + noise * normal(count, 16)
        file.add(f"contrast/{name}/first", first)
        file.add(f"contrast/{name}/second", second)
        return F.normalize(first.double(), dim=1), F.normalize(second.double(), dim=1)

    bank, held, asked = pairs("bank", 5, 0.8), pairs("held", 6, 0.8), pairs("asked", 7, 0.6)
    losses, norms, likelihoods = contrast(*asked, *bank)
    for key, value in (("losses64", losses), ("gradientNorms64", norms), ("likelihoods64", likelihoods)):
        file.add(f"contrast/{key}", value)
    held_losses, held_norms, _ = contrast(*held, *bank)

    def standardised(values, known):
        return (known.mean() - values) / known.std(correction=0)

    file.add("contrast/scores64", (standardised(losses, held_losses) + standardised(norms, held_norms)) / 2)
    file.describe("contrast", {"scale": SCALE})


def add_ratios(file, generator):
    own, others = (torch.rand(shape, generator=generator).double() for shape in ((8,), (3, 8)))
    known, known_others = (torch.rand(shape, generator=generator).double() for shape in ((6,), (3, 6)))
    saw = torch.tensor([[0, 1, 0, 0, 1, 0, 0, 1], [0, 0, 1, 0, 1, 1, 0, 0], [0, 0, 0, 0, 0, 1, 1, 0]])
    for key, value in (("own", own), ("references", others), ("known", known), ("knownReferences", known_others)):
        file.add(f"rmia/{key}", value.float())
    file.add("rmia/saw", saw)

    def ratios(p, references, mask):
        p, references = p.float().double(), references.float().double()
        prior = [references[mask[:, i] == 0, i].mean() for i in range(len(p))]
        return torch.stack([p[i] / (0.5 * ((1 + OFFSET) * m + 1 - OFFSET)) for i, m in enumerate(prior)])

    found = ratios(own, others, saw)
    nonmembers = ratios(known, known_others, torch.zeros(3, 6))
    file.add("rmia/ratios64", found)
    # The factor of the settings hardly separates so few random numbers; 1.2 does.
    for name, factor in (("2", RATIO), ("1.2", 1.2)):
        file.add(f"rmia/scores{name}", (found[:, None] / nonmembers[None] >= factor).double().mean(1))
    file.describe("rmia", {"offset": OFFSET})


def add_likelihood_ratio(file, name, references, saw, own):
    """Deviations are each input's own where every input has at least eight scores of the kind, else shared."""
    inputs = range(len(own))

    def groups(kind):
        return [references[saw[:, i] == kind, i] for i in inputs]

    unseen, seen = groups(0), groups(1)
    both = [i for i in inputs if len(unseen[i]) and len(seen[i])]
    gap = torch.stack([seen[i].mean() - unseen[i].mean() for i in both]).mean()
    means = {0: [u.mean() if len(u) else s.mean() - gap for u, s in zip(unseen, seen)],
             1: [s.mean() if len(s) else u.mean() + gap for u, s in zip(unseen, seen)]}

    def deviations(values):
        if all(len(v) >= 8 for v in values):
            return [v.std(correction=1) for v in values]
        squares = sum(float(((v - v.mean()) ** 2).sum()) for v in values if len(v))
        shared = (squares / sum(len(v) - 1 for v in values if len(v))) ** 0.5
        return [torch.tensor(shared, dtype=torch.float64)] * len(values)

    deviation = {0: deviations(unseen), 1: deviations(seen)}
    file.add(f"{name}/references", references.float())
    file.add(f"{name}/saw", saw)
    file.add(f"{name}/own", own.float())
    file.add(f"{name}/offline64", torch.stack([(own[i] - means[0][i]) / deviation[0][i] for i in inputs]))
    file.add(f"{name}/online64", torch.stack([
        Normal(means[1][i], deviation[1][i]).log_prob(own[i]) - Normal(means[0][i], deviation[0][i]).log_prob(own[i])
        for i in inputs]))


def make():
    file, generator = GoldenFile("attacks"), torch.Generator().manual_seed(20220324)

    def normal(*shape):
        return torch.randn(*shape, generator=generator)

    add_contrast(file, normal)
    add_ratios(file, generator)
    # Few references: the last input was seen by none of them, the one before by all.
    few = torch.tensor([[1, 0, 1, 0, 1, 0], [0, 1, 1, 0, 1, 0], [0, 0, 0, 1, 1, 0], [1, 1, 0, 0, 1, 0]])
    many = torch.stack([torch.randperm(18, generator=generator) % 2 for _ in range(4)], 1)
    for name, saw in (("liraFew", few), ("liraMany", many)):
        hardness = normal(saw.shape[1])
        references = (hardness + 0.2 * normal(*saw.shape) + 0.3 * saw).float().double()
        own = (hardness + 0.2 * normal(saw.shape[1]) + 0.1).float().double()
        add_likelihood_ratio(file, name, references, saw, own)
    return file
