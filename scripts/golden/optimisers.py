"""optimisers.safetensors: a parameter after each of six steps, and a cosine schedule."""
import torch

from golden_file import GoldenFile

STEPS, SIZE, EPOCHS = 6, 50, 10
OPTIMISERS = {
    "sgd": (torch.optim.SGD, {"lr": 0.06, "momentum": 0.9, "weight_decay": 5e-4}),
    "adam": (torch.optim.Adam, {"lr": 1e-3, "weight_decay": 1e-6}),
    "adamW": (torch.optim.AdamW, {"lr": 1e-3, "weight_decay": 0.1}),
    "adamPlain": (torch.optim.Adam, {"lr": 1e-4}),
}
NAMES = {"lr": "learningRate", "momentum": "sgdMomentum", "weight_decay": "weightDecay"}


def make():
    file, generator = GoldenFile("optimisers"), torch.Generator().manual_seed(20141222)
    start = torch.randn(SIZE, generator=generator)
    gradients = torch.randn(STEPS, SIZE, generator=generator) * torch.logspace(-4, 1, SIZE)
    gradients[:, 7] = 0  # an element without gradient must only decay
    file.add("parameter", start)
    file.add("gradients", gradients)
    for name, (optimiser, settings) in OPTIMISERS.items():
        values = {}
        for kind in (torch.float32, torch.float64):
            parameter = start.to(kind).clone().requires_grad_()
            step, rows = optimiser([parameter], **settings), []
            for gradient in gradients.to(kind):
                parameter.grad = gradient.clone()
                step.step()
                rows.append(parameter.detach().clone())
            values[kind] = torch.stack(rows)
        file.add(f"{name}/values", values[torch.float32])
        deviation = float((values[torch.float32].double() - values[torch.float64]).abs().max())
        described = {NAMES[k]: v for k, v in settings.items()}
        if optimiser is not torch.optim.SGD:
            described |= {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
        file.describe(name, {**described, "largestDeviation": float(f"{deviation:.1e}")})

    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.06)
    schedule, rates = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, EPOCHS), []
    for _ in range(EPOCHS + 1):
        rates.append(schedule.get_last_lr()[0])
        optimiser.step()
        schedule.step()
    file.add("cosine/learningRates", torch.tensor(rates, dtype=torch.float64))
    file.describe("cosine", {"learningRate": 0.06, "epochs": EPOCHS})
    return file
