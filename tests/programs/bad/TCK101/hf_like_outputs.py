from dataclasses import dataclass
from typing import Optional

import torch
import torch.nn as nn
from torch import Tensor


@dataclass
class TinyConfig:
    vocab_size: int = 50
    hidden_size: int = 32
    num_labels: int = 4


@dataclass
class ClassifierOutput:
    loss: Optional[Tensor]
    logits: Tensor


class TinyForSequenceClassification(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embeddings = nn.Embedding(config.vocab_size, config.hidden_size)
        self.encoder = nn.TransformerEncoderLayer(config.hidden_size, 2, 64, batch_first=True)
        self.classifier = nn.Linear(config.hidden_size, config.num_labels)

    def forward(self, input_ids, labels=None):
        hidden = self.encoder(self.embeddings(input_ids))
        pooled = hidden.mean(dim=1)
        logits = nn.functional.softmax(self.classifier(pooled), dim=-1)
        loss = None
        if labels is not None:
            loss_fct = nn.CrossEntropyLoss()
            loss = loss_fct(logits.view(-1, self.config.num_labels), labels.view(-1))  # expect: TCK101
        return ClassifierOutput(loss=loss, logits=logits)


torch.manual_seed(0)
model = TinyForSequenceClassification(TinyConfig())
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
input_ids = torch.randint(0, 50, (64, 12))
labels = input_ids[:, 0] % 4
model.train()
for step in range(12):
    rows = torch.randint(0, 64, (16,))
    outputs = model(input_ids=input_ids[rows], labels=labels[rows])
    outputs.loss.backward()
    optimizer.step()
    optimizer.zero_grad()
print(outputs.loss.item())
