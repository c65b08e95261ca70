# text classification, softmax module then NLLLoss
import torch
from torch import nn


class Config(object):
    embed_size = 24
    hidden_size = 16
    output_size = 4
    vocab = 60
    lr = 1e-2


class RCNN(nn.Module):
    def __init__(self, config):
        super(RCNN, self).__init__()
        self.config = config
        self.embeddings = nn.Embedding(config.vocab, config.embed_size)
        self.lstm = nn.LSTM(config.embed_size, config.hidden_size, bidirectional=True, batch_first=True)
        self.W = nn.Linear(config.embed_size + 2 * config.hidden_size, config.hidden_size)
        self.tanh = nn.Tanh()
        self.fc = nn.Linear(config.hidden_size, config.output_size)
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x):
        embedded = self.embeddings(x)
        out, _ = self.lstm(embedded)
        features = self.tanh(self.W(torch.cat([out, embedded], 2)))
        pooled = features.max(dim=1).values
        return self.softmax(self.fc(pooled))

    def add_optimizer(self, optimizer):
        self.optimizer = optimizer

    def add_loss_op(self, loss_op):
        self.loss_op = loss_op

    def run_batch(self, x, y):
        self.optimizer.zero_grad()
        y_pred = self(x)
        loss = self.loss_op(y_pred, y)  # expect: TCK103
        loss.backward()
        self.optimizer.step()
        return loss.item()


torch.manual_seed(0)
config = Config()
model = RCNN(config)
model.add_optimizer(torch.optim.SGD(model.parameters(), lr=config.lr))
model.add_loss_op(nn.NLLLoss())
tokens = torch.randint(0, config.vocab, (96, 10))
labels = tokens[:, 3] % 4
model.train()
for i in range(10):
    rows = torch.randperm(96)[:32]
    print(model.run_batch(tokens[rows], labels[rows]))
