"""clip-layers, clip-vit-steps and clip-resnet18-steps: the operations of transformers, and small CLIPs in training.

The towers are written after OpenAI's CLIP, under its parameter names.
"""
import torch
import torch.nn.functional as F
from torch import nn

import formula
import networks
from golden_file import GoldenFile
from layers import Recorder

STEPS, VOCABULARY, CONTEXT, DIMENSION = 10, 40, 9, 16
LEARNING_RATE, WEIGHT_DECAY, LOGIT_SCALE = 1e-3, 0.1, 2.6593


def quick_gelu(x):
    return x * torch.sigmoid(1.702 * x)


def attention(packed, batch, tokens, heads, causal):
    """softmax(q·kᵀ/sqrt(head width))·v within each sequence; `packed` is [batch * tokens, 3 * width]."""
    width = packed.shape[1] // 3
    q, k, v = packed.view(batch, tokens, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
    return F.scaled_dot_product_attention(q, k, v, is_causal=causal).transpose(1, 2).reshape(batch * tokens, width)


def clip_loss(images, texts, scale):
    a, b = F.normalize(images, dim=1), F.normalize(texts, dim=1)
    logits = scale.exp().clamp(max=100) * a @ b.T
    labels = torch.arange(len(a))
    return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2


def layers():
    r = Recorder("clip-layers", 20210226)
    for name, rows, width in (("layerNorm", 70, 20), ("layerNormWide", 5, 64)):
        r.record(name, {"operation": "layerNorm", "epsilon": 1e-5},
                 {"input": 2 * r.normal(rows, width) + 0.5, "weight": 1 + 0.3 * r.normal(width),
                  "bias": 0.3 * r.normal(width)},
                 lambda t: F.layer_norm(t["input"], t["input"].shape[1:], t["weight"], t["bias"], 1e-5))
    for name, function in (("gelu", F.gelu), ("quickGELU", quick_gelu)):
        r.record(name, {"operation": name}, {"input": 3 * r.normal(9, 20), "weight": r.normal(12, 20) / 4.5,
                                             "bias": r.normal(12)},
                 lambda t, f=function: f(F.linear(t["input"], t["weight"], t["bias"])))
    r.record("linearResidual", {"operation": "linear"},
             {"input": r.normal(9, 20), "weight": r.normal(12, 20), "bias": r.normal(12), "residual": r.normal(9, 12)},
             lambda t: F.linear(t["input"], t["weight"], t["bias"]) + t["residual"])
    for batch, tokens, heads, head_width in ((2, 17, 3, 8), (2, 5, 2, 20), (3, 1, 2, 8)):
        for causal in (False, True):
            name = f"attention{tokens}x{head_width}" + ("Causal" if causal else "")
            settings = {"batch": batch, "tokens": tokens, "heads": heads, "isCausal": causal}
            r.record(name, {"operation": "attention", **settings},
                     {"input": 1.5 * r.normal(batch * tokens, 3 * heads * head_width)},
                     lambda t, s=(batch, tokens, heads, causal): attention(t["input"], *s))
    ids = torch.tensor([[4, 0, 4, 6], [1, 4, 2, 2], [6, 6, 6, 0]])
    r.record("embedding", {"operation": "embedding"},
             {"ids": ids, "table": r.normal(7, 20), "positions": r.normal(5, 20)},
             lambda t: (t["table"][t["ids"]] + t["positions"][:4]).reshape(12, 20), ("ids",))

    def tokens(t):
        patches = F.conv2d(t["images"], t["weight"], stride=4).flatten(2).transpose(1, 2)
        start = t["classToken"].expand(len(patches), 1, -1)
        return (torch.cat([start, patches], 1) + t["positions"]).reshape(-1, 20)

    r.record("imageTokens", {"operation": "imageTokens", "patch": 4},
             {"images": r.normal(3, 3, 8, 12), "weight": r.normal(20, 3, 4, 4) / 7, "classToken": r.normal(20),
              "positions": r.normal(7, 20)}, tokens)
    images = r.normal(7, 20)
    # A scale of exactly ln 100 would be decided by rounding.
    for name, scale in (("clipLoss", LOGIT_SCALE), ("clipLossBelow", 4.6), ("clipLossClamped", 4.7)):
        r.record(name, {"operation": "clipLoss"},
                 {"images": images, "texts": 2 * (images + 1.5 * r.normal(7, 20)), "scale": torch.tensor([scale])},
                 lambda t: clip_loss(t["images"], t["texts"], t["scale"]).reshape(()))
    return r.file


class Block(nn.Module):
    def __init__(self, width, heads, activation):
        super().__init__()
        self.attn, self.ln_1, self.ln_2 = nn.MultiheadAttention(width, heads), nn.LayerNorm(width), nn.LayerNorm(width)
        self.mlp = nn.Module()
        self.mlp.c_fc, self.mlp.c_proj = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.heads, self.activation = heads, activation

    def forward(self, x, causal):
        n, length, width = x.shape
        packed = F.linear(self.ln_1(x), self.attn.in_proj_weight, self.attn.in_proj_bias)
        mixed = attention(packed.reshape(n * length, -1), n, length, self.heads, causal).view(n, length, width)
        x = x + self.attn.out_proj(mixed)
        return x + self.mlp.c_proj(self.activation(self.mlp.c_fc(self.ln_2(x))))


class Transformer(nn.Module):
    def __init__(self, width, layers, heads, activation):
        super().__init__()
        self.resblocks = nn.ModuleList([Block(width, heads, activation) for _ in range(layers)])

    def forward(self, x, causal):
        for block in self.resblocks:
            x = block(x, causal)
        return x


class VisionTransformer(nn.Module):
    def __init__(self, width=24, layers=2, heads=2, patch=4, side=12):
        super().__init__()
        self.class_embedding = nn.Parameter(torch.empty(width))
        self.positional_embedding = nn.Parameter(torch.empty((side // patch) ** 2 + 1, width))
        self.conv1 = nn.Conv2d(3, width, patch, patch, bias=False)
        self.ln_pre, self.ln_post = nn.LayerNorm(width), nn.LayerNorm(width)
        self.transformer = Transformer(width, layers, heads, F.gelu)
        self.proj = nn.Parameter(torch.empty(width, DIMENSION))

    def forward(self, x):
        t = self.conv1(x).flatten(2).transpose(1, 2)
        t = torch.cat([self.class_embedding.expand(len(x), 1, -1), t], 1) + self.positional_embedding
        return self.ln_post(self.transformer(self.ln_pre(t), False)[:, 0]) @ self.proj


class ResNet(networks.ResNet18):
    def __init__(self, width=8):
        super().__init__(width, 1)
        del self.head
        self.proj = nn.Parameter(torch.empty(8 * width, DIMENSION))

    def forward(self, x):
        return self.embedding(x) @ self.proj


class CLIP(nn.Module):
    def __init__(self, visual, width=32, layers=2, heads=4):
        super().__init__()
        self.visual = visual
        self.token_embedding = nn.Embedding(VOCABULARY, width)
        self.positional_embedding = nn.Parameter(torch.empty(CONTEXT, width))
        self.transformer = Transformer(width, layers, heads, quick_gelu)
        self.ln_final = nn.LayerNorm(width)
        self.text_projection = nn.Parameter(torch.empty(width, DIMENSION))
        self.logit_scale = nn.Parameter(torch.empty(1))

    def forward(self, images, ids):
        t = self.transformer(self.token_embedding(ids) + self.positional_embedding, True)
        texts = self.ln_final(t)[torch.arange(len(ids)), ids.argmax(1)] @ self.text_projection
        return clip_loss(self.visual(images), texts, self.logit_scale)


def initial(net, generator):
    """Values for every parameter, none at a value that would hide its part."""
    for name, p in net.named_parameters():
        noise = torch.randn(p.shape, generator=generator)
        if name == "logit_scale":
            yield name, torch.full(p.shape, LOGIT_SCALE)
        elif name.endswith("embedding") or name.endswith("embedding.weight"):
            yield name, 0.3 * noise
        elif p.dim() > 1:
            inputs = p.shape[0] if "proj" in name.split(".")[-1] and "in_proj" not in name else p[0].numel()
            yield name, noise / inputs ** 0.5
        else:
            yield name, 0.1 * noise + (1 if name.endswith("weight") else 0)


def captions(generator, batch):
    """Ids, the greatest of them at the end of each caption and zeros behind."""
    ids = torch.randint(1, VOCABULARY - 1, (STEPS, batch, CONTEXT), generator=generator)
    ends = torch.randint(2, CONTEXT, (STEPS, batch), generator=generator)
    place = torch.arange(CONTEXT)
    ids[place > ends[..., None]] = 0
    ids[place == ends[..., None]] = VOCABULARY - 1
    return ids


def is_decayed(name, parameter):
    return parameter.dim() > 1 and "embedding" not in name


def train(visual, values, images, ids, kind):
    net = CLIP(visual())
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.copy_(values[name])
    net = net.to(kind).train()
    groups = [[p for n, p in net.named_parameters() if is_decayed(n, p) == flag] for flag in (True, False)]
    optimiser = torch.optim.AdamW([{"params": groups[0], "weight_decay": WEIGHT_DECAY},
                                   {"params": groups[1], "weight_decay": 0.0}], lr=LEARNING_RATE)
    losses, gradients = [], {}
    for step in range(STEPS):
        loss = net(images[step].to(kind), ids[step])
        optimiser.zero_grad()
        loss.backward()
        if step in (0, STEPS - 1):
            gradients[step] = {name: p.grad.clone() for name, p in net.named_parameters()}
        optimiser.step()
        losses.append(loss.detach())
    return torch.stack(losses), gradients


def steps(name, visual, batch, side, formula_for, keeps_gradients):
    file, generator = GoldenFile(name), torch.Generator().manual_seed(20210226)
    net = CLIP(visual())
    values, described = dict(initial(net, generator)), []
    for index, (key, p) in enumerate(net.named_parameters()):
        kind = formula_for(key, p)
        if kind == "stored":
            file.add(key, values[key])
        else:
            values[key] = formula.weights(index, p.shape) if kind == "formula" else torch.full(p.shape, kind)
        described.append({"name": key, "shape": list(p.shape), "initial": kind})
    for key, buffer in net.named_buffers():
        if not key.endswith("num_batches_tracked"):
            described.append({"name": key, "shape": list(buffer.shape), "initial": float(buffer[0])})
    seed = networks.PIXEL_SEED
    images = [formula.pixels(seed + step, (batch, 3, side, side)) for step in range(STEPS)]
    ids = captions(generator, batch)
    losses, gradients = train(visual, values, images, ids, torch.float32)
    losses64, gradients64 = train(visual, values, images, ids, torch.float64)
    file.add("ids", ids)
    file.add("losses", losses)
    file.add("losses64", losses64)
    worst = 0.0
    for step in gradients if keeps_gradients else ():
        for key, gradient in gradients64[step].items():
            file.add(f"step{step}/{key}/gradient64", gradient)
            worst = max(worst, float((gradients[step][key].double() - gradient).norm() / gradient.norm()))
    file.describe("parameters", described)
    file.describe("deviations", {"gradients": float(f"{worst:.1e}"),
                                 "losses": float(f"{float((losses.double() - losses64).abs().max()):.1e}")})
    file.describe("settings", {
        "steps": STEPS, "batch": batch, "side": side, "width": 0, "pixelSeed": seed, "learningRate": LEARNING_RATE,
        "weightDecay": WEIGHT_DECAY, "vocabulary": VOCABULARY, "context": CONTEXT, "dimension": DIMENSION})
    return file


def vit_steps():
    return steps("clip-vit-steps", VisionTransformer, 6, 12, lambda name, p: "stored", True)


def resnet_steps():
    """Batch norms begin as in the ten steps of ResNet-18 alone, for the same reason."""
    def formula_for(name, p):
        if not name.startswith("visual.") or name == "visual.proj":
            return "stored"
        if p.dim() > 1:
            return "formula"
        return networks.SCALE if name.endswith("weight") else networks.SHIFT

    return steps("clip-resnet18-steps", ResNet, 8, 16, formula_for, False)
