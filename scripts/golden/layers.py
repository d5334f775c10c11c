"""layers.safetensors: single operations with the gradients of every input and parameter."""
import torch
import torch.nn.functional as F

from golden_file import GoldenFile

MOMENTUM, EPSILON = 0.1, 1e-5


def batch_norm(t, training):
    """PyTorch's rule: the biased variance normalises, the unbiased one enters the running statistics."""
    mean, variance = t["runningMean"].clone(), t["runningVariance"].clone()
    output = F.batch_norm(t["input"], mean, variance, t["weight"], t["bias"], training, MOMENTUM, EPSILON)
    return output, ({"newRunningMean": mean, "newRunningVariance": variance} if training else {})


def split_batch_norm(t, splits, grouping):
    """Each sub-batch has its own statistics; the new running statistics are the mean of the sub-batches' new ones."""
    x = t["input"]
    n = x.shape[0]
    if grouping == "interleaved":
        groups = [torch.arange(j, n, splits) for j in range(splits)]
    else:
        groups = list(torch.arange(n).chunk(splits))
    parts, means, variances = [], [], []
    for group in groups:
        part, statistics = batch_norm({**t, "input": x[group]}, True)
        parts.append(part)
        means.append(statistics["newRunningMean"])
        variances.append(statistics["newRunningVariance"])
    output = torch.cat(parts)[torch.cat(groups).argsort()]
    return output, {"newRunningMean": torch.stack(means).mean(0), "newRunningVariance": torch.stack(variances).mean(0)}


class Recorder:
    def __init__(self, name="layers", seed=20211115):
        self.file = GoldenFile(name)
        self.generator = torch.Generator().manual_seed(seed)

    def normal(self, *shape):
        return torch.randn(*shape, generator=self.generator)

    def record(self, name, settings, tensors, apply, fixed=()):
        """Runs `apply` in float32, stores all tensors and gradients, and holds the float32 run against a float64 one.

        `fixed` names the tensors that have no gradient. `apply` returns the output or (output, further results).
        """
        results = {}
        output_gradient = None
        for kind in (torch.float32, torch.float64):
            t = {k: v.to(kind) if v.is_floating_point() else v for k, v in tensors.items()}
            leaves = {k: v.clone().requires_grad_() for k, v in t.items() if k not in fixed}
            output, further = (lambda r: r if isinstance(r, tuple) else (r, {}))(apply({**t, **leaves}))
            if output_gradient is None:
                output_gradient = self.normal(*output.shape) if output.dim() else torch.ones(())
            output.backward(output_gradient.to(kind))
            results[kind] = {"output": output, **further, **{f"{k}Gradient": v.grad for k, v in leaves.items()}}
        low, high = results[torch.float32], results[torch.float64]
        deviation = max(float((low[k].double() - high[k]).detach().abs().max()) for k in low)
        if deviation > 1e-4:
            raise ValueError(f"{name}: float32 and float64 differ by {deviation}")
        for key, value in {**tensors, **low, "outputGradient": output_gradient}.items():
            self.file.add(f"{name}/{key}", value)
        self.file.describe(name, {**settings, "largestDeviation": float(f"{deviation:.1e}")})

    def convolution(self, name, input_shape, channels, kernel, stride, padding):
        weight = self.normal(channels, input_shape[1], kernel, kernel) / (input_shape[1] * kernel * kernel) ** 0.5
        self.record(name, {"operation": "convolution", "stride": stride, "padding": padding},
                    {"input": self.normal(*input_shape), "weight": weight},
                    lambda t: F.conv2d(t["input"], t["weight"], None, stride, padding))

    def normalisation_inputs(self, *shape):
        c = shape[1]
        return {"input": self.normal(*shape) * 1.5 + 0.3, "weight": 1 + 0.3 * self.normal(c), "bias": 0.3 * self.normal(c),
                "runningMean": 0.2 * self.normal(c), "runningVariance": 0.5 + self.normal(c).square()}


def make():
    r = Recorder()
    r.convolution("conv3x3s1", (2, 16, 8, 8), 32, 3, 1, 1)
    r.convolution("conv3x3s2", (2, 16, 8, 8), 32, 3, 2, 1)
    r.convolution("conv1x1s2", (2, 16, 8, 8), 32, 1, 2, 0)
    r.convolution("convStemS1", (2, 3, 8, 8), 16, 3, 1, 1)
    r.convolution("convStemS4", (2, 3, 16, 16), 16, 3, 4, 1)
    r.convolution("convOdd", (2, 5, 9, 7), 7, 3, 1, 1)
    r.convolution("convOddS2", (2, 5, 9, 7), 7, 3, 2, 1)

    statistics = ("runningMean", "runningVariance")
    settings = {"operation": "batchNorm", "epsilon": EPSILON, "statisticsMomentum": MOMENTUM}

    def relu_of(result):
        return F.relu(result[0]), result[1]

    def add_and_relu(t):
        output, further = batch_norm(t, True)
        return F.relu(output + t["residual"]), further

    r.record("batchNorm", {**settings, "phase": "training"}, r.normalisation_inputs(4, 20, 5, 5),
             lambda t: batch_norm(t, True), statistics)
    r.record("batchNormReLU", {**settings, "phase": "training", "relu": True}, r.normalisation_inputs(4, 20, 5, 5),
             lambda t: relu_of(batch_norm(t, True)), statistics)
    r.record("batchNormAddReLU", {**settings, "phase": "training", "relu": True, "residual": True},
             {**r.normalisation_inputs(4, 20, 5, 5), "residual": r.normal(4, 20, 5, 5)}, add_and_relu, statistics)
    r.record("batchNormInference", {**settings, "phase": "inference"}, r.normalisation_inputs(4, 20, 5, 5),
             lambda t: batch_norm(t, False), statistics)
    r.record("batchNormRows", {**settings, "phase": "training"}, r.normalisation_inputs(6, 20),
             lambda t: batch_norm(t, True), statistics)
    for grouping in ("interleaved", "contiguous"):
        for splits in (2, 4):
            r.record(f"splitBatchNorm{splits}{grouping.capitalize()}",
                     {**settings, "phase": "training", "splits": splits, "grouping": grouping},
                     r.normalisation_inputs(8, 20, 3, 3),
                     lambda t: split_batch_norm(t, splits, grouping), statistics)

    values = r.normal(2, 20, 4, 4)
    values[0, :3] = 0  # at exactly zero the derivative is taken as zero
    r.record("relu", {"operation": "relu"}, {"input": values}, lambda t: F.relu(t["input"]))
    r.record("tanh", {"operation": "tanh"}, {"input": 2 * r.normal(6, 20)}, lambda t: torch.tanh(t["input"]))
    pool = {"operation": "maxPool", "kernel": 2, "stride": 2}
    r.record("maxPool", pool, {"input": r.normal(2, 20, 8, 6)}, lambda t: F.max_pool2d(t["input"], 2))
    r.record("maxPoolOdd", pool, {"input": r.normal(2, 5, 7, 5)}, lambda t: F.max_pool2d(t["input"], 2))
    r.record("globalAveragePool", {"operation": "globalAveragePool"}, {"input": r.normal(3, 20, 5, 4)},
             lambda t: t["input"].mean((2, 3)))
    r.record("linear", {"operation": "linear"},
             {"input": r.normal(6, 20), "weight": r.normal(12, 20), "bias": r.normal(12)},
             lambda t: F.linear(t["input"], t["weight"], t["bias"]))
    r.record("linearNoBias", {"operation": "linear"}, {"input": r.normal(6, 20), "weight": r.normal(12, 20)},
             lambda t: F.linear(t["input"], t["weight"]))
    probability = 0.3
    mask = (torch.rand(6, 20, generator=r.generator) >= probability).float()
    r.record("dropout", {"operation": "dropout", "probability": probability}, {"input": r.normal(6, 20), "mask": mask},
             lambda t: t["input"] * t["mask"] / (1 - probability), ("mask",))
    labels = torch.tensor([4, 0, 2, 2, 1, 3, 0])
    r.record("softmaxCrossEntropy", {"operation": "softmaxCrossEntropy", "reduction": "mean"},
             {"input": 3 * r.normal(7, 5), "labels": labels},
             lambda t: F.cross_entropy(t["input"], t["labels"]), ("labels",))
    r.record("normaliseRows", {"operation": "normaliseRows", "smallestNorm": 1e-12}, {"input": r.normal(6, 20)},
             lambda t: F.normalize(t["input"], dim=1))
    r.record("similarityMatrix", {"operation": "similarityMatrix"}, {"left": r.normal(6, 16), "right": r.normal(9, 16)},
             lambda t: t["left"] @ t["right"].T)
    return r.file
