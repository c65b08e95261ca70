"""I come from Keras: Sequential + add + compile + fit."""
import torch
from torch import nn, optim


class Sequential(nn.Module):
    def __init__(self):
        super().__init__()
        self.stack = nn.Sequential()

    def add(self, name, layer):
        self.stack.add_module(name, layer)

    def compile(self, loss, lr):
        self.loss = loss
        self.opt = optim.RMSprop(self.parameters(), lr=lr)

    def forward(self, x):
        return self.stack(x)

    def fit(self, x, y, epochs, batch_size):
        for epoch in range(epochs):
            order = torch.randperm(len(x))
            for i in range(0, len(x), batch_size):
                idx = order[i:i + batch_size]
                y_pred = self(x[idx])
                value = self.loss(y_pred, y[idx])  # expect: TCK101
                self.opt.zero_grad()
                value.backward()
                self.opt.step()
            print(f"Epoch {epoch + 1}/{epochs} - loss: {value.item():.4f}")


torch.manual_seed(1)
x = torch.randn(256, 10)
y = (x[:, :4].argmax(1))

model = Sequential()
model.add("dense_1", nn.Linear(10, 32))
model.add("relu_1", nn.ReLU())
model.add("dense_2", nn.Linear(32, 4))
model.add("softmax", nn.Softmax(dim=-1))
model.compile(loss=nn.CrossEntropyLoss(), lr=1e-3)
model.fit(x, y, epochs=4, batch_size=32)
