"""A safetensors file whose bytes depend on nothing but its contents.

The reference writer keeps metadata in a hash map, so that its header differs from run to run; here every key is
sorted. Tensors lie in order of falling element size, then name, which keeps each one aligned.
"""
import json
import os
import pathlib
import struct

import torch

DTYPES = {torch.int64: "I64", torch.float32: "F32", torch.uint8: "U8"}


class GoldenFile:
    def __init__(self, name):
        self.name = name
        self.tensors = {}
        self.metadata = {"torch": torch.__version__.split("+")[0]}

    def add(self, name, value):
        """Keeps a copy of `value`; doubles are rounded to float32, a scalar becomes one element of shape [1]."""
        value = value.detach().clone()
        if value.dtype == torch.float64:
            value = value.float()
        if value.dim() == 0:
            value = value.reshape(1)
        if name in self.tensors:
            raise ValueError(f"{self.name}: {name} is written twice")
        if value.is_floating_point() and not value.isfinite().all():
            raise ValueError(f"{self.name}: {name} is not finite")
        self.tensors[name] = value.contiguous()

    def describe(self, key, value):
        """Metadata values are strings: everything but a string is written as JSON with sorted keys."""
        self.metadata[key] = value if isinstance(value, str) else json.dumps(value, sort_keys=True)

    def encoded(self):
        order = sorted(self.tensors, key=lambda n: (-self.tensors[n].element_size(), n))
        header, chunks, offset = {"__metadata__": self.metadata}, [], 0
        for name in order:
            tensor = self.tensors[name]
            data = tensor.numpy().tobytes()
            header[name] = {"dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape),
                            "data_offsets": [offset, offset + len(data)]}
            chunks.append(data)
            offset += len(data)
        text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        return struct.pack("<Q", len(text)) + text + b"".join(chunks)

    def write(self, folder):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        path, data = folder / f"{self.name}.safetensors", self.encoded()
        partial = path.with_suffix(".partial")
        partial.write_bytes(data)
        os.replace(partial, path)
        return path, len(data)
