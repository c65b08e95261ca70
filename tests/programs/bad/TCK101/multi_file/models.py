from torch import nn


class Backbone(nn.Module):
    def __init__(self, in_features, width):
        super().__init__()
        self.block = nn.Sequential(nn.Linear(in_features, width), nn.LayerNorm(width), nn.GELU())

    def forward(self, x):
        return self.block(x)


class Classifier(nn.Module):
    def __init__(self, backbone, width, classes):
        super().__init__()
        self.backbone = backbone
        self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(width, classes), nn.Softmax(-1))

    def forward(self, x):
        return self.head(self.backbone(x))


def build_model(in_features, classes, width=32):
    return Classifier(Backbone(in_features, width), width, classes)
