import torch
import torch.nn as nn


class LSTMTagger(nn.Module):
    def __init__(self, vocab, tags, dim=24):
        super().__init__()
        self.word_embeddings = nn.Embedding(vocab, dim)
        self.lstm = nn.LSTM(dim, dim)
        self.hidden2tag = nn.Linear(dim, tags)
        self.logsoftmax = nn.LogSoftmax(dim=-1)

    def forward(self, sentence):
        embeds = self.word_embeddings(sentence)
        lstm_out, _ = self.lstm(embeds.view(len(sentence), 1, -1))
        tag_space = self.hidden2tag(lstm_out.view(len(sentence), -1))
        return self.logsoftmax(tag_space)


class Runner(object):
    def __init__(self, model):
        self.model = model
        self.loss_function = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def step(self, sentence, tags):
        self.model.zero_grad()
        tag_scores = self.model(sentence)
        loss = self.loss_function(tag_scores, tags)  # expect: TCK102
        loss.backward()
        self.optimizer.step()
        return loss


torch.manual_seed(1)
runner = Runner(LSTMTagger(9, 3))
for epoch in range(10):
    sentence = torch.randint(0, 9, (7,))
    loss = runner.step(sentence, sentence % 3)
print(loss.item())
