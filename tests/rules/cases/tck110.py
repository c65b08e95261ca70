"""TCK110: KL divergence without the logarithm, or swapped."""

_HEAD = """
import torch
import torch.nn as nn
import torch.nn.functional as F
"""

BAD = {
    "softmax on both sides": _HEAD
    + """
teacher, student = nn.Linear(4, 3), nn.Linear(4, 3)
for x, _ in loader:
    loss = F.kl_div(F.softmax(student(x), dim=1), F.softmax(teacher(x), dim=1), reduction="batchmean")  # <-
    loss.backward()
""",
    "names, temperature and KLDivLoss": _HEAD
    + """
def distill(student_logits, teacher_logits, T=4.0):
    p = torch.softmax(student_logits / T, dim=-1)
    q = torch.softmax(teacher_logits / T, dim=-1)
    kl = nn.KLDivLoss(reduction="batchmean")
    return kl(p, q) * T * T  # <-
""",
    "probabilities come first and logarithms second": _HEAD
    + """
def distill(student_logits, teacher_logits):
    student = F.log_softmax(student_logits, dim=1)
    teacher = F.softmax(teacher_logits, dim=1)
    return F.kl_div(teacher, student, reduction="batchmean")  # <-
""",
    "raw logits from a model": _HEAD
    + """
model = nn.Sequential(nn.Linear(10, 20), nn.ReLU(), nn.Linear(20, 5))
criterion = nn.KLDivLoss()
for x, y in loader:
    loss = criterion(model(x), y)  # <-
    loss.backward()
""",
    "softmax as the last layer": _HEAD
    + """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(10, 5)
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x):
        return self.softmax(self.fc(x))

net = Net()
criterion = nn.KLDivLoss(reduction="sum")
for x, y in loader:
    out = net(x)
    loss = criterion(out, y)  # <-
    loss.backward()
""",
    "snippet without imports": """
probs = F.softmax(logits, dim=-1)
target = F.softmax(teacher_logits, dim=-1)
loss = F.kl_div(probs, target)  # <-
loss.backward()
""",
    "the target is logarithms too and nobody says so": _HEAD
    + """
def agree(a, b):
    return F.kl_div(F.log_softmax(a, dim=-1), F.log_softmax(b, dim=-1), reduction="batchmean")  # <-
""",
    "the target has no softmax at all": _HEAD
    + """
teacher, student = nn.Linear(4, 3), nn.Linear(4, 3)
for x, _ in loader:
    with torch.no_grad():
        soft = teacher(x)
    loss = F.kl_div(F.log_softmax(student(x), dim=1), soft, reduction="batchmean")  # <-
    loss.backward()
""",
    "log_target with a plain softmax": _HEAD
    + """
def agree(a, b):
    return F.kl_div(F.log_softmax(a, -1), F.softmax(b, -1), reduction="batchmean", log_target=True)  # <-
""",
    "through a Lightning step": _HEAD
    + """
class Distiller(LightningModule):
    def __init__(self, student, teacher):
        super().__init__()
        self.student, self.teacher = student, teacher
        self.criterion = nn.KLDivLoss(reduction="batchmean")

    def training_step(self, batch, batch_idx):
        x, y = batch
        s = self.student(x).softmax(dim=-1)
        with torch.no_grad():
            t = self.teacher(x).softmax(dim=-1)
        loss = self.criterion(s, t)  # <-
        return loss
""",
}

GOOD = {
    "logarithm first, probabilities second": _HEAD
    + """
def distill(s, t, T):
    return F.kl_div(F.log_softmax(s / T, dim=1), F.softmax(t / T, dim=1), reduction="batchmean") * T * T
""",
    "log of a softmax": _HEAD
    + """
def distill(s, t):
    return F.kl_div(torch.log(F.softmax(s, dim=1)), F.softmax(t, dim=1), reduction="batchmean")
""",
    "log of a softmax, written as a method and clamped": _HEAD
    + """
def divergence(s, t):
    p = s.softmax(dim=-1).clamp(min=1e-8)
    return nn.KLDivLoss(reduction="batchmean")(p.log(), t.softmax(dim=-1))
""",
    "log_target with two logarithms": _HEAD
    + """
def distill(s, t):
    return F.kl_div(F.log_softmax(s, -1), F.log_softmax(t, -1), log_target=True, reduction="batchmean")
""",
    "log_target from the settings": _HEAD
    + """
def distill(s, t, log_target):
    wanted = F.log_softmax(t, -1) if log_target else F.softmax(t, -1)
    return F.kl_div(F.log_softmax(s, -1), wanted, log_target=log_target, reduction="batchmean")
""",
    "the reverse divergence": _HEAD
    + """
def reverse(student_logits, teacher_logits):
    log_teacher = F.log_softmax(teacher_logits, dim=-1)
    student = F.softmax(student_logits, dim=-1)
    return F.kl_div(log_teacher, student, reduction="batchmean")
""",
    "log-probabilities from elsewhere": _HEAD
    + """
def loss(log_probs, target):
    return F.kl_div(log_probs, target, reduction="batchmean")
""",
    "soft-target cross entropy takes logits": _HEAD
    + """
def distill(s, t):
    return F.cross_entropy(s, F.softmax(t, dim=1))
""",
    "Jensen-Shannon with the logarithm of the mixture": _HEAD
    + """
def js(a, b):
    p, q = F.softmax(a, dim=1), F.softmax(b, dim=1)
    m = torch.clamp((p + q) / 2, 1e-7, 1).log()
    return (F.kl_div(m, p, reduction="batchmean") + F.kl_div(m, q, reduction="batchmean")) / 2
""",
    "a distribution's own divergence": """
import torch
from torch.distributions import Categorical, kl_divergence
def divergence(a, b):
    return kl_divergence(Categorical(logits=a), Categorical(probs=torch.softmax(b, -1))).mean()
""",
    "a model that ends in log-softmax": _HEAD
    + """
model = nn.Sequential(nn.Linear(10, 5), nn.LogSoftmax(dim=1))
criterion = nn.KLDivLoss(reduction="batchmean")
for x, y in loader:
    loss = criterion(model(x), y)
    loss.backward()
""",
    "a copy that is overwritten": _HEAD
    + """
class Smoothing(nn.Module):
    def __init__(self, criterion=nn.KLDivLoss(reduction="none")):
        super().__init__()
        self.criterion = criterion
    def forward(self, x, target):
        with torch.no_grad():
            true = x.clone()
            true.fill_(0.1 / 4)
            true.scatter_(1, target.unsqueeze(1), 0.9)
        return self.criterion(torch.log_softmax(x, dim=1), true).sum()
model, smooth = nn.Linear(10, 5), Smoothing()
for x, y in loader:
    smooth(model(x), y).backward()
""",
    "as the version of torch allows": _HEAD
    + """
class Consistency(nn.Module):
    def __init__(self):
        super().__init__()
        try:
            self.kl = nn.KLDivLoss(reduction="batchmean", log_target=True)
            self.logs = True
        except TypeError:
            self.kl = nn.KLDivLoss(reduction="batchmean")
            self.logs = False
    def forward(self, a, b):
        p, q = F.log_softmax(a, dim=1), F.log_softmax(b, dim=1)
        return self.kl(p, q) if self.logs else self.kl(p, torch.exp(q))
""",
}
