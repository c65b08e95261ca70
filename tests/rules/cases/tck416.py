"""TCK416 scaled-label-mask."""

BAD = {
    "a dataset of torchvision": """
from torchvision import datasets, transforms
data = datasets.VOCSegmentation("data", transform=transforms.ToTensor(), target_transform=transforms.ToTensor())  # <-
""",
    "a composition for the targets": """
import torchvision.transforms as T
from torchvision.datasets import Cityscapes
mask_tf = T.Compose([T.Resize((256, 512), interpolation=0), T.ToTensor()])
train = Cityscapes("data", split="train", mode="fine", target_type="semantic", transform=T.ToTensor(),
                   target_transform=mask_tf)  # <-
""",
    "pets and their trimaps": """
import torchvision
from torchvision import transforms
data = torchvision.datasets.OxfordIIITPet(
    root="data", target_types="segmentation", download=True,
    target_transform=transforms.Compose([transforms.Resize((128, 128)), transforms.ToTensor()]),  # <-
)
""",
    "in the dataset": """
from PIL import Image
from torch.utils.data import Dataset
from torchvision import transforms
N_CLASSES = 12
class Seg(Dataset):
    def __init__(self, items):
        self.items = items
        self.to_tensor = transforms.ToTensor()
    def __getitem__(self, i):
        img, mask = Image.open(self.items[i][0]), Image.open(self.items[i][1])
        img = self.to_tensor(img)
        mask = self.to_tensor(mask)  # <-
        return img, mask.long()
""",
    "the function": """
from PIL import Image
import torchvision.transforms.functional as TF
import torch.nn as nn
criterion = nn.CrossEntropyLoss(ignore_index=255)
def load(image_path, label_path):
    image = Image.open(image_path).convert("RGB")
    label = Image.open(label_path)
    if True:
        image, label = TF.hflip(image), TF.hflip(label)
    return TF.to_tensor(image), TF.to_tensor(label).long()  # <-
""",
    "built and called at once": """
import torch
from PIL import Image
from torchvision import transforms
model = dict(num_classes=21)
def get(path):
    mask = Image.open(path).convert("L")
    mask = mask.resize((256, 256), Image.NEAREST)
    return transforms.ToTensor()(mask).squeeze().to(torch.int64)  # <-
""",
    "handed in": """
from PIL import Image
from torch.utils.data import Dataset
from torchvision import transforms as T
from net import UNet
class Camvid(Dataset):
    def __init__(self, paths, transform=None, mask_transform=None):
        self.paths = paths
        self.transform = transform
        self.mask_transform = mask_transform
    def __getitem__(self, i):
        image = Image.open(self.paths[i]).convert("RGB")
        mask = Image.open(self.paths[i].replace("img", "mask"))
        return self.transform(image), self.mask_transform(mask)  # <-
mask_transform = T.Compose([T.Resize((64, 64), interpolation=T.InterpolationMode.NEAREST), T.ToTensor()])
data = Camvid([], transform=T.ToTensor(), mask_transform=mask_transform)
model = UNet(n_channels=3, n_classes=32)
for images, masks in data:
    masks = masks.squeeze(1).long()
""",
    "a list of classes": """
from PIL import Image
from torchvision.transforms import ToTensor
CLASSES = ["background", "road", "car", "tree"]
def target(path):
    return ToTensor()(Image.open(label_path(path))).long()  # <-
def label_path(path):
    return path
""",
    "of the second version": """
from PIL import Image
from torchvision.transforms import v2
num_classes = 8
def target(path):
    gt_mask = Image.open(path)
    tf = v2.ToTensor()
    return tf(gt_mask).long()  # <-
""",
}

GOOD = {
    "a binary mask": """
from PIL import Image
from torchvision import transforms
import torch.nn as nn
criterion = nn.BCEWithLogitsLoss()
def load(path):
    mask = Image.open(path).convert("L")
    return transforms.ToTensor()(mask)
""",
    "bytes kept": """
import torch
from torchvision import datasets, transforms as T
data = datasets.VOCSegmentation("data", transform=T.ToTensor(), target_transform=T.PILToTensor())
""",
    "multiplied again": """
from PIL import Image
from torchvision import transforms
num_classes = 21
def load(path):
    mask = Image.open(path)
    return (transforms.ToTensor()(mask) * 255).long()
""",
    "a function behind it": """
import torch
from torchvision import datasets, transforms as T
target_tf = T.Compose([T.ToTensor(), T.Lambda(lambda x: (x.squeeze() * 255).long())])
data = datasets.VOCSegmentation("data", target_transform=target_tf)
""",
    "another dataset, whose targets are numbers": """
from torchvision import datasets, transforms as T
num_classes = 10
data = datasets.CIFAR10("data", transform=T.ToTensor())
pets = datasets.OxfordIIITPet("data", target_types="category", transform=T.ToTensor())
""",
    "an array of integers": """
import numpy as np
from PIL import Image
from torchvision import transforms
num_classes = 21
def load(path):
    mask = Image.open(path)
    mask = np.array(mask, dtype=np.int64)
    return transforms.ToTensor()(mask)
""",
    "of albumentations, which keeps masks": """
import albumentations as A
from albumentations.pytorch import ToTensorV2
from PIL import Image
num_classes = 21
tf = A.Compose([A.Resize(64, 64), ToTensorV2()])
def load(image, path):
    mask = Image.open(path)
    return tf(image=image, mask=mask)
""",
    "a class of their own": """
import numpy as np
import torch
from PIL import Image
num_classes = 21
class ToTensor:
    def __call__(self, mask):
        return torch.from_numpy(np.array(mask)).long()
def load(path):
    mask = Image.open(path)
    return ToTensor()(mask)
""",
    "only the image": """
from PIL import Image
import numpy as np
import torch
from torchvision import transforms
num_classes = 21
def load(path, mask_path):
    image, mask = Image.open(path), Image.open(mask_path)
    return transforms.ToTensor()(image), torch.from_numpy(np.array(mask)).long()
""",
    "one more channel of the input": """
from PIL import Image
import torch
from torchvision import transforms
num_classes = 10
def load(path, mask_path, target):
    mask = Image.open(mask_path).convert("L")
    mask = transforms.ToTensor()(mask)
    return torch.cat((transforms.ToTensor()(Image.open(path)), mask)), torch.tensor(target)
""",
    "an unknown mask": """
import torchvision.transforms.functional as F
num_classes = 5
class ToTensors:
    def __call__(self, image, mask):
        return F.to_tensor(image), F.to_tensor(mask)
""",
    "a mask of colours": """
from PIL import Image
from torchvision import transforms
num_classes = 21
def load(path):
    mask = Image.open(path).convert("RGB")
    return transforms.ToTensor()(mask)
""",
}
