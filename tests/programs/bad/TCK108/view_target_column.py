# the target becomes a column, the prediction a row
import torch
import torch.nn as nn


class Predictor(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(input_size=1, hidden_size=16, batch_first=True)
        self.fc = nn.Linear(16, 1)

    def forward(self, seq):
        out, _ = self.lstm(seq)
        return self.fc(out[:, -1]).flatten()


torch.manual_seed(0)
t = torch.arange(0, 40, 0.2)
wave = torch.sin(t)
windows = wave.unfold(0, 12, 1)
x = windows[:, :-1].unsqueeze(-1)
y = windows[:, -1].reshape(-1, 1)
model = Predictor()
criterion = nn.MSELoss()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(10):
    opt.zero_grad()
    out = model(x)
    loss = criterion(out, y)  # expect: TCK108
    loss.backward()
    opt.step()
print(loss.item())
