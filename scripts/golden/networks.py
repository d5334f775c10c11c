"""resnet18-steps.safetensors and vgg11-forward.safetensors: whole encoders under torchvision's parameter names."""
import torch
import torch.nn.functional as F
import torchvision
from torch import nn
from torchvision.models.vgg import make_layers

import formula
from golden_file import GoldenFile

STEPS, BATCH, SIDE, CLASSES, WIDTH = 10, 8, 16, 5, 16
# Of three seeds the one whose run lies farthest from a switching ReLU; at the shift below the others spread the gradients
# of step nine by up to 8%. The recorded spread is that of this choice, from a few runs: leave a margin above it.
PIXEL_SEED = 3000
SAMPLES, SMALL = 8, 2000
# A ReLU whose input is near zero switches with the rounding of the sums before it; with scale 1 and shift 0 a ResNet
# has so many of these that rounding alone changes the gradients of step nine by their own size. A shift of 2.5 scales
# leaves few inputs negative and makes ten steps comparable; small values keep the classifier's steps stable.
SCALE, SHIFT = 0.125, 0.3125
# Relative error of every convolution output, about that of Winograd's algorithm, in runs that measure its spread.
PERTURBATION, PERTURBED_RUNS = 3e-6, 4


class Block(nn.Module):
    """Two 3x3 convolutions and a shortcut (He et al. 2015)."""

    def __init__(self, i, o, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.downsample = None
        if stride > 1 or i != o:
            self.downsample = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + shortcut)


class ResNet18(nn.Module):
    """3x3 stem of stride 1, no max-pool, stages of width * (1, 2, 4, 8), global average pool, linear classifier."""

    def __init__(self, width, classes):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        i = width
        for k in range(4):
            o = width << k
            setattr(self, f"layer{k + 1}", nn.Sequential(Block(i, o, 2 if k else 1), Block(o, o, 1)))
            i = o
        self.head = nn.Linear(i, classes)

    def embedding(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.layer4(self.layer3(self.layer2(self.layer1(x)))).mean((2, 3))

    def forward(self, x):
        return self.head(self.embedding(x))


def initialise(net, scale=SCALE, shift=SHIFT):
    """Sets every parameter; returns its description in construction order, whose positions are the formula's index."""
    described = []
    for index, (name, parameter) in enumerate(net.named_parameters()):
        if parameter.dim() > 1:
            initial = "formula"
        else:
            initial = 0.0 if name == "head.bias" else scale if name.endswith("weight") else shift
        with torch.no_grad():
            parameter.copy_(formula.weights(index, parameter.shape)) if initial == "formula" else parameter.fill_(initial)
        described.append({"name": name, "shape": list(parameter.shape), "initial": initial})
    return described


def disturb(net, seed):
    """Adds to every convolution's output random errors of the size PERTURBATION, relative to its root mean square."""
    generator = torch.Generator().manual_seed(seed)

    def hook(_, __, output):
        size = PERTURBATION * output.detach().square().mean().sqrt()
        return output + size * torch.randn(output.shape, generator=generator, dtype=output.dtype)

    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_hook(hook)


def train(kind, labels, disturbance=None):
    """Ten steps in the given precision: losses, the first embedding, gradients of the first and last step, the net."""
    net = ResNet18(WIDTH, CLASSES)
    described = initialise(net)
    net = net.to(kind).train()
    if disturbance is not None:
        disturb(net, disturbance)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
    losses, gradients, first = [], {}, None
    for step in range(STEPS):
        x = formula.pixels(PIXEL_SEED + step, (BATCH, 3, SIDE, SIDE)).to(kind)
        embedding = net.embedding(x)
        loss = F.cross_entropy(net.head(embedding), labels[step])
        optimiser.zero_grad()
        loss.backward()
        if step == 0:
            first = embedding.detach().clone()
        if step in (0, STEPS - 1):
            gradients[step] = {name: p.grad.clone() for name, p in net.named_parameters()}
        optimiser.step()
        losses.append(loss.detach())
    return described, torch.stack(losses), first, gradients, net


def resnet_steps():
    file = GoldenFile("resnet18-steps")
    expected = {n for n in torchvision.models.resnet18().state_dict() if not n.startswith("fc.")}
    found = {n for n in ResNet18(WIDTH, CLASSES).state_dict() if not n.startswith("head.")}
    if expected != found:
        raise ValueError(f"names differ from torchvision's: {sorted(expected ^ found)}")
    generator = torch.Generator().manual_seed(20151210)
    labels = torch.randint(0, CLASSES, (STEPS, BATCH), generator=generator)
    described, losses, embedding, gradients, net = train(torch.float32, labels)
    _, losses64, embedding64, gradients64, net64 = train(torch.float64, labels)

    loss_spread, gradient_spread = torch.zeros(STEPS, dtype=torch.float64), {}
    for seed in range(PERTURBED_RUNS):
        _, l, _, g, _ = train(torch.float64, labels, seed)
        loss_spread = torch.maximum(loss_spread, (l - losses64).abs())
        for step in g:
            for name, reference in gradients64[step].items():
                relative = float((g[step][name] - reference).norm() / reference.norm())
                spread = gradient_spread.setdefault(f"step{step}", {})
                spread[name] = max(spread.get(name, 0), float(f"{relative:.1e}"))

    file.add("labels", labels)
    file.add("lossSpread", loss_spread)
    file.add("losses", losses)
    file.add("losses64", losses64)
    file.add("step0/embedding", embedding)
    file.add("step0/embedding64", embedding64)
    file.add("step0/firstPixels", formula.pixels(PIXEL_SEED, (SAMPLES,)))
    norms, initial = {}, initial_parameters()
    for name, parameter in net.named_parameters():
        count = parameter.numel()
        picked = torch.randperm(count, generator=generator)[:SAMPLES].sort().values
        file.add(f"sampleIndices/{name}", picked)
        file.add(f"firstWeights/{name}", initial[name].flatten()[:SAMPLES])
        for step in gradients:
            for suffix, source in (("", gradients), ("64", gradients64)):
                g = source[step][name].double()
                file.add(f"step{step}/{name}/gradientNorm{suffix}", g.norm())
                file.add(f"step{step}/{name}/gradientSum{suffix}", g.sum())
                file.add(f"step{step}/{name}/gradientSamples{suffix}", g.flatten()[picked])
            difference = (gradients[step][name].double() - gradients64[step][name]).norm()
            norms.setdefault(f"step{step}", {})[name] = float(f"{difference / gradients64[step][name].norm():.1e}")
        if count < SMALL:
            file.add(f"step0/{name}/gradient", gradients[0][name])
    for name, buffer in net.named_buffers():
        if not name.endswith("num_batches_tracked"):
            file.add(f"final/{name}", buffer)
            file.add(f"final64/{name}", dict(net64.named_buffers())[name])
    file.describe("parameters", described)
    file.describe("gradientDeviations", norms)
    file.describe("gradientSpread", gradient_spread)
    file.describe("settings", {
        "steps": STEPS, "batch": BATCH, "side": SIDE, "classes": CLASSES, "width": WIDTH, "pixelSeed": PIXEL_SEED,
        "learningRate": 0.05, "sgdMomentum": 0.9, "weightDecay": 5e-4, "epsilon": 1e-5, "statisticsMomentum": 0.1})
    return file


def initial_parameters():
    net = ResNet18(WIDTH, CLASSES)
    initialise(net)
    return {name: p.detach().clone() for name, p in net.named_parameters()}


def vgg_forward():
    width, side, batch = 8, 32, 2
    file, generator = GoldenFile("vgg11-forward"), torch.Generator().manual_seed(20140904)
    plan = [width * m if isinstance(m, int) else m for m in (1, "M", 2, "M", 4, 4, "M", 8, 8, "M", 8, 8, "M")]
    net = nn.Module()
    net.features = make_layers(plan, batch_norm=True)
    for layer in net.features:
        if isinstance(layer, nn.Conv2d):
            layer.bias = None
    described = initialise(net, 1.0, 0.0)
    # Scales, shifts and running statistics away from their initial values, so that none of them can be left out.
    with torch.no_grad():
        for entry, (name, parameter) in zip(described, net.named_parameters()):
            if entry["initial"] != "formula":
                parameter += 0.2 * torch.randn(parameter.shape, generator=generator)
                entry["initial"] = "stored"
                file.add(name, parameter)
        for name, buffer in net.named_buffers():
            if not name.endswith("num_batches_tracked"):
                noise = torch.randn(buffer.shape, generator=generator)
                buffer.copy_(0.2 * noise if name.endswith("mean") else 0.3 + 0.5 * noise.square())
                file.add(name, buffer)
    x = formula.pixels(PIXEL_SEED, (batch, 3, side, side))
    state = {k: v.clone() for k, v in net.state_dict().items()}
    with torch.no_grad():
        for kind, suffix in ((torch.float32, ""), (torch.float64, "64")):
            net.load_state_dict(state)
            net.to(kind)
            net.eval()
            file.add(f"inference/output{suffix}", net.features(x.to(kind)).flatten(1))
            net.train()
            file.add(f"training/output{suffix}", net.features(x.to(kind)).flatten(1))
            if kind == torch.float32:
                for name, buffer in net.named_buffers():
                    if not name.endswith("num_batches_tracked"):
                        file.add(f"training/{name}", buffer)
    file.describe("parameters", described)
    file.describe("settings", {"batch": batch, "side": side, "width": width, "pixelSeed": PIXEL_SEED,
                               "epsilon": 1e-5, "statisticsMomentum": 0.1})
    return file
