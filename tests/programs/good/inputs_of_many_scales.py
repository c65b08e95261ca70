"""Right: TF-IDF rows, log-mel decibels after normalisation, standardised columns, quiet audio: usual input scales."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
tfidf = F.normalize(torch.rand(100, 200) * (torch.rand(100, 200) < 0.1), dim=1)
bag = torch.poisson(torch.full((100, 50), 0.3))
mel = torch.randn(100, 1, 20, 10) * 12 - 40
mel = (mel - mel.mean()) / mel.std()
audio = torch.randn(100, 1, 200) * 0.1
ratings = torch.randint(1, 6, (100, 8)).float()
y = torch.randint(0, 2, (100,))
models = {
    "tfidf": (nn.Sequential(nn.Linear(200, 16), nn.ReLU(), nn.Linear(16, 2)), tfidf),
    "bag": (nn.Sequential(nn.Linear(50, 16), nn.ReLU(), nn.Linear(16, 2)), bag),
    "mel": (nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 18 * 8, 2)), mel),
    "audio": (nn.Sequential(nn.Conv1d(1, 4, 9, stride=4), nn.ReLU(), nn.Flatten(), nn.Linear(192, 2)), audio),
    "ratings": (nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2)), ratings),
}
for name, (model, x) in models.items():
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for step in range(25):
        rows = torch.randint(0, 100, (32,))
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(name, loss.item())
