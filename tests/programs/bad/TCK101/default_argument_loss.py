import torch
from torch import nn


def train(model, batches, loss_fn=nn.CrossEntropyLoss(), optimizer=None, *, epochs=3):
    optimizer = optimizer or torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(epochs):
        for batch in batches:
            inputs, labels = batch["x"], batch["y"]
            loss = loss_fn(*forward(model, inputs, labels))  # expect: TCK101
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return loss.item()


def forward(model, inputs, labels):
    probabilities = nn.Softmax(1)(model(inputs))
    return probabilities, labels


torch.manual_seed(0)
x = torch.randn(90, 7)
print(train(nn.Linear(7, 3), [{"x": b, "y": b[:, :3].argmax(1)} for b in x.split(30)]))
