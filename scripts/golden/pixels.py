"""pixels-*: encoders in inference, and the gradient of a classifier's loss with respect to their images."""
import copy
import functools

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models.vgg import make_layers

import clip
import formula
import networks
from golden_file import GoldenFile

# Of a dozen seeds one with which no ReLU switches in the disturbed runs; where one does, gradients move by up to percents.
BATCH, CLASSES, PIXEL_SEED = 3, 3, 4008


class ResNet(networks.ResNet18):
    """A ResNet-18 whose first convolution has the given stride."""

    def __init__(self, stride):
        super().__init__(4, CLASSES)
        del self.head
        self.conv1.stride = (stride, stride)

    def forward(self, x):
        return self.embedding(x)


class VGG(nn.Module):
    """VGG-11 with batch norm, without biases before it, and the mean over what pixels are left."""

    def __init__(self, width=4):
        super().__init__()
        factors = (1, "M", 2, "M", 4, 4, "M", 8, 8, "M", 8, 8, "M")
        self.features = make_layers([width * f if isinstance(f, int) else f for f in factors], batch_norm=True)
        for layer in self.features:
            if isinstance(layer, nn.Conv2d):
                layer.bias = None

    def forward(self, x):
        return self.features(x).mean((2, 3))


class ViT(clip.VisionTransformer):
    """CLIP's vision transformer without the projection."""

    def __init__(self):
        super().__init__(width=24, layers=2, heads=2, patch=4, side=16)
        del self.proj

    def forward(self, x):
        t = self.conv1(x).flatten(2).transpose(1, 2)
        t = torch.cat([self.class_embedding.expand(len(x), 1, -1), t], 1) + self.positional_embedding
        return self.ln_post(self.transformer(self.ln_pre(t), False)[:, 0])


class Projected(nn.Module):
    """An encoder with SimCLR's projection head of one hidden layer."""

    def __init__(self, encoder, inputs, hidden=20, width=12):
        super().__init__()
        self.encoder = encoder
        self.projection = nn.ModuleList([
            nn.ModuleDict({"linear": nn.Linear(inputs, hidden, bias=False), "norm": nn.BatchNorm1d(hidden)}),
            nn.ModuleDict({"linear": nn.Linear(hidden, width)})])

    def forward(self, x):
        first, last = self.projection
        return last["linear"](F.relu(first["norm"](first["linear"](self.encoder(x)))))


class Classified(nn.Module):
    """A linear classifier of an encoder's embeddings."""

    def __init__(self, encoder, width):
        super().__init__()
        self.encoder, self.head = encoder, nn.Linear(width, CLASSES)

    def forward(self, x):
        return self.head(self.encoder(x))


def initialise(net, generator):
    """Sets parameters and running statistics, none to a value that would hide its part; describes and returns them."""
    described, stored = [], {}
    with torch.no_grad():
        for index, (name, value) in enumerate([*net.named_parameters(), *net.named_buffers()]):
            if name.endswith("num_batches_tracked"):
                continue
            noise, is_embedding = torch.randn(value.shape, generator=generator), name.endswith("embedding")
            if value.dim() > 1 and not is_embedding:
                value.copy_(formula.weights(index, value.shape))
            else:
                if name.endswith("running_var"):
                    value.copy_(0.4 + 0.5 * noise.square())
                else:
                    value.copy_(0.2 * noise + (1 if name.endswith("weight") else 0))
                stored[name] = value.clone()
            described.append({"name": name, "shape": list(value.shape),
                              "initial": "stored" if name in stored else "formula"})
    return described, stored


def gradient(net, x, labels, kind):
    """The loss and its gradient with respect to the images, in the given precision."""
    x = x.to(kind).requires_grad_()
    loss = F.cross_entropy(net.to(kind)(x), labels)
    return loss.detach(), torch.autograd.grad(loss, x)[0]


def make(name, encoder, width, side):
    file, generator = GoldenFile(name), torch.Generator().manual_seed(20180209)
    net = Classified(encoder(), width).eval()
    described, stored = initialise(net, generator)
    for key, value in stored.items():
        file.add(key, value)
    labels = torch.randint(0, CLASSES, (BATCH,), generator=generator)
    x = formula.pixels(PIXEL_SEED, (BATCH, 3, side, side))
    _, single = gradient(net, x, labels, torch.float32)
    loss, double = gradient(net, x, labels, torch.float64)
    spread = 0.0
    for seed in range(networks.PERTURBED_RUNS):
        disturbed = copy.deepcopy(net)
        networks.disturb(disturbed, seed)
        spread = max(spread, distance(gradient(disturbed, x, labels, torch.float64)[1], double))
    file.add("labels", labels)
    file.add("loss64", loss)
    file.add("pixelGradient64", double)
    file.describe("parameters", described)
    file.describe("deviations", {"pixelGradient": distance(single.double(), double), "spread": spread})
    file.describe("settings", {"batch": BATCH, "side": side, "width": 0, "classes": CLASSES,
                               "pixelSeed": PIXEL_SEED})
    return file


def distance(found, expected):
    """|found - expected| / |expected| in the L2 norm, to two digits."""
    return float(f"{float((found - expected).norm() / expected.norm()):.1e}")


# The encoder, the width of what the classifier sees, and the side of the images.
NETWORKS = {
    "pixels-resnet18": (lambda: ResNet(1), 32, 16),
    "pixels-resnet18-stem2": (lambda: ResNet(2), 32, 24),
    "pixels-resnet18-projected": (lambda: Projected(ResNet(1), 32), 12, 16),
    "pixels-vgg11": (VGG, 32, 32),
    "pixels-vit": (ViT, 24, 16),
}
MAKERS = {name: functools.partial(make, name, *network) for name, network in NETWORKS.items()}
