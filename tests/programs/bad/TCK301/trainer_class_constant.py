import torch
import torch.nn as nn
from sklearn.datasets import load_digits

LR = 1e-3
WEIGHT_DECAY = 1e-4
EPOCHS = 2


class ImageClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.fc = nn.Linear(8 * 16, 10)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.conv(x)), 2)
        return self.fc(x.flatten(1))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=LR, weight_decay=WEIGHT_DECAY)  # expect: TCK301


torch.manual_seed(0)
digits = load_digits()
images = torch.tensor(digits.images[:640], dtype=torch.float32).unsqueeze(1) / 16
labels = torch.tensor(digits.target[:640])
model = ImageClassifier()
optimizer = model.configure_optimizers()
for epoch in range(EPOCHS):
    for rows in torch.randperm(640).split(64):
        loss = nn.functional.cross_entropy(model(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
