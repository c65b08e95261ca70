"""TCK420 unsigned-wraparound."""

BAD = {
    "zero-centred before the cast": """
import torch
img_uint8 = torch.randint(0, 256, (3, 32, 32), dtype=torch.uint8)
x = (img_uint8 - 128).float()  # <-
""",
    "an image of OpenCV": """
import cv2
import torch
img = cv2.imread("a.png")
img = cv2.cvtColor(img, cv2.COLOR_BGR2RGB)
img = cv2.resize(img, (224, 224))
x = torch.from_numpy(img.transpose(2, 0, 1)) - 127  # <-
x = x.float() / 128
""",
    "the error between two images": """
import torch
import numpy as np
from PIL import Image
def mse(a_path, b_path):
    a = np.asarray(Image.open(a_path))
    b = np.asarray(Image.open(b_path))
    return np.mean((a - b) ** 2)  # <-
""",
    "frame differences": """
import torch
import cv2, numpy as np
frame1 = cv2.imread("1.png", cv2.IMREAD_GRAYSCALE)
frame2 = cv2.imread("2.png", 0)
diff = np.abs(frame1 - frame2)  # <-
""",
    "in place": """
import torch
import cv2
import numpy as np
def load(path):
    img = cv2.imread(path)
    img -= 128  # <-
    return img.astype(np.float32) / 128
""",
    "a dataset of torchvision": """
from torchvision import datasets
train = datasets.MNIST("data", train=True, download=True)
x = (train.data - 33).float() / 78  # <-
""",
    "read by torchvision": """
import torchvision
from torchvision.io import read_image
img = read_image("a.jpg").to("cuda")
out = (img * 2 - 255).float()  # <-
""",
    "brighter": """
import torch
import cv2
def brighten(path):
    image = cv2.imread(path)
    image = image + 50  # <-
    return image
""",
    "two images mixed": """
import torch
import numpy as np
from PIL import Image
a = np.array(Image.open("a.png").convert("L"))
b = np.array(Image.open("b.png").convert("L"))
mixed = (a + b) / 2  # <-
""",
    "cast to bytes": """
import torch
import numpy as np
def centre(x):
    x = x.astype(np.uint8)
    return (x - 128).astype(np.float32)  # <-
""",
    "darker than": """
import torch
import imageio
img = imageio.imread("a.png")
dark = (200 - img).astype(float)  # <-
""",
    "squared": """
import torch
import cv2
energy = (cv2.imread("a.png") ** 2).sum()  # <-
""",
}

GOOD = {
    "cast first": """
import cv2
import numpy as np
import torch
img = cv2.imread("a.png").astype(np.float32)
img -= 128
x = torch.from_numpy(img)
y = torch.from_numpy(cv2.imread("b.png")).float() - 128
""",
    "a float promotes": """
import torch
import cv2
import numpy as np
img = cv2.imread("a.png")
x = img - 127.5
y = img / 255 - 0.5
z = img - np.array([104.0, 117.0, 123.0])
w = img * 1.5
""",
    "an array of another type": """
import torch
import numpy as np
from PIL import Image
a = np.array(Image.open("a.png"), dtype=np.float32) - 128
b = np.asarray(Image.open("b.png"), np.int16) - np.asarray(Image.open("c.png"), np.int16)
""",
    "the negative of an image": """
import torch
import cv2
img = cv2.imread("a.png")
negative = 255 - img
""",
    "class ids": """
import torch
import numpy as np
from PIL import Image
mask = np.array(Image.open("mask.png"))
mask = mask - 1
label = np.array(Image.open("label.png"))
label = label - 2
""",
    "a mask of ones is made visible": """
import torch
import cv2
import numpy as np
mask = (cv2.imread("a.png", 0) > 100).astype(np.uint8)
cv2.imwrite("mask.png", mask * 255)
seen = cv2.imread("m.png", 0) * 255
""",
    "only tested for zero": """
import torch
import cv2
import numpy as np
a, b = cv2.imread("a.png"), cv2.imread("b.png")
same = not (a - b).any()
changed = np.count_nonzero(a - b)
equal = (a - b) == 0
""",
    "functions that saturate": """
import torch
import cv2
a = cv2.imread("a.png")
b = cv2.imread("b.png")
diff = cv2.absdiff(a, b)
less = cv2.subtract(a, b)
grown = cv2.dilate(a, None) - cv2.erode(a, None)
""",
    "cast in some of the ways": """
import torch
import cv2
def load(path, as_float):
    img = cv2.imread(path)
    if as_float:
        img = img.astype("float32")
    return img - 128
""",
    "16 bits": """
import torch
import cv2
depth = cv2.imread("depth.png", cv2.IMREAD_UNCHANGED)
near = depth - 10
""",
    "cast in a loop": """
import torch
import cv2
img = cv2.imread("a.png")
for _ in range(3):
    img = img - 2
    img = img.astype(float)
""",
    "a wrap on purpose": """
import torch
import cv2
a = cv2.imread("a.png")
b = cv2.imread("b.png")
cipher = (a + b) % 256
""",
    "unknown": """
import torch
def normalise(img, image_uint8):
    return (img - 128).float() + (image_uint8 - 128).float()
""",
}
