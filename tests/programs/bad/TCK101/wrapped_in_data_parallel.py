import torch
import torch.nn as nn


class TextCNN(nn.Module):
    def __init__(self, vocab=40, classes=4):
        super().__init__()
        self.embed = nn.Embedding(vocab, 16)
        self.convs = nn.ModuleList([nn.Conv1d(16, 8, k) for k in (2, 3)])
        self.dropout = nn.Dropout(0.1)
        self.fc = nn.Linear(16, classes)

    def forward(self, x):
        x = self.embed(x).transpose(1, 2)
        x = torch.cat([torch.relu(conv(x)).amax(-1) for conv in self.convs], 1)
        logit = self.fc(self.dropout(x))
        prob = torch.nn.functional.softmax(logit, 1)
        return prob


def main():
    torch.manual_seed(0)
    model = nn.DataParallel(TextCNN())
    criterion = nn.CrossEntropyLoss().to("cpu")
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    tokens = torch.randint(0, 40, (96, 7))
    label = tokens[:, 0] // 10
    for epoch in range(3):
        model.train()
        for rows in torch.randperm(96).split(32):
            optimizer.zero_grad()
            output = model(tokens[rows])
            loss = criterion(output, label[rows])  # expect: TCK101
            loss.backward()
            optimizer.step()
        print(loss.item())


main()
