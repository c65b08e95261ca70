"""Right: model.zero_grad() clears every gradient that the optimizer holds; set_to_none=False keeps zero tensors."""
import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(20, 16)
        self.rnn = nn.GRU(16, 16, batch_first=True)
        self.fc = nn.Linear(16, 4)

    def forward(self, t):
        return nn.functional.log_softmax(self.fc(self.rnn(self.emb(t))[0]), dim=-1)


torch.manual_seed(0)
model = Tagger()
loss_function = nn.NLLLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
tokens = torch.randint(0, 20, (60, 7))
for epoch in range(8):
    model.zero_grad(set_to_none=False)
    scores = model(tokens)
    loss = loss_function(scores.flatten(0, 1), (tokens % 4).flatten())
    loss.backward()
    optimizer.step()
print(loss.item())
