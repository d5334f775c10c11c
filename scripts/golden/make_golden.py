"""Writes the golden values that the Swift tests compare with: make_golden.py [--output FOLDER] [--only NAME]."""
import argparse
import pathlib

import torch

import attacks
import clip
import layers
import losses
import networks
import optimisers
import pixels
import views

MAKERS = {"attacks": attacks.make, "clip-layers": clip.layers, "clip-vit-steps": clip.vit_steps,
          "clip-resnet18-steps": clip.resnet_steps, "layers": layers.make, "losses": losses.make,
          "optimisers": optimisers.make, "resnet18-steps": networks.resnet_steps,
          "vgg11-forward": networks.vgg_forward, "views": views.make, **pixels.MAKERS}


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=pathlib.Path, default=root / "Tests/Golden")
    parser.add_argument("--only", choices=MAKERS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    total = 0
    for name, make in MAKERS.items():
        if arguments.only in (None, name):
            path, size = make().write(arguments.output)
            total += size
            print(f"{path.name}: {size:,} bytes")
    print(f"total: {total:,} bytes")


main()
