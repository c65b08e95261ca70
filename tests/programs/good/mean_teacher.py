"""Right: mean teacher: a consistency loss between the student's probabilities and the teacher's; both are softmaxed."""
import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
student = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
teacher = copy.deepcopy(student)
for p in teacher.parameters():
    p.detach_()
optimizer = torch.optim.SGD(student.parameters(), lr=0.05, momentum=0.9)
labelled, y = torch.randn(40, 6), torch.randint(0, 3, (40,))
y = labelled[:, :3].argmax(1)
unlabelled = torch.randn(200, 6)
for step in range(40):
    rows = torch.randint(0, 200, (40,))
    with torch.no_grad():
        teacher_prob = F.softmax(teacher(unlabelled[rows] + 0.1 * torch.randn(40, 6)), dim=1)
    student_prob = F.softmax(student(unlabelled[rows] + 0.1 * torch.randn(40, 6)), dim=1)
    consistency = F.mse_loss(student_prob, teacher_prob)
    loss = F.cross_entropy(student(labelled), y) + 2.0 * consistency
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    alpha = min(1 - 1 / (step + 1), 0.99)
    for ema, p in zip(teacher.parameters(), student.parameters()):
        ema.data.mul_(alpha).add_(p.data, alpha=1 - alpha)
print(loss.item())
