"""views.safetensors: torchvision's functional transforms on float tensors in [0, 1] for fixed parameters."""
import torch
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as V

from golden_file import GoldenFile

MEAN, DEVIATION = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
SIDE = 32
# top, left, height, width
BOXES = {"image32": [(0, 0, 32, 32), (3, 5, 20, 24), (7, 0, 9, 31), (0, 1, 31, 28)],
         "image64": [(0, 0, 64, 48), (5, 3, 40, 36), (10, 8, 17, 23), (20, 10, 12, 38), (2, 30, 61, 15)]}
CHAIN_BOXES = {"image32": (3, 5, 20, 24), "image64": (5, 3, 40, 36)}


def image(height, width, generator):
    """A smooth colour gradient with noise, and one row of the corners of the colour cube, where hue jumps."""
    y = torch.linspace(0, 1, height)[:, None].expand(height, width)
    x = torch.linspace(0, 1, width)[None].expand(height, width)
    smooth = torch.stack([0.15 + 0.7 * x, 0.85 - 0.6 * y, 0.5 + 0.45 * (2 * x - 1) * (2 * y - 1)])
    noisy = smooth + 0.12 * torch.randn(3, height, width, generator=generator)
    bytes_ = (noisy.clamp(0, 1) * 255).round().to(torch.uint8)
    for corner in range(8):
        for channel in range(3):
            bytes_[channel, 1, 2 * corner:2 * corner + 2] = 255 if corner >> channel & 1 else 0
    bytes_[:, 1, 16:20] = 128
    return bytes_


def make():
    file, generator = GoldenFile("views"), torch.Generator().manual_seed(20200213)
    bilinear = {"interpolation": InterpolationMode.BILINEAR, "antialias": True}

    def store(name, result, **settings):
        file.add(name, result)
        file.describe(name, settings)

    for label, height, width in (("image32", 32, 32), ("image64", 64, 48)):
        bytes_ = image(height, width, generator)
        x = bytes_.float() / 255
        file.add(f"{label}/bytes", bytes_)
        file.add(f"{label}/pixels", x)
        for adjust, function in (("brightness", V.adjust_brightness), ("contrast", V.adjust_contrast),
                                 ("saturation", V.adjust_saturation)):
            for case, factor in enumerate((0.6, 1.4)):
                store(f"{label}/{adjust}/{case}", function(x, factor), factor=factor)
        for case, factor in enumerate((-0.1, 0.07, 0.1)):
            store(f"{label}/hue/{case}", V.adjust_hue(x, factor), factor=factor)
        store(f"{label}/grayscale", V.rgb_to_grayscale(x), weights=[0.2989, 0.587, 0.114])
        store(f"{label}/flip", V.horizontal_flip(x))
        for case, (top, left, h, w) in enumerate(BOXES[label]):
            store(f"{label}/resizedCrop/{case}", V.resized_crop(x, top, left, h, w, [SIDE, SIDE], **bilinear),
                  top=top, left=left, height=h, width=w, side=SIDE)
        case = 0
        for kernel in (3, 5):
            for sigma in (0.5, 1.5):
                store(f"{label}/gaussianBlur/{case}", V.gaussian_blur(x, [kernel, kernel], [sigma, sigma]),
                      kernel=kernel, sigma=sigma)
                case += 1
        store(f"{label}/normalise", V.normalize(x, MEAN, DEVIATION), mean=MEAN, deviation=DEVIATION)

        top, left, h, w = CHAIN_BOXES[label]
        view = V.horizontal_flip(V.resized_crop(x, top, left, h, w, [SIDE, SIDE], **bilinear))
        factors = {"saturation": 1.3, "brightness": 0.8, "hue": -0.06, "contrast": 1.25}  # in the order (2, 0, 3, 1)
        view = V.adjust_saturation(view, factors["saturation"])
        view = V.adjust_brightness(view, factors["brightness"])
        view = V.adjust_hue(view, factors["hue"])
        view = V.adjust_contrast(view, factors["contrast"])
        settings = {"top": top, "left": left, "height": h, "width": w, "side": SIDE, "flip": True, **factors,
                    "order": ["saturation", "brightness", "hue", "contrast"], "mean": MEAN, "deviation": DEVIATION}
        store(f"{label}/chain/colour", V.normalize(view, MEAN, DEVIATION), **settings, grayscale=False)
        gray = V.rgb_to_grayscale(view, num_output_channels=3)
        store(f"{label}/chain/gray", V.normalize(gray, MEAN, DEVIATION), **settings, grayscale=True)

    x = file.tensors["image64/pixels"]
    store("image64/resize", V.resize(x, [20, 17], **bilinear), height=20, width=17)
    return file
