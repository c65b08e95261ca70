"""Right: kl_div takes log-probabilities of the student and probabilities of the teacher; the teacher is frozen."""
import torch
import torch.nn.functional as F
from torch import nn


def loss_fn_kd(outputs, labels, teacher_outputs, alpha=0.7, T=4.0):
    soft = F.kl_div(
        F.log_softmax(outputs / T, dim=1), F.softmax(teacher_outputs / T, dim=1), reduction="batchmean"
    ) * (alpha * T * T)
    return soft + F.cross_entropy(outputs, labels) * (1.0 - alpha)


torch.manual_seed(0)
teacher = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 3)).eval()
student = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(student.parameters(), lr=3e-3)
x = torch.randn(200, 8)
labels = teacher(x).argmax(1)
for epoch in range(5):
    student.train()
    for rows in torch.randperm(200).split(40):
        with torch.no_grad():
            output_teacher = teacher(x[rows])
        loss = loss_fn_kd(student(x[rows]), labels[rows], output_teacher)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print(loss.item())
