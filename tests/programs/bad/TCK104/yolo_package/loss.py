from torch import nn


class YoloLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.BCEobj = nn.BCEWithLogitsLoss()

    def forward(self, p, tobj):
        obji = self.BCEobj(p, tobj)  # expect: TCK104
        return obji * 1.5
